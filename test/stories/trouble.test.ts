import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { organizationOf, type Relay, startRelay } from './relay'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  // How large a page may be cannot be known: Tribe cuts it.
  expect(relay.violations().filter((line) => !/above the cap of 3/.test(line))).toEqual([])
})
afterAll(() => relay.close())

test('while D1 is away a webhook is taken, and worked off when it is back', async () => {
  const acme = await relay.tenant()
  await relay.sql('alter table tenants rename to tenants_away')
  const { roleId } = acme.crm.hasCustomer({ organization: { Name: 'While D1 slept AS' } })
  await relay.wait(acme.crm.settled())
  expect(
    acme.crm.deliveries.filter((one) => one.payload.entityId === roleId).map((one) => one.status),
  ).toEqual([202])
  await relay.sleep(300)
  expect(acme.books.customers()).toEqual([])
  expect((await relay.call(null, 'GET', '/health')).status).toBe(200)

  await relay.sql('alter table tenants_away rename to tenants')
  await acme.quiet()
  expect(acme.books.customers()).toMatchObject([{ Name: 'While D1 slept AS' }])
})

test('links that cannot be written are written later, and nothing is made twice', async () => {
  const acme = await relay.tenant()
  await relay.sql('alter table links rename to links_away')
  acme.crm.hasCustomer({ organization: { Name: 'No links AS' } })
  await relay.wait(acme.crm.settled())
  await relay.sleep(500)
  await relay.sql('alter table links_away rename to links')
  await acme.quiet()
  expect(acme.books.customers()).toHaveLength(1)
  expect((await acme.status()).links.customer).toBe(1)
})

test('a client key that PowerOffice refuses stops that tenant alone, loses nothing, and heals with a new key', async () => {
  const [acme, other] = [await relay.tenant(), await relay.tenant()]
  acme.books.quirks.revokeTokensToo = true
  acme.books.revokeKey()
  acme.crm.hasCustomer({ organization: { Name: 'Waits AS' } })
  await acme.quiet()
  const status = await acme.status()
  expect(status.state).toBe('reconnect')
  expect(status.problems).toMatchObject([{ code: 'poweroffice.client_key_refused', remedy: 'reconnect' }])
  expect(status.jobs.due).toBeGreaterThan(0)

  relay.powerOffice.log.clear()
  await acme.poll()
  acme.crm.hasCustomer({ organization: { Name: 'Waits too AS' } })
  await relay.wait(acme.crm.settled())
  await relay.sleep(200)
  expect(relay.powerOffice.requestsOf(acme.books)).toEqual([])
  other.crm.hasCustomer({ organization: { Name: 'Does not wait AS' } })
  await other.quiet()
  expect(other.books.customers()).toHaveLength(1)

  acme.books.restoreKey()
  await acme.put('/poweroffice', { clientKey: acme.books.clientKey })
  await acme.quiet()
  expect((await acme.status()).state).toBe('active')
  expect(
    acme.books
      .customers()
      .map((one) => one.Name)
      .sort(),
  ).toEqual(['Waits AS', 'Waits too AS'])
})

test("Tribe's refused credentials stop the tenant, and heal with new ones", async () => {
  const acme = await relay.tenant()
  acme.crm.revokeCredentials()
  acme.crm.revokeTokens()
  acme.crm.hasCustomer({ organization: { Name: 'Waits AS' } })
  await acme.quiet()
  expect(await acme.status()).toMatchObject({
    state: 'reconnect',
    reconnect: { code: 'tribe.credentials_refused' },
  })

  acme.crm.restoreCredentials()
  const clientSecret = acme.crm.rotateSecret()
  const wrong = await acme.put('/tribe', { clientId: acme.crm.clientId, clientSecret: 'no' })
  expect(wrong.status).toBe(422)
  expect((await acme.put('/tribe', { clientId: acme.crm.clientId, clientSecret })).status).toBe(200)
  await acme.quiet()
  expect(acme.books.customers()).toHaveLength(1)
})

test('credentials of another Tribe are not taken for this tenant', async () => {
  const acme = await relay.tenant()
  const stranger = relay.tribe.addEnvironment()
  const answer = await acme.put('/tribe', {
    clientId: stranger.clientId,
    clientSecret: stranger.clientSecret,
  })
  expect([answer.status, answer.body.error.code]).toEqual([422, 'tribe.other_organization'])
})

test('a token that runs out is renewed ahead of its end, and once when it is refused', async () => {
  const acme = await relay.tenant()
  const tokens = () => relay.powerOffice.requestsOf(acme.books, /OAuth\/Token/).length
  acme.crm.hasCustomer({ organization: { Name: 'One AS' } })
  await acme.quiet()
  const before = tokens()
  acme.crm.hasCustomer({ organization: { Name: 'Two AS' } })
  await acme.quiet()
  expect(tokens()).toBe(before)

  relay.powerOffice.faults.add({
    name: 'unauthorized',
    on: /^POST .*Customers/,
    account: acme.books.clientKey,
  })
  acme.crm.hasCustomer({ organization: { Name: 'Three AS' } })
  await acme.quiet()
  expect(tokens()).toBe(before + 1)
  expect(acme.books.customers()).toHaveLength(3)
})

test('a customer that Tribe shows in another spelling of its fields is synced all the same', async () => {
  const acme = await relay.tenant({
    tribe: {
      vatNumberSpelling: 'VatNumber',
      omitNulls: true,
      webhookIdName: 'ID',
      webhookListShape: 'value',
      createAnswers: 200,
      metadataFormat: 'json',
    },
    powerOffice: {
      nullsOmitted: true,
      problemStyle: 'pascal',
      timestampsWithSpace: true,
      paginationHeader: false,
    },
    seed: (_crm, books) => books.hasCustomer({ Name: 'Other spelling AS', OrganizationNumber: '914778271' }),
  })
  expect(organizationOf(acme.crm.customers()[0]).VatNumber).toBe('914778271')
  acme.crm.hasCustomer({ organization: { Name: 'Back AS', VatNumber: '974760673' } })
  await acme.quiet()
  expect(acme.books.customers()[1]).toMatchObject({ Name: 'Back AS', OrganizationNumber: '974760673' })
  await acme.poll()
})

for (const [what, tribe] of [
  ['writes answer without a body', { emptyWriteAnswers: true }],
  ['lists come in small pages', { pageCap: 3 }],
  ['lists point to their next page', { pageCap: 3, nextLink: true }],
  ['a null in a write is passed over', { nullWrites: 'ignore' }],
  ['a null in a write is refused', { nullWrites: 'refuse' }],
  ['deliveries say next to nothing', { payloadStyle: 'minimal' }],
  ['deliveries speak of links only', { payloadStyle: 'edge' }],
  ['our own writes send no webhooks', { echo: false }],
] as const)
  test(`customers travel both ways where in Tribe ${what}`, async () => {
    const acme = await relay.tenant({
      tribe,
      seed: (_crm, books) => {
        for (let n = 0; n < 8; n++)
          books.hasCustomer({
            Name: `Customer ${n} AS`,
            PhoneNumber: `${n}`,
            EmailAddress: n % 2 ? `post${n}@x.example` : null,
          })
      },
    })
    expect(acme.crm.customers()).toHaveLength(8)
    const [first] = acme.books.customers()
    if (!first) throw new Error('no customer')
    acme.books.editCustomer(first.Id, { Name: 'Renamed AS', PhoneNumber: null })
    await acme.poll()
    const found = () =>
      acme.crm
        .customers()
        .map(organizationOf)
        .find((one) => one.DebtorNumber === String(first.Number))
    expect(found()?.Name).toBe('Renamed AS')
    expect(found()?.PhoneNumber ?? '').toBe('')
    await relay.sleep(1100)
    acme.crm.edit(String(found()?.ID), { Name: 'Renamed again AS' })
    await acme.quiet()
    expect(acme.books.customer(first.Id)?.Name).toBe('Renamed again AS')
    expect(acme.books.customer(first.Id)?.PhoneNumber).toBeNull()
    expect(acme.books.customers()).toHaveLength(8)
    await acme.poll()
    expect((await acme.status()).problems).toEqual([])
  })
