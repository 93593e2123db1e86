import type { LinkState } from '../db/links'
import type { FieldMapping } from '../shared/own-fields'
import { decimalOf, type OwnValue, printable, toTribe } from '../shared/own-values'
import type { SyncContext } from '../sync-step'
import { setOfType } from '../tribe/sets'
import { listOfField, readFacts } from './field-facts'

/** What a row of an admin's that is no member of PowerOffice's records would do of one record, this moment. Nothing is written. */

export interface RowNow {
  tribe: OwnValue
  powerOffice: OwnValue
  same: boolean | null
  next: 'to-tribe' | 'none'
  because: string
}

interface RecordNamed {
  tribeId: string | null
  powerOfficeId: string | null
}

export async function rowNow(ctx: SyncContext, row: FieldMapping, which: RecordNamed): Promise<RowNow> {
  const { record: kind } = row
  const link = await findNamed(ctx, kind, which)
  const nothing = { tribe: null, powerOffice: null, same: null, next: 'none' } as const
  if (link?.state !== 'linked') return { ...nothing, because: 'not-linked' }
  const set = setOfType(link.tribeType)
  const place = row.places.find(({ of }) => of === set)
  if (!place) return { ...nothing, because: 'not-in-tribe' }
  const [held = null] = (await ctx.tribe.membersOf(set, [link.tribeId], [place])).get(link.tribeId) ?? []
  const tribe = held as OwnValue
  // It goes along with an order, and is compared with nothing.
  if (listOfField(row.powerOfficeField) === null || (kind !== 'customer' && kind !== 'invoice'))
    return { ...nothing, tribe, because: 'with-the-order' }

  const facts = await readFacts(ctx, [row])
  if (facts.refused.length > 0) return { ...nothing, tribe, because: 'not-allowed' }
  const values =
    kind === 'customer' ? facts.customer(link.powerOfficeId) : facts.invoices.get(link.powerOfficeId)
  const value = values?.[row.powerOfficeField] ?? null
  const would = toTribe(value, row.powerOfficeType, row.tribeType)
  const powerOffice = decimalOf(value, row.powerOfficeType)
  const shown = { tribe, powerOffice, same: isSame(tribe, would) }
  if (shown.same) return { ...shown, next: 'none', because: 'same' }
  const [told] = await ctx.fields.told.among(kind, [link.tribeId])
  const isTold = (await ctx.fingerprint(printable(would))) === (told?.prints[row.tribeField] ?? '')
  if (isTold || (values === undefined && would === null))
    return { ...shown, next: 'none', because: 'nothing-to-do' }
  return { ...shown, next: 'to-tribe', because: 'one-way-from-poweroffice' }
}

async function findNamed(
  { links }: SyncContext,
  kind: FieldMapping['record'],
  { tribeId, powerOfficeId }: RecordNamed,
): Promise<LinkState | null> {
  const known = tribeId === null ? null : await links.findByTribe(kind, tribeId)
  if (known || powerOfficeId === null) return known
  return links.findByPowerOffice(kind, powerOfficeId)
}

const isSame = (held: OwnValue, would: OwnValue): boolean => {
  const text = (value: OwnValue) => (value === null || value === '' ? '' : String(value))
  return text(held) === text(would)
}
