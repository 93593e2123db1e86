import type { Demand, Lookups } from '../lookups/lookups'
import type { SyncContext } from '../sync-step'
import { refusal } from './diagnose'
import { DIMENSION_ROWS, type Dimensions } from './dimensions'
import { type Invoice, isText } from './invoice'
import { waitFor } from './waiters'

/** What ledger accounts demand of each line of a voucher that is booked on them: a department, a project (poweroffice/API.md §6.11). */

type SalesAccount = Lookups['powerOffice']['salesAccounts'][number]
type Named = Readonly<Record<string, number>>
/** What is booked, and on which account: a line by its id, `rounding` for the øre that are left. */
export interface BookedOn {
  id: string
  accountId: number
}
export const ROUNDING = 'rounding'

const MEMBERS = { department: 'DepartmentId', project: 'ProjectId' } as const satisfies Record<Demand, string>
/** Accounts that were read so shortly before are good, for a burst of invoices that lack the same. */
const FRESH_MS = 60_000
const READ = 'account-demands:read'

/** Notes that the accounts were read anew just now. */
export const noteAccountsRead = (ctx: SyncContext) => ctx.cache.set(READ, ctx.now())

/**
 * What each line names, with the department of its own that an account has where it demands one and the line names none.
 * Throws `invoice.dimension_missing` where a demand is not met: by the accounts as they are now, before anything is sent.
 */
export async function withDemands(
  ctx: SyncContext,
  invoice: Invoice,
  lines: ReadonlyMap<string, Named>,
  booked: readonly BookedOn[],
): Promise<Map<string, Named>> {
  const met = meet(lines, booked, await accountsOf(ctx))
  if (met.missing.length === 0) return met.lines
  await ctx.withLock(READ, async () => {
    const readAt = ctx.cache.get(READ)
    if (typeof readAt === 'number' && ctx.now() - readAt < FRESH_MS) return
    await ctx.lookups.renewPowerOffice()
    noteAccountsRead(ctx)
  })
  const now = meet(lines, booked, await accountsOf(ctx))
  if (now.missing.length === 0) return now.lines
  waitForFields(ctx, invoice)
  throw refusal('invoice.dimension_missing', [...new Set(now.missing)].join(', '))
}

const accountsOf = async (ctx: SyncContext) => (await ctx.lookups.get()).powerOffice.salesAccounts

/** Pure. */
export function meet(
  lines: ReadonlyMap<string, Named>,
  booked: readonly BookedOn[],
  accounts: readonly SalesAccount[],
): { lines: Map<string, Named>; missing: string[] } {
  const met = new Map(lines)
  const missing: string[] = []
  for (const { id, accountId } of booked) {
    const account = accounts.find((one) => one.id === accountId)
    const demands = account?.demands ?? []
    const named = lines.get(id) ?? {}
    const isOwn = demands.includes('department') && named[MEMBERS.department] === undefined
    const department = isOwn ? account?.departmentId : undefined
    const full = department === undefined ? named : { ...named, [MEMBERS.department]: department }
    met.set(id, id === ROUNDING ? only(full, demands) : full)
    for (const demand of demands)
      if (full[MEMBERS[demand]] === undefined) missing.push(`${demand} on account ${account?.accountNo}`)
  }
  return { lines: met, missing }
}

/** The øre that are left belong to no project unless their account asks for one. */
const only = (named: Named, demands: readonly Demand[]): Named =>
  Object.fromEntries(Object.entries(named).filter(([name]) => demands.some((one) => MEMBERS[one] === name)))

/** Whichever record is filled in, the invoice looks again: it by its own event, the others by theirs. */
function waitForFields(ctx: SyncContext, invoice: Invoice): void {
  const isMapped = (record: string) =>
    ctx.fields.rows.some((row) => row.record === record && DIMENSION_ROWS.includes(row.powerOfficeField))
  if (invoice.customer && isMapped('customer')) waitFor(ctx, 'customer', invoice.customer.id, invoice.id)
  if (!isMapped('product')) return
  for (const line of invoice.lines)
    if (line.product && !isText(line)) waitFor(ctx, 'product', line.product.id, invoice.id)
}

/** Lines of a voucher inherit nothing: they take what the invoice says as a whole. Sales persons are of the whole alone. */
export function ofEachLine({ head, lines }: Dimensions, invoice: Invoice): Map<string, Named> {
  const { SalesPersonEmployeeId: _, ...whole } = head
  const own = invoice.lines.map(({ id }): [string, Named] => {
    const { SellersReferenceEmployeeId: __, ...said } = lines.get(id) ?? {}
    return [id, { ...whole, ...said }]
  })
  return new Map([...own, [ROUNDING, whole]])
}
