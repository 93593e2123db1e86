import type { LinkState } from '../db/links'
import { SyncError } from '../shared/errors'
import { otherSide, type Side } from '../shared/sides'
import type { BeforeImage, Besides, SyncContext, TakeBack } from '../sync-step'
import { type Neutral, withFields } from './fields'
import { type Base, type Bases, heldBy, settled } from './merge'
import type { Merged } from './reconcile'

/** What a write of the relay's has overwritten, kept for as many days as the tenant asks for, and taken back from there. */

/** By side, where an image is kept of what was written there. */
export type StoredImages = Partial<Record<Side, string>>

/** Keeps what a merge has overwritten, and by side what no value of it tells. */
export async function keepBefore(
  ctx: SyncContext,
  merged: Pick<Merged, 'toCrm' | 'toBooks' | 'bases'>,
  before: Readonly<Record<Side, Neutral>>,
  besides: Partial<Record<Side, Besides>> = {},
): Promise<StoredImages> {
  const { days } = ctx.settings.keepBefore
  if (days === 0 || !ctx.before) return {}
  const kept: StoredImages = {}
  for (const [side, fields] of [
    ['crm', merged.toCrm],
    ['books', merged.toBooks],
  ] as const) {
    if (fields.length === 0) continue
    const more = besides[side]
    const image: BeforeImage = {
      values: Object.fromEntries(fields.map((field) => [field, before[side][field] ?? null])),
      after: Object.fromEntries(fields.map((field) => [field, heldBy(side, merged.bases[field] ?? '')])),
      ...(more ? { besides: more } : {}),
    }
    kept[side] = await ctx.before.keep(JSON.stringify(image), days)
  }
  return kept
}

/**
 * What a merge goes by: the two records; or, where a write is taken back, the written side against the other as it would
 * have to be for that. Throws when somebody has changed one of the fields since.
 */
export async function supposed<R extends Neutral>(
  ctx: SyncContext,
  records: Readonly<Record<Side, R>>,
  printsOf: (record: R) => Promise<Readonly<Record<string, string>>>,
): Promise<Readonly<Record<Side, R>>> {
  const { takesBack } = ctx
  if (!takesBack) return records
  const { side, image, mayHaveBegun } = takesBack
  const now = await printsOf(records[side])
  const fields = Object.keys(image.values)
  const asBefore = withFields(records[side], fields, image.values)
  const before = mayHaveBegun ? await printsOf(asBefore) : null
  const isAsWritten = (field: string) => (now[field] ?? '') === image.after[field]
  const isBack = (field: string) => before !== null && (now[field] ?? '') === (before[field] ?? '')
  if (!fields.every((field) => isAsWritten(field) || isBack(field))) throw changedSince()
  return side === 'crm' ? { crm: records.crm, books: asBefore } : { crm: asBefore, books: records.books }
}

const changedSince = () =>
  new SyncError('undo.changed_since', 'data', 'Somebody has changed it since: nothing was taken back')

/** Several writes to one record as one: what there was before the first of `taken`, and what `since` has made of it. */
export function joined(taken: readonly BeforeImage[], since: readonly BeforeImage[]): BeforeImage {
  const values: Record<string, unknown> = {}
  const after: Record<string, string> = {}
  const besides: Besides = Object.assign({}, ...taken.map((image) => image.besides).reverse())
  for (const image of taken)
    for (const [field, value] of Object.entries(image.values)) if (!(field in values)) values[field] = value
  for (const image of [...taken, ...since])
    for (const [field, print] of Object.entries(image.after)) if (field in values) after[field] = print
  return { values, after, besides }
}

/** Remembers of a merge what it took back, and of the rest what was `known` when both sides were read for it. */
export const takingBack = (ctx: SyncContext, known: Pick<LinkState, 'bases'>): SyncContext => ({
  ...ctx,
  remember: (now, ...entries) => {
    const { takesBack } = ctx
    const bases = now && takesBack ? basesTakenBack(settled(known.bases), now.bases, takesBack) : {}
    ctx.remember(now && { ...now, bases }, ...entries)
  },
})

/** Each side keeps its own of what was taken back: no look does it again before one of them is changed. */
function basesTakenBack(before: Bases, after: Bases, { side, image }: TakeBack): Bases {
  const taken = Object.keys(image.values).map((field): [string, Base] => {
    const mine = heldBy(side, after[field] ?? '')
    // What somebody has changed there since is still to travel.
    const theirs = heldBy(otherSide(side), before[field] ?? '')
    const [crm, books] = side === 'crm' ? [mine, theirs] : [theirs, mine]
    return [field, crm === books ? crm : [crm, books, 'taken-back']]
  })
  return { ...before, ...Object.fromEntries(taken) }
}
