import type { LinkState } from '../db/links'
import type { ToldKind } from '../db/told-fields'
import { toldRows } from '../lookups/told-edits'
import type { Contact } from '../poweroffice/schemas'
import { type FieldMapping, heldAt } from '../shared/own-fields'
import { heldInTribe, type OwnValue, printable, toTribe } from '../shared/own-values'
import type { SyncContext } from '../sync-step'
import { goneOf, type SeenField, type Sight, sightOf, unreachableOf } from '../two-way/values'
import { readFacts } from './field-facts'

/** What the relay alone tells Tribe of a record, as both systems hold it this moment, and whether it would be told next. */

export interface ToldSight {
  /** The set that Tribe's record is of. */
  of: string
  crm: Sight<unknown>
  books: Sight<unknown>
  link: LinkState | null
  /** What the books say of these rows, by their names there. */
  read: (rows: readonly FieldMapping[]) => Promise<Readonly<Record<string, OwnValue>>>
}

export async function toldValues(ctx: SyncContext, kind: ToldKind, seen: ToldSight): Promise<SeenField[]> {
  const rows = toldRows(ctx.fields.rows).filter(({ record }) => record === kind)
  if (rows.length === 0) return []
  const books = seen.books.is === 'there' ? await sightOf(() => seen.read(rows)) : seen.books
  const tribeIds = seen.link ? [seen.link.tribeId] : []
  const prints = (await ctx.fields.told.among(kind, tribeIds))[0]?.prints ?? {}
  return Promise.all(rows.map((row) => seenField(ctx, row, { ...seen, books, prints })))
}

async function seenField(ctx: SyncContext, row: FieldMapping, seen: AsRead): Promise<SeenField> {
  const { of, crm, books } = seen
  const place = row.places.find((one) => one.of === of)
  const held = crm.is === 'there' && place ? heldInTribe(heldAt(crm.record, place), row.tribeType) : null
  const value = books.is === 'there' ? (books.record[row.powerOfficeField] ?? null) : null
  const wanted = toTribe(value, row.powerOfficeType, row.tribeType)
  const isKnown = crm.is !== 'away' && books.is !== 'away'
  const isSame = printable(held) === printable(wanted)
  const shown = { field: row.powerOfficeField, crm: held, books: wanted, same: isKnown ? isSame : null }
  return { ...shown, ...(await nextOf(ctx, row, seen, { wanted, isSame })) }
}

/** What would become of the field in the next look: the first line that fits. */
async function nextOf(
  ctx: SyncContext,
  row: FieldMapping,
  { crm, books, link, prints }: AsRead,
  { wanted, isSame }: { wanted: OwnValue; isSame: boolean },
): Promise<Pick<SeenField, 'next' | 'because'>> {
  const stays = (because: string) => ({ next: null, because })
  const goes = (because: string) => ({ next: 'crm' as const, because })
  const unreachable = unreachableOf(crm, books)
  if (unreachable !== null) return stays(unreachable)
  if (!ctx.fields.tellable.includes(row)) return stays('not-in-crm')
  if (crm.is === 'none') return wanted === null ? stays('same') : goes('not-linked')
  const gone = goneOf(crm, books)
  if (gone !== null) return stays(gone)
  if (link?.state !== 'linked') return stays('not-linked')
  if (isSame) return stays('same')
  const before = prints[row.tribeField]
  if ((await ctx.fingerprint(printable(wanted))) !== (before ?? '')) return goes('changed-in-books')
  // What was never filled erases nothing; what was told is put right.
  return before === undefined ? stays('one-way-from-books') : goes('one-way-from-books')
}

interface AsRead extends Omit<ToldSight, 'books' | 'read'> {
  books: Sight<Readonly<Record<string, OwnValue>>>
  prints: Readonly<Record<string, string>>
}

/** Of a customer that was read just now: what it owes, in three calls at most. */
export async function factsOfCustomer(
  ctx: SyncContext,
  contact: Contact,
  rows: readonly FieldMapping[],
): Promise<Readonly<Record<string, OwnValue>>> {
  const { JobStop, JobStopReason, InvoiceDeliveryType } = contact as Readonly<Record<string, unknown>>
  const isOfContact = ({ powerOfficeField }: FieldMapping) => powerOfficeField.startsWith('customer.')
  const facts = await readFacts(
    ctx,
    rows.filter((row) => !isOfContact(row)),
    contact.Number ?? undefined,
  )
  return {
    ...facts.customer(String(contact.Id)),
    'customer.workStop': JobStop === true,
    'customer.workStopReason': typeof JobStopReason === 'string' ? JobStopReason : null,
    'customer.deliveryType': typeof InvoiceDeliveryType === 'string' ? InvoiceDeliveryType : null,
  }
}
