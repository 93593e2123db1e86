import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { organizationOf, type Relay, startRelay, type Tenant } from './relay'

/** Tribe tells of our own writes, and of a thousand edits one by one: they are read together, and nothing is lost. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const toTribe = (acme: Tenant, pattern = /odata/) => relay.tribe.log.matching(pattern, acme.crm.id).length
const many = (n: number) => (_: unknown, books: Tenant['books']) => {
  for (let at = 0; at < n; at++) books.hasCustomer({ Name: `Kunde ${at} AS` })
}

test.each(['full', 'minimal', 'edge'] as const)(
  'what Tribe tells of a first load of 200 costs a list now and then, not a call each (payload %s)',
  async (payloadStyle) => {
    const acme = await relay.tenant({ tribe: { payloadStyle }, activate: false, seed: many(200) })
    const before = toTribe(acme)
    await acme.activate()
    expect(acme.crm.customers()).toHaveLength(200)
    expect(toTribe(acme) - before).toBeLessThanOrEqual(1.05 * 200 + 50)
  },
)

test('an import that changes 150 known customers in Tribe is read by lists, and all of it travels', async () => {
  const acme = await relay.tenant({ seed: many(150) })
  await relay.sleep(11 * 60_000)
  const before = toTribe(acme, /^GET .*odata/)
  for (const [n, role] of acme.crm.customers().entries())
    acme.crm.edit(String(organizationOf(role).ID), { PhoneNumber: `22 00 ${1000 + n}` })
  await acme.quiet()
  const phones = new Set(acme.books.customers().map(({ PhoneNumber }) => PhoneNumber))
  expect([phones.size, phones.has('')]).toEqual([150, false])
  // A dozen by themselves before it is a burst, then seventy-five a call.
  expect(toTribe(acme, /^GET .*odata/) - before).toBeLessThanOrEqual(40)
})

test('a lone edit is looked at at once', async () => {
  const acme = await relay.tenant({ seed: many(3) })
  await relay.sleep(60_000)
  const [role] = acme.crm.customers()
  const since = Date.now()
  acme.crm.edit(String(organizationOf(role).ID), { PhoneNumber: '22 33 44 55' })
  await relay.until(
    () => acme.books.customers().some(({ PhoneNumber }) => PhoneNumber === '22 33 44 55'),
    10_000,
    50,
  )
  expect(Date.now() - since).toBeLessThan(2000)
})

test('an edit right after our own write travels, too, some seconds later', async () => {
  const acme = await relay.tenant({ seed: many(2) })
  const [customer] = acme.books.customers()
  if (!customer) throw new Error('no customer')
  acme.books.editCustomer(customer.Id, { EmailAddress: 'post@kunde.example' })
  await acme.sync('relations')
  const role = acme.crm.customers().find((one) => organizationOf(one).EmailAddress === 'post@kunde.example')
  acme.crm.edit(String(organizationOf(role).ID), { PhoneNumber: '99 88 77 66' })
  await acme.quiet()
  expect(acme.books.customers().map(({ PhoneNumber }) => PhoneNumber)).toContain('99 88 77 66')
})
