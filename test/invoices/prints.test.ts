import { expect, test } from 'vitest'
import type { Invoice } from '../../src/invoices/invoice'
import { isEditedSince, printOf } from '../../src/invoices/prints'
import type { SyncContext } from '../../src/sync-step'

const invoice: Invoice = {
  id: 'i',
  number: '2026-0001',
  customer: { id: 'c', type: null },
  madeAt: null,
  contactName: null,
  reference: 'PO-1',
  currency: 'NOK',
  bookedIn: 'NOK',
  isVatIncluded: false,
  discount: 0,
  creditedId: null,
  date: '2026-03-02',
  dueDate: '2026-03-16',
  totals: { net: 100, vat: 25, total: 125, amount: null },
  lines: [],
}
const MEMBERS = ['InvoiceDate', 'ExpirationDate', 'CustomerReference']
const FIELDS = ['date', 'dueDate', 'reference'] as const

/** A tenant whose Tribe does not show these. */
function ctxWithout(missing: readonly string[]): SyncContext {
  const ctx = {
    tribeProfile: { dialect: { missing: missing.map((name) => `Activity_Invoice.${name}`) } },
    fingerprint: async (value: string | null) =>
      value ? `h(${value.length}:${value.replaceAll('.', '')})` : '',
  }
  return ctx as unknown as SyncContext
}
/** The invoice as such a Tribe shows it. */
const shown = (missing: readonly string[], change: Partial<Invoice> = {}): Invoice => {
  const hidden = FIELDS.filter((_, index) => missing.includes(MEMBERS[index] ?? ''))
  return { ...invoice, ...change, ...Object.fromEntries(hidden.map((field) => [field, null])) }
}

const SUBSETS = [[], ['InvoiceDate'], ['CustomerReference', 'ExpirationDate'], MEMBERS]
test.each(SUBSETS.flatMap((before) => SUBSETS.map((after) => [before, after] as const)))(
  'an invoice that nobody touched is the same, whatever Tribe showed then (without %j) and shows now (without %j)',
  async (before, after) => {
    const print = await printOf(ctxWithout(before), shown(before))
    expect(await isEditedSince(ctxWithout(after), print, shown(after))).toBe(false)
    // What both show is still compared.
    const common = FIELDS.filter((_, index) => ![...before, ...after].includes(MEMBERS[index] ?? ''))
    for (const field of common) {
      const edited = shown(after, { [field]: field === 'reference' ? 'PO-2' : '2026-12-24' })
      expect(await isEditedSince(ctxWithout(after), print, edited)).toBe(true)
    }
    const repriced = shown(after, { discount: 10 })
    expect(await isEditedSince(ctxWithout(after), print, repriced)).toBe(true)
  },
)

test('what an earlier version noted of an invoice still tells an edit', async () => {
  const ctx = ctxWithout([])
  const { customer, number, reference, currency, isVatIncluded, discount, date, dueDate } = invoice
  const old = await ctx.fingerprint(
    JSON.stringify([customer?.id, number, reference, currency, isVatIncluded, discount, date, dueDate, []]),
  )
  expect(await isEditedSince(ctx, old, invoice)).toBe(false)
  expect(await isEditedSince(ctx, old, { ...invoice, dueDate: null })).toBe(true)
})
