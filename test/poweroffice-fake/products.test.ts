import { expect, test } from 'vitest'
import { aClient } from './relay'

test('a new product answers 200, lands in the default group, and shows the number of its account', async () => {
  await using it = await aClient()
  const { api, books, fake } = it
  const made = await api.post('/Products', { Code: 'LED-40', Name: 'LED-panel', StandardSalesAccount: 3010 })
  expect(made.status).toBe(200)
  expect(made.record).toMatchObject({
    ProductType: 'Product',
    ProductGroupCode: '1',
    StandardSalesAccount: 3010,
    StandardSalesAccountId: books.accountNo(3010).Id,
    UnitPrice: null,
    IsArchived: false,
  })
  expect((await api.get('/Products?codes=LED-40')).rows).toHaveLength(1)
  expect((await api.get('/Products?isArchived=true')).status).toBe(204)
  expect(fake.violations).toEqual([])
})

test.each([
  ['no name', { Code: 'A' }, 'Name is required'],
  ['a unit that is not in the list', { Name: 'A', UnitOfMeasureCode: 'stk' }, "no value 'stk'"],
  ['an account that is no sales account', { Name: 'A', StandardSalesAccount: 1920 }, 'not a sales account'],
  ['an account that does not exist', { Name: 'A', StandardSalesAccountId: 1 }, 'not found'],
  ['stock without being a stock item', { Name: 'A', StockOnHand: 4 }, 'stock item'],
])('a product with %s is refused', async (_, body, detail) => {
  await using it = await aClient()
  const answer = await it.api.post('/Products', body)
  expect(answer.status).toBe(400)
  expect(answer.record.detail).toContain(detail)
})

test('a change of the stock has a clock of its own', async () => {
  await using it = await aClient()
  const { api, books } = it
  const before = books.hasProduct({ IsStockItem: true, StockOnHand: 3 })
  const path = `/Products/${before.Id}`
  const stocked = await api.patch(path, [{ op: 'replace', path: '/StockOnHand', value: 5 }])
  expect(stocked.record).toMatchObject({
    StockOnHand: 5,
    LastChangedDateTimeOffset: before.LastChangedDateTimeOffset,
  })
  expect(stocked.record.StockOnHandLastChangedDatetimeOffset).not.toBeNull()
  const priced = await api.patch(path, [{ op: 'replace', path: '/UnitPrice', value: 12.5 }])
  expect(priced.record.LastChangedDateTimeOffset).not.toBe(before.LastChangedDateTimeOffset)
  expect((await api.patch(path, [{ op: 'add', path: '/ProductGroupCode', value: '1' }])).status).toBe(400)
})

test('product codes may be used twice, unless PowerOffice turns out to mind', async () => {
  await using it = await aClient()
  const { api, books } = it
  books.hasProduct({ Code: 'A' })
  expect((await api.post('/Products', { Code: 'A', Name: 'Again' })).status).toBe(200)
  books.quirks.productCodesUnique = true
  expect((await api.post('/Products', { Code: 'A', Name: 'Again' })).status).toBe(400)
})

test('groups can be made and used, and are not deleted under their products', async () => {
  await using it = await aClient()
  const { api, books } = it
  const group = await api.post('/ProductGroups', { Code: 'BEL', Name: 'Belysning' })
  expect(group.status).toBe(201)
  const product = await api.post('/Products', { Name: 'Lampe', ProductGroupCode: 'BEL' })
  expect(product.record.ProductGroupId).toBe(group.record.Id)
  expect((await api.get('/Products?productGroupCodes=BEL')).rows).toHaveLength(1)
  expect((await api.delete(`/ProductGroups/${group.record.Id}`)).status).toBe(409)
  books.deleteProduct(Number(product.record.Id))
  expect((await api.delete(`/ProductGroups/${group.record.Id}`)).status).toBe(200)
})

test('a client comes with VAT codes, sales accounts that carry them, and terms', async () => {
  await using it = await aClient()
  const { api } = it
  const rates = (await api.get('/VatCodes')).rows.map((vat) => [vat.Code, vat.Rate])
  expect(Object.fromEntries(rates)).toMatchObject({ 3: 0.25, 31: 0.15, 33: 0.12, 5: 0, 52: 0, 6: 0, 1: 0.25 })
  const accounts = await api.get('/GeneralLedgerAccounts?accountNos=3000-3999&OrderBy=AccountNo%20asc')
  expect(accounts.rows.map((account) => [account.AccountNo, account.VatCode])).toEqual([
    [3000, '3'],
    [3010, '31'],
    [3020, '33'],
    [3100, '5'],
    [3150, '52'],
    [3200, '6'],
  ])
  const terms = (await api.get('/PaymentTerms?OrderBy=CreditDays')).rows
  expect(terms.map((term) => term.CreditDays)).toEqual([0, 10, 14, 30, 45, 60])
  expect(terms.filter((term) => term.IsDefault)).toMatchObject([{ CreditDays: 14 }])
  const series = await api.get('/SubLedgerNumberSeries?subLedgerNumberSeriesType=Customer&isDefault=true')
  expect(series.rows).toMatchObject([{ FromInclusive: 10000, ToInclusive: 19999 }])
  for (const path of ['/OrganizationSettings', '/FinancialSettings', '/LockDateSettings', '/VatSettings']) {
    expect((await api.get(path)).status).toBe(200)
  }
  expect((await api.get('/Currencies?currencyCode=NOK')).rows).toMatchObject([{ Code: 'NOK' }])
  expect((await api.get('/BrandingThemes')).rows).toHaveLength(1)
})
