import { expect, test } from 'vitest'
import type { Product } from '../../src/poweroffice/schemas'
import { forgetGeneric, genericProductFor, isGeneric } from '../../src/products/generic'
import { ApiError } from '../../src/shared/errors'
import { createExclusive } from '../../src/shared/exclusive'
import type { SyncContext } from '../../src/sync-step'
import { lists } from '../lookups/lists'
import { there } from './terms'

/** A PowerOffice that only knows products, and a tenant whose VAT group is mapped to account 3050. */
function aShop() {
  const books: Product[] = []
  const bodies: Record<string, unknown>[] = []
  const remembered = new Map<string, unknown>()
  const alone = createExclusive()
  const soon = () => new Promise((resolve) => setTimeout(resolve, 1))
  let lost = 0
  let asked = 0
  const powerOffice = {
    async productsWithCode(code: string) {
      asked++
      await soon()
      return books.filter((product) => product.Code === code)
    },
    async createProduct(body: Record<string, unknown>) {
      await soon()
      bodies.push(body)
      const product = there({ ...body, Id: 100 + books.length })
      books.push(product)
      if (lost-- > 0) throw new ApiError('poweroffice.unreachable', 'time', 'no answer', 0, null, null, true)
      return product
    },
  }
  const clock = { now: 0 }
  /** Each job has a context of its own; what the tenant's object keeps is the same. */
  const job = () =>
    ({
      powerOffice,
      alone,
      now: () => clock.now,
      settings: { defaultSalesAccountNo: 3000 },
      cursors: {
        get: (name: string) => remembered.get(name) ?? null,
        set: (name: string, value: unknown) => void remembered.set(name, value),
        remove: (name: string) => void remembered.delete(name),
      },
      lookups: { get: async () => lists() },
      mappings: {
        units: async () => [],
        vat: async () => [
          { tribeVatGroupId: 'v', powerOfficeVatCode: '3', salesAccountNo: 3050, salesAccountId: 303_050 },
        ],
      },
    }) as unknown as SyncContext
  return {
    ...{ books, bodies, remembered, job },
    loseNext: (count: number) => {
      lost = count
    },
    asked: () => asked,
    clock,
    hide: () => books.splice(0),
  }
}

test('a generic product is made on the account that is mapped for its VAT code, and is known as such', async () => {
  const shop = aShop()
  const id = await genericProductFor(shop.job(), '3')
  expect(shop.bodies).toEqual([
    {
      ...{ Code: 'RELAY-VAT-3', Name: 'Tribe (mva-kode 3)', ProductType: 'Service' },
      StandardSalesAccountId: 303_050,
    },
  ])
  expect(shop.books.map((product) => product.Id)).toEqual([id])
  expect(shop.books.every(isGeneric)).toBe(true)
  expect([there({ Code: 'L1' }), there({ Code: null })].some(isGeneric)).toBe(false)
})

test('a code that nobody mapped is sold on the account that carries it; each code has a product of its own', async () => {
  const shop = aShop()
  const ids = [await genericProductFor(shop.job(), '31'), await genericProductFor(shop.job(), '33')]
  expect(new Set(ids).size).toBe(2)
  expect(shop.bodies.map((body) => body.StandardSalesAccountId)).toEqual([303_010, 303_020])
})

test('it is made once, though many lines need it at once', async () => {
  const shop = aShop()
  const ids = await Promise.all(Array.from({ length: 20 }, () => genericProductFor(shop.job(), '3')))
  expect(new Set(ids).size).toBe(1)
  expect(shop.books).toHaveLength(1)
  expect(shop.asked()).toBe(1)
})

test('it is made once, though the answer is lost', async () => {
  const shop = aShop()
  shop.loseNext(1)
  await expect(genericProductFor(shop.job(), '3')).rejects.toThrow('no answer')
  const id = await genericProductFor(shop.job(), '3')
  expect(shop.books.map((product) => product.Id)).toEqual([id])
})

test('it is not made again before a lost one would have shown', async () => {
  const shop = aShop()
  shop.loseNext(1)
  await expect(genericProductFor(shop.job(), '3')).rejects.toThrow('no answer')
  shop.hide()
  shop.clock.now += 2000
  await expect(genericProductFor(shop.job(), '3')).rejects.toMatchObject({
    ...{ code: 'product.in_doubt', remedy: 'time', retryAfterSeconds: 3 },
  })
  shop.clock.now += 3000
  await genericProductFor(shop.job(), '3')
  expect(shop.books).toHaveLength(1)
})

test('one that was deleted in PowerOffice is made again once that is known', async () => {
  const shop = aShop()
  const id = await genericProductFor(shop.job(), '3')
  expect([forgetGeneric(shop.job(), 999), forgetGeneric(shop.job(), id)]).toEqual([false, true])
  shop.hide()
  await genericProductFor(shop.job(), '3')
  expect(shop.bodies).toHaveLength(2)
})

test('it is made once, though the answer is lost to one of many', async () => {
  const shop = aShop()
  shop.loseNext(1)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, () => genericProductFor(shop.job(), '3')),
  )
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(shop.books).toHaveLength(1)
})

test('it is found again by its code when the tenant’s object has forgotten it', async () => {
  const shop = aShop()
  const id = await genericProductFor(shop.job(), '3')
  shop.remembered.clear()
  expect(await genericProductFor(shop.job(), '3')).toBe(id)
  expect(shop.books).toHaveLength(1)
})

test('it is known without a call from then on', async () => {
  const shop = aShop()
  await genericProductFor(shop.job(), '3')
  await genericProductFor(shop.job(), '3')
  expect([shop.asked(), shop.bodies.length]).toEqual([1, 1])
})

test('a code that no account carries is said, and nothing is made', async () => {
  const shop = aShop()
  await expect(genericProductFor(shop.job(), '99')).rejects.toMatchObject({
    ...{ code: 'vat.unmapped', remedy: 'data', message: expect.stringMatching(/"99"/) },
  })
  expect(shop.books).toEqual([])
})
