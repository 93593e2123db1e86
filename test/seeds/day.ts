import { execFileSync } from 'node:child_process'

/**
 * Which seeds and which blows a run takes: a share of all there are, and others each day. The day is told, and
 * `--day 2026-11-29` (or the variable DAY, for all suites of `npm test`) takes the same ones again.
 */
export const today = (): string => process.env.DAY ?? new Date().toISOString().slice(0, 10)

/**
 * The day of the last commit of that folder's repository: so each day's work meets other seeds, and a commit that was
 * green is green whenever it is run again. Today where there is no repository.
 */
export function dayOfCommit(folder: string): string {
  try {
    const command = ['log', '-1', '--format=%cd', '--date=format-local:%Y-%m-%d']
    const env = { ...process.env, TZ: 'UTC' }
    return execFileSync('git', command, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return today()
  }
}

/** Days since 1970; throws for what is no day. */
function numberOf(day: string): number {
  const number = Date.parse(`${day}T00:00:00Z`) / 86_400_000
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(number)) throw new Error(`"${day}" is no day`)
  return number
}

const MOST_A_DAY = 1000

/** So many seeds of that day; no other day has one of them. */
export function seedsOf(day: string, count: number): number[] {
  if (count > MOST_A_DAY) throw new Error(`a day has ${MOST_A_DAY} seeds`)
  return Array.from({ length: count }, (_, n) => numberOf(day) * MOST_A_DAY + n)
}

/** One of `every` of these, spread evenly; in `every` days in a row each has its turn. */
export const shareOf = <T>(
  items: readonly T[],
  day: string,
  every: number,
  placeOf: (item: T, n: number) => number = (_, n) => n,
): T[] => items.filter((item, n) => placeOf(item, n) % every === numberOf(day) % every)

/**
 * Of a table of cases what a run takes: one of `every`, others each day; in `npm run soak` all of them. Where the cases are all
 * combinations of some choices, `placeOf` is the sum of the choices' places: then each run meets each pair of them that it can.
 */
export const todays = <T>(
  cases: readonly T[],
  every: number,
  placeOf?: (item: T, n: number) => number,
): T[] => (process.env.SOAK ? [...cases] : shareOf(cases, today(), every, placeOf))
