import { type Instant, parseInstant } from '../shared/dates'
import type { Caller } from './caller'
import { Stamped } from './schemas'

/** A record, and a moment at which it was made or changed. */
export interface Dated {
  id: string
  at: Instant
}

/** More than are made in a moment. */
const NEWEST = 100
const DATES = ['LastMutationDate', 'CreationDate'] as const

export function newestCalls(caller: Caller) {
  return {
    /** What was made or changed last in a set, by Tribe's clock: a page of each, and nothing where the set has no dates. */
    async newest(set: string): Promise<Dated[]> {
      const lists = await Promise.all(
        DATES.filter((name) => caller.named(set, name) !== null).map(async (name) => {
          const asked = { ...caller.ask(set, [name]), $filter: `${name} ne null`, $top: NEWEST }
          const rows = await caller.firstRows(Stamped, set, { ...asked, $orderby: `${name} desc` })
          return rows.flatMap((row) => {
            const at = parseInstant(row[name])
            return at === null ? [] : [{ id: row.ID, at }]
          })
        }),
      )
      return lists.flat()
    },
  }
}
