import { expect, test } from 'vitest'
import type { JsonObject } from '../fakes/poweroffice/json'
import { aClient } from './relay'

async function aShop(options = {}) {
  const it = await aClient(options)
  const customer = it.books.hasCustomer({ Name: 'Nordvik', InvoiceEmailAddress: 'faktura@nordvik.example' })
  const product = it.books.hasProduct({ Name: 'LED-panel', UnitPrice: 899, UnitOfMeasureCode: 'EA' })
  const order = (more: JsonObject = {}, ...lines: JsonObject[]) =>
    it.api.post('/SalesOrders/Complete', {
      CustomerId: customer.Id,
      SalesOrderLines: lines.length > 0 ? lines : [{ ProductId: product.Id, Quantity: 1 }],
      ...more,
    })
  return { ...it, customer, product, order, [Symbol.asyncDispose]: () => it.fake.close() }
}

test('an order works out each line from its product’s account, to the cent', async () => {
  await using it = await aShop()
  const { order, product, books, fake } = it
  const food = books.hasProduct({ Name: 'Mat', StandardSalesAccount: 3010, UnitPrice: 1.005 })
  const made = await order(
    { PaymentTerm: 30, ImportedOrderNo: 17 },
    { ProductId: product.Id, Quantity: 12, Allowance: 10, SortOrder: 0 },
    { ProductId: food.Id, Quantity: 1, SortOrder: 1, Description: 'Brød' },
    { LineType: 'Text', Description: 'Utført uke 5', SortOrder: 2 },
  )
  expect(made.status).toBe(201)
  expect(made.record).toMatchObject({
    SalesOrderStatus: 'Draft',
    CustomerNo: 10000,
    PaymentTerm: 30,
    NetAmount: 9710.21,
    TotalAmount: 12137.66,
    LineCount: 3,
    SalesOrderLines: [
      {
        Description: 'LED-panel',
        UnitOfMeasureCode: 'EA',
        VatCode: '3',
        NetAmount: 9709.2,
        VatAmount: 2427.3,
      },
      // 1.005 is half a cent, and goes up, whatever a double makes of it.
      {
        Description: 'Brød',
        VatCode: '31',
        VatRate: 0.15,
        NetAmount: 1.01,
        VatAmount: 0.15,
        TotalAmount: 1.16,
      },
      { LineType: 'Text', NetAmount: 0, VatCode: null },
    ],
  })
  expect(fake.violations).toEqual([])
})

test('a VAT-free customer, and a line that says so, go to the optional account', async () => {
  await using it = await aShop()
  const { order, product, books, customer } = it
  const line = { ProductId: product.Id, Quantity: 1 }
  const codes = async (...lines: JsonObject[]) =>
    ((await order({}, ...lines)).record.SalesOrderLines as JsonObject[]).map((l) => l.VatCode)
  expect(await codes(line, { ...line, UseStandardSalesAccount: false })).toEqual(['3', '5'])
  books.editCustomer(customer.Id, { IsVatFree: true })
  expect(await codes(line, { ...line, UseStandardSalesAccount: true })).toEqual(['5', '3'])
})

test('a client that is not registered for VAT adds none', async () => {
  await using it = await aShop({ vatRegistered: false })
  expect((await it.order()).record).toMatchObject({ NetAmount: 899, TotalAmount: 899 })
})

test('a reference stands for one order, also once that is posted', async () => {
  await using it = await aShop()
  const { order, books } = it
  const first = await order({ ExternalImportReference: 'r1' })
  const taken = `ExternalImportReference is already in use. 'r1' is used on (sales order) Id = ${first.record.Id}.`
  expect((await order({ ExternalImportReference: 'r1' })).record).toMatchObject({
    status: 400,
    detail: taken,
  })
  const { Id } = books.sendDraft(String(first.record.Id))
  expect((await order({ ExternalImportReference: 'r1' })).record.detail).toBe(taken)
  books.reverseInvoice(Id)
  expect((await order({ ExternalImportReference: 'r1' })).status).toBe(201)
})

test('a deleted draft frees its reference, unless PowerOffice turns out to keep it', async () => {
  await using it = await aShop()
  const { order, api, books } = it
  const remake = async () => {
    const made = await order({ ExternalImportReference: 'r1' })
    await api.delete(`/SalesOrders/${made.record.Id}`)
    return made.status
  }
  expect(await remake()).toBe(201)
  expect(await remake()).toBe(201)
  books.quirks.deletedOrderFreesReference = false
  expect(await remake()).toBe(400)
})

test.each([
  ['an unknown customer', { CustomerId: 1 }, {}, 404],
  ['no customer', { CustomerId: null }, {}, 400],
  ['an unknown product', {}, { ProductId: 1, Quantity: 1 }, 404],
  ['a product without quantity', {}, { Quantity: null }, 400],
  ['VAT on a line, which follows from the product', {}, { VatCode: '3' }, 400],
  ['a discount of more than 100 %', {}, { Allowance: 101 }, 400],
  ['an unknown number of credit days', { PaymentTerm: 17 }, {}, 404],
  ['a currency nobody has', { CurrencyCode: 'XXX' }, {}, 404],
  ['a credited invoice on what is no credit note', { RelatedInvoiceNo: 10001 }, {}, 400],
])('an order with %s is refused', async (_, header, line, status) => {
  await using it = await aShop()
  const made = await it.order(header, { ProductId: it.product.Id, Quantity: 1, ...line })
  expect(made.status).toBe(status)
  expect(it.books.salesOrders()).toEqual([])
})

test('lines are added, changed and taken away by themselves, and move the order’s clock', async () => {
  await using it = await aShop()
  const { order, api, product, books } = it
  const { Id, LastChangedDateTimeOffset } = (await order()).record
  const added = await api.post(`/SalesOrders/${Id}/Lines`, { ProductId: product.Id, Quantity: -2 })
  expect(added).toMatchObject({ status: 201, record: { NetAmount: -1798, SortOrder: 1 } })
  expect((await api.get(`/SalesOrders/${Id}`)).record).toMatchObject({ NetAmount: -899, LineCount: 2 })
  const path = `/SalesOrders/${Id}/Lines/${added.record.Id}`
  expect((await api.patch(path, [{ op: 'replace', path: '/Quantity', value: 3 }])).record.NetAmount).toBe(
    2697,
  )
  expect((await api.delete(path)).status).toBe(200)
  expect((await api.get(path)).status).toBe(404)
  expect((await api.get(`/SalesOrders/${Id}/Lines?OrderBy=SortOrder`)).rows).toHaveLength(1)
  expect(books.salesOrders()[0]?.LastChangedDateTimeOffset).not.toBe(LastChangedDateTimeOffset)
})

test('a confirmed order is locked until it is a draft again', async () => {
  await using it = await aShop()
  const { order, api } = it
  const path = `/SalesOrders/${(await order()).record.Id}`
  const set = (name: string, value: string) => api.patch(path, [{ op: 'replace', path: `/${name}`, value }])
  expect((await set('SalesOrderStatus', 'Confirmed')).status).toBe(200)
  expect((await set('CustomerReference', 'Ola')).status).toBe(400)
  expect((await api.delete(path)).status).toBe(409)
  expect((await set('SalesOrderStatus', 'Draft')).status).toBe(200)
  expect((await set('CustomerReference', 'Ola')).record.CustomerReference).toBe('Ola')
  expect((await api.patch(path, [{ op: 'add', path: '/CustomerNo', value: 10000 }])).status).toBe(400)
})

test('orders are found by reference, number and customer, and show inherited values when asked', async () => {
  await using it = await aShop()
  const { order, api } = it
  const { Id, SalesOrderNo } = (await order({ ExternalImportReference: 'r1', ImportedOrderNo: 17 })).record
  await order()
  const found = async (query: string) => (await api.get(`/SalesOrders?${query}`)).rows.length
  expect(await found('externalImportReferences=r1,r2')).toBe(1)
  expect(await found('importedOrderNos=17')).toBe(1)
  expect(await found(`salesOrderNos=${SalesOrderNo}`)).toBe(1)
  expect(await found('customerNos=10000&orderStatus=Draft')).toBe(2)
  expect((await api.get(`/SalesOrders/${Id}/Complete`)).record.PaymentTermId).toBeNull()
  expect((await api.get(`/SalesOrders/${Id}/Complete?showInherited=true`)).record.PaymentTerm).toBe(14)
})

test('what an order refers to is not deleted under it', async () => {
  await using it = await aShop()
  const { order, api, customer, product, books } = it
  const person = books.hasContactPerson(customer.Id, { FirstName: 'Marit', LastName: 'Nordvik' })
  const made = await order({ CustomerReferenceContactPersonId: person.Id })
  expect(made.record.CustomerReference).toBe('Marit Nordvik')
  expect((await api.delete(`/ContactPersons/${customer.Id}/${person.Id}`)).status).toBe(409)
  expect((await api.delete(`/Customers/${customer.Id}`)).status).toBe(409)
  expect((await api.delete(`/Products/${product.Id}`)).status).toBe(409)
})
