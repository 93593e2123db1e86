import type { InvoiceState, LedgerEntry } from '../poweroffice/schemas'
import { dayIn, parseInstant } from '../shared/dates'
import { ApiError } from '../shared/errors'
import { toMinor } from '../shared/money'
import type { FieldMapping } from '../shared/own-fields'
import type { OwnValue } from '../shared/own-values'
import type { SyncContext } from '../sync-step'
import { itemFrom, postedFrom } from './ledger-mapping'
import { ledgerFrom, NOTHING_OWED, receivablesOf } from './receivables'

/**
 * What only the books know of customers and invoices, for a whole tenant at once: a call for each list that the mapped
 * fields take, whatever the tenant's size.
 */

export interface FieldFacts {
  /** By PowerOffice's id, then by field. A customer that no list names owes nothing. */
  customer(id: string): Readonly<Record<string, OwnValue>>
  invoices: ReadonlyMap<string, Readonly<Record<string, OwnValue>>>
  /** Rows whose list PowerOffice does not let the integration read. */
  refused: { row: FieldMapping; said: string | null }[]
}

const OF_BALANCES = ['open', 'overdue', 'unallocatedCredit', 'openInvoices', 'oldestOverdueDays']
const OF_HABITS = ['lastPaymentDate', 'medianDaysToPay']

/** Which list a field is read from. */
export function listOfField(field: string): 'open' | 'ledger' | 'invoices' | 'customers' | null {
  const [group, name = ''] = field.split('.')
  if (group === 'receivables') {
    if (OF_BALANCES.includes(name)) return 'open'
    return OF_HABITS.includes(name) ? 'ledger' : 'invoices'
  }
  if (group === 'customer') return 'customers'
  return group === 'invoice' ? 'invoices' : null
}

/** `customerNo`: of that customer alone. */
export async function readFacts(
  ctx: SyncContext,
  rows: readonly FieldMapping[],
  customerNo?: number,
): Promise<FieldFacts> {
  const today = dayIn(new Date(ctx.now()), 'Europe/Oslo')
  const from = ledgerFrom(today)
  const refused: FieldFacts['refused'] = []
  const list = async <T>(name: ReturnType<typeof listOfField>, read: () => Promise<T[]>): Promise<T[]> => {
    const mine = rows.filter((row) => listOfField(row.powerOfficeField) === name)
    if (mine.length === 0) return []
    try {
      return await read()
    } catch (thrown) {
      if (!(thrown instanceof ApiError) || thrown.status !== 403) throw thrown
      refused.push(...mine.map((row) => ({ row, said: thrown.said })))
      return []
    }
  }
  // One after another: a tenant has one turn at the gate at a time.
  const open = await list('open', () => ctx.powerOffice.openItems(today, customerNo))
  const ledger = await list('ledger', () => ctx.powerOffice.statement(from, today, customerNo))
  const invoices = await list('invoices', () => ctx.powerOffice.postedSince(from, customerNo))
  const customers = await list('customers', () => ctx.powerOffice.customerStates())
  const items = (entries: readonly LedgerEntry[]) => entries.flatMap((entry) => itemFrom(entry) ?? [])
  const receivables = receivablesOf(today, {
    open: items(open),
    ledger: items(ledger),
    invoices: invoices.flatMap((invoice) => postedFrom(invoice) ?? []),
  })
  const states = new Map(customers.map((row) => [String(row.Id), row]))
  return {
    refused,
    customer(id) {
      const state = states.get(id)
      const owed = receivables.get(id) ?? NOTHING_OWED
      return {
        ...Object.fromEntries(Object.entries(owed).map(([name, value]) => [`receivables.${name}`, value])),
        'customer.workStop': state?.JobStop ?? false,
        'customer.workStopReason': state?.JobStopReason ?? null,
        'customer.deliveryType': state?.InvoiceDeliveryType ?? null,
      }
    },
    invoices: new Map(invoices.map((row) => [row.Id, factsOfInvoice(row)])),
  }
}

/** What is told of a posted invoice, by field. */
export const factsOfInvoice = (row: Omit<InvoiceState, 'NetPostedAmount'>): Record<string, OwnValue> => ({
  'invoice.number': row.InvoiceNo ?? null,
  'invoice.kid': row.Cid ?? null,
  'invoice.balance': row.Balance == null ? null : toMinor(row.Balance),
  'invoice.dueDate': row.DueDate?.slice(0, 10) ?? null,
  'invoice.deliveryState': row.SentDateTimeOffset ? (row.InvoiceDeliveryType ?? null) : null,
  'invoice.deliveredAt': parseInstant(row.SentDateTimeOffset),
})
