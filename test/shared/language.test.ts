import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { type LanguageVariables, languageFrom } from '../../src/shared/language'

const app = new Hono<{ Variables: LanguageVariables }>()
  .get('/api', languageFrom({ query: 'language' }), (c) => c.text(c.get('language')))
  .get('/page', languageFrom({ cookie: 'chosen' }), (c) => c.text(c.get('language')))

test.each([
  [undefined, undefined, 'en'],
  [undefined, 'nb-NO,nb;q=0.9,en;q=0.5', 'nb'],
  [undefined, 'nn', 'nb'],
  [undefined, 'fr, nl-BE;q=0.4, en;q=0.3', 'nl'],
  [undefined, 'en;q=0.1, nl;q=0.9', 'nl'],
  [undefined, 'nl;q=0', 'en'],
  [undefined, '*', 'en'],
  ['nl', 'no', 'nl'],
  ['nb', 'en', 'nb'],
  ['no', 'en', 'nb'],
  ['nb-NO', 'en', 'nb'],
  ['fr', 'no', 'nb'],
] as const)('asked for %s, with Accept-Language %s, it is %s', async (asked, header, language) => {
  const headers = new Headers(header === undefined ? {} : { 'accept-language': header })
  const byQuery = await app.request(asked === undefined ? '/api' : `/api?language=${asked}`, { headers })
  if (asked !== undefined) headers.set('cookie', `chosen=${asked}`)
  const byCookie = await app.request('/page', { headers })

  expect([await byQuery.text(), await byCookie.text()]).toEqual([language, language])
  expect(byCookie.headers.get('set-cookie')).toBeNull()
})
