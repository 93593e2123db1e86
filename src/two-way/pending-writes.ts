import type { LinkState } from '../db/links'
import type { FactOf } from '../facts'
import { ApiError, HeldError, ShownLateError } from '../shared/errors'
import type { Side } from '../shared/sides'
import type { Facts, SyncContext } from '../sync-step'
import type { Fingerprints, SentPrints } from './merge'

/**
 * Did an earlier run make it? Lists may show a record only seconds after it was made, so that a search by our reference misses
 * what an earlier run made and could not note. Each create is noted before it leaves, and until its link is kept nobody
 * makes it again before the lists must show it. Of one whose object was cut off before it was answered, nobody knows
 * whether it is still on its way: it is looked for when it would have been given up (DESIGN.md §4.5).
 */

/** Longer than lists are known to lag, with what a call takes on its way. */
const SHOWN_MS: Readonly<Record<Side, number>> = { crm: 8000, books: 5000 }
/** By then whoever looks was told by lists that are newer than what was made. */
const KEPT_MS = 10 * 60_000

/** When it was sent last, or was answered with nothing; with the life of the object that still waits for its answer. */
type Note = FactOf<NoteName>[string]
type Made = FactOf<NoteName>
/** What is sent, where nothing that is made there bears our reference: it is known again by that. */
export interface Sent {
  /** When it was sent first. */
  first: number
  prints: Fingerprints
}
type NoteName = `making:${string}` | `sending:${string}`
type Memory = Pick<SyncContext, 'facts' | 'now' | 'life'>
const nameOf = (kind: string, side: Side) => `making:${kind}${side === 'crm' ? '' : '-in-books'}` as const
const madeOf = (facts: Facts, kind: string, side: Side = 'crm') => facts.get(nameOf(kind, side)) ?? {}
type SentAt = number | { at: number; life: string | null }
const atOf = (note: SentAt) => (typeof note === 'number' ? note : note.at)
const isCutOff = ({ life }: Memory, note: SentAt) =>
  typeof note !== 'number' && note.life !== null && note.life !== life.id
const isKnownAgain = (note: Note): note is Note & Sent => typeof note !== 'number' && 'prints' in note

/** From when on what was sent then shows, if it was made at all. */
function shownFrom(ctx: Memory, note: SentAt, side: Side): number {
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

/** It was to be made, and no link says that it was: it may be there. */
export const mayBeMade = ({ facts }: Memory, kind: string, id: string): boolean =>
  madeOf(facts, kind)[id] !== undefined

/** Throws while it is not known whether it was made as the other kind: what is made now may belong to that. */
export function waitForOther(ctx: Memory, kind: string, id: string): void {
  const note = madeOf(ctx.facts, kind)[id]
  if (note === undefined) return
  const from = shownFrom(ctx, note, 'crm')
  if (from > ctx.now() - KEPT_MS) throw new ShownLateError(from - ctx.now())
}

/** Makes it; what it is known by is what `refuseTwin` is asked for. With what is `sent`, the note stays until that is settled. */
export async function making<T>(
  ctx: Memory,
  kind: string,
  id: string,
  make: () => Promise<T>,
  side: Side = 'crm',
  sent?: Sent,
): Promise<T> {
  const begunAt = ctx.now()
  const note = (at: number, life: string | null) =>
    noteIn(ctx, nameOf(kind, side), id, life === null && !sent ? at : { ...sent, at, life })
  note(begunAt, ctx.life.id)
  try {
    const made = await make()
    note(begunAt, null)
    return made
  } catch (thrown) {
    const isUnmade = thrown instanceof HeldError || (thrown instanceof ApiError && !thrown.outcomeUnknown)
    if (isUnmade) madeForSure(ctx.facts, kind, id, side)
    else note(ctx.now(), null)
    throw thrown
  }
}

/** As an earlier version noted it. */
export function noteSent(
  ctx: Memory,
  kind: string,
  id: string,
  { lastAt, ...sent }: Sent & { lastAt: number },
): void {
  noteIn(ctx, nameOf(kind, 'books'), id, { ...sent, at: lastAt, life: null })
}

/** How long what was made need not show yet; 0: it shows, or was never made. To be asked before one looks. */
export function restOfMade(ctx: Memory, kind: string, id: string, side: Side): number {
  const note = madeOf(ctx.facts, kind, side)[id]
  return note === undefined ? 0 : Math.max(0, shownFrom(ctx, note, side) - ctx.now())
}

/** What was sent of this kind and is not settled yet, by what it was made of. */
export function sentOf({ facts }: Pick<Memory, 'facts'>, kind: string, side: Side): [string, Sent][] {
  return Object.entries(madeOf(facts, kind, side)).filter((entry): entry is [string, Note & Sent] =>
    isKnownAgain(entry[1]),
  )
}

/** Its link is kept, or it was not made: whoever looks knows. */
export function madeForSure(facts: Facts, kind: string, id: string, side: Side = 'crm'): void {
  removeFrom(facts, nameOf(kind, side), id)
}

// ── What is written to a pair ───────────────────────────────────────────────

/** What was not answered takes effect by then, or never; a replica shows by then what was. */
const SETTLED_MS = 2000

type Writing = FactOf<`writing:${string}`>
const writingOf = (crmId: string) => `writing:${crmId}` as const
const NOTHING_SENT: SentPrints = { crm: {}, books: {} }

/**
 * What was sent to either side of a pair and may be there, though its link does not know of it: no answer came, or none that
 * was kept. Null: nothing. As long as there is something, neither side alone tells whether the two are in step.
 */
export function doubtOf(ctx: Memory, crmId: string, link: LinkState | null): Writing | null {
  const note = ctx.facts.get(writingOf(crmId))
  if (!note) return null
  // It may still be on its way: a link that is kept before it would show does not know of it.
  if (isCutOff(ctx, note)) {
    note.at = shownFrom(ctx, note, 'crm')
    note.life = ctx.life.id
    ctx.facts.set(writingOf(crmId), note)
  }
  return link && isToldBy(link, note) ? null : note
}

const isToldBy = ({ syncedAt }: LinkState, { at }: Writing): boolean => Date.parse(syncedAt) >= at

/** Writes these to a side. What was sent stays noted until a link is kept that knows what came of it: see `settleWriting`. */
export async function writing<T>(
  ctx: Memory,
  { crmId, link }: { crmId: string; link: LinkState | null },
  side: Side,
  sent: Fingerprints,
  write: () => Promise<T>,
): Promise<T> {
  const before = doubtOf(ctx, crmId, link)
  const prints = before?.prints ?? NOTHING_SENT
  const more = Object.entries(sent).map(([field, print]) => [field, [...(prints[side][field] ?? []), print]])
  const note = (at: number) =>
    ctx.facts.set(writingOf(crmId), {
      at: Math.max(at, before?.at ?? 0),
      life: ctx.life.id,
      prints: { ...prints, [side]: { ...prints[side], ...Object.fromEntries(more) } },
    })
  note(ctx.now())
  try {
    return await write()
  } catch (thrown) {
    note(ctx.now() + SETTLED_MS)
    throw thrown
  }
}

/** This link is kept: what was written to the pair before, it knows of. */
export function settleWriting(facts: Facts, link: LinkState): void {
  const note = facts.get(writingOf(link.tribeId))
  if (note && isToldBy(link, note)) facts.remove(writingOf(link.tribeId))
}

// ── Several writes that are made in one run, each of which may be made again ──

const unfinishedOf = (kind: 'payment', id: string) => `${kind}:${id}` as const
type Noting = Pick<SyncContext, 'facts'>

/** Noted before the first of them leaves. */
export const beginWrites = ({ facts }: Noting, kind: 'payment', id: string): void =>
  facts.set(unfinishedOf(kind, id), true)
/** All of them are done, and that is remembered. */
export const endWrites = ({ facts }: Noting, kind: 'payment', id: string): void =>
  facts.remove(unfinishedOf(kind, id))
/** An earlier run has begun with them and did not come to their end: what is there by now is looked at. */
export const areUnfinished = ({ facts }: Noting, kind: 'payment', id: string): boolean =>
  facts.get(unfinishedOf(kind, id)) !== null

// ── What bears our reference, or is looked for in a way of its own ──────────

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
  const young = all.filter(([, one]) => isKnownAgain(one) || atOf(one) > now() - KEPT_MS)
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
