import type { LinkKind } from '../db/links'
import { lookAtField } from '../lookups/field-watch'
import { lookAtMapping, watchMappings } from '../lookups/watch'
import { PartlyDone } from '../shared/errors'
import type { JobKind } from '../shared/job-kinds'
import { halfIn, pairIn, recordSubject } from '../shared/subjects'
import { type SharedJob, SLICE_STEPS, SLICES, sliceFor } from '../slices'
import { CREATED, DONE, type Step, type Subject, type SyncContext } from '../sync-step'
import { firstLoadOf, isTyingAgain } from '../two-way/first-load'
import { pollOf } from '../two-way/pull'
import { lookTogetherAt, type Told } from '../two-way/together'
import { believeGone } from '../two-way/vanished'
import { watchContract } from './contract'
import { undoChange } from './undo/change'
import { listen, renewWebhooks } from './webhooks'

/**
 * Something around a record of Tribe's changed; what a webhook says of it is a hint and no more
 * (tribe/API.md §4.2). Each slice is asked whether it is its own. Nobody's: the safety net looks.
 */
const tribeChanged: Step = async (ctx, { id, hint }) => {
  if (hint !== null && (await isTaken(ctx, id, hint))) return DONE
  const type = hint?.startsWith(CREATED) ? null : await typeOf(ctx, id)
  if (type !== null && type !== hint && (await isTaken(ctx, id, type))) return DONE
  // A moment later, so that a burst of events ends in one poll.
  ctx.enqueue({ kind: 'poll-tribe', subject: '', lane: 'push', afterSeconds: 2 })
  return DONE
}

async function isTaken(ctx: SyncContext, id: string, type: string): Promise<boolean> {
  for (const slice of SLICES) if (await slice.changed(ctx, id, type)) return true
  return false
}

/**
 * The same for the events of a burst, slice by slice, as far as their hints tell enough: what is said of a linked record is
 * left to be read together with others. `settle` is told of those that need no look of their own (DESIGN.md §1.16).
 */
export async function tribeChangedTogether(
  ctx: SyncContext,
  events: readonly Subject[],
  settle: (ids: ReadonlySet<string>) => void,
): Promise<void> {
  if (isTyingAgain(ctx)) return
  const told = events.flatMap(({ id, hint }): Told[] => {
    if (hint === null) return []
    const isNew = hint.startsWith(CREATED)
    return [{ id, type: isNew ? hint.slice(CREATED.length) : hint, isNew }]
  })
  for (const slice of SLICES) settle((await slice.changedTogether(ctx, told)).settled)
}

/** What Tribe says it is, or what it was before it was deleted. */
const typeOf = async (ctx: SyncContext, id: string): Promise<string | null> =>
  (await ctx.tribe.typeOf(id)) ?? (await ctx.links.ofTribeId(id))[0]?.tribeType ?? null

/** A job that several slices have: its subject says whose it is. */
const ofSlice =
  (job: SharedJob): Step =>
  async (ctx, subject) =>
    sliceFor(subject).shared[job]?.(ctx, subject) ?? DONE

/** What an admin asked for by hand is done, though a field was left out: that is told of the record, and goes with it. */
const byHand =
  (job: 'relink' | 'recreate'): Step =>
  async (ctx, subject) => {
    try {
      return await ofSlice(job)(ctx, subject)
    } catch (thrown) {
      if (!(thrown instanceof PartlyDone)) throw thrown
      await ctx.flush()
      const link = await (job === 'relink' ? tiedBy(ctx, subject) : madeBy(ctx, subject))
      if (!link) throw thrown
      ctx.park({ kind: link.kind, subject: recordSubject('tribe', link.tribeId), lane: 'bulk' }, thrown)
      return DONE
    }
  }

function tiedBy(ctx: SyncContext, subject: Subject) {
  const { kind, powerOfficeId } = pairIn(subject.id)
  return ctx.links.findByPowerOffice(kind as LinkKind, powerOfficeId)
}
function madeBy(ctx: SyncContext, subject: Subject) {
  const { kind, side, id } = halfIn(subject.id)
  const of = kind as LinkKind
  return side === 'tribe' ? ctx.links.findByTribe(of, id) : ctx.links.findByPowerOffice(of, id)
}

/** Waits for a load that ties the pairs of an undone one again. */
function onceTied(step: Step): Step {
  return async (ctx, subject) =>
    isTyingAgain(ctx)
      ? { status: 'again', afterSeconds: 5, because: 'the load after an undo comes first' }
      : step(ctx, subject)
}

/** Jobs whose steps are made anew for each run: they know more of the tenant than a step is told. */
type JobOfRun = 'dry-run' | 'undo' | 'undo-preview' | 'alert'

/** Kind of job → the step that does it: those of the slices, and those that concern all of them. */
export const HANDLERS = {
  ...SLICE_STEPS,
  compare: ofSlice('compare'),
  preview: ofSlice('preview'),
  'push-unlinked': ofSlice('push-unlinked'),
  relink: byHand('relink'),
  recreate: byHand('recreate'),
  'tribe-changed': onceTied(tribeChanged),
  'register-webhooks': listen,
  'renew-webhooks': renewWebhooks,
  'undo-change': undoChange,
  vanished: believeGone,
  'first-load': firstLoadOf(SLICES.flatMap(({ sweeps }) => sweeps)),
  'poll-tribe': onceTied(pollOf(SLICES.flatMap(({ polls }) => polls))),
  'look-together': lookTogetherAt(SLICES.flatMap(({ together }) => together)),
  'watch-mappings': watchMappings,
  'watch-contract': watchContract,
  mapping: lookAtMapping,
  field: lookAtField,
} satisfies Readonly<Record<Exclude<JobKind, JobOfRun>, Step>>

/** Which stream of the status a sweep belongs to. */
export const STREAM_OF: Readonly<
  Partial<Record<JobKind, 'webhooks' | 'relations' | 'products' | 'payments'>>
> = {
  'tribe-changed': 'webhooks',
  'pull-relations': 'relations',
  'pull-products': 'products',
  'pull-payments': 'payments',
  'first-load': 'relations',
}
