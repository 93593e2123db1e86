import type { TimelineEntry } from '../db/timeline'

/** A message about what happened to a tenant's record, as its object keeps it and as it is told. */
/** The code of the problem that a tenant's webhook does not receive what it is told. */
export const UNDELIVERED = 'event.not_delivered'

export type EventState = 'waiting' | 'delivered' | 'failed'
export interface OutEvent {
  id: string
  type: string
  at: string
  state: EventState
  attempts: number
  /** When it is tried next. */
  nextAt: string | null
  /** What the receiver answered last; null: nothing, or it has not been tried. */
  status: number | null
  data: Record<string, unknown>
}

/** Messages that nobody receives, though there is an address. */
export interface Undelivered {
  count: number
  /** When the oldest of them was to be told first. */
  since: string
  /** The most that one of them was tried. */
  attempts: number
  /** What the receiver answered last; null: nothing. */
  status: number | null
}

export interface EventRow extends Record<string, SqlStorageValue> {
  id: string
  type: string
  at: number
  since: number
  state: string
  attempts: number
  due_at: number
  status: number | null
  data: string
}

export const LINKED = 'relation.linked'
/** Which lines of the timeline are told, and as what. */
const TOLD: Readonly<Record<string, string>> = {
  posted: 'invoice.posted',
  paid: 'invoice.paid',
  conflict: 'conflict.decided',
  linked: LINKED,
  'created-in-tribe': LINKED,
  'created-in-poweroffice': LINKED,
}
const RELATIONS: readonly string[] = ['customer', 'supplier', 'contactPerson']
/** Of a line's details; whatever else they hold stays here. */
const DETAILS = ['number', 'kid', 'field', 'winner'] as const

/** As what a line of the timeline is told; null: it is not. */
export function typeOf({ kind, event }: TimelineEntry): string | null {
  const type = TOLD[event] ?? null
  return type === LINKED && !RELATIONS.includes(kind) ? null : type
}

/** By this a line is known again that is noted twice: an invoice is posted once, whenever that is noted. */
export function distinctOf({ kind, tribeId, powerOfficeId, at, event, details }: TimelineEntry): string {
  const once = event === 'posted' ? String(details.number) : `${at} ${details.field ?? ''}`
  return [kind, tribeId, powerOfficeId, event, once].join(' ')
}

/** What is told of a line. */
export function dataOf({ kind, tribeId, powerOfficeId, event, details }: TimelineEntry, type: string) {
  const kept = DETAILS.flatMap((name) => (details[name] === undefined ? [] : [[name, details[name]]]))
  const by = type === LINKED ? { by: event } : {}
  return { kind, tribeId, powerOfficeId, ...by, ...Object.fromEntries(kept) }
}

/** What travels: ids, numbers and codes. */
export const bodyOf = ({ type, at, data }: EventRow): string =>
  JSON.stringify({ type, timestamp: new Date(at).toISOString(), data: JSON.parse(data) })

export const eventOf = ({ id, type, at, state, attempts, due_at, status, data }: EventRow): OutEvent => ({
  id,
  type,
  at: new Date(at).toISOString(),
  state: state as EventState,
  attempts,
  status,
  nextAt: state === 'waiting' ? new Date(due_at).toISOString() : null,
  data: JSON.parse(data),
})
