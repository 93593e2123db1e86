import type { SyncContext } from '../sync-step'
import { INVOICE } from '../tribe/sets'
import type { Invoice } from './invoice'

/**
 * Fingerprints of what a user may edit on the invoice itself, so that a later edit is noticed. What this Tribe
 * shows depends on its metadata, which may be read anew: a member that is not shown has no print, and is
 * compared with nothing.
 */

/** Members that Tribe may not show, or under names that are only guessed. */
const UNSURE = [
  ['InvoiceDate', ({ date }: Invoice) => date],
  ['ExpirationDate', ({ dueDate }: Invoice) => dueDate],
  ['CustomerReference', ({ reference }: Invoice) => reference],
] as const
const NOT_SHOWN = '-'

/** One print for all that is always there, and one for each other member. */
export async function printOf(ctx: SyncContext, invoice: Invoice): Promise<string> {
  const { customer, number, currency, isVatIncluded, discount } = invoice
  const all = [customer?.id, number, currency, isVatIncluded, discount, toldLines(invoice)]
  const { missing } = ctx.tribeProfile.dialect
  const others = UNSURE.map(([member, read]) =>
    missing.includes(`${INVOICE}.${member}`) ? NOT_SHOWN : ctx.fingerprint(read(invoice)),
  )
  return (await Promise.all([ctx.fingerprint(JSON.stringify(all)), ...others])).join('.')
}

/** Whether the invoice is another than the one that had this print. */
export async function isEditedSince(ctx: SyncContext, print: string, invoice: Invoice): Promise<boolean> {
  if (!print.includes('.')) return print !== (await oldPrintOf(ctx, invoice))
  return !isSamePrint(print, await printOf(ctx, invoice))
}

export function isSamePrint(was: string, now: string): boolean {
  const nows = now.split('.')
  return was.split('.').every((one, index) => {
    const other = nows[index] ?? NOT_SHOWN
    return one === other || one === NOT_SHOWN || other === NOT_SHOWN
  })
}

const toldLines = ({ lines }: Invoice) =>
  lines.map((line) => [
    ...[line.description, line.quantity, line.unitPrice, line.discount, line.vatPercent],
    ...[line.vatGroup?.id, line.product?.id],
  ])

/** As an earlier version made it. */
function oldPrintOf(ctx: SyncContext, invoice: Invoice): Promise<string> {
  const { customer, number, reference, currency, isVatIncluded, discount, date, dueDate } = invoice
  const told = toldLines(invoice)
  const all = [customer?.id, number, reference, currency, isVatIncluded, discount, date, dueDate, told]
  return ctx.fingerprint(JSON.stringify(all))
}
