/** What a bookkeeper does with customers, suppliers and their persons. */
import { Books } from './books'
import { remove } from './contact-routes'
import { addContact, addRole, type Contact, changeContact, customerOf, hasRole, supplierOf } from './contacts'
import type { JsonObject } from './json'
import type {
  ContactAddressDto,
  ContactGroupDto,
  ContactPersonDto,
  CustomerDto,
  SupplierDto,
} from './models/contacts'
import type { Role } from './numbers'
import { addPerson, changePerson } from './person-routes'

export type Partly<T> = {
  [K in keyof T]?: T[K] extends infer V ? (V extends JsonObject ? Partial<V> : V) : never
}

/** The members that were given: a test may spell an absent one as undefined. */
export const given = (partial: object): JsonObject =>
  Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined))

export class BooksWithContacts extends Books {
  private contact(id: number): Contact {
    const contact = this.contacts.find(id)
    if (!contact) throw new Error(`no contact ${id}`)
    return contact
  }

  /** A customer that was there all along. Number and names are made up where they are not given. */
  hasCustomer(partial: Partly<CustomerDto> = {}): CustomerDto {
    return customerOf(this, this.hasContact('Customer', 'Kunde', given(partial)))
  }

  hasSupplier(partial: Partly<SupplierDto> = {}): SupplierDto {
    return supplierOf(this, this.hasContact('Supplier', 'Leverandør', given(partial)))
  }

  private hasContact(role: Role, word: string, fields: JsonObject): Contact {
    const names =
      fields.IsPerson === true
        ? { FirstName: 'Ola', LastName: `Nordmann ${this.contacts.size + 1}` }
        : { Name: `${word} ${this.contacts.size + 1} AS` }
    return addContact(this, role, { ...names, ...fields }, true)
  }

  hasContactPerson(contactId: number, partial: Partly<ContactPersonDto> = {}): ContactPersonDto {
    const names = { FirstName: 'Kari', LastName: `Nordmann ${this.persons.size + 1}` }
    return addPerson(this, this.contact(contactId).Id, { ...names, ...given(partial) }, true)
  }

  /** The API does not show these customers, suppliers or contact persons for a while: 404, and in no list. */
  hide(id: number, isHidden = true): void {
    this.contacts.hide(id, isHidden)
    this.persons.hide(id, isHidden)
    this.productRows.hide(id, isHidden)
  }

  hasContactGroup(name: string): ContactGroupDto {
    const stamp = this.stamps.next()
    const stamps = { CreatedDateTimeOffset: stamp, LastChangedDateTimeOffset: stamp }
    return this.groups.put({ Id: this.nextId('group'), Name: name, ...stamps }, true)
  }

  /** Joins the supplier role to a customer: the same id, name and archive flag from then on. */
  makeAlsoSupplier(contactId: number, partial: Partly<SupplierDto> = {}): SupplierDto {
    return supplierOf(this, addRole(this, this.contact(contactId), 'Supplier', given(partial)))
  }

  makeAlsoCustomer(contactId: number, partial: Partly<CustomerDto> = {}): CustomerDto {
    return customerOf(this, addRole(this, this.contact(contactId), 'Customer', given(partial)))
  }

  editCustomer(id: number, partial: Partly<CustomerDto>): CustomerDto {
    return customerOf(this, changeContact(this, this.contact(id), 'Customer', given(partial)))
  }

  editSupplier(id: number, partial: Partly<SupplierDto>): SupplierDto {
    return supplierOf(this, changeContact(this, this.contact(id), 'Supplier', given(partial)))
  }

  /** Changes the postal address, which by itself does not move the contact's clock. */
  editMailAddress(id: number, partial: Partial<ContactAddressDto>): void {
    const contact = this.contact(id)
    const role = contact.customer ? 'Customer' : 'Supplier'
    changeContact(this, contact, role, { MailAddress: given(partial) })
  }

  editContactPerson(id: number, partial: Partly<ContactPersonDto>): ContactPersonDto {
    const person = this.persons.find(id)
    if (!person) throw new Error(`no contact person ${id}`)
    return changePerson(this, person, given(partial))
  }

  deleteContactPerson(id: number): void {
    this.persons.delete(id)
  }

  /** Archives a contact, in all its roles; as the GUI would, it refuses while there is a balance. */
  archive(contactId: number, isArchived = true): void {
    const contact = this.contact(contactId)
    if (isArchived && this.balanceOf(contactId) !== 0) throw new Error(`contact ${contactId} has a balance`)
    changeContact(this, contact, contact.customer ? 'Customer' : 'Supplier', { IsArchived: isArchived })
  }

  /** Switches one role off while the other lives on. */
  deactivate(contactId: number, role: Role): void {
    changeContact(this, this.contact(contactId), role, { IsActive: false })
  }

  deleteCustomer(id: number): void {
    remove(this, 'Customer', this.contact(id))
  }

  deleteSupplier(id: number): void {
    remove(this, 'Supplier', this.contact(id))
  }

  customers(): CustomerDto[] {
    return this.contactsWith('Customer').map((contact) => customerOf(this, contact))
  }

  customer(id: number): CustomerDto {
    return customerOf(this, this.contact(id))
  }

  suppliers(): SupplierDto[] {
    return this.contactsWith('Supplier').map((contact) => supplierOf(this, contact))
  }

  supplier(id: number): SupplierDto {
    return supplierOf(this, this.contact(id))
  }

  private contactsWith(role: Role): Contact[] {
    return this.contacts.all().filter((contact) => hasRole(contact, role))
  }

  contactPersons(contactId?: number): ContactPersonDto[] {
    return this.persons.all().filter((person) => contactId === undefined || person.ContactId === contactId)
  }

  contactPerson(id: number): ContactPersonDto | null {
    return this.persons.find(id)
  }
}
