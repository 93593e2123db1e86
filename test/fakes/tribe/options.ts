import type { CustomFields } from './custom-fields'
import type { Scalar } from './store'

/** What may differ between Tribe environments, and what nobody could tell about the real one. */
export interface TribeOptions {
  /** Name of the company that owns the environment. */
  name: string
  /** ISO-2 code of its visiting address. */
  country: string
  /** Currency of new invoices. */
  currency: string
  /** What one unit of an invoice's currency is worth in the company's own. */
  currencyRate: number
  /** Tribe gives a new customer without a debtor number one, right after its creation. */
  autoDebtorNumbers: boolean
  /** First number that `autoDebtorNumbers` gives. */
  firstDebtorNumber: number
  /** The API may change nothing but the phase of an invoice that was sent. */
  frozenInvoices: boolean
  /** Not even the phase of an invoice that was sent can be changed by API. */
  frozenPhases: boolean
  /** Answers leave out what is null. */
  omitNulls: boolean
  /** Whether `$count=true` is understood. */
  countSupported: boolean
  /** Pages that the server cuts off carry `@odata.nextLink`; `elsewhere`: it names another host, as a server behind a proxy may. */
  nextLink: boolean | 'elsewhere'
  /** Writes by API fire webhooks too. */
  echo: boolean
  /** Editing an address or a line moves LastMutationDate of what it belongs to. */
  childBumpsParent: boolean
  /** Changing a link (a phase, an address) moves LastMutationDate. */
  linkBumpsMutation: boolean
  /** A record that was never edited has a LastMutationDate all the same. */
  lastMutationOnCreate: boolean
  personDebtorNumberOn: 'person' | 'role' | 'none'
  vatNumberSpelling: 'VATNumber' | 'VatNumber'
  invoiceDateName: string
  dueDateName: string
  /** The customer's own reference on an invoice. */
  invoiceReferenceName: 'CustomerReference' | 'Reference' | 'none'
  /** How a credit invoice is told from others: a link, a flag, or only by its negative total. */
  creditMarker: 'navigation' | 'flag' | 'none'
  /** What is below zero on a credit invoice. */
  creditSign: 'quantities' | 'prices' | 'nothing'
  invoiceNumberStyle: 'year' | 'plain'
  /** When an invoice that is sent has its PDF: at once, or not before a test makes it. */
  invoicePdf: 'at-once' | 'later'
  /** How large such a PDF is at least. */
  invoicePdfBytes: number
  /** Whether `Amount` of an invoice counts VAT in. */
  amountIncludesVat: boolean
  createAnswers: 200 | 201
  /** Writes answer without a body. */
  emptyWriteAnswers: boolean
  /** What a create by deep insert answers: the record alone, or with what was made along with it. */
  deepInsertAnswers: 'flat' | 'nested'
  metadataFormat: 'xml' | 'json' | 'both'
  /** What null does in a write: it empties the member, is passed over, or is refused. */
  nullWrites: 'clear' | 'ignore' | 'refuse'
  /** What an array of children does in an update. */
  arraysOnUpdate: 'append' | 'replace' | 'refuse'
  /** Where a record can be made along with another: in every write, or in creates only. */
  deepInserts: 'always' | 'creates'
  /** An address posted with a type fills the organisation's slot of that type. */
  addressTypeFillsSlot: boolean
  /** Links that a product must have, e.g. `['Unit', 'VatGroup']`. */
  productRequires: readonly string[]
  /** `eq` on texts does not see case. */
  eqIgnoresCase: boolean
  /** A record that is edited moves to the end of lists without an order, as in a real database. */
  editsMoveRows: boolean
  /** An organisation or person that is deleted takes its addresses along. */
  addressesGoAlong: boolean
  /** The invoicing module is switched on. */
  invoicing: boolean
  /** Client credentials may ask for `offline`. */
  offlineConfigured: boolean
  /** Most requests of this environment that may be under way at once. */
  maxConcurrent: number
  /** Calls in any minute, of one application. */
  requestsPerMinute: number
  /** How a call too many is told when it may come again. */
  limitStyle: 'seconds' | 'date' | 'none'
  /** The largest page; default: the fake's. */
  pageCap: number
  webhookRetries: number
  webhookRetryDelayMs: number
  /** Deliveries under way at once. */
  webhookConcurrency: number
  signatureHeader: string | null
  signatureRecipe: 'hmac-sha512' | 'sha512(secret+body)' | 'sha512(body+secret)'
  payloadStyle: 'full' | 'minimal' | 'edge'
  /** Whether creating and listing webhooks shows their secret. */
  webhookSecretInAnswer: boolean
  webhookIdName: 'id' | 'ID'
  webhookListShape: 'array' | 'value' | 'data'
  /** Entity types that no webhook can follow, with dots. */
  webhookTypesRefused: readonly string[]
  /** How a webhook is shown: as it was made, in PascalCase as records are, or without its address. */
  webhookShown: 'as-made' | 'pascal' | 'without-url'
  /** Values that are refused, by member: `Relation_Organization.EmailAddress`. No page tells all its rules. */
  refuses: Readonly<Record<string, RegExp>>
  /** What is kept in place of a value that the API writes, by member, as in `refuses`: cut, in capitals, rounded. */
  keeps: Readonly<Record<string, (value: string) => string>>
  /**
   * What a new record holds of members that were not given, or given as null, by the type that declares them and the
   * member: `Product.Unit`. A link by the code or name of what it leads to.
   */
  defaults: Readonly<Record<string, Scalar>>
  /** `File.Data` comes along when a file is expanded. */
  fileDataInJson: boolean
  /** Members that an admin added. */
  customFields: CustomFields
  /** `$metadata` says what users call members, and which ones cannot be written. */
  annotations: boolean
  /** Custom fields of an invoice that was sent can be changed all the same. */
  customFieldsThaw: boolean
  clientId: string
  clientSecret: string
}

export function withDefaults(
  options: Partial<TribeOptions>,
  own: { key: string; pageCap: number },
): TribeOptions {
  return {
    name: 'Fjordlys AS',
    country: 'NO',
    currency: 'NOK',
    currencyRate: 1,
    autoDebtorNumbers: false,
    firstDebtorNumber: 5001,
    frozenInvoices: true,
    frozenPhases: false,
    omitNulls: false,
    countSupported: true,
    nextLink: false,
    echo: true,
    childBumpsParent: false,
    linkBumpsMutation: true,
    lastMutationOnCreate: false,
    personDebtorNumberOn: 'person',
    vatNumberSpelling: 'VATNumber',
    invoiceDateName: 'InvoiceDate',
    dueDateName: 'ExpirationDate',
    invoiceReferenceName: 'CustomerReference',
    creditMarker: 'navigation',
    creditSign: 'quantities',
    invoiceNumberStyle: 'year',
    invoicePdf: 'at-once',
    invoicePdfBytes: 0,
    amountIncludesVat: true,
    createAnswers: 201,
    emptyWriteAnswers: false,
    deepInsertAnswers: 'flat',
    metadataFormat: 'both',
    nullWrites: 'clear',
    arraysOnUpdate: 'append',
    deepInserts: 'always',
    addressTypeFillsSlot: false,
    productRequires: [],
    eqIgnoresCase: false,
    editsMoveRows: true,
    addressesGoAlong: true,
    invoicing: true,
    offlineConfigured: false,
    maxConcurrent: 4,
    requestsPerMinute: 1000,
    limitStyle: 'seconds',
    pageCap: own.pageCap,
    webhookRetries: 0,
    webhookRetryDelayMs: 50,
    webhookConcurrency: 8,
    signatureHeader: 'X-Tribe-Signature',
    signatureRecipe: 'hmac-sha512',
    payloadStyle: 'full',
    webhookSecretInAnswer: false,
    webhookIdName: 'id',
    webhookListShape: 'array',
    webhookTypesRefused: [],
    webhookShown: 'as-made',
    refuses: {},
    keeps: {},
    defaults: {},
    fileDataInJson: false,
    customFields: {},
    annotations: false,
    customFieldsThaw: true,
    clientId: `client-${own.key}`,
    clientSecret: `secret-${own.key}`,
    ...options,
  }
}
