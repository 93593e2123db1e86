import { sha256 } from './secrets'

/**
 * The names under which each system holds the other's id. They are pure functions of the record and of the two
 * companies that are served, and not of the tenant: a create whose outcome is unknown can be looked up, and whoever
 * serves the two companies later recognises what is there. References of an older version come from the
 * tenant's id; they are recognised, too.
 */
export interface Marks {
  /** Stands for the organisation in Tribe and the client in PowerOffice, 8 hex digits. */
  companies: string
  /** Stands for the tenant, as an older version had it. */
  tenant: string
}
export interface Marked {
  marks: Marks
}

export async function marksOf(given: {
  tenantId: string
  organizationId: string
  clientId: string
}): Promise<Marks> {
  const spelled = (id: string) => id.trim().toLowerCase()
  const mark = async (text: string) => (await sha256(text)).slice(0, 8)
  return {
    companies: await mark(`${spelled(given.organizationId)} ${spelled(given.clientId)}`),
    tenant: await mark(given.tenantId),
  }
}

// ── In PowerOffice ──────────────────────────────────────────────────────────

/** `ExternalImportReference` in PowerOffice, 46 characters, which takes 50 and no comma. */
export const referenceOf = ({ marks }: Marked, tribeId: string): string => written(marks.companies, tribeId)

/** All that we may have called the record, the usual one first. */
export const referencesOf = ({ marks }: Marked, tribeId: string): string[] =>
  [marks.companies, marks.tenant].map((mark) => written(mark, tribeId))

const written = (mark: string, tribeId: string) =>
  `relay:${mark}:${tribeId.replaceAll('-', '').toLowerCase()}`

const REFERENCE =
  /^relay:([0-9a-f]{8}):([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})(-\d+)?$/

/**
 * The Tribe id in a reference that a relay made, whichever tenant it was for: an id of Tribe's is no other record's, so
 * where Tribe knows it, the two are one. Null for anyone else's reference.
 */
export function tribeIdIn(reference: string | null | undefined): string | null {
  const parts = REFERENCE.exec(reference ?? '')
  return parts ? parts.slice(2, 7).join('-') : null
}

/** Whether it was made for these two companies, so that a record that Tribe does not know has been there once. */
export function isOfTheseCompanies({ marks }: Marked, reference: string | null | undefined): boolean {
  const mark = REFERENCE.exec(reference ?? '')?.[1]
  return mark === marks.companies || mark === marks.tenant
}

// ── In Tribe ────────────────────────────────────────────────────────────────

/** `ImportId` in Tribe. */
export const importIdOf = ({ marks }: Marked, kind: string, powerOfficeId: string | number): string =>
  `poweroffice:${marks.companies}:${kind}:${powerOfficeId}`

/** All that it may hold for that record, the usual one first: an older version named no client. */
export const importIdsOf = (ctx: Marked, kind: string, powerOfficeId: string | number): string[] => [
  importIdOf(ctx, kind, powerOfficeId),
  `poweroffice:${kind}:${powerOfficeId}`,
]

/** The PowerOffice id in an `ImportId`; null when it names no record of this client. */
export function powerOfficeIdFrom(
  { marks }: Marked,
  kind: string,
  importId: string | null | undefined,
): string | null {
  const parts = IMPORT_ID.exec(importId ?? '')
  if (!parts || parts[2] !== kind) return null
  return parts[1] === undefined || parts[1] === marks.companies ? (parts[3] ?? null) : null
}

/**
 * Records of Tribe by the PowerOffice id that their `ImportId` names. Those that name this client go before those that name
 * none; there may be several, since Tribe lets a mark be copied.
 */
export function byImportId<T extends { ImportId?: string | null | undefined }>(
  ctx: Marked,
  kind: string,
  records: Iterable<T>,
): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const record of records) {
    const id = powerOfficeIdFrom(ctx, kind, record.ImportId)
    if (id !== null) found.set(id, [...(found.get(id) ?? []), record])
  }
  for (const [id, those] of found) {
    const surely = those.filter(({ ImportId }) => ImportId === importIdOf(ctx, kind, id))
    if (surely.length > 0) found.set(id, surely)
  }
  return found
}

/** What a query asks Tribe for; it finds `ImportId`s of other clients, too, which the caller leaves out. */
export const importIdEnd = (kind: string, powerOfficeId: string | number): string =>
  `:${kind}:${powerOfficeId}`

/** Whether a relay wrote it, for whichever client. */
export const isImportId = (kind: string, importId: string | null | undefined): boolean =>
  IMPORT_ID.exec(importId ?? '')?.[2] === kind

const IMPORT_ID = /^poweroffice:(?:([0-9a-f]{8}):)?([a-zA-Z]+):(\d+)$/
