import type { LinkState } from '../db/links'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import type { ApiError } from '../shared/errors'
import { importIdsOf, isImportId, powerOfficeIdFrom } from '../shared/reference'
import { leavingOut } from '../shared/refusals'
import type { SyncContext, SyncResult } from '../sync-step'
import { has } from '../tribe/dialect'
import type { Product as TribeProduct } from '../tribe/schemas'
import { toldOf } from '../tribe/told'
import { keepBefore, supposed } from '../two-way/before'
import { withFields } from '../two-way/fields'
import { standInsMet } from '../two-way/filled-in'
import { noteLost, noteMerged, onceSettled } from '../two-way/link'
import { doubtOf } from '../two-way/pending-writes'
import { type Fills, reconcile, stillThere } from '../two-way/reconcile'
import { accountFault, salesAccountOf, unmappedInPowerOffice, unmappedInTribe } from './catalog'
import type { Product, ProductField } from './fields'
import { groupIdsOf, tribeGroupIdsOf } from './groups'
import { blamedOf, problemOfLeftOut, TO_CHANGE } from './left-out'
import {
  fieldsOf,
  isTribeNewer,
  linkFrom,
  oneWayIn,
  printsOf,
  refuseUnmapped,
  rowsOf,
  tiedElsewhere,
} from './link'
import { catalogFor } from './lists'
import {
  productFromPowerOffice,
  productFromTribe,
  productPatch,
  productToPowerOffice,
  productToTribe,
  withMembers,
} from './mapping'
import { isAsMade, isEditedBetween, linkAsSeen, unseenInPowerOffice } from './seen'

const NONE_LED: ReadonlySet<string> = new Set()

export interface Pair {
  /** Null: the two were found to be one just now. */
  link: LinkState | null
  tribe: TribeProduct
  powerOffice: PowerOfficeProduct
  fills: Fills
}

/** Compares two products that are one, and writes what differs to either side (DESIGN.md §3.2). */
export async function mergePair(ctx: SyncContext, pair: Pair): Promise<SyncResult> {
  const { link, tribe, powerOffice, fills } = pair
  const catalog = await catalogFor(ctx, powerOffice)
  const { crm: here, books: there } = await supposed(
    ctx,
    {
      crm: productFromTribe(tribe, catalog, rowsOf(ctx)),
      books: productFromPowerOffice(powerOffice, catalog, rowsOf(ctx)),
    },
    (product) => printsOf(ctx, product),
  )
  const faults = [
    () => unmappedInTribe(tribe, catalog),
    () => accountFault(powerOffice, catalog),
    () => unmappedInPowerOffice(there, catalog),
  ]
  for (const fault of faults) refuseUnmapped(fault())
  const prints = await printsOf(ctx, here)
  const printsThere = await printsOf(ctx, there)
  // A run that made it from PowerOffice's product could not note that: nobody has changed it in Tribe since.
  const copied = isMarked(ctx, pair) && isAsMade(tribe) ? prints : {}
  const bases = link ? linkAsSeen(link, powerOffice, printsThere).bases : copied
  const seen = { crm: prints, books: printsThere, bases: link ? bases : undefined }
  const met = isMadeByUs(ctx, pair)
    ? standInsMet(ctx, 'product', seen, rowsOf(ctx), () => isAsMade(tribe))
    : {}
  let patched = powerOffice
  const merged = await reconcile(ctx, 'product', {
    fields: fieldsOf(ctx),
    crmId: tribe.ID,
    link,
    doubts: [doubtOf(ctx, tribe.ID, link)],
    bases: { ...bases, ...met },
    crm: prints,
    books: printsThere,
    newest: isTribeNewer(tribe, powerOffice) ? 'crm' : 'books',
    ledByBooks: NONE_LED,
    oneWay: oneWayIn(ctx),
    fills,
    faultOf: (field) => (field === 'name' && here.name === null ? 'product.name_missing' : null),
    writeBooks: async (fields) => {
      const blame = (refusal: ApiError, some: readonly ProductField[]) =>
        blamedOf('books', refusal, some, here, rowsOf(ctx))
      const how = { ...TO_CHANGE, blame }
      const { refused, said } = await leavingOut(fields, how, async (some) => {
        const how = {
          groupIdOf: await groupIdsOf(ctx, some.includes('group') ? here.group : null, catalog),
          vatGroupId: tribe.VatGroup?.ID ?? null,
        }
        const members = productToPowerOffice(here, some, catalog, how, rowsOf(ctx))
        const patch = productPatch(members, powerOffice)
        if (patch.length > 0) patched = await ctx.powerOffice.patchProduct(String(powerOffice.Id), patch)
      })
      const after = productFromPowerOffice(patched, await catalogFor(ctx, patched), rowsOf(ctx))
      const written = fields.filter((field) => !refused.includes(field))
      const unseen = unseenInPowerOffice(written)
      return { prints: await printsOf(ctx, withFields(there, written, after)), refused, said, unseen }
    },
    writeCrm: async (fields) => {
      const blame = (refusal: ApiError, some: readonly ProductField[]) =>
        blamedOf('crm', refusal, some, there, rowsOf(ctx))
      const how = { ...TO_CHANGE, blame }
      const { answer, refused, said } = await leavingOut(fields, how, (some) =>
        writeTribe(ctx, pair, { here, there, fields: some }),
      )
      const after = answer
        ? withFields(here, answer.written, productFromTribe(answer.held, catalog, rowsOf(ctx)))
        : here
      return { prints: await printsOf(ctx, after), refused, said }
    },
  })
  const now = linkFrom(ctx, { tribeId: tribe.ID, powerOffice: patched, link, ...merged })
  const besides = link ? {} : { crm: { mark: tribe.ImportId ?? null } }
  noteMerged(ctx, link, now, merged, await keepBefore(ctx, merged, { crm: here, books: there }, besides))
  noteLost(ctx, now, { name: tribe.Name }, merged.toBooks)
  noteLost(ctx, now, { name: powerOffice.Name }, merged.toCrm)
  if (!link) await markInTribe(ctx, tribe, powerOffice.Id)
  const problem = problemOfLeftOut(merged.leftOut, rowsOf(ctx))
  if (problem) throw problem
  return onceSettled(ctx, now)
}

const isMarked = (ctx: SyncContext, { tribe, powerOffice }: Pair): boolean =>
  powerOfficeIdFrom(ctx, 'product', tribe.ImportId) === String(powerOffice.Id)

/** In Tribe: what was made there by somebody else, and marked when it was tied, is older. */
const isMadeByUs = (ctx: SyncContext, pair: Pair): boolean => {
  const dates = [pair.powerOffice.CreatedDateTimeOffset, pair.tribe.CreationDate]
  // Tribe's clock may tell whole seconds.
  const [there = '', here = ''] = dates.map((date) => parseInstant(date)?.slice(0, 19))
  return isMarked(ctx, pair) && there < here
}

/** Writes these fields of PowerOffice's to Tribe, and gives what Tribe holds then. */
async function writeTribe(
  ctx: SyncContext,
  { tribe, powerOffice }: Pair,
  { here, there, fields }: { here: Product; there: Product; fields: readonly ProductField[] },
): Promise<{ held: TribeProduct; written: readonly ProductField[] }> {
  const catalog = await catalogFor(ctx, powerOffice)
  const wanted = withFields(here, fields, there)
  const how = {
    groupIdOf: await tribeGroupIdsOf(ctx, fields.includes('group') ? there.group : null, catalog),
    salesAccountId: salesAccountOf(powerOffice, catalog)?.Id ?? null,
  }
  const members = productToTribe(wanted, fields, tribe, catalog, how, rowsOf(ctx))
  const answer = await ctx.tribe.update('Product', tribe.ID, members)
  // Whether a member can be emptied is unknown (tribe/API.md §2.7): only a look tells. So it is with an answer that is empty.
  const isUnseen = answer === null || Object.values(members).includes(null)
  const seen = isUnseen ? await ctx.tribe.findProduct(tribe.ID) : null
  const held = seen ?? withMembers(tribe, { ...members, ...toldOf(members, answer) }, catalog, there.group)
  const shown = productFromTribe(held, catalog, rowsOf(ctx))
  const isEdited = (field: ProductField) =>
    seen !== null && isEditedBetween(field, { shown, sent: there, before: here })
  const written = fields.filter((field) => !isEdited(field))
  // Another VAT group changes a price with VAT.
  return {
    held,
    written: 'SalesPrice' in members && !fields.includes('price') ? [...written, 'price'] : written,
  }
}

/** Tribe's copy of the link, by which a lost one is found again; another's mark stays (tribe/API.md §5.9). */
export async function markInTribe(
  ctx: SyncContext,
  tribe: TribeProduct,
  powerOfficeId: number,
): Promise<void> {
  const marks = importIdsOf(ctx, 'product', powerOfficeId)
  if (!has(ctx.tribeProfile.dialect, 'Product', 'ImportId')) return
  const { ImportId } = tribe
  if (ImportId && (marks.includes(ImportId) || !isImportId('product', ImportId))) return
  if (await ctx.tribe.findProductByImportId(marks)) return
  await markAs(ctx, tribe.ID, marks[0])
}

/** What PowerOffice's product is called in Tribe. Throws `record.gone` where the product is not there any more. */
export const markAs = (ctx: SyncContext, tribeId: string, ImportId: string | undefined) =>
  stillThere(() => ctx.tribe.update('Product', tribeId, { ImportId }))

const isTied = (link: LinkState | null): boolean => link?.state === 'linked'

/** A product is tied to one other at a time: only an admin unties it (DESIGN.md §4.6). */
export async function refuseTied(ctx: SyncContext, tribeId: string, powerOfficeId: string): Promise<void> {
  const [here, there] = await Promise.all([
    ctx.links.findByTribe('product', tribeId),
    ctx.links.findByPowerOffice('product', powerOfficeId),
  ])
  const isElsewhere =
    (isTied(here) && here?.powerOfficeId !== powerOfficeId) || (isTied(there) && there?.tribeId !== tribeId)
  if (isElsewhere) throw tiedElsewhere()
}
