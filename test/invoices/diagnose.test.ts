import { expect, test } from 'vitest'
import { refusal } from '../../src/invoices/diagnose'

test.each([
  ['', 'Open the period (move the lock date), then try again.'],
  ['2026-01-31', 'Open the period (move the lock date), then try again. (2026-01-31)'],
])(
  'why an invoice does not go is told in the words of the catalogue, and which it is about: %j',
  (detail, end) => {
    const { code, remedy, message } = refusal('invoice.period_closed', detail)
    expect([code, remedy]).toEqual(['invoice.period_closed', 'data'])
    expect(message).toBe(`The invoice date lies in a period that is closed in PowerOffice. ${end}`)
  },
)
