import { expect } from 'vitest'
import { importIdOf, type Relay, type Tenant, type TenantGiven } from './relay'

type Json = Record<string, unknown>

/** A company whose products are on, and whose units and VAT groups are mapped as proposed. */
export async function aShopAt(relay: Relay, given: TenantGiven = {}): Promise<Tenant> {
  const shop = await relay.tenant({
    ...given,
    settings: {
      products: { enabled: true },
      relations: { enabled: false },
      defaultSalesAccountNo: 3000,
      ...given.settings,
    },
    activate: false,
  })
  await mapAsProposed(shop)
  if (given.activate !== false) await shop.activate()
  return shop
}

export async function mapAsProposed(shop: Tenant): Promise<void> {
  const { proposals } = (await shop.api('GET', '/lookups')).body
  expect((await shop.put('/mappings/units', { mappings: proposals.units })).status).toBe(200)
  const vat = proposals.vat.flatMap((one: Json) =>
    one.powerOfficeVatCode === null
      ? []
      : {
          tribeVatGroupId: one.tribeVatGroupId,
          powerOfficeVatCode: one.powerOfficeVatCode,
          salesAccountNo: one.salesAccountNo,
        },
  )
  expect((await shop.put('/mappings/vat', { mappings: vat })).status).toBe(200)
}

/** The mappings with some of them replaced, added or (null) taken away. */
export async function remap(
  shop: Tenant,
  what: 'units' | 'vat',
  changes: Readonly<Record<string, Json | null>>,
): Promise<void> {
  const key = what === 'units' ? 'tribeUnitId' : 'tribeVatGroupId'
  const { mappings } = (await shop.api('GET', `/mappings/${what}`)).body
  const kept = mappings.filter((one: Json) => !(String(one[key]) in changes))
  const added = Object.entries(changes).flatMap(([id, change]) => (change ? { [key]: id, ...change } : []))
  const put = await shop.put(`/mappings/${what}`, { mappings: [...kept, ...added] })
  expect([put.status, put.body]).toMatchObject([200, {}])
  await shop.quiet()
}

export function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1)
  return list[0] as T
}

/** The one product, as both systems have it now. */
export const pairIn = (shop: Tenant) => ({
  here: only(shop.crm.products()),
  there: only(shop.books.products()),
})

/** A sweep that the admin asks for; then quiet. */
export async function sweep(shop: Tenant, what: string): Promise<void> {
  expect((await shop.api('POST', '/sync', { what })).status).toBe(202)
  await shop.quiet()
}

export const problemsOf = async (shop: Tenant): Promise<{ code: string; message: string }[]> =>
  (await shop.status()).problems

export const recordOf = async (shop: Tenant, query: string) =>
  (await shop.api('GET', `/records?kind=product&${query}`)).body

/** How often either system was written to; the number of writes to Tribe's products and to PowerOffice. */
export const writesTo = (shop: Tenant) => ({
  tribe: shop.tribeWrites().length,
  powerOffice: shop.calls(/^(POST|PATCH)/).length,
})
export const NO_WRITES = { tribe: 0, powerOffice: 0 }

export function clearLogs(relay: Relay): void {
  relay.tribe.log.clear()
  relay.powerOffice.log.clear()
}

/** How `ImportId` in Tribe names a product of PowerOffice's. */
export const namesProduct = (id: unknown) => importIdOf('product', id)
