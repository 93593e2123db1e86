import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, codesOf, NIGHT, POLL, useBookkeeping } from './bookkeeping'

/** Which account a line is booked on, and what becomes of it when the mapping changes, or turns out to be wrong. */
const begin = useBookkeeping()

interface Mapping {
  tribeVatGroupId: string
  powerOfficeVatCode: string
  salesAccountNo: number
}

async function remap(
  kit: Bookkeeping,
  tenant: TownTenant,
  to: (mappings: Mapping[]) => Mapping[],
): Promise<void> {
  const { mappings } = await kit.api(tenant, 'GET', '/mappings/vat')
  await kit.api(tenant, 'PUT', '/mappings/vat', { mappings: to(mappings) })
  await kit.quiet()
}
const onAccount = (code: string, salesAccountNo: number) => (mappings: Mapping[]) =>
  mappings.map((one) => (one.powerOfficeVatCode === code ? { ...one, salesAccountNo } : one))

const withAccount = (no: number, VatCode: string) => (tenant: TownTenant) => {
  tenant.books.hasAccount({ AccountNo: no, VatCode })
}
const bill = async (kit: Bookkeeping, tenant: TownTenant, roleId: string, lines?: object[]) => {
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, ...(lines ? { lines } : {}) }))
  await kit.quiet()
}
const accounts = ({ books }: TownTenant) =>
  books.postedInvoices().map(({ Lines }) => Lines.map(({ AccountNo }) => AccountNo))
const generics = ({ books }: TownTenant) =>
  books.products().flatMap(({ Code }) => (Code?.startsWith('RELAY-VAT') ? [Code] : []))

test('two VAT groups go by one VAT code and an account each: a line without a product goes to its own', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ before: withAccount(3005, '3') })
  const goods = tenant.crm.has('Datastore_VatGroup', {
    Code: 'NO25B',
    Name: 'Varer',
    Percentage: 25,
    Country: 'NO',
  })
  await kit.api(tenant, 'GET', '/lookups?refresh=true')
  const mapping = { tribeVatGroupId: goods, powerOfficeVatCode: '3', salesAccountNo: 3005 }
  await remap(kit, tenant, (mappings) => [...mappings, mapping])
  const roleId = await kit.customer(tenant)
  const product = tenant.crm.hasProduct({ Name: 'Time', Code: 'T', SalesPrice: 100 })
  await kit.quiet()
  await bill(kit, tenant, roleId, [
    { description: 'Vare', price: 100, vatGroup: 'NO25B' },
    { description: 'Time', price: 100, vatGroup: 'NO25' },
    // Of the other group than its product: it is booked as the line says.
    { product, vatGroup: 'NO25B' },
    { product },
  ])
  expect([accounts(tenant), generics(tenant).sort()]).toEqual([
    [[3005, 3000, 3005, 3000]],
    ['RELAY-VAT-3-3000', 'RELAY-VAT-3-3005'],
  ])
})

test('once a VAT group is mapped to another account, lines without a product are booked there', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ before: withAccount(3025, '3') })
  const roleId = await kit.customer(tenant)
  await bill(kit, tenant, roleId)
  await remap(kit, tenant, onAccount('3', 3025))
  await bill(kit, tenant, roleId)
  await remap(kit, tenant, onAccount('3', 3000))
  await bill(kit, tenant, roleId)
  expect([accounts(tenant), generics(tenant)]).toEqual([
    [[3000], [3025], [3000]],
    ['RELAY-VAT-3-3000', 'RELAY-VAT-3-3025'],
  ])
})

test('a generic product that an older version made is used on, and not doubled', async () => {
  const kit = begin()
  const tenant = await kit.tenant({
    before: ({ books }) => void books.hasProduct({ Code: 'RELAY-VAT-3', StandardSalesAccount: 3000 }),
  })
  await bill(kit, tenant, await kit.customer(tenant))
  expect([accounts(tenant), generics(tenant)]).toEqual([[[3000]], ['RELAY-VAT-3']])
})

test.each<[string, (tenant: TownTenant) => void, (tenant: TownTenant) => void]>([
  [
    'carries another VAT code',
    ({ books }) => books.editAccount(3000, { VatCode: '5' }),
    ({ books }) => books.editAccount(3000, { VatCode: '3' }),
  ],
  [
    'is closed',
    ({ books }) => books.editAccount(3000, { IsActive: false }),
    ({ books }) => books.editAccount(3000, { IsActive: true }),
  ],
])(
  'an account that %s is not used from the night on, and what waited goes once it is right in PowerOffice',
  async (_, spoil, repair) => {
    const kit = begin()
    const tenant = await kit.tenant()
    const roleId = await kit.customer(tenant)
    const linked = tenant.crm.hasProduct({ Name: 'Time', Code: 'T', SalesPrice: 100 })
    await kit.quiet()
    spoil(tenant)
    await kit.tick(NIGHT)
    expect(codesOf(tenant)).toContain('vat.account_gone')

    const fresh = tenant.crm.hasProduct({ Name: 'Ny', Code: 'N', SalesPrice: 100 })
    await kit.quiet()
    for (const lines of [
      [{ description: 'Fri', price: 10, vatGroup: 'NO25' }],
      [{ product: linked }],
      [{ product: fresh }],
    ])
      await bill(kit, tenant, roleId, lines)
    // Another VAT group is not concerned.
    await bill(kit, tenant, roleId, [{ description: 'Mat', price: 10, vatGroup: 'NO15' }])
    expect([accounts(tenant), tenant.books.salesOrders()]).toEqual([[[3010]], []])
    expect(tenant.books.products().some(({ Code }) => Code === 'N')).toBe(false)
    const waiting = codesOf(tenant).filter((code) => code !== 'account.default_gone')
    expect(new Set(waiting)).toEqual(new Set(['vat.account_gone']))
    // No product of Tribe's has changed its VAT because of it.
    expect(tenant.crm.get(linked, 'VatGroup')).toMatchObject({ VatGroup: { Code: 'NO25' } })

    repair(tenant)
    await kit.tick(NIGHT)
    expect([accounts(tenant).flat().sort(), codesOf(tenant)]).toEqual([[3000, 3000, 3000, 3010], []])
    expect(kit.town.violations()).toEqual([])
  },
)

test('what waited for an account goes at once when the lists are read anew, or when the group is mapped anew', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ before: withAccount(3025, '3') })
  const roleId = await kit.customer(tenant)
  const spoil = async () => {
    tenant.books.editAccount(3000, { IsActive: false })
    await kit.api(tenant, 'GET', '/lookups?refresh=true')
  }
  await spoil()
  await bill(kit, tenant, roleId)
  expect([accounts(tenant), codesOf(tenant)]).toEqual([[], ['vat.account_gone']])
  tenant.books.editAccount(3000, { IsActive: true })
  await kit.api(tenant, 'GET', '/lookups?refresh=true')
  await kit.quiet()
  expect([accounts(tenant), codesOf(tenant)]).toEqual([[[3000]], []])

  await spoil()
  await bill(kit, tenant, roleId)
  await remap(kit, tenant, onAccount('3', 3025))
  expect([accounts(tenant), codesOf(tenant)]).toEqual([[[3000], [3025]], []])
})

test('a draft whose account was closed before it was posted is not posted', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  const roleId = await kit.customer(tenant)
  tenant.books.setLockDate('2026-12-31')
  await bill(kit, tenant, roleId)
  tenant.books.editAccount(3000, { IsActive: false })
  await kit.tick(NIGHT)
  tenant.books.setLockDate(null)
  await kit.api(tenant, 'POST', '/jobs/retry', {})
  await kit.quiet()
  expect(accounts(tenant)).toEqual([])
  expect(codesOf(tenant)).toContain('vat.account_gone')
  tenant.books.editAccount(3000, { IsActive: true })
  await kit.tick(NIGHT)
  expect([accounts(tenant), codesOf(tenant)]).toEqual([[[3000]], []])
})

test('a product without a VAT group waits for a default ledger account that takes sales', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ before: withAccount(3105, '5') })
  await kit.api(tenant, 'GET', '/lookups?refresh=true')
  await kit.api(tenant, 'PATCH', '/settings', { defaultSalesAccountNo: 3105 })
  tenant.books.editAccount(3105, { IsActive: false })
  await kit.tick(NIGHT)
  tenant.crm.hasProduct({ Name: 'Gave', Code: 'G', SalesPrice: 10, VatGroup: null })
  await kit.quiet()
  expect([tenant.books.products().length, new Set(codesOf(tenant))]).toEqual([
    0,
    new Set(['account.default_gone']),
  ])
  await kit.api(tenant, 'PATCH', '/settings', { defaultSalesAccountNo: 3100 })
  await kit.quiet()
  expect(tenant.books.products()).toMatchObject([{ Code: 'G', StandardSalesAccount: 3100 }])
  await kit.tick(POLL, NIGHT)
  expect(codesOf(tenant)).toEqual([])
})
