import { afterAll, beforeAll, expect, test } from 'vitest'
import { anOfficeAt, codesOf } from '../stories/office'
import { type Relay, startRelay } from '../stories/relay'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterAll(() => relay.close())

test.each([
  ['2026-03-30', 'closed'],
  ['2026-03-31', 'closed'],
  ['2026-04-01', 'open'],
] as const)(
  'with books closed until the end of March, an invoice of %s is in a period that is %s: PowerOffice is asked to post it only where it can',
  async (invoiceDate, period) => {
    const { tenant, roleId } = await anOfficeAt(relay, 'book')
    tenant.books.setLockDate('2026-03-31')
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }), { invoiceDate, dueDate: '2026-05-01' })
    await tenant.quiet()
    const isOpen = period === 'open'
    expect(tenant.calls(/CreateAndSendInvoice/)).toHaveLength(isOpen ? 1 : 0)
    expect(tenant.books.postedInvoices()).toHaveLength(isOpen ? 1 : 0)
    expect(await codesOf(tenant)).toEqual(isOpen ? [] : ['invoice.period_closed'])
  },
)
