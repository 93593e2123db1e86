import { describe, expect, test, vi } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, NIGHT, PAYMENTS, POLL, useBookkeeping } from './bookkeeping'

/**
 * What is posted is the bookkeeper's right. Where it is another amount than Tribe has issued, that is told once, with both; and
 * it goes when the two are the same again.
 */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()
const CODE = 'invoice.booked_otherwise'
const inMode = (mode: string) => ({ settings: { invoices: { mode } }, tribe: { frozenInvoices: false } })

/** An invoice of 1,000 kroner and 250 of VAT that is sent; `isHeld`: its period is closed, so it waits as a draft. */
async function invoiced(kit: Bookkeeping, mode: string, { isHeld = false } = {}) {
  const tenant = await kit.tenant(inMode(mode))
  const roleId = await kit.customer(tenant)
  if (isHeld) tenant.books.setLockDate('2026-06-30')
  const product = tenant.crm.hasProduct({ Name: 'Time', SalesPrice: 1000 }, { silent: true })
  const id = tenant.crm.hasInvoice({ roleId, lines: [{ product, quantity: 1 }] })
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  tenant.books.setLockDate(null)
  return { tenant, id, roleId }
}

const draftOf = ({ books }: TownTenant): string => String(books.salesOrders()[0]?.Id)
const postedOf = ({ books }: TownTenant) => {
  const [invoice] = books.postedInvoices()
  if (!invoice) throw new Error('nothing is posted')
  return invoice
}
/** A bookkeeper adds something to the draft. */
const addLine = (tenant: TownTenant, price: number) => {
  const [product] = tenant.books.products()
  tenant.books.addDraftLine(draftOf(tenant), {
    ProductId: Number(product?.Id),
    Quantity: 1,
    ProductUnitPrice: price,
  })
}
/** A bookkeeper corrects what is posted, or takes the correction back. */
function correct({ books }: TownTenant, amounts: { NetAmount: number; TotalAmount: number }): void {
  const [invoice] = books.postedInvoices()
  if (!invoice) throw new Error('nothing is posted')
  const BalanceLastChangedDateTimeOffset = books.stamps.next()
  books.invoices.put({
    ...invoice,
    ...amounts,
    TotalPostedAmount: amounts.TotalAmount,
    Balance: amounts.TotalAmount,
    BalanceLastChangedDateTimeOffset,
  })
}
const EIGHT = 'with VAT 1125.00 in PowerOffice and 1250.00 in Tribe, 125.00 apart'
const toldOf = (tenant: TownTenant) => tenant.problems().join('\n')

describe('a draft that a bookkeeper sends with another amount is told once, with both', () => {
  test.each<[string, string, boolean, (tenant: TownTenant) => void, RegExp]>([
    [
      'the account of its product moved to another VAT',
      'draft',
      false,
      ({ books }) => books.editProduct(Number(books.products()[0]?.Id), { StandardSalesAccount: 3010 }),
      /with VAT 1150\.00 in PowerOffice and 1250\.00 in Tribe/,
    ],
    ['a line was added', 'draft', false, (tenant) => addLine(tenant, -100), new RegExp(EIGHT)],
    ['one that was to be booked', 'book', true, (tenant) => addLine(tenant, -100), new RegExp(EIGHT)],
    ['one that was to be sent', 'send', true, (tenant) => addLine(tenant, -100), new RegExp(EIGHT)],
  ])('%s (%s)', async (_, mode, isHeld, change, told) => {
    const kit = begin()
    const { tenant } = await invoiced(kit, mode, { isHeld })
    expect(booked(tenant)).toEqual({ drafts: 1, posted: 0 })
    change(tenant)
    tenant.books.sendDraft(draftOf(tenant))
    await kit.tick(PAYMENTS)
    expect(codesOf(tenant).filter((code) => code === CODE)).toEqual([CODE])
    expect(toldOf(tenant)).toMatch(told)
    await kit.tick(POLL, PAYMENTS, NIGHT)
    expect(codesOf(tenant).filter((code) => code === CODE)).toEqual([CODE])
    await kit.api(tenant, 'POST', '/jobs/retry', { code: CODE })
    await kit.tick(POLL, PAYMENTS, NIGHT)
    expect(codesOf(tenant)).not.toContain(CODE)
    expect(kit.town.violations()).toEqual([])
  })

  test('a credit note is told alike', async () => {
    const kit = begin()
    const { tenant, id } = await invoiced(kit, 'draft')
    tenant.books.sendDraft(draftOf(tenant))
    await kit.tick(PAYMENTS)
    tenant.crm.sendInvoice(tenant.crm.creditInvoice(id))
    await kit.quiet()
    addLine(tenant, 100)
    tenant.books.sendDraft(draftOf(tenant))
    await kit.tick(PAYMENTS)
    expect(codesOf(tenant)).toEqual([CODE])
    expect(toldOf(tenant)).toMatch(/with VAT -1125\.00 in PowerOffice and -1250\.00 in Tribe/)
  })
})

describe('nothing is told, and Tribe is not asked, of a draft', () => {
  test.each<[string, (tenant: TownTenant) => void]>([
    ['that is sent as it was', () => undefined],
    [
      'of which other things changed',
      ({ books }) => books.editDraft(draftOf({ books } as never), { PurchaseOrderReference: 'PO 9' }),
    ],
  ])('%s', async (_, change) => {
    const kit = begin()
    const { tenant, id } = await invoiced(kit, 'draft')
    change(tenant)
    tenant.books.sendDraft(draftOf(tenant))
    const since = kit.town.calls.length
    await kit.tick(PAYMENTS)
    expect(codesOf(tenant)).toEqual([])
    expect(kit.links(tenant)).toMatchObject([{ exportState: { stage: 'posted' } }])
    expect(
      kit.town.calls.slice(since).filter(({ path }) => path.includes(id) && /ProductLines/.test(path)),
    ).toEqual([])
  })
})

test('a draft that differed, and that a bookkeeper has put right with a line of rounding, is well', async () => {
  const kit = begin()
  const tenant = await kit.tenant(inMode('draft'))
  const roleId = await kit.customer(tenant)
  const lines = [{ description: 'Mat', price: 115.04, vatGroup: 'NO15' }]
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, isVatIncluded: true, lines }))
  await kit.quiet()
  expect(codesOf(tenant)).toEqual(['invoice.total_differs'])
  const free = tenant.books.hasProduct({ Name: 'Avrunding', StandardSalesAccount: 3100 })
  tenant.books.addDraftLine(draftOf(tenant), { ProductId: free.Id, Quantity: 1, ProductUnitPrice: 0.01 })
  tenant.books.sendDraft(draftOf(tenant))
  await kit.tick(PAYMENTS)
  expect(postedOf(tenant)).toMatchObject({ TotalAmount: 115.04 })
  expect(codesOf(tenant)).toEqual([])
})

describe('what is posted already', () => {
  test.each(['draft', 'book', 'send', 'voucher'])(
    'and is corrected by a bookkeeper is told; put right, it is told no more (%s)',
    async (mode) => {
      const kit = begin()
      const { tenant } = await invoiced(kit, mode)
      if (mode === 'draft') tenant.books.sendDraft(draftOf(tenant))
      await kit.tick(PAYMENTS)
      expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 1 }, []])
      correct(tenant, { NetAmount: 900, TotalAmount: 1125 })
      await kit.tick(PAYMENTS, POLL)
      expect(codesOf(tenant)).toEqual([CODE])
      expect(toldOf(tenant)).toMatch(EIGHT)
      correct(tenant, { NetAmount: 1000, TotalAmount: 1250 })
      await kit.tick(PAYMENTS)
      expect(codesOf(tenant)).toEqual([])
    },
  )

  test('is told anew when it is corrected to something else', async () => {
    const kit = begin()
    const { tenant } = await invoiced(kit, 'book')
    correct(tenant, { NetAmount: 900, TotalAmount: 1125 })
    await kit.tick(PAYMENTS)
    await kit.api(tenant, 'POST', '/jobs/retry', { code: CODE })
    await kit.quiet()
    expect(codesOf(tenant)).toEqual([])
    correct(tenant, { NetAmount: 800, TotalAmount: 1000 })
    await kit.tick(PAYMENTS)
    expect(codesOf(tenant)).toEqual([CODE])
    expect(toldOf(tenant)).toMatch(/with VAT 1000\.00 in PowerOffice/)
  })

  test('is told no more once it is reversed', async () => {
    const kit = begin()
    const { tenant } = await invoiced(kit, 'draft')
    addLine(tenant, -100)
    tenant.books.sendDraft(draftOf(tenant))
    await kit.tick(PAYMENTS)
    expect(codesOf(tenant)).toEqual([CODE])
    tenant.books.reverseInvoice(postedOf(tenant).Id)
    await kit.tick(PAYMENTS)
    expect(codesOf(tenant)).toEqual(['invoice.reversed'])
  })

  test('is told no more once Tribe says the same', async () => {
    const kit = begin()
    const { tenant, id } = await invoiced(kit, 'draft')
    addLine(tenant, -100)
    tenant.books.sendDraft(draftOf(tenant))
    await kit.tick(PAYMENTS)
    expect(codesOf(tenant)).toEqual([CODE])
    const [line] = tenant.crm.all('ProductLine')
    tenant.crm.edit(String(line?.ID), {
      Price: 900,
      TotalExcludingVat: 900,
      VatAmount: 225,
      TotalIncludingVat: 1125,
    })
    tenant.crm.edit(id, { TotalExcludingVat: 900, VatAmount: 225, TotalIncludingVat: 1125 })
    await kit.quiet()
    expect(codesOf(tenant)).toEqual(['invoice.changed_in_tribe'])
  })
})

test('an invoice that was edited in Tribe is told as that, and not as booked otherwise besides', async () => {
  const kit = begin()
  const { tenant, id } = await invoiced(kit, 'draft')
  const [line] = tenant.crm.all('ProductLine')
  tenant.crm.edit(String(line?.ID), { Price: 900, TotalExcludingVat: 900, TotalIncludingVat: 1125 })
  tenant.crm.edit(id, { TotalExcludingVat: 900, VatAmount: 225, TotalIncludingVat: 1125 })
  await kit.quiet()
  expect(codesOf(tenant)).toEqual(['invoice.changed_in_tribe'])
  tenant.books.sendDraft(draftOf(tenant))
  await kit.tick(PAYMENTS)
  expect(codesOf(tenant)).toEqual(['invoice.changed_in_tribe'])
})

test('an invoice that Tribe hid when its draft was sent is told once it shows again', async () => {
  const kit = begin()
  const { tenant, id } = await invoiced(kit, 'draft')
  addLine(tenant, -100)
  tenant.crm.hide(id)
  tenant.books.sendDraft(draftOf(tenant))
  await kit.tick(PAYMENTS)
  // Its PDF is on its way to Tribe, which does not show it.
  expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 1 }, ['invoice.deleted_in_tribe']])
  tenant.crm.hide(id, false)
  await kit.tick(POLL, NIGHT, PAYMENTS)
  expect(codesOf(tenant)).toEqual([CODE])
})

test('a draft that a bookkeeper deleted and made anew by hand is told when the two are tied', async () => {
  const kit = begin()
  const { tenant, id } = await invoiced(kit, 'draft')
  const [order] = tenant.books.salesOrders()
  tenant.books.deleteDraft(draftOf(tenant))
  const remade = tenant.books.hasInvoice(Number(order?.CustomerId), { NetAmount: 900, TotalAmount: 1125 })
  await kit.tick(PAYMENTS, POLL, NIGHT)
  expect(kit.links(tenant)).toMatchObject([{ state: 'poweroffice-gone' }])
  expect(codesOf(tenant)).not.toContain(CODE)
  expect(booked(tenant)).toEqual({ drafts: 0, posted: 1 })
  const pair = { kind: 'invoice', tribeId: id, powerOfficeId: remade.Id }
  await kit.api(tenant, 'POST', '/records/relink', pair)
  await kit.quiet()
  expect(codesOf(tenant)).toEqual([CODE])
  expect(toldOf(tenant)).toMatch(EIGHT)
  // Tied to one that is the same, it is told no more.
  const right = tenant.books.hasInvoice(Number(order?.CustomerId), { NetAmount: 1000, TotalAmount: 1250 })
  await kit.api(tenant, 'POST', '/records/relink', { ...pair, powerOfficeId: right.Id })
  await kit.quiet()
  expect(codesOf(tenant)).toEqual([])
})

describe('payments on what is booked otherwise', () => {
  const rows = ({ crm }: TownTenant) => crm.all('Payment').map(({ Amount }) => Amount)

  async function otherwise(kit: Bookkeeping, price: number) {
    const { tenant, id } = await invoiced(kit, 'draft')
    addLine(tenant, price)
    tenant.books.sendDraft(draftOf(tenant))
    await kit.tick(PAYMENTS)
    expect(codesOf(tenant)).toEqual([CODE])
    return { tenant, id }
  }

  test('are told as they are: a part leaves the phase, all that is booked is paid', async () => {
    const kit = begin()
    const { tenant, id } = await otherwise(kit, -100)
    expect(tenant.crm.phaseOf(id)).toBe('Sent')
    tenant.books.receivePayment(postedOf(tenant).Id, 125)
    await kit.tick(PAYMENTS)
    expect([tenant.crm.phaseOf(id), rows(tenant)]).toEqual(['Sent', [125]])
    tenant.books.receivePayment(postedOf(tenant).Id, 1000)
    await kit.tick(PAYMENTS)
    expect([tenant.crm.phaseOf(id), rows(tenant)]).toEqual(['Paid', [125, 1000]])
  })

  test('Tribe’s total is not enough where more is booked', async () => {
    const kit = begin()
    const { tenant, id } = await otherwise(kit, 100)
    tenant.books.receivePayment(postedOf(tenant).Id, 1250)
    await kit.tick(PAYMENTS)
    expect([tenant.crm.phaseOf(id), rows(tenant)]).toEqual(['Sent', [1250]])
  })

  test('an invoice that is booked as nothing is not paid by that', async () => {
    const kit = begin()
    const { tenant, id } = await otherwise(kit, -1000)
    expect(postedOf(tenant)).toMatchObject({ TotalAmount: 0, Balance: 0 })
    await kit.tick(POLL, PAYMENTS, NIGHT, PAYMENTS)
    expect([tenant.crm.phaseOf(id), rows(tenant)]).toEqual(['Sent', []])
    expect(codesOf(tenant)).toEqual([CODE])
  })
})

describe('a line that is edited afterwards, where Tribe moves nothing of its invoice by that, is told by the night', () => {
  test.each([
    ['draft', 'Sent'],
    ['book', 'Sent'],
    ['voucher', 'Sent'],
    ['book', 'Draft'],
    ['voucher', 'Draft'],
  ])('in the mode %s, in the phase %s', async (mode, phase) => {
    const kit = begin()
    const { tenant, id } = await invoiced(kit, mode)
    const { crm } = tenant
    if (phase !== 'Sent') crm.setPhase(id, phase)
    // Polls overlap, and would see it.
    await kit.town.passMinutes(30)
    await kit.tick(POLL, POLL)
    const rows = crm.get(id, 'ProductLines')?.ProductLines as { ID: string }[]
    const edit = (Price: number) => crm.edit(String(rows[0]?.ID), { Price }, { silent: true })
    edit(900)
    await kit.tick(POLL, PAYMENTS)
    expect(codesOf(tenant)).toEqual([])
    await kit.tick(NIGHT)
    expect(codesOf(tenant)).toEqual(['invoice.changed_in_tribe'])
    expect(kit.writesSince(0).filter((line) => /SalesOrders|Vouchers/.test(line)).length).toBe(
      mode === 'book' ? 2 : 1,
    )
    // It is told once: the next night does not ask again.
    const since = kit.town.calls.length
    await kit.tick(NIGHT)
    expect(kit.town.calls.slice(since).filter(({ path }) => /Activity_Invoice\(/.test(path))).toEqual([])
    expect(codesOf(tenant)).toEqual(['invoice.changed_in_tribe'])
  })
})
