import type { Database } from '../db/database'
import { mappingsOf } from '../db/mappings'
import type { TimelineEntry } from '../db/timeline'
import { toldFieldsOf } from '../db/told-fields'
import { createLookupStore } from '../lookups/lookups'
import type { SyncError } from '../shared/errors'
import type { Limit } from '../shared/limit'
import type { FieldMapping } from '../shared/own-fields'
import type { Reason } from '../shared/reasons'
import { idsOf } from '../shared/subjects'
import type { Facts, JobRequest, SyncContext } from '../sync-step'
import type { TribeBudget } from '../tribe/window'
import { withWordsOf } from '../two-way/left-out'
import type { Ahead } from './ahead'
import type { BeforeImages } from './before-images'
import { BURST } from './burst'
import { leavesDoubt } from './drain'
import type { Events } from './events'
import type { Fence } from './fence'
import { createFieldStore } from './field-store'
import type { Hours } from './hours'
import type { Jobs } from './jobs'
import type { Looks } from './looks'
import { remembering } from './remembering'

/** So long a push waits at the most until a sweep lets it pass: a load would else end its chunk at each echo of its own. */
const PATIENCE_MS = 500

/** What outlives a drain, in the tenant's object. */
export interface ObjectState {
  jobs: Jobs
  looks: Looks
  facts: Facts
  cache: Map<string, unknown>
  preview: SyncContext['preview']
  withLock: SyncContext['withLock']
  oneAtATime: <T>(run: () => Promise<T>) => Promise<T>
  /** Calls of this tenant to Tribe: so many in a minute, and at most four at once, whatever asks for them. */
  tribeWindow: TribeBudget
  tribeLimit: Limit
  events: Pick<Events, 'note' | 'parked'>
  hours: Pick<Hours, 'add' | 'noteTold'>
  isStopping: () => boolean
  fence: Fence
  beforeImages: BeforeImages
  now: () => number
}

/** What differs from tenant to tenant, and from one life of its object to the next. */
interface Parts
  extends Pick<
    SyncContext,
    | 'tenantId'
    | 'marks'
    | 'settings'
    | 'tribe'
    | 'tribeProfile'
    | 'keepDialect'
    | 'powerOffice'
    | 'powerOfficeProfile'
    | 'webhook'
    | 'fingerprint'
    | 'life'
    | 'stillHolds'
    | 'tribeReading'
    | 'before'
    | 'contract'
  > {
  db: Database
  held: ObjectState
  ahead: Ahead | null
  /** Told of what happens to records, for the log. */
  noteTold: (entries: readonly TimelineEntry[]) => void
  fieldRows: readonly FieldMapping[]
  workingRows: readonly FieldMapping[]
  tellableRows: readonly FieldMapping[]
}

/** The context of one job, from the tenant's clients and what its object keeps. */
export function assemble({
  db,
  held,
  ahead,
  noteTold,
  fieldRows,
  workingRows,
  tellableRows,
  ...parts
}: Parts): SyncContext {
  const { tenantId, tribe, tribeProfile, powerOffice } = parts
  const { jobs, facts, cache, preview, withLock, now } = held
  const enqueue = (request: JobRequest) => jobs.enqueue(request, now())
  const tell: Parameters<typeof remembering>[3]['tell'] = (told, link) => {
    held.hours.noteTold(told, link)
    held.events.note(told)
    noteTold(told)
  }
  const told = new Map<string, Reason>()
  return {
    ...parts,
    facts,
    cache,
    preview,
    withLock,
    now,
    mappings: mappingsOf(db, tenantId),
    lookups: createLookupStore({ facts, now, tribe, tribeProfile, powerOffice }),
    fields: createFieldStore({
      rows: fieldRows,
      working: workingRows,
      tellable: tellableRows,
      told: toldFieldsOf(db, tenantId),
      facts,
      now,
      tribe,
    }),
    enqueue,
    park: (request: JobRequest, why: SyncError) => {
      // A sweep lists what waits already, too.
      if (jobs.parkedAs(request.kind, request.subject) === null)
        held.events.parked({ kind: request.kind, code: why.code, ...idsOf(request) })
      const before = jobs.messageOf(request.kind, request.subject)
      if (before === null) held.hours.add('problems')
      jobs.enqueueParked(request, withWordsOf(before, why), now())
    },
    postpone: (request: JobRequest, why: SyncError) =>
      jobs.enqueueFailed(request, why, leavesDoubt(why), now()),
    because(kind, subject, reason) {
      told.set(kind, reason)
      held.looks.note(kind, subject, reason, now())
    },
    lastBecause: (kind) => told.get(kind) ?? null,
    settle: jobs.settle,
    release: (codes) => jobs.retryRecords(codes, now()),
    parkedOf: jobs.parkedOf,
    isAwaited: jobs.isAwaited,
    parkedAs: jobs.parkedAs,
    isBurst: () => jobs.hasMorePushesThan(BURST, now()),
    isPaced: () => held.tribeWindow.isPaced,
    mustYield: () => held.isStopping() || jobs.isPushDue(now() - PATIENCE_MS),
    ...remembering(db, tenantId, ahead, { settle: jobs.settle, facts, enqueue, tell }),
  }
}
