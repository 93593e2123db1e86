import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, useStreet } from './street'

const begin = useStreet()

/** One organisation in Tribe that is a customer and a separate supplier in PowerOffice. */
const split = ({ crm, books }: TownTenant) => {
  const { organizationId } = crm.hasCustomer({
    organization: { Name: 'Nordlys AS', DebtorNumber: '10000', CreditorNumber: '20000' },
  })
  crm.hasSupplier({ organizationId })
  books.hasCustomer({ Name: 'Nordlys AS', Number: 10_000, ...CUSTOMER })
  books.hasSupplier({ Name: 'Nordlys AS', Number: 20_000, ...SUPPLIER })
}
const CUSTOMER = {
  EmailAddress: 'kunde@nordlys.example',
  PhoneNumber: '22 11 11 11',
  MailAddress: { AddressLine1: 'Havnegata 1', ZipCode: '7010', City: 'Trondheim', CountryCode: 'NO' },
}
const SUPPLIER = {
  EmailAddress: 'ordre@nordlys.example',
  PhoneNumber: '22 22 22 22',
  MailAddress: { AddressLine1: 'Storgata 2', ZipCode: '9008', City: 'Tromsø', CountryCode: 'NO' },
}
const POLICIES = ['poweroffice', 'tribe', 'newest'] as const

test.each(POLICIES)(
  'a customer and a separate supplier that are one organisation in Tribe keep what is theirs, and a person decides (policy %s)',
  async (conflictPolicy) => {
    const street = begin()
    const tenant = await street.tenant({ before: split, settings: { conflictPolicy } })
    await street.tick(PULL, NIGHT, PULL, NIGHT)
    expect(street.writes('poweroffice')).toEqual([])
    expect(tenant.books.customers()).toMatchObject([CUSTOMER])
    expect(tenant.books.suppliers()).toMatchObject([SUPPLIER])
    expect(street.codes(tenant)).toContain('relation.two_contacts')
    expect(tenant.crm.customers()).toMatchObject([
      { Organization: { EmailAddress: 'kunde@nordlys.example' } },
    ])
  },
)

test('linked as they are, each keeps what differs, whoever edits it, and what is the same goes on together', async () => {
  const street = begin()
  const tenant = await street.connected({ before: split })
  const [supplier] = tenant.crm.suppliers() as { ID: string }[]
  const [there] = tenant.books.suppliers()
  const [customer] = tenant.books.customers()
  await street.town.waitFor(
    tenant.api('PUT', '/preview/decisions', {
      decisions: [
        { kind: 'supplier', powerOfficeId: String(there?.Id), action: 'link', tribeId: supplier?.ID },
      ],
    }),
  )
  await street.activate(tenant)
  expect(street.links(tenant, 'supplier')).toHaveLength(1)
  expect(street.writes('poweroffice')).toEqual([])

  await street.town.passMinutes(15)
  tenant.books.editCustomer(customer?.Id ?? 0, { PhoneNumber: '22 33 33 33' })
  await street.tick(PULL, NIGHT)
  expect(tenant.books.customers()).toMatchObject([{ PhoneNumber: '22 33 33 33' }])
  expect(tenant.books.suppliers()).toMatchObject([SUPPLIER])
  expect(tenant.crm.customers()).toMatchObject([{ Organization: { PhoneNumber: '22 33 33 33' } }])

  tenant.books.editSupplier(there?.Id ?? 0, { PhoneNumber: '22 44 44 44' })
  await street.town.passMinutes(15)
  await street.tick(PULL, NIGHT)
  expect(tenant.books.customers()).toMatchObject([{ PhoneNumber: '22 33 33 33' }])
  expect(tenant.crm.customers()).toMatchObject([{ Organization: { PhoneNumber: '22 33 33 33' } }])
  expect(tenant.problems()).toEqual([])
})

const differing = ({ crm, books }: TownTenant) => {
  crm.hasCustomer({
    organization: { Name: 'Nordlys AS', DebtorNumber: '10000', EmailAddress: 'tribe@nordlys.example' },
  })
  books.hasCustomer({ Name: 'Nordlys AS', Number: 10_000, EmailAddress: 'books@nordlys.example' })
}

test('a first load writes nothing to PowerOffice though Tribe is to win: it is told, and follows once somebody has seen the preview', async () => {
  const street = begin()
  const tenant = await street.tenant({ before: differing, settings: { conflictPolicy: 'tribe' } })
  await street.tick(PULL, NIGHT)
  expect(street.writes('poweroffice')).toEqual([])
  expect(tenant.crm.customers()).toMatchObject([{ Organization: { EmailAddress: 'tribe@nordlys.example' } }])
  expect(street.codes(tenant)).toEqual(['preview.unseen'])

  await street.town.waitFor(tenant.api('POST', '/preview'))
  await street.quiet()
  const preview = await street.town.waitFor(tenant.api('GET', '/preview'))
  expect(preview.items).toMatchObject([{ kind: 'customer', toPowerOffice: ['email'] }])
  await street.tick(NIGHT)
  expect(tenant.books.customers()).toMatchObject([{ EmailAddress: 'tribe@nordlys.example' }])
  expect(tenant.problems()).toEqual([])
})

test('with a preview that was seen before the activation the policy is carried out the night after the first load', async () => {
  const street = begin()
  const tenant = await street.connected({ before: differing, settings: { conflictPolicy: 'tribe' } })
  await street.town.waitFor(tenant.api('POST', '/preview'))
  await street.quiet()
  await street.town.waitFor(tenant.api('GET', '/preview'))
  await street.activate(tenant)
  expect(street.writes('poweroffice')).toEqual([])
  await street.tick(NIGHT)
  expect(tenant.books.customers()).toMatchObject([{ EmailAddress: 'tribe@nordlys.example' }])
})

test('what waits for the night is no hindrance: an edit in Tribe after the first load is in the books at once, and nothing else', async () => {
  const street = begin()
  const tenant = await street.connected({ before: differing, settings: { conflictPolicy: 'tribe' } })
  await street.activate(tenant)
  const [role] = tenant.crm.customers()
  const id = String((role?.Organization as { ID?: string } | undefined)?.ID)
  tenant.crm.edit(id, { PhoneNumber: '22 55 55 55' })
  await street.quiet()
  expect(tenant.books.customers()).toMatchObject([
    { PhoneNumber: '22 55 55 55', EmailAddress: 'books@nordlys.example' },
  ])
  tenant.crm.edit(id, { EmailAddress: 'ny@nordlys.example' })
  await street.quiet()
  expect(tenant.books.customers()).toMatchObject([{ EmailAddress: 'ny@nordlys.example' }])
})
