import type { Health } from './health'

/** Which message is due, and when: one when a tenant turns, and none for what passes by itself. */

/** How a tenant has been doing, and since when without a break. */
export interface Turned {
  state: 'healthy' | 'unhealthy'
  /** Milliseconds since 1970. */
  since: number
}

/** While nothing is expected of a tenant, it neither turns well nor ill. */
export function turn(before: Turned | null, state: Health['state'], now: number): Turned | null {
  if (state === 'idle') return null
  return before?.state === state ? before : { state, since: now }
}

export type AlertPlan = { do: 'nothing' } | { do: 'wait'; ms: number } | { do: 'tell'; turned: Turned }

/** `told` is what was said last; nothing yet is as good as "healthy". A state has to last before it is told. */
export function planAlert(now: {
  turned: Turned | null
  told: Turned['state'] | null
  at: number
  settleMs: number
}): AlertPlan {
  if (!now.turned || now.turned.state === (now.told ?? 'healthy')) return { do: 'nothing' }
  const left = now.turned.since + now.settleMs - now.at
  return left > 0 ? { do: 'wait', ms: left } : { do: 'tell', turned: now.turned }
}
