import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Fields, startFakeTribe, type TribeEnvironment, type TribeOptions } from '../fakes/tribe'
import { type Caller, callerFor, type Running } from './tribe'

const CUSTOMER = 'Relationship_Organization_CommercialRelationship_Customer'
const LEAD = 'Relationship_Organization_CommercialRelationship_Lead'
const SUPPLIER = 'Relationship_Organization_Supplier'

let tribe: Running
let env: TribeEnvironment
let call: Caller

beforeAll(async () => {
  tribe = await startFakeTribe({ seed: 3 })
})
afterAll(() => tribe.close())
beforeEach(() => use())

async function use(options: Partial<TribeOptions> = {}) {
  env = tribe.addEnvironment(options)
  call = await callerFor(tribe, env)
}

const own = () => ({ Relation: { ID: env.ownOrganizationId } })
const street = {
  Street: 'Havnegata',
  HouseNumber: 12,
  HouseNumberSuffix: 'B',
  Postalcode: '7010',
  City: 'Trondheim',
}

describe('changing', () => {
  test('PUT merges, POST with an ID does too, and the mutation date moves', async () => {
    const { organizationId } = env.hasCustomer({
      organization: { Name: 'A', PhoneNumber: '1', Website: 'w' },
    })
    const put = await call.put(`Relation_Organization(${organizationId})`, { PhoneNumber: '2' })
    expect(put).toMatchObject({ status: 200, body: { Name: 'A', PhoneNumber: '2', Website: 'w' } })
    expect(put.body.LastMutationDate).toEqual(expect.any(String))
    await call.post('Relation_Organization', { ID: organizationId, PhoneNumber: '3' })
    expect(env.get(organizationId)).toMatchObject({ Name: 'A', PhoneNumber: '3' })
    expect(env.count('Relation_Organization')).toBe(2)
  })

  test('PATCH is not known', async () => {
    const { organizationId } = env.hasCustomer()
    const answer = await call.raw(`odata/Relation_Organization(${organizationId})`, {
      method: 'PATCH',
      body: '{}',
    })
    expect(answer.status).toBe(405)
  })

  test('a write that changes nothing is noted, moves no date and tells nobody', async () => {
    const { organizationId } = env.hasCustomer({ organization: { Name: 'A', PhoneNumber: '1' } })
    await call.put(`Relation_Organization(${organizationId})`, { PhoneNumber: '1', Website: null })
    expect(env.violations).toEqual([
      `needless write: nothing changes on Relation_Organization(${organizationId})`,
    ])
    expect(env.get(organizationId)?.LastMutationDate).toBeNull()
  })

  test('an address is edited in its own set; whether its company counts as changed is up to the environment', async () => {
    const edit = async () => {
      const { organizationId } = env.hasCustomer({ invoiceAddress: street })
      const address = env.get(organizationId)?.InvoiceAddress as Fields
      await call.put(`Address(${String(address.ID)})`, { Street: 'Storgata' })
      return env.get(organizationId)?.LastMutationDate
    }
    expect(await edit()).toBeNull()
    await use({ childBumpsParent: true })
    expect(await edit()).toEqual(expect.any(String))
  })

  test('putting a new address over an old one is noted, since the old one stays behind', async () => {
    const { organizationId } = env.hasCustomer({ invoiceAddress: street })
    await call.put(`Relation_Organization(${organizationId})`, { InvoiceAddress: { Street: 'Ny' } })
    expect(env.violations).toEqual([
      `'InvoiceAddress' of Relation_Organization(${organizationId}) was replaced by a new record instead of being edited`,
    ])
  })

  test('null empties, is passed over, or is refused, as the environment has it', async () => {
    const clear = async () => {
      const { organizationId } = env.hasCustomer({ organization: { PhoneNumber: '1' } })
      const { status } = await call.put(`Relation_Organization(${organizationId})`, { PhoneNumber: null })
      return [status, env.get(organizationId)?.PhoneNumber, env.violations.length]
    }
    expect(await clear()).toEqual([200, null, 0])
    await use({ nullWrites: 'ignore' })
    expect(await clear()).toEqual([200, '1', 0])
    await use({ nullWrites: 'refuse' })
    expect(await clear()).toEqual([400, '1', 0])
  })

  test('a foreign ImportId that is overwritten is noted; one of our own is ours to change', async () => {
    const { roleId } = env.hasCustomer({ role: { ImportId: 'excel-17' } })
    await call.put(`${CUSTOMER}(${roleId})`, { ImportId: 'poweroffice:customer:1' })
    expect(env.violations).toEqual([
      `a foreign ImportId was overwritten: ${CUSTOMER} 'excel-17' by 'poweroffice:customer:1'`,
    ])
    await call.put(`${CUSTOMER}(${roleId})`, { ImportId: 'poweroffice:customer:2' })
    expect(env.violations).toHaveLength(1)
    const other = env.hasCustomer()
    await call.put(`${CUSTOMER}(${other.roleId})`, { ImportId: 'poweroffice:customer:2' })
    expect(env.violations.at(-1)).toBe(`ImportId 'poweroffice:customer:2' is on two records of ${CUSTOMER}`)
  })

  test('a lead becomes a customer on the same level, and keeps its id', async () => {
    const { roleId } = env.hasLead()
    const bad = await call.post(LEAD, { ID: roleId, _UpgradeType: SUPPLIER })
    expect(bad.status).toBe(400)
    const good = await call.post(LEAD, { ID: roleId, _UpgradeType: CUSTOMER })
    expect(good).toMatchObject({ status: 200, body: { ID: roleId, UpgradeDate: expect.any(String) } })
    expect(env.customers()).toMatchObject([{ ID: roleId }])
    expect(env.count(LEAD)).toBe(0)
  })

  test('the ID in a body must be that of the record, and a POST with an unknown ID finds nothing', async () => {
    const { organizationId } = env.hasCustomer()
    const path = `Relation_Organization(${organizationId})`
    expect((await call.put(path, { ID: env.ownOrganizationId, Website: 'w' })).status).toBe(400)
    const body = { ID: '4f0e8a51-2f9f-4c6e-9a11-0123456789ab', Website: 'w' }
    expect((await call.post('Relation_Organization', body)).status).toBe(404)
  })

  test('a view takes PUT and DELETE for what it declares', async () => {
    const { roleId } = env.hasCustomer()
    expect((await call.put(`Relationship(${roleId})`, { IsFormer: true })).status).toBe(200)
    expect((await call.put(`Relationship(${roleId})`, { PaymentTermInDays: 8 })).status).toBe(400)
    expect(env.get(roleId)?.IsFormer).toBe(true)
  })

  test('a record that was edited lies at the end of a list without an order', async () => {
    const codes = ['a', 'b', 'c']
    const [first] = codes.map((Code) => env.hasProduct({ Code }))
    env.edit(first as string, { SalesPrice: 1 })
    const { rows } = await call.get('Product', { $select: 'Code' })
    expect(rows.map((row) => row.Code)).toEqual(['b', 'c', 'a'])
  })
})

describe('deleting', () => {
  test('a role goes alone, and its organisation stays; an organisation takes its roles along', async () => {
    const { roleId, organizationId } = env.hasCustomer({ invoiceAddress: street })
    env.hasContact({ organizationId })
    expect((await call.delete(`${CUSTOMER}(${roleId})`)).status).toBe(204)
    expect(env.get(organizationId)).not.toBeNull()
    expect((await call.delete(`Relation_Organization(${organizationId})`)).status).toBe(204)
    expect(env.contacts()).toEqual([])
    expect((await call.get(`Relation_Organization(${organizationId})`)).status).toBe(404)
    expect(env.violations).toContain('a record was deleted by API: Relation_Organization')
  })

  test('employees cannot be deleted', async () => {
    const { body } = await call.get('GetCurrentEmployee()')
    expect((await call.delete(`Entity(${String(body.ID)})`)).status).toBe(400)
  })
})

test('a token without the scope to write may only read', async () => {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: env.clientId,
    client_secret: env.clientSecret,
    scope: 'read',
  })
  const answer = await fetch(`${tribe.authUrl}/token`, { method: 'POST', body: form })
  const { access_token } = (await answer.json()) as { access_token: string }
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
  expect((await fetch(`${tribe.apiUrl}/odata/Product`, { headers })).status).toBe(200)
  const post = await fetch(`${tribe.apiUrl}/odata/Product`, { method: 'POST', headers, body: '{"Name":"A"}' })
  expect(post.status).toBe(403)
})

test('a create whose answer is lost took effect all the same, and one that is lost on the way did not', async () => {
  const create = () => call.post(CUSTOMER, { ...own(), Organization: { Name: 'A' } })
  tribe.faults.add({ name: 'lost-after', on: /POST/, account: env.id })
  await expect(create()).rejects.toThrow()
  expect(env.customers()).toHaveLength(1)
  tribe.faults.add({ name: 'lost-before', on: /POST/, account: env.id })
  await expect(create()).rejects.toThrow()
  expect(env.customers()).toHaveLength(1)
  tribe.faults.add({ name: 'rate-limited', account: env.id })
  expect((await create()).status).toBe(429)
  expect((await create()).status).toBe(201)
})
