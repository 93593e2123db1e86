/** Keys and tokens: who is calling. */
import type { Books } from './books'
import type { Random } from './random'

interface Token {
  books: Books
  /** In milliseconds of the fake's clock. */
  expiresAt: number
  usesAfterEnd: number
}

/** What is said of a bearer token; `books` is whose it was, even when it no longer opens anything. */
export type Bearer = { books: Books; isValid: boolean }

export class Tokens {
  private readonly tokens = new Map<string, Token>()

  constructor(
    private readonly random: Random,
    private readonly now: () => Date,
    private readonly lifeSeconds: number,
    private readonly violation: (text: string) => void,
  ) {}

  issue(books: Books): { access_token: string; token_type: string; expires_in: number } {
    const claims = { goAllowSendInvoice: books.allowSendInvoice, jti: this.random.hex(16) }
    const text = ['{"alg":"RS256"}', JSON.stringify(claims)]
      .map((part) => btoa(part).replaceAll('=', ''))
      .join('.')
    const token = `${text}.${this.random.hex(32)}`
    const expiresAt = this.now().getTime() + this.lifeSeconds * 1000
    this.tokens.set(token, { books, expiresAt, usesAfterEnd: 0 })
    return { access_token: token, token_type: 'bearer', expires_in: this.lifeSeconds }
  }

  /** Those that are out end now. Several calls may be on their way with one. */
  end(books: Books): void {
    for (const token of this.tokens.values()) {
      if (token.books !== books) continue
      token.expiresAt = this.now().getTime()
      token.usesAfterEnd = -8
    }
  }

  /** Whose token it is, without using it. */
  ownerOf(authorization: string | undefined): Books | null {
    return this.find(authorization)?.books ?? null
  }

  use(authorization: string | undefined): Bearer | null {
    const token = this.find(authorization)
    if (!token) return null
    const { isRevoked, quirks } = token.books
    const isValid = this.now().getTime() < token.expiresAt && !(isRevoked && quirks.revokeTokensToo)
    if (!isValid && ++token.usesAfterEnd > 1)
      this.violation(`${token.books.name}: an expired token is used more than once`)
    return { books: token.books, isValid }
  }

  private find(authorization: string | undefined): Token | null {
    const text = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
    return text ? (this.tokens.get(text) ?? null) : null
  }
}

/** The application key and client key of a token call. */
export function readBasic(
  authorization: string | undefined,
): { applicationKey: string; clientKey: string } | null {
  const encoded = /^Basic (\S+)$/i.exec(authorization ?? '')?.[1]
  if (!encoded) return null
  try {
    const [applicationKey, clientKey] = atob(encoded).split(':')
    return applicationKey && clientKey ? { applicationKey, clientKey } : null
  } catch {
    return null
  }
}
