import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Relay, startRelay, type Tenant } from './relay'

/** What is kept of a tenant: it can be read, it grows old, and it is gone when the tenant leaves. */

let relay: Relay
let acme: Tenant
beforeAll(async () => {
  relay = await startRelay()
  acme = await relay.tenant({ activate: false })
})
afterAll(() => relay.close())
afterEach(() => expect(relay.violations()).toEqual([]))

type Rows = Record<string, unknown>[]
const idOf = (row: Record<string, unknown> | undefined) => String(row?.powerOfficeId)

/** Every row of every table, in D1 and in the tenant's object. */
async function kept(tenant: Tenant): Promise<{ d1: Record<string, Rows>; object: Record<string, Rows> }> {
  const { DB } = await relay.worker.getEnv()
  const object = await relay.worker.getDurableObjectStorage('TenantSync', { name: tenant.id })
  const names =
    "select name from sqlite_master where type = 'table' and name not like '\\_cf\\_%' escape '\\'"
  const d1: Record<string, Rows> = {}
  for (const { name } of (await DB.prepare(names).all<{ name: string }>()).results)
    d1[name] = (await DB.prepare(`select * from ${name}`).all()).results as Rows
  const inObject: Record<string, Rows> = {}
  for (const { name } of (await object.exec(names)) as unknown as { name: string }[])
    inObject[name] = (await object.exec(`select * from ${name}`)) as unknown as Rows
  return { d1, object: inObject }
}

test('all that is kept can be read as a file: no row is missing, and no secret is in it', async () => {
  await acme.put('/tribe/signing-secrets', { secrets: ['of-tribe'] })
  acme.books.hasCustomer({ Name: 'Fjordlys AS', EmailAddress: 'post@fjordlys.example' })
  const twice = acme.books.hasCustomer({ Name: 'Havnekroa AS' })
  for (const Name of ['Havnekroa', 'Havnekroa Drift'])
    acme.crm.hasCustomer({ organization: { Name, DebtorNumber: String(twice.Number) } })
  await acme.api('POST', '/preview')
  await acme.quiet()
  const before = (await acme.api('GET', '/export')).body
  expect(before.preview.map((item: { name: string }) => item.name).sort()).toContain('Fjordlys AS')
  await acme.activate()

  const { body } = await acme.api('GET', '/export')
  const { d1, object } = await kept(acme)
  const mine = (rows: Rows | undefined) => (rows ?? []).filter((row) => row.tenant_id === acme.id)
  expect(body.links).toHaveLength(mine(d1.links).length)
  expect(body.timeline).toHaveLength(mine(d1.timeline).length)
  expect(body.jobs).toHaveLength(object.jobs?.length ?? 0)
  expect(body.links.length * body.timeline.length * body.jobs.length).toBeGreaterThan(0)
  expect(body.tenant).toMatchObject({ id: acme.id, settings: { relations: { enabled: true } } })
  const told = body.cursors.map((fact: { name: string }) => fact.name)
  const facts = object.cursors?.map((fact) => String(fact.name)) ?? []
  expect(facts.filter((name) => !told.includes(name)).sort()).toEqual([
    `${acme.id}:poweroffice-token`,
    `${acme.id}:tribe-token`,
    'tenant',
  ])
  const text = JSON.stringify(body)
  const { adminToken } = (await acme.api('POST', '/admin-token')).body
  acme.token = adminToken
  for (const secret of ['k1.', 'of-tribe', acme.books.clientKey, acme.crm.clientSecret, 'admin_token'])
    expect(text).not.toContain(secret)
  const row = d1.tenants?.find(({ id }) => id === acme.id)
  for (const [column, value] of Object.entries(row ?? {}))
    if (/sealed|hash/.test(column) && value) expect(text).not.toContain(value)
})

test('of one record, what is kept of it alone', async () => {
  const { body: all } = await acme.api('GET', '/export')
  const link = all.links.find((row: { kind: string }) => row.kind === 'customer')
  for (const query of [`tribeId=${link.tribeId}`, `powerOfficeId=${link.powerOfficeId}`]) {
    const { body } = await acme.api('GET', `/export?kind=customer&${query}`)
    expect(body.links).toEqual([link])
    expect(body.timeline.length).toBeGreaterThan(0)
    expect(body.timeline.every((entry: Record<string, unknown>) => idOf(entry) === idOf(link))).toBe(true)
    expect(body.jobs).toEqual([])
  }
  const [job] = all.jobs
  const [, powerOfficeId] = job.subject.split(':')
  const { body } = await acme.api('GET', `/export?kind=customer&powerOfficeId=${powerOfficeId}`)
  expect(body.jobs).toEqual([job])
  expect(body.links).toEqual([])
  expect((await acme.api('GET', '/export?kind=customer')).status).toBe(400)
  expect((await acme.api('GET', '/export?tribeId=x')).status).toBe(400)
})
