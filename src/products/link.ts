import type { LinkState } from '../db/links'
import type { FactOf } from '../facts'
import { oneWayOf, ownMappings, ownRow } from '../lookups/own-rows'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { laterOf, parseInstant } from '../shared/dates'
import { SyncError, undecidable } from '../shared/errors'
import { fingerprintAll } from '../shared/fingerprints'
import type { FieldMapping } from '../shared/own-fields'
import { inWords, type ProblemCode } from '../shared/problems'
import type { SyncContext } from '../sync-step'
import { has } from '../tribe/dialect'
import type { Product as TribeProduct } from '../tribe/schemas'
import { isoOf } from '../two-way/link'
import type { Fingerprints } from '../two-way/merge'
import type { Unmapped } from './catalog'
import { PRODUCT_ROWS, type Product, type ProductField, type ProductRow } from './fields'
import { canonical } from './mapping'

/** What the steps of a product have in common: its fingerprints, its link, and what is told of it. */

const HINTS = {
  'unit.unmapped': 'The unit "…" has no counterpart: map it under Units, and the product goes by itself',
  'unit.gone':
    'The unit "…" is mapped to a unit that PowerOffice does not have any more: map it anew under Units, and the product goes by itself',
  'vat.account_gone':
    'The sales account of the VAT group "…" is not active in PowerOffice any more, or carries another VAT code: map the group anew, and the product goes by itself',
  'vat.unmapped':
    'The VAT group or code "…" has no counterpart: map it under VAT groups, and the product goes by itself',
}
export function refuseUnmapped(unmapped: Unmapped | null): void {
  if (unmapped) throw new SyncError(unmapped.code, 'data', HINTS[unmapped.code].replace('…', unmapped.value))
}
const told = (code: ProblemCode) => new SyncError(code, 'data', inWords(code))
export const defaultGone = () => told('account.default_gone')
export const nameMissing = () => told('product.name_missing')
export const tiedElsewhere = () => told('product.tied_elsewhere')

/** What an admin decided of a product of PowerOffice's when the preview showed it. */
export type Decision = FactOf<`decision:${string}`>
export const decisionOf = (ctx: SyncContext, powerOfficeId: number | string): Decision | null =>
  ctx.facts.get(`decision:product:${powerOfficeId}`)

export async function decidedMatch(
  ctx: SyncContext,
  decision: Decision | null,
): Promise<TribeProduct | null> {
  if (decision?.action !== 'link' || !decision.tribeId) return null
  const product = await ctx.tribe.findProduct(decision.tribeId)
  if (product) return product
  throw undecidable(decision.tribeId)
}

/** The product of Tribe's that bears a mark; a person has to say which where a mark was copied. */
export function onlyOne(marked: readonly TribeProduct[]): TribeProduct | null {
  const [only, ...copies] = marked
  if (copies.length === 0) return only ?? null
  throw new SyncError(
    'product.ambiguous',
    'data',
    `${marked.length} products in Tribe bear the id of this one of PowerOffice (ImportId): decide which of them it is`,
  )
}

/** One side is as it was: what the look at the other waits for may be over. */
export function askAgainIfParked(ctx: SyncContext, subject: string): void {
  if (ctx.parkedOf('product').includes(subject)) ctx.enqueue({ kind: 'product', subject, lane: 'bulk' })
}

/** The rows of this tenant's products: those of all tenants, and here those of its own. */
export const rowsOf = (ctx: SyncContext): readonly ProductRow[] => {
  const mappings = ownMappings(ctx, 'product')
  return mappings.length === 0 ? PRODUCT_ROWS : [...PRODUCT_ROWS, ...mappings.map(ownProductRow)]
}

function ownProductRow(mapping: FieldMapping): ProductRow {
  const { inCrm, inBooks, toCrm, toBooks, member, placeIn: _, ...row } = ownRow(mapping)
  return {
    ...row,
    crm: { members: [member.crm], read: ({ product }) => inCrm(product, 'Product'), write: toCrm },
    books: { members: [member.books], read: ({ product }) => inBooks(product), write: toBooks },
  }
}

/** Rows of the admin’s that go one way. */
export const oneWayIn = (ctx: SyncContext) => oneWayOf(ownMappings(ctx, 'product'))

/** The fields that this Tribe has; what it lacks stays as it is in PowerOffice (DESIGN.md §1.10), and so does what PowerOffice does not say as it did (§9.13). */
export const fieldsOf = (ctx: SyncContext): ProductField[] =>
  rowsOf(ctx)
    .filter(({ crm }) => crm.members.some((member) => has(ctx.tribeProfile.dialect, 'Product', member)))
    .filter(({ books }) => !books.members.some((member) => ctx.contract?.rests('Products', member)))
    .map(({ name }) => name)

export function linkFrom(
  ctx: SyncContext,
  given: {
    tribeId: string
    powerOffice: Pick<PowerOfficeProduct, 'Id'> & Partial<PowerOfficeProduct>
    link?: LinkState | null
    bases?: LinkState['bases']
    recent?: LinkState['recent']
    state?: LinkState['state']
  },
): LinkState {
  return {
    kind: 'product',
    tribeId: given.tribeId,
    tribeType: 'Product',
    tribeRelationId: null,
    powerOfficeId: String(given.powerOffice.Id),
    powerOfficeParentId: null,
    number: null,
    bases: given.bases ?? {},
    state: given.state ?? 'linked',
    powerOfficeChangedAt: parseInstant(given.powerOffice.LastChangedDateTimeOffset),
    recent: given.recent ?? [],
    createdAt: given.link?.createdAt ?? isoOf(ctx),
    syncedAt: isoOf(ctx),
  }
}

export const printsOf = (ctx: SyncContext, product: Product): Promise<Fingerprints> =>
  fingerprintAll(ctx.fingerprint, canonical(product, rowsOf(ctx)))

export const mutatedAt = (product: TribeProduct): string | null =>
  laterOf(parseInstant(product.LastMutationDate), parseInstant(product.CreationDate))

export const isTribeNewer = (tribe: TribeProduct, powerOffice: PowerOfficeProduct) =>
  (parseInstant(tribe.LastMutationDate) ?? parseInstant(tribe.CreationDate) ?? '') >
  (parseInstant(powerOffice.LastChangedDateTimeOffset) ?? '')
