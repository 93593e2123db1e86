import { syncCustomer } from '../relations/changed'
import { recordSubject } from '../shared/subjects'
import type { SyncContext, SyncResult } from '../sync-step'
import { spell } from '../tribe/dialect'
import { INVOICE } from '../tribe/sets'
import { refusal } from './diagnose'
import type { Invoice } from './invoice'
import { invoiceFromTribe } from './mapping'
import { tellLines } from './tell-lines'
import { sumsOf } from './totals'
import { firstInStep, waitFor } from './waiters'

/** Whom and what an invoice names: its customer, and the invoice that it credits. */

/** A link of another name may lead from an invoice to what credits it. */
const NAMES_CREDITED = /^credited(invoice)?$/i

/** PowerOffice's id of the customer, who is made first when that is still to be done. */
export async function customerOf(ctx: SyncContext, { id, customer }: Invoice): Promise<string | SyncResult> {
  if (!customer) throw refusal('invoice.no_customer')
  const find = () => ctx.links.findByTribe('customer', customer.id)
  let link = await find()
  if (!link) {
    const made = await firstInStep(ctx, { kind: 'customer', tribeId: customer.id, invoiceId: id }, () =>
      syncCustomer(ctx, { id: recordSubject('tribe', customer.id), hint: customer.type, inDoubt: false }),
    )
    if (made.status === 'again') return made
    link = await find()
  }
  if (!link) {
    waitFor(ctx, 'customer', customer.id, id)
    throw refusal('invoice.customer_not_linked')
  }
  if (link.state === 'linked') return link.powerOfficeId
  waitFor(ctx, 'customer', customer.id, id)
  throw refusal(link.state === 'poweroffice-gone' ? 'invoice.customer_gone' : 'invoice.customer_not_linked')
}

/** What takes a credit note back asks for money, and is an invoice like any other. */
async function isCreditItself(ctx: SyncContext, tribeId: string): Promise<boolean> {
  const credited = await ctx.tribe.findInvoice(tribeId)
  return credited !== null && sumsOf(tellLines(invoiceFromTribe(credited))).total < 0
}

/**
 * The number that the credited invoice has in PowerOffice; null for an invoice that credits none. Throws `invoice.credit_unclear` for one
 * that names an invoice as credited and asks for money all the same: which of the two is meant, a person knows.
 */
export async function creditedNoOf(ctx: SyncContext, invoice: Invoice): Promise<number | null> {
  const { creditedId } = invoice
  const { total } = sumsOf(tellLines(invoice))
  const asksForMoney = creditedId !== null && total > 0
  const isNamed = NAMES_CREDITED.test(spell(ctx.tribeProfile.dialect, INVOICE, 'CreditedInvoice'))
  if (asksForMoney && isNamed && !(await isCreditItself(ctx, creditedId)))
    throw refusal('invoice.credit_unclear')
  if (creditedId === null || total >= 0) return null
  const link = await ctx.links.findByTribe('invoice', creditedId)
  if (link?.number) return Number(link.number)
  waitFor(ctx, 'invoice', creditedId, invoice.id)
  throw refusal(link?.state === 'linked' ? 'invoice.credited_not_posted' : 'invoice.credited_unknown')
}
