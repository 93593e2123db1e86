/** One company's Tribe, with the hands of its users: what they do fires webhooks as a click would. */
import type { Deed } from './core'
import { EnvironmentAccess } from './environment-access'
import { CONTACT, ORGANIZATION_CUSTOMER, PERSON_CUSTOMER, SUPPLIER } from './environment-view'
import { asBody } from './hand-fields'
import { addPdf, creditInvoice, type InvoiceGiven, makeInvoice, sendInvoice } from './invoices'
import type { Fields, Row } from './store'
import { about, create, remove, update, upgrade } from './write'

export interface Quietly {
  /** No webhook tells of it. */
  silent?: boolean
}

export interface RelationGiven extends Quietly {
  organization?: Fields
  /** An organisation that is there already. */
  organizationId?: string
  role?: Fields
  invoiceAddress?: Fields
  visitingAddress?: Fields
}

export interface PrivateCustomerGiven extends Quietly {
  person?: Fields
  personId?: string
  role?: Fields
  address?: Fields
}

export interface ContactGiven extends Quietly {
  organizationId: string
  person?: Fields
  personId?: string
  contact?: Fields
}

export type AddressSlot = 'InvoiceAddress' | 'VisitingAddress' | 'PostalAddress' | 'Address'

const user = ({ silent }: Quietly): Deed => ({ by: 'user', silent: silent ?? false })

export class TribeEnvironment extends EnvironmentAccess {
  hasCustomer(given: RelationGiven = {}): { roleId: string; organizationId: string } {
    return this.organizationRole(ORGANIZATION_CUSTOMER, given, 'Nordlys Maskin AS')
  }

  hasSupplier(given: RelationGiven = {}): { roleId: string; organizationId: string } {
    return this.organizationRole(SUPPLIER, given, 'Verktøy Engros AS')
  }

  hasLead(given: RelationGiven & { stage?: 'Suspect' | 'Lead' | 'HotProspect' | 'Prospect' } = {}) {
    const stage = `Relationship_Organization_CommercialRelationship_${given.stage ?? 'Lead'}`
    return this.organizationRole(stage, given, 'Kanskje AS')
  }

  /** A lead or prospect becomes a customer. */
  upgradeLead(roleId: string, quietly: Quietly = {}): void {
    const row = this.core.store.get(roleId)
    const isPerson = row.type.lineage.has('Relationship_Person')
    upgrade(this.core, row, isPerson ? PERSON_CUSTOMER : ORGANIZATION_CUSTOMER, user(quietly))
  }

  hasPrivateCustomer(given: PrivateCustomerGiven = {}): { roleId: string; personId: string } {
    const address = given.address ? { Address: given.address } : {}
    const person = { FirstName: 'Kari', LastName: 'Haugen', ...given.person, ...address }
    const Person = given.personId ? { ID: given.personId } : person
    const fields = { Relation: { ID: this.ownOrganizationId }, Person, ...given.role }
    const row = this.make(PERSON_CUSTOMER, fields, given)
    return { roleId: row.id, personId: row.links.Person as string }
  }

  hasContact(given: ContactGiven): { contactId: string; personId: string } {
    const Person = given.personId
      ? { ID: given.personId }
      : { FirstName: 'Ola', LastName: 'Lund', ...given.person }
    const fields = { Relation: { ID: given.organizationId }, Person, ...given.contact }
    const row = this.make(CONTACT, fields, given)
    return { contactId: row.id, personId: row.links.Person as string }
  }

  hasProduct(fields: Fields = {}, quietly: Quietly = {}): string {
    const VatGroup = this.options.country === 'NL' ? 'NL21' : 'NO25'
    const usual: Fields = { Name: 'Konsulenttime', SalesPrice: 1450, Unit: 'hr', VatGroup }
    return this.make('Product', { ...usual, ...fields }, quietly).id
  }

  hasProductGroup(name: string, fields: Fields = {}, quietly: Quietly = {}): string {
    return this.make('ProductGroup', { Name: name, ...fields }, quietly).id
  }

  /** Any record, as a user may make it: a lookup value, a payment, a note. Gives its id. */
  has(set: string, fields: Fields, quietly: Quietly = {}): string {
    return this.make(set, fields, quietly).id
  }

  hasAttachment(
    entityId: string,
    file: { name: string; mimeType: string; data: Uint8Array },
    quietly: Quietly = {},
  ): string {
    const File = { Name: file.name, MimeType: file.mimeType, Data: Buffer.from(file.data).toString('base64') }
    const fields = { Description: file.name, Entity: { ID: entityId }, File }
    return this.make('Attachment', fields, quietly).id
  }

  /** What hangs on a record: its name, and its text. */
  filesOn(entityId: string): { name: string; text: string }[] {
    const { store } = this.core
    return store.pointingAt(entityId, 'Entity', 'Attachment').map((row) => {
      const file = store.find(row.links.File ?? '')?.fields
      const text = Buffer.from(String(file?.Data ?? ''), 'base64').toString()
      return { name: String(file?.Name), text }
    })
  }

  edit(entityId: string, fields: Fields, quietly: Quietly = {}): void {
    const row = this.core.store.get(entityId)
    update(this.core, row, row.type, asBody(this.core, row.type, fields), user(quietly))
  }

  /** Edits the address in a slot of a relation, or puts one there; gives its id. */
  editAddress(relationId: string, slot: AddressSlot, fields: Fields, quietly: Quietly = {}): string {
    const relation = this.core.store.get(relationId)
    const addressId = relation.links[slot]
    if (addressId) this.edit(addressId, fields, quietly)
    else this.edit(relationId, { [slot]: fields }, quietly)
    return relation.links[slot] as string
  }

  remove(entityId: string, quietly: Quietly = {}): void {
    remove(this.core, this.core.store.get(entityId), user(quietly))
  }

  /** Users merge two organisations that are one: all that hung on the first hangs on the other, and it is gone. */
  mergeOrganizations(fromId: string, intoId: string, quietly: Quietly = {}): void {
    const { core } = this
    for (const { row, via } of core.store.linksTo(fromId)) {
      if (!row.type.lineage.has('Relationship')) continue
      core.store.link(row, via, intoId)
      core.store.touch(row, core.now())
      core.tell({ ...about(row, 'link-changed'), link: { name: via, to: intoId } }, user(quietly))
    }
    this.remove(fromId, quietly)
  }

  /**
   * A draft, unless a phase is given: `Sent` and what follows it are sent first. Without a role it is the first
   * customer's, without lines it has one of 1000 with the usual VAT.
   */
  hasInvoice(given: InvoiceGiven = {}): string {
    const [first] = this.core.store.of(this.core.schema.get(ORGANIZATION_CUSTOMER))
    const roleId = given.roleId ?? first?.id ?? this.hasCustomer({ silent: given.silent ?? false }).roleId
    return makeInvoice(this.core, { ...given, roleId }, user(given))
  }

  /** Gives it number, dates and PDF, moves it to Sent and freezes it, as "Verzenden" does. Gives the number. */
  sendInvoice(invoiceId: string, how: Quietly & { invoiceDate?: string; dueDate?: string } = {}): string {
    return sendInvoice(this.core, invoiceId, user(how), how)
  }

  /** Tribe rounds an invoice in a way of its own: it says other totals than its lines come to. */
  sayTotals(invoiceId: string, totals: Readonly<Record<string, number>>): void {
    this.core.saidTotals.set(invoiceId, totals)
  }

  /** Makes the PDF of an invoice that was sent, where that is not done at once. */
  makePdf(invoiceId: string, how: Quietly & { bytes?: number } = {}): void {
    addPdf(this.core, invoiceId, user(how), how.bytes)
  }

  /** How large each attachment is, in bytes. */
  papers(): number[] {
    const { store, schema, fileSizes } = this.core
    return store.of(schema.get('Attachment')).map((row) => {
      const data = String(store.find(row.links.File ?? '')?.fields.Data ?? '')
      return Math.max(Buffer.from(data, 'base64').length, fileSizes.get(row.id) ?? 0)
    })
  }

  /** Makes the PDFs that sent invoices do not have yet. */
  makeMissingPdfs(quietly: Quietly = {}): void {
    const invoices = this.core.store.of(this.core.schema.get('Activity_Invoice')).filter((row) => row.wasSent)
    for (const { id } of invoices)
      if (this.core.store.pointingAt(id, 'Invoice', 'Attachment').length === 0) this.makePdf(id, quietly)
  }

  /** A draft that credits the invoice, wholly or the lines given. Gives its id. */
  creditInvoice(
    invoiceId: string,
    how: Quietly & { lines?: { lineId: string; quantity: number }[] } = {},
  ): string {
    return creditInvoice(this.core, invoiceId, user(how), how.lines)
  }

  /** Only the phase; `sendInvoice` does all that "Verzenden" does. */
  setPhase(invoiceId: string, code: string, quietly: Quietly = {}): void {
    if (code === 'Sent') this.core.store.get(invoiceId).wasSent = true
    this.edit(invoiceId, { Phase: code }, quietly)
  }

  private organizationRole(type: string, given: RelationGiven, name: string) {
    const Organization = given.organizationId
      ? { ID: given.organizationId }
      : {
          Name: name,
          ...given.organization,
          ...(given.invoiceAddress ? { InvoiceAddress: given.invoiceAddress } : {}),
          ...(given.visitingAddress ? { VisitingAddress: given.visitingAddress } : {}),
        }
    const fields = { Relation: { ID: this.ownOrganizationId }, Organization, ...given.role }
    const row = this.make(type, fields, given)
    return { roleId: row.id, organizationId: row.links.Organization as string }
  }

  private make(set: string, fields: Fields, quietly: Quietly): Row {
    const type = this.core.schema.get(set)
    return create(this.core, type, asBody(this.core, type, fields), user(quietly))
  }
}
