import type { LinkState } from '../db/links'
import type { RecentChange } from '../db/schema'
import { SyncError } from '../shared/errors'
import {
  basesOf,
  type ConflictPolicy,
  type Fingerprints,
  type Merge,
  merge,
  type Side,
} from '../shared/two-way'
import type { SyncContext } from '../sync-step'
import { noteChanges } from './flapping'

/** When fields that only Tribe has filled go to PowerOffice: see `fills` in `shared/two-way.ts`. */
export type Fills = 'never' | 'along' | 'always'

export interface PairToMerge<Field extends string> {
  fields: readonly Field[]
  /** Null: the two were found to be one just now. */
  link: LinkState | null
  tribe: Fingerprints
  powerOffice: Fingerprints
  newest: Side
  /** Who wins where both sides differ, when the tenant's policy is not the measure. */
  policy?: ConflictPolicy
  ledByPowerOffice: ReadonlySet<string>
  fills: Fills
  /** The code of what keeps a field from being sent; null when nothing does. */
  faultOf: (field: Field) => string | null
  /** Each writes the given fields to its side, and gives what that side holds then. */
  writePowerOffice: (fields: readonly Field[]) => Promise<Fingerprints>
  writeTribe: (fields: readonly Field[]) => Promise<Fingerprints>
}

export interface Merged<Field extends string> {
  bases: LinkState['bases']
  recent: RecentChange[]
  toTribe: Field[]
  toPowerOffice: Field[]
  conflicts: Merge['conflicts']
  /** What could not be sent; the rest was. */
  faults: string[]
}

/**
 * Compares a pair field by field and writes what differs to either side (spec §9). Throws `….flapping` for
 * a pair that goes to and fro.
 */
export async function carryOut<Field extends string>(
  ctx: SyncContext,
  kind: string,
  pair: PairToMerge<Field>,
): Promise<Merged<Field>> {
  const { fields, link, tribe, powerOffice, fills } = pair
  const policy = pair.policy ?? ctx.settings.conflictPolicy
  const plan = merge({ ...pair, bases: link?.bases ?? {}, policy })
  const takesFills =
    fills === 'always' || (fills === 'along' && (link === null || plan.toPowerOffice.length > 0))
  const wanted = [...plan.toPowerOffice, ...(takesFills ? plan.fills : [])] as Field[]
  const faults = wanted.flatMap((field) => pair.faultOf(field) ?? [])
  const toPowerOffice = wanted.filter((field) => pair.faultOf(field) === null)
  const toTribe = plan.toTribe as Field[]

  const recent = recentOf(ctx, kind, pair, { toTribe, toPowerOffice })
  const after = {
    powerOffice: toPowerOffice.length > 0 ? await pair.writePowerOffice(toPowerOffice) : powerOffice,
    tribe: toTribe.length > 0 ? await pair.writeTribe(toTribe) : tribe,
  }
  const bases = { ...basesOf(fields, after.tribe, after.powerOffice) }
  // What could not be sent is not in step: the next look tries again.
  for (const field of wanted) if (!toPowerOffice.includes(field)) bases[field] = link?.bases[field] ?? ''
  // At the first link a difference is no conflict: nobody changed anything since.
  return { bases, recent, toTribe, toPowerOffice, conflicts: link ? plan.conflicts : [], faults }
}

function recentOf<Field extends string>(
  ctx: SyncContext,
  kind: string,
  { link, tribe, powerOffice }: PairToMerge<Field>,
  { toTribe, toPowerOffice }: { toTribe: readonly Field[]; toPowerOffice: readonly Field[] },
): RecentChange[] {
  const changes = [
    ...toTribe.map((field) => ({ field, was: tribe[field] ?? '', becomes: powerOffice[field] ?? '' })),
    ...toPowerOffice.map((field) => ({ field, was: powerOffice[field] ?? '', becomes: tribe[field] ?? '' })),
  ]
  const { recent, isFlapping } = noteChanges(link?.recent ?? [], changes, ctx.now())
  if (!isFlapping) return recent
  const message =
    'Tribe and PowerOffice keep setting each other back: find out who else changes this record, then try again'
  throw new SyncError(`${kind}.flapping`, 'data', message)
}
