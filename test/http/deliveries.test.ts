import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { app } from '../../src/http/app'
import { isDelivery } from '../../src/http/deliveries'
import { useBookkeeping } from '../towns/bookkeeping'

/** Deliveries have a way of their own past the other routes: what they are answered is the same. */
const begin = useBookkeeping()

const SIGNING = 'signing-secret-of-tribe'
const EVENT = JSON.stringify({ payload: { entityId: '7d1c2f30-5b7a-4f0e-8a51-2f9f0c6e1a10' } })
const signature = (body: string) => createHmac('sha512', SIGNING).update(body).digest('base64')

interface Delivery {
  method?: string
  path?: string
  headers?: (secret: Record<string, string>) => Record<string, string>
  body?: string
}
const wrong = (secret: Record<string, string>) =>
  Object.fromEntries(Object.keys(secret).map((name) => [name, 'another']))

async function answered(given: Delivery) {
  const kit = begin()
  const tenant = await kit.tenant({ tribe: { echo: false } })
  await kit.api(tenant, 'PUT', '/tribe/signing-secrets', { secrets: [SIGNING] })
  const hook = tenant.crm.webhooks[0] ?? expect.fail('no webhook')
  const secret = Object.fromEntries(hook.headers.map(({ name, value }) => [name, value]))
  const { method = 'POST', path, headers = (own) => own, body = EVENT } = given
  const url = path === undefined ? hook.webhookUrl : new URL(path, hook.webhookUrl).href
  const request = () =>
    new Request(url, { method, headers: headers(secret), ...(method === 'GET' ? {} : { body }) })
  const { platform } = kit.town
  const seen: unknown[] = []
  for (const ask of [
    () => platform.fetch(request()),
    () => Promise.resolve(app.fetch(request(), platform.frontDoor as never)),
  ]) {
    const answer = await kit.town.waitFor(ask())
    seen.push({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: await answer.json(),
    })
  }
  return { seen: seen as { status: number; headers: Record<string, string>; body: unknown }[], request }
}

test.each<[string, number, Delivery]>([
  ['an event with our header', 202, {}],
  ['an event with a signature alone', 202, { headers: () => ({ 'x-tribe-hmac': signature(EVENT) }) }],
  [
    'an event with a header that is wrong, and a right signature',
    202,
    { headers: (own) => ({ ...wrong(own), 'x-tribe-hmac': signature(EVENT) }) },
  ],
  ['one with a wrong header', 401, { headers: wrong }],
  [
    'one with a wrong header and a wrong signature',
    401,
    { headers: (own) => ({ ...wrong(own), 'x-tribe-hmac': signature('another body') }) },
  ],
  ['one without any', 401, { headers: () => ({}) }],
  ['one that is no JSON', 400, { body: '{' }],
  ['one that is too large', 413, { body: JSON.stringify('x'.repeat(1024 * 1024)) }],
  ['one for nobody', 404, { path: '/webhooks/tribe/7d1c2f30-5b7a-4f0e-8a51-2f9f0c6e1a10' }],
  ['one for no id', 404, { path: '/webhooks/tribe/acme' }],
  ['one at another address', 404, { path: '/webhooks/other' }],
  ['one that only asks', 404, { method: 'GET' }],
  [
    'one that is sent in the open',
    403,
    { path: '//relay.example/webhooks/tribe/x'.replace('//', 'http://') },
  ],
])('%s: %s', async (_, status, given) => {
  const { seen, request } = await answered(given)

  expect(isDelivery(request())).toBe(true)
  expect(seen[0]?.status).toBe(status)
  expect(seen[0]).toEqual(seen[1])
  expect(seen[0]?.headers).toMatchObject({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' })
})

test.each([
  ['https://relay.example/webhooks/tribe/x', true],
  ['http://127.0.0.1:8787/webhooks/tribe/x', true],
  ['https://relay.example/webhooks', false],
  ['https://relay.example/api/tenants?next=/webhooks/tribe/x', false],
  ['https://relay.example/console/webhooks/tribe/x', false],
  ['https://relay.example', false],
])('%s is a delivery: %s', (url, is) => {
  expect(isDelivery(new Request(url))).toBe(is)
})
