import { SyncError } from '../shared/errors'
import type { Sealer } from '../shared/secrets'
import { createTokens, type Token, type TokenStore, type Tokens } from '../shared/tokens'
import type { Facts } from '../sync-step'
import { requestToken, type TokenOptions } from '../tribe/auth'
import { refreshTokens } from '../tribe/consent'
import type { ClientCredentials, Consent, TribeSecret } from '../tribe/secret'
import type { ObjectState } from './assemble'

interface Holding {
  tenantId: string
  sealedTribe: string
  /** The operator's, for tenants that are connected by consent. */
  application: ClientCredentials | null
  sealer: Sealer
  held: Pick<ObjectState, 'facts' | 'withLock' | 'now'>
}

/**
 * Tribe's access tokens of a tenant, by client credentials or by a user's consent. One is fetched at a time,
 * over all that goes on for the tenant: a refresh token that is used twice ends the consent (tribe/API.md §1.5).
 */
export function tribeTokens(secret: TribeSecret, options: TokenOptions, holding: Holding): Tokens {
  const { tenantId, sealedTribe, sealer, held } = holding
  const request =
    'grantId' in secret ? refreshing(secret, options, holding) : () => requestToken(secret, options)
  return createTokens(
    tokenStore(held.facts, sealer, `${tenantId}:tribe-token`, sealedTribe),
    request,
    held.now,
    (run) => held.withLock('tribe-token', run),
  )
}

/** The next refresh token is kept before the access token that came with it is used. */
function refreshing(consent: Consent, options: TokenOptions, holding: Holding): () => Promise<Token> {
  const grants = grantsIn(holding.held.facts, holding.sealer, holding.tenantId)
  return async () => {
    const { application } = holding
    if (!application) {
      const message =
        'The relay has no application in Tribe (any more): its operator has to set TRIBE_CLIENT_ID and TRIBE_CLIENT_SECRET'
      throw new SyncError('tribe.application_missing', 'reconnect', message)
    }
    const current = (await grants.find(consent.grantId)) ?? consent.refreshToken
    const { token, refreshToken } = await refreshTokens(application, current, options)
    if (refreshToken !== null) await grants.keep(consent.grantId, refreshToken)
    return token
  }
}

const GRANTS = 'tribe-grants'
/** A run that still holds the consent before the last must not push the last one out. */
const MOST_GRANTS = 3

/** The newest refresh token of each consent. */
export function grantsIn(facts: Facts, sealer: Sealer, tenantId: string) {
  const name = `${tenantId}:${GRANTS}`
  const all = () => facts.get(GRANTS) ?? []
  return {
    async find(grantId: string): Promise<string | null> {
      const grant = all().find((one) => one.grantId === grantId)
      return grant ? sealer.open(name, grant.sealed) : null
    },
    async keep(grantId: string, refreshToken: string): Promise<void> {
      const sealed = await sealer.seal(name, refreshToken)
      const others = all().filter((one) => one.grantId !== grantId)
      facts.set(GRANTS, [{ grantId, sealed }, ...others].slice(0, MOST_GRANTS))
    },
    /** Under the key that seals now (DESIGN.md §9.2). */
    async rotateKeys(): Promise<void> {
      for (const { grantId, sealed } of all()) {
        if (!sealer.isStale(sealed)) continue
        const fresh = await sealer.seal(name, await sealer.open(name, sealed))
        // One that was replaced meanwhile is sealed by the new key already.
        facts.set(
          GRANTS,
          all().map((one) => (one.sealed === sealed ? { grantId, sealed: fresh } : one)),
        )
      }
    },
  }
}

/** A token outlives the object's memory, sealed, and only as long as the credentials that it was fetched with. */
export function tokenStore(
  facts: Facts,
  sealer: Sealer,
  name: `${string}-token`,
  credentials: string,
): TokenStore {
  const mark = credentials.slice(-16)
  return {
    async get() {
      const kept = facts.get(name)
      if (!kept || kept.credentials !== mark) return null
      // Sealed by a key that is gone: another is fetched.
      const value = await sealer.open(name, kept.sealed).catch(() => null)
      return value === null ? null : { value, expiresAt: kept.expiresAt }
    },
    async put(token) {
      if (!token) return facts.remove(name)
      facts.set(name, {
        sealed: await sealer.seal(name, token.value),
        expiresAt: token.expiresAt,
        credentials: mark,
      })
    },
  }
}
