import { describe, expect, test, vi } from 'vitest'
import { booked, codesOf, useBookkeeping } from './bookkeeping'

/** What credits a credit note asks for money again. */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()

describe.each(['draft', 'book', 'send', 'voucher'])('in the mode %s', (mode) => {
  const takenBack = async (tribe: Parameters<ReturnType<typeof begin>['tenant']>[0]) => {
    const kit = begin()
    const settings = { invoices: { mode, pdfToTribe: false } }
    const tenant = await kit.tenant({ settings, ...tribe })
    const { crm, books } = tenant
    const roleId = await kit.customer(tenant)
    const sent = async (id: string) => {
      crm.sendInvoice(id)
      await kit.quiet()
      for (const { Id } of books.salesOrders()) if (mode === 'draft') books.sendDraft(Id)
      await kit.tick('0 */4 * * *')
      return id
    }
    const invoice = await sent(crm.hasInvoice({ roleId }))
    const note = await sent(crm.creditInvoice(invoice))
    await sent(crm.creditInvoice(note))
    return { tenant, totals: books.postedInvoices().map((one) => [one.VoucherType, one.TotalAmount]) }
  }

  test.each(['quantities', 'prices'] as const)(
    'a credit note by its %s that is taken back',
    async (creditSign) => {
      const { tenant, totals } = await takenBack({ tribe: { creditSign } })
      expect([totals, codesOf(tenant), booked(tenant).drafts]).toEqual([
        [
          ['OutgoingInvoice', 1250],
          ['OutgoingCreditNote', -1250],
          ['OutgoingInvoice', 1250],
        ],
        [],
        0,
      ])
    },
  )
})
