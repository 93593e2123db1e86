import { expect, test } from 'vitest'
import { NIGHT, PULL, useStreet } from './street'

const begin = useStreet()
const SPELLINGS = ['010000', '10 000', ' 10000', '10000.0', '0000010000', '10\u00A0000', '10.000']

test.each(SPELLINGS)(
  'customer and supplier 10000, spelled %j in Tribe, are the ones of PowerOffice, at the first load',
  async (number) => {
    const street = begin()
    const tenant = await street.tenant({
      before: ({ crm, books }) => {
        crm.hasCustomer({ organization: { Name: 'Nordlys AS', DebtorNumber: number } })
        crm.hasSupplier({ organization: { Name: 'Verktøy AS', CreditorNumber: number } })
        books.hasCustomer({ Name: 'Nordlys AS', Number: 10_000 })
        books.hasSupplier({ Name: 'Verktøy AS', Number: 10_000 })
      },
    })
    await street.tick(PULL, NIGHT)
    expect(tenant.crm.customers()).toHaveLength(1)
    expect(tenant.crm.suppliers()).toHaveLength(1)
    expect([tenant.books.customers().length, tenant.books.suppliers().length]).toEqual([1, 1])
    expect([street.links(tenant, 'customer').length, street.links(tenant, 'supplier').length]).toEqual([1, 1])
    // A spelling that means the same stays.
    expect(tenant.crm.customers()).toMatchObject([{ Organization: { DebtorNumber: number } }])
    expect(tenant.problems()).toEqual([])
  },
)

test.each(SPELLINGS)(
  'a customer that Tribe gets with the number %j of one that is free in PowerOffice is that one',
  async (number) => {
    const street = begin()
    const tenant = await street.tenant()
    tenant.books.hasCustomer({ Name: 'Nordlys AS', Number: 10_000 })
    tenant.crm.hasCustomer({ organization: { Name: 'Nordlys AS', DebtorNumber: number } })
    await street.quiet()
    await street.tick(PULL, NIGHT)
    expect([tenant.crm.customers().length, tenant.books.customers().length]).toEqual([1, 1])
    expect(street.links(tenant, 'customer')).toHaveLength(1)
  },
)

test.each(['10 000', '010000', '10000.0'])(
  'a customer that PowerOffice gets is the one that Tribe had all along as %j',
  async (number) => {
    const street = begin()
    const tenant = await street.tenant({
      before: ({ crm }) => crm.hasCustomer({ organization: { Name: 'Nordlys AS', DebtorNumber: number } }),
    })
    await street.town.passMinutes(20)
    tenant.books.hasCustomer({ Name: 'Nordlys AS', Number: 10_000 })
    await street.tick(PULL)
    expect([tenant.crm.customers().length, tenant.books.customers().length]).toEqual([1, 1])
    expect(street.links(tenant, 'customer')).toHaveLength(1)
    expect(street.town.violations()).toEqual([])
  },
)

test('two customers in Tribe with one number in two spellings are told, and neither is taken', async () => {
  const street = begin()
  const tenant = await street.tenant({
    before: ({ crm, books }) => {
      crm.hasCustomer({ organization: { Name: 'Nordlys AS', DebtorNumber: '10000' } })
      crm.hasCustomer({ organization: { Name: 'Solberg AS', DebtorNumber: '010000' } })
      books.hasCustomer({ Name: 'Nordlys AS', Number: 10_000 })
    },
  })
  expect(street.codes(tenant)).toEqual(['relation.ambiguous'])
  expect(street.links(tenant, 'customer')).toEqual([])
})
