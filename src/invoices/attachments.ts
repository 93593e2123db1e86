import type { FactOf } from '../facts'
import { ATTACHMENT_PRIVILEGE } from '../poweroffice/attachments'
import { ApiError } from '../shared/errors'
import { recordIn, recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import type { InvoicePapers } from '../tribe/schemas'
import { entryFor, lookAlone } from '../two-way/link'
import type { Begun } from './begun'
import { refusal } from './diagnose'
import { asInvoiceLink, type InvoiceLink, withNews } from './link'

/**
 * What hangs on an invoice in Tribe goes to its sales order before that is posted, each file once. PowerOffice has no
 * reference for files: what was put there is noted in the tenant's object, and what may have arrived is looked for.
 */

/** Of one order. */
type Brought = FactOf<`attachments:${string}`>
const NOTHING: Brought = { arrived: {}, refused: {}, sending: null }
const nameOf = (orderId: string) => `attachments:${orderId}` as const

/** One is in memory several times over on its way. */
const MOST_BYTES = 20_000_000
/** A call that was given up may take effect this much later. */
const LATEST_MS = 600_000
/** So long one file may hold up an invoice. */
const HELD_UP_MS = 3_600_000
/** An order may show a moment after it was made. */
const SHOWN_MS = 60_000

/** Whether files are to be brought to an order that is begun now. */
export const owesAttachments = (ctx: SyncContext, { mode }: Begun): boolean =>
  mode !== 'voucher' &&
  ctx.settings.invoices.attachments === 'all' &&
  ctx.powerOfficeProfile.validPrivileges.includes(ATTACHMENT_PRIVILEGE)

/** The link of an order that has all that it gets; or a look later, since one may be on its way. */
export async function bringAttachments(
  ctx: SyncContext,
  link: InvoiceLink,
): Promise<InvoiceLink | { again: SyncResult }> {
  if (!link.exportState.owesAttachments) return link
  const brought = ctx.facts.get(nameOf(link.powerOfficeId)) ?? NOTHING
  const isWanted = ctx.settings.invoices.attachments === 'all'
  const outcome = isWanted ? await bringAll(ctx, link, brought) : { brought, isAllowed: true }
  return 'again' in outcome ? outcome : settle(ctx, link, outcome)
}

interface Outcome {
  brought: Brought
  /** False: one of the systems does not let it. */
  isAllowed: boolean
}

async function bringAll(
  ctx: SyncContext,
  link: InvoiceLink,
  before: Brought,
): Promise<Outcome | { again: SyncResult }> {
  let brought = before
  try {
    const papers = await ctx.tribe.papersOf(link.tribeId)
    const hidden = papers ? null : waitWhileHidden(ctx, link.powerOfficeId, brought)
    if (hidden) return hidden
    for (const file of papers ? filesOf(papers) : []) {
      if (file.id in brought.arrived || file.id in brought.refused) continue
      const next = await bring(ctx, link.powerOfficeId, file, brought)
      if ('again' in next) return next
      brought = next
      ctx.facts.set(nameOf(link.powerOfficeId), brought)
    }
    return { brought, isAllowed: true }
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.status === 403) return { brought, isAllowed: false }
    throw thrown
  }
}

/** Deleted just now, it is not to be posted: the next look finds out. Null: it was shown all the while, but for its files. */
function waitWhileHidden(ctx: SyncContext, orderId: string, brought: Brought): { again: SyncResult } | null {
  const since = brought.trouble?.id === '' ? brought.trouble.since : ctx.now()
  const troubledMs = ctx.now() - since
  if (troubledMs >= SHOWN_MS) return null
  ctx.facts.set(nameOf(orderId), { ...brought, trouble: { id: '', since } } satisfies Brought)
  return { again: again(troubledMs, SHOWN_MS) }
}

interface TribeFile {
  id: string
  name: string
  mimeType: string
}

/** In an order of its own, so that two files of one name get the same two names in each run. Pure. */
export function filesOf({ Attachments }: InvoicePapers): TribeFile[] {
  const taken = new Set<string>()
  const sorted = (Attachments ?? []).toSorted((a, b) => (a.ID < b.ID ? -1 : 1))
  return sorted.flatMap(({ ID, Description, File }) => {
    const name = (File?.Name || Description || 'vedlegg').replace(/[\p{C}/\\]+/gu, ' ').trim() || 'vedlegg'
    // What the relay itself brought from an order that was posted.
    if (/^PowerOffice \d+\.pdf$/.test(name)) return []
    const own = freeName(name, taken)
    taken.add(own.toLowerCase())
    return [{ id: ID, name: own, mimeType: File?.MimeType || 'application/octet-stream' }]
  })
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  for (let n = 1; ; n++) {
    const own = n === 1 ? name : `${stem} (${n})${ending}`
    if (!taken.has(own.toLowerCase())) return own
  }
}

async function bring(
  ctx: SyncContext,
  orderId: string,
  file: TribeFile,
  brought: Brought,
): Promise<Brought | { again: SyncResult }> {
  const { sending } = brought
  const since = brought.trouble?.id === file.id ? brought.trouble.since : ctx.now()
  const troubledMs = ctx.now() - since
  const bytes = await bytesOf(ctx, file).catch((thrown: unknown) => {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'time') throw thrown
    if (troubledMs >= HELD_UP_MS) return 'unreadable' as const
    ctx.facts.set(nameOf(orderId), { ...brought, trouble: { id: file.id, since } } satisfies Brought)
    throw thrown
  })
  if (bytes === 'too-large' || bytes === 'unreadable') return refused(brought, file)
  if (sending?.id === file.id) {
    const there = await findArrived(ctx, orderId, { ...file, bytes: bytes?.length ?? null }, brought)
    if (there !== null) return arrived(brought, file, there)
    const restMs = sending.at + LATEST_MS - ctx.now()
    if (restMs > 0) return { again: again(ctx.now() - sending.at, restMs) }
  }
  // It was taken away in Tribe meanwhile.
  if (bytes === null) return { ...brought, sending: null }
  return sendFile(ctx, orderId, { ...file, bytes }, brought, since)
}

/** `since`: when it was first in trouble, else now. */
async function sendFile(
  ctx: SyncContext,
  orderId: string,
  file: TribeFile & { bytes: Uint8Array<ArrayBuffer> },
  brought: Brought,
  since: number,
): Promise<Brought | { again: SyncResult }> {
  const troubledMs = ctx.now() - since
  ctx.facts.set(nameOf(orderId), { ...brought, sending: { id: file.id, at: ctx.now() } } satisfies Brought)
  try {
    return arrived(brought, file, (await ctx.powerOffice.attach(orderId, file)).Id)
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.outcomeUnknown) throw thrown
    ctx.facts.set(nameOf(orderId), { ...brought, sending: null } satisfies Brought)
    if (thrown.remedy !== 'data') throw thrown
    // Whoever looks next finds out what became of the order.
    if (thrown.status === 404 && troubledMs < SHOWN_MS) {
      const trouble = { id: file.id, since }
      ctx.facts.set(nameOf(orderId), { ...brought, trouble, sending: null } satisfies Brought)
      return { again: again(troubledMs, SHOWN_MS) }
    }
    return refused(brought, file)
  }
}

const arrived = (brought: Brought, { id }: TribeFile, there: number): Brought => ({
  ...brought,
  arrived: { ...brought.arrived, [id]: there },
  sending: null,
})
const refused = (brought: Brought, { id, name }: TribeFile): Brought => ({
  ...brought,
  refused: { ...brought.refused, [id]: name },
  sending: null,
})

const again = (waitedMs: number, restMs: number): SyncResult => ({
  status: 'again',
  because: 'what hangs on it may be on its way, or Tribe does not show it any more',
  afterSeconds: Math.ceil(Math.min(Math.max(waitedMs, 2000), restMs) / 1000),
})

/** Null: it is gone. */
async function bytesOf(ctx: SyncContext, { id }: TribeFile) {
  try {
    const bytes = await ctx.tribe.fileOf(id, MOST_BYTES)
    // An answer that was cut off right at its beginning looks like an empty file, which no order takes.
    if (bytes?.length === 0)
      throw new ApiError('tribe.unreadable_answer', 'time', 'Tribe answered an empty file', 200)
    return bytes
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.code === 'tribe.answer_too_large') return 'too-large'
    throw thrown
  }
}

/** By its name, or by its size where PowerOffice keeps names in its own way, among what is not known to be another one. */
async function findArrived(
  ctx: SyncContext,
  orderId: string,
  { name, bytes }: { name: string; bytes: number | null },
  brought: Brought,
): Promise<number | null> {
  const known = new Set(Object.values(brought.arrived))
  const rows = (await ctx.powerOffice.attachmentsOf(orderId)).filter(({ Id }) => !known.has(Id))
  const found =
    rows.find(({ FileName }) => FileName?.trim() === name) ??
    rows.find(({ FileSize }) => bytes !== null && FileSize === bytes)
  return found?.Id ?? null
}

// ── How it ended ────────────────────────────────────────────────────────────

const jobOf = (tribeId: string) =>
  ({ kind: 'attachments', subject: recordSubject('tribe', tribeId), lane: 'bulk' }) as const
/** As many as a message has room for. */
const NAMES_TOLD = 5
const NAME_LENGTH = 80

async function settle(ctx: SyncContext, link: InvoiceLink, { brought, isAllowed }: Outcome) {
  const names = Object.values(brought.refused)
  const count = Object.keys(brought.arrived).length
  const now = withNews(link, { owesAttachments: false })
  ctx.remember(now, ...(count > 0 ? [entryFor(ctx, link)('attachments-brought', { count })] : []))
  if (!isAllowed) ctx.park(jobOf(link.tribeId), refusal('invoice.attachments_not_allowed'))
  else if (names.length > 0) ctx.park(jobOf(link.tribeId), refusal('invoice.attachment_refused', told(names)))
  if (count === 0 && names.length === 0) return now
  // Until the link says so, the notes do.
  await ctx.flush()
  if (isAllowed && names.length === 0) ctx.facts.remove(nameOf(link.powerOfficeId))
  return now
}

const told = (names: readonly string[]): string =>
  [
    ...names.slice(0, NAMES_TOLD).map((name) => name.slice(0, NAME_LENGTH)),
    ...(names.length > NAMES_TOLD ? [`and ${names.length - NAMES_TOLD} more`] : []),
  ].join(', ')

/** The job `attachments`: what was refused is tried once more while the order is a draft, and else set aside. */
export const retryAttachments: Step = (ctx, { id }) => {
  const { id: tribeId } = recordIn(id)
  return lookAlone(ctx, tribeId, async () => {
    const link = asInvoiceLink(await ctx.links.findByTribe('invoice', tribeId))
    if (!link) return DONE
    const name = nameOf(link.powerOfficeId)
    if (link.state !== 'linked' || link.exportState.stage !== 'draft') {
      ctx.facts.remove(name)
      return DONE
    }
    const brought = ctx.facts.get(name)
    if (brought) ctx.facts.set(name, { ...brought, refused: {} } satisfies Brought)
    ctx.remember(withNews(link, { owesAttachments: true }))
    await ctx.flush()
    ctx.enqueue({ kind: 'invoice', subject: recordSubject('tribe', tribeId), lane: 'push' })
    return DONE
  })
}
