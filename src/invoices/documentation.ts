import { DOCUMENT_PRIVILEGE } from '../poweroffice/vouchers'
import { ApiError } from '../shared/errors'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import type { InvoicePapers } from '../tribe/schemas'
import { entryFor, lookAlone } from '../two-way/link'
import { refusal } from './guards'
import { asInvoiceLink, type InvoiceLink, withNews } from './link'

/**
 * Tribe's PDF of an invoice becomes the documentation of its voucher. Tribe may make it some time after the invoice
 * is sent: the voucher does not wait for it, and it is looked for at once, then ever more rarely for a day, then told.
 */

/** Of one invoice: since when its PDF is looked for, and whether it may have been handed over. */
interface Search {
  since: number
  isSent: boolean
}
const nameOf = (tribeId: string) => `paper:${tribeId}`

/** As much as PowerOffice takes. */
const MOST_BYTES = 30_000_000
const SECOND_MS = 1000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Looks for the paper of a voucher, where the integration may put it there at all. */
export function askForPaper(ctx: SyncContext, { tribeId }: InvoiceLink): void {
  if (!ctx.powerOfficeProfile.validPrivileges.includes(DOCUMENT_PRIVILEGE)) return
  if (!ctx.cursors.get<Search>(nameOf(tribeId)))
    ctx.cursors.set(nameOf(tribeId), { since: ctx.now(), isSent: false } satisfies Search)
  ctx.enqueue({ kind: 'documentation', subject: `tribe:${tribeId}`, lane: 'bulk' })
}

/** The job `documentation`. */
export const documentInvoice: Step = (ctx, { id }) => {
  const tribeId = id.replace(/^tribe:/, '')
  return lookAlone(ctx, tribeId, () => look(ctx, tribeId))
}

async function look(ctx: SyncContext, tribeId: string): Promise<SyncResult> {
  const search = ctx.cursors.get<Search>(nameOf(tribeId)) ?? { since: ctx.now(), isSent: false }
  const link = asInvoiceLink(await ctx.links.findByTribe('invoice', tribeId))
  // It is asked for before the voucher is noted: whoever posted it is about to do that, or to look for it.
  if (!link || !ctx.settings.invoices.enabled) return later(ctx, search) ?? end(ctx, tribeId)
  if (link.state !== 'linked' || link.life.stage !== 'posted' || link.life.isDocumented)
    return end(ctx, tribeId)
  if (search.isSent && (await ctx.powerOffice.hasPdf(link.powerOfficeId))) return note(ctx, link)
  const bytes = await findPaper(ctx, link)
  if (!bytes) {
    const again = later(ctx, search)
    if (again) return again
    throw refusal('invoice.pdf_missing')
  }
  ctx.cursors.set(nameOf(tribeId), { ...search, isSent: true } satisfies Search)
  await handOver(ctx, link, bytes)
  return note(ctx, link)
}

/** As long again as it was looked for already: ten seconds at least, six hours at most; null after a day. */
function later(ctx: SyncContext, { since }: Search): SyncResult | null {
  const lookedMs = ctx.now() - since
  if (lookedMs >= DAY_MS) return null
  const waitMs = Math.min(Math.max(lookedMs, 10 * SECOND_MS), 6 * HOUR_MS, DAY_MS - lookedMs)
  return {
    status: 'again',
    afterSeconds: Math.ceil(waitMs / SECOND_MS),
    because: 'Tribe has no PDF of it yet',
  }
}

function end(ctx: SyncContext, tribeId: string): SyncResult {
  ctx.cursors.remove(nameOf(tribeId))
  return DONE
}

async function note(ctx: SyncContext, link: InvoiceLink): Promise<SyncResult> {
  ctx.remember(withNews(link, { isDocumented: true }), entryFor(ctx, link)('documented'))
  await ctx.flush()
  return end(ctx, link.tribeId)
}

async function findPaper(ctx: SyncContext, link: InvoiceLink): Promise<Uint8Array | null> {
  try {
    const papers = await ctx.tribe.papersOf(link.tribeId)
    const id = papers && paperOf(papers)
    const bytes = id && (await ctx.tribe.fileOf(id, MOST_BYTES))
    return bytes && isPdf(bytes) ? bytes : null
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown
    if (thrown.code === 'tribe.answer_too_large') throw refusal('invoice.pdf_too_large')
    if (thrown.status === 403) throw refusal('invoice.pdf_not_allowed', 'Tribe')
    throw thrown
  }
}

/** Which of the attachments is the invoice: the PDF that bears its number, else the only PDF; null when none is known to be. */
export function paperOf(invoice: InvoicePapers): string | null {
  const pdfs = (invoice.Attachments ?? []).filter(
    ({ File }) => File?.MimeType?.toLowerCase() === 'application/pdf' || /\.pdf$/i.test(File?.Name ?? ''),
  )
  const number = invoice.Number?.trim() ?? ''
  const named = pdfs.filter(
    ({ Description, File }) => number !== '' && hasWord(`${Description ?? ''} ${File?.Name ?? ''}`, number),
  )
  const [paper] = named.length > 0 ? named : pdfs.length === 1 ? pdfs : []
  return paper?.ID ?? null
}

/** The number by itself: 17 is not in 2017. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = [text[at - 1] ?? ' ', text[at + word.length] ?? ' ']
    if (!around.some((letter) => /[\p{L}\p{N}]/u.test(letter))) return true
  }
  return false
}

/** What is still being written is none. */
const isPdf = (bytes: Uint8Array): boolean => new TextDecoder('latin1').decode(bytes.slice(0, 5)) === '%PDF-'

async function handOver(ctx: SyncContext, link: InvoiceLink, bytes: Uint8Array): Promise<void> {
  try {
    await ctx.powerOffice.putPdf(link.powerOfficeId, { name: `${link.number ?? 'faktura'}.pdf`, bytes })
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy === 'time') throw thrown
    if (thrown.status === 403) throw refusal('invoice.pdf_not_allowed', 'PowerOffice')
    if (thrown.remedy !== 'data') throw thrown
    throw refusal('invoice.pdf_refused', thrown.said ?? '')
  }
}
