import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { organizationOf, personOf, type Relay, startRelay, type Tenant } from './relay'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1)
  return list[0] as T
}

/** Three customers, of which one is private, two suppliers and two contact persons, in step and quiet. */
async function aTenant(settings = {}) {
  return relay.tenant({
    settings,
    seed: (_crm, books) => {
      const [alfa] = ['Alfa AS', 'Beta AS'].map((Name) => books.hasCustomer({ Name, PhoneNumber: '1' }))
      books.hasCustomer({ IsPerson: true, FirstName: 'Kari', LastName: 'Haugen' })
      const gamma = books.hasSupplier({ Name: 'Gamma AS' })
      books.hasSupplier({ Name: 'Delta AS' })
      books.hasContactPerson(alfa?.Id ?? 0, { FirstName: 'Ada', LastName: 'Lund' })
      books.hasContactPerson(gamma.Id, { FirstName: 'Per', LastName: 'Øst' })
    },
  })
}
async function compared(acme: Tenant) {
  await acme.sync('compare')
  const { comparison } = await acme.status()
  const rows: { what: string; tribe: number; powerOffice: number; linked: number; differ: number }[] =
    comparison.rows
  return {
    at: comparison.at,
    rows: Object.fromEntries(rows.map(({ what, ...row }) => [what, row])),
    differ: rows.reduce((sum, row) => sum + row.differ, 0),
  }
}
const organization = (acme: Tenant, name: string) =>
  [...acme.crm.customers(), ...acme.crm.suppliers()].map(organizationOf).find((one) => one.Name === name)
const writes = (acme: Tenant) => [...acme.tribeWrites(), ...acme.calls(/^(POST|PATCH)/)]

test('each night the counts of both sides stand next to each other in the status', async () => {
  const acme = await aTenant()
  expect((await acme.status()).comparison).toEqual({ at: null, rows: [] })
  relay.tribe.log.clear()
  await relay.tick('30 2 * * *')
  await acme.quiet()
  const { comparison } = await acme.status()
  expect(Date.now() - Date.parse(comparison.at)).toBeLessThan(60_000)
  expect(comparison.rows.slice(0, 3)).toEqual([
    { what: 'customers', tribe: 3, powerOffice: 3, linked: 3, differ: 0 },
    { what: 'suppliers', tribe: 2, powerOffice: 2, linked: 2, differ: 0 },
    { what: 'contactPersons', tribe: 2, powerOffice: 2, linked: 2, differ: 0 },
  ])
  expect(writes(acme)).toEqual([])
})

test('what only one side has shows in the counts, and what only PowerOffice has is brought', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      books.hasCustomer({ Name: 'I begge AS' })
      const { organizationId } = crm.hasCustomer({ organization: { Name: 'Bare i Tribe AS' } })
      crm.hasContact({ organizationId })
    },
  })
  expect((await compared(acme)).rows.customers).toEqual({ tribe: 2, powerOffice: 1, linked: 1, differ: 0 })
  expect((await compared(acme)).rows.contactPersons).toEqual({
    tribe: 0,
    powerOffice: 0,
    linked: 0,
    differ: 0,
  })
  acme.books.hasCustomer({ Name: 'Bare i regnskapet AS' })
  await compared(acme)
  expect(acme.crm.customers()).toHaveLength(3)
  expect((await compared(acme)).rows.customers).toEqual({ tribe: 3, powerOffice: 2, linked: 2, differ: 0 })
  expect(acme.books.customers()).toHaveLength(2)
})

test('what drifted on either side is repaired, and counted; a second comparison finds nothing and writes nothing', async () => {
  const acme = await aTenant()
  const [alfa, beta] = acme.books.customers()
  await relay.sleep(1100)
  // Nobody was told of any of these.
  acme.crm.edit(String(organization(acme, 'Beta AS')?.ID), { PhoneNumber: '2' }, { silent: true })
  acme.crm.editAddress(
    String(organization(acme, 'Gamma AS')?.ID),
    'InvoiceAddress',
    { Street: 'Nygata', HouseNumber: 1, Postalcode: '0155', City: 'Oslo' },
    { silent: true },
  )
  acme.books.editMailAddress(alfa?.Id ?? 0, {
    AddressLine1: 'Havnegata 12',
    ZipCode: '7010',
    City: 'Trondheim',
  })
  const ada = acme.crm.contacts().find((contact) => personOf(contact).FirstName === 'Ada')
  acme.crm.edit(String(personOf(ada).ID), { LastName: 'Lunde' }, { silent: true })

  const first = await compared(acme)
  expect(first.rows).toMatchObject({
    customers: { differ: 2 },
    suppliers: { differ: 1 },
    contactPersons: { differ: 1 },
  })
  expect(acme.books.customer(beta?.Id ?? 0).PhoneNumber).toBe('2')
  const gamma = acme.books.suppliers().find((supplier) => supplier.Name === 'Gamma AS')
  expect(gamma?.MailAddress).toMatchObject({ AddressLine1: 'Nygata 1', ZipCode: '0155' })
  expect(organization(acme, 'Alfa AS')?.InvoiceAddress).toMatchObject({
    Street: 'Havnegata',
    HouseNumber: 12,
  })
  expect(acme.books.contactPersons()[0]?.LastName).toBe('Lunde')

  relay.tribe.log.clear()
  relay.powerOffice.log.clear()
  expect((await compared(acme)).differ).toBe(0)
  expect(writes(acme)).toEqual([])
})

test('a value that only Tribe has reaches PowerOffice with the comparison', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const { Number: number } = books.hasCustomer({ Name: 'Nordvik Bygg AS', PhoneNumber: '22' })
      crm.hasCustomer({
        organization: { Name: 'Nordvik', DebtorNumber: String(number), EmailAddress: 'post@nordvik.example' },
        role: { PaymentTermInDays: 30 },
      })
    },
  })
  // The first load writes nothing to PowerOffice.
  expect(acme.calls(/^(POST|PATCH)/)).toEqual([])
  expect((await compared(acme)).rows.customers).toMatchObject({ differ: 1 })
  expect(only(acme.books.customers())).toMatchObject({
    EmailAddress: 'post@nordvik.example',
    PaymentTerm: 30,
  })
  expect(acme.calls(/PATCH/)).toHaveLength(1)
  expect((await compared(acme)).differ).toBe(0)
})

test('records that were deleted without a word are found on either side, and only they become detached', async () => {
  const acme = await aTenant()
  const role = acme.crm.customers().find((one) => organizationOf(one).Name === 'Alfa AS')
  acme.crm.remove(String(role?.ID), { silent: true })
  const delta = acme.books.suppliers().find((supplier) => supplier.Name === 'Delta AS')
  acme.books.deleteSupplier(delta?.Id ?? 0)
  await compared(acme)
  const { body } = await acme.api('GET', '/records/detached')
  expect(
    body.records.map((one: { kind: string; state: string }) => `${one.kind} ${one.state}`).sort(),
  ).toEqual(['customer tribe-gone', 'supplier poweroffice-gone'])
  expect((await acme.status()).links).toMatchObject({ customer: 2, supplier: 1, contactPerson: 2 })
  expect(acme.books.customers()).toHaveLength(3)
  expect(acme.crm.suppliers()).toHaveLength(2)

  relay.tribe.log.clear()
  relay.powerOffice.log.clear()
  const again = await compared(acme)
  expect(again.differ).toBe(0)
  expect(again.rows.suppliers).toEqual({ tribe: 2, powerOffice: 1, linked: 1, differ: 0 })
  expect(writes(acme)).toEqual([])
})

test('a comparison costs PowerOffice a call for each kind, and no call for a record that is in step', async () => {
  const acme = await relay.tenant({
    tribe: { echo: false },
    seed: (_crm, books) => {
      for (let n = 0; n < 250; n++) {
        const { Id } = books.hasCustomer({ Name: `Kunde ${n} AS` })
        if (n % 5 === 0) books.hasContactPerson(Id)
      }
    },
  })
  relay.powerOffice.log.clear()
  relay.tribe.log.clear()
  await compared(acme)
  expect(acme.calls(/Customers|Suppliers|ContactPersons/)).toHaveLength(3)
  // Lists of a hundred, and the empty page at the end of each.
  expect(relay.tribe.log.matching(/odata\/Relation/, acme.crm.id).length).toBeLessThanOrEqual(12)
})

test('kinds that are switched off are not looked at, nor taken for deleted', async () => {
  const acme = await aTenant()
  await acme.api('PATCH', '/settings', { relations: { suppliers: false, privatePersons: false } })
  relay.powerOffice.log.clear()
  const { rows } = await compared(acme)
  expect(Object.keys(rows)).not.toContain('suppliers')
  expect(rows.customers).toMatchObject({ tribe: 2, powerOffice: 2 })
  expect(acme.calls(/Suppliers|Customers\/\d/)).toEqual([])
  expect((await acme.status()).links).toMatchObject({ customer: 3, supplier: 2 })
})

test('a comparison that is cut off by a restart is done all the same', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) =>
      Array.from({ length: 300 }, (_, n) => books.hasCustomer({ Name: `Kunde ${n} AS` })),
  })
  for (const customer of acme.books.customers().slice(0, 150))
    acme.books.editMailAddress(customer.Id, { AddressLine1: 'Ny 1', ZipCode: '0155', City: 'Oslo' })
  await acme.api('POST', '/sync', { what: 'compare' })
  await relay.sleep(300)
  await relay.restart()
  await acme.quiet()
  await compared(acme)
  const moved = acme.crm
    .customers()
    .filter((role) => (organizationOf(role).InvoiceAddress as { City?: string } | null)?.City === 'Oslo')
  expect(moved).toHaveLength(150)
  expect((await compared(acme)).differ).toBe(0)
})
