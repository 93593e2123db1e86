import type { Context } from 'hono'
import type { Env } from '../env'
import type { LanguageVariables } from '../shared/language'
import type { Language } from '../shared/problems'
import type { Api } from './api'
import type { Session } from './session'
import { type Texts, textsIn } from './texts'

/** What every page is drawn from, beside the API's answers: texts, language, and who looks at it. */
export interface View {
  texts: Texts
  language: Language
  session: Session | null
  /** The page's own address, for the switch of languages to come back to. */
  path: string
  now: number
}

export type Console = {
  Bindings: Env
  Variables: LanguageVariables & { view: View; session: Session; api: Api }
}
export type ConsoleContext = Context<Console>

export const viewOf = (language: Language, session: Session | null, path: string, now: number): View => ({
  texts: textsIn(language),
  language,
  session,
  path,
  now,
})

/** Where a tenant's pages are. */
export const homeOf = (tenantId: string, path = '') => `/console/tenants/${tenantId}${path}`
/** The same tenant in the API. */
export const apiPath = (tenantId: string, path = '') => `/api/tenants/${tenantId}${path}`

/** An address that came in from outside leads into the console, or to its first page. */
export const pathWithin = (path: string | undefined): string =>
  path !== undefined && /^\/console(?:[/?][\w\-/?=&%:+~.]*)?$/.test(path) && !/\.\.|\/\//.test(path)
    ? path
    : '/console'
