import { describe, expect, test } from 'vitest'
import { CATALOGUE, type Ground, KINDS, type KindName, type Stricken, strike } from '../fakes/catalogue'
import { DROP } from '../fakes/kit'
import { FakePowerOffice } from '../fakes/poweroffice'
import { FakeTribe } from '../fakes/tribe'

/** Each kind of fault does what its name says, at the calls that it is meant for and at no other. */

interface Token {
  access_token: string
}

class Place implements Stricken {
  readonly tribe = new FakeTribe({ seed: 1 })
  readonly powerOffice = new FakePowerOffice({ seed: 1 })
  readonly crm = this.tribe.addEnvironment()
  readonly books = this.powerOffice.addClient({ writeMs: 0 })
  readonly happened: string[] = []
  private token = ''
  readonly users = {
    insert: () => void this.happened.push('insert'),
    edit: () => void this.happened.push('edit'),
    remove: () => void this.happened.push('remove'),
  }
  readonly ground = {
    reset: () => this.happened.push('reset'),
    loseAlarm: () => this.happened.push('alarm lost'),
    throwAlarms: (count: number) => this.happened.push(`${count} alarms throw`),
    deploy: () => this.happened.push('deploy'),
  } as unknown as Ground

  private async call(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string | FormData,
  ) {
    return this.powerOffice.app.request(`https://po.example${path}`, {
      method,
      headers: { 'ocp-apim-subscription-key': this.powerOffice.subscriptionKey, ...headers },
      ...(body === undefined ? {} : { body }),
    })
  }

  async signIn(): Promise<this> {
    const keys = btoa(`${this.powerOffice.applicationKey}:${this.books.clientKey}`)
    const headers = { authorization: `Basic ${keys}`, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await this.call('POST', '/OAuth/Token', headers, 'grant_type=client_credentials')
    this.token = answer.status === 200 ? ((await answer.json()) as Token).access_token : ''
    return this
  }
  get isIn(): boolean {
    return this.token !== ''
  }

  create(name = 'Ny AS') {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' }
    return this.call('POST', '/v2/Customers', headers, JSON.stringify({ Name: name }))
  }

  post(path: string, body: string | FormData) {
    const type = typeof body === 'string' ? { 'content-type': 'application/json' } : {}
    return this.call('POST', path, { authorization: `Bearer ${this.token}`, ...type }, body)
  }

  list() {
    return this.get('/v2/Customers?PageNumber=1&PageSize=50&OrderBy=Id%20asc')
  }

  get(path: string) {
    return this.call('GET', path, { authorization: `Bearer ${this.token}` })
  }
}

const isJson = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Status (0: no answer), whether it was done, and what else is told of the answer. */
const ANSWERS: readonly [KindName, number, boolean, ((answer: Response, text: string) => unknown)?][] = [
  ['rate-limited', 429, false, (answer) => answer.headers.get('retry-after') === '1'],
  ['rate-limited-bare', 429, false, (answer) => answer.headers.get('retry-after') === null],
  ['unavailable', 503, false],
  ['error-before', 500, false],
  ['error-after', 500, true],
  ['lost-before', 0, false],
  ['lost-after', 0, true],
  ['slow', 201, true],
  ['late', 201, true],
  ['truncated', 201, true, (_, text) => text.length > 0 && !isJson(text)],
  ['html', 502, false, (answer, text) => answer.headers.get('content-type') === 'text/html' && !isJson(text)],
  ['wrong-content-type', 201, true, (answer) => answer.headers.get('content-type') === 'text/plain'],
  ['empty', 200, true, (_, text) => text === ''],
  ['redirect', 302, false, (answer) => answer.headers.has('location')],
  ['unauthorized-once', 401, false],
  ['forbidden', 403, false],
]

test.each(ANSWERS)('"%s" answers %i, and it is done: %s', async (name, status, isDone, holds) => {
  const place = await new Place().signIn()
  const fault = strike(name, place, { system: 'powerOffice', on: /^POST .*Customers/, delayMs: 20 })
  expect((await place.list()).status).toBe(204)
  const answer = await place.create()
  const text = await answer.text()
  expect([answer.headers.has(DROP) ? 0 : answer.status, place.books.customers().length]).toEqual([
    status,
    isDone ? 1 : 0,
  ])
  if (holds) expect(holds(answer, text)).toBe(true)
  expect(fault.struck()).toBe(1)
  // It has struck its once.
  expect((await place.create('En til AS')).status).toBe(201)
})

test('a refusal is one, also where answers are empty', async () => {
  const place = await new Place().signIn()
  strike('empty', place, { system: 'powerOffice', on: /^POST .*Customers/ })
  expect([(await place.create('')).status, place.books.customers()]).toEqual([400, []])
})

test.each([
  ['slow', 'before'],
  ['late', 'after'],
] as const)('what is "%s" is done %s the wait', async (name: KindName, _: string) => {
  const place = await new Place().signIn()
  strike(name, place, { system: 'powerOffice', on: /^POST .*Customers/, delayMs: 60 })
  const answer = place.create()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(place.books.customers()).toHaveLength(name === 'slow' ? 1 : 0)
  expect((await answer).status).toBe(201)
  expect(place.books.customers()).toHaveLength(1)
})

test('a fault strikes by route and by chance, and no more once it is lifted', async () => {
  const place = await new Place().signIn()
  const often = {
    system: 'powerOffice',
    on: /^GET /,
    times: Number.POSITIVE_INFINITY,
    probability: 0.5,
  } as const
  const fault = strike('unavailable', place, often)
  place.powerOffice.log.clear()
  for (let n = 0; n < 200; n++) {
    place.powerOffice.clock.advance(1000)
    await place.list()
  }
  const statuses = place.powerOffice.log.all.map(({ status }) => status).filter((status) => status !== 429)
  expect(fault.struck()).toBeGreaterThan(0)
  fault.lift()
  const before = fault.struck()
  await place.list()
  expect([fault.struck(), new Set(statuses).size]).toEqual([before, 2])
})

describe("Tribe's limit", () => {
  const MINUTE_MS = 60_000
  async function aTribe(
    options: { requestsPerMinute?: number; limitStyle?: 'seconds' | 'date' | 'none' } = {},
  ) {
    const place = new Place()
    const crm = place.tribe.addEnvironment(options)
    const { clientId, clientSecret } = crm
    const given = await place.tribe.app.request('https://t.example/oauth2/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}&scope=read%20write`,
    })
    const { access_token } = (await given.json()) as Token
    const list = () =>
      place.tribe.app.request('https://t.example/v1/odata/Datastore_Unit?$select=ID&$top=1', {
        headers: { authorization: `Bearer ${access_token}` },
      })
    return { crm, list, clock: place.tribe.clock, stricken: { ...place, crm } as Stricken }
  }

  test.each(['seconds', 'date', 'none'] as const)(
    'the call too many of a minute is refused, told by %s when it may come again, and noted',
    async (limitStyle) => {
      const { crm, list, clock } = await aTribe({ requestsPerMinute: 3, limitStyle })
      // The token counts.
      expect([(await list()).status, (await list()).status]).toEqual([200, 200])
      const refused = await list()
      const value = refused.headers.get('retry-after')
      const style = value === '60' ? 'seconds' : 'date'
      expect([refused.status, value === null ? 'none' : style]).toEqual([429, limitStyle])
      expect(crm.violations).toEqual([expect.stringContaining('is call 4 of a minute that allows 3')])
      clock.advance(30_000)
      await list()
      expect(crm.violations.at(1)).toContain('within a hold, 30 s before its end')
      clock.advance(2 * MINUTE_MS)
      expect((await list()).status).toBe(200)
    },
  )

  test('"tribe-window" leaves nothing of the minute, which the relay could not know', async () => {
    const { crm, list, clock, stricken } = await aTribe()
    strike('tribe-window', stricken)
    expect([(await list()).status, crm.violations]).toEqual([429, []])
    clock.advance(MINUTE_MS)
    expect((await list()).status).toBe(200)
  })

  test.each([
    ['tribe-429-date', 18_000, 21_000],
    ['tribe-429-bare', 58_000, 61_000],
  ] as const)('"%s" holds until its time is over', async (name, within, after) => {
    const { crm, list, clock, stricken } = await aTribe()
    strike(name, stricken)
    expect((await list()).status).toBe(429)
    clock.advance(within)
    await list()
    expect(crm.violations).toEqual([expect.stringContaining('within a hold')])
    clock.advance(after)
    await list()
    expect(crm.violations).toHaveLength(1)
  })
})

describe('access', () => {
  test('"token-expires" ends the token at a list, and a new one is good', async () => {
    const place = await new Place().signIn()
    strike('token-expires', place)
    expect((await place.create()).status).toBe(201)
    expect((await place.list()).status).toBe(401)
    await place.signIn()
    expect((await place.list()).status).toBe(200)
  })

  test('"key-revoked" ends key and token until it is lifted', async () => {
    const place = await new Place().signIn()
    const fault = strike('key-revoked', place)
    expect((await place.list()).status).toBe(401)
    expect((await place.signIn()).isIn).toBe(false)
    fault.lift()
    await place.signIn()
    expect((await place.create()).status).toBe(201)
  })

  test('"key-revoked" at Tribe refuses the credentials', async () => {
    const place = new Place()
    const token = async () => {
      const { clientId, clientSecret } = place.crm
      const answer = await place.tribe.app.request('https://t.example/oauth2/token', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}&scope=read%20write`,
      })
      return answer.status
    }
    const good = await token()
    const fault = strike('key-revoked', place, { system: 'tribe' })
    expect([good, await token()]).toEqual([200, expect.toSatisfy((status: number) => status >= 400)])
    fault.lift()
    expect(await token()).toBe(200)
  })
})

describe('data', () => {
  const rowsOf = async (list: Response) => ((await list.json()) as unknown[]).length

  test.each([
    ['insert-between-pages', 'insert'],
    ['edit-between-pages', 'edit'],
    ['delete-between-pages', 'remove'],
  ] as const)('"%s" happens right after a page was read', async (name, deed) => {
    const place = await new Place().signIn()
    strike(name, place)
    await place.create()
    expect(place.happened).toEqual([])
    await place.list()
    expect(place.happened).toEqual([deed])
  })

  test('"page-short" leaves out the second half of the rows, and says the same of further pages', async () => {
    const place = await new Place().signIn()
    for (let n = 0; n < 5; n++) place.books.hasCustomer({ Name: `Kunde ${n}` })
    const whole = await place.list()
    strike('page-short', place)
    const short = await place.list()
    expect([await rowsOf(whole), await rowsOf(short)]).toEqual([5, 3])
    expect(short.headers.get('x-pagination')).toBe(whole.headers.get('x-pagination'))
  })

  test('"stale-replica" shows a write in lists later', async () => {
    const place = await new Place().signIn()
    const fault = strike('stale-replica', place)
    await place.create()
    expect((await place.list()).status).toBe(204)
    place.powerOffice.clock.advance(2000)
    expect((await place.list()).status).toBe(200)
    fault.lift()
    await place.create('To AS')
    expect(await (await place.list()).json()).toHaveLength(2)
  })
})

test('"entry-late" leaves a new payment out of its match, and the balance knows of it', async () => {
  const place = await new Place().signIn()
  const { Id } = place.books.hasCustomer({ Name: 'Kunde AS' })
  const { Id: invoiceId } = place.books.hasInvoice(Id, { TotalAmount: 1250 })
  place.powerOffice.clock.advance(3_600_000)
  await place.signIn()
  const fault = strike('entry-late', place)
  const { MatchId } = place.books.receivePayment(invoiceId, 1250)
  const match = `/v2/Customerledger/EntriesByMatchId?matchId=${MatchId}`
  const amounts = async () =>
    ((await (await place.get(match)).json()) as { Amount: number }[]).map(({ Amount }) => Amount)
  expect(await amounts()).toEqual([1250])
  expect(place.books.postedInvoices()[0]?.Balance).toBe(0)
  place.powerOffice.clock.advance(31 * 60_000)
  await place.signIn()
  expect(await amounts()).toEqual([1250, -1250])
  fault.lift()
  expect(place.books.quirks.entriesShowAfterMs).toBe(0)
})

test.each([
  ['clock-ahead', 300_000],
  ['clock-behind', -300_000],
] as const)('"%s" moves the clock of one side by five minutes', (name, ms) => {
  const place = new Place()
  const skew = (clock: { now(): Date }) => Math.round((clock.now().getTime() - Date.now()) / 1000) * 1000
  const fault = strike(name, place, { system: 'tribe' })
  expect([skew(place.tribe.clock), skew(place.powerOffice.clock)]).toEqual([ms, 0])
  fault.lift()
  expect(skew(place.tribe.clock)).toBe(0)
})

describe('webhooks', () => {
  /** What of these names came through to the door, in order. */
  async function told(name: KindName | null, names: readonly string[], delayMs = 0) {
    const place = new Place()
    const { app } = place.tribe
    const heard: string[] = []
    const door = globalThis.fetch
    globalThis.fetch = (async (_: string, init: RequestInit) => {
      heard.push(String(init.body))
      return new Response(null, { status: 202 })
    }) as typeof fetch
    try {
      const { clientId, clientSecret } = place.crm
      const body = `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}&scope=read%20write`
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      const token = await app.request('https://t.example/oauth2/token', {
        method: 'POST',
        headers: form,
        body,
      })
      const headers = {
        authorization: `Bearer ${((await token.json()) as Token).access_token}`,
        'content-type': 'application/json',
      }
      const hook = { entityType: 'Product', webhookUrl: 'https://relay.example/hook', headers: [] }
      await app.request('https://t.example/v1/webhooks', {
        method: 'POST',
        headers,
        body: JSON.stringify(hook),
      })
      expect(place.crm.webhooks).toHaveLength(1)
      if (name) strike(name, place, name.startsWith('webhook-d') ? { delayMs } : {})
      const ids = names.map((Name) => place.crm.hasProduct({ Name }))
      await app.request('https://t.example/v1/odata/Product', {
        method: 'POST',
        headers,
        body: JSON.stringify({ Name: 'By API' }),
      })
      while (place.crm.deliveriesPending() > 0) await new Promise((resolve) => setTimeout(resolve, 5))
      const order = heard.map((text) => ids.findIndex((id) => text.includes(id)))
      return { order: order.filter((at) => at >= 0), all: heard, hooks: place.crm.webhooks.length }
    } finally {
      globalThis.fetch = door
    }
  }
  const THREE = ['a', 'b', 'c']

  test.each([
    [null, [0, 1, 2]],
    ['webhook-dropped', [1, 2]],
    ['webhook-doubled', [0, 0, 1, 2]],
    ['webhook-reordered', [1, 0, 2]],
    ['webhook-delayed', [1, 2, 0]],
    ['webhook-gone', []],
  ] as const)('"%s": of three events come %o', async (name, order) => {
    expect((await told(name, THREE, 60)).order).toEqual(order)
  })

  test('"webhook-gone" leaves none', async () => {
    expect([(await told('webhook-gone', [])).hooks, (await told(null, [])).hooks]).toEqual([0, 1])
  })

  test('"echo-off": nothing is told of what came by API', async () => {
    expect([(await told(null, [])).all.length, (await told('echo-off', [])).all.length]).toEqual([1, 0])
  })

  test('"webhook-minimal" holds an id and no more', async () => {
    const [body = '{}'] = (await told('webhook-minimal', ['a'])).all
    expect(Object.keys(JSON.parse(body).payload)).toEqual(['entityId'])
  })

  test('"webhook-edge" names only the link when a link changed', () => {
    const place = new Place()
    const fault = strike('webhook-edge', place)
    expect(place.crm.options.payloadStyle).toBe('edge')
    fault.lift()
    expect(place.crm.options.payloadStyle).toBe('full')
  })
})

describe('the ground', () => {
  test.each([
    ['evicted', 'reset'],
    ['alarm-lost', 'alarm lost'],
    ['alarm-throws', '20 alarms throw'],
    ['deploy', 'deploy'],
  ] as const)('"%s" strikes while a call is on its way', async (name, what) => {
    const place = await new Place().signIn()
    strike(name, place, { on: /Customers/ })
    expect(place.happened).toEqual([])
    await place.create()
    expect(place.happened).toEqual([what])
  })

  test('a world without it says so', () => {
    const { tribe, crm, powerOffice, books } = new Place()
    expect(() => strike('evicted', { tribe, crm, powerOffice, books })).toThrow('no ground')
  })
})

describe('fields and people', () => {
  const type = 'Product'
  const name = 'a4d81060__844e__4c5e__9d0b__1c2d3e4f5a6b'
  const crm = new FakeTribe({ seed: 2 }).addEnvironment({ customFields: { [type]: { [name]: 'string' } } })
  const world = { ...new Place(), crm, field: { type, name } }

  test('a custom field vanishes, and comes back with what it held', () => {
    const id = crm.hasProduct({ [name]: 'blue' })
    const fault = strike('custom-field-vanished', world)
    expect(crm.get(id)).not.toHaveProperty(name)
    expect(() => crm.hasProduct({ [name]: 'red' })).toThrow(name)
    fault.lift()
    expect(crm.get(id)).toHaveProperty(name, 'blue')
  })

  test('a custom field becomes one of another kind, and loses what does not fit', () => {
    const id = crm.hasProduct({ [name]: 'blue' })
    const fault = strike('custom-field-retyped', world)
    expect(crm.get(id)).toHaveProperty(name, null)
    expect(() => crm.hasProduct({ [name]: 'red' })).toThrow('Edm.Boolean')
    fault.lift()
    expect(crm.get(crm.hasProduct({ [name]: 'red' }))).toHaveProperty(name, 'red')
  })

  test('an employee is archived, and no order takes them any more', () => {
    const place = new Place()
    const { Id } = place.books.hasEmployee({ EmailAddress: 'liv@bok.example' })
    const fault = strike('employee-archived', { ...place, employeeId: Id })
    expect(place.books.employees.find(Id)?.IsArchived).toBe(true)
    fault.lift()
    expect(place.books.employees.find(Id)?.IsArchived).toBe(false)
  })

  test('a world without them says so', () => {
    const { tribe, powerOffice, books } = new Place()
    const bare = { tribe, crm, powerOffice, books }
    expect(() => strike('custom-field-vanished', bare)).toThrow('no custom field')
    expect(() => strike('employee-archived', bare)).toThrow('no employee')
  })
})

test('"pdf-late" and "pdf-too-large" leave an invoice without its PDF, or with too large a one', () => {
  const world = new Place()
  const { crm } = world
  const sizes = () => crm.papers()
  const late = strike('pdf-late', world)
  crm.hasInvoice({ phase: 'Sent' })
  expect(sizes()).toEqual([])
  late.lift()
  expect(sizes()).toEqual([27])
  const large = strike('pdf-too-large', world)
  crm.hasInvoice({ phase: 'Sent' })
  large.lift()
  crm.hasInvoice({ phase: 'Sent' })
  expect(sizes()).toEqual([27, 31_000_000, 27])
})

test('"zip-broken", "attachment-refused" and "elma-refuses" befall papers and deliveries, until they are lifted', async () => {
  const place = await new Place().signIn()
  const { books } = place
  const customer = { Name: 'Fjord AS', OrganizationNumber: '923609016', InvoiceDeliveryType: 'EHF' }
  const registered = async () => (await place.post('/v2/Customers', JSON.stringify(customer))).status
  const product = books.hasProduct()
  const { Id: CustomerId } = books.hasCustomer({ Name: 'Fjell AS' })
  const SalesOrderLines = [{ ProductId: product.Id, Quantity: 1 }]
  const order = await place.post('/v2/SalesOrders/Complete', JSON.stringify({ CustomerId, SalesOrderLines }))
  const { Id } = (await order.json()) as { Id: string }
  const attach = async () => {
    const form = new FormData()
    form.append('file', new Blob(['uke 1'], { type: 'text/plain' }), 'timer.txt')
    return (await place.post(`/v2/SalesOrders/${Id}/attachments`, form)).status
  }
  const kinds = ['attachment-refused', 'elma-refuses', 'zip-broken'] as const
  const faults = kinds.map((name) => strike(name, place))
  expect([await attach(), await registered()]).toEqual([400, 400])
  books.sendDraft(Id)
  const zip = async () =>
    (await (await place.get(`/v2/VoucherDocumentation/Download?id=${Id}&documentationType=Pdf`)).bytes())
      .length
  const half = await zip()
  for (const { lift } of faults) lift()
  expect([await attach(), await registered(), Math.floor((await zip()) / 2)]).toEqual([201, 201, half])
  expect(books.filesOn(Id)).toEqual([{ name: 'timer.txt', text: 'uke 1' }])
})

test('every kind has one sentence, and there are thirty at least', () => {
  expect(KINDS.length).toBeGreaterThanOrEqual(30)
  const sentences = KINDS.map((name) => CATALOGUE[name].says)
  expect(sentences.filter((says) => !/^[A-Z0-9][^.]*\.$/.test(says))).toEqual([])
  expect(new Set(sentences).size).toBe(KINDS.length)
})

/** As the relay would ask, with a token of its own. */
async function readTribe({ tribe, crm }: Place, path: string): Promise<Response> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: crm.clientId })
  form.set('client_secret', crm.clientSecret)
  form.set('scope', 'read write')
  const asked = { method: 'POST', body: form.toString() }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await tribe.app.request('https://tribe.example/oauth2/token', { ...asked, headers })
  const { access_token } = (await answer.json()) as Token
  return tribe.app.request(`https://tribe.example/v1/odata/${path}`, {
    headers: { authorization: `Bearer ${access_token}` },
  })
}

test('"stale-list" shows a write in lists of Tribe five seconds later, and by its id at once', async () => {
  const place = await new Place().signIn()
  const id = place.crm.hasProduct({ Name: 'Time' })
  const fault = strike('stale-list', place)
  place.crm.edit(id, { Name: 'Dag' })
  const nameOf = async (path: string) => {
    const body = (await (await readTribe(place, path)).json()) as {
      Name?: string
      value?: { Name: string }[]
    }
    return body.value ? body.value[0]?.Name : body.Name
  }
  expect(await nameOf('Product?$select=Name')).toBe('Time')
  expect(await nameOf(`Product(${id})?$select=Name`)).toBe('Dag')
  place.tribe.clock.advance(6000)
  expect(await nameOf('Product?$select=Name')).toBe('Dag')
  fault.lift()
})
