import { describe, expect, test } from 'vitest'
import type { Fields } from '../fakes/tribe/store'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, NIGHT, POLL, useBookkeeping } from './bookkeeping'

const begin = useBookkeeping()
const NOTHING = { drafts: 0, posted: 0 }

/** Of whatever is made, some is taken away again and comes back so many seconds after the phase. */
async function sentWithout(
  kit: Bookkeeping,
  tenant: TownTenant,
  { missing, afterMs }: { missing: Fields; afterMs: number | null },
): Promise<string> {
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId, silent: true })
  tenant.crm.sendInvoice(id, { invoiceDate: '2026-03-01', dueDate: '2026-03-15', silent: true })
  const whole = tenant.crm.get(id) ?? {}
  const later = Object.fromEntries(Object.keys(missing).map((name) => [name, whole[name] ?? null]))
  tenant.crm.edit(id, missing)
  if (afterMs === null) return id
  await kit.town.timeline.run(afterMs)
  tenant.crm.edit(id, later)
  return id
}

const PARTS: [string, Fields][] = [
  ['number', { Number: null }],
  ['invoice date', { InvoiceDate: null }],
  ['number and dates', { Number: null, InvoiceDate: null, ExpirationDate: null }],
  ['due date', { ExpirationDate: null }],
]

describe.each(PARTS)('an invoice whose %s follows the phase', (_, missing) => {
  test.each([150, 1000, 4000])('%i ms later is booked once, with what Tribe says', async (afterMs) => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: { frozenInvoices: false } })
    await sentWithout(kit, tenant, { missing, afterMs })
    await kit.quiet()
    await kit.tick(POLL, NIGHT)
    expect(tenant.books.postedInvoices()).toMatchObject([
      { VoucherDate: '2026-03-01', DueDate: '2026-03-15', TotalAmount: 1250 },
    ])
    expect(tenant.problems()).toEqual([])
  })
})

describe('an invoice that is never finished is told, and never made with a value of ours', () => {
  const never: [string, Fields, string][] = [
    ['number', { Number: null }, 'invoice.unfinished'],
    ['invoice date', { InvoiceDate: null }, 'invoice.unfinished'],
  ]
  test.each(never.flatMap((one) => ['draft', 'book', 'send'].map((mode) => [...one, mode] as const)))(
    'without its %s (%j: %s, mode "%s")',
    async (_, missing, code, mode) => {
      const kit = begin()
      const tenant = await kit.tenant({ settings: { invoices: { mode } }, tribe: { frozenInvoices: false } })
      const id = await sentWithout(kit, tenant, { missing, afterMs: null })
      await kit.town.passMinutes(1)
      expect([booked(tenant), codesOf(tenant)]).toEqual([NOTHING, [code]])
      await kit.tick(POLL, NIGHT)
      expect([booked(tenant), codesOf(tenant)]).toEqual([NOTHING, [code]])
      // Mended in Tribe, it goes by itself.
      const [name = ''] = Object.keys(missing)
      const mended = { Number: '2026-0001', InvoiceDate: '2026-03-01' }
      tenant.crm.edit(id, { [name]: mended[name as keyof typeof mended] })
      await kit.quiet()
      const { drafts, posted } = booked(tenant)
      expect([drafts + posted, codesOf(tenant)]).toEqual([1, []])
    },
  )

  test.each(['draft', 'book', 'send'])('where Tribe shows no date at all (mode "%s")', async (mode) => {
    const kit = begin()
    // Without its metadata nobody knows under which name it has one.
    const fault = kit.town.tribe.faults.add({ name: 'refused', on: /metadata/, times: 1000 })
    const tenant = await kit.tenant({ settings: { invoices: { mode } } })
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId: await kit.customer(tenant) }))
    await kit.quiet()
    await kit.tick(POLL, NIGHT)
    expect([booked(tenant), codesOf(tenant)]).toEqual([NOTHING, ['invoice.date_unknown']])
    fault.lift()
    // Connected again with it, the invoice goes.
    const { clientId, clientSecret } = tenant.crm
    await kit.api(tenant, 'PUT', '/tribe', { clientId, clientSecret })
    await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.date_unknown' })
    await kit.quiet()
    const { drafts, posted } = booked(tenant)
    expect([drafts + posted, codesOf(tenant)]).toEqual([1, []])
  })

  test('where Tribe shows its metadata by the next night, it goes by itself', async () => {
    const kit = begin()
    const fault = kit.town.tribe.faults.add({ name: 'refused', on: /metadata/, times: 1000 })
    const tenant = await kit.tenant({ tribe: { dueDateName: 'DueDate' } })
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId: await kit.customer(tenant) }), {
      invoiceDate: '2026-03-02',
      dueDate: '2026-03-20',
    })
    await kit.quiet()
    await kit.tick(NIGHT)
    expect([booked(tenant), codesOf(tenant)]).toEqual([NOTHING, ['invoice.date_unknown']])
    fault.lift()
    await kit.town.passMinutes(24 * 60)
    await kit.tick(NIGHT)
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 1 }, []])
    expect(tenant.books.postedInvoices()).toMatchObject([
      { VoucherDate: '2026-03-02', DueDate: '2026-03-20' },
    ])
    // The same the night after is no news, and writes nothing.
    const since = kit.town.calls.length
    await kit.town.passMinutes(24 * 60)
    await kit.tick(NIGHT)
    expect(kit.writesSince(since)).toEqual([])
  })

  test('one that stays without a due date goes by the customer’s own term', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: { frozenInvoices: false } })
    await sentWithout(kit, tenant, { missing: { ExpirationDate: null }, afterMs: null })
    await kit.quiet()
    expect(booked(tenant)).toEqual({ drafts: 0, posted: 1 })
  })
})
