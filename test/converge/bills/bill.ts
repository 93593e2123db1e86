import { tribeIdIn } from '../../../src/shared/reference'
import type { Fields } from '../../fakes/tribe'
import type { Scene } from '../scene'

/** Phases that mean sent. */
export const SENT: readonly string[] = ['Sent', 'FirstReminder', 'SecondReminder', 'Paid', 'Credited']

/** An invoice of Tribe's, and what people have done with it. */
export interface Bill {
  id: string
  label: string
  /** The one that this one credits. */
  credits: Bill | null
  /** Users worked on it after it was sent. */
  isEdited: boolean
  isDeleted: boolean
  /** Users set its phase by hand. */
  isMoved: boolean
  /** A bookkeeper worked on its draft, or deleted it. */
  isHandled: boolean
  /** A bookkeeper has sent its draft. */
  isSentByHand: boolean
  isDropped: boolean
}

/** What becomes of the invoices of one company. */
export interface Bills {
  all: Bill[]
  /** People have done whatever problems told them to. */
  isMended: boolean
  /** Posted invoice → what it said when it was seen first. */
  posted: Map<string, string>
  /** Products that got another VAT group. */
  revalued: Set<string>
  /** How many customers were deleted in Tribe, and products in PowerOffice. */
  left: { customers: number; products: number }
}

const known = new WeakMap<Scene, Bills>()

export function billsOf(world: Scene): Bills {
  const bills = known.get(world) ?? {
    all: [],
    isMended: false,
    posted: new Map(),
    revalued: new Set(),
    left: { customers: 0, products: 0 },
  }
  known.set(world, bills)
  return bills
}

export function addBill(world: Scene, id: string, label: string, credits: Bill | null = null): Bill {
  const bill: Bill = {
    id,
    label,
    credits,
    isEdited: false,
    isDeleted: false,
    isMoved: false,
    isHandled: false,
    isSentByHand: false,
    isDropped: false,
  }
  billsOf(world).all.push(bill)
  return bill
}

export const inTribe = (world: Scene, { id }: Bill): Fields | null =>
  world.crm.get(id, 'Relationship,ProductLines($expand=VatGroup,Product)')
export const linesOf = (invoice: Fields | null) => (invoice?.ProductLines ?? []) as Record<string, unknown>[]

export const isSent = (world: Scene, bill: Bill): boolean =>
  inTribe(world, bill) !== null && SENT.includes(world.crm.phaseOf(bill.id))

/** Drafts and posted invoices that were made of it; what was reversed counts as well. */
export function documentsOf({ books }: Scene, { id }: Bill) {
  const isIts = ({ ExternalImportReference }: { ExternalImportReference: string | null }) =>
    tribeIdIn(ExternalImportReference) === id
  return { orders: books.salesOrders().filter(isIts), posted: books.postedInvoices().filter(isIts) }
}

export const billOf = (world: Scene, reference: string | null): Bill | undefined =>
  billsOf(world).all.find(({ id }) => id === tribeIdIn(reference))
