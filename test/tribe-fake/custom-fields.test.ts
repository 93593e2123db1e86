import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFakeTribe } from '../fakes/tribe'
import { callerFor, messageOf, type Running } from './tribe'

const TEXT = '_117ecf60__d492__48a1__8aab__a131ad465fd5'
const SUM = 'a4d81060__844e__4399__9142__2d960441a391'
const CHOICE = 'b88f5ae5__844e__4399__9142__2d960441a391'
const FIXED = 'e0d6534a__cc84__4399__9142__2d960441a391'
const INVOICE = 'f0d6534a__cc84__4399__9142__2d960441a391'

let tribe: Running
beforeAll(async () => {
  tribe = await startFakeTribe({ seed: 8 })
})
afterAll(() => tribe.close())

const company = async (options: { annotations?: boolean; customFieldsThaw?: boolean } = {}) => {
  const own = tribe.addEnvironment({
    customFields: {
      Product: {
        [TEXT]: { kind: 'string', label: 'Farge & form' },
        [SUM]: 'double',
        [CHOICE]: { choice: ['Gull', 'Sølv'] },
        [FIXED]: { kind: 'string', readOnly: true },
      },
      Activity_Invoice: { [INVOICE]: 'string' },
    },
    ...options,
  })
  return { own, call: await callerFor(tribe, own) }
}

test('custom fields come only when they are asked for by name, choices by following them', async () => {
  const { own, call } = await company()
  const id = own.hasProduct({ [TEXT]: 'blå', [SUM]: 9855.25, [CHOICE]: 'Gull' })
  expect((await call.get(`Product(${id})`)).body).not.toHaveProperty(TEXT)
  const asked = await call.get(`Product(${id})`, {
    $select: `${TEXT},${SUM}`,
    $expand: `${CHOICE}($select=_Name)`,
  })
  expect(asked.body).toMatchObject({ [TEXT]: 'blå', [SUM]: 9855.25, [CHOICE]: { _Name: 'Gull' } })
  expect(own.violations).toEqual([])
})

test('they are written typed, choices by the id of what is chosen', async () => {
  const { own, call } = await company()
  const id = own.hasProduct()
  const silver = own.lookupId('c0ffee00__844e__4399__9142__2d960441a391', 'Sølv')
  expect((await call.put(`Product(${id})`, { [SUM]: 12, [CHOICE]: { ID: silver } })).status).toBe(200)
  expect(own.get(id)).toMatchObject({ [SUM]: 12, [CHOICE]: { ID: silver } })
  expect(messageOf(await call.put(`Product(${id})`, { [SUM]: 'twelve' }))).toContain('Edm.Double')
  // Which ones cannot be written, nobody may have said.
  expect(messageOf(await call.put(`Product(${id})`, { [FIXED]: 'x' }))).toContain('read-only')
  expect(own.violations.filter((line) => line.includes('read-only'))).toEqual([])
})

test('metadata may say what users call them, and which ones are only read', async () => {
  const plain = await (await company()).call.get('$metadata')
  expect(plain.text).not.toContain('Annotation')
  const { call } = await company({ annotations: true })
  const { text } = await call.get('$metadata')
  expect(text).toContain(
    `<Property Name="${TEXT}" Type="Edm.String"><Annotation Term="Org.OData.Core.V1.Description" String="Farge &amp; form"/></Property>`,
  )
  expect(text).toContain(
    `<Property Name="${FIXED}" Type="Edm.String"><Annotation Term="Org.OData.Core.V1.Computed" Bool="true"/></Property>`,
  )
  const { Tribe } = (await call.get('$metadata', { $format: 'json' })).body as {
    Tribe: Record<string, unknown>
  }
  expect(Tribe?.Product).toMatchObject({
    [TEXT]: { '@Org.OData.Core.V1.Description': 'Farge & form' },
    [CHOICE]: { $Kind: 'NavigationProperty' },
  })
})

test('custom fields of a sent invoice can be written, where this Tribe lets them', async () => {
  for (const customFieldsThaw of [true, false]) {
    const { own, call } = await company({ customFieldsThaw })
    const id = own.hasInvoice({ phase: 'Sent' })
    const answer = await call.put(`Activity_Invoice(${id})`, { [INVOICE]: '10001' })
    expect(answer.status).toBe(customFieldsThaw ? 200 : 400)
    expect((await call.put(`Activity_Invoice(${id})`, { RelationDescription: 'x' })).status).toBe(400)
  }
})
