import { describe, expect, test } from 'vitest'
import { type Env, placed, SettingsError, settingsOf } from '../src/env'

const KEY = `2026:${Buffer.alloc(32, 1).toString('base64')}`

const COMPLETE: Record<string, unknown> = {
  PUBLIC_URL: 'https://relay.example.com',
  POWEROFFICE_APPLICATION_KEY: 'application-key',
  POWEROFFICE_SUBSCRIPTION_KEY: 'subscription-key',
  ADMIN_TOKEN: 'operator-token-of-32-characters-',
  SEALING_KEYS: KEY,
}
const SECRETS = Object.values(COMPLETE).filter((value) => value !== COMPLETE.PUBLIC_URL)

/** Bindings come along in the same object. */
const envWith = (change: Record<string, unknown>): Env =>
  ({ DB: {}, TENANT_SYNC: {}, POWEROFFICE_GATE: {}, ...COMPLETE, ...change }) as unknown as Env
const read = (change: Record<string, unknown> = {}) => settingsOf(envWith(change))
const faultOf = (change: Record<string, unknown>): string => {
  try {
    read(change)
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(SettingsError)
    return (thrown as SettingsError).message
  }
  throw new Error('there was no fault')
}

test('with the settings that have no default, the others are those of the contract', () => {
  expect(read()).toEqual({
    TRIBE_API_URL: 'https://api.tribecrm.nl/v1',
    TRIBE_AUTH_URL: 'https://auth.tribecrm.nl/oauth2',
    POWEROFFICE_API_URL: 'https://goapi.poweroffice.net/v2',
    POWEROFFICE_TOKEN_URL: 'https://goapi.poweroffice.net/OAuth/Token',
    POWEROFFICE_REQUESTS_PER_SECOND: 10,
    TRIBE_REQUESTS_PER_MINUTE: 1000,
    TRIBE_RECORD_URL: 'https://app.tribecrm.nl/entity/{ID}',
    CALL_TIMEOUT_MS: 30_000,
    ALERT_AFTER_SECONDS: 600,
    DATA_JURISDICTION: 'eu',
    ...COMPLETE,
    SEALING_KEYS: new Map([['2026', new Uint8Array(32).fill(1)]]),
  })
})

describe('on this machine', () => {
  const here = { PUBLIC_URL: 'http://127.0.0.1:8787' }
  test('the example runs as it is published', () => {
    const published = {
      ADMIN_TOKEN: 'demo-operator-token',
      SEALING_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    }
    expect(read({ ...here, ...published }).ADMIN_TOKEN).toBe('demo-operator-token')
  })
  test('a token of a few letters is refused all the same', () => {
    expect(faultOf({ ...here, ADMIN_TOKEN: 'letmein' })).toContain('ADMIN_TOKEN must have 16 characters')
  })
})

describe('where the objects live', () => {
  const namespaceIn = (change: Record<string, unknown>) => {
    const asked: string[] = []
    const namespace = {
      jurisdiction(name: string) {
        asked.push(name)
        return namespace
      },
    }
    expect(placed(envWith(change), namespace)).toBe(namespace)
    return asked
  }
  test.each([
    ['by default', {}, ['eu']],
    ['where the operator says so', { DATA_JURISDICTION: 'fedramp' }, ['fedramp']],
    ['wherever Cloudflare likes', { DATA_JURISDICTION: 'none' }, []],
    [
      'on this machine, whatever is said',
      { PUBLIC_URL: 'http://localhost:8787', DATA_JURISDICTION: 'eu' },
      [],
    ],
    ['on this machine, by another name', { PUBLIC_URL: 'http://[::1]:8787' }, []],
  ])('%s', (_, change, asked) => expect(namespaceIn(change)).toEqual(asked))

  test('a place that there is not is refused by name', () => {
    expect(faultOf({ DATA_JURISDICTION: 'mars' })).toBe(
      'The setting DATA_JURISDICTION must be eu, fedramp or none',
    )
  })
})

describe('alerts to the operator', () => {
  const hook = { ALERT_WEBHOOK_URL: 'https://alerts.example.com/relay', ALERT_WEBHOOK_SECRET: 'secret' }

  test('go to a webhook, by mail, or nowhere', () => {
    expect(read(hook)).toMatchObject(hook)
    const mail = { ALERT_EMAIL: 'operator@example.com', ALERT_FROM: 'relay@example.com' }
    expect(read(mail)).toMatchObject(mail)
  })

  test.each(['http://alerts.example.com/', 'https://127.0.0.1/', 'https://[::ffff:10.0.0.1]/', 'nowhere'])(
    'never go to %s',
    (ALERT_WEBHOOK_URL) => {
      const fault = faultOf({ ...hook, ALERT_WEBHOOK_URL })
      expect(fault).toBe('The setting ALERT_WEBHOOK_URL must be a public https:// URL')
    },
  )

  test('are signed, and have a sender', () => {
    expect(faultOf({ ...hook, ALERT_WEBHOOK_SECRET: undefined })).toBe(
      'The setting ALERT_WEBHOOK_SECRET is missing',
    )
    expect(faultOf({ ALERT_EMAIL: 'operator@example.com' })).toBe('The setting ALERT_FROM is missing')
  })
})

test('they are read once for each Worker', () => {
  const env = envWith({})
  expect(settingsOf(env)).toBe(settingsOf(env))
  expect(settingsOf(envWith({}))).not.toBe(settingsOf(env))
})

describe('a setting that is missing', () => {
  test.each(Object.keys(COMPLETE))('%s is named', (name) => {
    expect(faultOf({ [name]: undefined })).toBe(`The setting ${name} is missing`)
  })

  test('one after another, as they are put right', () => {
    const nothing = Object.fromEntries(Object.keys(COMPLETE).map((name) => [name, undefined]))
    const named = new Set<string>()
    const given: Record<string, unknown> = {}
    for (let n = 0; n < Object.keys(COMPLETE).length; n++) {
      const name = /^The setting (\w+) is missing$/.exec(faultOf({ ...nothing, ...given }))?.[1] ?? ''
      named.add(name)
      given[name] = COMPLETE[name]
    }
    expect(named).toEqual(new Set(Object.keys(COMPLETE)))
    expect(() => read(given)).not.toThrow()
  })

  test('Tribe’s marketplace application is nobody’s duty', () => {
    expect(read().TRIBE_CLIENT_ID).toBeUndefined()
    expect(read({ TRIBE_CLIENT_ID: 'id', TRIBE_CLIENT_SECRET: 's' })).toMatchObject({
      TRIBE_CLIENT_ID: 'id',
      TRIBE_CLIENT_SECRET: 's',
    })
  })
})

describe('a setting that is malformed', () => {
  test.each([
    ['PUBLIC_URL', 'relay.example.com'],
    ['PUBLIC_URL', ''],
    ['PUBLIC_URL', 'ftp://relay.example.com'],
    ['PUBLIC_URL', 'https://'],
    ['TRIBE_API_URL', 'http://api.tribecrm.nl/v1'],
    ['TRIBE_AUTH_URL', 'javascript:alert(1)'],
    ['POWEROFFICE_API_URL', 'file:///etc/passwd'],
    ['POWEROFFICE_TOKEN_URL', 'http://goapi.poweroffice.net/OAuth/Token'],
    ['POWEROFFICE_REQUESTS_PER_SECOND', ''],
    ['POWEROFFICE_REQUESTS_PER_SECOND', 'ten'],
    ['POWEROFFICE_REQUESTS_PER_SECOND', '0'],
    ['POWEROFFICE_REQUESTS_PER_SECOND', '-1'],
    ['POWEROFFICE_REQUESTS_PER_SECOND', '2.5'],
    ['POWEROFFICE_REQUESTS_PER_SECOND', '1001'],
    ['TRIBE_RECORD_URL', 'https://app.tribecrm.nl/entity/'],
    ['TRIBE_RECORD_URL', 'javascript:alert("{ID}")'],
    ['POWEROFFICE_RECORD_URL', 'go.example/{ID}'],
    ['CALL_TIMEOUT_MS', '0'],
    ['CALL_TIMEOUT_MS', 'soon'],
    ['ADMIN_TOKEN', ''],
    ['ADMIN_TOKEN', 'x'],
    ['ADMIN_TOKEN', 'x'.repeat(31)],
    ['ADMIN_TOKEN', 'demo-operator-token'],
    ['SEALING_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`],
    ['TRIBE_REQUESTS_PER_MINUTE', 'many'],
    ['TRIBE_REQUESTS_PER_MINUTE', '0'],
    ['POWEROFFICE_APPLICATION_KEY', ''],
    ['POWEROFFICE_SUBSCRIPTION_KEY', ''],
    ['TRIBE_CLIENT_ID', ''],
    ['SEALING_KEYS', ''],
    ['SEALING_KEYS', 'hemmelig'],
    ['SEALING_KEYS', `${KEY},${KEY}`],
    ['SEALING_KEYS', 'a:dG9vIHNob3J0'],
  ])('%s cannot be "%s", and the fault names it', (name, value) => {
    const fault = faultOf({ [name]: value })
    expect(fault).toMatch(new RegExp(`^The setting ${name} `))
    expect(fault).not.toContain('missing')
    expect(fault.length).toBeGreaterThan(`The setting ${name} `.length + 5)
  })

  test('is not shown, and nor are the others: they may be secret', () => {
    for (const [name, value] of [
      ['SEALING_KEYS', 'hemmelig'],
      ['ADMIN_TOKEN', 12345],
      ['PUBLIC_URL', 'hemmelig'],
      ['POWEROFFICE_REQUESTS_PER_SECOND', 'hemmelig'],
    ] as const) {
      const fault = faultOf({ [name]: value })
      expect(fault).not.toContain(String(value))
      for (const secret of SECRETS) expect(fault).not.toContain(String(secret))
    }
  })
})

describe('a URL', () => {
  const URLS = [
    'PUBLIC_URL',
    'TRIBE_API_URL',
    'TRIBE_AUTH_URL',
    'POWEROFFICE_API_URL',
    'POWEROFFICE_TOKEN_URL',
  ] as const

  test.each(URLS)('%s may be plain http on this very machine, and nowhere else', (name) => {
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'localhost:8787', '127.0.0.1:1', 'LOCALHOST:80'])
      expect(read({ [name]: `http://${host}/v1` })[name]).toBe(`http://${host}/v1`)
    for (const host of [
      ...[
        'example.com',
        'localhost.example.com',
        'localhost@example.com',
        '127.0.0.1.example.com',
        '10.0.0.1',
      ],
      ...['0.0.0.0', '[::2]', 'example.com#localhost', 'notlocalhost'],
    ])
      expect(faultOf({ [name]: `http://${host}/v1` })).toContain(`The setting ${name} `)
  })

  test.each(URLS)('%s loses its last slash, so that paths can be put behind it', (name) => {
    expect(read({ [name]: 'https://example.com/v1/' })[name]).toBe('https://example.com/v1')
    expect(read({ [name]: 'https://example.com//' })[name]).toBe('https://example.com')
    expect(read({ [name]: 'https://example.com/v1' })[name]).toBe('https://example.com/v1')
  })

  test('loses the blanks around it, or is refused: paths are put behind it', () => {
    const readOr = (fallback: null, name: (typeof URLS)[number], text: string): string | null => {
      try {
        return read({ [name]: text })[name]
      } catch {
        return fallback
      }
    }
    for (const name of URLS)
      for (const text of [' https://example.com/v1', 'https://example.com/v1 ', 'https://example.com/v1\n'])
        expect([null, 'https://example.com/v1']).toContain(readOr(null, name, text))
  })
})

test('numbers are written as texts, as wrangler has them', () => {
  expect(read({ POWEROFFICE_REQUESTS_PER_SECOND: '7', CALL_TIMEOUT_MS: '500' })).toMatchObject({
    POWEROFFICE_REQUESTS_PER_SECOND: 7,
    CALL_TIMEOUT_MS: 500,
  })
})
