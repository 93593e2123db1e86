import { percentOf, toMinor } from '../shared/money'
import type { Invoice as TribeInvoice, InvoiceLine as TribeLine } from '../tribe/schemas'
import type { Totals } from './invoice'

/**
 * What Tribe says that an invoice comes to, in the invoice's own currency. Tribe has most amounts twice: plain, in
 * the company's own currency, and with `InCurrency` behind the name, in the invoice's. Only like is taken for like:
 * a plain amount stands for the invoice's currency where that is the company's own, and nowhere else. Pure.
 */

/** Books in PowerOffice are kept in it, and so is an invoice that names no currency. */
export const HOME_CURRENCY = 'NOK'

type Amount = number | null | undefined
const isUsed = (amount: Amount): amount is number => amount != null && amount !== 0

/** The currency that the invoice names, else the one that all its lines name. */
export function currencyOf(invoice: TribeInvoice): string | null {
  const named = [
    invoice.Currency,
    ...new Set((invoice.ProductLines ?? []).map(({ Currency }) => Currency)),
  ].map((code) => code?.trim().toUpperCase() || null)
  const [own, ...ofLines] = named
  return own ?? (ofLines.length === 1 ? (ofLines[0] ?? null) : null)
}

/** Whether plain amounts are in the invoice's currency, of the invoice itself and of its lines; null: nothing tells. */
export interface Plain {
  header: boolean | null
  lines: boolean | null
}

export function plainOf(invoice: TribeInvoice): Plain {
  const lines = invoice.ProductLines ?? []
  const currency = currencyOf(invoice)
  const header = areSame([
    [invoice.TotalExcludingVat, invoice.TotalExcludingVatInCurrency],
    [invoice.TotalIncludingVat, invoice.TotalIncludingVatInCurrency],
    [invoice.VatAmount, invoice.VatAmountInCurrency],
    [invoice.Amount, invoice.AmountInCurrency],
  ])
  const ofLines = areSame(
    lines.flatMap((line): [Amount, Amount][] => [
      [line.Price, line.PriceInCurrency],
      [line.TotalExcludingVat, line.TotalExcludingVatInCurrency],
      [line.TotalIncludingVat, line.TotalIncludingVatInCurrency],
    ]),
  )
  const isHome = currency === HOME_CURRENCY || currency === null ? true : null
  return {
    header: header ?? ofLines ?? isHome,
    lines: ofLines ?? addUp(invoice, lines) ?? header ?? isHome,
  }
}

/** Amounts that Tribe has in both currencies are the same in both when the two are one. */
function areSame(pairs: readonly [Amount, Amount][]): boolean | null {
  const told = pairs.filter(([plain, twin]) => isUsed(plain) && isUsed(twin))
  return told.length === 0 ? null : told.every(([plain, twin]) => plain === twin)
}

/** Lines without twins that add up to what the invoice comes to in its own currency are in that currency. */
function addUp(invoice: TribeInvoice, lines: readonly TribeLine[]): true | null {
  const twin = invoice.TotalExcludingVatInCurrency
  if (!isUsed(twin) || invoice.DiscountPercentage) return null
  const sum = sumUp(lines.map(({ TotalExcludingVat }) => TotalExcludingVat))
  return sum === toMinor(twin) ? true : null
}

/** The amount in the invoice's currency; null where Tribe does not say it. An unused twin may stand at 0. */
export function inCurrency(twin: Amount, plain: Amount, isPlain: boolean | null): number | null {
  if (twin != null && !(twin === 0 && isUsed(plain))) return twin
  return (isPlain || plain === 0 ? plain : null) ?? null
}

export interface Stated {
  net: number | null
  total: number | null
}

/** What a line comes to before the discount on the whole invoice. */
export function statedOf(line: TribeLine, isPlain: boolean | null): Stated {
  const said = (twin: Amount, plain: Amount) => minor(inCurrency(twin, plain, isPlain))
  const net = said(line.TotalExcludingVatInCurrency, line.TotalExcludingVat)
  const vat = said(line.VatAmountInCurrency, line.VatAmount)
  const total = said(line.TotalIncludingVatInCurrency, line.TotalIncludingVat)
  return {
    net: net ?? (vat !== null && total !== null ? total - vat : null),
    total: total ?? (net !== null && vat !== null ? net + vat : null),
  }
}

/** What the invoice says of itself; what it leaves out, its lines say, where they explain the rest. */
export function totalsOf(invoice: TribeInvoice, lines: readonly TribeLine[], plain: Plain): Totals {
  const said = (twin: Amount, own: Amount) => minor(inCurrency(twin, own, plain.header))
  const header = thirdOf({
    net: said(invoice.TotalExcludingVatInCurrency, invoice.TotalExcludingVat),
    vat: said(invoice.VatAmountInCurrency, invoice.VatAmount),
    total: said(invoice.TotalIncludingVatInCurrency, invoice.TotalIncludingVat),
  })
  const amount = said(invoice.AmountInCurrency, invoice.Amount)
  if (header.net !== null && header.total !== null) return { ...header, amount }
  const sums = sumsOfLines(invoice, lines, plain)
  const isExplained = (['net', 'total'] as const).every(
    (what) => header[what] === null || header[what] === sums[what],
  )
  if (!isExplained) return { ...header, amount }
  return { ...thirdOf({ ...sums, vat: header.vat }), amount }
}

type Sums = Omit<Totals, 'amount'>

function thirdOf({ net, vat, total }: Sums): Sums {
  return {
    net: net ?? (vat !== null && total !== null ? total - vat : null),
    vat: vat ?? (net !== null && total !== null ? total - net : null),
    total: total ?? (net !== null && vat !== null ? net + vat : null),
  }
}

/**
 * What the lines come to. In another currency than the company's own they have to make what the invoice says in
 * that: only then is it known that nothing else comes off, or that the discount on the whole does.
 */
function sumsOfLines(invoice: TribeInvoice, lines: readonly TribeLine[], plain: Plain): Stated {
  const unknown = { net: null, total: null }
  if (lines.length === 0) return unknown
  const left = 100 - (invoice.DiscountPercentage ?? 0)
  const sum = (of: readonly Stated[], what: keyof Stated): number | null =>
    of.reduce<number | null>((all, line) => {
      const said = line[what]
      return all === null || said === null ? null : all + percentOf(said, left)
    }, 0)
  const own = lines.map((line) => statedOf(line, plain.lines))
  const home = lines.map((line) => ({
    net: minor(line.TotalExcludingVat),
    total: minor(line.TotalIncludingVat),
  }))
  const checks = [
    [sum(home, 'net'), minor(invoice.TotalExcludingVat)],
    [sum(home, 'total'), minor(invoice.TotalIncludingVat)],
  ].filter(([here, there]) => here != null && there != null)
  // Each was rounded when it was changed from one currency to the other.
  const isSo = ([here, there]: (number | null | undefined)[]) =>
    Math.abs((here ?? 0) - (there ?? 0)) <= lines.length + 1
  if (!checks.every(isSo) || (left !== 100 && checks.length === 0)) return unknown
  return { net: sum(own, 'net'), total: sum(own, 'total') }
}

const sumUp = (amounts: readonly Amount[]): number | null =>
  amounts.reduce<number | null>((all, one) => (all === null || one == null ? null : all + toMinor(one)), 0)
const minor = (amount: Amount): number | null => (amount == null ? null : toMinor(amount))
