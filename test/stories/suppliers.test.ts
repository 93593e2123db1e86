import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { importIdOf, organizationOf, type Relay, startRelay, type Tenant } from './relay'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({ callTimeoutMs: 1500 })
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

/** A company with one supplier that both systems know, in step and quiet. */
async function aPair() {
  const acme = await relay.tenant({
    seed: (_crm, books) =>
      books.hasSupplier({
        Name: 'Verktøy Engros AS',
        PhoneNumber: '22',
        EmailAddress: 'post@verktoy.example',
      }),
  })
  const powerOfficeId = only(acme.books.suppliers()).Id
  const organizationId = String(inTribe(acme).ID)
  return { acme, powerOfficeId, organizationId }
}

/** A company that is customer and supplier in both systems: one contact, one organisation with two roles. */
async function aCustomerAndSupplier(tribe = {}) {
  const acme = await relay.tenant({
    tribe,
    seed: (_crm, books) =>
      books.makeAlsoSupplier(
        books.hasCustomer({ Name: 'Begge Deler AS', OrganizationNumber: '914778271' }).Id,
      ),
  })
  const powerOfficeId = only(acme.books.suppliers()).Id
  const organizationId = String(inTribe(acme).ID)
  return { acme, powerOfficeId, organizationId }
}

const inTribe = (acme: Tenant) => organizationOf(only(acme.crm.suppliers()))
function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1)
  return list[0] as T
}
/** The organisations of customers and suppliers, each once. */
const organizationIds = (acme: Tenant) =>
  new Set([...acme.crm.customers(), ...acme.crm.suppliers()].map((role) => String(organizationOf(role).ID)))

// ── A supplier and nothing else ─────────────────────────────────────────────

test('suppliers of PowerOffice arrive in Tribe with their creditor number and address', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) =>
      books.hasSupplier({
        Name: 'Verktøy Engros AS',
        OrganizationNumber: '914778271',
        EmailAddress: 'post@verktoy.example',
        PhoneNumber: '+47 22 33 44 55',
        WebsiteUrl: 'https://verktoy.example',
        MailAddress: { AddressLine1: 'Industriveien 7', ZipCode: '0581', City: 'Oslo', CountryCode: 'NO' },
      }),
  })
  const supplier = only(acme.books.suppliers())
  expect(inTribe(acme)).toMatchObject({
    Name: 'Verktøy Engros AS',
    VATNumber: '914778271',
    EmailAddress: 'post@verktoy.example',
    PhoneNumber: '+47 22 33 44 55',
    Website: 'https://verktoy.example',
    CreditorNumber: String(supplier.Number),
    InvoiceAddress: { Street: 'Industriveien', HouseNumber: 7, Postalcode: '0581', City: 'Oslo' },
  })
  expect(inTribe(acme).DebtorNumber ?? null).toBeNull()
  expect(acme.crm.customers()).toEqual([])
  expect(acme.calls(/^(POST|PATCH)/)).toEqual([])
  expect((await acme.status()).links).toMatchObject({ customer: 0, supplier: 1 })
})

test('a supplier that both sides know by its creditor number is tied together, and its debtor number means nothing', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const { Number: number } = books.hasSupplier({ Name: 'Verktøy Engros AS', Number: 50_077 })
      crm.hasSupplier({ organization: { Name: 'Verktøy', CreditorNumber: String(number) } })
      crm.hasCustomer({ organization: { Name: 'En annen', DebtorNumber: String(number) } })
    },
  })
  expect(inTribe(acme).Name).toBe('Verktøy Engros AS')
  expect(acme.crm.customers().map((role) => organizationOf(role).Name)).toEqual(['En annen'])
  expect((await acme.status()).links).toMatchObject({ customer: 0, supplier: 1 })
})

test('a new supplier in Tribe is in PowerOffice at once, and its creditor number is in Tribe', async () => {
  const acme = await relay.tenant()
  acme.crm.hasSupplier({ organization: { Name: 'Ny Leverandør AS', VATNumber: 'NO 914 778 271 MVA' } })
  await acme.quiet()
  const supplier = only(acme.books.suppliers())
  expect(supplier).toMatchObject({
    Name: 'Ny Leverandør AS',
    OrganizationNumber: '914778271',
    IsPerson: false,
  })
  expect(inTribe(acme)).toMatchObject({ CreditorNumber: String(supplier.Number) })
  expect(inTribe(acme).DebtorNumber ?? null).toBeNull()
  expect(acme.books.customers()).toEqual([])
})

for (const fault of ['lost-after', 'error-after', 'unavailable', 'slow-after'] as const)
  test(`a supplier is made once though PowerOffice's answer is ${fault}`, async () => {
    const acme = await relay.tenant()
    const account = acme.books.clientKey
    relay.powerOffice.faults.add({ name: fault, on: /^POST .*Suppliers/, account, delayMs: 2500 })
    acme.crm.hasSupplier({ organization: { Name: 'Tapt Svar AS' } })
    await acme.quiet()
    expect(inTribe(acme).CreditorNumber).toBe(String(only(acme.books.suppliers()).Number))
  })

test('a supplier that changes in either system changes in the other, for one write', async () => {
  const { acme, powerOfficeId, organizationId } = await aPair()
  relay.powerOffice.log.clear()
  acme.crm.edit(organizationId, { PhoneNumber: '33' })
  await acme.quiet()
  expect(acme.books.supplier(powerOfficeId).PhoneNumber).toBe('33')
  expect(acme.calls().map((seen) => `${seen.method} ${seen.path}`)).toEqual([
    `GET /v2/Suppliers/${powerOfficeId}`,
    `PATCH /v2/Suppliers/${powerOfficeId}`,
  ])

  relay.tribe.log.clear()
  acme.books.editSupplier(powerOfficeId, { Name: 'Verktøy Import AS' })
  await acme.sync('relations')
  expect(inTribe(acme)).toMatchObject({ Name: 'Verktøy Import AS', PhoneNumber: '33' })
  expect(acme.tribeWrites()).toHaveLength(1)
})

test('a new supplier in PowerOffice arrives with the next pull, once', async () => {
  const acme = await relay.tenant()
  acme.books.hasSupplier({ Name: 'Ny i regnskapet AS' })
  await acme.poll()
  await acme.poll()
  expect(inTribe(acme).Name).toBe('Ny i regnskapet AS')
  expect(acme.books.suppliers()).toHaveLength(1)
})

test('a creditor number that a user changes in Tribe goes back to what PowerOffice says', async () => {
  const { acme, powerOfficeId, organizationId } = await aPair()
  acme.crm.edit(organizationId, { CreditorNumber: '1' })
  await acme.quiet()
  expect(inTribe(acme).CreditorNumber).toBe(String(acme.books.supplier(powerOfficeId).Number))
  expect(acme.calls(/PATCH/)).toEqual([])
})

test('with suppliers switched off nothing happens to them, and switched on they all come', async () => {
  const acme = await relay.tenant({
    settings: { relations: { suppliers: false } },
    seed: (_crm, books) => books.hasSupplier({ Name: 'Venter AS' }),
  })
  acme.crm.hasSupplier({ organization: { Name: 'Venter i Tribe AS' } })
  await acme.poll()
  await acme.sync('compare')
  expect(acme.crm.suppliers().map((role) => organizationOf(role).Name)).toEqual(['Venter i Tribe AS'])
  expect(acme.books.suppliers()).toMatchObject([{ Name: 'Venter AS' }])
  expect(acme.calls(/Suppliers/)).toEqual([])

  await acme.api('PATCH', '/settings', { relations: { suppliers: true } })
  await acme.sync('everything')
  await acme.sync('unlinked')
  expect(acme.crm.suppliers()).toHaveLength(2)
  expect(acme.books.suppliers()).toHaveLength(2)
})

// ── Customer and supplier at once ───────────────────────────────────────────

for (const deepInsertAnswers of ['flat', 'nested'] as const)
  test(`a contact that is customer and supplier becomes one organisation with two roles (answers ${deepInsertAnswers})`, async () => {
    const { acme, powerOfficeId } = await aCustomerAndSupplier({ deepInsertAnswers })
    expect(organizationIds(acme).size).toBe(1)
    expect(inTribe(acme)).toMatchObject({
      Name: 'Begge Deler AS',
      DebtorNumber: String(acme.books.customer(powerOfficeId).Number),
      CreditorNumber: String(acme.books.supplier(powerOfficeId).Number),
    })
    expect((await acme.status()).links).toMatchObject({ customer: 1, supplier: 1 })
    await acme.poll()
    expect(organizationIds(acme).size).toBe(1)
  })

test('a customer who becomes a supplier in PowerOffice gets the second role in Tribe with the next pull', async () => {
  const acme = await relay.tenant({ seed: (_crm, books) => books.hasCustomer({ Name: 'Kunde Først AS' }) })
  acme.books.makeAlsoSupplier(only(acme.books.customers()).Id)
  await acme.sync('relations')
  expect(organizationIds(acme).size).toBe(1)
  expect(inTribe(acme).CreditorNumber).toBe(String(only(acme.books.suppliers()).Number))
})

test('a supplier who becomes a customer in PowerOffice gets the second role in Tribe with the next pull', async () => {
  const { acme, powerOfficeId } = await aPair()
  acme.books.makeAlsoCustomer(powerOfficeId)
  await acme.sync('relations')
  expect(organizationIds(acme).size).toBe(1)
  expect(only(acme.crm.customers())).toMatchObject({
    Organization: { DebtorNumber: String(acme.books.customer(powerOfficeId).Number) },
    ImportId: expect.stringMatching(importIdOf('customer', powerOfficeId)),
  })
})

test('a second role whose making got no answer from Tribe is made once', async () => {
  const { acme, powerOfficeId } = await aPair()
  acme.books.makeAlsoCustomer(powerOfficeId)
  const account = acme.crm.id
  relay.tribe.faults.add({ name: 'lost-after', on: /^POST .*Customer$/, account })
  await acme.sync('relations')
  expect(only(acme.crm.customers())).toMatchObject({
    Organization: { DebtorNumber: String(acme.books.customer(powerOfficeId).Number) },
  })
  expect(organizationIds(acme).size).toBe(1)
})

test('an organisation that plays both roles in Tribe and one contact in PowerOffice are tied by either number', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const customer = books.hasCustomer({ Name: 'Begge Deler AS' })
      const supplier = books.makeAlsoSupplier(customer.Id)
      const organization = {
        Name: 'Begge',
        DebtorNumber: String(customer.Number),
        CreditorNumber: String(supplier.Number),
      }
      const { organizationId } = crm.hasCustomer({ organization })
      crm.hasSupplier({ organizationId })
    },
  })
  expect(organizationIds(acme).size).toBe(1)
  expect(acme.crm.customers()).toHaveLength(1)
  expect(inTribe(acme).Name).toBe('Begge Deler AS')
  expect((await acme.status()).links).toMatchObject({ customer: 1, supplier: 1 })
})

test('a supplier whose organisation is a customer in Tribe by number gets its role on that organisation', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const customer = books.hasCustomer({ Name: 'Begge Deler AS' })
      books.makeAlsoSupplier(customer.Id)
      crm.hasCustomer({ organization: { Name: 'Begge Deler AS', DebtorNumber: String(customer.Number) } })
    },
  })
  expect(organizationIds(acme).size).toBe(1)
  expect(inTribe(acme).CreditorNumber).toBe(String(only(acme.books.suppliers()).Number))
})

test('an edit of the name that both roles share costs one write on the other side', async () => {
  const { acme, powerOfficeId, organizationId } = await aCustomerAndSupplier()
  relay.powerOffice.log.clear()
  acme.crm.edit(organizationId, { Name: 'Nytt Navn AS' })
  await acme.quiet()
  expect(acme.books.customer(powerOfficeId).Name).toBe('Nytt Navn AS')
  expect(acme.calls(/PATCH/)).toHaveLength(1)

  relay.tribe.log.clear()
  acme.books.editSupplier(powerOfficeId, { Name: 'Enda Nyere AS' })
  await acme.sync('relations')
  expect(inTribe(acme).Name).toBe('Enda Nyere AS')
  expect(acme.tribeWrites()).toHaveLength(1)
  await acme.poll()
  await acme.sync('compare')
  expect(acme.tribeWrites()).toHaveLength(1)
  expect(acme.calls(/PATCH/)).toHaveLength(1)
})

test('the supplier role that a customer gets in Tribe is made in PowerOffice, with a number of its own', async () => {
  const acme = await relay.tenant({ seed: (_crm, books) => books.hasCustomer({ Name: 'Kunde Først AS' }) })
  const organizationId = String(organizationOf(only(acme.crm.customers())).ID)
  acme.crm.hasSupplier({ organizationId })
  await acme.quiet()
  const supplier = only(acme.books.suppliers())
  expect(supplier.Name).toBe('Kunde Først AS')
  expect(inTribe(acme)).toMatchObject({
    CreditorNumber: String(supplier.Number),
    DebtorNumber: String(only(acme.books.customers()).Number),
  })
  await acme.poll()
  await acme.sync('compare')
  expect(acme.books.customers()).toHaveLength(1)
  expect(acme.books.suppliers()).toHaveLength(1)
  expect(organizationIds(acme).size).toBe(1)

  // PowerOffice knows two contacts then, and both bear the name.
  acme.crm.edit(organizationId, { Name: 'Kunde og Leverandør AS' })
  await acme.quiet()
  expect(only(acme.books.customers()).Name).toBe('Kunde og Leverandør AS')
  expect(only(acme.books.suppliers()).Name).toBe('Kunde og Leverandør AS')
})

test('the supplier role that was taken away in Tribe leaves the customer as it is, and is not made again', async () => {
  const { acme, powerOfficeId, organizationId } = await aCustomerAndSupplier()
  acme.crm.remove(String(only(acme.crm.suppliers()).ID))
  await acme.quiet()
  acme.crm.edit(organizationId, { PhoneNumber: '44' })
  await acme.quiet()
  acme.books.editSupplier(powerOfficeId, { EmailAddress: 'ny@begge.example' })
  await acme.sync('relations')
  expect(acme.crm.suppliers()).toEqual([])
  expect(organizationOf(only(acme.crm.customers()))).toMatchObject({
    PhoneNumber: '44',
    EmailAddress: 'ny@begge.example',
  })
  expect(acme.books.supplier(powerOfficeId).PhoneNumber).toBe('44')
  expect((await acme.status()).links).toMatchObject({ customer: 1, supplier: 0 })
})
