/** One company throughout, as the API's description shows it. Types hold each example to its schema. */
const ID = '3f6c1a52-9d0b-4e57-8a1e-0b7f5d2c4e19'
const TRIBE_ID = 'b8a4c9d0-52f1-4c37-9e6a-1d2f3a4b5c6d'
const AT = '2026-11-24T09:15:00.000Z'

export const about = {
  name: 'Tribe ⇄ PowerOffice relay',
  description: 'Keeps a company’s Tribe CRM and its PowerOffice Go in step',
  links: { console: '/console', docs: '/docs', openapi: '/openapi.json', health: '/health' },
}
export const accepted = { accepted: true } as const

export const tenant = {
  id: ID,
  name: 'Fjordlys AS',
  state: 'active',
  createdAt: AT,
  activatedAt: AT,
  connections: { tribe: 'Fjordlys AS', powerOffice: 'Fjordlys AS' },
}
export const me = { isOperator: false, tenantId: ID }
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
export const credentials = { clientId: 'relay', clientSecret: 'as Tribe shows it' }
export const heldConsent = {
  tenantId: ID,
  tenantName: 'Fjordlys AS',
  system: 'tribe' as const,
  companies: [{ name: 'Fjordlys', organizationNumber: null }],
}
export const adminToken = { adminToken: 'kZ3v…, 43 characters' }
export const powerOffice = {
  clientId: 'c0ffee00-0000-4000-8000-000000000000',
  clientName: 'Fjordlys AS',
  canSend: false,
  validPrivileges: ['Customer_Full', 'Supplier_Full'],
  missing: [
    {
      privilege: 'Product_Full',
      neededFor: 'products',
      fix: 'Ask PowerOffice to add it to the integration, and connect once more',
    },
  ],
}
export const checklist = [
  { step: 'tribe', ok: true, message: 'Connected to Fjordlys AS' },
  { step: 'poweroffice', ok: false, message: 'Enter the client key of PowerOffice' },
]

export const settings = {
  relations: {
    enabled: true,
    suppliers: true,
    contactPersons: true,
    privatePersons: true,
    financialFields: true,
  },
  products: { enabled: true },
  invoices: {
    enabled: true,
    mode: 'draft' as const,
    sentPhaseIds: [],
    roundingAccountNo: null,
    delivery: 'leave' as const,
    attachments: 'none' as const,
    pdfToTribe: true,
  },
  payments: { enabled: true, paidPhaseId: null },
  defaultSalesAccountNo: 3000,
  conflictPolicy: 'poweroffice' as const,
  alerts: { webhookUrl: null, email: 'bookkeeper@example.com' },
  events: { url: null },
}
export const settingsChange = { invoices: { mode: 'book' as const }, defaultSalesAccountNo: 3000 }

export const units = { mappings: [{ tribeUnitId: TRIBE_ID, powerOfficeUnit: 'HUR' }] }
export const vat = {
  mappings: [{ tribeVatGroupId: TRIBE_ID, powerOfficeVatCode: '3', salesAccountNo: 3000 }],
}
export const lookups = {
  at: AT,
  ownCountry: 'NO',
  tribe: {
    units: [{ id: TRIBE_ID, code: 'hr', name: 'Hour', inUse: true }],
    vatGroups: [{ id: TRIBE_ID, code: 'High', name: 'VAT 25 %', percentage: 25, country: 'NO', inUse: true }],
    productGroups: [{ id: TRIBE_ID, name: 'Services' }],
    invoicePhases: [{ id: TRIBE_ID, code: 'Sent', name: 'Sent' }],
  },
  powerOffice: {
    units: [{ code: 'HUR', name: 'Hour' }],
    vatCodes: [{ code: '3', name: 'Outgoing VAT, high rate', rate: 0.25 }],
    salesAccounts: [{ id: 71, accountNo: 3000, name: 'Sales', vatCode: '3', isActive: true }],
    productGroups: [{ id: 12, name: 'Services', accountId: 71 }],
    paymentTerms: [{ id: 3, name: '14 days', creditDays: 14 }],
  },
  proposals: {
    units: [{ tribeUnitId: TRIBE_ID, powerOfficeUnit: 'HUR' }],
    vat: [{ tribeVatGroupId: TRIBE_ID, powerOfficeVatCode: '3', salesAccountNo: 3000, reason: null }],
  },
}

export const owed = {
  open: 1350.5,
  overdue: 1250.5,
  unallocatedCredit: 0,
  openInvoices: 2,
  oldestOverdueDays: 15,
  lastPaymentDate: '2026-11-10',
  medianDaysToPay: 20,
  revenue12Months: 84_200,
}
export const fields = {
  tribe: [
    {
      record: 'customer' as const,
      field: 'a4d81060__844e__4399__9142__2d960441a391',
      label: 'Owes us',
      type: 'number' as const,
      writable: true,
    },
  ],
  powerOffice: [
    {
      record: 'customer' as const,
      field: 'receivables.open',
      label: 'Owed today',
      type: 'money' as const,
      writable: false,
    },
  ],
  mapped: [
    {
      record: 'customer' as const,
      tribeField: 'a4d81060__844e__4399__9142__2d960441a391',
      powerOfficeField: 'receivables.open',
      direction: 'to-tribe' as const,
    },
  ],
}

const decision = { action: 'link' as const, tribeId: TRIBE_ID }
export const decisions = { decisions: [{ kind: 'customer' as const, powerOfficeId: '4711', ...decision }] }
export const preview = {
  state: 'done' as const,
  at: AT,
  page: 1,
  pageSize: 100,
  counts: { 'new-in-tribe': 1, 'possible-duplicates': 1 },
  items: [
    {
      kind: 'customer',
      outcome: 'new-in-tribe' as const,
      powerOfficeId: '4711',
      tribeIds: [],
      number: '10001',
      name: 'Havnekroa AS',
      decision,
      toPowerOffice: [],
      duplicates: [{ tribeId: TRIBE_ID, by: 'organizationNumber' as const }],
    },
  ],
}

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
  cause: problem.cause,
  nextStep: problem.nextStep,
}
export const jobs = { jobs: [job], page: 1, pageSize: 100 }

const pair = { kind: 'customer' as const, tribeId: TRIBE_ID, powerOfficeId: '4711' }
export const relink = pair
export const oneSide = { kind: pair.kind, tribeId: pair.tribeId }
export const record = {
  ...pair,
  tribeRelationId: ID,
  number: '10001',
  state: 'linked' as const,
  syncedAt: AT,
  problem: null,
  because: 'in-step',
  timeline: [
    { at: AT, event: 'updated-tribe', details: { fields: ['name'] } },
    { at: AT, event: 'linked', details: {} },
  ],
}
export const detached = {
  records: [{ ...pair, number: '10001', state: 'poweroffice-gone' as const, since: AT }],
  page: 1,
  pageSize: 100,
}
export const timeline = {
  entries: [{ ...pair, number: '10001', at: AT, event: 'updated-tribe', details: { fields: ['name'] } }],
  page: 1,
  pageSize: 100,
}
export const names = {
  names: [{ kind: 'customer' as const, tribeId: TRIBE_ID, powerOfficeId: '1001', name: 'Havnekroa AS' }],
}
export const found = {
  records: [{ ...pair, number: '10001', name: 'Havnekroa AS', state: 'linked' as const }],
  unreachable: [],
  hasMore: false,
}
export const exported = {
  at: AT,
  tenant: { ...tenant, settings, mappings: { units: units.mappings, vat: vat.mappings } },
  links: [{ ...pair, number: '10001', state: 'linked', bases: { name: 'q0m1Zx…' } }],
  told: [],
  timeline: [{ ...pair, at: AT, event: 'linked', details: {} }],
  jobs: [],
  looks: [{ kind: 'customer', subject: 'powerOffice:4712', reason: 'left-by-admin', at: 1_790_000_000_000 }],
  preview: [],
  cursors: [{ name: 'tribe:Product:cursor', value: AT }],
  audit: audit.entries,
  events: [],
  hours: [],
}

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
