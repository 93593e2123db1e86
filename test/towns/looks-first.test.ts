import { expect, test } from 'vitest'
import { booked, codesOf, NIGHT, PAYMENTS, POLL, useBookkeeping } from './bookkeeping'

const begin = useBookkeeping()

test.each([
  ['is a draft still', false],
  ['was sent by the bookkeeper since', true],
])(
  'an order that D1 has forgotten and that %s is not made again, where its reference is free',
  async (_, isSent) => {
    const kit = begin()
    const tenant = await kit.tenant({
      settings: { invoices: { mode: 'draft' } },
      powerOffice: { sentOrderFreesReference: true },
    })
    const roleId = await kit.customer(tenant)
    const before = kit.town.platform.snapshot()
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await kit.quiet()
    kit.town.platform.restore(before)
    if (isSent) tenant.books.sendDraft(String(tenant.books.salesOrders()[0]?.Id))
    const since = kit.town.calls.length
    await kit.tick(POLL, NIGHT, PAYMENTS)
    expect(booked(tenant)).toEqual(isSent ? { drafts: 0, posted: 1 } : { drafts: 1, posted: 0 })
    // It was looked for, and not tried.
    expect(kit.writesSince(since)).toEqual([])
    expect(kit.links(tenant)).toHaveLength(1)
  },
)

test.each([
  ['the day before', '2026-03-01', true],
  ['that very day', '2026-03-02', false],
  ['the day after', '2026-03-03', false],
])(
  'of an invoice of 2 March it is looked up whether the period is open (closed up to %s, %s)',
  async (_, lockDate, isOpen) => {
    const kit = begin()
    const tenant = await kit.tenant()
    const roleId = await kit.customer(tenant)
    tenant.books.setLockDate(lockDate)
    const since = kit.town.calls.length
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }), { invoiceDate: '2026-03-02' })
    await kit.quiet()
    expect(codesOf(tenant)).toEqual(isOpen ? [] : ['invoice.period_closed'])
    expect(booked(tenant)).toEqual(isOpen ? { drafts: 0, posted: 1 } : { drafts: 1, posted: 0 })
    // PowerOffice is not asked for what it would refuse.
    const asked = kit.writesSince(since).filter((path) => /CreateAndSendInvoice/.test(path))
    expect(asked).toHaveLength(isOpen ? 1 : 0)
  },
)
