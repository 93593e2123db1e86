import { ApiError } from '../shared/errors'
import { fileInZip } from '../shared/zip'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import { entryFor } from '../two-way/link'
import { refusal } from './diagnose'
import { askForInvoice, lookWhyRefused } from './gone'
import { type InvoiceLink, withNews } from './link'
import {
  endPaperSearch,
  isPaperAllowed,
  isPaperWanted,
  later,
  noteHandedOver,
  notePaperRefused,
  notePaperTaken,
  noteSurelyUnsent,
  owePaper,
  type PaperSearch,
  untilSurelyUnsent,
} from './paper-search'

/**
 * PowerOffice's PDF of an invoice that it has issued goes to Tribe, where whoever sold it looks for it. PowerOffice makes
 * it some time after posting, and sends it in a zip.
 */

/** Kept in memory several times over on its way, as bytes and as text. */
const MOST_BYTES = 10_000_000
const MOST_ZIP_BYTES = 12_000_000

/** By this name it is known again. */
const nameFor = ({ number }: InvoiceLink): string => `PowerOffice ${number ?? ''}`.trim()

export async function bringPdfToTribe(
  ctx: SyncContext,
  link: InvoiceLink,
  search: PaperSearch,
): Promise<SyncResult> {
  if (!isPaperWanted(ctx, link)) return end(ctx, link)
  if (!isPaperAllowed(ctx, link.exportState.mode)) return owed(ctx, link)
  const isThere = await by(ctx, 'PowerOffice', () => ctx.powerOffice.hasPdf(link.powerOfficeId))
  if (isThere === REFUSED) return owed(ctx, link)
  const attached = await by(ctx, 'Tribe', () => isAttached(ctx, link))
  if (attached === REFUSED) return owed(ctx, link)
  if (attached === 'unknown') {
    askForInvoice(ctx, link.tribeId)
    return end(ctx, link)
  }
  if (attached) return noted(ctx, link)
  return untilSurelyUnsent(ctx, search) ?? bring(ctx, link, search, isThere)
}

/** Tribe's invoice surely does not have it. */
async function bring(
  ctx: SyncContext,
  link: InvoiceLink,
  search: PaperSearch,
  isThere: boolean,
): Promise<SyncResult> {
  const pdf = isThere ? await by(ctx, 'PowerOffice', () => pdfOf(ctx, link)) : null
  if (pdf === REFUSED) return owed(ctx, link)
  if (pdf === null || pdf === 'broken') {
    const again = later(ctx, search, 'PowerOffice shows no PDF of it yet')
    if (again) return again
    throw refusal(pdf === 'broken' ? 'invoice.paper_unreadable' : 'invoice.paper_missing')
  }
  return (await handOver(ctx, link, search, pdf)) === REFUSED ? owed(ctx, link) : noted(ctx, link)
}

/** Whether Tribe's invoice has it already; `unknown`: Tribe does not know the invoice any more. */
async function isAttached(ctx: SyncContext, link: InvoiceLink): Promise<boolean | 'unknown'> {
  const papers = await ctx.tribe.papersOf(link.tribeId)
  if (!papers) return 'unknown'
  const name = nameFor(link)
  return (papers.Attachments ?? []).some(
    ({ Description, File }) => File?.Name?.trim() === `${name}.pdf` || Description?.trim() === name,
  )
}

/** Null: there is none yet. `broken`: the zip cannot be read, which may be over the next time. */
async function pdfOf(ctx: SyncContext, link: InvoiceLink): Promise<Uint8Array | 'broken' | null> {
  try {
    const zip = await ctx.powerOffice.pdfZipOf(link.powerOfficeId, MOST_ZIP_BYTES)
    if (!zip) return null
    const found = await fileInZip(zip, (name) => /\.pdf$/i.test(name), MOST_BYTES)
    if ('bytes' in found) return found.bytes
    if (found.fault === 'too-large') throw refusal('invoice.paper_too_large')
    return found.fault === 'broken' ? 'broken' : null
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.code === 'poweroffice.answer_too_large')
      throw refusal('invoice.paper_too_large')
    throw thrown
  }
}

async function handOver(ctx: SyncContext, link: InvoiceLink, search: PaperSearch, pdf: Uint8Array) {
  noteHandedOver(ctx, link.tribeId, search)
  try {
    const attach = () => ctx.tribe.attachPdf(link.tribeId, `${nameFor(link)}.pdf`, pdf)
    return await by(ctx, 'Tribe', attach)
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.outcomeUnknown) throw thrown
    noteSurelyUnsent(ctx, link.tribeId, search)
    if (thrown.status === 413) throw refusal('invoice.paper_too_large')
    if (thrown.remedy !== 'data') throw thrown
    lookWhyRefused(ctx, link.tribeId, thrown)
    throw refusal('invoice.paper_refused', thrown.said ?? '')
  }
}

const REFUSED = Symbol('refused')

/** A right that is missing switches it off, and stops nothing else. */
async function by<T>(
  ctx: SyncContext,
  system: 'Tribe' | 'PowerOffice',
  call: () => Promise<T>,
): Promise<T | typeof REFUSED> {
  try {
    return await call()
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 403) throw thrown
    notePaperRefused(ctx, system)
    return REFUSED
  }
}

async function noted(ctx: SyncContext, link: InvoiceLink): Promise<SyncResult> {
  ctx.remember(withNews(link, { isDocumented: true }), entryFor(ctx, link)('pdf-in-tribe'))
  await ctx.flush()
  notePaperTaken(ctx)
  return end(ctx, link)
}

/** It is brought once the right is there. */
function owed(ctx: SyncContext, link: InvoiceLink): SyncResult {
  owePaper(ctx, link.tribeId)
  return end(ctx, link)
}

function end(ctx: SyncContext, { tribeId }: InvoiceLink): SyncResult {
  endPaperSearch(ctx, tribeId)
  return DONE
}
