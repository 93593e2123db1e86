import { ALERTS } from './alerts'
import { CONNECTIONS } from './connections'
import { FIELDS } from './fields'
import { HEALTH } from './health'
import { INVOICES } from './invoices'
import { RECORDS } from './records'
import { REQUESTS } from './requests'

/** Languages in which problems are told. */
export const LANGUAGES = ['en', 'nl', 'nb'] as const
export type Language = (typeof LANGUAGES)[number]

/** In each language: the cause, an arrow, and the next step. */
export type ProblemText = Readonly<Record<Language, string>>

/** Every code of the relay, with what it means and what to do. A test keeps it complete. */
export const PROBLEMS: Readonly<Record<string, ProblemText>> = {
  ...CONNECTIONS,
  ...RECORDS,
  ...FIELDS,
  ...INVOICES,
  ...REQUESTS,
  ...HEALTH,
  ...ALERTS,
}

/** What a code means, for people. One that is not in the catalogue is told as what the relay did not expect. */
export function explain(code: string, language: Language): { cause: string; nextStep: string } {
  const text = Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : PROBLEMS['relay.unexpected']
  const [cause = '', nextStep = ''] = (text?.[language] ?? '').split(' → ')
  return { cause, nextStep }
}

const SPOKEN: Readonly<Record<string, Language>> = { en: 'en', nl: 'nl', nb: 'nb', no: 'nb', nn: 'nb' }

/** The language asked for, else the first that `Accept-Language` prefers and we speak, else English. */
export function languageOf(asked: string | undefined, acceptLanguage: string | undefined): Language {
  const preferred = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...params] = part.trim().toLowerCase().split(';')
      const quality = params.map((param) => /^\s*q=([\d.]+)\s*$/.exec(param)?.[1]).find(Boolean)
      return { tag, quality: Number(quality ?? 1) }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
  const tags = [asked?.toLowerCase() ?? '', ...preferred.map(({ tag }) => tag)]
  return tags.map((tag) => SPOKEN[tag.split('-')[0] ?? '']).find((language) => language !== undefined) ?? 'en'
}
