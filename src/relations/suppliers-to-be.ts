import type { Contact } from '../poweroffice/schemas'
import { canonicalNumber } from '../shared/numbers'
import { powerOfficeIdFrom } from '../shared/reference'
import type { SyncContext } from '../sync-step'
import { COMPANY_SUPPLIER, isOn, numberPathOf } from './kinds'
import { relationIdOf } from './link'
import { decisionOf } from './link-found'
import { relationFromTribe } from './mapping'
import type { OtherRole } from './matching'

/**
 * A first load brings customers before suppliers. Of a contact that is both, the supplier may be the one that Tribe has: then
 * its organisation gets the role of a customer, and there are no two of it.
 */

type Organizations = ReadonlyMap<string, readonly string[]>

/** The organisation that the contact will be tied to as a supplier; null: none, or no load runs. */
export async function supplierToBe(ctx: SyncContext, contact: Contact): Promise<OtherRole | null> {
  if (!ctx.facts.get('initial-sync') || contact.IsPerson || !isOn(COMPANY_SUPPLIER, ctx.settings)) return null
  const id = String(contact.Id)
  const number = (await onceInLoad(ctx, 'numbers', () => numbersOfSuppliers(ctx))).get(id)
  if (number === undefined || decisionOf(ctx, 'supplier', id) !== null) return null
  const organizations = await onceInLoad(ctx, 'organizations', () => organizationsOf(ctx))
  const [only, ...others] = organizations.get(`id ${id}`) ?? organizations.get(`number ${number}`) ?? []
  if (only === undefined) return null
  return others.length > 0 ? { tribeRelationId: null, isUnclear: true } : { tribeRelationId: only }
}

/** Numbers of suppliers by their contact's id: the first 20,000, in one call. */
async function numbersOfSuppliers(ctx: SyncContext): Promise<ReadonlyMap<string, string>> {
  const suppliers = await ctx.powerOffice.contactNames('supplier')
  return new Map(suppliers.map(({ Id, Number: number }) => [String(Id), String(number ?? '')]))
}

/** Tribe's suppliers, by PowerOffice's id in their mark and by their number. */
async function organizationsOf(ctx: SyncContext): Promise<Organizations> {
  const found = new Map<string, string[]>()
  const numberPath = numberPathOf(COMPANY_SUPPLIER, ctx.tribeProfile.dialect)
  for (const role of await ctx.tribe.allRoles(COMPANY_SUPPLIER.set)) {
    const relationId = relationIdOf(COMPANY_SUPPLIER, role)
    if (relationId === null) continue
    const id = powerOfficeIdFrom(ctx, 'supplier', role.ImportId)
    const number = canonicalNumber(relationFromTribe(COMPANY_SUPPLIER, role, numberPath).number)
    for (const key of [id && `id ${id}`, number && `number ${number}`])
      if (key) found.set(key, [...(found.get(key) ?? []), relationId])
  }
  return found
}

/** Read once for a load, by whichever of the rows that go side by side is first; the next load reads it anew, and so does who finds that it failed. */
function onceInLoad<T>(ctx: SyncContext, what: string, read: () => Promise<T>): Promise<T> {
  const key = `suppliers-to-be:${what}`
  const load = ctx.facts.get('initial-sync')?.startedAt
  const held = ctx.cache.get(key) as { load: string | undefined; read: Promise<T> } | undefined
  if (held && held.load === load) return held.read
  const now = read()
  ctx.cache.set(key, { load, read: now })
  now.catch(() => ctx.cache.delete(key))
  return now
}
