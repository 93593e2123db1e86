import { expect, test } from 'vitest'
import { TenantSettings } from '../../src/db/settings'
import { type InvoiceLink, linkFrom } from '../../src/invoices/link'
import { syncInvoice } from '../../src/invoices/sync'
import { syncPayment } from '../../src/payments/sync'
import { createLocks } from '../../src/shared/locks'
import type { SyncContext } from '../../src/sync-step'

/** One invoice that was edited in Tribe and paid in PowerOffice, looked at by two jobs at once, each with a context of its own. */
function anInvoice() {
  const now = () => Date.parse('2026-03-15T08:00:00Z')
  const exportState = { mode: 'book', stage: 'posted', askedAt: null, toldFailure: null, kid: null } as const
  const link = linkFrom(
    { now } as SyncContext,
    { id: 't' },
    {
      id: 'p',
      number: '10001',
      exportState: { ...exportState, print: 'before', settlement: null },
    },
  )
  const kept = { link }
  const withLock = createLocks()
  const soon = () => new Promise((resolve) => setTimeout(resolve, 1))
  const cache = new Map<string, unknown>()
  const job = () => {
    let remembered: InvoiceLink | null = null
    const find = async () => kept.link
    const ctx = {
      life: { id: 'life', earlierUntil: 0 },
      withLock,
      now,
      cache,
      settings: TenantSettings.parse({}),
      tenantId: 'acme',
      tribeProfile: { dialect: { missing: [] } },
      links: { findByTribe: find, findByPowerOffice: find },
      tribe: {
        findInvoice: async () => ({ ID: 't', Phase: { ID: 'sent' }, ProductLines: [] }),
        paymentsOf: async () => [],
        paymentStatuses: async () => [],
        createPayment: async () => undefined,
        setPhase: async () => undefined,
      },
      powerOffice: {
        findInvoice: async () => ({
          Id: 'p',
          InvoiceNo: 10_001,
          TotalAmount: 1250,
          TotalPostedAmount: 1250,
          Balance: 0,
          MatchId: 7,
          BalanceLastChangedDateTimeOffset: '2026-03-15T07:59:00Z',
        }),
        entriesOfMatch: async () => [
          { Id: 1, VoucherId: 'p', VoucherType: 'OutgoingInvoice', Amount: 1250, Balance: 0 },
          { Id: 2, VoucherId: 'q', VoucherType: 'BankJournal', Amount: -1250, Balance: 0 },
        ],
      },
      fields: { tellable: [] },
      parkedOf: () => [],
      lookups: {
        get: async () => ({
          tribe: {
            invoicePhases: [
              { id: 'sent', code: 'Sent', name: null },
              { id: 'paid', code: 'Paid', name: null },
            ],
          },
        }),
      },
      facts: {
        get: (name: string) => (name === 'invoices:lines' ? { sent: '', paid: '' } : null),
        set: () => undefined,
        remove: () => undefined,
      },
      fingerprint: async (value: string | null) => value ?? '',
      park: () => undefined,
      because: () => undefined,
      enqueue: () => undefined,
      remember: (state: InvoiceLink | null) => {
        remembered = state
      },
      // D1 takes a moment.
      flush: async () => {
        const state = remembered
        remembered = null
        await soon()
        if (state) kept.link = state
      },
    }
    return ctx as unknown as SyncContext
  }
  /** As the drain runs it: what is remembered is kept at the end. */
  const run = async (step: typeof syncInvoice, subject: string) => {
    const ctx = job()
    await step(ctx, { id: subject, hint: null, inDoubt: false })
    await ctx.flush()
  }
  return { kept, run }
}

test.each([
  ['first edited, then paid', [0, 1]],
  ['first paid, then edited', [1, 0]],
])(
  'what one look at an invoice remembered is known to the next, however close they follow (%s)',
  async (_, order) => {
    const { kept, run } = anInvoice()
    const looks = [() => run(syncInvoice, 'tribe:t'), () => run(syncPayment, 'powerOffice:p')]
    await Promise.all(order.map((index) => looks[index]?.()))
    expect(kept.link.exportState.print).not.toBe('before')
    expect(kept.link.exportState.settlement?.state).toBe('paid')
  },
)
