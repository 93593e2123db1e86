import { createRoute } from '@hono/zod-openapi'
import { auditIn } from '../db/audit'
import { openDatabase } from '../db/database'
import { hoursIn } from '../db/hours'
import { type Link, type LinkState, linksOf } from '../db/links'
import { mappingsOf } from '../db/mappings'
import { TenantSettings } from '../db/settings'
import { tenantStatusesIn } from '../db/tenant-statuses'
import type { Tenant } from '../db/tenants'
import { timelineOf } from '../db/timeline'
import { toldFieldsOf } from '../db/told-fields'
import type { Env } from '../env'
import { askedOf, FieldMappings } from '../shared/own-fields'
import { streamOf } from '../shared/stream'
import { tenantObject } from '../tenant-object'
import type { Stored, StoredKind, StoredPage } from '../tenant-sync/stored'
import * as examples from './examples'
import { forTenantInTurn, inTurnErrors, json, routes, TenantPath } from './openapi'
import { Ids, Kind, namesOne } from './record-answer'
import { findLink } from './records'
import * as z from './zod'

/** All that is kept about a tenant, or about one of its records; secrets and tokens are left out. */
export const exported = routes()

const Row = z.record(z.string(), z.unknown())
const Export = z
  .object({
    at: z.string(),
    /** With settings and mappings; of one record, only whose it is. */
    tenant: z.looseObject({ id: z.string(), name: z.string() }),
    links: z.array(Row),
    /** What was written into the CRM's fields that an admin mapped, as fingerprints. */
    told: z.array(Row),
    timeline: z.array(Row),
    jobs: z.array(Row),
    /** Why records were left alone. */
    looks: z.array(Row),
    preview: z.array(Row),
    cursors: z.array(z.object({ name: z.string(), value: z.unknown() })),
    /** Of the tenant; not of one record, which the trail does not know. */
    audit: z.array(Row),
    /** What the tenant's webhook was told. */
    events: z.array(Row),
    /** What happened in each hour, in numbers. */
    hours: z.array(Row),
  })
  .openapi('Export')

const read = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/export',
  summary: 'All that is kept about the tenant, or about one record of it',
  ...forTenantInTurn('Leaving'),
  request: {
    params: TenantPath,
    query: z
      .object({
        kind: Kind.optional(),
        ...Ids.shape,
      })
      .refine(
        ({ kind, tribeId, powerOfficeId }) =>
          kind === undefined
            ? tribeId === undefined && powerOfficeId === undefined
            : namesOne({ tribeId, powerOfficeId }),
        'give kind with tribeId or powerOfficeId, or none of them',
      ),
  },
  responses: { 200: json(Export, 'What is kept, as a file', examples.exported), ...inTurnErrors },
})
exported.openapi(read, async (c) => {
  const tenant = c.get('tenant')
  const { kind, tribeId, powerOfficeId } = c.req.valid('query')
  const parts = kind
    ? await partsOfRecord(c.env, tenant, kind, { tribeId, powerOfficeId })
    : await partsOfTenant(c.env, tenant)
  return new Response(streamOf(textOf({ at: new Date().toISOString(), ...parts })), {
    headers: {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="relay-${tenant.id}.json"`,
    },
  }) as never
})

type Pages = AsyncGenerator<readonly object[]>
/** Members of the export: a value, or pages of rows that are read when their turn comes. */
type Parts = Record<string, unknown | Pages>

async function partsOfTenant(env: Env, tenant: Tenant): Promise<Parts> {
  const { id, name, state, createdAt, activatedAt, tribe, powerOffice } = tenant
  const db = openDatabase(env.DB)
  const mappings = mappingsOf(db, id)
  return {
    tenant: {
      id,
      name,
      state,
      createdAt,
      activatedAt,
      tribe,
      powerOffice,
      settings: TenantSettings.parse(tenant.settings),
      mappings: {
        units: await mappings.units(),
        vat: await mappings.vat(),
        fields: FieldMappings.parse(tenant.fields ?? []).map(askedOf),
      },
      standing: await tenantStatusesIn(db).find(id),
    },
    links: linkPages(linksOf(db, id).pages()),
    told: toldFieldsOf(db, id).pages(),
    timeline: timelineOf(db, id).pages(),
    jobs: storedPages(env, id, 'jobs'),
    looks: storedPages(env, id, 'looks'),
    preview: storedPages(env, id, 'preview'),
    cursors: storedPages(env, id, 'cursors'),
    audit: auditIn(db).pages(id),
    events: storedPages(env, id, 'events'),
    hours: await hoursIn(db).since(id, ''),
  }
}

async function partsOfRecord(
  env: Env,
  { id, name }: Tenant,
  kind: z.infer<typeof Kind>,
  asked: { tribeId: string | undefined; powerOfficeId: string | undefined },
): Promise<Parts> {
  const db = openDatabase(env.DB)
  const link = await findLink(linksOf(db, id), kind, asked.tribeId, asked.powerOfficeId)
  const powerOfficeId = link?.powerOfficeId ?? asked.powerOfficeId ?? null
  const tribeId = link?.tribeId ?? asked.tribeId ?? null
  // Of a relation also the organisation or person behind the role.
  const tribeIds = [tribeId, link?.tribeRelationId].filter((one) => typeof one === 'string')
  const isNamed = (parts: readonly (string | null)[]) =>
    parts.some((part) => part !== null && tribeIds.includes(part)) ||
    (powerOfficeId !== null && parts.includes(kind) && parts.includes(powerOfficeId))
  return {
    tenant: { id, name },
    links: link ? [linkAnswer(link)] : [],
    told:
      tribeId !== null && (kind === 'customer' || kind === 'invoice')
        ? await toldFieldsOf(db, id).among(kind, [tribeId])
        : [],
    timeline: await timelineOf(db, id).of(kind, { tribeId, powerOfficeId }, MOST_ENTRIES),
    jobs: only(storedPages(env, id, 'jobs'), (job) => isNamed([job.kind, ...job.subject.split(':')])),
    looks: only(storedPages(env, id, 'looks'), (look) => isNamed([look.kind, ...look.subject.split(':')])),
    preview: only(storedPages(env, id, 'preview'), (item) =>
      isNamed([item.kind, item.powerOfficeId, ...item.tribeIds]),
    ),
    cursors: only(storedPages(env, id, 'cursors'), (fact) => isNamed(fact.name.split(':'))),
    audit: [],
    hours: [],
    events: only(storedPages(env, id, 'events'), ({ data }) =>
      isNamed([data.kind, data.tribeId, data.powerOfficeId].map((one) => String(one ?? ''))),
    ),
  }
}
const MOST_ENTRIES = 10_000

/** The answer calls how far an invoice has come its `life`, as it always has. */
const linkAnswer = ({ exportState, ...link }: LinkState) => ({ ...link, life: exportState })

async function* linkPages(pages: AsyncGenerator<Link[]>): AsyncGenerator<object[]> {
  for await (const page of pages) yield page.map(linkAnswer)
}

async function* storedPages<K extends StoredKind>(
  env: Env,
  tenantId: string,
  kind: K,
): AsyncGenerator<Stored[K][]> {
  let after: string | null = null
  do {
    const page: StoredPage<StoredKind> = await tenantObject(env, tenantId).readStored(kind, after)
    yield page.rows as Stored[K][]
    after = page.next
  } while (after !== null)
}

async function* only<T>(pages: AsyncGenerator<T[]>, isWanted: (row: T) => boolean): AsyncGenerator<T[]> {
  for await (const rows of pages) yield rows.filter(isWanted)
}

/** One JSON object, said piece by piece. */
async function* textOf(parts: Parts): AsyncGenerator<string> {
  let before = '{'
  for (const [name, value] of Object.entries(parts)) {
    yield `${before}${JSON.stringify(name)}:`
    before = ','
    if (!isPages(value)) {
      yield JSON.stringify(value)
      continue
    }
    let mark = '['
    for await (const rows of value) {
      if (rows.length === 0) continue
      yield `${mark}${rows.map((row) => JSON.stringify(row)).join(',')}`
      mark = ','
    }
    yield mark === '[' ? '[]' : ']'
  }
  yield '}'
}
const isPages = (value: unknown): value is Pages =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value
