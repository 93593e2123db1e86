import { ApiError } from '../../shared/errors'
import type { SyncContext } from '../../sync-step'
import { madeForSure } from '../../two-way/pending-writes'
import { isUsed } from './judge'

/**
 * Product groups that the load made go once its products are gone, but for one that somebody has changed since or that
 * a product is in. A Tribe that does not say that, or deletes none, keeps them all: they do no harm.
 */
export async function removeGroups(ctx: SyncContext): Promise<void> {
  const made = ctx.facts.get('groups:made') ?? []
  if (made.length === 0) return
  const ids = made.map(({ id }) => id)
  const gone: string[] = []
  try {
    const inUse = await ctx.tribe.groupsInUse(ids)
    const signs = new Map((await ctx.tribe.signsOf('ProductGroup', ids, null)).map((sign) => [sign.ID, sign]))
    for (const { id, name, at } of made) {
      const sign = signs.get(id)
      if (sign && (inUse.has(id) || isUsed(sign, at))) continue
      // An earlier run may have come this far.
      if (sign) await ctx.tribe.deleteRecord('ProductGroup', id)
      gone.push(id)
      // Another load may make it anew.
      madeForSure(ctx.facts, 'productGroup', name)
    }
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
  }
  ctx.lookups.dropGroups(gone)
  ctx.facts.remove('groups:made')
}
