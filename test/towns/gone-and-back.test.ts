import { describe, expect, test } from 'vitest'
import { type Company, useCompany } from './company'

const open = useCompany({ invoices: { enabled: false } })

describe('a role that is taken away in Tribe and given again is the same record in PowerOffice', () => {
  test('a customer', async () => {
    const company = await open()
    const { crm, books } = company.tenant
    const { roleId, organizationId } = crm.hasCustomer({
      organization: { Name: 'Nordlys AS', VATNumber: '914778271' },
    })
    await company.quiet()
    const [before] = books.customers()
    crm.remove(roleId)
    await company.quiet()
    expect(company.links('customer').map(({ state }) => state)).toEqual(['tribe-gone'])
    await company.town.passMinutes(60)
    crm.hasCustomer({ organizationId })
    await company.poll()
    await company.night()
    crm.edit(organizationId, { PhoneNumber: '22 33 44 55' })
    await company.quiet()

    const after = books.customers()
    expect(after.map((one) => [one.Id, one.Number])).toEqual([[before?.Id, before?.Number]])
    expect(after[0]?.PhoneNumber).toBe('22 33 44 55')
    expect(company.links('customer')).toMatchObject([{ state: 'linked', number: String(before?.Number) }])
    expect(crm.customers()).toMatchObject([{ Organization: { DebtorNumber: String(before?.Number) } }])
    expect(company.tenant.problems()).toEqual([])
  })

  test('a customer that came from PowerOffice', async () => {
    const company = await open((tenant) => tenant.books.hasCustomer({ Name: 'Fra Bok AS', Number: 20100 }))
    const { crm, books } = company.tenant
    const [role] = crm.customers() as { ID: string; Organization: { ID: string } }[]
    crm.remove(role?.ID ?? '')
    await company.quiet()
    crm.hasCustomer({ organizationId: role?.Organization.ID ?? '' })
    await company.poll()
    expect(books.customers()).toHaveLength(1)
    expect(company.links('customer')).toMatchObject([{ state: 'linked', number: '20100' }])
  })

  test.each([
    ['the removal', true, false],
    ['the addition', false, true],
    ['both', true, true],
  ])('though the webhook of %s is lost', async (_, removalLost, additionLost) => {
    const company = await open()
    const { crm, books } = company.tenant
    const { roleId, organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    await company.quiet()
    crm.remove(roleId, { silent: removalLost })
    if (!removalLost) await company.quiet()
    await company.town.passMinutes(2)
    crm.hasCustomer({ organizationId, silent: additionLost })
    await company.poll(2)
    await company.night()
    expect(books.customers()).toHaveLength(1)
    expect(company.links('customer')).toMatchObject([{ state: 'linked' }])
  })

  test('though the webhooks come the wrong way round', async () => {
    const company = await open()
    const { crm, books } = company.tenant
    const { roleId, organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    await company.quiet()
    crm.deliveryFaults.add({ name: 'reordered', times: 1 })
    crm.remove(roleId)
    crm.hasCustomer({ organizationId })
    await company.poll()
    expect(books.customers()).toHaveLength(1)
    expect(company.links('customer')).toMatchObject([{ state: 'linked' }])
  })

  test('while the relay is paused', async () => {
    const company = await open()
    const { crm, books } = company.tenant
    const { roleId, organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    await company.quiet()
    await company.town.waitFor(company.tenant.api('POST', '/pause'))
    crm.remove(roleId, { silent: true })
    crm.hasCustomer({ organizationId, silent: true })
    await company.town.passMinutes(60)
    await company.town.waitFor(company.tenant.api('POST', '/resume'))
    await company.poll()
    expect(books.customers()).toHaveLength(1)
    expect(company.links('customer')).toMatchObject([{ state: 'linked' }])
  })

  test('a supplier, a private customer and a contact person', async () => {
    const company = await open()
    const { crm, books } = company.tenant
    const supplier = crm.hasSupplier({ organization: { Name: 'Verktøy AS' } })
    const person = crm.hasPrivateCustomer()
    const { organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    const contact = crm.hasContact({ organizationId, person: { FirstName: 'Ola', LastName: 'Lund' } })
    await company.quiet()
    for (const id of [supplier.roleId, person.roleId, contact.contactId]) crm.remove(id)
    await company.quiet()
    crm.hasSupplier({ organizationId: supplier.organizationId })
    crm.hasPrivateCustomer({ personId: person.personId })
    crm.hasContact({ organizationId, personId: contact.personId })
    await company.poll()
    await company.night()
    expect(books.suppliers()).toHaveLength(1)
    expect(books.customers().filter((one) => one.IsPerson)).toHaveLength(1)
    expect(books.contactPersons()).toHaveLength(1)
    for (const kind of ['supplier', 'customer', 'contactPerson'])
      expect(new Set(company.links(kind).map(({ state }) => state))).toEqual(new Set(['linked']))
  })

  test('a customer whose organisation was made anew with the same number and name', async () => {
    const company = await open()
    const { crm, books } = company.tenant
    const { organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    await company.quiet()
    const number = String(books.customers()[0]?.Number)
    crm.remove(organizationId)
    await company.quiet()
    crm.hasCustomer({ organization: { Name: 'Nordlys AS', DebtorNumber: number } })
    await company.poll()
    expect(books.customers()).toHaveLength(1)
    expect(company.links('customer')).toMatchObject([{ state: 'linked', number }])
  })

  test('a product is another one, even with the same code: only ids tie products together', async () => {
    const company = await open()
    const { crm, books } = company.tenant
    const id = crm.hasProduct({ Name: 'Time', Code: 'T1' })
    await company.quiet()
    crm.remove(id)
    await company.quiet()
    crm.hasProduct({ Name: 'Time', Code: 'T1' })
    await company.poll()
    console.info(
      books.products().map(({ Id, Code }) => [Id, Code]),
      company.tenant.problems(),
    )
  })
})

test('a customer that a bookkeeper deleted and made anew with the same number is the same one in Tribe', async () => {
  const company = await open()
  const { crm, books } = company.tenant
  crm.hasCustomer({ organization: { Name: 'Nordlys AS', VATNumber: '914778271' } })
  await company.quiet()
  const [first] = books.customers()
  books.deleteCustomer(first?.Id ?? 0)
  await company.night()
  expect(company.links('customer')).toMatchObject([{ state: 'poweroffice-gone' }])
  const again = books.hasCustomer({
    Name: 'Nordlys AS',
    Number: first?.Number ?? null,
    OrganizationNumber: '914778271',
  })
  await company.poll()
  expect(crm.customers()).toHaveLength(1)
  expect(company.links('customer')).toMatchObject([{ state: 'linked', powerOfficeId: String(again.Id) }])
  expect(company.tenant.problems()).toEqual([])
})

type Kind = 'customer' | 'supplier' | 'contactPerson' | 'product'
interface There {
  Id: number
  PhoneNumber?: string | null
  Description?: string | null
}

/** One record of each kind, in both systems. */
async function furnished(company: Company) {
  const { crm, books } = company.tenant
  const customer = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
  const supplier = crm.hasSupplier({ organization: { Name: 'Verktøy AS' } })
  const contact = crm.hasContact({ organizationId: customer.organizationId })
  const product = crm.hasProduct({ Name: 'Time', Code: 'T1' })
  await company.quiet()
  const rowsOf: Record<Kind, () => There[]> = {
    customer: () => books.customers(),
    supplier: () => books.suppliers(),
    contactPerson: () => books.contactPersons(),
    product: () => books.products(),
  }
  const edit: Record<Kind, (id: number, text: string) => void> = {
    customer: (id, PhoneNumber) => void books.editCustomer(id, { PhoneNumber }),
    supplier: (id, PhoneNumber) => void books.editSupplier(id, { PhoneNumber }),
    contactPerson: (id, PhoneNumber) => void books.editContactPerson(id, { PhoneNumber }),
    product: (id, Description) => void books.editProduct(id, { Description }),
  }
  const ids = {
    customer: customer.roleId,
    supplier: supplier.roleId,
    contactPerson: contact.contactId,
    product,
  }
  const holders = { ...ids, customer: customer.organizationId, supplier: supplier.organizationId }
  return (kind: Kind) => {
    const member = kind === 'product' ? 'Description' : 'PhoneNumber'
    const there = () => rowsOf[kind]()[0] ?? { Id: 0 }
    return {
      id: ids[kind],
      holder: holders[kind],
      powerOfficeId: there().Id,
      howMany: () => rowsOf[kind]().length,
      editThere: (text: string) => edit[kind](there().Id, text),
      editHere: (text: string) => crm.edit(holders[kind], { [member]: text }),
      here: () => crm.get(holders[kind])?.[member],
      there: () => there()[member],
    }
  }
}

describe('hidden is not deleted: what comes back travels again by itself', () => {
  test.each(['customer', 'supplier', 'contactPerson', 'product'] as const)(
    'a %s that Tribe does not show for some minutes',
    async (kind) => {
      const company = await open()
      const { crm } = company.tenant
      const it = (await furnished(company))(kind)
      crm.hide(it.id)
      it.editThere('11 11 11 11')
      await company.poll()
      await company.night()
      crm.hide(it.id, false)
      await company.poll()
      await company.night()
      expect(company.links(kind)).toMatchObject([{ state: 'linked' }])
      expect(it.here()).toBe('11 11 11 11')
      it.editHere('22 22 22 22')
      await company.quiet()
      expect(it.there()).toBe('22 22 22 22')
      expect(it.howMany()).toBe(1)
      expect(company.tenant.problems()).toEqual([])
      expect(company.town.violations()).toEqual([])
    },
  )

  test.each(['customer', 'supplier', 'contactPerson', 'product'] as const)(
    'a %s that PowerOffice does not show for some minutes',
    async (kind) => {
      const company = await open()
      const { books } = company.tenant
      const it = (await furnished(company))(kind)
      books.hide(it.powerOfficeId)
      it.editHere('11 11 11 11')
      await company.poll()
      await company.night()
      expect(company.links(kind)).toMatchObject([{ state: 'poweroffice-gone' }])
      books.hide(it.powerOfficeId, false)
      await company.poll()
      await company.night()
      expect(company.links(kind)).toMatchObject([{ state: 'linked' }])
      expect(it.there()).toBe('11 11 11 11')
      it.editThere('22 22 22 22')
      await company.poll()
      expect(it.here()).toBe('22 22 22 22')
      expect(it.howMany()).toBe(1)
      expect(company.tenant.problems()).toEqual([])
      expect(company.town.violations()).toEqual([])
    },
  )

  test('an organisation or person out of sight behind a role that is not empties nothing in PowerOffice', async () => {
    const company = await open()
    const { crm, books } = company.tenant
    const { roleId, organizationId } = crm.hasCustomer({
      organization: { Name: 'Nordlys AS', EmailAddress: 'post@nordlys.example' },
    })
    const contact = crm.hasContact({ organizationId })
    await company.quiet()
    const before = JSON.stringify([books.customers(), books.contactPersons()])
    crm.hide(organizationId)
    crm.hide(contact.personId)
    crm.edit(roleId, { PaymentTermInDays: 30 })
    await company.poll()
    await company.night()
    expect(JSON.stringify([books.customers(), books.contactPersons()])).toBe(before)
    crm.hide(organizationId, false)
    crm.hide(contact.personId, false)
    await company.poll()
    await company.night()
    expect(company.links('customer')).toMatchObject([{ state: 'linked' }])
    expect(company.links('contactPerson')).toMatchObject([{ state: 'linked' }])
    expect(books.customers()).toHaveLength(1)
    expect(books.contactPersons()).toHaveLength(1)
  })
})

test('two organisations that become one in Tribe are told, and nothing is written before a person decides', async () => {
  const company = await open()
  const { crm, books } = company.tenant
  const stays = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
  const goes = crm.hasCustomer({ organization: { Name: 'Nordlys Maskin AS' } })
  await company.quiet()
  const before = JSON.stringify(books.customers())
  crm.mergeOrganizations(goes.organizationId, stays.organizationId)
  await company.poll()
  await company.night()
  expect(JSON.stringify(books.customers())).toBe(before)
  expect(company.tenant.problems().join()).toContain('relation.merged')
  expect(company.links('customer').map(({ state }) => state)).toEqual(['linked', 'linked'])

  await company.town.waitFor(
    company.tenant.api('POST', '/records/forget', { kind: 'customer', tribeId: goes.roleId }),
  )
  crm.edit(stays.organizationId, { PhoneNumber: '22 33 44 55' })
  await company.poll()
  await company.night()
  expect(company.tenant.problems()).toEqual([])
  const phones = books
    .customers()
    .map(({ Name, PhoneNumber }): [string, string | null] => [String(Name), PhoneNumber ?? null])
  expect(Object.fromEntries(phones)).toEqual({ 'Nordlys AS': '22 33 44 55', 'Nordlys Maskin AS': null })
})

describe('what an admin forgot stays apart for good', () => {
  test.each(['customer', 'product'] as const)('a %s, whatever is changed on either side', async (kind) => {
    const company = await open()
    const { crm, books } = company.tenant
    const { roleId, organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    const product = crm.hasProduct({ Name: 'Time', Code: 'T1' })
    await company.quiet()
    const tribeId = kind === 'customer' ? roleId : product
    await company.town.waitFor(company.tenant.api('POST', '/records/forget', { kind, tribeId }))
    crm.edit(organizationId, { PhoneNumber: '22 33 44 55' })
    crm.edit(product, { Description: 'Ny' })
    const [customer] = books.customers()
    const [sold] = books.products()
    books.editCustomer(customer?.Id ?? 0, { EmailAddress: 'post@nordlys.example' })
    books.editProduct(sold?.Id ?? 0, { UnitPrice: 7 })
    await company.poll()
    await company.night()
    expect(books.customers()).toHaveLength(1)
    expect(books.products()).toHaveLength(1)
    expect(crm.customers()).toHaveLength(1)
    expect(crm.products()).toHaveLength(1)
    if (kind === 'customer') {
      expect(books.customers()[0]?.PhoneNumber ?? null).toBeNull()
      expect(crm.get(organizationId)?.EmailAddress ?? null).toBeNull()
    } else expect(books.products()[0]?.Description ?? null).toBeNull()
    const seen = await company.town.waitFor(
      company.tenant.api('GET', `/records?kind=${kind}&tribeId=${tribeId}`),
    )
    expect(seen.state).toBe('unlinked')

    // Only an admin ties the two again.
    const powerOfficeId = String((kind === 'customer' ? customer : sold)?.Id)
    await company.town.waitFor(
      company.tenant.api('POST', '/records/relink', { kind, tribeId, powerOfficeId }),
    )
    await company.poll()
    expect(company.links(kind)).toMatchObject([{ state: 'linked' }])
  })

  test('one that was deleted in PowerOffice is not made again, nor when its role is given again', async () => {
    const company = await open()
    const { crm, books } = company.tenant
    const { roleId, organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    await company.quiet()
    books.deleteCustomer(books.customers()[0]?.Id ?? 0)
    await company.night()
    await company.town.waitFor(
      company.tenant.api('POST', '/records/forget', { kind: 'customer', tribeId: roleId }),
    )
    crm.edit(organizationId, { PhoneNumber: '22 33 44 55' })
    await company.poll()
    crm.remove(roleId)
    crm.hasCustomer({ organizationId })
    await company.poll()
    await company.night()
    expect(books.customers()).toEqual([])
  })
})
