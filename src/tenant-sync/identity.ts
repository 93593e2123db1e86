import type { Companies } from '../shared/identity'
import type { Sealer } from '../shared/secrets'
import type { IntakeSecrets } from './intake'

/** What the object keeps of its tenant, so that it can take webhooks while D1 is away (design 2). */
export interface TenantIdentity {
  tenantId: string
  /** SHA-256 of the value of our webhook header. */
  webhookSecretHash: string
  /** An object of an older version has not been told. */
  serves?: Companies
  /** Sealed for `<tenantId>:signingSecret`. */
  sealedSigningSecrets: string[]
}

/** What a delivery may prove itself by. */
export function secretsOf(
  { tenantId, webhookSecretHash, sealedSigningSecrets }: TenantIdentity,
  sealer: Sealer,
): IntakeSecrets {
  const open = (sealed: string) => sealer.open(`${tenantId}:signingSecret`, sealed)
  return { headerHash: webhookSecretHash, signing: () => Promise.all(sealedSigningSecrets.map(open)) }
}
