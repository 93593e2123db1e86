import type { Product } from '../poweroffice/schemas'
import { ShownLateError } from '../shared/errors'
import type { SyncContext } from '../sync-step'
import { madeForSure, making, restOfMade } from '../two-way/pending-writes'

/**
 * A product per VAT code and sales account, for invoice lines without a product of their own: PowerOffice takes both
 * from the product. Made once, found again by its code, never synced to Tribe.
 */
const PREFIX = 'RELAY-VAT-'

export const isGeneric = (product: Product): boolean => product.Code?.startsWith(PREFIX) ?? false

/** Where a line is booked. */
export interface Booking {
  vatCode: string
  accountId: number
  accountNo: number
}

const codeOf = ({ vatCode, accountNo }: Booking) => `${PREFIX}${vatCode}-${accountNo}`
/** Older versions of the relay made one per VAT code, on whichever account was mapped to it then. */
const formerCodeOf = ({ vatCode }: Booking) => `${PREFIX}${vatCode}`

const NAME = 'generic-products'
/** By VAT code and account. */
const known = (ctx: SyncContext) => ctx.facts.get(NAME) ?? {}
const keyOf = ({ vatCode, accountId }: Booking) => `${vatCode}:${accountId}`

/** The id of the generic product that is booked so. */
export async function genericProductFor(ctx: SyncContext, booking: Booking): Promise<number> {
  const key = keyOf(booking)
  return (
    known(ctx)[key] ??
    ctx.withLock(NAME, async () => {
      const made = known(ctx)[key]
      if (made !== undefined) return made
      const product = await makeOnce(ctx, booking)
      ctx.facts.set(NAME, { ...known(ctx), [key]: product.Id })
      return product.Id
    })
  )
}

/** It was deleted in PowerOffice: it is made again when it is needed. False when it is none of ours. */
export function forgetGeneric(ctx: SyncContext, productId: number): boolean {
  const kept = Object.entries(known(ctx)).filter(([, id]) => id !== productId)
  const isOurs = kept.length < Object.keys(known(ctx)).length
  if (isOurs) ctx.facts.set(NAME, Object.fromEntries(kept))
  return isOurs
}

/** One that was put on another account in PowerOffice is put right when it is needed next. */
export function lookAtGeneric(ctx: SyncContext, product: Product): void {
  const entry = Object.entries(known(ctx)).find(([, id]) => id === product.Id)
  if (entry && !entry[0].endsWith(`:${product.StandardSalesAccountId}`)) forgetGeneric(ctx, product.Id)
}

/** One whose answer was lost may still come to light: nothing is made again before it would have. */
async function makeOnce(ctx: SyncContext, booking: Booking): Promise<Product> {
  const key = keyOf(booking)
  ctx.facts.remove(`${NAME}:${key}`)
  const restMs = restOfMade(ctx, 'genericProduct', key, 'books')
  const found = await findMade(ctx, booking)
  if (!found && restMs > 0) throw new ShownLateError(restMs, 'books')
  const make = () => ctx.powerOffice.createProduct(bodyFor(booking))
  const product = found ?? (await making(ctx, 'genericProduct', key, make, 'books'))
  madeForSure(ctx.facts, 'genericProduct', key, 'books')
  return product
}

/** Whatever carries its code, on the account that the code says; else a former one that is on that account already. */
async function findMade(ctx: SyncContext, booking: Booking): Promise<Product | null> {
  const { accountId } = booking
  const found = await ctx.powerOffice.productsWithCodes([codeOf(booking), formerCodeOf(booking)])
  const isThere = (product: Product) => product.StandardSalesAccountId === accountId
  const ours = found.filter(({ Code }) => Code === codeOf(booking))
  const its =
    ours.find(isThere) ?? ours[0] ?? found.find((product) => isThere(product) && !product.IsArchived)
  if (!its || isThere(its)) return its ?? null
  const change = { op: 'replace' as const, path: '/StandardSalesAccountId', value: accountId }
  return ctx.powerOffice.patchProduct(String(its.Id), [change])
}

const bodyFor = (booking: Booking) => ({
  Code: codeOf(booking),
  Name: `Tribe (mva-kode ${booking.vatCode}, konto ${booking.accountNo})`,
  ProductType: 'Service',
  StandardSalesAccountId: booking.accountId,
})
