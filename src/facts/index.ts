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
} from './schemas'

/**
 * The small facts that a tenant's object keeps, by name: what each of them holds is said here and nowhere else.
 * In a name, `*` stands for an id.
 */

/** Name → what it holds. Names are stored: they stay as they are. */
export const FACTS = {
  'initial-sync': FirstLoad,
  'initial-sync:last': FirstLoad,
  /** The last load was undone: one that comes after it begins anew. */
  'first-load:undone': z.literal(true),
  '*:cursor': z.string(),
  '*:reached': Reached,
  '*:baseline': Cutoff,
  'look-together:*': Together,
  'look-behind:*': Together,
  'vanished:*': Vanished,
  comparison: z.object({ at: z.string(), rows: z.array(ComparisonRow) }),
  'comparison:rows': z.array(ComparisonRow),
  preview: z.object({ state: z.enum(['running', 'done']), at: z.string() }),
  'preview:seen': z.string(),
  'decision:*': Decision,

  /** By kind; of what is made in the books, `<kind>-in-books`. */
  'making:*': Sent,
  'sending:*': Sent,
  /** Until December 2026, products that were being made in the books; they are among `making:product-in-books` since. */
  'product-births': z.record(
    z.string(),
    z.object({ at: z.number(), lastAt: z.number(), prints: z.record(z.string(), z.string()).readonly() }),
  ),
  'generic-products': TimeById,
  /** Until December 2026, when one was tried. */
  'generic-products:*': z.number(),
  'former-accounts': z.record(z.string(), z.array(z.number())),

  'invoice:*': Begun,
  'payment:*': z.literal(true),
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
  'unfinished:*': z.number(),
  /** Tribe's time of the change that was looked at last, of an invoice that was refused. */
  'refused-as:*': z.string(),
  'waits-for:*': Ids,
  'attachments:*': Brought,
  'paper:*': PaperSearch,
  /** Invoices whose paper was due while a right was missing. */
  'papers-owed': Ids,
  /** When papers that a right was missing for were tried again last. */
  'papers-released': z.number(),
  'paper-refused': z.object({ by: z.enum(['Tribe', 'PowerOffice']), at: z.number() }),
  'in-books': z.string(),
  'in-books:*': z.object({ id: z.string(), isPosted: z.boolean() }),
  /** Codes as they are; of employees only a fingerprint of the address. */
  'dimension:*': z.object({ at: z.number(), ids: TimeById }),
  'dimensions-missing': z.partialRecord(z.enum(['project', 'department', 'salesPerson']), Ids),

  lookups: Lookups,
  'lookup:*': z.object({ at: z.number(), entries: z.array(z.tuple([z.string(), z.string()])) }),
  'field-catalog': FieldCatalog,
  'phases-looked-for': z.string(),
  'faulty-mappings': Ids,

  tenant: TenantIdentity,
  reconnect: Reconnect,
  'at-work-since': z.string(),
  spent: Spent,
  standing: z.custom<TenantStatus>(isObject),
  streams: Streams,
  hours: Hours,
  'health-turned': z.object({ state: Health, since: z.number() }),
  'health-turned-operator': z.object({ state: Health, since: z.number() }),
  'alert:*': Health,
  /** What the company calls itself where it is told which drifts the operator knows of. */
  'drift-teller': z.string(),
  /** What has drifted here, and another company tells the operator: `system path`. */
  'drifts-of-others': Ids,
  'events-held': z.object({ until: z.number(), failures: z.number() }),
  /** When a write left last, and how many did. */
  'last-write': z.tuple([z.number(), z.number()]),
  'tribe-window': z.object({ begun: z.array(z.number()), heldUntil: z.number() }),
  /** The type that each of our webhooks at Tribe tells of, by its id. */
  webhooks: z.record(z.string(), z.string()),
  'webhooks-former': z.object({ secretHash: z.string(), ids: Ids }),
  'consent-asked': ConsentAsked,
  'consent-asked-poweroffice': ConsentAsked,
  'consent-held': z.object({ sealed: z.string(), hash: z.string(), endsAt: z.number() }),
  'tribe-grants': z.array(z.object({ grantId: z.string(), sealed: z.string() })),
  '*-token': Token,

  'contract-drifted': z.array(Drift),
  /** By a list's name: the members that each of its rows has. */
  'contract-always': z.record(z.string(), Ids),
  'contract-metadata': z.object({
    hash: z.string(),
    dialect: z.string(),
    members: z.record(z.string(), z.string()).readonly(),
  }),
  'contract-looked-at': z.number(),

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
