import { type Env, settingsOf } from '../env'
import { HeldError } from '../shared/errors'
import { createLimit } from '../shared/limit'
import type { Facts } from '../sync-step'
import { type Lane, type TribeBudget, TribeWindow } from '../tribe/window'

const AT_ONCE = 4
const NOTE = 'tribe-window'

/** What another tenant of the same Tribe asks of the window that both share. */
export type Asked = { turn: Lane } | { hold: number }

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

/** A window that another tenant's object keeps; our own is told of holds, so that our runs rest. */
export const sharedWindow = (
  keeper: { askTribeWindow(asked: Asked): Promise<number> },
  own: TribeBudget,
): TribeBudget => ({
  get isPaced() {
    return own.isPaced
  },
  async turn(lane) {
    await own.turn(lane)
    const heldForMs = await keeper.askTribeWindow({ turn: lane })
    if (heldForMs === 0) return
    await own.hold(heldForMs)
    throw new HeldError(heldForMs)
  },
  async hold(ms) {
    await Promise.all([own.hold(ms), keeper.askTribeWindow({ hold: ms })])
  },
})
