/**
 * Instants and calendar days, as text. Nothing here looks at the clock or at the time zone of the
 * machine.
 *
 * An instant is `YYYY-MM-DDTHH:mm:ss.fffffffZ`: UTC, always seven decimals, which is what PowerOffice
 * keeps (poweroffice/API.md §4.5). So instants compare as text: `a < b` says that a came first.
 */
export type Instant = string

/** A calendar day, `YYYY-MM-DD`; these compare as text too. */
export type Day = string

const TIMESTAMP =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)? ?(?:Z|([+-])(\d\d):?(\d\d)?)?$/i

const TICKS_PER_SECOND = 10_000_000n
const TICKS_PER_MS = 10_000n
export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
/** A day of the clock; where a calendar's day is meant, days are counted as text. */
export const DAY_MS = 24 * HOUR_MS

/** The first and the last instant that a year of four digits can say, in ticks since 1970. */
const FIRST_TICK = -621_672_192_000_000_000n
const LAST_TICK = 2_534_023_007_999_999_999n

/**
 * Reads a timestamp of either system: 'T' or a space, up to nine decimals, of which seven count, 'Z'
 * or an offset. Without an offset it is UTC, as all of PowerOffice's are. Null if it is no timestamp.
 */
export function parseInstant(text: string | null | undefined): Instant | null {
  const found = TIMESTAMP.exec(text?.trim() ?? '')
  if (!found) return null
  const [, day = '', hour, minute, second = '0', fraction = '', sign, zoneHours = '0', zoneMinutes = '0'] =
    found
  const days = dayNumber(day)
  if (days === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  if (Number(zoneHours) > 14 || Number(zoneMinutes) > 59) return null

  const ahead = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -60 : 60)
  const seconds = days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - ahead
  const ticks = BigInt(seconds) * TICKS_PER_SECOND + BigInt(fraction.padEnd(7, '0').slice(0, 7))
  return ticks < FIRST_TICK || ticks > LAST_TICK ? null : instantOfTicks(ticks)
}

/** The instant of a Date. */
export function instantOf(date: Date): Instant {
  return instantOfTicks(BigInt(date.getTime()) * TICKS_PER_MS)
}

/** So many milliseconds earlier; a negative number goes on in time. Stays within the years 0 to 9999. */
export function minus(instant: Instant, ms: number): Instant {
  return instantOfTicks(ticksOf(instant) - BigInt(Math.trunc(ms)) * TICKS_PER_MS)
}

/** The later one, to the last tick; null stands for "never yet". */
export function laterOf(a: Instant, b: Instant | null): Instant
export function laterOf(a: Instant | null, b: Instant): Instant
export function laterOf(a: Instant | null, b: Instant | null): Instant | null
export function laterOf(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b
  return a > b ? a : b
}

/** As it goes into a query string: with Z, since the plus of an offset would be read as a space. */
export function toQuery(instant: Instant): string {
  return instantOfTicks(ticksOf(instant))
}

/** Which day it is in that time zone ('Europe/Oslo') at that moment. */
export function dayIn(at: Date | Instant, timeZone: string): Day {
  const date = typeof at === 'string' ? new Date(`${toQuery(at).slice(0, 23)}Z`) : at
  const parts = new Map(
    calendarOf(timeZone)
      .formatToParts(date)
      .map((part) => [part.type, part.value]),
  )
  return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`
}

/** That many days on, or back; 31 January and one day is 1 February. */
export function addDays(day: Day, days: number): Day {
  return dayOfNumber(numberOfDay(day) + days)
}

/** How many days from one day to the other; negative if `to` comes first. */
export function daysBetween(from: Day, to: Day): number {
  return numberOfDay(to) - numberOfDay(from)
}

/** Whether it is a day that the calendar has, spelled `YYYY-MM-DD`. */
export function isDay(text: string): text is Day {
  return dayNumber(text) !== null
}

/** Making one is slow, and a tenant asks for the same zone over and over. */
const calendars = new Map<string, Intl.DateTimeFormat>()

function calendarOf(timeZone: string): Intl.DateTimeFormat {
  const made = calendars.get(timeZone)
  if (made) return made
  const calendar = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  calendars.set(timeZone, calendar)
  return calendar
}

function ticksOf(instant: Instant): bigint {
  const canonical = parseInstant(instant)
  if (canonical === null) throw new RangeError(`no instant: ${instant}`)
  const toTheSecond = BigInt(Date.parse(`${canonical.slice(0, 19)}Z`)) * TICKS_PER_MS
  return toTheSecond + BigInt(canonical.slice(20, 27))
}

function instantOfTicks(ticks: bigint): Instant {
  const notTooEarly = ticks < FIRST_TICK ? FIRST_TICK : ticks
  const within = notTooEarly > LAST_TICK ? LAST_TICK : notTooEarly
  const decimals = ((within % TICKS_PER_SECOND) + TICKS_PER_SECOND) % TICKS_PER_SECOND
  const toTheSecond = new Date(Number((within - decimals) / TICKS_PER_MS)).toISOString()
  return `${toTheSecond.slice(0, 19)}.${String(decimals).padStart(7, '0')}Z`
}

function numberOfDay(day: Day): number {
  const number = dayNumber(day)
  if (number === null) throw new RangeError(`no day: ${day}`)
  return number
}

/** Days since 1970, or null if the calendar has no such day. */
function dayNumber(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null
  const ms = Date.parse(`${text}T00:00:00Z`)
  // Some engines take 30 February for 1 March.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text) return null
  return ms / DAY_MS
}

function dayOfNumber(days: number): Day {
  const day = new Date(days * DAY_MS).toISOString()
  if (day.length !== 24) throw new RangeError(`no day with a year of four digits: ${day}`)
  return day.slice(0, 10)
}
