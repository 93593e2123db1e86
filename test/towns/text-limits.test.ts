import { describe, expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, type Street, useStreet } from './street'

/** Texts at the limits that PowerOffice's description gives them: what fits travels, what is too long stays whole in Tribe. */
const begin = useStreet(17)

interface Limited {
  most: number
  /** What it is called where it is told. */
  called: string
  make(tenant: TownTenant, value: string): void
  edit(tenant: TownTenant, value: string): void
  inTribe(tenant: TownTenant): unknown
  inBooks(tenant: TownTenant): unknown
  /** Nothing is made without it. */
  isNeeded?: true
  /** PowerOffice gets what fits of it, and Tribe keeps the whole. */
  isCut?: true
}

const product = ({ crm }: TownTenant) => crm.products()[0] as unknown as Record<string, unknown>
const customer = ({ crm }: TownTenant) =>
  crm.customers()[0] as unknown as { Organization: Record<string, unknown> }
const organizationId = (tenant: TownTenant) => String(customer(tenant).Organization.ID)
const ofProduct = (name: 'Name' | 'Code'): Pick<Limited, 'make' | 'edit' | 'inTribe' | 'inBooks'> => ({
  make: ({ crm }, value) => void crm.hasProduct({ Name: 'Vare', [name]: value }),
  edit: (tenant, value) => tenant.crm.edit(String(product(tenant).ID), { [name]: value }),
  inTribe: (tenant) => product(tenant)[name],
  inBooks: ({ books }) => books.products()[0]?.[name] ?? null,
})
const ADDRESS = { Street: 'Havnegata', Postalcode: '7010', City: 'Trondheim', Country: 'NO' }
const ofAddress = (
  inTribe: string,
  inBooks: 'AddressLine1' | 'ZipCode' | 'City',
): Pick<Limited, 'make' | 'edit' | 'inTribe' | 'inBooks'> => ({
  make: ({ crm }, value) =>
    void crm.hasCustomer({
      organization: { Name: 'Nordlys AS' },
      invoiceAddress: { ...ADDRESS, [inTribe]: value },
    }),
  edit: (tenant, value) =>
    tenant.crm.editAddress(organizationId(tenant), 'InvoiceAddress', { [inTribe]: value }),
  inTribe: (tenant) => (customer(tenant).Organization.InvoiceAddress as Record<string, unknown>)[inTribe],
  inBooks: ({ books }) => books.customers()[0]?.MailAddress?.[inBooks] ?? null,
})

const FIELDS: Record<string, Limited> = {
  'the name of a product': { most: 400, called: 'Name', isNeeded: true, ...ofProduct('Name') },
  'the code of a product': { most: 100, called: 'code', ...ofProduct('Code') },
  'the street of an address': {
    most: 200,
    called: 'address',
    isCut: true,
    ...ofAddress('Street', 'AddressLine1'),
  },
  'the city of an address': { most: 100, called: 'address', isCut: true, ...ofAddress('City', 'City') },
  'the postal code of an address': {
    most: 50,
    called: 'address',
    isCut: true,
    ...ofAddress('Postalcode', 'ZipCode'),
  },
}

/** Texts of so many UTF-16 units, which is how PowerOffice's own platform counts. */
const TEXTS: Record<string, (units: number) => string> = {
  'plain letters': (units) => 'x'.repeat(units),
  'letters of several bytes': (units) => 'ø'.repeat(units),
  'pairs of surrogates': (units) => `${'x'.repeat(units % 2)}${'😀'.repeat(Math.floor(units / 2))}`,
  'words with blanks': (units) =>
    'ab '
      .repeat(units)
      .slice(0, units - 1)
      .concat('c'),
}
const ROWS = Object.keys(FIELDS).flatMap((field) => Object.keys(TEXTS).map((text) => [field, text] as const))
const told = (tenant: TownTenant) => tenant.problems()
/** What was refused as a whole is tried once a night. */
const AGAIN = 'POST /v2/Products → 400'
async function expectCalm(street: Street, isRefused = false): Promise<void> {
  const since = street.mark()
  await street.tick(PULL, NIGHT, PULL)
  const writes = [street.writes('tribe', since), street.writes('poweroffice', since)]
  expect(writes).toEqual([[], isRefused ? [AGAIN] : []])
}

describe.each(ROWS)('%s of %s', (name, text) => {
  const field = FIELDS[name] as Limited
  const of = TEXTS[text] as (units: number) => string

  test('that just fits is made, and is the same on both sides', async () => {
    const street = begin()
    const tenant = await street.tenant()
    const value = of(field.most)
    field.make(tenant, value)
    await street.quiet()
    expect([field.inTribe(tenant), field.inBooks(tenant), told(tenant)]).toEqual([value, value, []])
    await expectCalm(street)
    expect(street.town.violations()).toEqual([])
  })

  // What is too long by a letter or by a pair of surrogates.
  const long = of(field.most + 2)
  const cut = long
    .slice(0, field.most)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()
  const problems = field.isCut ? 0 : 1

  test('that is too long stays as it is in Tribe, is told or cut, and travels once it is shorter', async () => {
    const street = begin()
    const tenant = await street.tenant()
    const [fits, inBooks] = [of(field.most), field.isCut ? cut : null]
    field.make(tenant, long)
    await street.quiet()
    expect([field.inTribe(tenant), field.inBooks(tenant), told(tenant).length]).toEqual([
      long,
      inBooks,
      problems,
    ])
    for (const line of told(tenant)) expect(line).toContain(field.called)
    await expectCalm(street, field.isNeeded)
    expect([field.inTribe(tenant), field.inBooks(tenant), told(tenant).length]).toEqual([
      long,
      inBooks,
      problems,
    ])
    field.edit(tenant, fits)
    await street.quiet()
    expect([field.inTribe(tenant), field.inBooks(tenant), told(tenant)]).toEqual([fits, fits, []])
    await expectCalm(street)
  })

  test('that grows too long takes nothing away on either side', async () => {
    const street = begin()
    const tenant = await street.tenant()
    const short = 'Kort'
    const inBooks = field.isCut ? cut : short
    field.make(tenant, short)
    await street.quiet()
    await street.town.passMinutes(20)
    field.edit(tenant, long)
    await street.quiet()
    expect([field.inTribe(tenant), field.inBooks(tenant), told(tenant).length]).toEqual([
      long,
      inBooks,
      problems,
    ])
    await expectCalm(street)
    expect([field.inTribe(tenant), field.inBooks(tenant), told(tenant).length]).toEqual([
      long,
      inBooks,
      problems,
    ])
  })
})

test.each(Object.entries(FIELDS))(
  '%s that fits without the blanks and line breaks at its ends is sent without them',
  async (_, field) => {
    const street = begin()
    const tenant = await street.tenant()
    const value = 'x'.repeat(field.most)
    field.make(tenant, ` ${value} \r\n`)
    await street.quiet()
    expect([field.inBooks(tenant), told(tenant)]).toEqual([value, []])
    await expectCalm(street)
    expect(String(field.inTribe(tenant)).trim()).toBe(value)
  },
)

describe('a product group', () => {
  const grouped = async (tenant: TownTenant, street: Street, name: string, product: string) => {
    tenant.crm.hasProductGroup(name)
    tenant.crm.hasProduct({ Name: product, Code: product, ProductGroup: name })
    await street.quiet()
  }
  const groupOf = ({ books }: TownTenant, name: string) => {
    const id = books.products().find((one) => one.Name === name)?.ProductGroupId
    return books.productGroups().find((group) => group.Id === id)
  }
  test.each([
    ['of 400 letters', 'g'.repeat(400)],
    ['of pairs of surrogates', `g${'😀'.repeat(150)}`],
  ])('%s is made, with a code that is whole', async (_, name) => {
    const street = begin()
    const tenant = await street.tenant()
    await grouped(tenant, street, name, 'A')
    const group = groupOf(tenant, 'A')
    expect([group?.Name, told(tenant)]).toEqual([name, []])
    expect((group?.Code ?? '').length).toBeLessThanOrEqual(200)
    expect((group?.Code ?? '').isWellFormed()).toBe(true)
    await expectCalm(street)
    expect(street.town.violations()).toEqual([])
  })

  test('is another one than one whose name begins with the same 200 letters', async () => {
    const street = begin()
    const tenant = await street.tenant()
    const same = 'g'.repeat(200)
    await grouped(tenant, street, `${same} 1`, 'A')
    await grouped(tenant, street, `${same} 2`, 'B')
    expect([groupOf(tenant, 'A')?.Name, groupOf(tenant, 'B')?.Name]).toEqual([`${same} 1`, `${same} 2`])
    expect(groupOf(tenant, 'A')?.Code).not.toBe(groupOf(tenant, 'B')?.Code)
    expect(told(tenant)).toEqual([])
  })

  test('with a name that is too long is told with its product, and neither is made', async () => {
    const street = begin()
    const tenant = await street.tenant()
    await grouped(tenant, street, 'g'.repeat(401), 'A')
    expect([tenant.books.products(), told(tenant).length]).toEqual([[], 1])
    expect(told(tenant)[0]).toContain('ProductGroups')
    await street.tick(PULL)
    expect([tenant.books.products(), told(tenant).length]).toEqual([[], 1])
  })
})

// No page says what PowerOffice does where a text is cut at a number of units.
test.each([
  ['in the midst of a pair', (value: string) => value.slice(0, 12)],
  ['and marked', (value: string) => `${value.slice(0, 11)}\uFFFD`],
])('a name that PowerOffice cuts %s does not come back', async (_, keep) => {
  const street = begin()
  const tenant = await street.tenant({ powerOffice: { keeps: { Name: keep, Code: keep } } })
  const name = `Skrue 12345${'😀'.repeat(4)}`
  tenant.crm.hasProduct({ Name: name, Code: name })
  tenant.crm.hasCustomer({ organization: { Name: name } })
  await street.quiet()
  await expectCalm(street)
  expect(product(tenant)).toMatchObject({ Name: name, Code: name })
  expect(customer(tenant).Organization.Name).toBe(name)
  expect(told(tenant)).toEqual([])
})
