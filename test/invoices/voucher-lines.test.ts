import { describe, expect, test } from 'vitest'
import { paperOf } from '../../src/invoices/documentation'
import type { Invoice, InvoiceLine } from '../../src/invoices/invoice'
import { countLines, ratesApart } from '../../src/invoices/voucher-lines'
import { invoiceNoOf } from '../../src/invoices/voucher-mapping'
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
    expect(ratesApart(both, countLines(both, percentOf))).toEqual([25, 15])
  })

  test('is no line at all where it costs nothing', () => {
    const free = invoice([line('a', 25, 0, 0), line('b', 25, 100, 125)], { net: 100, vat: 25, total: 125 })
    expect([...countLines(free, percentOf).keys()]).toEqual(['b'])
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
