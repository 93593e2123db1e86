import * as z from 'zod/v4'
import { DIRECTIONS, FIELD_RECORDS, FIELD_TYPES, FieldPlace } from '../shared/own-fields'
import type { Change } from '../tenant-sync/dry-run/store'

/** What facts hold. A member that an older version did not write is optional for good. */

export const Ids = z.array(z.string())
export const TimeById = z.record(z.string(), z.number())
const LinkKind = z.enum(['customer', 'supplier', 'contactPerson', 'product', 'invoice'])

// ── What sweeps and loads have done ─────────────────────────────────────────

export const FirstLoad = z.object({
  kind: z.string(),
  page: z.number(),
  /** Rows of this kind up to this id are done; the books list by id. */
  lastId: z.number(),
  done: z.number(),
  total: z.number(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
})
/** When a cursor came to where it is, and whether a list was read to its end more than the overlap after that. */
export const Reached = z.object({ at: z.string(), since: z.number(), isSettled: z.boolean() })
/** When the CRM's newest record was made or changed, and the records of that very moment; an older version kept the time alone. */
export const Cutoff = z.union([z.string(), z.object({ at: z.string().nullable(), ids: Ids.readonly() })])
/** Records that are left to one look, and since when. */
export const Together = z.array(
  z.object({
    id: z.string(),
    at: z.number(),
    /** When it was told of first since it was read last; left out where that is `at`. */
    since: z.number().optional(),
  }),
)
export const Vanished = z.object({
  /** By their ids in the CRM, when a look by id first missed them. */
  missed: z.record(z.string(), z.object({ subject: z.string(), at: z.number() })),
  /** How many a list of the CRM's did not show, which is more than were looked at. */
  listed: z.number(),
  isAsked: z.boolean(),
  probedAt: z.number(),
  /** When a person said that they are gone. */
  confirmedAt: z.number().nullable(),
})
export const ComparisonRow = z.object({
  what: z.string(),
  tribe: z.number(),
  powerOffice: z.number(),
  linked: z.number(),
  /** Linked pairs that were not in step when they were looked at. */
  differ: z.number(),
  /** Of invoices. Those that are settled and older than 400 days are counted, and not summed. */
  sums: z
    .object({
      /** What invoices in the client's own currency come to on each side. */
      tribe: z.number(),
      powerOffice: z.number(),
      /** Of all invoices, in the client's own currency: what came in, what is open, and what was settled without money. */
      paid: z.number(),
      open: z.number(),
      // What a version before these has kept has none of them.
      credited: z.number().exactOptional(),
      writtenOff: z.number().exactOptional(),
      reversed: z.number().exactOptional(),
      /** What invoices in other currencies come to. */
      currencies: z
        .array(z.object({ currency: z.string(), tribe: z.number(), powerOffice: z.number() }))
        .exactOptional(),
    })
    .exactOptional(),
})
/** What an admin decided on a record that the preview showed. */
export const Decision = z.object({
  action: z.enum(['link', 'create', 'leave']),
  tribeId: z.string().nullable(),
})

/**
 * When it was sent last, or was answered with nothing; with the life of the object that still waits for its answer. What bears
 * no reference of ours is known again by what was sent, and when that was first.
 */
export const Sent = z.record(
  z.string(),
  z.union([
    z.number(),
    z.object({
      at: z.number(),
      life: z.string().nullable(),
      first: z.number(),
      prints: z.record(z.string(), z.string()).readonly(),
    }),
    z.object({ at: z.number(), life: z.string().nullable() }),
  ]),
)

const PrintsByField = z.record(z.string(), Ids.readonly()).readonly()
/** When it was sent last, by which life of the object, and the fingerprints of all that was sent since the pair's link was kept. */
export const Writing = z.object({
  at: z.number(),
  life: z.string(),
  prints: z.object({ crm: PrintsByField, books: PrintsByField }),
})

// ── Invoices and payments ───────────────────────────────────────────────────

export const Begun = z.object({
  mode: z.enum(['draft', 'book', 'send', 'voucher']),
  /** Goes up when a draft that was deleted in PowerOffice is made again: its reference may be spent (poweroffice/API.md §11). */
  attempt: z.number(),
  /** The order that this attempt stands in for: a bookkeeper has deleted it, or we have since Tribe's invoice changed. */
  replaces: z.string().exactOptional(),
  /** What the order is made of, as in its link: one that is found later is what it was then. */
  print: z.string().exactOptional(),
  made: z.string().exactOptional(),
  /** When it was sent last, as a voucher: an answer that was lost says nothing of what becomes of it. */
  sentAt: z.number().exactOptional(),
})
/** Phases whose invoices are being noted. Two passes have to find the same: pages shift while they are read. */
export const Marking = z.object({
  /** An earlier version knew none. */
  phases: z.record(z.string(), z.string()).exactOptional(),
  next: z.string().nullable(),
  pass: z.number(),
  /** Pages of this pass, and invoices that it noted. */
  pages: z.number(),
  added: z.number(),
  /** All was on one page, which was read before the answer was given: what shows only later was sent later. */
  isWhole: z.boolean(),
})
/** Files of one order. */
export const Brought = z.object({
  /** PowerOffice's id of each file that arrived, by Tribe's. */
  arrived: TimeById,
  /** Names of what was refused, by Tribe's id. */
  refused: z.record(z.string(), z.string()),
  /** The one that may be on its way, and since when. */
  sending: z.object({ id: z.string(), at: z.number() }).nullable(),
  /** One that cannot be read, or that the order is not there for, and since when. */
  trouble: z.object({ id: z.string(), since: z.number() }).exactOptional(),
})
/** Of one invoice; `sentAt`: when its paper was handed over last; null: it surely was not. */
export const PaperSearch = z.object({ since: z.number(), sentAt: z.number().nullable() })

// ── Lists of both systems ───────────────────────────────────────────────────

const Name = z.string().nullable()
const InUse = { id: z.string(), code: Name, name: Name, inUse: z.boolean() }
export const Lookups = z.object({
  at: z.string(),
  /** Where the tenant's own organisation is, as Tribe has its visiting address. */
  ownCountry: Name,
  tribe: z.object({
    units: z.array(z.object(InUse)),
    vatGroups: z.array(z.object({ ...InUse, percentage: z.number().nullable(), country: Name })),
    productGroups: z.array(z.object({ id: z.string(), name: Name })),
    invoicePhases: z.array(z.object({ id: z.string(), code: Name, name: Name })),
  }),
  powerOffice: z.object({
    salesAccounts: z.array(
      z.object({
        id: z.number(),
        accountNo: z.number(),
        name: Name,
        vatCode: Name,
        isActive: z.boolean(),
        /** What a line that is booked on it has to name. */
        demands: z.array(z.enum(['department', 'project'])).exactOptional(),
        /** Its department by default. */
        departmentId: z.number().exactOptional(),
      }),
    ),
    /** Lists that an older version has kept have no ids. */
    vatCodes: z.array(
      z.object({ code: z.string(), name: Name, rate: z.number(), id: z.number().exactOptional() }),
    ),
    productGroups: z.array(z.object({ id: z.number(), name: Name, accountId: z.number().nullable() })),
    paymentTerms: z.array(
      z.object({
        id: z.number(),
        name: Name,
        creditDays: z.number(),
        isDefault: z.boolean().exactOptional(),
      }),
    ),
  }),
})
const Field = {
  record: z.enum(FIELD_RECORDS),
  field: z.string(),
  label: z.string(),
  type: z.enum(FIELD_TYPES),
  writable: z.boolean(),
}
/** What can be mapped of both systems. */
export const FieldCatalog = z.object({
  at: z.string(),
  tribe: z.array(z.object({ ...Field, places: z.array(FieldPlace) })),
  powerOffice: z.array(z.object({ ...Field, goes: z.array(z.enum(DIRECTIONS)).readonly() })),
})

// ── The tenant ──────────────────────────────────────────────────────────────

export const TenantIdentity = z.object({
  tenantId: z.string(),
  /** SHA-256 of the value of our webhook header. */
  webhookSecretHash: z.string(),
  /** The one before that, which deliveries under way still carry, and until when it counts. */
  former: z.object({ hash: z.string(), until: z.number() }).nullable().exactOptional(),
  /** An object of an older version has not been told. */
  serves: z.object({ organization: z.string().nullable(), client: z.string().nullable() }).exactOptional(),
  /** Sealed for `<tenantId>:signingSecret`. */
  sealedSigningSecrets: Ids,
})
export const Reconnect = z.object({ code: z.string(), message: z.string(), since: z.string() })
export const Spent = z.object({
  tribe: z.number(),
  powerOffice: z.number(),
  statements: z.number(),
  runs: z.number(),
  failures: z.number(),
})
const LastSuccess = z.object({ lastSuccessAt: z.string().nullable() })
/** How fresh each stream is: when it was last worked off without a fault. */
export const Streams = z.object({
  webhooks: LastSuccess.extend({ lastEventAt: z.string().nullable() }).exactOptional(),
  relations: LastSuccess.exactOptional(),
  products: LastSuccess.exactOptional(),
  payments: LastSuccess.exactOptional(),
})
/** The hours of one tenant that D1 may not have in full, the oldest first; `told`: the newest that D1 knows of at all. */
export const Hours = z.object({
  hours: z.array(
    z.object({
      hour: z.string(),
      events: z.number(),
      writes: z.number(),
      problems: z.number(),
      tribe: z.number(),
      powerOffice: z.number(),
      arrivals: z.array(z.number()).readonly(),
    }),
  ),
  told: z.string().nullable(),
})
export const Health = z.enum(['healthy', 'unhealthy'])
/** A consent that is asked for. `browserHash`: of what the browser that began it keeps; an assistant keeps nothing. */
export const ConsentAsked = z.object({
  hash: z.string(),
  browserHash: z.string().nullable(),
  endsAt: z.number(),
})
export const Token = z.object({ sealed: z.string(), expiresAt: z.number(), credentials: z.string() })

/** A member that one of the systems answers otherwise than the relay reads it. */
export const Drift = z.object({
  path: z.string(),
  reads: z.string(),
  found: z.string(),
  rests: z.string().nullable(),
  system: z.enum(['tribe', 'poweroffice']),
  since: z.string(),
  name: z.string(),
  /** When it was met last, within an hour. */
  lastAt: z.number(),
})

// ── Dry runs, undo ──────────────────────────────────────────────────────────

/** A write that a dry run would make. */
export const DryWrite = z.object({
  side: z.enum(['tribe', 'powerOffice']),
  kind: z.string(),
  tribeId: z.string().nullable(),
  powerOfficeId: z.string().nullable(),
  action: z.enum(['create', 'update']),
  fields: Ids,
})
export const DryRun = z.object({
  state: z.enum(['running', 'done', 'failed']),
  /** What ended one that failed. */
  because: z
    .enum(['paused', 'settings-changed', 'reconnect', 'refused', 'unreachable', 'interrupted'])
    .exactOptional(),
  at: z.string(),
  writes: z.array(
    z.object({ side: DryWrite.shape.side, kind: z.string(), field: z.string(), count: z.number() }),
  ),
  parked: z.array(z.object({ code: z.string(), count: z.number() })),
  change: z.custom<Change>(isObject),
  /** How often it was begun: a restart forgets all of it. */
  begun: z.number(),
  count: z.number(),
})
export const Undo = z.object({
  state: z.enum(['previewing', 'previewed', 'removing', 'done', 'failed']),
  at: z.string(),
  counts: z.object({ removable: z.number(), restorable: z.number(), touched: z.number() }),
  items: z.number(),
  removals: z.number(),
  restores: z.number(),
  /** When it was decided what is undone: the time that is told of each record, however often it is told. */
  decidedAt: z.string().exactOptional(),
  /** How many of what is to be removed, and then of what is to come back, are done. */
  done: z.number().exactOptional(),
})
export const UndoItem = z.object({
  kind: LinkKind,
  tribeId: z.string(),
  powerOfficeId: z.string(),
  outcome: z.enum(['removable', 'restorable', 'not-kept', 'touched']),
})
/** What is deleted along with a record: the organisation or person that plays a role which was made with it. */
export const Removal = z.object({
  kind: LinkKind,
  tribeId: z.string(),
  set: z.string(),
  relation: z.object({ set: z.string(), id: z.string(), addressId: z.string().nullish() }).nullable(),
})
/** A write that the load overwrote something by, and where what was overwritten is kept. */
export const Restore = z.object({
  kind: LinkKind,
  tribeId: z.string(),
  side: z.enum(['crm', 'books']),
  /** Write by write; an earlier version kept one of them. */
  kept: z.union([z.string(), Ids.readonly()]),
  /** Of what the relay has written to the record since then. */
  since: Ids.readonly().exactOptional(),
})

export function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
