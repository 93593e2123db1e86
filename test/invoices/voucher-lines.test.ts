import { describe, expect, test } from 'vitest'
import { paperOf } from '../../src/invoices/documentation'
import type { Invoice, InvoiceLine } from '../../src/invoices/invoice'
import { netOf, ratesApart } from '../../src/invoices/rates'
import { differences, sumsOf } from '../../src/invoices/totals'
import { countLines } from '../../src/invoices/voucher-lines'
import { invoiceNoOf } from '../../src/invoices/voucher-mapping'
import { percentOf as percentage } from '../../src/shared/money'
import { aLine, anInvoice } from './an-invoice'

const line = (id: string, vatPercent: number, net: number, total: number): InvoiceLine =>
  aLine({ id, unitPrice: total / 100, vatPercent, stated: { net, total } })

const invoice = (lines: InvoiceLine[], totals: Omit<Invoice['totals'], 'amount'>): Invoice =>
  anInvoice({ number: '17', isVatIncluded: true, totals: { ...totals, amount: null }, lines })
const percentOf = ({ vatPercent }: InvoiceLine) => vatPercent

describe('what PowerOffice will make of a line with its VAT in it', () => {
  test('is what Tribe says of the line, where that comes to the same', () => {
    const one = invoice([line('a', 15, 10_003, 11_504)], { net: 10_003, vat: 1501, total: 11_504 })
    expect([...countLines(one, percentOf)]).toEqual([['a', { gross: 11_504, net: 10_003, vat: 1501 }]])
    expect(ratesApart(one, countLines(one, percentOf))).toEqual([])
  })

  test('has to be Tribe’s by rate as well: two errors that make up for each other are none the less', () => {
    const lines = [line('a', 25, 10_001, 12_500), line('b', 15, 9999, 11_500)]
    const both = invoice(lines, { net: 20_000, vat: 4000, total: 24_000 })
    expect(ratesApart(both, countLines(both, percentOf))).toEqual([
      { what: 'vat', rate: 25, tribe: 2499, powerOffice: 2500 },
      { what: 'vat', rate: 15, tribe: 1501, powerOffice: 1500 },
    ])
  })

  test('is no line at all where it costs nothing', () => {
    const free = invoice([line('a', 25, 0, 0), line('b', 25, 100, 125)], { net: 100, vat: 25, total: 125 })
    expect([...countLines(free, percentOf).keys()]).toEqual(['b'])
  })
})

/** Prices without VAT, in øre; the VAT that Tribe makes of the sum of each rate. */
const rounded = (lines: readonly [net: number, rate: number][], isVatIncluded = false) => {
  const rates = [...new Set(lines.map(([, rate]) => rate))]
  const sumOf = (rate: number) => lines.reduce((all, [amount, of]) => all + (of === rate ? amount : 0), 0)
  const net = rates.reduce((all, rate) => all + (isVatIncluded ? netOf(sumOf(rate), rate) : sumOf(rate)), 0)
  const total = isVatIncluded
    ? lines.reduce((all, [amount]) => all + amount, 0)
    : net + rates.reduce((all, rate) => all + percentage(sumOf(rate), rate), 0)
  return anInvoice({
    isVatIncluded,
    totals: { net, vat: total - net, total, amount: null },
    lines: lines.map(([amount, vatPercent], n) =>
      aLine({ id: String(n), unitPrice: amount / 100, vatPercent }),
    ),
  })
}

describe('where Tribe makes VAT of the sum of each rate', () => {
  const cases: [string, Invoice][] = [
    [
      'two lines at 25 %',
      rounded([
        [3333, 25],
        [3333, 25],
      ]),
    ],
    [
      'three lines at 25 %',
      rounded([
        [3334, 25],
        [1002, 25],
        [98, 25],
      ]),
    ],
    [
      'two rates',
      rounded([
        [3333, 25],
        [3333, 25],
        [4997, 15],
        [1003, 15],
      ]),
    ],
    ['many lines', rounded(Array.from({ length: 40 }, (_, n): [number, number] => [1001 + 4 * n, 25]))],
    [
      'a credit note',
      rounded([
        [-3333, 25],
        [-3333, 25],
      ]),
    ],
    [
      'prices with VAT',
      rounded(
        [
          [4167, 25],
          [4167, 25],
          [999, 25],
        ],
        true,
      ),
    ],
    [
      'prices with VAT that no net prices come to',
      rounded(
        [
          [1570, 15],
          [1715, 15],
        ],
        true,
      ),
    ],
    [
      'a line that costs nothing',
      rounded([
        [3333, 25],
        [0, 25],
        [3333, 25],
      ]),
    ],
  ]
  test.each(cases)('lines carry an øre for each other: %s', (_, one) => {
    const lines = countLines(one, percentOf)
    expect(differences(one.totals, sumsOf(lines))).toEqual([])
    // Each line is what PowerOffice makes of it, and nobody's line is off by more than two øre.
    for (const { id, unitPrice, vatPercent } of one.lines) {
      const { gross, net, vat } = lines.get(id) ?? { gross: 0, net: 0, vat: 0 }
      expect([net, vat]).toEqual([netOf(gross, vatPercent), gross - netOf(gross, vatPercent)])
      const told = one.isVatIncluded ? gross : net
      expect(Math.abs(told - Math.round(unitPrice * 100))).toBeLessThanOrEqual(2)
    }
    // And so it is where PowerOffice takes VAT out of the sum of each rate, which nobody has said either.
    for (const rate of new Set(one.lines.map(({ vatPercent }) => vatPercent))) {
      const own = one.lines.filter(({ vatPercent }) => vatPercent === rate).map(({ id }) => lines.get(id))
      const { net, total } = sumsOf(new Map(own.flatMap((line, n) => (line ? [[String(n), line]] : []))))
      expect(netOf(total, rate)).toBe(net)
    }
  })

  test('and is told as before where it says something else', () => {
    const one = rounded([
      [3333, 25],
      [3333, 25],
    ])
    const odd = { ...one, totals: { net: 6666, vat: 1669, total: 8335, amount: null } }
    expect(sumsOf(countLines(odd, percentOf))).toEqual({ net: 6666, vat: 1666, total: 8332 })
  })

  test('and is not moved where each line comes to it by itself', () => {
    const one = rounded([
      [1000, 25],
      [2000, 25],
    ])
    expect([...countLines(one, percentOf).values()]).toEqual([
      { gross: 1250, net: 1000, vat: 250 },
      { gross: 2500, net: 2000, vat: 500 },
    ])
  })
})

test.each([
  ['2026-0142', 20260142n],
  ['F-17', 17n],
  ['№ 7/2026 B', 72026n],
  ['0042', 42n],
  ['9223372036854775807', 9223372036854775807n],
  ['9223372036854775808', null],
  ['12345678901234567890', null],
  ['ABC', null],
  ['0', null],
  ['', null],
  [null, null],
])('the number %s is %s in PowerOffice', (number, no) => {
  expect(invoiceNoOf(number)).toBe(no)
})

const paper = (ID: string, Name: string, more: { MimeType?: string; Description?: string } = {}) => ({
  ID,
  Description: more.Description ?? null,
  File: { Name, MimeType: more.MimeType ?? 'application/pdf' },
})

test.each([
  ['the only PDF', '17', [paper('a', 'scan.pdf'), paper('b', 'bilde.png', { MimeType: 'image/png' })], 'a'],
  ['the one with the number', '17', [paper('a', 'timer.pdf'), paper('b', 'Faktura 17.pdf')], 'b'],
  ['17 is not in 2017', '17', [paper('a', 'avtale-2017.pdf'), paper('b', 'timer.pdf')], null],
  [
    'a description that names it',
    '2026-1',
    [paper('a', 'x.pdf'), paper('b', 'y.pdf', { Description: '2026-1' })],
    'b',
  ],
  ['no type, but a name', '17', [paper('a', 'FAKTURA.PDF', { MimeType: '' })], 'a'],
  ['none', '17', [], null],
])('the paper of an invoice: %s', (_, number, Attachments, id) => {
  expect(paperOf({ ID: 'i', Number: number, Attachments })).toBe(id)
})
