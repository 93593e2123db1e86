import type { Fields } from '../../fakes/tribe'
import type { Dice } from '../../platform/dice'
import type { Act } from '../kind'
import type { Hub, Model, Side } from '../model'
import { ownHere, ownThere } from '../own'
import { few } from '../relations/tribe-acts'
import type { Scene } from '../scene'
import { PRODUCT, productHere, productThere, UNITS, UNMAPPED_UNIT, VAT } from './kind'

/** What users do to products, in either system. Nearly every text and price is new. */

const at = (model: Model, side: Side) =>
  model.atHand.filter((twin) => twin.kind === PRODUCT && model.isThere(twin, side))

const price = (world: Scene, dice: Dice) => world.count() + dice.pick([0, 0.5, 0.99, 0.01])
const text = (world: Scene, dice: Dice) =>
  dice.is(0.1) ? null : world.unique(dice.pick(['Til taket ', 'IP44 – ute ', '60×60 ']))
const isUnmapped = (dice: Dice) => dice.is(0.06)

function groupHere(world: Scene, model: Model, dice: Dice): string {
  const groups = world.crm.all('ProductGroup')
  if (groups.length > 0 && dice.is(0.6)) return String(dice.pick(groups)?.ID)
  model.cause('powerOffice', 1)
  return world.crm.hasProductGroup(world.unique('Gruppe '))
}

function groupThere(world: Scene, model: Model, dice: Dice): number {
  const groups = world.books.productGroups()
  if (groups.length > 0 && dice.is(0.6)) return dice.pick(groups)?.Id ?? 0
  model.cause('tribe', 1)
  return world.books.hasProductGroup({ Name: world.unique('Gruppe ') }).Id
}

const fieldsHere = (world: Scene, model: Model, dice: Dice): Record<string, () => unknown> => ({
  Code: () => world.unique('K'),
  Name: () => world.unique('Lampe '),
  Description: () => text(world, dice),
  SalesPrice: () => price(world, dice),
  PurchasePrice: () => price(world, dice),
  Unit: () => (isUnmapped(dice) ? UNMAPPED_UNIT.tribe : dice.pick(Object.keys(UNITS))),
  VatGroup: () => dice.pick(Object.keys(VAT)),
  ProductGroup: () => groupHere(world, model, dice),
  ...ownHere.product(world, dice),
})

const fieldsThere = (world: Scene, model: Model, dice: Dice): Record<string, () => unknown> => ({
  Code: () => world.unique('k'),
  Name: () => world.unique('lampe '),
  Description: () => text(world, dice),
  UnitPrice: () => price(world, dice),
  UnitCost: () => price(world, dice),
  UnitOfMeasureCode: () => (isUnmapped(dice) ? UNMAPPED_UNIT.powerOffice : dice.pick(Object.values(UNITS))),
  StandardSalesAccount: () => dice.pick(Object.values(VAT))?.accountNo,
  ProductGroupId: () => groupThere(world, model, dice),
  ...ownThere.product(world, dice),
})

const whole = (fields: Record<string, () => unknown>, dice: Dice) =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      name === 'Name' || name === 'VatGroup' || dice.is(0.8) ? [[name, value()]] : [],
    ),
  )

export function newHere(world: Scene, model: Model, dice: Dice): Hub {
  const hub = model.hub(world.unique('V'))
  const fields = { ...whole(fieldsHere(world, model, dice), dice), IsVatIncluded: dice.is(0.4) }
  model.twin(hub, PRODUCT, { tribeId: world.crm.has('Product', fields as Fields) })
  // Made there, and its mark is left here.
  model.cause('powerOffice', 1)
  model.cause('tribe', 1)
  return hub
}

export function newThere(world: Scene, model: Model, dice: Dice): Hub {
  const hub = model.hub(world.unique('v'))
  const { Id } = world.books.hasProduct(whole(fieldsThere(world, model, dice), dice))
  model.twin(hub, PRODUCT, { powerOfficeId: Id })
  model.cause('tribe', 1)
  return hub
}

const editHere: Act = (world, model, dice) => {
  const twin = dice.pick(at(model, 'tribe'))
  if (!twin) return null
  const fields = few(dice, fieldsHere(world, model, dice)) as Fields
  // Where a link does not count as a change, nobody tells of one on a product that nobody knows.
  const isLink = (name: string) => ['Unit', 'VatGroup', 'ProductGroup'].includes(name)
  const before = world.crm.get(String(twin.tribeId))
  const isAsBefore = ([name, value]: [string, unknown]) => isLink(name) || (before?.[name] ?? null) === value
  if (!world.crm.options.linkBumpsMutation && Object.entries(fields).every(isAsBefore))
    twin.about.isUnseen = true
  model.edit('tribe', twin.hub, () => world.crm.edit(String(twin.tribeId), fields))
  return `edits ${twin.label} ${JSON.stringify(fields)}`
}

const editThere: Act = (world, model, dice) => {
  const twin = dice.pick(at(model, 'powerOffice'))
  if (!twin) return null
  const fields = few(dice, fieldsThere(world, model, dice))
  model.edit('powerOffice', twin.hub, () => world.books.editProduct(Number(twin.powerOfficeId), fields))
  return `edits ${twin.label} in the books ${JSON.stringify(fields)}`
}

const toggleHere: Act = (world, model, dice) => {
  const twin = dice.pick(at(model, 'tribe'))
  if (!twin) return null
  const IsInactive = productHere(world, twin)?.IsInactive !== true
  twin.about.hasBeenInactive = true
  model.edit('tribe', twin.hub, () => world.crm.edit(String(twin.tribeId), { IsInactive }))
  return `makes ${twin.label} ${IsInactive ? 'inactive' : 'active'}`
}

const toggleThere: Act = (world, model, dice) => {
  const twin = dice.pick(at(model, 'powerOffice'))
  if (!twin) return null
  const IsArchived = productThere(world, twin)?.IsArchived !== true
  twin.about.hasBeenInactive = true
  model.edit('powerOffice', twin.hub, () =>
    world.books.editProduct(Number(twin.powerOfficeId), { IsArchived }),
  )
  return `${IsArchived ? 'archives' : 'revives'} ${twin.label}`
}

const removeHere: Act = (world, model, dice) => {
  const twin = dice.pick(at(model, 'tribe'))
  if (!twin) return null
  model.edit('tribe', twin.hub, () => world.crm.remove(String(twin.tribeId)))
  return `deletes ${twin.label}`
}

const removeThere: Act = (world, model, dice) => {
  const twin = dice.pick(at(model, 'powerOffice'))
  if (!twin) return null
  model.edit('powerOffice', twin.hub, () => world.books.deleteProduct(Number(twin.powerOfficeId)))
  return `deletes ${twin.label} in the books`
}

export const PRODUCT_ACTS: readonly (readonly [number, Act])[] = [
  [10, editHere],
  [10, editThere],
  [4, (world, model, dice) => `makes ${newHere(world, model, dice).label}`],
  [4, (world, model, dice) => `makes ${newThere(world, model, dice).label} in the books`],
  [1.5, toggleHere],
  [1.5, toggleThere],
  [1, removeHere],
  [1, removeThere],
]
