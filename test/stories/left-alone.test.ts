import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { anOfficeAt } from './office'
import { type Relay, startRelay, type Tenant } from './relay'
import { aShopAt, only } from './shop'

/** "Why was it left alone?", as the API, the console and the log answer it. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

async function becauseOf(tenant: Tenant, kind: string, side: 'tribeId' | 'powerOfficeId', id: unknown) {
  const { status, body } = await tenant.api('GET', `/records?kind=${kind}&${side}=${id}`)
  expect([status, body.error]).toEqual([200, undefined])
  return body.because
}

const becauseInLog = (id: string, kind: string) =>
  relay
    .logged('job')
    .filter((line) => line.kind === kind && line.tribeId === id)
    .map(({ because }) => because)

const looksOf = async (tenant: Tenant) => (await tenant.api('GET', '/export')).body.looks

test('a former customer is left alone as such, in the API, the console and the log, until it is one again', async () => {
  const acme = await relay.tenant()
  relay.clearLines()
  const { roleId } = acme.crm.hasCustomer({ organization: { Name: 'Før AS' }, role: { IsFormer: true } })
  await acme.quiet()
  expect(await becauseOf(acme, 'customer', 'tribeId', roleId)).toBe('former')
  expect(becauseInLog(roleId, 'customer')).toContain('former')
  const browser = browserOf(relay)
  await browser.logIn(acme.token)
  const page = await browser.open(`/console/tenants/${acme.id}/records/customer/tribe/${roleId}`)
  expect(page.text).toContain('Why it was left alone: it is a former relation in Tribe.')

  acme.crm.edit(roleId, { IsFormer: false })
  await acme.quiet()
  expect(await becauseOf(acme, 'customer', 'tribeId', roleId)).toBe('in-step')
  expect(becauseInLog(roleId, 'customer').at(-1)).toMatch(/^(made-in-poweroffice|in-step|compared)$/)
  expect(await looksOf(acme)).toEqual([])
})

test('an inactive product says so, and a look that says it again writes nothing', async () => {
  const acme = await aShopAt(relay)
  const product = acme.crm.hasProduct({ Name: 'Utgått', IsInactive: true })
  await acme.quiet()
  expect(await becauseOf(acme, 'product', 'tribeId', product)).toBe('inactive')
  expect(await looksOf(acme)).toMatchObject([
    { kind: 'product', subject: `tribe:${product}`, reason: 'inactive' },
  ])
  const before = await looksOf(acme)
  acme.crm.edit(String(product), { Name: 'Utgått vare' })
  await acme.quiet()
  expect(await looksOf(acme)).toEqual(before)
})

test('an invoice is left alone until it is sent; booked, it says that it is', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'book')
  relay.clearLines()
  const id = tenant.crm.hasInvoice({ roleId })
  await tenant.quiet()
  expect(await becauseOf(tenant, 'invoice', 'tribeId', id)).toBe('not-sent')
  tenant.crm.sendInvoice(id)
  await tenant.quiet()
  expect(await becauseOf(tenant, 'invoice', 'tribeId', id)).toBe('booked')
  expect(becauseInLog(id, 'invoice')).toEqual(
    expect.arrayContaining(['not-sent', 'PowerOffice is posting it', 'booked']),
  )
  const { Id } = only(tenant.books.postedInvoices())
  expect(await becauseOf(tenant, 'invoice', 'powerOfficeId', Id)).toBe('booked')
  expect(await looksOf(tenant)).toEqual([])
})

test('what stands in the way of a record is why it was left alone', async () => {
  const acme = await relay.tenant()
  const { roleId } = acme.crm.hasCustomer({ organization: { Name: 'Feil AS', EmailAddress: 'no address' } })
  await acme.quiet()
  expect(await becauseOf(acme, 'customer', 'tribeId', roleId)).toBe('relation.email_invalid')
})

test('a pair that an admin parted stays so, and says why', async () => {
  const acme = await relay.tenant()
  const { roleId } = acme.crm.hasCustomer({ organization: { Name: 'Skilt AS' } })
  await acme.quiet()
  await acme.api('POST', '/records/forget', { kind: 'customer', tribeId: roleId })
  await acme.quiet()
  expect(await becauseOf(acme, 'customer', 'tribeId', roleId)).toBe('forgotten')
})
