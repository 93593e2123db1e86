import type { FactOf } from '../facts'
import { phasesOf } from '../lookups/phases'
import { type Day, dayIn, daysBetween, isDay, laterOf, parseInstant } from '../shared/dates'
import { orFailure } from '../shared/errors'
import { recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { InvoiceHead } from '../tribe/schemas'
import { BEGINNING } from '../two-way/cutoff'
import { begunOf } from './begun'
import { giveNotice } from './notice'

/**
 * What was sent before the relay was asked to export is in the books by other means, and is not exported by
 * itself. A phase joins the set that means "sent" at the activation, when an admin chooses it, when Tribe
 * renames it, and when invoices are switched on again: whatever is in it then is noted as old, by its id in the
 * tenant's object, before anything is exported.
 */

/** By phase that means sent: how far Tribe had come, by its own clock, when it joined; blank when there was no invoice. */
type Cutoffs = FactOf<'invoices:lines'>
const CUTOFFS = 'invoices:lines'
/** An earlier version kept one cutoff for all of them. */
const ONLY_CUTOFF = 'invoices:line'

/** Phases whose invoices are being noted. Two passes have to find the same: pages shift while they are read. */
type Marking = FactOf<'invoices:marking'>
const MARKING = 'invoices:marking'

/** How many invoices were noted last, and when the cutoff was set. */
export type OldInvoices = FactOf<'invoices:old'>
const OLD = 'invoices:old'

/** Pages that are read before an answer is given. */
const PAGES_AT_ONCE = 2
/** One that changes while it is noted and is dated so long before was sent before. */
const SURELY_OLD_DAYS = 14
const TIME_ZONE = 'Europe/Oslo'

// ── What is known of one invoice ────────────────────────────────────────────

/** `wanted`: an admin wants it exported all the same. `forgotten`: an admin wants the relay to leave it alone. */
type Note = FactOf<`sent-before:${string}`>
const nameOf = (tribeId: string) => `sent-before:${tribeId}` as const
const noteOf = (ctx: SyncContext, tribeId: string) => ctx.facts.get(nameOf(tribeId))

export const wantAllTheSame = (ctx: SyncContext, tribeId: string): void =>
  ctx.facts.set(nameOf(tribeId), 'wanted' satisfies Note)
export const leaveAlone = (ctx: Pick<SyncContext, 'facts'>, tribeId: string): void =>
  ctx.facts.set(nameOf(tribeId), 'forgotten' satisfies Note)

/** Whether it is exported by itself, as far as its age goes. One that was begun is; one that an admin had forgotten is not. */
export function isLeftAlone(ctx: SyncContext, invoice: InvoiceHead): boolean {
  const note = noteOf(ctx, invoice.ID)
  if (note !== null) return note !== 'wanted'
  if (begunOf(ctx, invoice.ID)) return false
  // A list that lags, or whose pages shift, may not have shown it: what has not changed since was sent before.
  const cutoff = cutoffsOf(ctx)?.[invoice.Phase?.ID ?? ''] ?? ''
  return (changedAt(invoice) ?? cutoff) < cutoff
}

/** What was sent before is still being noted: nobody can tell yet. */
export const isMarking = (ctx: SyncContext): boolean => ctx.facts.get(MARKING) !== null
export const oldInvoices = (ctx: Pick<SyncContext, 'facts'>): OldInvoices | null => ctx.facts.get(OLD)

const cutoffsOf = (ctx: SyncContext) => ctx.facts.get(CUTOFFS)

export const changedAt = (invoice: InvoiceHead): string | null =>
  laterOf(parseInstant(invoice.LastMutationDate), parseInstant(invoice.CreationDate))

// ── Phases that join ────────────────────────────────────────────────────────

/** The phases that mean sent. Those that joined since the last look are settled first. */
export async function sentPhases(ctx: SyncContext): Promise<ReadonlySet<string>> {
  const { sent } = await phasesOf(ctx)
  const cutoffs = cutoffsOf(ctx)
  const hasChanged =
    cutoffs === null ||
    [...sent].some((id) => !(id in cutoffs)) ||
    Object.keys(cutoffs).some((id) => !sent.has(id))
  if (hasChanged) await settlePhases(ctx)
  return sent
}

/** When any invoice of Tribe's was changed last; null: there is none. */
export interface InvoiceCutoff {
  latest: string | null
}

/** Invoices are off: all phases join anew when they are on again. */
export function forgetCutoffs({ facts }: Pick<SyncContext, 'facts'>): void {
  facts.set(CUTOFFS, {})
  facts.remove(MARKING)
}

/** How far Tribe has come; asked for before settings by which a phase joins are kept. Null when none joins. */
export async function cutoffForNew(
  ctx: SyncContext,
  { isAnew }: { isAnew: boolean },
): Promise<InvoiceCutoff | null> {
  const { sent } = await phasesOf(ctx)
  const cutoffs = cutoffsOf(ctx) ?? {}
  const joins = isAnew || [...sent].some((id) => !(id in cutoffs))
  return joins ? { latest: await ctx.tribe.latestInvoiceChange() } : null
}

/**
 * Sets the cutoff of each phase that joined: two calls to Tribe where it is not `asked` for yet, the first pages of
 * what is in it, and a job that notes the rest. `isAnew`: all of them join, since invoices were off.
 */
export function settlePhases(
  ctx: SyncContext,
  { isAnew = false, asked = null }: { isAnew?: boolean; asked?: InvoiceCutoff | null } = {},
): Promise<void> {
  return ctx.withLock('invoices:lines', async () => {
    const { sent, isListed } = await phasesOf(ctx)
    ctx.stillHolds()
    const marking = ctx.facts.get(MARKING)
    const before: Cutoffs = isAnew ? {} : (cutoffsOf(ctx) ?? inherited(ctx, sent, marking))
    // While Tribe shows no phases at all, none has left.
    const cutoffs = Object.fromEntries(Object.entries(before).filter(([id]) => !isListed || sent.has(id)))
    ctx.facts.set(CUTOFFS, cutoffs)
    const underWay = isAnew ? {} : (marking?.phases ?? {})
    const joined = [...sent].filter((id) => !(id in cutoffs) && !(id in underWay))
    if (joined.length === 0) return
    const { latest } = asked ?? { latest: await ctx.tribe.latestInvoiceChange() }
    ctx.stillHolds()
    if (ctx.facts.get(POLLED) === null) ctx.facts.set(POLLED, latest ?? BEGINNING)
    if (latest === null) {
      ctx.facts.set(CUTOFFS, { ...cutoffs, ...cutoffFor(joined, '') })
      return
    }
    ctx.facts.set(MARKING, {
      next: null,
      pass: 1,
      pages: 0,
      added: 0,
      isWhole: false,
      phases: { ...underWay, ...cutoffFor(joined, latest) },
    } satisfies Marking)
    ctx.facts.set(OLD, { at: new Date(ctx.now()).toISOString(), noted: 0 } satisfies OldInvoices)
    ctx.enqueue({ kind: 'mark-invoices', subject: '', lane: 'push' })
    await orFailure(markAtOnce(ctx))
  })
}

/** What fails here is done by the job. */
async function markAtOnce(ctx: SyncContext): Promise<void> {
  for (let page = 0; page < PAGES_AT_ONCE; page++) if (await hasMarkedAll(ctx, { isAtOnce: true })) return
}

const POLLED = 'tribe:Activity_Invoice:cursor'
const cutoffFor = (phases: readonly string[], cutoff: string): Cutoffs =>
  Object.fromEntries(phases.map((id) => [id, cutoff]))

/** Of a tenant that an earlier version activated: its phases joined then. */
function inherited(ctx: SyncContext, sent: ReadonlySet<string>, marking: Partial<Marking> | null): Cutoffs {
  const cutoff = ctx.facts.get(ONLY_CUTOFF)
  return cutoff === null || marking !== null ? {} : cutoffFor([...sent], cutoff)
}

/** The job `mark-invoices`: notes a page a run. */
export const markSentBefore: Step = async (ctx) =>
  ctx.withLock('invoices:lines', async () =>
    (await hasMarkedAll(ctx, { isAtOnce: false }))
      ? DONE
      : { status: 'again', afterSeconds: 0, because: 'more pages' },
  )

async function hasMarkedAll(ctx: SyncContext, { isAtOnce }: { isAtOnce: boolean }): Promise<boolean> {
  const under = ctx.facts.get(MARKING)
  if (!under?.phases) return true
  const page = await ctx.tribe.invoicesInPhases(Object.keys(under.phases), under.next ?? undefined)
  const later = under.isWhole ? 'new' : 'told'
  const doubt = isAtOnce ? 'old' : later
  const added = notePage(ctx, page, { phases: under.phases, doubt })
  const now: Marking = {
    ...under,
    next: page.next,
    pages: under.pages + Number(page.rows.length > 0),
    added: under.added + added,
  }
  const old = oldInvoices(ctx)
  if (old && added > 0) ctx.facts.set(OLD, { ...old, noted: old.noted + added })
  if (page.next !== null) ctx.facts.set(MARKING, now)
  else if (now.added > 0) {
    const isWhole = under.pass === 1 ? isAtOnce && now.pages === 1 : under.isWhole
    ctx.facts.set(MARKING, { ...now, pass: now.pass + 1, pages: 0, added: 0, isWhole })
  } else {
    ctx.facts.set(CUTOFFS, { ...cutoffsOf(ctx), ...under.phases })
    ctx.facts.remove(MARKING)
    return true
  }
  return false
}

/** Gives how many were noted. What the relay has begun, or an admin has on the desk, is known to be new. */
function notePage(
  ctx: SyncContext,
  page: { rows: readonly InvoiceHead[]; unreadable: readonly string[] },
  { phases, doubt }: { phases: Cutoffs; doubt: 'old' | 'new' | 'told' },
): number {
  const parked = new Set(ctx.parkedOf('invoice'))
  const isKnown = (id: string) =>
    noteOf(ctx, id) !== null || begunOf(ctx, id) !== null || parked.has(recordSubject('tribe', id))
  const unknown = page.rows.filter(({ ID }) => !isKnown(ID))
  const ages = unknown.map((invoice) => [invoice, ageOf(invoice, phases)] as const)
  const isOld = (age: Age) => age === 'old' || (age === 'doubtful' && doubt !== 'new')
  const old = ages.filter(([, age]) => isOld(age)).map(([invoice]) => invoice)
  const ids = [...old.map(({ ID }) => ID), ...page.unreadable.filter((id) => !isKnown(id))]
  for (const id of ids) ctx.facts.set(nameOf(id), true satisfies Note)
  if (doubt === 'told')
    for (const [invoice, age] of ages)
      if (age === 'doubtful' && !isSurelyOld(invoice, phases))
        giveNotice(ctx, invoice.ID, 'invoice.old_or_new')
  return ids.length
}

/** Older than the cutoff and changed since: a reminder changes an invoice as well as the sending does. */
type Age = 'old' | 'new' | 'doubtful'
function ageOf(invoice: InvoiceHead, phases: Cutoffs): Age {
  const cutoff = phases[invoice.Phase?.ID ?? ''] ?? ''
  if ((parseInstant(invoice.CreationDate) ?? '') > cutoff) return 'new'
  return (changedAt(invoice) ?? '') <= cutoff ? 'old' : 'doubtful'
}

function isSurelyOld(invoice: InvoiceHead, phases: Cutoffs): boolean {
  const [date, cutoff] = [dayOf(invoice.InvoiceDate), dayOf(phases[invoice.Phase?.ID ?? ''])]
  return date !== null && cutoff !== null && daysBetween(date, cutoff) >= SURELY_OLD_DAYS
}

function dayOf(date: string | null | undefined): Day | null {
  if (!date) return null
  if (isDay(date)) return date
  const instant = parseInstant(date)
  return instant === null ? null : dayIn(instant, TIME_ZONE)
}
