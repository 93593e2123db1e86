import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFingerprint, fingerprintAll } from '../../src/shared/fingerprints'
import { newSecret } from '../../src/shared/secrets'

const KEY = Buffer.alloc(32, 7).toString('base64url')

test('a fingerprint is the HMAC of the text under the tenant’s key, cut to 72 bits', async () => {
  const fingerprint = await createFingerprint(KEY)
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (text) => {
      const mac = createHmac('sha256', Buffer.alloc(32, 7)).update(text).digest().subarray(0, 9)
      expect(await fingerprint(text)).toBe(mac.toString('base64url'))
    }),
  )
})

test('nothing has the empty fingerprint, and only nothing has it', async () => {
  const fingerprint = await createFingerprint(KEY)
  expect(await fingerprint(null)).toBe('')
  expect(await fingerprint('')).toBe('')
  expect(await fingerprint(' ')).toMatch(/^[\w-]{12}$/)
})

test('one value has one fingerprint, after a restart too', async () => {
  const key = newSecret()
  const [before, after] = [await createFingerprint(key), await createFingerprint(key)]
  expect(await before('Acme AS')).toBe(await after('Acme AS'))
})

test('another value, or the same value of another tenant, has another', async () => {
  const ours = await createFingerprint(newSecret())
  const theirs = await createFingerprint(newSecret())
  expect(await ours('Acme AS')).not.toBe(await ours('Acme as'))
  expect(await ours('Acme AS')).not.toBe(await theirs('Acme AS'))
})

test('ten thousand values have as many fingerprints', async () => {
  const fingerprint = await createFingerprint(KEY)
  const prints = await Promise.all(Array.from({ length: 10_000 }, (_, n) => fingerprint(`customer ${n}`)))
  expect(new Set(prints).size).toBe(10_000)
})

test('a fingerprint shows nothing of the value', async () => {
  const fingerprint = await createFingerprint(KEY)
  expect(await fingerprint('post@nordvik.example')).toHaveLength(12)
  expect(await fingerprint('x'.repeat(10_000))).toHaveLength(12)
})

test('the fields of a record keep their names', async () => {
  const fingerprint = await createFingerprint(KEY)
  expect(await fingerprintAll(fingerprint, { name: 'Acme AS', phone: null, email: '' })).toEqual({
    name: await fingerprint('Acme AS'),
    phone: '',
    email: '',
  })
  expect(await fingerprintAll(fingerprint, {})).toEqual({})
})
