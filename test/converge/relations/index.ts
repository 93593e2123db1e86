import type { Dice } from '../../platform/dice'
import { FILLED_IN_DAYS } from '../filled-in'
import type { Slice } from '../kind'
import type { Model } from '../model'
import type { Scene } from '../scene'
import { CUSTOMER, PERSON_OF_COMPANY, SUPPLIER } from './kinds'
import * as books from './poweroffice-acts'
import { POWEROFFICE_ACTS } from './poweroffice-acts'
import * as crm from './tribe-acts'
import { TRIBE_ACTS } from './tribe-acts'
import * as some from './values'

/** What the two systems hold when the relay comes: some only here, some only there, some in both by their number. */
function seed(world: Scene, model: Model, dice: Dice): void {
  const isFilledIn = Object.keys(world.crm.options.defaults).length > 0
  for (const CreditDays of [...some.TERMS, ...(isFilledIn ? [FILLED_IN_DAYS] : [])])
    world.books.hasPaymentTerm({ CreditDays })
  for (let n = dice.between(0, 3); n > 0; n--) {
    const hub = books.newContact(world, model, dice, dice.pick(['customer', 'customer', 'supplier']))
    const [company] = hub.twins
    if (company && dice.is(0.5)) books.newPerson(world, model, dice, company)
    if (company && dice.is(0.3)) both(world, model, hub.twins[0]?.kind === CUSTOMER)
  }
  if (dice.is(0.5)) books.newPrivate(world, model, dice)
  for (let n = dice.between(0, 2); n > 0; n--) {
    const hub = crm.newCompany(world, model, dice, dice.pick(['customer', 'supplier']))
    const [company] = hub.twins
    if (company && dice.is(0.5)) crm.newContact(world, model, dice, company)
  }
  if (dice.is(0.5)) crm.newPrivate(world, model, dice)
  for (const twin of model.twins) twin.isDormant = twin.tribeId !== null
  for (let n = dice.between(0, 2); n > 0; n--) knownToBoth(world, model, dice)

  function both(world: Scene, model: Model, isCustomer: boolean): void {
    const hub = model.hubs.findLast((one) => one.twins.some((twin) => twin.kind !== PERSON_OF_COMPANY))
    const id = Number(hub?.twins[0]?.powerOfficeId)
    if (!hub) return
    if (isCustomer) world.books.makeAlsoSupplier(id)
    else world.books.makeAlsoCustomer(id)
    model.twin(hub, isCustomer ? SUPPLIER : CUSTOMER, { powerOfficeId: id })
    model.cause('tribe', 2)
  }
}

/** The same customer in both systems, with the same number and otherwise as it comes. */
function knownToBoth(world: Scene, model: Model, dice: Dice): void {
  const [there] = books.newContact(world, model, dice).twins
  if (!there) return
  const { Number: number } = world.books.customer(Number(there.powerOfficeId))
  const { roleId, organizationId } = world.crm.hasCustomer({
    organization: {
      Name: some.company(world, dice),
      DebtorNumber: String(number),
      PhoneNumber: some.phone(world, dice),
      EmailAddress: dice.is(0.5) ? some.email(world, dice) : null,
    },
    ...(dice.is(0.5) ? { invoiceAddress: some.addressInTribe(world, dice) } : {}),
  })
  there.tribeId = roleId
  there.about.isOfBooks = false
  there.about.relationId = organizationId
  model.differ(there)
  // What the policy says, and at night what only Tribe has.
  model.cause('powerOffice', 2)
  model.cause('tribe', 3)
}

export const RELATIONS: Slice = {
  settings: { relations: { enabled: true } },
  kinds: [CUSTOMER, SUPPLIER, PERSON_OF_COMPANY],
  seed,
  acts: [...TRIBE_ACTS, ...POWEROFFICE_ACTS],
}
