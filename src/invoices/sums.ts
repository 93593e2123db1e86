import type { KnownInvoice } from '../db/links'
import { MAX_MINOR, toMinor } from '../shared/money'
import type { InvoiceHead } from '../tribe/schemas'
import type { InvoiceSums } from '../two-way/comparison'
import type { Found } from './nightly'
import { HOME_CURRENCY } from './stated'

/** What invoices come to on both sides, for the nightly comparison: each amount with amounts of its own currency. Pure. */

/** An invoice on either side, or on both. */
export interface Compared {
  tribe: InvoiceHead | null
  found: Found | null
  known: KnownInvoice | null
}

const codeOf = (code: string | null | undefined) => code?.trim().toUpperCase() || HOME_CURRENCY

/** In minor units; null for an amount that is none: one absurd record takes nobody along. */
export function amountOf(amount: number | null | undefined): number | null {
  if (amount == null || !Number.isFinite(amount) || Math.abs(amount) * 100 > MAX_MINOR) return null
  return toMinor(amount)
}

/**
 * With VAT, in the invoice's currency; null where Tribe does not say that. A plain amount of an invoice in another
 * currency is taken for the invoice's where it is just what PowerOffice has.
 */
export function totalInTribe(invoice: InvoiceHead, found: Found | null): number | null {
  const twin = amountOf(invoice.TotalIncludingVatInCurrency)
  const plain = amountOf(invoice.TotalIncludingVat)
  if (twin !== null && !(twin === 0 && plain !== 0)) return twin
  return codeOf(invoice.Currency) === HOME_CURRENCY || plain === found?.total ? plain : null
}

/** Both sides say what it comes to, and not the same; or one of them says what cannot be. */
export function isApart({ tribe, found }: Compared): boolean {
  if (!tribe || !found) return false
  if (found.isUnreadable) return true
  const total = totalInTribe(tribe, found)
  return total !== null && (total !== found.total || codeOf(tribe.Currency) !== found.currency)
}

/**
 * Invoices in the client's currency stand by themselves, each other currency beside them. What is paid, open or settled
 * without money is in the client's currency throughout, in which alone PowerOffice keeps balances.
 */
export function sumsOf(all: readonly Compared[]): InvoiceSums {
  const totals = new Map<string, { tribe: number; powerOffice: number }>()
  const add = (currency: string, side: 'tribe' | 'powerOffice', amount: number) => {
    const sum = totals.get(currency) ?? { tribe: 0, powerOffice: 0 }
    totals.set(currency, { ...sum, [side]: sum[side] + amount })
  }
  const settled: Settled = { paid: 0, open: 0, credited: 0, writtenOff: 0, reversed: 0 }
  for (const { tribe, found, known } of all) {
    if (tribe) add(codeOf(tribe.Currency), 'tribe', totalInTribe(tribe, found) ?? 0)
    if (!found || found.isUnreadable) continue
    add(found.currency, 'powerOffice', found.total)
    addSettled(settled, found, known)
  }
  const { [HOME_CURRENCY]: home, ...others } = Object.fromEntries(totals)
  const currencies = Object.entries(others).map(([currency, sum]) => ({
    currency,
    tribe: sum.tribe / 100,
    powerOffice: sum.powerOffice / 100,
  }))
  return {
    tribe: (home?.tribe ?? 0) / 100,
    powerOffice: (home?.powerOffice ?? 0) / 100,
    paid: settled.paid / 100,
    open: settled.open / 100,
    credited: settled.credited / 100,
    writtenOff: settled.writtenOff / 100,
    reversed: settled.reversed / 100,
    currencies,
  }
}

type Settled = Record<'paid' | 'open' | 'credited' | 'writtenOff' | 'reversed', number>

function addSettled(settled: Settled, found: Found, known: KnownInvoice | null): void {
  if (found.isReversed) settled.reversed += found.posted
  else if (found.left === null) settled.open += found.currency === HOME_CURRENCY ? found.total : 0
  else {
    settled.open += found.left
    settled[withoutMoney(known) ?? 'paid'] += found.posted - found.left
  }
}

function withoutMoney(known: KnownInvoice | null): 'credited' | 'writtenOff' | null {
  if (known?.settled === 'written-off') return 'writtenOff'
  return known?.settled === 'credited' ? 'credited' : null
}
