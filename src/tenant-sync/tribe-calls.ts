import { type Env, settingsOf } from '../env'
import { createLimit } from '../shared/limit'
import type { Facts } from '../sync-step'
import { type Asked, TribeWindow } from '../tribe/window'

const AT_ONCE = 4
const NOTE = 'tribe-window'

/** What a tenant may ask of its Tribe: so many calls in a minute, and at most four at once, whatever asks for them. */
export function tribeCallsIn({ env, facts, now }: { env: Env; facts: Facts; now: () => number }) {
  let open: TribeWindow | null = null
  const window = (): TribeWindow => {
    open ??= new TribeWindow({
      perMinute: settingsOf(env).TRIBE_REQUESTS_PER_MINUTE,
      now,
      note: { get: () => facts.get(NOTE), set: (note) => facts.set(NOTE, note) },
    })
    return open
  }
  return {
    window,
    limit: createLimit(AT_ONCE),
    /** How much longer Tribe takes no calls, in milliseconds; 0: the call may leave, or the hold is known. */
    async answer(asked: Asked): Promise<number> {
      if ('hold' in asked)
        return window()
          .hold(asked.hold)
          .then(() => 0)
      return window()
        .turn(asked.turn)
        .then(
          () => 0,
          () => window().heldForMs,
        )
    },
    /** What was noted is gone with the tenant. */
    forget(): void {
      open = null
    },
  }
}
