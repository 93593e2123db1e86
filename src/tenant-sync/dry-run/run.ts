import type { TimelineEntry } from '../../db/timeline'
import { forgetCutoffs, settlePhases } from '../../invoices/cutoff'
import { createLookupStore } from '../../lookups/lookups'
import { toldRows } from '../../lookups/told-edits'
import { asSyncError } from '../../shared/errors'
import { createLocks } from '../../shared/locks'
import { isMember } from '../../shared/own-fields'
import { DONE, type Facts, type Step, type SyncContext, type SyncResult } from '../../sync-step'
import { factsOver } from '../aside'
import { drain } from '../drain'
import { createFieldStore } from '../field-store'
import { HANDLERS } from '../handlers'
import type { Job } from '../job'
import { rememberingIn } from '../remembering'
import { type JobCopies, jobCopies } from './jobs'
import { linksOver } from './links'
import { type Change, dryRunsIn } from './store'
import { NotedEnough, notingPowerOffice, notingTribe } from './systems'
import { linkedIn, type Note, newWorld, type World } from './world'

/**
 * A dry run: the real steps of a whole comparison under changed settings, with writers that only note. Links, facts,
 * jobs and the timeline are copies that nobody else sees. It goes on a few steps at a time, and lets pushes pass.
 */

const KIND = 'dry-run'
/** Steps of the comparison in one step of ours: each may take a hundred records. */
const STEPS_AT_ONCE = 5
/** What would wait longer than this is told as what waits. */
const AHEAD_MS = 30 * 60_000
/** A restart forgets what was noted. */
const MOST_TRIES = 3

/** Lives in memory. */
interface Run {
  id: string
  change: Change
  world: World
  jobs: JobCopies
  links: ReturnType<typeof linksOver>
  facts: Facts
  cache: Map<string, unknown>
  withLock: SyncContext['withLock']
  told: Map<string, Record<string, string>>
  startedAt: number
  /** How far its clock is ahead: nobody waits for what only passes time. */
  aheadMs: number
  failed: boolean
}

const NOT_AT_ITS_END = {
  later: { status: 'again', afterSeconds: 5, because: 'Tribe takes no calls' },
  more: { status: 'again', afterSeconds: 0, because: 'more of the dry run' },
  next: { status: 'again', afterSeconds: 2, because: 'another dry run is under way' },
} as const

/** The job `dry-run`; its subject is the id. `copies`: what is to be done at the tenant. One goes at a time. */
export const dryRunStep =
  (copies: () => Job[]): Step =>
  (ctx, { id }) =>
    ctx.withLock(KIND, () => goOnWith(ctx, id, copies))

async function goOnWith(ctx: SyncContext, id: string, copies: () => Job[]): Promise<SyncResult> {
  const runs = dryRunsIn(ctx)
  const kept = runs.get(id)
  if (kept?.state !== 'running') {
    if (heldIn(ctx, id)) ctx.cache.delete(KIND)
    return DONE
  }
  const last = ctx.cache.get(KIND) as Run | undefined
  if (last && last.id !== id && runs.isRunning(last.id)) return NOT_AT_ITS_END.next
  const held = heldIn(ctx, id)
  if (!held && kept.begun >= MOST_TRIES) {
    runs.fail(id, 'interrupted')
    return DONE
  }
  if (!held) runs.beginAgain(id, kept)
  const run = held ?? (await beginOrEnd(ctx, id, kept.change, copies()))
  if (!run) return DONE
  ctx.cache.set(KIND, run)
  const outcome = await goOn(ctx, run)
  if (outcome === 'later' || outcome === 'more') return NOT_AT_ITS_END[outcome]
  ctx.cache.delete(KIND)
  if (outcome === 'ended') return DONE
  if (outcome !== 'done') runs.fail(id, outcome)
  else runs.finish(id, sorted(run.world.records()), run.jobs.parkedByCode())
  return DONE
}

/** The run as it has come so far; null when another instance of the object has begun it. */
function heldIn(ctx: SyncContext, id: string): Run | null {
  const run = ctx.cache.get(KIND) as Run | undefined
  return run?.id === id ? run : null
}

/** What neither time nor new credentials would mend ends it: nobody could try a job of it again. */
async function beginOrEnd(
  ctx: SyncContext,
  id: string,
  change: Change,
  copies: readonly Job[],
): Promise<Run | null> {
  try {
    return await begin(ctx, id, change, copies)
  } catch (thrown) {
    if (asSyncError(thrown).remedy !== 'data') throw thrown
    dryRunsIn(ctx).fail(id, 'refused')
    return null
  }
}

async function begin(ctx: SyncContext, id: string, change: Change, copies: readonly Job[]): Promise<Run> {
  const links = linksOver(ctx.links, ctx.tenantId)
  for (const { kind, fields } of change.dropped) await links.dropBases(kind, fields)
  const jobs = jobCopies(copies)
  jobs.retryRecords(change.release, ctx.now())
  for (const job of change.jobs) jobs.enqueue(job, ctx.now())
  jobs.enqueue({ kind: 'compare', subject: '', lane: 'bulk' }, ctx.now())
  const run: Run = {
    id,
    change,
    world: newWorld(await linkedIn(ctx)),
    jobs,
    links,
    facts: factsOver(ctx.facts),
    cache: new Map(),
    withLock: createLocks(),
    told: new Map(),
    startedAt: ctx.now(),
    aheadMs: 0,
    failed: false,
  }
  const inside = contextIn(ctx, run, ctx.now)
  // Phases that join, and invoices that are switched on later, get what the change itself would give them.
  if (change.invoices === 'off') forgetCutoffs(inside)
  else if (change.invoices) await settlePhases(inside, { isAnew: change.invoices === 'anew' })
  return run
}

function endOf(run: Run, runs: ReturnType<typeof dryRunsIn>): 'reconnect' | 'unreachable' | 'ended' | null {
  if (run.failed) return 'reconnect'
  if (run.jobs.isOut()) return 'unreachable'
  return runs.isRunning(run.id) ? null : 'ended'
}

async function goOn(
  ctx: SyncContext,
  run: Run,
): Promise<'more' | 'later' | 'done' | 'ended' | 'reconnect' | 'unreachable'> {
  const runs = dryRunsIn(ctx)
  let steps = 0
  const now = () => ctx.now() + run.aheadMs
  for (;;) {
    const before = steps
    await drain({
      jobs: run.jobs,
      handlers: STEPS,
      only: null,
      contextFor: () => contextIn(ctx, run, now),
      credentials: () => '',
      refreshed: async () => false,
      onReconnect: () => {
        run.failed = true
      },
      onSuccess: () => undefined,
      now,
      random: () => 0,
      mayGoOn: () => steps++ < STEPS_AT_ONCE && !ctx.mustYield() && runs.isRunning(run.id),
      log: () => undefined,
    })
    const end = endOf(run, runs)
    if (end) return end
    const next = run.jobs.nextDueAt()
    if (next === null || next > run.startedAt + AHEAD_MS) return 'done'
    if (steps >= STEPS_AT_ONCE || ctx.mustYield()) return 'more'
    if (next <= now() && steps <= before + 1) return 'later'
    run.aheadMs += Math.max(0, next - now())
  }
}

/** A step that has come to what PowerOffice does by itself has ended. */
const STEPS: Readonly<Record<string, Step>> = Object.fromEntries(
  Object.entries(HANDLERS).map(([kind, step]): [string, Step] => [
    kind,
    async (ctx, subject) => {
      try {
        return await step(ctx, subject)
      } catch (thrown) {
        if (thrown instanceof NotedEnough) return DONE
        throw thrown
      }
    },
  ]),
)

function contextIn(ctx: SyncContext, run: Run, now: () => number): SyncContext {
  const { change, facts, jobs, world } = run
  const read = change.fields ? (ctx.tribeReading?.(change.fields) ?? ctx.tribe) : ctx.tribe
  const groupNamed = async (side: 'tribe' | 'powerOffice', name: string) => {
    const { productGroups } = (await lookups.get())[side]
    const group = productGroups.find((one) => one.name?.trim() === name)
    return group ? String(group.id) : null
  }
  const tribe = notingTribe(read, world, { now, groupNamed })
  const powerOffice = notingPowerOffice(ctx.powerOffice, world, {
    now,
    groupNamed,
    invoiceOf: async (orderId) => (await run.links.findByPowerOffice('invoice', orderId))?.tribeId ?? null,
  })
  const told: SyncContext['fields']['told'] = {
    ...ctx.fields.told,
    among: async (kind, ids) => {
      const stored = await ctx.fields.told.among(kind, ids)
      const over = ids.flatMap((tribeId) => {
        const prints = run.told.get(`${kind} ${tribeId}`)
        return prints ? [{ tribeId, prints }] : []
      })
      return [...stored.filter(({ tribeId }) => !run.told.has(`${kind} ${tribeId}`)), ...over]
    },
    saveAll: async (kind, rows) => {
      for (const { tribeId, prints } of rows) run.told.set(`${kind} ${tribeId}`, prints)
    },
  }
  const { tribeProfile, mappings } = ctx
  const lookups = createLookupStore({ facts, now, tribe, tribeProfile, powerOffice })
  const settle = jobs.settle
  const enqueue: SyncContext['enqueue'] = (request) => jobs.enqueue(request, now())
  const rows = change.fields ?? ctx.fields.rows
  const isOfMembers = ({ powerOfficeField }: { powerOfficeField: string }) => isMember(powerOfficeField)
  const tellable = change.fields ? toldRows(rows) : ctx.fields.tellable
  const working = change.fields ? rows.filter(isOfMembers) : ctx.fields.working
  return {
    ...ctx,
    settings: change.settings ?? ctx.settings,
    tribe,
    powerOffice,
    mappings: {
      ...mappings,
      units: async () => change.units ?? mappings.units(),
      vat: async () => change.vat ?? mappings.vat(),
    },
    lookups,
    fields: createFieldStore({ rows, working, tellable, told, facts, now, tribe }),
    facts,
    cache: run.cache,
    preview: NO_PREVIEW,
    before: NOTHING_BEFORE,
    withLock: run.withLock,
    now,
    enqueue,
    settle,
    park: (request, why) => jobs.enqueueParked(request, why, now()),
    postpone: (request, why) => jobs.enqueueFailed(request, why, false, now()),
    release: (codes) => jobs.retryRecords(codes, now()),
    because: () => undefined,
    parkedOf: jobs.parkedOf,
    isAwaited: jobs.isAwaited,
    parkedAs: jobs.parkedAs,
    mustYield: () => false,
    isBurst: () => false,
    stillHolds: () => undefined,
    keepDialect: async () => undefined,
    ...rememberingIn(
      run.links,
      {
        addAll: async (entries) => {
          for (const entry of entries) noteWrite(world, entry)
        },
      },
      {
        settle,
        facts,
        enqueue,
        tell: () => undefined,
      },
    ),
  }
}

/** What is not written overwrites nothing. */
const NOTHING_BEFORE = { keep: async () => '', open: async () => null }

const NO_PREVIEW: SyncContext['preview'] = {
  begin: () => undefined,
  clear: () => undefined,
  add: () => undefined,
  finish: () => undefined,
}

/** The events of the timeline that tell of a write. */
const WRITES: Readonly<Record<string, Pick<Note, 'side' | 'action'>>> = {
  'created-in-tribe': { side: 'tribe', action: 'create' },
  'updated-tribe': { side: 'tribe', action: 'update' },
  'created-in-poweroffice': { side: 'powerOffice', action: 'create' },
  'updated-poweroffice': { side: 'powerOffice', action: 'update' },
}

/** What the timeline would say was written. */
function noteWrite(world: World, { kind, tribeId, powerOfficeId, event, details }: TimelineEntry): void {
  const write = WRITES[event]
  if (!write) return
  const { fields = [], number } = details as { fields?: string[]; number?: string | null }
  if (kind === 'invoice') {
    // What is written to the books is noted where it is written.
    if (write.side === 'tribe')
      world.note({ kind, side: 'tribe', action: 'update', tribeId, powerOfficeId: null, fields })
    return
  }
  const known = {
    kind,
    tribeId: world.isMade(tribeId) ? null : tribeId,
    powerOfficeId: world.isMade(powerOfficeId) ? null : powerOfficeId,
  }
  world.note({ ...known, ...write, fields })
  // The number that PowerOffice gives goes back.
  if (event === 'created-in-poweroffice' && number != null)
    world.note({ ...known, side: 'tribe', action: 'update', fields: ['number'] })
}

const sorted = (records: readonly Note[]): Note[] => {
  const place = ({ side, kind, powerOfficeId, tribeId }: Note) =>
    `${side} ${kind} ${(powerOfficeId ?? tribeId ?? '').padStart(40, '0')}`
  return records.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}
