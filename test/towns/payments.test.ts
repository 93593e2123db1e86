import { describe, expect, test } from 'vitest'
import { type Billed, aCompany as billed, PAYMENTS } from './billed'
import { NIGHT, useStreet } from './street'

const begin = useStreet()
const aCompany = (given?: Parameters<typeof billed>[1]) => billed(begin(), given)

const shortLedger = ({ street }: Billed, times: number) =>
  street.town.powerOffice.faults.add({ name: 'short', on: /EntriesByMatchId/, times })

describe('what PowerOffice’s ledger does not explain is never told as paid', () => {
  test('a payment whose entry is left out once is told a moment later, with its amount', async () => {
    const company = await aCompany()
    const { street, tenant, told, postedOf } = company
    const id = await company.send()
    tenant.books.receivePayment(postedOf(id).Id, 1250)
    shortLedger(company, 1)
    await street.town.tick(PAYMENTS)
    await street.town.passMinutes(0.02)
    expect(told(id)).toEqual({ phases: ['Sent'], amounts: [] })
    await street.quiet()
    expect(told(id)).toEqual({ phases: ['Paid'], amounts: [1250] })
    expect(street.codes(tenant)).toEqual([])
  })

  test('a credit note whose entry is left out is told as a credit note in the end', async () => {
    const company = await aCompany()
    const { street, tenant, told, postedOf } = company
    const id = await company.send()
    const note = await company.credit(id)
    tenant.books.matchCreditNote(postedOf(id).Id, postedOf(note).Id)
    shortLedger(company, 3)
    await street.tick(PAYMENTS)
    expect(told(id)).toEqual({ phases: ['Credited'], amounts: [] })
    await company.aDay()
    expect(told(id).phases).toEqual(['Credited'])
  })

  test('two payments of which one is left out are told as two', async () => {
    const company = await aCompany()
    const { street, tenant, told, postedOf } = company
    const id = await company.send()
    tenant.books.receivePayment(postedOf(id).Id, 250)
    tenant.books.receivePayment(postedOf(id).Id, 1000)
    shortLedger(company, 1)
    await street.tick(PAYMENTS)
    expect(told(id)).toEqual({ phases: ['Paid'], amounts: [250, 1000] })
  })

  test.each([
    ['the list of a match is cut short', 'short'],
    ['the ledger answers errors', 'error-before'],
    ['the ledger answers nothing', 'empty'],
  ] as const)('a payment is told once it is explained: for minutes %s', async (_, name) => {
    const company = await aCompany()
    const { street, tenant, told, postedOf } = company
    const id = await company.send()
    tenant.books.receivePayment(postedOf(id).Id, 1250)
    street.town.powerOffice.faults.add({ name, on: /EntriesByMatchId/, times: 3 })
    await street.tick(PAYMENTS)
    expect(told(id)).toEqual({ phases: ['Paid'], amounts: [1250] })
  })

  test('an entry that stays away is told after five looks that come ever later, and ends by itself once it is there', async () => {
    const company = await aCompany({
      settings: { invoices: { mode: 'book' } },
      powerOffice: { entriesShowAfterMs: 9 * 3_600_000 },
    })
    const { street, tenant, told, postedOf } = company
    const id = await company.send()
    await street.town.passMinutes(600)
    tenant.books.receivePayment(postedOf(id).Id, 1250)
    const since = street.mark()
    await street.tick(PAYMENTS)
    const looks = street.town.calls.slice(since).filter(({ path }) => /EntriesByMatchId/.test(path))
    expect(looks).toHaveLength(5)
    expect(street.codes(tenant)).toEqual(['payment.unexplained'])
    expect(told(id)).toEqual({ phases: ['Sent'], amounts: [] })
    await street.town.passMinutes(240)
    await street.tick(PAYMENTS)
    // Once more with each sweep, and no oftener.
    expect(street.codes(tenant)).toEqual(['payment.unexplained'])
    await street.town.passMinutes(300)
    await street.tick(PAYMENTS)
    expect(told(id)).toEqual({ phases: ['Paid'], amounts: [1250] })
    expect(street.codes(tenant)).toEqual([])
  })

  test('what was told as paid is not taken back because an entry is left out for once', async () => {
    const company = await aCompany()
    const { street, tenant, told, postedOf } = company
    const id = await company.send()
    const payment = tenant.books.receivePayment(postedOf(id).Id, 1250)
    await street.tick(PAYMENTS)
    tenant.books.unmatch(payment.Id)
    tenant.books.matchAgain(postedOf(id).Id, payment.Id)
    shortLedger(company, 2)
    const since = street.mark()
    await street.tick(PAYMENTS)
    expect(told(id)).toEqual({ phases: ['Paid'], amounts: [1250] })
    expect(street.writes('tribe', since)).toEqual([])
  })
})

describe('zero is an amount', () => {
  test('an invoice that is discounted to nothing is paid, without a payment', async () => {
    const company = await aCompany()
    const { street, told, tenant } = company
    const id = await company.send({
      lines: [{ description: 'Gave', price: 1000, discountPercentage: 100, vatGroup: 'NO25' }],
    })
    expect(company.postedOf(id).TotalAmount).toBe(0)
    await street.tick(PAYMENTS)
    expect(told(id)).toEqual({ phases: ['Paid'], amounts: [] })
    const since = street.mark()
    await company.aDay()
    await street.tick(NIGHT)
    expect(street.writes('tribe', since)).toEqual([])
    expect(street.codes(tenant)).toEqual([])
  })

  test('so is the credit note of one, which credits nothing', async () => {
    const company = await aCompany()
    const { street, told, tenant } = company
    const id = await company.send({
      lines: [{ description: 'Gave', price: 1000, discountPercentage: 100, vatGroup: 'NO25' }],
    })
    const credit = tenant.crm.creditInvoice(id)
    tenant.crm.sendInvoice(credit)
    await street.quiet()
    expect(company.postedOf(credit).TotalAmount).toBe(0)
    await street.tick(PAYMENTS)
    expect([told(credit), street.codes(tenant)]).toEqual([{ phases: ['Paid'], amounts: [] }, []])
  })
})

describe('several invoices in one match', () => {
  test('two invoices, a payment and a credit note that names neither: what is told comes to what came in', async () => {
    const company = await aCompany()
    const { street, tenant, told, postedOf } = company
    const [first, second] = [await company.send(), await company.send()]
    const note = await company.send({
      lines: [{ description: 'Avslag', price: 240, quantity: -1, vatGroup: 'NO25' }],
    })
    tenant.books.payTwoInvoices([postedOf(first).Id, postedOf(second).Id], 2200)
    tenant.books.matchCreditNote(postedOf(first).Id, postedOf(note).Id)
    await street.tick(PAYMENTS)
    const { phases, amounts } = told(first, second)
    expect([phases, amounts.reduce((sum, one) => sum + one, 0)]).toEqual([['Paid', 'Paid'], 2200])
    const texts = tenant.crm.all('Payment').map(({ ExtraInfo }) => String(ExtraInfo))
    for (const text of texts) expect(text).toMatch(/paid together with other invoices/)
    // The credit note was settled without money: its phase stays.
    expect(tenant.crm.phaseOf(note)).toBe('Sent')
  })
})
