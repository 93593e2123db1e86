import type { Link } from '../../db/links'
import type { TimelineEntry } from '../../db/timeline'
import { asSyncError, SyncError } from '../../shared/errors'
import { recordSubject } from '../../shared/subjects'
import { DONE, type Step, type SyncContext } from '../../sync-step'
import { obstacleOfChange, undoNow, unmark } from './change'
import { removeGroups } from './groups'
import { type Judged, judge, type Loaded } from './judge'
import { type Decided, type Removal, type Restore, type UndoItem, undosIn } from './store'

/** The undo of a first load: what it made in the CRM and nobody has touched since is deleted there, and its links are forgotten. */

/** The jobs `undo-preview` and `undo`. `written`: what the timeline says was written to the CRM. */
export interface UndoSource {
  links(): AsyncGenerator<Link[]>
  written(from: string): Promise<WrittenEntry[]>
}
export interface WrittenEntry {
  kind: string
  tribeId: string | null
  at: string
  event: string
  kept: string | null
}

export const previewUndo =
  (source: UndoSource): Step =>
  async (ctx) => {
    const undos = undosIn(ctx)
    if (undos.state() !== 'previewing') return DONE
    const load = undos.load()
    if (!load) undos.fail()
    else await previewOrFail(undos, async () => (await judged(ctx, source, load)).items)
    return DONE
  }

/** What neither time nor new credentials would mend ends it, and whoever asked for it asks again. */
async function previewOrFail(undos: ReturnType<typeof undosIn>, run: () => Promise<UndoItem[]>) {
  try {
    undos.finishPreview(await run())
  } catch (thrown) {
    if (asSyncError(thrown).remedy !== 'data') throw thrown
    undos.fail()
  }
}

/** Records at once: what is told of them and their links are written together. */
const AT_ONCE = 25
/** Set while the object that has judged is at work. */
const JUDGED = 'undo:judged'

/**
 * Judged again at the confirmation, and once more by each object that goes on where another was cut off: what somebody has
 * touched meanwhile stays. A piece at a time, so that any number fits.
 */
export const undoLoad =
  (source: UndoSource): Step =>
  async (ctx) => {
    const undos = undosIn(ctx)
    if (!undos.isRemoving()) return DONE
    await judgeAgain(ctx, source)
    ctx.cache.set(JUDGED, true)
    const { at, removals, restores, done } = undos.decided() ?? NOTHING
    if (done < removals.length) {
      const some = removals.slice(done, done + AT_ONCE)
      await removeAll(ctx, some, at)
      undos.noteDone(done + some.length)
      return MORE
    }
    const restored = done - removals.length
    const one = restores[restored]
    if (one) {
      const outcome = await restore(ctx, one, at)
      if (outcome !== 'restored') undos.keep([one], outcome)
      undos.noteDone(done + 1)
      return MORE
    }
    await removeGroups(ctx)
    ctx.cache.delete(JUDGED)
    undos.finish()
    return DONE
  }

const NOTHING: Decided = { at: '', removals: [], restores: [], done: 0 }
const MORE = { status: 'again', afterSeconds: 0, because: 'more to take back' } as const

async function judgeAgain(ctx: SyncContext, source: UndoSource): Promise<void> {
  const undos = undosIn(ctx)
  const decided = undos.decided()
  const load = undos.load()
  if ((decided && ctx.cache.get(JUDGED)) || !load) return
  if (!decided) {
    const { items, removals, restores } = await judged(ctx, source, load)
    undos.decide(items, removals, restores)
    return
  }
  const { removals, done } = decided
  if (done >= removals.length) return
  const { items } = await judged(ctx, source, load, { isAlone: true })
  const touched = new Set(items.flatMap((item) => (item.outcome === 'touched' ? [nameOf(item)] : [])))
  const isKept = (removal: Removal, n: number) => n >= done && touched.has(nameOf(removal))
  undos.keepTouched(removals.filter(isKept))
}

const nameOf = ({ kind, tribeId }: Pick<UndoItem, 'kind' | 'tribeId'>) => `${kind} ${tribeId}`

async function removeAll(ctx: SyncContext, some: readonly Removal[], at: string): Promise<void> {
  for (const [kind, removals] of Map.groupBy(some, (removal) => removal.kind)) {
    const ids = removals.map(({ tribeId }) => tribeId)
    const links = new Map((await ctx.links.amongTribe(kind, ids)).map((link) => [link.tribeId, link]))
    for (const { tribeId, set, relation } of removals) {
      const link = links.get(tribeId)
      // An earlier run has come this far, or another record has its place by now.
      if (!link) continue
      await ctx.tribe.deleteRecord(set, tribeId)
      if (relation) await ctx.tribe.deleteRecord(relation.set, relation.id)
      ctx.remember(null, undone(link, at))
      ctx.settle(kind, [recordSubject('tribe', tribeId), recordSubject('powerOffice', link.powerOfficeId)])
    }
    await removeAddresses(
      ctx,
      removals.filter(({ tribeId }) => links.has(tribeId)),
    )
    await ctx.flush()
    await ctx.links.removeAll(kind, [...links.keys()])
  }
}

/**
 * Whether an address goes along with the company or person that it was made with is not known: what is left of them is deleted,
 * but for one that serves somewhere else by now, or that Tribe does not delete.
 */
async function removeAddresses(ctx: SyncContext, removals: readonly Removal[]): Promise<void> {
  const gone = new Set(removals.flatMap(({ relation }) => relation?.id ?? []))
  const ids = new Set(removals.flatMap(({ relation }) => relation?.addressId ?? []))
  for (const id of await ctx.tribe.addressesAmong([...ids])) {
    const holders = await ctx.tribe.holdersOfAddress(id)
    // A list may still show what was deleted a moment ago.
    if (holders.every((holder) => gone.has(holder))) await ctx.tribe.isAddressDeleted(id)
  }
}

/** Told of the same moment however often it is told: then it stands there once. `left`: what Tribe does not take back. */
const undone = (
  { kind, tribeId, powerOfficeId }: Link,
  at: string,
  left: readonly 'mark'[] = [],
): TimelineEntry => ({
  kind,
  tribeId,
  powerOfficeId,
  at,
  event: 'undone',
  details: left.length > 0 ? { left } : {},
})

/**
 * What the load overwrote comes back, and the pair is none any more: another load meets it as the first one did. Nor is
 * what else is tied to the same organisation or person, whose link would take what came back for somebody's edit.
 */
async function restore(
  ctx: SyncContext,
  change: Restore,
  at: string,
): Promise<'restored' | 'touched' | 'not-kept'> {
  const { kind, tribeId } = change
  const [link] = await ctx.links.amongTribe(kind, [tribeId])
  // An earlier run has come this far.
  if (!link) return 'restored'
  try {
    if (!(await undoNow(ctx, change))) return 'not-kept'
  } catch (thrown) {
    // Somebody was faster.
    if (thrown instanceof SyncError && thrown.code === 'undo.changed_since') return 'touched'
    throw thrown
  }
  const isUnmarked = await unmark(ctx, change)
  const { tribeRelationId, powerOfficeId } = link
  const others = tribeRelationId === null ? [] : await ctx.links.ofRelation(tribeRelationId)
  const twin = isRoleOfCompany(link)
    ? await ctx.links.amongPowerOffice(otherRole(link.kind), [powerOfficeId])
    : []
  const all = [...others, ...twin].filter(({ state }) => state === 'linked')
  ctx.remember(null, undone(link, at, isUnmarked ? [] : ['mark']))
  await ctx.flush()
  // Its own at last: as long as it is there, all of this is done again.
  for (const [kind, links] of Map.groupBy(all, (one) => one.kind))
    await ctx.links.removeAll(
      kind,
      links.flatMap((one) => (one.kind === link.kind && one.tribeId === tribeId ? [] : [one.tribeId])),
    )
  await ctx.links.removeAll(kind, [tribeId])
  return 'restored'
}

const isRoleOfCompany = ({ kind, tribeType }: Pick<Link, 'kind' | 'tribeType'>) =>
  (kind === 'customer' || kind === 'supplier') && !tribeType.startsWith('Relationship.Person')
const otherRole = (kind: Link['kind']) => (kind === 'customer' ? 'supplier' : 'customer')

async function judged(
  ctx: SyncContext,
  source: UndoSource,
  { from, to }: { from: string; to: string },
  { isAlone = false } = {},
): Promise<Judged & { restores: Restore[] }> {
  const loaded = new Map<string, Loaded>()
  for (const { kind, tribeId, at, event, kept } of await source.written(from)) {
    const key = `${kind} ${tribeId}`
    const before = loaded.get(key)
    if (!before && at > to) continue
    const {
      kept: taken = [],
      since = [],
      ...first
    } = before ?? {
      made: event !== 'updated-tribe',
      isRoleOnly: event === 'role-given-in-tribe',
      writtenAt: at,
    }
    loaded.set(key, {
      ...first,
      kept: at <= to ? [...taken, kept] : taken,
      since: at <= to ? since : [...since, kept],
      writtenAt: at > first.writtenAt ? at : first.writtenAt,
    })
  }
  const links: Link[] = []
  for await (const page of source.links())
    links.push(...page.filter((link) => link.state === 'linked' && link.kind !== 'invoice'))
  const loadedOf = (link: Link) => loaded.get(nameOf(link)) ?? null
  const found = await judge(ctx, links, from, loadedOf)
  if (isAlone) return { ...found, restores: [] }
  return { ...found, restores: await restorable(ctx, links, found.items, loadedOf) }
}

/** What comes back; marks that in the items. Roles of one company stay together: where one stays, nothing comes back. */
async function restorable(
  ctx: SyncContext,
  links: readonly Link[],
  items: UndoItem[],
  loadedOf: (link: Link) => Loaded | null,
): Promise<Restore[]> {
  const linkOf = new Map(links.map((link) => [nameOf(link), link]))
  const restores = new Map<UndoItem, Restore>()
  for (const item of items.filter(({ outcome }) => outcome === 'not-kept')) {
    const link = linkOf.get(nameOf(item))
    const { kept = [], since = [] } = (link && loadedOf(link)) ?? {}
    const taken = kept.flatMap((one) => one ?? [])
    if (taken.length === 0 || taken.length < kept.length) continue
    const { kind, tribeId } = item
    const change: Restore = {
      kind,
      tribeId,
      side: 'crm',
      kept: taken,
      since: since.flatMap((one) => one ?? []),
    }
    const obstacle = await obstacleOfChange(ctx, change)
    if (obstacle === null) restores.set(item, change)
    // What the relay itself has written since then, and did not keep, is no touch.
    else if (obstacle === 'undo.changed_since' && !since.includes(null)) item.outcome = 'touched'
  }
  const homesOf = (item: UndoItem): string[] => {
    const link = linkOf.get(nameOf(item))
    if (!link) return []
    return [
      ...(link.tribeRelationId === null ? [] : [link.tribeRelationId]),
      ...(isRoleOfCompany(link) ? [`contact ${link.powerOfficeId}`] : []),
    ]
  }
  const stay = new Set(items.filter(({ outcome }) => outcome === 'touched').flatMap(homesOf))
  return [...restores].flatMap(([item, change]) => {
    const isStaying = homesOf(item).some((home) => stay.has(home))
    item.outcome = isStaying ? 'touched' : 'restorable'
    return isStaying ? [] : [change]
  })
}
