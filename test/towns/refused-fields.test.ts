import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, useStreet } from './street'

const begin = useStreet()

type Json = Parameters<TownTenant['crm']['edit']>[1]
const BAD = /BAD/

interface Case {
  /** Where each system keeps it. */
  member: string
  /** Tribe's fields that hold what is refused, and what mends it. */
  tribe: Json
  mended: Json
  told: string
}
const FIELDS: Record<string, Case> = {
  email: {
    member: 'EmailAddress',
    tribe: { EmailAddress: 'BAD@firma.example' },
    mended: { EmailAddress: 'post@firma.example' },
    told: 'e-mail address',
  },
  'invoice e-mail': {
    member: 'InvoiceEmailAddress',
    tribe: { FinancialEmailAddress: 'BAD@firma.example' },
    mended: { FinancialEmailAddress: 'faktura@firma.example' },
    told: 'e-mail address for invoices',
  },
  phone: {
    member: 'PhoneNumber',
    tribe: { PhoneNumber: 'BAD 22 33 44 55' },
    mended: { PhoneNumber: '22 33 44 55' },
    told: 'telephone number',
  },
  website: {
    member: 'WebsiteUrl',
    tribe: { Website: 'BAD' },
    mended: { Website: 'https://firma.example' },
    told: 'website',
  },
  'organisation number': {
    member: 'OrganizationNumber',
    tribe: { VATNumber: 'BAD123' },
    mended: { VATNumber: '914778271' },
    told: 'organisation number',
  },
  zip: {
    member: 'MailAddress.ZipCode',
    tribe: { InvoiceAddress: { Street: 'Havnegata', Postalcode: 'BAD', City: 'Trondheim' } },
    mended: {},
    told: 'address',
  },
}
const STYLES = ['detail', 'errors', 'silent'] as const
const ROWS = Object.entries(FIELDS).flatMap(([field, one]) =>
  STYLES.map((style) => [field, style, one] as const),
)

const told = (tenant: TownTenant) => tenant.problems().filter((line) => line.includes('field.refused'))

test.each(ROWS)(
  'a new customer whose %s PowerOffice refuses (%s) is made without it, its invoice goes, and it is told by name',
  async (_, style, one) => {
    const street = begin()
    const tenant = await street.tenant({
      powerOffice: { refuses: { [one.member]: BAD }, refusalStyle: style },
    })
    const since = street.mark()
    const { roleId, organizationId } = tenant.crm.hasCustomer({
      organization: { Name: 'Nordlys AS', ...one.tribe },
    })
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await street.quiet()

    expect(tenant.books.customers()).toHaveLength(1)
    expect(tenant.books.postedInvoices()).toHaveLength(1)
    expect(
      street.writes('poweroffice', since).filter((write) => write.startsWith('POST /v2/Customers')),
    ).toHaveLength(2)
    const first = told(tenant)
    expect(first).toHaveLength(1)
    expect(first[0]).toContain(one.told)
    // What PowerOffice said of it is kept for whoever reads it later.
    expect(first[0]).toContain('(it says: ')

    // Nothing is sent again by itself, and nothing takes Tribe's value away.
    const after = street.mark()
    await street.tick(PULL, PULL, NIGHT)
    expect(street.writes('poweroffice', after)).toEqual([])
    expect(street.writes('tribe', after)).toEqual([])
    expect(told(tenant)).toEqual(first)

    // Another edit of the customer travels, and the problem stays.
    tenant.crm.edit(organizationId, { Name: 'Nordlys Maskin AS' })
    await street.quiet()
    expect(tenant.books.customers()).toMatchObject([{ Name: 'Nordlys Maskin AS' }])
    expect(told(tenant)).toEqual(first)

    if (one.told === 'address')
      tenant.crm.editAddress(organizationId, 'InvoiceAddress', { Postalcode: '7010' })
    else tenant.crm.edit(organizationId, one.mended)
    await street.quiet()
    expect(told(tenant).join()).not.toContain(`the ${one.told} that`)
    expect(street.town.violations()).toEqual([])
  },
)

test('a field that PowerOffice refuses at an edit is told, its neighbours travel, and another try sends it again', async () => {
  const street = begin()
  const tenant = await street.tenant({ powerOffice: { refuses: { PhoneNumber: BAD } } })
  const { organizationId } = tenant.crm.hasCustomer({
    organization: { Name: 'Nordlys AS', PhoneNumber: '22 33 44 55' },
  })
  await street.quiet()
  tenant.crm.edit(organizationId, { PhoneNumber: 'BAD', Website: 'https://ny.example' })
  await street.quiet()
  const [customer] = tenant.books.customers()
  expect(customer).toMatchObject({ PhoneNumber: '22 33 44 55', WebsiteUrl: 'https://ny.example' })
  expect(told(tenant)).toHaveLength(1)

  await street.tick(PULL, NIGHT)
  expect(tenant.crm.customers()).toMatchObject([{ Organization: { PhoneNumber: 'BAD' } }])
  expect(told(tenant)).toHaveLength(1)

  Object.assign(tenant.books.quirks, { refuses: {} })
  await street.town.waitFor(tenant.api('POST', '/jobs/retry', {}))
  await street.quiet()
  expect(tenant.books.customers()).toMatchObject([{ PhoneNumber: 'BAD' }])
  expect(tenant.problems()).toEqual([])
})

test('what a bookkeeper enters in the place of a refused value comes to Tribe, and the problem ends', async () => {
  const street = begin()
  const tenant = await street.tenant({ powerOffice: { refuses: { PhoneNumber: BAD } } })
  tenant.crm.hasCustomer({ organization: { Name: 'Nordlys AS', PhoneNumber: 'BAD' } })
  await street.quiet()
  const [customer] = tenant.books.customers()
  await street.town.passMinutes(15)
  tenant.books.editCustomer(customer?.Id ?? 0, { PhoneNumber: '22 33 44 55' })
  await street.tick(PULL)
  expect(tenant.crm.customers()).toMatchObject([{ Organization: { PhoneNumber: '22 33 44 55' } }])
  expect(tenant.problems()).toEqual([])
})

const IN_TRIBE: Record<string, [member: string, powerOffice: Json, told: string]> = {
  email: ['Relation_Organization.EmailAddress', { EmailAddress: 'BAD@firma.example' }, 'e-mail address'],
  phone: ['Relation_Organization.PhoneNumber', { PhoneNumber: 'BAD' }, 'telephone number'],
  'organisation number': [
    'Relation_Organization.VATNumber',
    { OrganizationNumber: 'BAD123' },
    'organisation number',
  ],
  street: [
    'Address.Street',
    { MailAddress: { AddressLine1: 'BAD', ZipCode: '7010', City: 'Trondheim' } },
    'address',
  ],
}
test.each(Object.entries(IN_TRIBE))(
  'a customer of PowerOffice whose %s Tribe refuses comes without it, at the first load and at an edit, and is told by name',
  async (_, [member, fields, name]) => {
    const street = begin()
    const tenant = await street.tenant({
      tribe: { refuses: { [member]: BAD } },
      before: ({ books }) => {
        books.hasCustomer({ Name: 'Nordlys AS', ...fields })
        books.hasCustomer({ Name: 'Solberg AS', PhoneNumber: '22 33 44 55' })
      },
    })
    expect(tenant.crm.customers()).toHaveLength(2)
    expect(told(tenant)).toHaveLength(1)
    expect(told(tenant)[0]).toContain(name)

    await street.town.passMinutes(15)
    const other = tenant.books.customers().find((one) => one.Name === 'Solberg AS')
    tenant.books.editCustomer(other?.Id ?? 0, { ...fields, Name: 'Solberg Bygg AS' })
    await street.tick(PULL)
    const names = tenant.crm
      .customers()
      .map((one) => (one as { Organization: { Name: string } }).Organization.Name)
    expect(names.sort()).toEqual(['Nordlys AS', 'Solberg Bygg AS'])
    expect(told(tenant)).toHaveLength(2)

    const after = street.mark()
    await street.tick(PULL, NIGHT)
    expect([...street.writes('poweroffice', after), ...street.writes('tribe', after)]).toEqual([])
    expect(told(tenant)).toHaveLength(2)
    expect(street.town.violations()).toEqual([])
  },
)

const PRODUCTS: [member: string, fields: Json, told: string][] = [
  ['Code', { Code: 'BAD-1' }, 'code'],
  ['Description', { Description: 'BAD' }, 'description'],
  ['UnitPrice', { SalesPrice: 13 }, 'sales price'],
  ['UnitCost', { PurchasePrice: 13 }, 'cost price'],
  ['UnitOfMeasureCode', { Unit: 'hr' }, 'unit'],
]
test.each(PRODUCTS)(
  'a product whose %s PowerOffice refuses is made without it and told by name',
  async (member, fields, name) => {
    const street = begin()
    const tenant = await street.tenant({ powerOffice: { refuses: { [member]: /BAD|^13$|HUR/ } } })
    tenant.crm.hasProduct({ Name: 'Konsulenttime', ...fields })
    await street.quiet()
    expect(tenant.books.products()).toHaveLength(1)
    expect(told(tenant)[0]).toContain(name)
    const after = street.mark()
    await street.tick(PULL, NIGHT)
    expect([...street.writes('poweroffice', after), ...street.writes('tribe', after)]).toEqual([])
    expect(told(tenant)).toHaveLength(1)
  },
)

test('a contact person whose e-mail address PowerOffice refuses is there without it', async () => {
  const street = begin()
  const tenant = await street.tenant({ powerOffice: { refuses: { EmailAddress: BAD } } })
  const { organizationId } = tenant.crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
  tenant.crm.hasContact({
    organizationId,
    contact: { EmailAddress: 'BAD@firma.example', PhoneNumber: '22 33 44 55' },
  })
  await street.quiet()
  expect(tenant.books.contactPersons()).toMatchObject([{ EmailAddress: null, PhoneNumber: '22 33 44 55' }])
  expect(told(tenant)).toHaveLength(1)
})
