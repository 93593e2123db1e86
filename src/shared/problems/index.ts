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
export const PROBLEMS = {
  ...CONNECTIONS,
  ...RECORDS,
  ...FIELDS,
  ...INVOICES,
  ...REQUESTS,
  ...HEALTH,
  ...ALERTS,
} as const satisfies Readonly<Record<string, ProblemText>>

/** A code of the catalogue, `area.what_is_wrong`. */
export type ProblemCode = keyof typeof PROBLEMS
export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code)

/** What a code means, for people. One that is not in the catalogue is told as what the relay did not expect. */
export function explain(code: string, language: Language): { cause: string; nextStep: string } {
  const text: ProblemText = PROBLEMS[isProblemCode(code) ? code : 'relay.unexpected']
  const [cause = '', nextStep = ''] = text[language].split(' → ')
  return { cause, nextStep }
}

/** What a code means, as the message of an error tells it. */
export function inWords(code: ProblemCode): string {
  const { cause, nextStep } = explain(code, 'en')
  return `${cause} ${nextStep}`
}
