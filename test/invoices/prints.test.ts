import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Invoice, InvoiceLine } from '../../src/invoices/invoice'
import type { InvoiceLink } from '../../src/invoices/link'
import { isEditedSince, printedAnew, printOf } from '../../src/invoices/prints'
import type { SyncContext } from '../../src/sync-step'

const invoice: Invoice = {
  id: 'i',
  number: '2026-0001',
  customer: { id: 'c', type: null },
  madeAt: null,
  changedAt: null,
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
      value ? createHash('sha256').update(value).digest('base64url').slice(0, 12) : '',
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

const line = (id: string, change: Partial<InvoiceLine> = {}): InvoiceLine => ({
  id,
  description: 'Time',
  quantity: 2,
  unitPrice: 50,
  isPriceKnown: true,
  discount: 0,
  vatPercent: 25,
  stated: { net: null, total: null },
  vatGroup: { id: 'v', name: '25 %' },
  product: { id: `product of ${id}`, name: null, vatGroupId: 'v', unit: null },
  ...change,
})
const whole: Invoice = { ...invoice, contactName: 'Ada Berg', lines: [line('1'), line('2')] }
const other = { id: 'another', name: null, vatGroupId: 'v', unit: null }
const TEXT = line('3', { description: 'Takk', unitPrice: 0, vatGroup: null, product: null })

const PREPAID: Invoice = { ...whole, lines: [line('1'), line('2', { product: null })] }
test.each<[string, Invoice, Partial<Invoice>, boolean]>([
  ['nothing', whole, {}, false],
  ['its customer is deleted', whole, { customer: null }, false],
  ['its product is deleted', whole, { lines: [line('1', { product: null }), line('2')] }, false],
  ['its VAT group is deleted', whole, { lines: [line('1', { vatGroup: null }), line('2')] }, false],
  ['its contact person is deleted', whole, { contactName: null }, false],
  [
    'all of them are deleted',
    whole,
    {
      customer: null,
      contactName: null,
      lines: [line('1', { vatGroup: null, product: null }), line('2', { product: null })],
    },
    false,
  ],
  ['a product is another', whole, { lines: [line('1', { product: other }), line('2')] }, true],
  [
    'its VAT group is another',
    whole,
    { lines: [line('1'), line('2', { vatGroup: { id: 'w', name: '25 %' } })] },
    true,
  ],
  ['its customer is another', whole, { customer: { id: 'd', type: null } }, true],
  [
    'a product is another and the customer is deleted',
    whole,
    { customer: null, lines: [line('1', { product: other }), line('2')] },
    true,
  ],
  ['an amount is another', whole, { lines: [line('1', { unitPrice: 51 }), line('2')] }, true],
  [
    'an amount is another and its product is deleted',
    whole,
    { lines: [line('1', { unitPrice: 51, product: null }), line('2')] },
    true,
  ],
  ['a day is another and the customer is deleted', whole, { customer: null, dueDate: '2026-12-24' }, true],
  [
    'two products changed places',
    whole,
    { lines: [line('1', { product: line('2').product }), line('2', { product: line('1').product })] },
    true,
  ],
  ['a line is gone', whole, { lines: [line('1')] }, true],
  ['a text was added', whole, { lines: [...whole.lines, TEXT] }, true],
  ['a line without a product has one', PREPAID, { lines: whole.lines }, true],
])('whether it was edited: %s', async (_, before, change, isEdited) => {
  const ctx = ctxWithout([])
  const print = await printOf(ctx, before)
  expect(await isEditedSince(ctx, print, { ...before, ...change })).toBe(isEdited)
  // Shown again, it is as it was.
  expect(await isEditedSince(ctx, print, before)).toBe(false)
})

test('what an earlier version noted of an invoice still tells an edit', async () => {
  const ctx = ctxWithout([])
  const { customer, number, reference, currency, isVatIncluded, discount, date, dueDate } = invoice
  const old = await ctx.fingerprint(
    JSON.stringify([customer?.id, number, reference, currency, isVatIncluded, discount, date, dueDate, []]),
  )
  expect(await isEditedSince(ctx, old, invoice)).toBe(false)
  expect(await isEditedSince(ctx, old, { ...invoice, dueDate: null })).toBe(true)
})

test('what the version before noted of an invoice still tells an edit, and is noted anew', async () => {
  const ctx = ctxWithout([])
  const print = (await printOf(ctx, whole)).split('.').slice(0, 4).join('.')
  const known = { exportState: { print } } as InvoiceLink
  const deleted = { ...whole, customer: null }
  // As that version found it: nobody can tell any more who it was.
  expect(await isEditedSince(ctx, print, whole)).toBe(false)
  expect(await isEditedSince(ctx, print, deleted)).toBe(true)
  expect(await isEditedSince(ctx, print, { ...whole, reference: 'PO-2' })).toBe(true)
  const anew = await printedAnew(ctx, known, whole)
  expect(await isEditedSince(ctx, anew.exportState.print, deleted)).toBe(false)
  expect(await printedAnew(ctx, anew, whole)).toBe(anew)
})

/** As the version before compared two prints. */
const isSameToEarlier = (was: string, now: string): boolean => {
  const nows = now.split('.')
  const isSame = (one: string, index: number) => {
    const other = nows[index] ?? '-'
    return one === other || one === '-' || other === '-'
  }
  return was.split('.').every(isSame)
}

test('a version that is rolled back finds no edits in what this one noted', async () => {
  const ctx = ctxWithout([])
  const print = await printOf(ctx, whole)
  const asEarlier = (given: Invoice) =>
    printOf(ctx, given).then((now) => now.split('.').slice(0, 4).join('.'))
  expect(isSameToEarlier(print, await asEarlier(whole))).toBe(true)
  expect(isSameToEarlier(print, await asEarlier({ ...whole, reference: 'PO-2' }))).toBe(false)
})
