export interface RecordIds {
  tribeId: string | null
  powerOfficeId: string | null
}

/**
 * Which record a job names. Its subject is `tribe:<id>` or `powerOffice:<id>`, for work by hand with the kind
 * of record in front; one that a webhook asked for is a bare id of Tribe's.
 */
export function idsOf({ kind, subject }: { kind: string; subject: string }): RecordIds {
  const parts = subject.split(':')
  if (kind === 'relink') return { tribeId: parts[1] ?? null, powerOfficeId: parts[2] ?? null }
  const [side, id] = kind === 'recreate' ? parts.slice(1) : parts
  if (id !== undefined)
    return side === 'tribe' ? { tribeId: id, powerOfficeId: null } : { tribeId: null, powerOfficeId: id }
  return { tribeId: kind === 'tribe-changed' ? subject : null, powerOfficeId: null }
}

/** Jobs of this kind only look for something again, ever more rarely: a tenant that has nothing else to do is at rest. */
export const LEISURE = 'documentation'
