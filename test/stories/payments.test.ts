import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { anOfficeAt, codesOf, invoiceRecord } from './office'
import { type Relay, startRelay, type Tenant } from './relay'
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

/** An office that has sent an invoice of 1,250 kroner, which is booked. */
async function billed(given: Parameters<typeof anOfficeAt>[2] = {}, mode: 'draft' | 'book' = 'book') {
  const { tenant, roleId } = await anOfficeAt(relay, mode, given)
  const send = async () => {
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    return id
  }
  const id = await send()
  return { tenant, id, send, posted: () => tenant.books.postedInvoices()[0] }
}
async function poll(tenant: Tenant): Promise<void> {
  await relay.tick('0 */4 * * *')
  await tenant.quiet()
}
const idOf = (posted: { Id: string } | undefined): string => posted?.Id ?? ''
const amountsIn = (tenant: Tenant) => tenant.crm.all('Payment').map(({ Amount }) => Amount)
const eventsOf = async (tenant: Tenant, id: string): Promise<string[]> =>
  (await invoiceRecord(tenant, id)).timeline.map(({ event }: { event: string }) => event)

test('a bookkeeper’s day: a draft is corrected and sent, paid in two parts, and one payment is undone', async () => {
  const { tenant, id } = await billed({}, 'draft')
  const { crm, books } = tenant
  const draft = only(books.salesOrders())
  books.editDraft(draft.Id, { CustomerReference: 'Ola' })
  const posted = books.sendDraft(draft.Id)
  await poll(tenant)
  expect(await invoiceRecord(tenant, id)).toMatchObject({ number: String(posted.InvoiceNo), problem: null })
  expect(await eventsOf(tenant, id)).toContain('posted')

  books.receivePayment(posted.Id, 1000, { date: '2026-03-20' })
  await poll(tenant)
  expect([amountsIn(tenant), crm.phaseOf(id)]).toEqual([[1000], 'Sent'])
  const rest = books.receivePayment(posted.Id, 250, { voucherType: 'IncomingOcrGiro' })
  await poll(tenant)
  expect([amountsIn(tenant), crm.phaseOf(id)]).toEqual([[1000, 250], 'Paid'])
  expect(crm.all('Payment')[0]).toMatchObject({
    Provider: 'PowerOffice',
    Currency: 'NOK',
    Reference: expect.stringMatching(/^PO-\d+$/),
    ExtraInfo: 'BankJournal 2026-03-20',
  })

  books.unmatch(rest.Id)
  await poll(tenant)
  expect([amountsIn(tenant), crm.phaseOf(id)]).toEqual([[1000, 0], 'Sent'])
  expect((await eventsOf(tenant, id)).slice(0, 3)).toEqual(['reopened', 'paid', 'partly-paid'])
  books.matchAgain(posted.Id, rest.Id)
  await poll(tenant)
  expect([amountsIn(tenant), crm.phaseOf(id)]).toEqual([[1000, 250], 'Paid'])
})

test('a poll without news costs one call, and nothing is written twice', async () => {
  const { tenant, posted } = await billed()
  tenant.books.receivePayment(idOf(posted()), 1250)
  // An admin need not wait for the clock.
  expect((await tenant.api('POST', '/sync', { what: 'payments' })).status).toBe(202)
  await tenant.quiet()
  expect(amountsIn(tenant)).toEqual([1250])
  clearLogs(relay)
  await poll(tenant)
  expect(tenant.calls().map(({ path }) => path)).toEqual(['/v2/OutgoingInvoices'])
  expect(tenant.tribeWrites()).toEqual([])
})

test('one payment for two invoices is told of each, with what it came to', async () => {
  const { tenant, id, send } = await billed()
  const second = await send()
  const both = tenant.books.postedInvoices().map(({ Id }) => Id)
  tenant.books.payTwoInvoices(both, 2500)
  await poll(tenant)
  expect(amountsIn(tenant)).toEqual([1250, 1250])
  expect([tenant.crm.phaseOf(id), tenant.crm.phaseOf(second)]).toEqual(['Paid', 'Paid'])
})

describe('settled without money', () => {
  test.each([true, false])(
    'a credit note is said as such, and is no payment (matched by itself: %s)',
    async (creditNotesMatchThemselves) => {
      const { tenant, id } = await billed({ powerOffice: { creditNotesMatchThemselves } })
      tenant.crm.sendInvoice(tenant.crm.creditInvoice(id))
      await tenant.quiet()
      const [invoice, credit] = tenant.books.postedInvoices()
      if (!creditNotesMatchThemselves) tenant.books.matchCreditNote(idOf(invoice), idOf(credit))
      await poll(tenant)
      expect([amountsIn(tenant), tenant.crm.phaseOf(id)]).toEqual([[], 'Credited'])
      expect((await eventsOf(tenant, id))[0]).toBe('credited')
    },
  )

  test.each(['counter-entry', 'invoice-entry', 'both'] as const)(
    'a loss is said as such, and is no payment (%s)',
    async (writeOffMarks) => {
      const { tenant, id, posted } = await billed({ powerOffice: { writeOffMarks } })
      tenant.books.writeOff(idOf(posted()))
      await poll(tenant)
      expect([amountsIn(tenant), tenant.crm.phaseOf(id)]).toEqual([[], 'Sent'])
      expect((await eventsOf(tenant, id))[0]).toBe('written-off')
    },
  )
})

test('an invoice in another currency is told in that currency', async () => {
  const { tenant, id, posted } = await billed({ tribe: { currency: 'EUR' } })
  expect(posted()).toMatchObject({ CurrencyCode: 'EUR', TotalAmount: 1250 })
  tenant.books.receivePayment(idOf(posted()), Number(posted()?.TotalPostedAmount))
  await poll(tenant)
  expect([amountsIn(tenant), tenant.crm.phaseOf(id)]).toEqual([[1250], 'Paid'])
  expect(tenant.crm.all('Payment')).toMatchObject([{ Currency: 'EUR' }])
})

test('a reversal in PowerOffice is told, and nothing is made again', async () => {
  const { tenant, id, posted } = await billed()
  tenant.books.receivePayment(idOf(posted()), 1250)
  await poll(tenant)
  tenant.books.reverseInvoice(idOf(posted()))
  await poll(tenant)
  expect(await codesOf(tenant)).toEqual(['invoice.reversed'])
  expect(tenant.crm.phaseOf(id)).toBe('Sent')
  const { problem } = await invoiceRecord(tenant, id)
  await tenant.api('POST', `/jobs/${problem.jobId}/retry`)
  await tenant.poll()
  await poll(tenant)
  expect(await codesOf(tenant)).toEqual([])
  expect([tenant.books.postedInvoices().length, tenant.books.salesOrders().length]).toEqual([1, 0])
})

test('where Tribe lets nobody change the phase, that is told, and the payment stands', async () => {
  const { tenant, id, posted } = await billed({ tribe: { frozenPhases: true } })
  tenant.books.receivePayment(idOf(posted()), 1250)
  await poll(tenant)
  expect([amountsIn(tenant), tenant.crm.phaseOf(id)]).toEqual([[1250], 'Sent'])
  // Whoever polls again does not make it undone.
  await poll(tenant)
  const { problem } = await invoiceRecord(tenant, id)
  expect(problem).toMatchObject({ code: 'payment.phase_refused', remedy: 'data' })
  tenant.crm.options.frozenPhases = false
  await tenant.api('POST', '/jobs/retry', { code: 'payment.phase_refused' })
  await tenant.quiet()
  expect([amountsIn(tenant), tenant.crm.phaseOf(id), await codesOf(tenant)]).toEqual([[1250], 'Paid', []])
})

test('with payments off nothing is told in Tribe, and the number of a draft that was sent is still noted', async () => {
  const { tenant, id } = await billed(
    {
      settings: {
        relations: { enabled: true },
        invoices: { enabled: true, mode: 'draft' },
        payments: { enabled: false },
      },
    },
    'draft',
  )
  const posted = tenant.books.sendDraft(only(tenant.books.salesOrders()).Id)
  tenant.books.receivePayment(posted.Id, 1250)
  await poll(tenant)
  expect([amountsIn(tenant), tenant.crm.phaseOf(id)]).toEqual([[], 'Sent'])
  expect((await invoiceRecord(tenant, id)).number).toBe(String(posted.InvoiceNo))
})

test('counts and sums of both sides stand next to each other in the comparison', async () => {
  const { tenant, send, posted } = await billed()
  await send()
  tenant.books.receivePayment(idOf(posted()), 1000)
  await tenant.sync('compare')
  const { comparison } = await tenant.status()
  expect(comparison.rows.find(({ what }: { what: string }) => what === 'invoices')).toEqual({
    what: 'invoices',
    tribe: 2,
    powerOffice: 2,
    linked: 2,
    differ: 0,
    sums: {
      tribe: 2500,
      powerOffice: 2500,
      paid: 1000,
      open: 1500,
      credited: 0,
      reversed: 0,
      writtenOff: 0,
      currencies: [],
    },
  })
})
