/** A promise of the relay, as a check that whatever it did can be held against. */
export interface Law<Evidence> {
  name: string
  says: string
  /** What broke it; empty when nothing did. */
  breaches(evidence: Evidence): string[]
}

/** What was broken, each with the law's name in front. */
export const brokenOf = <Evidence>(laws: readonly Law<Evidence>[], evidence: Evidence): string[] =>
  laws.flatMap(({ name, breaches }) => breaches(evidence).map((line) => `law "${name}": ${line}`))

export function groupedBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}

/** The most of these that fall within any stretch of time; `times` in order. */
export function mostWithin(times: readonly number[], windowMs: number): number {
  let first = 0
  let most = 0
  times.forEach((at, last) => {
    while (at - (times[first] ?? at) >= windowMs) first++
    most = Math.max(most, last - first + 1)
  })
  return most
}
