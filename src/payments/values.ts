import type { LinkState } from '../db/links'
import { isLeftAlone } from '../invoices/cutoff'
import type { Invoice } from '../invoices/invoice'
import { invoiceFromTribe } from '../invoices/mapping'
import { areInvoicesOn } from '../invoices/sync'
import { phasesOf } from '../lookups/phases'
import { readsOrders } from '../poweroffice/profile'
import type { Order, PostedInvoice, PostedLine } from '../poweroffice/schemas'
import { fromMinor, toMinor } from '../shared/money'
import type { SyncContext } from '../sync-step'
import type { Payment, Invoice as TribeInvoice } from '../tribe/schemas'
import { INVOICE } from '../tribe/sets'
import {
  goneOf,
  type SeenField,
  type SeenPair,
  type Sight,
  sightOf,
  unreachableOf,
  type Which,
} from '../two-way/values'
import { factsOfInvoice } from './field-facts'
import { balanceFrom, entryFrom, entryIdFrom, PROVIDER, paymentToTribe } from './mapping'
import { type LedgerSettlement, settlementFrom } from './plan'
import { toldValues } from './told-values'

/** An invoice as both systems hold it, for whoever looks on: its lines and sums, how far it has come, and what was paid. */

interface InTribe {
  invoice: TribeInvoice
  payments: Payment[]
  phase: { name: string | null; isSent: boolean; isPaid: boolean }
}

interface InBooks {
  posted: PostedInvoice | null
  order: Order | null
  lines: readonly Pick<PostedLine, 'Description' | 'Quantity' | 'NetAmount'>[]
  settlement: LedgerSettlement | null
}

export async function invoiceValues(
  ctx: SyncContext,
  { crmId: tribeId, booksId: powerOfficeId, link }: Which,
): Promise<SeenPair> {
  const [crm, books] = await Promise.all([
    sightOf(tribeId === null ? null : () => lookInTribe(ctx, tribeId)),
    sightOf(powerOfficeId === null ? null : () => lookInBooks(ctx, powerOfficeId)),
  ])
  const unreachable = (['crm', 'books'] as const).filter(
    (side) => (side === 'crm' ? crm : books).is === 'away',
  )
  const here = crm.is === 'there' ? invoiceFromTribe(crm.record.invoice) : null
  const there = books.is === 'there' ? books.record : null
  const state = stateOf(there, link)
  const isKnown = unreachable.length === 0
  const rest = whyNothing(ctx, { crm, books, link })
  const field = (
    name: string,
    [mine, theirs]: readonly [unknown, unknown],
    told?: Pick<SeenField, 'next' | 'because'> & { same?: boolean },
  ): SeenField => {
    const isSame = told?.same ?? JSON.stringify(mine ?? null) === JSON.stringify(theirs ?? null)
    return {
      field: name,
      crm: mine ?? null,
      books: theirs ?? null,
      same: isKnown ? isSame : null,
      next: told?.next ?? rest.next,
      because: told?.because ?? (isSame && rest.next === null && isKnown ? 'same' : rest.because),
    }
  }
  const money = paid(ctx, crm, there)
  const sums = sumsIn(there)
  const posted = there?.posted ?? null
  const story = await toldValues(ctx, 'invoice', {
    of: INVOICE,
    crm: crm.is === 'there' ? { is: 'there', record: crm.record.invoice } : crm,
    books,
    link,
    read: async () => (posted ? factsOfInvoice(posted) : {}),
  })
  return {
    fields: [
      field('number', [here?.number, there?.posted?.InvoiceNo ?? null]),
      field('state', [crm.is === 'there' ? crm.record.phase.name : null, state], money?.state),
      field('date', [here?.date, (there?.posted?.VoucherDate ?? there?.order?.SalesOrderDate)?.slice(0, 10)]),
      field('dueDate', [here?.dueDate, there?.posted?.DueDate?.slice(0, 10)]),
      field('currency', [here?.bookedIn, there?.posted?.CurrencyCode ?? there?.order?.CurrencyCode]),
      field('net', [amount(here?.totals.net), sums.net]),
      field('vat', [amount(here?.totals.vat), sums.vat]),
      field('total', [amount(here?.totals.total ?? here?.totals.amount), sums.total]),
      field('lines', [here && linesOf(here), there?.lines.map(lineText)]),
      field('payments', [paidInTribe(crm), paidInBooks(there)], money?.payments),
      ...story,
    ],
    unreachable,
    isUnknown: isKnown && crm.is !== 'there' && books.is !== 'there',
  }
}

// ── Looking ─────────────────────────────────────────────────────────────────

async function lookInTribe(ctx: SyncContext, tribeId: string): Promise<InTribe | null> {
  const invoice = await ctx.tribe.findInvoice(tribeId)
  if (!invoice) return null
  const { sent, paid: paidPhase } = await phasesOf(ctx)
  const phaseId = invoice.Phase?.ID ?? ''
  const { tribe } = await ctx.lookups.get()
  const phase = tribe.invoicePhases.find(({ id }) => id === phaseId)
  return {
    invoice,
    payments: (await ctx.tribe.paymentsOf(tribeId)).filter(isOurs),
    phase: {
      name: phase?.name ?? phase?.code ?? invoice.Phase?.Code ?? null,
      isSent: sent.has(phaseId),
      isPaid: phaseId !== '' && phaseId === paidPhase,
    },
  }
}

const isOurs = ({ Provider, Reference }: Payment) => Provider === PROVIDER && entryIdFrom(Reference) !== null

async function lookInBooks(ctx: SyncContext, id: string): Promise<InBooks | null> {
  const posted = await ctx.powerOffice.findInvoice(id)
  if (!posted) {
    const order = readsOrders(ctx.powerOfficeProfile) ? await ctx.powerOffice.findOrder(id) : null
    return order && { posted: null, order, lines: order.SalesOrderLines, settlement: null }
  }
  const lines = await ctx.powerOffice.linesOfInvoice(id)
  const balance = balanceFrom(posted)
  const match = balance && posted.MatchId != null ? await ctx.powerOffice.entriesOfMatch(posted.MatchId) : []
  return { posted, order: null, lines, settlement: balance && settlementFrom(balance, match.map(entryFrom)) }
}

// ── What it comes to ────────────────────────────────────────────────────────

const amount = (minor: number | null | undefined) => (minor == null ? null : fromMinor(minor))

function sumsIn(there: InBooks | null) {
  const one = there?.posted ?? there?.order
  const [net, total] = [one?.NetAmount ?? null, one?.TotalAmount ?? null]
  const vat = net === null || total === null ? null : fromMinor(toMinor(total) - toMinor(net))
  return { net, vat, total }
}

const linesOf = ({ lines }: Invoice): string[] =>
  lines.map(({ description, product, quantity, stated }) =>
    lineText({
      Description: description ?? product?.name ?? null,
      Quantity: quantity,
      NetAmount: amount(stated.net),
    }),
  )

const lineText = ({ Description, Quantity, NetAmount }: InBooks['lines'][number]): string =>
  [Quantity == null || Quantity === 0 ? null : `${Quantity} ×`, Description, NetAmount ?? null]
    .filter((part) => part !== null && part !== undefined)
    .join(' ')

function stateOf(there: InBooks | null, link: LinkState | null): string | null {
  if (!there) return null
  if (!there.posted) return link?.exportState?.stage === 'sending' ? 'sending' : 'draft'
  if (there.posted.IsReversed) return 'reversed'
  const state = there.settlement?.state ?? 'open'
  return state === 'unexplained' ? 'open' : state
}

// ── What would be done ──────────────────────────────────────────────────────

type Told = Pick<SeenField, 'next' | 'because'> & { same?: boolean }

/** An invoice goes once, whole; afterwards its two sides are not compared any more. */
function whyNothing(
  ctx: SyncContext,
  { crm, books, link }: { crm: Sight<InTribe>; books: Sight<InBooks>; link: LinkState | null },
): Told {
  const stays = (because: string): Told => ({ next: null, because })
  const off = areInvoicesOn(ctx) ? null : 'switched-off'
  const standsInTheWay = unreachableOf(crm, books) ?? off ?? goneOf(crm, books)
  if (standsInTheWay !== null) return stays(standsInTheWay)
  if (crm.is !== 'there') return stays('not-linked')
  if (link) return stays(link.exportState?.stage === 'draft' ? 'draft-in-books' : 'booked')
  if (isLeftAlone(ctx, crm.record.invoice)) return stays('sent-before')
  return crm.record.phase.isSent ? { next: 'books', because: 'sent-in-crm' } : stays('not-sent')
}

/** What the next look at its payments would tell Tribe; null: nothing is told of this one. */
function paid(
  ctx: SyncContext,
  crm: Sight<InTribe>,
  there: InBooks | null,
): { state: Told; payments: Told } | null {
  if (crm.is !== 'there' || !there?.posted || !areInvoicesOn(ctx)) return null
  const both = (told: Told) => ({ state: told, payments: told })
  if (!ctx.settings.payments.enabled) return both({ next: null, because: 'switched-off' })
  const balance = balanceFrom(there.posted)
  const { settlement } = there
  if (!balance || !settlement || settlement.state === 'unexplained')
    return both({ next: null, because: 'not-known-now' })
  const isReversed = there.posted.IsReversed === true
  const wanted = isReversed
    ? []
    : settlement.payments.map((row) => paymentToTribe(row, balance, crm.record.invoice.ID))
  const ours = crm.record.payments
  const isHeld = (row: (typeof wanted)[number]) =>
    ours.some((one) => one.Reference === row.Reference && toMinor(one.Amount ?? 0) === toMinor(row.Amount))
  const isUndone = (one: Payment) =>
    toMinor(one.Amount ?? 0) === 0 || wanted.some((row) => row.Reference === one.Reference)
  const arePaymentsSame = wanted.every(isHeld) && ours.every(isUndone)
  const isPaid = settlement.state === 'paid' && !isReversed
  const isStateSame = crm.record.phase.isPaid === isPaid
  const because = isReversed ? 'reversed-in-books' : 'changed-in-books'
  const told = (isSame: boolean): Told => ({
    same: isSame,
    next: isSame ? null : 'crm',
    because: isSame ? 'same' : because,
  })
  return { state: told(isStateSame || (!isPaid && arePaymentsSame)), payments: told(arePaymentsSame) }
}

const paidInTribe = (crm: Sight<InTribe>): number | null =>
  crm.is === 'there'
    ? fromMinor(crm.record.payments.reduce((sum, { Amount }) => sum + toMinor(Amount ?? 0), 0))
    : null

const paidInBooks = (there: InBooks | null): number | null =>
  there?.settlement ? fromMinor(there.settlement.payments.reduce((sum, row) => sum + row.amount, 0)) : null
