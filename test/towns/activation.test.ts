import { afterEach, expect, test } from 'vitest'
import { Town, type TownTenant } from '../platform/town'

const POLL = '*/15 * * * *'
let town: Town
afterEach(() => town?.platform.close())

const ONLY_RELATIONS = { invoices: { enabled: false }, products: { enabled: false } }

async function connected(settings: Record<string, unknown>, tribeAheadMs = 0): Promise<TownTenant> {
  town = new Town(5)
  town.tribe.clock.advance(tribeAheadMs)
  const tenant = await town.addTenant({ settings })
  await town.waitFor(tenant.mapAsProposed())
  return tenant
}

async function quiet(): Promise<void> {
  expect(await town.quiet()).toBeNull()
}

async function polled(times = 2): Promise<void> {
  await quiet()
  for (let n = 0; n < times; n++) {
    await town.passMinutes(15)
    await town.tick(POLL)
    await quiet()
  }
}

const namesOf = (rows: readonly unknown[]): string[] =>
  rows.map((row) => String((row as { Name?: unknown }).Name)).sort()

test('whatever is made in Tribe in the second after the activation goes out, though no webhook tells of it', async () => {
  const tenant = await connected({ invoices: { enabled: false } })
  const { crm, books } = tenant
  const old = crm.hasCustomer({ organization: { Name: 'Gammel AS' } })
  crm.hasSupplier({ organization: { Name: 'Gammel Leverandør AS' } })
  crm.hasProduct({ Name: 'Gammel vare', Code: 'G1' })
  crm.hasContact({ organizationId: old.organizationId, person: { LastName: 'Gammel' } })

  await town.waitFor(tenant.activate())
  const silent = true
  for (let n = 1; n <= 5; n++) crm.hasCustomer({ organization: { Name: `Ny ${n} AS` }, silent })
  crm.hasSupplier({ organization: { Name: 'Ny Leverandør AS' }, silent })
  crm.hasPrivateCustomer({ person: { FirstName: 'Ny', LastName: 'Privat' }, silent })
  crm.hasProduct({ Name: 'Ny vare', Code: 'N1' }, { silent })
  await polled()

  expect(namesOf(books.customers().filter((one) => !one.IsPerson))).toEqual(
    [1, 2, 3, 4, 5].map((n) => `Ny ${n} AS`),
  )
  expect(books.customers().filter((one) => one.IsPerson)).toHaveLength(1)
  expect(namesOf(books.suppliers())).toEqual(['Ny Leverandør AS'])
  expect(books.products().map(({ Code }) => Code)).toEqual(['N1'])
  expect(books.contactPersons()).toEqual([])
})

test('the webhooks are registered when the activation answers', async () => {
  const tenant = await connected({})
  await town.waitFor(tenant.activate())
  const heard = tenant.crm.webhooks.map(({ entityType }) => entityType)
  expect(heard).toContain('Relationship.Organization.CommercialRelationship.Customer')
  expect(heard).toContain('Product')
  expect(new Set(heard).size).toBe(heard.length)
  await quiet()
  expect(town.violations()).toEqual([])
})

test('a supplier made in Tribe while the first load brings customers goes out, though its webhook is lost', async () => {
  const tenant = await connected(ONLY_RELATIONS)
  for (let n = 0; n < 60; n++) tenant.books.hasCustomer({ Name: `Kunde ${n} AS` })
  await town.waitFor(tenant.activate())
  await town.timeline.runUntil(() => tenant.crm.customers().length > 20, 600_000, 50)
  tenant.crm.hasSupplier({ organization: { Name: 'Ny Leverandør AS' }, silent: true })
  await polled()
  expect(namesOf(tenant.books.suppliers())).toEqual(['Ny Leverandør AS'])
  expect(tenant.books.customers()).toHaveLength(60)
})

test('a kind that is switched on later begins then: what is new goes out, what was there stays', async () => {
  const tenant = await connected({ ...ONLY_RELATIONS, relations: { suppliers: false } })
  await town.waitFor(tenant.activate())
  await polled(1)
  tenant.crm.hasSupplier({ organization: { Name: 'Fra før AS' }, silent: true })
  await town.passMinutes(60)
  await town.waitFor(tenant.api('PATCH', '/settings', { relations: { suppliers: true } }))
  await quiet()
  tenant.crm.hasSupplier({ organization: { Name: 'Ny AS' }, silent: true })
  await polled()
  expect(namesOf(tenant.books.suppliers())).toEqual(['Ny AS'])
})

test.each([
  ['five minutes ahead', 300_000],
  ['ten minutes behind', -600_000],
])('the line is drawn by the clock of Tribe, which may be %s', async (_, ms) => {
  const tenant = await connected(ONLY_RELATIONS, ms)
  tenant.crm.hasCustomer({ organization: { Name: 'Gammel AS' } })
  await town.passMinutes(1)
  await town.waitFor(tenant.activate())
  await town.timeline.run(1000)
  tenant.crm.hasCustomer({ organization: { Name: 'Ny AS' }, silent: true })
  await polled()
  expect(namesOf(tenant.books.customers())).toEqual(['Ny AS'])
})

test('an address that was edited just before the activation sends nobody out', async () => {
  const tenant = await connected(ONLY_RELATIONS)
  const { organizationId } = tenant.crm.hasCustomer({ organization: { Name: 'Gammel AS' } })
  await town.passMinutes(10)
  tenant.crm.editAddress(organizationId, 'InvoiceAddress', { Street: 'Havnegata', City: 'Bodø' })
  await town.waitFor(tenant.activate())
  await polled()
  expect(tenant.books.customers()).toEqual([])
})

test('while Tribe is away nothing is activated, and a later try draws the line anew', async () => {
  const tenant = await connected(ONLY_RELATIONS)
  const away = town.tribe.faults.add({ name: 'unavailable', on: /\/v1\//, times: Number.POSITIVE_INFINITY })
  const refused = await town.waitFor(tenant.activate().then(String, String))
  expect(refused).toContain('"status":503')
  expect(refused).toContain('tribe.')
  expect((await town.waitFor(tenant.api('GET', ''))).state).toBe('setup')
  away.lift()
  await town.passMinutes(5)
  tenant.crm.hasCustomer({ organization: { Name: 'Før AS' } })
  await town.waitFor(tenant.activate())
  tenant.crm.hasCustomer({ organization: { Name: 'Etter AS' }, silent: true })
  await polled()
  expect(namesOf(tenant.books.customers())).toEqual(['Etter AS'])
})

test('to activate costs about thirty calls to Tribe, and twice at once registers no webhook twice', async () => {
  const tenant = await connected({})
  const since = town.calls.length
  await town.waitFor(Promise.all([tenant.activate(), tenant.activate()]))
  const isTribe = ({ host, path }: { host: string; path: string }) =>
    host.includes('tribe') && path.startsWith('/v1/')
  const calls = town.calls.slice(since).filter(isTribe)
  expect(calls.length).toBeLessThan(60)
  await quiet()
  expect(town.violations()).toEqual([])
  const registered = town.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/webhooks'))
  expect(registered).toHaveLength(tenant.crm.webhooks.length)
})
