import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ALL_PRIVILEGES } from '../fakes/poweroffice/client-options'
import { organizationOf, type Relay, startRelay, type Tenant } from './relay'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({ callTimeoutMs: 1500 })
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1)
  return list[0] as T
}
const inPowerOffice = (acme: Tenant) => only(acme.books.customers())
const role = (acme: Tenant) => only(acme.crm.customers())

/** A customer that both systems know, with terms of 14, 30 and 45 days in PowerOffice. */
async function aCustomer(settings = {}, powerOffice = {}) {
  const terms = new Map<number, number>()
  const acme = await relay.tenant({
    settings,
    powerOffice,
    seed: (_crm, books) => {
      for (const days of [14, 30, 45]) terms.set(days, books.hasPaymentTerm({ CreditDays: days }).Id)
      books.hasCustomer({
        Name: 'Nordvik Bygg AS',
        InvoiceEmailAddress: 'faktura@nordvik.example',
        PaymentTermId: terms.get(14) ?? null,
      })
    },
  })
  const organizationId = String(organizationOf(role(acme)).ID)
  return { acme, powerOfficeId: inPowerOffice(acme).Id, roleId: String(role(acme).ID), organizationId, terms }
}

test('the address for invoices and the payment days travel both ways', async () => {
  const { acme, powerOfficeId, roleId, organizationId, terms } = await aCustomer()
  expect(organizationOf(role(acme)).FinancialEmailAddress).toBe('faktura@nordvik.example')
  expect(role(acme).PaymentTermInDays).toBe(14)

  acme.crm.edit(roleId, { PaymentTermInDays: 30 })
  acme.crm.edit(organizationId, { FinancialEmailAddress: 'regning@nordvik.example' })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({
    PaymentTermId: terms.get(30),
    InvoiceEmailAddress: 'regning@nordvik.example',
  })

  acme.books.editCustomer(powerOfficeId, {
    PaymentTermId: terms.get(45) ?? 0,
    InvoiceEmailAddress: 'ny@nordvik.example',
  })
  await acme.sync('relations')
  expect(role(acme).PaymentTermInDays).toBe(45)
  expect(organizationOf(role(acme)).FinancialEmailAddress).toBe('ny@nordvik.example')
})

test('a new customer in Tribe gets its payment term in PowerOffice right away', async () => {
  const { acme, terms } = await aCustomer()
  acme.crm.hasCustomer({ organization: { Name: 'Ny AS' }, role: { PaymentTermInDays: 45 } })
  await acme.quiet()
  expect(acme.books.customers().find((customer) => customer.Name === 'Ny AS')?.PaymentTermId).toBe(
    terms.get(45),
  )
})

test('payment days that PowerOffice has no term for are said, the rest gets there, and they go by themselves once the term is there', async () => {
  const { acme, roleId, organizationId, terms } = await aCustomer()
  acme.crm.edit(organizationId, { PhoneNumber: '22' })
  acme.crm.edit(roleId, { PaymentTermInDays: 21 })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({ PhoneNumber: '22', PaymentTermId: terms.get(14) })
  expect((await acme.status()).problems).toMatchObject([
    { code: 'payment_term.unknown', remedy: 'data', kind: 'customer', tribeId: roleId },
  ])
  // Nothing takes them back meanwhile.
  await acme.poll()
  await acme.sync('compare')
  expect(role(acme).PaymentTermInDays).toBe(21)
  expect((await acme.status()).problems).toMatchObject([{ code: 'payment_term.unknown' }])

  const { Id } = acme.books.hasPaymentTerm({ CreditDays: 21 })
  // A list that lacks what is looked for is read anew a few seconds later.
  await relay.until(
    async () => {
      await acme.api('POST', '/jobs/retry', { code: 'payment_term.unknown' })
      await acme.quiet()
      return inPowerOffice(acme).PaymentTermId === Id
    },
    15_000,
    1000,
  )
  expect(inPowerOffice(acme).PaymentTermId).toBe(Id)
  expect((await acme.status()).problems).toEqual([])
})

test('a new customer with payment days that PowerOffice has no term for is made all the same, once', async () => {
  const acme = await relay.tenant()
  const { roleId } = acme.crm.hasCustomer({
    organization: { Name: 'Ny AS' },
    role: { PaymentTermInDays: 21 },
  })
  await acme.quiet()
  expect(inPowerOffice(acme).Name).toBe('Ny AS')
  expect((await acme.status()).problems).toMatchObject([{ code: 'payment_term.unknown', tribeId: roleId }])

  acme.crm.edit(roleId, { PaymentTermInDays: null })
  await acme.quiet()
  expect((await acme.status()).problems).toEqual([])
  expect(acme.books.customers()).toHaveLength(1)
})

test('a term that is no longer in use in PowerOffice is not given to anybody', async () => {
  const { acme, roleId } = await aCustomer()
  acme.books.hasPaymentTerm({ CreditDays: 61, IsActive: false })
  acme.crm.edit(roleId, { PaymentTermInDays: 61 })
  await acme.quiet()
  expect((await acme.status()).problems).toMatchObject([{ code: 'payment_term.unknown' }])
})

test('an address for invoices that PowerOffice would refuse is said, and the rest gets there', async () => {
  const { acme, organizationId } = await aCustomer()
  acme.crm.edit(organizationId, { FinancialEmailAddress: 'regning.nordvik', PhoneNumber: '33' })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({
    PhoneNumber: '33',
    InvoiceEmailAddress: 'faktura@nordvik.example',
  })
  expect((await acme.status()).problems).toMatchObject([{ code: 'relation.email_invalid' }])
})

test('without the privilege for payment terms they come from PowerOffice no more than they go, and nothing fails', async () => {
  const privileges = ALL_PRIVILEGES.filter((name) => !name.startsWith('CommonServices'))
  const { acme, roleId, organizationId } = await aCustomer({}, { privileges })
  acme.crm.edit(roleId, { PaymentTermInDays: 45 })
  acme.crm.edit(organizationId, { FinancialEmailAddress: 'regning@nordvik.example' })
  await acme.quiet()
  expect(inPowerOffice(acme).InvoiceEmailAddress).toBe('regning@nordvik.example')
  expect(inPowerOffice(acme).PaymentTerm).toBe(14)
  await acme.sync('compare')
  expect(role(acme).PaymentTermInDays).toBe(45)
  expect(acme.calls(/PaymentTerms/)).toEqual([])
  expect((await acme.status()).problems).toEqual([])
})

test('with the financial fields switched off they stay as they are on either side', async () => {
  const { acme, powerOfficeId, roleId, organizationId, terms } = await aCustomer({
    relations: { financialFields: false },
  })
  expect(organizationOf(role(acme)).FinancialEmailAddress ?? null).toBeNull()
  expect(role(acme).PaymentTermInDays ?? null).toBeNull()
  acme.crm.edit(roleId, { PaymentTermInDays: 45 })
  acme.crm.edit(organizationId, { FinancialEmailAddress: 'regning@nordvik.example', PhoneNumber: '1' })
  await acme.quiet()
  acme.books.editCustomer(powerOfficeId, {
    PaymentTermId: terms.get(30) ?? 0,
    EmailAddress: 'post@nordvik.example',
  })
  await acme.sync('relations')
  await acme.sync('compare')
  expect(inPowerOffice(acme)).toMatchObject({
    PaymentTerm: 30,
    InvoiceEmailAddress: 'faktura@nordvik.example',
    PhoneNumber: '1',
  })
  expect(role(acme)).toMatchObject({
    PaymentTermInDays: 45,
    Organization: { EmailAddress: 'post@nordvik.example' },
  })
})

test('payment days that are emptied in Tribe are emptied in PowerOffice', async () => {
  const { acme, roleId } = await aCustomer()
  acme.crm.edit(roleId, { PaymentTermInDays: null })
  await acme.quiet()
  expect(inPowerOffice(acme).PaymentTermId).toBeNull()
})
