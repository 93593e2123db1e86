import type { LinkKind } from '../db/links'
import { SYSTEM } from '../shared/sides'
import { sliceOf } from '../slices'
import type { SyncContext } from '../sync-step'
import type { SeenField, SeenPair } from '../two-way/values'
import { asideOf } from './aside'

export type ShownValue = string | number | boolean | null | string[]

/** A record as both systems hold it this moment. */
export interface RecordValues {
  fields: {
    field: string
    tribe: ShownValue
    powerOffice: ShownValue
    same: boolean | null
    next: 'to-tribe' | 'to-poweroffice' | 'none'
    because: string
  }[]
  unreachable: ('tribe' | 'powerOffice')[]
  /** Neither the relay nor the systems know it. */
  isUnknown: boolean
}

export interface WhichRecord {
  kind: LinkKind
  tribeId: string | null
  powerOfficeId: string | null
  /** The code for which its own look waits for a person. */
  waitsFor?: string | null
}

/** Asks both systems, and keeps nothing of the answer. */
export async function readValues(
  ctx: SyncContext,
  { kind, tribeId, powerOfficeId, waitsFor = null }: WhichRecord,
): Promise<RecordValues> {
  const link =
    (tribeId === null ? null : await ctx.links.findByTribe(kind, tribeId)) ??
    (powerOfficeId === null ? null : await ctx.links.findByPowerOffice(kind, powerOfficeId))
  const which = { crmId: link?.tribeId ?? tribeId, booksId: link?.powerOfficeId ?? powerOfficeId, link }
  const seen = (await sliceOf(kind)?.values(asideOf(ctx), kind, which)) ?? NOTHING
  // A linked pair was looked at just now, up to where it would write; what is still to be made was not.
  const isHeldUp = ({ next, because }: SeenField) =>
    link === null ? next !== null : because === 'draft-in-books'
  const held = (field: SeenField): SeenField =>
    waitsFor !== null && isHeldUp(field) ? { ...field, next: null, because: waitsFor } : field
  return {
    fields: seen.fields.map(held).map(inSystems),
    unreachable: seen.unreachable.map((side) => (side === 'crm' ? 'tribe' : 'powerOffice')),
    isUnknown: seen.isUnknown,
  }
}

const NOTHING: SeenPair = { fields: [], unreachable: [], isUnknown: true }

/** The two sides by the systems' names. */
const inSystems = ({
  field,
  crm,
  books,
  same,
  next,
  because,
}: SeenField): RecordValues['fields'][number] => ({
  field,
  tribe: crm as ShownValue,
  powerOffice: books as ShownValue,
  same,
  next: next === null ? 'none' : `to-${SYSTEM[next]}`,
  because: because.includes('.')
    ? because
    : because.replace(/\bcrm\b/, SYSTEM.crm).replace(/\bbooks\b/, SYSTEM.books),
})
