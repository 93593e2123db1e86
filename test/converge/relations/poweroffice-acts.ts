import type { Dice } from '../../platform/dice'
import type { Act } from '../kind'
import type { Hub, Model, Twin } from '../model'
import { ownThere } from '../own'
import type { Scene } from '../scene'
import { CUSTOMER, contactOf, PERSON_OF_COMPANY, SUPPLIER } from './kinds'
import { few, isCompany, isRelation, saidOfRolesToBe } from './tribe-acts'
import * as some from './values'

/** What a bookkeeper does in PowerOffice. */

const inPowerOffice = (model: Model) =>
  model.atHand.filter((twin) => isRelation(twin) && model.isThere(twin, 'powerOffice'))
const idOf = (twin: Twin) => Number(twin.powerOfficeId)
/** The relay has just hidden it at its old company, and makes it anew at the one it moved to. */
const isLeftBehind = (world: Scene, twin: Twin) =>
  twin.about.hasMoved === true && twin.about.isHidden !== true && contactOf(world, twin)?.IsActive === false

function editContact(world: Scene, twin: Twin, fields: Record<string, unknown>): void {
  if (twin.kind === CUSTOMER) world.books.editCustomer(idOf(twin), fields)
  else if (twin.kind === SUPPLIER) world.books.editSupplier(idOf(twin), fields)
  else world.books.editContactPerson(idOf(twin), fields)
}

const companyFields = (world: Scene, dice: Dice): Record<string, () => unknown> => ({
  Name: () => some.company(world, dice),
  PhoneNumber: () => some.phone(world, dice),
  EmailAddress: () => some.email(world, dice),
  WebsiteUrl: () => some.website(world, dice),
  OrganizationNumber: () => some.organizationNumber(world),
})

const edit: Act = (world, model, dice) => {
  const twin = dice.pick(inPowerOffice(model))
  if (!twin || isLeftBehind(world, twin)) return null
  const reach = {
    PhoneNumber: () => some.phone(world, dice),
    EmailAddress: () => some.email(world, dice),
    ...(twin.kind === PERSON_OF_COMPANY ? ownThere.contactPerson(world, dice) : {}),
  }
  const ofPerson = () => (dice.is(0.4) ? some.inPowerOffice(some.name(world, dice)) : few(dice, reach))
  const fields = isCompany(twin)
    ? few(dice, {
        ...companyFields(world, dice),
        ...(twin.kind === CUSTOMER ? ownThere.customer : ownThere.supplier)(world, dice),
      })
    : ofPerson()
  model.edit('powerOffice', twin.hub, () => editContact(world, twin, fields))
  return `edits ${twin.label} ${JSON.stringify(fields)}`
}

const editFinancials: Act = (world, model, dice) => {
  const twin = dice.pick(inPowerOffice(model).filter((one) => one.kind === CUSTOMER))
  if (!twin) return null
  const drawn = some.creditDays(world, dice)
  // Some Tribes know no way to empty a number.
  const days = world.crm.options.nullWrites === 'clear' ? drawn : (drawn ?? 0)
  const term = world.books.paymentTerms.all().find((one) => one.CreditDays === days)
  const fields = dice.is(0.5)
    ? { PaymentTermId: term?.Id ?? null }
    : { InvoiceEmailAddress: some.email(world, dice) }
  model.edit('powerOffice', twin.hub, () => editContact(world, twin, fields))
  return `edits ${twin.label} ${JSON.stringify(fields)} ${days}`
}

const editAddress: Act = (world, model, dice) => {
  const twin = dice.pick(inPowerOffice(model).filter((one) => one.kind !== PERSON_OF_COMPANY))
  if (!twin) return null
  const fields = some.addressInPowerOffice(world, dice)
  const isFirst = contactOf(world, twin)?.MailAddress == null
  const whole = isFirst ? { ZipCode: '7010', City: 'Trondheim', ...fields } : fields
  model.edit('powerOffice', twin.hub, () => world.books.editMailAddress(idOf(twin), whole))
  return `edits the address of ${twin.label} ${JSON.stringify(whole)}`
}

// ── New ones ────────────────────────────────────────────────────────────────

const made = (model: Model) => model.cause('tribe', 1)

export function newContact(
  world: Scene,
  model: Model,
  dice: Dice,
  role: 'customer' | 'supplier' = 'customer',
): Hub {
  const hub = model.hub(world.unique('c'))
  const fields: Record<string, unknown> = Object.fromEntries(
    Object.entries(companyFields(world, dice)).map(([field, value]) => [field, value()]),
  )
  if (dice.is(0.6))
    fields.MailAddress = { ZipCode: '7010', City: 'Trondheim', ...some.addressInPowerOffice(world, dice) }
  const { Id } = role === 'customer' ? world.books.hasCustomer(fields) : world.books.hasSupplier(fields)
  model.twin(hub, role === 'customer' ? CUSTOMER : SUPPLIER, { powerOfficeId: Id })
  made(model)
  return hub
}

const addContact: Act = (world, model, dice) =>
  `makes ${newContact(world, model, dice, dice.pick(['customer', 'customer', 'supplier'])).label}`

export function newPrivate(world: Scene, model: Model, dice: Dice): Hub {
  const hub = model.hub(world.unique('p'))
  const person = { ...some.inPowerOffice(some.name(world, dice)), PhoneNumber: some.phone(world, dice) }
  const { Id } = world.books.hasCustomer({ IsPerson: true, ...person })
  model.twin(hub, CUSTOMER, { powerOfficeId: Id }).about.isPerson = true
  made(model)
  return hub
}

const addPrivate: Act = (world, model, dice) => `makes ${newPrivate(world, model, dice).label}`

export function newPerson(world: Scene, model: Model, dice: Dice, company: Twin): Hub {
  const hub = model.hub(world.unique('k'))
  const { Id } = world.books.hasContactPerson(idOf(company), {
    ...some.inPowerOffice(some.name(world, dice)),
    PhoneNumber: some.phone(world, dice),
    EmailAddress: some.email(world, dice),
  })
  model.twin(hub, PERSON_OF_COMPANY, { powerOfficeId: Id })
  made(model)
  return hub
}

const addPerson: Act = (world, model, dice) => {
  const company = dice.pick(inPowerOffice(model).filter(isCompany))
  return company ? `makes ${newPerson(world, model, dice, company).label} at ${company.hub.label}` : null
}

/** Joins the other role to a contact: the same id in both lists. */
const addRole: Act = (world, model, dice) => {
  const alone = inPowerOffice(model).filter((one) => isCompany(one) && one.hub.twins.length === 1)
  const twin = dice.pick(alone)
  if (!twin) return null
  const id = idOf(twin)
  if (twin.kind === CUSTOMER) world.books.makeAlsoSupplier(id)
  else world.books.makeAlsoCustomer(id)
  const other = model.twin(twin.hub, twin.kind === CUSTOMER ? SUPPLIER : CUSTOMER, { powerOfficeId: id })
  other.about.isHidden = twin.about.isHidden ?? null
  saidOfRolesToBe(world, twin)
  made(model)
  model.cause('tribe', 1)
  return `makes ${other.label}`
}

// ── Partings ────────────────────────────────────────────────────────────────

const remove: Act = (world, model, dice) => {
  const twin = dice.pick(inPowerOffice(model))
  if (!twin) return null
  const contact = world.books.contacts.find(idOf(twin))
  // Whoever plays another role still, PowerOffice does not let go.
  if (twin.kind !== PERSON_OF_COMPANY && contact?.customer && contact.supplier) return null
  model.edit('powerOffice', twin.hub, () => {
    if (twin.kind === CUSTOMER) world.books.deleteCustomer(idOf(twin))
    else if (twin.kind === SUPPLIER) world.books.deleteSupplier(idOf(twin))
    else world.books.deleteContactPerson(idOf(twin))
  })
  return `deletes ${twin.label}`
}

const archive: Act = (world, model, dice) => {
  const twin = dice.pick(inPowerOffice(model).filter((one) => one.kind !== PERSON_OF_COMPANY))
  if (!twin) return null
  const isArchived = contactOf(world, twin)?.IsArchived !== true
  // What lists pass over can be known by its link only.
  if (!world.books.quirks.archivedInLists && !model.learn().has(twin)) return null
  world.books.archive(idOf(twin), isArchived)
  // Lists may pass it over now.
  for (const one of twin.hub.twins) one.about.isHidden = true
  return `${isArchived ? 'archives' : 'brings back'} ${twin.label}`
}

const hide: Act = (world, model, dice) => {
  const twin = dice.pick(inPowerOffice(model).filter((one) => one.kind === PERSON_OF_COMPANY))
  if (!twin) return null
  const IsActive = contactOf(world, twin)?.IsActive === false
  // One that was left behind at its old company would be somebody new.
  if (IsActive && twin.about.hasMoved) return null
  world.books.editContactPerson(idOf(twin), { IsActive })
  twin.about.isHidden = true
  return `${IsActive ? 'shows' : 'hides'} ${twin.label}`
}

export const POWEROFFICE_ACTS: readonly (readonly [number, Act])[] = [
  [14, edit],
  [4, editFinancials],
  [5, editAddress],
  [4, addContact],
  [2, addPrivate],
  [4, addPerson],
  [2, addRole],
  [1.5, remove],
  [1, archive],
  [1, hide],
]
