import type { SyncContext } from '../sync-step'
import { INVOICE } from '../tribe/sets'
import type { Invoice } from './invoice'
import { type InvoiceLink, withNews } from './link'

/**
 * Fingerprints of what a user may edit on the invoice itself, so that a later edit is noticed. What this Tribe
 * shows depends on its metadata, which may be read anew: a member that is not shown has no print, and is
 * compared with nothing. What the invoice refers to has prints of its own: a customer or a product that is deleted
 * in Tribe leaves its place on the invoice empty, and nobody has edited the invoice by that.
 */

/** Members that Tribe may not show, or under names that are only guessed. */
const UNSURE = [
  ['InvoiceDate', ({ date }: Invoice) => date],
  ['ExpirationDate', ({ dueDate }: Invoice) => dueDate],
  ['CustomerReference', ({ reference }: Invoice) => reference],
] as const
const NOT_SHOWN = '-'

/**
 * One print for all that is always there, and one for each member that may not be shown; then what stands on the invoice itself, and
 * what it refers to. Earlier versions know the former alone: they read no further, so that a version that is rolled back finds no edits.
 */
const PARTS = 1 + UNSURE.length + 2

/** All that is noted of an invoice, as the link keeps it. */
export async function printOf(ctx: SyncContext, invoice: Invoice): Promise<string> {
  const { number, currency, isVatIncluded, discount } = invoice
  const all = [invoice.customer?.id, number, currency, isVatIncluded, discount, toldLines(invoice)]
  const { missing } = ctx.tribeProfile.dialect
  const others = UNSURE.map(([member, read]) =>
    missing.includes(`${INVOICE}.${member}`) ? NOT_SHOWN : ctx.fingerprint(read(invoice)),
  )
  const itself = [number, currency, isVatIncluded, discount, invoice.lines.map(saidOf)]
  const parts = [
    ctx.fingerprint(JSON.stringify(all)),
    ...others,
    ctx.fingerprint(JSON.stringify(itself)),
    referencesOf(ctx, invoice),
  ]
  return (await Promise.all(parts)).join('.')
}

/** Whether the invoice is another than the one that had this print; whichever version has made that. */
export async function isEditedSince(ctx: SyncContext, print: string, invoice: Invoice): Promise<boolean> {
  if (!print.includes('.')) return print !== (await oldPrintOf(ctx, invoice))
  return !isSamePrint(print, await printOf(ctx, invoice))
}

/** The link of an invoice that nobody has edited, with a print as this version makes it; the same where it has one. */
export async function printedAnew(
  ctx: SyncContext,
  link: InvoiceLink,
  invoice: Invoice,
): Promise<InvoiceLink> {
  return isDivided(link.exportState.print) ? link : withNews(link, { print: await printOf(ctx, invoice) })
}

const isDivided = (print: string): boolean => print.split('.').length === PARTS

function isSamePrint(was: string, now: string): boolean {
  const [all = '', ...parts] = was.split('.')
  const [allNow = '', ...partsNow] = now.split('.')
  const isSame = (one: string, index: number) => {
    const other = partsNow[index] ?? NOT_SHOWN
    return one === other || one === NOT_SHOWN || other === NOT_SHOWN
  }
  if (!isDivided(was)) return all === allNow && parts.every(isSame)
  return parts.slice(0, -1).every(isSame) && isSameButDeleted(parts.at(-1) ?? '', partsNow.at(-1) ?? '')
}

/** What was referred to and is not any more was deleted, or is hidden. */
function isSameButDeleted(was: string, now: string): boolean {
  const nows = now.split(',')
  return was.split(',').every((one, index) => one === nows[index] || !nows[index])
}

const saidOf = (line: Invoice['lines'][number]) => [
  ...[line.description, line.quantity, line.unitPrice, line.discount, line.vatPercent],
]

const toldLines = ({ lines }: Invoice) =>
  lines.map((line) => [...saidOf(line), line.vatGroup?.id, line.product?.id])

/** That two records differ shows in a few characters as well. */
const SHORT = 6

/** The customer, then VAT group and product of each line. */
async function referencesOf(ctx: SyncContext, { customer, lines }: Invoice): Promise<string> {
  const ids = [customer?.id, ...lines.flatMap(({ vatGroup, product }) => [vatGroup?.id, product?.id])]
  const prints = new Map<string, string>()
  for (const id of ids) if (id && !prints.has(id)) prints.set(id, (await ctx.fingerprint(id)).slice(0, SHORT))
  return ids.map((id) => prints.get(id ?? '') ?? '').join(',')
}

/** As the first version made it. */
function oldPrintOf(ctx: SyncContext, invoice: Invoice): Promise<string> {
  const { customer, number, reference, currency, isVatIncluded, discount, date, dueDate } = invoice
  const told = toldLines(invoice)
  const all = [customer?.id, number, reference, currency, isVatIncluded, discount, date, dueDate, told]
  return ctx.fingerprint(JSON.stringify(all))
}
