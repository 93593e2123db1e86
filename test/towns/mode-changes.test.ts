import { describe, expect, test, vi } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, NIGHT, PAYMENTS, POLL, useBookkeeping } from './bookkeeping'

/**
 * The admin chooses another mode while an invoice is under way: each pair of modes, at each moment. It is finished as it was
 * begun, or left as a draft where drafts are wanted by now; it is in the books once, and the next one goes in the new mode.
 */
vi.setConfig({ testTimeout: 300_000 })
const begin = useBookkeeping()

const MODES = ['draft', 'book', 'send', 'voucher'] as const
type Mode = (typeof MODES)[number]
const MOMENTS = ['while it is made', 'while it is held', 'while it is posted'] as const
type Moment = (typeof MOMENTS)[number]

const NOTHING = { drafts: 0, posted: 0 }
const count = (mode: Mode) => (mode === 'draft' ? { drafts: 1, posted: 0 } : { drafts: 0, posted: 1 })

/** In which mode it ends, by the cautious one of two; what was sent as one kind of document stays that. */
const ENDS: Record<Mode, Record<Mode, Mode>> = {
  draft: { draft: 'draft', book: 'draft', send: 'draft', voucher: 'draft' },
  book: { draft: 'draft', book: 'book', send: 'book', voucher: 'book' },
  send: { draft: 'draft', book: 'book', send: 'send', voucher: 'send' },
  voucher: { draft: 'voucher', book: 'voucher', send: 'voucher', voucher: 'voucher' },
}
/** Before a voucher is sent nothing is begun, and what PowerOffice is posting is posted as it was asked for. */
const endOf = (from: Mode, to: Mode, moment: Moment): Mode => {
  if (moment === 'while it is held' && from === 'voucher') return to
  return moment === 'while it is posted' ? from : ENDS[from][to]
}

const MAKES = /^POST .*(OutgoingInvoiceJournals|SalesOrders\/Complete)/

/** Sends an invoice, and stops the clock at that moment. */
async function reach(kit: Bookkeeping, tenant: TownTenant, roleId: string, moment: Moment): Promise<string> {
  const { crm, books } = tenant
  const { timeline, powerOffice, calls } = kit.town
  const id = crm.hasInvoice({ roleId })
  if (moment === 'while it is held') {
    books.setLockDate('2026-06-30')
    crm.sendInvoice(id)
    await kit.quiet()
    return id
  }
  if (moment === 'while it is made') powerOffice.faults.add({ name: 'lost-after', on: MAKES })
  const since = calls.length
  crm.sendInvoice(id)
  const isReached = () =>
    moment === 'while it is made'
      ? booked(tenant).drafts + booked(tenant).posted > 0
      : calls.slice(since).some(({ path }) => /CreateAndSendInvoice/.test(path))
  await timeline.runUntil(isReached, 60_000, 10)
  expect(isReached()).toBe(true)
  return id
}

const PAIRS = MODES.flatMap((from) => MODES.filter((to) => to !== from).map((to) => [from, to] as const))
const CASES = PAIRS.flatMap(([from, to]) =>
  MOMENTS.flatMap((moment) => {
    // Only what the relay has posted by itself is asked for first.
    const isNever = moment === 'while it is posted' && (from === 'draft' || from === 'voucher')
    return isNever ? [] : [[from, to, moment, endOf(from, to, moment)] as const]
  }),
)

test('each pair of modes is here, both ways', () => {
  expect(PAIRS).toHaveLength(12)
  expect(CASES).toHaveLength(30)
})

describe.each(CASES)('from %s to %s %s: it ends as %s', (from, to, moment, end) => {
  test('once, and the next one goes in the new mode', async () => {
    const kit = begin()
    const tenant = await kit.tenant({
      settings: { invoices: { mode: from } },
      powerOffice: { sendDelayMs: 1500 },
    })
    const { crm, books } = tenant
    const roleId = await kit.customer(tenant)
    const id = await reach(kit, tenant, roleId, moment)
    await kit.api(tenant, 'PATCH', '/settings', { invoices: { mode: to } })
    await kit.quiet()
    if (moment === 'while it is held') {
      expect(booked(tenant)).toEqual(from === 'voucher' ? NOTHING : { drafts: 1, posted: 0 })
      books.setLockDate(null)
      await kit.api(tenant, 'POST', '/jobs/retry', {})
      await kit.quiet()
    }
    await kit.tick(POLL, PAYMENTS, NIGHT)
    expect([booked(tenant), codesOf(tenant)]).toEqual([count(end), []])
    const linkOf = (tribeId: string) => kit.links(tenant).find((link) => link.tribeId === tribeId)
    expect(linkOf(id)).toMatchObject({ state: 'linked', exportState: { mode: end } })
    expect(books.vouchers.size).toBe(end === 'voucher' ? 1 : 0)
    expect(books.mailed).toHaveLength(end === 'send' ? 1 : 0)

    const next = crm.hasInvoice({ roleId })
    crm.sendInvoice(next)
    await kit.quiet()
    expect(linkOf(next)).toMatchObject({ state: 'linked', exportState: { mode: to } })
    const [one, other] = [count(end), count(to)]
    expect(booked(tenant)).toEqual({
      drafts: one.drafts + other.drafts,
      posted: one.posted + other.posted,
    })
    expect([codesOf(tenant), kit.town.violations()]).toEqual([[], []])
  })
})
