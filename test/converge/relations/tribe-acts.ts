import type { Fields } from '../../fakes/tribe'
import type { Dice } from '../../platform/dice'
import type { Act } from '../kind'
import type { Hub, Model, Twin } from '../model'
import { ownHere } from '../own'
import type { Scene } from '../scene'
import { CUSTOMER, PERSON_OF_COMPANY, roleOf, SUPPLIER, saidBy } from './kinds'
import * as some from './values'

/** What users do in Tribe. */

/** Products are others' to edit. */
export const isRelation = (twin: Twin) => twin.kind.name !== 'product'
export const inTribe = (model: Model) =>
  model.atHand.filter((twin) => isRelation(twin) && model.isThere(twin, 'tribe'))
export const isCompany = (twin: Twin) => twin.kind !== PERSON_OF_COMPANY && !twin.about.isPerson
const companies = (model: Model) => inTribe(model).filter(isCompany)

/** A few of the fields, each with a new value. */
export function few(dice: Dice, fields: Record<string, () => unknown>): Record<string, unknown> {
  const names = Object.keys(fields)
  const drawn = new Set(Array.from({ length: dice.between(1, 2) }, () => dice.pick(names) ?? ''))
  return Object.fromEntries([...drawn].flatMap((name) => (fields[name] ? [[name, fields[name]()]] : [])))
}

const organizationFields = (world: Scene, dice: Dice): Record<string, () => unknown> => ({
  Name: () => some.company(world, dice),
  PhoneNumber: () => some.phone(world, dice),
  EmailAddress: () => some.anyEmail(world, dice),
  Website: () => some.website(world, dice),
  VATNumber: () => some.vatNumber(world, dice),
  FinancialEmailAddress: () => some.anyEmail(world, dice),
  ...ownHere.organization(world, dice),
})

const editOrganization: Act = (world, model, dice) => {
  const twin = dice.pick(companies(model))
  const id = twin && roleOf(world, twin)?.Organization?.ID
  if (!twin || !id) return null
  const fields = few(dice, organizationFields(world, dice)) as Fields
  model.edit('tribe', twin.hub, () => world.crm.edit(id, fields))
  saidOfRolesToBe(world, twin)
  return `edits ${twin.hub.label} ${JSON.stringify(fields)}`
}

/**
 * What Tribe's organisation says of a role that only PowerOffice has yet, it says as soon as both are one. What it says no
 * more by then was never said: an empty side erases nothing.
 */
export function saidOfRolesToBe(world: Scene, twin: Twin): void {
  const { hub } = twin
  for (const toBe of hub.twins.filter((one) => isCompany(one) && roleOf(world, one) === null))
    for (const [field, value] of saidBy(world, twin, toBe)) {
      const name = toBe.kind.sharedName(field)
      const edits = hub.pending.get(name) ?? new Map()
      edits.delete('tribe')
      if (value !== null) edits.set('tribe', { value, at: 0, isRace: false })
      else if (!world.model.read(toBe, 'powerOffice')?.[field]) hub.agreed.set(name, null)
      hub.pending.set(name, edits)
    }
}

const editAddress: Act = (world, model, dice) => {
  const twin = dice.pick(inTribe(model).filter((one) => one.kind !== PERSON_OF_COMPANY))
  const role = twin && roleOf(world, twin)
  const id = role?.Organization?.ID ?? role?.Person?.ID
  if (!twin || !id) return null
  const fields = some.addressInTribe(world, dice)
  model.edit('tribe', twin.hub, () =>
    world.crm.editAddress(id, twin.about.isPerson ? 'Address' : 'InvoiceAddress', fields),
  )
  return `edits the address of ${twin.hub.label} ${JSON.stringify(fields)}`
}

const editTerms: Act = (world, model, dice) => {
  const twin = dice.pick(inTribe(model).filter((one) => one.kind === CUSTOMER))
  if (!twin?.tribeId) return null
  const PaymentTermInDays = some.anyDays(world, dice)
  const own = (world.hasOwn && !twin.about.isPerson ? few(dice, ownHere.customerRole(world)) : {}) as Fields
  model.edit('tribe', twin.hub, () => world.crm.edit(String(twin.tribeId), { PaymentTermInDays, ...own }))
  return `edits ${twin.label} ${PaymentTermInDays} days ${JSON.stringify(own)}`
}

const editPerson: Act = (world, model, dice) => {
  const twin = dice.pick(inTribe(model).filter((one) => !isCompany(one)))
  const role = twin && roleOf(world, twin)
  if (!twin || !role?.Person) return null
  const isBusiness = twin.kind === PERSON_OF_COMPANY
  const names = some.inTribe(some.name(world, dice))
  const reach = few(dice, {
    PhoneNumber: () => some.phone(world, dice),
    EmailAddress: () => some.anyEmail(world, dice),
  }) as Fields
  const id = role.Person.ID
  const own = isBusiness && world.hasOwn && dice.is(0.3) && few(dice, ownHere.contactPerson(world, dice))
  const what = (own || (dice.is(0.5) ? names : reach)) as Fields
  model.edit('tribe', twin.hub, () => world.crm.edit(what === reach && isBusiness ? role.ID : id, what))
  return `edits ${twin.label} ${JSON.stringify(what)}`
}

const editNumber: Act = (world, model, dice) => {
  const twin = dice.pick(companies(model))
  const id = twin && roleOf(world, twin)?.Organization?.ID
  if (!twin || !id) return null
  // Of two that only their number ties, whoever changes it before they were seen makes two.
  if (twin.powerOfficeId !== null && !model.learn().has(twin)) return null
  const field = twin.kind === CUSTOMER ? 'DebtorNumber' : 'CreditorNumber'
  model.edit('tribe', twin.hub, () => world.crm.edit(id, { [field]: String(700_000 + world.count()) }))
  // PowerOffice sets it back.
  for (const name of ['customer.number', 'supplier.number']) twin.hub.pending.get(name)?.delete('tribe')
  model.cause('tribe', 1)
  return `edits the number of ${twin.label}`
}

// ── New ones ────────────────────────────────────────────────────────────────

const made = (world: Scene, model: Model) => {
  // Made there, its number written back, and what hangs on it.
  model.cause('powerOffice', 1)
  model.cause('tribe', 1)
  return world
}

export function newCompany(
  world: Scene,
  model: Model,
  dice: Dice,
  role: 'customer' | 'supplier' = 'customer',
): Hub {
  const hub = model.hub(world.unique('C'))
  const organization = Object.fromEntries(
    Object.entries(organizationFields(world, dice)).map(([field, value]) => [field, value()]),
  ) as Fields
  const given = {
    organization,
    ...(dice.is(0.6) ? { invoiceAddress: some.addressInTribe(world, dice) } : {}),
    ...(role === 'customer' && dice.is(0.3)
      ? { role: { PaymentTermInDays: some.anyDays(world, dice) } }
      : {}),
  }
  const { roleId, organizationId } =
    role === 'customer' ? world.crm.hasCustomer(given) : world.crm.hasSupplier(given)
  const twin = model.twin(hub, role === 'customer' ? CUSTOMER : SUPPLIER, { tribeId: roleId })
  twin.about.relationId = organizationId
  made(world, model)
  return hub
}

const addCompany: Act = (world, model, dice) =>
  `makes ${newCompany(world, model, dice, dice.pick(['customer', 'customer', 'supplier'])).label}`

export function newPrivate(world: Scene, model: Model, dice: Dice): Hub {
  const hub = model.hub(world.unique('P'))
  const person = {
    ...some.inTribe(some.name(world, dice)),
    PhoneNumber: some.phone(world, dice),
    EmailAddress: some.anyEmail(world, dice),
  }
  const address = dice.is(0.5) ? { address: some.addressInTribe(world, dice) } : {}
  const { roleId, personId } = world.crm.hasPrivateCustomer({ person, ...address })
  const twin = model.twin(hub, CUSTOMER, { tribeId: roleId })
  Object.assign(twin.about, { isPerson: true, relationId: personId })
  made(world, model)
  return hub
}

const addPrivate: Act = (world, model, dice) => `makes ${newPrivate(world, model, dice).label}`

export function newContact(world: Scene, model: Model, dice: Dice, company: Twin): Hub {
  const hub = model.hub(world.unique('K'))
  const { contactId } = world.crm.hasContact({
    organizationId: String(company.about.relationId),
    person: some.inTribe(some.name(world, dice)),
    contact: { PhoneNumber: some.phone(world, dice), EmailAddress: some.anyEmail(world, dice) },
  })
  model.twin(hub, PERSON_OF_COMPANY, { tribeId: contactId })
  made(world, model)
  return hub
}

const addContact: Act = (world, model, dice) => {
  const company = dice.pick(companies(model).filter((twin) => twin.about.relationId))
  return company ? `makes ${newContact(world, model, dice, company).label} at ${company.hub.label}` : null
}

/** The company plays the other role too: PowerOffice gets a contact of its own for it. */
const addRole: Act = (world, model, dice) => {
  const twin = dice.pick(companies(model).filter((one) => one.hub.twins.length === 1 && one.about.relationId))
  if (!twin) return null
  const given = { organizationId: String(twin.about.relationId) }
  const { roleId } = twin.kind === CUSTOMER ? world.crm.hasSupplier(given) : world.crm.hasCustomer(given)
  const other = model.twin(twin.hub, twin.kind === CUSTOMER ? SUPPLIER : CUSTOMER, { tribeId: roleId })
  other.about.relationId = twin.about.relationId ?? null
  made(world, model)
  return `makes ${other.label}`
}

const addLead: Act = (world, model, dice) => {
  const hub = model.hub(world.unique('L'))
  const { roleId } = world.crm.hasLead({ organization: { Name: some.company(world, dice) } })
  const twin = model.twin(hub, CUSTOMER, { tribeId: roleId })
  twin.about.isLead = true
  return `makes the lead ${hub.label}`
}

const upgradeLead: Act = (world, model, dice) => {
  const twin = dice.pick(model.twins.filter((one) => one.about.isLead))
  if (!twin?.tribeId) return null
  world.crm.upgradeLead(twin.tribeId)
  twin.about.isLead = false
  roleOf(world, twin)
  made(world, model)
  return `makes the lead ${twin.hub.label} a customer`
}

// ── Partings ────────────────────────────────────────────────────────────────

const removeRole: Act = (world, model, dice) => {
  const twin = dice.pick(inTribe(model))
  if (!twin) return null
  model.edit('tribe', twin.hub, () => world.crm.remove(String(twin.tribeId)))
  return `deletes ${twin.label}`
}

const removeOrganization: Act = (world, model, dice) => {
  const twin = dice.pick(inTribe(model).filter((one) => one.about.relationId))
  if (!twin) return null
  model.edit('tribe', twin.hub, () => world.crm.remove(String(twin.about.relationId)))
  return `deletes all of ${twin.hub.label}`
}

const moveContact: Act = (world, model, dice) => {
  const twin = dice.pick(inTribe(model).filter((one) => one.kind === PERSON_OF_COMPANY))
  const to = dice.pick(companies(model).filter((one) => one.about.relationId))
  if (!twin || !to || roleOf(world, twin)?.Relation?.ID === to.about.relationId) return null
  model.edit('tribe', twin.hub, () =>
    world.crm.edit(String(twin.tribeId), { Relation: { ID: String(to.about.relationId) } }),
  )
  twin.about.hasMoved = true
  model.cause('powerOffice', 2)
  return `moves ${twin.label} to ${to.hub.label}`
}

const leave: Act = (world, model, dice) => {
  const twin = dice.pick(inTribe(model))
  if (!twin) return null
  const IsFormer = roleOf(world, twin)?.IsFormer !== true
  model.edit('tribe', twin.hub, () => world.crm.edit(String(twin.tribeId), { IsFormer }))
  twin.about.isFormer = true
  return `${twin.label} is ${IsFormer ? 'former' : 'back'}`
}

export const TRIBE_ACTS: readonly (readonly [number, Act])[] = [
  [10, editOrganization],
  [6, editAddress],
  [4, editTerms],
  [8, editPerson],
  [1, editNumber],
  [4, addCompany],
  [2, addPrivate],
  [4, addContact],
  [2, addRole],
  [1, addLead],
  [1, upgradeLead],
  [1, removeRole],
  [0.7, removeOrganization],
  [2, moveContact],
  [1, leave],
]
