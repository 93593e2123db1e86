import { describe, expect, test } from 'vitest'
import { createTokens, type Token, type TokenStore } from '../../src/shared/tokens'

const SECOND = 1000
const MINUTE = 60 * SECOND

function aStore(kept: Token | null = null) {
  return {
    kept,
    async get() {
      return this.kept
    },
    async put(token: Token | null) {
      this.kept = token
    },
  } satisfies TokenStore & { kept: Token | null }
}

/** The other side gives out `token 1`, `token 2`, … which live that long; a test moves the clock. */
function aTokenServer(lifeMs: number) {
  const server = {
    now: 1_000_000,
    calls: 0,
    isDown: false,
    takesMs: 0,
    request: async (): Promise<Token> => {
      server.calls++
      const askedAt = server.now
      await new Promise((resolve) => setTimeout(resolve, 1))
      server.now += server.takesMs
      if (server.isDown) throw new Error('no token today')
      return { value: `token ${server.calls}`, expiresAt: askedAt + lifeMs }
    },
    tokens: (store: TokenStore = aStore()) => createTokens(store, server.request, () => server.now),
  }
  return server
}

describe('a token', () => {
  test('is asked for once, and used until it is nearly over', async () => {
    const server = aTokenServer(20 * MINUTE)
    const tokens = server.tokens()
    for (let n = 0; n < 19; n++) {
      expect(await tokens.current()).toBe('token 1')
      server.now += MINUTE - 1
    }
    expect(server.calls).toBe(1)
  })

  test('is renewed a minute before it ends, so that no call sets out with one that ends on the way', async () => {
    const server = aTokenServer(20 * MINUTE)
    const tokens = server.tokens()
    await tokens.current()
    server.now += 19 * MINUTE - 1
    expect(await tokens.current()).toBe('token 1')
    server.now += 1
    expect(await tokens.current()).toBe('token 2')
  })

  test('with a short life is renewed when a fifth of it is left, and not at every call', async () => {
    const server = aTokenServer(50 * SECOND)
    const tokens = server.tokens()
    await tokens.current()
    server.now += 40 * SECOND - 1
    expect(await tokens.current()).toBe('token 1')
    server.now += 1
    expect(await tokens.current()).toBe('token 2')
    expect(server.calls).toBe(2)
  })

  test('is asked for once, however many want it at once', async () => {
    const server = aTokenServer(20 * MINUTE)
    const tokens = server.tokens()
    const given = await Promise.all(Array.from({ length: 50 }, () => tokens.current()))
    expect(new Set(given)).toEqual(new Set(['token 1']))
    expect(server.calls).toBe(1)

    server.now += 20 * MINUTE
    await Promise.all(Array.from({ length: 50 }, () => tokens.current()))
    expect(server.calls).toBe(2)
  })

  test('that could not be had is asked for again by the next one who wants it', async () => {
    const server = aTokenServer(20 * MINUTE)
    const tokens = server.tokens()
    server.isDown = true
    const outcomes = await Promise.allSettled([tokens.current(), tokens.current()])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(server.calls).toBe(1)

    server.isDown = false
    expect(await tokens.current()).toBe('token 2')
  })

  test('that came slowly is not taken for one that has all its life before it', async () => {
    const server = aTokenServer(10 * MINUTE)
    server.takesMs = 2 * MINUTE
    const tokens = server.tokens()
    await tokens.current()
    server.takesMs = 0
    // Its end is at ten minutes from the question, and it is renewed a minute ahead.
    server.now += 7 * MINUTE
    expect(await tokens.current()).toBe('token 2')
  })
})

describe('a token that is kept', () => {
  test('serves whoever comes after a restart, without a call', async () => {
    const server = aTokenServer(20 * MINUTE)
    const store = aStore()
    await server.tokens(store).current()
    expect(await server.tokens(store).current()).toBe('token 1')
    expect(server.calls).toBe(1)
  })

  test('is renewed as early after a restart as before', async () => {
    const server = aTokenServer(20 * MINUTE)
    const store = aStore()
    await server.tokens(store).current()
    server.now += 19 * MINUTE
    expect(await server.tokens(store).current()).toBe('token 2')
    expect(store.kept?.value).toBe('token 2')
  })
})

describe('a token that the other side refuses', () => {
  test('is forgotten, and the next call gets a new one', async () => {
    const server = aTokenServer(20 * MINUTE)
    const store = aStore()
    const tokens = server.tokens(store)
    await tokens.drop(await tokens.current())
    expect(store.kept).toBeNull()
    expect(await tokens.current()).toBe('token 2')
  })

  test('costs one new token, though four calls were refused with it', async () => {
    const server = aTokenServer(20 * MINUTE)
    const tokens = server.tokens()
    const refused = await tokens.current()
    const again = async () => {
      await tokens.drop(refused)
      return tokens.current()
    }
    expect(new Set(await Promise.all([again(), again(), again(), again()]))).toEqual(new Set(['token 2']))
    expect(server.calls).toBe(2)
  })

  test('does not take the one with it that has replaced it', async () => {
    const server = aTokenServer(20 * MINUTE)
    const store = aStore()
    const tokens = server.tokens(store)
    const refused = await tokens.current()
    await tokens.drop(refused)
    await tokens.current()
    await tokens.drop(refused)
    expect(await tokens.current()).toBe('token 2')
    expect(store.kept?.value).toBe('token 2')
    expect(server.calls).toBe(2)
  })

  test('does not take the one with it that the other lane of the same tenant has fetched since', async () => {
    const server = aTokenServer(20 * MINUTE)
    const store = aStore()
    const [push, bulk] = [server.tokens(store), server.tokens(store)]
    const refused = await push.current()
    expect(await bulk.current()).toBe(refused)

    await push.drop(refused)
    expect(await push.current()).toBe('token 2')
    await bulk.drop(refused)

    expect(store.kept?.value).toBe('token 2')
    expect(await bulk.current()).toBe('token 2')
    expect(server.calls).toBe(2)
  })

  test('was never ours: nothing happens', async () => {
    const server = aTokenServer(20 * MINUTE)
    const tokens = server.tokens()
    await tokens.current()
    await tokens.drop('somebody else’s')
    expect(await tokens.current()).toBe('token 1')
  })
})
