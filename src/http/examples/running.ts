import { AT, ID, TRIBE_ID, tenant } from './company'

/** The relay at work: what is due, what stands in the way, who did what. */

export const about = {
  name: 'Tribe ⇄ PowerOffice relay',
  description: 'Keeps a company’s Tribe CRM and its PowerOffice Go in step',
  links: { console: '/console', docs: '/docs', openapi: '/openapi.json', health: '/health' },
}

export const accepted = { accepted: true } as const

export const audit = {
  entries: [
    {
      id: 4711,
      at: AT,
      who: 'tenant' as const,
      what: 'PATCH /api/tenants/:id/settings',
      tenantId: ID,
      from: '203.0.113.7',
      status: 200,
      code: null,
      times: 1,
    },
  ],
  next: '4711',
}

export const events = {
  events: [
    {
      id: 'msg_5b1e…',
      type: 'invoice.posted',
      at: AT,
      state: 'delivered' as const,
      attempts: 1,
      nextAt: null,
      status: 204,
      data: { tenantId: ID, kind: 'invoice', tribeId: TRIBE_ID, powerOfficeId: '8123', number: '10001' },
    },
  ],
  page: 1,
  pageSize: 100,
  problem: null,
}

export const replayed = { replayed: 1 }

export const problem = {
  code: 'vat.unmapped',
  remedy: 'data' as const,
  kind: 'product',
  tribeId: TRIBE_ID,
  powerOfficeId: null,
  since: AT,
  attempts: 1,
  jobId: '42',
  language: 'en' as const,
  message: 'The VAT group "High" has no VAT code in PowerOffice: map it, and this product goes by itself',
  cause: 'The VAT group or VAT code has no counterpart in the other system.',
  nextStep: 'Map it on the tab VAT groups; what waits then goes by itself.',
}

const streams = {
  webhooks: { lastEventAt: AT, lastSuccessAt: AT },
  relations: { lastSuccessAt: AT },
  products: { lastSuccessAt: AT },
  payments: { lastSuccessAt: AT },
}

const jobCounts = { due: 0, waiting: 0, later: 0, parked: 1 }

export const status = {
  id: ID,
  name: 'Fjordlys AS',
  state: 'active' as const,
  reconnect: null,
  streams,
  jobs: jobCounts,
  initialSync: {
    state: 'done' as const,
    total: 1200,
    done: 1200,
    perMinute: null,
    expectedEndAt: null,
    startedAt: AT,
    finishedAt: AT,
  },
  health: {
    state: 'unhealthy' as const,
    ailments: [{ code: 'health.waits_for_a_person', what: problem.code, count: 1, since: null }],
  },
  links: { customer: 410, supplier: 120, contactPerson: 655, product: 15, invoice: 88 },
  problems: [problem],
  comparison: {
    at: AT,
    rows: [{ what: 'customers', tribe: 410, powerOffice: 410, linked: 410, differ: 0 }],
  },
}

const { initialSync: _, links: _links, comparison: _rows, reconnect: _no, ...glanced } = status

export const ages = {
  state: 'known' as const,
  ages: { notDue: 41_250, to30: 12_500, to60: 0, to90: 3750, over90: 980.5, credit: 1200 },
}

export const activity = {
  days: [{ day: AT.slice(0, 10), events: 84, writes: 31, problems: 1 }],
  arrivals: { count: 29, medianSeconds: 2, p95Seconds: 600 },
}

export const relayActivity = {
  hours: [{ hour: AT, tribe: 1200, powerOffice: 840 }],
  perHour: { tribe: 57_000, powerOffice: 36_000 },
  busiest: 310,
  slowest: [{ id: tenant.id, name: tenant.name, ...activity.arrivals }],
}

export const relayStatus = {
  tenants: [{ ...glanced, problems: 1, oldestDueAt: null, asOf: AT }],
  totals: { jobs: status.jobs, problems: 1, unhealthy: 1, oldestDueAt: null },
  gate: {
    perSecond: 10,
    lastSecond: 3,
    lastMinute: 84,
    waiting: { push: 0, bulk: 1 },
    heldForMs: 0,
    turns: 4711,
    holds: 2,
  },
}

export const metrics = `# HELP relay_jobs Jobs of all tenants.
# TYPE relay_jobs gauge
relay_jobs{state="due"} 3
`

export const job = {
  id: '42',
  kind: 'product',
  tribeId: TRIBE_ID,
  powerOfficeId: null,
  state: 'parked' as const,
  attempts: 1,
  dueAt: AT,
  code: problem.code,
  message: problem.message,
  language: problem.language,
  cause: problem.cause,
  nextStep: problem.nextStep,
}

export const jobs = { jobs: [job], page: 1, pageSize: 100 }

export const mcpRequest = {
  jsonrpc: '2.0' as const,
  id: 1,
  method: 'tools/call',
  params: { name: 'status', arguments: {} },
}

export const mcpAnswer = {
  jsonrpc: '2.0',
  id: 1,
  result: { content: [{ type: 'text', text: '{"state":"active"}' }], structuredContent: { state: 'active' } },
}
