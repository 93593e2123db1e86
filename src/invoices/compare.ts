import type { KnownInvoice } from '../db/links'
import { phasesOf } from '../lookups/phases'
import type { InvoiceSum, OrderSum } from '../poweroffice/schemas'
import { addDays, type Day, dayIn } from '../shared/dates'
import { recordIn, recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { InvoiceHead } from '../tribe/schemas'
import { type ComparisonRow, replaceRows } from '../two-way/comparison'
import { worthALook } from '../two-way/vanished'
import { isLeftAlone, isMarking, sentPhases } from './cutoff'
import { TIME_ZONE } from './mapping'
import { type Found, isClosed, isToldOtherwise } from './nightly'
import { isNoticed } from './notice'
import { askForPayments } from './posted'
import { HOME_CURRENCY } from './stated'
import { amountOf, type Compared, isApart, sumsOf } from './sums'
import { areInvoicesOn } from './sync'

/** How far back the nightly comparison reads; of what is older, only what is not settled. */
const DAYS = 400

const invoiceJob = (tribeId: string) =>
  ({ kind: 'invoice', subject: recordSubject('tribe', tribeId), lane: 'bulk' }) as const

/**
 * The nightly comparison of invoices: counts and sums of both sides next to each other. What was sent and is not
 * in PowerOffice is exported; what PowerOffice does not show any more, or of whose payments it says something
 * else than Tribe was told, is looked at. What is settled and old costs nothing.
 */
export const compareInvoices: Step = async (ctx) => {
  if (!areInvoicesOn(ctx) || ctx.facts.get('initial-sync')) return DONE
  const sent = await sentPhases(ctx)
  if (isMarking(ctx))
    return { status: 'again', afterSeconds: 5, because: 'what was sent before is still being noted' }
  const { paid } = await phasesOf(ctx)
  const from = addDays(dayIn(new Date(ctx.now()), TIME_ZONE), -DAYS)
  const isSent = (invoice: InvoiceHead) => sent.has(invoice.Phase?.ID ?? '') && !isLeftAlone(ctx, invoice)
  const byId = new Map(
    (await ctx.tribe.sumsSince(from, [...sent])).filter(isSent).map((one) => [one.ID, one]),
  )
  const all = await ctx.links.invoices()
  // Who posts vouchers has no sales orders, but for those of another mode before.
  const hasOrders = ctx.settings.invoices.mode !== 'voucher' || all.some(({ mode }) => mode !== 'voucher')
  const there = await inPowerOffice(ctx, from, { hasOrders })
  const linked = all.filter(({ state }) => state === 'linked')
  const closed = new Set(linked.filter((one) => !there.has(one.powerOfficeId) && isDone(ctx, one)))
  const open = linked.filter((one) => !closed.has(one))
  if (open.some((one) => one.stage === 'posted' && !there.has(one.powerOfficeId)))
    for (const invoice of await ctx.powerOffice.unsettledBefore(from)) there.set(invoice.Id, foundAs(invoice))

  const unread = open.filter(({ tribeId }) => !byId.has(tribeId)).map(({ tribeId }) => tribeId)
  const shown = await askForUnread(ctx, unread, linked.length)
  for (const invoice of shown.filter(isSent)) byId.set(invoice.ID, invoice)

  lookAtUntied(ctx, byId, all)
  lookAtLeft(ctx, linked)
  const compared = open.map((known): Compared & { known: KnownInvoice } => ({
    tribe: byId.get(known.tribeId) ?? null,
    found: there.get(known.powerOfficeId) ?? null,
    known,
  }))
  lookAtNews(ctx, compared, paid)
  lookAtEdited(ctx, compared, shown)
  // What was hidden in PowerOffice shows again.
  for (const { state, powerOfficeId } of all)
    if (state === 'poweroffice-gone' && there.has(powerOfficeId)) askForPayments(ctx, powerOfficeId)

  const isClosedId = new Set([...closed].map(({ tribeId }) => tribeId))
  const here = [...byId.values()].filter(({ ID }) => !isClosedId.has(ID))
  const isCompared = new Set(open.map(({ tribeId }) => tribeId))
  const alone = here
    .filter(({ ID }) => !isCompared.has(ID))
    .map((tribe): Compared => ({ tribe, found: null, known: null }))
  const row: ComparisonRow = {
    what: 'invoices',
    tribe: here.length + closed.size,
    powerOffice: compared.filter(({ found }) => found !== null).length + closed.size,
    linked: linked.length,
    differ: compared.filter(isApart).length,
    sums: sumsOf([...compared, ...alone]),
  }
  replaceRows(ctx, [row.what], [row])
  return DONE
}

/** Set back by hand, older than what was read, or deleted: only the last is looked at by itself. Gives those that Tribe shows. */
async function askForUnread(
  ctx: SyncContext,
  unread: readonly string[],
  linked: number,
): Promise<InvoiceHead[]> {
  const shown = await ctx.tribe.sumsAmong(unread)
  const isShown = new Set(shown.map(({ ID }) => ID))
  const unseen = unread.filter((tribeId) => !isShown.has(tribeId))
  for (const tribeId of worthALook(ctx, { kind: 'invoice', linked }, unseen)) ctx.enqueue(invoiceJob(tribeId))
  return shown
}

/** Payments are asked for where PowerOffice shows no such invoice, or says something else than Tribe was told. */
function lookAtNews(
  ctx: SyncContext,
  compared: readonly (Compared & { known: KnownInvoice })[],
  paid: string | null,
): void {
  const isParked = new Set(ctx.parkedOf('payment'))
  const isOn = ctx.settings.payments.enabled
  for (const { tribe, found, known } of compared) {
    const isPaidInTribe = paid !== null && tribe?.Phase?.ID === paid
    const isNews =
      found !== null && !found.isUnreadable && isOn && isToldOtherwise(known, found, { isPaidInTribe })
    const isAsked = !found || (isNews && !isParked.has(recordSubject('powerOffice', known.powerOfficeId)))
    if (isAsked) askForPayments(ctx, known.powerOfficeId)
  }
}

/** Whatever is sent and was never tied is exported; whatever was gone in Tribe is there again. What kept one from it is over where it is not sent any more. */
function lookAtUntied(
  ctx: SyncContext,
  byId: ReadonlyMap<string, InvoiceHead>,
  all: readonly KnownInvoice[],
): void {
  const isTied = new Set(all.flatMap(({ tribeId, state }) => (state === 'tribe-gone' ? [] : [tribeId])))
  const parked = ctx
    .parkedOf('invoice')
    .map(recordIn)
    .flatMap(({ side, id }) => (side === 'tribe' ? [id] : []))
  for (const id of new Set([...byId.keys(), ...parked])) if (!isTied.has(id)) ctx.enqueue(invoiceJob(id))
}

/**
 * Not every Tribe moves an invoice when a line of it is edited: what both sides come to shows it. It is told once. `shown`: what is not
 * sent any more, and is posted all the same.
 */
function lookAtEdited(
  ctx: SyncContext,
  compared: readonly (Compared & { known: KnownInvoice })[],
  shown: readonly InvoiceHead[],
): void {
  const isTold = (tribeId: string) =>
    isNoticed(ctx, tribeId, 'invoice.changed_in_tribe') || isNoticed(ctx, tribeId, 'invoice.booked_otherwise')
  const unsent = new Map(shown.map((one) => [one.ID, one]))
  for (const { tribe, found, known } of compared) {
    const held = tribe ?? (known.stage === 'posted' ? (unsent.get(known.tribeId) ?? null) : null)
    if (isApart({ tribe: held, found, known }) && !isTold(known.tribeId))
      ctx.enqueue(invoiceJob(known.tribeId))
  }
}

/** What is to be posted and is not, and has fallen out of the problems. */
function lookAtLeft(ctx: SyncContext, linked: readonly KnownInvoice[]): void {
  const told = new Set(ctx.parkedOf('invoice'))
  const isLeft = ({ stage, mode }: KnownInvoice) =>
    (stage === 'draft' || stage === 'sending') && mode !== 'draft'
  for (const { tribeId } of linked.filter(isLeft))
    if (!told.has(recordSubject('tribe', tribeId))) ctx.enqueue(invoiceJob(tribeId))
}

/** Nobody asks what became of its payments, or that is told: once it is older than what is read, it stays so. */
const isDone = (ctx: SyncContext, known: KnownInvoice): boolean =>
  isClosed(known) || (!ctx.settings.payments.enabled && known.stage !== 'draft' && known.stage !== 'sending')

async function inPowerOffice(
  ctx: SyncContext,
  from: Day,
  { hasOrders }: { hasOrders: boolean },
): Promise<Map<string, Found>> {
  const posted = await ctx.powerOffice.invoicesSince(from)
  const drafts = hasOrders ? await ctx.powerOffice.openOrders() : []
  const asDraft = ({ TotalAmount, CurrencyCode }: OrderSum): Found => ({
    total: amountOf(TotalAmount) ?? 0,
    posted: amountOf(TotalAmount) ?? 0,
    left: null,
    isReversed: false,
    currency: CurrencyCode ?? HOME_CURRENCY,
    isUnreadable: amountOf(TotalAmount) === null,
  })
  return new Map<string, Found>([
    ...drafts.map((order) => [order.Id, asDraft(order)] as const),
    ...posted.map((invoice) => [invoice.Id, foundAs(invoice)] as const),
  ])
}

function foundAs(invoice: InvoiceSum): Found {
  const total = amountOf(invoice.TotalAmount ?? 0)
  const posted = amountOf(invoice.TotalPostedAmount ?? invoice.TotalAmount ?? 0)
  const left = amountOf(invoice.Balance ?? invoice.TotalPostedAmount ?? invoice.TotalAmount ?? 0)
  return {
    total: total ?? 0,
    posted: posted ?? 0,
    left: left ?? 0,
    isReversed: invoice.IsReversed ?? false,
    currency: invoice.CurrencyCode ?? HOME_CURRENCY,
    isUnreadable: total === null || posted === null || left === null,
  }
}
