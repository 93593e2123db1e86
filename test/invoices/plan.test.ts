import { describe, expect, test } from 'vitest'
import type { InvoiceExportState } from '../../src/db/schema'
import {
  isBeingPosted,
  type PostingSituation,
  planInvoice,
  planPosting,
  type Situation,
} from '../../src/invoices/plan'

const exportState: InvoiceExportState = {
  mode: 'book',
  stage: 'draft',
  askedAt: null,
  toldFailure: null,
  print: 'p1',
  kid: null,
  settlement: null,
}
const sent: Situation = {
  isSent: true,
  isBeforeCutoff: false,
  isBegun: false,
  link: null,
  tribe: { isEdited: false },
}
const linked = (change: Partial<InvoiceExportState> = {}): Situation => ({
  ...sent,
  isBegun: true,
  link: { state: 'linked', exportState: { ...exportState, ...change } },
})

describe('what is done with an invoice', () => {
  test.each<[string, Situation, string]>([
    ['a draft in Tribe stays there', { ...sent, isSent: false }, 'nothing'],
    ['what was sent before the tenant was activated stays', { ...sent, isBeforeCutoff: true }, 'nothing'],
    ['what was sent is made', sent, 'make'],
    ['what an earlier run may have made is looked for', { ...sent, isBegun: true }, 'look-then-make'],
    ['an id that Tribe does not know may stand for something else', { ...sent, tribe: null }, 'ask-poll'],
    ['a draft waits for the bookkeeper', linked({ mode: 'draft' }), 'nothing'],
    [
      'a draft whose totals differed is compared again',
      linked({ mode: 'draft', toldFailure: 'totals' }),
      'go-on',
    ],
    [
      'a draft that has not got its files yet gets them',
      linked({ mode: 'draft', owesAttachments: true }),
      'go-on',
    ],
    ['an order is posted', linked(), 'go-on'],
    ['an order that failed is posted again when somebody asks', linked({ toldFailure: 'f' }), 'go-on'],
    ['what is posted is done', linked({ stage: 'posted' }), 'nothing'],
    ['what was reversed is done', linked({ stage: 'reversed' }), 'nothing'],
    [
      'an edit after it was made is told',
      { ...linked({ stage: 'posted' }), tribe: { isEdited: true } },
      'report-edited',
    ],
    ['a deletion is told', { ...linked({ stage: 'posted' }), tribe: null }, 'report-deleted'],
    ['a phase that goes back changes nothing', { ...linked({ stage: 'posted' }), isSent: false }, 'nothing'],
    ['what is old stays, though it was begun', { ...sent, isBegun: true, isBeforeCutoff: true }, 'nothing'],
    [
      'what was begun and is not sent any more is looked for',
      { ...sent, isBegun: true, isSent: false },
      'take-over',
    ],
    [
      'what is ours to post is looked at there, edited or not',
      { ...linked(), tribe: { isEdited: true } },
      'go-on',
    ],
    ['and sent or not', { ...linked(), isSent: false }, 'go-on'],
    [
      'an edit of a draft with the bookkeeper is told',
      { ...linked({ mode: 'draft' }), tribe: { isEdited: true } },
      'report-edited',
    ],
    [
      'a draft with the bookkeeper whose invoice is set back is told',
      { ...linked({ mode: 'draft' }), isSent: false },
      'report-taken-back',
    ],
  ])('%s', (_, situation, expected) => {
    expect(planInvoice(situation).do).toBe(expected)
  })

  test('a posting under way is followed before anything else is told', () => {
    const beingPosted = (change: Partial<InvoiceExportState>, state: 'linked' | 'tribe-gone' = 'linked') =>
      isBeingPosted({ state, exportState: { ...exportState, ...change } })
    expect(beingPosted({ stage: 'sending' })).toBe(true)
    expect(beingPosted({ stage: 'sending', print: 'p2' })).toBe(true)
    expect(beingPosted({ stage: 'sending' }, 'tribe-gone')).toBe(false)
    for (const stage of ['draft', 'posted', 'reversed'] as const) expect(beingPosted({ stage })).toBe(false)
  })

  test('a detached pair is left alone while its side is gone, and tied again when Tribe shows it again', () => {
    const gone = (state: 'tribe-gone' | 'poweroffice-gone', tribe: Situation['tribe']) =>
      planInvoice({ ...sent, tribe, link: { state, exportState } }).do
    expect(gone('tribe-gone', null)).toBe('nothing')
    expect(gone('poweroffice-gone', sent.tribe)).toBe('nothing')
    expect(gone('tribe-gone', sent.tribe)).toBe('tie-again')
  })
})

describe('how a posting is followed', () => {
  const idle = { isBeingProcessed: false, isSent: false, isPosted: false, failure: null }
  const asked: PostingSituation = { state: idle, askedMsAgo: 500, toldFailure: null }
  test.each<[string, PostingSituation, object]>([
    ['nobody asked yet', { ...asked, state: null, askedMsAgo: null }, { do: 'ask' }],
    ['it is sent', { ...asked, state: { ...idle, isSent: true } }, { do: 'note-posted' }],
    [
      'a bookkeeper sent it',
      { ...asked, askedMsAgo: null, state: { ...idle, isSent: true } },
      { do: 'note-posted' },
    ],
    [
      'it is being processed',
      { ...asked, state: { ...idle, isBeingProcessed: true } },
      { do: 'wait', afterSeconds: 1 },
    ],
    ['it does not show yet', { ...asked, state: null }, { do: 'wait', afterSeconds: 2 }],
    ['it never showed', { ...asked, state: null, askedMsAgo: 11_000 }, { do: 'ask' }],
    ['it failed', { ...asked, state: { ...idle, failure: 'f' } }, { do: 'report-failure' }],
    [
      'it has its number, and is sent to nobody',
      { ...asked, state: { ...idle, isPosted: true } },
      { do: 'note-posted' },
    ],
    [
      'it has its number, and is still on its way',
      { ...asked, state: { ...idle, isPosted: true, isBeingProcessed: true } },
      { do: 'wait', afterSeconds: 1 },
    ],
    [
      'it has its number, and did not arrive',
      { ...asked, state: { ...idle, isPosted: true, failure: 'f' } },
      { do: 'note-undelivered' },
    ],
    [
      'it has its number, and did not arrive as a draft of it did not',
      { ...asked, state: { ...idle, isPosted: true, failure: 'f' }, toldFailure: 'f' },
      { do: 'note-undelivered' },
    ],
    [
      'it was sent at the second try',
      { ...asked, state: { ...idle, isPosted: true, isSent: true, failure: 'f' } },
      { do: 'note-posted' },
    ],
    [
      'it failed as it did before the new try',
      { ...asked, state: { ...idle, failure: 'f' }, toldFailure: 'f' },
      { do: 'wait', afterSeconds: 2 },
    ],
    [
      'it failed again in the same way',
      { state: { ...idle, failure: 'f' }, askedMsAgo: 11_000, toldFailure: 'f' },
      { do: 'report-failure' },
    ],
    [
      'somebody wants another try',
      { state: { ...idle, failure: 'f' }, askedMsAgo: null, toldFailure: 'f' },
      { do: 'ask' },
    ],
    [
      'an earlier run asked and died',
      { state: { ...idle, isBeingProcessed: true }, askedMsAgo: null, toldFailure: null },
      { do: 'wait', afterSeconds: 1 },
    ],
    [
      'a day has gone by',
      { state: { ...idle, isBeingProcessed: true }, askedMsAgo: 86_400_001, toldFailure: null },
      { do: 'give-up-waiting' },
    ],
  ])('%s', (_, situation, expected) => {
    expect(planPosting(situation)).toEqual(expected)
  })

  test('it asks after 1, 4 and 10 seconds, and then by the minute', () => {
    const pauses: number[] = []
    for (let at = 0; pauses.length < 14; ) {
      const plan = planPosting({
        state: { ...idle, isBeingProcessed: true },
        askedMsAgo: at,
        toldFailure: null,
      })
      if (plan.do !== 'wait') throw new Error(plan.do)
      pauses.push(plan.afterSeconds)
      at += plan.afterSeconds * 1000
    }
    expect(pauses.slice(0, 5)).toEqual([1, 4, 10, 60, 60])
    expect(pauses.at(-1)).toBe(300)
  })
})
