import type { ToldKind } from '../db/told-fields'
import { HOUR_MS } from '../shared/dates'
import { SyncError } from '../shared/errors'
import { type FieldMapping, goesToTribe, heldAt, isMember } from '../shared/own-fields'
import { heldInTribe, printable } from '../shared/own-values'
import { CALLED } from '../shared/sides'
import type { SyncContext } from '../sync-step'

/**
 * What the relay alone tells Tribe is put right where somebody has changed it there: noticed with the looks that read the
 * record anyway, and written again with all that is to be told. A record whose field is set back three times within the
 * hour is left alone, and reported.
 */

/** Rows of what the relay works out, which go to Tribe alone. */
export const toldRows = (rows: readonly FieldMapping[]): FieldMapping[] =>
  rows.filter((row) => goesToTribe(row.direction) && !isMember(row.powerOfficeField))

/** The job that is at work on them holds its run by this name. */
export const TELLING = 'tell-fields'
/** No fingerprint looks like it: whatever the value is, it is told. */
const EDITED = '?'
const MOST_RETURNS = 3
/** Beside the fingerprint of a field: when it was put right within the hour. */
const timesName = (field: string) => `${field}#`

export interface SeenInTribe {
  tribeId: string
  /** The set that its record is of. */
  of: string
  record: unknown
}

/**
 * Of records that were read just now: asks for those fields to be told again that hold something else. One query, no call.
 * Gives the records that go to and fro, which are left alone.
 */
export async function noticeEdits(
  ctx: SyncContext,
  kind: ToldKind,
  seen: readonly SeenInTribe[],
): Promise<string[]> {
  const rows = ctx.fields.tellable.filter(({ record }) => record === kind)
  // What is being told this moment may be seen half.
  if (rows.length === 0 || seen.length === 0 || ctx.cache.has(TELLING)) return []
  const told = await ctx.fields.told.among(
    kind,
    seen.map(({ tribeId }) => tribeId),
  )
  const printsOf = new Map(told.map(({ tribeId, prints }) => [tribeId, prints]))
  const flapping: string[] = []
  const news: { tribeId: string; prints: Record<string, string> }[] = []
  for (const one of seen) {
    const prints = printsOf.get(one.tribeId)
    const fields = prints ? await editedIn(ctx, rows, one, prints) : []
    if (!prints || fields.length === 0) continue
    const again = fields.filter((field) => timesIn(ctx, prints, field).length < MOST_RETURNS)
    if (again.length < fields.length) flapping.push(one.tribeId)
    const now: Record<string, string> = { ...prints }
    for (const field of again) {
      now[field] = EDITED
      now[timesName(field)] = [...timesIn(ctx, prints, field), ctx.now()].join(' ')
    }
    if (again.length > 0) news.push({ tribeId: one.tribeId, prints: now })
  }
  await ctx.fields.told.saveAll(kind, news)
  if (news.length > 0) ctx.enqueue({ kind: 'tell-fields', subject: '', lane: 'bulk' })
  return flapping
}

async function editedIn(
  ctx: SyncContext,
  rows: readonly FieldMapping[],
  { of, record }: SeenInTribe,
  prints: Readonly<Record<string, string>>,
): Promise<string[]> {
  const edited: string[] = []
  for (const { places, tribeField, tribeType } of rows) {
    const place = places.find((one) => one.of === of)
    const before = prints[tribeField]
    if (!place || before === undefined || before === EDITED) continue
    const held = heldInTribe(heldAt(record, place), tribeType)
    if ((await ctx.fingerprint(printable(held))) !== before) edited.push(tribeField)
  }
  return edited
}

const timesIn = (ctx: SyncContext, prints: Readonly<Record<string, string>>, field: string): number[] =>
  (prints[timesName(field)] ?? '')
    .split(' ')
    .map(Number)
    .filter((at) => at > ctx.now() - HOUR_MS)

export const toldFlapping = () =>
  new SyncError(
    'relation.flapping',
    'data',
    `${CALLED.crm} and ${CALLED.books} keep setting each other back: find out who else changes this record, then try again`,
  )
