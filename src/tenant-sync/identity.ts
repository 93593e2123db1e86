import type { FactOf } from '../facts'
import type { Sealer } from '../shared/secrets'
import type { IntakeSecrets } from './intake'

/** What the object keeps of its tenant, so that it can take webhooks while D1 is away (DESIGN.md §1.2). */
export type TenantIdentity = FactOf<'tenant'>

/** How long the secret that was replaced counts: Tribe's webhooks are made anew meanwhile. */
const FORMER_COUNTS_MS = 3_600_000

/** With the secret that this one replaces, if it does. */
export function withFormer(
  before: TenantIdentity | null,
  identity: TenantIdentity,
  now: number,
): TenantIdentity {
  const isNew = before !== null && before.webhookSecretHash !== identity.webhookSecretHash
  const former = isNew
    ? { hash: before.webhookSecretHash, until: now + FORMER_COUNTS_MS }
    : (before?.former ?? null)
  return { ...identity, former }
}

/** What a delivery may prove itself by. */
export function secretsOf(
  { tenantId, webhookSecretHash, former, sealedSigningSecrets }: TenantIdentity,
  sealer: () => Sealer,
  now: number,
): IntakeSecrets {
  const open = (sealed: string) => sealer().open(`${tenantId}:signingSecret`, sealed)
  const headerHashes = former && now < former.until ? [webhookSecretHash, former.hash] : [webhookSecretHash]
  return { headerHashes, signing: () => Promise.all(sealedSigningSecrets.map(open)) }
}
