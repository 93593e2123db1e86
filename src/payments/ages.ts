import { type Day, dayIn, daysBetween } from '../shared/dates'
import type { SyncContext } from '../sync-step'
import { itemFrom } from './ledger-mapping'
import { type LedgerItem, withoutReversed } from './receivables'

/** What all customers owe together, by how many days it is overdue; in minor units of the client's own currency. */
export interface Ages {
  notDue: number
  to30: number
  to60: number
  to90: number
  over90: number
  /** What stands to customers' credit, as far as it is matched with nothing. */
  credit: number
}

const NONE: Ages = { notDue: 0, to30: 0, to60: 0, to90: 0, over90: 0, credit: 0 }
const KEPT_MS = 5 * 60_000
const NAME = 'ages'

/** One call to PowerOffice; kept in memory alone, for people who look again. */
export async function agesNow(ctx: SyncContext): Promise<Ages> {
  const known = ctx.cache.get(NAME) as { at: number; ages: Ages } | undefined
  if (known && ctx.now() - known.at < KEPT_MS) return known.ages
  const today = dayIn(new Date(ctx.now()), 'Europe/Oslo')
  const open = await ctx.powerOffice.openItems(today)
  const ages = agesOf(
    today,
    open.flatMap((entry) => itemFrom(entry) ?? []),
  )
  ctx.cache.set(NAME, { at: ctx.now(), ages })
  return ages
}

/** Pure. An item without a due date is not due. */
export function agesOf(today: Day, items: readonly LedgerItem[]): Ages {
  const ages = { ...NONE }
  const byCustomer = Map.groupBy(items, ({ customerId }) => customerId)
  for (const own of byCustomer.values())
    for (const item of withoutReversed(own)) {
      const left = item.left ?? item.amount
      if (left < 0) ages.credit -= left
      else ages[placeOf(item.dueDate === null ? 0 : daysBetween(item.dueDate, today))] += left
    }
  return ages
}

function placeOf(daysLate: number): Exclude<keyof Ages, 'credit'> {
  if (daysLate <= 0) return 'notDue'
  if (daysLate <= 30) return 'to30'
  if (daysLate <= 60) return 'to60'
  return daysLate <= 90 ? 'to90' : 'over90'
}
