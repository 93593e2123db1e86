import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { Bases } from '../two-way/merge'

/** A company with one Tribe account and one PowerOffice client. `sealed…` columns hold secrets (DESIGN.md §9.2). */
export const tenants = sqliteTable(
  'tenants',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** `setup` until it is activated, then `active` or `paused`. */
    state: text('state', { enum: ['setup', 'active', 'paused'] }).notNull(),
    createdAt: text('created_at').notNull(),
    activatedAt: text('activated_at'),
    /** SHA-256 of the tenant's own admin token. */
    adminTokenHash: text('admin_token_hash').notNull(),
    /** JSON, read by `settings.ts`. */
    settings: text('settings', { mode: 'json' }).$type<unknown>().notNull(),
    /** The rows of fields that the admin mapped, JSON: they belong to every look, and cost no query here. */
    fields: text('fields', { mode: 'json' }).$type<unknown>(),
    sealedTribe: text('sealed_tribe'),
    sealedClientKey: text('sealed_client_key'),
    sealedFingerprintKey: text('sealed_fingerprint_key').notNull(),
    /** The value of the header that makes a webhook delivery Tribe's. */
    sealedWebhookSecret: text('sealed_webhook_secret').notNull(),
    /** Signing secrets of webhooks that the admin has entered, a JSON list. */
    sealedSigningSecrets: text('sealed_signing_secrets'),
    /** By which messages to the tenant's own webhook are signed. */
    sealedAlertSecret: text('sealed_alert_secret'),
    /** By which events that the tenant is told of are signed. */
    sealedEventsSecret: text('sealed_events_secret'),
    /** What the probe of Tribe found: own organisation and names of fields. */
    tribe: text('tribe', { mode: 'json' }).$type<unknown>(),
    /** What PowerOffice said of the client: name, privileges. */
    powerOffice: text('power_office', { mode: 'json' }).$type<unknown>(),
    /**
     * The organisation of Tribe and the client of PowerOffice that this tenant serves; no other tenant may. Null:
     * not connected yet, or another tenant held it already when the relay began to keep this.
     */
    tribeOrganization: text('tribe_organization'),
    powerOfficeClient: text('power_office_client'),
  },
  (table) => [
    index('tenants_by_admin_token').on(table.adminTokenHash),
    uniqueIndex('tenants_by_tribe_organization').on(table.tribeOrganization),
    uniqueIndex('tenants_by_power_office_client').on(table.powerOfficeClient),
  ],
)

/** How each tenant stands, as its object said last: so that all are seen without asking each. */
export const tenantStatuses = sqliteTable('standings', {
  tenantId: text('tenant_id').primaryKey(),
  tenantStatus: text('standing', { mode: 'json' }).$type<TenantStatus>().notNull(),
})

/** What a tenant's object says of itself: counts, codes and times. */
export interface TenantStatus {
  at: string
  /** PowerOffice or Tribe refused the credentials: nothing is done until they are mended. */
  reconnect: { code: string; since: string } | null
  isLoading: boolean
  /** Since when it works without a break: freshness is not asked of the time before. */
  atWorkSince: string | null
  streams: {
    webhooks: { lastEventAt: string | null; lastSuccessAt: string | null }
    relations: { lastSuccessAt: string | null }
    products: { lastSuccessAt: string | null }
    payments: { lastSuccessAt: string | null }
  }
  /** `later`: only looked for again at leisure; left out by an earlier version. */
  jobs: { due: number; waiting: number; later?: number; parked: number }
  /** When the first job that may run was or will be due; once it has passed, that job is late. */
  nextDueAt: string | null
  /** Problems by their code. */
  problems: Record<string, number>
  /** Why nothing at all could be worked off lately. */
  stuck: string | null
  /** What either system does not answer any more as it is read: paths and types; left out where nothing is, and by an earlier version. */
  drifted?: { system: 'tribe' | 'poweroffice'; path: string; reads: string; found: string; since: string }[]
  /** So far: calls to either system, and runs of jobs. */
  spent: { tribe: number; powerOffice: number; statements: number; runs: number; failures: number }
}

/** What happened in an hour, in numbers and without a name; kept for 35 days. */
export const hours = sqliteTable(
  'hours',
  {
    tenantId: text('tenant_id').notNull(),
    /** In UTC, as far as the hour: `2026-11-30T04`. */
    hour: text('hour').notNull(),
    /** Deliveries of Tribe's. */
    events: integer('events').notNull(),
    /** Calls that wrote, to either system. */
    writes: integer('writes').notNull(),
    /** Records that a person had to look at from then on. */
    problems: integer('problems').notNull(),
    /** Calls to each system. */
    tribe: integer('tribe').notNull(),
    powerOffice: integer('power_office').notNull(),
    /** How long changes took to arrive: counts, read by `shared/spans`. */
    arrivals: text('arrivals', { mode: 'json' }).$type<readonly number[]>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.hour] }),
    // What has grown old is found by it, and what all tenants did of late.
    index('hours_by_hour').on(table.hour),
  ],
)

/** What has drifted (DESIGN.md §9.13) and was told to the operator: by one company for all that meet it. */
export const toldDrifts = sqliteTable(
  'told_drifts',
  {
    system: text('system', { enum: ['tribe', 'poweroffice'] }).notNull(),
    path: text('path').notNull(),
    /** A name that the company has here alone. */
    teller: text('teller').notNull(),
  },
  (table) => [primaryKey({ columns: [table.system, table.path] })],
)

/** "This record in Tribe is that record in PowerOffice", and each field's fingerprint as it was last in step. */
export const links = sqliteTable(
  'links',
  {
    tenantId: text('tenant_id').notNull(),
    kind: text('kind', { enum: ['customer', 'supplier', 'contactPerson', 'product', 'invoice'] }).notNull(),
    /** The record itself: for a relation its role (the relationship), not the organisation. */
    tribeId: text('tribe_id').notNull(),
    /** Its concrete type, with dots: which of Tribe's sets to read it from. */
    tribeType: text('tribe_type').notNull(),
    /** The organisation or person behind a role. */
    tribeRelationId: text('tribe_relation_id'),
    powerOfficeId: text('power_office_id').notNull(),
    /** Of a contact person: the contact that it belongs to in PowerOffice. */
    powerOfficeParentId: text('power_office_parent_id'),
    /** The customer, supplier or invoice number that PowerOffice gave. */
    number: text('number'),
    bases: text('bases', { mode: 'json' }).$type<Bases>().notNull(),
    /** `tribe-gone` and `poweroffice-gone` are detached: the record was deleted on that side (DESIGN.md §4.6). */
    /** `…-gone` is what was found, and ends when that side shows the record again; an admin's `forgotten` stays. */
    state: text('state', { enum: ['linked', 'tribe-gone', 'poweroffice-gone', 'forgotten'] }).notNull(),
    /** PowerOffice's own time of the newest state seen: an older row comes from a replica that lags. */
    powerOfficeChangedAt: text('power_office_changed_at'),
    /** Values that left a field within the last hour, to notice a pair that goes to and fro (DESIGN.md §3.8). */
    recent: text('recent', { mode: 'json' }).$type<RecentChange[]>().notNull(),
    /** Of an invoice: how far it has come in PowerOffice. */
    exportState: text('life', { mode: 'json' }).$type<InvoiceExportState>(),
    createdAt: text('created_at').notNull(),
    syncedAt: text('synced_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.kind, table.tribeId] }),
    uniqueIndex('links_by_power_office').on(table.tenantId, table.kind, table.powerOfficeId),
    index('links_by_relation').on(table.tenantId, table.tribeRelationId),
    index('links_by_tribe').on(table.tenantId, table.tribeId),
  ],
)

export interface RecentChange {
  field: string
  /** The fingerprint that was overwritten. */
  was: string
  at: number
  /** The new value was one that the field had held shortly before: the pair went to and fro. */
  isReturn: boolean
}

/** How far an invoice has come in PowerOffice (DESIGN.md §6, §7). Ids, days and states; no amounts. */
export interface InvoiceExportState {
  /** An invoice keeps the mode that it began with. `voucher`: posted as Tribe has issued it, and never a sales order. */
  mode: 'draft' | 'book' | 'send' | 'voucher'
  /** `draft`: a sales order. `sending`: its posting was asked for. `posted`: it has a number. `reversed`: cancelled. */
  stage: 'draft' | 'sending' | 'posted' | 'reversed'
  /** When posting was asked for, in milliseconds since 1970. */
  askedAt: number | null
  /** A failed posting that was told already: whoever asks again after that wants another try. */
  toldFailure: string | null
  /** Tribe's invoice as it was made in PowerOffice: what is edited later is reported. */
  print: string
  /** Fingerprint of the order as it was told to PowerOffice; orders of an earlier version have none. */
  made?: string
  /**
   * Fingerprint of what it came to in PowerOffice when that was compared with Tribe last; null while it was not, and
   * nothing in links of an earlier version.
   */
  compared?: string | null
  /** What became of its delivery by PowerOffice; nothing, while none is known. */
  delivery?: Delivery
  /** What hangs on Tribe's invoice is still to be put on its order, before that is posted. */
  owesAttachments?: boolean
  /** Its paper is where it belongs: Tribe's PDF on its voucher, or PowerOffice's at Tribe's invoice. */
  isDocumented?: boolean
  /** PowerOffice's payment reference. */
  kid: string | null
  /** What became of its balance; null while nobody has paid anything. */
  settlement: Settlement | null
}

export interface Delivery {
  /** PowerOffice's name of how it went out; null while it did not. */
  channel: string | null
  at: string | null
  /** PowerOffice's words of a failure, without whatever names somebody. */
  failed: string | null
}

export interface Settlement {
  /** How it stands: `credited` and `written-off` are settled without money. */
  state: 'open' | 'partly-paid' | 'paid' | 'credited' | 'written-off'
  /** PowerOffice's own time of the balance that this was worked out from. */
  at: string | null
  /** Ledger entries that stand as payments in Tribe. */
  entries: number[]
  /** The phase that Tribe's invoice had before we set it to paid; null while we have not. */
  phaseBefore: string | null
  /** Tribe has not taken all of this: its rows or its phase say something else until another look. */
  isOwed?: boolean
}

/** What happened to a record, when and why: ids, names of fields and codes, never values. */
export const timeline = sqliteTable(
  'timeline',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    tenantId: text('tenant_id').notNull(),
    kind: text('kind').notNull(),
    tribeId: text('tribe_id'),
    powerOfficeId: text('power_office_id'),
    at: text('at').notNull(),
    event: text('event').notNull(),
    details: text('details', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  },
  (table) => [
    index('timeline_by_tribe').on(table.tenantId, table.kind, table.tribeId),
    index('timeline_by_tenant').on(table.tenantId, table.id),
    index('timeline_by_power_office').on(table.tenantId, table.kind, table.powerOfficeId),
  ],
)

/** Which of PowerOffice's units stands for a unit of Tribe's. */
export const unitMappings = sqliteTable(
  'unit_mappings',
  {
    tenantId: text('tenant_id').notNull(),
    tribeUnitId: text('tribe_unit_id').notNull(),
    powerOfficeUnit: text('power_office_unit').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.tribeUnitId] })],
)

/** Which VAT code stands for a VAT group of Tribe's, and the sales account that carries it. */
export const vatMappings = sqliteTable(
  'vat_mappings',
  {
    tenantId: text('tenant_id').notNull(),
    tribeVatGroupId: text('tribe_vat_group_id').notNull(),
    powerOfficeVatCode: text('power_office_vat_code').notNull(),
    salesAccountNo: integer('sales_account_no').notNull(),
    salesAccountId: integer('sales_account_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.tribeVatGroupId] })],
)

/**
 * What only the books know and the relay has written into fields of the CRM: what a customer owes, what became of an
 * invoice. Fingerprints by the CRM's field; a value that is the same is not written again.
 */
export const toldFields = sqliteTable(
  'told_fields',
  {
    tenantId: text('tenant_id').notNull(),
    kind: text('kind', { enum: ['customer', 'invoice'] }).notNull(),
    tribeId: text('tribe_id').notNull(),
    prints: text('prints', { mode: 'json' }).$type<Record<string, string>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.kind, table.tribeId] })],
)

/** Sessions of the console that somebody has ended before their time. */
export const endedSessions = sqliteTable('ended_sessions', {
  id: text('id').primaryKey(),
  /** Milliseconds since 1970: after that the cookie is worth nothing anyway. */
  until: integer('until').notNull(),
})

/**
 * Each change, log-in, export, refusal and new token that an admin, the operator or a stranger has caused. No values: of
 * an address its pattern. Lines of a tenant that left stay with the operator, under a name that only stands for it.
 */
export const auditLines = sqliteTable(
  'audit',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    at: text('at').notNull(),
    tenantId: text('tenant_id'),
    who: text('who', { enum: ['operator', 'tenant', 'nobody'] }).notNull(),
    what: text('what').notNull(),
    /** The address that the request came from; null where the platform does not say. */
    from: text('from'),
    /** The status of the answer, and the code of what was wrong. */
    status: integer('status').notNull(),
    code: text('code'),
    /** Refusals that are alike are one line, for a second. */
    times: integer('times').notNull(),
  },
  (table) => [
    index('audit_by_tenant').on(table.tenantId, table.id),
    // What has grown old is found by it.
    index('audit_by_time').on(table.at),
  ],
)
