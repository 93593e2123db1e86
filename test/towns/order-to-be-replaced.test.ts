import { expect, test, vi } from 'vitest'
import { booked, codesOf, NIGHT, PAYMENTS, POLL, useBookkeeping } from './bookkeeping'

/**
 * An order that waits is taken away, since its invoice changed in Tribe, and PowerOffice takes no other in its place just now. That
 * the old one is not there is the relay's own doing, and no bookkeeper's: the invoice goes once what keeps it is mended.
 */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()

test.each(['book', 'send'])(
  'an order that could not be made anew is not taken for a deleted one (%s)',
  async (mode) => {
    const kit = begin()
    const tenant = await kit.tenant({
      settings: { invoices: { mode } },
      tribe: { frozenInvoices: false },
      powerOffice: { archivedCustomersTakeOrders: false },
    })
    const { crm, books } = tenant
    const roleId = await kit.customer(tenant)
    books.setLockDate('2026-06-30')
    const id = crm.hasInvoice({ roleId })
    crm.sendInvoice(id)
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 1, posted: 0 }, ['invoice.period_closed']])
    const customerId = Number(books.customers()[0]?.Id)
    books.archive(customerId)
    crm.edit(id, { CustomerReference: 'PO-77' })
    await kit.quiet()
    const isWaiting = [{ drafts: 0, posted: 0 }, ['invoice.customer_archived']]
    expect([booked(tenant), codesOf(tenant)]).toEqual(isWaiting)
    for (const cron of [PAYMENTS, POLL, NIGHT, PAYMENTS, NIGHT]) await kit.tick(cron)
    expect([booked(tenant), codesOf(tenant)]).toEqual(isWaiting)
    books.setLockDate(null)
    books.archive(customerId, false)
    await kit.api(tenant, 'POST', '/jobs/retry', {})
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 1 }, []])
    expect(books.postedInvoices()[0]?.PurchaseOrderReference).toBe('PO-77')
  },
)
