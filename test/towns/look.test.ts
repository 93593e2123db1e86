import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { anOfficeAt, codesOf } from '../stories/office'
import { type Relay, startRelay } from '../stories/relay'
import { only } from '../stories/shop'

/** PowerOffice takes a reference again once its order is sent: nothing but our own look keeps a second invoice away. */
const powerOffice = { sentOrderFreesReference: true }

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => relay.powerOffice.faults.clear())
afterAll(() => relay.close())

test('a draft whose answer got lost, and that a bookkeeper sent at once, is found among the posted and not made again', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'draft', { powerOffice })
  const account = tenant.books.clientKey
  relay.powerOffice.faults.add({ name: 'lost-after', on: /^POST .*\/SalesOrders\//, account })
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
  await relay.until(() => tenant.books.salesOrders().length > 0, 20_000, 10)
  tenant.books.sendDraft(only(tenant.books.salesOrders()).Id)
  await tenant.quiet()
  expect([tenant.books.salesOrders().length, tenant.books.postedInvoices().length]).toEqual([0, 1])
  expect(await codesOf(tenant)).toEqual([])
})

test('an invoice whose making was cut off goes on as it began, though the settings say otherwise meanwhile', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'draft')
  const account = tenant.books.clientKey
  const on = /^POST .*\/SalesOrders\//
  relay.powerOffice.faults.add({ name: 'slow-after', on, account, delayMs: 3000 })
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
  await relay.until(() => tenant.books.salesOrders().length > 0, 20_000, 10)
  await relay.restart()
  await tenant.api('PATCH', '/settings', { invoices: { mode: 'book' } })
  await tenant.quiet()
  expect([tenant.books.salesOrders().length, tenant.books.postedInvoices().length]).toEqual([1, 0])
})
