import type { SyncContext, SyncResult } from '../sync-step'
import { INVOICE } from '../tribe/sets'
import { refusal } from './diagnose'
import { type Invoice, isText } from './invoice'

/**
 * A phase may say "sent" before the number, the dates and the lines are there: they follow within seconds. Such an
 * invoice is waited for, and told when it does not come to its end. Nothing of ours ever stands in for what
 * Tribe does not say.
 */

/** An invoice without these is told; one without the others goes by what the customer has in PowerOffice. */
type Required = 'number' | 'date' | 'customer' | 'lines'
export type Lacking = Required | 'dueDate' | 'totals'

/** What the invoice does not have yet, and has in this Tribe as a rule. */
export function lackingOf(invoice: Invoice, missing: readonly string[]): Lacking[] {
  const lacks: Record<Lacking, boolean> = {
    number: invoice.number === null,
    date: invoice.date === null,
    customer: invoice.customer === null,
    lines: invoice.lines.every(isText),
    dueDate: invoice.dueDate === null && !missing.includes(`${INVOICE}.ExpirationDate`),
    totals: Object.values(invoice.totals).every((said) => said === null),
  }
  return (Object.keys(lacks) as Lacking[]).filter((what) => lacks[what])
}

const REQUIRED: readonly Lacking[] = ['number', 'date', 'customer', 'lines'] satisfies Required[]
/** Since the first look: a few looks over half a minute; what is not required is waited for as long as it usually takes. */
const REQUIRED_MS = 31_000
const OTHERS_MS = 7000

export type Finish = { do: 'go' } | { do: 'wait'; afterSeconds: number } | { do: 'tell' }

/** 1, 2, 4, 8 and 16 seconds after one another. */
export function planFinish(lacking: readonly Lacking[], waitedMs: number): Finish {
  if (lacking.length === 0) return { do: 'go' }
  const isRequired = lacking.some((what) => REQUIRED.includes(what))
  if (waitedMs < (isRequired ? REQUIRED_MS : OTHERS_MS))
    return { do: 'wait', afterSeconds: 2 ** Math.floor(Math.log2(Math.floor(waitedMs / 1000) + 1)) }
  return { do: isRequired ? 'tell' : 'go' }
}

const nameOf = (tribeId: string) => `unfinished:${tribeId}` as const

/** Null when it is finished. Throws `invoice.unfinished` or `invoice.date_unknown` when it is not, and was waited for. */
export function waitUntilFinished(ctx: SyncContext, invoice: Invoice): SyncResult | null {
  const { missing } = ctx.tribeProfile.dialect
  const name = nameOf(invoice.id)
  // This Tribe shows no date of any invoice: there is nothing to wait for.
  if (invoice.date === null && missing.includes(`${INVOICE}.InvoiceDate`))
    throw refusal('invoice.date_unknown')
  const lacking = lackingOf(invoice, missing)
  const since = ctx.facts.get(name)
  const plan = planFinish(lacking, since === null ? 0 : ctx.now() - since)
  if (plan.do === 'wait') {
    if (since === null) ctx.facts.set(name, ctx.now())
    const because = `Tribe does not say yet: ${lacking.join(', ')}`
    return { status: 'again', afterSeconds: plan.afterSeconds, because }
  }
  if (plan.do === 'tell') {
    const heads = lacking.filter((what) => what === 'number' || what === 'date')
    if (heads.length > 0) throw refusal('invoice.unfinished', heads.join(', '))
    throw refusal(lacking.includes('customer') ? 'invoice.no_customer' : 'invoice.no_lines')
  }
  if (since !== null && lacking.length === 0) ctx.facts.remove(name)
  return null
}
