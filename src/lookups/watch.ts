import { SyncError } from '../shared/errors'
import { recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { Lookups } from './lookups'
import { phasesFrom } from './phases'
import { GAP_MESSAGES, type Gap, gapsIn, gapsInSettings } from './validation'

/**
 * The daily look at what can be mapped: a new VAT group in Tribe, an account that was closed in PowerOffice
 * become a problem before a product or an invoice meets them. What is known to be wrong is not used from then on.
 */
export const watchMappings: Step = async (ctx) => {
  if (!ctx.settings.products.enabled && !ctx.settings.invoices.enabled) return DONE
  const lookups = await ctx.lookups.refresh()
  const gaps = await allGaps(ctx, lookups)
  for (const { code, tribeId, name } of gaps)
    ctx.park(
      { kind: 'mapping', subject: recordSubject('tribe', tribeId), lane: 'bulk' },
      new SyncError(code, 'data', GAP_MESSAGES[code](name)),
    )
  const open = new Set(gaps.map(({ tribeId }) => recordSubject('tribe', tribeId)))
  ctx.settle(
    'mapping',
    ctx.parkedOf('mapping').filter((subject) => !open.has(subject)),
  )
  releaseMended(ctx, lookups, gaps)
  return DONE
}

/** A mapping that was reported: is it complete now? The subject names the unit, VAT group, phase or account. */
export const lookAtMapping: Step = async (ctx, { id }) => {
  const gapIn = async (lookups: Lookups) =>
    (await allGaps(ctx, lookups)).find(({ tribeId }) => id === recordSubject('tribe', tribeId))
  // What was mended in PowerOffice shows in lists that are read anew.
  const gap = (await gapIn(await ctx.lookups.get())) && (await gapIn(await ctx.lookups.refresh()))
  await lookAtLists(ctx)
  if (gap) throw new SyncError(gap.code, 'data', GAP_MESSAGES[gap.code](gap.name))
  return DONE
}

/** What can be mapped, read anew if so wanted: then what waited for something that is right again goes by itself. */
export async function readLists(ctx: SyncContext, isAnew: boolean): Promise<Lookups> {
  if (!isAnew) return ctx.lookups.get()
  const lookups = await ctx.lookups.refresh()
  await lookAtLists(ctx)
  return lookups
}

async function lookAtLists(ctx: SyncContext): Promise<void> {
  const lookups = await ctx.lookups.get()
  releaseMended(ctx, lookups, await allGaps(ctx, lookups))
}

const allGaps = async (ctx: SyncContext, lookups: Lookups): Promise<Gap[]> => [
  ...gapsIn(lookups, await ctx.mappings.units(), await ctx.mappings.vat()),
  ...gapsInSettings(lookups, ctx.settings),
]

const KNOWN = 'faulty-mappings'
/** An account demands what invoices that are booked on it do not name. */
const DEMANDED = 'invoice.dimension_missing'
const CODES = ['vat.account_gone', 'unit.gone', 'account.default_gone'] as const

/** Records that waited for what is right by now. What still waits for another is parked again, without a call to PowerOffice. */
function releaseMended(ctx: SyncContext, lookups: Lookups, gaps: readonly Gap[]): void {
  const demands = lookups.powerOffice.salesAccounts.flatMap(({ id, demands = [], departmentId = '' }) =>
    demands.map((one) => `${DEMANDED} ${one} ${id} ${departmentId}`),
  )
  const now = [...gaps.map(({ code, tribeId }) => `${code} ${tribeId}`), ...demands]
  const isMended = (ctx.facts.get(KNOWN) ?? []).some((before) => !now.includes(before))
  if (now.length > 0) ctx.facts.set(KNOWN, now)
  else ctx.facts.remove(KNOWN)
  const free: string[] = CODES.filter((code) => isMended || !gaps.some((gap) => gap.code === code))
  if (isMended || demands.length === 0) free.push(DEMANDED)
  const isPaidKnown = phasesFrom(lookups.tribe.invoicePhases, ctx.settings).paid !== null
  ctx.release([...free, ...(isPaidKnown ? ['payment.paid_phase_unknown'] : [])])
}
