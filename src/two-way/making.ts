import { ApiError, HeldError, ShownLateError } from '../shared/errors'
import type { Facts, SyncContext } from '../sync-step'

/**
 * What is being made in the CRM. Its lists may show a record only seconds after it was made, so that a search by our
 * reference misses what an earlier run made and could not note. Each create is noted before it leaves, and until its
 * link is kept nobody makes it again before the lists must show it.
 */

/** Longer than the CRM's lists are known to lag, with what a call takes on its way. */
const SHOWN_MS = 8000
/** By then whoever looks was told by lists that are newer than what was made. */
const KEPT_MS = 10 * 60_000

type Made = Record<string, number>
type Memory = Pick<SyncContext, 'facts' | 'now'>
const nameOf = (kind: string) => `making:${kind}`
const madeOf = (facts: Facts, kind: string) => facts.get<Made>(nameOf(kind)) ?? {}

/** Throws while what an earlier run may have made need not show yet, and once more after that: lists are to be read anew. */
export function refuseTwin(ctx: Memory, kind: string, id: string): void {
  const at = madeOf(ctx.facts, kind)[id]
  if (at === undefined) return
  const restMs = at + SHOWN_MS - ctx.now()
  if (restMs <= 0) madeForSure(ctx.facts, kind, id)
  throw new ShownLateError(restMs)
}

/** Throws while it is not known whether it was made as the other kind: what is made now may belong to that. */
export function waitForOther(ctx: Memory, kind: string, id: string): void {
  const at = madeOf(ctx.facts, kind)[id]
  if (at !== undefined && at > ctx.now() - KEPT_MS) throw new ShownLateError(at + SHOWN_MS - ctx.now())
}

/** Makes it in the CRM; what it is known by is what `refuseTwin` is asked for. */
export async function making<T>(ctx: Memory, kind: string, id: string, make: () => Promise<T>): Promise<T> {
  note(ctx, kind, id)
  try {
    return await make()
  } catch (thrown) {
    const isUnmade = thrown instanceof HeldError || (thrown instanceof ApiError && !thrown.outcomeUnknown)
    if (isUnmade) madeForSure(ctx.facts, kind, id)
    else note(ctx, kind, id)
    throw thrown
  }
}

/** Its link is kept, or it was not made: whoever looks knows. */
export function madeForSure(facts: Facts, kind: string, id: string): void {
  const { [id]: at, ...others } = madeOf(facts, kind)
  if (at !== undefined) keep(facts, kind, others)
}

function note({ facts, now }: Memory, kind: string, id: string): void {
  const young = Object.entries(madeOf(facts, kind)).filter(([, at]) => at > now() - KEPT_MS)
  keep(facts, kind, { ...Object.fromEntries(young), [id]: now() })
}

function keep(facts: Facts, kind: string, made: Made): void {
  if (Object.keys(made).length > 0) facts.set(nameOf(kind), made)
  else facts.remove(nameOf(kind))
}
