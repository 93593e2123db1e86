import { rowNow } from '../payments/row-now'
import { SyncError } from '../shared/errors'
import { askedOf, type FieldMapping, isMember } from '../shared/own-fields'
import type { SyncContext } from '../sync-step'
import { linksOver } from './dry-run/links'
import { createFieldStore } from './field-store'
import { type RecordValues, readValues } from './values'

/** What a row of fields would do of a record right now, whether it is kept or only thought of. Nothing is written or noted. */

export type TriedRow = Omit<RecordValues['fields'][number], 'field'>

const NOTHING = { tribe: null, powerOffice: null, same: null, next: 'none' } as const

export async function tryRow(
  ctx: SyncContext,
  row: FieldMapping,
  which: { tribeId: string | null; powerOfficeId: string | null },
): Promise<TriedRow> {
  if (!isMember(row.powerOfficeField)) return orAway(rowNow(ctx, row, which))
  const inside = await withRow(ctx, row)
  const { fields, isUnknown } = await readValues(inside, { kind: row.record, ...which })
  const found = fields.find(({ field }) => field === row.powerOfficeField)
  if (!found || isUnknown) return { ...NOTHING, because: 'not-linked' }
  const { field: _, ...seen } = found
  return seen
}

/** With this row in place of whatever is mapped with the same member now. */
async function withRow(ctx: SyncContext, row: FieldMapping): Promise<SyncContext> {
  const asked = JSON.stringify(askedOf(row))
  if (ctx.fields.working.some((one) => JSON.stringify(askedOf(one)) === asked)) return ctx
  const isOther = (one: FieldMapping) =>
    one.record !== row.record || one.powerOfficeField !== row.powerOfficeField
  const rows = [...ctx.fields.rows.filter(isOther), row]
  const working = [...ctx.fields.working.filter(isOther), row]
  const tribe = ctx.tribeReading?.(rows) ?? ctx.tribe
  const links = linksOver(ctx.links, ctx.tenantId)
  // A pair of fields that is new was never in step.
  await links.dropBases(row.record, [row.powerOfficeField])
  const { facts, now } = ctx
  return {
    ...ctx,
    tribe,
    links,
    fields: createFieldStore({
      rows,
      working,
      tellable: ctx.fields.tellable,
      told: ctx.fields.told,
      facts,
      now,
      tribe,
    }),
  }
}

async function orAway(looked: Promise<TriedRow>): Promise<TriedRow> {
  try {
    return await looked
  } catch (thrown) {
    if (thrown instanceof SyncError) return { ...NOTHING, because: thrown.code }
    throw thrown
  }
}
