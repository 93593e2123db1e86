/** What Tribe adds by itself when a record is written. */
import type { Core, Deed } from './core'
import type { Row, Scalar } from './store'

/** The slot of an organisation that an address of this type belongs in. */
const SLOTS: Record<string, string> = {
  Invoice: 'InvoiceAddress',
  Visiting: 'VisitingAddress',
  Postal: 'PostalAddress',
}

export function fillIn(core: Core, row: Row): void {
  if (row.type.lineage.has('Relationship')) orElse(core, row, 'IsFormer', false)
  BY_TYPE[row.type.name]?.(core, row)
}

export function fillDefaults(core: Core, row: Row): void {
  for (const [path, value] of Object.entries(core.options.defaults)) {
    const [type = '', name = ''] = path.split('.')
    if (!row.type.lineage.has(type)) continue
    const link = row.type.navigations.get(name)
    if (!link && !row.type.properties.has(name)) throw new Error(`The fake has no member ${path}`)
    if (!link) {
      if (row.fields[name] == null) core.store.set(row, name, value)
    } else if (!row.links[name]) core.store.link(row, name, defaultEnd(core, link.target, String(value)))
  }
}

function defaultEnd(core: Core, set: string, code: string): string {
  const found = lookup(core, set, code)
  if (!found) throw new Error(`The fake has no ${set} '${code}'`)
  return found.id
}

const BY_TYPE: Record<string, (core: Core, row: Row) => void> = {
  Relation_Organization: (core, row) => {
    for (const slot of Object.values(SLOTS)) settle(core, row, slot, 'Organization')
  },
  Relation_Person: (core, row) => settle(core, row, 'Address', 'Person'),
  Address: settleAddress,
  Product: (core, row) => {
    for (const flag of ['IsInactive', 'IsVatIncluded']) orElse(core, row, flag, false)
  },
  Activity_Invoice: fillInvoice,
  ProductLine: fillLine,
  Attachment: fillAttachment,
}

/** An address in a relation's slot is that relation's address. */
function settle(core: Core, relation: Row, slot: string, back: 'Organization' | 'Person'): void {
  const address = core.store.find(relation.links[slot] ?? '')
  if (!address) return
  if (!address.links.Relation) core.store.link(address, 'Relation', relation.id)
  if (!address.links[back]) core.store.link(address, back, relation.id)
}

function settleAddress(core: Core, address: Row): void {
  const owner = core.store.find(address.links.Organization ?? address.links.Person ?? '')
  if (!owner) return
  if (!address.links.Relation) core.store.link(address, 'Relation', owner.id)
  if (owner.type.name === 'Relation_Person') {
    if (!owner.links.Address) core.store.link(owner, 'Address', address.id)
    return
  }
  const type = core.store.find(address.links.AddressType ?? '')
  const slot = SLOTS[String(type?.fields.Code)]
  if (core.options.addressTypeFillsSlot && slot && !owner.links[slot])
    core.store.link(owner, slot, address.id)
}

function fillInvoice(core: Core, invoice: Row): void {
  orElse(core, invoice, 'Currency', core.options.currency)
  orElse(core, invoice, 'IsVatIncluded', false)
  orElse(core, invoice, 'DiscountPercentage', 0)
  if (!invoice.links.Phase) {
    const draft = lookup(core, 'Datastore_Phase_ActivityInvoice', 'Draft')
    if (draft) core.store.link(invoice, 'Phase', draft.id)
  }
}

function fillLine(core: Core, line: Row): void {
  const product = core.store.find(line.links.Product ?? '')
  const vatGroup = product?.links.VatGroup
  if (!line.links.VatGroup && vatGroup) core.store.link(line, 'VatGroup', vatGroup)
  orElse(core, line, 'Description', product?.fields.Name ?? null)
  orElse(core, line, 'Price', product?.fields.SalesPrice ?? 0)
  orElse(core, line, 'PurchasePrice', product?.fields.PurchasePrice ?? 0)
  orElse(core, line, 'Quantity', 1)
  orElse(core, line, 'DiscountPercentage', 0)
  const activity = line.links.Activity
  if (!activity || line.fields.SortIndex !== undefined) return
  core.store.set(line, 'SortIndex', core.store.pointingAt(activity, 'Activity', 'ProductLine').length)
}

function fillAttachment(core: Core, attachment: Row): void {
  const holder = core.store.find(attachment.links.Entity ?? attachment.links.Invoice ?? '')
  if (!holder) return
  if (!attachment.links.Entity) core.store.link(attachment, 'Entity', holder.id)
  if (holder.type.name === 'Activity_Invoice' && !attachment.links.Invoice) {
    core.store.link(attachment, 'Invoice', holder.id)
  }
}

function orElse(core: Core, row: Row, name: string, value: Scalar): void {
  if (row.fields[name] === undefined && value !== null) core.store.set(row, name, value)
}

export function lookup(core: Core, set: string, code: string): Row | null {
  const type = core.schema.find(set)
  const matches = (row: Row) => row.fields.Code === code || row.fields.Name === code
  return type ? (core.store.of(type).find(matches) ?? null) : null
}

/** Where auto-numbering is on, a new customer has a debtor number a moment after it was made. */
export function numberDebtor(core: Core, role: Row, deed: Deed): void {
  if (!core.options.autoDebtorNumbers || !role.type.name.endsWith('_Customer')) return
  const holder = debtorOf(core, role)
  if (!holder || holder.fields.DebtorNumber) return
  const give = () => {
    if (holder.fields.DebtorNumber || !core.store.find(holder.id)) return
    const number = String(core.nextDebtorNumber++)
    core.store.set(holder, 'DebtorNumber', number)
    core.store.touch(holder, core.now())
    const change = { kind: 'updated', entityType: holder.type.dotted, entityId: holder.id } as const
    // Tribe does this, not the API: it is told even where our own writes are not.
    core.tell({ ...change, fields: { DebtorNumber: number } }, { ...deed, by: 'user' })
  }
  // The answer to a create does not have the number yet; a read after it does.
  if (deed.by === 'api') queueMicrotask(give)
  else give()
}

/** The record that bears a customer's debtor number. */
export function debtorOf(core: Core, role: Row): Row | null {
  const organization = core.store.find(role.links.Organization ?? '')
  if (organization) return organization
  if (core.options.personDebtorNumberOn === 'role') return role
  return core.options.personDebtorNumberOn === 'person' ? core.store.find(role.links.Person ?? '') : null
}
