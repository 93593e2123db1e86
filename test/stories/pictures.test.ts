import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { anOfficeAt } from './office'
import { OPERATOR, type Relay, startRelay, type Tenant } from './relay'

/** What people see of the last month, and what is kept for it. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

const NIGHTLY = '30 2 * * *'
const HOUR_MS = 3_600_000
const activityOf = async (tenant: Tenant) => (await tenant.api('GET', '/activity')).body
const hoursIn = (tenant: Tenant) =>
  relay.sql('select * from hours where tenant_id = ? order by hour', tenant.id)
const allOf = (days: Record<string, number>[], sort: string) =>
  days.reduce((total, day) => total + Number(day[sort]), 0)
async function pageOf(tenant: Tenant, path = ''): Promise<string> {
  const browser = browserOf(relay)
  await browser.logIn(tenant.token)
  return (await browser.open(`/console/tenants/${tenant.id}${path}`)).text
}
const said = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

test('events, writes, problems and how long a change took are counted, and each number stands in a table', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'draft')
  const before = await activityOf(tenant)
  expect(before.days).toHaveLength(30)
  relay.powerOffice.log.clear()
  relay.tribe.log.clear()
  for (let n = 0; n < 3; n++) tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, lines: [] }))
  await tenant.quiet()
  const writes = tenant.calls().filter(({ method }) => method !== 'GET').length + tenant.tribeWrites().length
  const after = await activityOf(tenant)
  const more = (sort: string) => allOf(after.days, sort) - allOf(before.days, sort)
  expect(writes).toBeGreaterThan(2)
  expect([more('writes'), more('problems')]).toEqual([writes, 1])
  expect(more('events')).toBeGreaterThanOrEqual(4)
  expect(after.arrivals.count - before.arrivals.count).toBe(3)
  expect(after.arrivals.medianSeconds).toBeLessThanOrEqual(60)

  const html = await pageOf(tenant)
  const total = allOf(after.days, 'events')
  expect(html).toContain(`role="img" aria-label="Events from Tribe: ${total} in 30 days`)
  expect(html.match(/<svg/g)).toHaveLength(3)
  expect(said(html)).toMatch(/Half of the changes arrived within \d+ \w+, and 95 % of them within/)
  const row = said(html.slice(html.indexOf('Show the numbers')))
  expect(row).toMatch(new RegExp(`Day Events from Tribe Changes written New problems \\d+ \\w+ ${total} `))
})

test('a change in PowerOffice counts from when it was made', async () => {
  const acme = await relay.tenant({ seed: (_, books) => books.hasCustomer({ Name: 'Nordvik AS' }) })
  const { arrivals } = await activityOf(acme)
  expect(arrivals.count).toBe(0)
  const [customer] = acme.books.customers()
  await relay.sleep(5000)
  acme.books.editCustomer(customer?.Id ?? 0, { Name: 'Nordvik Bygg AS' })
  await relay.sleep(200_000)
  await acme.sync('relations')
  expect((await activityOf(acme)).arrivals).toMatchObject({ count: 1, medianSeconds: 300 })
})

test('D1 gets a row an hour however much happens, no name among it, and forgets it after 35 days', async () => {
  const acme = await relay.tenant()
  const { organizationId } = acme.crm.hasCustomer({ organization: { Name: 'Havnekroa' } })
  await acme.quiet()
  for (let n = 0; n < 5; n++) {
    acme.crm.edit(organizationId, { Name: `Havnekroa ${n}` })
    await acme.quiet()
  }
  await relay.sleep(HOUR_MS)
  await relay.tick('*/15 * * * *')
  await acme.quiet()
  const rows = await hoursIn(acme)
  expect(rows.length).toBeLessThanOrEqual(3)
  expect(allOf(rows as Record<string, number>[], 'events')).toBe(
    allOf((await activityOf(acme)).days, 'events'),
  )
  expect(JSON.stringify(rows)).not.toMatch(/Havnekroa/)
  const exported = (await acme.api('GET', '/export')).body
  expect(exported.hours).toHaveLength(rows.length)

  await relay.tick(NIGHTLY, new Date(Date.now() + 34 * 24 * HOUR_MS))
  expect((await hoursIn(acme)).length).toBeGreaterThan(0)
  const first = String(rows[0]?.hour)
  await relay.tick(NIGHTLY, new Date(Date.now() + 36 * 24 * HOUR_MS))
  expect((await hoursIn(acme)).map(({ hour }) => hour)).not.toContain(first)
  await acme.quiet()
  expect((await relay.operator('DELETE', `/api/tenants/${acme.id}`)).status).toBe(204)
  expect(await hoursIn(acme)).toEqual([])
})

const FIELD = `${'a'.repeat(8)}__844e__4399__9142__2d960441a391`

test('open receivables stand by their age once a field tells of them: one call in five minutes, and nothing kept', async () => {
  const { tenant } = await anOfficeAt(relay, 'book', {
    tribe: { customFields: { Relation_Organization: { [FIELD]: 'double' } } },
  })
  const [customer] = tenant.books.customers()
  const bill = (TotalAmount: number, DueDate: string) =>
    tenant.books.hasInvoice(customer?.Id ?? 0, {
      TotalAmount,
      NetPostedAmount: TotalAmount,
      VoucherDate: '2025-10-01',
      DueDate,
    })
  bill(100.5, '2026-03-20')
  bill(200, '2026-02-15')
  bill(400, '2025-11-01')
  const ages = async () => (await tenant.api('GET', '/receivables/ages')).body
  expect(await ages()).toEqual({ state: 'not-mapped', ages: null })
  expect(await pageOf(tenant)).not.toContain('Open receivables')

  const row = {
    record: 'customer',
    tribeField: FIELD,
    powerOfficeField: 'receivables.open',
    direction: 'to-tribe',
  }
  expect((await tenant.put('/fields', { mapped: [row] })).status).toBe(200)
  await tenant.quiet()
  relay.powerOffice.log.clear()
  const found = { notDue: 100.5, to30: 200, to60: 0, to90: 0, over90: 400, credit: 0 }
  expect(await ages()).toEqual({ state: 'known', ages: found })
  const html = said(await pageOf(tenant))
  expect(html).toMatch(
    /Not due yet 100\.50 1–30 days 200\.00 31–60 days 0\.00 61–90 days 0\.00 More than 90 days 400\.00/,
  )
  expect(tenant.calls().filter(({ path }) => /ledger/i.test(path))).toHaveLength(1)

  await relay.sleep(6 * 60_000)
  relay.powerOffice.faults.add({ name: 'error-before', account: tenant.books.clientKey, times: 100 })
  expect(await ages()).toEqual({ state: 'unreachable', ages: null })
  expect(said(await pageOf(tenant))).toContain('PowerOffice does not answer just now')
})

test('the operator sees companies by health, both budgets by hour, and the slowest; another’s numbers are nobody else’s', async () => {
  const acme = await relay.tenant()
  const other = await relay.tenant()
  acme.crm.hasCustomer({})
  await acme.quiet()
  await relay.sleep(HOUR_MS)
  await relay.tick('*/15 * * * *')
  await acme.quiet()
  const { status, body } = await relay.operator('GET', '/api/activity')
  expect(status).toBe(200)
  expect(body.hours).toHaveLength(24)
  expect(body.perHour).toEqual({ tribe: 57_000, powerOffice: 500 * 3600 })
  expect(allOf(body.hours, 'tribe')).toBeGreaterThan(0)
  expect(allOf(body.hours, 'powerOffice')).toBeGreaterThan(0)
  expect(body.slowest.map(({ id }: { id: string }) => id)).toContain(acme.id)
  expect((await acme.api('GET', '/../../activity')).status).toBe(401)
  expect((await relay.call(other.token, 'GET', `/api/tenants/${acme.id}/activity`)).status).toBe(404)

  const browser = browserOf(relay)
  await browser.logIn(OPERATOR)
  const html = said((await browser.open('/console/tenants')).text)
  expect(html).toMatch(/Companies by health .*Stopped: connect again \d+ With problems \d+ Running late \d+/)
  expect(html).toMatch(/Calls to PowerOffice: at most [\d,]+ in one hour, [\d.]+% of what may be asked for/)
  expect(html).toMatch(/Slowest companies in the last 24 hours .*Half within 95 % within Changes/)
})
