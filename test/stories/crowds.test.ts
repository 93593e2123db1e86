import { afterEach, beforeEach, expect, test } from 'vitest'
import { companies } from '../fakes/data/companies'
import { type Relay, startRelay, type Tenant } from './relay'

/** What one company does to another's push: from its webhook to PowerOffice's request, at the usual limits. */

const LIMIT_MS = 2000
const MINUTE_MS = 60_000
const PUSHES = 8

let relay: Relay
beforeEach(async () => {
  relay = await startRelay({ requestsPerSecond: 10, vars: { TRIBE_REQUESTS_PER_MINUTE: '1000' } })
})
afterEach(async () => {
  const violations = relay.violations()
  await relay.close()
  expect(violations).toEqual([])
})

const aCompany = (customers = 0): Promise<Tenant> =>
  relay.tenant({
    tribe: { requestsPerMinute: 1000 },
    activate: false,
    seed: (_, books) => {
      for (const { name } of companies(customers)) books.hasCustomer({ Name: name })
    },
  })

async function atWork(customers = 0): Promise<Tenant> {
  const company = await aCompany(customers)
  await company.activate()
  return company
}

const madeIn = ({ crm }: Tenant, count: number) => {
  for (let n = 0; n < count; n++) crm.hasCustomer({ organization: { Name: `Ny kunde ${n} AS` } })
}

/** How long a new customer of this company takes until PowerOffice is asked to make it. */
async function pushOf({ crm, books }: Tenant, name: string): Promise<number> {
  const from = relay.powerOffice.log.all.length
  const beganAt = Date.now()
  crm.hasCustomer({ organization: { Name: name } })
  const asked = () =>
    relay.powerOffice.log.all
      .slice(from)
      .find(
        ({ method, path, account, body }) =>
          method === 'POST' &&
          path.endsWith('/Customers') &&
          account === books.clientKey &&
          String(JSON.stringify(body)).includes(name),
      )
  await relay.until(asked, 2 * MINUTE_MS, 20)
  return (asked()?.at ?? Number.POSITIVE_INFINITY) - beganAt
}

/** The slowest of some pushes, one after another. */
async function slowestOf(company: Tenant): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < PUSHES; n++) {
    times.push(await pushOf(company, `Vår kunde ${n} AS`))
    await relay.sleep(500)
  }
  return Math.max(...times)
}

test('three companies load, with forty new customers each: the customer of a fourth waits two seconds at the most', async () => {
  const acme = await atWork()
  const three = [await aCompany(400), await aCompany(400), await aCompany(400)]
  for (const company of three) await company.api('POST', '/activate')
  for (const company of three) madeIn(company, 40)
  expect(await slowestOf(acme)).toBeLessThanOrEqual(LIMIT_MS)
})

test("a thousand new customers of one company: another's waits two seconds at the most", async () => {
  const [acme, other] = [await atWork(), await atWork()]
  madeIn(other, 1000)
  expect(await slowestOf(acme)).toBeLessThanOrEqual(LIMIT_MS)
})

test.each(['another company', 'the same company'])(
  'three hundred searches of %s: the new customer waits two seconds at the most',
  async (whose) => {
    const acme = await atWork(100)
    const searching = whose === 'the same company' ? acme : await atWork(100)
    await relay.sleep(MINUTE_MS)
    for (let n = 0; n < 300; n++) void searching.api('GET', '/records/search?kind=customer&q=AS')
    expect(await slowestOf(acme)).toBeLessThanOrEqual(LIMIT_MS)
  },
)
