import { expect, test } from 'vitest'
import { aClient, Caller } from './relay'

test('a token lasts as long as it says, and then the call is refused without a body', async () => {
  await using it = await aClient({}, { tokenLifeSeconds: 1200 })
  const { api, fake } = it
  expect((await api.get('/ClientIntegrationInformation')).status).toBe(200)
  fake.clock.advance(1_201_000)
  const refused = await api.get('/ClientIntegrationInformation')
  expect([refused.status, refused.text]).toEqual([401, ''])
  expect(fake.violations).toEqual([])
  await api.get('/ClientIntegrationInformation')
  expect(fake.violations).toEqual(['Klient 1 AS: an expired token is used more than once'])
})

test('a wrong application key or client key is an invalid client', async () => {
  await using it = await aClient()
  const { api } = it
  expect(await api.requestToken()).toMatchObject({
    status: 200,
    record: { token_type: 'bearer', expires_in: 1200 },
  })
  const wrong = { status: 400, record: { error: 'invalid_client' } }
  expect(await api.requestToken({ clientKey: '00000000-0000-4000-8000-000000000000' })).toMatchObject(wrong)
  expect(await api.requestToken({ applicationKey: 'else' })).toMatchObject(wrong)
})

test('without a subscription key the gateway lets nobody in, also for a token', async () => {
  await using it = await aClient()
  const { api, fake } = it
  const headers = { 'ocp-apim-subscription-key': 'wrong' }
  expect(await api.send('GET', '/Customers', { headers })).toMatchObject({
    status: 401,
    record: { statusCode: 401 },
  })
  expect(await api.requestToken({ headers })).toMatchObject({ status: 401 })
  expect(fake.violations).toEqual([])
  const bare = await fetch(`${fake.apiUrl}/Customers`)
  expect(bare.status).toBe(401)
  expect(fake.violations).toHaveLength(1)
})

test('a removed integration gets no new token, while the one it has lives on', async () => {
  await using it = await aClient()
  const { api, books } = it
  books.revokeKey()
  expect((await api.requestToken()).status).toBe(400)
  expect((await api.get('/ClientIntegrationInformation')).status).toBe(200)
  books.quirks.revokeTokensToo = true
  expect((await api.get('/ClientIntegrationInformation')).status).toBe(401)
})

test('the client says which privileges work, and a call without one is 403 without a body', async () => {
  await using it = await aClient({ name: 'Fjordlys', allowSendInvoice: false })
  const { api, books } = it
  books.setPrivileges(['Customer', 'Product_Full'], ['Product_Full'])
  const information = await api.get('/ClientIntegrationInformation')
  expect(information.record).toMatchObject({
    ClientName: 'Fjordlys',
    ValidPrivileges: ['Customer'],
    InvalidPrivileges: ['Product_Full'],
    AllowSendInvoice: false,
  })
  expect((await api.get('/Customers')).status).toBe(204)
  expect(await api.post('/Customers', { Name: 'A' })).toMatchObject({ status: 403, text: '' })
  expect((await api.get('/Products')).status).toBe(403)
  expect((await api.get('/ContactPersons')).status).toBe(204)
})

test('more requests in a second than allowed are refused, whichever client sends them, tokens included', async () => {
  await using it = await aClient({}, { requestsPerSecond: 5 })
  const { fake, api } = it
  const other = new Caller(fake, fake.addClient())
  await other.requestToken()
  const answers = await Promise.all([api, other, api, other, api].map((caller) => caller.get('/Customers')))
  const statuses = answers.map((answer) => answer.status).sort()
  expect(statuses).toEqual([204, 204, 204, 429, 429])
  expect(fake.overLimit).toBe(2)
  const refused = answers.find((answer) => answer.status === 429)
  expect(refused?.record).toMatchObject({ statusCode: '429' })
  expect(refused?.headers.get('retry-after')).toBe('1')
  await new Promise((resolve) => setTimeout(resolve, 1010))
  expect((await api.get('/Customers')).status).toBe(204)
})

test('an unknown route is the gateway’s 404, and is noted', async () => {
  await using it = await aClient()
  const { api, fake } = it
  const gateway = { status: 404, record: { statusCode: 404, message: 'Resource not found' } }
  expect(await api.get('/Invoices')).toMatchObject(gateway)
  expect(await api.post('/SalesOrders', {})).toMatchObject(gateway)
  expect(fake.violations).toHaveLength(2)
})

test('two writes of a client at once are noted, and the second customer gets 503', async () => {
  await using it = await aClient({ writeMs: 50 })
  const { api, fake, books } = it
  const answers = await Promise.all([
    api.post('/Customers', { Name: 'A' }),
    api.post('/Customers', { Name: 'B' }),
  ])
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 503])
  expect(books.customers()).toHaveLength(1)
  expect(fake.violations).toHaveLength(1)
  expect((await api.post('/Customers', { Name: 'C' })).status).toBe(201)
})

test('a caller that gave up waiting has no write under way any more', async () => {
  await using it = await aClient()
  const { api, fake } = it
  fake.faults.add({ name: 'slow-before', on: /POST \/v2\/Customers/, delayMs: 300 })
  await expect(api.abandon('POST', '/Customers', { Name: 'A' }, 50)).rejects.toThrow()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect((await api.post('/Customers', { Name: 'B' })).status).toBe(201)
  expect(fake.violations).toEqual([])
})

test('each client sees its own books only, and its requests can be told apart', async () => {
  await using it = await aClient()
  const { api, fake, books } = it
  const otherBooks = fake.addClient()
  const other = new Caller(fake, otherBooks)
  await other.requestToken()
  const mine = books.hasCustomer({ Name: 'Mine' })
  const theirs = otherBooks.hasCustomer({ Name: 'Theirs' })
  // Ids of different clients may be the same.
  expect(theirs.Id).toBe(mine.Id)
  expect((await other.get(`/Customers/${mine.Id}`)).record.Name).toBe('Theirs')
  expect((await api.get('/Customers')).rows).toMatchObject([{ Name: 'Mine' }])
  expect(fake.dataCallsOf(otherBooks)).toMatchObject([{ path: `/v2/Customers/${mine.Id}`, status: 200 }])
  expect(fake.requestsOf(otherBooks, /OAuth/)).toHaveLength(1)
})

test('what nobody knows of the real thing can be set either way', async () => {
  await using it = await aClient({
    problemStyle: 'pascal',
    timestampsWithSpace: true,
    nullsOmitted: true,
    unauthorizedBody: 'problem',
    paginationHeader: false,
  })
  const { api, books, fake } = it
  const customer = books.hasCustomer()
  expect((await api.get('/Customers/1')).record).toMatchObject({ Title: 'Object(s) not found', Status: 404 })
  const list = await api.get('/Customers')
  expect(list.rows[0]?.LastChangedDateTimeOffset).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{7}\+00:00$/)
  expect(list.rows[0]).not.toHaveProperty('PhoneNumber')
  expect(list.headers.get('x-pagination')).toBeNull()
  fake.clock.advance(2_000_000)
  expect((await api.get(`/Customers/${customer.Id}`)).record).toMatchObject({ Status: 401 })
})
