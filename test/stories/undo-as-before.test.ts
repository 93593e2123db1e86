import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TribeOptions } from '../fakes/tribe'
import { importIdOf, type Relay, startRelay, type Tenant } from './relay'
import { aShopAt, only } from './shop'

/** What an undo leaves is what there was: addresses with their records and countries, and the marks of products. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  // An undo is the one thing that deletes.
  const isOfUndo = (one: unknown) => /deleted by API: (Relation|Product|Address)/.test(String(one))
  expect(relay.violations().filter((one) => !isOfUndo(one))).toEqual([])
})
afterAll(() => relay.close())

type Json = Record<string, unknown>
type Given = Parameters<Tenant['crm']['hasCustomer']>[0] & object
type Fields = NonNullable<Given['organization']>
const KEPT = { keepBefore: { days: 10 } }
const NYGATA = { AddressLine1: 'Nygata 2', ZipCode: '0155', City: 'OSLO', CountryCode: 'NO' }
const SWEDISH = { AddressLine1: 'Storgatan 9', ZipCode: '11122', City: 'Stockholm', CountryCode: 'SE' }
const OLD = { Street: 'Gamleveien', HouseNumber: 1, Postalcode: '5003', City: 'BERGEN' }

async function undone(tenant: Tenant) {
  expect((await tenant.api('POST', '/undo', { what: 'first-load' })).status).toBe(202)
  await relay.until(async () => (await tenant.api('GET', '/undo')).body.state === 'previewed')
  expect((await tenant.api('GET', '/undo')).body.counts).toMatchObject({ removable: 0, touched: 0 })
  expect((await tenant.api('POST', '/undo/confirm')).status).toBe(202)
  await relay.until(async () => (await tenant.api('GET', '/undo')).body.state === 'done', 600_000)
}

const PASSING = /^(_.*|@.*|.*Date|.*By|NumberOf.*|Relation|Organization)$/
const plain = (value: unknown): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .filter(([name, one]) => !PASSING.test(name) && one !== null && one !== '')
          .map(([name, one]) => [name, plain(one)]),
      )
const EXPAND = '($expand=Country)'
/** All that Tribe has of addresses, and whose they are. */
const addressesIn = ({ crm }: Tenant) => ({
  records: crm.all('Address', 'Country').map(plain),
  places: [
    ...crm.all('Relation_Organization', `InvoiceAddress${EXPAND},VisitingAddress`),
    ...crm.all('Relation_Person', `Address${EXPAND}`),
  ].map(({ Name, LastName, InvoiceAddress, VisitingAddress, Address }) =>
    plain({ Name, LastName, InvoiceAddress, VisitingAddress, Address }),
  ),
})

// ── The address of a relation that both systems knew ────────────────────────

interface Scene {
  tribe?: Partial<TribeOptions>
  address?: Fields
  seed(crm: Tenant['crm'], books: Tenant['books'], address: Fields): void
}
const withCustomer =
  (here: (crm: Tenant['crm'], numbers: Fields) => unknown): Scene['seed'] =>
  (crm, books, MailAddress) => {
    const { Number: number } = books.hasCustomer({ Name: 'Begge AS', MailAddress })
    here(crm, { Name: 'Begge AS', DebtorNumber: String(number) })
  }
const bare = withCustomer((crm, organization) => crm.hasCustomer({ organization }))
const withAddress = (invoiceAddress: Fields) =>
  withCustomer((crm, organization) => crm.hasCustomer({ organization, invoiceAddress }))

const SCENES: Record<string, Scene> = {
  'none of a customer': { seed: bare },
  'none of a customer, in a Tribe that passes nulls over': { seed: bare, tribe: { nullWrites: 'ignore' } },
  'none of a customer, and one abroad in PowerOffice': { seed: bare, address: SWEDISH },
  'none of a supplier': {
    seed: (crm, books, MailAddress) => {
      const { Number: number } = books.hasSupplier({ Name: 'Levrandør AS', MailAddress })
      crm.hasSupplier({ organization: { Name: 'Levrandør AS', CreditorNumber: String(number) } })
    },
  },
  'none of a company in both roles': {
    seed: (crm, books, MailAddress) => {
      const customer = books.hasCustomer({ Name: 'Begge AS', MailAddress })
      const supplier = books.makeAlsoSupplier(customer.Id)
      const numbers = { DebtorNumber: String(customer.Number), CreditorNumber: String(supplier.Number) }
      const { organizationId } = crm.hasCustomer({ organization: { Name: 'Begge AS', ...numbers } })
      crm.hasSupplier({ organizationId })
    },
  },
  'none of a person': {
    seed: (crm, books, MailAddress) => {
      const person = { FirstName: 'Ida', LastName: 'Berg' }
      const { Number: number } = books.hasCustomer({ IsPerson: true, ...person, MailAddress })
      crm.hasPrivateCustomer({ person: { ...person, DebtorNumber: String(number) } as never })
    },
  },
  'one with its country': { seed: withAddress({ ...OLD, Country: 'NO' }) },
  'one with another country': { seed: withAddress({ ...OLD, Country: 'SE' }) },
  'one without a country': { seed: withAddress(OLD) },
  'one without a country, in a Tribe that refuses nulls': {
    seed: withAddress({ ...OLD, Country: 'NO' }),
    tribe: { nullWrites: 'refuse' },
  },
  'nothing but a country': { seed: withAddress({ Country: 'SE' }) },
  'one that is its visiting address, too': {
    seed: withCustomer((crm, organization) => {
      const { organizationId } = crm.hasCustomer({ organization, invoiceAddress: OLD })
      const id = crm.editAddress(organizationId, 'InvoiceAddress', { Extra: null })
      crm.edit(organizationId, { VisitingAddress: id } as never)
    }),
  },
}

test.each(Object.entries(SCENES))('after the undo the address is as before: %s', async (_, scene) => {
  const { seed, tribe = {}, address = NYGATA } = scene
  const acme = await relay.tenant({
    tribe,
    settings: KEPT,
    seed: (crm, books) => seed(crm, books, address),
    activate: false,
  })
  const before = addressesIn(acme)
  await acme.activate()
  const loaded = addressesIn(acme)
  expect(JSON.stringify(loaded)).toContain(String(address.City))
  await undone(acme)
  expect(addressesIn(acme)).toEqual(before)
  await acme.activate()
  expect(JSON.stringify(addressesIn(acme))).toContain(String(address.City))
})

test('a Tribe that deletes no address keeps one that is empty, without a country', async () => {
  const acme = await relay.tenant({ settings: KEPT, seed: (crm, books) => bare(crm, books, NYGATA) })
  relay.tribe.faults.add({ name: 'refused', on: /^DELETE .*Address/, account: acme.crm.id, times: 99 })
  await undone(acme)
  const [address] = acme.crm
    .all('Relation_Organization', `InvoiceAddress${EXPAND}`)
    .flatMap(({ Name, InvoiceAddress }) => (Name === 'Begge AS' ? [InvoiceAddress] : []))
  expect(plain(address)).toEqual({ ID: expect.any(String) })
})

test('an address that somebody uses in another place since is not deleted there', async () => {
  const acme = await relay.tenant({ settings: KEPT, seed: (crm, books) => bare(crm, books, NYGATA) })
  await relay.sleep(60_000)
  const organization = only(
    acme.crm.all('Relation_Organization', 'InvoiceAddress').filter(({ Name }) => Name === 'Begge AS'),
  )
  const id = String((organization.InvoiceAddress as Json).ID)
  const { organizationId } = acme.crm.hasLead({ organization: { Name: 'Nabo AS' } })
  acme.crm.edit(organizationId, { VisitingAddress: id } as never)
  await undone(acme)
  expect(acme.crm.get(id)).toMatchObject({ Street: 'Nygata', City: 'OSLO' })
})

// ── The mark by which Tribe names a product of PowerOffice ──────────────────

async function aShop(ImportId: string | null, tribe: Partial<TribeOptions> = {}) {
  const decisions: object[] = []
  const acme = await aShopAt(relay, {
    settings: KEPT,
    tribe,
    seed: (crm, books) => {
      const { Id } = books.hasProduct({ Code: 'B1', Name: 'Bok', UnitPrice: 70 })
      const product = { Code: 'C1', Name: 'Felles', SalesPrice: 90, ...(ImportId ? { ImportId } : {}) }
      const tribeId = crm.hasProduct(product as never)
      decisions.push({ kind: 'product', powerOfficeId: String(Id), action: 'link', tribeId })
    },
    activate: false,
  })
  await acme.put('/preview/decisions', { decisions })
  await acme.activate()
  const held = () => {
    const { Name, ImportId } = only(acme.crm.products())
    return [Name, ImportId || null]
  }
  return { acme, held }
}

test.each([
  ['none, which is again', null, importIdOf('product', '\\d+'), {}],
  ['none, in a Tribe that passes nulls over', null, importIdOf('product', '\\d+'), { nullWrites: 'ignore' }],
  ['none, in a Tribe that refuses nulls', null, importIdOf('product', '\\d+'), { nullWrites: 'refuse' }],
  [
    'another client’s of a relay, which comes back',
    'poweroffice:0badcafe:product:5',
    importIdOf('product', '\\d+'),
    {},
  ],
  ['another program’s, which is left', 'navision:17', /^navision:17$/, {}],
] as const)('after the undo a product has the mark it had: %s', async (_, mark, loaded, tribe) => {
  const { acme, held } = await aShop(mark, tribe)
  expect(held()).toEqual(['Bok', expect.stringMatching(loaded)])
  await undone(acme)
  expect(held()).toEqual(['Felles', mark])
})

test('a mark that Tribe does not take back is told, and the undo is done', async () => {
  const { acme, held } = await aShop(null)
  const about = { account: acme.crm.id, times: 99 }
  relay.tribe.faults.add({ name: 'refused', on: /^(PUT|POST) .*Product/, body: /ImportId/, ...about })
  await undone(acme)
  expect(held()).toEqual(['Felles', expect.stringMatching(importIdOf('product', '\\d+'))])
  const { ID } = only(acme.crm.products())
  const entries = await relay.sql<{ details: string }>(
    "select details from timeline where tribe_id = ? and event = 'undone'",
    ID,
  )
  expect(entries.map(({ details }) => JSON.parse(details))).toEqual([{ left: ['mark'] }])
})

// ── One change ──────────────────────────────────────────────────────────────

/** Takes the newest change of the customer's that was written there back. */
async function takenBack(acme: Tenant, event: 'updated-tribe' | 'updated-poweroffice') {
  const query = `kind=customer&powerOfficeId=${only(acme.books.customers()).Id}`
  const { timeline } = (await acme.api('GET', `/records?${query}`)).body
  const { id: entryId } = timeline.find((one: Json) => one.event === event)
  const which = { kind: 'customer', powerOfficeId: String(only(acme.books.customers()).Id), entryId }
  expect((await acme.api('POST', '/records/undo', which)).status).toBe(202)
  await acme.quiet()
}
const addressHere = (acme: Tenant) => {
  const [role] = acme.crm.customers()
  const held = (role?.Organization as Json | undefined)?.InvoiceAddress as Json | null | undefined
  return held ? [held.Street, held.HouseNumber, held.City] : null
}

test('an address that a change made in Tribe is none again, nothing makes it anew, and that can be taken back in turn', async () => {
  const acme = await relay.tenant({
    settings: KEPT,
    seed: (_, books) => books.hasCustomer({ Name: 'Kunde AS' }),
  })
  const { Id } = only(acme.books.customers())
  const before = addressesIn(acme)
  acme.books.editMailAddress(Id, NYGATA)
  await acme.sync('compare')
  expect(addressHere(acme)).toEqual(['Nygata', 2, 'OSLO'])
  await takenBack(acme, 'updated-tribe')
  expect(addressesIn(acme)).toEqual(before)
  for (const what of ['relations', 'compare'] as const) await acme.sync(what)
  expect([addressHere(acme), only(acme.books.customers()).MailAddress]).toMatchObject([null, NYGATA])
  await takenBack(acme, 'updated-tribe')
  expect(addressHere(acme)).toEqual(['Nygata', 2, 'OSLO'])
  acme.books.editMailAddress(Id, { City: 'BERGEN' })
  await acme.sync('compare')
  expect(addressHere(acme)).toEqual(['Nygata', 2, 'BERGEN'])
})

test.each([
  ['is none again', false, null],
  [
    'is empty where PowerOffice keeps it',
    true,
    { AddressLine1: null, ZipCode: '-', City: '-', CountryCode: 'NO' },
  ],
] as const)('an address that a change made in PowerOffice %s', async (_, isRefused, wanted) => {
  const acme = await relay.tenant({
    settings: KEPT,
    seed: (_, books) => books.hasCustomer({ Name: 'Kunde AS' }),
  })
  const organizationId = String((only(acme.crm.customers()).Organization as Json).ID)
  await relay.sleep(1000)
  acme.crm.editAddress(organizationId, 'InvoiceAddress', { ...OLD, Country: 'NO' })
  await acme.quiet()
  const there = () => only(acme.books.customers()).MailAddress
  expect(there()).toMatchObject({ City: 'BERGEN' })
  const about = { account: acme.books.clientKey, times: isRefused ? 99 : 0 }
  if (isRefused)
    relay.powerOffice.faults.add({ name: 'refused', on: /^PATCH/, body: /"\/MailAddress"/, ...about })
  await takenBack(acme, 'updated-poweroffice')
  if (wanted === null) expect(there()).toBeNull()
  else expect(there()).toMatchObject(wanted)
  for (const what of ['relations', 'compare'] as const) await acme.sync(what)
  expect(addressHere(acme)).toEqual(['Gamleveien', 1, 'BERGEN'])
  acme.crm.editAddress(organizationId, 'InvoiceAddress', { City: 'OSLO' })
  await acme.quiet()
  expect(there()).toMatchObject({ AddressLine1: 'Gamleveien 1', ZipCode: '5003', City: 'OSLO' })
})
