import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  bytesFromBase64,
  createSealer,
  fromBase64Url,
  newSecret,
  parseSealingKeys,
  sameSecret,
  sha256,
  toBase64Url,
} from '../../src/shared/secrets'
import { startWorkerd, type Workerd } from '../in-workerd'

const keyOf = (fill: number) => new Uint8Array(32).fill(fill)
const base64Of = (fill: number) => Buffer.from(keyOf(fill)).toString('base64')
const OLD = new Map([['2025', keyOf(1)]])
const ROTATED = new Map([
  ['2026', keyOf(2)],
  ['2025', keyOf(1)],
])

describe('a sealed secret', () => {
  test('opens again, for the same tenant and field', async () => {
    const sealer = createSealer(OLD)
    const sealed = await sealer.seal('acme:clientKey', 'k€y — nøkkel 🗝')
    expect(await sealer.open('acme:clientKey', sealed)).toBe('k€y — nøkkel 🗝')
  })

  test('opens again, whatever it is', async () => {
    const sealer = createSealer(OLD)
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (secret, context) => {
        expect(await sealer.open(context, await sealer.seal(context, secret))).toBe(secret)
      }),
    )
  })

  test('shows nothing of itself, and never looks the same twice', async () => {
    const sealer = createSealer(OLD)
    const once = await sealer.seal('acme:clientKey', 'hunter2')
    const twice = await sealer.seal('acme:clientKey', 'hunter2')
    expect(once).not.toContain('hunter2')
    expect(once).not.toContain(Buffer.from('hunter2').toString('base64url'))
    expect(once).not.toBe(twice)
    expect(once).toMatch(/^2025\.[\w-]{16}\.[\w-]+$/)
  })

  test.each([
    ['another tenant', 'bravo:clientKey'],
    ['another field', 'acme:tribe'],
    ['nobody', ''],
  ])('does not open for %s: it cannot be moved to another row', async (_, context) => {
    const sealer = createSealer(OLD)
    const sealed = await sealer.seal('acme:clientKey', 'hunter2')
    await expect(sealer.open(context, sealed)).rejects.toThrow()
  })

  test('does not open when any bit of it was altered', async () => {
    const sealer = createSealer(OLD)
    const [id, iv = '', body = ''] = (await sealer.seal('acme:clientKey', 'hunter2')).split('.')
    for (const [part, which] of [
      [iv, 'iv'],
      [body, 'body'],
    ] as const) {
      const bytes = fromBase64Url(part)
      for (let at = 0; at < bytes.length; at++) {
        const altered = Uint8Array.from(bytes)
        altered[at] = (altered[at] ?? 0) ^ 1
        const text = toBase64Url(altered)
        const whole = which === 'iv' ? `${id}.${text}.${body}` : `${id}.${iv}.${text}`
        await expect(sealer.open('acme:clientKey', whole)).rejects.toThrow()
      }
    }
  })

  test.each([
    '',
    '.',
    '..',
    '2025',
    '2025.',
    '2025..',
    '2025.AAAA.AAAA',
    '2025.!.!',
    'plain text',
    '\u{1f5dd}',
  ])('is not "%s"', async (text) => {
    await expect(createSealer(OLD).open('acme:clientKey', text)).rejects.toThrow()
  })

  test('cut short does not open', async () => {
    const sealer = createSealer(OLD)
    const sealed = await sealer.seal('acme:clientKey', 'hunter2')
    for (const length of [sealed.length - 4, sealed.length - 8, 10])
      await expect(sealer.open('acme:clientKey', sealed.slice(0, length))).rejects.toThrow()
  })
})

describe('when the sealing keys are rotated', () => {
  test('what the old key sealed still opens, and is known as stale', async () => {
    const sealed = await createSealer(OLD).seal('acme:clientKey', 'hunter2')
    const sealer = createSealer(ROTATED)
    expect(await sealer.open('acme:clientKey', sealed)).toBe('hunter2')
    expect(sealer.isStale(sealed)).toBe(true)
  })

  test('the first key seals from then on', async () => {
    const sealed = await createSealer(ROTATED).seal('acme:clientKey', 'hunter2')
    expect(sealed).toMatch(/^2026\./)
    expect(createSealer(ROTATED).isStale(sealed)).toBe(false)
    const onlyNew = createSealer(new Map([['2026', keyOf(2)]]))
    expect(await onlyNew.open('acme:clientKey', sealed)).toBe('hunter2')
  })

  test('what was sealed by a key that is gone does not open, and the error names the key', async () => {
    const sealed = await createSealer(OLD).seal('acme:clientKey', 'hunter2')
    const onlyNew = createSealer(new Map([['2026', keyOf(2)]]))
    await expect(onlyNew.open('acme:clientKey', sealed)).rejects.toThrow(
      'sealed by key "2025", which is not among SEALING_KEYS',
    )
  })

  test('another key under the same name opens nothing', async () => {
    const sealed = await createSealer(OLD).seal('acme:clientKey', 'hunter2')
    await expect(createSealer(new Map([['2025', keyOf(9)]])).open('acme:clientKey', sealed)).rejects.toThrow()
  })

  test('a key whose name begins like another is another key', async () => {
    const sealed = await createSealer(new Map([['20', keyOf(1)]])).seal('acme:clientKey', 'hunter2')
    const sealer = createSealer(new Map([['2', keyOf(2)]]))
    expect(sealer.isStale(sealed)).toBe(true)
  })

  test('without any key there is no sealer', () => {
    expect(() => createSealer(new Map())).toThrow()
  })
})

describe('the setting SEALING_KEYS', () => {
  test.each([
    ['one key', `2026:${base64Of(1)}`, ['2026']],
    ['several, the first of which seals', `b:${base64Of(2)},a:${base64Of(1)}`, ['b', 'a']],
    ['blanks between them', ` b:${base64Of(2)} , a:${base64Of(1)} `, ['b', 'a']],
    ['base64 without its padding', `a:${base64Of(1).replace('=', '')}`, ['a']],
    ['base64url', `a:${Buffer.from(keyOf(255)).toString('base64url')}`, ['a']],
    ['a name with all the signs it may have', `aZ_9-:${base64Of(1)}`, ['aZ_9-']],
  ])('%s', (_, text, names) => {
    const keys = parseSealingKeys(text)
    expect([...(keys?.keys() ?? [])]).toEqual(names)
    for (const key of keys?.values() ?? []) expect(key).toHaveLength(32)
  })

  test('holds the bytes that were written', () => {
    expect(parseSealingKeys(`a:${base64Of(7)}`)?.get('a')).toEqual(keyOf(7))
    expect(parseSealingKeys(`a:${Buffer.from(keyOf(255)).toString('base64url')}`)?.get('a')).toEqual(
      keyOf(255),
    )
  })

  test.each([
    ['nothing', ''],
    ['a key without a name', base64Of(1)],
    ['an empty name', `:${base64Of(1)}`],
    ['a name with a full stop, which parts a sealed value', `a.b:${base64Of(1)}`],
    ['a name that is too long', `${'a'.repeat(33)}:${base64Of(1)}`],
    ['a key that is too short', `a:${Buffer.alloc(31).toString('base64')}`],
    ['a key that is too long', `a:${Buffer.alloc(33).toString('base64')}`],
    ['hexadecimal', `a:${Buffer.alloc(32).toString('hex')}`],
    ['two keys of one name', `a:${base64Of(1)},a:${base64Of(2)}`],
    ['a comma too many', `a:${base64Of(1)},`],
    ['one good key and one bad', `a:${base64Of(1)},b:short`],
  ])('cannot be %s', (_, text) => {
    expect(parseSealingKeys(text)).toBeNull()
  })
})

describe('secrets of our own', () => {
  test('are long, fit for a header and a URL, and never the same', () => {
    const many = Array.from({ length: 1000 }, newSecret)
    for (const secret of many) expect(secret).toMatch(/^[\w-]{43}$/)
    expect(new Set(many).size).toBe(1000)
  })

  test('are stored as SHA-256 in hexadecimal', async () => {
    expect(await sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(await sha256('')).toHaveLength(64)
    expect(await sha256('nøkkel 🗝')).toBe(createHash('sha256').update('nøkkel 🗝').digest('hex'))
  })

  test('base64 is read and written as everybody else does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(Uint8Array.from(bytes))
        expect(bytesFromBase64(Buffer.from(bytes).toString('base64'))).toEqual(Uint8Array.from(bytes))
      }),
    )
  })
})

/** `crypto.subtle.timingSafeEqual` is there in Workers only. */
describe('in the runtime of Workers', () => {
  const MAIN = `
    import { sameSecret, createSealer, toBase64Url } from 'shared/secrets'
    import { DurableObject } from 'cloudflare:workers'
    export class Store extends DurableObject {}
    const keys = new Map([['2025', new Uint8Array(32).fill(1)]])
    export default { async fetch(request) {
      const { same, open } = await request.json()
      if (same) return Response.json(sameSecret(...same))
      return Response.json(await createSealer(keys).open('acme:clientKey', open))
    } }`
  let workerd: Workerd
  beforeAll(async () => {
    workerd = await startWorkerd(MAIN, ['shared/secrets'])
  })
  afterAll(() => workerd.close())

  test.each([
    ['the same text', 'hunter2', 'hunter2', true],
    ['the same text with an accent', 'nøkkel', 'nøkkel', true],
    ['nothing and nothing', '', '', true],
    ['another text of the same length', 'hunter2', 'hunter3', false],
    ['another first letter', 'hunter2', 'Hunter2', false],
    ['a longer text', 'hunter2', 'hunter22', false],
    ['nothing and something', '', 'hunter2', false],
    ['texts of one length in letters and another in bytes', 'nokkel', 'nøkkel', false],
  ])('%s', async (_, a, b, same) => {
    expect(await workerd.ask({ same: [a, b] })).toBe(same)
    expect(await workerd.ask({ same: [b, a] })).toBe(same)
  })

  test('what was sealed elsewhere opens', async () => {
    expect(await workerd.ask({ open: await createSealer(OLD).seal('acme:clientKey', 'hunter2') })).toBe(
      'hunter2',
    )
  })

  test('texts of different lengths are told apart before they are compared', () => {
    expect(sameSecret('hunter2', 'hunter')).toBe(false)
  })
})
