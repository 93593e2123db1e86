import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { isSignedBy } from '../../src/tribe/webhook-signature'

// It is there in Workers only.
beforeAll(() => void Object.assign(crypto.subtle, { timingSafeEqual }))

const SECRET = 'tribe-webhook-secret-001'
const BODY =
  '{"webhookId":"0f5b9c1e-6a57-4c5e-9d0b-1c2d3e4f5a6b","payload":{"entityId":"7d1c2f30-5b7a-4f0e-8a51-2f9f0c6e1a11"}}'
const SIGNATURE = 'CAlluJ6wVZLmWACt3uAGlayltoowKxI1riN0DLEW/RkEl3wuZ8fts0BOerGsPb6BPXP5ScIqSiUP02Cuq0v+VQ=='

const bytesOf = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text)).buffer
const mac = (secret: string, body: string) => createHmac('sha512', secret).update(body).digest()

describe('a delivery with the test vector of the reference', () => {
  test('is Tribe’s', async () => {
    expect(await isSignedBy(SECRET, bytesOf(BODY), [SIGNATURE])).toBe(true)
  })

  test('is Tribe’s, whichever header carries the signature', async () => {
    const headers = ['application/json', 'Tribe/1.0', `${'A'.repeat(86)}==`, SIGNATURE, '']
    expect(await isSignedBy(SECRET, bytesOf(BODY), headers)).toBe(true)
    expect(await isSignedBy(SECRET, bytesOf(BODY), headers.reverse())).toBe(true)
  })

  test('is nobody’s when a byte of the body, of the secret or of the signature is another', async () => {
    expect(await isSignedBy(SECRET, bytesOf(`${BODY} `), [SIGNATURE])).toBe(false)
    expect(await isSignedBy(SECRET, bytesOf(BODY.replace('7d1c', '8d1c')), [SIGNATURE])).toBe(false)
    expect(await isSignedBy(`${SECRET}x`, bytesOf(BODY), [SIGNATURE])).toBe(false)
    expect(await isSignedBy(SECRET, bytesOf(BODY), [SIGNATURE.replace('C', 'D')])).toBe(false)
  })
})

test.each([
  ['no header at all', []],
  ['only the usual ones', ['application/json', '114', 'gzip, br', 'node']],
  ['the signature in hexadecimal', [mac(SECRET, BODY).toString('hex')]],
  ['the Base64 of the hexadecimal text, of which Tribe warns', [btoa(mac(SECRET, BODY).toString('hex'))]],
  ['a signature that was cut', [SIGNATURE.slice(0, 60)]],
  ['a signature with something behind it', [`${SIGNATURE}x`]],
  ['a hash without the secret', [createHash('sha512').update(BODY).digest('base64')]],
  ['88 letters that mean nothing', [`${'A'.repeat(86)}==`]],
])('%s is no signature', async (_, headers) => {
  expect(await isSignedBy(SECRET, bytesOf(BODY), headers)).toBe(false)
})

test('the raw bytes are what counts, not what they read as', async () => {
  const body = '{"name":"Bjørn 🗝", "payload": {} }\r\n'
  const signature = mac(SECRET, body).toString('base64')
  expect(await isSignedBy(SECRET, bytesOf(body), [signature])).toBe(true)
  const tidied = JSON.stringify(JSON.parse(body))
  expect(await isSignedBy(SECRET, bytesOf(tidied), [signature])).toBe(false)
})

test('a body that is no text can be signed, and so can an empty one', async () => {
  const odd = Uint8Array.from([0xff, 0xfe, 0x00, 0x80])
  const signature = createHmac('sha512', SECRET).update(odd).digest('base64')
  expect(await isSignedBy(SECRET, odd.buffer, [signature])).toBe(true)
  expect(await isSignedBy(SECRET, new ArrayBuffer(0), [mac(SECRET, '').toString('base64')])).toBe(true)
})

test('a secret may hold any sign', async () => {
  const secret = 'hemmelig nøkkel 🗝'
  expect(await isSignedBy(secret, bytesOf(BODY), [mac(secret, BODY).toString('base64')])).toBe(true)
})
