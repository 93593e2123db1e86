import { base64Of } from '../shared/base64'
import {
  DAY_MS,
  type Day,
  dayIn,
  type Instant,
  instantOf,
  laterOf,
  minus,
  parseInstant,
  toQuery,
} from '../shared/dates'
import { ApiError } from '../shared/errors'
import type { Caller, TribePage } from './caller'
import { signed, signedHead } from './credit'
import { anyOf, changedSince, holding, queryString } from './odata'
import { Invoice, InvoiceHead, InvoicePapers, Lookup, Payment } from './schemas'
import { INVOICE, PAYMENT, PAYMENT_STATUS } from './sets'

/** Members of an invoice that a list tells: enough to know whether it is anybody's business. */
const HEAD = ['Number', 'Phase', 'InvoiceDate', 'CreationDate', 'LastMutationDate']
const SUMS = [
  ...[...HEAD, 'Currency', 'IsCreditInvoice'],
  ...['Amount', 'TotalIncludingVat', 'TotalIncludingVatInCurrency'],
]
/** A filter that names more makes an address longer than gateways take. */
const IDS_AT_ONCE = 50

/** Invoices, their phases, and what was paid on them (API.md §6). */
export function invoiceCalls(caller: Caller) {
  const inPhases = (ids: readonly string[]) => `(${anyOf('Phase/ID', ids)})`
  const heads = (filter: string, from?: string): Promise<TribePage<InvoiceHead>> =>
    caller.pageOf(InvoiceHead, INVOICE, { ...caller.ask(INVOICE, HEAD), $filter: filter }, from)

  return {
    /** With all that it is made of, in one call. */
    async findInvoice(id: string): Promise<Invoice | null> {
      const found = await caller.one(
        Invoice,
        INVOICE,
        `${INVOICE}(${id})?${queryString(caller.ask(INVOICE))}`,
      )
      const lines = found?.ProductLines?.toSorted((a, b) => (a.SortIndex ?? 0) - (b.SortIndex ?? 0))
      return found && signed({ ...found, ProductLines: lines ?? [] })
    },

    /** The invoice's number, and what hangs on it; by its id, since lists lag. Null: Tribe does not know it. */
    async papersOf(id: string): Promise<InvoicePapers | null> {
      const $expand = 'Attachments($select=Description;$expand=File($select=Name,MimeType))'
      return caller.one(
        InvoicePapers,
        INVOICE,
        `${INVOICE}(${id})?${queryString({ $select: 'Number', $expand })}`,
      )
    },

    /** The file of an attachment, of so many bytes at most; null when it is gone. */
    async fileOf(attachmentId: string, mostBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
      try {
        return await caller.bytes(`odata-file/Attachment/${encodeURIComponent(attachmentId)}/File`, mostBytes)
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.code === 'tribe.not_found') return null
        throw thrown
      }
    },

    /** Hangs a PDF on an invoice. Tribe does not notice what hangs there already: look first (API.md §6.6). */
    async attachPdf(invoiceId: string, name: string, bytes: Uint8Array): Promise<void> {
      const File = { Name: name, MimeType: 'application/pdf', Data: base64Of(bytes) }
      const Description = name.replace(/\.pdf$/i, '')
      await caller.send('POST', 'odata/Attachment', { Entity: { ID: invoiceId }, Description, File })
    },

    /** Invoices with that number: the first page of them. */
    async invoicesNumbered(number: string): Promise<InvoiceHead[]> {
      const query = { ...caller.ask(INVOICE, HEAD), $filter: holding(['Number'], [number]) }
      return (await caller.pageOf(InvoiceHead, INVOICE, query)).rows
    },

    /** Invoices that were made or changed since then, a page a call. */
    async changedInvoices(since: string, from?: string): Promise<TribePage<InvoiceHead>> {
      return heads(changedSince(since), from)
    },

    /** Invoices in any of these phases, a page a call; with none, none. */
    async invoicesInPhases(phaseIds: readonly string[], from?: string): Promise<TribePage<InvoiceHead>> {
      if (phaseIds.length === 0) return { rows: [], unreadable: [], next: null }
      return heads(inPhases(phaseIds), from)
    },

    /** Invoices in any of these phases that were made, changed or dated on that day or later, with what they come to. */
    async sumsSince(from: Day, phaseIds: readonly string[]): Promise<InvoiceHead[]> {
      if (phaseIds.length === 0) return []
      const instant = instantBefore(from, 1)
      const date = caller.named(INVOICE, 'InvoiceDate')
      const isDated = date === null ? '' : ` or (${date.path} ge ${date.isInstant ? instant : from})`
      const filter = `((${changedSince(instant)})${isDated}) and ${inPhases(phaseIds)}`
      const rows = await caller.all(InvoiceHead, INVOICE, { ...caller.ask(INVOICE, SUMS), $filter: filter })
      return rows.map(signedHead)
    },

    /** Those of these invoices that Tribe shows, in whatever phase, with what they come to; a call for fifty. */
    async sumsAmong(ids: readonly string[]): Promise<InvoiceHead[]> {
      const found: InvoiceHead[] = []
      for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
        const filter = anyOf('ID', ids.slice(at, at + IDS_AT_ONCE))
        const query = { ...caller.ask(INVOICE, SUMS), $filter: filter }
        found.push(...(await caller.pageOf(InvoiceHead, INVOICE, query)).rows)
      }
      return found.map(signedHead)
    },

    /** Invoices in any of these phases that are dated in these days, both included; where Tribe has no such date, that were made then. */
    async invoicesDated(from: Day, to: Day, phaseIds: readonly string[]): Promise<InvoiceHead[]> {
      if (phaseIds.length === 0) return []
      const date = caller.named(INVOICE, 'InvoiceDate')
      const isDay = date !== null && !date.isInstant
      // A day wider on both sides, since a day in Norway is none in UTC; what is too much is left out below.
      const [first, last] = isDay ? [from, to] : [instantBefore(from, 1), instantBefore(to, -2)]
      const path = date?.path ?? 'CreationDate'
      const filter = `${path} ge ${first} and ${path} le ${last} and ${inPhases(phaseIds)}`
      const rows = await caller.all(InvoiceHead, INVOICE, { ...caller.ask(INVOICE, HEAD), $filter: filter })
      return rows.filter((row) => {
        const day = dayOf(date === null ? row.CreationDate : row.InvoiceDate)
        return day !== null && from <= day && day <= to
      })
    },

    /** When an invoice was changed last, by Tribe's own clock; null when there is none that ever was. */
    async latestInvoiceChange(): Promise<Instant | null> {
      const newest = async (name: string) => {
        const asked = { ...caller.ask(INVOICE, [name]), $filter: `${name} ne null`, $top: 1 }
        return caller.first(InvoiceHead, INVOICE, { ...asked, $orderby: `${name} desc` })
      }
      const [changed, made] = await Promise.all([newest('LastMutationDate'), newest('CreationDate')])
      return laterOf(parseInstant(changed?.LastMutationDate), parseInstant(made?.CreationDate))
    },

    /** The documented way, with nothing but the phase: an invoice that was sent is frozen (API.md §6.2, §6.3). */
    async setPhase(invoiceId: string, phaseId: string): Promise<void> {
      await caller.written('POST', INVOICE, INVOICE, { ID: invoiceId, Phase: { ID: phaseId } })
    },

    async paymentsOf(invoiceId: string): Promise<Payment[]> {
      return caller.all(Payment, PAYMENT, { ...caller.ask(PAYMENT), $filter: `Invoice/ID eq ${invoiceId}` })
    },

    async createPayment(fields: Record<string, unknown>): Promise<void> {
      await caller.written('POST', PAYMENT, PAYMENT, fields)
    },

    async updatePayment(id: string, fields: Record<string, unknown>): Promise<void> {
      await caller.update(PAYMENT, id, fields)
    },

    async paymentStatuses(): Promise<Lookup[]> {
      return caller.all(Lookup, PAYMENT_STATUS, caller.ask(PAYMENT_STATUS))
    },
  }
}

const instantBefore = (day: Day, days: number): string =>
  toQuery(minus(instantOf(new Date(`${day}T00:00:00Z`)), days * DAY_MS))

const dayOf = (date: string | null | undefined): Day | null => {
  if (!date || date.length <= 10) return date ?? null
  const instant = parseInstant(date)
  return instant === null ? null : dayIn(instant, 'Europe/Oslo')
}
