import { afterEach, expect, test } from 'vitest'
import { Street } from './street'

let street: Street
afterEach(() => street.town.platform.close())

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
