import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, PAYMENTS, POLL, useBookkeeping } from './bookkeeping'

const begin = useBookkeeping()

const MANY = 60

/** Many invoices that were sent, and the relay in the middle of booking them. */
async function inTheMiddle(kit: Bookkeeping, tenant: TownTenant): Promise<void> {
  const roleId = await kit.customer(tenant)
  const day = new Date(kit.town.timeline.now()).toISOString().slice(0, 10)
  for (let n = 0; n < MANY; n++)
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, silent: true }), { silent: true })
  await kit.api(tenant, 'POST', '/sync', { what: 'invoices', from: day, to: day })
  await kit.town.timeline.runUntil(() => tenant.books.postedInvoices().length >= 5, 600_000, 20)
}

/** What leaves for either system once the answer is there; what was in the air already may still arrive. */
async function writesAfter(kit: Bookkeeping, change: () => Promise<unknown>) {
  await change()
  const since = kit.town.calls.length
  await kit.quiet()
  return kit.writesSince(since)
}

/** A call that had left when the answer came is noted as it ends: of four records side by side, one writes at a time. */
const IN_THE_AIR = 1

test.each([
  ['invoices are switched off', { invoices: { enabled: false } }],
  ['the mode is "draft" from now on', { invoices: { mode: 'draft' } }],
])('once it is answered that %s, nothing more is posted', async (_, change) => {
  const kit = begin()
  const tenant = await kit.tenant()
  await inTheMiddle(kit, tenant)
  const writes = await writesAfter(kit, () => kit.api(tenant, 'PATCH', '/settings', change))
  const posting = writes.filter((path) => /CreateAndSendInvoice/.test(path))
  expect(posting.length).toBeLessThanOrEqual(IN_THE_AIR)
  const { drafts, posted } = booked(tenant)
  if ('enabled' in change.invoices) expect(writes.length).toBeLessThanOrEqual(IN_THE_AIR)
  else expect(drafts + posted).toBe(MANY)
  // Whatever began as a posting and was not asked for is a draft of the bookkeeper's now.
  expect(kit.links(tenant).filter(({ exportState }) => exportState.stage === 'sending')).toEqual([])
  expect(tenant.problems()).toEqual([])
  await kit.town.passMinutes(30)
  await kit.tick(POLL, PAYMENTS)
  expect(booked(tenant)).toEqual({ drafts, posted })
})

test('once a pause is answered nothing is written, and after it all goes on to its end, once', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  await inTheMiddle(kit, tenant)
  await kit.api(tenant, 'POST', '/pause')
  const since = kit.town.calls.length
  await kit.town.passMinutes(20)
  expect(kit.writesSince(since).length).toBeLessThanOrEqual(IN_THE_AIR)
  await kit.api(tenant, 'POST', '/resume')
  await kit.quiet()
  expect(booked(tenant)).toEqual({ drafts: 0, posted: MANY })
  expect(tenant.problems()).toEqual([])
})

test.each([
  [
    'relations',
    { relations: { enabled: false } },
    (tenant: TownTenant, n: number) => {
      tenant.crm.hasCustomer({ organization: { Name: `Kunde ${n}` }, silent: true })
    },
    (tenant: TownTenant) => tenant.books.customers().length,
  ],
  [
    'products',
    { products: { enabled: false } },
    (tenant: TownTenant, n: number) => {
      tenant.crm.hasProduct({ Name: `Vare ${n}`, SalesPrice: 100 }, { silent: true })
    },
    (tenant: TownTenant) => tenant.books.products().length,
  ],
] as const)(
  '%s that are switched off in the middle of a poll stay as they are',
  async (_, change, add, count) => {
    const kit = begin()
    const tenant = await kit.tenant()
    for (let n = 0; n < MANY; n++) add(tenant, n)
    await kit.town.passMinutes(1)
    await kit.town.tick(POLL)
    await kit.town.timeline.runUntil(() => count(tenant) >= 3, 600_000, 20)
    const writes = await writesAfter(kit, () => kit.api(tenant, 'PATCH', '/settings', change))
    expect(count(tenant)).toBeLessThan(MANY)
    expect(writes.length).toBeLessThanOrEqual(IN_THE_AIR)
    expect(tenant.problems()).toEqual([])
  },
)
