import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { TribeOptions } from '../fakes/tribe'
import { anOfficeAt, codesOf } from './office'
import { own, row } from './own-rows'
import { type Relay, startRelay, type Tenant } from './relay'
import { only } from './shop'

/** Accounts that demand a department, a project or a VAT code of what is booked on them by a voucher. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const F = { project: own('a'), department: own('b'), customer: own('c'), product: own('d') }
const customFields = {
  Activity_Invoice: { [F.project]: 'string', [F.department]: 'string' },
  Relation_Organization: { [F.customer]: 'string' },
  Product: { [F.product]: 'string' },
} satisfies TribeOptions['customFields']
const ROWS = [
  row('invoice', F.project, 'order.project'),
  row('invoice', F.department, 'order.department'),
  row('customer', F.customer, 'order.department'),
  row('product', F.product, 'order.department'),
]

interface Given {
  rows?: object[]
  accountsNameDepartments?: boolean
  roundingAccountNo?: number
  mode?: 'draft' | 'book' | 'voucher'
}
async function anOffice(given: Given = {}) {
  const { rows = ROWS, accountsNameDepartments = false, roundingAccountNo = null, mode = 'voucher' } = given
  const office = await anOfficeAt(relay, mode, {
    tribe: { customFields },
    powerOffice: { accountsNameDepartments },
    settings: { invoices: { enabled: true, mode, roundingAccountNo } },
  })
  const { books } = office.tenant
  const east = books.hasDepartment({ Code: '10' })
  const west = books.hasDepartment({ Code: '20' })
  const bridge = books.hasProject({ Code: 'BRO' })
  expect((await office.tenant.put('/fields', { mapped: rows })).status).toBe(200)
  await office.tenant.quiet()
  return { ...office, east, west, bridge }
}
async function send(tenant: Tenant, given: object): Promise<string> {
  const id = tenant.crm.hasInvoice(given)
  tenant.crm.sendInvoice(id)
  await tenant.quiet()
  return id
}
/** The lists are read anew, as each night. */
const readAgain = async (tenant: Tenant) => {
  expect((await tenant.api('GET', '/lookups?refresh=true')).status).toBe(200)
  await tenant.quiet()
}
const vouchers = (tenant: Tenant) =>
  tenant.calls(/POST .*OutgoingInvoiceJournals/).map(({ body }) => JSON.parse(body))
const retry = async (tenant: Tenant) => {
  await tenant.api('POST', '/jobs/retry', {})
  await tenant.quiet()
}
const MISSING = ['invoice.dimension_missing']

// Whether the lists know of the demand already, or PowerOffice's refusal is the first to tell.
describe.each([
  ['a demand that is known', true],
  ['a demand that is new', false],
])('%s', (_, isKnown) => {
  test.each([
    ['a department', { IsDepartmentRequired: true }, { [F.department]: '10' }],
    ['a project', { IsProjectRequired: true }, { [F.project]: 'BRO' }],
    [
      'both',
      { IsDepartmentRequired: true, IsProjectRequired: true },
      { [F.project]: 'BRO', [F.department]: '10' },
    ],
  ])('of %s: told, nothing posted; and it goes once the invoice names it', async (what, demand, fields) => {
    const { tenant, roleId } = await anOffice()
    tenant.books.editAccount(3000, demand)
    if (isKnown) await readAgain(tenant)
    const id = await send(tenant, { roleId })
    expect([await codesOf(tenant), tenant.books.postedInvoices()]).toEqual([MISSING, []])
    expect(vouchers(tenant)).toHaveLength(isKnown ? 0 : 1)
    const { message } = only((await tenant.status()).problems as { message: string }[])
    for (const one of what === 'both' ? ['department', 'project'] : [what.slice(2)])
      expect(message).toContain(`${one} on account 3000`)
    tenant.crm.edit(id, fields)
    await tenant.quiet()
    expect([await codesOf(tenant), tenant.books.postedInvoices().length]).toEqual([[], 1])
  })

  test.each([false, true])(
    'of a department, which the account has by default (PowerOffice fills it in by itself: %s): it is sent on the line',
    async (accountsNameDepartments) => {
      const { tenant, roleId, west } = await anOffice({ accountsNameDepartments, rows: [] })
      tenant.books.editAccount(3000, { IsDepartmentRequired: true, DepartmentId: west.Id })
      if (isKnown) await readAgain(tenant)
      await send(tenant, { roleId })
      expect([await codesOf(tenant), tenant.books.postedInvoices().length]).toEqual([[], 1])
      // What PowerOffice fills in by itself needs no second call.
      const isTold = isKnown || !accountsNameDepartments
      expect(vouchers(tenant).at(-1)?.VoucherLines[0].DepartmentId).toBe(isTold ? west.Id : undefined)
    },
  )

  test('of a department goes by what the line names before the account’s own', async () => {
    const { tenant, roleId, east, west } = await anOffice()
    tenant.books.editAccount(3000, { IsDepartmentRequired: true, DepartmentId: west.Id })
    if (isKnown) await readAgain(tenant)
    await send(tenant, { roleId, fields: { [F.department]: '10' } })
    expect(only(vouchers(tenant)).VoucherLines[0].DepartmentId).toBe(east.Id)
  })

  test('of a VAT code that the account is locked to, and was mapped by another: told, and nothing posted', async () => {
    const { tenant, roleId } = await anOffice()
    tenant.books.editAccount(3000, { VatCode: '31', IsVatCodeLocked: true })
    if (isKnown) await readAgain(tenant)
    await send(tenant, { roleId })
    expect(tenant.books.postedInvoices()).toEqual([])
    expect(await codesOf(tenant)).toContain('vat.account_gone')
    expect(vouchers(tenant)).toHaveLength(isKnown ? 0 : 1)
    tenant.books.editAccount(3000, { VatCode: '3' })
    await readAgain(tenant)
    await retry(tenant)
    expect([await codesOf(tenant), tenant.books.postedInvoices().length]).toEqual([[], 1])
  })

  test('on the account for rounding is met by what the invoice names as a whole', async () => {
    const { tenant, roleId, east, bridge } = await anOffice({ roundingAccountNo: 3100 })
    tenant.books.editAccount(3100, { IsDepartmentRequired: true })
    if (isKnown) await readAgain(tenant)
    const lines = [
      { description: 'A', price: 10.01, vatGroup: 'NO25' },
      { description: 'B', price: 10.01, vatGroup: 'NO25' },
    ]
    const id = tenant.crm.hasInvoice({ roleId, lines })
    tenant.crm.sayTotals(id, { TotalIncludingVat: 25.03, TotalExcludingVat: 20.03, VatAmount: 5 })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    expect([await codesOf(tenant), tenant.books.postedInvoices()]).toEqual([MISSING, []])
    tenant.crm.edit(id, { [F.department]: '10', [F.project]: 'BRO' })
    await tenant.quiet()
    expect([await codesOf(tenant), tenant.books.postedInvoices().length]).toEqual([[], 1])
    const [first, , rounding] = vouchers(tenant).at(-1)?.VoucherLines ?? []
    expect([first.DepartmentId, first.ProjectId]).toEqual([east.Id, bridge.Id])
    // It belongs to a department because its account asks for one, and to no project.
    expect([rounding.ExternalLineReference, rounding.DepartmentId, rounding.ProjectId]).toEqual([
      'rounding',
      east.Id,
      undefined,
    ])
  })
})

test('a demand that is new and met by the account’s own department is no problem, and waits for no further event', async () => {
  const { tenant, roleId, west } = await anOffice({ rows: [] })
  tenant.books.editAccount(3000, { IsDepartmentRequired: true, DepartmentId: west.Id })
  const id = tenant.crm.hasInvoice({ roleId, silent: true })
  tenant.crm.sendInvoice(id, { silent: true })
  await tenant.poll()
  expect([await codesOf(tenant), tenant.books.postedInvoices().length]).toEqual([[], 1])
  expect(vouchers(tenant)).toHaveLength(2)
})

describe('what waits for a department goes by itself', () => {
  const waiting = async (rows = ROWS) => {
    const office = await anOffice({ rows })
    const { tenant, roleId, productId } = office
    tenant.books.editAccount(3000, { IsDepartmentRequired: true })
    await readAgain(tenant)
    await send(tenant, { roleId, lines: [{ product: productId, quantity: 1 }] })
    expect(await codesOf(tenant)).toEqual(MISSING)
    return office
  }
  const gone = async (tenant: Tenant) => {
    await tenant.quiet()
    expect([await codesOf(tenant), tenant.books.postedInvoices().length]).toEqual([[], 1])
  }

  test('once its customer names one', async () => {
    const { tenant, organizationId } = await waiting()
    tenant.crm.edit(organizationId, { [F.customer]: '10' })
    await gone(tenant)
  })
  test('once its product names one', async () => {
    const { tenant, productId } = await waiting()
    tenant.crm.edit(productId, { [F.product]: '10' })
    await gone(tenant)
  })
  test('once a field that names one is mapped', async () => {
    const { tenant, organizationId } = await waiting([])
    tenant.crm.edit(organizationId, { [F.customer]: '10' })
    await tenant.quiet()
    expect(await codesOf(tenant)).toEqual(MISSING)
    await tenant.put('/fields', { mapped: ROWS })
    await gone(tenant)
  })
  test('once the account demands it no more, or has one of its own, and the lists are read', async () => {
    for (const change of [{ IsDepartmentRequired: false }, { own: true }]) {
      const { tenant, west } = await waiting()
      tenant.books.editAccount(3000, 'own' in change ? { DepartmentId: west.Id } : change)
      await readAgain(tenant)
      await gone(tenant)
    }
  })
  test('or when somebody tries again after a minute, however old the lists are', async () => {
    const { tenant } = await waiting()
    tenant.books.editAccount(3000, { IsDepartmentRequired: false })
    await relay.sleep(61_000)
    await retry(tenant)
    await gone(tenant)
  })
})

test('twenty invoices that lack it read the accounts once', async () => {
  const { tenant, roleId } = await anOffice()
  tenant.books.editAccount(3000, { IsDepartmentRequired: true })
  await readAgain(tenant)
  const before = tenant.calls(/GeneralLedgerAccounts/).length
  const ids = Array.from({ length: 20 }, () => tenant.crm.hasInvoice({ roleId }))
  for (const id of ids) tenant.crm.sendInvoice(id)
  await tenant.quiet()
  expect((await codesOf(tenant)).length).toBe(20)
  expect([tenant.calls(/GeneralLedgerAccounts/).length - before, vouchers(tenant)]).toEqual([1, []])
})

test('the checklist says which accounts demand what, where vouchers are posted, and stops nothing', async () => {
  const { tenant, west } = await anOffice({ rows: [] })
  const said = async () =>
    (await tenant.api('GET', '/checklist')).body.find(
      ({ step }: { step: string }) => step === 'account-demands',
    )
  expect(await said()).toBeUndefined()
  tenant.books.editAccount(3000, { IsDepartmentRequired: true, IsProjectRequired: true })
  await readAgain(tenant)
  const none = 'its invoices are not posted until one is'
  expect(await said()).toMatchObject({
    ok: true,
    message: `Account 3000 demands a department, and no field is mapped to order.department: ${none}. Account 3000 demands a project, and no field is mapped to order.project: ${none}`,
  })
  tenant.books.editAccount(3000, { DepartmentId: west.Id })
  await tenant.put('/fields', { mapped: ROWS })
  await readAgain(tenant)
  expect((await said()).message).toBe('Account 3000 demands a department. Account 3000 demands a project')
  await tenant.api('PATCH', '/settings', { invoices: { mode: 'draft' } })
  expect(await said()).toBeUndefined()
})

test('where nothing is demanded a voucher is as before', async () => {
  const { tenant, roleId, west } = await anOffice({ rows: [] })
  tenant.books.editAccount(3000, { DepartmentId: west.Id })
  await readAgain(tenant)
  await send(tenant, { roleId })
  expect(JSON.stringify(only(vouchers(tenant)))).not.toMatch(/Department|Project/)
})
