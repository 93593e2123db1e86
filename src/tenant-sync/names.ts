import type { LinkKind } from '../db/links'
import { SyncError } from '../shared/errors'
import { sliceOf } from '../slices'
import type { SyncContext } from '../sync-step'
import type { WhichRecord } from './values'

export interface NamedRecord extends WhichRecord {
  name: string
}

/** So many records stand on a page at most. */
export const MOST_NAMED = 50

/**
 * What records are called, for people who look at a list of them: asked of Tribe, one call for each of its sets that
 * they are in, and of PowerOffice, one call for a kind, where Tribe has no name for one or is away. Nothing is kept.
 * One without a name, or whose systems are both away, is left out.
 */
export async function namesOf(ctx: SyncContext, records: readonly WhichRecord[]): Promise<NamedRecord[]> {
  const byKind = Map.groupBy(records.slice(0, MOST_NAMED), ({ kind }) => kind)
  const found = await Promise.all([...byKind].map(([kind, own]) => namesOfKind(ctx, kind, own)))
  return found.flat()
}

async function namesOfKind(ctx: SyncContext, kind: LinkKind, records: readonly WhichRecord[]) {
  const search = sliceOf(kind)?.search
  const { namesInCrm } = search ?? {}
  if (!search || !namesInCrm) return []
  const ids = records.flatMap(({ tribeId }) => tribeId ?? [])
  const links = await ctx.links.amongTribe(kind, [...new Set(ids)])
  const alive = links.filter(({ state }) => state !== 'tribe-gone')
  const asked = alive.map(({ tribeId, tribeType }) => ({ id: tribeId, type: tribeType }))
  const inTribe = asked.length === 0 ? [] : await orNone(namesInCrm(ctx, asked))
  const names = new Map(inTribe.map(({ id, name }) => [id, name]))
  const booksIdOf = ({ tribeId, powerOfficeId }: WhichRecord) =>
    powerOfficeId ?? links.find((link) => link.tribeId === tribeId)?.powerOfficeId ?? null
  const isLeft = records.some((one) => !names.get(one.tribeId ?? '') && booksIdOf(one) !== null)
  const inBooks = isLeft ? await orNone(search.inBooks(ctx, kind, [])) : []
  const others = new Map(inBooks.map(({ id, name }) => [id, name]))
  return records.flatMap((one) => {
    const name = names.get(one.tribeId ?? '') ?? others.get(booksIdOf(one) ?? '')
    return name ? [{ ...one, name }] : []
  })
}

/** A system that is away, or wants to be left alone, leaves the ids where they stand. */
async function orNone<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked
  } catch (thrown) {
    if (thrown instanceof SyncError) return []
    throw thrown
  }
}
