/** /VoucherDocumentation: what papers a voucher has, their download, and the PDF that an integration puts on its own. */
import type { Books } from './books'
import type { Call, Handlers } from './call'
import type { JsonObject } from './json'
import type { OutgoingInvoiceDto } from './models/invoices'
import { Problem } from './problem'
import { type ZipEntry, zipOf } from './zip'

export interface Document {
  name: string
  bytes: Uint8Array
}

const MOST_BYTES = 30 * 1024 * 1024
const SUBJECT = 'Voucher documentation validation error(s)'

/** An invoice that PowerOffice made has its PDF by itself; one that was only posted has what was put there. */
function pdfOf(
  books: Books,
  invoice: Pick<OutgoingInvoiceDto, 'Id' | 'InvoiceNo' | 'SentDateTimeOffset'>,
): ZipEntry | null {
  const { Id, InvoiceNo, SentDateTimeOffset } = invoice
  if (books.vouchers.has(Id)) return books.documents.get(Id) ?? null
  const sentAt = SentDateTimeOffset === null ? 0 : Date.parse(SentDateTimeOffset)
  if (books.now().getTime() < sentAt + books.quirks.pdfAfterMs) return null
  const text = `%PDF-1.7\n% Faktura ${InvoiceNo}\n%%EOF\n`.padEnd(books.quirks.pdfBytes)
  return { name: `Faktura_${InvoiceNo}.pdf`, bytes: new TextEncoder().encode(text) }
}

function shown(books: Books, { Id, VoucherNo, VoucherType, ...invoice }: OutgoingInvoiceDto): JsonObject {
  const isImported = books.vouchers.has(Id)
  return {
    VoucherId: Id,
    VoucherNo,
    VoucherType,
    HasPdf: pdfOf(books, { Id, ...invoice }) !== null,
    HasEhf: invoice.InvoiceDeliveryType === 'EHF',
    HasImages: false,
    HasSalesOrderAttachments: books.attachments.all().some(({ SalesOrderId }) => SalesOrderId === Id),
    IsImported: isImported,
  }
}

function list({ books, query }: Call): { list: JsonObject[] } {
  const isAsked = ({ Id, VoucherNo }: OutgoingInvoiceDto) =>
    (query.id === undefined || query.id === Id) &&
    (query.voucherNo === undefined || Number(query.voucherNo) === VoucherNo)
  const rows = books.invoices
    .listed()
    .filter(isAsked)
    .map((invoice) => shown(books, invoice))
  return { list: books.quirks.undocumentedListed ? rows : rows.filter(({ HasPdf }) => HasPdf) }
}

/** A zip of what is asked for; nothing when there is nothing. */
function download({ books, query }: Call) {
  const wanted = query.documentationType ?? 'All'
  const invoice = books.invoices.find(query.id ?? '')
  const entries: ZipEntry[] = []
  const pdf = invoice && ['Pdf', 'All'].includes(wanted) ? pdfOf(books, invoice) : null
  if (pdf) entries.push(pdf)
  if (invoice?.InvoiceDeliveryType === 'EHF' && ['Ehf', 'All'].includes(wanted))
    entries.push({ name: `${invoice.InvoiceNo}.xml`, bytes: new TextEncoder().encode('<Invoice/>') })
  if (entries.length === 0) return { json: null, status: 204 }
  const zip = zipOf(entries, books.quirks.zipStyle)
  const bytes = books.quirks.zipBroken ? zip.slice(0, Math.floor(zip.length / 2)) : zip
  return { bytes, type: 'application/zip' }
}

function put({ books, query, file, violation }: Call) {
  const id = query.id ?? ''
  const refuse = (why: string): never => {
    throw new Problem(400, SUBJECT, why)
  }
  if (!books.vouchers.has(id)) return refuse(`Voucher with id = ${id} was not posted by this integration.`)
  if (!file || file.bytes.length === 0) return refuse('The file is empty.')
  if (file.type !== 'application/pdf') violation(`a document of the type "${file.type}"`)
  if (new TextDecoder('latin1').decode(file.bytes.slice(0, 5)) !== '%PDF-')
    return refuse('The file is no PDF.')
  if (file.bytes.length > MOST_BYTES) return refuse('The file is larger than 30 MB.')
  books.documents.set(id, { name: file.name, bytes: file.bytes })
  return { json: null }
}

export const documentRoutes: Handlers = {
  'GET /VoucherDocumentation': list,
  'GET /VoucherDocumentation/Download': download,
  'PUT /VoucherDocumentation': put,
}
