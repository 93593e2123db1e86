import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
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

/** A company with one customer that both systems know, in step and quiet. */
async function aPair(settings: Record<string, unknown> = {}) {
  const acme = await relay.tenant({
    settings,
    seed: (_crm, books) =>
      books.hasCustomer({ Name: 'Nordvik Bygg AS', PhoneNumber: '22', EmailAddress: 'post@nordvik.example' }),
  })
  const customer = acme.books.customers()[0]
  const organizationId = String(organizationOf(acme.crm.customers()[0]).ID)
  if (!customer) throw new Error('no customer')
  // Tribe's clock tells whole seconds: what is edited within that of our create may look like Tribe's own spelling of it.
  await relay.sleep(1000)
  return { acme, powerOfficeId: customer.Id, organizationId }
}
const inTribe = (acme: Tenant) => organizationOf(acme.crm.customers()[0])
const inPowerOffice = (acme: Tenant) => acme.books.customers()[0]

// ── Tribe → PowerOffice ─────────────────────────────────────────────────────

test('a new customer in Tribe is in PowerOffice at once, and its number is in Tribe', async () => {
  const acme = await relay.tenant()
  const before = relay.powerOffice.requestsOf(acme.books).length
  acme.crm.hasCustomer({
    organization: {
      Name: 'Solberg & Sønner AS',
      VATNumber: 'NO 914 778 271 MVA',
      EmailAddress: 'post@solberg.example',
    },
    invoiceAddress: {
      Street: 'Havnegata',
      HouseNumber: 12,
      HouseNumberSuffix: 'B',
      Postalcode: '7010',
      City: 'Trondheim',
      Country: 'NO',
    },
  })
  await acme.quiet()

  expect(acme.books.customers()).toMatchObject([
    {
      Name: 'Solberg & Sønner AS',
      OrganizationNumber: '914778271',
      EmailAddress: 'post@solberg.example',
      IsPerson: false,
      MailAddress: { AddressLine1: 'Havnegata 12 B', ZipCode: '7010', City: 'Trondheim', CountryCode: 'NO' },
    },
  ])
  expect(inTribe(acme).DebtorNumber).toBe(String(inPowerOffice(acme)?.Number))
  // The token, and the customer; the echo of the number that was written back costs none.
  expect(relay.powerOffice.requestsOf(acme.books).length - before).toBeLessThanOrEqual(3)
  expect((await acme.status()).links.customer).toBe(1)
})

test('the number that PowerOffice gives overwrites what Tribe assigned by itself', async () => {
  const acme = await relay.tenant({ tribe: { autoDebtorNumbers: true, firstDebtorNumber: 777 } })
  acme.crm.hasCustomer({ organization: { Name: 'Autonummer AS' } })
  await acme.quiet()
  expect(acme.books.customers()).toHaveLength(1)
  expect(inTribe(acme).DebtorNumber).toBe(String(inPowerOffice(acme)?.Number))
})

test('doubled, late and reordered webhooks end with exactly one customer', async () => {
  const acme = await relay.tenant()
  acme.crm.holdDeliveries()
  const { organizationId } = acme.crm.hasCustomer({ organization: { Name: 'Twice AS' } })
  acme.crm.edit(organizationId, { PhoneNumber: '1' })
  acme.crm.edit(organizationId, { PhoneNumber: '2' })
  acme.crm.releaseDeliveries({ shuffle: true, duplicate: true })
  await acme.quiet()
  acme.crm.deliverAgain(6)
  await acme.quiet()
  expect(acme.books.customers()).toMatchObject([{ Name: 'Twice AS', PhoneNumber: '2' }])
})

test('a webhook and a poll at once end with exactly one customer', async () => {
  const acme = await relay.tenant()
  acme.crm.hasCustomer({ organization: { Name: 'Both AS' } })
  await Promise.all([relay.tick('*/15 * * * *'), acme.api('POST', '/sync', { what: 'relations' })])
  await acme.quiet()
  await acme.poll()
  expect(acme.books.customers()).toHaveLength(1)
  expect(acme.crm.customers()).toHaveLength(1)
})

for (const fault of ['lost-after', 'error-after', 'truncated', 'empty', 'slow-after'] as const)
  test(`an answer of PowerOffice that is lost after it made the customer makes no second one (${fault})`, async () => {
    const acme = await relay.tenant()
    relay.powerOffice.faults.add({
      name: fault,
      on: /^POST .*Customers/,
      account: acme.books.clientKey,
      delayMs: 2500,
    })
    acme.crm.hasCustomer({ organization: { Name: 'Lost AS' } })
    await acme.quiet()
    expect(acme.books.customers()).toHaveLength(1)
    expect(inTribe(acme).DebtorNumber).toBe(String(inPowerOffice(acme)?.Number))
  })

for (const fault of [
  'rate-limited',
  'rate-limited-bare',
  'unavailable',
  'error-before',
  'lost-before',
  'html',
  'unauthorized',
] as const)
  test(`a customer gets there though PowerOffice first says ${fault}`, async () => {
    const acme = await relay.tenant()
    relay.powerOffice.faults.add({ name: fault, on: /^POST .*Customers/, account: acme.books.clientKey })
    acme.crm.hasCustomer({ organization: { Name: 'Later AS' } })
    await acme.quiet()
    expect(acme.books.customers()).toHaveLength(1)
    expect((await acme.status()).problems).toEqual([])
  })

test('a change of one field in Tribe costs two calls, and its echo none', async () => {
  const { acme, organizationId } = await aPair()
  relay.powerOffice.log.clear()
  acme.crm.edit(organizationId, { PhoneNumber: '+47 22 33 44 55' })
  await acme.quiet()
  expect(inPowerOffice(acme)?.PhoneNumber).toBe('+47 22 33 44 55')
  expect(acme.calls().map((seen) => seen.method)).toEqual(['GET', 'PATCH'])
  await acme.poll()
  expect(acme.calls(/PATCH/)).toHaveLength(1)
})

test('a number that a user changes in Tribe goes back to what PowerOffice says', async () => {
  const { acme, organizationId } = await aPair()
  acme.crm.edit(organizationId, { DebtorNumber: '1' })
  await acme.quiet()
  expect(inTribe(acme).DebtorNumber).toBe(String(inPowerOffice(acme)?.Number))
  expect(acme.calls(/PATCH/)).toEqual([])
})

test('a field that is emptied in Tribe is emptied in PowerOffice', async () => {
  const { acme, organizationId } = await aPair()
  acme.crm.edit(organizationId, { PhoneNumber: null })
  await acme.quiet()
  expect(inPowerOffice(acme)?.PhoneNumber).toBeNull()
})

test('a webhook that got lost is made good by the next poll', async () => {
  const { acme, organizationId } = await aPair()
  await relay.sleep(1100)
  acme.crm.edit(organizationId, { PhoneNumber: '33' }, { silent: true })
  acme.crm.hasCustomer({ organization: { Name: 'Silent AS' }, silent: true })
  await acme.poll()
  expect(inPowerOffice(acme)?.PhoneNumber).toBe('33')
  expect(acme.books.customers().map((one) => one.Name)).toContain('Silent AS')
})

test('an e-mail address that PowerOffice would refuse is said, and the rest gets there', async () => {
  const acme = await relay.tenant()
  const { organizationId, roleId } = acme.crm.hasCustomer({
    organization: { Name: 'Typo AS', EmailAddress: 'post.typo', PhoneNumber: '1' },
  })
  await acme.quiet()
  expect(acme.books.customers()).toMatchObject([{ Name: 'Typo AS', PhoneNumber: '1', EmailAddress: null }])
  expect((await acme.status()).problems).toMatchObject([
    { code: 'relation.email_invalid', kind: 'customer', tribeId: roleId },
  ])

  acme.crm.edit(organizationId, { EmailAddress: 'post@typo.example' })
  await acme.quiet()
  expect(inPowerOffice(acme)?.EmailAddress).toBe('post@typo.example')
  expect((await acme.status()).problems).toEqual([])
})

// ── PowerOffice → Tribe ─────────────────────────────────────────────────────

test('a change in PowerOffice is in Tribe after the next pull, and a pull without news costs one call for each kind', async () => {
  const { acme, powerOfficeId } = await aPair()
  acme.books.editCustomer(powerOfficeId, { Name: 'Nordvik Bygg og Anlegg AS' })
  await acme.poll()
  expect(inTribe(acme).Name).toBe('Nordvik Bygg og Anlegg AS')

  relay.powerOffice.log.clear()
  relay.tribe.log.clear()
  await acme.poll()
  expect(acme.calls().map((seen) => seen.path)).toEqual([
    '/v2/Customers',
    '/v2/Suppliers',
    '/v2/ContactPersons',
  ])
  expect(relay.tribe.log.matching(/^(PUT|POST) \/v1\/odata/, acme.crm.id)).toEqual([])
})

test('a new customer in PowerOffice arrives with the next pull, once', async () => {
  const acme = await relay.tenant()
  acme.books.hasCustomer({ Name: 'New in books AS' })
  await acme.poll()
  await acme.poll()
  expect(acme.crm.customers()).toHaveLength(1)
  expect(acme.books.customers()).toHaveLength(1)
})

test('pulled changes come in order through pages, with many of one time among them', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => Array.from({ length: 30 }, (_, n) => books.hasCustomer({ Name: `C${n}` })),
  })
  for (const customer of acme.books.customers())
    acme.books.editCustomer(customer.Id, { PhoneNumber: `${customer.Number}` })
  await acme.poll()
  const phones = acme.crm.customers().map((role) => organizationOf(role).PhoneNumber)
  expect(new Set(phones)).toEqual(new Set(acme.books.customers().map((one) => String(one.Number))))
})

// ── Both sides ──────────────────────────────────────────────────────────────

test('different fields that were edited on both sides are merged', async () => {
  const { acme, powerOfficeId, organizationId } = await aPair()
  acme.books.editCustomer(powerOfficeId, { Name: 'New name AS' })
  acme.crm.edit(organizationId, { PhoneNumber: '99' })
  await acme.quiet()
  await acme.poll()
  expect(inPowerOffice(acme)).toMatchObject({ Name: 'New name AS', PhoneNumber: '99' })
  expect(inTribe(acme)).toMatchObject({ Name: 'New name AS', PhoneNumber: '99' })
})

for (const [policy, expected] of [
  ['poweroffice', 'From PowerOffice AS'],
  ['tribe', 'From Tribe AS'],
  ['newest', 'From Tribe AS'],
] as const)
  test(`the same field edited on both sides follows the policy "${policy}", and is noted`, async () => {
    const { acme, powerOfficeId, organizationId } = await aPair({ conflictPolicy: policy })
    acme.books.editCustomer(powerOfficeId, { Name: 'From PowerOffice AS' })
    await relay.sleep(1100)
    acme.crm.edit(organizationId, { Name: 'From Tribe AS' })
    await acme.quiet()
    await acme.poll()
    expect(inPowerOffice(acme)?.Name).toBe(expected)
    expect(inTribe(acme).Name).toBe(expected)
    const record = await acme.api('GET', `/records?kind=customer&powerOfficeId=${powerOfficeId}`)
    expect(record.body.timeline.map((entry: { event: string }) => entry.event)).toContain('conflict')
    expect(record.body).toMatchObject({ state: 'linked', tribeRelationId: organizationId })
    expect((await acme.api('GET', `/records?kind=customer&tribeId=${organizationId}`)).body).toMatchObject({
      powerOfficeId: String(powerOfficeId),
    })
  })

test('both sides edited to the same value are in step without a write', async () => {
  const { acme, powerOfficeId, organizationId } = await aPair()
  relay.tribe.log.clear()
  acme.books.editCustomer(powerOfficeId, { Name: 'Same AS' })
  acme.crm.edit(organizationId, { Name: 'Same AS' })
  await acme.quiet()
  await acme.poll()
  expect(acme.calls(/PATCH/)).toEqual([])
  expect(relay.tribe.log.matching(/^PUT/, acme.crm.id)).toEqual([])
})

test('a replica of PowerOffice that lags does not undo what was just written', async () => {
  const { acme, organizationId } = await aPair()
  relay.powerOffice.replicaLagMs = 1500
  acme.crm.edit(organizationId, { Name: 'Fresh AS' })
  await acme.quiet()
  await acme.poll()
  relay.powerOffice.replicaLagMs = 0
  await acme.poll()
  expect(inTribe(acme).Name).toBe('Fresh AS')
  expect(inPowerOffice(acme)?.Name).toBe('Fresh AS')
})

test('a pair that somebody keeps setting back is stopped and reported', async () => {
  const { acme, powerOfficeId, organizationId } = await aPair()
  for (let round = 0; round < 5; round++) {
    acme.crm.edit(organizationId, { Name: 'ACME' })
    await acme.quiet()
    acme.books.editCustomer(powerOfficeId, { Name: 'Acme AS' })
    await acme.poll()
  }
  expect((await acme.status()).problems).toMatchObject([{ code: 'relation.flapping', remedy: 'data' }])
})

test('a customer that was deleted in Tribe stays in PowerOffice, and is not made again', async () => {
  const { acme, powerOfficeId } = await aPair()
  acme.crm.remove(String(acme.crm.customers()[0]?.ID))
  await acme.quiet()
  acme.books.editCustomer(powerOfficeId, { PhoneNumber: '1' })
  await acme.poll()
  expect(acme.books.customers()).toHaveLength(1)
  expect(acme.crm.customers()).toEqual([])
  const record = await acme.api('GET', `/records?kind=customer&powerOfficeId=${powerOfficeId}`)
  expect(record.body.state).toBe('tribe-gone')
})

test('a customer that was deleted in PowerOffice stays in Tribe, and is not made again', async () => {
  const { acme, powerOfficeId, organizationId } = await aPair()
  acme.books.deleteCustomer(powerOfficeId)
  acme.crm.edit(organizationId, { PhoneNumber: '1' })
  await acme.quiet()
  expect(acme.books.customers()).toEqual([])
  expect(acme.crm.customers()).toHaveLength(1)
  const record = await acme.api('GET', `/records?kind=customer&powerOfficeId=${powerOfficeId}`)
  expect(record.body.state).toBe('poweroffice-gone')
})
