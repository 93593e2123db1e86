/** What the server refuses in customers, suppliers, their persons and addresses. */
import type { Books } from './books'
import { type Contact, hasRole, nameOf, shown } from './contacts'
import { isObject, type Json, type JsonObject, textOf } from './json'
import type { Role } from './numbers'
import type { Complaints } from './problem'

const EMAIL = /^[^\s@,;.\p{C}]+(\.[^\s@,;.\p{C}]+)*@[^\s@,;.\p{C}]+(\.[^\s@,;.\p{C}]+)+$/u
const REGIONS = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
const NO_COUNTRIES = ['EU', 'EZ', 'UN', 'ZZ', 'XA', 'XB', 'QO']

export function isEmail(text: string): boolean {
  return EMAIL.test(text)
}

function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && !NO_COUNTRIES.includes(code) && REGIONS.of(code) !== undefined
}

export function checkEmail(name: string, value: Json | undefined, complaints: Complaints): void {
  const text = textOf(value)
  if (text !== null && !isEmail(text))
    complaints.refuse(name, `${name} '${text}' is not a valid e-mail address.`)
}

export function checkCountry(value: Json | undefined, complaints: Complaints): void {
  const code = textOf(value)
  if (code !== null && !isCountry(code))
    complaints.refuse('MailAddress.CountryCode', `CountryCode '${code}' is not a known country.`)
}

/** An address keeps its town and postal code once it is there. */
export function checkAddress(address: Json | undefined, complaints: Complaints): void {
  if (!isObject(address)) return
  for (const name of ['City', 'ZipCode']) {
    if (textOf(address[name]) === null) complaints.add(`MailAddress.${name} is required.`)
  }
  checkCountry(address.CountryCode, complaints)
}

/** Values that this client refuses, whatever the reason. */
export function checkRefused(
  books: Books,
  next: JsonObject,
  changed: ReadonlySet<string>,
  complaints: Complaints,
): void {
  for (const [member, pattern] of Object.entries(books.quirks.refuses)) {
    const [name = '', part] = member.split('.')
    const holder = next[name]
    const inside = part !== undefined && isObject(holder) ? holder[part] : undefined
    const value = part === undefined ? holder : inside
    if (changed.has(name) && value != null && pattern.test(String(value)))
      complaints.refuse(member, `${part ?? name} is not valid.`)
  }
}

/**
 * Checks a customer or supplier as it would be after a write. Only what `changed` names is looked
 * at, so that old data of a bookkeeper does not stand in the way.
 */
export function checkContact(
  books: Books,
  role: Role,
  next: JsonObject,
  changed: Set<string>,
  self: Contact | null,
  complaints: Complaints,
): void {
  const has = (...names: string[]) => names.some((name) => changed.has(name))
  if (has('IsPerson', 'Name', 'FirstName', 'LastName')) checkName(next, complaints)
  for (const name of ['EmailAddress', 'InvoiceEmailAddress', 'PaymentReminderEmailAddress']) {
    if (has(name)) checkEmail(name, next[name], complaints)
  }
  if (has('InvoiceEmailAddressCC')) checkCopies(next.InvoiceEmailAddressCC, complaints)
  if (has('MailAddress')) checkAddress(next.MailAddress, complaints)
  if (has('Number')) checkNumber(books, role, next.Number, complaints)
  for (const name of ['ExternalImportReference', 'ExternalNumber']) {
    if (has(name)) checkUnique(books, role, name, next[name], self, complaints)
  }
  if (has('MailAddress')) checkAddressCode(books, next.MailAddress, self, complaints)
  if (has('IsArchived') && next.IsArchived === true && self) checkArchive(books, self, complaints)
  if (has('InvoiceDeliveryType', 'InvoiceEmailAddress', 'EmailAddress', 'OrganizationNumber')) {
    checkDelivery(books, next, has('InvoiceDeliveryType'), complaints)
  }
  if (
    has('NationalIdNumber') &&
    next.NationalIdNumber !== null &&
    !/^\d{11}$/.test(String(next.NationalIdNumber))
  ) {
    complaints.add('NationalIdNumber is not valid.')
  }
  checkRefused(books, next, changed, complaints)
  checkAmounts(next, has, complaints)
  checkReferences(books, next, has, complaints)
}

function checkName(next: JsonObject, complaints: Complaints): void {
  if (next.IsPerson !== true) {
    if (textOf(next.Name) === null) complaints.add('Name is required for a company.')
    return
  }
  for (const name of ['FirstName', 'LastName']) {
    if (textOf(next[name]) === null) complaints.add(`${name} is required for a person.`)
  }
}

function checkCopies(value: Json | undefined, complaints: Complaints): void {
  const text = textOf(value)
  if (text === null) return
  const addresses = text.split(';').map((address) => address.trim())
  if (addresses.length > 10 || text.length > 2000)
    complaints.add('InvoiceEmailAddressCC holds too many addresses.')
  for (const address of addresses) checkEmail('InvoiceEmailAddressCC', address, complaints)
}

function checkNumber(books: Books, role: Role, number: Json | undefined, complaints: Complaints): void {
  if (typeof number !== 'number') return
  if (!books.numbers.isInSeries(role, number)) {
    complaints.add(`Number ${number} is not within a number series for ${role.toLowerCase()}s.`)
  } else if (books.numbers.isTaken(role, number)) {
    const holder = books.contacts
      .all()
      .find((c) => hasRole(c, role) && shown(books, c, role).Number === number)
    complaints.add(`Number is already in use. '${number}' is used on (contact) Id = ${holder?.Id ?? 0}.`)
  }
}

/** Customers and suppliers are a class each: the same value may stand once in either. */
function checkUnique(
  books: Books,
  role: Role,
  name: string,
  value: Json | undefined,
  self: Contact | null,
  complaints: Complaints,
): void {
  if (value === null || value === undefined || value === '') return
  const holder = books.contacts.all().find((contact) => {
    const held: JsonObject | null = role === 'Customer' ? contact.customer : contact.supplier
    return held !== null && contact.Id !== self?.Id && held[name] === value
  })
  if (holder) complaints.add(`${name} is already in use. '${value}' is used on (contact) Id = ${holder.Id}.`)
}

function checkAddressCode(
  books: Books,
  address: Json | undefined,
  self: Contact | null,
  complaints: Complaints,
): void {
  const code = isObject(address) ? textOf(address.ExternalCode) : null
  if (code === null) return
  const isUsed = books.contacts
    .all()
    .some(
      (c) => c.Id !== self?.Id && c.shared.MailAddress?.ExternalCode?.toLowerCase() === code.toLowerCase(),
    )
  if (isUsed) complaints.add(`MailAddress.ExternalCode is already in use. '${code}'.`)
}

function checkArchive(books: Books, self: Contact, complaints: Complaints): void {
  if (books.balanceOf(self.Id) !== 0)
    complaints.add(`${nameOf(self)} has a ledger balance and cannot be archived.`)
}

function checkDelivery(books: Books, next: JsonObject, isNew: boolean, complaints: Complaints): void {
  const type = next.InvoiceDeliveryType
  if (
    type === 'EHF' &&
    (textOf(next.OrganizationNumber) === null || !books.isInElma(next.OrganizationNumber))
  ) {
    complaints.add('InvoiceDeliveryType EHF needs an organization number that can receive EHF.')
  }
  if (isNew && ['AvtaleGiro', 'Efaktura', 'External', 'Factoring'].includes(String(type))) {
    complaints.add(`InvoiceDeliveryType ${type} cannot be set.`)
  }
  const hasAddress = textOf(next.InvoiceEmailAddress) !== null || textOf(next.EmailAddress) !== null
  if (type === 'PdfByEmail' && !hasAddress && books.quirks.pdfByEmailNeedsAddress) {
    complaints.add('InvoiceDeliveryType PdfByEmail needs an e-mail address.')
  }
}

function checkAmounts(next: JsonObject, has: (name: string) => boolean, complaints: Complaints): void {
  const { Allowance, BillableRate } = next
  if (has('Allowance') && typeof Allowance === 'number' && (Allowance < -1000 || Allowance > 100)) {
    complaints.add('Allowance must be between -1000 and 100.')
  }
  if (has('BillableRate') && typeof BillableRate === 'number' && BillableRate <= 0) {
    complaints.add('BillableRate must be more than 0.')
  }
}

function checkReferences(
  books: Books,
  next: JsonObject,
  has: (name: string) => boolean,
  complaints: Complaints,
): void {
  const known = (name: string, what: string, exists: (id: number) => boolean) => {
    const id = next[name]
    if (has(name) && typeof id === 'number' && !exists(id))
      complaints.missing(`${what} with id = ${id} not found.`)
  }
  known('PaymentTermId', 'Payment term', (id) => books.paymentTerms.find(id) !== null)
  known('DeliveryTermId', 'Delivery term', (id) => books.deliveryTerms.find(id) !== null)
  known('InvoiceBrandingThemeId', 'Branding theme', (id) => books.brandingThemes.some((t) => t.Id === id))
  known('DepartmentId', 'Department', (id) => id === -1 || books.departments.find(id) !== null)
  known('SalesPersonEmployeeId', 'Employee', (id) => id === -1 || books.employees.find(id) !== null)
  const groups = next.ContactGroupIds
  const strangers = Array.isArray(groups) ? groups.filter((id) => books.groups.find(Number(id)) === null) : []
  if (has('ContactGroupIds') && strangers.length > 0) {
    complaints.missing(`Could not find contact group(s) with id = ${strangers.join(', ')}.`)
  }
  checkCurrency(books, has('CurrencyCode') ? next.CurrencyCode : null, complaints)
}

export function checkCurrency(books: Books, value: Json | undefined, complaints: Complaints): void {
  const code = textOf(value)
  if (code !== null && !books.currencies.some((c) => c.Code === code)) {
    complaints.missing(`Currency with code = '${code}' not found.`)
  }
}
