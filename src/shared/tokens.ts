/** An access token and when it stops to be good, in milliseconds since 1970. */
export interface Token {
  value: string
  expiresAt: number
}

/** Where a token outlives the client that fetched it. */
export interface TokenStore {
  get(): Promise<Token | null>
  put(token: Token | null): Promise<void>
}

export interface Tokens {
  /** A token that is good for a while yet. */
  current(): Promise<string>
  /** The other side refused this one: forget it, unless another caller has replaced it already. */
  drop(value: string): Promise<void>
}

/** Tokens are renewed ahead of their end: a minute, or a fifth of a short life. */
const aheadMs = (lifeMs: number) => Math.min(60_000, lifeMs / 5)

/**
 * Keeps one token; however many ask at once, one call fetches it. With `withLock`, also one of all that share
 * the store: whoever comes second finds what the first has brought.
 */
export function createTokens(
  store: TokenStore,
  request: () => Promise<Token>,
  now: () => number,
  withLock: (run: () => Promise<Token>) => Promise<Token> = (run) => run(),
): Tokens {
  let kept: Token | null = null
  let underWay: Promise<Token> | null = null
  const fetched = async (): Promise<Token> => {
    const known = await store.get()
    if (known && known.expiresAt > now()) return known
    const token = await request()
    const lifeMs = token.expiresAt - now()
    const good = { value: token.value, expiresAt: token.expiresAt - aheadMs(lifeMs) }
    await store.put(good)
    return good
  }
  return {
    async current() {
      kept ??= await store.get()
      if (kept && kept.expiresAt > now()) return kept.value
      underWay ??= withLock(fetched).finally(() => {
        underWay = null
      })
      kept = await underWay
      return kept.value
    },
    async drop(value) {
      if (kept?.value === value) kept = null
      // Another lane of the tenant may have fetched a new one since.
      if ((await store.get())?.value === value) await store.put(null)
    },
  }
}
