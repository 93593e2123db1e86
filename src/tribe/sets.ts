import * as z from 'zod/v4'
import {
  Address,
  AnyRole,
  CompanyCustomer,
  ContactPerson,
  Invoice,
  InvoiceLine,
  Organization,
  Person,
  PrivateCustomer,
  Product,
} from './schemas'

/**
 * What we read of each of Tribe's sets, by the names of API.md §5: its own members, and
 * the records that come along. One table for what is asked, what is spelled otherwise, and what is probed.
 */
export interface SetShape {
  members: readonly string[]
  /** Members that a blank empties. */
  texts?: readonly string[]
  /** Navigation → the set it leads to, and which of that set's members and navigations; all when none is named. */
  along: Readonly<Record<string, { set: string; only?: readonly string[] }>>
  /** What else a member may be called, best first; a pattern finds a link to one invoice. */
  aliases?: Readonly<Record<string, readonly (string | RegExp)[]>>
  /** Names that are guessed: left out until Tribe's own metadata shows them. */
  guessed?: readonly string[]
}

export const CUSTOMER_ORGANIZATION = 'Relationship_Organization_CommercialRelationship_Customer'
export const CUSTOMER_PERSON = 'Relationship_Person_CommercialRelationship_Customer'
export const SUPPLIER = 'Relationship_Organization_Supplier'
export const CONTACT = 'Relationship_Person_Contact_Standard'
export const ORGANIZATION = 'Relation_Organization'
export const PERSON = 'Relation_Person'
export const ADDRESS = 'Address'
export const INVOICE = 'Activity_Invoice'
export const INVOICE_PHASE = 'Datastore_Phase_ActivityInvoice'
export const PAYMENT = 'Payment'
export const PAYMENT_STATUS = 'Datastore_PaymentStatus'

const DATES = ['CreationDate', 'LastMutationDate']
const VAT_GROUP = { set: 'Datastore_VatGroup', only: ['Name', 'Code', 'Percentage'] }

/** Amounts of an invoice as a whole; nobody names them (API.md §6.1). */
const INVOICE_TOTALS = ['TotalExcludingVat', 'TotalIncludingVat', 'VatAmount'].flatMap((name) => [
  name,
  `${name}InCurrency`,
])

/** The members that hold a value, as the schema of a set reads them: what is linked to it comes along. */
function valuesOf({ shape }: z.ZodObject): Pick<SetShape, 'members' | 'texts'> {
  const members = Object.entries(shape).filter(([name]) => name !== 'ID')
  const holding = (...kinds: (typeof z.ZodString | typeof z.ZodNumber | typeof z.ZodBoolean)[]) =>
    members.flatMap(([name, type]) => (kinds.some((kind) => bare(type) instanceof kind) ? [name] : []))
  return {
    members: holding(z.ZodString, z.ZodNumber, z.ZodBoolean),
    texts: holding(z.ZodString),
  }
}

const bare = (type: z.core.$ZodType): z.core.$ZodType =>
  type instanceof z.ZodOptional || type instanceof z.ZodNullable ? bare(type.unwrap()) : type

export const SHAPES: Readonly<Record<string, SetShape>> = {
  Datastore_Country: { members: ['Code'], along: {} },
  Datastore_Unit: { members: ['Name', 'Code'], along: {} },
  Datastore_VatGroup: {
    members: ['Name', 'Code', 'Percentage'],
    along: { Country: { set: 'Datastore_Country' } },
  },
  [INVOICE_PHASE]: { members: ['Code', '_Name'], along: {} },
  [PAYMENT_STATUS]: { members: ['Name', 'Code'], along: {} },
  ProductGroup: { members: ['Name'], along: {} },
  Product: {
    ...valuesOf(Product),
    along: {
      Unit: { set: 'Datastore_Unit' },
      VatGroup: VAT_GROUP,
      ProductGroup: { set: 'ProductGroup' },
    },
  },
  Address: { ...valuesOf(Address), along: { Country: { set: 'Datastore_Country' } } },
  [ORGANIZATION]: {
    ...valuesOf(Organization),
    along: {
      InvoiceAddress: { set: 'Address' },
      // Only which they are: one record may serve in several places.
      VisitingAddress: { set: 'Address', only: [] },
      PostalAddress: { set: 'Address', only: [] },
    },
  },
  [PERSON]: {
    ...valuesOf(Person),
    along: { Address: { set: 'Address' } },
    guessed: ['DebtorNumber'],
  },
  [CUSTOMER_ORGANIZATION]: {
    ...valuesOf(CompanyCustomer),
    along: { Organization: { set: ORGANIZATION } },
  },
  [CUSTOMER_PERSON]: {
    ...valuesOf(PrivateCustomer),
    along: { Person: { set: PERSON } },
    guessed: ['DebtorNumber'],
  },
  [SUPPLIER]: { ...valuesOf(AnyRole), along: { Organization: { set: ORGANIZATION } } },
  [CONTACT]: {
    ...valuesOf(ContactPerson),
    along: {
      Relation: { set: 'Relation', only: [] },
      Person: { set: PERSON, only: ['FirstName', 'MiddleName', 'LastName', ...DATES] },
    },
  },
  [INVOICE]: {
    ...valuesOf(Invoice),
    along: {
      Phase: { set: INVOICE_PHASE, only: ['Code'] },
      Relationship: { set: 'Relationship', only: ['_Type'] },
      Contact: { set: CONTACT, only: ['Person'] },
      CreditedInvoice: { set: INVOICE, only: [] },
      ProductLines: { set: 'ProductLine' },
    },
    aliases: {
      InvoiceDate: ['Date', 'ActivityDate', 'Start'],
      ExpirationDate: ['DueDate', 'PaymentDueDate', 'ExpiryDate', 'Deadline'],
      CustomerReference: ['Reference'],
      CreditedInvoice: [/credited/i, /credit/i],
      IsCreditInvoice: ['IsCreditNote', 'IsCreditNota', 'IsCredit'],
    },
    guessed: [
      ...['InvoiceDate', 'ExpirationDate', 'CustomerReference', 'CreditedInvoice', 'IsCreditInvoice'],
      ...['AmountInCurrency', ...INVOICE_TOTALS],
    ],
  },
  ProductLine: {
    ...valuesOf(InvoiceLine),
    along: { Product: { set: 'Product', only: ['Name', 'Unit', 'VatGroup'] }, VatGroup: VAT_GROUP },
  },
  [PAYMENT]: {
    members: [
      ...['Amount', 'Currency', 'Reference', 'Provider', 'ExtraInfo', 'Metadata', 'CreatedAt', 'UpdatedAt'],
      ...DATES,
    ],
    along: { Invoice: { set: INVOICE, only: [] }, PaymentStatus: { set: PAYMENT_STATUS } },
  },
}

/** The member leads to another record. */
export const isLink = (set: string, name: string): boolean => Object.hasOwn(SHAPES[set]?.along ?? {}, name)

/** Where a change to a record of this set may have been made: the record itself, or one that comes along. */
export const WATCHED: Readonly<Record<string, readonly string[]>> = {
  [CUSTOMER_ORGANIZATION]: ['', 'Organization/', 'Organization/InvoiceAddress/'],
  [SUPPLIER]: ['', 'Organization/', 'Organization/InvoiceAddress/'],
  [CUSTOMER_PERSON]: ['', 'Person/', 'Person/Address/'],
  [CONTACT]: ['', 'Person/'],
}

/** A set's name as `_Type` and webhooks write it, and back (API.md §2.1). */
export const typeOfSet = (set: string): string => set.replaceAll('_', '.')
export const setOfType = (type: string): string => type.replaceAll('.', '_')
