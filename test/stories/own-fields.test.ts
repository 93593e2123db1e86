import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TribeOptions } from '../fakes/tribe'
import { anOfficeAt, codesOf } from './office'
import { map, own, row } from './own-rows'
import { type Relay, startRelay, type Tenant } from './relay'
import { only } from './shop'

/** Fields of an admin's own, both ways, through the looks that every field goes through. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const F = {
  text: own('a'),
  number: own('b'),
  amount: own('c'),
  day: own('d'),
  yes: own('e'),
  choice: own('f'),
}
const P = { gtin: `_1${own('a').slice(1)}`, stock: `_2${own('a').slice(1)}` }
const PERSON = { title: `_3${own('a').slice(1)}` }
const SUPPLIER = { scan: `_4${own('a').slice(1)}` }
const customFields = {
  Relation_Organization: {
    [F.text]: 'string',
    [F.number]: 'int',
    [F.day]: 'date',
    [F.yes]: 'boolean',
    [SUPPLIER.scan]: 'string',
    [F.choice]: { choice: ['EHF', 'PdfByEmail', 'Print'] },
  },
  Relationship_Organization_CommercialRelationship_Customer: { [F.amount]: 'double' },
  Relation_Person: { [PERSON.title]: 'string' },
  Product: { [P.gtin]: 'string', [P.stock]: 'boolean' },
} satisfies TribeOptions['customFields']

const both = (tribeField: string, powerOfficeField: string, record = 'customer', direction = 'both') =>
  row(record, tribeField, powerOfficeField, direction)
const ROWS = [
  both(F.text, 'JobStopReason'),
  both(F.number, 'ExternalNumber'),
  both(F.amount, 'BillableRate'),
  both(F.day, 'CustomerSince'),
  both(F.yes, 'JobStop'),
  both(F.choice, 'InvoiceDeliveryType'),
  both(P.gtin, 'Gtin', 'product'),
  both(P.stock, 'IsStockItem', 'product'),
  both(PERSON.title, 'Title', 'contactPerson'),
  both(SUPPLIER.scan, 'ScanId', 'supplier'),
]

async function anOffice(rows: object[] = ROWS, tribe: object = {}) {
  const office = await anOfficeAt(relay, 'draft', { tribe: { customFields, ...tribe } })
  await map(office.tenant, rows)
  return { ...office, ...office.tenant }
}
const choiceId = (tenant: Tenant, name: string) =>
  tenant.crm.lookupId(F.choice.replace(/^_?[0-9a-f]{8}/, 'c0ffee00'), name)
const events = async (tenant: Tenant, query: string) =>
  ((await tenant.api('GET', `/records?${query}`)).body.timeline ?? []) as {
    event: string
    details: { fields?: string[]; field?: string; winner?: string }
  }[]

test('text, numbers, money, days, yes or no and choices travel both ways, and are emptied', async () => {
  const { tenant, organizationId, roleId } = await anOffice()
  const { crm, books } = tenant
  const customer = () => only(books.customers())
  crm.edit(organizationId, { [F.text]: 'Ubetalt', [F.number]: 4711, [F.day]: '2026-01-31', [F.yes]: true })
  crm.edit(organizationId, { [F.choice]: { ID: choiceId(tenant, 'Print') } })
  crm.edit(roleId, { [F.amount]: 1250.55 })
  await tenant.quiet()
  expect(customer()).toMatchObject({
    JobStopReason: 'Ubetalt',
    ExternalNumber: 4711,
    BillableRate: 1250.55,
    CustomerSince: '2026-01-31',
    JobStop: true,
    InvoiceDeliveryType: 'Print',
  })
  expect((await events(tenant, `kind=customer&tribeId=${roleId}`))[0]).toMatchObject({
    event: 'updated-poweroffice',
  })

  books.editCustomer(customer().Id, {
    JobStopReason: 'Purret',
    ExternalNumber: 4712,
    BillableRate: 99.9,
    CustomerSince: '2026-02-01',
    JobStop: false,
    InvoiceDeliveryType: 'PdfByEmail',
  })
  await tenant.poll()
  expect(crm.get(organizationId)).toMatchObject({
    [F.text]: 'Purret',
    [F.number]: 4712,
    [F.day]: '2026-02-01',
    [F.yes]: false,
    [F.choice]: { ID: choiceId(tenant, 'PdfByEmail') },
  })
  expect(crm.get(roleId)).toMatchObject({ [F.amount]: 99.9 })

  books.editCustomer(customer().Id, { JobStopReason: null, CustomerSince: null })
  crm.edit(organizationId, { [F.number]: null })
  await tenant.quiet()
  await tenant.poll()
  expect(crm.get(organizationId)).toMatchObject({ [F.text]: null, [F.day]: null })
  expect(customer().ExternalNumber).toBeNull()
  // Our own echo is no edit: another round writes nothing.
  relay.tribe.log.clear()
  relay.powerOffice.log.clear()
  await tenant.poll()
  await tenant.sync('compare')
  expect([tenant.tribeWrites(), tenant.calls(/^(PATCH|POST)/)]).toEqual([[], []])
  expect(await codesOf(tenant)).toEqual([])
})

test('a field that is mapped when it is empty in both takes the first thing that is entered in Tribe, at once', async () => {
  const { tenant, productId, organizationId, roleId } = await anOffice([])
  const { crm, books } = tenant
  const person = crm.hasContact({ organizationId, person: { LastName: 'Berg' } })
  const supplier = crm.hasSupplier({ organization: { Name: 'Papir AS' } })
  await tenant.quiet()
  const ids = { F: organizationId, role: roleId, P: productId, person: person.personId }
  const places = [
    [both(F.text, 'JobStopReason'), ids.F, 'Ubetalt', () => only(books.customers())],
    [both(F.number, 'ExternalNumber'), ids.F, 4711, () => only(books.customers())],
    [both(F.day, 'CustomerSince'), ids.F, '2026-01-31', () => only(books.customers())],
    [both(P.gtin, 'Gtin', 'product'), ids.P, '7038010000000', () => only(books.products())],
    [both(PERSON.title, 'Title', 'contactPerson'), ids.person, 'Sjef', () => only(books.contactPersons())],
    [
      both(SUPPLIER.scan, 'ScanId', 'supplier'),
      supplier.organizationId,
      'S-1',
      () => only(books.suppliers()),
    ],
    [
      both(F.text, 'JobStopReason', 'customer', 'to-poweroffice'),
      ids.F,
      'Betalt',
      () => only(books.customers()),
    ],
  ] as const
  for (const [row, id, value, there] of places) {
    await map(tenant, [row])
    crm.edit(id, { [row.tribeField]: value })
    await tenant.quiet()
    expect(there()).toMatchObject({ [row.powerOfficeField]: value })
  }
  expect(await codesOf(tenant)).toEqual([])
})

test.each(['both', 'to-poweroffice'])(
  'a field that says the same in both when it is mapped is in step from then on (%s)',
  async (direction) => {
    const { tenant, productId, organizationId } = await anOffice([])
    const { crm, books } = tenant
    crm.edit(organizationId, { [F.text]: 'Likt' })
    books.editCustomer(only(books.customers()).Id, { JobStopReason: 'Likt' })
    crm.edit(productId, { [P.gtin]: '7038010000000' })
    books.editProduct(only(books.products()).Id, { Gtin: '7038010000000' })
    await tenant.quiet()
    await map(tenant, [
      both(F.text, 'JobStopReason', 'customer', direction),
      both(P.gtin, 'Gtin', 'product', direction),
    ])
    crm.edit(organizationId, { [F.text]: 'Nytt' })
    crm.edit(productId, { [P.gtin]: '7038010000001' })
    await tenant.quiet()
    expect(only(books.customers())).toMatchObject({ JobStopReason: 'Nytt' })
    expect(only(books.products())).toMatchObject({ Gtin: '7038010000001' })
    expect(crm.get(organizationId)).toMatchObject({ [F.text]: 'Nytt' })
    expect(await codesOf(tenant)).toEqual([])
  },
)

test('products, contact persons and suppliers have fields of their own, made and changed', async () => {
  const { tenant, productId, organizationId } = await anOffice()
  const { crm, books } = tenant
  crm.edit(productId, { [P.gtin]: '7038010000000', [P.stock]: true })
  const person = crm.hasContact({ organizationId, person: { LastName: 'Berg', [PERSON.title]: 'Innkjøp' } })
  crm.hasSupplier({ organization: { Name: 'Papir AS', [SUPPLIER.scan]: 'S-1' } })
  await tenant.quiet()
  expect(only(books.products())).toMatchObject({ Gtin: '7038010000000', IsStockItem: true })
  expect(only(books.suppliers())).toMatchObject({ ScanId: 'S-1' })
  const there = only(books.contactPersons())
  expect(there).toMatchObject({ Title: 'Innkjøp' })
  books.editContactPerson(there.Id, { Title: 'Sjef' })
  books.editProduct(only(books.products()).Id, { Gtin: '7038010000001' })
  books.hasCustomer({ Name: 'Ny AS', JobStopReason: 'Fra start' })
  await tenant.poll()
  expect(crm.get(person.personId)).toMatchObject({ [PERSON.title]: 'Sjef' })
  expect(crm.get(productId)).toMatchObject({ [P.gtin]: '7038010000001' })
  const made = crm.all('Relation_Organization').find(({ Name }) => Name === 'Ny AS')
  expect(made).toMatchObject({ [F.text]: 'Fra start' })
})

test('both sides changed: the policy decides, and the conflict stands in the timeline', async () => {
  const { tenant, organizationId, roleId } = await anOffice()
  const { crm, books } = tenant
  crm.edit(organizationId, { [F.text]: 'en' })
  await tenant.quiet()
  books.editCustomer(only(books.customers()).Id, { JobStopReason: 'to' })
  crm.edit(organizationId, { [F.text]: 'tre' })
  await tenant.quiet()
  expect([crm.get(organizationId)?.[F.text], only(books.customers()).JobStopReason]).toEqual(['to', 'to'])
  const conflict = (await events(tenant, `kind=customer&tribeId=${roleId}`)).find(
    ({ event }) => event === 'conflict',
  )
  expect(conflict?.details).toEqual({ field: 'JobStopReason', winner: 'powerOffice' })
})

test('a row that goes one way is led by its side, and what was never filled erases nothing', async () => {
  const rows = [
    both(F.text, 'JobStopReason', 'customer', 'to-tribe'),
    both(F.number, 'ExternalNumber', 'customer', 'to-poweroffice'),
  ]
  const { tenant, organizationId } = await anOffice([])
  const { crm, books } = tenant
  crm.edit(organizationId, { [F.text]: 'mitt', [F.number]: null })
  books.editCustomer(only(books.customers()).Id, { ExternalNumber: 5 })
  await map(tenant, rows)
  expect([crm.get(organizationId)?.[F.text], only(books.customers()).ExternalNumber]).toEqual(['mitt', 5])
  books.editCustomer(only(books.customers()).Id, { JobStopReason: 'deres' })
  crm.edit(organizationId, { [F.number]: 6 })
  await tenant.quiet()
  await tenant.poll()
  expect([crm.get(organizationId)?.[F.text], only(books.customers()).ExternalNumber]).toEqual(['deres', 6])
  crm.edit(organizationId, { [F.text]: 'mitt igjen' })
  await tenant.quiet()
  expect(crm.get(organizationId)?.[F.text]).toBe('deres')
})

test('a field that vanishes rests by name, everything else goes on, and it comes back by itself', async () => {
  const { tenant, organizationId } = await anOffice()
  const { crm, books } = tenant
  crm.edit(organizationId, { [F.text]: 'Ubetalt', [F.number]: 1 })
  await tenant.quiet()
  const back = crm.dropField('Relation_Organization', F.text)
  crm.edit(organizationId, { [F.number]: 2, PhoneNumber: '22 33 44 55' })
  await tenant.quiet()
  expect(only(books.customers())).toMatchObject({ ExternalNumber: 2, JobStopReason: 'Ubetalt' })
  expect(await codesOf(tenant)).toEqual(['field.gone'])
  await tenant.poll()
  await tenant.sync('compare')
  expect(only(books.customers())).toMatchObject({ JobStopReason: 'Ubetalt' })
  expect(await codesOf(tenant)).toEqual(['field.gone'])
  back()
  await tenant.poll()
  expect(await codesOf(tenant)).toEqual([])
  crm.edit(organizationId, { [F.text]: 'Betalt' })
  await tenant.quiet()
  expect(only(books.customers()).JobStopReason).toBe('Betalt')
})

test('a choice that Tribe does not have is left out by name, and the rest goes', async () => {
  const { tenant, organizationId } = await anOffice()
  const { crm, books } = tenant
  books.editCustomer(only(books.customers()).Id, { InvoiceDeliveryType: 'Factoring', ExternalNumber: 9 })
  await tenant.poll()
  expect(crm.get(organizationId)).toMatchObject({ [F.number]: 9 })
  expect(await codesOf(tenant)).toEqual(['field.refused'])
  books.editCustomer(only(books.customers()).Id, { InvoiceDeliveryType: 'EHF' })
  await tenant.poll()
  expect(crm.get(organizationId)).toMatchObject({ [F.choice]: { ID: choiceId(tenant, 'EHF') } })
  expect(await codesOf(tenant)).toEqual([])
})

test('without rows the calls are what they were', async () => {
  const { tenant, organizationId } = await anOffice([])
  relay.tribe.log.clear()
  tenant.crm.edit(organizationId, { [F.text]: 'x' })
  await tenant.quiet()
  await tenant.poll()
  expect(relay.tribe.log.matching(/844e|metadata/, tenant.crm.id)).toEqual([])
})
