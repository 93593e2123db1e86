import { createRoute } from '@hono/zod-openapi'
import type { Context, Next } from 'hono'
import { openDatabase } from '../db/database'
import { type LinkKind, type LinkState, linksOf } from '../db/links'
import { timelineOf } from '../db/timeline'
import { errorOf, type Failure } from '../shared/errors'
import { isPowerOfficeId, isTribeId } from '../shared/record-ids'
import { recordSubject, subjectText } from '../shared/subjects'
import type { JobRequest } from '../sync-step'
import { tenantObject } from '../tenant-object'
import type { Obstacle } from '../tenant-sync/asked'
import { type App, tenantAdmin } from './admin-auth'
import { HttpError } from './errors'
import * as examples from './examples'
import { inTurn } from './in-turn'
import {
  ACCEPTED,
  Accepted,
  body,
  failing,
  forTenant,
  inTurnErrors,
  json,
  routes,
  TenantPath,
  tenantErrors,
} from './openapi'
import { LanguageQuery, problemOf } from './problems'
import { Ids, Kind, linkPart, NAME_ONE, type Named, namesOne, Record_, reasonOf } from './record-answer'
import * as z from './zod'

/** Single records: what happened, what stands in the way, and what an admin decides of them. */
export const records = routes()

const PageQuery = z.object({
  page: z.coerce.number().int().min(1).default(1),
  pageSize: z.coerce.number().int().min(1).max(500).default(100),
})

/** Which jobs may have met what stands in a record's way, where these are more than looks at itself. */
const JOBS_ABOUT: Readonly<Record<string, readonly string[]>> = {
  invoice: ['invoice', 'payment', 'notice', 'documentation', 'attachments'],
  customer: ['customer', 'delivery'],
}

const unknownRecord = failing('tenant.unknown', 'record.unknown')

const record = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/records',
  summary: "A record's link and timeline, and what stands in its way; on request its values in both systems",
  ...forTenant('Records'),
  middleware: [
    tenantAdmin,
    // Only what asks the two systems is limited.
    (c: Context<App>, next: Next) => (c.req.query('values') === 'true' ? inTurn(c, next) : next()),
  ],
  request: {
    params: TenantPath,
    query: z
      .object({
        kind: Kind,
        ...Ids.shape,
        values: z.enum(['true', 'false']).optional().openapi({
          description: 'Asks both systems besides, and tells each field. Nothing of it is kept',
        }),
        ...LanguageQuery.shape,
      })
      .refine(namesOne, NAME_ONE),
  },
  responses: {
    200: json(Record_, 'The record', examples.record),
    ...inTurnErrors,
    404: unknownRecord,
    409: failing('tenant.not_ready'),
  },
})
records.openapi(record, async (c) => {
  const { kind, tribeId, powerOfficeId, values } = c.req.valid('query')
  const { id: tenantId, sealedTribe, sealedClientKey } = c.get('tenant')
  if (values === 'true' && (!sealedTribe || !sealedClientKey))
    throw new HttpError(409, 'tenant.not_ready', 'Connect Tribe and PowerOffice first')
  if (!canBeIds(kind, { tribeId, powerOfficeId }))
    throw new HttpError(404, 'record.unknown', 'No record has such an id')
  const db = openDatabase(c.env.DB)
  const link = await findTied(linksOf(db, tenantId), kind, tribeId, powerOfficeId)
  const ids = idsOf(link, { tribeId, powerOfficeId })
  const subjects = subjectsOf(link, ids)
  const object = tenantObject(c.env, tenantId)
  const kinds = JOBS_ABOUT[kind] ?? [kind]
  const [entries, look, ...jobs] = await Promise.all([
    timelineOf(db, tenantId).of(kind, ids),
    object.lookOf([...kinds], subjects),
    ...kinds.map((one) => object.problemOf(one, subjects)),
  ])
  const job = jobs.find((one) => one !== null) ?? null
  const own = jobs[0]?.isParked ? jobs[0].code : null
  const seen = values === 'true' ? await object.values({ kind, ...ids, waitsFor: own }) : null
  if (!link && entries.length === 0 && !job && !look && (seen === null || seen.isUnknown))
    throw new HttpError(404, 'record.unknown', 'The relay knows nothing of this record')
  return c.json(
    {
      kind,
      ...ids,
      ...linkPart(link),
      timeline: entries.map(({ id, at, event, details }) => ({ id, at, event, details })),
      problem: job ? problemOf(job, c.get('language')) : null,
      because: job?.code ?? reasonOf(link, look),
      ...(seen ? { fields: seen.fields, unreachable: seen.unreachable } : {}),
    },
    200,
  )
})

/** What is no record's id is no key for a system to be asked by. */
const canBeIds = (kind: LinkKind, { tribeId, powerOfficeId }: Named): boolean =>
  (tribeId === undefined || isTribeId(tribeId)) &&
  (powerOfficeId === undefined || isPowerOfficeId(kind, powerOfficeId))

const idsOf = (link: LinkState | null, { tribeId, powerOfficeId }: Named) => ({
  tribeId: link?.tribeId ?? tribeId ?? null,
  powerOfficeId: link?.powerOfficeId ?? powerOfficeId ?? null,
})

/** The record's names among jobs and looks, on both sides. */
const subjectsOf = (link: LinkState | null, ids: ReturnType<typeof idsOf>) => [
  ...[ids.tribeId, link?.tribeRelationId].flatMap((id) => (id ? [recordSubject('tribe', id)] : [])),
  ...(ids.powerOfficeId ? [recordSubject('powerOffice', ids.powerOfficeId)] : []),
]

const Detached = z
  .object({
    kind: Kind,
    tribeId: z.string(),
    powerOfficeId: z.string(),
    number: z.string().nullable(),
    state: z.enum(['tribe-gone', 'poweroffice-gone']),
    since: z.string(),
  })
  .openapi('DetachedRecord')
export interface DetachedAnswer {
  records: z.infer<typeof Detached>[]
}

const detached = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/records/detached',
  summary: 'Pairs of which one side was deleted: relink, recreate or forget them',
  ...forTenant('Records'),
  request: { params: TenantPath, query: PageQuery },
  responses: {
    200: json(
      z.object({ records: z.array(Detached), page: z.number(), pageSize: z.number() }),
      'A page of them',
      examples.detached,
    ),
    ...tenantErrors,
  },
})
records.openapi(detached, async (c) => {
  const { page, pageSize } = c.req.valid('query')
  const links = linksOf(openDatabase(c.env.DB), c.get('tenant').id)
  const found = await links.detached({ limit: pageSize, offset: (page - 1) * pageSize })
  const rows = found.flatMap(({ kind, tribeId, powerOfficeId, number, state, syncedAt }) =>
    state === 'linked' || state === 'forgotten'
      ? []
      : [{ kind, tribeId, powerOfficeId, number, state, since: syncedAt }],
  )
  return c.json({ records: rows, page, pageSize }, 200)
})

/** Faults what no record of its kind could be called. */
const hasId = ({ kind, powerOfficeId }: { kind: string; powerOfficeId?: string | undefined }) =>
  powerOfficeId === undefined || isPowerOfficeId(kind, powerOfficeId)
const NO_ID = { path: ['powerOfficeId'], message: 'must be a whole number, of an invoice a uuid' }
const recordErrors = {
  ...tenantErrors,
  409: failing('tenant.not_active'),
  422: failing('record.unknown', 'record.not_detached', 'relation.kind_differs', 'invoice.not_sent'),
  503: failing('relay.database_unavailable', 'tribe.unreachable', 'tribe.timeout', 'poweroffice.unreachable'),
}

const relink = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/records/relink',
  summary: 'Ties a pair together, whatever stood there before',
  ...forTenant('Records'),
  request: {
    params: TenantPath,
    body: body(
      z
        .strictObject({
          kind: Kind,
          tribeId: z.guid().toLowerCase(),
          powerOfficeId: z.string().toLowerCase(),
          /** Of a contact person: its company in PowerOffice. Left out, PowerOffice is asked. */
          powerOfficeParentId: z.string().regex(/^\d+$/).optional(),
        })
        .refine(hasId, NO_ID),
      examples.relink,
    ),
  },
  responses: { 202: json(Accepted, 'It is done next', examples.accepted), ...recordErrors },
})
records.openapi(relink, async (c) => {
  const { kind, tribeId, powerOfficeId, powerOfficeParentId } = c.req.valid('json')
  const object = objectOf(c)
  refuse(
    kind,
    await object.obstacleOf(kind, { tribeId, powerOfficeId, parentId: powerOfficeParentId ?? null }),
  )
  const parentId = powerOfficeParentId || null
  const subject = subjectText({ of: 'pair', kind, tribeId, powerOfficeId, parentId })
  await object.enqueue([{ kind: 'relink', subject, lane: 'push' }])
  return c.json(ACCEPTED, 202)
})

const OneSide = z
  .strictObject({
    kind: Kind,
    tribeId: z.guid().toLowerCase().optional(),
    powerOfficeId: z.string().toLowerCase().optional(),
    powerOfficeParentId: z.string().regex(/^\d+$/).optional(),
  })
  .refine(namesOne, NAME_ONE)
  .refine(hasId, NO_ID)

const recreate = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/records/recreate',
  summary: 'Makes the side that is missing again',
  ...forTenant('Records'),
  request: { params: TenantPath, body: body(OneSide, examples.oneSide) },
  responses: { 202: json(Accepted, 'It is done next', examples.accepted), ...recordErrors },
})
records.openapi(recreate, async (c) => {
  const { kind, tribeId, powerOfficeId, powerOfficeParentId } = c.req.valid('json')
  const object = objectOf(c)
  const links = linksOf(openDatabase(c.env.DB), c.get('tenant').id)
  const link = await findTied(links, kind, tribeId, powerOfficeId)
  if (link?.state === 'linked')
    throw new HttpError(422, 'record.not_detached', 'Both sides of this record are there')
  // What is left of a detached pair has to be there; of a record that has no link, what was named.
  const isInTribe = link ? link.state === 'poweroffice-gone' : tribeId !== undefined
  const left = isInTribe
    ? { tribeId: link?.tribeId ?? tribeId ?? null, powerOfficeId: null, parentId: null }
    : {
        tribeId: null,
        powerOfficeId: link?.powerOfficeId ?? powerOfficeId ?? null,
        parentId: link?.powerOfficeParentId ?? powerOfficeParentId ?? null,
      }
  refuse(kind, await object.obstacleOf(kind, left))
  const half = tribeId
    ? ({ side: 'tribe', id: tribeId, parentId: null } as const)
    : ({ side: 'powerOffice', id: powerOfficeId ?? '', parentId: powerOfficeParentId || null } as const)
  const subject = subjectText({ of: 'half', kind, ...half })
  await object.enqueue([{ kind: 'recreate', subject, lane: 'push' }])
  return c.json(ACCEPTED, 202)
})

const forget = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/records/forget',
  summary: 'Drops the link for good; the records stay as they are, and nothing ties them again but an admin',
  ...forTenant('Records'),
  request: { params: TenantPath, body: body(OneSide, examples.oneSide) },
  responses: { 202: json(Accepted, 'Forgotten', examples.accepted), ...tenantErrors, 404: unknownRecord },
})
records.openapi(forget, async (c) => {
  const { kind, tribeId, powerOfficeId } = c.req.valid('json')
  const links = linksOf(openDatabase(c.env.DB), c.get('tenant').id)
  const link = await findTied(links, kind, tribeId, powerOfficeId)
  if (!link) throw new HttpError(404, 'record.unknown', 'The relay knows no link of this record')
  const object = tenantObject(c.env, c.get('tenant').id)
  // An invoice would be made again the next night: it was sent, and is nobody's.
  if (kind === 'invoice') await object.forgetInvoice(link.tribeId, link.powerOfficeId)
  if (kind === 'invoice') await links.remove(kind, link.tribeId)
  else await links.forget(kind, link.tribeId, new Date().toISOString())
  // Whatever stood in its way does not any more.
  if (kind !== 'invoice' && c.get('tenant').state !== 'setup') await object.enqueue(looksAt(kind, link))
  return c.json(ACCEPTED, 202)
})

/** One at either side of a pair: a look ends whatever is over. */
const looksAt = (kind: LinkKind, link: LinkState): JobRequest[] =>
  [
    recordSubject('tribe', link.tribeId),
    recordSubject('powerOffice', link.powerOfficeId, link.powerOfficeParentId || null),
  ].map((subject) => ({ kind, subject, lane: 'push' }))

/** Answers 422 when something stands in the way, and 503 when a system is away that would know. */
function refuse(kind: string, obstacle: Obstacle | null | Failure): void {
  if (obstacle === null) return
  if (typeof obstacle === 'object') throw errorOf(obstacle)
  if (obstacle === 'not-sent')
    throw new HttpError(422, 'invoice.not_sent', 'The invoice is not sent in Tribe')
  if (obstacle === 'kind-differs')
    throw new HttpError(422, 'relation.kind_differs', 'One is a person and the other a company')
  const where = obstacle === 'not-in-tribe' ? 'Tribe' : 'PowerOffice'
  throw new HttpError(422, 'record.unknown', `There is no such ${kind} in ${where}`)
}

/** The tenant's object; work by hand needs a tenant that is activated. */
function objectOf(c: Context<App>) {
  const tenant = c.get('tenant')
  if (tenant.state === 'setup')
    throw new HttpError(409, 'tenant.not_active', 'The tenant is not activated yet')
  return tenantObject(c.env, tenant.id)
}

/** The link of a record that is named by one side's id. */
export function findLink(
  links: ReturnType<typeof linksOf>,
  kind: LinkKind,
  tribeId: string | undefined,
  powerOfficeId: string | undefined,
) {
  if (tribeId !== undefined) return links.findByTribe(kind, tribeId)
  return powerOfficeId === undefined ? Promise.resolve(null) : links.findByPowerOffice(kind, powerOfficeId)
}

/** The same; null when an admin has let it go. */
async function findTied(...named: Parameters<typeof findLink>): Promise<LinkState | null> {
  const link = await findLink(...named)
  return link?.state === 'forgotten' ? null : link
}
