import type { FaultName } from '../fakes/kit'
import type { Dice } from './dice'

/** What may befall one call of an object's, beyond the faults that the fakes know. */
export type Mishap =
  | FaultName
  /** It takes effect, and the caller has given up by then. */
  | 'slow'
  /** It takes effect only after the caller has given up. */
  | 'late'
  /** Its caller's life is over while it is on its way, and it takes effect much later. */
  | 'cut-off'
  | 'crash-before'
  | 'crash-after'
  /** Another object takes the caller's place while the call is under way, and the answer still comes to the old one, late. */
  | 'replaced'

export type DatabaseMishap = 'fails' | 'fails-after' | 'crash-before' | 'crash-after' | 'replaced'

/** How late an answer comes to an object that was replaced: the new one is well at work by then. */
export const REPLACED_MS = 9000

/** Says for each call and for each query of an object what befalls it; null: nothing does. */
export interface Weather {
  ofCall(): Mishap | null
  ofQuery(): DatabaseMishap | null
  /** Of the front door's own queries; left out, nothing ever befalls them. */
  ofDoor?(): DatabaseMishap | null
}

export const FAIR: Weather = { ofCall: () => null, ofQuery: () => null }

const NO_EFFECT: ReadonlySet<Mishap> = new Set<Mishap>([
  'rate-limited',
  'rate-limited-bare',
  'unavailable',
  'error-before',
  'lost-before',
  'html',
  'redirect',
  'unauthorized',
  'crash-before',
])
const ON_THE_WAY: ReadonlySet<Mishap> = new Set<Mishap>([
  'slow',
  'late',
  'cut-off',
  'crash-before',
  'crash-after',
  'replaced',
])

/** The other side never carries out what was asked. */
export const isWithoutEffect = (mishap: Mishap): boolean => NO_EFFECT.has(mishap)

/** The mishap as a fault that the other side's own kit knows; null for one that befalls the call on its way. */
export const asFault = (mishap: Mishap): FaultName | null =>
  ON_THE_WAY.has(mishap) ? null : (mishap as FaultName)

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
  [3, 'replaced'],
]

const QUERIES: readonly (readonly [number, DatabaseMishap])[] = [
  [2, 'fails'],
  [2, 'fails-after'],
  [1, 'crash-before'],
  [2, 'crash-after'],
  [1, 'replaced'],
]

/** Weather by chance, as rough as it is made. */
export class ChangingWeather implements Weather {
  private rough = 0
  hasBeenRough = false
  constructor(private readonly dice: Dice) {}

  /** Chance of a mishap, for each call; for each query it is a third of that. */
  get roughness(): number {
    return this.rough
  }
  set roughness(roughness: number) {
    this.rough = roughness
    this.hasBeenRough ||= roughness > 0
  }

  ofCall(): Mishap | null {
    return this.rough > 0 && this.dice.is(this.rough) ? this.dice.weighted(CALLS) : null
  }

  ofQuery(): DatabaseMishap | null {
    return this.rough > 0 && this.dice.is(this.rough / 3) ? this.dice.weighted(QUERIES) : null
  }
}

/** Something that befalls one call or one query, the `at`-th since it was armed. */
export type Blow = { at: number; call: Mishap } | { at: number; query: DatabaseMishap }

/** Fine weather, but for one blow. It counts what passes, so that a test finds all the places by itself. */
export class OneBlow implements Weather {
  calls = 0
  queries = 0
  private isArmed = false
  constructor(private readonly blow: Blow | null) {}

  /** From now on things are counted, and the blow may fall. */
  arm(): void {
    this.isArmed = true
  }

  /** What passes from now on is not counted any more. */
  disarm(): void {
    this.isArmed = false
  }

  ofCall(): Mishap | null {
    if (!this.isArmed) return null
    this.calls++
    return this.blow && 'call' in this.blow && this.blow.at === this.calls ? this.blow.call : null
  }

  ofQuery(): DatabaseMishap | null {
    if (!this.isArmed) return null
    this.queries++
    return this.blow && 'query' in this.blow && this.blow.at === this.queries ? this.blow.query : null
  }
}
