import { expect, test } from 'vitest'
import { codesOf, useBookkeeping } from './bookkeeping'

/** 115.04 with 15 % VAT in it: PowerOffice comes to 115.03 or 115.05, and to nothing in between. */
const begin = useBookkeeping()
const PRICE = { isVatIncluded: true, lines: [{ description: 'Mat', price: 115.04, vatGroup: 'NO15' }] }

test('an øre that cannot be said is told, and the draft goes once a bookkeeper has rounded it', async () => {
  const kit = begin()
  const tenant = await kit.tenant({
    before: ({ books }) => void books.hasProduct({ Code: 'ORE', StandardSalesAccount: 3100 }),
  })
  const roleId = await kit.customer(tenant)
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, ...PRICE }))
  await kit.quiet()
  expect([tenant.books.postedInvoices().length, codesOf(tenant)]).toEqual([0, ['invoice.total_differs']])
  const ore = tenant.books.products().find(({ Code }) => Code === 'ORE')
  const [draft] = tenant.books.salesOrders()
  tenant.books.addDraftLine(String(draft?.Id), {
    ProductId: Number(ore?.Id),
    Quantity: 1,
    ProductUnitPrice: 0.01,
  })
  await kit.api(tenant, 'POST', '/jobs/retry', {})
  await kit.quiet()
  expect([tenant.books.postedInvoices().map(({ TotalAmount }) => TotalAmount), codesOf(tenant)]).toEqual([
    [115.04],
    [],
  ])
})

test('where the roundings of two rates outweigh each other, each rate is told to the øre', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: { invoices: { mode: 'book' } } })
  const roleId = await kit.customer(tenant)
  const lines = [
    { description: 'Mat', price: 2707.58, quantity: 2, vatGroup: 'NO15' },
    { description: 'Arbeid', price: 1118.17, vatGroup: 'NO25' },
  ]
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, isVatIncluded: true, lines }))
  await kit.quiet()
  expect(codesOf(tenant)).toEqual([])
  // Of 5415.16 and of 1118.17, as Tribe takes it out.
  expect(tenant.books.postedInvoices()).toMatchObject([
    {
      NetAmount: 5603.37,
      TotalAmount: 6533.33,
      Lines: [
        { VatCode: '31', VatAmount: 706.33 },
        { VatCode: '3', VatAmount: 223.63 },
      ],
    },
  ])
})

test.each([
  [115.04, 1, 0.01],
  [115.04, -1, -0.01],
])(
  'with an account for it, %d times %d is posted with a line of rounding',
  async (price, quantity, rounding) => {
    const kit = begin()
    const tenant = await kit.tenant({ settings: { invoices: { mode: 'book', roundingAccountNo: 3200 } } })
    const roleId = await kit.customer(tenant)
    const lines = [{ description: 'Mat', price, quantity, vatGroup: 'NO15' }]
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, isVatIncluded: true, lines }))
    await kit.quiet()
    expect(codesOf(tenant)).toEqual([])
    expect(tenant.books.postedInvoices()).toMatchObject([
      {
        TotalAmount: price * quantity,
        Lines: [
          { AccountNo: 3010, VatCode: '31', NetAmount: 100.03 * quantity, VatAmount: 15 * quantity },
          { AccountNo: 3200, NetAmount: rounding, VatAmount: 0, Description: 'Øreavrunding' },
        ],
      },
    ])
  },
)

test('a draft that was made before there was an account for rounding gets its line when it is tried again', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  const roleId = await kit.customer(tenant)
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, ...PRICE }))
  await kit.quiet()
  expect(codesOf(tenant)).toEqual(['invoice.total_differs'])
  await kit.api(tenant, 'PATCH', '/settings', { invoices: { roundingAccountNo: 3200 } })
  const since = kit.town.calls.length
  await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.total_differs' })
  await kit.quiet()
  expect(codesOf(tenant)).toEqual([])
  expect(tenant.books.postedInvoices()).toMatchObject([
    { TotalAmount: 115.04, Lines: [{ AccountNo: 3010 }, { AccountNo: 3200, NetAmount: 0.01 }] },
  ])
  expect(kit.writesSince(since).filter((write) => write.endsWith('/Lines'))).toHaveLength(1)
})

test('no line of rounding covers what is no rounding, nor stands where nothing is to be rounded', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: { invoices: { mode: 'book', roundingAccountNo: 3200 } } })
  const roleId = await kit.customer(tenant)
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
  await kit.quiet()
  expect(tenant.books.postedInvoices().map(({ Lines }) => Lines.length)).toEqual([1])
})

test('an account for rounding that carries VAT is told, and nothing is made', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: { invoices: { mode: 'book', roundingAccountNo: 3000 } } })
  const roleId = await kit.customer(tenant)
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, ...PRICE }))
  await kit.quiet()
  expect([tenant.books.salesOrders().length, codesOf(tenant)]).toEqual([0, ['invoice.rounding_account']])
})
