import type { LineGiven } from '../../fakes/tribe'
import type { Dice } from '../../platform/dice'
import type { Act } from '../kind'
import type { Scene } from '../scene'
import { addBill, type Bill, billsOf, inTribe, isSent, linesOf } from './bill'

/** What users do with invoices in Tribe. */

/** Mostly one of the last: what happens to one comes close upon another. */
export function anyBill(world: Scene, dice: Dice): Bill | undefined {
  const there = billsOf(world).all.filter(({ isDeleted }) => !isDeleted)
  return dice.is(0.6) ? dice.pick(there.slice(-2)) : dice.pick(there)
}

export function newCustomer(world: Scene, dice: Dice): string {
  const address = dice.is(0.7) ? `post@${world.unique('kunde')}.example` : null
  const Name = world.unique(dice.is(0.1) ? REFUSED : 'Kunde ')
  return world.crm.hasCustomer({ organization: { Name, FinancialEmailAddress: address } }).roleId
}

function line(world: Scene, dice: Dice): LineGiven {
  const amount = dice.is(0.7) ? dice.between(1, 300_000) / 100 : dice.between(1, 4_000_000) / 10_000
  const given: LineGiven = {
    quantity: dice.pick([1, 1, 2, 2.5, 10, 0.333, dice.is(0.3) ? -1 : 3]),
    discountPercentage: dice.pick([0, 0, 0, 10, 33.33]),
  }
  const product = dice.pick(world.crm.products())
  if (product && dice.is(0.4))
    return dice.is(0.5)
      ? { ...given, product: String(product.ID) }
      : { ...given, product: String(product.ID), price: amount }
  if (dice.is(0.08)) return { description: 'Takk for handelen', quantity: 0, price: 0 }
  return {
    ...given,
    description: 'Arbeid',
    price: amount,
    vatGroup: dice.pick(['NO25', 'NO15', 'NO12', 'NO0']),
  }
}

const customers = ({ crm }: Scene) => [...crm.customers(), ...crm.privateCustomers()]

function newBill(world: Scene, dice: Dice): Bill {
  const role = dice.pick(customers(world))?.ID
  const roleId = role === undefined || dice.is(0.15) ? newCustomer(world, dice) : String(role)
  const id = world.crm.hasInvoice({
    roleId,
    lines: Array.from({ length: dice.between(1, 4) }, () => line(world, dice)),
    isVatIncluded: dice.is(0.3),
    discountPercentage: dice.pick([0, 0, 0, 5, 12.5]),
    currency: dice.is(0.12) ? 'EUR' : 'NOK',
  })
  return addBill(world, id, world.unique('B'))
}

function send(world: Scene, bill: Bill, dice: Dice): void {
  world.crm.sendInvoice(bill.id, dice.is(0.3) ? { invoiceDate: '2026-02-16' } : {})
}

const make: Act = (world, _model, dice) => `makes ${newBill(world, dice).label}`

const makeAndSend: Act = (world, _model, dice) => {
  const bills = Array.from({ length: dice.pick([1, 1, 1, 3]) }, () => newBill(world, dice))
  for (const bill of bills) send(world, bill, dice)
  return `makes and sends ${bills.map(({ label }) => label).join(', ')}`
}

const sendOne: Act = (world, _model, dice) => {
  const bill = dice.pick(billsOf(world).all.filter((one) => inTribe(world, one)?.IsFinal === false))
  if (!bill) return null
  send(world, bill, dice)
  return `sends ${bill.label}`
}

const edit: Act = (world, _model, dice) => {
  const bill = anyBill(world, dice)
  if (!bill) return null
  const rows = linesOf(inTribe(world, bill))
  const first = dice.pick(rows)
  const fields = dice.pick<() => Record<string, unknown>>([
    () => ({ CustomerReference: world.unique('PO-') }),
    () => ({ DiscountPercentage: dice.between(0, 20) }),
    () => ({ Relationship: { ID: dice.pick(customers(world))?.ID ?? newCustomer(world, dice) } }),
  ])()
  // Of a line in another currency the night learns nothing where Tribe shows the totals of its own alone.
  const isOfLine = first !== undefined && inTribe(world, bill)?.Currency === 'NOK' && dice.is(0.5)
  const change = isOfLine ? { Price: dice.between(100, 90_000) / 100 } : fields
  world.crm.edit(isOfLine ? String(first.ID) : bill.id, change as never)
  bill.isEdited ||= inTribe(world, bill)?.IsFinal === true
  return `edits ${bill.label} ${JSON.stringify(change)}`
}

/** A field that stands for the project of an invoice. */
export const PROJECT = `${'a'.repeat(8)}__844e__4399__9142__2d960441a391`
/** The first is there from the beginning. */
export const PROJECTS = ['BRO', 'TUNNEL'] as const

const editProject: Act = (world, _model, dice) => {
  const bill = anyBill(world, dice)
  if (!bill) return null
  const code = dice.pick([null, 'BRO', 'BRO', 'TUNNEL'])
  world.crm.edit(bill.id, { [PROJECT]: code })
  return `names project ${code} on ${bill.label}`
}

/** The phase alone says sent: what Tribe's own sending brings is not there yet. */
const sendByPhase: Act = (world, _model, dice) => {
  const bill = dice.pick(billsOf(world).all.filter((one) => inTribe(world, one)?.IsFinal === false))
  if (!bill) return null
  world.crm.setPhase(bill.id, 'Sent')
  return `sets the draft ${bill.label} to Sent`
}

const makePdfs: Act = (world) => {
  world.crm.makeMissingPdfs()
  return 'makes the PDFs that are missing'
}

const leave: Act = (world, _model, dice) => {
  const role = dice.pick(customers(world))
  if (!role) return null
  world.crm.remove(String(role.ID))
  billsOf(world).left.customers++
  return `removes the customer ${role.ID}`
}

const reprice: Act = (world, _model, dice) => {
  const product = dice.pick(world.crm.products())
  if (!product) return null
  const change = dice.pick([
    { VatGroup: dice.pick(['NO25', 'NO15', 'NO0']) },
    { SalesPrice: dice.between(100, 90_000) / 100 },
  ])
  world.crm.edit(String(product.ID), change as never)
  if (change.VatGroup) billsOf(world).revalued.add(String(product.ID))
  return `edits a product ${JSON.stringify(change)}`
}

const movePhase: Act = (world, _model, dice) => {
  const bill = anyBill(world, dice)
  if (!bill || inTribe(world, bill)?.IsFinal !== true) return null
  const code = dice.pick(['Draft', 'Sent', 'Sent', 'FirstReminder', 'Paid'])
  world.crm.setPhase(bill.id, code)
  bill.isMoved = true
  return `sets ${bill.label} to ${code}`
}

const credit: Act = (world, _model, dice) => {
  const credited = dice.pick(billsOf(world).all.filter((one) => isSent(world, one) && one.credits === null))
  if (!credited) return null
  const rows = linesOf(inTribe(world, credited))
  const only = dice.is(0.4)
    ? rows.slice(0, 1).map(({ ID, Quantity }) => ({ lineId: String(ID), quantity: Number(Quantity) }))
    : undefined
  const id = world.crm.creditInvoice(credited.id, only ? { lines: only } : {})
  const bill = addBill(world, id, world.unique('C'), credited)
  if (dice.is(0.8)) send(world, bill, dice)
  // Tribe itself sets it to credited.
  credited.isMoved = true
  return `credits ${credited.label} by ${bill.label}`
}

const remove: Act = (world, _model, dice) => {
  const bill = anyBill(world, dice)
  if (!bill) return null
  world.crm.remove(bill.id)
  bill.isDeleted = true
  return `deletes ${bill.label}`
}

const attach: Act = (world, _model, dice) => {
  const bill = anyBill(world, dice)
  if (!bill) return null
  const data = new TextEncoder().encode(world.unique('fil '))
  world.crm.hasAttachment(bill.id, { name: `${world.unique('vedlegg')}.txt`, mimeType: 'text/plain', data })
  return `attaches a file to ${bill.label}`
}

const rename: Act = (world) => (renameRefused(world) ? 'gives customers another name' : null)

/** Gives those that PowerOffice does not take another name. */
export function renameRefused(world: Scene): boolean {
  const refused = refusedCustomers(world)
  for (const id of refused) world.crm.edit(id, { Name: world.unique('Kunde ') })
  return refused.length > 0
}

/** PowerOffice takes no customer of such a name. */
export const REFUSED = 'Feil '
export const refusedCustomers = ({ crm }: Scene): string[] =>
  crm
    .customers()
    .map(({ Organization }) => Organization as { ID: string; Name?: string | null })
    .flatMap(({ ID, Name }) => (Name?.startsWith(REFUSED) ? [ID] : []))

export const TRIBE_ACTS: readonly (readonly [number, Act])[] = [
  [3, make],
  [10, makeAndSend],
  [4, sendOne],
  [5, edit],
  [2, movePhase],
  [3, credit],
  [1, remove],
  [1.5, attach],
  [1, rename],
  [1.5, editProject],
  [1, sendByPhase],
  [1, makePdfs],
  [0.3, leave],
  [1, reprice],
]
