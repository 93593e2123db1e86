import { SyncError } from '../shared/errors'
import { DONE, type Step } from '../sync-step'
import { GAP_MESSAGES, gapsIn } from './validation'

/**
 * The daily look at what can be mapped: a new VAT group in Tribe, an account that was closed in PowerOffice
 * become a problem before a product or an invoice meets them.
 */
export const watchMappings: Step = async (ctx) => {
  if (!ctx.settings.products.enabled && !ctx.settings.invoices.enabled) return DONE
  const gaps = gapsIn(await ctx.lookups.refresh(), await ctx.mappings.units(), await ctx.mappings.vat())
  for (const { code, tribeId, name } of gaps)
    ctx.park(
      { kind: 'mapping', subject: `tribe:${tribeId}`, lane: 'bulk' },
      new SyncError(code, 'data', GAP_MESSAGES[code](name)),
    )
  return DONE
}

/** A mapping that was reported: is it complete now? The subject names the unit or VAT group. */
export const lookAtMapping: Step = async (ctx, { id }) => {
  const gaps = gapsIn(await ctx.lookups.get(), await ctx.mappings.units(), await ctx.mappings.vat())
  const gap = gaps.find(({ tribeId }) => id === `tribe:${tribeId}`)
  if (gap) throw new SyncError(gap.code, 'data', GAP_MESSAGES[gap.code](gap.name))
  return DONE
}
