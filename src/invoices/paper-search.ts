import type { InvoiceExportState } from '../db/schema'
import type { FactOf } from '../facts'
import { DOCUMENT_PRIVILEGE, READS_DOCUMENTS } from '../poweroffice/vouchers'
import { DAY_MS, HOUR_MS } from '../shared/dates'
import { recordSubject } from '../shared/subjects'
import type { SyncContext, SyncResult } from '../sync-step'
import { asInvoiceLink, type InvoiceLink } from './link'

/**
 * The paper of an invoice may be there only some time after the invoice is. Nothing waits for it: a job of its own looks
 * at once, then ever more rarely for a day.
 */

/** Of one invoice. */
export type PaperSearch = FactOf<`paper:${string}`>

const SECOND_MS = 1000
/** A call that was given up may take effect this much later. */
const LATEST_MS = 600_000

const nameOf = (tribeId: string) => `paper:${tribeId}` as const

export const paperSearchOf = (ctx: SyncContext, tribeId: string): PaperSearch =>
  ctx.facts.get(nameOf(tribeId)) ?? { since: ctx.now(), sentAt: null }

/** Asked for before the posting is noted, so that neither is forgotten. Where a right is missing it is owed until that is there. */
export function askForPaper(ctx: SyncContext, link: InvoiceLink): void {
  const { tribeId } = link
  if (!isPaperWanted(ctx, link)) return
  if (!isPaperAllowed(ctx, link.exportState.mode)) {
    owePaper(ctx, tribeId)
    return
  }
  if (!ctx.facts.get(nameOf(tribeId))) ctx.facts.set(nameOf(tribeId), paperSearchOf(ctx, tribeId))
  ctx.enqueue({ kind: 'documentation', subject: recordSubject('tribe', tribeId), lane: 'bulk' })
}

/**
 * A voucher gets Tribe's PDF. What PowerOffice has issued gives its own to Tribe; what is only booked in PowerOffice has
 * gone to the customer with Tribe's, and PowerOffice's says nothing more.
 */
export function isPaperWanted(ctx: SyncContext, { exportState }: Pick<InvoiceLink, 'exportState'>): boolean {
  const { mode } = exportState
  return mode === 'voucher' || (mode !== 'book' && ctx.settings.invoices.pdfToTribe)
}

/** As far as PowerOffice said when it was connected, and as the last try went. */
export function isPaperAllowed(ctx: SyncContext, mode: InvoiceExportState['mode']): boolean {
  const may = (privileges: readonly string[]) =>
    privileges.some((one) => ctx.powerOfficeProfile.validPrivileges.includes(one))
  if (mode === 'voucher') return may([DOCUMENT_PRIVILEGE])
  return may(READS_DOCUMENTS) && !isRefused(ctx)
}

/** As long again as it was looked for already: ten seconds at least, six hours at most; null after a day. */
export function later(ctx: SyncContext, { since }: PaperSearch, because: string): SyncResult | null {
  const lookedMs = ctx.now() - since
  if (lookedMs >= DAY_MS) return null
  const waitMs = Math.min(Math.max(lookedMs, 10 * SECOND_MS), 6 * HOUR_MS, DAY_MS - lookedMs)
  return { status: 'again', afterSeconds: Math.ceil(waitMs / SECOND_MS), because }
}

/** Waits while what was sent may still be on its way to where it would be seen; null: it may be sent. */
export function untilSurelyUnsent(ctx: SyncContext, { sentAt }: PaperSearch): SyncResult | null {
  if (sentAt === null) return null
  const waitedMs = ctx.now() - sentAt
  const restMs = LATEST_MS - waitedMs
  if (restMs <= 0) return null
  const waitMs = Math.min(Math.max(waitedMs, 10 * SECOND_MS), restMs)
  const because = 'what was handed over may show in a moment'
  return { status: 'again', afterSeconds: Math.ceil(waitMs / SECOND_MS), because }
}

/** Noted before it leaves: whoever finds this looks whether it arrived. */
export const noteHandedOver = (ctx: SyncContext, tribeId: string, search: PaperSearch): void =>
  ctx.facts.set(nameOf(tribeId), { ...search, sentAt: ctx.now() } satisfies PaperSearch)

export const noteSurelyUnsent = (ctx: SyncContext, tribeId: string, search: PaperSearch): void =>
  ctx.facts.set(nameOf(tribeId), { ...search, sentAt: null } satisfies PaperSearch)

export const endPaperSearch = (ctx: SyncContext, tribeId: string): void => ctx.facts.remove(nameOf(tribeId))

// ── Rights that are missing ─────────────────────────────────────────────────

/** Who refused PowerOffice's PDFs on their way to Tribe, and when. */
type PaperRefused = FactOf<'paper-refused'>
/** The tenant's object reads it, too, for the checklist. */
const PAPER_REFUSED = 'paper-refused'

/** It is off then, and tried again with the first invoice of another day. */
export const notePaperRefused = (ctx: SyncContext, by: PaperRefused['by']): void =>
  ctx.facts.set(PAPER_REFUSED, { by, at: ctx.now() } satisfies PaperRefused)

export function notePaperTaken(ctx: SyncContext): void {
  if (ctx.facts.get(PAPER_REFUSED)) ctx.facts.remove(PAPER_REFUSED)
}

function isRefused(ctx: SyncContext): boolean {
  const refused = ctx.facts.get(PAPER_REFUSED)
  return refused !== null && ctx.now() - refused.at < DAY_MS
}

// ── Papers that are owed ────────────────────────────────────────────────────

/** Invoices whose paper was due while a right was missing: the newest so many, and so many are asked for in one go. */
const MOST_OWED = 500
const AT_ONCE = 25
const OWED = 'papers-owed'

export function owePaper(ctx: SyncContext, tribeId: string): void {
  const owed = (ctx.facts.get(OWED) ?? []).filter((id) => id !== tribeId)
  ctx.facts.set(OWED, [...owed, tribeId].slice(-MOST_OWED))
}

/** Asks for some of the papers that are owed, now that the right is there; without one it costs no call. */
export async function askForOwedPapers(ctx: SyncContext): Promise<void> {
  const owed = ctx.facts.get(OWED) ?? []
  const now = owed.slice(0, AT_ONCE)
  const isAnyAllowed = isPaperAllowed(ctx, 'voucher') || isPaperAllowed(ctx, 'draft')
  if (now.length === 0 || !isAnyAllowed || !ctx.settings.invoices.enabled) return
  const links = new Map((await ctx.links.amongTribe('invoice', now)).map((link) => [link.tribeId, link]))
  // What happened meanwhile is no reason to lose any.
  const others = (ctx.facts.get(OWED) ?? []).filter((id) => !now.includes(id))
  ctx.facts.set(OWED, others)
  for (const tribeId of now) {
    const link = asInvoiceLink(links.get(tribeId) ?? null)
    if (link?.state !== 'linked' || link.exportState.stage !== 'posted' || link.exportState.isDocumented)
      continue
    askForPaper(ctx, link)
  }
  if ((ctx.facts.get(OWED) ?? []).length === 0) ctx.facts.remove(OWED)
}

const RELEASED = 'papers-released'

/** A voucher has taken a paper: those that a right was missing for are tried again, once a day at most. */
export function releaseRefusedPapers(ctx: SyncContext): void {
  const at = ctx.facts.get(RELEASED)
  if ((at !== null && ctx.now() - at < DAY_MS) || ctx.parkedOf('documentation').length === 0) return
  ctx.facts.set(RELEASED, ctx.now())
  ctx.release(['invoice.pdf_not_allowed'])
}
