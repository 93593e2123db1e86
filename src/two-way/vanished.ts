import type { LinkKind, LinkState } from '../db/links'
import type { FactOf } from '../facts'
import { SyncError } from '../shared/errors'
import { CALLED, otherSide, SIDES, type Side, STORED, SYSTEM } from '../shared/sides'
import { recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext, TRY_AGAIN } from '../sync-step'

/**
 * Many records of a kind that one system does not show any more within the same hours are rarely deleted: rights
 * were changed, or something is out of order there. Then nothing comes apart; a person is asked, once for all of
 * them, and the question ends by itself when one of them is seen again.
 */

/** What was missed longer ago than this has nothing to do with what is missed now. */
const SAME_HOURS_MS = 2 * 3_600_000
/** How long the word of a person holds that they are gone: the next night is in it. */
const WORD_HOLDS_MS = 26 * 3_600_000
/** How many of many that a list does not show are looked at by their ids: if these are there, the list was wrong. */
const MOST_LOOKS = 10
const PROBED_EVERY_MS = 10 * 60_000
const KINDS: readonly LinkKind[] = ['customer', 'supplier', 'contactPerson', 'product', 'invoice']

type Vanished = FactOf<`vanished:${string}`>

const NOTHING: Vanished = { missed: {}, listed: 0, isAsked: false, probedAt: 0, confirmedAt: null }
const cursorOf = (side: Side, kind: LinkKind) => `vanished:${SYSTEM[side]}:${kind}` as const
const subjectOf = (side: Side, kind: LinkKind) => `${kind}-${SYSTEM[side]}`
const held = (ctx: SyncContext, side: Side, kind: LinkKind) => ctx.facts.get(cursorOf(side, kind))

export const areMany = (count: number, linked: number): boolean =>
  count >= 3 && (count >= 10 || count * 5 >= linked)

const isConfirmed = (ctx: SyncContext, { confirmedAt }: Vanished): boolean =>
  confirmedAt !== null && ctx.now() - confirmedAt < WORD_HOLDS_MS

/** A look by id missed it for the first time. */
export function noteMissed(ctx: SyncContext, link: LinkState, side: Side): void {
  const before = held(ctx, side, link.kind) ?? NOTHING
  const recent = Object.entries(before.missed).filter(
    ([, { at }]) => before.isAsked || ctx.now() - at < SAME_HOURS_MS,
  )
  const subject =
    side === 'crm'
      ? recordSubject(STORED.crm, link.tribeId)
      : recordSubject(STORED.books, link.powerOfficeId, link.powerOfficeParentId)
  const missed = { ...Object.fromEntries(recent), [link.tribeId]: { subject, at: ctx.now() } }
  ctx.facts.set(cursorOf(side, link.kind), { ...before, missed })
}

/** It was missed again, and would come apart: true when it is one of many, about which a person is asked. */
export async function isOneOfMany(ctx: SyncContext, { kind }: LinkState, side: Side): Promise<boolean> {
  const now = held(ctx, side, kind)
  if (!now || isConfirmed(ctx, now)) return false
  const missed = Object.keys(now.missed).length
  // What a list did not show counts once some of it were missed by their ids, too.
  const count = missed >= 3 ? Math.max(missed, now.listed) : missed
  if (count < 3) return false
  const apart = await partedBefore(ctx, kind, side, now)
  const linked = (await ctx.links.counts())[kind] + apart.length
  if (!areMany(count, linked)) return false
  for (const link of apart) tieBack(ctx, link)
  ctx.facts.set(cursorOf(side, kind), { ...now, isAsked: true })
  const [there, here] = [CALLED[side], CALLED[otherSide(side)]]
  const message = `${there} does not show ${count} of ${linked} linked records any more (${kind}): if its rights were changed, change them back; if they are deleted, try this again, and those in ${here} are left alone`
  ctx.park(
    { kind: 'vanished', subject: subjectOf(side, kind), lane: 'bulk' },
    new SyncError('records.many_vanished', 'data', message),
  )
  return true
}

/** The first of many may have come apart before they were seen to be many. */
async function partedBefore(
  ctx: SyncContext,
  kind: LinkKind,
  side: Side,
  { missed }: Vanished,
): Promise<LinkState[]> {
  const links = await ctx.links.amongTribe(kind, Object.keys(missed))
  return links.filter(({ state }) => state === `${SYSTEM[side]}-gone`)
}

function tieBack(ctx: SyncContext, link: LinkState): void {
  const at = new Date(ctx.now()).toISOString()
  const { kind, tribeId, powerOfficeId } = link
  const told = { kind, tribeId, powerOfficeId, at, event: 'linked', details: {} }
  ctx.remember({ ...link, state: 'linked', syncedAt: at }, told)
  const notices = [`invoice.deleted_in_${STORED.crm}`, null].map((code) =>
    recordSubject(STORED.crm, tribeId, code),
  )
  if (kind === 'invoice') ctx.settle('notice', notices)
}

/** That side shows the record: what is asked about many is looked at anew, each by itself. */
export function noteShown(ctx: SyncContext, { kind, tribeId }: LinkState, side: Side): void {
  const before = held(ctx, side, kind)
  if (!before || (!before.isAsked && !before.missed[tribeId])) return
  const { [tribeId]: shown, ...missed } = before.missed
  if (!shown) return
  if (before.isAsked) {
    endQuestion(ctx, side, kind)
    lookAtEach(ctx, side, kind, missed)
  } else ctx.facts.set(cursorOf(side, kind), { ...before, missed })
}

function endQuestion(ctx: SyncContext, side: Side, kind: LinkKind): void {
  ctx.facts.remove(cursorOf(side, kind))
  ctx.settle('vanished', [subjectOf(side, kind)])
}

function lookAtEach(ctx: SyncContext, side: Side, kind: LinkKind, missed: Vanished['missed']): void {
  const job = kind === 'invoice' && side === 'books' ? 'payment' : kind
  for (const { subject } of Object.values(missed)) ctx.enqueue({ kind: job, subject, lane: 'bulk' })
}

/**
 * Of what the CRM's whole list did not show: what is to be looked at by its id, since only that may say that it is gone.
 * Of many only some are, unless a person said that they are gone. The books' lists leave out what is archived, and
 * tell nothing of how many are gone.
 */
export function worthALook<T>(
  ctx: SyncContext,
  { kind, linked }: { kind: LinkKind; linked: number },
  unseen: readonly T[],
): readonly T[] {
  const side = 'crm'
  const before = held(ctx, side, kind)
  if (before && isConfirmed(ctx, before)) return unseen
  if (!areMany(unseen.length, linked)) {
    if (before?.isAsked) endQuestion(ctx, side, kind)
    else if (before?.listed) ctx.facts.set(cursorOf(side, kind), { ...before, listed: 0 })
    return unseen
  }
  ctx.facts.set(cursorOf(side, kind), { ...(before ?? NOTHING), listed: unseen.length })
  return unseen.slice(0, MOST_LOOKS)
}

/** While a person is asked, one of the many is looked at now and then: once it is there, all are. */
export function probeVanished(ctx: SyncContext): void {
  for (const kind of KINDS)
    for (const side of SIDES) {
      const now = held(ctx, side, kind)
      if (!now?.isAsked || ctx.now() - now.probedAt < PROBED_EVERY_MS) continue
      ctx.facts.set(cursorOf(side, kind), { ...now, probedAt: ctx.now() })
      lookAtEach(ctx, side, kind, Object.fromEntries(Object.entries(now.missed).slice(0, 1)))
    }
}

/** The job `vanished`: who tries it again says that they are gone. The subject is the kind and the side. */
export const believeGone: Step = async (ctx, { id, hint }) => {
  const [kind, side] = [
    KINDS.find((one) => id.startsWith(`${one}-`)),
    SIDES.find((one) => id.endsWith(`-${SYSTEM[one]}`)),
  ]
  if (!kind || !side || hint !== TRY_AGAIN) return DONE
  const { missed } = held(ctx, side, kind) ?? NOTHING
  ctx.facts.set(cursorOf(side, kind), { ...NOTHING, confirmedAt: ctx.now() })
  lookAtEach(ctx, side, kind, missed)
  return DONE
}
