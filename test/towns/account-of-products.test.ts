import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, codesOf, NIGHT, POLL, useBookkeeping } from './bookkeeping'

/** What becomes of products in step when the account of their VAT group changes. */
const begin = useBookkeeping()
const DIFFERS = 'product.account_differs'

async function remap(kit: Bookkeeping, tenant: TownTenant, salesAccountNo: number) {
  const { mappings } = await kit.api(tenant, 'GET', '/mappings/vat')
  const next = mappings.map((one: { powerOfficeVatCode: string }) =>
    one.powerOfficeVatCode === '3' ? { ...one, salesAccountNo } : one,
  )
  await kit.api(tenant, 'PUT', '/mappings/vat', { mappings: next })
  await kit.quiet()
}
/** Two products in step, and one that a bookkeeper has put on 3040. */
async function withProducts(kit: Bookkeeping) {
  const tenant = await kit.tenant({
    before: ({ books }) => {
      for (const AccountNo of [3025, 3040]) books.hasAccount({ AccountNo, VatCode: '3' })
    },
  })
  for (const Code of ['A', 'B', 'OWN']) tenant.crm.hasProduct({ Name: Code, Code, SalesPrice: 100 })
  await kit.quiet()
  const own = tenant.books.products().find(({ Code }) => Code === 'OWN')
  tenant.books.editProduct(Number(own?.Id), { StandardSalesAccount: 3040 })
  await kit.tick(POLL, NIGHT)
  return tenant
}
const accounts = ({ books }: TownTenant) =>
  Object.fromEntries(books.products().map(({ Code, StandardSalesAccount }) => [Code, StandardSalesAccount]))

test("products on the account of before are told, moved on the admin's word, and a bookkeeper's own choice stays", async () => {
  const kit = begin()
  const tenant = await withProducts(kit)
  await remap(kit, tenant, 3025)
  expect([accounts(tenant), codesOf(tenant)]).toEqual([{ A: 3000, B: 3000, OWN: 3040 }, [DIFFERS, DIFFERS]])
  await kit.tick(POLL, NIGHT)
  await kit.api(tenant, 'POST', '/jobs/retry', {})
  await kit.quiet()
  expect([accounts(tenant), codesOf(tenant)]).toEqual([{ A: 3000, B: 3000, OWN: 3040 }, [DIFFERS, DIFFERS]])

  const since = kit.town.calls.length
  const [one] = tenant.jobs.problems(10)
  await kit.api(tenant, 'POST', `/jobs/${one?.id}/retry`)
  await kit.quiet()
  expect([Object.values(accounts(tenant)).toSorted(), codesOf(tenant)]).toEqual([
    [3000, 3025, 3040],
    [DIFFERS],
  ])
  await kit.api(tenant, 'POST', '/jobs/retry', { code: DIFFERS })
  await kit.quiet()
  expect(kit.writesSince(since).map((write) => write.replace(/\/\d+$/, ''))).toEqual([
    'PATCH /v2/Products',
    'PATCH /v2/Products',
  ])
  await kit.tick(POLL, NIGHT)
  expect([accounts(tenant), codesOf(tenant)]).toEqual([{ A: 3025, B: 3025, OWN: 3040 }, []])
  expect(kit.town.violations()).toEqual([])
})

test('what is told of an account ends when the group is mapped back, or a bookkeeper has moved the product', async () => {
  const kit = begin()
  const tenant = await withProducts(kit)
  await remap(kit, tenant, 3025)
  await remap(kit, tenant, 3000)
  expect([accounts(tenant), codesOf(tenant)]).toEqual([{ A: 3000, B: 3000, OWN: 3040 }, []])
  await remap(kit, tenant, 3025)
  for (const { Id, Code } of tenant.books.products())
    if (Code !== 'OWN') tenant.books.editProduct(Id, { StandardSalesAccount: 3025 })
  await kit.tick(POLL, NIGHT)
  expect(codesOf(tenant)).toEqual([])
})
