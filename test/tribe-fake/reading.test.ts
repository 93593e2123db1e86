import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFakeTribe, type TribeEnvironment } from '../fakes/tribe'
import { type Caller, callerFor, hasSomeRelations, messageOf, type Running } from './tribe'

const CUSTOMER = 'Relationship_Organization_CommercialRelationship_Customer'
const ROLES = 'Relationship_Organization_CommercialRelationship'

let tribe: Running
let env: TribeEnvironment
let call: Caller
let nordlys: { roleId: string; organizationId: string }

beforeAll(async () => {
  tribe = await startFakeTribe({ seed: 2 })
  env = tribe.addEnvironment()
  call = await callerFor(tribe, env)
  nordlys = hasSomeRelations(env)
})
afterAll(() => tribe.close())

const names = async ($filter: string, set = 'Relation_Organization') => {
  const { rows, status } = await call.get(set, { $filter, $select: '_Name', $orderby: '_Name' })
  return status === 200 ? rows.map((row) => row._Name) : status
}

describe('shapes', () => {
  test('a nested expand gives what it selects, and ID always', async () => {
    const { body } = await call.get(`${CUSTOMER}(${nordlys.roleId})`, {
      $select: 'PaymentTermInDays',
      $expand:
        'Organization($select=Name,DebtorNumber;$expand=InvoiceAddress($select=Street,HouseNumber;$expand=Country($select=Code)))',
    })
    expect(body).toMatchObject({
      ID: nordlys.roleId,
      PaymentTermInDays: 14,
      Organization: {
        ID: nordlys.organizationId,
        Name: 'Nordlys Maskin AS',
        InvoiceAddress: { Street: 'Havnegata', HouseNumber: 12, Country: { Code: 'NO' } },
      },
    })
    expect(body).not.toHaveProperty('_Type')
    expect(body.Organization).not.toHaveProperty('VATNumber')
  })

  test('ImportId comes only when it is selected', async () => {
    const path = `${CUSTOMER}(${nordlys.roleId})`
    expect((await call.get(path)).body).not.toHaveProperty('ImportId')
    const { body } = await call.get(path, { $select: 'ImportId' })
    expect(body.ImportId).toBe('poweroffice:customer:4711001')
  })

  test('a record tells its type with dots and its name as people see it', async () => {
    const { body } = await call.get(`${CUSTOMER}(${nordlys.roleId})`)
    expect(body).toMatchObject({
      _Type: 'Relationship.Organization.CommercialRelationship.Customer',
      _Name: 'Nordlys Maskin AS',
      LastMutationDate: null,
    })
  })

  test('Entity finds any record by its id, and shows what every record has', async () => {
    const { body } = await call.get(`Entity(${nordlys.organizationId})`)
    expect(body._Type).toBe('Relation.Organization')
    expect(body).not.toHaveProperty('DebtorNumber')
    expect((await call.get(`Relation_Person(${nordlys.organizationId})`)).status).toBe(404)
  })

  test('a view holds the records of all types below it, and only its own members', async () => {
    const { rows } = await call.get(ROLES, { $select: '_Type,PaymentTermInDays', $orderby: 'ID' })
    expect(rows).toHaveLength(4)
    expect(new Set(rows.map((row) => String(row._Type).split('.').at(-1)))).toEqual(
      new Set(['Customer', 'Lead']),
    )
    expect((await call.get('Relationship', { $select: 'PaymentTermInDays' })).status).toBe(400)
  })

  test('a link can be followed by path, to one record and to a collection', async () => {
    const address = await call.get(`Relation_Organization(${nordlys.organizationId})/InvoiceAddress`)
    expect(address.body).toMatchObject({ _Type: 'Address', City: 'Trondheim' })
    const { rows } = await call.get(`Relation_Organization(${nordlys.organizationId})/Addresses`)
    expect(rows.map((row) => row.ID)).toEqual([address.body.ID])
    const nothing = await call.get(`Relation_Organization(${nordlys.organizationId})/PostalAddress`)
    expect(nothing.status).toBe(204)
  })

  test('an environment may leave out what is null', async () => {
    const sparse = tribe.addEnvironment({ omitNulls: true })
    const { organizationId } = sparse.hasCustomer()
    const { body } = await (await callerFor(tribe, sparse)).get(`Relation_Organization(${organizationId})`)
    expect(body).not.toHaveProperty('DebtorNumber')
    expect(body).not.toHaveProperty('LastMutationDate')
  })

  test('a hidden record looks as if it were gone', async () => {
    const { organizationId, roleId } = env.hasCustomer({ organization: { Name: 'Skjult AS' } })
    env.hide(organizationId)
    expect((await call.get(`Relation_Organization(${organizationId})`)).status).toBe(404)
    expect(await names("Name eq 'Skjult AS'")).toEqual([])
    expect(
      (await call.get(`${CUSTOMER}(${roleId})`, { $expand: 'Organization' })).body.Organization,
    ).toBeNull()
    env.remove(organizationId)
  })
})

describe('refusals', () => {
  test.each([
    ['Relation_Organisation', {}, 404],
    ['relation_organization', {}, 404],
    ['Relation.Organization', {}, 404],
    ['Product', { $select: 'Price' }, 400],
    ['Product', { $expand: 'Units' }, 400],
    ['Product', { $expand: 'Unit($select=Nope)' }, 400],
    ['Product', { $expand: 'Unit($select=Code' }, 400],
    ['Product', { $orderby: 'code' }, 400],
    ['Product', { $search: 'x' }, 400],
    ['Product', { $top: '-1' }, 400],
    ["Product('1')", {}, 400],
    ['Product(4f0e8a51-2f9f-4c6e-9a11-0123456789ab)', {}, 404],
    [`Relationship`, { $expand: 'Organization' }, 400],
  ] as [string, Record<string, string>, number][])('%s %o is answered %i', async (path, options, status) => {
    const answer = await call.get(path, options)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ error: { code: null, message: expect.any(String) } })
  })

  test('a wrong spelling is named in the notes, with what was meant', async () => {
    await call.get('product')
    expect(env.violations).toContain("unknown set: 'product'; 'Product' was meant")
    expect(messageOf(await call.get('Product', { $select: 'Foo' }))).toBe(
      "Property 'Foo' is not declared in type 'Product'.",
    )
  })

  test('without the invoicing module there are no invoices to ask for', async () => {
    const bare = tribe.addEnvironment({ invoicing: false })
    const bareCall = await callerFor(tribe, bare)
    const answer = await bareCall.get('Activity_Invoice')
    expect(answer.status).toBe(404)
    expect(messageOf(answer)).toContain('not found')
    expect((await bareCall.get('$metadata')).text).not.toContain('Activity_Invoice')
  })

  test('a set that the role does not reach is forbidden', async () => {
    const shut = tribe.addEnvironment()
    const shutCall = await callerFor(tribe, shut)
    shut.deny('Product')
    expect((await shutCall.get('Product')).status).toBe(403)
    shut.allow('Product')
    expect((await shutCall.get('Product')).status).toBe(200)
  })
})
