import { noticeEdits } from '../lookups/told-edits'
import { recordIn } from '../shared/subjects'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import { INVOICE } from '../tribe/sets'
import { confirmGone, entryFor, lookAlone, noteSeen, toldAs } from '../two-way/link'
import { notingRefusal } from '../two-way/refused-as'
import { begunOf } from './begun'
import { compareBooked, isToldOtherwise } from './booked'
import { isLeftAlone, isMarking, sentPhases } from './cutoff'
import { refusal } from './diagnose'
import { endWhatWasOwed } from './gone'
import type { Invoice } from './invoice'
import { asInvoiceLink, type InvoiceLink, tieAgain, withExportState, withNews } from './link'
import { makeOrder, takeOver } from './make'
import { invoiceFromTribe } from './mapping'
import { giveNotice, takeNotice } from './notice'
import { askForPaper } from './paper-search'
import { isBeingPosted, type Plan, planInvoice, reasonOf } from './plan'
import { askForPayments } from './posted'
import { follow, goOn, postOrLeave } from './posting'
import { isEditedSince, printedAnew, printOf } from './prints'

export const areInvoicesOn = (ctx: SyncContext): boolean => ctx.settings.invoices.enabled

/** The job `invoice`: one look at an invoice, named by either side's id (DESIGN.md §6). */
export const syncInvoice: Step = async (ctx, { id, inDoubt }) => {
  const { side, id: recordId } = recordIn(id)
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
  if (!link || !isBeingPosted(link)) return lookAtIdle(ctx, { tribeId, link, inDoubt, isFollowed: false })
  const ended = await follow(ctx, link, async () => {
    const found = await ctx.tribe.findInvoice(tribeId)
    return found && invoiceFromTribe(found)
  })
  if (ended !== 'not-asked') return ended
  const draft = withNews(link, { stage: 'draft', askedAt: null })
  return lookAtIdle(ctx, { tribeId, link: draft, inDoubt, isFollowed: true })
}

interface Idle {
  tribeId: string
  link: InvoiceLink | null
  inDoubt: boolean
  /** PowerOffice was asked just now, and knows of no posting. */
  isFollowed: boolean
}

/** Of an invoice that is not being posted just now. */
async function lookAtIdle(
  ctx: SyncContext,
  { tribeId, link, inDoubt, isFollowed }: Idle,
): Promise<SyncResult> {
  if (!areInvoicesOn(ctx)) {
    ctx.because('invoice', toldAs(link, 'crm', tribeId), 'switched-off')
    return DONE
  }
  const sent = await sentPhases(ctx)
  if (!link && isMarking(ctx))
    return { status: 'again', afterSeconds: 1, because: 'what was sent before is still being noted' }
  const found = await ctx.tribe.findInvoice(tribeId)
  if (link && found) noteSeen(ctx, link, 'crm')
  if (link && found) await noticeEdits(ctx, 'invoice', [{ tribeId, of: INVOICE, record: found }])
  const invoice = found && invoiceFromTribe(found)
  const isSent = sent.has(found?.Phase?.ID ?? '')
  const begun = begunOf(ctx, tribeId)
  const plan = planInvoice({
    isSent,
    isBeforeCutoff: found !== null && isLeftAlone(ctx, found),
    isBegun: begun !== null,
    link,
    tribe: invoice && {
      isEdited: link !== null && (await isEditedSince(ctx, link.exportState.print, invoice)),
    },
  })
  ctx.because('invoice', toldAs(link, 'crm', tribeId), reasonOf(plan))
  return followPlan(ctx, plan, { link, invoice, begun, isSent, isFollowed, inDoubt })
}

interface AsSeen extends Pick<Idle, 'link' | 'inDoubt' | 'isFollowed'> {
  invoice: Invoice | null
  begun: ReturnType<typeof begunOf>
  isSent: boolean
}

async function followPlan(
  ctx: SyncContext,
  plan: Plan,
  { link, invoice, begun, isSent, isFollowed, inDoubt }: AsSeen,
): Promise<SyncResult> {
  switch (plan.do) {
    case 'ask-poll':
      // Deleted, or the event named something else, as of a link that changed (tribe/API.md §4.2): the poll finds out.
      ctx.enqueue({ kind: 'poll-tribe', subject: 'Activity_Invoice', lane: 'push', afterSeconds: 2 })
      return DONE
    case 'make':
    case 'look-then-make':
      return invoice
        ? notingRefusal(ctx, invoice, () => make(ctx, invoice, inDoubt || plan.do === 'look-then-make'))
        : DONE
    case 'take-over':
      return begun && invoice ? takeOverBegun(ctx, invoice, begun, isSent) : DONE
    case 'report-deleted':
    case 'tie-again':
    case 'report-edited':
    case 'go-on':
      return link ? followLinked(ctx, plan, link, { invoice, isSent, isFollowed }) : DONE
    case 'report-taken-back':
      throw refusal('invoice.taken_back')
    case 'nothing':
      if (link?.state === 'linked' && invoice) await noteInParts(ctx, link, invoice)
      return DONE
    default:
      return plan satisfies never
  }
}

/** Plans for an invoice that PowerOffice has, as an order or posted. */
type PlanOfLinked = Extract<Plan, { do: 'report-deleted' | 'tie-again' | 'report-edited' | 'go-on' }>

async function followLinked(
  ctx: SyncContext,
  plan: PlanOfLinked,
  link: InvoiceLink,
  { invoice, isSent, isFollowed }: Pick<AsSeen, 'invoice' | 'isSent' | 'isFollowed'>,
): Promise<SyncResult> {
  switch (plan.do) {
    case 'report-deleted':
      return reportDeleted(ctx, link)
    case 'tie-again':
      return tieHidden(ctx, link)
    case 'report-edited':
      return invoice ? reportEdited(ctx, link, invoice, isSent) : DONE
    case 'go-on':
      return invoice ? resume(ctx, link, invoice, { isSent, isFollowed }) : DONE
    default:
      return plan satisfies never
  }
}

/** What an earlier version noted of an invoice that is as it was is noted as this one does. */
async function noteInParts(ctx: SyncContext, link: InvoiceLink, invoice: Invoice): Promise<void> {
  const now = await printedAnew(ctx, link, invoice)
  if (now !== link) ctx.remember(now)
}

async function takeOverBegun(
  ctx: SyncContext,
  invoice: Invoice,
  begun: NonNullable<AsSeen['begun']>,
  isSent: boolean,
): Promise<SyncResult> {
  const lost = await takeOver(ctx, invoice, begun)
  if (!lost || lost.exportState.stage === 'posted') return DONE
  return resume(ctx, lost, invoice, { isSent, isFollowed: false })
}

async function make(ctx: SyncContext, invoice: Invoice, mayBeThere: boolean): Promise<SyncResult> {
  const made = await makeOrder(ctx, invoice, { mayBeThere })
  if ('again' in made) return made.again
  const { link, order } = made
  if (link.state === 'linked' && (await isEditedSince(ctx, link.exportState.print, invoice)))
    return { status: 'again', afterSeconds: 0, because: 'an earlier run made it of what Tribe said then' }
  // A voucher is posted as soon as it is made.
  if (link.state !== 'linked' || link.exportState.stage === 'posted') return DONE
  return order
    ? postOrLeave(ctx, link, invoice, order)
    : resume(ctx, link, invoice, { isSent: true, isFollowed: false })
}

/** A draft goes on to wait for the bookkeeper; what is to be posted may have been asked for already, and shows so. */
async function resume(
  ctx: SyncContext,
  link: InvoiceLink,
  invoice: Invoice,
  { isSent, isFollowed }: { isSent: boolean; isFollowed: boolean },
): Promise<SyncResult> {
  if (link.exportState.mode !== 'draft' && !isFollowed) {
    const ended = await follow(ctx, link, async () => invoice)
    if (ended !== 'not-asked') return ended
  }
  if (!isSent) throw refusal('invoice.taken_back')
  return goOn(ctx, link, invoice)
}

/** What happens in Tribe afterwards changes nothing in PowerOffice, and is told once (DESIGN.md §6.13). */
async function reportDeleted(ctx: SyncContext, link: InvoiceLink): Promise<SyncResult> {
  const result = await confirmGone(ctx, link, 'crm')
  if (result === DONE) {
    giveNotice(ctx, link.tribeId, 'invoice.deleted_in_tribe')
    endWhatWasOwed(ctx, link)
  }
  return result
}

/** Whatever happened to it meanwhile, on either side, is looked at now. */
async function tieHidden(ctx: SyncContext, link: InvoiceLink): Promise<SyncResult> {
  tieAgain(ctx, link)
  takeNotice(ctx, link.tribeId, 'invoice.deleted_in_tribe')
  const { stage, isDocumented } = link.exportState
  if (stage !== 'draft') askForPayments(ctx, link.powerOfficeId)
  if (stage === 'posted' && !isDocumented) askForPaper(ctx, link)
  return { status: 'again', afterSeconds: 0, because: 'Tribe shows it again' }
}

async function reportEdited(
  ctx: SyncContext,
  link: InvoiceLink,
  invoice: Invoice,
  isSent: boolean,
): Promise<SyncResult> {
  const edited = withExportState(ctx, link, { print: await printOf(ctx, invoice) })
  ctx.remember(edited, entryFor(ctx, link)('edited-in-tribe'))
  giveNotice(ctx, link.tribeId, 'invoice.changed_in_tribe')
  if (link.exportState.stage !== 'draft') {
    await compareAgain(ctx, edited, invoice)
    return DONE
  }
  if (!isSent) throw refusal('invoice.taken_back')
  // What differed may still differ: that is told beside it. What hangs on it may still be on its way.
  const isDone = link.exportState.toldFailure === null && !link.exportState.owesAttachments
  return isDone ? DONE : goOn(ctx, edited, invoice)
}

/** What was told of it may be over: Tribe's invoice is another now. */
async function compareAgain(ctx: SyncContext, link: InvoiceLink, invoice: Invoice): Promise<void> {
  if (!isToldOtherwise(ctx, link.tribeId)) return
  const posted = await ctx.powerOffice.findInvoice(link.powerOfficeId)
  if (posted) await compareBooked(ctx, withNews(link, { compared: null }), posted, async () => invoice)
}
