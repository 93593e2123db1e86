import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, useStreet } from './street'

const begin = useStreet()

const OLD = { Street: 'Havnegata', HouseNumber: 12, Postalcode: '7010', City: 'Trondheim', Country: 'NO' }
const NEW = { AddressLine1: 'Storgata 1', ZipCode: '9008', City: 'Tromsø', CountryCode: 'NO' }
const SAME = { AddressLine1: 'Havnegata 12', ZipCode: '7010', City: 'Trondheim', CountryCode: 'NO' }

type Holder = Parameters<TownTenant['crm']['edit']>[1]
const cityOf = (tenant: TownTenant, id: string) => (tenant.crm.get(id) as { City?: string } | null)?.City

/** What has the address of the customer's invoices, too. */
const SHARED: Record<string, (tenant: TownTenant, addressId: string, organizationId: string) => void> = {
  'its visiting address': ({ crm }, address, id) => crm.edit(id, { VisitingAddress: address } as Holder),
  'its postal address': ({ crm }, address, id) => crm.edit(id, { PostalAddress: address } as Holder),
  "another company's visiting address": ({ crm }, address) => {
    const { organizationId } = crm.hasCustomer({ organization: { Name: 'Solberg AS' } })
    crm.edit(organizationId, { VisitingAddress: address } as Holder)
  },
  "another company's invoice address": ({ crm }, address) => {
    const { organizationId } = crm.hasCustomer({ organization: { Name: 'Solberg AS' } })
    crm.edit(organizationId, { InvoiceAddress: address } as Holder)
  },
  "a person's address": ({ crm }, address) => {
    const { personId } = crm.hasPrivateCustomer({})
    crm.edit(personId, { Address: address } as Holder)
  },
}

test.each(Object.entries(SHARED))(
  'the invoice address that is also %s gets a record of its own when PowerOffice changes it',
  async (_, share) => {
    const street = begin()
    let addressId = ''
    const tenant = await street.tenant({
      before: (tenant) => {
        const { organizationId } = tenant.crm.hasCustomer({
          organization: { Name: 'Nordlys AS', DebtorNumber: '10000' },
          invoiceAddress: OLD,
        })
        addressId = tenant.crm.editAddress(organizationId, 'InvoiceAddress', { Extra: null })
        share(tenant, addressId, organizationId)
        tenant.books.hasCustomer({ Name: 'Nordlys AS', Number: 10_000, MailAddress: SAME })
      },
    })
    const customer = tenant.books.customers().find((one) => one.Number === 10_000)
    await street.town.passMinutes(15)
    tenant.books.editMailAddress(customer?.Id ?? 0, NEW)
    await street.tick(NIGHT)

    const invoiceAddress = () =>
      (
        tenant.crm.customers() as {
          Organization: { Name: string; InvoiceAddress: { ID: string; City: string } }
        }[]
      ).find((one) => one.Organization.Name === 'Nordlys AS')?.Organization.InvoiceAddress
    expect(invoiceAddress()).toMatchObject({ City: 'Tromsø', Street: 'Storgata', HouseNumber: 1 })
    expect(invoiceAddress()?.ID).not.toBe(addressId)
    expect(cityOf(tenant, addressId)).toBe('Trondheim')

    const after = street.mark()
    await street.tick(PULL, NIGHT)
    expect([...street.writes('poweroffice', after), ...street.writes('tribe', after)]).toEqual([])

    // From now on it is its own, and is edited in place.
    const own = invoiceAddress()?.ID
    tenant.books.editMailAddress(customer?.Id ?? 0, { ...NEW, City: 'Bodø' })
    await street.tick(NIGHT)
    expect(invoiceAddress()).toMatchObject({ ID: own, City: 'Bodø' })
    expect(street.town.violations()).toEqual([])
  },
)

test('a first load, too, leaves a visiting address as it is', async () => {
  const street = begin()
  let addressId = ''
  const tenant = await street.tenant({
    before: (tenant) => {
      const { organizationId } = tenant.crm.hasCustomer({
        organization: { Name: 'Nordlys AS', DebtorNumber: '10000' },
        invoiceAddress: OLD,
      })
      addressId = tenant.crm.editAddress(organizationId, 'InvoiceAddress', { Extra: null })
      tenant.crm.edit(organizationId, { VisitingAddress: addressId } as Holder)
      tenant.books.hasCustomer({ Name: 'Nordlys AS', Number: 10_000, MailAddress: NEW })
    },
  })
  expect(cityOf(tenant, addressId)).toBe('Trondheim')
  expect(tenant.crm.customers()).toMatchObject([{ Organization: { InvoiceAddress: { City: 'Tromsø' } } }])
  expect(street.town.violations()).toEqual([])
})
