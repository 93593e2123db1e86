import { expect, test, vi } from 'vitest'
import type { TownTenant } from '../platform/town'
import { booked, codesOf, NIGHT, useBookkeeping } from './bookkeeping'

/**
 * PowerOffice did not post an order, and says so for as long as it is a draft. When something else keeps the order by then,
 * that is told at each look, and not what was told before; and once it is mended, the order goes.
 */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()

const addLine = ({ books }: TownTenant, price: number) =>
  books.addDraftLine(String(books.salesOrders()[0]?.Id), {
    ProductId: Number(books.products()[0]?.Id),
    Quantity: 1,
    ProductUnitPrice: price,
  })

test.each([
  ['shows at once', 0],
  ['shows late', 3000],
])(
  'what PowerOffice said once hides nothing that keeps an order later, where its state %s',
  async (_, lateMs) => {
    const kit = begin()
    const tenant = await kit.tenant({
      settings: { invoices: { mode: 'send' } },
      powerOffice: { sentStateShowsAfterMs: lateMs },
    })
    const { crm, books } = tenant
    const { roleId } = crm.hasCustomer({ organization: { Name: 'Nordlys Maskin AS' } })
    crm.sendInvoice(crm.hasInvoice({ roleId }))
    await kit.quiet()
    expect(codesOf(tenant)).toEqual(['invoice.no_email'])
    // A bookkeeper mends that, and changes the draft besides.
    books.editCustomer(Number(books.customers()[0]?.Id), { InvoiceEmailAddress: 'faktura@nordlys.example' })
    addLine(tenant, 10)
    const tryAgain = async () => {
      await kit.api(tenant, 'POST', '/jobs/retry', {})
      await kit.quiet()
    }
    for (const look of [tryAgain, tryAgain, () => kit.tick(NIGHT), tryAgain]) {
      await look()
      expect(codesOf(tenant)).toEqual(['invoice.total_differs'])
    }
    addLine(tenant, -10)
    await tryAgain()
    expect(codesOf(tenant)).toEqual([])
    expect(booked(tenant)).toEqual({ drafts: 0, posted: 1 })
  },
)
