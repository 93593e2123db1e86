import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { organizationOf, type Relay, startRelay, type Tenant } from './relay'

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
async function aPair() {
  const acme = await relay.tenant({ seed: (_crm, books) => books.hasCustomer({ Name: 'Nordvik Bygg AS' }) })
  const role = only(acme.crm.customers())
  return {
    acme,
    powerOfficeId: only(acme.books.customers()).Id,
    roleId: String(role.ID),
    organizationId: String(organizationOf(role).ID),
  }
}
const writes = (acme: Tenant) => acme.calls(/^(POST|PATCH)/)

for (const payloadStyle of ['full', 'minimal', 'edge'] as const)
  test(`a lead becomes known to PowerOffice when it becomes a customer, and not before (payload ${payloadStyle})`, async () => {
    const acme = await relay.tenant({ tribe: { payloadStyle } })
    const { roleId, organizationId } = acme.crm.hasLead({ organization: { Name: 'Kanskje AS' } })
    acme.crm.edit(organizationId, { PhoneNumber: '22' })
    await acme.quiet()
    await acme.poll()
    await acme.sync('unlinked')
    await acme.sync('compare')
    expect(writes(acme)).toEqual([])

    acme.crm.upgradeLead(roleId)
    await acme.quiet()
    const customer = only(acme.books.customers())
    expect(customer).toMatchObject({ Name: 'Kanskje AS', PhoneNumber: '22' })
    expect(organizationOf(only(acme.crm.customers())).DebtorNumber).toBe(String(customer.Number))
    await acme.poll()
    expect(acme.books.customers()).toHaveLength(1)
  })

for (const stage of ['Suspect', 'HotProspect', 'Prospect'] as const)
  test(`a ${stage} is no customer yet`, async () => {
    const acme = await relay.tenant()
    acme.crm.hasLead({ stage })
    await acme.quiet()
    await acme.poll()
    expect(writes(acme)).toEqual([])
    expect((await acme.status()).problems).toEqual([])
  })

test('an upgrade that no webhook told of is found by the next poll', async () => {
  const { acme } = await aPair()
  const { roleId } = acme.crm.hasLead({ organization: { Name: 'Kanskje AS' } })
  await acme.quiet()
  await relay.sleep(1100)
  acme.crm.upgradeLead(roleId, { silent: true })
  await acme.poll()
  expect(acme.books.customers().map((customer) => customer.Name)).toEqual(['Nordvik Bygg AS', 'Kanskje AS'])
})

test('a customer that becomes a former one in Tribe stays as it is in PowerOffice, and its changes still travel', async () => {
  const { acme, powerOfficeId, roleId, organizationId } = await aPair()
  acme.crm.edit(roleId, { IsFormer: true })
  await acme.quiet()
  await acme.sync('compare')
  expect(acme.books.customer(powerOfficeId)).toMatchObject({ IsArchived: false, IsActive: true })
  acme.crm.edit(organizationId, { PhoneNumber: '33' })
  await acme.quiet()
  expect(acme.books.customer(powerOfficeId).PhoneNumber).toBe('33')
  acme.books.editCustomer(powerOfficeId, { Name: 'Nordvik Anlegg AS' })
  await acme.sync('relations')
  expect(only(acme.crm.customers())).toMatchObject({
    IsFormer: true,
    Organization: { Name: 'Nordvik Anlegg AS' },
  })
})

test('a former customer that only Tribe has is not made in PowerOffice by an edit, and is when it comes back', async () => {
  const acme = await relay.tenant()
  const { roleId, organizationId } = acme.crm.hasCustomer({ role: { IsFormer: true } })
  acme.crm.edit(organizationId, { PhoneNumber: '1' })
  await acme.quiet()
  await acme.sync('unlinked')
  expect(writes(acme)).toEqual([])
  acme.crm.edit(roleId, { IsFormer: false })
  await acme.quiet()
  expect(acme.books.customers()).toHaveLength(1)
})

for (const archivedInLists of [true, false])
  test(`a customer that is archived in PowerOffice stays active in Tribe (archived ${archivedInLists ? 'in' : 'not in'} lists)`, async () => {
    const acme = await relay.tenant({
      powerOffice: { archivedInLists },
      seed: (_crm, books) => books.hasCustomer({ Name: 'Nordvik Bygg AS' }),
    })
    const { Id } = only(acme.books.customers())
    acme.books.archive(Id)
    await acme.poll()
    await acme.sync('compare')
    expect(only(acme.crm.customers()).IsFormer).toBe(false)
    const { body } = await acme.api('GET', `/records?kind=customer&powerOfficeId=${Id}`)
    expect(body.state).toBe('linked')
    acme.crm.edit(String(organizationOf(only(acme.crm.customers())).ID), { PhoneNumber: '44' })
    await acme.quiet()
    expect(acme.books.customer(Id)).toMatchObject({ PhoneNumber: '44', IsArchived: true })
    acme.books.archive(Id, false)
    acme.books.editCustomer(Id, { Name: 'Nordvik Igjen AS' })
    await acme.sync('relations')
    expect(organizationOf(only(acme.crm.customers())).Name).toBe('Nordvik Igjen AS')
    expect((await acme.status()).problems).toEqual([])
  })

test('a role that is switched off in PowerOffice while the other lives on stays active in Tribe', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => books.makeAlsoSupplier(books.hasCustomer({ Name: 'Begge Deler AS' }).Id),
  })
  acme.books.deactivate(only(acme.books.suppliers()).Id, 'Supplier')
  await acme.poll()
  await acme.sync('compare')
  expect(only(acme.crm.suppliers()).IsFormer).toBe(false)
  expect((await acme.status()).problems).toEqual([])
})

// ── What only Tribe has ─────────────────────────────────────────────────────

test('what only Tribe has is pushed when an admin asks for it: each once, former ones and leads not', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      books.hasCustomer({ Name: 'I begge AS' })
      const { organizationId } = crm.hasCustomer({ organization: { Name: 'Kunde AS' } })
      crm.hasContact({ organizationId })
      crm.hasSupplier({ organization: { Name: 'Leverandør AS' } })
      crm.hasPrivateCustomer()
      crm.hasCustomer({ organization: { Name: 'Tidligere AS' }, role: { IsFormer: true } })
      crm.hasLead({ organization: { Name: 'Kanskje AS' } })
    },
  })
  expect(writes(acme)).toEqual([])
  await acme.api('POST', '/sync', { what: 'unlinked' })
  await acme.sync('unlinked')
  expect(
    acme.books
      .customers()
      .map((customer) => customer.Name ?? customer.LastName)
      .sort(),
  ).toEqual(['Haugen', 'I begge AS', 'Kunde AS'])
  expect(acme.books.suppliers().map((supplier) => supplier.Name)).toEqual(['Leverandør AS'])
  expect(acme.books.contactPersons()).toMatchObject([{ LastName: 'Lund' }])
  expect((await acme.status()).links).toMatchObject({ customer: 3, supplier: 1, contactPerson: 1 })
  const before = writes(acme).length
  await acme.sync('unlinked')
  expect(writes(acme)).toHaveLength(before)
})

test('a preview shows first what would be pushed, and that is what is', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      books.hasCustomer({ Name: 'I begge AS' })
      crm.hasCustomer({ organization: { Name: 'Kunde AS' } })
      crm.hasSupplier({ organization: { Name: 'Leverandør AS' } })
      crm.hasCustomer({ organization: { Name: 'Tidligere AS' }, role: { IsFormer: true } })
      crm.hasLead({ organization: { Name: 'Kanskje AS' } })
    },
  })
  expect((await acme.api('POST', '/preview')).status).toBe(202)
  await acme.quiet()
  const { body } = await acme.api('GET', '/preview?outcome=only-in-tribe')
  const shown = body.items.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`).sort()
  expect(writes(acme)).toEqual([])
  await acme.sync('unlinked')
  const customers = acme.books.customers().filter(({ Name }) => Name !== 'I begge AS')
  const pushed = [
    ...customers.map(({ Name }) => `customer ${Name}`),
    ...acme.books.suppliers().map(({ Name }) => `supplier ${Name}`),
  ]
  expect(shown).toEqual(pushed.sort())
  expect(shown).toEqual(['customer Kunde AS', 'supplier Leverandør AS'])
})

test('what was detached or left alone by an admin is not pushed', async () => {
  const { acme, powerOfficeId, organizationId } = await aPair()
  acme.books.deleteCustomer(powerOfficeId)
  acme.crm.edit(organizationId, { PhoneNumber: '1' })
  await acme.quiet()
  await acme.sync('unlinked')
  expect(acme.books.customers()).toEqual([])
})
