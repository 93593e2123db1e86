import { createHmac } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { deliverByMail, deliverToWebhook } from '../../src/health/deliver'
import { mailOf, messageOf } from '../../src/health/message'

const NOW = Date.parse('2026-10-25T01:30:00Z')
const tenant = { id: 't-1', name: 'Fjordlys\r\nBcc: all@example.com' }
const ill = messageOf(
  tenant,
  { state: 'unhealthy', since: NOW - 600_000 },
  [{ code: 'health.waits_for_a_person', what: 'vat.unmapped', count: 3, since: null }],
  NOW,
)
const options = (answer: typeof fetch) => ({
  fetch: answer,
  timeoutMs: 5000,
  ownUrl: 'https://relay.example.com',
  now: () => NOW,
})
const hook = { url: 'https://alerts.example.com/relay', secret: 'sixteen characters' }

test('a message says who, since when, why, and what to do', () => {
  expect(ill).toMatchObject({
    id: `t-1-${NOW - 600_000}`,
    event: 'tenant-unhealthy',
    since: '2026-10-25T01:20:00.000Z',
    ailments: [
      { code: 'health.waits_for_a_person', count: 3, nextStep: expect.stringContaining('problems') },
    ],
  })
})

test('it is signed together with its time, and no redirect is followed', async () => {
  const sent = vi.fn<typeof fetch>(async () => new Response('thank you'))
  await deliverToWebhook(options(sent), hook, ill)
  const [url, request] = sent.mock.calls[0] ?? []
  const headers = new Headers(request?.headers)
  const time = String(NOW / 1000)
  const expected = createHmac('sha256', hook.secret).update(`${time}.${request?.body}`).digest('hex')
  expect(url).toBe(hook.url)
  expect(request).toMatchObject({ method: 'POST', redirect: 'manual' })
  expect(JSON.parse(String(request?.body))).toEqual(ill)
  expect(headers.get('x-relay-timestamp')).toBe(time)
  expect(headers.get('x-relay-signature')).toBe(`sha256=${expected}`)
})

test.each([
  ['refuses it', async () => new Response(null, { status: 401 })],
  [
    'sends it elsewhere',
    async () => new Response(null, { status: 307, headers: { location: 'https://a.b/' } }),
  ],
  ['is out of order', async () => new Response('oops', { status: 500 })],
  ['is not there', () => Promise.reject(new TypeError('connection refused'))],
])('it waits when the receiver %s', async (_, answer) => {
  await expect(deliverToWebhook(options(answer), hook, ill)).rejects.toMatchObject({
    code: 'alert.not_delivered',
    remedy: 'time',
  })
})

test('nothing is sent to an address that was not public when it was entered', async () => {
  const sent = vi.fn<typeof fetch>()
  const secretly = { ...hook, url: 'https://169.254.169.254/' }
  await expect(deliverToWebhook(options(sent), secretly, ill)).rejects.toMatchObject({ remedy: 'data' })
  expect(sent).not.toHaveBeenCalled()
})

test('as a mail it has one line for a subject, whatever the name', () => {
  const mail = mailOf(ill, 'https://relay.example.com')
  expect(mail.subject).toBe('Fjordlys Bcc: all@example.com: needs attention')
  expect(mail.text).toContain('vat.unmapped, 3 ×')
  const well = mailOf({ ...ill, event: 'tenant-recovered', ailments: [] }, 'https://relay.example.com')
  expect(well.subject).toContain('in step again')
})

test('a mail that Cloudflare does not take waits', async () => {
  const binding = { send: () => Promise.reject(new Error('not verified')) } as unknown as SendEmail
  const mail = { subject: 's', text: 't' }
  await expect(deliverByMail(binding, { from: 'a@b.c', to: 'd@e.f' }, mail)).rejects.toMatchObject({
    code: 'alert.not_delivered',
    remedy: 'time',
  })
})
