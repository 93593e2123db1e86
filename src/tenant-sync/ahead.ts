import type { Link, LinkState, Links } from '../db/links'

/**
 * What D1 held of the records that a few events tell of, read in the same round as their tenant (DESIGN.md §1.17). It is as good
 * as a query as long as this object has written nothing and ended no look since.
 */
export interface Ahead {
  ids: ReadonlySet<string>
  rows: readonly Link[]
  isStill: () => boolean
}

/** The links of a tenant, of which these were read ahead. */
export function withAhead(links: Links, ahead: Ahead | null): Links {
  if (!ahead) return links
  const { ids, rows, isStill } = ahead
  return {
    ...links,
    async findByTribe(kind, tribeId): Promise<LinkState | null> {
      if (!isStill()) return links.findByTribe(kind, tribeId)
      const mine = rows.filter((row) => row.kind === kind)
      const itself = mine.find((row) => row.tribeId === tribeId)
      if (itself) return itself
      if (!ids.has(tribeId)) return links.findByTribe(kind, tribeId)
      return mine.find((row) => row.tribeRelationId === tribeId) ?? null
    },
    async ofRelation(relationId) {
      if (!isStill() || !ids.has(relationId)) return links.ofRelation(relationId)
      return rows.filter((row) => row.tribeRelationId === relationId)
    },
  }
}
