import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, type Street, useStreet } from './street'

/** What only time mends: it is met under its code, and passes with nobody doing anything, as its text says. */
const begin = useStreet()
const settings = { invoices: { enabled: false } }

/** Codes that jobs of this tenant have met since: those that are told, and those of rows that were put off. */
function codesFrom({ town }: Street, tenant: TownTenant): () => Set<string> {
  const met = new Set<string>()
  const look = () => {
    for (const { code } of tenant.object.sql.exec('select code from jobs where code is not null').toArray())
      met.add(String(code))
    for (const line of town.logged)
      for (const [, code = ''] of line.matchAll(/"code":"([^"]+)"/g)) met.add(code)
    return met
  }
  town.watchers.push(look)
  return look
}
const seen = (street: Street, tenant: TownTenant) => [tenant.problems(), street.town.violations()]
const WELL = [[], []]

async function settle(street: Street): Promise<void> {
  await street.quiet()
  await street.town.passMinutes(20)
  await street.tick(PULL, NIGHT, PULL)
}

/** Does this once, when such a call is about to be answered. */
function onArrival({ town }: Street, pattern: RegExp, act: () => void): void {
  let isDone = false
  town.onArrival = (path) => {
    if (isDone || !pattern.test(path)) return
    isDone = true
    act()
  }
}

const organizationOf = (role: Record<string, unknown> | undefined) =>
  String((role?.Organization as { ID?: string } | undefined)?.ID)

test('tribe.foreign_link: a list of Tribe leads to another host, until the operator has set the address right', async () => {
  const street = begin()
  const tenant = await street.connected({ settings, tribe: { pageCap: 2, nextLink: true } })
  const met = codesFrom(street, tenant)
  tenant.crm.options.nextLink = 'elsewhere'
  for (let n = 0; n < 5; n++) tenant.crm.hasSupplier({ organization: { Name: `Fjord ${n} AS` } })
  tenant.books.hasSupplier({ Name: 'Nordlys AS' })
  await street.town.waitFor(tenant.activate())
  await street.town.passMinutes(5)
  expect(met()).toContain('tribe.foreign_link')
  expect(street.town.calls.filter(({ host }) => /elsewhere/.test(host))).toEqual([])
  tenant.crm.options.nextLink = true
  await settle(street)
  // Its pages are smaller than what is asked for, which it notes.
  const others = street.town.violations().filter((line) => !line.includes('above the cap'))
  expect([tenant.crm.suppliers().length, tenant.problems(), others]).toEqual([6, ...WELL])
})

test('relay.settings_changed: what was under way by the former settings begins anew by the new ones', async () => {
  const street = begin()
  const tenant = await street.tenant({
    settings,
    before: ({ books }) => books.hasCustomer({ Name: 'Nordlys AS' }),
  })
  const met = codesFrom(street, tenant)
  const organizationId = organizationOf(tenant.crm.customers()[0])
  let changed: Promise<unknown> | null = null
  street.town.watchers.push(({ method, path }) => {
    if (method === 'GET' && /^\/v2\/Customers\/\d+/.test(path))
      changed ??= tenant.api('PATCH', '/settings', { relations: { financialFields: false } })
  })
  tenant.crm.edit(organizationId, { PhoneNumber: '22 55 55 55', FinancialEmailAddress: 'ny@nordlys.example' })
  await settle(street)
  await street.town.waitFor(Promise.resolve(changed))
  expect(met()).toContain('relay.settings_changed')
  expect(tenant.books.customers()).toMatchObject([{ PhoneNumber: '22 55 55 55', InvoiceEmailAddress: null }])
  expect(seen(street, tenant)).toEqual(WELL)
})

test('tribe.shows_late: the answer to a create is lost, and lists of Tribe lag: its company is made once, with both its roles', async () => {
  const street = begin()
  const tenant = await street.tenant({ settings })
  const met = codesFrom(street, tenant)
  tenant.crm.lagLists(5000)
  tenant.crm.dropNextDeliveries(Number.POSITIVE_INFINITY)
  street.town.tribe.faults.add({ name: 'lost-after', on: /POST .*Customer/, times: 1 })
  tenant.books.makeAlsoSupplier(tenant.books.hasCustomer({ Name: 'Nordlys AS' }).Id)
  await street.town.tick(PULL)
  await settle(street)
  expect(met()).toContain('tribe.shows_late')
  const organizations = tenant.crm.all('Relation_Organization').filter(({ Name }) => Name === 'Nordlys AS')
  expect([organizations.length, tenant.crm.customers().length, tenant.crm.suppliers().length]).toEqual([
    1, 1, 1,
  ])
  expect(seen(street, tenant)).toEqual(WELL)
})

test.each(['Tribe', 'PowerOffice'])(
  'record.gone: what is deleted in %s between the look and the write is detached, and not made again',
  async (where) => {
    const street = begin()
    const tenant = await street.tenant({
      settings,
      before: ({ books }) => books.hasCustomer({ Name: 'Nordlys AS' }),
    })
    const met = codesFrom(street, tenant)
    const [{ Id } = { Id: 0 }] = tenant.books.customers()
    const organizationId = organizationOf(tenant.crm.customers()[0])
    if (where === 'Tribe') {
      onArrival(street, /Relation_Organization\(/, () => tenant.crm.remove(organizationId, { silent: true }))
      tenant.books.editCustomer(Id, { PhoneNumber: '22 55 55 55' })
      await street.town.passMinutes(15)
      await street.tick(PULL)
    } else {
      let reads = 0
      street.town.onArrival = (path) => {
        if (/\/v2\/Customers\/\d+/.test(path) && ++reads === 2) tenant.books.deleteCustomer(Id)
      }
      tenant.crm.edit(organizationId, { PhoneNumber: '22 55 55 55' })
    }
    await settle(street)
    expect(met()).toContain('record.gone')
    expect([tenant.crm.customers().length, tenant.books.customers().length]).toEqual(
      where === 'Tribe' ? [0, 1] : [1, 0],
    )
    expect(street.links(tenant, 'customer')).toMatchObject([
      { state: where === 'Tribe' ? 'tribe-gone' : 'poweroffice-gone' },
    ])
    expect(seen(street, tenant)).toEqual(WELL)
  },
)

test.each(['Tribe', 'PowerOffice'])(
  'relation.company_gone: the company is deleted in %s just as its new contact person is made there: the person waits, and is no problem',
  async (where) => {
    const street = begin()
    const tenant = await street.tenant({
      settings,
      before: ({ books }) => books.hasCustomer({ Name: 'Nordlys AS' }),
    })
    const met = codesFrom(street, tenant)
    const [{ Id } = { Id: 0 }] = tenant.books.customers()
    const organizationId = organizationOf(tenant.crm.customers()[0])
    const person = { FirstName: 'Ada', LastName: 'Berg' }
    if (where === 'Tribe') {
      tenant.crm.dropNextDeliveries(Number.POSITIVE_INFINITY)
      onArrival(street, /Relationship_Person_Contact_Standard$/, () => tenant.crm.remove(organizationId))
      tenant.books.hasContactPerson(Id, person)
      await street.town.passMinutes(15)
      await street.tick(PULL)
    } else {
      onArrival(street, /\/v2\/ContactPersons\/\d+$/, () => tenant.books.deleteCustomer(Id))
      tenant.crm.hasContact({ organizationId, person })
    }
    await settle(street)
    expect(met()).toContain('relation.company_gone')
    expect(street.links(tenant, 'customer')).toMatchObject([
      { state: where === 'Tribe' ? 'tribe-gone' : 'poweroffice-gone' },
    ])
    expect(seen(street, tenant)).toEqual(WELL)
  },
)

test('product.group_unknown: the list of PowerOffice does not show the group of a product yet: the product is brought a little later', async () => {
  const street = begin()
  const tenant = await street.tenant({ settings })
  const met = codesFrom(street, tenant)
  const group = tenant.books.hasProductGroup({ Name: 'Reise' })
  tenant.books.productGroupRows.hide(group.Id, true)
  tenant.books.hasProduct({ Name: 'Tog', ProductGroupId: group.Id })
  await street.town.tick(PULL)
  await street.town.timeline.runUntil(() => met().has('product.group_unknown'), 60_000, 50)
  tenant.books.productGroupRows.hide(group.Id, false)
  await settle(street)
  expect(met()).toContain('product.group_unknown')
  expect(tenant.crm.products()).toMatchObject([{ Name: 'Tog', ProductGroup: { Name: 'Reise' } }])
  expect(seen(street, tenant)).toEqual(WELL)
})

/** What any call may meet, by the fault that leads to it. */
const MISHAPS = [
  ['timeout', { name: 'slow-before', delayMs: 45_000 }],
  ['unreachable', { name: 'lost-before' }],
  ['redirected', { name: 'redirect' }],
  ['no_such_route', { name: 'no-route' }],
  ['unavailable', { name: 'unavailable' }],
  ['unreadable_answer', { name: 'truncated' }],
  ['answer_too_large', { name: 'huge' }],
] as const

/** Whole codes, since they are put together of the two parts: what each is called where it is told. */
const MET = {
  tribe: [
    ...['tribe.timeout', 'tribe.unreachable', 'tribe.redirected', 'tribe.no_such_route', 'tribe.unavailable'],
    ...['tribe.unreadable_answer', 'tribe.answer_too_large'],
  ],
  powerOffice: [
    ...[
      'poweroffice.timeout',
      'poweroffice.unreachable',
      'poweroffice.redirected',
      'poweroffice.no_such_route',
    ],
    ...['poweroffice.unavailable', 'poweroffice.unreadable_answer', 'poweroffice.answer_too_large'],
  ],
} as const
const READS = { tribe: /GET .*Customer\(/, powerOffice: /GET .*Customers\/\d/ } as const

test.each(
  (['tribe', 'powerOffice'] as const).flatMap((system) =>
    MISHAPS.map(([what, fault], n) => ({ system, what, fault, code: MET[system][n] ?? '' })),
  ),
)('$code: a look at a record meets it twice, and passes by itself', async ({ system, what, fault, code }) => {
  const street = begin()
  const tenant = await street.tenant({
    settings,
    before: ({ books }) => books.hasCustomer({ Name: 'Nordlys AS' }),
  })
  const met = codesFrom(street, tenant)
  expect(code).toBe(`${system.toLowerCase()}.${what}`)
  street.town[system].faults.add({ ...fault, on: READS[system], times: 2 })
  tenant.crm.edit(organizationOf(tenant.crm.customers()[0]), { PhoneNumber: '22 55 55 55' })
  await street.quiet()
  expect(met()).toContain(code)
  expect(tenant.books.customers()).toMatchObject([{ PhoneNumber: '22 55 55 55' }])
  expect(seen(street, tenant)).toEqual(WELL)
})

test.each([
  ['tribe.not_found', 'tribe', /POST .*Customer/],
  ['poweroffice.not_found', 'powerOffice', /POST .*Customers/],
] as const)(
  '%s: a create is told that there is no such record, and is tried again',
  async (code, system, on) => {
    const street = begin()
    const tenant = await street.tenant({ settings })
    const met = codesFrom(street, tenant)
    street.town[system].faults.add({ name: 'not-found', on, times: 1 })
    if (system === 'tribe') tenant.books.hasCustomer({ Name: 'Nordlys AS' })
    else tenant.crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    await street.tick(PULL)
    expect([...met()]).toEqual([code])
    await street.town.waitFor(tenant.api('POST', '/jobs/retry', {}))
    await settle(street)
    expect([tenant.books.customers(), tenant.crm.customers()]).toMatchObject([
      [{ Name: 'Nordlys AS' }],
      [{ Organization: { Name: 'Nordlys AS' } }],
    ])
    expect(seen(street, tenant)).toEqual(WELL)
  },
)
