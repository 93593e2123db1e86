import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { organizationOf, personOf, type Relay, startRelay, type Tenant } from './relay'

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

function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1)
  return list[0] as T
}

/** A customer with one contact person, whom both systems know, in step and quiet. */
async function aPair(tribe = {}) {
  const acme = await relay.tenant({
    tribe,
    seed: (_crm, books) => {
      const { Id } = books.hasCustomer({ Name: 'Nordvik Bygg AS' })
      books.hasContactPerson(Id, {
        FirstName: 'Ada',
        LastName: 'van der Berg',
        EmailAddress: 'ada@nordvik.example',
        PhoneNumber: '22',
      })
    },
  })
  const person = only(acme.books.contactPersons())
  const contact = only(acme.crm.contacts())
  return {
    acme,
    powerOfficeId: person.Id,
    companyId: person.ContactId,
    contactId: String(contact.ID),
    personId: String(personOf(contact).ID),
    organizationId: organizationIdOf(acme, 'Nordvik Bygg AS'),
  }
}

const organizationIdOf = (acme: Tenant, name: string) => {
  const role = [...acme.crm.customers(), ...acme.crm.suppliers()].find(
    (one) => organizationOf(one).Name === name,
  )
  return String(organizationOf(role).ID)
}
const companyOf = (contact: Record<string, unknown>) => (contact.Relation as { ID?: string } | null)?.ID
const activePersons = (acme: Tenant) => acme.books.contactPersons().filter((person) => person.IsActive)
const nameOf = (person: { FirstName: string | null; LastName: string | null }) =>
  `${person.FirstName} ${person.LastName}`

// ── From PowerOffice ────────────────────────────────────────────────────────

test('contact persons of customers and suppliers arrive in Tribe at their company, with their business mail and phone', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => {
      const customer = books.hasCustomer({ Name: 'Kunden AS' })
      const supplier = books.hasSupplier({ Name: 'Leverandøren AS' })
      books.hasContactPerson(customer.Id, {
        FirstName: 'Ada',
        LastName: 'van der Berg',
        EmailAddress: 'ada@kunden.example',
        PhoneNumber: '22',
      })
      books.hasContactPerson(supplier.Id, { FirstName: 'Per', LastName: 'Øst' })
    },
  })
  const [ada, per] = acme.crm
    .contacts()
    .sort((a, b) => Number(personOf(b).FirstName === 'Ada') - Number(personOf(a).FirstName === 'Ada'))
  expect(ada).toMatchObject({
    EmailAddress: 'ada@kunden.example',
    PhoneNumber: '22',
    Person: { FirstName: 'Ada', MiddleName: 'van der', LastName: 'Berg' },
    Relation: { ID: organizationIdOf(acme, 'Kunden AS') },
  })
  // What is private is not the business of PowerOffice.
  expect(personOf(ada).EmailAddress ?? null).toBeNull()
  expect(per).toMatchObject({
    Person: { FirstName: 'Per', LastName: 'Øst' },
    Relation: { ID: organizationIdOf(acme, 'Leverandøren AS') },
  })
  expect(acme.calls(/^(POST|PATCH)/)).toEqual([])
  expect((await acme.status()).links.contactPerson).toBe(2)
})

test('contact persons are polled for the whole client in one call', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => {
      for (let n = 0; n < 12; n++)
        books.hasContactPerson(books.hasCustomer({ Name: `Kunde ${n} AS` }).Id, { FirstName: `P${n}` })
    },
  })
  expect(acme.crm.contacts()).toHaveLength(12)
  for (const person of acme.books.contactPersons())
    acme.books.editContactPerson(person.Id, { PhoneNumber: String(person.Id) })
  relay.powerOffice.log.clear()
  await acme.sync('relations')
  expect(acme.calls(/ContactPersons/)).toHaveLength(1)
  expect(
    acme.crm
      .contacts()
      .map((contact) => contact.PhoneNumber)
      .sort(),
  ).toEqual(
    acme.books
      .contactPersons()
      .map((person) => String(person.Id))
      .sort(),
  )
})

test('a new contact person in PowerOffice arrives with the next pull, also when the company is as new', async () => {
  const { acme, companyId } = await aPair()
  acme.books.hasContactPerson(companyId, { FirstName: 'Ny', LastName: 'Person' })
  const company = acme.books.hasCustomer({ Name: 'Helt Ny AS' })
  acme.books.hasContactPerson(company.Id, { FirstName: 'Første', LastName: 'Person' })
  await acme.poll()
  await acme.poll()
  expect(acme.crm.contacts()).toHaveLength(3)
  const first = acme.crm.contacts().find((contact) => personOf(contact).FirstName === 'Første')
  expect(companyOf(first ?? {})).toBe(organizationIdOf(acme, 'Helt Ny AS'))
  expect(acme.books.contactPersons()).toHaveLength(3)
})

test('a contact person of a private customer has no place in Tribe and is left alone', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => {
      const { Id } = books.hasCustomer({ IsPerson: true, FirstName: 'Kari', LastName: 'Haugen' })
      books.hasContactPerson(Id, { FirstName: 'Ola', LastName: 'Haugen' })
    },
  })
  await acme.sync('compare')
  expect(acme.crm.contacts()).toEqual([])
  expect((await acme.status()).problems).toEqual([])
})

test('a contact person who is deactivated in PowerOffice stays as it is in Tribe, and one who was so before is not brought', async () => {
  const { acme, powerOfficeId, companyId } = await aPair()
  acme.books.editContactPerson(powerOfficeId, { IsActive: false })
  acme.books.hasContactPerson(companyId, { FirstName: 'Sluttet', LastName: 'Person', IsActive: false })
  await acme.poll()
  await acme.sync('compare')
  expect(personOf(only(acme.crm.contacts()))).toMatchObject({ FirstName: 'Ada' })
  expect(only(acme.crm.contacts()).IsFormer).toBe(false)
  expect((await acme.status()).problems).toEqual([])

  acme.books.editContactPerson(powerOfficeId, { IsActive: true, PhoneNumber: '33' })
  await acme.sync('relations')
  expect(only(acme.crm.contacts()).PhoneNumber).toBe('33')
})

// ── From Tribe ──────────────────────────────────────────────────────────────

test('a new contact person in Tribe is in PowerOffice at once, at the right company', async () => {
  const { acme, companyId, organizationId } = await aPair()
  acme.crm.hasContact({
    organizationId,
    person: { FirstName: 'Pieter', MiddleName: 'de', LastName: 'Vries', EmailAddress: 'privat@piet.example' },
    contact: { EmailAddress: 'piet@nordvik.example', PhoneNumber: '44' },
  })
  await acme.quiet()
  const made = acme.books.contactPersons().find((person) => person.FirstName === 'Pieter')
  expect(made).toMatchObject({
    ContactId: companyId,
    LastName: 'de Vries',
    EmailAddress: 'piet@nordvik.example',
    PhoneNumber: '44',
    IsActive: true,
  })
  await acme.poll()
  await acme.sync('compare')
  expect(acme.books.contactPersons()).toHaveLength(2)
  expect(acme.crm.contacts()).toHaveLength(2)
})

for (const fault of ['lost-after', 'error-after', 'unavailable'] as const)
  test(`a contact person is made once though PowerOffice's answer is ${fault}`, async () => {
    const { acme, organizationId } = await aPair()
    relay.powerOffice.faults.add({ name: fault, on: /^POST .*ContactPersons/, account: acme.books.clientKey })
    acme.crm.hasContact({ organizationId })
    await acme.quiet()
    expect(acme.books.contactPersons()).toHaveLength(2)
    expect((await acme.status()).links.contactPerson).toBe(2)
  })

test('a contact person who changes in either system changes in the other', async () => {
  const { acme, powerOfficeId, contactId, personId } = await aPair()
  relay.powerOffice.log.clear()
  acme.crm.edit(contactId, { EmailAddress: 'ada.berg@nordvik.example' })
  acme.crm.edit(personId, { LastName: 'Bergen' })
  await acme.quiet()
  expect(acme.books.contactPerson(powerOfficeId)).toMatchObject({
    FirstName: 'Ada',
    LastName: 'van der Bergen',
    EmailAddress: 'ada.berg@nordvik.example',
  })

  relay.tribe.log.clear()
  acme.books.editContactPerson(powerOfficeId, { FirstName: 'Adriana', PhoneNumber: '55' })
  await acme.sync('relations')
  expect(only(acme.crm.contacts())).toMatchObject({
    PhoneNumber: '55',
    Person: { FirstName: 'Adriana', MiddleName: 'van der', LastName: 'Bergen' },
  })
  // The name is the person's, the phone the contact's.
  expect(acme.tribeWrites()).toHaveLength(2)
})

test('a company and its contact person made at the same moment in Tribe both get there, once', async () => {
  const acme = await relay.tenant()
  const { organizationId } = acme.crm.hasCustomer({ organization: { Name: 'Samtidig AS' } })
  acme.crm.hasContact({ organizationId })
  await acme.quiet()
  const company = only(acme.books.customers())
  expect(only(acme.books.contactPersons())).toMatchObject({ ContactId: company.Id, LastName: 'Lund' })
  await acme.poll()
  expect(acme.books.contactPersons()).toHaveLength(1)
  expect(acme.crm.contacts()).toHaveLength(1)
})

test('the contact person of a new company in Tribe that PowerOffice knows already follows it there', async () => {
  const acme = await relay.tenant()
  const { Id, Number: number } = acme.books.hasCustomer({ Name: 'Samtidig AS' })
  const { organizationId } = acme.crm.hasCustomer({
    organization: { Name: 'Samtidig AS', DebtorNumber: String(number) },
  })
  acme.crm.hasContact({ organizationId })
  await acme.quiet()
  expect(acme.books.customers()).toHaveLength(1)
  expect(only(acme.books.contactPersons())).toMatchObject({ ContactId: Id, LastName: 'Lund' })
})

test('contact persons who were there before their company became a customer follow it', async () => {
  const acme = await relay.tenant()
  const { organizationId, roleId } = acme.crm.hasLead({ organization: { Name: 'Kanskje AS' } })
  acme.crm.hasContact({ organizationId, person: { FirstName: 'En', LastName: 'Lund' } })
  acme.crm.hasContact({ organizationId, person: { FirstName: 'To', LastName: 'Lund' } })
  await acme.quiet()
  await acme.poll()
  expect(acme.books.contactPersons()).toEqual([])
  acme.crm.upgradeLead(roleId)
  await acme.quiet()
  expect(acme.books.customers()).toHaveLength(1)
  expect(
    acme.books
      .contactPersons()
      .map((person) => person.FirstName)
      .sort(),
  ).toEqual(['En', 'To'])
})

test('contact persons of a company that gets a supplier role besides are not made twice', async () => {
  const { acme, organizationId } = await aPair()
  acme.crm.hasSupplier({ organizationId })
  await acme.quiet()
  await acme.sync('compare')
  expect(acme.books.suppliers()).toHaveLength(1)
  expect(acme.books.contactPersons()).toHaveLength(1)
  expect(acme.crm.contacts()).toHaveLength(1)
})

test('a contact person at a company that is no customer or supplier stays in Tribe', async () => {
  const acme = await relay.tenant()
  const { organizationId } = acme.crm.hasLead()
  acme.crm.hasContact({ organizationId })
  await acme.quiet()
  expect(acme.calls(/^(POST|PATCH)/)).toEqual([])
  expect((await acme.status()).problems).toEqual([])
})

test('with contact persons switched off nothing happens to them', async () => {
  const acme = await relay.tenant({
    settings: { relations: { contactPersons: false } },
    seed: (_crm, books) => books.hasContactPerson(books.hasCustomer({ Name: 'Nordvik Bygg AS' }).Id),
  })
  acme.crm.hasContact({ organizationId: organizationIdOf(acme, 'Nordvik Bygg AS') })
  await acme.poll()
  await acme.sync('compare')
  await acme.sync('unlinked')
  expect(acme.crm.contacts()).toHaveLength(1)
  expect(acme.books.contactPersons()).toHaveLength(1)
  expect(acme.calls(/ContactPersons/)).toEqual([])
})

// ── Changing company ────────────────────────────────────────────────────────

/** One more customer that both systems know. */
async function anotherCompany(acme: Tenant) {
  const { Id } = acme.books.hasCustomer({ Name: 'Ny Arbeidsgiver AS' })
  await acme.sync('relations')
  return { companyId: Id, organizationId: organizationIdOf(acme, 'Ny Arbeidsgiver AS') }
}

test('a contact person who changes company in Tribe is hidden at the old one in PowerOffice and made at the new one', async () => {
  const { acme, powerOfficeId, contactId } = await aPair()
  const other = await anotherCompany(acme)
  acme.crm.edit(contactId, { Relation: other.organizationId })
  await acme.quiet()
  expect(acme.books.contactPerson(powerOfficeId)?.IsActive).toBe(false)
  expect(only(activePersons(acme))).toMatchObject({
    ContactId: other.companyId,
    FirstName: 'Ada',
    LastName: 'van der Berg',
    EmailAddress: 'ada@nordvik.example',
    PhoneNumber: '22',
  })
  await acme.poll()
  await acme.sync('compare')
  expect(acme.books.contactPersons()).toHaveLength(2)
  expect(acme.crm.contacts()).toHaveLength(1)

  // From then on it is the new one that travels.
  acme.crm.edit(contactId, { PhoneNumber: '66' })
  await acme.quiet()
  expect(only(activePersons(acme)).PhoneNumber).toBe('66')
  acme.books.editContactPerson(only(activePersons(acme)).Id, { PhoneNumber: '77' })
  await acme.sync('relations')
  expect(only(acme.crm.contacts()).PhoneNumber).toBe('77')
  expect((await acme.status()).problems).toEqual([])
})

for (const [fault, on] of [
  ['lost-after', /^POST .*ContactPersons/],
  ['error-after', /^POST .*ContactPersons/],
  ['lost-before', /^POST .*ContactPersons/],
  ['lost-after', /^PATCH .*ContactPersons/],
  ['error-before', /^PATCH .*ContactPersons/],
] as const)
  test(`a contact person moves once though the answer to the ${String(on).slice(3, 8)} is ${fault}`, async () => {
    const { acme, powerOfficeId, contactId } = await aPair()
    const other = await anotherCompany(acme)
    relay.powerOffice.faults.add({ name: fault, on, account: acme.books.clientKey })
    acme.crm.edit(contactId, { Relation: other.organizationId })
    await acme.quiet()
    await acme.poll()
    expect(acme.books.contactPerson(powerOfficeId)?.IsActive).toBe(false)
    expect(only(activePersons(acme))).toMatchObject({ ContactId: other.companyId, FirstName: 'Ada' })
    expect(acme.books.contactPersons()).toHaveLength(2)
    expect(acme.crm.contacts()).toHaveLength(1)
  })

test('a contact person made in Tribe who changes company twice ends at the last one, and can come back', async () => {
  const { acme, organizationId, companyId } = await aPair()
  const other = await anotherCompany(acme)
  const { contactId } = acme.crm.hasContact({
    organizationId,
    person: { FirstName: 'Reiser', LastName: 'Mye' },
  })
  await acme.quiet()
  acme.crm.edit(contactId, { Relation: other.organizationId })
  await acme.quiet()
  acme.crm.edit(contactId, { Relation: organizationId })
  await acme.quiet()
  await acme.poll()
  const mine = activePersons(acme).filter((person) => person.FirstName === 'Reiser')
  expect(only(mine)).toMatchObject({ ContactId: companyId })
  expect((await acme.status()).problems).toEqual([])
})

test('a contact person who moves to a company that is not synced is hidden in PowerOffice, and comes back with it', async () => {
  const { acme, powerOfficeId, contactId } = await aPair()
  const lead = acme.crm.hasLead({ organization: { Name: 'Kanskje AS' } })
  acme.crm.edit(contactId, { Relation: lead.organizationId })
  await acme.quiet()
  expect(acme.books.contactPerson(powerOfficeId)?.IsActive).toBe(false)
  expect(activePersons(acme)).toEqual([])
  acme.crm.edit(contactId, { PhoneNumber: '88' })
  await acme.quiet()
  await acme.poll()
  await acme.sync('compare')
  expect(acme.crm.contacts()).toHaveLength(1)
  expect(companyOf(only(acme.crm.contacts()))).toBe(lead.organizationId)
  expect((await acme.status()).problems).toEqual([])

  acme.crm.upgradeLead(lead.roleId)
  await acme.quiet()
  const company = acme.books.customers().find((customer) => customer.Name === 'Kanskje AS')
  expect(only(activePersons(acme))).toMatchObject({
    ContactId: company?.Id,
    FirstName: 'Ada',
    PhoneNumber: '88',
  })
})

test('a person who is contact at two companies keeps both, and a new name reaches both', async () => {
  const { acme, personId } = await aPair()
  const other = await anotherCompany(acme)
  acme.crm.hasContact({ organizationId: other.organizationId, personId, contact: { PhoneNumber: '99' } })
  await acme.quiet()
  expect(acme.books.contactPersons().map(nameOf)).toEqual(['Ada van der Berg', 'Ada van der Berg'])
  expect(acme.books.contactPersons().map((person) => person.PhoneNumber)).toEqual(['22', '99'])

  relay.powerOffice.log.clear()
  acme.crm.edit(personId, { LastName: 'Bergen' })
  await acme.quiet()
  expect(acme.books.contactPersons().map(nameOf)).toEqual(['Ada van der Bergen', 'Ada van der Bergen'])
  expect(acme.calls(/PATCH/)).toHaveLength(2)

  const [first] = acme.books.contactPersons()
  acme.books.editContactPerson(first?.Id ?? 0, { FirstName: 'Adriana' })
  await acme.sync('relations')
  await acme.sync('relations')
  expect(acme.books.contactPersons().map(nameOf)).toEqual([
    'Adriana van der Bergen',
    'Adriana van der Bergen',
  ])
  expect(new Set(acme.crm.contacts().map((contact) => personOf(contact).ID)).size).toBe(1)
})

// ── The first load ──────────────────────────────────────────────────────────

test('a contact person whom both sides know by name at a company that they share is not doubled', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const { Id, Number: number } = books.hasCustomer({ Name: 'Nordvik Bygg AS' })
      books.hasContactPerson(Id, { FirstName: 'Ada', LastName: 'van der Berg', PhoneNumber: '22' })
      books.hasContactPerson(Id, { FirstName: 'Ola', LastName: 'Lund', EmailAddress: 'ola@nordvik.example' })
      const { organizationId } = crm.hasCustomer({
        organization: { Name: 'Nordvik', DebtorNumber: String(number) },
      })
      crm.hasContact({
        organizationId,
        person: { FirstName: 'Ada', MiddleName: 'van der', LastName: 'Berg' },
        contact: { EmailAddress: 'ada@nordvik.example' },
      })
      // Another Ola: his address says so.
      crm.hasContact({ organizationId, contact: { EmailAddress: 'another@ola.example' } })
    },
  })
  expect(acme.crm.contacts()).toHaveLength(3)
  const adas = acme.crm.contacts().filter((contact) => personOf(contact).FirstName === 'Ada')
  expect(only(adas)).toMatchObject({ PhoneNumber: '22', EmailAddress: 'ada@nordvik.example' })
  expect((await acme.status()).links.contactPerson).toBe(2)
  expect(acme.books.contactPersons()).toHaveLength(2)
})

test('a contact person of the same name at another company is another person', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const { Id } = books.hasCustomer({ Name: 'Nordvik Bygg AS' })
      books.hasContactPerson(Id, { FirstName: 'Ola', LastName: 'Lund' })
      const { organizationId } = crm.hasCustomer({ organization: { Name: 'Only in Tribe AS' } })
      crm.hasContact({ organizationId })
    },
  })
  expect(acme.crm.contacts()).toHaveLength(2)
  expect((await acme.status()).links.contactPerson).toBe(1)
})

test('two contact persons with one name at one company in PowerOffice are two in Tribe', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => {
      const { Id } = books.hasCustomer({ Name: 'Nordvik Bygg AS' })
      books.hasContactPerson(Id, { FirstName: 'Ola', LastName: 'Lund', PhoneNumber: '1' })
      books.hasContactPerson(Id, { FirstName: 'Ola', LastName: 'Lund', PhoneNumber: '2' })
    },
  })
  await acme.poll()
  await acme.sync('compare')
  expect(acme.crm.contacts()).toHaveLength(2)
  expect(acme.books.contactPersons()).toHaveLength(2)
  expect((await acme.status()).problems).toEqual([])
})

// ── Deletion ────────────────────────────────────────────────────────────────

test('a contact person that is deleted in Tribe stays in PowerOffice, and is not made again', async () => {
  const { acme, powerOfficeId, contactId } = await aPair()
  acme.crm.remove(contactId)
  await acme.quiet()
  acme.books.editContactPerson(powerOfficeId, { PhoneNumber: '1' })
  await acme.sync('relations')
  expect(acme.crm.contacts()).toEqual([])
  expect(acme.books.contactPerson(powerOfficeId)?.IsActive).toBe(true)
  const { body } = await acme.api('GET', `/records?kind=contactPerson&powerOfficeId=${powerOfficeId}`)
  expect(body.state).toBe('tribe-gone')
})

test('a contact person that is deleted in PowerOffice stays in Tribe, and the comparison notices', async () => {
  const { acme, powerOfficeId, contactId } = await aPair()
  acme.books.deleteContactPerson(powerOfficeId)
  await acme.sync('compare')
  const { body } = await acme.api('GET', `/records?kind=contactPerson&powerOfficeId=${powerOfficeId}`)
  expect(body.state).toBe('poweroffice-gone')
  await relay.sleep(1100)
  acme.crm.edit(contactId, { PhoneNumber: '1' })
  await acme.quiet()
  await acme.poll()
  expect(acme.books.contactPersons()).toEqual([])
  expect(acme.crm.contacts()).toHaveLength(1)
})

test('a person that is deleted in Tribe takes its contacts along, and PowerOffice keeps its own', async () => {
  const { acme, powerOfficeId, personId } = await aPair()
  acme.crm.remove(personId)
  await acme.quiet()
  await acme.poll()
  expect(acme.crm.contacts()).toEqual([])
  expect(acme.books.contactPerson(powerOfficeId)?.IsActive).toBe(true)
  expect((await acme.status()).problems).toEqual([])
})
