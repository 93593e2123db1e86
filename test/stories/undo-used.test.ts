import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { PowerOfficeClientBooks } from '../fakes/poweroffice'
import { organizationOf, personOf, type Relay, startRelay, type Tenant } from './relay'
import { aShopAt, only } from './shop'

/** What a first load made and somebody uses by now stays, whichever way it is used. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  // An undo is the one thing that deletes.
  const others = relay.violations().filter((one) => !/deleted by API: (Relation|Product|Address)/.test(one))
  expect(others).toEqual([])
})
afterAll(() => relay.close())

type Seed = Parameters<Relay['tenant']>[0]
const aLoaded = async (seed: NonNullable<NonNullable<Seed>['seed']>) => {
  const acme = await aShopAt(relay, { settings: { relations: { enabled: true } }, seed })
  await relay.sleep(60_000)
  return acme
}
const booksWith = (seed: (books: PowerOfficeClientBooks) => unknown) => aLoaded((_, books) => seed(books))

/** Takes the load back, and says of each record what became of it. */
async function undone(tenant: Tenant): Promise<string[]> {
  await tenant.quiet()
  expect((await tenant.api('POST', '/undo', { what: 'first-load' })).status).toBe(202)
  await relay.until(async () => (await tenant.api('GET', '/undo')).body.state === 'previewed')
  const { items } = (await tenant.api('GET', '/undo?pageSize=500')).body
  expect((await tenant.api('POST', '/undo/confirm')).status).toBe(202)
  await relay.until(async () => (await tenant.api('GET', '/undo')).body.state === 'done', 600_000)
  return items.map(({ kind, outcome }: { kind: string; outcome: string }) => `${kind} ${outcome}`).toSorted()
}
const idsOf = (tenant: Tenant, set: string) => tenant.crm.all(set).map(({ ID }) => String(ID))
const personIdOf = (tenant: Tenant, name: string) =>
  String(tenant.crm.all('Relation_Person').find(({ LastName }) => LastName === name)?.ID)

test.each(['Suspect', 'Lead', 'HotProspect', 'Prospect'] as const)(
  'a supplier whose company is a %s by now',
  async (stage) => {
    const acme = await booksWith((books) => books.hasSupplier({ Name: 'Lev AS' }))
    const organizationId = String(organizationOf(only(acme.crm.suppliers())).ID)
    acme.crm.hasLead({ organizationId, stage })
    expect(await undone(acme)).toEqual(['supplier touched'])
    expect(idsOf(acme, 'Relation_Organization')).toContain(organizationId)
    expect(acme.crm.suppliers()).toHaveLength(1)
  },
)

test('a customer whose company is a supplier by now, and a supplier whose company is a customer', async () => {
  const acme = await booksWith((books) => {
    books.hasSupplier({ Name: 'Lev AS' })
    books.hasCustomer({ Name: 'Kunde AS' })
  })
  acme.crm.hasCustomer({ organizationId: String(organizationOf(only(acme.crm.suppliers())).ID) })
  const customer = acme.crm.customers().find((role) => organizationOf(role).Name === 'Kunde AS')
  acme.crm.hasSupplier({ organizationId: String(organizationOf(customer).ID) })
  expect(await undone(acme)).toEqual(['customer touched', 'supplier touched'])
  expect([acme.crm.customers().length, acme.crm.suppliers().length]).toEqual([2, 2])
})

test('contact persons of whom one is a contact of another company by now, one a private customer, and one neither', async () => {
  const acme = await booksWith((books) => {
    const { Id } = books.hasCustomer({ Name: 'Kunde AS' })
    for (const LastName of ['Annen', 'Privat', 'Ingen'])
      books.hasContactPerson(Id, { FirstName: 'Kari', LastName })
  })
  const { organizationId } = acme.crm.hasLead({ organization: { Name: 'Annen AS' } })
  const ids = ['Annen', 'Privat'].map((name) => personIdOf(acme, name))
  acme.crm.hasContact({ organizationId, personId: ids[0] as string })
  acme.crm.hasPrivateCustomer({ personId: ids[1] as string })
  expect(await undone(acme)).toEqual([
    'contactPerson removable',
    'contactPerson touched',
    'contactPerson touched',
    'customer touched',
  ])
  expect(['Annen', 'Privat'].map((name) => personIdOf(acme, name))).toEqual(ids)
  expect([personIdOf(acme, 'Ingen'), acme.crm.contacts().length]).toEqual(['undefined', 3])
})

test('a private customer who is a contact of a company by now', async () => {
  const person = { IsPerson: true, FirstName: 'Kari', LastName: 'Ny', Name: 'Kari Ny' }
  const acme = await booksWith((books) => books.hasCustomer(person))
  const personId = String(personOf(only(acme.crm.privateCustomers())).ID)
  const { organizationId } = acme.crm.hasLead({ organization: { Name: 'Annen AS' } })
  acme.crm.hasContact({ organizationId, personId })
  expect(await undone(acme)).toEqual(['customer touched'])
  expect(acme.crm.privateCustomers()).toHaveLength(1)
})

test('a product that is sold by now, be it in a draft, and one that is not', async () => {
  const acme = await booksWith((books) => {
    for (const Code of ['B1', 'B2']) books.hasProduct({ Code, Name: `Bok ${Code}`, UnitPrice: 70 })
  })
  const sold = acme.crm.products().find(({ Code }) => Code === 'B1')
  const { roleId } = acme.crm.hasCustomer({ organization: { Name: 'Kunde AS' } })
  acme.crm.hasInvoice({ roleId, lines: [{ product: String(sold?.ID), quantity: 1, price: 70 }] })
  expect(await undone(acme)).toEqual(['product removable', 'product touched'])
  expect(acme.crm.products().map(({ Code }) => Code)).toEqual(['B1'])
})

test('a contact person whom an invoice names', async () => {
  const acme = await aLoaded((crm, books) => {
    const customer = books.hasCustomer({ Name: 'Kunde AS' })
    crm.hasCustomer({ organization: { Name: 'Kunde AS', DebtorNumber: String(customer.Number) } })
    books.hasContactPerson(customer.Id, { FirstName: 'Kari', LastName: 'Ny' })
  })
  const contactId = String(only(acme.crm.contacts()).ID)
  acme.crm.hasInvoice({ roleId: String(only(acme.crm.customers()).ID), contactId })
  expect(await undone(acme)).toContain('contactPerson touched')
  expect(acme.crm.contacts()).toHaveLength(1)
})

test('what was there before the load is nobody’s touch: a role that it gave to a company goes again', async () => {
  const acme = await aLoaded((crm, books) => {
    const { Id, Number: number } = books.hasSupplier({ Name: 'Begge AS' })
    books.makeAlsoCustomer(Id)
    const { organizationId } = crm.hasSupplier({
      organization: { Name: 'Begge AS', CreditorNumber: String(number) },
    })
    crm.hasContact({ organizationId })
  })
  expect(acme.crm.customers()).toHaveLength(1)
  expect(await undone(acme)).toContain('customer removable')
  expect([acme.crm.customers().length, acme.crm.suppliers().length]).toEqual([0, 1])
})
