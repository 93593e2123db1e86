import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { anOfficeAt } from './office'
import { type Relay, startRelay, type Tenant } from './relay'

/** What happens to a tenant's records, as its own webhook is told. */

const KEY = Buffer.alloc(32, 9)
const SECRET = `whsec_${KEY.toString('base64')}`
interface Arrived {
  path: string
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: looked at as a receiver without types would
  message: any
}
const receiver = {
  arrived: [] as Arrived[],
  answers: new Map<string, number | 'never' | ((one: Arrived) => number)>(),
  at: (path: string) => receiver.arrived.filter((one) => one.path === path),
}
async function receive(request: Request): Promise<Response> {
  const text = await request.text()
  const path = new URL(request.url).pathname
  const one = { path, headers: request.headers, text, message: JSON.parse(text) }
  receiver.arrived.push(one)
  const answer = receiver.answers.get(path) ?? 204
  if (answer === 'never') return new Promise(() => undefined)
  const status = typeof answer === 'number' ? answer : answer(one)
  return new Response(null, { status, headers: { location: 'https://elsewhere.example/' } })
}

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({ callTimeoutMs: 1000, outside: { answer: receive, vars: () => ({}) } })
})
beforeEach(() => {
  receiver.answers.clear()
  receiver.arrived.length = 0
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

let hooks = 0
/** A path of its own for each tenant. */
const hook = () => `/hook-${++hooks}`
const listens = (tenant: Tenant, path: string) =>
  tenant.api('PATCH', '/settings', { events: { url: `${relay.outsideUrl}${path}`, secret: SECRET } })
const typesAt = (path: string) => receiver.at(path).map(({ message }) => message.type)
const eventsOf = async (tenant: Tenant) => (await tenant.api('GET', '/events')).body.events
const moment = () => relay.sleep(3000)

async function aListener() {
  const acme = await relay.tenant()
  const path = hook()
  expect((await listens(acme, path)).status).toBe(200)
  return { acme, path, customer: (Name: string) => acme.crm.hasCustomer({ organization: { Name } }) }
}

test('an invoice that is posted and paid, a relation, a conflict and what waits for a person are told, signed', async () => {
  const { tenant, roleId, organizationId, productId } = await anOfficeAt(relay, 'book')
  const path = hook()
  await listens(tenant, path)
  const { crm, books } = tenant
  crm.hasCustomer({ organization: { Name: 'Nytt AS' } })
  const invoice = crm.hasInvoice({ roleId, lines: [{ product: productId, quantity: 1 }] })
  crm.sendInvoice(invoice)
  await tenant.quiet()
  const [posted] = books.postedInvoices()
  books.receivePayment(posted?.Id ?? '', posted?.TotalAmount ?? 0)
  await relay.tick('0 */4 * * *')
  await tenant.quiet()
  await tenant.api('POST', '/pause')
  crm.edit(organizationId, { PhoneNumber: '22 33 44 55' })
  const [customer] = books.customers()
  books.editCustomer(customer?.Id ?? 0, { PhoneNumber: '99 88 77 66' })
  await tenant.api('POST', '/resume')
  await tenant.poll()
  relay.tribe.faults.add({ name: 'refused', on: /^POST .*Customer$/, account: crm.id, times: 99 })
  books.hasCustomer({ Name: 'Avvist AS' })
  await tenant.poll()
  await moment()

  expect([...typesAt(path)].sort()).toEqual([
    'conflict.decided',
    'invoice.paid',
    'invoice.posted',
    'record.parked',
    'relation.linked',
  ])
  const of = (type: string) => receiver.at(path).find(({ message }) => message.type === type)
  expect(of('invoice.posted')?.message).toEqual({
    type: 'invoice.posted',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    data: {
      tenantId: tenant.id,
      kind: 'invoice',
      tribeId: invoice,
      powerOfficeId: expect.any(String),
      number: String(posted?.InvoiceNo),
      kid: expect.any(String),
    },
  })
  expect(of('conflict.decided')?.message.data).toMatchObject({
    field: 'phone',
    winner: expect.stringMatching(/^powerOffice$/i),
  })
  expect(of('record.parked')?.message.data.code).toMatch(/^\w+\.\w+/)
  // Of people and companies not a word.
  expect(receiver.arrived.map(({ text }) => text).join()).not.toMatch(/Nytt|Avvist|22 33|99 88/)
  for (const { headers, text } of receiver.at(path)) {
    const [id, time] = [headers.get('webhook-id'), headers.get('webhook-timestamp')]
    expect(Math.abs(Number(time) * 1000 - Date.now())).toBeLessThan(86_400_000)
    const right = createHmac('sha256', KEY).update(`${id}.${time}.${text}`).digest('base64')
    expect(headers.get('webhook-signature')).toBe(`v1,${right}`)
  }
  const ids = receiver.at(path).map(({ headers }) => headers.get('webhook-id'))
  expect(new Set(ids).size).toBe(5)
})

test('a tenant that names no address is told nothing, and nothing is kept for it', async () => {
  const acme = await relay.tenant()
  acme.crm.hasCustomer({ organization: { Name: 'Nytt AS' } })
  await acme.quiet()
  await moment()
  expect(receiver.arrived).toEqual([])
  expect(await eventsOf(acme)).toEqual([])
  expect(await relay.objectSql(acme.id, "select 1 from sqlite_master where name = 'events'")).toEqual([])
})

test('what a first load ties is not told one by one', async () => {
  const acme = await relay.tenant({ activate: false })
  const path = hook()
  await listens(acme, path)
  for (let n = 0; n < 20; n++) acme.books.hasCustomer({ Name: `Kunde ${n} AS` })
  await acme.activate()
  await moment()
  expect(receiver.at(path)).toEqual([])
  acme.books.hasCustomer({ Name: 'Etterpå AS' })
  await acme.poll()
  await moment()
  expect(receiver.at(path).map(({ message }) => message.data.by)).toEqual(['created-in-tribe'])
})

describe('a receiver that', () => {
  test.each([
    ['is out of order', 503],
    ['sends it elsewhere', 302],
    ['does not answer', 'never'],
  ] as const)('%s gets it later, under the same id, and holds up nothing', async (_, answer) => {
    const { acme, path, customer } = await aListener()
    receiver.answers.set(path, answer)
    customer('Nytt AS')
    await acme.quiet()
    expect(acme.books.customers()).toHaveLength(1)
    await relay.sleep(10 * 60_000)
    const before = receiver.at(path).length
    expect(before).toBeGreaterThan(1)
    expect(before).toBeLessThan(6)
    receiver.answers.clear()
    await relay.sleep(60 * 60_000)
    expect(receiver.at(path)).toHaveLength(before + 1)
    expect(new Set(receiver.at(path).map(({ headers }) => headers.get('webhook-id'))).size).toBe(1)
    expect(await eventsOf(acme)).toMatchObject([{ state: 'delivered', status: 204, nextAt: null }])
  })

  test('is away for more than three days gets it when somebody sends it again, all or one', async () => {
    const { acme, path, customer } = await aListener()
    receiver.answers.set(path, 500)
    for (const name of ['En AS', 'To AS']) customer(name)
    await acme.quiet()
    await relay.sleep(2.5 * 86_400_000)
    expect((await eventsOf(acme)).map(({ state }: { state: string }) => state)).toEqual([
      'waiting',
      'waiting',
    ])
    await relay.sleep(1 * 86_400_000)
    expect((await eventsOf(acme)).map(({ state }: { state: string }) => state)).toEqual(['failed', 'failed'])
    const tries = receiver.at(path).length
    await relay.sleep(2 * 86_400_000)
    expect(receiver.at(path)).toHaveLength(tries)

    receiver.answers.clear()
    const [last] = await eventsOf(acme)
    expect((await acme.api('POST', `/events/${last.id}/replay`)).body).toEqual({ replayed: 1 })
    await moment()
    expect(receiver.at(path).at(-1)?.headers.get('webhook-id')).toBe(last.id)
    expect((await acme.api('POST', '/events/replay')).body).toEqual({ replayed: 1 })
    await moment()
    expect((await eventsOf(acme)).map(({ state }: { state: string }) => state)).toEqual([
      'delivered',
      'delivered',
    ])
    expect((await acme.api('POST', '/events/msg_none/replay')).body.error.code).toBe('event.unknown')
  })

  test('does not like one message gets the others', async () => {
    const { acme, path, customer } = await aListener()
    let refused = ''
    receiver.answers.set(path, (one) => {
      refused ||= one.headers.get('webhook-id') ?? ''
      return one.headers.get('webhook-id') === refused ? 422 : 204
    })
    for (const name of ['En AS', 'To AS', 'Tre AS']) customer(name)
    await acme.quiet()
    await moment()
    const states = (await eventsOf(acme)).map(({ state }: { state: string }) => state).sort()
    expect(states).toEqual(['delivered', 'delivered', 'waiting'])
  })
})

test('a message waits in the object: a restart does not lose it, and a pause does not keep it', async () => {
  const { acme, path, customer } = await aListener()
  receiver.answers.set(path, 503)
  customer('Nytt AS')
  await acme.quiet()
  await moment()
  await relay.restart()
  await acme.api('POST', '/pause')
  receiver.answers.clear()
  await relay.sleep(10 * 60_000)
  expect(await eventsOf(acme)).toMatchObject([{ state: 'delivered' }])
})

test('another address is told at once what waits, and none is told nothing', async () => {
  const { acme, path, customer } = await aListener()
  receiver.answers.set(path, 503)
  customer('Nytt AS')
  await acme.quiet()
  await relay.sleep(20 * 60_000)
  const other = hook()
  await listens(acme, other)
  await moment()
  expect(receiver.at(other)).toHaveLength(1)
  receiver.answers.set(other, 503)
  customer('Annet AS')
  await acme.quiet()
  await moment()
  await acme.api('PATCH', '/settings', { events: { url: null } })
  const before = receiver.arrived.length
  await relay.sleep(86_400_000)
  expect(receiver.arrived).toHaveLength(before)
})

describe('what nobody receives', () => {
  const problemIn = async (acme: Tenant, language = 'en') => {
    const { body } = await acme.api('GET', `/status?language=${language}`)
    const found = body.problems.find(({ code }: { code: string }) => code === 'event.not_delivered')
    expect((await acme.api('GET', `/events?language=${language}`)).body.problem).toEqual(found ?? null)
    return found ?? null
  }

  test('is a problem after ten minutes, in each language, no ailment, and ends by itself', async () => {
    const { acme, path, customer } = await aListener()
    receiver.answers.set(path, 503)
    for (const name of ['En AS', 'To AS']) customer(name)
    await acme.quiet()
    await relay.sleep(5 * 60_000)
    expect(await problemIn(acme)).toBeNull()
    await relay.sleep(10 * 60_000)
    expect(await problemIn(acme)).toMatchObject({
      kind: 'tenant',
      remedy: 'time',
      message: '2 not received; the receiver answered 503',
      attempts: expect.any(Number),
    })
    const causes = await Promise.all(
      ['en', 'nl', 'nb'].map(async (one) => (await problemIn(acme, one)).cause),
    )
    expect(new Set(causes).size).toBe(3)
    expect((await acme.api('GET', '/status')).body.health.state).toBe('healthy')
    receiver.answers.clear()
    await relay.sleep(2 * 60 * 60_000)
    expect(await problemIn(acme)).toBeNull()
  })

  test('is one though the receiver says nothing at all, and none once nobody wants to be told', async () => {
    const { acme, path, customer } = await aListener()
    receiver.answers.set(path, 'never')
    customer('Nytt AS')
    await acme.quiet()
    await relay.sleep(20 * 60_000)
    expect((await problemIn(acme)).message).toBe('1 not received; the receiver did not answer')
    await acme.api('PATCH', '/settings', { events: { url: null } })
    expect(await problemIn(acme)).toBeNull()
    await relay.sleep(60_000)
    const other = hook()
    await listens(acme, other)
    await moment()
    expect([await problemIn(acme), receiver.at(other)]).toEqual([null, []])
  })

  test('stays one when it was given up, until somebody has it sent again, from the overview too', async () => {
    const { acme, path, customer } = await aListener()
    receiver.answers.set(path, 500)
    customer('Nytt AS')
    await acme.quiet()
    await relay.sleep(4 * 86_400_000)
    expect((await eventsOf(acme))[0].state).toBe('failed')
    expect((await problemIn(acme)).message).toContain('answered 500')
    const browser = browserOf(relay)
    await browser.logIn(acme.token)
    const home = `/console/tenants/${acme.id}`
    expect((await browser.open(home)).text).toContain(`href="${home}/events"`)
    expect((await browser.open(`${home}/events`)).text).toContain('are not received by your webhook')
    receiver.answers.clear()
    await browser.send(`${home}/retry`, { code: 'event.not_delivered' })
    await moment()
    expect(await problemIn(acme)).toBeNull()
    expect((await browser.open(`${home}/events`)).text).not.toContain('are not received by your webhook')
    expect((await eventsOf(acme))[0].state).toBe('delivered')
  })

  test('is tried at once, whether it waits or was given up, when all is sent again', async () => {
    const { acme, path, customer } = await aListener()
    receiver.answers.set(path, 500)
    customer('Nytt AS')
    await acme.quiet()
    await relay.sleep(3 * 3_600_000)
    receiver.answers.clear()
    const before = receiver.at(path).length
    expect((await acme.api('POST', '/events/replay')).body).toEqual({ replayed: 1 })
    await moment()
    expect(receiver.at(path)).toHaveLength(before + 1)
    expect(await problemIn(acme)).toBeNull()
  })
})

describe('attacks', () => {
  test.each([
    ...['https://127.0.0.1/', 'https://localhost/', 'https://0x7f.1/', 'https://[::ffff:10.0.0.1]/'],
    ...['https://169.254.169.254/latest', 'https://metadata.google.internal/', 'http://hooks.example.com/'],
    ...['https://user:password@hooks.example.com/', 'ftp://hooks.example.com/'],
  ])('an address is never %s', async (url) => {
    const acme = await relay.tenant({ activate: false })
    const { status, body } = await acme.api('PATCH', '/settings', { events: { url, secret: SECRET } })
    expect([status, body.error.code]).toEqual([422, 'event.address_refused'])
  })

  test('an address that was kept before the rules changed is not called', async () => {
    const { acme, customer } = await aListener()
    await relay.sql(
      `update tenants set settings = json_set(settings, '$.events.url', 'https://10.0.0.1/') where id = ?`,
      acme.id,
    )
    customer('Nytt AS')
    await acme.quiet()
    await moment()
    expect(receiver.arrived).toEqual([])
    expect(await eventsOf(acme)).toMatchObject([{ state: 'waiting', status: null }])
  })

  test('the secret is needed, never shown, kept sealed, and sealed anew', async () => {
    const acme = await relay.tenant({ activate: false })
    const url = 'https://hooks.example.com/relay'
    const change = (events: object) => acme.api('PATCH', '/settings', { events })
    expect((await change({ url })).body.error.code).toBe('event.secret_missing')
    expect((await change({ url, secret: 'short' })).body.error.code).toBe('request.invalid')
    expect((await change({ url, secret: SECRET })).body.events).toEqual({ url })
    expect((await acme.api('PATCH', '/settings', { conflictPolicy: 'tribe' })).body.events).toEqual({ url })
    const [row] = await relay.sql('select * from tenants where id = ?', acme.id)
    expect(row?.sealed_events_secret).toMatch(/^k1\./)
    expect(JSON.stringify([row, (await acme.api('GET', '/export')).body])).not.toContain(SECRET)
  })

  test('another tenant’s events are neither seen nor sent again', async () => {
    const { acme, path, customer } = await aListener()
    customer('Nytt AS')
    await acme.quiet()
    await moment()
    const [{ id }] = await eventsOf(acme)
    const other = await relay.tenant({ activate: false })
    expect(await eventsOf(other)).toEqual([])
    expect((await other.api('POST', `/events/${id}/replay`)).status).toBe(404)
    const call = (method: string, at: string) =>
      relay.call(other.token, method, `/api/tenants/${acme.id}${at}`)
    expect((await call('GET', '/events')).status).toBe(404)
    expect((await call('POST', `/events/${id}/replay`)).status).toBe(404)
    expect(receiver.at(path)).toHaveLength(1)
  })

  test('a tenant that leaves is told no more, and nothing of it is left', async () => {
    const { acme, path, customer } = await aListener()
    receiver.answers.set(path, 503)
    customer('Nytt AS')
    await acme.quiet()
    await moment()
    await acme.api('DELETE', '')
    receiver.arrived.length = 0
    await relay.sleep(86_400_000)
    expect(receiver.arrived).toEqual([])
    expect(await relay.objectSql(acme.id, 'select name from sqlite_master')).toEqual([])
  })
})

test('what was told is exported, and forgotten after a week', async () => {
  const { acme, customer } = await aListener()
  customer('Nytt AS')
  await acme.quiet()
  await moment()
  const { body } = await acme.api('GET', '/export')
  expect(body.events).toEqual(await eventsOf(acme))
  await relay.sleep(8 * 86_400_000)
  await relay.tick('30 2 * * *')
  await acme.quiet()
  expect(await eventsOf(acme)).toEqual([])
})

test('in the console an address is entered, and what was not received is sent again', async () => {
  const acme = await relay.tenant()
  const path = hook()
  const browser = browserOf(relay)
  await browser.logIn(acme.token)
  const page = `/console/tenants/${acme.id}/events`
  const refused = await browser.send(page, { url: 'https://127.0.0.1/', secret: SECRET })
  expect([refused.status, refused.text.includes('public https')]).toEqual([422, true])
  expect((await browser.send(page, { url: `${relay.outsideUrl}${path}`, secret: SECRET })).status).toBe(303)
  receiver.answers.set(path, 422)
  acme.crm.hasCustomer({ organization: { Name: 'Nytt AS' } })
  await acme.quiet()
  await moment()
  const { text } = await browser.open(page)
  expect(text).toContain('relation.linked')
  const [, action] = text.match(/action="([^"]+\/events\/msg_\w+\/again)"/) ?? []
  receiver.answers.clear()
  expect((await browser.send(action ?? '')).to).toBe(`${page}?again=1`)
  await moment()
  expect((await browser.open(`${page}?again=1`)).text).toContain('received (204)')
})
