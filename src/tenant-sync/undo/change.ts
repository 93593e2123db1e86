import type { LinkKind, LinkState } from '../../db/links'
import { SyncError } from '../../shared/errors'
import type { Side } from '../../shared/sides'
import { changeIn, subjectText } from '../../shared/subjects'
import { sliceOf } from '../../slices'
import { type BeforeImage, DONE, type Step, type SyncContext, type TakeBack } from '../../sync-step'
import { joined } from '../../two-way/before'
import { lookAlone } from '../../two-way/link'
import { asideOf } from '../aside'

/** One change of the relay's is taken back: what it overwrote is written again, as long as nobody has changed it since. */

export interface ChangeToUndo {
  kind: LinkKind
  tribeId: string
  side: Side
  /** Where what was overwritten is kept, write by write. */
  kept: readonly string[]
  /** Of what the relay has written to the record since then. */
  since?: readonly string[]
}

const subjectOf = ({ kind, tribeId, side, kept }: ChangeToUndo) =>
  subjectText({ of: 'change', kind, tribeId, side, kept })
export const jobFor = (change: ChangeToUndo) =>
  ({ kind: 'undo-change', subject: subjectOf(change), lane: 'push' }) as const

/** The job `undo-change`. */
export const undoChange: Step = async (ctx, { id }) => {
  const { kind, tribeId, side, kept } = changeIn(id)
  await undoNow(ctx, { kind: kind as LinkKind, tribeId, side, kept })
  return DONE
}

/**
 * Throws `undo.changed_since`. What is not kept, or has no pair any more, is left: false. What an earlier run has brought
 * back is left as it is.
 */
export async function undoNow(ctx: SyncContext, change: ChangeToUndo): Promise<boolean> {
  const found = await findChange(ctx, change)
  if (!found) return false
  const takesBack = { ...found.takesBack, mayHaveBegun: true }
  await lookAlone(ctx, change.tribeId, () => takeBack(ctx, found.link, takesBack))
  return true
}

/** Puts back what marks the record as tied, once its values are back. False when Tribe keeps that. */
export async function unmark(ctx: SyncContext, change: ChangeToUndo): Promise<boolean> {
  const found = await findChange(ctx, change)
  const mark = found?.takesBack.image.besides?.mark ?? null
  return found ? ((await sliceOf(change.kind)?.unmark?.(ctx, found.link, mark)) ?? true) : true
}

/** Why it cannot be taken back; null when it can. Nothing is written. */
export async function obstacleOfChange(
  ctx: SyncContext,
  change: ChangeToUndo,
): Promise<'undo.not_kept' | 'undo.changed_since' | null> {
  const found = await findChange(ctx, change)
  if (!found) return 'undo.not_kept'
  try {
    await takeBack({ ...asideOf(ctx), planned: stop }, found.link, found.takesBack)
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.code === 'undo.changed_since') return thrown.code
    if (!(thrown instanceof Stopped)) throw thrown
  }
  return null
}

/** What the fields would hold again, as people read it; nothing of it is kept anywhere else. */
export async function formerValues(ctx: SyncContext, change: ChangeToUndo): Promise<FormerValue[]> {
  const found = await findChange(ctx, change)
  const { values } = found?.takesBack.image ?? { values: {} }
  return Object.entries(values).map(([field, value]) => ({ field, former: shown(value) }))
}
export interface FormerValue {
  field: string
  former: string | number | boolean | null
}

/** What has several parts, as an address has, is one text. */
function shown(value: unknown): FormerValue['former'] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null) return null
  const parts = Object.values(value).map(shown)
  return parts.filter((part) => part !== null && part !== '').join(', ') || null
}

class Stopped extends Error {}
function stop(): void {
  throw new Stopped()
}

async function findChange(
  ctx: SyncContext,
  { kind, tribeId, side, kept, since = [] }: ChangeToUndo,
): Promise<{ link: LinkState; takesBack: TakeBack } | null> {
  const link = await ctx.links.findByTribe(kind, tribeId)
  const taken = await imagesOf(ctx, [kept].flat())
  if (link?.state !== 'linked' || taken.length < [kept].flat().length) return null
  const image = joined(taken, await imagesOf(ctx, since))
  return { link, takesBack: { side, image, mayHaveBegun: false } }
}

async function imagesOf(ctx: SyncContext, kept: readonly string[]): Promise<BeforeImage[]> {
  const images: BeforeImage[] = []
  for (const id of kept) {
    const text = await ctx.before?.open(id)
    if (text) images.push(JSON.parse(text) as BeforeImage)
  }
  return images
}

async function takeBack(ctx: SyncContext, link: LinkState, takesBack: TakeBack): Promise<void> {
  await sliceOf(link.kind)?.takeBack({ ...ctx, takesBack }, link)
}
