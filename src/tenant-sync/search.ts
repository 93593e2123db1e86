import { type Link, type LinkKind, shownState } from '../db/links'
import { SyncError } from '../shared/errors'
import { canonicalNumber } from '../shared/numbers'
import { recordSubject } from '../shared/subjects'
import { sliceOf } from '../slices'
import type { SyncContext } from '../sync-step'
import type { Hit } from '../two-way/search'

/** A record that may be the one that is looked for; a name that nobody was asked for is null. */
export interface FoundRecord {
  kind: LinkKind
  tribeId: string | null
  powerOfficeId: string | null
  number: string | null
  name: string | null
  state: ReturnType<typeof shownState>
}

export interface SearchResult {
  records: FoundRecord[]
  /** Systems that did not answer: what only they have is not among the records. */
  unreachable: ('tribe' | 'poweroffice')[]
  /** There are others beside these: on the next page, or for a text that says more. */
  hasMore: boolean
}

/** Of a page of the answer. */
const PAGE_RECORDS = 50
/** Tribe shows so many at once: there may be more of them. */
const TRIBE_PAGE = 100

/**
 * Finds records of a kind. An id or a number that the relay knows is found among the links, for nothing; any
 * other text is looked for in both systems, by one list of each. What fits best comes first.
 */
export async function searchRecords(
  ctx: SyncContext,
  kind: LinkKind,
  text: string,
  page = 1,
): Promise<SearchResult> {
  const exact = await ctx.links.matching(kind, text)
  // "010000" and "10 000" are how people write the number 10000.
  const number = canonicalNumber(text)
  const isOtherwise = number !== null && number !== text && /^\d+$/.test(number)
  const known = exact.length > 0 || !isOtherwise ? exact : await ctx.links.matching(kind, number)
  if (known.length > 0)
    return { records: known.map((link) => fromLink(link, null)), unreachable: [], hasMore: false }
  const unreachable: SearchResult['unreachable'] = []
  const hitsOf = async (system: 'tribe' | 'poweroffice', hits: Promise<Hit[]> | undefined) => {
    try {
      return (await hits) ?? []
    } catch (thrown) {
      if (!(thrown instanceof SyncError)) throw thrown
      unreachable.push(system)
      return []
    }
  }
  const inSlice = sliceOf(kind)?.search
  const words = text.split(/\s+/).filter((word) => word !== '')
  const [here, there] = await Promise.all([
    hitsOf('tribe', inSlice?.inCrm(ctx, kind, words)),
    hitsOf('poweroffice', inSlice?.inBooks(ctx, kind, words)),
  ])
  const [byTribe, byPowerOffice] = await Promise.all([
    ctx.links.amongTribe(
      kind,
      here.map(({ id }) => id),
    ),
    ctx.links.amongPowerOffice(
      kind,
      there.map(({ id }) => id),
    ),
  ])
  const linkOfTribe = new Map(byTribe.map((link) => [link.tribeId, link]))
  const linkOfPowerOffice = new Map(byPowerOffice.map((link) => [link.powerOfficeId, link]))
  const records = new Map<string, FoundRecord>()
  for (const hit of here) {
    const link = linkOfTribe.get(hit.id)
    const record = link ? fromLink(link, hit.name) : { ...unlinked(kind, hit), tribeId: hit.id }
    records.set(recordSubject('tribe', hit.id), record)
  }
  for (const hit of there) {
    const link = linkOfPowerOffice.get(hit.id)
    const record = link ? fromLink(link, hit.name) : { ...unlinked(kind, hit), powerOfficeId: hit.id }
    const key = link ? recordSubject('tribe', link.tribeId) : recordSubject('powerOffice', hit.id)
    if (!records.has(key)) records.set(key, record)
  }
  const sorted = bestFirst([...records.values()], text)
  const end = page * PAGE_RECORDS
  return {
    records: sorted.slice(end - PAGE_RECORDS, end),
    unreachable,
    hasMore: sorted.length > end || here.length >= TRIBE_PAGE,
  }
}

/** The very text first, then what begins with it, then what has a word that does, then all else; each by name. */
function bestFirst(records: readonly FoundRecord[], text: string): FoundRecord[] {
  const wanted = text.toLowerCase()
  const distance = ({ name, number }: FoundRecord) => {
    const texts = [name, number].flatMap((one) => (one === null ? [] : [one.toLowerCase()]))
    if (texts.includes(wanted)) return 0
    if (texts.some((one) => one.startsWith(wanted))) return 1
    return texts.some((one) => one.includes(` ${wanted}`)) ? 2 : 3
  }
  const nameOfRecord = ({ name, number }: FoundRecord) => name ?? number ?? ''
  return records.toSorted(
    (a, b) =>
      distance(a) - distance(b) ||
      nameOfRecord(a).localeCompare(nameOfRecord(b), 'nb', { numeric: true, sensitivity: 'base' }),
  )
}

const fromLink = (
  { kind, tribeId, powerOfficeId, number, state }: Link,
  name: string | null,
): FoundRecord => ({
  kind,
  tribeId,
  powerOfficeId,
  number,
  state: shownState(state),
  name,
})
const unlinked = (kind: LinkKind, { number, name }: Hit): FoundRecord => ({
  kind,
  number,
  name,
  tribeId: null,
  powerOfficeId: null,
  state: 'unlinked',
})
