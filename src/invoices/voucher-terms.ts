import type { Contact } from '../poweroffice/schemas'
import { VOUCHER_PRIVILEGE } from '../poweroffice/vouchers'
import { type Catalog, catalogOf, forgetCatalog } from '../products/lists'
import { addDays, type Day } from '../shared/dates'
import { ApiError, SyncError } from '../shared/errors'
import { roundTo } from '../shared/money'
import { referenceOf } from '../shared/reference'
import type { SyncContext, SyncResult } from '../sync-step'
import { noteAccountsRead, ofEachLine, ROUNDING, withDemands } from './account-demands'
import { orderReferenceOf } from './begun'
import { goneThere, refusal, voucherDiffers, voucherVatDiffers } from './diagnose'
import { dimensionsOf } from './dimensions'
import { dueDateOf } from './due'
import { type Invoice, type InvoiceLine, isText } from './invoice'
import { isLocked } from './lock-date'
import { creditedNoOf, customerOf } from './parties'
import { ratesApart } from './rates'
import { roundingAccountFor } from './rounding'
import { unitFault, unitOf } from './sold-as'
import { differences, sumsOf } from './totals'
import { mappingOf, vatFault, vatGroupIdOf } from './vat'
import { type Counted, countLines } from './voucher-lines'
import { type Account, invoiceNoOf, invoiceToVoucher, type VoucherKind } from './voucher-mapping'

/** Everything that a voucher names, and whatever would keep it from being posted as Tribe has issued it. */

export interface Wanted {
  invoiceNo: bigint
  kind: VoucherKind
  body: ReturnType<typeof invoiceToVoucher>['body']
  customerId: string
  date: Day
}

/** The voucher as it is told to PowerOffice. Throws what keeps it from being posted; nothing was sent by then. */
export async function voucherFor(
  ctx: SyncContext,
  invoice: Invoice,
  attempt: number,
): Promise<Wanted | { again: SyncResult }> {
  const { date, bookedIn, lines } = invoice
  if (lines.every(isText)) throw refusal('invoice.no_lines')
  if (bookedIn === null || lines.some((line) => !line.isPriceKnown)) throw refusal('invoice.currency_unclear')
  if (date === null) throw refusal('invoice.unfinished', 'date')
  const invoiceNo = invoiceNoOf(invoice.number)
  if (invoiceNo === null) throw refusal('invoice.number_not_numeric', invoice.number ?? '')
  if (!isGranted(ctx.powerOfficeProfile.validPrivileges) && !(await mayPostVouchers(ctx)))
    throw refusal('invoice.voucher_not_allowed')
  // What it names has to be there before anything is made.
  const { counted, rounding, accounts, dimensions } = await linesFor(ctx, invoice)
  const customerId = await customerOf(ctx, invoice)
  if (typeof customerId !== 'string') return { again: customerId }
  if (await isLocked(ctx, date)) throw refusal('invoice.period_closed', date)
  const customer = await getCustomer(ctx, customerId)
  const { kind, total, body } = invoiceToVoucher(
    { ...invoice, date, bookedIn },
    {
      invoiceNo,
      reference: orderReferenceOf(ctx, invoice.id, attempt),
      matchingReference: referenceOf(ctx, invoice.creditedId ?? invoice.id),
      creditedNo: await creditedNoOf(ctx, invoice),
      customerAccountId: customer.accountId,
      dueDate: await dueDayOf(ctx, invoice, date, {
        contact: customer.contact,
        isCredit: sumsOf(counted).total < 0,
      }),
      accounts,
      lines: counted,
      rounding,
      dimensions,
    },
  )
  if (total === 0) throw refusal('invoice.zero_total')
  return { invoiceNo, kind, body, customerId, date }
}

/** What the lines come to, on which accounts, and what they name. Throws what keeps one of them from being booked. */
async function linesFor(ctx: SyncContext, invoice: Invoice) {
  const catalog = await catalogOf(ctx)
  const vatCodes = await vatCodesOf(ctx, invoice.lines, catalog)
  const counted = countedLines(invoice, vatCodes)
  const rounding = await roundingOf(ctx, invoice, counted, vatCodes)
  const accounts = accountsOf(invoice.lines, catalog, vatCodes.idOf)
  const named = await dimensionsOf(ctx, invoice)
  const booked = [...accounts].flatMap(([id, { accountId }]) => (counted.has(id) ? [{ id, accountId }] : []))
  if (rounding) booked.push({ id: ROUNDING, accountId: rounding.account.accountId })
  const lines = await withDemands(ctx, invoice, ofEachLine(named, invoice), booked)
  const ofRounding = rounding ? (lines.get(ROUNDING) ?? {}) : {}
  return { counted, rounding, accounts, dimensions: { head: named.head, lines, rounding: ofRounding } }
}

/** What it names that PowerOffice does not take, looked up anew; null when that is all there. */
export async function whyNoVoucher(
  ctx: SyncContext,
  invoice: Invoice,
  refused: Wanted,
  attempt: number,
): Promise<SyncError | null> {
  const { powerOffice } = ctx
  const lockDate = await powerOffice.lockDate()
  if (lockDate !== null && refused.date <= lockDate) return refusal('invoice.period_closed', lockDate)
  try {
    await getCustomer(ctx, refused.customerId)
    await ctx.lookups.refresh()
    forgetCatalog(ctx)
    noteAccountsRead(ctx)
    const now = await voucherFor(ctx, invoice, attempt)
    const isOther = !('again' in now) && linesOf(now) !== linesOf(refused)
    if (isOther)
      return new SyncError('invoice.refused', 'time', 'An account has changed: it is sent as it is by now')
  } catch (thrown) {
    if (thrown instanceof SyncError && !(thrown instanceof ApiError)) return thrown
    throw thrown
  }
  if (invoice.bookedIn !== null && !(await powerOffice.hasCurrency(invoice.bookedIn)))
    return refusal('invoice.currency_unknown', invoice.bookedIn)
  return null
}

const linesOf = ({ body }: Wanted): string => JSON.stringify(body.VoucherLines)

const isGranted = (privileges: readonly string[] | null | undefined): boolean =>
  privileges?.includes(VOUCHER_PRIVILEGE) ?? false

/** As PowerOffice says now: what was kept at the last connection may be old. */
export const mayPostVouchers = async (ctx: SyncContext): Promise<boolean> =>
  isGranted((await ctx.powerOffice.clientInformation()).ValidPrivileges)

// ── Lines ───────────────────────────────────────────────────────────────────

interface VatCodes {
  idOf: (code: string) => number
  /** In percent, of a line. */
  percentOf: (line: InvoiceLine) => number
}

/** The VAT codes that the lines are mapped to. Throws what keeps a line from being booked as the admin has mapped it. */
async function vatCodesOf(
  ctx: SyncContext,
  lines: readonly InvoiceLine[],
  catalog: Catalog,
): Promise<VatCodes> {
  for (const [index, line] of lines.entries()) {
    const fault = isText(line) ? null : (vatFault(line, index, catalog) ?? unitFault(line, catalog))
    if (fault) throw fault
  }
  const known = await ctx.lookups.get()
  const hasIds = known.powerOffice.vatCodes.every(({ id }) => id !== undefined)
  const { powerOffice } = hasIds ? known : await ctx.lookups.refresh()
  const codes = new Map(powerOffice.vatCodes.map((vat) => [vat.code, vat]))
  return {
    idOf: (code) => codes.get(code)?.id ?? 0,
    percentOf(line) {
      const code = mappingOf(vatGroupIdOf(line, catalog), catalog)?.powerOfficeVatCode ?? ''
      return roundTo((codes.get(code)?.rate ?? 0) * 100, 4)
    },
  }
}

/** What PowerOffice will make of each line. Throws where that is not to the cent what Tribe says, in sum and by rate. */
function countedLines(invoice: Invoice, { percentOf }: VatCodes): Map<string, Counted> {
  const { net, total, amount } = invoice.totals
  // VAT alone is no total.
  if (net === null && total === null && amount === null) throw refusal('invoice.total_unknown')
  const wrong = [...invoice.lines.entries()].filter(
    ([, line]) => !isText(line) && percentOf(line) !== roundTo(line.vatPercent, 4),
  )
  if (wrong.length > 0) throw voucherVatDiffers(wrong.map(([index]) => index))
  return countLines(invoice, percentOf)
}

async function roundingOf(
  ctx: SyncContext,
  invoice: Invoice,
  counted: ReadonlyMap<string, Counted>,
  { idOf }: VatCodes,
): Promise<{ amount: number; account: Account } | null> {
  const sums = sumsOf(counted)
  const found = await roundingAccountFor(ctx, invoice, sums)
  if (found) {
    const { amount, accountId, vatCode } = found
    return { amount, account: { accountId, vatId: idOf(vatCode), unit: null } }
  }
  const apart = differences(invoice.totals, sums)
  if (apart.length > 0) throw voucherDiffers(apart, invoice.bookedIn)
  const rates = ratesApart(invoice, counted)
  if (rates.length === 0) return null
  const lines = [...invoice.lines.entries()].filter(([, line]) =>
    rates.some(({ rate }) => rate === line.vatPercent),
  )
  throw voucherVatDiffers(lines.map(([index]) => index))
}

function accountsOf(
  lines: readonly InvoiceLine[],
  catalog: Catalog,
  idOf: VatCodes['idOf'],
): Map<string, Account> {
  return new Map(
    lines.flatMap((line): [string, Account][] => {
      const mapping = mappingOf(vatGroupIdOf(line, catalog), catalog)
      if (isText(line) || !mapping) return []
      const { salesAccountId, powerOfficeVatCode } = mapping
      return [
        [
          line.id,
          { accountId: salesAccountId, vatId: idOf(powerOfficeVatCode), unit: unitOf(line, catalog) },
        ],
      ]
    }),
  )
}

// ── The customer ────────────────────────────────────────────────────────────

async function getCustomer(ctx: SyncContext, id: string): Promise<{ contact: Contact; accountId: number }> {
  const contact = await ctx.powerOffice.findContact('customer', { id, parentId: null })
  if (!contact) throw goneThere(ctx, 'customer', id)
  if (contact.IsArchived) throw refusal('invoice.customer_archived')
  const accountId = contact.SubledgerAccountId
  if (accountId == null) throw refusal('invoice.customer_without_account')
  return { contact, accountId }
}

/** As Tribe says; else by the term that the customer has in PowerOffice, or that all have there. A credit note is due at once. */
async function dueDayOf(ctx: SyncContext, invoice: Invoice, date: Day, given: Payer): Promise<Day> {
  const said = await dueDateOf(ctx, invoice, date)
  if (said !== null || given.isCredit) return said ?? date
  const { PaymentTerm, PaymentTermId } = given.contact
  const { paymentTerms } = (await ctx.lookups.get()).powerOffice
  const term =
    paymentTerms.find(({ id }) => id === PaymentTermId) ?? paymentTerms.find(({ isDefault }) => isDefault)
  const days = PaymentTerm ?? term?.creditDays
  if (days === undefined) throw refusal('invoice.unfinished', 'due date')
  return addDays(date, days)
}

interface Payer {
  contact: Contact
  isCredit: boolean
}
