import type { PowerOffice } from '../../poweroffice/client'
import type { Contact, Product as PowerOfficeProduct } from '../../poweroffice/schemas'
import { instantOf } from '../../shared/dates'
import { tribeIdIn } from '../../shared/reference'
import { isOwnProduct } from '../../slices'
import type { Tribe } from '../../tribe/client'
import type { Lookup, Payment } from '../../tribe/schemas'
import { typeOfSet } from '../../tribe/sets'
import type { World } from './world'

/** The two systems as a dry run meets them: reads pass, writes are noted and answered as the system would. */

/** What a step was begun for is noted, and what comes after it is PowerOffice's: the dry run goes no further with it. */
export class NotedEnough extends Error {}

const KINDS: Readonly<Record<string, string>> = {
  'Relationship.Organization.CommercialRelationship.Customer': 'customer',
  'Relationship.Person.CommercialRelationship.Customer': 'customer',
  'Relationship.Organization.Supplier': 'supplier',
  'Relationship.Person.Contact.Standard': 'contactPerson',
  Product: 'product',
}
const INVOICE = { kind: 'invoice', powerOfficeId: null } as const
const NEW_PRODUCT = { kind: 'product', tribeId: null, powerOfficeId: null } as const
const GENERIC_FIELDS = ['code', 'name', 'vatCode']

/** A product group is known by its name in either system: it is told by the id that it has in the other. */
const groupNote = (side: 'tribe' | 'powerOffice', otherId: string | null) => ({
  side,
  kind: 'productGroup',
  tribeId: side === 'tribe' ? null : otherId,
  powerOfficeId: side === 'tribe' ? otherId : null,
  action: 'create' as const,
  fields: ['name'],
})

export function notingTribe(
  tribe: Tribe,
  world: World,
  { now, groupNamed }: Pick<Around, 'now' | 'groupNamed'>,
): Tribe {
  const at = () => instantOf(new Date(now()))
  const payments = new Map<string, Payment[]>()
  const invoiceOf = new Map<string, string>()
  const paid = (invoiceId: string) =>
    world.note({ ...INVOICE, side: 'tribe', action: 'update', tribeId: invoiceId, fields: ['payments'] })
  const page = async <P extends { rows: readonly unknown[] }>(read: Promise<P>): Promise<P> => {
    const found = await read
    return { ...found, rows: found.rows.map(world.inTribe) }
  }
  const all = async <T>(read: Promise<T>): Promise<T> => world.inTribe(await read)
  const noting: Tribe = {
    ...tribe,
    findRole: async (set, id) => (world.foundInTribe(id) as never) ?? all(tribe.findRole(set, id)),
    allRoles: (set) => all(tribe.allRoles(set)),
    rolesWhere: (set, filter) => all(tribe.rolesWhere(set, filter)),
    rolesById: (set, ids) => all(tribe.rolesById(set, ids)),
    changedRoles: (...given) => page(tribe.changedRoles(...given)),
    findProduct: async (id) => (world.foundInTribe(id) as never) ?? all(tribe.findProduct(id)),
    allProducts: () => all(tribe.allProducts()),
    productsById: (ids) => all(tribe.productsById(ids)),
    changedProducts: (...given) => page(tribe.changedProducts(...given)),
    productsByImportId: (ids) => all(tribe.productsByImportId(ids)),
    findProductByImportId: (ids) => all(tribe.findProductByImportId(ids)),
    productGroups: async () => [...(await tribe.productGroups()), ...world.groups.tribe],
    findInvoice: (id) => all(tribe.findInvoice(id)),
    sumsSince: (...given) => all(tribe.sumsSince(...given)),
    sumsAmong: (ids) => all(tribe.sumsAmong(ids)),
    changedInvoices: (...given) => page(tribe.changedInvoices(...given)),
    async paymentsOf(invoiceId) {
      const held = await tribe.paymentsOf(invoiceId)
      for (const { ID } of held) invoiceOf.set(ID, invoiceId)
      return [...held.map(world.inTribe), ...(payments.get(invoiceId) ?? [])]
    },

    async create(set, fields) {
      const id = world.newTribeId()
      const made = world.makeInTribe(id, fields)
      const kind = KINDS[typeOfSet(set)]
      const powerOfficeId = /:([^:]+)$/.exec(String(fields.ImportId ?? ''))?.[1] ?? null
      if (kind)
        world.note({ side: 'tribe', kind, tribeId: null, powerOfficeId, action: 'create', fields: [] })
      if (set === 'ProductGroup') {
        const Name = String(fields.Name)
        world.groups.tribe.push({ ID: id, Name } as Lookup)
        world.note(groupNote('tribe', await groupNamed('powerOffice', Name)), Name)
      }
      const child = (made.Organization ?? null) as { ID: string } | null
      return { ID: id, ...scalarsOf(fields), ...(child ? { Organization: { ID: child.ID } } : {}) }
    },
    async update(_set, id, fields) {
      world.changeInTribe(id, fields, at())
      return { ...scalarsOf(fields), ID: id }
    },
    async updateFields(_set, id, fields) {
      world.changeInTribe(id, fields, at())
    },
    async setPhase(invoiceId, phaseId) {
      world.changeInTribe(invoiceId, { Phase: { ID: phaseId } }, at())
      world.note({ ...INVOICE, side: 'tribe', action: 'update', tribeId: invoiceId, fields: ['state'] })
    },
    async createPayment(fields) {
      const invoiceId = (fields.Invoice as { ID: string }).ID
      const row = { ...fields, ID: world.newTribeId() } as unknown as Payment
      payments.set(invoiceId, [...(payments.get(invoiceId) ?? []), row])
      paid(invoiceId)
    },
    async updatePayment(id, fields) {
      world.changeInTribe(id, fields, at())
      const invoiceId = invoiceOf.get(id)
      if (invoiceId !== undefined) paid(invoiceId)
    },
    attachPdf: async () => undefined,
    deleteRecord: async () => undefined,
    createWebhook: async () => null,
    deleteWebhook: async () => undefined,
  }
  return noting
}

const scalarsOf = (fields: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => typeof value !== 'object' || value === null),
  )

interface Around {
  now: () => number
  /** Which invoice of Tribe's an order of PowerOffice's is. */
  invoiceOf: (orderId: string) => Promise<string | null>
  /** The id of a product group in one of the systems; null where it has none of that name. */
  groupNamed: (side: 'tribe' | 'powerOffice', name: string) => Promise<string | null>
}

export function notingPowerOffice(
  powerOffice: PowerOffice,
  world: World,
  { now, invoiceOf, groupNamed }: Around,
): PowerOffice {
  const at = () => instantOf(new Date(now()))
  const setOf = (kind: string) => (kind === 'contactPerson' ? 'person' : 'contact')
  const contact = <C extends Contact | null>(kind: string, row: C): C =>
    row && (withPlace(row, world.inPowerOffice(setOf(kind), row)) as C)
  const product = <P extends PowerOfficeProduct | null>(row: P): P =>
    row && (world.inPowerOffice('product', row) as P)
  const invoice = (tribeId: string | null, action: 'create' | 'update', fields: string[]) =>
    world.note({ ...INVOICE, side: 'powerOffice', action, tribeId, fields })
  const noting: PowerOffice = {
    ...powerOffice,
    async contacts(kind, query) {
      const found = await powerOffice.contacts(kind, query)
      return { ...found, rows: found.rows.map((row) => contact(kind, row)) }
    },
    findContact: async (kind, which) =>
      (world.foundInPowerOffice(setOf(kind), which.id) as Contact | null) ??
      contact(kind, await powerOffice.findContact(kind, which)),
    findContactByReference: async (kind, references) =>
      contact(kind, await powerOffice.findContactByReference(kind, references)),
    findContactByNumber: async (kind, number) =>
      contact(kind, await powerOffice.findContactByNumber(kind, number)),
    personsOf: async (id) => (await powerOffice.personsOf(id)).map((row) => contact('contactPerson', row)),
    async createContact(kind, { parentId }, members) {
      const Id = world.newPowerOfficeId()
      const made = {
        ...members,
        Id,
        ContactId: parentId === null ? null : Number(parentId),
        Number: kind === 'contactPerson' ? null : Id,
        SubledgerAccountId: kind === 'customer' ? Id : null,
        LastChangedDateTimeOffset: at(),
      } as Contact
      return { contact: world.makeInPowerOffice(setOf(kind), made), isNew: true }
    },
    async patchContact(kind, which, changes) {
      const row = await noting.findContact(kind, which)
      world.patchInPowerOffice(setOf(kind), which.id, changes, at())
      return contact(kind, row) as Contact
    },
    async products(query) {
      const found = await powerOffice.products(query)
      return { ...found, rows: found.rows.map(product) }
    },
    findProduct: async (id) =>
      (world.foundInPowerOffice('product', id) as PowerOfficeProduct | null) ??
      product(await powerOffice.findProduct(id)),
    productsWithCodes: async (codes) => (await powerOffice.productsWithCodes(codes)).map(product),
    productsCreatedAfter: async (instant) => (await powerOffice.productsCreatedAfter(instant)).map(product),
    async createProduct(members) {
      const Id = world.newPowerOfficeId()
      const made = { ...members, Id, LastChangedDateTimeOffset: at() } as PowerOfficeProduct
      // One for lines that have none is synced to nobody, and told by no timeline.
      if (isOwnProduct(made))
        world.note(
          { ...NEW_PRODUCT, side: 'powerOffice', action: 'create', fields: GENERIC_FIELDS },
          String(made.Code),
        )
      return world.makeInPowerOffice('product', made)
    },
    async patchProduct(id, changes) {
      const row = await noting.findProduct(id)
      world.patchInPowerOffice('product', id, changes, at())
      return product(row) as PowerOfficeProduct
    },
    productGroups: async () => [...(await powerOffice.productGroups()), ...world.groups.powerOffice],
    async createProductGroup(group) {
      const made = { ...group, Id: world.newPowerOfficeId() }
      world.groups.powerOffice.push(made)
      world.note(groupNote('powerOffice', await groupNamed('tribe', group.Name)), group.Name)
      return made
    },

    async createOrder(order) {
      invoice(tribeIdIn(order.ExternalImportReference), 'create', ['date', 'currency', 'lines', 'total'])
      throw new NotedEnough()
    },
    async postVoucher(_kind, voucher) {
      invoice(tribeIdIn(voucher.ExternalImportReference), 'create', ['date', 'currency', 'lines', 'total'])
      throw new NotedEnough()
    },
    async requestSend(orderId) {
      invoice(await invoiceOf(orderId), 'update', ['state'])
      throw new NotedEnough()
    },
    async addOrderLine(orderId) {
      invoice(await invoiceOf(orderId), 'update', ['lines'])
    },
    async deleteOrder(orderId): Promise<never> {
      invoice(await invoiceOf(orderId), 'update', ['lines'])
      throw new NotedEnough()
    },
    async attach(orderId, { name, bytes }) {
      invoice(await invoiceOf(orderId), 'update', ['attachments'])
      return { Id: world.newPowerOfficeId(), FileName: name, FileSize: bytes.length }
    },
    putPdf: async () => undefined,
    removeIntegration: async () => undefined,
  }
  return noting
}

/** An address of which only parts were changed keeps the others. */
function withPlace(before: Contact, now: Contact): Contact {
  if (now.MailAddress === before.MailAddress) return now
  return { ...now, MailAddress: { ...before.MailAddress, ...now.MailAddress } }
}
