import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Invoice } from '../../src/invoices/invoice'
import { ratesApart } from '../../src/invoices/rates'
import { tellLines } from '../../src/invoices/tell-lines'
import { differences, roundingOf, sumsOf } from '../../src/invoices/totals'
import { percentOf } from '../../src/shared/money'
import { lineAmounts } from '../fakes/poweroffice/vat'
import { triesOf } from '../seeds/runs'
import { aLine, anInvoice } from './an-invoice'
import { isSayable } from './sayable'

/** Prices with VAT in Tribe, as PowerOffice comes to them: how many invoices cannot be said, at which rate. */

interface Priced {
  price: number
  vat: number
  quantity?: number
}

/** Each line's net is rounded out of its price with VAT, as Tribe does. */
function inTribe(lines: readonly Priced[], sign = 1): Invoice {
  const amounts = lines.map(({ price, vat, quantity = 1 }) => {
    const total = sign * Math.round(price * quantity * 100)
    return { net: Math.sign(total) * Math.round(Math.abs(total) / (1 + vat / 100)), total }
  })
  const sum = (what: 'net' | 'total') => amounts.reduce((all, one) => all + one[what], 0)
  return anInvoice({
    isVatIncluded: true,
    totals: { net: sum('net'), vat: sum('total') - sum('net'), total: sum('total'), amount: null },
    lines: lines.map(({ price, vat, quantity = 1 }, index) =>
      aLine({
        id: `l${index}`,
        quantity: sign * quantity,
        unitPrice: price,
        vatPercent: vat,
        stated: amounts[index] ?? { net: null, total: null },
        vatGroup: { id: `g${vat}`, name: `${vat} %` },
      }),
    ),
  })
}

/** What PowerOffice comes to, by the arithmetic of its fake. */
function inPowerOffice(invoice: Invoice) {
  const told = tellLines(invoice)
  const lines = invoice.lines.map((line) => {
    const { unitPrice = 0, allowance = 0 } = told.get(line.id) ?? {}
    const { net, vat } = lineAmounts(line.quantity, unitPrice, allowance, line.vatPercent / 100)
    return { rate: line.vatPercent, net: Math.round(net * 100), vat: Math.round(vat * 100) }
  })
  return { lines, sums: sumsOf(new Map(lines.map((line, index) => [String(index), line]))) }
}
const isStopped = (invoice: Invoice) => differences(invoice.totals, inPowerOffice(invoice).sums).length > 0

/** Each line, as Tribe says it. */
const saidBy = ({ lines }: Invoice) =>
  lines.map(({ stated: { net, total }, vatPercent }) => ({
    net: net ?? 0,
    vat: (total ?? 0) - (net ?? 0),
    rate: vatPercent,
  }))

/** Each line by itself: what could not be said before lines carried each other's øre. */
const isApartByLines = (invoice: Invoice) =>
  invoice.lines.reduce((all, { stated, vatPercent }) => {
    const net = stated.net ?? 0
    return all + net + Math.sign(net) * Math.round((Math.abs(net) * vatPercent) / 100)
  }, 0) !== invoice.totals.total

const RATES = [9, 12, 15, 21, 25]
const SHARES = [
  { lines: 1, before: [7, 8, 17, 18, 21], after: [7, 8, 17, 18, 21] },
  { lines: 2, before: [13, 16, 22, 27, 36], after: [2, 3, 5, 7, 13] },
  { lines: 3, before: [23, 28, 31, 38, 51], after: [1, 1, 1, 4, 10] },
  { lines: 6, before: [38, 43, 50, 57, 72], after: [0, 0, 0, 0, 3] },
  { lines: 20, before: [65, 75, 77, 79, 99], after: [0, 0, 0, 0, 0] },
]

describe('of invoices with prices with VAT, to any øre', () => {
  test.each(SHARES)('$lines lines of one rate', ({ lines, before, after }) => {
    let seed = 7919 * lines
    const price = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return ((seed % 20_000) + 500) / 100
    }
    const counted = RATES.map((vat) => {
      const all = Array.from({ length: 400 }, () =>
        inTribe(Array.from({ length: lines }, () => ({ price: price(), vat }))),
      )
      const share = (is: (invoice: Invoice) => boolean) =>
        Math.round((100 * all.filter(is).length) / all.length)
      return { vat, before: share(isApartByLines), after: share(isStopped) }
    })
    const told = counted.map((one) => `${one.vat} %: ${one.before} % → ${one.after} %`)
    console.info(`${lines} lines, stopped at ${told.join(', ')}`)
    expect(counted.map((one) => one.before)).toEqual(before)
    expect(counted.map((one) => one.after)).toEqual(after)
  })
})

const priced = fc.record({
  price: fc.integer({ min: 100, max: 500_000 }).map((n) => n / 100),
  vat: fc.constantFrom(0, 9, 12, 15, 21, 25),
  quantity: fc.integer({ min: 1, max: 12 }),
})

describe('whatever the rates, quantities and sign', () => {
  test('what goes comes to net, VAT and total as Tribe says, VAT of each rate included, and no line is bent by more than two øre', () => {
    const count = { went: 0, carried: 0 }
    const tries = triesOf(1500)
    fc.assert(
      fc.property(fc.array(priced, { minLength: 1, maxLength: 8 }), fc.boolean(), (lines, isCredit) => {
        const invoice = inTribe(lines, isCredit ? -1 : 1)
        const { lines: booked, sums } = inPowerOffice(invoice)
        const predicted = sumsOf(tellLines(invoice))
        expect(predicted).toEqual(sums)
        if (differences(invoice.totals, sums).length > 0) return
        count.went++
        const { net, vat, total } = invoice.totals
        expect(sums).toEqual({ net, vat, total })
        for (const rate of new Set(lines.map((line) => line.vat))) {
          const vatOf = (all: readonly (number | null)[]) =>
            all.reduce<number>((sum, one, index) => sum + (lines[index]?.vat === rate ? (one ?? 0) : 0), 0)
          const wanted = invoice.lines.map(({ stated }) => (stated.total ?? 0) - (stated.net ?? 0))
          expect(vatOf(booked.map((line) => line.vat))).toBe(vatOf(wanted))
        }
        if (booked.some((line, index) => line.net !== invoice.lines[index]?.stated.net)) count.carried++
        const bent = booked.map((line, index) => Math.abs(line.net - (invoice.lines[index]?.stated.net ?? 0)))
        expect(Math.max(...bent)).toBeLessThanOrEqual(2)
      }),
      tries,
    )
    expect(count.carried).toBeGreaterThan(tries.numRuns / 15)
    expect(count.went).toBeGreaterThan(0.8 * tries.numRuns)
  })

  test('what is stopped can be told by no nets within two øre of Tribe’s', () => {
    const count = { went: 0, stopped: 0 }
    fc.assert(
      fc.property(fc.array(priced, { minLength: 1, maxLength: 4 }), fc.boolean(), (lines, isCredit) => {
        const invoice = inTribe(lines, isCredit ? -1 : 1)
        const goes = !isStopped(invoice)
        count[goes ? 'went' : 'stopped']++
        expect(goes).toBe(isSayable(saidBy(invoice)))
      }),
      triesOf(1500),
    )
    expect(Math.min(count.went, count.stopped)).toBeGreaterThan(0)
  })

  // A search that grows too fast with them would not come to an end.
  test('three hundred lines are told', () => {
    const lines = Array.from({ length: 300 }, (_, n) => ({ price: 10 + n * 1.37, vat: RATES[n % 5] ?? 25 }))
    expect(isStopped(inTribe(lines))).toBe(false)
  })
})

describe('the roundings of two rates that outweigh each other', () => {
  test.each<[string, Priced[]]>([
    [
      'a line each',
      [
        { price: 2707.58, vat: 15, quantity: 2 },
        { price: 1118.17, vat: 25 },
      ],
    ],
    [
      'two øre at one of them',
      [
        { price: 115.04, vat: 15 },
        { price: 115.12, vat: 15 },
        { price: 112.02, vat: 12 },
        { price: 5.02, vat: 25 },
      ],
    ],
    [
      'next to nothing',
      [
        { price: 115.04, vat: 15 },
        { price: 0.02, vat: 25 },
      ],
    ],
    [
      'beside what has no VAT',
      [
        { price: 115.04, vat: 15 },
        { price: 5.02, vat: 25 },
        { price: 10, vat: 0 },
      ],
    ],
  ])('are told rate by rate: %s', (_, lines) => {
    for (const sign of [1, -1]) {
      const invoice = inTribe(lines, sign)
      const plain = invoice.lines.map(
        ({ id, stated, vatPercent }) =>
          [id, { net: stated.net ?? 0, vat: percentOf(stated.net ?? 0, vatPercent) }] as const,
      )
      // As the lines stand in Tribe, the whole is Tribe's and the rates are not.
      expect(sumsOf(new Map(plain)).vat).toBe(invoice.totals.vat)
      expect(ratesApart(invoice, new Map(plain))).not.toEqual([])
      const told = tellLines(invoice)
      expect(differences(invoice.totals, sumsOf(told))).toEqual([])
      expect(ratesApart(invoice, told)).toEqual([])
    }
  })

  // By any nets: of the first, no smaller one is impossible, since no line may come to nothing.
  test.each<[number, number]>([
    [0.01, 0.02],
    [115.04, 5.03],
  ])('some cannot be told, and those differ as a whole: %d at 15 % beside %d at 25 %', (low, high) => {
    const invoice = inTribe([
      { price: low, vat: 15 },
      { price: high, vat: 25 },
    ])
    expect(isSayable(saidBy(invoice), 400)).toBe(false)
    expect(isStopped(invoice)).toBe(true)
  })
})

describe('where Tribe makes VAT of the sum of each rate', () => {
  const amount = fc.record({ net: fc.integer({ min: 3, max: 500_000 }), vat: fc.constantFrom(0, 12, 15, 25) })
  const inSum = (lines: readonly { net: number; vat: number }[]) => {
    const net = lines.reduce((all, line) => all + line.net, 0)
    const vat = [...new Set(lines.map((line) => line.vat))].reduce(
      (all, rate) =>
        all +
        percentOf(
          lines.reduce((sum, line) => sum + (line.vat === rate ? line.net : 0), 0),
          rate,
        ),
      0,
    )
    return anInvoice({
      totals: { net, vat, total: net + vat, amount: null },
      lines: lines.map((line, n) => aLine({ id: `l${n}`, unitPrice: line.net / 100, vatPercent: line.vat })),
    })
  }

  test('lines carry an øre for each other, at each rate, or it differs and is stopped', () => {
    const count = { went: 0, carried: 0, stopped: 0 }
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 6 }), (lines) => {
        const invoice = inSum(lines)
        const told = tellLines(invoice)
        if (differences(invoice.totals, sumsOf(told)).length > 0) {
          count.stopped++
          return
        }
        count.went++
        if (lines.some(({ net }, n) => told.get(`l${n}`)?.net !== net)) count.carried++
        expect(ratesApart(invoice, told)).toEqual([])
        for (const [n, { net }] of lines.entries())
          expect(Math.abs((told.get(`l${n}`)?.net ?? 0) - net)).toBeLessThanOrEqual(2)
      }),
      triesOf(1500),
    )
    expect(count.stopped).toBeLessThan(count.went / 50)
    expect(count.carried).toBeGreaterThan(0)
  })

  test('a PowerOffice that does not round the VAT of a line says the same at a rate as one that rounds the sum', () => {
    const half = { net: 101, vat: 25 }
    const invoice = inSum([half, half])
    const vats = (vat: number) => new Map(invoice.lines.map(({ id }) => [id, { vat }]))
    expect(invoice.totals.vat).toBe(51)
    expect(ratesApart(invoice, vats(25.25))).toEqual([])
    expect(ratesApart(invoice, vats(25))).toMatchObject([{ rate: 25, tribe: 51, powerOffice: 50 }])
  })
})

describe('a difference is one of rounding', () => {
  const invoice = inTribe([{ price: 115.04, vat: 15 }])
  const sums = sumsOf(tellLines(invoice))

  test('when it is no more than an øre for each line', () => {
    // 100.03 and 15.00 in PowerOffice, 100.03 and 15.01 in Tribe.
    expect([sums, roundingOf(invoice, sums)]).toEqual([{ net: 10_003, vat: 1500, total: 11_503 }, 1])
    expect(
      roundingOf(inTribe([{ price: 115.04, vat: 15 }], -1), { net: -10_003, vat: -1500, total: -11_503 }),
    ).toBe(-1)
  })

  test.each<[string, Partial<Invoice['totals']>]>([
    ['two øre', { total: 11_505 }],
    ['the total is unknown', { total: null }],
    ['net and VAT are apart and make up for each other', { net: 10_100, vat: 1404 }],
    ['there is none', { total: 11_503 }],
  ])('and not otherwise: %s', (_, totals) => {
    expect(roundingOf({ ...invoice, totals: { ...invoice.totals, ...totals } }, sums)).toBe(0)
  })
})
