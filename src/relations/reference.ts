import { sha256 } from '../shared/secrets'

/**
 * The names under which each system holds the other's id. Both are pure functions of tenant and record, so
 * that a create whose outcome is unknown can be looked up (design 10).
 */

/** `ExternalImportReference` in PowerOffice, 46 characters: the tenant's mark and the Tribe id (poweroffice-api §9: at most 50, no comma). */
export async function referenceOf(tenantId: string, tribeId: string): Promise<string> {
  return `${await markOf(tenantId)}${tribeId.replaceAll('-', '').toLowerCase()}`
}

/** The Tribe id in a reference that this tenant's relay made; null for anyone else's. */
export async function tribeIdFrom(
  tenantId: string,
  reference: string | null | undefined,
): Promise<string | null> {
  const mark = await markOf(tenantId)
  const hex = reference?.startsWith(mark) ? reference.slice(mark.length) : ''
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(hex)
  return parts ? parts.slice(1).join('-') : null
}

/** `ImportId` in Tribe, on the role (tribe-api §5.9). */
export const importIdOf = (kind: string, powerOfficeId: string): string =>
  `poweroffice:${kind}:${powerOfficeId}`

/** The PowerOffice id in an `ImportId` of ours; null for anyone else's. */
export function powerOfficeIdFrom(kind: string, importId: string | null | undefined): string | null {
  const prefix = importIdOf(kind, '')
  return importId?.startsWith(prefix) ? importId.slice(prefix.length) || null : null
}

const markOf = async (tenantId: string) => `relay:${(await sha256(tenantId)).slice(0, 8)}:`
