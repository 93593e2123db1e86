import { describe, expect, test } from 'vitest'
import { daysUntilDue } from '../../src/invoices/due'
import type { Invoice } from '../../src/invoices/invoice'
import { invoiceFromTribe, invoiceToOrder } from '../../src/invoices/mapping'
import { tellLines } from '../../src/invoices/tell-lines'
import { Invoice as TribeInvoice } from '../../src/tribe/schemas'

const read = (members: object): Invoice =>
  invoiceFromTribe(TribeInvoice.parse({ ID: 'i', ProductLines: [], ...members }))
const LINE = { ID: 'l', Description: 'Time', Quantity: 2, Price: 100, VatPercentage: 25 }
const orderOf = (members: object) => {
  const invoice = read(members)
  return invoiceToOrder(invoice, {
    reference: 'r',
    customerId: 7,
    paymentTermId: 3,
    relatedInvoiceNo: null,
    products: new Map(invoice.lines.map(({ id }) => [id, { productId: 9, unit: 'HUR' }])),
    amounts: tellLines(invoice),
  })
}

describe('an invoice date', () => {
  test.each([
    ['2026-03-15', '2026-03-15'],
    // Midnight in Oslo and Amsterdam, in winter and in summer.
    ['2026-03-14T23:00:00Z', '2026-03-15'],
    ['2026-07-14T22:00:00Z', '2026-07-15'],
    ['2026-03-15T00:00:00+01:00', '2026-03-15'],
    // On the days that the clock changes.
    ['2026-03-28T23:00:00Z', '2026-03-29'],
    ['2026-03-29T22:00:00Z', '2026-03-30'],
    ['2026-10-24T22:00:00Z', '2026-10-25'],
    ['2026-10-25T23:00:00Z', '2026-10-26'],
    // Midnight in UTC means that day as well.
    ['2026-03-15T00:00:00Z', '2026-03-15'],
    ['2026-07-15T00:00:00Z', '2026-07-15'],
    ['nonsense', null],
  ])('%s is %s', (InvoiceDate, day) => {
    expect(read({ InvoiceDate }).date).toBe(day)
  })

  test('and a due date make days of credit; what was due before its date is due at once', () => {
    expect(daysUntilDue('2026-03-15', '2026-03-29')).toBe(14)
    expect(daysUntilDue('2026-03-28', '2026-03-30')).toBe(2)
    expect(daysUntilDue('2026-03-15', '2026-03-14')).toBe(0)
  })
})

test('a number is told where it is one', () => {
  const numberOf = (number: string | null) => orderOf({ Number: number }).ImportedOrderNo
  expect(['1001', '2026-0142', '', null].map(numberOf)).toEqual([1001, undefined, undefined, undefined])
})

test('in another currency, what Tribe says in that currency counts', () => {
  const invoice = read({
    Currency: 'eur',
    TotalExcludingVat: 2300,
    VatAmount: 575,
    TotalIncludingVat: 2875,
    TotalExcludingVatInCurrency: 200,
    VatAmountInCurrency: 50,
    TotalIncludingVatInCurrency: 250,
    ProductLines: [{ ...LINE, Price: 1150, PriceInCurrency: 100 }],
  })
  expect(invoice).toMatchObject({ currency: 'EUR', totals: { net: 20_000, vat: 5000, total: 25_000 } })
  expect(invoice.lines[0]?.unitPrice).toBe(100)
  // A member that is not in use may stand at nothing.
  expect(read({ ProductLines: [{ ...LINE, PriceInCurrency: 0 }] }).lines[0]?.unitPrice).toBe(100)
})

test('what Tribe leaves out of its totals follows from the rest', () => {
  expect(read({ TotalExcludingVat: 100, VatAmount: 25 }).totals.total).toBe(12_500)
  expect(read({ TotalIncludingVat: 125, VatAmount: 25 }).totals.net).toBe(10_000)
  const line = { ...LINE, TotalExcludingVat: 200, TotalIncludingVat: 250 }
  const sums = { net: 20_000, vat: 5000, total: 25_000 }
  expect(read({ Amount: 250, ProductLines: [line] }).totals).toMatchObject(sums)
  expect(read({ ProductLines: [line, { ID: 't', Description: 'Takk' }] }).totals).toMatchObject(sums)
  // A discount on the whole is in no line, and a line that says nothing makes no sum.
  expect(read({ DiscountPercentage: 5, ProductLines: [line] }).totals.net).toBeNull()
  expect(read({ ProductLines: [line, LINE] }).totals.net).toBeNull()
  expect(read({ Amount: 2875, AmountInCurrency: 250 }).totals.amount).toBe(25_000)
  expect(read({ Amount: 125 }).totals).toEqual({ net: null, vat: null, total: null, amount: 12_500 })
})

test('lines are told in their order, with what belongs to them, and text as text', () => {
  const { SalesOrderLines, ...header } = orderOf({
    InvoiceDate: '2026-03-15',
    CustomerReference: ' PO-1 ',
    Currency: 'NOK',
    Contact: { ID: 'c', Person: { ID: 'p', FirstName: 'Ada', MiddleName: 'van der', LastName: 'Berg' } },
    ProductLines: [
      { ...LINE, ExtraDescription: 'uke 10', DiscountPercentage: 10 },
      { ID: 't', Description: 'Takk for handelen' },
    ],
  })
  expect(header).toEqual({
    CustomerId: 7,
    ExternalImportReference: 'r',
    PaymentTermId: 3,
    CurrencyCode: 'NOK',
    SalesOrderDate: '2026-03-15',
    DeliveryDate: '2026-03-15',
    PurchaseOrderReference: 'PO-1',
    CustomerReference: 'Ada van der Berg',
  })
  expect(SalesOrderLines).toEqual([
    {
      LineType: 'Normal',
      ProductId: 9,
      Quantity: 2,
      UnitOfMeasureCode: 'HUR',
      ProductUnitPrice: 100,
      Allowance: 10,
      UseStandardSalesAccount: true,
      Description: 'Time\nuke 10',
      SortOrder: 0,
      ExternalImportReference: 'l',
    },
    { LineType: 'Text', Description: 'Takk for handelen', SortOrder: 1, ExternalImportReference: 't' },
  ])
})

test('a credit invoice is told with quantities below zero, and what it credits', () => {
  const invoice = read({ CreditedInvoice: { ID: 'x' }, ProductLines: [{ ...LINE, Quantity: -2 }] })
  expect(invoice.creditedId).toBe('x')
  expect(orderOf({ ProductLines: [{ ...LINE, Quantity: -2 }] }).SalesOrderLines).toMatchObject([
    { Quantity: -2, ProductUnitPrice: 100 },
  ])
})
