import { ApiError, HeldError, ShownLateError } from '../shared/errors'
import type { Side } from '../shared/sides'
import type { Facts, SyncContext } from '../sync-step'

/**
 * What is being made. Lists may show a record only seconds after it was made, so that a search by our reference misses
 * what an earlier run made and could not note. Each create is noted before it leaves, and until its link is kept nobody
 * makes it again before the lists must show it. Of one whose object was cut off before it was answered, nobody knows
 * whether it is still on its way: it is looked for when it would have been given up (DESIGN.md §4.5).
 */

/** Longer than lists are known to lag, with what a call takes on its way. */
const SHOWN_MS: Readonly<Record<Side, number>> = { crm: 8000, books: 5000 }
/** By then whoever looks was told by lists that are newer than what was made. */
const KEPT_MS = 10 * 60_000

/** When it was sent, or was answered with nothing; with the life of the object that still waits for its answer. */
type Note = number | { at: number; life: string }
type Made = Record<string, Note>
type NoteName = `making:${string}` | `sending:${string}`
type Memory = Pick<SyncContext, 'facts' | 'now' | 'life'>
const nameOf = (kind: string, side: Side) => `making:${kind}${side === 'crm' ? '' : '-in-books'}` as const
const madeOf = (facts: Facts, kind: string, side: Side = 'crm') => facts.get(nameOf(kind, side)) ?? {}
const atOf = (note: Note) => (typeof note === 'number' ? note : note.at)
const isCutOff = ({ life }: Memory, note: Note) => typeof note !== 'number' && note.life !== life.id

/** From when on what was sent then shows, if it was made at all. */
function shownFrom(ctx: Memory, note: Note, side: Side): number {
  const arrived = isCutOff(ctx, note) ? Math.max(atOf(note), ctx.life.earlierUntil) : atOf(note)
  return arrived + SHOWN_MS[side]
}

/** Throws while what an earlier run may have made need not show yet, and once more after that: lists are to be read anew. */
export function refuseTwin(ctx: Memory, kind: string, id: string, side: Side = 'crm'): void {
  const note = madeOf(ctx.facts, kind, side)[id]
  if (note === undefined) return
  const restMs = shownFrom(ctx, note, side) - ctx.now()
  if (restMs <= 0) madeForSure(ctx.facts, kind, id, side)
  throw new ShownLateError(restMs, side)
}

/** Throws while it is not known whether it was made as the other kind: what is made now may belong to that. */
export function waitForOther(ctx: Memory, kind: string, id: string): void {
  const note = madeOf(ctx.facts, kind)[id]
  if (note === undefined) return
  const from = shownFrom(ctx, note, 'crm')
  if (from > ctx.now() - KEPT_MS) throw new ShownLateError(from - ctx.now())
}

/** Makes it; what it is known by is what `refuseTwin` is asked for. */
export async function making<T>(
  ctx: Memory,
  kind: string,
  id: string,
  make: () => Promise<T>,
  side: Side = 'crm',
): Promise<T> {
  const at = ctx.now()
  const note = (made: Note) => noteIn(ctx, nameOf(kind, side), id, made)
  note({ at, life: ctx.life.id })
  try {
    const made = await make()
    note(at)
    return made
  } catch (thrown) {
    const isUnmade = thrown instanceof HeldError || (thrown instanceof ApiError && !thrown.outcomeUnknown)
    if (isUnmade) madeForSure(ctx.facts, kind, id, side)
    else note(ctx.now())
    throw thrown
  }
}

/** Its link is kept, or it was not made: whoever looks knows. */
export function madeForSure(facts: Facts, kind: string, id: string, side: Side = 'crm'): void {
  removeFrom(facts, nameOf(kind, side), id)
}

const sentNameOf = (kind: string) => `sending:${kind}` as const

/**
 * Sends to the books what bears our reference, or is looked for in a way of its own: of that, only a call whose object
 * was cut off is to be waited for.
 */
export async function sending<T>(ctx: Memory, kind: string, id: string, send: () => Promise<T>): Promise<T> {
  noteIn(ctx, sentNameOf(kind), id, { at: ctx.now(), life: ctx.life.id })
  try {
    return await send()
  } finally {
    removeFrom(ctx.facts, sentNameOf(kind), id)
  }
}

/**
 * How long what an earlier life of the object sent to the books may still need to show there; 0: it shows, or was never
 * made. To be asked before one looks.
 */
export function restOfSent(ctx: Memory, kind: string, id: string): number {
  const note = ctx.facts.get(sentNameOf(kind))?.[id]
  if (note === undefined || !isCutOff(ctx, note)) return 0
  return Math.max(0, shownFrom(ctx, note, 'books') - ctx.now())
}

function noteIn({ facts, now }: Memory, name: NoteName, id: string, note: Note): void {
  const all = Object.entries(facts.get(name) ?? {})
  const young = all.filter(([, one]) => atOf(one) > now() - KEPT_MS)
  keep(facts, name, { ...Object.fromEntries(young), [id]: note })
}

function removeFrom(facts: Facts, name: NoteName, id: string): void {
  const { [id]: note, ...others } = facts.get(name) ?? {}
  if (note !== undefined) keep(facts, name, others)
}

function keep(facts: Facts, name: NoteName, made: Made): void {
  if (Object.keys(made).length > 0) facts.set(name, made)
  else facts.remove(name)
}
