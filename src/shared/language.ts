import { languageDetector } from 'hono/language'
import { LANGUAGES, type Language } from './problems'

/** What `languageFrom` has found out of a request. */
export interface LanguageVariables {
  language: Language
}

/**
 * Sets `language`: what was asked for in one of these places, else the first that `Accept-Language` prefers and we speak,
 * else English. Both ways to write Norwegian, and the name of the language as a whole, are Bokmål.
 */
export const languageFrom = (asked: { query: string } | { cookie: string }) =>
  languageDetector({
    supportedLanguages: [...LANGUAGES],
    fallbackLanguage: 'en',
    order: ['query' in asked ? 'querystring' : 'cookie', 'header'],
    ...('query' in asked ? { lookupQueryString: asked.query } : { lookupCookie: asked.cookie }),
    convertDetectedLanguage: (tag) => tag.replace(/^(no|nn)(?=-|$)/i, 'nb'),
    // The switch of languages keeps what somebody chose; what a browser prefers is asked each time.
    caches: false,
  })
