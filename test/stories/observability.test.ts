import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Exposed, readExposition } from '../exposition'
import { anOfficeAt } from './office'
import { OPERATOR, type Relay, startRelay, type Tenant } from './relay'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

/** What an object writes down comes a moment after it is quiet. */
async function until<T>(look: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + 15_000; ; await relay.sleep(30)) {
    const found = await look()
    if (isSo(found)) return found
    if (Date.now() > deadline) throw new Error(`not so: ${JSON.stringify(found, null, 1)}`)
  }
}
const status = async () => (await relay.operator('GET', '/status')).body
const glanceOf = async (tenant: Tenant) =>
  (await status()).tenants.find(({ id }: { id: string }) => id === tenant.id)
const metrics = async (): Promise<Map<string, Exposed>> => {
  const response = await relay.fetch('/metrics', { headers: { authorization: `Bearer ${OPERATOR}` } })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return readExposition(await response.text())
}
/** The value of a series, by its labels. */
const seriesOf = (all: Map<string, Exposed>, name: string, labels: Record<string, string> = {}) =>
  all.get(name)?.samples.find((one) => JSON.stringify(one.labels) === JSON.stringify(labels))?.value

describe('the log', () => {
  test('has one line for each run of a job: what it was about, what came of it, what it asked for', async () => {
    const acme = await relay.tenant()
    relay.clearLines()
    const { roleId } = acme.crm.hasCustomer({ organization: { Name: 'Nordvik Bygg AS' } })
    await acme.quiet()
    const lines = relay.logged('job').filter(({ tribeId }) => tribeId === roleId)
    const line = lines.find(({ kind }) => kind === 'customer')
    expect(line).toEqual({
      event: 'job',
      tenantId: acme.id,
      job: expect.stringMatching(/^\d+$/),
      kind: 'customer',
      tribeId: roleId,
      powerOfficeId: null,
      attempt: 1,
      outcome: 'done',
      code: null,
      because: 'made-in-poweroffice',
      tribe: expect.any(Number),
      powerOffice: 1,
      statements: expect.any(Number),
      ms: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      writes: 2,
      wrote: {
        'powerOffice POST Customers': 1,
        'tribe PUT Relation_Organization(_)': 1,
      },
      told: [expect.stringMatching(`created-in-poweroffice customer ${roleId} \\d+`)],
    })
    // 1 read, and 1 write for the number (OPERATING.md §11); its contact persons are a job of their own.
    expect(line?.tribe).toBe(2)
    expect(line?.statements).toBeGreaterThan(0)
  })

  test('says of a run that failed by which code, and whether it is tried again', async () => {
    const acme = await relay.tenant()
    relay.clearLines()
    relay.powerOffice.faults.add({ name: 'error-before', on: /POST .*Customers/, times: 1 })
    acme.crm.hasCustomer({ organization: { Name: 'Nordvik Bygg AS' } })
    await acme.quiet()
    const outcomes = relay.logged('job').filter(({ kind }) => kind === 'customer')
    expect(outcomes.slice(0, 2).map(({ outcome, code, attempt }) => [outcome, code, attempt])).toEqual([
      ['failed', 'poweroffice.unavailable', 1],
      ['done', null, 2],
    ])
  })

  test('has one line for each tick', async () => {
    await relay.tenant()
    relay.clearLines()
    await relay.tick('*/15 * * * *')
    const { tenants } = await status()
    const active = tenants.filter(({ state }: { state: string }) => state === 'active')
    expect(relay.logged('tick')).toEqual([
      { event: 'tick', cron: '*/15 * * * *', tenants: active.length, failed: 0, ms: expect.any(Number) },
    ])
  })

  test('holds nothing of any person, no name, no amount and no secret, whatever goes well or wrong', async () => {
    relay.clearLines()
    const secrets: string[] = [OPERATOR, relay.powerOffice.applicationKey, relay.powerOffice.subscriptionKey]
    const { tenant, roleId } = await anOfficeAt(relay, 'book', {
      seed: (_crm, books) => {
        const { Id } = books.hasCustomer({
          Name: 'Hemmelig Kunde AS',
          EmailAddress: 'hemmelig@kunde.example',
          PhoneNumber: '55512345',
          OrganizationNumber: '914778271',
        })
        books.hasContactPerson(Id, { FirstName: 'Aurora', LastName: 'Hemmelighetsen' })
      },
    })
    const { crm, books } = tenant
    secrets.push(tenant.token, crm.clientSecret, books.clientKey)
    const invoice = crm.hasInvoice({ roleId, lines: [{ price: 98_765.43 }] })
    crm.sendInvoice(invoice)
    await tenant.quiet()
    // A refusal in PowerOffice's own words, which name what was sent.
    relay.powerOffice.faults.add({ name: 'error-before', on: /POST .*Customers/, times: 1 })
    crm.hasCustomer({ organization: { Name: 'Avvist Navn AS', EmailAddress: 'ingen adresse' } })
    await tenant.quiet()
    books.revokeKey()
    crm.hasCustomer({ organization: { Name: 'Etter Stans AS' } })
    await tenant.quiet()

    const lines = relay.lines()
    expect(lines.length).toBeGreaterThan(15)
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ event: expect.any(String) })
    const text = lines.join('\n').toLowerCase()
    const personal = ['Hemmelig', 'Aurora', 'Avvist', 'Etter Stans', 'Nordlys', 'Konsulent', 'Fjordlys', '@']
    const values = ['55512345', '914778271', '98765', '9876543', 'ingen adresse', 'bearer']
    for (const trace of [...personal, ...values, ...secrets])
      expect(text, trace).not.toContain(trace.toLowerCase())
  })
})

describe('the status of all tenants', () => {
  test('is for the operator alone', async () => {
    const acme = await relay.tenant({ activate: false })
    for (const path of ['/status', '/metrics'])
      for (const token of [null, acme.token, 'rubbish'])
        expect((await relay.call(token, 'GET', path)).status).toBe(401)
  })

  test('tells of few tenants how they are this moment, and of many what their objects last wrote down', async () => {
    const acme = await relay.tenant({ seed: (_crm, books) => books.hasCustomer({ Name: 'Nordvik Bygg AS' }) })
    await acme.poll()
    await relay.sql('delete from standings where tenant_id = ?', acme.id)
    const now = await glanceOf(acme)
    expect(now).toMatchObject({
      name: 'Fjordlys AS',
      state: 'active',
      problems: 0,
      oldestDueAt: null,
      jobs: { due: 0, waiting: 0, later: 0, parked: 0 },
      health: { state: 'healthy', ailments: [] },
    })
    expect(now.streams.products.lastSuccessAt).not.toBeNull()
    const [own] = await relay.sql('select * from tenants where id = ?', acme.id)
    // No two tenants hold one company.
    const unconnected = { ...own, state: 'setup', tribe_organization: null, power_office_client: null }
    const others = Array.from({ length: 50 }, (_, n) => ({ ...unconnected, id: `other-${n}` }))
    const columns = Object.keys(others[0] ?? {})
    const insert = `insert into tenants (${columns}) values (${columns.map(() => '?')})`
    for (const row of others) await relay.sql(insert, ...Object.values(row))
    expect(await glanceOf(acme)).toMatchObject({ state: 'active', asOf: null, health: { state: 'idle' } })
    await relay.sql("delete from tenants where id like 'other-%'")
  })

  test('tells at once of a record that waits for a person, and when that is over', async () => {
    const acme = await relay.tenant({
      seed(crm, books) {
        for (const Name of ['Nordvik AS', 'Sørvik AS'])
          crm.hasCustomer({ organization: { Name, DebtorNumber: '10001' } })
        books.hasCustomer({ Name: 'Nordvik AS', Number: 10001 })
      },
    })
    const ill = await until(
      () => glanceOf(acme),
      ({ health }) => health.state === 'unhealthy',
    )
    expect(ill).toMatchObject({ problems: 1, jobs: { parked: 1 } })
    const [ailment] = ill.health.ailments
    expect(ailment).toMatchObject({ code: 'health.waits_for_a_person', count: 1 })
    expect((await acme.status()).health).toEqual(ill.health)
    expect(seriesOf(await metrics(), 'relay_problems', { code: ailment.what })).toBe(1)

    const [customer] = acme.books.customers()
    const tribeId = acme.crm.customers()[0]?.ID
    const pair = { kind: 'customer', tribeId, powerOfficeId: String(customer?.Id) }
    expect((await acme.api('POST', '/records/relink', pair)).status).toBe(202)
    await until(
      () => glanceOf(acme),
      ({ health }) => health.state === 'healthy',
    )
  })

  test('tells at once of a tenant that has to reconnect, and when it goes on', async () => {
    const acme = await relay.tenant()
    acme.books.quirks.revokeTokensToo = true
    acme.books.revokeKey()
    acme.crm.hasCustomer({ organization: { Name: 'Waits AS' } })
    await acme.quiet()
    const ill = await until(
      () => glanceOf(acme),
      ({ state }) => state === 'reconnect',
    )
    expect(ill).toMatchObject({
      problems: 1,
      health: {
        state: 'unhealthy',
        ailments: [{ code: 'health.reconnect', what: 'poweroffice.client_key_refused' }],
      },
    })
    acme.books.restoreKey()
    await acme.put('/poweroffice', { clientKey: acme.books.clientKey })
    await acme.quiet()
    await until(
      () => glanceOf(acme),
      ({ state, health }) => state === 'active' && health.state === 'healthy',
    )
  })

  test('tells how much of the budget is used, and the sum of all', async () => {
    const acme = await relay.tenant()
    const before = { gate: (await status()).gate.turns, there: relay.powerOffice.log.all.length }
    await acme.sync('relations')
    const { gate, totals, tenants } = await status()
    expect(gate).toMatchObject({ perSecond: 500, heldForMs: 0, waiting: { push: 0, bulk: 0 } })
    expect(gate.lastMinute).toBeGreaterThanOrEqual(acme.calls().length)
    expect(gate.turns - before.gate).toBe(relay.powerOffice.log.all.length - before.there)
    expect(gate.turns).toBeGreaterThan(before.gate)
    expect(totals.unhealthy).toBe(
      tenants.filter(({ health }: { health: { state: string } }) => health.state === 'unhealthy').length,
    )
  })

  test('forgets a tenant that has left', async () => {
    const gone = await relay.tenant()
    await until(
      () => glanceOf(gone),
      ({ asOf }) => asOf !== null,
    )
    expect((await relay.operator('DELETE', `/api/tenants/${gone.id}`)).status).toBe(204)
    expect(await relay.sql('select * from standings where tenant_id = ?', gone.id)).toEqual([])
  })
})

test('metrics are text that Prometheus reads, and say the same as the status', async () => {
  const acme = await relay.tenant()
  await acme.poll()
  await until(
    () => glanceOf(acme),
    (one) => one.streams.products.lastSuccessAt !== null,
  )
  const all = await metrics()
  const { tenants, totals, gate } = await status()
  const inState = (state: string) => tenants.filter((one: { state: string }) => one.state === state).length
  for (const state of ['setup', 'initial-sync', 'active', 'paused', 'reconnect'])
    expect(seriesOf(all, 'relay_tenants', { state }), state).toBe(inState(state))
  for (const state of ['due', 'waiting', 'parked'])
    expect(seriesOf(all, 'relay_jobs', { state }), state).toBe(totals.jobs[state])
  expect(seriesOf(all, 'relay_tenant_healthy', { tenant: acme.id })).toBe(1)
  expect(seriesOf(all, 'relay_gate_limit')).toBe(500)
  expect(seriesOf(all, 'relay_gate_turns_total')).toBe(gate.turns)
  expect(seriesOf(all, 'relay_calls_total', { system: 'poweroffice' })).toBeGreaterThan(0)
  expect(seriesOf(all, 'relay_calls_total', { system: 'tribe' })).toBeGreaterThan(0)
  expect(seriesOf(all, 'relay_stale_tenants', { stream: 'payments' })).toBe(0)
  const problems = all.get('relay_problems')?.samples.reduce((sum, { value }) => sum + value, 0)
  const reconnecting = inState('reconnect')
  expect(problems).toBe(totals.problems - reconnecting)
  expect(all.size).toBeGreaterThan(15)
})
