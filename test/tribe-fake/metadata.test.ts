import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFakeTribe } from '../fakes/tribe'
import { callerFor, type Running } from './tribe'

let tribe: Running
beforeAll(async () => {
  tribe = await startFakeTribe({ seed: 6 })
})
afterAll(() => tribe.close())

test('it describes the environment in XML and in JSON', async () => {
  const call = await callerFor(tribe, tribe.addEnvironment())
  const xml = await call.raw('odata/$metadata')
  expect(xml.headers.get('content-type')).toContain('xml')
  const text = await xml.text()
  expect(text).toContain('<EntityType Name="Relation_Organization" BaseType="Tribe.Relation">')
  expect(text).toContain('<Property Name="Name" Type="Edm.String" Nullable="false"/>')
  expect(text).toContain(
    '<NavigationProperty Name="ProductLines" Type="Collection(Tribe.ProductLine)" Partner="Activity"/>',
  )
  const json = (await (await call.raw('odata/$metadata?$format=json')).json()) as {
    Tribe: Record<string, object>
  }
  expect(json.Tribe.Address).toMatchObject({ HouseNumber: { $Type: 'Edm.Double', $Nullable: true } })
})

test('every set it names can be read, with every property and every link that it declares', async () => {
  const own = tribe.addEnvironment()
  const ownCall = await callerFor(tribe, own)
  own.hasInvoice({ phase: 'Sent' })
  for (const type of own.core.schema.types.values()) {
    if (!type.hasSet) continue
    const answer = await ownCall.get(type.name, {
      $select: [...type.properties.keys()].join(','),
      $expand: [...type.navigations.keys()].join(','),
      $orderby: 'ID',
      $top: 5,
    })
    expect(answer.status, type.name).toBe(200)
  }
  expect(own.violations).toEqual([])
})

test('it says what this environment calls things, and the API takes only those names', async () => {
  const odd = tribe.addEnvironment({
    vatNumberSpelling: 'VatNumber',
    personDebtorNumberOn: 'role',
    invoiceDateName: 'Date',
    creditMarker: 'flag',
    customFields: { Product: { a4d81060__844e__4c5e__9d0b__1c2d3e4f5a6b: 'string' } },
  })
  const oddCall = await callerFor(tribe, odd)
  const { text } = await oddCall.get('$metadata')
  for (const name of ['VatNumber', 'Date', 'IsCreditInvoice', 'a4d81060__844e__4c5e__9d0b__1c2d3e4f5a6b']) {
    expect(text).toContain(`Property Name="${name}"`)
  }
  expect(text).not.toContain('VATNumber')
  expect((await oddCall.get('Relation_Organization', { $select: 'VatNumber' })).status).toBe(200)
  expect((await oddCall.get('Relation_Organization', { $select: 'VATNumber' })).status).toBe(400)
  expect((await oddCall.get('Relation_Person', { $select: 'DebtorNumber' })).status).toBe(400)
  const onRole = 'Relationship_Person_CommercialRelationship_Customer'
  expect((await oddCall.get(onRole, { $select: 'DebtorNumber' })).status).toBe(200)
})

test('an environment may speak only one of the two formats', async () => {
  const xmlOnly = await callerFor(tribe, tribe.addEnvironment({ metadataFormat: 'xml' }))
  expect((await xmlOnly.get('$metadata', { $format: 'json' })).status).toBe(400)
  const jsonOnly = await callerFor(tribe, tribe.addEnvironment({ metadataFormat: 'json' }))
  expect((await jsonOnly.get('$metadata')).body).toHaveProperty('$EntityContainer')
})
