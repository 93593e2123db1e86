import * as z from 'zod/v4'

/**
 * What Tribe sends, spelled as on the wire (API.md §5). A null and a missing member mean the same. What is asked of a set
 * follows from its schema: see `sets.ts`.
 */

const text = z.string().nullish()
const number = z.number().nullish()
const flag = z.boolean().nullish()
export const Reference = z.looseObject({ ID: z.string() })

export const Country = z.looseObject({ ID: z.string(), Code: text })
export type Country = z.infer<typeof Country>

const dated = { CreationDate: text, LastMutationDate: text }

export const Address = z.looseObject({
  ID: z.string(),
  Street: text,
  HouseNumber: number,
  HouseNumberSuffix: text,
  Extra: text,
  Postalcode: text,
  City: text,
  Country: Country.nullish(),
  ...dated,
})
export type Address = z.infer<typeof Address>

export const Organization = z.looseObject({
  ID: z.string(),
  Name: text,
  Website: text,
  DebtorNumber: text,
  CreditorNumber: text,
  EmailAddress: text,
  FinancialEmailAddress: text,
  PhoneNumber: text,
  VATNumber: text,
  InvoiceAddress: Address.nullish(),
  VisitingAddress: Reference.nullish(),
  PostalAddress: Reference.nullish(),
  ...dated,
})
export type Organization = z.infer<typeof Organization>

/** The human; what is private is here, what is business on the contact (API.md §5.3, §5.6). */
export const Person = z.looseObject({
  ID: z.string(),
  FirstName: text,
  MiddleName: text,
  LastName: text,
  EmailAddress: text,
  PhoneNumber: text,
  DebtorNumber: text,
  Address: Address.nullish(),
  ...dated,
})
export type Person = z.infer<typeof Person>

/** What each kind of relationship says itself. */
export const AnyRole = z.object({ IsFormer: flag, ImportId: text, ...dated })
export const CompanyCustomer = AnyRole.extend({ PaymentTermInDays: number })
export const PrivateCustomer = AnyRole.extend({ PaymentTermInDays: number, DebtorNumber: text })
export const ContactPerson = AnyRole.extend({ EmailAddress: text, PhoneNumber: text })

/**
 * A relationship: of a customer or supplier with the organisation or person that plays it (API.md §5.4, §5.5), or
 * of a contact person with the person and the company it belongs to (API.md §5.6).
 */
export const Role = z.looseObject({
  ID: z.string(),
  _Type: text,
  ...CompanyCustomer.shape,
  ...PrivateCustomer.shape,
  ...ContactPerson.shape,
  Organization: Organization.nullish(),
  Person: Person.nullish(),
  Relation: Reference.nullish(),
})
export type Role = z.infer<typeof Role>

/** An entry of one of Tribe's lists (API.md §5.11): countries, units, VAT groups, phases. */
export const Lookup = z.looseObject({
  ID: z.string(),
  Name: text,
  _Name: text,
  Code: text,
  /** Of a VAT group. */
  Percentage: number,
  Country: Country.nullish(),
})
export type Lookup = z.infer<typeof Lookup>

export const Product = z.looseObject({
  ID: z.string(),
  Name: text,
  Code: text,
  Description: text,
  SalesPrice: number,
  PurchasePrice: number,
  IsVatIncluded: flag,
  IsInactive: flag,
  ImportId: text,
  Unit: Lookup.nullish(),
  VatGroup: Lookup.nullish(),
  ProductGroup: Lookup.nullish(),
  ...dated,
})
export type Product = z.infer<typeof Product>

/** A line of an invoice (API.md §6.4). Members `…InCurrency` are in the invoice's currency, the others in the company's own. */
export const InvoiceLine = z.looseObject({
  ID: z.string(),
  SortIndex: number,
  Description: text,
  ExtraDescription: text,
  Quantity: number,
  Price: number,
  PriceInCurrency: number,
  DiscountPercentage: number,
  VatPercentage: number,
  TotalExcludingVat: number,
  TotalExcludingVatInCurrency: number,
  TotalIncludingVat: number,
  TotalIncludingVatInCurrency: number,
  VatAmount: number,
  VatAmountInCurrency: number,
  Currency: text,
  Product: z
    .looseObject({ ID: z.string(), Name: text, Unit: Lookup.nullish(), VatGroup: Reference.nullish() })
    .nullish(),
  VatGroup: Lookup.nullish(),
})
export type InvoiceLine = z.infer<typeof InvoiceLine>

/** What a list tells of an invoice. */
export const InvoiceHead = z.looseObject({
  ID: z.string(),
  Number: text,
  Phase: z.looseObject({ ID: z.string(), Code: text }).nullish(),
  InvoiceDate: text,
  TotalIncludingVat: number,
  TotalIncludingVatInCurrency: number,
  Amount: number,
  AmountInCurrency: number,
  Currency: text,
  /** Of one that credits: its amounts may stand without their sign. */
  IsCreditInvoice: z.boolean().nullish(),
  ...dated,
})
export type InvoiceHead = z.infer<typeof InvoiceHead>

/** An invoice with its lines, in their order (API.md §6.1). */
export const Invoice = InvoiceHead.extend({
  IsVatIncluded: flag,
  DiscountPercentage: number,
  ExpirationDate: text,
  CustomerReference: text,
  TotalExcludingVat: number,
  TotalExcludingVatInCurrency: number,
  VatAmount: number,
  VatAmountInCurrency: number,
  Relationship: z.looseObject({ ID: z.string(), _Type: text }).nullish(),
  Contact: z.looseObject({ ID: z.string(), Person: Person.nullish() }).nullish(),
  CreditedInvoice: Reference.nullish(),
  ProductLines: z.array(InvoiceLine).nullish(),
})
export type Invoice = z.infer<typeof Invoice>

/** What hangs on an invoice (API.md §6.6): its PDF, and what users have added. */
export const InvoicePapers = z.looseObject({
  ID: z.string(),
  Number: text,
  Attachments: z
    .array(
      z.looseObject({
        ID: z.string(),
        Description: text,
        File: z.looseObject({ Name: text, MimeType: text }).nullish(),
      }),
    )
    .nullish(),
})
export type InvoicePapers = z.infer<typeof InvoicePapers>

/** What was paid on an invoice (API.md §6.5). */
export const Payment = z.looseObject({
  ID: z.string(),
  Amount: number,
  Currency: text,
  Reference: text,
  Provider: text,
  ExtraInfo: text,
  Metadata: text,
  ...dated,
})
export type Payment = z.infer<typeof Payment>

/** What a write answers: the record, or nothing (API.md §2.7). */
export const Written = z.looseObject({
  ID: z.string(),
  Organization: z.looseObject({ ID: z.string() }).nullish(),
})
export type Written = z.infer<typeof Written>

export const Identity = z.looseObject({ Name: text, Relation: Reference.nullish() })

/** When a record was made and changed, and nothing else of it. */
export const Stamped = z.looseObject({ ID: z.string(), ...dated })

/** Any record, by `Entity(id)`: its `_Type` tells what it is (API.md §2.1). */
export const AnyEntity = z.looseObject({ ID: z.string(), _Type: text })

export const List = z.looseObject({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() })

export const Token = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().positive().default(3600),
  refresh_token: z.string().min(1).nullish(),
})

/** A registered webhook; how its members are spelled is unknown (API.md §4.1). */
export const Webhook = z.record(z.string(), z.unknown()).transform((hook) => {
  const members = new Map(Object.entries(hook).map(([name, value]) => [name.toLowerCase(), value]))
  const told = (...names: string[]): string | null => {
    const value = names.map((name) => members.get(name)).find((one) => one != null)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null
  }
  return {
    id: told('id', 'webhookid'),
    entityType: told('entitytype', 'type')?.replaceAll('_', '.') ?? null,
    url: told('webhookurl', 'url'),
  }
})
export type Webhook = z.infer<typeof Webhook>
