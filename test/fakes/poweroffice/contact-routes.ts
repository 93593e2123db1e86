/** /Customers and /Suppliers. */
import type { Books } from './books'
import type { Handlers } from './call'
import { checkContact } from './contact-rules'
import { addContact, type Contact, changeContact, hasRole, shown } from './contacts'
import { after, anyOf, exactly, type Filter, listOf, numbersIn, sharesOne } from './filters'
import type { JsonObject } from './json'
import type { Role } from './numbers'
import { Complaints, conflict, Problem } from './problem'
import { routesOf } from './resource'

const FILTERS: Record<string, Filter> = {
  contactGroupIds: sharesOne('ContactGroupIds'),
  customerCreatedDateTimeOffsetGreaterThan: after('CustomerCreatedDateTimeOffset'),
  supplierCreatedDateTimeOffsetGreaterThan: after('SupplierCreatedDateTimeOffset'),
  customerNos: numbersIn('Number'),
  supplierNos: numbersIn('Number'),
  externalImportReference: exactly('ExternalImportReference'),
  externalNos: numbersIn('ExternalNumber'),
  lastChangedDateTimeOffsetGreaterThan: after('LastChangedDateTimeOffset'),
  organizationNumbers: anyOf('OrganizationNumber'),
  phoneNumbers: anyOf('PhoneNumber'),
  emailAddresses: anyOf('EmailAddress', false),
}

export const contactRoutes: Handlers = { ...withRole('Customer'), ...withRole('Supplier') }

function withRole(role: Role): Handlers {
  const handlers = routesOf<Contact>({
    path: `/${role}s`,
    subject: role,
    listed: (books) =>
      books.contacts
        .listed()
        .filter((c) => hasRole(c, role) && (books.quirks.archivedInLists || !c.shared.IsArchived)),
    find: (books, id) => {
      const contact = books.contacts.find(Number(id))
      return contact && hasRole(contact, role) ? contact : null
    },
    show: (books, contact) => shown(books, contact, role),
    filters: FILTERS,
    add: (books, body) => create(books, role, body),
    change: (books, contact, changes) => {
      const complaints = new Complaints(role, books.quirks.refusalStyle)
      const next = { ...shown(books, contact, role), ...changes }
      checkContact(books, role, next, new Set(Object.keys(changes)), contact, complaints)
      complaints.throwIfAny()
      return changeContact(books, contact, role, changes)
    },
    remove: (books, contact) => remove(books, role, contact),
  })
  const list = handlers[`GET /${role}s`]
  if (!list) throw new Error('no list')
  handlers[`GET /${role}s`] = (call) => {
    checkGroupFilter(call.books, call.query.contactGroupIds)
    return list(call)
  }
  return handlers
}

function checkGroupFilter(books: Books, value: string | undefined): void {
  const ids = listOf(value ?? '')
  if (ids.some((id) => !/^\d+$/.test(id))) {
    throw new Problem(
      400,
      'Unable to cast object(s)',
      'contactGroupIds takes ids only, neither negative ones nor ranges.',
    )
  }
  const strangers = ids.filter((id) => books.groups.find(Number(id)) === null)
  if (strangers.length > 0) {
    throw new Problem(
      404,
      'Object(s) not found',
      `Could not find contact group(s) with id = ${strangers.join(', ')}.`,
    )
  }
}

function create(books: Books, role: Role, body: JsonObject): Contact {
  const complaints = new Complaints(role, books.quirks.refusalStyle)
  const fields = withTwins(books, body, complaints)
  checkContact(books, role, fields, new Set(Object.keys(fields)).add('Name'), null, complaints)
  complaints.throwIfAny()
  if (typeof fields.Number !== 'number') {
    const seriesId = typeof body.SubLedgerNumberSeriesId === 'string' ? body.SubLedgerNumberSeriesId : null
    const number = seriesId ? books.numbers.draw(role, seriesId) : books.numbers.drawAnywhere(role)
    if (number === null) {
      throw new Problem(400, `${role} validation error(s)`, 'No free number was found in the number series.')
    }
    fields.Number = number
  }
  return addContact(books, role, fields)
}

/** Codes, days and numbers that stand in for an id; the id wins where both are given. */
function withTwins(books: Books, body: JsonObject, complaints: Complaints): JsonObject {
  const {
    PaymentTerm,
    DeliveryTerm,
    DepartmentCode,
    InvoiceBrandingThemeCode,
    SalesPersonEmployeeNumber,
    SubLedgerNumberSeriesId,
    ...fields
  } = body
  const twin = (id: string, value: unknown, found: number | undefined, what: string) => {
    if (value === null || value === undefined || typeof fields[id] === 'number') return
    if (found === undefined) complaints.missing(`${what} = '${value}' not found.`)
    else fields[id] = found
  }
  const term = books.paymentTerms.all().find((t) => t.CreditDays === PaymentTerm && t.IsActive)
  const delivery = books.deliveryTerms.all().find((t) => t.Name === DeliveryTerm)
  const theme = books.brandingThemes.find((t) => t.Code === InvoiceBrandingThemeCode)
  twin('PaymentTermId', PaymentTerm, term?.Id, 'Payment term with credit days')
  twin('DeliveryTermId', DeliveryTerm, delivery?.Id, 'Delivery term with name')
  twin('InvoiceBrandingThemeId', InvoiceBrandingThemeCode, theme?.Id, 'Branding theme with code')
  const department = books.departments.all().find((one) => one.Code === DepartmentCode)
  const seller = books.employees.all().find((one) => one.Number === SalesPersonEmployeeNumber)
  twin('DepartmentId', DepartmentCode, department?.Id, 'Department with code')
  twin('SalesPersonEmployeeId', SalesPersonEmployeeNumber, seller?.Id, 'Employee with number')
  if (
    typeof SubLedgerNumberSeriesId === 'string' &&
    !books.series.some((s) => s.Id === SubLedgerNumberSeriesId)
  ) {
    complaints.missing(`Number series with id = ${SubLedgerNumberSeriesId} not found.`)
  }
  return fields
}

/** Takes the role away, and the contact with it when that was its only one. */
export function remove(books: Books, role: Role, contact: Contact): void {
  const other = role === 'Customer' ? contact.supplier : contact.customer
  if (other?.IsActive || books.isContactInUse(contact.Id)) throw conflict(role, contact.Id)
  if (other) {
    const without = role === 'Customer' ? { customer: null } : { supplier: null }
    books.contacts.put({ ...contact, ...without })
    return
  }
  books.contacts.delete(contact.Id)
  for (const table of [books.persons, books.deliveryAddresses, books.bankAccounts]) {
    for (const row of table.all()) if (row.ContactId === contact.Id) table.delete(row.Id)
  }
}
