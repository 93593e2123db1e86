import { expect, test } from 'vitest'
import { balanceFrom } from '../../src/payments/mapping'
import { PostedInvoice } from '../../src/poweroffice/schemas'

/** What is left to pay of an invoice of which the ledger says nothing: all of nothing is nothing, of all else nobody knows. */
test.each([
  ['of 0', { TotalAmount: 0, TotalPostedAmount: 0, Balance: null }, 0],
  ['of 0, with no posted amount either', { TotalAmount: 0, TotalPostedAmount: null, Balance: null }, 0],
  ['of 0, where PowerOffice leaves the member out', { TotalAmount: 0 }, 0],
  ['of an amount', { TotalAmount: 1250, TotalPostedAmount: 1250, Balance: null }, null],
  ['of an amount, with nothing left', { TotalAmount: 1250, TotalPostedAmount: 1250, Balance: 0 }, 0],
])('of an invoice %s', (_, members, left) => {
  expect(balanceFrom(PostedInvoice.parse({ Id: 'i', ...members }))?.left ?? null).toBe(left)
})
