import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Fields, startFakeTribe, type TribeEnvironment, type TribeOptions } from '../fakes/tribe'
import { type Caller, callerFor, type Running } from './tribe'

const CUSTOMER = 'Relationship.Organization.CommercialRelationship.Customer'

let tribe: Running
let env: TribeEnvironment
let call: Caller
let server: Server
let hookUrl: string
let answers: number[] = []
const received: { headers: IncomingHttpHeaders; body: string; payload: Fields }[] = []

beforeAll(async () => {
  tribe = await startFakeTribe({ seed: 4 })
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      received.push({
        headers: request.headers,
        body,
        payload: (JSON.parse(body) as { payload: Fields }).payload,
      })
      response.writeHead(answers.shift() ?? 202).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  hookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
})
afterAll(async () => {
  await tribe.close()
  server.close()
})
beforeEach(() => use())

async function use(options: Partial<TribeOptions> = {}) {
  received.length = 0
  answers = []
  env = tribe.addEnvironment(options)
  call = await callerFor(tribe, env)
}

const hook = (entityType: string, more: Fields = {}) =>
  call.raw('webhooks', { method: 'POST', body: JSON.stringify({ entityType, webhookUrl: hookUrl, ...more }) })

const kinds = () => received.map(({ payload }) => `${payload.type} ${payload.entityType ?? ''}`.trim())

test('webhooks are made, listed and deleted', async () => {
  const made = await hook('Relation.Organization', { headers: [{ name: 'X-Sync-Token', value: 's3cret' }] })
  expect(made.status).toBe(201)
  const { id } = (await made.json()) as { id: string }
  const list = (await (await call.raw('webhooks')).json()) as Fields[]
  expect(list).toMatchObject([{ id, entityType: 'Relation.Organization', webhookUrl: hookUrl }])
  expect(list[0]).not.toHaveProperty('secret')
  expect((await call.raw(`webhooks/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect((await call.raw(`webhooks/${id}`, { method: 'DELETE' })).status).toBe(404)
  expect(env.webhooks).toEqual([])
})

test.each([
  [{ entityType: 'Relation_Organization' }],
  [{ entityType: 'relation.organization' }],
  [{ entityType: 'Nothing' }],
  [{ webhookUrl: 'http://relay.example.com/hooks' }],
  [{ webhookUrl: 'relay' }],
  [{ headers: { 'X-Sync-Token': 'a' } }],
  [{ headers: [{ name: 'X-Sync-Token' }] }],
  [{ secret: 'mine' }],
] as [Fields][])('a webhook with %o is refused', async (body) => {
  expect((await hook('Product', body)).status).toBe(400)
  expect(env.violations).toHaveLength(1)
})

test('a change by a user arrives with the own header and a signature over the raw body', async () => {
  await hook('Relation.Organization', { headers: [{ name: 'X-Sync-Token', value: 's3cret' }] })
  const { organizationId } = env.hasCustomer({ silent: true })
  env.edit(organizationId, { PhoneNumber: '+47 73 00 11 33' })
  await env.settled()
  const [delivery] = received
  const secret = env.webhooks[0]?.secret as string
  expect(delivery?.payload).toEqual({
    type: 'EntityUpdateMutation',
    entityType: 'Relation.Organization',
    entityId: organizationId,
    fields: { PhoneNumber: '+47 73 00 11 33' },
  })
  expect(delivery?.headers['x-sync-token']).toBe('s3cret')
  expect(delivery?.headers['x-tribe-signature']).toBe(
    createHmac('sha512', secret)
      .update(delivery?.body ?? '')
      .digest('base64'),
  )
  expect(env.deliveries).toMatchObject([{ status: 202, state: 'done', attempts: 1 }])
})

test('the signature may go by another name and another recipe', async () => {
  await use({ signatureHeader: 'X-Other', signatureRecipe: 'sha512(secret+body)' })
  await hook('Product')
  env.hasProduct()
  await env.settled()
  const [delivery] = received
  const text = `${env.webhooks[0]?.secret}${delivery?.body}`
  expect(delivery?.headers['x-other']).toBe(createHash('sha512').update(text).digest('base64'))
  expect(delivery?.headers).not.toHaveProperty('x-tribe-signature')
})

test('a customer made in one go is told of as role, organisation and address', async () => {
  for (const type of [CUSTOMER, 'Relation.Organization', 'Address', 'Product']) await hook(type)
  const invoiceAddress = { Street: 'Havnegata' }
  env.hasCustomer({ invoiceAddress })
  await env.settled()
  expect(kinds().sort()).toEqual([
    'EntityCreationMutation Address',
    'EntityCreationMutation Relation.Organization',
    `EntityCreationMutation ${CUSTOMER}`,
  ])
})

test('what the relay writes itself echoes, unless the environment does without', async () => {
  const write = async () => {
    await hook('Relation.Organization')
    const { organizationId } = env.hasCustomer({ silent: true })
    await call.put(`Relation_Organization(${organizationId})`, { PhoneNumber: '1' })
    await env.settled()
    return received.length
  }
  expect(await write()).toBe(1)
  await use({ echo: false })
  expect(await write()).toBe(0)
})

test('an address that is edited tells of the address alone', async () => {
  for (const type of ['Relation.Organization', 'Address']) await hook(type)
  const { organizationId } = env.hasCustomer({ invoiceAddress: { Street: 'Havnegata' }, silent: true })
  env.editAddress(organizationId, 'InvoiceAddress', { Street: 'Storgata' })
  await env.settled()
  expect(kinds()).toEqual(['EntityUpdateMutation Address'])
})

test('a deletion is told with the id of what is gone', async () => {
  await hook('Product')
  const id = env.hasProduct({}, { silent: true })
  env.remove(id)
  await env.settled()
  expect(received.map((r) => r.payload)).toEqual([
    { type: 'EntityDeletionMutation', entityType: 'Product', entityId: id },
  ])
})

test('a new phase arrives as a link in full style, by its id in minimal style, and nameless in edge style', async () => {
  const move = async () => {
    await hook('Activity.Invoice')
    const id = env.hasInvoice({ silent: true })
    env.setPhase(id, 'Sent')
    await env.settled()
    return { id, payloads: received.map((r) => r.payload) }
  }
  const full = await move()
  const sent = env.lookupId('Datastore_Phase_ActivityInvoice', 'Sent')
  expect(full.payloads).toMatchObject([
    { type: 'RelationshipUpdateMutation', parentEntityId: full.id, childEntityId: sent },
  ])
  await use({ payloadStyle: 'minimal' })
  const minimal = await move()
  expect(minimal.payloads).toEqual([{ entityId: minimal.id }])
  await use({ payloadStyle: 'edge' })
  const edge = await move()
  expect(edge.payloads).toEqual([{ type: 'RelationshipUpdateMutation', relationshipId: expect.any(String) }])
  const unknown = String(edge.payloads[0]?.relationshipId)
  expect((await call.get(`Entity(${unknown})`)).status).toBe(404)
})

test('deliveries can be held, and let go shuffled and doubled', async () => {
  await hook('Product')
  env.holdDeliveries()
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'].map((Code) => env.hasProduct({ Code }))
  await env.settled()
  expect(received).toEqual([])
  expect(env.deliveriesPending()).toBe(6)
  env.releaseDeliveries({ shuffle: true, duplicate: true })
  await env.settled()
  const told = received.map((r) => String(r.payload.entityId))
  expect(told).toHaveLength(12)
  expect(new Set(told)).toEqual(new Set(ids))
  expect(env.deliveriesPending()).toBe(0)
})

test('deliveries can be lost, and sent once more', async () => {
  await hook('Product')
  env.dropNextDeliveries(1)
  env.hasProduct({ Code: 'lost' })
  const id = env.hasProduct({ Code: 'told' })
  await env.settled()
  expect(received.map((r) => r.payload.entityId)).toEqual([id])
  expect(env.deliveries.map((d) => d.state)).toEqual(['dropped', 'done'])
  env.deliverAgain()
  await env.settled()
  expect(received.map((r) => r.payload.entityId)).toEqual([id, id])
})

test('a delivery that fails is given up, or tried again where retries are on', async () => {
  await hook('Product')
  answers = [500]
  env.hasProduct()
  await env.settled()
  expect(env.deliveries).toMatchObject([{ status: 500, attempts: 1 }])
  await use({ webhookRetries: 2, webhookRetryDelayMs: 5 })
  await hook('Product')
  answers = [500, 503, 202]
  env.hasProduct()
  await env.settled()
  expect(env.deliveries).toMatchObject([{ status: 202, attempts: 3 }])
})

test('a webhook that was deleted tells no more, and a second one to the same place is noted', async () => {
  await hook('Product')
  await hook('Product')
  expect(env.violations).toEqual(['a second webhook for Product to the same URL'])
  env.holdDeliveries()
  env.hasProduct()
  env.removeWebhooks()
  env.releaseDeliveries()
  env.hasProduct()
  await env.settled()
  expect(received).toEqual([])
})

test('a lead that becomes a customer is told of to those who follow customers', async () => {
  await hook(CUSTOMER)
  const { roleId } = env.hasLead()
  env.upgradeLead(roleId)
  await env.settled()
  expect(received.map((r) => r.payload)).toMatchObject([{ type: 'EntityUpdateMutation', entityId: roleId }])
})
