import type { LinkState } from '../db/links'
import type { SyncContext } from '../sync-step'
import { isoOf, noteGone } from '../two-way/link'
import { typeNamed } from './kinds'
import { contactIdOf, printsOf, tribeRelation, wholeRole } from './link'
import { relationFromPowerOffice } from './mapping'
import { parentOf } from './moving'
import { withOwn } from './own-rows'
import { mergePair } from './pair'

/** Takes back the write that the context names: as if the other side alone had been changed to what was there before. */
export async function takeBackRelation(ctx: SyncContext, link: LinkState): Promise<void> {
  const given = typeNamed(link.tribeType)
  const role = given && wholeRole(given, await ctx.tribe.findRole(given.set, link.tribeId))
  if (!given || !role) return
  const contact = await ctx.powerOffice.findContact(given.kind, contactIdOf(link))
  if (!contact) return void (await noteGone(ctx, link))
  const type = withOwn(ctx, given)
  const written =
    ctx.takesBack?.side === 'books'
      ? relationFromPowerOffice(type, contact)
      : await tribeRelation(ctx, type, role, parentOf(contact))
  const asNow = { ...link, bases: await printsOf(ctx, type, written), recent: [], syncedAt: isoOf(ctx) }
  await mergePair(ctx, { type: given, link: asNow, role, contact, fills: 'never', isFresh: true })
}
