import type { LinkKind, LinkState } from '../db/links'
import type { FactOf } from '../facts'
import { STORED } from '../shared/sides'
import { recordSubject } from '../shared/subjects'
import { CREATED, DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import type { TogetherSet } from './record-kind'
import { ALONE, again } from './rows'

/**
 * Events that need no look of their own. The CRM tells of our own writes, too, and of a thousand edits one by one:
 * such records wait until the CRM's lists show them, and are read together. A lone edit is still looked at at once.
 */

/** The CRM's lists may lag behind a write by seconds. */
const WAIT_MS = 6000
/** While more of them keep coming, the first waits this long at the most. */
const LONGEST_MS = 15_000
/** So soon after a write of a load, an event is most likely of that. */
const ECHO_MS = 10_000
/** As many ids as an address of six kilobytes holds. */
const MOST = 60

type Noted = FactOf<`look-together:${string}`>[number]
type TogetherKind = 'look-together' | 'look-behind'
const nameOf = (kind: TogetherKind, subject: string) => `${kind}:${subject}` as const

/** From the object's memory, since each of a thousand events asks for it; the stored fact is read once in a life. */
const notedIn = (ctx: SyncContext, kind: TogetherKind, subject: string): readonly Noted[] => {
  const name = nameOf(kind, subject)
  const held = ctx.cache.get(name) as readonly Noted[] | undefined
  const noted = held ?? ctx.facts.get(name) ?? []
  if (!held) ctx.cache.set(name, noted)
  return noted
}

/** Stored first: what the storage refuses is not remembered either. */
function keepNoted(ctx: SyncContext, kind: TogetherKind, subject: string, noted: readonly Noted[]): void {
  const name = nameOf(kind, subject)
  if (noted.length === 0) ctx.facts.remove(name)
  else ctx.facts.set(name, [...noted])
  ctx.cache.set(name, noted)
}

const sinceOf = ({ at, since }: Noted): number => since ?? at
/** From then on it can be read: the CRM's lists show it, or it has waited long enough. */
const ripeAt = (one: Noted): number => Math.min(one.at + WAIT_MS, sinceOf(one) + LONGEST_MS)

/** Whether this look at a linked record can be made with others. */
export const canWait = (ctx: SyncContext, link: LinkState, hint: string | null): boolean =>
  link.state === 'linked' &&
  hint !== ALONE &&
  (ctx.isBurst() || (isLoading(ctx) && ctx.now() - Date.parse(link.syncedAt) < ECHO_MS))

/** While a first load writes record after record, an event of one that was just written is its echo. */
const isLoading = (ctx: SyncContext): boolean => ctx.facts.get('initial-sync') !== null

/** Leaves records to a job of this kind, which takes up to sixty of its subject together some seconds later. */
export function leaveTo(
  ctx: SyncContext,
  kind: TogetherKind,
  subject: string,
  ...ids: readonly string[]
): SyncResult {
  const left = new Set(ids)
  const noted = notedIn(ctx, kind, subject)
  const firstAt = new Map(noted.map((one) => [one.id, sinceOf(one)]))
  const others = noted.filter((one) => !left.has(one.id))
  const at = ctx.now()
  const more = Array.from(left, (id): Noted => {
    const since = firstAt.get(id)
    return since === undefined ? { id, at } : { id, at, since }
  })
  keepNoted(ctx, kind, subject, [...others, ...more])
  ctx.enqueue({ kind, subject, lane: 'push', afterSeconds: WAIT_MS / 1000 })
  return DONE
}

/** What an event of a burst tells: the type of the record, and whether it has just been made. */
export interface Told {
  id: string
  type: string
  isNew: boolean
}

/** A record that an event of a burst is about. */
export interface Wanted {
  kind: LinkKind
  id: string
  hint: string
  isTied: boolean
  /** Of which set it can be read together with others; null where it has to be looked at by itself. */
  set: string | null
}

/** What came of events that were taken together: those that need no more, and the tied records that they are about. */
export interface TakenTogether {
  settled: ReadonlySet<string>
  tied: readonly Pick<Wanted, 'kind' | 'id'>[]
}

/** The hint of a look that an event asks for. */
export const hintOf = ({ type, isNew }: Told): string => (isNew ? `${CREATED}${type}` : type)

/** Whether a record is left to be read together already: so it was tied a moment ago. */
export const isLeft = (ctx: SyncContext, set: string, id: string): boolean =>
  notedIn(ctx, LOOK_TOGETHER, set).some((one) => one.id === id)

/**
 * Asks for looks in a burst: what can be is read together some seconds later, each other record is looked at by itself,
 * and so is one that waits for a person, whose problem only a look of its own ends.
 */
export function wantTogether(ctx: SyncContext, wanted: readonly Wanted[]): void {
  const kinds = new Set(wanted.map(({ kind }) => kind))
  const parked = new Map(Array.from(kinds, (kind) => [kind, new Set(ctx.parkedOf(kind))]))
  const left = new Map<string, string[]>()
  for (const { kind, id, hint, isTied, set } of wanted) {
    // That a record was made is no news when it is linked: it was made by us.
    if (isTied && hint.startsWith(CREATED)) continue
    const subject = recordSubject(STORED.crm, id)
    if (set === null || parked.get(kind)?.has(subject)) ctx.enqueue({ kind, subject, hint, lane: 'push' })
    else left.set(set, [...(left.get(set) ?? []), id])
  }
  for (const [set, ids] of left) leaveTo(ctx, LOOK_TOGETHER, set, ...ids)
}

/** A job that takes records together: `take` gets their ids, and gives those that it did not come to. */
export const together =
  (
    kind: TogetherKind,
    take: (ctx: SyncContext, subject: string, ids: readonly string[]) => Promise<ReadonlySet<string>>,
  ): Step =>
  async (ctx, { id: subject }) => {
    const noted = notedIn(ctx, kind, subject)
    const isRipe = (one: Noted) => ripeAt(one) <= ctx.now()
    const ripe = noted.filter(isRipe).slice(0, MOST)
    // Few of them wait for those that come after, so that one call serves all.
    if (ripe.length === MOST || (ripe.length > 0 && dueAt(noted) <= ctx.now())) {
      const readAt = ctx.now()
      const read = new Map(ripe.map(({ id, at }) => [id, at]))
      const left = await take(ctx, subject, [...read.keys()])
      await ctx.flush()
      // An event that came meanwhile wants another look, and so does one that the lists may not have shown yet.
      const others = notedIn(ctx, kind, subject).flatMap((one): Noted[] => {
        const { id, at } = one
        if (!read.has(id) || left.has(id)) return [one]
        return read.get(id) === at && at <= readAt - WAIT_MS ? [] : [{ id, at, since: readAt }]
      })
      keepNoted(ctx, kind, subject, others)
    }
    const still = notedIn(ctx, kind, subject)
    if (still.length === 0) return DONE
    const waitMs = dueAt(still) - ctx.now()
    if (waitMs <= 0 || still.filter(isRipe).length >= MOST) return again('more of them')
    return {
      status: 'again',
      afterSeconds: Math.ceil(waitMs / 1000),
      because: 'lists may not show them yet',
    }
  }

/** They stand in the order in which they came last: some seconds after the last of all, and not too long after the first. */
const dueAt = (noted: readonly Noted[]): number =>
  Math.min(...noted.map((one) => sinceOf(one) + LONGEST_MS), (noted.at(-1)?.at ?? 0) + WAIT_MS)

export const LOOK_TOGETHER = 'look-together'

/** The job `look-together`: its subject is a set. One call reads the records; what it does not show is looked at by itself. */
export const lookTogetherAt = (sets: readonly TogetherSet[]): Step =>
  together(LOOK_TOGETHER, async (ctx, set, ids) => {
    const polled = sets.find((one) => one.set === set)
    if (!polled) return new Set()
    const readAt = ctx.now()
    const rows = await polled.named(ctx, ids)
    const done = await polled.sync(ctx, rows, readAt)
    const shown = new Set(rows.map(({ ID }) => ID))
    for (const id of ids)
      if (!shown.has(id))
        ctx.enqueue({ kind: polled.kind, subject: recordSubject(STORED.crm, id), hint: ALONE, lane: 'push' })
    return new Set(rows.slice(done).map(({ ID }) => ID))
  })
