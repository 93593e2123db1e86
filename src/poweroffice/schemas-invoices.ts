import * as z from 'zod/v4'

/** Drafts, posted invoices and the customers' ledger, as PowerOffice sends them (API.md §7, §8). */

const text = z.string().nullish()
/** Numbers of invoices are numbers in some answers and texts in others, and were otherwise a year ago. */
/** PowerOffice keeps 64 bits; null for what a number cannot say. */
const safe = (no: number): number | null => (Number.isSafeInteger(no) ? no : null)
const invoiceNo = z
  .union([
    z.number().transform(safe),
    z.string().transform((no) => (/^\d{1,19}$/.test(no) ? safe(Number(no)) : null)),
  ])
  .nullish()
const invoiceNoAsText = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((no) => (no == null ? null : String(no)))

export const OrderLine = z.object({
  Id: z.string(),
  ProductId: z.int().nullish(),
  Description: text,
  ExternalImportReference: text,
  SortOrder: z.int().nullish(),
  VatCode: text,
  /** A fraction. */
  VatRate: z.number().nullish(),
  Quantity: z.number().nullish(),
  NetAmount: z.number().nullish(),
  VatAmount: z.number().nullish(),
  TotalAmount: z.number().nullish(),
})
export type OrderLine = z.infer<typeof OrderLine>

/** A line of an invoice that was posted, as people read it. */
export const PostedLine = z.object({
  Description: text,
  Quantity: z.number().nullish(),
  NetAmount: z.number().nullish(),
  SortOrder: z.int().nullish(),
})
export type PostedLine = z.infer<typeof PostedLine>

/** A sales order: the draft of an invoice, or of a credit note when its sum is negative (API.md §7.2). */
export const Order = z.object({
  /** The posted invoice will have the same. */
  Id: z.string(),
  SalesOrderNo: z.int().nullish(),
  CustomerId: z.int().nullish(),
  ExternalImportReference: text,
  RelatedInvoiceNo: invoiceNo,
  CurrencyCode: text,
  SalesOrderDate: text,
  DeliveryDate: text,
  NetAmount: z.number(),
  TotalAmount: z.number(),
  SalesOrderLines: z
    .array(OrderLine)
    .nullish()
    .transform((lines) => lines ?? []),
})
export type Order = z.infer<typeof Order>

/** Amounts are in the invoice's currency; balance and posted amount in the client's (API.md §7.5). */
export const PostedInvoice = z.object({
  Id: z.string(),
  InvoiceNo: invoiceNo,
  VoucherNo: z.int().nullish(),
  /** `OutgoingInvoice` or `OutgoingCreditNote`. */
  VoucherType: text,
  VoucherDate: text,
  DueDate: text,
  CustomerId: z.int().nullish(),
  CurrencyCode: text,
  NetAmount: z.number().nullish(),
  TotalAmount: z.number().nullish(),
  TotalPostedAmount: z.number().nullish(),
  /** What is left to pay; null as long as the ledger knows nothing of it. */
  Balance: z.number().nullish(),
  BalanceLastChangedDateTimeOffset: text,
  MatchId: z.int().nullish(),
  IsReversed: z.boolean().nullish(),
  SentDateTimeOffset: text,
  Cid: text,
  ExternalImportReference: text,
  InvoiceDeliveryType: text,
})
export type PostedInvoice = z.infer<typeof PostedInvoice>

/** An invoice that was issued elsewhere, as it was posted (API.md §7.7); it is a posted invoice, too. */
export const Voucher = z.object({ Id: z.string(), VoucherNo: z.int().nullish() })
export type Voucher = z.infer<typeof Voucher>

/** Which papers a voucher has (API.md §7.6). */
export const VoucherDocumentation = z.object({ VoucherId: z.string(), HasPdf: z.boolean().nullish() })

/** A file on a sales order, without its bytes (API.md §7.6). */
export const OrderAttachment = z.object({
  Id: z.int(),
  FileName: text,
  FileSize: z.int().nullish(),
})
export type OrderAttachment = z.infer<typeof OrderAttachment>

/** What the nightly comparison asks of all invoices. */
export const InvoiceSum = PostedInvoice.pick({
  Id: true,
  TotalAmount: true,
  Balance: true,
  IsReversed: true,
  VoucherType: true,
  CurrencyCode: true,
  TotalPostedAmount: true,
})
export type InvoiceSum = z.infer<typeof InvoiceSum>

/** What is told of each invoice, and what revenue takes of it: its amount without VAT, in the client's currency. */
export const InvoiceState = PostedInvoice.pick({
  Id: true,
  CustomerId: true,
  InvoiceNo: true,
  VoucherDate: true,
  DueDate: true,
  NetAmount: true,
  Balance: true,
  IsReversed: true,
  Cid: true,
  SentDateTimeOffset: true,
  InvoiceDeliveryType: true,
}).extend({ NetPostedAmount: z.number().nullish() })
export type InvoiceState = z.infer<typeof InvoiceState>

export const OrderSum = Order.pick({ Id: true, TotalAmount: true, CurrencyCode: true })
export type OrderSum = z.infer<typeof OrderSum>

/** How the sending of a draft went, or goes (API.md §7.4). */
export const SentState = z.object({
  Id: z.string(),
  IsInvoiceBeingProcessed: z.boolean().nullish(),
  SentDateTimeOffset: text,
  LastErrorMessage: text,
  InvoiceNo: invoiceNo,
  DueDate: text,
  InvoiceDeliveryType: text,
})
export type SentState = z.infer<typeof SentState>

/** Invoices are above zero, payments and credit notes below; the number of an invoice is a text here (API.md §8.2). */
export const LedgerEntry = z.object({
  Id: z.int(),
  VoucherId: z.string(),
  VoucherNo: z.int().nullish(),
  VoucherType: text,
  InvoiceNo: invoiceNoAsText,
  CustomerId: z.int().nullish(),
  PostingDate: text,
  VoucherDate: text,
  DueDate: text,
  /** In the client's currency. */
  Amount: z.number(),
  Balance: z.number().nullish(),
  CurrencyAmount: z.number().nullish(),
  CurrencyCode: text,
  MatchId: z.int().nullish(),
  IsWriteOff: z.boolean().nullish(),
})
export type LedgerEntry = z.infer<typeof LedgerEntry>
