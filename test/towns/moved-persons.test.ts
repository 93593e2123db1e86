import { afterEach, expect, test } from 'vitest'
import { NIGHT, PULL, Street } from './street'

let street: Street
afterEach(() => street.town.platform.close())

/** A contact person of the first of two companies, in both systems; `moves`: to the second, in Tribe. */
async function adaAtNordlys(seed: number) {
  street = new Street(seed)
  const ids: number[] = []
  const tenant = await street.tenant({
    settings: { invoices: { enabled: false } },
    before: ({ books }) => {
      for (const Name of ['Nordlys AS', 'Fjord AS']) ids.push(books.hasCustomer({ Name }).Id)
      books.hasContactPerson(ids[0] ?? 0, { FirstName: 'Ada', LastName: 'Berg', PhoneNumber: '22 00 00 78' })
    },
  })
  const { crm } = tenant
  const [contact] = crm.contacts() as { ID: string; Person: { ID: string } }[]
  const organizations = crm.customers().map((one) => one.Organization as { ID: string; Name: string })
  const fjord = organizations.find(({ Name }) => Name === 'Fjord AS')
  const moves = () => crm.edit(String(contact?.ID), { Relation: { ID: String(fjord?.ID) } })
  return { tenant, ids, contact, moves }
}

test('a contact person who goes to a company that is not synced, and is renamed in the same breath, is hidden under the new name', async () => {
  street = new Street(3)
  const tenant = await street.tenant({ settings: { invoices: { enabled: false } } })
  const { crm, books } = tenant
  const { organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
  const person = { FirstName: 'Ada', LastName: 'Berg' }
  const { contactId, personId } = crm.hasContact({ organizationId, person })
  const lead = crm.hasLead({ organization: { Name: 'Fjord AS' } })
  await street.quiet()
  crm.edit(personId, { FirstName: 'Åse', LastName: 'Dahl' }, { silent: true })
  crm.edit(contactId, { Relation: { ID: lead.organizationId } })
  await street.quiet()
  const names = () =>
    books.contactPersons().map(({ FirstName, LastName, IsActive }) => [FirstName, LastName, IsActive])
  expect(names()).toEqual([['Åse', 'Dahl', false]])
  // One whom only the next poll tells of changes there as well.
  crm.edit(personId, { LastName: 'Lund' })
  await street.quiet()
  expect([names(), tenant.problems()]).toEqual([[['Åse', 'Lund', false]], []])
})

test('a person whose new company is deleted in PowerOffice is not tied to the one that was hidden at the old', async () => {
  const { tenant, ids, contact, moves } = await adaAtNordlys(4)
  const { crm, books } = tenant
  moves()
  await street.quiet()
  const people = () =>
    books.contactPersons().map(({ ContactId, LastName, IsActive }) => [ContactId, LastName, IsActive])
  expect(people()).toEqual([
    [ids[0], 'Berg', false],
    [ids[1], 'Berg', true],
  ])
  books.deleteCustomer(ids[1] ?? 0)
  crm.edit(String(contact?.Person.ID), { LastName: 'Dahl' })
  await street.quiet()
  await street.tick(PULL, NIGHT, PULL)
  expect(people()).toEqual([[ids[0], 'Berg', false]])
  expect(street.links(tenant, 'contactPerson')).toMatchObject([{ state: 'poweroffice-gone' }])
  expect(tenant.problems()).toEqual([])
})

test('a person who was made at the new company by a run that never heard of it, and is renamed since, is renamed there', async () => {
  const { tenant, ids, contact, moves } = await adaAtNordlys(5)
  const { crm, books } = tenant
  street.town.powerOffice.faults.add({ name: 'lost-after', on: /^POST .*ContactPersons/ })
  moves()
  await street.town.timeline.run(1500)
  const people = () =>
    books.contactPersons().map(({ ContactId, LastName, IsActive }) => [ContactId, LastName, IsActive])
  expect(people()).toEqual([
    [ids[0], 'Berg', false],
    [ids[1], 'Berg', true],
  ])
  crm.edit(String(contact?.Person.ID), { LastName: 'Dahl' })
  await street.quiet()
  await street.tick(PULL, NIGHT, PULL)
  expect(people()).toEqual([
    [ids[0], 'Berg', false],
    [ids[1], 'Dahl', true],
  ])
  expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
})

test('what a bookkeeper edited of a person just before a move whose answer is lost travels to Tribe all the same', async () => {
  const { tenant, ids, moves } = await adaAtNordlys(5)
  const { crm, books } = tenant
  const [ada] = books.contactPersons()
  street.town.powerOffice.faults.add({ name: 'lost-after', on: /^POST .*ContactPersons/ })
  books.editContactPerson(Number(ada?.Id), { PhoneNumber: '22 00 01 11' })
  moves()
  await street.quiet()
  await street.tick(PULL, NIGHT, PULL)
  expect(crm.contacts()).toMatchObject([{ PhoneNumber: '22 00 01 11' }])
  expect(books.contactPersons().filter(({ IsActive }) => IsActive)).toMatchObject([
    { ContactId: ids[1], PhoneNumber: '22 00 01 11' },
  ])
  expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
})
