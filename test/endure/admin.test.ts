import { afterEach, beforeEach, expect, test } from 'vitest'
import { strike } from '../fakes/catalogue'
import { strickenOf } from '../faults/scenario'
import { Town } from '../platform/town'
import { lookAt } from './week'

let town: Town
beforeEach(() => {
  town = new Town(5)
})
afterEach(() => town.platform.close())

test('an admin who is told to come back later does, while there is trouble; when there is none, nobody may be told so', async () => {
  const tenant = await town.addTenant({})
  const trouble = strike('d1-fails', strickenOf(town, tenant), { times: Number.POSITIVE_INFINITY })
  await lookAt(town, tenant, { isClear: false })
  expect(town.story.at(-1)).toContain('is to come back later: POST /jobs/retry: {"status":503')
  await expect(lookAt(town, tenant, { isClear: true })).rejects.toThrow('relay.database_unavailable')
  trouble.lift()
  await lookAt(town, tenant, { isClear: true })
})

test('whatever else an admin is refused is a fault, in the midst of trouble, too', async () => {
  const tenant = await town.addTenant({})
  town.platform.database.exec(`update tenants set admin_token_hash = 'of another token'`)
  await expect(lookAt(town, tenant, { isClear: false })).rejects.toThrow('"status":401')
})
