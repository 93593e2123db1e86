import type { NamesAnswer } from '../http/names'
import { type Api, Refusal } from './api'
import { apiPath } from './view'

/** What records on a page are called; where nobody says, the id stands there. */

interface Which {
  kind: string
  tribeId: string | null
  powerOfficeId: string | null
}
export type Names = (record: Which) => string | null
export const NO_NAMES: Names = () => null

/** Invoices go by their numbers. */
const NAMED: readonly string[] = ['customer', 'supplier', 'contactPerson', 'product']
const MOST = 50
const keyOf = ({ kind, tribeId, powerOfficeId }: Which) => `${kind}:${tribeId ?? ''}:${powerOfficeId ?? ''}`

/** One question for all that is on the screen. Whatever keeps it from being answered, the page is shown. */
export async function namesFor(api: Api, tenantId: string, records: readonly Which[]): Promise<Names> {
  const asked = [...new Set(records.filter(({ kind }) => NAMED.includes(kind)).map(keyOf))].slice(0, MOST)
  if (asked.length === 0) return NO_NAMES
  const query = new URLSearchParams({ records: asked.join(',') })
  try {
    const { names } = await api.get<NamesAnswer>(apiPath(tenantId, `/records/names?${query}`))
    const found = new Map(names.map((one) => [keyOf(one), one.name]))
    return (record) => found.get(keyOf(record)) ?? null
  } catch (thrown) {
    if (thrown instanceof Refusal) return NO_NAMES
    throw thrown
  }
}
