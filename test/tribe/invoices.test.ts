import { expect, test } from 'vitest'
import { invoiceFromTribe } from '../../src/invoices/mapping'
import { createLimit } from '../../src/shared/limit'
import { createTokens, type Token } from '../../src/shared/tokens'
import { requestToken } from '../../src/tribe/auth'
import { createTribe, type Tribe } from '../../src/tribe/client'
import { type Dialect, PLAIN } from '../../src/tribe/dialect'
import { probeTribe } from '../../src/tribe/profile'
import { FakeTribe, type TribeEnvironment, type TribeOptions } from '../fakes/tribe'

/** Invoices in Tribes of all kinds: whatever dates and references are called there, and whatever is missing. */

interface Office {
  fake: FakeTribe
  crm: TribeEnvironment
  tribe: Tribe
}

async function anOffice(options: Partial<TribeOptions> = {}, dialect?: Dialect): Promise<Office> {
  const fake = new FakeTribe({ seed: 4 })
  const crm = fake.addEnvironment(options)
  const call = ((input: string, init: RequestInit) =>
    fake.app.fetch(new Request(input, init))) as typeof fetch
  const { clientId, clientSecret } = crm
  const base = { fetch: call, timeoutMs: 5000, now: () => Date.now() }
  const clientWith = (spelling: Dialect) => {
    let kept: Token | null = null
    const store = {
      get: async () => kept,
      put: async (token: Token | null) => {
        kept = token
      },
    }
    const ask = () =>
      requestToken({ clientId, clientSecret }, { ...base, authUrl: 'https://tribe.example/oauth2' })
    return createTribe({
      ...base,
      baseUrl: 'https://tribe.example/v1',
      tokens: createTokens(store, ask as never, base.now),
      dialect: spelling,
      limit: createLimit(4),
    })
  }
  const probed = dialect ?? (await probeTribe(clientWith(PLAIN))).dialect
  return { fake, crm, tribe: clientWith(probed) }
}

const sent = { invoiceDate: '2026-03-15', dueDate: '2026-03-29' }

test.each<[string, Partial<TribeOptions>]>([
  ['as in the reference', {}],
  ['an invoice date that is an instant', { invoiceDateName: 'Start', dueDateName: 'Deadline' }],
  ['other names for dates', { invoiceDateName: 'Date', dueDateName: 'PaymentDueDate' }],
  ['another name for the reference', { invoiceReferenceName: 'Reference' }],
  ['a flag on credit invoices', { creditMarker: 'flag' }],
  ['no mark on credit invoices', { creditMarker: 'none' }],
  ['what is null left out', { omitNulls: true }],
  ['metadata as JSON', { metadataFormat: 'json' }],
  ['small pages', { pageCap: 1, nextLink: true }],
])('an invoice is read whole from a Tribe with %s', async (_, options) => {
  const { crm, tribe } = await anOffice(options)
  const { roleId, organizationId } = crm.hasCustomer()
  const { contactId } = crm.hasContact({
    organizationId,
    person: { FirstName: 'Ada', MiddleName: 'van der', LastName: 'Berg' },
  })
  const product = crm.hasProduct({ Name: 'Time', SalesPrice: 100 })
  const reference = options.invoiceReferenceName ?? 'CustomerReference'
  const id = crm.hasInvoice({
    roleId,
    contactId,
    discountPercentage: 5,
    fields: { [reference]: 'PO-1' },
    lines: [
      { product, quantity: 2 },
      { description: 'Frakt', price: 9.5, vatGroup: 'NO15' },
    ],
  })
  const number = crm.sendInvoice(id, sent)
  const found = await tribe.findInvoice(id)
  if (!found) throw new Error('no invoice')
  expect(invoiceFromTribe(found)).toMatchObject({
    id,
    number,
    contactName: 'Ada van der Berg',
    reference: 'PO-1',
    currency: 'NOK',
    customer: { id: roleId, type: 'Relationship.Organization.CommercialRelationship.Customer' },
    date: sent.invoiceDate,
    dueDate: sent.dueDate,
    discount: 5,
    isVatIncluded: false,
    creditedId: null,
    totals: { net: 19_903, vat: 4885, total: 24_788 },
    lines: [
      { description: 'Time', quantity: 2, unitPrice: 100, vatPercent: 25, product: { id: product } },
      { description: 'Frakt', quantity: 1, unitPrice: 9.5, vatPercent: 15, product: null },
    ],
  })

  const credit = crm.creditInvoice(id)
  const credited = await tribe.findInvoice(credit)
  const isNamed = (options.creditMarker ?? 'navigation') === 'navigation'
  expect(credited && invoiceFromTribe(credited).creditedId).toBe(isNamed ? id : null)

  const phase = crm.lookupId('Datastore_Phase_ActivityInvoice', 'Sent')
  const ids = (rows: { ID: string }[]) => rows.map(({ ID }) => ID)
  expect(ids((await tribe.invoicesInPhases([phase])).rows)).toEqual([id])
  expect(ids(await tribe.sumsSince('2020-01-01', [phase]))).toEqual([id])
  expect(ids(await tribe.sumsAmong([id]))).toEqual([id])
  expect(ids(await tribe.invoicesDated('2026-03-15', '2026-03-15', [phase]))).toEqual([id])
  expect(await tribe.invoicesDated('2026-03-16', '2026-03-31', [phase])).toEqual([])
  expect(ids((await tribe.changedInvoices('2020-01-01T00:00:00Z')).rows).length).toBeGreaterThan(0)
  expect(await tribe.latestInvoiceChange()).toMatch(/^20\d\d-/)

  await tribe.setPhase(id, crm.lookupId('Datastore_Phase_ActivityInvoice', 'Paid'))
  expect(crm.phaseOf(id)).toBe('Paid')
  await tribe.createPayment({ Amount: 12.5, Provider: 'PowerOffice', Reference: 'PO-1', Invoice: { ID: id } })
  const [payment] = await tribe.paymentsOf(id)
  expect(payment).toMatchObject({ Amount: 12.5, Reference: 'PO-1' })
  await tribe.updatePayment(String(payment?.ID), { Amount: 0 })
  expect((await tribe.paymentsOf(id))[0]?.Amount).toBe(0)
  expect((await tribe.paymentStatuses()).some(({ Code }) => Code === 'Paid')).toBe(true)
  // That the cap is lower than what is asked for is nobody's fault.
  expect(crm.violations.filter((line) => !/above the cap of 1/.test(line))).toEqual([])
})

test('without metadata an invoice is read by the documented names, and is still of use', async () => {
  const { crm, tribe } = await anOffice({}, PLAIN)
  const { roleId } = crm.hasCustomer()
  const id = crm.hasInvoice({ roleId, lines: [{ price: 100, quantity: 3, vatGroup: 'NO25' }] })
  crm.sendInvoice(id, sent)
  const found = await tribe.findInvoice(id)
  expect(found && invoiceFromTribe(found)).toMatchObject({
    id,
    date: null,
    totals: { net: 30_000, vat: 7500, total: 37_500, amount: 37_500 },
    lines: [{ unitPrice: 100, quantity: 3, vatPercent: 25, vatGroup: { name: expect.any(String) } }],
  })
  expect(crm.violations).toEqual([])
})

test('where invoicing is switched off a Tribe is connected all the same', async () => {
  const { crm, tribe } = await anOffice({ invoicing: false })
  expect((await tribe.ownOrganization()).id).toBe(crm.ownOrganizationId)
  expect(crm.violations).toEqual([])
})

test('an invoice that Tribe does not know is none, and without phases there are none', async () => {
  const { tribe } = await anOffice()
  expect(await tribe.findInvoice('00000000-0000-4000-8000-000000000000')).toBeNull()
  expect((await tribe.invoicesInPhases([])).rows).toEqual([])
  expect(await tribe.latestInvoiceChange()).toBeNull()
})

test.each([3, 100])(
  'links to next pages are followed to their end, and no row comes twice (pages of %i)',
  async (pageCap) => {
    const { crm, tribe, fake } = await anOffice({ pageCap, nextLink: true })
    const { roleId } = crm.hasCustomer()
    for (let n = 0; n < 230; n++) crm.hasInvoice({ roleId, silent: true })
    fake.log.clear()
    const seen: string[] = []
    let from: string | undefined
    for (;;) {
      const page = await tribe.changedInvoices('2020-01-01T00:00:00Z', from)
      seen.push(...page.rows.map(({ ID }) => ID))
      if (page.next === null) break
      from = page.next
    }
    expect([seen.length, new Set(seen).size]).toEqual([230, 230])
    expect(fake.log.all.filter(({ path }) => path.includes('Activity_Invoice')).length).toBeLessThan(100)
  },
)
