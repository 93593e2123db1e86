import { createRoute } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { type Hour, hoursIn } from '../db/hours'
import { tenantsIn } from '../db/tenants'
import { type Env, settingsOf } from '../env'
import { addDays, dayIn, HOUR_MS } from '../shared/dates'
import { within } from '../shared/limit'
import { fromMinor } from '../shared/money'
import { countOfSpans, NO_SPANS, type Spans, shareWithin, sumOfSpans } from '../shared/spans'
import { tenantObject } from '../tenant-object'
import { SHARE_OF_TRIBE } from '../tribe/window'
import * as examples from './examples'
import { forOperator, forTenant, json, operatorErrors, routes, TenantPath, tenantErrors } from './openapi'
import * as z from './zod'

/** What happened lately, in numbers: for the pictures of the console, and for whoever draws others. */
export const activity = routes()

const DAYS = 30
const MOST_SLOW = 10
/** Where D1's word has to do: the object is at work, or away. */
const ANSWERS_WITHIN_MS = 2000
/** One that waits for its turn at the gate is not waited for by a page. */
const ASKED_WITHIN_MS = 6000

const Arrivals = z.object({
  count: z.number(),
  medianSeconds: z.number().nullable().openapi({ description: 'Half of them took so long at most' }),
  p95Seconds: z.number().nullable(),
})
const Activity = z
  .object({
    days: z
      .array(z.object({ day: z.string(), events: z.number(), writes: z.number(), problems: z.number() }))
      .openapi({ description: 'The last 30 days of Europe/Oslo, the oldest first' }),
    arrivals: Arrivals.openapi({ description: 'From a change to its arrival in the other system' }),
  })
  .openapi('Activity')
export type Activity = z.infer<typeof Activity>

const ofTenant = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/activity',
  summary: 'Events, writes and problems of the last 30 days, and how long changes took to arrive',
  ...forTenant('Status'),
  request: { params: TenantPath },
  responses: { 200: json(Activity, 'In numbers', examples.activity), ...tenantErrors },
})
activity.openapi(ofTenant, async (c) => {
  const { id } = c.get('tenant')
  const today = dayIn(new Date(), 'Europe/Oslo')
  const from = addDays(today, 1 - DAYS)
  const hours = await hoursOf(c.env, id, addDays(from, -1))
  const days = Array.from({ length: DAYS }, (_, index) => {
    const day = addDays(from, index)
    return { day, events: 0, writes: 0, problems: 0 }
  })
  let spans = NO_SPANS
  for (const hour of hours) {
    const day = days.find((one) => one.day === dayIn(new Date(`${hour.hour}:00:00Z`), 'Europe/Oslo'))
    if (!day) continue
    day.events += hour.events
    day.writes += hour.writes
    day.problems += hour.problems
    spans = sumOfSpans(spans, hour.arrivals)
  }
  return c.json({ days, arrivals: arrivalsOf(spans) }, 200)
})

/** What D1 knows, and the hours of which the object knows better. */
async function hoursOf(env: Env, id: string, from: string): Promise<Omit<Hour, 'tenantId'>[]> {
  const [told, own] = await Promise.all([
    hoursIn(openDatabase(env.DB)).since(id, from),
    within(ANSWERS_WITHIN_MS, tenantObject(env, id).readHours()).catch(() => []),
  ])
  const known = new Map<string, Omit<Hour, 'tenantId'>>(told.map((hour) => [hour.hour, hour]))
  for (const hour of own) known.set(hour.hour, hour)
  return [...known.values()]
}

const arrivalsOf = (spans: Spans) => ({
  count: countOfSpans(spans),
  medianSeconds: shareWithin(spans, 0.5),
  p95Seconds: shareWithin(spans, 0.95),
})

const RelayActivity = z
  .object({
    hours: z
      .array(z.object({ hour: z.string(), tribe: z.number(), powerOffice: z.number() }))
      .openapi({ description: 'Calls of all tenants in each of the last 24 hours, the oldest first' }),
    perHour: z
      .object({ tribe: z.number(), powerOffice: z.number() })
      .openapi({ description: 'As many as an hour allows: of PowerOffice in all, of Tribe to each tenant' }),
    busiest: z.number().openapi({ description: 'The most calls to Tribe of one tenant within an hour' }),
    slowest: z.array(Arrivals.extend({ id: z.string(), name: z.string() })),
  })
  .openapi('RelayActivity')
export type RelayActivity = z.infer<typeof RelayActivity>

const ofAll = createRoute({
  method: 'get',
  path: '/api/activity',
  summary: 'Use of both budgets over the last day, and the tenants whose changes take longest',
  description: 'An hour is told when it has passed; the one under way as far as it was told when it began.',
  ...forOperator('Status'),
  responses: { 200: json(RelayActivity, 'In numbers', examples.relayActivity), ...operatorErrors },
})
activity.openapi(ofAll, async (c) => {
  const now = Date.now()
  const settings = settingsOf(c.env)
  const hourAt = (ms: number) => new Date(ms).toISOString().slice(0, 13)
  const names = Array.from({ length: 24 }, (_, index) => hourAt(now - (23 - index) * HOUR_MS))
  const db = openDatabase(c.env.DB)
  const [calls, arrivals, tenants] = await Promise.all([
    hoursIn(db).callsSince(names[0] ?? ''),
    hoursIn(db).arrivalsSince(names[0] ?? ''),
    tenantsIn(db).names(),
  ])
  const byTenant = new Map<string, Spans>()
  for (const row of arrivals)
    byTenant.set(row.tenantId, sumOfSpans(byTenant.get(row.tenantId) ?? NO_SPANS, row.arrivals))
  const slowest = tenants
    .map(({ id, name }) => ({ id, name, ...arrivalsOf(byTenant.get(id) ?? NO_SPANS) }))
    .filter(({ count }) => count > 0)
    .toSorted(
      (a, b) => (b.p95Seconds ?? 0) - (a.p95Seconds ?? 0) || (b.medianSeconds ?? 0) - (a.medianSeconds ?? 0),
    )
    .slice(0, MOST_SLOW)
  return c.json(
    {
      hours: names.map((name) => {
        const { tribe = 0, powerOffice = 0 } = calls.find(({ hour }) => hour === name) ?? {}
        return { hour: `${name}:00:00.000Z`, tribe, powerOffice }
      }),
      perHour: {
        tribe: Math.floor(settings.TRIBE_REQUESTS_PER_MINUTE * SHARE_OF_TRIBE) * 60,
        powerOffice: settings.POWEROFFICE_REQUESTS_PER_SECOND * 3600,
      },
      busiest: Math.max(0, ...arrivals.map(({ tribe }) => tribe)),
      slowest,
    },
    200,
  )
})

const Money = z.number()
const AgesAnswer = z
  .object({
    state: z.enum(['known', 'not-mapped', 'unreachable']),
    ages: z
      .object({ notDue: Money, to30: Money, to60: Money, to90: Money, over90: Money, credit: Money })
      .nullable()
      .openapi({ description: 'By days overdue, in the currency of the client' }),
  })
  .openapi('ReceivablesByAge')
export type AgesAnswer = z.infer<typeof AgesAnswer>

const byAge = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/receivables/ages',
  summary: 'What all customers owe, by how long it is overdue; where a field of receivables is mapped',
  ...forTenant('Records'),
  request: { params: TenantPath },
  responses: { 200: json(AgesAnswer, 'Asked live, and kept nowhere', examples.ages), ...tenantErrors },
})
activity.openapi(byAge, async (c) => {
  const nothing = (state: 'not-mapped' | 'unreachable') => c.json({ state, ages: null }, 200)
  const object = tenantObject(c.env, c.get('tenant').id)
  const ask = async () => object.owedByAge()
  const found = await within(ASKED_WITHIN_MS, ask()).catch(() => 'late' as const)
  if (found === null) return nothing('not-mapped')
  if (found === 'late' || 'failure' in found) return nothing('unreachable')
  const { notDue, to30, to60, to90, over90, credit } = found
  const ages = {
    notDue: fromMinor(notDue),
    to30: fromMinor(to30),
    to60: fromMinor(to60),
    to90: fromMinor(to90),
    over90: fromMinor(over90),
    credit: fromMinor(credit),
  }
  return c.json({ state: 'known' as const, ages }, 200)
})
