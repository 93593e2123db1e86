import * as z from 'zod/v4'
import { addDays, type Day, isDay } from '../shared/dates'
import { ApiError } from '../shared/errors'
import { type Caller, isDuplicate, MOST_ROWS, mayBeDuplicate, type Page, unlessUnknown } from './caller'
import {
  InvoiceState,
  InvoiceSum,
  LedgerEntry,
  Order,
  OrderSum,
  PostedInvoice,
  PostedLine,
  SentState,
} from './schemas-invoices'

export interface HowToSend {
  /** `PdfPrintForDownload` posts and delivers to nobody (API.md §7.3). */
  DeliveryType: 'PdfPrintForDownload' | 'Auto'
  /** Where PowerOffice mails it, if it does: of the customer's own it takes the address for invoices alone. */
  EmailAddress?: string
  VoucherDate: string
  OverrideDueDate?: string
}

const Referenced = z.object({ Id: z.string(), ExternalImportReference: z.string().nullish() })
const ReferencedPosting = Referenced.extend({ IsReversed: z.boolean().nullish() })
const LockDate = z.object({ LockDate: z.string().nullish() })
const Currency = z.object({ Code: z.string().nullish() })

/** No names of customers: they would only travel. */
const LEDGER_FIELDS = Object.keys(LedgerEntry.shape).join(',')

/** Of one customer alone, where one is named. */
const ofCustomer = (no: number | undefined): Record<string, number> =>
  no === undefined ? {} : { customerNos: no }

const sameId = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/** Drafts, their sending, posted invoices, and what is paid of them (API.md §7, §8). */
export function invoiceCalls(caller: Caller) {
  async function find<T>(schema: z.ZodType<T>, path: string): Promise<T | null> {
    return unlessUnknown(async () => caller.read(schema, await caller.get(path)), null)
  }

  /** Rows that must all be read: the one that cannot be may be the one that matters. */
  async function allOf<T>(
    schema: z.ZodType<T>,
    path: string,
    query: Record<string, string | number>,
    pageSize?: number,
  ): Promise<T[]> {
    const read = await unlessUnknown(() => caller.everything(schema, path, query, pageSize), null)
    if (!read || read.unreadable.length === 0) return read?.rows ?? []
    const what = `PowerOffice answered rows that cannot be read (${path}: ${read.unreadable.join(', ')})`
    throw new ApiError('poweroffice.unreadable_answer', 'time', what, 200)
  }

  const withReference = async <T extends { ExternalImportReference?: string | null | undefined }>(
    schema: z.ZodType<T>,
    path: string,
    references: readonly string[],
  ): Promise<T[]> => {
    const rows = await allOf(schema, path, { externalImportReferences: references.join(',') })
    return rows.filter((row) => references.includes(row.ExternalImportReference ?? ''))
  }

  return {
    /**
     * Makes a draft with our reference. When that is taken, nothing is made and the holder is told: an order or a
     * posted invoice, or null when PowerOffice does not say which (API.md §5.2).
     */
    async createOrder(
      order: object & { ExternalImportReference: string },
    ): Promise<{ made: Order } | { holder: string | null }> {
      try {
        return { made: caller.read(Order, await caller.write('POST', 'SalesOrders/Complete', order), true) }
      } catch (thrown) {
        if (isDuplicate(thrown)) return { holder: holderIn(thrown) }
        const references = [order.ExternalImportReference]
        const holder =
          mayBeDuplicate(thrown) &&
          ((await this.findOrderByReference(references)) ?? (await this.findInvoiceByReference(references)))
        if (holder) return { holder: holder.Id }
        throw thrown
      }
    },

    /** The draft with its lines; null when there is none, or when it was sent. */
    async findOrder(id: string): Promise<Order | null> {
      return find(Order, `SalesOrders/${encodeURIComponent(id)}/Complete`)
    },

    /** A line more in a draft; one whose reference is there already stays as it is. */
    async addOrderLine(orderId: string, line: object): Promise<void> {
      try {
        await caller.write('POST', `SalesOrders/${encodeURIComponent(orderId)}/Lines`, line)
      } catch (thrown) {
        if (!isDuplicate(thrown)) throw thrown
      }
    },

    /** All posted invoices by their references, and all drafts where these can be read; one call for each 20,000 of either. */
    async referencedOrders({ withDrafts }: { withDrafts: boolean }) {
      const ofDrafts = { Fields: 'Id,ExternalImportReference' }
      const drafts = withDrafts ? await allOf(Referenced, 'SalesOrders', ofDrafts, MOST_ROWS) : []
      const Fields = 'Id,ExternalImportReference,IsReversed'
      return { drafts, posted: await allOf(ReferencedPosting, 'OutgoingInvoices', { Fields }, MOST_ROWS) }
    },

    /** Takes a draft away; false when it is gone already. PowerOffice refuses one that is locked or being sent. */
    async deleteOrder(id: string): Promise<boolean> {
      return unlessUnknown(async () => {
        await caller.remove(`SalesOrders/${encodeURIComponent(id)}`)
        return true
      }, false)
    },

    /** A draft; one that was sent is found by `findInvoiceByReference` (API.md §9). */
    async findOrderByReference(references: readonly string[]): Promise<{ Id: string } | null> {
      return (await withReference(Referenced, 'SalesOrders', references))[0] ?? null
    },

    async findInvoice(id: string): Promise<PostedInvoice | null> {
      return find(PostedInvoice, `OutgoingInvoices/${encodeURIComponent(id)}`)
    },

    /** Its lines, in their order. */
    async linesOfInvoice(id: string): Promise<PostedLine[]> {
      const lines = await allOf(PostedLine, `OutgoingInvoices/${encodeURIComponent(id)}/Lines`, {})
      return lines.toSorted((a, b) => (a.SortOrder ?? 0) - (b.SortOrder ?? 0))
    },

    /** The posted invoices with that number, reversed ones too; one call. */
    async invoicesNumbered(invoiceNo: string): Promise<z.infer<typeof ReferencedPosting>[]> {
      if (!/^\d{1,19}$/.test(invoiceNo)) return []
      const query = { invoiceNos: invoiceNo, PageNumber: 1, OrderBy: 'Id asc' }
      return unlessUnknown(
        async () => (await caller.page(ReferencedPosting, 'OutgoingInvoices', query, 10)).rows,
        [],
      )
    },

    /** The one that stands; when all were reversed, the newest of these. */
    async findInvoiceByReference(references: readonly string[]): Promise<PostedInvoice | null> {
      const rows = await withReference(PostedInvoice, 'OutgoingInvoices', references)
      const newestFirst = rows.toSorted((a, b) => (b.VoucherNo ?? 0) - (a.VoucherNo ?? 0))
      return newestFirst.find((row) => !row.IsReversed) ?? newestFirst[0] ?? null
    },

    /** PowerOffice only takes note of it: how it went is told by `sentState`. */
    async requestSend(orderId: string, how: HowToSend): Promise<void> {
      await caller.write('POST', `SalesOrders/${encodeURIComponent(orderId)}/CreateAndSendInvoice`, how)
    },

    /** Null when nobody asked for it to be sent, or when it is gone. */
    async sentState(orderId: string): Promise<SentState | null> {
      const path = `SalesOrders/SentState?id=${encodeURIComponent(orderId)}`
      const states = await find(z.array(SentState).nullable(), path)
      return states?.find((state) => sameId(state.Id, orderId)) ?? null
    },

    /** Nothing can be posted on or before that day (API.md §6.15). */
    async lockDate(): Promise<Day | null> {
      const day = (await find(LockDate.nullable(), 'LockDateSettings'))?.LockDate?.slice(0, 10)
      return day !== undefined && isDay(day) ? day : null
    },

    /** Whether PowerOffice knows the currency. One that is switched off counts: the API may use it (API.md §6.13). */
    async hasCurrency(code: string): Promise<boolean> {
      if (!/^[A-Z]{3}$/.test(code)) return false
      const query = { currencyCode: code, PageNumber: 1, OrderBy: 'Code asc' }
      const page = await unlessUnknown(() => caller.page(Currency, 'Currencies', query, 100), null)
      return page?.rows.some((row) => row.Code === code) ?? false
    },

    /** Invoices that are new, or whose balance or match changed since then; oldest change first (API.md §8.1). */
    async changedBalances(query: {
      page: number
      pageSize: number
      after?: string
    }): Promise<Page<PostedInvoice>> {
      const { page, pageSize, after } = query
      const since = after === undefined ? {} : { balanceLastChangedDateTimeOffsetGreaterThan: after }
      const order = { PageNumber: page, OrderBy: 'BalanceLastChangedDateTimeOffset asc,Id asc' }
      return caller.page(PostedInvoice, 'OutgoingInvoices', { ...since, ...order }, pageSize)
    },

    /** What was matched with an invoice, the invoice itself too. */
    async entriesOfMatch(matchId: number): Promise<LedgerEntry[]> {
      return allOf(LedgerEntry, 'Customerledger/EntriesByMatchId', { matchId })
    },

    /** All that were posted on that day or later; one call for each 20,000. */
    async invoicesSince(fromDate: Day): Promise<InvoiceSum[]> {
      const Fields = Object.keys(InvoiceSum.shape).join(',')
      return (await caller.everything(InvoiceSum, 'OutgoingInvoices', { fromDate, Fields }, MOST_ROWS)).rows
    },

    /** What is open in the customers' ledger at the end of a day; one call for each 20,000 entries. */
    async openItems(date: Day, customerNo?: number): Promise<LedgerEntry[]> {
      const query = { date, Fields: LEDGER_FIELDS, ...ofCustomer(customerNo) }
      return allOf(LedgerEntry, 'Customerledger/OpenItems', query, MOST_ROWS)
    },

    /** What was posted in the customers' ledger in these days, with its balance at the end of the last one; as many calls. */
    async statement(fromDate: Day, toDate: Day, customerNo?: number): Promise<LedgerEntry[]> {
      const query = { fromDate, toDate, Fields: LEDGER_FIELDS, ...ofCustomer(customerNo) }
      return allOf(LedgerEntry, 'Customerledger/Statement', query, MOST_ROWS)
    },

    /** What was invoiced and credited on that day or later, and how it stands; as many calls. */
    async postedSince(fromDate: Day, customerNo?: number): Promise<InvoiceState[]> {
      const Fields = Object.keys(InvoiceState.shape).join(',')
      const query = { fromDate, Fields, ...ofCustomer(customerNo) }
      return allOf(InvoiceState, 'OutgoingInvoices', query, MOST_ROWS)
    },

    /** What was posted before that day and is not settled; one call for each 20,000. */
    async unsettledBefore(day: Day): Promise<InvoiceSum[]> {
      const Fields = Object.keys(InvoiceSum.shape).join(',')
      const query = { toDate: addDays(day, -1), onlyUnpaidInvoices: 'true', Fields }
      return (await caller.everything(InvoiceSum, 'OutgoingInvoices', query, MOST_ROWS)).rows
    },

    /** All drafts; one call for each 20,000. */
    async openOrders(): Promise<OrderSum[]> {
      return (
        await caller.everything(OrderSum, 'SalesOrders', { Fields: 'Id,TotalAmount,CurrencyCode' }, MOST_ROWS)
      ).rows
    },
  }
}

/** Which invoice or order has our reference, where a refusal says so. */
export const holderIn = ({ said }: ApiError): string | null =>
  /already in use.*?Id\s*=\s*([0-9a-f-]{36})/is.exec(said ?? '')?.[1] ?? null
