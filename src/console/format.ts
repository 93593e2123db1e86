import type { Language } from '../shared/problems'

/** Numbers, instants and lengths of time, as people in that country write them. */

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', nl: 'nl-NL', nb: 'nb-NO' }
/** The Netherlands and Norway keep the same time. */
const TIME_ZONE = 'Europe/Oslo'

export const numberIn = (language: Language, value: number): string =>
  new Intl.NumberFormat(LOCALES[language]).format(value)

export const amountIn = (language: Language, value: number): string =>
  new Intl.NumberFormat(LOCALES[language], { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(
    value,
  )

export const instantIn = (language: Language, iso: string): string =>
  new Intl.DateTimeFormat(LOCALES[language], {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: TIME_ZONE,
  }).format(new Date(iso))

const STEPS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** "3 minutes ago", "in 2 hours"; null for less than a minute. */
export function agoIn(language: Language, iso: string, now: number): string | null {
  const away = Date.parse(iso) - now
  const step = STEPS.find(([, ms]) => Math.abs(away) >= ms)
  if (!step) return null
  const [unit, ms] = step
  return new Intl.RelativeTimeFormat(LOCALES[language], { numeric: 'auto' }).format(
    Math.trunc(away / ms),
    unit,
  )
}

/** "2 seconds", "10 minutes": whole ones of the largest unit that gives one at least. */
export function spanIn(language: Language, seconds: number): string {
  const [unit, length] = (
    [
      ['day', 86_400],
      ['hour', 3600],
      ['minute', 60],
    ] as const
  ).find(([, one]) => seconds >= one) ?? ['second', 1]
  const format = { style: 'unit', unit, unitDisplay: 'long' } as const
  return new Intl.NumberFormat(LOCALES[language], format).format(Math.round(seconds / length))
}

export const shareIn = (language: Language, share: number): string =>
  new Intl.NumberFormat(LOCALES[language], { style: 'percent', maximumFractionDigits: 1 }).format(share)

/** A calendar day, `2026-11-30`. */
export const dayTextIn = (language: Language, day: string): string =>
  new Intl.DateTimeFormat(LOCALES[language], { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )

export const hourIn = (language: Language, iso: string): string =>
  new Intl.DateTimeFormat(LOCALES[language], {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: TIME_ZONE,
  }).format(new Date(iso))
