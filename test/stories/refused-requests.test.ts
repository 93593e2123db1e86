import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { type Answer, OPERATOR, type Relay, startRelay, Tenant } from './relay'

/** What requests are seldom refused for is told by its code, and what the code's text says to do lets them through. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

const seen = ({ status, body }: Answer) => [status, body?.error?.code]

/** A company that the operator has added, with nothing connected. */
async function added(on: Relay): Promise<Tenant> {
  const tenant = new Tenant(on, on.tribe.addEnvironment(), on.powerOffice.addClient())
  const { body } = await on.operator('POST', '/api/tenants', { name: 'Ny AS' })
  tenant.id = body.id
  tenant.token = body.adminToken
  return tenant
}
const credentialsOf = ({ crm: { clientId, clientSecret } }: Tenant) => ({ clientId, clientSecret })

test('alert.email_unavailable: a relay without mail takes a webhook instead', async () => {
  const tenant = await relay.tenant({ activate: false })
  const by = async (alerts: object) => seen(await tenant.api('PATCH', '/settings', { alerts }))
  expect(await by({ email: 'drift@firma.example' })).toEqual([422, 'alert.email_unavailable'])
  const webhookUrl = 'https://alarm.example/here'
  expect(await by({ webhookUrl, webhookSecret: 'a secret of ours' })).toEqual([200, undefined])
})

test('field.no_metadata: once the application may read metadata in Tribe, fields are told', async () => {
  const tenant = await relay.tenant({ activate: false })
  relay.tribe.faults.add({ name: 'refused', on: /\$metadata/, times: Number.POSITIVE_INFINITY })
  const refreshed = () => tenant.api('GET', '/fields?refresh=true')
  expect(seen(await refreshed())).toEqual([422, 'field.no_metadata'])
  relay.tribe.faults.clear()
  expect(seen(await refreshed())).toEqual([200, undefined])
})

test('job.unknown: of a job that is done nothing can be tried again', async () => {
  const tenant = await relay.tenant()
  expect(seen(await tenant.api('POST', '/jobs/999999/retry'))).toEqual([404, 'job.unknown'])
})

test('tribe.identity_unclear: once the application sees one own organisation, Tribe is connected', async () => {
  const tenant = await added(relay)
  const connected = () => tenant.put('/tribe', credentialsOf(tenant))
  const [identity] = tenant.crm.all('Relationship_Organization_Identity')
  tenant.crm.hide(String(identity?.ID))
  expect(seen(await connected())).toEqual([422, 'tribe.identity_unclear'])
  tenant.crm.hide(String(identity?.ID), false)
  expect(seen(await connected())).toEqual([200, undefined])
})

test('tribe.application_missing: without an application of the relay, client credentials connect', async () => {
  const tenant = await added(relay)
  expect(seen(await tenant.api('GET', '/tribe/connect'))).toEqual([400, 'tribe.application_missing'])
  expect(seen(await tenant.put('/tribe', credentialsOf(tenant)))).toEqual([200, undefined])
})

const APPLICATION = { TRIBE_CLIENT_ID: 'marketplace-1', TRIBE_CLIENT_SECRET: 'marketplace-secret-1' }

test('tribe.consent_without_offline: once the application has that scope, the same consent connects', async () => {
  const other = await startRelay({ secrets: APPLICATION })
  const application = other.tribe.addApplication(`${other.url}/oauth/tribe/callback`)
  const tenant = await added(other)
  const browser = browserOf(other)
  await browser.logIn(OPERATOR)
  const consented = async () => {
    const { to } = await browser.open(`/console/tenants/${tenant.id}/setup/tribe/consent`)
    return browser.open(await other.wait(other.tribe.acceptConsent(to, tenant.crm)))
  }
  application.mayAskOffline = false
  const refused = await consented()
  expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([
    400,
    'tribe.consent_without_offline',
  ])
  application.mayAskOffline = true
  expect((await consented()).to).toBe(`/console/tenants/${tenant.id}?connected=tribe`)
  await other.close()
})
