import { expect, test } from 'vitest'
import type { Env } from '../src/env'
import { tenantObject } from '../src/tenant-object'

const SETTINGS = {
  PUBLIC_URL: 'http://127.0.0.1:8787',
  POWEROFFICE_APPLICATION_KEY: 'a',
  POWEROFFICE_SUBSCRIPTION_KEY: 's',
  ADMIN_TOKEN: 't'.repeat(32),
  SEALING_KEYS: `k1:${'A'.repeat(43)}`,
}

/** An object whose answers are these, one for each time it is asked. */
function objectThat(...answers: (Error | string)[]) {
  let asked = 0
  const answer = async () => {
    const next = answers[asked++] ?? 'too often'
    if (next instanceof Error) throw next
    return next
  }
  // As the platform's: whatever is read of it can be called.
  const stub = new Proxy({}, { get: () => answer })
  const env = { ...SETTINGS, TENANT_SYNC: { getByName: () => stub } } as unknown as Env
  return { object: tenantObject(env, 'id'), asked: () => asked }
}

const marked = (message: string, marks: object = {}) => Object.assign(new Error(message), marks)
const RESET = marked('Durable Object reset because its code was updated.', { retryable: true })
const GONE = marked('Network connection lost.', { durableObjectReset: true })
const FULL = marked('Durable Object is overloaded. Too many requests queued.', { overloaded: true })
const BOTH = marked('Durable Object is overloaded.', { overloaded: true, retryable: true })
const OLD = new TypeError('The RPC receiver does not implement the method "readStatus".')
const BUG = new Error('a bug of ours')
const UNAVAILABLE = 'relay.object_unavailable'

test.each([
  ['answers', ['well'], 'well', 1],
  ['was reset once', [RESET, 'well'], 'well', 2],
  ['lost its connection once', [GONE, 'well'], 'well', 2],
  ['was reset twice', [RESET, RESET, 'well'], UNAVAILABLE, 2],
  ['was reset and is full then', [RESET, FULL, 'well'], UNAVAILABLE, 2],
  ['is full', [FULL, 'well'], UNAVAILABLE, 1],
  ['is full, and says that it may be asked again', [BOTH, 'well'], UNAVAILABLE, 1],
  ['is of a version that does not know the question', [OLD, 'well'], UNAVAILABLE, 1],
  ['has a bug', [BUG, 'well'], 'a bug of ours', 1],
] as const)('an object that %s', async (_, answers, wanted, times) => {
  const { object, asked } = objectThat(...answers)
  const told = await object.readStatus().catch((thrown) => thrown.code ?? thrown.message)
  expect([told, asked()]).toEqual([wanted, times])
})

test('what is good once is asked once', async () => {
  const { object, asked } = objectThat(RESET, 'well')
  await expect(object.takeConsent('secret')).rejects.toMatchObject({
    code: UNAVAILABLE,
    retryAfterSeconds: 5,
  })
  expect(asked()).toBe(1)
})

test('it is no promise, so that it can be given on', () => {
  expect((objectThat().object as unknown as { then?: unknown }).then).toBe(undefined)
})
