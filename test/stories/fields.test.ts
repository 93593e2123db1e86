import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Relay, startRelay, type Tenant } from './relay'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const DEBT = 'a4d81060__844e__4399__9142__2d960441a391'
const NOTE = '_117ecf60__d492__48a1__8aab__a131ad465fd5'

const aCompany = () =>
  relay.tenant({
    activate: false,
    tribe: {
      annotations: true,
      customFields: {
        Relation_Organization: { [DEBT]: { kind: 'double', label: 'Utestående' }, [NOTE]: 'string' },
      },
    },
  })

const open = (tribeField = DEBT, powerOfficeField = 'receivables.open') => ({
  record: 'customer',
  tribeField,
  powerOfficeField,
  direction: 'to-tribe',
})
const named = (list: { record: string; field: string }[], field: string) =>
  list.find((one) => one.record === 'customer' && one.field === field)

const put = async (tenant: Tenant, mapped: object[]) => {
  const { status, body } = await tenant.put('/fields', { mapped })
  return status === 200 ? body.mapped : [status, body.error?.code, body.error?.details?.index]
}

test('an admin sees the fields of both systems, and maps them', async () => {
  const tenant = await aCompany()
  const { status, body } = await tenant.api('GET', '/fields')
  expect(status).toBe(200)
  expect(named(body.tribe, DEBT)).toEqual({
    record: 'customer',
    field: DEBT,
    label: 'Utestående',
    type: 'number',
    writable: true,
  })
  expect(named(body.powerOffice, 'receivables.open')).toMatchObject({ type: 'money', writable: false })
  expect(body.mapped).toEqual([])
  expect(await put(tenant, [open()])).toEqual([open()])
  expect((await tenant.api('GET', '/fields')).body.mapped).toEqual([open()])
  expect((await tenant.api('GET', '/export')).body.tenant.mappings.fields).toEqual([open()])
})

test('a row that cannot work is refused by its place, and the rows of before stay', async () => {
  const tenant = await aCompany()
  await put(tenant, [open()])
  expect(await put(tenant, [open(), open(NOTE)])).toEqual([422, 'field.type_differs', 1])
  expect(await put(tenant, [open('Nothing')])).toEqual([422, 'field.unknown', 0])
  expect(await put(tenant, [{ ...open(), direction: 'both' }])).toEqual([422, 'field.read_only', 0])
  expect(await put(tenant, [open(), open()])).toEqual([422, 'field.mapped_twice', 1])
  expect(await put(tenant, [{ ...open(), direction: 'sideways' }])).toEqual([
    400,
    'request.invalid',
    undefined,
  ])
  expect((await tenant.api('GET', '/fields')).body.mapped).toEqual([open()])
})

test('a field that is new in Tribe can be mapped at once', async () => {
  const tenant = await aCompany()
  const back = tenant.crm.dropField('Relation_Organization', DEBT)
  expect(named((await tenant.api('GET', '/fields')).body.tribe, DEBT)).toBeUndefined()
  expect(await put(tenant, [open()])).toEqual([422, 'field.unknown', 0])
  back()
  expect(await put(tenant, [open()])).toEqual([open()])
})
