import { seeded } from '../fakes/tribe/seeded'

/** Chance that repeats itself: all that a run leaves open is drawn here. */
export class Dice {
  readonly next: () => number
  constructor(seed: number) {
    this.next = seeded(seed)
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  is(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(items: readonly [T, ...T[]]): T
  pick<T>(items: readonly T[]): T | undefined
  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.next() * items.length)]
  }

  /** One of them, each by its weight. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T {
    let left = this.next() * items.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, item] of items) {
      left -= weight
      if (left < 0) return item
    }
    return (items.at(-1) as readonly [number, T])[1]
  }

  /** Some of the choices of each name, for settings that nobody is sure of. */
  each<T extends Record<string, readonly unknown[]>>(choices: T): { [K in keyof T]: T[K][number] } {
    const drawn = Object.entries(choices).map(([name, values]) => [name, this.pick(values)])
    return Object.fromEntries(drawn) as { [K in keyof T]: T[K][number] }
  }
}
