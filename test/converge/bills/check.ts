import type { PostedInvoice } from '../../fakes/poweroffice/client-books'
import { cents } from '../../fakes/tribe/money'
import { isSayable } from '../../invoices/sayable'
import type { Problem } from '../kind'
import { VAT } from '../products/kind'
import type { Scene } from '../scene'
import { type Bill, billsOf, documentsOf, inTribe, isSent, linesOf } from './bill'
import { refusedCustomers } from './tribe-acts'

/** What has to hold of invoices: at any moment, and when all is at rest. */

/** Never two documents for one invoice, and nothing that was posted changes. */
export function wrongMeanwhile(world: Scene): string[] {
  const { all, posted } = billsOf(world)
  return all.flatMap((bill) => {
    const found = documentsOf(world, bill)
    const count = found.orders.length + found.posted.length
    const changed = found.posted.filter((invoice) => {
      const text = saidBy(invoice)
      const before = posted.get(invoice.Id) ?? text
      posted.set(invoice.Id, before)
      return before !== text
    })
    return [
      ...(count > 1 ? [`${bill.label} is ${count} documents`] : []),
      ...changed.map(({ InvoiceNo }) => `${bill.label}, posted as ${InvoiceNo}, was changed`),
    ]
  })
}

function saidBy(invoice: PostedInvoice): string {
  const {
    Balance,
    BalanceLastChangedDateTimeOffset,
    MatchId,
    IsReversed,
    LastChangedDateTimeOffset,
    ...said
  } = invoice
  return JSON.stringify(said)
}

export function faultsOf(world: Scene): string[] {
  return [...wrongMeanwhile(world), ...billsOf(world).all.flatMap((bill) => faultsOfOne(world, bill))]
}

function faultsOfOne(world: Scene, bill: Bill): string[] {
  const { orders, posted } = documentsOf(world, bill)
  const [invoice] = posted
  if (invoice) return [...sums(world, bill, invoice), ...settlement(world, bill, invoice)]
  if (orders.length > 0 || !isSent(world, bill)) return []
  if (bill.isDropped || problemsOf(world, bill).length > 0) return []
  return [`${bill.label} (${bill.id}) is sent, and not in the books, and nothing says why`]
}

export const problemsOf = (world: Scene, { id }: Bill): string[] =>
  world.relay.jobs.problems(1000).flatMap(({ subject, code }) => (subject.includes(id) && code ? [code] : []))

const ore = (amount: unknown) => Math.round(Math.abs(Number(amount)) * 100)

/** To the øre, and by each VAT code. */
function sums(world: Scene, bill: Bill, invoice: PostedInvoice): string[] {
  const tribe = inTribe(world, bill)
  // A bookkeeper may send a draft that differs: that is told.
  const isTold = problemsOf(world, bill).includes('invoice.booked_otherwise')
  if (!tribe || bill.isEdited || bill.isHandled || isTold) return []
  const said = [ore(tribe.TotalIncludingVat), tribe.Currency]
  const booked = [ore(invoice.TotalAmount), invoice.CurrencyCode]
  const [here, there] = [
    { net: ore(tribe.TotalExcludingVat), ...vatHere(tribe) },
    { net: ore(invoice.NetAmount), ...vatThere(world, invoice) },
  ]
  // What no order can say was told before a bookkeeper sent it: by an øre for each line it is the bookkeeper's rounding.
  const most = bill.isSentByHand && isUnsayable(world, bill) ? linesOf(tribe).length : 0
  if (areNear(here, there, most) && JSON.stringify(said) === JSON.stringify(booked)) return []
  const lines = linesOf(tribe).map(({ Quantity, Price, DiscountPercentage }) => [
    Quantity,
    Price,
    DiscountPercentage,
  ])
  return [
    `${bill.label} of ${JSON.stringify(lines)}: Tribe says ${JSON.stringify([...said, here])}, booked is ${JSON.stringify([...booked, there])}`,
  ]
}

const areNear = (here: ByCode, there: ByCode, most: number): boolean =>
  Object.keys({ ...here, ...there }).every((key) => Math.abs((here[key] ?? 0) - (there[key] ?? 0)) <= most)

type ByCode = Record<string, number>

const sorted = (amounts: Iterable<readonly [string, number]>): ByCode => {
  const by = new Map<string, number>()
  for (const [code, amount] of amounts) by.set(code, (by.get(code) ?? 0) + amount)
  return Object.fromEntries(
    [...by]
      .filter(([, sum]) => sum !== 0)
      .map(([code, sum]) => [code, Math.abs(sum)] as const)
      .sort(),
  )
}
const signed = (amount: unknown) => Math.round(Number(amount) * 100)

function vatHere(tribe: Record<string, unknown>): ByCode {
  return sorted(
    linesOf(tribe as never).map((line) => {
      const group = (line.VatGroup as { Code?: string } | null)?.Code as keyof typeof VAT | undefined
      return [group ? VAT[group].code : '', signed(line.VatAmountIncludingDiscount)]
    }),
  )
}

function vatThere({ books }: Scene, { Id, Lines }: PostedInvoice): ByCode {
  if (books.vouchers.has(Id))
    return sorted(books.postingsOf(Id).map(({ vatCode, vat }) => [String(vatCode), signed(vat)]))
  return sorted(Lines.map(({ VatCode, VatAmount }) => [String(VatCode ?? ''), signed(VatAmount)]))
}

/** Tribe says of its payments what the ledger says. */
function settlement({ crm, books }: Scene, bill: Bill, invoice: PostedInvoice): string[] {
  if (bill.isDeleted || invoice.CurrencyCode !== 'NOK') return []
  const rows = crm.payments().filter((row) => (row.Invoice as { ID?: string } | null)?.ID === bill.id)
  const told = rows.reduce((sum, { Amount }) => sum + signed(Amount), 0)
  const entries = books
    .ledgerEntries()
    .filter(({ MatchId }) => MatchId !== null && MatchId === invoice.MatchId)
  const others = entries.filter(({ VoucherId }) => VoucherId !== invoice.Id)
  const isMoney = others.some(({ VoucherType }) => VoucherType === 'BankJournal')
  // Who paid what of several is the relay's to split.
  if (isMoney && others.some(({ VoucherType }) => VoucherType !== 'BankJournal')) return []
  const settled = ore(invoice.TotalPostedAmount) - ore(invoice.Balance)
  const wanted = isMoney ? settled : 0
  const isPaid = invoice.IsReversed
    ? false
    : ore(invoice.Balance) === 0 && (isMoney || invoice.TotalPostedAmount === 0)
  const phase = crm.phaseOf(bill.id)
  return [
    ...(Math.abs(told) !== wanted
      ? [`${bill.label}: Tribe says ${told} øre are paid, the ledger ${wanted}`]
      : []),
    ...(!bill.isMoved && (phase === 'Paid') !== isPaid
      ? [`${bill.label} is ${phase} in Tribe, with ${invoice.Balance} of ${invoice.TotalPostedAmount} open`]
      : []),
  ]
}

// ── Problems ────────────────────────────────────────────────────────────────

/** Code → whether what people did gives reason for it, at rest. */
const REASONS: Readonly<Record<string, (world: Scene, bill: Bill) => boolean>> = {
  'invoice.changed_in_tribe': (_, { isEdited }) => isEdited,
  'invoice.deleted_in_tribe': (_, { isDeleted }) => isDeleted,
  'invoice.taken_back': (world, bill) => !isSent(world, bill),
  'invoice.booked_otherwise': mayDiffer,
  'invoice.reversed': (world, bill) => documentsOf(world, bill).posted.some(({ IsReversed }) => IsReversed),
  'invoice.due_day_unsaid': () => true,
  'invoice.zero_total': (world, bill) => ore(inTribe(world, bill)?.TotalIncludingVat) === 0,
  'invoice.no_lines': (world, bill) =>
    linesOf(inTribe(world, bill)).every(({ Price, Quantity }) => !Price || !Quantity),
  'invoice.total_differs': mayDiffer,
  'invoice.order_differs': (_, { isHandled }) => isHandled,
  'invoice.unfinished': (world, bill) => inTribe(world, bill)?.IsFinal === false,
  'invoice.no_customer': (world, bill) => !(inTribe(world, bill)?.Relationship as { ID?: string } | null)?.ID,
  'invoice.credit_unclear': (_, { credits }) => credits !== null,
  'invoice.credited_not_posted': (world, { credits }) =>
    credits !== null && documentsOf(world, credits).posted.length === 0,
  'invoice.credited_unknown': (world, { credits }) =>
    credits !== null && documentsOf(world, credits).posted.length === 0,
}

/** Those that are over once people have mended what stood in the way and have tried again; until then they may stand. */
const MENDABLE: readonly string[] = [
  'invoice.period_closed',
  'invoice.customer_archived',
  'invoice.customer_not_linked',
  'invoice.send_not_allowed',
  'invoice.dimension_missing',
  'invoice.dimension_unknown',
  'invoice.product_archived',
  'invoice.product_gone',
  'invoice.no_email',
  'invoice.delivery_failed',
  'invoice.pdf_missing',
  'invoice.attachment_refused',
  // Of the customer that the invoice makes first.
  'poweroffice.refused',
]

/** What was made of it need not come to what Tribe says: people worked on one of them, or a product of it moved to another VAT. */
function mayDiffer(world: Scene, bill: Bill): boolean {
  const { revalued } = billsOf(world)
  const isMoved = linesOf(inTribe(world, bill)).some((line) =>
    revalued.has((line.Product as { ID?: string } | null)?.ID ?? ''),
  )
  return bill.isEdited || bill.isHandled || isMoved || isUnsayable(world, bill)
}

/** Prices with VAT: by no nets of an order does it come to Tribe's net and to its VAT of each rate. A voucher can say them all. */
function isUnsayable(world: Scene, bill: Bill): boolean {
  const tribe = inTribe(world, bill)
  if (!tribe || world.settings.invoices.mode === 'voucher') return false
  const left = 1 - Number(tribe.DiscountPercentage ?? 0) / 100
  const lines = linesOf(tribe).map(({ Total, VatAmountIncludingDiscount, VatPercentage }) => {
    const [amount, vat] = [signed(cents(Number(Total) * left)), signed(VatAmountIncludingDiscount)]
    return { net: tribe.IsVatIncluded === true ? amount - vat : amount, vat, rate: Number(VatPercentage) }
  })
  return !isSayable(lines)
}

export function explains(world: Scene, { kind, subject, code }: Problem): boolean {
  const { all, isMended, left } = billsOf(world)
  if (code === null) return false
  // An admin is asked whether so many are gone.
  const gone: Readonly<Record<string, number>> = {
    'invoice-tribe': all.filter(({ isDeleted }) => isDeleted).length,
    'invoice-poweroffice': all.filter(({ isDropped }) => isDropped).length,
    'customer-tribe': left.customers,
    'product-poweroffice': left.products,
  }
  if (kind === 'vanished') return !isMended && (gone[subject] ?? 0) >= 3
  if (kind === 'customer') return refusedCustomers(world).length > 0
  const bill = all.find(({ id }) => subject.includes(id))
  if (!bill) return false
  return REASONS[code]?.(world, bill) ?? (!isMended && MENDABLE.includes(code))
}
