import { expect, test } from 'vitest'
import { app } from '../../src/http/app'
import { describedApi } from '../../src/http/openapi'
import { PROBLEMS } from '../../src/shared/problems'

/** The description of the API is whole: who reads it needs nothing else. */

interface Media {
  schema?: { $ref?: string }
  example?: unknown
  examples?: Record<string, unknown>
}
interface Operation {
  summary?: string
  tags?: string[]
  security?: Record<string, unknown>[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { description: string; content?: Record<string, Media> }>
}
const document = describedApi(app)
const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Operation>).map(
    ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
  ),
)

/** Pages, which are not calls of the API. */
const PAGES = /^(GET \/openapi\.json|GET \/docs|\w+ \/console(\/.*)?)$/

test('each route that the Worker answers is described, but for its pages', () => {
  const answered = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
  expect(answered.length).toBeGreaterThan(40)
  const described = operations.map(([name]) => name)
  expect(new Set(answered.filter((name) => !PAGES.test(name)))).toEqual(new Set(described))
})

test.each(operations)('%s says what it does, who may, and shows each body and answer', (_, operation) => {
  expect(operation.summary).toBeTruthy()
  expect(operation.tags).toHaveLength(1)
  expect(operation.security).toBeDefined()
  const { requestBody, responses } = operation
  for (const media of Object.values(requestBody?.content ?? {})) expect(media.example).toBeDefined()

  expect(Object.keys(responses).some((status) => /^[23]/.test(status))).toBe(true)
  for (const [status, { content = {} }] of Object.entries(responses))
    for (const media of Object.values(content)) {
      if (status.startsWith('2') || media.schema?.$ref !== '#/components/schemas/Error') {
        expect(media.example, status).toBeDefined()
        continue
      }
      const codes = Object.keys(media.examples ?? {})
      expect(codes, status).not.toEqual([])
      for (const code of codes) expect(PROBLEMS).toHaveProperty([code])
    }
})

test('whoever may is one of those that the description speaks of', () => {
  const known = Object.keys(document.components?.securitySchemes ?? {})
  const named = operations.flatMap(([, { security = [] }]) => security.flatMap((one) => Object.keys(one)))
  expect([...new Set(named)].sort()).toEqual(known.sort())
})

const SETTINGS = {
  PUBLIC_URL: 'https://relay.example',
  ADMIN_TOKEN: 't'.repeat(32),
  SEALING_KEYS: `k1:${'A'.repeat(43)}`,
  POWEROFFICE_APPLICATION_KEY: 'a',
  POWEROFFICE_SUBSCRIPTION_KEY: 's',
}

test('the page shows every call and every code, and asks no other server for anything', async () => {
  const answer = await app.request('/docs', {}, SETTINGS)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  const page = await answer.text()
  for (const [name, { responses }] of operations) {
    const [method, path] = name.split(' ')
    expect(page).toContain(`<b>${method}</b> ${path}`)
    for (const { content = {} } of Object.values(responses))
      for (const media of Object.values(content))
        for (const code of Object.keys(media.examples ?? {})) expect(page).toContain(`<code>${code}</code>`)
  }
  expect(page).not.toMatch(/<script|src=|https?:|@import|url\(/)
})
