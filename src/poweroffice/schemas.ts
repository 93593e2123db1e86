import * as z from 'zod/v4'
import { type FieldRecord, isMember } from '../shared/own-fields'
import { powerOfficeFields } from './own-fields'

/** What PowerOffice sends, spelled as on the wire (API.md §6). Only what we use; the rest passes. */

const text = z.string().nullish()
const number = z.number().nullish()
const flag = z.boolean().nullish()

export const Address = z.object({
  Id: z.int().nullish(),
  AddressLine1: text,
  AddressLine2: text,
  ZipCode: text,
  City: text,
  CountryCode: text,
})
export type Address = z.infer<typeof Address>

/** Members that an admin may map, whatever they hold: a row that cannot be read would keep the whole record away. */
const ownMembers = (...records: FieldRecord[]) =>
  Object.fromEntries(
    powerOfficeFields()
      .filter(({ record, field }) => records.includes(record) && isMember(field))
      .map(({ field }) => [field, z.unknown().optional()]),
  )

/** Members that are a field and nothing else, by the list that has them: without one of them a record is still who it is. */
const ofContacts = { EmailAddress: text, PhoneNumber: text, MailAddress: Address.nullish() }
const ofCompanies = { ...ofContacts, WebsiteUrl: text }
export const FIELDS = {
  Customers: { ...ofCompanies, InvoiceEmailAddress: text },
  Suppliers: ofCompanies,
  ContactPersons: ofContacts,
  Products: { Description: text, UnitPrice: number, UnitCost: number },
}

/**
 * A contact in its role of customer or supplier (API.md §6.1, §6.2), or a contact person of one (§6.3): they
 * share most members, and each has some of its own.
 */
export const CONTACT = {
  ...FIELDS.Customers,
  Id: z.int(),
  /** Of a contact person: whose. */
  ContactId: z.int().nullish(),
  ExternalCode: text,
  IsActive: flag,
  Number: z.int().nullish(),
  IsPerson: flag,
  Name: text,
  FirstName: text,
  LastName: text,
  OrganizationNumber: text,
  ExternalImportReference: text,
  IsArchived: flag,
  /** Of a customer: how it gets its invoices. */
  InvoiceDeliveryType: text,
  /** Of a customer: its account in the ledger, by which vouchers name it (API.md §7.7). */
  SubledgerAccountId: z.int().nullish(),
  PaymentTermId: z.int().nullish(),
  PaymentTerm: z.int().nullish(),
  /** When it became what it is: the name of it differs. */
  CustomerCreatedDateTimeOffset: text,
  SupplierCreatedDateTimeOffset: text,
  CreatedDateTimeOffset: text,
  LastChangedDateTimeOffset: z.string(),
}
export const Contact = z.object({ ...ownMembers('customer', 'supplier', 'contactPerson'), ...CONTACT })
export type Contact = z.infer<typeof Contact>

/** What a bookkeeper set of a customer that only the books know. */
export const CustomerState = z.object({
  Id: z.int(),
  JobStop: flag,
  JobStopReason: z.string().nullish(),
  InvoiceDeliveryType: z.string().nullish(),
})
export type CustomerState = z.infer<typeof CustomerState>

/** A contact by its name alone. */
export const ContactName = Contact.pick({
  Id: true,
  Number: true,
  Name: true,
  FirstName: true,
  LastName: true,
})
export type ContactName = z.infer<typeof ContactName>

/** Whose person it is. */
export const PersonPlace = Contact.pick({ Id: true, ContactId: true })

/** `GET /ClientIntegrationInformation` (API.md §3.3). `AllowSendInvoice` came in 2026; older answers lack it. */
export const ClientInformation = z.object({
  ClientId: text,
  ClientName: text,
  ActiveClientSubscriptions: z.array(z.string()).nullish(),
  ValidPrivileges: z.array(z.string()).nullish(),
  InvalidPrivileges: z.array(z.string()).nullish(),
  AllowSendInvoice: flag,
})
export type ClientInformation = z.infer<typeof ClientInformation>

/** `GET /OrganizationSettings`: the client as an organisation. */
export const OwnOrganization = z.object({ Id: text })

export const PaymentTerm = z.object({
  Id: z.int(),
  Name: text,
  CreditDays: z.int(),
  IsActive: flag,
  IsDefault: flag,
})
export type PaymentTerm = z.infer<typeof PaymentTerm>

/** Null in price, cost and account means "as the group has it", and is not 0 (API.md §6.7). */
export const PRODUCT = {
  ...FIELDS.Products,
  Id: z.int(),
  Code: text,
  Name: text,
  ProductGroupId: z.int().nullish(),
  UnitOfMeasureCode: text,
  StandardSalesAccountId: z.int().nullish(),
  IsArchived: flag,
  CreatedDateTimeOffset: text,
  LastChangedDateTimeOffset: z.string(),
}
export const Product = z.object({ ...ownMembers('product'), ...PRODUCT })
export type Product = z.infer<typeof Product>

/** A product by its name alone. */
export const ProductName = Product.pick({ Id: true, Code: true, Name: true })
export type ProductName = z.infer<typeof ProductName>

export const ProductGroup = z.object({
  Id: z.int(),
  Code: text,
  Name: text,
  StandardSalesAccountId: z.int().nullish(),
  UnitOfMeasureCode: text,
  IsArchived: flag,
})
export type ProductGroup = z.infer<typeof ProductGroup>

/** A ledger account, and the VAT code that it carries (API.md §6.11). */
export const Account = z.object({
  Id: z.int(),
  AccountNo: z.int(),
  Name: text,
  GeneralLedgerAccountType: text,
  VatCode: text,
  IsActive: flag,
  /** The department that it has by default. */
  DepartmentId: z.int().nullish(),
  IsDepartmentRequired: flag,
  IsProjectRequired: flag,
})
export type Account = z.infer<typeof Account>

/** `Rate` is a fraction (API.md §6.10). */
export const VatCode = z.object({
  Id: z.int(),
  Code: text,
  Name: text,
  Rate: z.number(),
  IsActive: flag,
  ValidFrom: text,
  ValidTo: text,
})
export type VatCode = z.infer<typeof VatCode>

export const Token = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().default(1200),
})

/** `x-pagination` holds JSON; `nextPageLink` is null on the last page (API.md §4.3). */
export const Pagination = z.object({ nextPageLink: z.string().nullish() })

/** What an order can name besides products. */
export const Project = z.object({
  Id: z.int(),
  Code: z.string().nullish(),
  IsActive: flag,
  ProjectStatus: z.string().nullish(),
})
export type Project = z.infer<typeof Project>

export const Department = z.object({
  Id: z.int(),
  Code: z.string().nullish(),
  IsActive: flag,
})
export type Department = z.infer<typeof Department>

export const Employee = z.object({
  Id: z.int(),
  EmailAddress: z.string().nullish(),
  IsArchived: flag,
  /** The last day; nobody is archived by that alone. */
  EndDate: z.string().nullish(),
})
export type Employee = z.infer<typeof Employee>

export * from './schemas-invoices'
