import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TribeOptions } from '../fakes/tribe'
import { anOfficeAt, codesOf } from './office'
import { own, row } from './own-rows'
import { type Relay, startRelay, type Tenant } from './relay'
import { only } from './shop'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const F = { invoice: own('a'), customer: own('b'), product: own('c'), choice: own('d'), seller: own('e') }
const customFields = {
  Activity_Invoice: {
    [F.invoice]: 'string',
    [F.seller]: 'string',
    [F.choice]: { choice: ['BRO', 'TUNNEL'] },
  },
  Relation_Organization: { [F.customer]: 'string' },
  Product: { [F.product]: 'double' },
} satisfies TribeOptions['customFields']

const ROWS = [
  row('invoice', F.invoice, 'order.project'),
  row('customer', F.customer, 'order.project'),
  row('product', F.product, 'order.department'),
  row('invoice', F.seller, 'order.salesPerson'),
]

async function anOffice(mode: 'draft' | 'book' | 'voucher' = 'draft', rows: object[] = ROWS) {
  const office = await anOfficeAt(relay, mode, { tribe: { customFields } })
  const { books } = office.tenant
  const bridge = books.hasProject({ Code: 'BRO' })
  const tunnel = books.hasProject({ Code: 'TUNNEL' })
  const east = books.hasDepartment({ Code: '10' })
  const liv = books.hasEmployee({ EmailAddress: 'Liv@firma.example' })
  const { status, body } = await office.tenant.put('/fields', { mapped: rows })
  expect([status, body.error]).toEqual([200, undefined])
  await office.tenant.quiet()
  return { ...office, bridge, tunnel, east, liv }
}
async function send(tenant: Tenant, given: object): Promise<string> {
  const id = tenant.crm.hasInvoice(given)
  tenant.crm.sendInvoice(id)
  await tenant.quiet()
  return id
}
const messageOf = async (tenant: Tenant) =>
  only((await tenant.status()).problems as { message: string }[]).message

test('project, department and sales person of an order and its lines, by code and by e-mail', async () => {
  const { tenant, roleId, productId, organizationId, bridge, tunnel, east, liv } = await anOffice()
  const { crm, books } = tenant
  crm.edit(organizationId, { [F.customer]: 'bro' })
  crm.edit(productId, { [F.product]: 10 })
  const lines = [{ product: productId, quantity: 2 }]
  await send(tenant, { roleId, lines })
  expect(only(books.salesOrders())).toMatchObject({
    ProjectId: bridge.Id,
    DepartmentId: null,
    SalesPersonEmployeeId: null,
    SalesOrderLines: [{ DepartmentId: east.Id, ProjectId: null }],
  })
  // What the invoice itself says goes before its customer.
  await send(tenant, { roleId, lines, fields: { [F.invoice]: 'TUNNEL', [F.seller]: 'liv@firma.example' } })
  expect(books.salesOrders()[1]).toMatchObject({
    ProjectId: tunnel.Id,
    SalesPersonEmployeeId: liv.Id,
  })
  // The lists are good for a minute, however many invoices there are.
  expect(tenant.calls(/Projects|Departments|Employees/)).toHaveLength(3)
})

test('what names no active project stops the invoice before anything is made, and goes once it is there', async () => {
  const { tenant, roleId, bridge } = await anOffice()
  const { books } = tenant
  await send(tenant, { roleId, fields: { [F.invoice]: 'TARN' } })
  expect([await codesOf(tenant), books.salesOrders()]).toEqual([['invoice.dimension_unknown'], []])
  expect(await messageOf(tenant)).toContain('project "TARN"')
  await tenant.poll()
  expect(await codesOf(tenant)).toEqual(['invoice.dimension_unknown'])
  const tower = books.hasProject({ Code: 'TARN' })
  await tenant.poll()
  expect([await codesOf(tenant), only(books.salesOrders()).ProjectId]).toEqual([[], tower.Id])

  books.editProject(bridge.Id, { ProjectStatus: 'Archived' })
  await relay.sleep(61_000)
  await send(tenant, { roleId, fields: { [F.invoice]: 'BRO' } })
  expect(await codesOf(tenant)).toEqual(['invoice.dimension_unknown'])
  books.editProject(bridge.Id, { ProjectStatus: 'Active' })
  await tenant.poll()
  expect([await codesOf(tenant), books.salesOrders().length]).toEqual([[], 2])
})

test('a customer that is corrected in Tribe lets its invoice go at once', async () => {
  const { tenant, roleId, organizationId, bridge } = await anOffice()
  const { crm, books } = tenant
  crm.edit(organizationId, { [F.customer]: 'BRU' })
  await send(tenant, { roleId })
  expect(await codesOf(tenant)).toEqual(['invoice.dimension_unknown'])
  crm.edit(organizationId, { [F.customer]: 'BRO' })
  await tenant.quiet()
  expect([await codesOf(tenant), only(books.salesOrders()).ProjectId]).toEqual([[], bridge.Id])
})

test.each([
  ['is archived', { IsArchived: true }, { IsArchived: false }],
  ['has left', { EndDate: '2020-12-31' }, { EndDate: '2199-12-31' }],
])('an employee who %s sells nothing more', async (_, gone, back) => {
  const { tenant, roleId, liv } = await anOffice()
  const { books } = tenant
  books.editEmployee(liv.Id, gone)
  await send(tenant, { roleId, fields: { [F.seller]: 'liv@firma.example' } })
  expect([await codesOf(tenant), books.salesOrders()]).toEqual([['invoice.dimension_unknown'], []])
  books.editEmployee(liv.Id, back)
  await tenant.poll()
  expect(only(books.salesOrders()).SalesPersonEmployeeId).toBe(liv.Id)
  const kept = JSON.stringify(await relay.objectSql(tenant.id, 'select * from cursors'))
  expect(kept).not.toMatch(/liv@/i)
})

test('a choice names a project by its name, and a posted invoice bears it', async () => {
  const { tenant, roleId, tunnel } = await anOffice('book', [row('invoice', F.choice, 'order.project')])
  const list = F.choice.replace(/^_?[0-9a-f]{8}/, 'c0ffee00')
  await send(tenant, { roleId, fields: { [F.choice]: { ID: tenant.crm.lookupId(list, 'TUNNEL') } } })
  const posted = only(tenant.books.postedInvoices())
  expect([posted.ProjectId, posted.Lines.map(({ ProjectId }) => ProjectId)]).toEqual([tunnel.Id, [tunnel.Id]])
})

test('a voucher bears them as a whole, and on each of its lines', async () => {
  const { tenant, roleId, productId, tunnel, east, liv } = await anOffice('voucher')
  tenant.crm.edit(productId, { [F.product]: 10 })
  const fields = { [F.invoice]: 'TUNNEL', [F.seller]: 'liv@firma.example' }
  await send(tenant, { roleId, lines: [{ product: productId, quantity: 1 }], fields })
  const sent = JSON.parse(only(tenant.calls(/POST .*OutgoingInvoiceJournals/)).body)
  expect(sent).toMatchObject({
    ProjectId: tunnel.Id,
    SalesPersonEmployeeId: liv.Id,
    VoucherLines: [{ ProjectId: tunnel.Id, DepartmentId: east.Id }],
  })
})

test('without a row nothing is read, and the order says what it said', async () => {
  const { tenant, roleId } = await anOffice('draft', [])
  relay.tribe.log.clear()
  await send(tenant, { roleId, fields: { [F.invoice]: 'BRO' } })
  const order = only(tenant.calls(/POST .*SalesOrders/))
  expect(JSON.stringify(order.body)).not.toMatch(/Project|Department|Employee/)
  expect(tenant.calls(/Projects|Departments|Employees/)).toEqual([])
  expect(relay.tribe.log.matching(/844e/, tenant.crm.id).filter(({ method }) => method === 'GET')).toEqual([])
})

test('a field that vanishes rests by name, and the invoice goes without it', async () => {
  const { tenant, roleId, liv } = await anOffice()
  const back = tenant.crm.dropField('Activity_Invoice', F.invoice)
  await send(tenant, { roleId, fields: { [F.seller]: 'liv@firma.example' } })
  expect(await codesOf(tenant)).toEqual(['field.gone'])
  expect(only(tenant.books.salesOrders())).toMatchObject({ SalesPersonEmployeeId: liv.Id, ProjectId: null })
  back()
})
