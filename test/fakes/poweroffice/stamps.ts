/** Instants and days as PowerOffice writes them. */

const TICKS_PER_MS = 10_000

/** Gives the instants of one client: seven decimals, and never the same or an earlier one again; or whole seconds. */
export class Stamps {
  private last = 0n
  constructor(
    private readonly now: () => Date,
    private readonly inSeconds: () => boolean,
  ) {}

  next(): string {
    const ticks = BigInt(this.now().getTime()) * BigInt(TICKS_PER_MS)
    if (this.inSeconds()) return stampFromTicks(ticks - (ticks % 10_000_000n))
    this.last = ticks > this.last ? ticks : this.last + 1n
    return stampFromTicks(this.last)
  }
}

function stampFromTicks(ticks: bigint): string {
  const seconds = ticks / 10_000_000n
  const fraction = (ticks % 10_000_000n).toString().padStart(7, '0')
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}+00:00`
}

export function stampFromDate(date: Date): string {
  return stampFromTicks(BigInt(date.getTime()) * BigInt(TICKS_PER_MS))
}

/** Any ISO 8601 instant with an offset, in the spelling of `Stamps`, which sorts as text; null if it is none. */
export function parseStamp(text: string): string | null {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (!parts) return null
  const [, day, time, fraction = '', offset] = parts
  const ms = Date.parse(`${day}T${time}${offset}`)
  if (Number.isNaN(ms)) return null
  return stampFromTicks(BigInt(ms) * BigInt(TICKS_PER_MS) + BigInt(fraction.padEnd(7, '0').slice(0, 7)))
}

/** The calendar day of a date, whose time and offset are ignored; null if it is none. */
export function parseDay(text: string): string | null {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ].*)?$/.exec(text)
  const day = parts?.[1]
  if (!day) return null
  const ms = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day ? null : day
}

const osloDays = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Oslo',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/** Which day it is in Norway. */
export function osloDay(date: Date): string {
  return osloDays.format(date)
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
