import type { PatchOperation } from '../poweroffice/caller'
import type { Contact } from '../poweroffice/schemas'
import type { ProblemCode } from '../shared/problems'
import type { Role } from '../tribe/schemas'
import { canonicalOf, recordFrom, rowsNamed } from '../two-way/fields'
import { type AddressChange, addressChange, addressOf, addressPatch } from './address'
import { RELATION_ROWS, type Relation, type RelationField } from './fields'
import type { RelationType } from './kinds'
import { isOnRole, type RelationRow, type TermOf } from './row'

/** How each system spells a relation (DESIGN.md §5.1), by its rows. `from(to(relation))` gives the same relation back: see the test. */

/** The one text that all spellings of a value have in common: what is fingerprinted and compared. */
export const canonical = (
  relation: Relation,
  rows: readonly RelationRow[] = RELATION_ROWS,
): Record<RelationField, string | null> => canonicalOf(rows, relation)

// ── PowerOffice ─────────────────────────────────────────────────────────────

export const relationFromPowerOffice = (type: RelationType, contact: Contact): Relation =>
  recordFrom(type.rows, 'books', { type, contact }) as Relation

/** A contact to make in PowerOffice. It gets no number: PowerOffice assigns it (DESIGN.md §4.4). */
export function relationToPowerOffice(
  type: RelationType,
  relation: Relation,
  fields: readonly RelationField[],
  reference: string,
  termOf: TermOf,
) {
  const mark =
    type.kind === 'contactPerson'
      ? { ExternalCode: reference }
      : { IsPerson: type.party === 'person', ExternalImportReference: reference }
  const how = { fields, held: null, termOf }
  const members = rowsNamed(type.rows, fields).flatMap((row) =>
    Object.entries(row.books.write(relation, how)).filter(([, value]) => value !== null),
  )
  return { ...mark, ...Object.fromEntries(members) } as Record<string, unknown>
}

/** The changes that give these fields of a contact the relation's values; empty when it has them already. */
export function relationPatch(
  relation: Relation,
  fields: readonly RelationField[],
  contact: Contact,
  termOf: TermOf,
  rows: readonly RelationRow[] = RELATION_ROWS,
): PatchOperation[] {
  const before = contact as Record<string, unknown>
  const patch = new Map<string, PatchOperation>()
  for (const row of rowsNamed(rows, fields)) {
    if (row.home === 'address')
      for (const change of addressPatch(relation.address, contact.MailAddress)) patch.set(change.path, change)
    else
      for (const [member, value] of Object.entries(
        row.books.write(relation, { fields, held: contact, termOf }),
      ))
        if ((before[member] ?? null) !== value)
          patch.set(`/${member}`, { op: 'replace', path: `/${member}`, value })
  }
  return [...patch.values()]
}

/**
 * The contact as it was read, and what was patched as the answer has it: what somebody else changed in
 * between shows in the answer too, and is still to travel.
 */
export function asPatched(read: Contact, patch: readonly PatchOperation[], answer: Contact): Contact {
  const contact: Record<string, unknown> = { ...read }
  const told: Record<string, unknown> = { ...answer }
  for (const { path } of patch) {
    const [, member = '', part] = path.split('/')
    contact[member] = part
      ? { ...(contact[member] as object), [part]: (told[member] as Record<string, unknown> | null)?.[part] }
      : told[member]
    if (member === 'PaymentTermId') contact.PaymentTerm = answer.PaymentTerm
  }
  return contact as Contact
}

/** What stands in the way of sending this field to PowerOffice, which would refuse the record for it. */
export function faultOf(
  field: RelationField,
  relation: Relation,
  termOf: TermOf,
  rows: readonly RelationRow[] = RELATION_ROWS,
): ProblemCode | null {
  const [row] = rowsNamed(rows, [field])
  return row?.refuse?.(relation, termOf) ?? null
}

// ── Tribe ───────────────────────────────────────────────────────────────────

/**
 * `numberPath`: where this Tribe keeps the number, from the role; null where it has no place for it.
 * `company`: of a contact person, the PowerOffice id of its company, which the links know.
 */
export const relationFromTribe = (
  type: RelationType,
  role: Role,
  numberPath: string | null,
  company: string | null = null,
): Relation => recordFrom(type.rows, 'crm', { type, role, numberPath, company }) as Relation

/** What to write to the records of Tribe that a relation consists of; a part that is empty needs no write. */
export interface TribeFields extends AddressChange {
  /** Of the organisation or person. */
  relation: Record<string, unknown>
  role: Record<string, unknown>
}

export interface TribePlaces {
  numberPath: string | null
  /** A country is named by its record: gives its id, or undefined. */
  countryOf: (code: string) => string | undefined
}

/**
 * The given fields of a relation as Tribe's records hold them. Names and addresses keep those of their
 * parts that already say the same.
 */
export function relationToTribe(
  type: RelationType,
  relation: Relation,
  fields: readonly RelationField[],
  held: Role | null,
  { numberPath, countryOf }: TribePlaces,
): TribeFields {
  const written: TribeFields = {
    relation: {},
    role: {},
    address: null,
    addressAfter: relation.address,
    addressParts: null,
  }
  for (const row of rowsNamed(type.rows, fields)) {
    if (row.home === 'address')
      Object.assign(written, addressChange(relation.address, addressOf(type, held), countryOf))
    else {
      const home = recordOf(type, row, numberPath)
      Object.assign(written[home], row.crm.write(relation, { fields, held, numberPath }))
    }
  }
  return written
}

function recordOf(type: RelationType, row: RelationRow, numberPath: string | null): 'role' | 'relation' {
  if (row.home === 'number') return numberPath?.includes('/') ? 'relation' : 'role'
  return isOnRole(type, row.home) ? 'role' : 'relation'
}

/** Which record of Tribe holds a field; an address that is not there yet comes with its relation. */
export function homeOf(
  type: RelationType,
  field: RelationField,
  { numberPath, hasAddress }: { numberPath: string | null; hasAddress: boolean },
): 'relation' | 'role' | 'address' {
  const [row] = rowsNamed(type.rows, [field])
  if (row?.home === 'address') return hasAddress ? 'address' : 'relation'
  return row ? recordOf(type, row, numberPath) : 'relation'
}
