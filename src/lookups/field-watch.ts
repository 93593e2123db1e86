import { SyncError } from '../shared/errors'
import { type FieldMapping, isMember } from '../shared/own-fields'
import { recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { FieldCatalog } from './fields'

/** Rows that cannot work any more rest: one problem each, by name, until the field is what it was. */

const KIND = 'field'

const subjectOf = ({ record, tribeField, powerOfficeField }: FieldMapping) =>
  recordSubject('tribe', [record, tribeField, powerOfficeField].join('/'))
const named = ({ record, tribeField, powerOfficeField }: FieldMapping) =>
  `the field ${tribeField} (${powerOfficeField}) of a ${record}`

/** What keeps a row from working, by Tribe's fields as they are now; null when nothing does. */
export function faultOf(row: FieldMapping, { tribe }: Pick<FieldCatalog, 'tribe'>): SyncError | null {
  const field = tribe.find((one) => one.record === row.record && one.field === row.tribeField)
  if (!field)
    return new SyncError(
      'field.gone',
      'data',
      `Tribe does not have ${named(row)} any more: its row rests. Bring the field back, or map another one`,
    )
  if (field.type !== row.tribeType)
    return new SyncError(
      'field.type_changed',
      'data',
      `Tribe holds ${field.type} and no ${row.tribeType} any more in ${named(row)}: its row rests. Map it anew, or give the field its type back`,
    )
  return null
}

/** Lists a row as one that rests. */
export const restRow = (ctx: SyncContext, row: FieldMapping, why: SyncError): void =>
  ctx.park({ kind: KIND, subject: subjectOf(row), lane: 'bulk' }, why)

/** A row that goes on: what was told of it is over. */
export const wakeRow = (ctx: SyncContext, row: FieldMapping): void => ctx.settle(KIND, [subjectOf(row)])

/** The rows that rest by what was told of them. */
export function restingAmong(
  ctx: Pick<SyncContext, 'parkedOf'>,
  rows: readonly FieldMapping[],
): FieldMapping[] {
  const parked = rows.length === 0 ? new Set() : new Set(ctx.parkedOf(KIND))
  return rows.filter((row) => parked.has(subjectOf(row)))
}

/**
 * Tribe refused a call that asks for the admin’s fields: those that it does not have any more rest, and whatever was
 * under way begins anew without them.
 */
export async function noteVanished(ctx: SyncContext): Promise<void> {
  const { working, tellable } = ctx.fields
  const read = [...working, ...tellable]
  if ((await workingAmong(ctx, read)).length === read.length) return
  // What was read by the rows of before says nothing by those of now.
  ctx.cache.clear()
  throw new SyncError(
    'field.gone',
    'time',
    'A mapped field is gone in Tribe: its row rests, and the rest goes on',
    1,
  )
}

/** With each poll of PowerOffice’s: rows of members that rest are looked at again. One call to Tribe while any does. */
export async function lookAtResting(ctx: SyncContext): Promise<void> {
  const resting = restingAmong(
    ctx,
    ctx.fields.rows.filter(({ powerOfficeField }) => isMember(powerOfficeField)),
  )
  if (resting.length === 0) return
  const working = await workingAmong(ctx, resting)
  // What was read without a field says nothing of it.
  if (working.length > 0) ctx.cache.clear()
}

/** Those of these rows that work by Tribe's fields as they are this moment; the others rest. One call to Tribe. */
export async function workingAmong(ctx: SyncContext, rows: readonly FieldMapping[]): Promise<FieldMapping[]> {
  const catalog = await ctx.fields.refresh()
  return rows.filter((row) => {
    const fault = faultOf(row, catalog)
    if (fault) restRow(ctx, row, fault)
    else wakeRow(ctx, row)
    return !fault
  })
}

export const refusedBy = (row: FieldMapping, said: string | null): SyncError =>
  new SyncError(
    'field.refused',
    'data',
    `Tribe does not take a value in ${named(row)}${said ? ` (it says: ${said.slice(0, 200)})` : ''}; everything else was written`,
  )

/** What PowerOffice does not let the integration read. */
export const notAllowed = (row: FieldMapping, said: string | null): SyncError =>
  new SyncError(
    'field.not_allowed',
    'data',
    `PowerOffice does not let the integration read what ${named(row)} is made of${said ? ` (it says: ${said.slice(0, 200)})` : ''}`,
  )

/** The job `field`: somebody tries a row again that rests. */
export const lookAtField: Step = async (ctx, { id }) => {
  const row = ctx.fields.rows.find((one) => subjectOf(one) === id)
  if (!row) return DONE
  const fault = faultOf(row, await ctx.fields.refresh())
  if (fault) throw fault
  ctx.enqueue({ kind: 'tell-fields', subject: '', lane: 'bulk' })
  return DONE
}
