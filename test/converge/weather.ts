import type { FaultName } from '../fakes/kit'
import type { Dice } from '../platform/dice'

/** What may befall one call, beyond the faults that the fakes know. */
export type Mishap =
  | FaultName
  /** It takes effect, and the caller has given up by then. */
  | 'slow'
  /** It takes effect only after the caller has given up. */
  | 'late'
  | 'crash-before'
  | 'crash-after'

const CALLS: readonly (readonly [number, Mishap])[] = [
  [3, 'rate-limited'],
  [1, 'rate-limited-bare'],
  [2, 'unavailable'],
  [2, 'error-before'],
  [3, 'error-after'],
  [2, 'lost-before'],
  [3, 'lost-after'],
  [2, 'slow'],
  [2, 'late'],
  [2, 'truncated'],
  [1, 'empty'],
  [1, 'html'],
  [1, 'redirect'],
  [1, 'wrong-content-type'],
  [2, 'unauthorized'],
  [3, 'crash-before'],
  [4, 'crash-after'],
]

export type DatabaseMishap = 'fails' | 'fails-after' | 'crash-before' | 'crash-after'
const QUERIES: readonly (readonly [number, DatabaseMishap])[] = [
  [2, 'fails'],
  [2, 'fails-after'],
  [1, 'crash-before'],
  [2, 'crash-after'],
]

/** How much goes wrong at the moment. */
export class Weather {
  /** Chance of a mishap, for each call and each query. */
  private rough = 0
  hasBeenRough = false
  /** A call took effect that was given up before: the relay may have sent it again by then. */
  hasLate = false
  constructor(private readonly dice: Dice) {}

  get roughness(): number {
    return this.rough
  }
  set roughness(roughness: number) {
    this.rough = roughness
    this.hasBeenRough ||= roughness > 0
  }

  ofCall(): Mishap | null {
    return this.roughness > 0 && this.dice.is(this.roughness) ? this.dice.weighted(CALLS) : null
  }

  ofQuery(): DatabaseMishap | null {
    return this.roughness > 0 && this.dice.is(this.roughness / 3) ? this.dice.weighted(QUERIES) : null
  }

  /** How long a call is on its way, there or back. */
  latencyMs(): number {
    return this.dice.between(10, 150)
  }
}
