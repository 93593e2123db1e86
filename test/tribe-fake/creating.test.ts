import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Fields, startFakeTribe, type TribeEnvironment, type TribeOptions } from '../fakes/tribe'
import { type Caller, callerFor, messageOf, type Running } from './tribe'

const CUSTOMER = 'Relationship_Organization_CommercialRelationship_Customer'
const SUPPLIER = 'Relationship_Organization_Supplier'
const CONTACT = 'Relationship_Person_Contact_Standard'

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

test('a customer, its organisation and its invoice address are made in one call', async () => {
  const made = await call.post(CUSTOMER, {
    ...own(),
    ImportId: 'poweroffice:customer:1',
    PaymentTermInDays: 14,
    Organization: {
      Name: 'Nordlys Maskin AS',
      DebtorNumber: '10045',
      InvoiceAddress: { ...street, Country: { ID: env.lookupId('Datastore_Country', 'NO') } },
    },
  })
  expect(made).toMatchObject({ status: 201, body: { _Name: 'Nordlys Maskin AS', PaymentTermInDays: 14 } })
  expect(made.body).not.toHaveProperty('Organization')
  expect(env.customers()).toMatchObject([
    {
      ID: made.body.ID,
      ImportId: 'poweroffice:customer:1',
      Organization: { DebtorNumber: '10045', InvoiceAddress: { HouseNumber: 12, Country: { Code: 'NO' } } },
    },
  ])
  expect(env.violations).toEqual([])
})

test('an environment may answer a deep insert with all that it made, or with nothing', async () => {
  await use({ deepInsertAnswers: 'nested', createAnswers: 200 })
  const body = { ...own(), Organization: { Name: 'A', InvoiceAddress: street } }
  const nested = await call.post(CUSTOMER, body)
  expect(nested.status).toBe(200)
  expect(nested.body).toMatchObject({
    Organization: { ID: expect.any(String), InvoiceAddress: { City: 'Trondheim' } },
  })
  await use({ emptyWriteAnswers: true })
  const empty = await call.post(CUSTOMER, { ...own(), Organization: { Name: 'A' } })
  expect(empty).toMatchObject({ status: 201, text: '' })
  expect(env.customers()).toHaveLength(1)
})

test('a supplier role goes on the organisation that is a customer already, and a second one is noted', async () => {
  const { organizationId } = env.hasCustomer()
  const body = { ...own(), Organization: { ID: organizationId } }
  expect((await call.post(SUPPLIER, body)).status).toBe(201)
  expect(env.count('Relation_Organization')).toBe(2)
  expect(env.violations).toEqual([])
  await call.post(SUPPLIER, body)
  expect(env.violations).toEqual([`a second ${SUPPLIER} for the same organization`])
})

test('a contact hangs on an organisation, with a person made along', async () => {
  const { organizationId } = env.hasCustomer()
  const made = await call.post(CONTACT, {
    Relation: { ID: organizationId },
    Person: { FirstName: 'Ada', MiddleName: 'van der', LastName: 'Berg' },
    EmailAddress: 'ada@firma.example',
  })
  expect(made.body._Name).toBe('Ada van der Berg')
  const { personId } = env.hasPrivateCustomer()
  const wrong = await call.post(CONTACT, { Relation: { ID: personId }, Person: { LastName: 'Berg' } })
  expect(wrong.status).toBe(400)
})

test.each([
  [CUSTOMER, {}, 'Relation'],
  [CUSTOMER, { Organization: { Name: 'A' } }, 'Relation'],
  [CUSTOMER, { Relation: 'own' }, 'Organization'],
  [CUSTOMER, { Relation: 'own', Organization: {} }, 'Name'],
  [CUSTOMER, { Relation: 'own', Organization: { Name: ' ' } }, 'Name'],
  [CONTACT, { Relation: 'own', Person: { FirstName: 'Ada' } }, 'LastName'],
  ['Relation_Organization', { Name: null }, 'Name'],
  ['ProductLine', { Quantity: 1 }, 'Activity'],
] as [string, Fields, string][])('%s with %o lacks %s', async (set, fields, missing) => {
  const body = fields.Relation === 'own' ? { ...fields, ...own() } : fields
  const before = env.core.store.version
  const answer = await call.post(set, body)
  expect(answer.status).toBe(400)
  expect(messageOf(answer)).toContain(`'${missing}'`)
  expect(env.core.store.version).toBe(before)
})

test.each([
  ['Address', { HouseNumber: '12' }],
  ['Address', { HouseNumber: '12B' }],
  ['Address', { PostalCode: '7010' }],
  ['Relation_Organization', { Name: 'A', DebtorNumber: 10045 }],
  ['Relation_Organization', { Name: 'A', Number: '1601' }],
  ['Relation_Organization', { name: 'A' }],
  ['Relation_Organization', { Name: 'A', InvoiceAddress: 'Havnegata 12' }],
  ['Relation_Organization', { Name: 'A', 'Branch@odata.bind': 'Datastore_Branch(1)' }],
  ['Product', { Name: 'A', IsInactive: 'true' }],
  ['Product', { Name: 'A', Unit: { Code: 'hr' } }],
  ['Product', { Name: 'A', Unit: { ID: '4f0e8a51-2f9f-4c6e-9a11-0123456789ab' } }],
  ['Payment', { Amount: '12' }],
  ['Payment', { CreatedAt: '2026-03-15' }],
  ['Payment', { CreationDate: '2026-03-15T00:00:00Z' }],
  ['Payment', []],
] as [string, Fields][])('%s refuses %o, and keeps nothing of it', async (set, body) => {
  const before = env.core.store.version
  expect((await call.post(set, body)).status).toBe(400)
  expect(env.core.store.version).toBe(before)
})

test('views and lookups take no new records, and the own staff cannot be added to', async () => {
  expect((await call.post('Relation', { Name: 'A' })).status).toBe(400)
  expect((await call.post('Relationship_Organization_CommercialRelationship', own())).status).toBe(400)
  expect((await call.post('Datastore_Unit', { Name: 'Pallet', Code: 'pallet' })).status).toBe(400)
  const employee = { ...own(), Person: { LastName: 'Ny' } }
  expect((await call.post('Relationship_Person_Contact_Employee', employee)).status).toBe(400)
})

test('a customer belongs to the own organisation and to no other', async () => {
  const { organizationId } = env.hasSupplier()
  const body = { Relation: { ID: organizationId }, Organization: { Name: 'A' } }
  expect((await call.post(CUSTOMER, body)).status).toBe(400)
})

test('where auto-numbering is on, the answer has no debtor number yet and the next read has', async () => {
  await use({ autoDebtorNumbers: true })
  const { body } = await call.post(CUSTOMER, { ...own(), Organization: { Name: 'A' } })
  const path = `${CUSTOMER}(${String(body.ID)})`
  expect((await call.get(path, { $expand: 'Organization' })).body).toMatchObject({
    Organization: { DebtorNumber: '5001' },
  })
  await call.post(CUSTOMER, { ...own(), Organization: { Name: 'B', DebtorNumber: '10' } })
  expect(env.customers().map((c) => (c.Organization as Fields).DebtorNumber)).toEqual(['5001', '10'])
})

test('an address of a person is the address of that person; one of a company waits to be put in its slot', async () => {
  const { personId } = env.hasPrivateCustomer()
  const { organizationId } = env.hasCustomer()
  const forPerson = await call.post('Address', { ...street, Person: { ID: personId } })
  expect(env.get(personId)?.Address).toEqual({ ID: forPerson.body.ID })
  const AddressType = { ID: env.lookupId('Datastore_AdressType', 'Invoice') }
  const forCompany = await call.post('Address', {
    ...street,
    AddressType,
    Organization: { ID: organizationId },
  })
  expect(env.get(organizationId)).not.toHaveProperty('InvoiceAddress')
  await call.put(`Relation_Organization(${organizationId})`, {
    InvoiceAddress: { ID: forCompany.body.ID as string },
  })
  expect(env.get(organizationId)?.InvoiceAddress).toEqual({ ID: forCompany.body.ID })
})

test('what was not given, or given as nothing, is filled in where this Tribe does so, and the answer shows it', async () => {
  const defaults = {
    'Relationship_Organization_CommercialRelationship.PaymentTermInDays': 30,
    'Relation_Organization.Website': 'https://ukjent.example',
    'Product.Unit': 'pcs',
  }
  await use({ defaults })
  const made = await call.post(CUSTOMER, {
    ...own(),
    PaymentTermInDays: null,
    Organization: { Name: 'Nordlys AS', Website: 'https://nordlys.example' },
  })
  expect(made.body).toMatchObject({ PaymentTermInDays: 30 })
  expect(env.customers()).toMatchObject([{ Organization: { Website: 'https://nordlys.example' } }])
  await call.post(CUSTOMER, { ...own(), PaymentTermInDays: 14, Organization: { Name: 'Solberg AS' } })
  expect(env.customers()[1]).toMatchObject({
    PaymentTermInDays: 14,
    Organization: { Website: 'https://ukjent.example' },
  })
  await call.post('Product', { Name: 'Lampe' })
  expect(env.products()).toMatchObject([{ Unit: { Code: 'pcs' } }])
  expect(env.violations).toEqual([])
})
