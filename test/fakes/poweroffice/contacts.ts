/**
 * Contacts: a contact has one id, name and address, and is a customer, a supplier, or both. What
 * the API calls a customer is a contact seen in that role.
 */
import type { Books } from './books'
import type { JsonObject } from './json'
import { isObject } from './json'
import type { ContactAddressDto, CustomerDto, SupplierDto } from './models/contacts'
import type { Role } from './numbers'

const SHARED = [
  'IsPerson',
  'Name',
  'LegalName',
  'FirstName',
  'LastName',
  'DateOfBirth',
  'OrganizationNumber',
  'EmailAddress',
  'PhoneNumber',
  'WebsiteUrl',
  'MailAddress',
  'ContactGroupIds',
  'IsArchived',
  'ContactCreatedDateTimeOffset',
  'CreatedFromImportJournalId',
] as const satisfies (keyof CustomerDto & keyof SupplierDto)[]
type SharedName = (typeof SHARED)[number]

export type Shared = Pick<CustomerDto, SharedName>
export type CustomerRole = Omit<CustomerDto, SharedName | 'Id'>
export type SupplierRole = Omit<SupplierDto, SharedName | 'Id'>
export type Contact = {
  Id: number
  shared: Shared
  customer: CustomerRole | null
  supplier: SupplierRole | null
}

const isShared = (name: string) => SHARED.some((shared) => shared === name)

export function hasRole(contact: Contact, role: Role): boolean {
  return (role === 'Customer' ? contact.customer : contact.supplier) !== null
}

/** Name of a company or a private person, as ledgers and lists of the GUI show it. */
export function nameOf({ shared }: Contact): string {
  return shared.IsPerson ? `${shared.FirstName ?? ''} ${shared.LastName ?? ''}`.trim() : (shared.Name ?? '')
}

function shownName(books: Books, { shared }: Contact): string | null {
  if (!shared.IsPerson) return shared.Name
  if (books.quirks.personName === 'null') return null
  if (books.quirks.personName === 'last-first') return `${shared.LastName}, ${shared.FirstName}`
  return `${shared.FirstName} ${shared.LastName}`
}

export function customerOf(books: Books, contact: Contact): CustomerDto {
  const { customer, shared, Id } = contact
  if (!customer) throw new Error(`contact ${Id} is no customer`)
  const term = customer.PaymentTermId === null ? null : books.paymentTerms.find(customer.PaymentTermId)
  const delivery = customer.DeliveryTermId === null ? null : books.deliveryTerms.find(customer.DeliveryTermId)
  const theme = books.brandingThemes.find((t) => t.Id === customer.InvoiceBrandingThemeId)
  return {
    Id,
    ...shared,
    ...customer,
    Name: shownName(books, contact),
    NationalIdNumber: customer.NationalIdNumber === null ? null : 'hidden',
    PaymentTerm: term?.CreditDays ?? null,
    DeliveryTerm: delivery?.Name ?? null,
    InvoiceBrandingThemeCode: theme?.Code ?? null,
  }
}

export function supplierOf(books: Books, contact: Contact): SupplierDto {
  const { supplier, shared, Id } = contact
  if (!supplier) throw new Error(`contact ${Id} is no supplier`)
  return { Id, ...shared, ...supplier, Name: shownName(books, contact) }
}

export function shown(books: Books, contact: Contact, role: Role): JsonObject {
  return role === 'Customer' ? customerOf(books, contact) : supplierOf(books, contact)
}

/** The values a record starts with. */
function blankCustomer(stamp: string, number: number, accountId: number): CustomerRole {
  return {
    Number: number,
    SubledgerAccountId: accountId,
    CustomerCreatedDateTimeOffset: stamp,
    LastChangedDateTimeOffset: stamp,
    Allowance: null,
    BillableRate: null,
    CreateInterestNotes: true,
    CurrencyCode: 'NOK',
    CustomerSince: null,
    DeliveryTerm: null,
    DeliveryTermId: null,
    DepartmentCode: null,
    DepartmentId: null,
    DoNotAddLatePaymentFees: false,
    DoNotAddLatePaymentInterest: false,
    DoNotAutomatePaymentNotifications: false,
    ExternalImportReference: null,
    ExternalNumber: null,
    InterestNoteDeliveryType: 'Print',
    InvoiceBrandingThemeCode: null,
    InvoiceBrandingThemeId: null,
    InvoiceDeliveryType: 'Print',
    InvoiceEmailAddress: null,
    InvoiceEmailAddressCC: null,
    IsActive: true,
    IsVatFree: false,
    JobStop: false,
    JobStopReason: null,
    KeepUpdated: true,
    NationalIdNumber: null,
    NoticeOfDebtCollectionDeliveryType: 'Print',
    PaymentReminderEmailAddress: null,
    PaymentTerm: null,
    PaymentTermId: null,
    ReminderDeliveryType: 'Print',
    SalesPersonEmployeeId: null,
    SalesPersonEmployeeNumber: null,
    SendPaymentReminders: true,
    TransferToDebtCollectionAgency: true,
    UseInvoiceFee: true,
  }
}

function blankSupplier(stamp: string, number: number, accountId: number): SupplierRole {
  return {
    Number: number,
    SubledgerAccountId: accountId,
    SupplierCreatedDateTimeOffset: stamp,
    LastChangedDateTimeOffset: stamp,
    CurrencyCode: 'NOK',
    CurrencyRate: null,
    ExternalImportReference: null,
    ExternalNumber: null,
    IsActive: true,
    PaymentClientBankAccountId: null,
    PaymentTermSupplierId: null,
    Payout: true,
    ScanId: null,
  }
}

/** The role with `fields`; what belongs to the contact as a whole is left out of it. */
function roleWith<T extends JsonObject>(role: T, fields: JsonObject): T {
  const own = Object.entries(fields).filter(([name]) => name in role && !isShared(name))
  return { ...role, ...Object.fromEntries(own) }
}

function sharedWith(books: Books, shared: Shared, fields: JsonObject): Shared {
  const own = Object.entries(fields).filter(([name]) => isShared(name) && name !== 'MailAddress')
  const merged = { ...shared, ...Object.fromEntries(own) }
  const address = fields.MailAddress
  if (address === undefined) return merged
  return {
    ...merged,
    MailAddress: isObject(address) ? addressWith(books, shared.MailAddress, address) : null,
  }
}

function addressWith(books: Books, old: ContactAddressDto | null, fields: JsonObject): ContactAddressDto {
  const blank = {
    Id: 0,
    AddressLine1: null,
    AddressLine2: null,
    ZipCode: null,
    City: null,
    ExternalCode: null,
  }
  const address = { CountryCode: null, ...(old ?? { ...blank, Id: books.nextId('address') }), ...fields }
  return {
    ...address,
    CountryCode: address.CountryCode || 'NO',
    LastChangedDateTimeOffset: books.stamps.next(),
  }
}

function numberFor(books: Books, role: Role, fields: JsonObject): number {
  const number = typeof fields.Number === 'number' ? fields.Number : books.numbers.drawAnywhere(role)
  if (number === null) throw new Error(`all ${role} number series are full`)
  return number
}

/** `fields` are members of the read model that have been checked, or that a bookkeeper types. */
export function addContact(books: Books, role: Role, fields: JsonObject, settled = false): Contact {
  const stamp = books.stamps.next()
  const number = numberFor(books, role, fields)
  books.numbers.take(role, number)
  const start: Shared = {
    IsPerson: false,
    Name: null,
    LegalName: null,
    FirstName: null,
    LastName: null,
    DateOfBirth: null,
    OrganizationNumber: null,
    EmailAddress: null,
    PhoneNumber: null,
    WebsiteUrl: null,
    MailAddress: null,
    ContactGroupIds: [],
    IsArchived: false,
    ContactCreatedDateTimeOffset: stamp,
    CreatedFromImportJournalId: null,
  }
  const given = Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => value !== null && name !== 'Number'),
  )
  const accountId = books.nextId('subLedgerAccount')
  const contact: Contact = {
    Id: typeof fields.Id === 'number' ? fields.Id : books.nextId('contact'),
    shared: sharedWith(books, start, given),
    customer: role === 'Customer' ? roleWith(blankCustomer(stamp, number, accountId), given) : null,
    supplier: role === 'Supplier' ? roleWith(blankSupplier(stamp, number, accountId), given) : null,
  }
  return books.contacts.put(contact, settled)
}

/** Gives a contact that has one role the other one too, as a user does in the GUI. */
export function addRole(books: Books, contact: Contact, role: Role, fields: JsonObject): Contact {
  const stamp = books.stamps.next()
  const number = numberFor(books, role, fields)
  books.numbers.take(role, number)
  const accountId = books.nextId('subLedgerAccount')
  return books.contacts.put({
    ...contact,
    customer:
      role === 'Customer' ? roleWith(blankCustomer(stamp, number, accountId), fields) : contact.customer,
    supplier:
      role === 'Supplier' ? roleWith(blankSupplier(stamp, number, accountId), fields) : contact.supplier,
  })
}

/** Applies changes seen from one role. A change of the address alone does not move the contact's clock. */
export function changeContact(books: Books, contact: Contact, role: Role, changes: JsonObject): Contact {
  const counts = (name: string) => name !== 'MailAddress' || books.quirks.mailAddressMovesContact
  const telling = Object.keys(changes).filter(counts)
  const moves = telling.length > 0
  const movesBoth = telling.some(isShared)
  if (typeof changes.Number === 'number') books.numbers.take(role, changes.Number)
  const shared = sharedWith(books, contact.shared, changes)
  const stamp = books.stamps.next()
  const changed = <T extends JsonObject>(state: T | null, its: Role): T | null => {
    if (!state) return null
    const touched = its === role ? roleWith(state, changes) : state
    return (its === role && moves) || movesBoth ? { ...touched, LastChangedDateTimeOffset: stamp } : touched
  }
  const customer = changed(contact.customer, 'Customer')
  return books.contacts.put({ ...contact, shared, customer, supplier: changed(contact.supplier, 'Supplier') })
}
