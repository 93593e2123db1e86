import type { Link } from '../../db/links'
import { SyncError } from '../../shared/errors'
import { DONE, type Step, type SyncContext } from '../../sync-step'
import { isoOf } from '../../two-way/link'
import { obstacleOfChange, undoNow } from './change'
import { type Judged, judge, type Loaded } from './judge'
import { type Removal, type Restore, undosIn } from './store'

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
    else undos.finishPreview((await judged(ctx, source, load)).items)
    return DONE
  }

/** Judged again, once, at the confirmation: a crash in the middle goes on by what was decided then. */
export const undoLoad =
  (source: UndoSource): Step =>
  async (ctx) => {
    const undos = undosIn(ctx)
    if (!undos.isRemoving()) return DONE
    const load = undos.load()
    if (undos.removals() === null && load) {
      const { items, removals, restores } = await judged(ctx, source, load)
      undos.decide(items, removals, restores)
    }
    for (const removal of undos.removals() ?? []) await remove(ctx, removal)
    for (const one of undos.restores()) await restore(ctx, one)
    undos.finish()
    return DONE
  }

async function remove(ctx: SyncContext, { kind, tribeId, set, relation }: Removal): Promise<void> {
  const link = await ctx.links.findByTribe(kind, tribeId)
  // An earlier run has come this far, or another record has its place by now.
  if (link?.tribeId !== tribeId) return
  await ctx.tribe.deleteRecord(set, tribeId)
  if (relation) await ctx.tribe.deleteRecord(relation.set, relation.id)
  ctx.remember(null, {
    kind,
    tribeId,
    powerOfficeId: link.powerOfficeId,
    at: isoOf(ctx),
    event: 'undone',
    details: {},
  })
  await ctx.flush()
  await ctx.links.remove(kind, tribeId)
  ctx.settle(kind, [`tribe:${tribeId}`, `powerOffice:${link.powerOfficeId}`])
}

/** What the load overwrote comes back, and the pair is none any more: another load meets it as the first one did. */
async function restore(ctx: SyncContext, change: Restore): Promise<void> {
  try {
    await undoNow(ctx, change)
  } catch (thrown) {
    // Somebody was faster.
    if (!(thrown instanceof SyncError) || thrown.code !== 'undo.changed_since') throw thrown
    return
  }
  await ctx.flush()
  await ctx.links.remove(change.kind, change.tribeId)
}

async function judged(
  ctx: SyncContext,
  source: UndoSource,
  { from, to }: { from: string; to: string },
): Promise<Judged & { restores: Restore[] }> {
  const loaded = new Map<string, Loaded>()
  for (const { kind, tribeId, at, event, kept } of await source.written(from)) {
    const key = `${kind} ${tribeId}`
    const before = loaded.get(key)
    if (before)
      loaded.set(key, {
        ...before,
        kept: at <= to ? kept : before.kept,
        writtenAt: at > before.writtenAt ? at : before.writtenAt,
      })
    else if (at <= to)
      loaded.set(key, {
        made: event !== 'updated-tribe',
        isRoleOnly: event === 'role-given-in-tribe',
        kept,
        writtenAt: at,
      })
  }
  const links: Link[] = []
  for await (const page of source.links())
    links.push(...page.filter((link) => link.state === 'linked' && link.kind !== 'invoice'))
  const found = await judge(ctx, links, (link) => loaded.get(`${link.kind} ${link.tribeId}`) ?? null)
  const restores: Restore[] = []
  for (const item of found.items.filter(({ outcome }) => outcome === 'not-kept')) {
    const { kind, tribeId } = item
    const kept = loaded.get(`${kind} ${tribeId}`)?.kept
    if (!kept) continue
    const restore: Restore = { kind, tribeId, side: 'crm', kept }
    const obstacle = await obstacleOfChange(ctx, restore)
    if (obstacle === null) restores.push(restore)
    if (obstacle !== 'undo.not_kept') item.outcome = obstacle === null ? 'restorable' : 'touched'
  }
  return { ...found, restores }
}
