import { describe, expect, test, vi } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, PAYMENTS, useBookkeeping } from './bookkeeping'

/** A bookkeeper does something to a draft just when the relay does: between its look and its call. */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()

/** Once, just before a call of that path is answered. */
function justBefore(kit: Bookkeeping, path: RegExp, act: () => void) {
  let isDone = false
  kit.town.onArrival = (arrived) => {
    if (isDone || !path.test(arrived)) return
    isDone = true
    act()
  }
  return () => isDone
}
const numberOf = (kit: Bookkeeping, tenant: TownTenant) => kit.links(tenant).map(({ number }) => number)
const draftOf = ({ books }: TownTenant) => String(books.salesOrders()[0]?.Id)

describe.each(['book', 'send'])('in the mode %s', (mode) => {
  test('a draft that is sent by hand right before the relay asks for it is booked, and no problem', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ settings: { invoices: { mode, pdfToTribe: false } } })
    const roleId = await kit.customer(tenant)
    const happened = justBefore(kit, /CreateAndSendInvoice/, () => tenant.books.sendDraft(draftOf(tenant)))
    // One look alone: what the next one would find is of no use to this one.
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, silent: true }), { silent: true })
    await kit.tick('*/15 * * * *')
    const [posted] = tenant.books.postedInvoices()
    expect([happened(), booked(tenant), codesOf(tenant), numberOf(kit, tenant)]).toEqual([
      true,
      { drafts: 0, posted: 1 },
      [],
      [String(posted?.InvoiceNo)],
    ])
  })
})

describe('a draft that waits, of an invoice that is edited', () => {
  const DELETED = /\/SalesOrders\/[0-9a-f-]{36}$/
  const edited = async (act: (tenant: TownTenant) => void) => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: { frozenInvoices: false } })
    const { crm, books } = tenant
    const roleId = await kit.customer(tenant)
    books.setLockDate('2026-06-30')
    const id = crm.hasInvoice({ roleId })
    crm.sendInvoice(id)
    await kit.quiet()
    expect(codesOf(tenant)).toEqual(['invoice.period_closed'])
    books.setLockDate(null)
    const happened = justBefore(kit, DELETED, () => act(tenant))
    const first = draftOf(tenant)
    crm.edit(id, { CustomerReference: 'PO-77' })
    await kit.quiet()
    await kit.tick(PAYMENTS, '*/15 * * * *', '30 2 * * *')
    expect(happened()).toBe(true)
    return { kit, tenant, first }
  }

  test('and is sent by hand right before the relay takes it away stands, and no other is made', async () => {
    const { kit, tenant, first } = await edited(({ books }) =>
      books.sendDraft(String(books.salesOrders()[0]?.Id)),
    )
    const posted = tenant.books.postedInvoices()
    expect([posted.map(({ Id }) => Id), tenant.books.salesOrders(), codesOf(tenant)]).toEqual([
      [first],
      [],
      ['invoice.changed_in_tribe'],
    ])
    expect(numberOf(kit, tenant)).toEqual([String(posted[0]?.InvoiceNo)])
  })

  test('and is deleted by hand right before that is made anew, once', async () => {
    const { tenant, first } = await edited(({ books }) =>
      books.deleteDraft(String(books.salesOrders()[0]?.Id)),
    )
    const posted = tenant.books.postedInvoices()
    expect([posted.map((one) => one.PurchaseOrderReference), booked(tenant), codesOf(tenant)]).toEqual([
      ['PO-77'],
      { drafts: 0, posted: 1 },
      [],
    ])
    expect(posted[0]?.Id).not.toBe(first)
  })
})

describe('a request to post whose answer is lost', () => {
  const asked = async (mode: string, name: 'lost-after' | 'lost-before') => {
    const kit = begin()
    const tenant = await kit.tenant({
      settings: { invoices: { mode, pdfToTribe: false } },
      powerOffice: { sendDelayMs: 20_000, sentStateShowsAfterMs: 8000 },
    })
    const roleId = await kit.customer(tenant)
    kit.town.powerOffice.faults.add({ name, on: /CreateAndSendInvoice/, times: 1 })
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await kit.quiet()
    const requests = kit.town.calls.filter(({ path }) => /CreateAndSendInvoice/.test(path)).length
    return { kit, tenant, requests }
  }

  test.each(['book', 'send'])('is followed, and not made again, in the mode %s', async (mode) => {
    const { tenant, requests } = await asked(mode, 'lost-after')
    expect([requests, booked(tenant), codesOf(tenant)]).toEqual([1, { drafts: 0, posted: 1 }, []])
  })

  test('and that never arrived is made again', async () => {
    const { tenant, requests } = await asked('book', 'lost-before')
    expect([requests, booked(tenant), codesOf(tenant)]).toEqual([2, { drafts: 0, posted: 1 }, []])
  })
})
