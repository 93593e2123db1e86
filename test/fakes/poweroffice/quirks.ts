import type { ZipStyle } from './zip'

/**
 * What nobody outside PowerOffice knows for sure. Each client of the fake can be given either
 * answer, and the relay has to live with both.
 */
export interface Quirks {
  /** How ClientIntegrationInformation names the client: the member may be null, and a uuid may be in capitals. */
  clientIdShown: 'plain' | 'capitals' | 'none'
  /** A 429 says how long to wait. */
  retryAfterHeader: boolean
  /** A change of MailAddress alone moves the contact's LastChangedDateTimeOffset. */
  mailAddressMovesContact: boolean
  /** Archived customers and suppliers are part of lists. */
  archivedInLists: boolean
  /** What a list answers when a filter names only what is not there. */
  nothingNamed: 'nothing' | 'not-found'
  problemStyle: 'lower' | 'pascal'
  /** "2021-09-25 08:03:00.0000000+00:00" instead of a "T" in the middle. */
  timestampsWithSpace: boolean
  /** Its clock tells whole seconds: two changes may have one time. */
  stampsInSeconds: boolean
  unauthorizedBody: 'none' | 'problem'
  forbiddenBody: 'none' | 'problem'
  /** Members that are null are left out of answers. */
  nullsOmitted: boolean
  /** Lists carry x-pagination. */
  paginationHeader: boolean
  unknownMembers: 'refused' | 'ignored'
  /** What Name says of a private person on read. */
  personName: 'null' | 'first-last' | 'last-first'
  productCodesUnique: boolean
  /** The status of a write whose reference, code or number is taken. */
  duplicateStatus: 400 | 409
  /** Numbers of invoices, credited ones too: each as documented, all as text, or all as numbers. */
  invoiceNumbersAs: 'documented' | 'text' | 'number'
  /** What the lines of a voucher are called where one is read: as in 2026, or as in 2025. */
  voucherLinesAs: 'VoucherLines' | 'OutgoingInvoiceLines'
  /** A voucher without a document is listed as one that has none; else nothing is. */
  undocumentedListed: boolean
  /** How long after its posting an invoice that PowerOffice made shows its PDF. */
  pdfAfterMs: number
  /** How large such a PDF is at least. */
  pdfBytes: number
  /** How papers are packed. */
  zipStyle: ZipStyle
  /** The zip is cut in the middle, and its length is that of what is left. */
  zipBroken: boolean
  /** Files that no order takes, by their name. */
  refusesAttachments: RegExp | null
  /** No page says how large a file on an order may be. */
  mostAttachmentBytes: number
  /** `Auto` finds out by itself who can receive EHF; else it goes by how the customer is set. */
  autoAsksElma: boolean
  /** A draft that was deleted gives its ExternalImportReference free. */
  deletedOrderFreesReference: boolean
  /** An order that was sent gives its ExternalImportReference free for another. */
  sentOrderFreesReference: boolean
  /** A line of a voucher takes the department that its account has by default, where it names none. */
  accountsNameDepartments: boolean
  archivedCustomersTakeOrders: boolean
  archivedProductsTakeOrders: boolean
  /** A customer's general e-mail address will do where an invoice address is missing. */
  generalEmailReceivesInvoices: boolean
  /** PdfByEmail on a customer is refused while it has no e-mail address at all. */
  pdfByEmailNeedsAddress: boolean
  /** A credit note with RelatedInvoiceNo is matched with that invoice when it is posted. */
  creditNotesMatchThemselves: boolean
  /** Which ledger entry of a loss says IsWriteOff. */
  writeOffMarks: 'counter-entry' | 'invoice-entry' | 'both'
  /** How long the list of a match leaves a new entry out; balances know of it at once. */
  entriesShowAfterMs: number
  zeroSumsPost: boolean
  /** What a delivery that fails leaves behind: the draft, or an invoice that is posted and has reached nobody. */
  failedDeliveryLeaves: 'draft' | 'posted'
  /** What is posted for download counts as sent; else its sent state has the number alone. */
  downloadsCountAsSent: boolean
  /** Removing the integration also ends the tokens that are out. */
  revokeTokensToo: boolean
  /** Values that are refused, by member: `EmailAddress`, `MailAddress.ZipCode`. No page tells all its rules. */
  refuses: Readonly<Record<string, RegExp>>
  /** What is kept in place of a value that the API writes, by member, as in `refuses`: cut, in capitals, rounded. */
  keeps: Readonly<Record<string, (value: string) => string>>
  /** The answer to a write shows what is kept; else what was sent. */
  keptIsShown: boolean
  /** How a refusal says what is wrong: in its detail, by member as ASP.NET does, or not at all. */
  refusalStyle: 'detail' | 'errors' | 'silent'
  /** How long CreateAndSendInvoice is "being processed". */
  sendDelayMs: number
  /** How long SentState leaves out what was asked for just now. */
  sentStateShowsAfterMs: number
  /** How long a write takes; only what overlaps can be seen to overlap. */
  writeMs: number
}

export const DEFAULT_QUIRKS: Quirks = {
  clientIdShown: 'plain',
  retryAfterHeader: true,
  mailAddressMovesContact: false,
  archivedInLists: true,
  nothingNamed: 'nothing',
  problemStyle: 'lower',
  timestampsWithSpace: false,
  stampsInSeconds: false,
  unauthorizedBody: 'none',
  forbiddenBody: 'none',
  nullsOmitted: false,
  paginationHeader: true,
  unknownMembers: 'refused',
  personName: 'null',
  productCodesUnique: false,
  duplicateStatus: 400,
  invoiceNumbersAs: 'documented',
  voucherLinesAs: 'VoucherLines',
  undocumentedListed: true,
  pdfAfterMs: 0,
  pdfBytes: 0,
  zipStyle: 'deflated',
  zipBroken: false,
  refusesAttachments: null,
  mostAttachmentBytes: 20 * 1024 * 1024,
  autoAsksElma: false,
  deletedOrderFreesReference: true,
  sentOrderFreesReference: false,
  accountsNameDepartments: false,
  archivedCustomersTakeOrders: true,
  archivedProductsTakeOrders: true,
  generalEmailReceivesInvoices: false,
  pdfByEmailNeedsAddress: true,
  creditNotesMatchThemselves: false,
  writeOffMarks: 'counter-entry',
  entriesShowAfterMs: 0,
  zeroSumsPost: true,
  failedDeliveryLeaves: 'draft',
  downloadsCountAsSent: true,
  revokeTokensToo: false,
  refuses: {},
  keeps: {},
  keptIsShown: true,
  refusalStyle: 'detail',
  sendDelayMs: 50,
  sentStateShowsAfterMs: 0,
  writeMs: 10,
}
