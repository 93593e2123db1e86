import * as z from 'zod/v4'
import type { TenantStatus } from '../db/tenant-statuses'
import {
  Begun,
  Brought,
  ComparisonRow,
  ConsentAsked,
  Cutoff,
  Decision,
  Drift,
  DryRun,
  DryWrite,
  FieldCatalog,
  FirstLoad,
  Health,
  Hours,
  Ids,
  isObject,
  Lookups,
  Marking,
  PaperSearch,
  Reached,
  Reconnect,
  Removal,
  Restore,
  Sent,
  Spent,
  Streams,
  TenantIdentity,
  TimeById,
  Together,
  Token,
  Undo,
  UndoItem,
  Vanished,
  Writing,
} from './schemas'

/**
 * The small facts that a tenant's object keeps, by name: what each of them holds is said here and nowhere else.
 * In a name, `*` stands for an id.
 */

/** Name → what it holds. Names are stored: they stay as they are. */
export const FACTS = {
  // ── Loads, sweeps and comparisons ──

  /** The first load that is under way, and the last one that ended. */
  'initial-sync': FirstLoad,
  'initial-sync:last': FirstLoad,
  /** The last load was undone: one that comes after it begins anew. */
  'first-load:undone': z.literal(true),
  /** Product groups that a first load made in the CRM, and when: an undo takes them along. */
  'groups:made': z.array(z.object({ id: z.string(), name: z.string(), at: z.string() })),
  /** Of a list that is polled: the newest change that was seen (`two-way/reached.ts` says where the next poll begins). */
  '*:cursor': z.string(),
  '*:reached': Reached,
  /** Of a set of Tribe's: what was there when its first load began. What is newer is looked at as an edit (`two-way/cutoff.ts`). */
  '*:baseline': Cutoff,
  /** Events that wait to be read in one call: of linked roles, and of organisations and persons (`two-way/together.ts`). */
  'look-together:*': Together,
  'look-behind:*': Together,
  /** By system and kind: records that it does not show any more, until it is clear whether they are deleted (`two-way/vanished.ts`). */
  'vanished:*': Vanished,
  /** By type of relation: what Tribe fills in by itself, as fingerprints by field. */
  'filled-in:*': z.record(z.string(), z.string()),
  /** The last comparison that ended, and the rows of one under way. */
  comparison: z.object({ at: z.string(), rows: z.array(ComparisonRow) }),
  'comparison:rows': z.array(ComparisonRow),
  /** The preview's rows are in a table of their own; when somebody has read it, PowerOffice may be written to (DESIGN.md §3.4). */
  preview: z.object({ state: z.enum(['running', 'done']), at: z.string() }),
  'preview:seen': z.string(),
  /** By kind and PowerOffice's id: what an admin decided on a row of the preview. */
  'decision:*': Decision,

  // ── Writes whose outcome may be unknown (`two-way/pending-writes.ts`) ──

  /** By kind: creates that have left and are not linked yet. Of what is made in the books, `<kind>-in-books`. */
  'making:*': Sent,
  'sending:*': Sent,
  /** By its id in the CRM: what was written to a pair whose link does not tell yet that it was. */
  'writing:*': Writing,
  /** Until December 2026, products that were being made in the books; they are among `making:product-in-books` since. */
  'product-births': z.record(
    z.string(),
    z.object({ at: z.number(), lastAt: z.number(), prints: z.record(z.string(), z.string()).readonly() }),
  ),
  /** By VAT code and account: PowerOffice's id of the product that stands for lines without one of their own. */
  'generic-products': TimeById,
  /** Until December 2026, when one was tried. */
  'generic-products:*': z.number(),
  /** By Tribe's VAT group: sales accounts that it was mapped to before. */
  'former-accounts': z.record(z.string(), z.array(z.number())),

  // ── Invoices, by their ids in Tribe, and payments ──

  /** It was sent to PowerOffice, or may have been: kept for good, so that none is made twice. */
  'invoice:*': Begun,
  /** Its payments are being written to Tribe, and a run may have ended half-way. */
  'payment:*': z.literal(true),
  /** By PowerOffice's id: balances that the ledger does not explain yet. */
  'payments:unexplained': z.record(
    z.string(),
    z.object({
      /** PowerOffice's time of the balance that was not explained: another one begins anew. */
      at: z.string().nullable(),
      looks: z.number(),
    }),
  ),
  /** By phase that means sent: how far Tribe had come when it joined; blank when there was no invoice. */
  'invoices:lines': z.record(z.string(), z.string()),
  /** An earlier version kept one cutoff for all phases. */
  'invoices:line': z.string(),
  'invoices:marking': Marking,
  'invoices:old': z.object({ at: z.string(), noted: z.number() }),
  /** `wanted`: an admin wants it exported all the same. `forgotten`: an admin wants the relay to leave it alone. */
  'sent-before:*': z.union([z.literal(true), z.enum(['wanted', 'forgotten'])]),
  /** Since when it is waited for, since Tribe does not show all of it yet. */
  'unfinished:*': z.number(),
  /** Tribe's time of the change that was looked at last, of an invoice that was refused. */
  'refused-as:*': z.string(),
  /** By the kind and id of a customer or product: invoices that cannot go before it. */
  'waits-for:*': Ids,
  /** By the order's id: which files were brought to it. */
  'attachments:*': Brought,
  /** PowerOffice's PDF is looked for, or Tribe's is brought. */
  'paper:*': PaperSearch,
  /** Invoices whose paper was due while a right was missing. */
  'papers-owed': Ids,
  /** When papers that a right was missing for were tried again last. */
  'papers-released': z.number(),
  'paper-refused': z.object({ by: z.enum(['Tribe', 'PowerOffice']), at: z.number() }),
  /** When PowerOffice's lists were read for invoices that bear our references; and each that was found (`invoices/in-books.ts`). */
  'in-books': z.string(),
  'in-books:*': z.object({ id: z.string(), isPosted: z.boolean() }),
  /** Codes as they are; of employees only a fingerprint of the address. */
  'dimension:*': z.object({ at: z.number(), ids: TimeById }),
  'dimensions-missing': z.partialRecord(z.enum(['project', 'department', 'salesPerson']), Ids),

  // ── Lists of both systems, as they were read last ──

  /** What can be mapped. */
  lookups: Lookups,
  /** By the list's name: ids by what they are looked up by, as countries by their codes. */
  'lookup:*': z.object({ at: z.number(), entries: z.array(z.tuple([z.string(), z.string()])) }),
  /** Fields that an admin can map. */
  'field-catalog': FieldCatalog,
  /** Phases that the settings name and Tribe's list lacked even when it was read for them. */
  'phases-looked-for': z.string(),
  /** Mappings to what is there no more: what waits for them is released when they are right. */
  'faulty-mappings': Ids,

  // ── The tenant, and how it stands ──

  /** By what is changed: how it stood before a change of which not all that comes of it has been asked for yet. */
  'changing:*': z.string(),

  /** Which tenant this object is, and of which two companies; secrets sealed. */
  tenant: TenantIdentity,
  /** The credentials of one system were refused: nothing is done until they are renewed. */
  reconnect: Reconnect,
  'at-work-since': z.string(),
  /** How much work it was, since the tenant is there. */
  spent: Spent,
  /** The status that D1 was told last: only news is written there. */
  standing: z.custom<TenantStatus>(isObject),
  streams: Streams,
  hours: Hours,
  /** Since when it is well or unwell, as the tenant and the operator see it; and what each channel was told last. */
  'health-turned': z.object({ state: Health, since: z.number() }),
  'health-turned-operator': z.object({ state: Health, since: z.number() }),
  'alert:*': Health,
  /** What the company calls itself where it is told which drifts the operator knows of. */
  'drift-teller': z.string(),
  /** What has drifted here, and another company tells the operator: `system path`. */
  'drifts-of-others': Ids,
  /** The tenant's own webhook does not answer: nothing is sent to it until then. */
  'events-held': z.object({ until: z.number(), failures: z.number() }),
  /** When a write left last, and how many did. */
  'last-write': z.tuple([z.number(), z.number()]),
  /** Calls to Tribe of the last minute (`tribe/window.ts`). */
  'tribe-window': z.object({ begun: z.array(z.number()), heldUntil: z.number() }),
  /** The type that each of our webhooks at Tribe tells of, by its id. */
  webhooks: z.record(z.string(), z.string()),
  /** Webhooks with a secret that was replaced, to be taken down. */
  'webhooks-former': z.object({ secretHash: z.string(), ids: Ids }),
  /** Consents that were begun, and one that came back elsewhere and waits to be confirmed (DESIGN.md §9.3). */
  'consent-asked': ConsentAsked,
  'consent-asked-poweroffice': ConsentAsked,
  'consent-held': z.object({ sealed: z.string(), hash: z.string(), endsAt: z.number() }),
  /** The newest refresh token of each consent at Tribe. */
  'tribe-grants': z.array(z.object({ grantId: z.string(), sealed: z.string() })),
  /** Access tokens, sealed. */
  '*-token': Token,

  // ── How answers compare with what is read of them (DESIGN.md §9.13) ──

  'contract-drifted': z.array(Drift),
  /** By a list's name: the members that each of its rows has. */
  'contract-always': z.record(z.string(), Ids),
  'contract-metadata': z.object({
    hash: z.string(),
    dialect: z.string(),
    members: z.record(z.string(), z.string()).readonly(),
  }),
  'contract-looked-at': z.number(),

  // ── What is tried, and what is taken back ──

  'dry-runs': Ids,
  /** `dry-run:<id>`, and a page of what it would write: `dry-run:<id>:<n>`. */
  'dry-run:*': z.union([DryRun, z.array(DryWrite)]),
  undo: Undo,
  'undo:items:*': z.array(UndoItem),
  'undo:removals:*': z.array(Removal),
  'undo:restores:*': z.array(Restore),
} as const satisfies Readonly<Record<string, z.ZodType>>

type Pattern = keyof typeof FACTS
type NameOf<P extends Pattern> = P extends `${infer Before}*${infer After}` ? `${Before}${string}${After}` : P
/** The name of a fact; what stands for `*` is anybody's. */
export type FactName = { [P in Pattern]: NameOf<P> }[Pattern]
type PatternOf<N extends string> = N extends Pattern
  ? N
  : { [P in Pattern]: N extends NameOf<P> ? P : never }[Pattern]
/** What a fact of this name holds. */
export type FactOf<N extends string> = z.output<(typeof FACTS)[PatternOf<N>]>

export interface Facts {
  /** Null: it was never noted, was taken away, or cannot be read. */
  get<const N extends FactName>(name: N): FactOf<N> | null
  set<const N extends FactName>(name: N, value: FactOf<N>): void
  remove(name: FactName): void
  /** Those of these names under which something is noted. */
  noted<const N extends FactName>(names: readonly N[]): N[]
}

const PATTERNS = (Object.keys(FACTS) as Pattern[]).map((pattern) => {
  const [before = '', after] = pattern.split('*')
  return { pattern, before, after }
})

/** The pattern that a name goes by: its own, where it has one. */
export function factPattern(name: string): Pattern | null {
  if (Object.hasOwn(FACTS, name)) return name as Pattern
  const found = PATTERNS.find(
    ({ before, after }) => after !== undefined && name.startsWith(before) && name.endsWith(after),
  )
  return found?.pattern ?? null
}
