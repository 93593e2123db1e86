import * as some from '../converge/relations/values'
import type { Scene } from '../converge/scene'
import type { LineGiven } from '../fakes/tribe'
import type { Dice } from '../platform/dice'
import type { TownTenant } from '../platform/town'

/**
 * What users of both systems do, drawn from the seed and from what both hold, by names that users see. No field of a
 * record is edited twice between two rests, so that how it ends does not hang on who comes first, and any two
 * versions have to agree about it.
 */

/** What a user is going to do. */
export interface Deed {
  says: string
  run(): void
}
type Draw = (hand: Hand) => Deed | null
type Fields = Record<string, () => unknown>

/** The users of one company, between two rests. */
export class Hand {
  private serial = 0
  /** What is spoken for until the next rest. */
  private readonly taken = new Set<string>()
  readonly marks: string[] = []
  constructor(
    readonly dice: Dice,
    readonly tenant: TownTenant,
  ) {}

  get crm() {
    return this.tenant.crm
  }
  get books() {
    return this.tenant.books
  }
  /** As the makers of values ask for it. */
  get world(): Scene {
    return this as unknown as Scene
  }

  unique(word: string): string {
    return `${word}${++this.serial}`
  }
  count(): number {
    return ++this.serial
  }
  rest(): void {
    this.taken.clear()
  }

  /** True for the first who asks for it. */
  takes(what: string): boolean {
    if (this.taken.has(what)) return false
    this.taken.add(what)
    return true
  }

  /** One of these that nobody has in hand for this, in an order that ids have no part in. */
  pick<T extends object>(rows: readonly T[], field: string): { row: T; name: string } | null {
    const named = rows.flatMap((row) => (nameOf(row) ? [{ row, name: nameOf(row) }] : []))
    const picked = this.dice.pick(named.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    return picked && this.takes(`${picked.name}.${field}`) && !this.taken.has(`${picked.name}.gone`)
      ? picked
      : null
  }

  draw(): Deed | null {
    return this.dice.weighted(DEEDS)(this)
  }
}

/** What a user calls a record, in either system. */
export function nameOf(record: object): string {
  const row = record as Record<string, unknown>
  const inner = (row.Organization ?? row.Person) as Record<string, unknown> | undefined
  if (inner) return nameOf(inner)
  const last = row.LastName ?? null
  return String((last === null ? row.Name : last) ?? '')
    .split(' ')
    .slice(-1)
    .join()
}

const idOf = (row: object, name = 'Organization') => String((row as Record<string, { ID: string }>)[name]?.ID)

// ── Relations in Tribe ──────────────────────────────────────────────────────

const companiesHere = ({ crm }: Hand) => [...crm.customers(), ...crm.suppliers()]

const editHere: Draw = (hand) => {
  const { dice, crm, world } = hand
  const fields: Fields = {
    Name: () => some.company(world, dice),
    PhoneNumber: () => some.phone(world, dice),
    EmailAddress: () => some.anyEmail(world, dice),
    Website: () => some.website(world, dice),
    VATNumber: () => some.organizationNumber(world),
    FinancialEmailAddress: () => some.email(world, dice),
  }
  const field = dice.pick(Object.keys(fields)) ?? ''
  const picked = hand.pick(companiesHere(hand), SAME[field] ?? field)
  const value = fields[field]?.() as string | null
  if (!picked) return null
  const id = idOf(picked.row)
  return { says: `Tribe: ${picked.name} has ${field} ${value}`, run: () => crm.edit(id, { [field]: value }) }
}

const addressHere: Draw = (hand) => {
  const picked = hand.pick(companiesHere(hand), 'address')
  const fields = some.addressInTribe(hand.world, hand.dice)
  if (!picked) return null
  const id = idOf(picked.row)
  return {
    says: `Tribe: ${picked.name} is at ${JSON.stringify(fields)}`,
    run: () => void hand.crm.editAddress(id, 'InvoiceAddress', fields),
  }
}

const termsHere: Draw = (hand) => {
  const picked = hand.pick(hand.crm.customers(), 'terms')
  const PaymentTermInDays = 100 + (hand.count() % 60)
  if (!picked) return null
  const id = String(picked.row.ID)
  return {
    says: `Tribe: ${picked.name} pays in ${PaymentTermInDays} days`,
    run: () => hand.crm.edit(id, { PaymentTermInDays }),
  }
}

const personHere: Draw = (hand) => {
  const picked = hand.pick([...hand.crm.contacts(), ...hand.crm.privateCustomers()], 'name')
  const names = some.inTribe(some.name(hand.world, hand.dice))
  if (!picked) return null
  const id = idOf(picked.row, 'Person')
  return { says: `Tribe: ${picked.name} is ${names.LastName}`, run: () => hand.crm.edit(id, names) }
}

const newHere: Draw = (hand) => {
  const { dice, crm, world } = hand
  const organization = {
    Name: some.company(world, dice),
    PhoneNumber: some.phone(world, dice),
    EmailAddress: some.anyEmail(world, dice),
    VATNumber: some.vatNumber(world, dice),
  }
  const given = {
    organization,
    ...(dice.is(0.5) ? { invoiceAddress: some.addressInTribe(world, dice) } : {}),
  }
  const isCustomer = dice.is(0.7)
  const person = some.inTribe(some.name(world, dice))
  const isWithContact = dice.is(0.4)
  return {
    says: `Tribe: new ${organization.Name}${isWithContact ? ` with ${person.LastName}` : ''}`,
    run: () => {
      const { organizationId } = isCustomer ? crm.hasCustomer(given) : crm.hasSupplier(given)
      if (isWithContact) crm.hasContact({ organizationId, person })
    },
  }
}

const newPrivateHere: Draw = ({ world, dice, crm }) => {
  const person = { ...some.inTribe(some.name(world, dice)), EmailAddress: some.email(world, dice) }
  return { says: `Tribe: new ${person.LastName}`, run: () => void crm.hasPrivateCustomer({ person }) }
}

const roleHere: Draw = (hand) => {
  const isAlone = (row: object, among: readonly object[]) => among.every((one) => nameOf(one) !== nameOf(row))
  const suppliers = hand.crm.suppliers()
  const picked = hand.pick(
    hand.crm.customers().filter((row) => isAlone(row, suppliers)),
    'role',
  )
  if (!picked) return null
  const organizationId = idOf(picked.row)
  return {
    says: `Tribe: ${picked.name} sells, too`,
    run: () => void hand.crm.hasSupplier({ organizationId }),
  }
}

const goneHere: Draw = (hand) => {
  if (!hand.takes('a role in Tribe')) return null
  const picked = hand.pick(hand.crm.suppliers(), 'gone')
  if (!picked) return null
  return { says: `Tribe: ${picked.name} is deleted`, run: () => hand.crm.remove(String(picked.row.ID)) }
}

// ── Relations in PowerOffice ────────────────────────────────────────────────

const SAME: Readonly<Record<string, string>> = {
  WebsiteUrl: 'Website',
  OrganizationNumber: 'VATNumber',
  InvoiceEmailAddress: 'FinancialEmailAddress',
  PaymentTermId: 'terms',
}

const editThere: Draw = (hand) => {
  const { dice, books, world } = hand
  const isCustomer = dice.is(0.7)
  const fields: Fields = {
    Name: () => some.company(world, dice),
    PhoneNumber: () => some.phone(world, dice),
    EmailAddress: () => some.email(world, dice),
    WebsiteUrl: () => some.website(world, dice),
    OrganizationNumber: () => some.organizationNumber(world),
    ...(isCustomer
      ? {
          InvoiceEmailAddress: () => some.email(world, dice),
          PaymentTermId: () => dice.pick(books.paymentTerms.all())?.Id ?? null,
        }
      : {}),
  }
  const field = dice.pick(Object.keys(fields)) ?? ''
  const rows = (isCustomer ? books.customers() : books.suppliers()).filter(
    (row) => !('IsPerson' in row && row.IsPerson),
  )
  const picked = hand.pick(rows, SAME[field] ?? field)
  const value = fields[field]?.()
  if (!picked) return null
  const { Id } = picked.row
  const change = { [field]: value }
  return {
    says: `PowerOffice: ${picked.name} has ${field} ${value}`,
    run: () => void (isCustomer ? books.editCustomer(Id, change) : books.editSupplier(Id, change)),
  }
}

const addressThere: Draw = (hand) => {
  const { books } = hand
  const picked = hand.pick([...books.customers(), ...books.suppliers()], 'address')
  const fields = { ZipCode: '7010', City: 'Trondheim', ...some.addressInPowerOffice(hand.world, hand.dice) }
  if (!picked || picked.row.IsArchived) return null
  const { Id } = picked.row
  return {
    says: `PowerOffice: ${picked.name} is at ${JSON.stringify(fields)}`,
    run: () => books.editMailAddress(Id, fields),
  }
}

const personThere: Draw = (hand) => {
  const picked = hand.pick(hand.books.contactPersons(), 'name')
  const names = some.inPowerOffice(some.name(hand.world, hand.dice))
  if (!picked) return null
  const { Id } = picked.row
  return {
    says: `PowerOffice: ${picked.name} is ${names.LastName}`,
    run: () => void hand.books.editContactPerson(Id, names),
  }
}

const newThere: Draw = ({ dice, world, books }) => {
  const fields = {
    Name: some.company(world, dice),
    PhoneNumber: some.phone(world, dice),
    EmailAddress: some.email(world, dice),
    OrganizationNumber: some.organizationNumber(world),
    ...(dice.is(0.5)
      ? { MailAddress: { ZipCode: '7010', City: 'Trondheim', ...some.addressInPowerOffice(world, dice) } }
      : {}),
  }
  const person = dice.is(0.4) ? some.inPowerOffice(some.name(world, dice)) : null
  const isCustomer = dice.is(0.7)
  return {
    says: `PowerOffice: new ${fields.Name}`,
    run: () => {
      const { Id } = isCustomer ? books.hasCustomer(fields) : books.hasSupplier(fields)
      if (person) books.hasContactPerson(Id, person)
    },
  }
}

const goneThere: Draw = (hand) => {
  if (!hand.takes('a contact person in PowerOffice')) return null
  const picked = hand.pick(hand.books.contactPersons(), 'gone')
  if (!picked) return null
  const { Id } = picked.row
  return { says: `PowerOffice: ${picked.name} is deleted`, run: () => hand.books.deleteContactPerson(Id) }
}

// ── Products ────────────────────────────────────────────────────────────────

const UNITS = ['pcs', 'hr', 'kg']

const productHere: Draw = (hand) => {
  const { dice, crm } = hand
  const fields: Fields = {
    Name: () => hand.unique('Lampe '),
    Description: () => hand.unique('IP44 – ute '),
    SalesPrice: () => hand.count() + 0.5,
    Unit: () => dice.pick(UNITS),
  }
  const field = dice.pick(Object.keys(fields)) ?? ''
  const picked = hand.pick(crm.products(), field === 'SalesPrice' ? 'price' : field)
  const value = fields[field]?.() as string | number
  if (!picked) return null
  const id = String(picked.row.ID)
  return { says: `Tribe: ${picked.name} has ${field} ${value}`, run: () => crm.edit(id, { [field]: value }) }
}

const productThere: Draw = (hand) => {
  const { dice, books } = hand
  const fields: Fields = {
    Name: () => hand.unique('lampe '),
    Description: () => hand.unique('til taket '),
    UnitPrice: () => hand.count() + 0.25,
  }
  const field = dice.pick(Object.keys(fields)) ?? ''
  const picked = hand.pick(books.products(), field === 'UnitPrice' ? 'price' : field)
  const value = fields[field]?.()
  if (!picked) return null
  const { Id } = picked.row
  return {
    says: `PowerOffice: ${picked.name} has ${field} ${value}`,
    run: () => void books.editProduct(Id, { [field]: value }),
  }
}

const newProductHere: Draw = (hand) => {
  const fields = {
    Name: hand.unique('Lampe '),
    Code: hand.unique('K'),
    SalesPrice: hand.count() + 0.99,
    Unit: hand.dice.pick(UNITS) ?? 'pcs',
    VatGroup: hand.dice.pick(['NO25', 'NO15', 'NO0']) ?? 'NO25',
  }
  return { says: `Tribe: new ${fields.Name}`, run: () => void hand.crm.hasProduct(fields) }
}

const newProductThere: Draw = (hand) => {
  const fields = { Name: hand.unique('lampe '), Code: hand.unique('k'), UnitPrice: hand.count() + 0.75 }
  return { says: `PowerOffice: new ${fields.Name}`, run: () => void hand.books.hasProduct(fields) }
}

// ── Invoices and what is paid of them ───────────────────────────────────────

const bill: Draw = (hand) => {
  const { dice, crm } = hand
  const picked = hand.pick([...crm.customers(), ...crm.privateCustomers()], `bill ${hand.count()}`)
  const mark = hand.unique('PO-')
  const products = crm.products().toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const lines = Array.from({ length: dice.between(1, 3) }, (): LineGiven => {
    const product = dice.pick(products)
    const [quantity, price] = [dice.pick([1, 2, 2.5, 10]), dice.between(100, 100_000) / 100]
    return product && dice.is(0.6) && hand.takes(`${nameOf(product)}.price`)
      ? { product: String(product.ID), quantity }
      : { description: hand.unique('Arbeid '), price, quantity, vatGroup: dice.pick(['NO25', 'NO15', 'NO0']) }
  })
  const isSent = dice.is(0.9)
  if (!picked) return null
  const roleId = String(picked.row.ID)
  return {
    says: `Tribe: ${mark} to ${picked.name} ${JSON.stringify(lines)}${isSent ? '' : ' as a draft'}`,
    run: () => {
      const id = crm.hasInvoice({ roleId, lines, subject: mark, fields: { CustomerReference: mark } })
      if (isSent) crm.sendInvoice(id)
    },
  }
}

const credit: Draw = (hand) => {
  const isSent = (row: Record<string, unknown>) =>
    ['Sent', 'Paid'].includes((row.Phase as { Code: string }).Code) && String(row.Subject).startsWith('PO-')
  const invoices = hand.crm
    .invoices()
    .filter(isSent)
    .toSorted((a, b) => (String(a.Subject) < String(b.Subject) ? -1 : 1))
  const invoice = hand.dice.pick(invoices)
  if (!invoice || !hand.takes(`money of ${invoice.Subject}`)) return null
  const id = String(invoice.ID)
  return {
    says: `Tribe: ${invoice.Subject} is credited`,
    run: () => void hand.crm.sendInvoice(hand.crm.creditInvoice(id)),
  }
}

const draftThere: Draw = (hand) => {
  const orders = hand.books
    .salesOrders()
    .toSorted((a, b) => (String(a.PurchaseOrderReference) < String(b.PurchaseOrderReference) ? -1 : 1))
  const order = hand.dice.pick(orders)
  if (!order || !hand.takes(`money of ${order.PurchaseOrderReference}`)) return null
  return {
    says: `PowerOffice: the draft ${order.PurchaseOrderReference} is sent`,
    run: () => void hand.books.sendDraft(order.Id),
  }
}

const pay: Draw = (hand) => {
  const { books, dice } = hand
  const open = books
    .postedInvoices()
    .filter(({ Balance, TotalAmount }) => (Balance ?? 0) > 0 && TotalAmount > 0)
    .toSorted((a, b) => (String(a.PurchaseOrderReference) < String(b.PurchaseOrderReference) ? -1 : 1))
  const invoice = dice.pick(open)
  const share = dice.pick([1, 1, 0.5])
  if (!invoice || !hand.takes(`money of ${invoice.PurchaseOrderReference}`)) return null
  const amount = Math.max(0.01, Math.round((invoice.Balance ?? 0) * share * 100) / 100)
  return {
    says: `PowerOffice: ${amount} is paid of ${invoice.PurchaseOrderReference}`,
    run: () => void books.receivePayment(invoice.Id, amount),
  }
}

const DEEDS: readonly (readonly [number, Draw])[] = [
  [8, editHere],
  [4, addressHere],
  [2, termsHere],
  [4, personHere],
  [4, newHere],
  [1, newPrivateHere],
  [1, roleHere],
  [0.5, goneHere],
  [8, editThere],
  [4, addressThere],
  [2, personThere],
  [4, newThere],
  [0.5, goneThere],
  [4, productHere],
  [4, productThere],
  [2, newProductHere],
  [2, newProductThere],
  [8, bill],
  [1, credit],
  [2, draftThere],
  [6, pay],
]
