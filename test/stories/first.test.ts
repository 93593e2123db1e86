import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Relay, startRelay } from './relay'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterAll(() => relay.close())

test('customers of PowerOffice arrive in Tribe', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => {
      books.hasCustomer({ Name: 'Nordvik Bygg AS', EmailAddress: 'post@nordvik.example' })
      books.hasCustomer({ Name: 'Van der Berg B.V.' })
    },
  })

  expect(acme.crm.customers()).toHaveLength(2)
  expect(relay.violations()).toEqual([])
})
