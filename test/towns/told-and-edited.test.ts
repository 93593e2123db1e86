import { expect, test } from 'vitest'
import { PULL, useStreet } from './street'

const begin = useStreet()

test('a contact that waits for a person, known by its number, is made no second time when Tribe is edited', async () => {
  const street = begin()
  const tenant = await street.tenant({
    settings: { invoices: { enabled: false }, products: { enabled: false } },
    before: ({ crm, books }) => {
      const customer = books.hasCustomer({ Name: 'Nordlys AS', PhoneNumber: '22 33 44 55' })
      const supplier = books.hasSupplier({ Name: 'Strøm AS', PhoneNumber: '66 77 88 99' })
      const { organizationId } = crm.hasCustomer({
        organization: {
          Name: 'Begge AS',
          DebtorNumber: String(customer.Number),
          CreditorNumber: String(supplier.Number),
        },
      })
      crm.hasSupplier({ organizationId })
    },
  })
  const { crm, books } = tenant
  expect(street.codes(tenant)).toContain('relation.two_contacts')
  const [role] = crm.suppliers() as { ID: string; Organization: { ID: string } }[]
  crm.edit(String(role?.Organization.ID), { Website: 'https://begge.example' })
  await street.quiet()
  await street.tick(PULL)
  expect([books.customers().length, books.suppliers().length]).toEqual([1, 1])
  expect(street.codes(tenant)).toContain('relation.two_contacts')
})
