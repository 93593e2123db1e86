import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, NIGHT, useBookkeeping } from './bookkeeping'
import type { Given } from './small-town'

/** What seldom keeps an invoice from the books is told by its code, and what the code's text says to do lets it go. */
const begin = useBookkeeping()

const MODES = ['book', 'voucher'] as const
const NONE = { drafts: 0, posted: 0 }
const ONE = { drafts: 0, posted: 1 }
const told = (code: string) => [NONE, [code]]

const office = async (mode: string, given: Pick<Given, 'tribe' | 'powerOffice'> = {}) => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: { invoices: { mode } }, ...given })
  return { kit, tenant, roleId: await kit.customer(tenant) }
}
const customerIn = ({ books }: TownTenant) => books.customers()[0]?.Id ?? 0
const seen = (tenant: TownTenant) => [booked(tenant), codesOf(tenant)]

async function send(
  kit: Bookkeeping,
  { crm }: TownTenant,
  given: Parameters<TownTenant['crm']['hasInvoice']>[0],
) {
  const id = crm.hasInvoice(given)
  crm.sendInvoice(id)
  await kit.quiet()
  return id
}

async function retry(kit: Bookkeeping, tenant: TownTenant): Promise<void> {
  await kit.api(tenant, 'POST', '/jobs/retry', {})
  await kit.quiet()
}

const recreate = async (kit: Bookkeeping, tenant: TownTenant, kind: string, tribeId: string) => {
  await kit.api(tenant, 'POST', '/records/recreate', { kind, tribeId })
  await kit.quiet()
}

test.each(
  MODES.flatMap((mode) => [
    { mode, isSeen: true },
    { mode, isSeen: false },
  ]),
)(
  'invoice.customer_gone in mode $mode, seen before that: $isSeen; made anew and tried again, it goes',
  async ({ mode, isSeen }) => {
    const { kit, tenant, roleId } = await office(mode)
    tenant.books.deleteCustomer(customerIn(tenant))
    if (isSeen) await kit.tick(NIGHT)
    await send(kit, tenant, { roleId })
    expect(seen(tenant)).toEqual(told('invoice.customer_gone'))
    await recreate(kit, tenant, 'customer', roleId)
    await retry(kit, tenant)
    expect([seen(tenant), kit.town.violations()]).toEqual([[ONE, []], []])
  },
)

test('invoice.product_gone: made anew and tried again, it goes with that one', async () => {
  const { kit, tenant, roleId } = await office('book')
  const product = tenant.crm.hasProduct({ Name: 'Bolt', Code: 'B1', SalesPrice: 10 })
  await kit.quiet()
  tenant.books.deleteProduct(tenant.books.products()[0]?.Id ?? 0)
  await send(kit, tenant, { roleId, lines: [{ product, price: 10, vatGroup: 'NO25' }] })
  expect(seen(tenant)).toEqual(told('invoice.product_gone'))
  await recreate(kit, tenant, 'product', product)
  await retry(kit, tenant)
  expect([seen(tenant), kit.town.violations()]).toEqual([[ONE, []], []])
  expect(tenant.books.products()).toMatchObject([{ Code: 'B1' }])
})

test('invoice.customer_without_account: once PowerOffice shows it and somebody tries again, it goes', async () => {
  const { kit, tenant, roleId } = await office('voucher')
  const { customer } = tenant.books.contacts.find(customerIn(tenant)) ?? {}
  const account = customer?.SubledgerAccountId
  Object.assign(customer ?? {}, { SubledgerAccountId: null })
  await send(kit, tenant, { roleId })
  expect(seen(tenant)).toEqual(told('invoice.customer_without_account'))
  Object.assign(customer ?? {}, { SubledgerAccountId: account })
  await retry(kit, tenant)
  expect([seen(tenant), kit.town.violations()]).toEqual([[ONE, []], []])
})

test.each(MODES)(
  'invoice.currency_unclear in mode %s: once Tribe says the currency, it goes',
  async (mode) => {
    // Lines say that the invoice is in another currency than the company's own, and nothing says in which.
    const { kit, tenant, roleId } = await office(mode, { tribe: { currency: '', currencyRate: 10 } })
    const id = await send(kit, tenant, { roleId })
    expect(seen(tenant)).toEqual(told('invoice.currency_unclear'))
    tenant.crm.edit(id, { Currency: 'EUR' })
    await kit.quiet()
    await retry(kit, tenant)
    expect([seen(tenant), kit.town.violations()]).toEqual([[ONE, []], []])
    expect(tenant.books.postedInvoices()).toMatchObject([{ CurrencyCode: 'EUR', TotalAmount: 125 }])
  },
)

test.each(MODES)('invoice.no_customer in mode %s: once one is chosen in Tribe, it goes', async (mode) => {
  const { kit, tenant, roleId } = await office(mode)
  const id = tenant.crm.hasInvoice({ roleId })
  // A team's restriction hides it from the relay.
  tenant.crm.hide(roleId)
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  expect(seen(tenant)).toEqual(told('invoice.no_customer'))
  tenant.crm.edit(id, { Relationship: { ID: await kit.customer(tenant, 'Polarlys AS') } })
  await kit.quiet()
  expect([seen(tenant), kit.town.violations()]).toEqual([[ONE, []], []])
})

test('invoice.delivery_overdue: PowerOffice posts for more than a day; once it is through and somebody tries again, it is noted', async () => {
  const { kit, tenant, roleId } = await office('book', { powerOffice: { sendDelayMs: 26 * 3_600_000 } })
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
  await kit.town.passMinutes(25 * 60)
  expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 1, posted: 0 }, ['invoice.delivery_overdue']])
  await retry(kit, tenant)
  expect(codesOf(tenant)).toEqual(['invoice.delivery_overdue'])
  await kit.town.passMinutes(3 * 60)
  await retry(kit, tenant)
  expect([seen(tenant), kit.town.violations()]).toEqual([[ONE, []], []])
  expect(kit.links(tenant)).toMatchObject([{ number: String(tenant.books.postedInvoices()[0]?.InvoiceNo) }])
})

test('invoice.pdf_refused: the invoice is booked, and tried again its paper follows', async () => {
  const { kit, tenant, roleId } = await office('voucher')
  kit.town.powerOffice.faults.add({ name: 'refused', on: /PUT .*VoucherDocumentation/, times: 1 })
  await send(kit, tenant, { roleId })
  expect(seen(tenant)).toEqual([ONE, ['invoice.pdf_refused']])
  await retry(kit, tenant)
  expect([seen(tenant), kit.town.violations()]).toEqual([[ONE, []], []])
})
