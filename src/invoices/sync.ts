import { ASKED, confirmGone, entryFor, lookAlone, noteSeen } from '../pairs/link'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import { begunOf } from './begun'
import { refusal } from './guards'
import type { Invoice } from './invoice'
import { asInvoiceLink, type InvoiceLink, printOf, tieAgain, withLife } from './link'
import { makeOrder } from './make'
import { invoiceFromTribe } from './mapping'
import { giveNotice, takeNotice } from './notice'
import { isBeingPosted, planInvoice } from './plan'
import { ask, askForPayments, compare, follow, goOn } from './posting'
import { isLeftAlone, isMarking, sentPhases } from './sent-before'

export const areInvoicesOn = (ctx: SyncContext): boolean => ctx.settings.invoices.enabled

/** The job `invoice`: one look at an invoice, named by either side's id (spec §6). */
export const syncInvoice: Step = async (ctx, { id, inDoubt }) => {
  const [side, recordId = ''] = id.split(':')
  const known = side === 'tribe' ? null : await ctx.links.findByPowerOffice('invoice', recordId)
  const tribeId = side === 'tribe' ? recordId : known?.tribeId
  if (tribeId === undefined) return DONE
  try {
    return await lookAlone(ctx, tribeId, () => lookAt(ctx, tribeId, inDoubt))
  } catch (thrown) {
    // No decimal, or none that an amount can be: time mends nothing of it.
    throw thrown instanceof RangeError ? refusal('invoice.amount_absurd') : thrown
  }
}

async function lookAt(ctx: SyncContext, tribeId: string, inDoubt: boolean): Promise<SyncResult> {
  const link = asInvoiceLink(await ctx.links.findByTribe('invoice', tribeId))
  if (link && isBeingPosted(link))
    return follow(ctx, link, async () => {
      // Switched off since: what PowerOffice was asked to post is followed to its end, and not asked for again.
      if (!areInvoicesOn(ctx)) return null
      const found = await ctx.tribe.findInvoice(tribeId)
      return found && invoiceFromTribe(found)
    })
  if (!areInvoicesOn(ctx)) return DONE
  const sent = await sentPhases(ctx)
  if (!link && isMarking(ctx))
    return { status: 'again', afterSeconds: 1, because: 'what was sent before is still being noted' }
  const found = await ctx.tribe.findInvoice(tribeId)
  if (link && found) noteSeen(ctx, link, 'tribe')
  const invoice = found && invoiceFromTribe(found)
  const isSent = sent.has(found?.Phase?.ID ?? '')
  const plan = planInvoice({
    isSent,
    isOld: found !== null && isLeftAlone(ctx, found),
    isBegun: begunOf(ctx, tribeId) !== null,
    link,
    tribe: invoice && { print: await printOf(ctx, invoice) },
  })
  switch (plan.do) {
    case 'ask-poll':
      // Deleted, or the event named something else, as of a link that changed (tribe-api §4.2): the poll finds out.
      ctx.enqueue({ kind: 'poll-tribe', subject: 'Activity_Invoice', lane: 'push', afterSeconds: 2 })
      return DONE
    case 'make':
    case 'look-then-make':
      return invoice ? make(ctx, invoice, inDoubt || plan.do === 'look-then-make') : DONE
    case 'report-deleted':
      return link ? reportDeleted(ctx, link) : DONE
    case 'tie-again':
      return link ? tieHidden(ctx, link) : DONE
    case 'report-edited':
      return link && invoice ? reportEdited(ctx, link, invoice) : DONE
    case 'go-on':
      // Whatever was asked for before shows in its state.
      return link && invoice ? resume(ctx, link, invoice) : DONE
    default:
      return DONE
  }
}

async function make(ctx: SyncContext, invoice: Invoice, mayBeThere: boolean): Promise<SyncResult> {
  const made = await makeOrder(ctx, invoice, { mayBeThere })
  if ('again' in made) return made.again
  const { link, order } = made
  if (link.state !== 'linked') return DONE
  if (!order) return resume(ctx, link, invoice)
  const compared = await compare(ctx, link, invoice, order)
  return link.life.mode === 'draft' ? DONE : ask(ctx, compared, invoice, order)
}

/** A draft goes on to wait for the bookkeeper; what is to be posted may have been asked for already. */
const resume = (ctx: SyncContext, link: InvoiceLink, invoice: Invoice): Promise<SyncResult> =>
  link.life.mode === 'draft' ? goOn(ctx, link, invoice) : follow(ctx, link, async () => invoice)

/** What happens in Tribe afterwards changes nothing in PowerOffice, and is told once (spec §6). */
async function reportDeleted(ctx: SyncContext, link: InvoiceLink): Promise<SyncResult> {
  const result = await confirmGone(ctx, link, 'tribe')
  if (result.status === 'done' && result !== ASKED) giveNotice(ctx, link.tribeId, 'invoice.deleted_in_tribe')
  return result
}

/** Whatever happened to it meanwhile, on either side, is looked at now. */
async function tieHidden(ctx: SyncContext, link: InvoiceLink): Promise<SyncResult> {
  tieAgain(ctx, link)
  takeNotice(ctx, link.tribeId)
  if (link.life.stage !== 'draft') askForPayments(ctx, link.powerOfficeId)
  return { status: 'again', afterSeconds: 0, because: 'Tribe shows it again' }
}

async function reportEdited(ctx: SyncContext, link: InvoiceLink, invoice: Invoice): Promise<SyncResult> {
  const print = await printOf(ctx, invoice)
  ctx.remember(withLife(ctx, link, { print }), entryFor(ctx, link)('edited-in-tribe'))
  giveNotice(ctx, link.tribeId, 'invoice.changed_in_tribe')
  return DONE
}
