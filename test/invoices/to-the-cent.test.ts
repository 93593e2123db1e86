import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Invoice } from '../../src/invoices/invoice'
import { invoiceFromTribe, invoiceToOrder } from '../../src/invoices/mapping'
import { findDifference } from '../../src/invoices/posting'
import { tellLines } from '../../src/invoices/tell-lines'
import { differences, sumsOf } from '../../src/invoices/totals'
import { Order } from '../../src/poweroffice/schemas'
import type { Catalog } from '../../src/products/lists'
import { toMinor } from '../../src/shared/money'
import { Invoice as TribeInvoice } from '../../src/tribe/schemas'
import { sum } from '../fakes/poweroffice/money'
import { lineAmounts } from '../fakes/poweroffice/vat'
import { FakeTribe, type LineGiven, type TribeEnvironment } from '../fakes/tribe'
import { triesOf } from '../seeds/runs'

/**
 * Invoices as Tribe reckons them, through our mapping, to orders as PowerOffice reckons them: each by the
 * arithmetic of its fake, which we do not share.
 */

const CODES = { NO25: '3', NO15: '31', NO12: '33', NO0: '5' }
const EXPAND =
  'ProductLines($orderby=SortIndex;$expand=VatGroup,Product($expand=Unit,VatGroup)),Phase,Relationship'

let crm: TribeEnvironment
let roleId: string
let catalog: Catalog
beforeAll(() => {
  crm = new FakeTribe({ seed: 11 }).addEnvironment()
  roleId = crm.hasCustomer({ silent: true }).roleId
  const vat = Object.entries(CODES).map(([code, powerOfficeVatCode]) => ({
    tribeVatGroupId: crm.lookupId('Datastore_VatGroup', code),
    powerOfficeVatCode,
    salesAccountNo: 3000,
    salesAccountId: 1,
  }))
  catalog = {
    vat,
    units: [],
    vatGroups: [],
    tribeUnits: [],
    accounts: [],
    defaultAccountNo: 3000,
    powerOfficeGroups: [],
    tribeGroups: [],
    faulty: { vatGroups: new Set(), units: new Set(), isDefaultGone: false },
  }
})

interface Given {
  lines: LineGiven[]
  isVatIncluded: boolean
  discountPercentage: number
  isCredit: boolean
}

/** As Tribe would send it. */
function inTribe({ isCredit, ...given }: Given): Invoice {
  const sign = isCredit ? -1 : 1
  const lines = given.lines.map((line) => ({ ...line, quantity: sign * (line.quantity ?? 1) }))
  const id = crm.hasInvoice({ ...given, lines, roleId, silent: true })
  const invoice = invoiceFromTribe(TribeInvoice.parse(crm.get(id, EXPAND)))
  crm.remove(id, { silent: true })
  return invoice
}

/** As PowerOffice would answer to what we send. */
function inPowerOffice(invoice: Invoice): { order: Order; body: Record<string, unknown> } {
  const body = invoiceToOrder(invoice, {
    reference: 'r',
    customerId: 1,
    paymentTermId: null,
    relatedInvoiceNo: null,
    products: new Map(invoice.lines.map((line) => [line.id, { productId: 1, unit: null }])),
    amounts: tellLines(invoice),
  })
  const sent = body.SalesOrderLines as Record<string, number>[]
  const lines = sent.map((line, index) => {
    const percent = invoice.lines[index]?.vatPercent ?? 0
    const amounts = lineAmounts(
      line.Quantity ?? 0,
      line.ProductUnitPrice ?? 0,
      line.Allowance ?? 0,
      percent / 100,
    )
    return {
      Id: `l${index}`,
      ExternalImportReference: String(line.ExternalImportReference),
      NetAmount: amounts.net,
      VatAmount: amounts.vat,
      TotalAmount: amounts.total,
    }
  })
  const order = Order.parse({
    Id: 'o',
    NetAmount: sum(lines.map((line) => line.NetAmount)),
    TotalAmount: sum(lines.map((line) => line.TotalAmount)),
    SalesOrderLines: lines,
  })
  return { order, body }
}

const cents = (most: number) => fc.integer({ min: 0, max: most * 100 }).map((n) => n / 100)
const line: fc.Arbitrary<LineGiven> = fc.record({
  quantity: fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    cents(100),
    fc.integer({ min: 1, max: 9999 }).map((n) => n / 1000),
  ),
  price: fc.oneof(
    cents(2000),
    fc.integer({ min: 0, max: 5_000_000 }).map((n) => n / 10_000),
  ),
  discountPercentage: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 }), cents(100)),
  vatGroup: fc.constantFrom('NO25', 'NO15', 'NO12', 'NO0'),
})
const given = (isVatIncluded: fc.Arbitrary<boolean>): fc.Arbitrary<Given> =>
  fc.record({
    lines: fc.array(line, { minLength: 1, maxLength: 4 }),
    isVatIncluded,
    discountPercentage: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 }), cents(50)),
    isCredit: fc.boolean(),
  })

describe('of thousands of invoices', () => {
  test('what we predict is what PowerOffice comes to, and whatever differs from Tribe is stopped', () => {
    const counts = { same: 0, stopped: 0 }
    fc.assert(
      fc.property(given(fc.boolean()), (one) => {
        const invoice = inTribe(one)
        const { order } = inPowerOffice(invoice)
        const predicted = sumsOf(tellLines(invoice))
        expect([toMinor(order.NetAmount), toMinor(order.TotalAmount)]).toEqual([
          predicted.net,
          predicted.total,
        ])
        const isSame = invoice.totals.net === predicted.net && invoice.totals.total === predicted.total
        const found = findDifference(invoice, order, catalog)
        expect(found?.code ?? null).toBe(isSame ? null : 'invoice.total_differs')
        counts[isSame ? 'same' : 'stopped']++
      }),
      triesOf(10_000),
    )
    expect(counts.same).toBeGreaterThan(counts.stopped)
  })

  test('none without VAT in its prices is stopped, whatever quantities, discounts and rates', () => {
    fc.assert(
      fc.property(given(fc.constant(false)), (one) => {
        const invoice = inTribe(one)
        expect(differences(invoice.totals, sumsOf(tellLines(invoice)))).toEqual([])
      }),
      triesOf(3000),
    )
  })
})

test('discounts on lines and on the whole invoice are told as one, and prices stay as they are', () => {
  const invoice = inTribe({
    lines: [{ quantity: 2, price: 100, discountPercentage: 10, vatGroup: 'NO25' }],
    isVatIncluded: false,
    discountPercentage: 5,
    isCredit: false,
  })
  expect(inPowerOffice(invoice).body.SalesOrderLines).toMatchObject([
    { Quantity: 2, ProductUnitPrice: 100, Allowance: 14.5, UseStandardSalesAccount: true, SortOrder: 0 },
  ])
})

test('prices with VAT are told without it', () => {
  const invoice = inTribe({
    lines: [
      { quantity: 1, price: 125, vatGroup: 'NO25' },
      { quantity: 3, price: 99.9, vatGroup: 'NO15' },
    ],
    isVatIncluded: true,
    discountPercentage: 0,
    isCredit: false,
  })
  expect(inPowerOffice(invoice).body.SalesOrderLines).toMatchObject([
    { ProductUnitPrice: 100 },
    { ProductUnitPrice: 86.86956522 },
  ])
  expect(differences(invoice.totals, sumsOf(tellLines(invoice)))).toEqual([])
})

test('a difference says by how much and on which line', () => {
  const invoice = inTribe({
    lines: [
      { quantity: 1, price: 100, vatGroup: 'NO25' },
      { quantity: 1, price: 50, vatGroup: 'NO25' },
    ],
    isVatIncluded: false,
    discountPercentage: 0,
    isCredit: false,
  })
  const { order } = inPowerOffice(invoice)
  const [first, second] = order.SalesOrderLines ?? []
  const off = {
    ...order,
    NetAmount: 150.01,
    TotalAmount: 187.51,
    SalesOrderLines: [first, { ...second, NetAmount: 50.01 }],
  } as Order
  const found = findDifference(invoice, off, catalog)
  expect(found?.message).toMatch(/without VAT 150\.01 in PowerOffice and 150\.00 in Tribe, 0\.01 apart/)
  expect(found?.message).toMatch(/on line 2\b/)
})

test('when no telling comes to what Tribe says, lines are told as they stand in Tribe, and not half bent', () => {
  const bentPrices = Array.from({ length: 400 }, (_, n) => n / 100 + 1).filter((price) => {
    const invoice = inTribe({
      lines: [{ quantity: 1, price, discountPercentage: 33, vatGroup: 'NO25' }],
      isVatIncluded: false,
      discountPercentage: 33,
      isCredit: false,
    })
    const id = invoice.lines[0]?.id ?? ''
    const isBent = tellLines(invoice).get(id)?.unitPrice !== price
    // The last decimals of its price make up for Tribe's roundings where that comes to the total, and are not told where it does not.
    expect(differences(invoice.totals, sumsOf(tellLines(invoice)))).toEqual([])
    const off = { ...invoice, totals: { net: 1, vat: 0, total: 1, amount: null } }
    expect(tellLines(off).get(id)).toMatchObject({ unitPrice: price, allowance: 55.11 })
    return isBent
  })
  expect(bentPrices.length).toBeGreaterThan(10)
})

test.each([
  ['with VAT', 12_500, []],
  ['without VAT', 10_000, []],
  ['neither', 11_000, [{ what: 'total', tribe: 11_000, powerOffice: 12_500 }]],
] as const)('an amount alone is one with VAT or one without: %s', (_, amount, apart) => {
  const sums = { net: 10_000, vat: 2500, total: 12_500 }
  expect(differences({ net: null, vat: null, total: null, amount }, sums)).toEqual(apart)
  // Where Tribe says more, that counts.
  expect(differences({ ...sums, amount }, sums)).toEqual([])
})

test('an invoice of which Tribe says no total at all is stopped, since nothing can be compared', () => {
  const invoice = inTribe({
    lines: [{ quantity: 1, price: 100, vatGroup: 'NO25' }],
    isVatIncluded: false,
    discountPercentage: 0,
    isCredit: false,
  })
  const { order } = inPowerOffice(invoice)
  const silent = { ...invoice, totals: { net: null, vat: null, total: null, amount: null } }
  expect(findDifference(silent, order, catalog)?.code).toBe('invoice.total_unknown')
  const onlyVat = { ...invoice, totals: { net: null, vat: 2500, total: null, amount: null } }
  expect(findDifference(onlyVat, order, catalog)?.code).toBe('invoice.total_unknown')
})

test('another VAT code is stopped too, though it comes to the same', () => {
  const invoice = inTribe({
    lines: [{ quantity: 1, price: 100, vatGroup: 'NO0' }],
    isVatIncluded: false,
    discountPercentage: 0,
    isCredit: false,
  })
  const { order } = inPowerOffice(invoice)
  const booked = (VatCode: string) =>
    ({ ...order, SalesOrderLines: order.SalesOrderLines?.map((one) => ({ ...one, VatCode })) }) as Order
  expect(findDifference(invoice, booked('5'), catalog)).toBeNull()
  expect(findDifference(invoice, booked('52'), catalog)?.code).toBe('invoice.vat_differs')
})

test('VAT that is another at two rates is stopped too, though the whole comes to the same', () => {
  const invoice = inTribe({
    lines: [
      { quantity: 1, price: 100, vatGroup: 'NO25' },
      { quantity: 1, price: 100, vatGroup: 'NO15' },
    ],
    isVatIncluded: false,
    discountPercentage: 0,
    isCredit: false,
  })
  const { order } = inPowerOffice(invoice)
  const withVat = (...amounts: (number | null)[]) =>
    ({
      ...order,
      SalesOrderLines: order.SalesOrderLines.map((one, n) => ({ ...one, VatAmount: amounts[n] })),
    }) as Order
  expect(findDifference(invoice, withVat(25, 15), catalog)).toBeNull()
  const found = findDifference(invoice, withVat(25.01, 14.99), catalog)
  expect(found?.code).toBe('invoice.total_differs')
  expect(found?.message).toMatch(/VAT at 25 % 25\.01 in PowerOffice and 25\.00 in Tribe, 0\.01 apart/)
  expect(found?.message).toMatch(/VAT at 15 % 14\.99 in PowerOffice and 15\.00 in Tribe, .*on line 1, 2\b/)
  // What PowerOffice does not say is not compared, and what a bookkeeper has added is the bookkeeper's.
  expect(findDifference(invoice, withVat(25.01, null), catalog)).toBeNull()
  const added = withVat(25.01, 14.99)
  added.SalesOrderLines.push({
    ...(added.SalesOrderLines[0] as Order['SalesOrderLines'][number]),
    ExternalImportReference: null,
  })
  expect(findDifference(invoice, added, catalog)).toBeNull()
})
