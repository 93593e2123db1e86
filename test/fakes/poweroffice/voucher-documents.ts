/** /VoucherDocumentation: what papers a voucher has, and the PDF that an integration puts on its own. */
import type { Books } from './books'
import type { Call, Handlers } from './call'
import type { JsonObject } from './json'
import type { OutgoingInvoiceDto } from './models/invoices'
import { Problem } from './problem'

export interface Document {
  name: string
  bytes: Uint8Array
}

const MOST_BYTES = 30 * 1024 * 1024
const SUBJECT = 'Voucher documentation validation error(s)'

/** An invoice that PowerOffice made has its PDF by itself; one that was only posted has what was put there. */
function shown(books: Books, { Id, VoucherNo, VoucherType, ...invoice }: OutgoingInvoiceDto): JsonObject {
  const isImported = books.vouchers.has(Id)
  return {
    VoucherId: Id,
    VoucherNo,
    VoucherType,
    HasPdf: !isImported || books.documents.has(Id),
    HasEhf: invoice.InvoiceDeliveryType === 'EHF',
    HasImages: false,
    HasSalesOrderAttachments: false,
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
  'PUT /VoucherDocumentation': put,
}
