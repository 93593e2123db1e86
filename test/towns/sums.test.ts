import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, NIGHT, PAYMENTS, useBookkeeping } from './bookkeeping'

/** The sums of the nightly comparison: each amount with amounts of its own currency, and money apart from what is none. */
const begin = useBookkeeping()

const rowOf = async (kit: Bookkeeping, tenant: TownTenant) => {
  await kit.tick(PAYMENTS, NIGHT)
  const { comparison } = await kit.api(tenant, 'GET', '/status')
  return comparison.rows.find(({ what }: { what: string }) => what === 'invoices')
}
const send = async (
  kit: Bookkeeping,
  tenant: TownTenant,
  given: { roleId: string; currency?: string; lines?: object[] },
) => {
  const id = tenant.crm.hasInvoice(given)
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  return String(tenant.books.postedInvoices().at(-1)?.Id)
}

test('an invoice in euros stands among euros, and what is open of it in kroner, as PowerOffice has it', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  const roleId = await kit.customer(tenant)
  await send(kit, tenant, { roleId })
  const euros = await send(kit, tenant, { roleId, currency: 'EUR' })
  const row = await rowOf(kit, tenant)
  expect(row).toMatchObject({ tribe: 2, powerOffice: 2, differ: 0 })
  expect(row.sums).toEqual({
    tribe: 1250,
    powerOffice: 1250,
    paid: 0,
    open: 1250 + 14_375,
    credited: 0,
    writtenOff: 0,
    reversed: 0,
    currencies: [{ currency: 'EUR', tribe: 1250, powerOffice: 1250 }],
  })
  tenant.books.receivePayment(euros, 14_375)
  expect((await rowOf(kit, tenant)).sums).toMatchObject({ paid: 14_375, open: 1250 })
})

test('what was reversed, written off or credited is not paid', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  const roleId = await kit.customer(tenant)
  const [reversed, writtenOff, paid, part] = [
    await send(kit, tenant, { roleId }),
    await send(kit, tenant, { roleId }),
    await send(kit, tenant, { roleId }),
    await send(kit, tenant, { roleId }),
  ]
  tenant.books.reverseInvoice(reversed)
  tenant.books.writeOff(writtenOff)
  tenant.books.receivePayment(paid, 1250)
  tenant.books.receivePayment(part, 500)
  expect((await rowOf(kit, tenant)).sums).toMatchObject({
    paid: 1750,
    open: 750,
    writtenOff: 1250,
    reversed: 1250,
    credited: 0,
  })
})

test('an amount that cannot be takes no other invoice along, and no night', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  const roleId = await kit.customer(tenant)
  tenant.crm.sendInvoice(
    tenant.crm.hasInvoice({ roleId, lines: [{ description: 'x', price: 1e16, vatGroup: 'NO25' }] }),
  )
  await kit.town.passMinutes(2)
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
  await kit.town.passMinutes(2)
  expect(tenant.books.postedInvoices().map(({ TotalAmount }) => TotalAmount)).toEqual([1250])
  await kit.town.tick(NIGHT)
  await kit.town.passMinutes(30)
  const { comparison } = await kit.api(tenant, 'GET', '/status')
  const row = comparison.rows.find(({ what }: { what: string }) => what === 'invoices')
  expect(row).toMatchObject({ tribe: 2, powerOffice: 1, sums: { tribe: 1250, powerOffice: 1250 } })
  // It waits for a person, and is not tried all day.
  expect(tenant.jobs.problems(10).map(({ code }) => code)).toEqual(['invoice.amount_absurd'])
})
