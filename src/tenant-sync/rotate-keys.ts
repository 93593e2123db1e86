import type { Database } from '../db/database'
import { type SealedColumn, tenantsIn } from '../db/tenants'
import type { Sealer } from '../shared/secrets'
import type { Facts } from '../sync-step'
import { grantsIn } from './tokens'

/** For what each secret of the registry was sealed; signing secrets are a list of their own. */
const SEALED_FOR: Readonly<Record<Exclude<SealedColumn, 'sealedSigningSecrets'>, string>> = {
  sealedTribe: 'tribe',
  sealedClientKey: 'clientKey',
  sealedFingerprintKey: 'fingerprintKey',
  sealedWebhookSecret: 'webhookSecret',
  sealedAlertSecret: 'alertSecret',
  sealedEventsSecret: 'eventsSecret',
}

/**
 * Seals anew what a tenant entrusted to us and an older key sealed, so that the older key may go (DESIGN.md §9.2).
 * Whoever connects meanwhile wins. Access tokens are left: they are fetched anew. Gives how many it sealed.
 */
export async function rotateKeys(
  db: Database,
  tenantId: string,
  { facts, sealer }: { facts: Facts; sealer: Sealer },
): Promise<number> {
  let count = 0
  const anew = async (purpose: string, sealed: string): Promise<string> => {
    if (!sealer.isStale(sealed)) return sealed
    count++
    const context = `${tenantId}:${purpose}`
    return sealer.seal(context, await sealer.open(context, sealed))
  }
  const listAnew = (list: readonly string[]) =>
    Promise.all(list.map((sealed) => anew('signingSecret', sealed)))

  const identity = facts.get('tenant')
  if (identity?.sealedSigningSecrets.some(sealer.isStale)) {
    const sealedSigningSecrets = await listAnew(identity.sealedSigningSecrets)
    if (same(facts.get('tenant'), identity)) facts.set('tenant', { ...identity, sealedSigningSecrets })
  }
  await grantsIn(facts, sealer, tenantId).rotateKeys()

  const tenants = tenantsIn(db)
  const tenant = await tenants.find(tenantId)
  for (const [column, purpose] of Object.entries(SEALED_FOR) as [SealedColumn, string][]) {
    const was = tenant?.[column]
    if (was && sealer.isStale(was))
      await tenants.replaceSealed(tenantId, column, was, await anew(purpose, was))
  }
  const signing = tenant?.sealedSigningSecrets
  if (signing) {
    const now = JSON.stringify(await listAnew(JSON.parse(signing)))
    if (now !== signing) await tenants.replaceSealed(tenantId, 'sealedSigningSecrets', signing, now)
  }
  return count
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
