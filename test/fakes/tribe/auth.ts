/** OAuth 2: client credentials, and a person's consent with refresh tokens that rotate. */
import type { FakeClock } from '../kit'

/** Who asks: an environment's own application, or one of the marketplace that serves many. */
export interface Application {
  clientId: string
  clientSecret: string
  /** Null: client credentials only. */
  redirectUri: string | null
  /** The environment it belongs to; null for the marketplace, where consent decides. */
  environmentId: string | null
  mayAskOffline: boolean
  isRevoked: boolean
}

interface Grant {
  application: Application
  environmentId: string
  scope: string
  /** Acts as the person who consented rather than as the application's virtual user. */
  isConsent: boolean
  isLocked: boolean
  refreshToken: string | null
}

interface AccessToken {
  grant: Grant
  expiresAt: number
  /** Real times at which it was used after it had expired. */
  lateUses: number[]
}

interface Code {
  grant: Grant
  redirectUri: string
  expiresAt: number
  isUsed: boolean
}

export type TokenAnswer =
  | {
      status: 200
      body: {
        access_token: string
        token_type: 'bearer'
        expires_in: number
        scope: string
        refresh_token?: string
      }
    }
  | { status: 400 | 401; body: { error: string; error_description: string; status_code: number } }

export interface Holder {
  environmentId: string
  scope: string
  isConsent: boolean
}

const SIDE_BY_SIDE = 4
const KNOWN_SCOPES = ['read', 'write', 'offline']

export class Auth {
  readonly applications: Application[] = []
  private readonly accessTokens = new Map<string, AccessToken>()
  private readonly refreshTokens = new Map<string, Grant>()
  private readonly codes = new Map<string, Code>()

  constructor(
    private readonly clock: FakeClock,
    private readonly random: () => number,
    private readonly violate: (line: string, environmentId: string | null) => void,
    public tokenLifeSeconds: number,
  ) {}

  answer(form: URLSearchParams): TokenAnswer {
    const application = this.applications.find((app) => app.clientId === form.get('client_id'))
    if (!application || application.isRevoked || application.clientSecret !== form.get('client_secret')) {
      return refusal(401, 'invalid_client', 'The client is unknown or its secret is wrong.')
    }
    switch (form.get('grant_type')) {
      case 'client_credentials':
        return this.clientCredentials(application, form)
      case 'authorization_code':
        return this.exchange(application, form)
      case 'refresh_token':
        return this.refresh(application, form)
    }
    return refusal(400, 'unsupported_grant_type', 'This grant type is not supported.')
  }

  /** Makes the code that the browser brings back after consent. */
  consent(application: Application, environmentId: string, scope: string, redirectUri: string): string {
    // Whoever may not stay connected is granted the rest, and no refresh token.
    const isGranted = (one: string) => one !== 'offline' || application.mayAskOffline
    const granted = scope.split(' ').filter(isGranted).join(' ')
    const about = { application, environmentId, scope: granted }
    const grant = { ...about, isConsent: true, isLocked: false, refreshToken: null }
    const code = this.token('code')
    this.codes.set(code, { grant, redirectUri, expiresAt: this.now() + 600_000, isUsed: false })
    return code
  }

  /** Whose token this is, as far as the token says, valid or not. */
  environmentOf(token: string): string | null {
    return this.accessTokens.get(token)?.grant.environmentId ?? null
  }

  holderOf(token: string): Holder | null {
    const known = this.accessTokens.get(token)
    if (!known || known.grant.isLocked || known.grant.application.isRevoked) return null
    const { environmentId, scope, isConsent } = known.grant
    if (this.now() < known.expiresAt) return { environmentId, scope, isConsent }
    known.lateUses.push(Date.now())
    // Requests side by side find out together; one that comes later should have known.
    const [first = 0] = known.lateUses
    const isRepeated = known.lateUses.length > SIDE_BY_SIDE || Date.now() - first > 250
    if (isRepeated) this.violate('an expired token was used more than once', environmentId)
    return null
  }

  /** Ends every token of an environment, as revoking its access does. */
  revokeTokens(environmentId: string): void {
    for (const { grant } of this.accessTokens.values())
      if (grant.environmentId === environmentId) grant.isLocked = true
    for (const grant of this.refreshTokens.values())
      if (grant.environmentId === environmentId) grant.isLocked = true
  }

  private clientCredentials(application: Application, form: URLSearchParams): TokenAnswer {
    const scope = form.get('scope') ?? 'read write'
    const unknown = unknownScope(scope)
    if (unknown) return refusal(400, 'invalid_scope', `The scope '${unknown}' is unknown.`)
    if (application.environmentId === null) {
      return refusal(400, 'unauthorized_client', 'This application needs the consent of a user.')
    }
    if (scope.split(' ').includes('offline') && !application.mayAskOffline) {
      return refusal(400, 'invalid_grant', 'The application may not ask for offline access.')
    }
    const { environmentId } = application
    return this.grantAnswer({
      application,
      environmentId,
      scope,
      isConsent: false,
      isLocked: false,
      refreshToken: null,
    })
  }

  private exchange(application: Application, form: URLSearchParams): TokenAnswer {
    const code = this.codes.get(form.get('code') ?? '')
    if (!code || code.grant.application !== application) return invalidGrant()
    if (code.isUsed) {
      // Somebody else may hold it too, so what came of it ends as well.
      code.grant.isLocked = true
      this.violate('an authorization code was used twice', code.grant.environmentId)
      return invalidGrant()
    }
    if (this.now() >= code.expiresAt || code.redirectUri !== form.get('redirect_uri')) return invalidGrant()
    code.isUsed = true
    return this.grantAnswer(code.grant)
  }

  private refresh(application: Application, form: URLSearchParams): TokenAnswer {
    const token = form.get('refresh_token') ?? ''
    const grant = this.refreshTokens.get(token)
    if (!grant || grant.application !== application || grant.isLocked) return invalidGrant()
    if (grant.refreshToken !== token) {
      grant.isLocked = true
      this.violate('an old refresh token was used: the grant is locked', grant.environmentId)
      return invalidGrant()
    }
    return this.grantAnswer(grant)
  }

  private grantAnswer(grant: Grant): TokenAnswer {
    const accessToken = this.token('at')
    const expiresAt = this.now() + this.tokenLifeSeconds * 1000
    this.accessTokens.set(accessToken, { grant, expiresAt, lateUses: [] })
    const body = {
      access_token: accessToken,
      token_type: 'bearer' as const,
      expires_in: this.tokenLifeSeconds,
      scope: grant.scope,
    }
    if (!grant.scope.split(' ').includes('offline')) return { status: 200, body }
    grant.refreshToken = this.token('rt')
    this.refreshTokens.set(grant.refreshToken, grant)
    return { status: 200, body: { ...body, refresh_token: grant.refreshToken } }
  }

  private now(): number {
    return this.clock.now().getTime()
  }

  private token(kind: string): string {
    return `${kind}_${Array.from({ length: 48 }, () => Math.floor(this.random() * 36).toString(36)).join('')}`
  }
}

export const unknownScope = (scope: string) =>
  scope.split(' ').find((word) => !KNOWN_SCOPES.includes(word)) ?? null

function refusal(status: 400 | 401, error: string, description: string): TokenAnswer {
  return { status, body: { error, error_description: description, status_code: status } }
}

const invalidGrant = () =>
  refusal(400, 'invalid_grant', 'The authorization code or refresh token is invalid, expired or revoked.')
