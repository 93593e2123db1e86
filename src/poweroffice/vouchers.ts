import type { Caller } from './caller'
import { Voucher, VoucherDocumentation } from './schemas-invoices'

/** The privilege to post invoices that were issued elsewhere, and the one to put papers on them (API.md §3.2). */
export const VOUCHER_PRIVILEGE = 'OutgoingInvoiceVoucher_Full'
export const DOCUMENT_PRIVILEGE = 'VoucherDocumentation_Full'
/** Either lets papers be read. */
export const READS_DOCUMENTS: readonly string[] = ['VoucherDocumentation', DOCUMENT_PRIVILEGE]

const PATHS = {
  invoice: 'Vouchers/OutgoingInvoiceJournals',
  'credit-note': 'Vouchers/OutgoingCreditNoteJournals',
} as const

/** Invoices that were issued elsewhere, and their papers (API.md §7.6, §7.7). */
export function voucherCalls(caller: Caller) {
  return {
    /** Posts at once and for good, with our reference; the posted invoice has the voucher's id. */
    async postVoucher(
      kind: keyof typeof PATHS,
      voucher: object & { ExternalImportReference: string },
    ): Promise<Voucher> {
      return caller.read(Voucher, await caller.write('POST', PATHS[kind], voucher), true)
    },

    /** Whether the voucher has its PDF; nothing listed is none yet. */
    async hasPdf(voucherId: string): Promise<boolean> {
      const query = { id: voucherId, PageNumber: 1, OrderBy: 'VoucherNo asc' }
      const { rows } = await caller.page(VoucherDocumentation, 'VoucherDocumentation', query, 10)
      return rows.some(
        (row) => row.VoucherId.toLowerCase() === voucherId.toLowerCase() && row.HasPdf === true,
      )
    },

    /** A zip with the PDF of an invoice, of so many bytes at most; null when there is none yet. */
    async pdfZipOf(voucherId: string, mostBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
      const query = `id=${encodeURIComponent(voucherId)}&documentationType=Pdf`
      const zip = await caller.bytes(`VoucherDocumentation/Download?${query}`, mostBytes)
      return zip.length > 0 ? zip : null
    },

    /** The PDF of a voucher that we have posted; the last one that is put there counts. 30 MB at most. */
    async putPdf(voucherId: string, { name, bytes }: { name: string; bytes: Uint8Array }): Promise<void> {
      const form = new FormData()
      form.append('file', new Blob([bytes], { type: 'application/pdf' }), name)
      await caller.upload('PUT', `VoucherDocumentation?id=${encodeURIComponent(voucherId)}`, form)
    },
  }
}
