/** What hangs below a contact: persons, delivery addresses, bank accounts; and the groups contacts are in. */
import type { Books } from './books'
import type { Call, Handlers } from './call'
import { checkAddress, checkCountry, checkEmail, checkRefused } from './contact-rules'
import type { Contact } from './contacts'
import { after, anyOf } from './filters'
import { type JsonObject, textOf } from './json'
import type {
  AddressDto,
  ContactBankAccountDto,
  ContactDeliveryAddressDto,
  ContactPersonDto,
} from './models/contacts'
import { Complaints, conflict, notFound } from './problem'
import { routesOf } from './resource'

const SINCE = {
  createdDateTimeOffsetGreaterThan: after('CreatedDateTimeOffset'),
  lastChangedDateTimeOffsetGreaterThan: after('LastChangedDateTimeOffset'),
}

function ownerOf(call: Call): Contact {
  const owner = call.books.contacts.find(Number(call.param('contactId')))
  if (!owner) throw notFound('Contact', call.param('contactId'))
  return owner
}

const owned = <Row extends { ContactId: number }>(row: Row | null, ownerId: number): Row | null =>
  row?.ContactId === ownerId ? row : null

function checkCode(
  rows: { Id: number; ExternalCode: string | null }[],
  value: unknown,
  selfId: number | null,
  complaints: Complaints,
): void {
  const code = typeof value === 'string' ? textOf(value) : null
  const holder = rows.find((row) => row.Id !== selfId && code !== null && row.ExternalCode === code)
  if (holder) complaints.add(`ExternalCode is already in use. '${code}' is used on Id = ${holder.Id}.`)
}

export function addressFrom(value: unknown): AddressDto | null {
  if (typeof value !== 'object' || value === null) return null
  const given: Partial<AddressDto> = value
  const blank = { AddressLine1: null, AddressLine2: null, ZipCode: null, City: null }
  return { ...blank, ...given, CountryCode: given.CountryCode || 'NO' }
}

function checkPerson(books: Books, next: JsonObject, selfId: number | null): void {
  const complaints = new Complaints('Contact person', books.quirks.refusalStyle)
  checkRefused(books, next, new Set(Object.keys(next)), complaints)
  for (const name of ['FirstName', 'LastName']) {
    if (textOf(next[name]) === null) complaints.add(`${name} is required.`)
  }
  checkEmail('EmailAddress', next.EmailAddress, complaints)
  checkAddress(next.MailAddress, complaints)
  checkCode(books.persons.all(), next.ExternalCode, selfId, complaints)
  complaints.throwIfAny()
}

export function addPerson(
  books: Books,
  contactId: number,
  fields: JsonObject,
  settled = false,
): ContactPersonDto {
  const stamp = books.stamps.next()
  const person: ContactPersonDto = {
    Id: books.nextId('person'),
    FirstName: null,
    LastName: null,
    Title: null,
    EmailAddress: null,
    PhoneNumber: null,
    ExternalCode: null,
    IsActive: true,
    IsDefault: false,
    CreatedDateTimeOffset: stamp,
    LastChangedDateTimeOffset: stamp,
    ...fields,
    ContactId: contactId,
    MailAddress: addressFrom(fields.MailAddress),
  }
  if (person.IsDefault) dethrone(books, contactId)
  return books.persons.put(person, settled)
}

export function changePerson(books: Books, person: ContactPersonDto, changes: JsonObject): ContactPersonDto {
  if (changes.IsDefault === true) dethrone(books, person.ContactId)
  const address = changes.MailAddress === undefined ? person.MailAddress : addressFrom(changes.MailAddress)
  const stamp = books.stamps.next()
  return books.persons.put({ ...person, ...changes, MailAddress: address, LastChangedDateTimeOffset: stamp })
}

/** A contact has one default person. */
function dethrone(books: Books, contactId: number): void {
  for (const person of books.persons.all()) {
    if (person.ContactId !== contactId || !person.IsDefault) continue
    books.persons.put({ ...person, IsDefault: false, LastChangedDateTimeOffset: books.stamps.next() })
  }
}

const persons = routesOf<ContactPersonDto>({
  path: '/ContactPersons',
  subject: 'Contact person',
  isOwned: true,
  listed: (books) => books.persons.listed(),
  find: (books, id, ownerId) => owned(books.persons.find(Number(id)), ownerId),
  show: (_, person) => person,
  filters: { contactIds: anyOf('ContactId'), externalCodes: anyOf('ExternalCode'), ...SINCE },
  add: (books, body, call) => {
    const owner = ownerOf(call)
    if (owner.shared.IsPerson)
      call.violation('a contact person of a private person, which the GUI does not show')
    checkPerson(books, body, null)
    return addPerson(books, owner.Id, body)
  },
  change: (books, person, changes) => {
    checkPerson(books, { ...person, ...changes }, person.Id)
    return changePerson(books, person, changes)
  },
  remove: (books, person) => {
    if (books.isPersonInUse(person.Id)) throw conflict('Contact person', person.Id)
    books.persons.delete(person.Id)
  },
})

function checkDeliveryAddress(books: Books, next: JsonObject, selfId: number | null): void {
  const complaints = new Complaints('Contact delivery address')
  for (const name of ['City', 'ZipCode']) {
    if (textOf(next[name]) === null) complaints.add(`${name} is required.`)
  }
  checkCountry(next.CountryCode, complaints)
  checkCode(books.deliveryAddresses.all(), next.ExternalCode, selfId, complaints)
  complaints.throwIfAny()
}

const deliveryAddresses = routesOf<ContactDeliveryAddressDto>({
  path: '/ContactDeliveryAddresses',
  subject: 'Contact delivery address',
  isOwned: true,
  listed: (books) => books.deliveryAddresses.listed(),
  find: (books, id, ownerId) => owned(books.deliveryAddresses.find(Number(id)), ownerId),
  show: (_, address) => address,
  filters: { contactIds: anyOf('ContactId'), externalCodes: anyOf('ExternalCode', false), ...SINCE },
  add: (books, body, call) => {
    const owner = ownerOf(call)
    checkDeliveryAddress(books, body, null)
    const stamp = books.stamps.next()
    const isFirst = !books.deliveryAddresses.all().some((row) => row.ContactId === owner.Id)
    return books.deliveryAddresses.put({
      Id: books.nextId('address'),
      AddressLine1: null,
      AddressLine2: null,
      City: null,
      ZipCode: null,
      ExternalCode: null,
      CreatedDateTimeOffset: stamp,
      LastChangedDateTimeOffset: stamp,
      ...body,
      CountryCode: textOf(body.CountryCode) ?? 'NO',
      IsPrimary: isFirst || body.IsPrimary === true,
      ContactId: owner.Id,
    })
  },
  change: (books, row, changes) => {
    checkDeliveryAddress(books, { ...row, ...changes }, row.Id)
    const next = { ...row, ...changes, LastChangedDateTimeOffset: books.stamps.next() }
    return books.deliveryAddresses.put({ ...next, CountryCode: next.CountryCode || 'NO' })
  },
  remove: (books, row) => books.deliveryAddresses.delete(row.Id),
})

const bankAccounts = routesOf<ContactBankAccountDto>({
  path: '/ContactBankAccounts',
  subject: 'Contact bank account',
  isOwned: true,
  listed: (books) => books.bankAccounts.listed(),
  find: (books, id, ownerId) => owned(books.bankAccounts.find(Number(id)), ownerId),
  show: (_, account) => account,
  filters: {
    bankAccountNumbers: anyOf('BankAccountNumber'),
    contactIds: anyOf('ContactId'),
    createdDateTimeOffsetGreaterThan: after('CreateDateTimeOffset'),
    lastChangedDateTimeOffsetGreaterThan: SINCE.lastChangedDateTimeOffsetGreaterThan,
  },
  add: (books, body, call) => {
    const stamp = books.stamps.next()
    const blank = {
      BankAccountNumber: null,
      BankCode: null,
      BicSwift: null,
      CountryCode: 'NO',
      IsActive: true,
    }
    const stamps = { CreateDateTimeOffset: stamp, LastChangedDateTimeOffset: stamp }
    return books.bankAccounts.put({
      ...blank,
      ...body,
      ...stamps,
      Id: books.nextId('bankAccount'),
      ContactId: ownerOf(call).Id,
    })
  },
  change: (books, row, changes) =>
    books.bankAccounts.put({ ...row, ...changes, LastChangedDateTimeOffset: books.stamps.next() }),
  remove: (books, row) => books.bankAccounts.delete(row.Id),
})

const groups = routesOf({
  path: '/ContactGroups',
  subject: 'Contact group',
  listed: (books) => books.groups.listed(),
  find: (books, id) => books.groups.find(Number(id)),
  show: (_, group) => group,
  filters: { names: anyOf('Name'), ...SINCE },
  add: (books, body) => {
    const stamp = books.stamps.next()
    const stamps = { CreatedDateTimeOffset: stamp, LastChangedDateTimeOffset: stamp }
    return books.groups.put({ Id: books.nextId('group'), Name: textOf(body.Name), ...stamps })
  },
  change: (books, group, changes) =>
    books.groups.put({ ...group, ...changes, LastChangedDateTimeOffset: books.stamps.next() }),
  remove: (books, group) => {
    if (books.contacts.all().some((c) => c.shared.ContactGroupIds?.includes(group.Id))) {
      throw conflict('Contact group', group.Id)
    }
    books.groups.delete(group.Id)
  },
})

export const personRoutes: Handlers = { ...persons, ...deliveryAddresses, ...bankAccounts, ...groups }
