import { describe, expect, test } from 'vitest'
import { type Lacking, lackingOf, planFinish } from '../../src/invoices/finished'
import type { Invoice } from '../../src/invoices/invoice'
import { aLine, anInvoice } from './an-invoice'

const finished = anInvoice({
  number: '2026-0001',
  customer: { id: 'c', type: null },
  date: '2026-03-02',
  dueDate: '2026-03-16',
  totals: { net: 100, vat: 25, total: 125, amount: null },
  lines: [aLine({ unitPrice: 1, stated: { net: 100, total: 125 } })],
})

describe('what a document lacks that is not finished', () => {
  test.each<[string, Partial<Invoice>, string[], Lacking[]]>([
    ['nothing', {}, [], []],
    ['its number', { number: null }, [], ['number']],
    ['its date', { date: null }, [], ['date']],
    ['its customer', { customer: null }, [], ['customer']],
    ['its lines', { lines: [] }, [], ['lines']],
    ['its due date', { dueDate: null }, [], ['dueDate']],
    ['a due date that this Tribe does not show', { dueDate: null }, ['Activity_Invoice.ExpirationDate'], []],
    ['its totals', { totals: { net: null, vat: null, total: null, amount: null } }, [], ['totals']],
    ['its number and date', { number: null, date: null }, [], ['number', 'date']],
  ])('%s', (_, change, missing, expected) => {
    expect(lackingOf({ ...finished, ...change }, missing)).toEqual(expected)
  })
})

describe('how long it is waited for', () => {
  /** The looks, in seconds after the first, and how it ends. */
  function looksAt(lacking: Lacking[]) {
    const looks: number[] = []
    for (let at = 0; ; ) {
      const plan = planFinish(lacking, at * 1000)
      if (plan.do !== 'wait') return { looks, ends: plan.do }
      at += plan.afterSeconds
      looks.push(at)
    }
  }

  test.each<[Lacking[], number[], string]>([
    [['number'], [1, 3, 7, 15, 31], 'tell'],
    [['date', 'dueDate'], [1, 3, 7, 15, 31], 'tell'],
    [['customer'], [1, 3, 7, 15, 31], 'tell'],
    [['lines', 'totals'], [1, 3, 7, 15, 31], 'tell'],
    [['dueDate'], [1, 3, 7], 'go'],
    [['totals'], [1, 3, 7], 'go'],
    [[], [], 'go'],
  ])('%s', (lacking, looks, ends) => {
    expect(looksAt(lacking)).toEqual({ looks, ends })
  })
})
