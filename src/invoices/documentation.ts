import { ApiError } from '../shared/errors'
import { recordIn } from '../shared/subjects'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import type { InvoicePapers } from '../tribe/schemas'
import { entryFor, lookAlone } from '../two-way/link'
import { refusal } from './diagnose'
import { askForInvoice } from './gone'
import { asInvoiceLink, type InvoiceLink, withNews } from './link'
import {
  endPaperSearch,
  later,
  noteHandedOver,
  type PaperSearch,
  paperSearchOf,
  releaseRefusedPapers,
} from './paper-search'
import { bringPdfToTribe } from './pdf-to-tribe'

/**
 * Tribe's PDF of an invoice becomes the documentation of its voucher; PowerOffice's PDF of what it has issued goes to
 * Tribe. Either may be made some time after the invoice: it is looked for at leisure, and told when it does not come.
 */

/** As much as PowerOffice takes. */
const MOST_BYTES = 30_000_000

/** The job `documentation`: the paper of one invoice, in the direction that its mode has. */
export const documentInvoice: Step = (ctx, { id }) => {
  const { id: tribeId } = recordIn(id)
  return lookAlone(ctx, tribeId, () => look(ctx, tribeId))
}

async function look(ctx: SyncContext, tribeId: string): Promise<SyncResult> {
  const search = paperSearchOf(ctx, tribeId)
  const link = asInvoiceLink(await ctx.links.findByTribe('invoice', tribeId))
  // It is asked for before the posting is noted: whoever posted it is about to do that, or to look for it.
  const isEarly = !link || isYetToBePosted(link) || !ctx.settings.invoices.enabled
  if (isEarly) return later(ctx, search, 'it is not posted yet, or invoices are off') ?? end(ctx, tribeId)
  if (link.state !== 'linked' || link.exportState.stage !== 'posted' || link.exportState.isDocumented)
    return end(ctx, tribeId)
  return link.exportState.mode === 'voucher'
    ? document(ctx, link, search)
    : bringPdfToTribe(ctx, link, search)
}

const isYetToBePosted = ({ state, exportState }: InvoiceLink): boolean =>
  state === 'linked' && (exportState.stage === 'draft' || exportState.stage === 'sending')

async function document(ctx: SyncContext, link: InvoiceLink, search: PaperSearch): Promise<SyncResult> {
  if (search.sentAt !== null && (await ctx.powerOffice.hasPdf(link.powerOfficeId))) return note(ctx, link)
  const bytes = await findPaper(ctx, link)
  if (!bytes) {
    const again = later(ctx, search, 'Tribe has no PDF of it yet')
    if (again) return again
    throw refusal('invoice.pdf_missing')
  }
  noteHandedOver(ctx, link.tribeId, search)
  await handOver(ctx, link, bytes)
  return note(ctx, link)
}

function end(ctx: SyncContext, tribeId: string): SyncResult {
  endPaperSearch(ctx, tribeId)
  return DONE
}

async function note(ctx: SyncContext, link: InvoiceLink): Promise<SyncResult> {
  ctx.remember(withNews(link, { isDocumented: true }), entryFor(ctx, link)('documented'))
  await ctx.flush()
  releaseRefusedPapers(ctx)
  return end(ctx, link.tribeId)
}

async function findPaper(ctx: SyncContext, link: InvoiceLink): Promise<Uint8Array | null> {
  try {
    const papers = await ctx.tribe.papersOf(link.tribeId)
    if (!papers) askForInvoice(ctx, link.tribeId)
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
  const onlyOne = pdfs.length === 1 ? pdfs : []
  const [paper] = named.length > 0 ? named : onlyOne
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
