import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, POLL, useCompany } from './company'

const open = useCompany({ invoices: { enabled: false } })

/** An organisation is deleted in Tribe, nobody tells of it, and PowerOffice has something new that would hang on it. */

async function withCustomer() {
  let id = 0
  const company = await open(({ books }) => {
    id = books.hasCustomer({ Name: 'Nordlys AS' }).Id
  })
  const organizationId = () => {
    const [role] = company.tenant.crm.customers() as { Organization: { ID: string } }[]
    return String(role?.Organization.ID)
  }
  company.tenant.crm.remove(organizationId(), { silent: true })
  await company.town.passMinutes(3)
  return { company, id }
}

const suppliers = ({ crm }: TownTenant) =>
  crm.suppliers().map((one) => (one.Organization as { Name: string }).Name)

test('a supplier that is the same contact gets an organisation of its own', async () => {
  const { company, id } = await withCustomer()
  company.tenant.books.makeAlsoSupplier(id)
  await company.poll(2)
  expect(suppliers(company.tenant)).toEqual(['Nordlys AS'])
  expect(company.tenant.problems()).toEqual([])
  // What was deleted stays deleted.
  await company.town.tick(NIGHT)
  await company.town.tick(POLL)
  await company.quiet()
  expect([company.tenant.crm.customers(), suppliers(company.tenant)]).toEqual([[], ['Nordlys AS']])
  expect(company.links('customer')).toMatchObject([{ state: 'tribe-gone' }])
  expect(company.links('supplier')).toMatchObject([{ state: 'linked', powerOfficeId: String(id) }])
})

test('a contact person waits for a company, and is no problem', async () => {
  const { company, id } = await withCustomer()
  company.tenant.books.hasContactPerson(id, { FirstName: 'Ada', LastName: 'Berg' })
  await company.poll(2)
  expect(company.links('customer')).toMatchObject([{ state: 'tribe-gone' }])
  expect([company.tenant.crm.contacts(), company.tenant.problems()]).toEqual([[], []])
})
