import type { PatchOperation } from '../poweroffice/caller'
import type { Contact } from '../poweroffice/schemas'
import type { Side } from '../shared/sides'
import type { Besides, SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { addressOf } from './address'
import type { RelationType } from './kinds'
import { isSharedAddress } from './shared-address'

/**
 * A write may give a relation its first address, or one of its own. When that is taken back it is not enough that the lines
 * are as before: the record that the write has made goes again, and the one that served before serves again.
 */

/** What is kept of the address that a write has changed, by side. */
export function addressesBefore(
  type: RelationType,
  { role, contact }: { role: Role; contact: Contact },
  written: Readonly<Record<'toCrm' | 'toBooks', readonly string[]>>,
): Partial<Record<Side, Besides>> {
  const [here, there] = [addressOf(type, role), contact.MailAddress]
  const crm = { id: here?.ID ?? null, country: here?.Country?.Code ?? null }
  const books = { id: there ? String(there.Id ?? '') : null, country: there?.CountryCode ?? null }
  return {
    ...(written.toCrm.includes('address') ? { crm: { address: crm } } : {}),
    ...(written.toBooks.includes('address') ? { books: { address: books } } : {}),
  }
}

/** How the address was on this side before the write that is taken back; undefined when none is, or that was not kept. */
export const formerAddress = ({ takesBack }: SyncContext, side: Side): Besides['address'] =>
  takesBack?.side === side ? takesBack.image.besides?.address : undefined

/**
 * Brings back the record of Tribe's that served as the address, or that there was none. False where the one that serves now
 * has to be changed itself: it is the same, it serves in another place by now, or Tribe does not delete it.
 */
export async function isRecordBroughtBack(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
): Promise<'none' | 'another' | false> {
  const [former, held, child] = [formerAddress(ctx, 'crm'), addressOf(type, role), role[type.child]]
  if (!former || !held || !child || !type.address || held.ID === former.id) return false
  const isShared = await isSharedAddress(ctx, type, role)
  if (former.id === null) return !isShared && (await ctx.tribe.isAddressDeleted(held.ID)) ? 'none' : false
  // One that serves nowhere is not the shared one that was spared: somebody has put another in its place.
  if ((await ctx.tribe.holdersOfAddress(former.id)).length === 0) return false
  await ctx.tribe.update(type.relationSet, child.ID, { [type.address]: { ID: former.id } })
  if (!isShared) await ctx.tribe.isAddressDeleted(held.ID)
  return 'another'
}

/** Tribe's change of an address, with which its country goes where it had none before. */
export function withFormerCountry(
  ctx: SyncContext,
  held: ReturnType<typeof addressOf>,
  change: Record<string, unknown>,
): Record<string, unknown> {
  const isExtra = formerAddress(ctx, 'crm')?.country === null && held?.Country && !('Country' in change)
  return isExtra ? { ...change, Country: null } : change
}

/** The same patch, in which an address that PowerOffice did not have before goes as a whole; null when that is none of it. */
export function withoutFirstAddress(
  ctx: SyncContext,
  patch: readonly PatchOperation[],
): PatchOperation[] | null {
  const isOfAddress = ({ path }: PatchOperation) => path.startsWith('/MailAddress')
  if (formerAddress(ctx, 'books')?.id !== null || !patch.some(isOfAddress)) return null
  return [...patch.filter((one) => !isOfAddress(one)), { op: 'replace', path: '/MailAddress', value: null }]
}
