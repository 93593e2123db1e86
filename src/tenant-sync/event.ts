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
