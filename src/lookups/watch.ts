import { SyncError } from '../shared/errors'
import { DONE, type Step } from '../sync-step'
import type { Lookups } from './lookups'
import { GAP_MESSAGES, gapsIn } from './validation'

/**
 * The daily look at what can be mapped: a new VAT group in Tribe, an account that was closed in PowerOffice
 * become a problem before a product or an invoice meets them.
 */
export const watchMappings: Step = async (ctx) => {
  if (!ctx.settings.products.enabled && !ctx.settings.invoices.enabled) return DONE
  const lookups = await ctx.lookups.refresh()
  const gaps = gapsIn(lookups, await ctx.mappings.units(), await ctx.mappings.vat())
  for (const { code, tribeId, name } of gaps)
    ctx.park(
      { kind: 'mapping', subject: `tribe:${tribeId}`, lane: 'bulk' },
      new SyncError(code, 'data', GAP_MESSAGES[code](name)),
    )
  const open = new Set(gaps.map(({ tribeId }) => tribeId))
  const closed = [...lookups.tribe.units, ...lookups.tribe.vatGroups].filter(({ id }) => !open.has(id))
  ctx.settle(
    'mapping',
    closed.map(({ id }) => `tribe:${id}`),
  )
  return DONE
}

/** A mapping that was reported: is it complete now? The subject names the unit or VAT group. */
export const lookAtMapping: Step = async (ctx, { id }) => {
  const gapIn = async (lookups: Lookups) =>
    gapsIn(lookups, await ctx.mappings.units(), await ctx.mappings.vat()).find(
      ({ tribeId }) => id === `tribe:${tribeId}`,
    )
  // What was mended in PowerOffice shows in lists that are read anew.
  const gap = (await gapIn(await ctx.lookups.get())) && (await gapIn(await ctx.lookups.refresh()))
  if (gap) throw new SyncError(gap.code, 'data', GAP_MESSAGES[gap.code](gap.name))
  return DONE
}
