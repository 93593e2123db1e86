import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { openDatabase } from '../db/database'
import { linksOf } from '../db/links'
import { tenantsIn } from '../db/tenants'
import { timelineOf } from '../db/timeline'
import { errorOf } from '../shared/errors'
import { explain } from '../shared/problems'
import { tenantObject } from '../tenant-object'
import type { ChangeToUndo } from '../tenant-sync/undo/change'
import type { App } from './admin-auth'
import { HttpError } from './errors'
import * as examples from './examples'
import {
  ACCEPTED,
  Accepted,
  body,
  failing,
  forTenant,
  forTenantInTurn,
  inTurnErrors,
  json,
  routes,
  TenantPath,
  tenantErrors,
} from './openapi'
import { Ids, Kind, NAME_ONE, type Named, namesOne } from './record-answer'
import { findLink } from './records'
import * as z from './zod'

/** A first load is taken back: what it made in Tribe and nobody has touched since. */
export const undo = routes()

const path = '/api/tenants/{id}/undo'
const Undo = z
  .object({
    state: z.enum(['none', 'running', 'previewed', 'undoing', 'done', 'failed']),
    at: z.string().nullable(),
    counts: z.object({ removable: z.number(), restorable: z.number(), touched: z.number() }),
    done: z.number().openapi({ description: 'How many of what goes or comes back are done' }),
    items: z.array(
      z.object({
        kind: z.string(),
        tribeId: z.string(),
        powerOfficeId: z.string(),
        outcome: z.enum(['removable', 'restorable', 'not-kept', 'touched']),
      }),
    ),
  })
  .openapi('Undo')
export type UndoAnswer = z.infer<typeof Undo>

const Former = z
  .object({
    side: z.enum(['tribe', 'powerOffice']),
    at: z.string().openapi({ description: 'When the relay made the change' }),
    fields: z.array(
      z.object({ field: z.string(), former: z.union([z.string(), z.number(), z.boolean(), z.null()]) }),
    ),
  })
  .openapi('FormerValues')
export type FormerAnswer = z.infer<typeof Former>

const begin = createRoute({
  method: 'post',
  path,
  summary: 'Works out what an undo of the first load would do; nothing is changed',
  ...forTenantInTurn('Tenants'),
  request: {
    params: TenantPath,
    body: body(z.strictObject({ what: z.literal('first-load') }), { what: 'first-load' as const }),
  },
  responses: {
    202: json(Accepted, 'It is being worked out', examples.accepted),
    ...inTurnErrors,
    409: failing('undo.too_late'),
  },
})
undo.openapi(begin, async (c) => {
  refuse(await tenantObject(c.env, c.get('tenant').id).startUndo())
  return c.json(ACCEPTED, 202)
})

const read = createRoute({
  method: 'get',
  path,
  summary: 'What an undo would do, or has done',
  ...forTenant('Tenants'),
  request: {
    params: TenantPath,
    query: z.object({
      page: z.coerce.number().int().min(1).default(1),
      pageSize: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: {
    200: json(Undo, 'As far as it is worked out', {
      state: 'previewed',
      at: '2026-11-30T02:30:00.000Z',
      counts: { removable: 1, restorable: 0, touched: 0 },
      done: 0,
      items: [
        {
          kind: 'customer',
          tribeId: '9b0f7a52-6d0f-4d1a-8f8e-2f4a1c0a7b11',
          powerOfficeId: '100245',
          outcome: 'removable',
        },
      ],
    }),
    ...tenantErrors,
  },
})
undo.openapi(read, async (c) =>
  c.json(await tenantObject(c.env, c.get('tenant').id).readUndo(c.req.valid('query')), 200),
)

const confirm = createRoute({
  method: 'post',
  path: `${path}/confirm`,
  summary: 'Carries the undo out; the company is paused then, and can be activated anew',
  ...forTenant('Tenants'),
  request: { params: TenantPath },
  responses: {
    202: json(Accepted, 'It is being carried out', examples.accepted),
    ...tenantErrors,
    409: failing('undo.too_late', 'undo.not_previewed'),
  },
})
undo.openapi(confirm, async (c) => {
  const { id } = c.get('tenant')
  const object = tenantObject(c.env, id)
  refuse(await object.obstacleOfUndo())
  // Nothing is made or written beside it, and no tick makes again what it removes.
  await tenantsIn(openDatabase(c.env.DB)).update(id, { state: 'paused' })
  await object.setActive(false)
  refuse(await object.confirmUndo())
  return c.json(ACCEPTED, 202)
})

const former = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/records/undo',
  summary: 'What taking back one change of the relay would bring back; nothing is changed',
  description: 'It is refused with the code that taking it back would be refused with.',
  ...forTenantInTurn('Records'),
  request: {
    params: TenantPath,
    query: z
      .object({
        kind: Kind,
        ...Ids.shape,
        entryId: z.coerce.number().int(),
      })
      .refine(namesOne, NAME_ONE),
  },
  responses: {
    200: json(Former, 'The former values, and the system that they would be written to', {
      side: 'tribe',
      at: '2026-11-30T02:30:00.000Z',
      fields: [{ field: 'phone', former: '22 33 44 55' }],
    }),
    ...inTurnErrors,
    404: failing('tenant.unknown', 'record.unknown'),
    409: failing('undo.changed_since', 'undo.not_kept'),
  },
})
undo.openapi(former, async (c) => {
  const { change, at } = await changeNamed(c, c.req.valid('query'))
  const found = await tenantObject(c.env, c.get('tenant').id).previewChange(change)
  if (typeof found === 'string') return refuse(found)
  if ('failure' in found) throw errorOf(found)
  const side = change.side === 'crm' ? ('tribe' as const) : ('powerOffice' as const)
  return c.json({ side, at, fields: found }, 200)
})

const change = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/records/undo',
  summary:
    'Takes back one change of the relay, by its entry in the timeline, as long as nobody has changed it since',
  ...forTenantInTurn('Records'),
  request: {
    params: TenantPath,
    body: body(
      z
        .strictObject({
          kind: Kind,
          ...Ids.shape,
          entryId: z.int(),
        })
        .refine(namesOne, NAME_ONE),
      { kind: 'customer' as const, powerOfficeId: '100245', entryId: 17 },
    ),
  },
  responses: {
    202: json(Accepted, 'It is done next', examples.accepted),
    ...inTurnErrors,
    404: failing('tenant.unknown', 'record.unknown'),
    409: failing('undo.changed_since', 'undo.not_kept'),
  },
})
undo.openapi(change, async (c) => {
  const named = await changeNamed(c, c.req.valid('json'))
  const obstacle = await tenantObject(c.env, c.get('tenant').id).undoChange(named.change)
  if (typeof obstacle === 'object' && obstacle !== null) throw errorOf(obstacle)
  if (obstacle !== null) return refuse(obstacle)
  return c.json(ACCEPTED, 202)
})

/** The change by its entry in the record's timeline. Throws for what is none, or of which nothing is kept. */
async function changeNamed(
  c: Context<App>,
  { kind, tribeId, powerOfficeId, entryId }: NamedEntry,
): Promise<{ change: ChangeToUndo; at: string }> {
  const { id } = c.get('tenant')
  const db = openDatabase(c.env.DB)
  const link = await findLink(linksOf(db, id), kind, tribeId, powerOfficeId)
  const entry = await timelineOf(db, id).find(entryId)
  const isIts = entry?.kind === kind && link !== null && entry.tribeId === link.tribeId
  if (!isIts) throw new HttpError(404, 'record.unknown', 'The record has no such entry in its timeline')
  const { kept } = entry.details
  if (typeof kept !== 'string') return refuse('undo.not_kept')
  const side = entry.event === 'updated-tribe' ? 'crm' : 'books'
  return { change: { kind, tribeId: link.tribeId, side, kept: [kept] }, at: entry.at }
}
interface NamedEntry extends Named {
  kind: z.infer<typeof Kind>
  entryId: number
}

function refuse(code: string): never
function refuse(code: string | null): void
function refuse(code: string | null): void {
  if (code !== null) throw new HttpError(409, code, explain(code, 'en').cause)
}
