import type { LinkState, Links } from './db/links'
import type { MappingQueries } from './db/mappings'
import type { TenantSettings } from './db/settings'
import type { TimelineEntry } from './db/timeline'
import type { ToldFields } from './db/told-fields'
import type { Facts } from './facts'
import type { FieldCatalog } from './lookups/fields'
import type { LookupStore } from './lookups/lookups'
import type { PowerOffice } from './poweroffice/client'
import type { PowerOfficeProfile } from './poweroffice/profile'
import type { SyncError } from './shared/errors'
import type { Fingerprint } from './shared/fingerprints'
import type { JobKind } from './shared/job-kinds'
import type { WithLock } from './shared/locks'
import type { FieldMapping } from './shared/own-fields'
import type { Reason } from './shared/reasons'
import type { Marks } from './shared/reference'
import type { Side } from './shared/sides'
import type { Tribe } from './tribe/client'
import type { TribeProfile } from './tribe/profile'

/**
 * The contract between the coordinator, which knows when, and the slices, which know what. A step gets a
 * context and the name of a record; it reads both systems, decides, writes, remembers. It may run again at
 * any time, and throws nothing but a SyncError on purpose.
 */
export type Step = (ctx: SyncContext, subject: Subject) => Promise<SyncResult>

/** What a job names: a record of one of the systems, or a sweep's own name. */
export interface Subject {
  /** `tribe:<id>`, `powerOffice:<id>`, or empty for a sweep. */
  id: string
  /** The type that a webhook was registered for, with dots, or `CREATED` and the type; it may be wrong. Or `TRY_AGAIN`. */
  hint: string | null
  /** True when an earlier run may have written something and not lived to remember it. */
  inDoubt: boolean
}

/** Stands before a hint when the event says that the record has just been made. */
export const CREATED = '+'
/** The hint of a job that a person asks for once more. */
export const TRY_AGAIN = '*'

export type SyncResult = { status: 'done' } | { status: 'again'; afterSeconds: number; because: string }
export const DONE: SyncResult = { status: 'done' }

export interface SyncContext {
  tenantId: string
  /** What stands for the two companies in references. */
  marks: Marks
  settings: TenantSettings
  tribe: Tribe
  /** Tribe as it would be read with these fields mapped. */
  tribeReading?(rows: readonly FieldMapping[]): Tribe
  tribeProfile: TribeProfile
  /** What begins from then on spells Tribe's members so; what runs begins anew. */
  keepDialect(dialect: TribeProfile['dialect']): Promise<void>
  powerOffice: PowerOffice
  powerOfficeProfile: PowerOfficeProfile
  links: Links
  /** Units and VAT groups, as the admin mapped them. */
  mappings: MappingQueries
  /** What can be mapped, in both systems. */
  lookups: LookupStore
  /** Fields that the admin mapped beyond those that every tenant has, and what was written of those that go to Tribe alone. */
  fields: FieldStore
  /** Where the relay answers, and the secret that Tribe's deliveries carry. */
  webhook: { url: string; secret: string }
  fingerprint: Fingerprint
  /** Milliseconds since 1970. */
  now(): number
  /** Of the object that works: what an earlier one sent may arrive until then. */
  life: Life
  /** Asks for another look at a record. */
  enqueue(job: JobRequest): void
  /** Lists a record that a person has to decide on; it waits until it changes or someone retries. */
  park(job: JobRequest, why: SyncError): void
  /** A look that failed in a sweep: the record waits by itself, as a job of its own. */
  postpone(job: JobRequest, why: SyncError): void
  /** What these subjects were parked for is over. */
  settle(kind: JobKind, subjects: readonly string[]): void
  /** Records that wait for a person with one of these codes are looked at again: what they waited for is right. */
  release(codes: readonly string[]): void
  /** Tells what a look at a record came to, and why: for its job's line in the log, and for whoever asks why it was left alone. */
  because(kind: JobKind, subject: string, reason: Reason): void
  /** What was told last of a record of this kind. */
  lastBecause(kind: string): Reason | null
  /** Whether another look at a record is still to come. */
  isAwaited(kind: JobKind, subject: string): boolean
  /** The code for which a record waits for a person; null: it does not. */
  parkedAs(kind: JobKind, subject: string): string | null
  /** Records of a kind that wait for a person. */
  parkedOf(kind: JobKind): string[]
  /** Whether both systems still answer as the relay reads them; a field whose member does not rests. */
  contract?: {
    rests(list: string, member: string): boolean
    settle(): void
    describe(members: Readonly<Record<string, string>>, dialect: TribeProfile['dialect']): Promise<void>
  }
  /** Small facts by name, kept in the tenant's object: how far each sweep has come, and the like. */
  facts: Facts
  preview: PreviewStore
  /** What lives as long as the object stays in memory: pages and lists of a sweep under way. */
  cache: Map<string, unknown>
  /** Is told what a merge is about to write, before it does; by throwing it keeps it from being written. */
  planned?(plan: PlannedFields): void
  /** Values that writes overwrote, sealed, for some days. */
  before?: {
    keep(value: string, days: number): Promise<string>
    open(id: string): Promise<string | null>
  }
  /** The write that a look is to take back. */
  takesBack?: TakeBack
  /** True when a push has waited for half a second: a sweep lets it pass. */
  mustYield(): boolean
  /** True while many pushes are due at once. */
  isBurst(): boolean
  /** True while loads and polls have to wait for their turns at Tribe. */
  isPaced(): boolean
  /** Throws when settings or mappings changed since this work began: then it begins anew. */
  stillHolds(): void
  /** Runs one at a time what touches the same record. */
  withLock: WithLock
  /** Keeps a link and what happened for the next `flush`; all of it is written together. */
  remember(link: LinkState | null, ...entries: TimelineEntry[]): void
  flush(): Promise<void>
}

/** What a merge of one pair does with its fields, by their names. */
export interface PlannedFields {
  toCrm: readonly string[]
  toBooks: readonly string[]
  /** What would go to the books, and waits until somebody has seen a preview. */
  withheld: readonly string[]
  /** What would go to the books and cannot: the code of why. */
  faults: Readonly<Record<string, string>>
  /** Why each field goes where it goes, or stays. */
  because: Readonly<Record<string, string>>
}

/** One side's fields as they were before a write, and fingerprints of what it held after. */
export interface BeforeImage {
  values: Readonly<Record<string, unknown>>
  after: Readonly<Record<string, string>>
  /** What no value tells; an earlier version kept none of it. */
  besides?: Besides
}

export interface Besides {
  /** The record that served as the address, null where there was none, and the code of its country. */
  address?: { id: string | null; country: string | null }
  /** By which mark the CRM named a record of the books, before the two were tied. */
  mark?: string | null
}

/** A write that is to be taken back. */
export interface TakeBack {
  side: Side
  image: BeforeImage
  /** An earlier run may have come through with a part of it. */
  mayHaveBegun: boolean
}

/** One record of a preview: what the first load would do with it. */
export interface PreviewItem {
  kind: string
  outcome: 'matched-by-id' | 'matched-by-number' | 'new-in-tribe' | 'ambiguous' | 'only-in-tribe'
  powerOfficeId: string | null
  /** What it would be tied to; several when that is ambiguous. */
  tribeIds: string[]
  number: string | null
  name: string
  /** Fields that both fill differently, where the conflict policy lets Tribe's value win once this was seen. */
  toPowerOffice: string[]
  /** Records in Tribe that look alike, and are never tied to it by themselves. */
  duplicates: { tribeId: string; by: 'organizationNumber' | 'email' | 'nameAndPostalCode' | 'code' }[]
}

export interface FieldStore {
  rows: readonly FieldMapping[]
  /** Those between members of both systems’ records, but for what rests. */
  working: readonly FieldMapping[]
  /** Those of what the relay works out, but for what rests: they are read along with Tribe's records. */
  tellable: readonly FieldMapping[]
  told: ToldFields
  /** Which fields there are in both systems, as they were last read: a day old at most. */
  catalog(): Promise<FieldCatalog>
  /** Reads them anew: one call to Tribe. */
  refresh(): Promise<FieldCatalog>
}

export interface PreviewStore {
  begin(at: string): void
  clear(kind: string): void
  add(items: readonly PreviewItem[]): void
  finish(): void
}

export interface JobRequest {
  kind: JobKind
  subject: string
  hint?: string | null
  lane: 'push' | 'bulk'
  afterSeconds?: number
}

export interface Life {
  id: string
  earlierUntil: number
}

export type { Facts }
