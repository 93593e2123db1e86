import { readsOrders } from '../poweroffice/profile'
import type { PostedInvoice } from '../poweroffice/schemas'
import { unknownRecord } from '../shared/errors'
import { halfIn, pairIn, recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import type { Invoice as TribeInvoice } from '../tribe/schemas'
import { entryFor, lookAlone } from '../two-way/link'
import { begunOf, nextAttempt, noteBegun } from './begun'
import { compareBooked, forgetBooked } from './booked'
import { sentPhases, wantAllTheSame } from './cutoff'
import { refusal } from './diagnose'
import { asInvoiceLink, linkFrom, withNews } from './link'
import { makeOrder } from './make'
import { invoiceFromTribe } from './mapping'
import { askForPayments } from './posted'
import { printOf } from './prints'
import { callWaiters } from './waiters'

/** What an admin decides of single invoices (DESIGN.md §4.6). */

const unknownIn = (system: string) => unknownRecord('invoice', system)

/** What keeps work by hand from being done with these; null when nothing does. */
export async function invoiceObstacleOf(
  ctx: SyncContext,
  { tribeId, powerOfficeId }: { tribeId: string | null; powerOfficeId: string | null },
): Promise<'not-in-tribe' | 'not-in-poweroffice' | 'not-sent' | null> {
  const found = tribeId === null ? null : await ctx.tribe.findInvoice(tribeId)
  if (tribeId !== null && !found) return 'not-in-tribe'
  // Only its other side is named when it is to be made there.
  if (found && powerOfficeId === null && !(await isSent(ctx, found))) return 'not-sent'
  return powerOfficeId === null || (await findEither(ctx, powerOfficeId)) ? null : 'not-in-poweroffice'
}

const isSent = async (ctx: SyncContext, { Phase }: TribeInvoice): Promise<boolean> =>
  (await sentPhases(ctx)).has(Phase?.ID ?? '')

/** A posted invoice or a draft, whichever has the id. */
async function findEither(ctx: SyncContext, id: string) {
  const posted = await ctx.powerOffice.findInvoice(id)
  if (posted) return { posted }
  const order = readsOrders(ctx.powerOfficeProfile) ? await ctx.powerOffice.findOrder(id) : null
  return order && { posted: null }
}

/** Ties a pair together, whatever stood there before. The subject is `invoice:tribeId:powerOfficeId`. */
export const relinkInvoice: Step = async (ctx, { id }) => {
  const { tribeId, powerOfficeId } = pairIn(id)
  const found = await ctx.tribe.findInvoice(tribeId)
  const there = await findEither(ctx, powerOfficeId)
  if (!found || !there) throw unknownIn(found ? 'PowerOffice' : 'Tribe')
  return lookAlone(ctx, tribeId, async () => {
    const { posted } = there
    const link = linkFrom(
      ctx,
      { id: tribeId },
      {
        id: powerOfficeId,
        number: posted?.InvoiceNo == null ? null : String(posted.InvoiceNo),
        exportState: {
          mode: begunOf(ctx, tribeId)?.mode ?? 'draft',
          stage: stageOf(posted),
          askedAt: null,
          toldFailure: null,
          settlement: null,
          print: await printOf(ctx, invoiceFromTribe(found)),
          kid: posted?.Cid ?? null,
          compared: null,
        },
      },
    )
    const invoice = invoiceFromTribe(found)
    const compared =
      posted && !posted.IsReversed ? await compareBooked(ctx, link, posted, async () => invoice) : {}
    if (!posted || posted.IsReversed) forgetBooked(ctx, tribeId)
    ctx.remember(withNews(link, compared), entryFor(ctx, link)('linked'))
    await ctx.flush()
    callWaiters(ctx, 'invoice', tribeId)
    // Whatever was paid on it before is told in Tribe too.
    if (posted) askForPayments(ctx, powerOfficeId)
    return DONE
  })
}

function stageOf(posted: PostedInvoice | null): 'draft' | 'posted' | 'reversed' {
  if (!posted) return 'draft'
  return posted.IsReversed ? 'reversed' : 'posted'
}

/** Makes the order anew that was deleted in PowerOffice. The subject is `invoice:tribe:id` or `invoice:powerOffice:id`. */
export const recreateInvoice: Step = async (ctx, { id }): Promise<SyncResult> => {
  const { side, id: recordId } = halfIn(id)
  const link = asInvoiceLink(
    side === 'tribe'
      ? await ctx.links.findByTribe('invoice', recordId)
      : await ctx.links.findByPowerOffice('invoice', recordId),
  )
  if (link?.state === 'linked') return DONE
  const tribeId = link?.tribeId ?? recordId
  const found = await ctx.tribe.findInvoice(tribeId)
  // An invoice is never made in Tribe.
  if (!found) throw unknownIn('Tribe')
  if (!(await isSent(ctx, found))) throw refusal('invoice.not_sent')
  wantAllTheSame(ctx, tribeId)
  return lookAlone(ctx, tribeId, async () => {
    // The reference of the order that was deleted may be spent.
    const begun =
      link?.state === 'poweroffice-gone'
        ? { ...nextAttempt(begunOf(ctx, tribeId), link), mode: ctx.settings.invoices.mode }
        : null
    if (begun) noteBegun(ctx, tribeId, begun)
    const made = await makeOrder(ctx, invoiceFromTribe(found), {
      mayBeThere: true,
      ...(begun ? { begun } : {}),
    })
    if ('again' in made) return made.again
    ctx.enqueue({ kind: 'invoice', subject: recordSubject('tribe', tribeId), lane: 'push' })
    return DONE
  })
}
