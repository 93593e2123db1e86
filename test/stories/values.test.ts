import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { anOfficeAt } from './office'
import { organizationOf, type Relay, startRelay, type Tenant } from './relay'
import { aShopAt, clearLogs, only, remap, sweep } from './shop'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({ callTimeoutMs: 30_000 })
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

interface Field {
  field: string
  tribe: unknown
  powerOffice: unknown
  same: boolean | null
  next: string
  because: string
}
const SILENT = { silent: true }

async function valuesOf(tenant: Tenant, query: string) {
  const { status, body } = await tenant.api('GET', `/records?${query}&values=true`)
  expect([status, body.error]).toEqual([200, undefined])
  const fields = body.fields as Field[]
  const of = (name: string) => fields.find(({ field }) => field === name)
  const going = (next: string) => fields.filter((one) => one.next === next).map(({ field }) => field)
  return { body, fields, of, going, unreachable: body.unreachable as string[] }
}

/** A customer that both systems know; nothing tells the relay of edits but the comparison. */
async function aPair(settings: Record<string, unknown> = {}) {
  const acme = await relay.tenant({
    settings,
    seed: (_crm, books) =>
      books.hasCustomer({
        Name: 'Nordvik Bygg AS',
        PhoneNumber: '22 11',
        EmailAddress: 'post@nordvik.example',
      }),
  })
  // Tribe's clock tells whole seconds: what is edited within that of our create may look like Tribe's own spelling of it.
  await relay.sleep(1000)
  const role = only(acme.crm.customers())
  const contact = only(acme.books.customers())
  const organizationId = String(organizationOf(role).ID)
  return { acme, organizationId, contactId: contact.Id, query: `kind=customer&tribeId=${role.ID}` }
}

test('each field of a customer stands in both systems’ words, with what the next look would do and why; the comparison then does that', async () => {
  const { acme, organizationId, contactId, query } = await aPair()
  acme.crm.edit(
    organizationId,
    { Name: 'Nordvik Bygg og Anlegg AS', EmailAddress: 'ny@nordvik.example' },
    SILENT,
  )
  acme.books.editCustomer(contactId, { PhoneNumber: '33', EmailAddress: 'hei@nordvik.example' })
  clearLogs(relay)
  const seen = await valuesOf(acme, query)
  expect(seen.unreachable).toEqual([])
  expect(seen.of('name')).toEqual({
    field: 'name',
    tribe: 'Nordvik Bygg og Anlegg AS',
    powerOffice: 'Nordvik Bygg AS',
    same: false,
    next: 'to-poweroffice',
    because: 'changed-in-tribe',
  })
  expect(seen.of('phone')).toMatchObject({
    tribe: '22 11',
    powerOffice: '33',
    next: 'to-tribe',
    because: 'changed-in-poweroffice',
  })
  expect(seen.of('email')).toMatchObject({ next: 'to-tribe', because: 'policy-poweroffice' })
  expect(seen.of('website')).toMatchObject({ tribe: null, same: true, next: 'none', because: 'same' })
  expect(relay.tribe.log.matching(/odata/, acme.crm.id).length).toBeLessThanOrEqual(6)
  expect(acme.calls().length).toBeLessThanOrEqual(4)
  expect([acme.tribeWrites(), acme.calls(/^(POST|PATCH|PUT)/)]).toEqual([[], []])

  await sweep(acme, 'compare')
  const { timeline } = (await acme.api('GET', `/records?${query}`)).body
  const told = (event: string) =>
    timeline.find((entry: { event: string }) => entry.event === event).details.fields.toSorted()
  expect(told('updated-poweroffice')).toEqual(seen.going('to-poweroffice').toSorted())
  expect(told('updated-tribe')).toEqual(seen.going('to-tribe').toSorted())
  expect((await valuesOf(acme, query)).fields.map(({ next }) => next)).not.toContain('to-tribe')
})

test('what is led, switched off or cannot be sent is listed with a reason of its own, and so is each policy', async () => {
  const { acme, organizationId, contactId, query } = await aPair()
  acme.crm.edit(organizationId, { EmailAddress: 'no address', DebtorNumber: '777' }, SILENT)
  const led = await valuesOf(acme, query)
  expect(led.of('number')).toMatchObject({ tribe: '777', next: 'to-tribe', because: 'led-by-poweroffice' })
  expect(led.of('email')).toMatchObject({ same: false, next: 'none', because: 'relation.email_invalid' })
  acme.books.editCustomer(contactId, { Name: 'Nordvik AS' })
  acme.crm.edit(organizationId, { Name: 'Nordvik Anlegg AS' }, SILENT)
  for (const policy of ['tribe', 'newest', 'poweroffice']) {
    await acme.api('PATCH', '/settings', { conflictPolicy: policy })
    expect((await valuesOf(acme, query)).of('name')?.because).toBe(`policy-${policy}`)
  }
  await acme.api('PATCH', '/settings', { relations: { financialFields: false } })
  const off = await valuesOf(acme, query)
  expect(off.of('invoiceEmail')).toMatchObject({ next: 'none', because: 'switched-off' })
  expect(off.fields.map(({ field }) => field)).toEqual(led.fields.map(({ field }) => field))
})

test('while a system hangs, the other is shown all the same, within forty seconds', async () => {
  const { acme, query } = await aPair()
  for (const [fake, name] of [
    [relay.tribe, 'tribe'],
    [relay.powerOffice, 'powerOffice'],
  ] as const) {
    fake.faults.add({ name: 'slow-before', delayMs: 600_000, times: Number.POSITIVE_INFINITY })
    const began = relay.tribe.clock.now().getTime()
    const { unreachable, of } = await valuesOf(acme, query)
    expect(relay.tribe.clock.now().getTime() - began).toBeLessThan(40_000)
    expect(unreachable).toEqual([name])
    expect(of('name')).toMatchObject({
      same: null,
      next: 'none',
      [name]: null,
      because: `${name.toLowerCase()}-unreachable`,
    })
    expect(of('name')?.[name === 'tribe' ? 'powerOffice' : 'tribe']).toBe('Nordvik Bygg AS')
    fake.faults.clear()
  }
})

test('a record that is gone on one side is gone, and its system is not unreachable', async () => {
  const { acme, query } = await aPair()
  acme.crm.remove(String(only(acme.crm.customers()).ID))
  const { unreachable, of } = await valuesOf(acme, query)
  expect(unreachable).toEqual([])
  expect(of('name')).toMatchObject({
    tribe: null,
    powerOffice: 'Nordvik Bygg AS',
    same: false,
    next: 'none',
    because: 'gone-in-tribe',
  })
})

test('a customer that only Tribe has is shown as it would be made; one that nobody has is unknown', async () => {
  const { acme } = await aPair()
  const { roleId } = acme.crm.hasCustomer({ organization: { Name: 'Bare her AS' }, silent: true })
  const { body, of } = await valuesOf(acme, `kind=customer&tribeId=${roleId}`)
  expect(body.state).toBe('unlinked')
  expect(of('name')).toMatchObject({ tribe: 'Bare her AS', next: 'to-poweroffice', because: 'not-linked' })
  const nobody = '00000000-0000-4000-8000-000000000000'
  const query = `kind=customer&tribeId=${nobody}&values=true`
  expect((await acme.api('GET', `/records?${query}`)).body.error.code).toBe('record.unknown')
})

test('a contact person that only PowerOffice has is shown as it would be made', async () => {
  const { acme, contactId } = await aPair()
  const { Id } = acme.books.hasContactPerson(contactId, { FirstName: 'Ada', LastName: 'Lund' })
  clearLogs(relay)
  const seen = await valuesOf(acme, `kind=contactPerson&powerOfficeId=${Id}`)
  expect(seen.going('to-tribe')).toEqual(['firstName', 'lastName', 'company'])
  expect(seen.of('lastName')).toMatchObject({ tribe: null, powerOffice: 'Lund', because: 'not-linked' })
  expect(acme.calls()).toHaveLength(2)
  const nobody = await acme.api('GET', `/records?kind=contactPerson&powerOfficeId=${Id + 1}&values=true`)
  expect([nobody.status, nobody.body.error.code]).toEqual([404, 'record.unknown'])
})

test('a product whose unit is not mapped says so at each field that differs', async () => {
  const shop = await aShopAt(relay, {
    seed: (crm) => crm.hasProduct({ Name: 'Time', Code: 'T', SalesPrice: 10 }),
  })
  await sweep(shop, 'unlinked')
  const product = only(shop.crm.products())
  const query = `kind=product&tribeId=${product.ID}`
  shop.crm.edit(String(product.ID), { SalesPrice: 12 }, SILENT)
  expect((await valuesOf(shop, query)).of('price')).toMatchObject({
    tribe: 12,
    powerOffice: 10,
    same: false,
    next: 'to-poweroffice',
    because: 'changed-in-tribe',
  })
  const groups = (await shop.api('GET', '/mappings/vat')).body.mappings
  await remap(
    shop,
    'vat',
    Object.fromEntries(groups.map((one: { tribeVatGroupId: string }) => [one.tribeVatGroupId, null])),
  )
  expect((await valuesOf(shop, query)).of('price')).toMatchObject({ next: 'none', because: 'vat.unmapped' })
})

test('an invoice shows lines, sums, state and payments; one that was paid and not yet swept goes to Tribe', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'book')
  const id = tenant.crm.hasInvoice({ roleId })
  const query = `kind=invoice&tribeId=${id}`
  expect((await valuesOf(tenant, query)).of('total')).toMatchObject({ next: 'none', because: 'not-sent' })
  tenant.crm.sendInvoice(id)
  await tenant.quiet()
  const booked = await valuesOf(tenant, query)
  expect(booked.of('total')).toMatchObject({ tribe: 1250, powerOffice: 1250, same: true, next: 'none' })
  expect(booked.of('lines')?.powerOffice).toHaveLength(1)
  expect(booked.of('state')).toMatchObject({ powerOffice: 'open', next: 'none' })
  expect(booked.going('to-tribe')).toEqual([])
  tenant.books.receivePayment(only(tenant.books.postedInvoices()).Id, 1250)
  clearLogs(relay)
  const paid = await valuesOf(tenant, query)
  expect(paid.going('to-tribe')).toEqual(['state', 'payments'])
  expect(paid.of('payments')).toMatchObject({ tribe: 0, powerOffice: 1250, same: false })
  expect(relay.tribe.log.matching(/odata/, tenant.crm.id).length).toBeLessThanOrEqual(6)
  expect(tenant.calls().length).toBeLessThanOrEqual(4)
  await sweep(tenant, 'payments')
  expect((await valuesOf(tenant, query)).going('to-tribe')).toEqual([])
})

test('what waits for a person goes nowhere, and the word for it is the code of what it waits for', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'draft')
  const bare = tenant.crm.hasInvoice({ roleId, lines: [] })
  tenant.crm.sendInvoice(bare)
  await tenant.quiet()
  const empty = await valuesOf(tenant, `kind=invoice&tribeId=${bare}`)
  expect([...new Set(empty.fields.map(({ next }) => next))]).toEqual(['none'])
  expect(empty.of('number')).toMatchObject({ because: 'invoice.no_lines' })

  for (const Name of ['Tvetydig', 'Tvetydig avd. Bergen'])
    tenant.crm.hasCustomer({ organization: { Name, DebtorNumber: '88001' }, silent: true })
  const twice = tenant.books.hasCustomer({ Name: 'Tvetydig AS', Number: 88001 })
  await tenant.poll()
  const unsure = await valuesOf(tenant, `kind=customer&powerOfficeId=${twice.Id}`)
  expect(unsure.body.problem?.code).toBe('relation.ambiguous')
  expect(unsure.of('name')).toMatchObject({
    powerOffice: 'Tvetydig AS',
    next: 'none',
    because: 'relation.ambiguous',
  })
})

test('a draft that may not be posted says why it is not', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'book')
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.books.setLockDate('2099-12-31')
  tenant.crm.sendInvoice(id)
  await tenant.quiet()
  const seen = await valuesOf(tenant, `kind=invoice&tribeId=${id}`)
  expect(seen.of('number')).toMatchObject({ next: 'none', because: seen.body.problem?.code })
})

test('asking for values is limited like all that is asked directly, and the record alone is not', async () => {
  const { acme, query } = await aPair()
  await relay.sleep(60_000)
  const ask = async (more: string) => (await acme.api('GET', `/records?${query}${more}`)).status
  for (let n = 0; n < 60; n++) await ask('&values=true')
  expect([await ask('&values=true'), await ask('')]).toEqual([429, 200])
})

test('the record’s page shows both systems side by side', async () => {
  const { acme, organizationId, query } = await aPair()
  acme.crm.edit(organizationId, { Name: 'Nordvik Bygg og Anlegg AS' }, SILENT)
  const browser = browserOf(relay)
  await browser.logIn(acme.token)
  const page = await browser.open(
    `/console/tenants/${acme.id}/records/customer/tribe/${query.split('=').at(-1)}`,
  )
  expect(page.text).toContain('Nordvik Bygg AS')
  expect(page.text).toContain('Nordvik Bygg og Anlegg AS')
  expect(page.text).toContain('Goes to PowerOffice: it was changed in Tribe')
})
