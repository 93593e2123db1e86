import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFakeTribe } from '../fakes/tribe'
import { callerFor, queryOf, type Running } from './tribe'

const CUSTOMER = 'Relationship_Organization_CommercialRelationship_Customer'

let tribe: Running
beforeAll(async () => {
  tribe = await startFakeTribe({ seed: 6 })
})
afterAll(() => tribe.close())

test('a page holds no more than the cap, skip goes on from there, and count tells of all', async () => {
  const fake = await startFakeTribe({ pageCap: 10 })
  const own = fake.addEnvironment()
  const ownCall = await callerFor(fake, own)
  for (let i = 0; i < 25; i++) own.hasProduct({ Name: `P${i}`, Code: String(i) })
  const ids: unknown[] = []
  for (let $skip = 0; ; $skip += 10) {
    const { rows, body } = await ownCall.get('Product', {
      $top: 10,
      $skip,
      $orderby: 'CreationDate,ID',
      $count: 'true',
    })
    expect(body['@odata.count']).toBe(25)
    if (rows.length === 0) break
    ids.push(...rows.map((row) => row.ID))
  }
  expect(new Set(ids).size).toBe(25)
  expect(own.violations).toEqual([])

  await ownCall.get('Product', { $top: 10, $skip: 10 })
  await ownCall.get('Product', { $top: 11, $orderby: 'ID' })
  await ownCall.get('Product')
  expect(own.violations).toEqual([
    'paging without $orderby: Product',
    '$top 11 is above the cap of 10: Product',
    'a list without $top was cut off: Product',
  ])
  await fake.close()
})

test('an environment may say where the next page is', async () => {
  const own = tribe.addEnvironment({ nextLink: true, pageCap: 4 })
  const ownCall = await callerFor(tribe, own)
  for (let i = 0; i < 10; i++) own.hasProduct({ Code: String(i) })
  const seen: unknown[] = []
  let path = `odata/Product${queryOf({ $orderby: 'CreationDate asc,ID asc', $select: 'Code' })}`
  while (path) {
    const body = (await (await ownCall.raw(path)).json()) as {
      value: { Code: string }[]
      '@odata.nextLink'?: string
    }
    seen.push(...body.value.map((row) => row.Code))
    path = body['@odata.nextLink']?.slice(`${tribe.apiUrl}/`.length) ?? ''
  }
  expect(new Set(seen).size).toBe(10)
  expect(seen).toHaveLength(10)
  expect(own.violations).toEqual([])
})

test('an environment may not know $count', async () => {
  const own = tribe.addEnvironment({ countSupported: false })
  expect((await (await callerFor(tribe, own)).get('Product', { $count: 'true' })).status).toBe(400)
})

test('ten thousand customers are all there, page by page', async () => {
  const own = tribe.addEnvironment()
  const ownCall = await callerFor(tribe, own)
  for (let i = 0; i < 10_000; i++) {
    own.hasCustomer({
      organization: { Name: `Kunde ${i}`, DebtorNumber: String(i) },
      invoiceAddress: { Street: 'Gata', HouseNumber: i, Country: 'NO' },
      silent: true,
    })
  }
  let count = 0
  for (let $skip = 0; ; $skip += 100) {
    const { rows } = await ownCall.get(CUSTOMER, {
      $top: 100,
      $skip,
      $orderby: 'CreationDate asc,ID asc',
      $expand: 'Organization($expand=InvoiceAddress($expand=Country))',
    })
    if (rows.length === 0) break
    count += rows.length
  }
  expect(count).toBe(10_000)
})
