import { expect, test } from 'vitest'
import { Dice } from '../platform/dice'
import type { TownTenant } from '../platform/town'
import { codesOf, PAYMENTS, useBookkeeping } from './bookkeeping'

/**
 * Invoices of all sorts, from Tribe's arithmetic to PowerOffice's: what is booked is to the øre what Tribe has issued, in
 * sum and by rate. `INVOICES=1000` takes as many, and `DAY=2026-11-29` those of a day; the soak does both.
 */
const COUNT = Number(process.env.INVOICES ?? 60)
const SEED = Number((process.env.DAY ?? '2026-11-30').replaceAll('-', ''))
const begin = useBookkeeping()
const GROUPS = { NO25: '3', NO15: '31', NO12: '33', NO0: '5' } as const

/** An invoice or a credit note, in kroner or euros, with prices with VAT or without, with discounts or none. */
function draw(dice: Dice, crm: TownTenant['crm'], roleId: string): string {
  const decimal = (most: number, decimals: number) => dice.between(1, most * 10 ** decimals) / 10 ** decimals
  const sign = dice.is(0.25) ? -1 : 1
  const anyDiscount = () => (dice.is(0.5) ? dice.between(1, 60) : decimal(60, 2))
  const discount = () => (dice.is(0.5) ? 0 : anyDiscount())
  const line = () => ({
    description: 'Vare',
    price: dice.is(0.7) ? decimal(3000, 2) : decimal(500, 4),
    quantity: sign * (dice.is(0.5) ? dice.between(1, 40) : decimal(60, dice.between(1, 3))),
    discountPercentage: discount(),
    vatGroup: dice.pick(['NO25', 'NO15', 'NO12', 'NO0']),
  })
  return crm.hasInvoice({
    roleId,
    silent: true,
    phase: 'Sent',
    invoiceDate: '2026-03-02',
    lines: Array.from({ length: dice.between(1, 6) }, line),
    isVatIncluded: dice.is(0.5),
    discountPercentage: discount(),
    currency: dice.is(0.2) ? 'EUR' : 'NOK',
  })
}

const cents = (amount: unknown): number => Math.round(Number(amount) * 100)

/** What Tribe has issued, in cents: total, net, and VAT by code; what costs nothing has none. */
function issued({ crm }: TownTenant, id: string) {
  const invoice = crm.get(id, 'ProductLines($expand=VatGroup)')
  const vat: Record<string, number> = {}
  for (const line of (invoice?.ProductLines ?? []) as Record<string, unknown>[]) {
    const { Code } = line.VatGroup as { Code: keyof typeof GROUPS }
    vat[GROUPS[Code]] = (vat[GROUPS[Code]] ?? 0) + cents(line.VatAmountIncludingDiscount)
  }
  return {
    total: cents(invoice?.TotalIncludingVat),
    net: cents(invoice?.TotalExcludingVat),
    currency: String(invoice?.Currency),
    vat,
  }
}

function bookedAs({ books }: TownTenant, voucherId: string, codes: readonly string[]) {
  const invoice = books.postedInvoices().find(({ Id }) => Id === voucherId)
  const vat: Record<string, number> = Object.fromEntries(codes.map((code) => [code, 0]))
  for (const posting of books.postingsOf(voucherId))
    vat[String(posting.vatCode)] = (vat[String(posting.vatCode)] ?? 0) + cents(posting.vat)
  return {
    total: cents(invoice?.TotalAmount),
    net: cents(invoice?.NetAmount),
    currency: invoice?.CurrencyCode,
    vat,
  }
}

test(`${COUNT} invoices at random are booked to the øre, each once, and paid`, async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: { invoices: { mode: 'voucher' } } })
  const { crm, books } = tenant
  const roleId = await kit.customer(tenant)
  const dice = new Dice(SEED)
  const drawn = Array.from({ length: COUNT }, () => draw(dice, crm, roleId))
  const ids = drawn.filter((id) => cents(crm.get(id)?.TotalIncludingVat) !== 0)
  await kit.api(tenant, 'POST', '/sync', { what: 'invoices', from: '2026-03-02', to: '2026-03-02' })
  await kit.quiet()
  expect([...new Set(codesOf(tenant))]).toEqual(ids.length < COUNT ? ['invoice.zero_total'] : [])
  expect(books.postedInvoices().length).toBe(ids.length)
  const links = new Map(kit.links(tenant).map((link) => [link.tribeId, link]))
  for (const id of ids) {
    const wanted = issued(tenant, id)
    const voucherId = String(links.get(id)?.powerOfficeId)
    expect([id, bookedAs(tenant, voucherId, Object.keys(wanted.vat))]).toEqual([id, wanted])
    expect(books.documents.get(voucherId)?.name).toBe(`${links.get(id)?.number}.pdf`)
  }
  for (const { Id, TotalPostedAmount } of books.postedInvoices())
    if (TotalPostedAmount > 0) books.receivePayment(Id, TotalPostedAmount)
  await kit.tick(PAYMENTS)
  const owing = ids.filter((id) => cents(crm.get(id)?.TotalIncludingVat) > 0 && crm.phaseOf(id) !== 'Paid')
  expect(owing).toEqual([])
  expect(kit.town.violations()).toEqual([])
}, 1_200_000)
