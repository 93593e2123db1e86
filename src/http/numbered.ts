import type { Database } from '../db/database'
import { linksOf } from '../db/links'

interface Named {
  kind: string
  tribeId: string | null
  powerOfficeId: string | null
}

/** With the number that each record has, where its link knows one: people know records by it, and not by ids. */
export async function numbered<T extends Named>(
  db: Database,
  tenantId: string,
  records: readonly T[],
): Promise<(T & { number: string | null })[]> {
  const ids = records.flatMap(({ tribeId, powerOfficeId }) =>
    [tribeId, powerOfficeId].filter((id) => id !== null),
  )
  const numbers = ids.length > 0 ? await linksOf(db, tenantId).numbersOf([...new Set(ids)]) : new Map()
  return records.map((record) => ({
    ...record,
    number:
      numbers.get(`${record.kind} ${record.tribeId}`) ??
      numbers.get(`${record.kind} ${record.powerOfficeId}`) ??
      null,
  }))
}
