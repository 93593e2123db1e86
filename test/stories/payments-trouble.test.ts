import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { anOfficeAt, codesOf, invoiceRecord } from './office'
import type { Relay, Tenant } from './relay'
import { startRelay } from './relay'
import { clearLogs, only } from './shop'

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

/** An office with a booked invoice of 1,250 kroner, that the relay knows to be booked. */
async function billed(given: Parameters<typeof anOfficeAt>[2] = {}) {
  const { tenant, roleId } = await anOfficeAt(relay, 'book', given)
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id)
  await tenant.quiet()
  const posted = only(tenant.books.postedInvoices())
  const pay = (amount = 1250, how = {}) => tenant.books.receivePayment(posted.Id, amount, how)
  return { tenant, id, posted, pay }
}
async function poll(tenant: Tenant): Promise<void> {
  await relay.tick('0 */4 * * *')
  await tenant.quiet()
}
const told = (tenant: Tenant, id: string) => [
  tenant.crm.all('Payment').map(({ Amount }) => Amount),
  tenant.crm.phaseOf(id),
]
const eventsOf = async (tenant: Tenant, id: string): Promise<string[]> =>
  (await invoiceRecord(tenant, id)).timeline.map(({ event }: { event: string }) => event)

test.each(['lost-before', 'lost-after', 'error-before', 'error-after'] as const)(
  'a payment is one row whatever becomes of the answer (%s)',
  async (name) => {
    const { tenant, id, pay } = await billed()
    pay()
    relay.tribe.faults.add({ name, on: /POST .*\/Payment/ })
    await poll(tenant)
    expect(told(tenant, id)).toEqual([[1250], 'Paid'])
    expect([await codesOf(tenant), (await eventsOf(tenant, id))[0]]).toEqual([[], 'paid'])
  },
)

test.each(['lost-before', 'lost-after', 'error-after'] as const)(
  'the phase is paid once, told once, and can be taken back, whatever becomes of the answer (%s)',
  async (name) => {
    const { tenant, id, pay } = await billed()
    tenant.crm.setPhase(id, 'FirstReminder')
    await tenant.quiet()
    const payment = pay()
    relay.tribe.faults.add({ name, on: /POST .*\/Activity_Invoice/ })
    await poll(tenant)
    expect(told(tenant, id)).toEqual([[1250], 'Paid'])
    expect((await eventsOf(tenant, id)).filter((event) => event === 'paid')).toHaveLength(1)
    tenant.books.unmatch(payment.Id)
    await poll(tenant)
    expect(told(tenant, id)).toEqual([[0], 'FirstReminder'])
  },
)

test('a payment that was undone before anybody could note it leaves no amount behind', async () => {
  const { tenant, id, pay } = await billed()
  const payment = pay()
  relay.tribe.faults.add({ name: 'slow-after', on: /POST .*\/Payment/, delayMs: 1400 })
  await relay.tick('0 */4 * * *')
  for (let tries = 0; tenant.crm.all('Payment').length === 0; tries++) {
    expect(tries).toBeLessThan(500)
    await relay.sleep(10)
  }
  tenant.books.unmatch(payment.Id)
  await relay.restart()
  await poll(tenant)
  expect(told(tenant, id)).toEqual([[0], 'Sent'])
})

test('a phase that a user had set to paid goes back too when the payment is undone', async () => {
  const { tenant, id, pay } = await billed()
  const payment = pay()
  tenant.crm.setPhase(id, 'Paid')
  await tenant.quiet()
  clearLogs(relay)
  await poll(tenant)
  expect(tenant.tribeWrites().map(({ path }) => path)).toEqual(['/v1/odata/Payment'])
  tenant.books.unmatch(payment.Id)
  await poll(tenant)
  expect(told(tenant, id)).toEqual([[0], 'Sent'])
})

test('what was paid on an invoice that is reversed afterwards is not paid on it any more', async () => {
  const { tenant, id, posted, pay } = await billed()
  pay()
  await poll(tenant)
  tenant.books.reverseInvoice(posted.Id)
  await poll(tenant)
  expect(told(tenant, id)).toEqual([[0], 'Sent'])
  expect(await codesOf(tenant)).toEqual(['invoice.reversed'])
})

test('what was paid while payments were off is told when they are on', async () => {
  const { tenant, id, pay } = await billed()
  await poll(tenant)
  await tenant.api('PATCH', '/settings', { payments: { enabled: false } })
  pay()
  await poll(tenant)
  await poll(tenant)
  expect(told(tenant, id)).toEqual([[], 'Sent'])
  await tenant.api('PATCH', '/settings', { payments: { enabled: true } })
  await poll(tenant)
  expect(told(tenant, id)).toEqual([[1250], 'Paid'])
})

test('a payment of an invoice that was deleted in Tribe is told nowhere', async () => {
  const { tenant, id, pay } = await billed()
  tenant.crm.remove(id, { silent: true })
  pay()
  await poll(tenant)
  expect(tenant.crm.all('Payment')).toEqual([])
  expect(await codesOf(tenant)).toEqual(['invoice.deleted_in_tribe'])
})

test('a rest that is written off is no payment, and the payment of the others is', async () => {
  const { tenant, id, posted, pay } = await billed()
  pay(1249.5, { voucherType: 'IncomingOcrGiro' })
  tenant.books.writeOff(posted.Id)
  await poll(tenant)
  expect(told(tenant, id)).toEqual([[1249.5], 'Paid'])
  expect((await invoiceRecord(tenant, id)).timeline[0]).toMatchObject({
    event: 'paid',
    details: { by: ['payment', 'write-off'] },
  })
})

test('where Tribe takes no day of a payment, the payment is told without', async () => {
  const { tenant, id, pay } = await billed()
  pay()
  relay.tribe.faults.add({ name: 'refused', on: /POST .*\/Payment/, body: /CreatedAt/, times: 2 })
  await poll(tenant)
  expect(told(tenant, id)).toEqual([[1250], 'Paid'])
})

test.each(['forbidden', 'refused'] as const)(
  'where Tribe does not show the states of a payment, the payment is told without one (%s)',
  async (name) => {
    const { tenant, id, pay } = await billed()
    pay()
    relay.tribe.faults.add({ name, on: /GET .*\/Datastore_PaymentStatus/ })
    await poll(tenant)
    expect(told(tenant, id)).toEqual([[1250], 'Paid'])
    expect(await codesOf(tenant)).toEqual([])
  },
)

test('where no phase means paid, the payment is told and the phase is asked for; once chosen, it goes by itself', async () => {
  const { tenant, id, pay } = await billed()
  const paid = only(tenant.crm.invoicePhases.filter(({ Code }) => Code === 'Paid'))
  tenant.crm.edit(String(paid.ID), { Code: 'Settled' })
  await tenant.api('GET', '/lookups?refresh=true')
  pay()
  await poll(tenant)
  expect(told(tenant, id)).toEqual([[1250], 'Sent'])
  expect(await codesOf(tenant)).toEqual(['payment.paid_phase_unknown'])
  await tenant.api('PATCH', '/settings', { payments: { paidPhaseId: paid.ID } })
  await tenant.quiet()
  expect(told(tenant, id)).toEqual([[1250], 'Settled'])
  expect([await codesOf(tenant), (await eventsOf(tenant, id))[0]]).toEqual([[], 'paid'])
})
