import type { LinkState } from '../db/links'
import type { SyncContext } from '../sync-step'
import { takingBack } from '../two-way/before'
import { isoOf, noteGone } from '../two-way/link'
import { typeNamed } from './kinds'
import { contactIdOf, printsOf, tribeRelation, wholeRole } from './link'
import { relationFromPowerOffice } from './mapping'
import { parentOf } from './moving'
import { withOwn } from './own-rows'
import { mergePair } from './pair'
import { linkAsSeen } from './seen'
import { siblingOf, withSibling } from './sibling'

/** Takes back the write that the context names: as if the other side alone had been changed to what was there before. */
export async function takeBackRelation(ctx: SyncContext, link: LinkState): Promise<void> {
  const given = typeNamed(link.tribeType)
  const role = given && wholeRole(given, await ctx.tribe.findRole(given.set, link.tribeId))
  if (!given || !role) return
  const contact = await ctx.powerOffice.findContact(given.kind, contactIdOf(link))
  if (!contact) return void (await noteGone(ctx, link))
  const type = withOwn(ctx, given)
  const crm = await tribeRelation(ctx, type, role, parentOf(contact))
  const books = relationFromPowerOffice(type, contact)
  const prints = { crm: await printsOf(ctx, type, crm), books: await printsOf(ctx, type, books) }
  const asSeen = (one: LinkState) => linkAsSeen(ctx, one, { type, role, contact }, { crm, books, prints })
  const known = asSeen(link)
  const sibling = await siblingOf(ctx, type, role, contact)
  const bases = sibling ? withSibling(known, asSeen(sibling)) : known.bases
  const asNow = { ...link, bases: prints[ctx.takesBack?.side ?? 'crm'], recent: [], syncedAt: isoOf(ctx) }
  await mergePair(takingBack(ctx, { bases }), {
    type: given,
    link: asNow,
    role,
    contact,
    fills: 'never',
    isFresh: true,
  })
}
