import type { SyncContext } from '../sync-step'
import { has } from '../tribe/dialect'
import { outcomeOf, type SeenPair, type Sight, seenPair, sightOf, type Which } from '../two-way/values'
import { fieldsOf, rowsOf } from './link'
import { catalogFor, catalogOf } from './lists'
import { productFromPowerOffice, productFromTribe } from './mapping'
import { mergePair } from './pair'
import { areProductsOn } from './sweeps'

/** A product as both systems hold it, for whoever looks on. */
export async function productValues(
  ctx: SyncContext,
  { crmId: tribeId, booksId: powerOfficeId, link }: Which,
): Promise<SeenPair> {
  const rows = rowsOf(ctx)
  const [tribe, powerOffice] = await Promise.all([
    sightOf(tribeId === null ? null : () => ctx.tribe.findProduct(tribeId)),
    sightOf(powerOfficeId === null ? null : () => ctx.powerOffice.findProduct(powerOfficeId)),
  ])
  const crm = await read(tribe, async (one) => productFromTribe(one, await catalogOf(ctx), rows))
  const books = await read(powerOffice, async (one) =>
    productFromPowerOffice(one, await catalogFor(ctx, one), rows),
  )
  const isParted = link?.state === 'forgotten'
  const outcome =
    tribe.is === 'there' && powerOffice.is === 'there' && !isParted
      ? await outcomeOf(ctx, (told) =>
          mergePair(told, { link, tribe: tribe.record, powerOffice: powerOffice.record, fills: 'always' }),
        )
      : null
  const known = new Set(fieldsOf(ctx))
  return seenPair({
    rows,
    crm,
    books,
    outcome,
    offOf: (row) => {
      if (!areProductsOn(ctx)) return 'switched-off'
      if (!known.has(row.name)) return 'not-in-crm'
      return isParted ? 'forgotten' : null
    },
    canBeTold: (row) => row.crm.members.some((member) => has(ctx.tribeProfile.dialect, 'Product', member)),
  })
}

const read = async <T, R>(sight: Sight<T>, from: (record: T) => Promise<R>): Promise<Sight<R>> =>
  sight.is === 'there' ? sightOf(() => from(sight.record)) : sight
