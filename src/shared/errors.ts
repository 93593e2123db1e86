import type { ProblemCode } from './problems'
import { CALLED, type Side } from './sides'

/**
 * The one error that the relay throws on purpose. Anything else that is thrown is a bug of ours.
 *
 * | remedy      | who mends it                          | what the drain does                              |
 * | ----------- | ------------------------------------- | ------------------------------------------------ |
 * | `time`      | nobody: 429, 5xx, no answer           | tries again later, later each time, then parks   |
 * | `reconnect` | the tenant's admin: 401, 403          | stops this tenant's drain and says so            |
 * | `data`      | a user, in Tribe or PowerOffice       | parks until the record changes or someone retries |
 */
export type Remedy = 'time' | 'reconnect' | 'data'

export class SyncError extends Error {
  override readonly name: string = 'SyncError'
  constructor(
    /** Stable, `area.what_is_wrong`. */
    readonly code: ProblemCode,
    readonly remedy: Remedy,
    /** For people: what is wrong and what to do. Holds no tokens and no bodies. */
    message: string,
    /** For `time`: the other side asked to be left alone this long. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message)
  }
}

export const unknownRecord = (what: string, system: string): SyncError =>
  new SyncError('record.unknown', 'data', `There is no such ${what} in ${system}`)

/** Of a record that an admin has decided on in the preview. */
export const undecidable = (crmId: string): SyncError =>
  new SyncError(
    'decision.unknown_record',
    'data',
    `It was decided that this is ${crmId} in ${CALLED.crm}, which ${CALLED.crm} does not have: decide anew`,
  )

/** The CRM's answer to a create names nothing, and no list shows it. */
export const madeUnnamed = (what: string): SyncError =>
  new SyncError('tribe.unreadable_answer', 'time', `${CALLED.crm} made ${what} and did not say which`)

/** A call that one of the two systems refused or did not answer. Its status decided the remedy. */
export class ApiError extends SyncError {
  override readonly name = 'ApiError'
  constructor(
    code: ProblemCode,
    remedy: Remedy,
    message: string,
    /** 0 when there was no answer. */
    readonly status: number,
    /** The system's own words, shortened; null when it gave none. */
    readonly said: string | null = null,
    retryAfterSeconds: number | null = null,
    /** A write that may have taken effect all the same: look before it is repeated. */
    readonly outcomeUnknown = false,
    /** The members that a refusal names, as it spells them. */
    readonly members: readonly string[] = [],
  ) {
    super(code, remedy, message, retryAfterSeconds)
  }
}

/**
 * The record was brought in step but for what this names, which a person has to mend: what only needs the record
 * goes on.
 */
export class PartlyDone extends SyncError {
  override readonly name = 'PartlyDone'
}

/** Tribe wants to be left alone: weather, and no fault of the record that was looked at. */
export class HeldError extends SyncError {
  override readonly name = 'HeldError'
  constructor(readonly heldForMs: number) {
    const seconds = Math.max(1, Math.ceil(heldForMs / 1000))
    const message = `Tribe takes no more calls for ${seconds} s; the relay goes on by itself then`
    super('tribe.too_many_requests', 'time', message, seconds)
  }
}

const SHOWN_LATE: Readonly<Record<Side, ProblemCode>> = { crm: 'tribe.shows_late', books: 'product.in_doubt' }

/** A system may have it already, and its lists need not show it yet: no fault of the record. */
export class ShownLateError extends SyncError {
  override readonly name = 'ShownLateError'
  constructor(restMs: number, side: Side = 'crm') {
    const seconds = Math.max(1, Math.ceil(restMs / 1000))
    super(SHOWN_LATE[side], 'time', `${CALLED[side]} may show in a moment what was made there`, seconds)
  }
}

/** What went wrong, as a value: on the way from one object to another an error loses all but its message. */
export interface Failure {
  failure: { code: ProblemCode; remedy: Remedy; message: string }
}

export async function orFailure<T>(run: Promise<T>): Promise<T | Failure> {
  try {
    return await run
  } catch (thrown) {
    if (!(thrown instanceof SyncError)) throw thrown
    const { code, remedy, message } = thrown
    return { failure: { code, remedy, message } }
  }
}

/** The same again, on the other side of a call. */
export const errorOf = ({ failure: { code, remedy, message } }: Failure) =>
  new SyncError(code, remedy, message)

/** Whatever was thrown, as a SyncError; a bug of ours becomes `relay.unexpected`, which time may mend. */
export function asSyncError(thrown: unknown): SyncError {
  if (thrown instanceof SyncError) return thrown
  return new SyncError(
    'relay.unexpected',
    'time',
    `The relay met something it did not expect (${wordsOf(thrown).slice(0, 200)})`,
  )
}

/** A parser's message holds a piece of what it read, and any message may quote a value: both can be anybody's data. */
function wordsOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  if (thrown instanceof SyntaxError || thrown.name === 'ZodError') return thrown.name
  return `${thrown.name}: ${thrown.message.replace(/"[^"]*"?/g, '"…"')}`
}
