import { describe, expect, test } from 'vitest'
import type { PatchOperation } from '../../src/poweroffice/caller'
import type { Product } from '../../src/poweroffice/schemas'
import { forgetGeneric, genericProductFor, isGeneric, lookAtGeneric } from '../../src/products/generic'
import { ApiError } from '../../src/shared/errors'
import { createLocks } from '../../src/shared/locks'
import type { SyncContext } from '../../src/sync-step'
import { there } from './lists'

/** Lines of code 3 on account 3050, and of code 31 on account 3010. */
const HIGH = { vatCode: '3', accountId: 303_050, accountNo: 3050 }
const MIDDLE = { vatCode: '31', accountId: 303_010, accountNo: 3010 }

/** A PowerOffice that only knows products. */
function aShop() {
  const books: Product[] = []
  const bodies: Record<string, unknown>[] = []
  const patches: string[] = []
  const remembered = new Map<string, unknown>()
  const withLock = createLocks()
  const soon = () => new Promise((resolve) => setTimeout(resolve, 1))
  let lost = 0
  let asked = 0
  const powerOffice = {
    async productsWithCodes(codes: string[]) {
      asked++
      await soon()
      return books.filter((product) => codes.includes(product.Code ?? ''))
    },
    async patchProduct(id: string, [change]: PatchOperation[]) {
      const product = books.find((one) => String(one.Id) === id)
      patches.push(id)
      return Object.assign(product ?? {}, { StandardSalesAccountId: change?.value })
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
      withLock,
      now: () => clock.now,
      life: { id: 'life', earlierUntil: 0 },
      facts: {
        get: (name: string) => remembered.get(name) ?? null,
        set: (name: string, value: unknown) => void remembered.set(name, value),
        remove: (name: string) => void remembered.delete(name),
      },
    }) as unknown as SyncContext
  return {
    books,
    bodies,
    patches,
    remembered,
    job,
    loseNext: (count: number) => {
      lost = count
    },
    asked: () => asked,
    clock,
    hide: () => books.splice(0),
  }
}

test('a generic product is made on the account that the line is booked on, and is known as such', async () => {
  const shop = aShop()
  const id = await genericProductFor(shop.job(), HIGH)
  expect(shop.bodies).toEqual([
    {
      Code: 'RELAY-VAT-3-3050',
      Name: 'Tribe (mva-kode 3, konto 3050)',
      ProductType: 'Service',
      StandardSalesAccountId: 303_050,
    },
  ])
  expect(shop.books.map((product) => product.Id)).toEqual([id])
  expect(shop.books.every(isGeneric)).toBe(true)
  expect([there({ Code: 'L1' }), there({ Code: null })].some(isGeneric)).toBe(false)
})

test('each account has a product of its own, though it carries the same code', async () => {
  const shop = aShop()
  const other = { ...HIGH, accountId: 303_000, accountNo: 3000 }
  const ids = []
  for (const booking of [HIGH, other, MIDDLE]) ids.push(await genericProductFor(shop.job(), booking))
  expect(new Set(ids).size).toBe(3)
  expect(shop.books.map(({ StandardSalesAccountId }) => StandardSalesAccountId)).toEqual([
    303_050, 303_000, 303_010,
  ])
})

describe('one that an older version made per VAT code', () => {
  test.each([
    ['is used on, where it is on the account', 303_050, false, ['RELAY-VAT-3']],
    ['is left alone, where it is on another', 303_000, false, ['RELAY-VAT-3', 'RELAY-VAT-3-3050']],
    ['is left alone, where it is archived', 303_050, true, ['RELAY-VAT-3', 'RELAY-VAT-3-3050']],
  ])('%s', async (_, StandardSalesAccountId, IsArchived, codes) => {
    const shop = aShop()
    shop.remembered.set('generic-products', { 3: 7 })
    shop.books.push(there({ Id: 7, Code: 'RELAY-VAT-3', StandardSalesAccountId, IsArchived }))
    const id = await genericProductFor(shop.job(), HIGH)
    expect([id === 7, shop.books.map(({ Code }) => Code), shop.patches]).toEqual([
      codes.length === 1,
      codes,
      [],
    ])
  })
})

test('one that somebody put on another account in PowerOffice is put back when it is needed', async () => {
  const shop = aShop()
  const id = await genericProductFor(shop.job(), HIGH)
  const moved = Object.assign(shop.books[0] ?? there(), { StandardSalesAccountId: 303_000 })
  lookAtGeneric(shop.job(), moved)
  expect(await genericProductFor(shop.job(), HIGH)).toBe(id)
  expect([shop.books.length, shop.books[0]?.StandardSalesAccountId]).toEqual([1, 303_050])
  lookAtGeneric(shop.job(), moved)
  await genericProductFor(shop.job(), HIGH)
  expect([shop.asked(), shop.patches.length]).toEqual([2, 1])
})

test('it is made once, though many lines need it at once', async () => {
  const shop = aShop()
  const ids = await Promise.all(Array.from({ length: 20 }, () => genericProductFor(shop.job(), HIGH)))
  expect(new Set(ids).size).toBe(1)
  expect(shop.books).toHaveLength(1)
  expect(shop.asked()).toBe(1)
})

test('it is made once, though the answer is lost', async () => {
  const shop = aShop()
  shop.loseNext(1)
  await expect(genericProductFor(shop.job(), HIGH)).rejects.toThrow('no answer')
  const id = await genericProductFor(shop.job(), HIGH)
  expect(shop.books.map((product) => product.Id)).toEqual([id])
})

test('it is not made again before a lost one would have shown', async () => {
  const shop = aShop()
  shop.loseNext(1)
  await expect(genericProductFor(shop.job(), HIGH)).rejects.toThrow('no answer')
  shop.hide()
  shop.clock.now += 2000
  await expect(genericProductFor(shop.job(), HIGH)).rejects.toMatchObject({
    code: 'product.in_doubt',
    remedy: 'time',
    retryAfterSeconds: 3,
  })
  shop.clock.now += 3000
  await genericProductFor(shop.job(), HIGH)
  expect(shop.books).toHaveLength(1)
})

test('one that was deleted in PowerOffice is made again once that is known', async () => {
  const shop = aShop()
  const id = await genericProductFor(shop.job(), HIGH)
  expect([forgetGeneric(shop.job(), 999), forgetGeneric(shop.job(), id)]).toEqual([false, true])
  shop.hide()
  await genericProductFor(shop.job(), HIGH)
  expect(shop.bodies).toHaveLength(2)
})

test('it is made once, though the answer is lost to one of many', async () => {
  const shop = aShop()
  shop.loseNext(1)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, () => genericProductFor(shop.job(), HIGH)),
  )
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(shop.books).toHaveLength(1)
})

test('it is found again by its code when the tenant’s object has forgotten it', async () => {
  const shop = aShop()
  const id = await genericProductFor(shop.job(), HIGH)
  shop.remembered.clear()
  expect(await genericProductFor(shop.job(), HIGH)).toBe(id)
  expect(shop.books).toHaveLength(1)
})

test('it is known without a call from then on', async () => {
  const shop = aShop()
  await genericProductFor(shop.job(), HIGH)
  await genericProductFor(shop.job(), HIGH)
  expect([shop.asked(), shop.bodies.length]).toEqual([1, 1])
})
