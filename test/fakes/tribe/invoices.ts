/** The life of an invoice in Tribe: a draft with lines, sent, credited. */
import type { Core, Deed } from './core'
import { lookup } from './fill-in'
import { asBody } from './hand-fields'
import type { TribeOptions } from './options'
import type { Fields, Row } from './store'
import { create, update } from './write'

export interface LineGiven {
  /** Id of the product, if the line has one. */
  product?: string
  description?: string
  quantity?: number
  price?: number
  discountPercentage?: number
  /** Code of the VAT group; default: the product's. */
  vatGroup?: string
  fields?: Fields
}

export interface InvoiceGiven {
  /** The customer's role record. */
  roleId?: string
  contactId?: string
  lines?: LineGiven[]
  isVatIncluded?: boolean
  discountPercentage?: number
  currency?: string
  subject?: string
  fields?: Fields
  /** `Sent` and what follows it are sent first. */
  phase?: string
  invoiceDate?: string
  dueDate?: string
  silent?: boolean
}

export function makeInvoice(core: Core, given: InvoiceGiven & { roleId: string }, deed: Deed): string {
  const fields: Fields = {
    Subject: given.subject ?? 'Prosjekt Havn',
    Relationship: { ID: given.roleId },
    IsVatIncluded: given.isVatIncluded ?? false,
    DiscountPercentage: given.discountPercentage ?? 0,
    ProductLines: (given.lines ?? [usualLine(core)]).map(lineFields),
    ...(given.currency ? { Currency: given.currency } : {}),
    ...(given.contactId ? { Contact: { ID: given.contactId } } : {}),
    ...given.fields,
  }
  const type = core.schema.get('Activity_Invoice')
  const invoice = create(core, type, asBody(core, type, fields), deed)
  if (given.phase && given.phase !== 'Draft') {
    sendInvoice(core, invoice.id, deed, given)
    if (given.phase !== 'Sent') setPhase(core, invoice, given.phase, deed)
  }
  return invoice.id
}

const usualLine = (core: Core): LineGiven => ({
  description: 'Konsulenttime',
  price: 1000,
  vatGroup: core.options.country === 'NL' ? 'NL21' : 'NO25',
})

const lineFields = (line: LineGiven): Fields => ({
  ...(line.product ? { Product: { ID: line.product } } : {}),
  ...(line.description === undefined ? {} : { Description: line.description }),
  ...(line.price === undefined ? {} : { Price: line.price }),
  ...(line.vatGroup ? { VatGroup: line.vatGroup } : {}),
  Quantity: line.quantity ?? 1,
  DiscountPercentage: line.discountPercentage ?? 0,
  ...line.fields,
})

export function sendInvoice(
  core: Core,
  invoiceId: string,
  deed: Deed,
  dates: { invoiceDate?: string; dueDate?: string } = {},
): string {
  const invoice = core.store.get(invoiceId)
  if (invoice.final) return String(invoice.fields.Number)
  const { options } = core
  const invoiceDate = dates.invoiceDate ?? core.now().slice(0, 10)
  const number = nextNumber(core, invoiceDate)
  const dueDate = dates.dueDate ?? dayAfter(invoiceDate, paymentTermOf(core, invoice))
  const set = (name: string, day: string) => {
    const isInstant = invoice.type.properties.get(name)?.type === 'Edm.DateTimeOffset'
    return { [name]: isInstant ? `${day}T00:00:00Z` : day }
  }
  const fields = {
    Number: number,
    ...set(options.invoiceDateName, invoiceDate),
    ...set(options.dueDateName, dueDate),
  }
  for (const line of core.store.pointingAt(invoice.id, 'Activity', 'ProductLine'))
    core.store.set(line, 'IsBilled', true)
  update(core, invoice, invoice.type, fields, deed)
  invoice.final = true
  invoice.wasSent = true
  if (options.invoicePdf === 'at-once') addPdf(core, invoiceId, deed)
  setPhase(core, invoice, 'Sent', deed)
  closeCredited(core, invoice, deed)
  return number
}

function nextNumber(core: Core, invoiceDate: string): string {
  const next = ++core.lastInvoiceNumber
  if (core.options.invoiceNumberStyle === 'plain') return String(1000 + next)
  return `${invoiceDate.slice(0, 4)}-${String(next).padStart(4, '0')}`
}

function paymentTermOf(core: Core, invoice: Row): number {
  const days = core.store.find(invoice.links.Relationship ?? '')?.fields.PaymentTermInDays
  return typeof days === 'number' ? days : 30
}

const dayAfter = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** The paper of an invoice that was sent, of so many bytes at least. */
export function addPdf(
  core: Core,
  invoiceId: string,
  deed: Deed,
  bytes = core.options.invoicePdfBytes,
): void {
  const number = String(core.store.get(invoiceId).fields.Number)
  const Data = Buffer.from(`%PDF-1.4\n% ${number}\n%%EOF\n`).toString('base64')
  const File = { Name: `${number}.pdf`, MimeType: 'application/pdf', Data }
  const fields = { Description: number, Entity: { ID: invoiceId }, File }
  const { id } = create(core, core.schema.get('Attachment'), fields, deed)
  if (bytes > 0) core.fileSizes.set(id, bytes)
}

function setPhase(core: Core, invoice: Row, code: string, deed: Deed): void {
  const phase = lookup(core, 'Datastore_Phase_ActivityInvoice', code)
  if (!phase) throw new Error(`The fake has no invoice phase '${code}'`)
  update(core, invoice, invoice.type, { Phase: { ID: phase.id } }, deed)
}

const credited = new WeakMap<Row, Row>()

export function creditInvoice(
  core: Core,
  invoiceId: string,
  deed: Deed,
  only?: { lineId: string; quantity: number }[],
): string {
  const invoice = core.store.get(invoiceId)
  const { creditMarker, creditSign } = core.options
  const lines = core.store.pointingAt(invoiceId, 'Activity', 'ProductLine').flatMap((line) => {
    const quantity = only ? only.find((part) => part.lineId === line.id)?.quantity : line.fields.Quantity
    return typeof quantity === 'number' ? [creditLine(line, quantity, creditSign)] : []
  })
  const fields: Fields = {
    Subject: `Credit ${String(invoice.fields.Number ?? '')}`.trim(),
    Relationship: { ID: invoice.links.Relationship as string },
    ...(invoice.links.Contact ? { Contact: { ID: invoice.links.Contact } } : {}),
    Currency: invoice.fields.Currency ?? null,
    IsVatIncluded: invoice.fields.IsVatIncluded ?? false,
    DiscountPercentage: invoice.fields.DiscountPercentage ?? 0,
    ...(creditMarker === 'navigation' ? { CreditedInvoice: { ID: invoiceId } } : {}),
    ...(creditMarker === 'flag' ? { IsCreditInvoice: true } : {}),
    ProductLines: lines,
  }
  const credit = create(core, invoice.type, fields, deed)
  if (!only) credited.set(credit, invoice)
  return credit.id
}

const creditLine = (line: Row, quantity: number, sign: TribeOptions['creditSign']): Fields => ({
  ...(line.links.Product ? { Product: { ID: line.links.Product } } : {}),
  ...(line.links.VatGroup ? { VatGroup: { ID: line.links.VatGroup } } : {}),
  Description: line.fields.Description ?? null,
  Price: Number(line.fields.Price ?? 0) * (sign === 'prices' ? -1 : 1),
  DiscountPercentage: line.fields.DiscountPercentage ?? 0,
  Quantity: quantity * (sign === 'quantities' ? -1 : 1),
})

/** An invoice that was credited in full is done with once the credit invoice is sent. */
function closeCredited(core: Core, credit: Row, deed: Deed): void {
  const invoice = credited.get(credit)
  if (!invoice || !core.store.find(invoice.id)) return
  setPhase(core, invoice, 'Credited', deed)
}
