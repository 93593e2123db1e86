import { afterEach, describe, expect, test } from 'vitest'
import { OPERATOR } from '../platform/platform'
import { type Company, POLL, useCompany } from './company'

/** Tribe or PowerOffice answers otherwise than the relay reads it, in the midst of its work (DESIGN.md §9.13). */

const open = useCompany({
  products: { enabled: true },
  invoices: { enabled: false },
  payments: { enabled: false },
})
const SECRET = 'Kari Nordmann'
const HOURS = 60

type Json = Record<string, unknown>
let restore = () => {}
afterEach(() => answersAt(/^$/, null))

/** From now on answers to calls of this path are changed; null: they are as they are. */
function answersAt(path: RegExp, change: ((json: unknown) => unknown) | null): void {
  restore()
  restore = () => {}
  if (change === null) return
  const inner = globalThis.fetch
  const changed = (async (url: string, init?: RequestInit) => {
    const answer = await inner(url, init)
    if (!path.test(new URL(url).pathname) || !answer.ok || answer.status === 204) return answer
    const text = await answer.text()
    const body = /json/.test(answer.headers.get('content-type') ?? '')
      ? JSON.stringify(change(JSON.parse(text)))
      : String(change(text))
    return new Response(body, { status: answer.status, headers: answer.headers })
  }) as typeof fetch
  globalThis.fetch = changed
  restore = () => {
    globalThis.fetch = inner
  }
}
const each = (change: (row: Json) => Json) => (json: unknown) =>
  Array.isArray(json) ? json.map((row) => change(row as Json)) : change(json as Json)
const withWebsite = (value: unknown) => each((row) => ({ ...row, WebsiteUrl: value }))
const withoutWebsite = each(({ WebsiteUrl: _, ...row }) => row)
const CUSTOMERS = /\/v2\/Customers/

async function withCustomers(count = 25): Promise<Company> {
  return open(({ books }) => {
    for (let n = 1; n <= count; n++)
      books.hasCustomer({ Name: `Kunde ${n} AS`, WebsiteUrl: `https://kunde${n}.example` })
  })
}
const edit = ({ tenant: { books } }: Company, name: string, change: Json) => {
  const found = books.customers().find((one) => one.Name === name)
  if (!found) throw new Error(`no ${name}`)
  books.editCustomer(found.Id, change)
}
const inTribe = ({ tenant: { crm } }: Company, name: string) =>
  crm
    .customers()
    .map(({ Organization }) => Organization as Json)
    .find(({ Name }) => Name === name)
const drifted = ({ town }: Company, event = 'contract-drifted') =>
  town.logged.filter((line) => line.includes(`"${event}"`)).map((line) => JSON.parse(line))
async function told(company: Company) {
  const { town, tenant } = company
  const [{ health }, { body }] = [
    await town.waitFor(tenant.api('GET', '/status')),
    await town.waitFor(town.api(OPERATOR, 'GET', '/status')),
  ]
  return {
    ailments: health.ailments
      .filter(({ code }: Json) => code === 'contract.drifted')
      .map(({ what }: Json) => what),
    drifted: body.drifted,
  }
}
const NOTHING = { ailments: [], drifted: [] }

test('a member that holds something else rests: nothing is emptied, the rest goes on, and it is told once, and goes', async () => {
  const company = await withCustomers()
  const { town, tenant } = company
  answersAt(CUSTOMERS, withWebsite([SECRET]))
  edit(company, 'Kunde 3 AS', { PhoneNumber: '22 33 44 55', WebsiteUrl: 'https://ny.example' })
  await company.poll(3)
  await company.night()
  expect(inTribe(company, 'Kunde 3 AS')).toMatchObject({
    PhoneNumber: '22 33 44 55',
    Website: 'https://kunde3.example',
  })
  expect(drifted(company)).toMatchObject([
    {
      tenantId: tenant.id,
      system: 'poweroffice',
      path: 'Customers.WebsiteUrl',
      reads: 'text',
      found: 'list',
      rests: true,
    },
  ])
  expect(await told(company)).toEqual({
    ailments: ['Customers.WebsiteUrl'],
    drifted: [
      expect.objectContaining({ path: 'Customers.WebsiteUrl', reads: 'text', found: 'list', tenants: 1 }),
    ],
  })
  // Nowhere is what it held.
  const object = tenant.object.sql.exec('select * from cursors').toArray()
  expect(JSON.stringify([town.platform.snapshot(), object, town.logged])).not.toContain(SECRET)
  expect(tenant.problems()).toEqual([])

  answersAt(CUSTOMERS, null)
  await town.passMinutes(2 * HOURS)
  await company.night()
  await company.poll()
  expect(await told(company)).toEqual(NOTHING)
  expect(drifted(company, 'contract-whole')).toHaveLength(1)
  await company.night()
  expect(inTribe(company, 'Kunde 3 AS')).toMatchObject({ Website: 'https://ny.example' })
})

test('of a person who moves to another company while a field rests, that field goes along as Tribe has it', async () => {
  const ids: number[] = []
  const company = await open(({ books }) => {
    for (const Name of ['Nordlys AS', 'Fjord AS']) ids.push(books.hasCustomer({ Name }).Id)
    books.hasContactPerson(ids[0] ?? 0, { FirstName: 'Ada', LastName: 'Berg', PhoneNumber: '22 00 00 78' })
  })
  const { town, tenant } = company
  const { crm, books } = tenant
  const [contact] = crm.contacts()
  answersAt(
    /ContactPersons/,
    each((row) => ({ ...row, PhoneNumber: 22000078 })),
  )
  crm.edit(String(contact?.ID), { Relation: { ID: String(inTribe(company, 'Fjord AS')?.ID) } })
  await company.quiet()
  answersAt(/ContactPersons/, null)
  await town.passMinutes(2 * HOURS)
  await company.poll()
  const phones = () => [
    books.contactPersons().map(({ ContactId, PhoneNumber }) => [ContactId, PhoneNumber]),
    crm.contacts().map(({ PhoneNumber }) => PhoneNumber),
  ]
  const both = [
    [
      [ids[0], '22 00 00 78'],
      [ids[1], '22 00 00 78'],
    ],
    ['22 00 00 78'],
  ]
  expect(phones()).toEqual(both)
  books.editContactPerson(books.contactPersons()[1]?.Id ?? 0, { EmailAddress: 'ada@fjord.example' })
  await town.passMinutes(15)
  await company.poll()
  expect(phones()).toEqual(both)
})

test('a member that was always there and is missing from all is no empty one', async () => {
  const company = await withCustomers()
  await company.night()
  answersAt(CUSTOMERS, withoutWebsite)
  await company.night()
  await company.poll(2)
  expect(drifted(company)).toMatchObject([{ path: 'Customers.WebsiteUrl', found: 'missing', rests: true }])
  expect(inTribe(company, 'Kunde 7 AS')).toMatchObject({ Website: 'https://kunde7.example' })
  answersAt(CUSTOMERS, null)
  await company.town.passMinutes(2 * HOURS)
  await company.night()
  expect(await told(company)).toEqual(NOTHING)
})

test('numbers that are spelled as texts are read as before', async () => {
  const company = await withCustomers(3)
  answersAt(
    CUSTOMERS,
    each((row) => ({ ...row, Id: String(row.Id), IsArchived: String(row.IsArchived) })),
  )
  edit(company, 'Kunde 2 AS', { PhoneNumber: '22 33 44 55' })
  await company.poll()
  expect(inTribe(company, 'Kunde 2 AS')).toMatchObject({ PhoneNumber: '22 33 44 55' })
  expect(drifted(company).map(({ path, reads, found, rests }) => [path, reads, found, rests])).toEqual([
    ['Customers.Id', 'number', 'text', false],
    ['Customers.IsArchived', 'boolean', 'text', false],
  ])
})

test('a list that is a record stops what reads it, and is told by its path', async () => {
  const company = await withCustomers(2)
  answersAt(CUSTOMERS, (rows) => ({ value: rows }))
  edit(company, 'Kunde 2 AS', { PhoneNumber: '22 33 44 55' })
  await company.town.tick(POLL)
  await company.town.passMinutes(20)
  expect(drifted(company)).toMatchObject([{ path: 'Customers', reads: 'list', found: 'record' }])
  expect(inTribe(company, 'Kunde 2 AS')).toMatchObject({ PhoneNumber: null })
  answersAt(CUSTOMERS, null)
  await company.town.passMinutes(2 * HOURS)
  await company.poll(2)
  expect(await told(company)).toEqual(NOTHING)
  expect(inTribe(company, 'Kunde 2 AS')).toMatchObject({ PhoneNumber: '22 33 44 55' })
})

describe("Tribe's", () => {
  test('answers are held against what is read of them, too', async () => {
    const company = await withCustomers(2)
    const { crm, books } = company.tenant
    const id = crm.hasProduct({ Name: 'Lampe', Code: 'L1', SalesPrice: 100 })
    await company.quiet()
    const inRows = (change: (row: Json) => Json) => (json: unknown) => {
      const { value, ...more } = json as { value?: Json[] }
      return value ? { ...more, value: value.map(change) } : change(json as Json)
    }
    answersAt(
      /odata\/Product[?(]?/,
      inRows((row) => ('SalesPrice' in row ? { ...row, SalesPrice: '125.50' } : row)),
    )
    crm.edit(id, { SalesPrice: 125.5 })
    await company.poll()
    expect(books.products().find(({ Code }) => Code === 'L1')).toMatchObject({ UnitPrice: 125.5 })
    expect(drifted(company)).toMatchObject([
      { system: 'tribe', path: 'Product.SalesPrice', reads: 'number', found: 'text' },
    ])
    // It ends by itself once a record shows it as it is read.
    answersAt(/^$/, null)
    await company.town.passMinutes(2 * HOURS)
    crm.edit(id, { SalesPrice: 130 })
    await company.poll()
    expect(await told(company)).toEqual(NOTHING)
  })

  test('metadata is looked at once a night: what is in use and gone, or of another type, is told until it is seen again', async () => {
    const company = await withCustomers(2)
    const asked = () => company.town.calls.filter(({ path }) => path.includes('$metadata')).length
    await company.night()
    const before = asked()
    answersAt(/\$metadata|%24metadata/, (text) =>
      String(text)
        .replace(/<Property Name="Website"[^>]*\/>/, '')
        .replace(/(<Property Name="SalesPrice" Type=")[^"]*/, '$1Edm.String'),
    )
    await company.town.passMinutes(24 * HOURS)
    await company.night()
    await company.town.waitFor(company.tenant.api('POST', '/sync', { what: 'compare' }))
    await company.quiet()
    expect(asked() - before).toBe(1)
    expect(drifted(company).map(({ path, found }) => [path, found])).toEqual([
      ['Product.SalesPrice', 'property Edm.String'],
      ['Relation_Organization.Website', 'missing'],
    ])
    answersAt(/\$metadata/, null)
    await company.town.passMinutes(24 * HOURS)
    await company.night()
    expect(await told(company)).toEqual(NOTHING)
  })
})

test('a member that Tribe shows no more and refuses to be asked for is told, though the comparison fails of it', async () => {
  const company = await withCustomers(2)
  await company.night()
  answersAt(/\$metadata|%24metadata/, (text) => String(text).replace(/<Property Name="Website"[^>]*\/>/, ''))
  const on = /^GET .*Website/
  const refused = company.town.tribe.faults.add({ name: 'refused', on, times: Number.POSITIVE_INFINITY })
  await company.town.passMinutes(24 * HOURS)
  await company.night()
  await company.town.passMinutes(2 * HOURS)
  await company.quiet()
  expect(refused.struck()).toBeGreaterThan(0)
  expect(drifted(company).map(({ path, found }) => [path, found])).toEqual([
    ['Relation_Organization.Website', 'missing'],
  ])
})

test('nothing is told of a company at work, whatever its systems leave out', async () => {
  const company = await open(({ books, crm }) => {
    Object.assign(books.quirks, { nullsOmitted: true })
    crm.options.omitNulls = true
    for (let n = 1; n <= 30; n++)
      books.hasCustomer({ Name: `Kunde ${n} AS`, EmailAddress: `post@kunde${n}.example` })
  })
  await company.night()
  for (let n = 31; n <= 60; n++) company.tenant.books.hasCustomer({ Name: `Kunde ${n} AS` })
  await company.poll()
  await company.night()
  expect(drifted(company)).toEqual([])
  expect(await told(company)).toEqual(NOTHING)
})
