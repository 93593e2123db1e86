/** What a test sees of an environment, past the API. */
import type { Core } from './core'
import { lookup } from './fill-in'
import type { TribeOptions } from './options'
import { readQuery } from './query'
import { render } from './read'
import type { Fields, Row } from './store'

export const ORGANIZATION_CUSTOMER = 'Relationship_Organization_CommercialRelationship_Customer'
export const PERSON_CUSTOMER = 'Relationship_Person_CommercialRelationship_Customer'
export const SUPPLIER = 'Relationship_Organization_Supplier'
export const CONTACT = 'Relationship_Person_Contact_Standard'

const ORGANIZATION = 'Organization($expand=InvoiceAddress($expand=Country),VisitingAddress($expand=Country))'

export class EnvironmentView {
  constructor(readonly core: Core) {}

  get id(): string {
    return this.core.id
  }
  get ownOrganizationId(): string {
    return this.core.ownOrganizationId
  }
  /** May be changed while the fake runs, except what shapes the metadata. */
  get options(): TribeOptions {
    return this.core.options
  }
  /** What the relay did in this environment and should never do. */
  get violations(): string[] {
    return this.core.violations
  }

  /** The record with all its properties, its links as `{ ID }` or expanded as in OData. Null when it is gone. */
  get(id: string, expand?: string): Fields | null {
    const row = this.core.store.find(id)
    return row ? this.shown(row, expand) : null
  }

  /** All records of a set, oldest first. */
  all(set: string, expand?: string): Fields[] {
    const rows = this.core.store.of(this.core.schema.get(set)).sort((a, b) => a.seq - b.seq)
    return rows.map((row) => this.shown(row, expand))
  }

  count(set: string): number {
    return this.core.store.of(this.core.schema.get(set)).length
  }

  customers(): Fields[] {
    return this.all(ORGANIZATION_CUSTOMER, ORGANIZATION)
  }
  suppliers(): Fields[] {
    return this.all(SUPPLIER, ORGANIZATION)
  }
  privateCustomers(): Fields[] {
    return this.all(PERSON_CUSTOMER, 'Person($expand=Address($expand=Country))')
  }
  contacts(): Fields[] {
    return this.all(CONTACT, 'Person,Relation')
  }
  products(): Fields[] {
    return this.all('Product', 'ProductGroup,Unit,VatGroup')
  }
  invoices(): Fields[] {
    return this.all('Activity_Invoice', 'Phase,Relationship,Contact,ProductLines($expand=Product,VatGroup)')
  }
  payments(): Fields[] {
    return this.all('Payment', 'Invoice,PaymentStatus')
  }

  get units(): Fields[] {
    return this.all('Datastore_Unit')
  }
  get vatGroups(): Fields[] {
    return this.all('Datastore_VatGroup')
  }
  get countries(): Fields[] {
    return this.all('Datastore_Country')
  }
  get addressTypes(): Fields[] {
    return this.all('Datastore_AdressType')
  }
  get invoicePhases(): Fields[] {
    return this.all('Datastore_Phase_ActivityInvoice')
  }
  get paymentStatuses(): Fields[] {
    return this.all('Datastore_PaymentStatus')
  }
  get paymentMethods(): Fields[] {
    return this.all('Datastore_PaymentMethod')
  }

  /** The id of a lookup value, by its code or name. */
  lookupId(set: string, code: string): string {
    const row = lookup(this.core, set, code)
    if (!row) throw new Error(`The fake has no ${set} '${code}'`)
    return row.id
  }

  /** The code of an invoice's phase. */
  phaseOf(invoiceId: string): string {
    const phase = this.core.store.get(this.core.store.get(invoiceId).links.Phase ?? '')
    return String(phase.fields.Code)
  }

  private shown(row: Row, expand?: string): Fields {
    const { core } = this
    const links = Object.fromEntries(Object.entries(row.links).map(([name, id]) => [name, { ID: id }]))
    const query = readQuery(core, row.type, new Map(expand ? [['$expand', expand]] : []), false)
    return { ...links, ...render(core, row, query, { apiUrl: '', showsAll: true }) }
  }
}
