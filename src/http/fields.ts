import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { openDatabase } from '../db/database'
import { linksOf } from '../db/links'
import { tenantsIn } from '../db/tenants'
import { checkFields, type FieldCatalog } from '../lookups/fields'
import { toldRows } from '../lookups/told-edits'
import { SyncError } from '../shared/errors'
import {
  askedOf,
  DIRECTIONS,
  FIELD_RECORDS,
  FIELD_TYPES,
  type FieldMapping,
  FieldMappings,
  goesToTribe,
  isMember,
} from '../shared/own-fields'
import type { JobRequest } from '../sync-step'
import { tenantObject } from '../tenant-object'
import type { App } from './admin-auth'
import { HttpError } from './errors'
import * as examples from './examples'
import { body, failing, forTenantInTurn, inTurnErrors, json, routes, TenantPath } from './openapi'
import * as z from './zod'

/** Fields of the admin's own: which there are in both systems, and how they are mapped. */
export const fields = routes()

const path = '/api/tenants/{id}/fields'

const Field = z.object({
  record: z.enum(FIELD_RECORDS),
  field: z.string(),
  label: z.string(),
  type: z.enum(FIELD_TYPES),
  writable: z.boolean(),
})
export const Mapped = z.strictObject({
  record: z.enum(FIELD_RECORDS),
  tribeField: z.string().min(1).max(200),
  powerOfficeField: z.string().min(1).max(200),
  direction: z.enum(DIRECTIONS),
})
const Fields = z
  .object({ tribe: z.array(Field), powerOffice: z.array(Field), mapped: z.array(Mapped) })
  .openapi('Fields')
export type Fields = z.infer<typeof Fields>

export const notReady = failing('tenant.not_ready')
/** `details.index` names the bad row. */
export const badRow = failing(
  ...['field.unknown', 'field.read_only', 'field.type_differs', 'field.mapped_twice'],
  ...['field.direction_impossible', 'field.no_metadata'],
)

const read = createRoute({
  method: 'get',
  path,
  summary: 'The fields of both systems, and how they are mapped',
  ...forTenantInTurn('Mappings'),
  request: { params: TenantPath, query: z.object({ refresh: z.enum(['true', 'false']).optional() }) },
  responses: {
    200: json(Fields, 'Both lists, and the rows', examples.fields),
    ...inTurnErrors,
    409: notReady,
    422: failing('field.no_metadata'),
  },
})
fields.openapi(read, async (c) => {
  const catalog = await catalogOf(c, c.req.valid('query').refresh === 'true')
  return c.json(shown(catalog, FieldMappings.parse(c.get('tenant').fields ?? [])), 200)
})

/** What other rows may have put right. */
export const MENDED = [
  ...['field.gone', 'field.type_changed', 'field.refused', 'field.not_allowed'],
  ...['invoice.dimension_unknown', 'invoice.dimension_missing'],
]

/** What Tribe holds by now of a field that was mapped before is seen by the comparison, while nothing is being told. */
const TELL_AFTER_S = 2

/** What is asked for so that Tribe is told by these rows. */
export const tellingOf = (rows: FieldMappings): JobRequest[] =>
  rows.some(({ direction }) => goesToTribe(direction))
    ? [{ kind: 'tell-fields', subject: '', lane: 'bulk', afterSeconds: TELL_AFTER_S }]
    : []

/** More rows than anybody maps: each field of each record is read with every look. */
export const MOST_ROWS = 100

const put = createRoute({
  method: 'put',
  path,
  summary: 'Maps fields, in place of what was mapped before',
  ...forTenantInTurn('Mappings'),
  request: {
    params: TenantPath,
    body: body(z.strictObject({ mapped: z.array(Mapped).max(MOST_ROWS) }), {
      mapped: examples.fields.mapped,
    }),
  },
  responses: {
    200: json(Fields, 'Saved', examples.fields),
    ...inTurnErrors,
    409: notReady,
    422: badRow,
  },
})
fields.openapi(put, async (c) => {
  const { mapped } = c.req.valid('json')
  const tenant = c.get('tenant')
  const { rows, catalog } = await checkedRows(c, mapped)
  const before = FieldMappings.parse(tenant.fields ?? [])
  const object = tenantObject(c.env, tenant.id)
  const begun = JSON.parse(await object.beginChange('fields', JSON.stringify(before)))
  await tenantsIn(openDatabase(c.env.DB)).update(tenant.id, { fields: rows })
  // What is under way by the old rows writes nothing more, before what it knew of them is dropped.
  await object.settingsChanged()
  let isNewPair = false
  for (const former of [before, FieldMappings.parse(begun)])
    isNewPair = (await dropFormer(c, former, rows)) || isNewlyTold(former, rows) || isNewPair
  for (const code of MENDED) await object.retry({ code })
  if (tenant.state !== 'setup' && isNewPair)
    await object.enqueue([{ kind: 'compare', subject: '', lane: 'bulk' }])
  if (tenant.state !== 'setup') await object.enqueue(tellingOf(rows))
  await object.endChange('fields')
  return c.json(shown(catalog, rows), 200)
})

/** The rows as they would be kept; refuses what could never work, whether it is to be kept or only tried. */
export async function checkedRows(
  c: Context<App>,
  mapped: z.infer<typeof Mapped>[],
): Promise<{ rows: FieldMappings; catalog: FieldCatalog }> {
  let catalog = await catalogOf(c, false)
  let rows = checkFields(mapped, catalog)
  // What is not known may be new: the lists are read once more before a row is refused.
  if ('index' in rows) {
    catalog = await catalogOf(c, true)
    rows = checkFields(mapped, catalog)
  }
  if ('index' in rows)
    throw new HttpError(422, rows.code, rows.message, { index: rows.index, entry: mapped[rows.index] })
  return { rows, catalog }
}

/** Rows of members that are others now: what was last in step by the former ones counts no more. Gives whether any is new. */
async function dropFormer(c: Context<App>, before: FieldMappings, now: FieldMappings): Promise<boolean> {
  const links = linksOf(openDatabase(c.env.DB), c.get('tenant').id)
  const { dropped, isNewPair } = changedMembers(before, now)
  for (const { kind, fields } of dropped) await links.dropBases(kind, fields)
  return isNewPair
}

/** A row that only tells Tribe: somebody may have edited its field since it was told last, as long as it was not mapped. */
const isNewlyTold = (before: FieldMappings, now: FieldMappings): boolean =>
  toldRows(now).some(
    (row) => !before.some((one) => JSON.stringify(askedOf(one)) === JSON.stringify(askedOf(row))),
  )

/** Which members' rows are others than before, by the kinds of records that have them, and whether any is new. */
export function changedMembers(
  before: FieldMappings,
  now: FieldMappings,
): { dropped: { kind: FieldMapping['record']; fields: string[] }[]; isNewPair: boolean } {
  const isAmong = (rows: FieldMappings, one: FieldMapping) =>
    rows.some((row) => JSON.stringify(askedOf(row)) === JSON.stringify(askedOf(one)))
  const members = (rows: FieldMappings) => rows.filter(({ powerOfficeField }) => isMember(powerOfficeField))
  const changed = [
    ...members(before).filter((row) => !isAmong(now, row)),
    ...members(now).filter((row) => !isAmong(before, row)),
  ]
  const dropped = [...new Set(changed.map((row) => row.record))].map((kind) => ({
    kind,
    fields: [...new Set(changed.filter(({ record }) => record === kind).map((row) => row.powerOfficeField))],
  }))
  return { dropped, isNewPair: members(now).some((row) => !isAmong(before, row)) }
}

const shown = (catalog: FieldCatalog, rows: FieldMappings): Fields => {
  const field = ({
    record,
    field: name,
    label,
    type,
    writable,
  }: FieldCatalog['tribe'][number] | FieldCatalog['powerOffice'][number]) => ({
    record,
    label,
    type,
    writable,
    field: name,
  })
  return {
    tribe: catalog.tribe.map(field),
    powerOffice: catalog.powerOffice.map(field),
    mapped: rows.map(askedOf),
  }
}

async function catalogOf(c: Context<App>, refresh: boolean): Promise<FieldCatalog> {
  const tenant = c.get('tenant')
  if (!tenant.sealedTribe || !tenant.sealedClientKey)
    throw new HttpError(409, 'tenant.not_ready', 'Connect Tribe and PowerOffice first')
  const found = await tenantObject(c.env, tenant.id).fieldCatalog(refresh)
  if (!('failure' in found)) return found
  const { code, remedy, message } = found.failure
  throw new SyncError(code, remedy, message)
}
