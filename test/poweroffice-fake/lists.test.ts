import { expect, test } from 'vitest'
import { aClient } from './relay'

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00$/

test('a list that finds nothing is 204 with an empty body', async () => {
  await using it = await aClient()
  expect(await it.api.get('/Customers')).toMatchObject({ status: 204, text: '' })
})

test('a list is read page by page, and the header says whether there is more', async () => {
  await using it = await aClient()
  const { api, books, fake } = it
  for (let i = 0; i < 5; i++) books.hasCustomer()
  const pages = []
  for (const page of [1, 2, 3])
    pages.push(await api.get(`/Customers?OrderBy=Id%20asc&PageSize=2&PageNumber=${page}`))
  expect(pages.map((page) => page.rows.length)).toEqual([2, 2, 1])
  const links = pages.map((page) => JSON.parse(page.headers.get('x-pagination') ?? '').nextPageLink)
  expect(links[0]).toContain('PageNumber=2')
  expect(links[2]).toBeNull()
  const ids = pages.flatMap((page) => page.rows.map((row) => row.Id))
  expect(ids).toEqual(books.customers().map((customer) => customer.Id))
  expect((await api.get('/Customers?OrderBy=Id&PageSize=2&PageNumber=4')).status).toBe(204)
  expect(fake.violations).toEqual([])
})

test('ten thousand customers are loaded, and listed in one page', async () => {
  await using it = await aClient()
  const { api, books } = it
  for (let i = 0; i < 10_000; i++) books.hasCustomer({ MailAddress: { City: 'Oslo', ZipCode: '0184' } })
  const list = await api.get('/Customers?OrderBy=Id%20asc&PageSize=20000')
  expect(list.rows).toHaveLength(10_000)
  // The default series is full by now; the next one of its kind steps in.
  expect((await api.post('/Customers', { Name: 'One more' })).record.Number).toBe(100_000)
})

test('pages of more than 20,000 rows, and pages without an order, are noted', async () => {
  await using it = await aClient()
  const { api, books, fake } = it
  for (let i = 0; i < 3; i++) books.hasCustomer()
  expect((await api.get('/Customers?PageSize=20001')).status).toBe(400)
  expect((await api.get('/Customers?PageNumber=0')).status).toBe(400)
  expect((await api.get('/Customers?PageSize=2')).status).toBe(200)
  expect(fake.violations).toHaveLength(3)
})

test('rows come in the order asked for, and an unknown property is refused', async () => {
  await using it = await aClient()
  const { api, books } = it
  for (const Name of ['Bjørk', 'Ask', 'Ask']) books.hasCustomer({ Name })
  const rows = (await api.get('/Customers?OrderBy=Name%20asc,Id%20desc&Fields=Id,Name')).rows
  const [birch, first, second] = books.customers().map((customer) => customer.Id)
  expect(rows).toEqual([
    { Id: second, Name: 'Ask' },
    { Id: first, Name: 'Ask' },
    { Id: birch, Name: 'Bjørk' },
  ])
  expect((await api.get('/Customers?OrderBy=Navn')).status).toBe(400)
  expect((await api.get('/Customers?Fields=Navn')).status).toBe(400)
})

test('changed-since is strict, takes Z and +00:00, and refuses what is no timestamp', async () => {
  await using it = await aClient()
  const { api, books, fake } = it
  const [first, second] = [books.hasCustomer(), books.hasCustomer()]
  expect(first.LastChangedDateTimeOffset).toMatch(STAMP)
  expect(second.LastChangedDateTimeOffset > first.LastChangedDateTimeOffset).toBe(true)
  const since = async (text: string) =>
    (await api.get(`/Customers?OrderBy=Id&lastChangedDateTimeOffsetGreaterThan=${text}`)).rows.map(
      (row) => row.Id,
    )
  expect(await since(encodeURIComponent(first.LastChangedDateTimeOffset))).toEqual([second.Id])
  expect(await since(first.LastChangedDateTimeOffset.replace('+00:00', 'Z'))).toEqual([second.Id])
  expect(await since('2020-01-01T00:00:00%2B02:00')).toEqual([first.Id, second.Id])
  expect(fake.violations).toEqual([])
  const plus = await api.get(
    `/Customers?lastChangedDateTimeOffsetGreaterThan=${first.LastChangedDateTimeOffset}`,
  )
  expect(plus.status).toBe(400)
  expect(fake.violations[0]).toContain('is not encoded')
  expect((await api.get('/Customers?lastChangedDateTimeOffsetGreaterThan=yesterday')).status).toBe(400)
})

test('unknown, misspelled and blank parameters are noted', async () => {
  await using it = await aClient()
  const { api, books, fake } = it
  books.hasCustomer()
  expect((await api.get('/Customers?isActive=true')).status).toBe(400)
  expect((await api.get('/Customers?$top=5')).status).toBe(400)
  expect((await api.get('/Customers?externalImportReference=')).rows).toHaveLength(1)
  expect((await api.get('/customers?pagesize=5')).rows).toHaveLength(1)
  expect(fake.violations.map((line) => line.replace(/^.*: /, ''))).toEqual([
    'unknown query parameter isActive',
    'unknown query parameter $top',
    'query parameter externalImportReference is blank, which filters nothing',
    'customers is not spelled as in GET /Customers',
    'query parameter pagesize should be spelled PageSize',
  ])
})

test('filters take lists and ranges', async () => {
  await using it = await aClient()
  const { api, books } = it
  const group = books.hasContactGroup('VIP')
  const orgs = ['911111111', '922222222', '933333333']
  for (const OrganizationNumber of orgs) books.hasCustomer({ OrganizationNumber, EmailAddress: 'A@b.no' })
  const [first] = books.customers()
  books.editCustomer(first?.Id ?? 0, { ExternalImportReference: 'a,b', ContactGroupIds: [group.Id] })
  const numbers = async (query: string) =>
    (await api.get(`/Customers?OrderBy=Id&${query}`)).rows.map((row) => row.Number)
  expect(await numbers('customerNos=10000-10001')).toEqual([10000, 10001])
  expect(await numbers('customerNos=10000,10002-')).toEqual([10000, 10002])
  expect(await numbers('organizationNumbers=922222222,%20933333333')).toEqual([10001, 10002])
  expect(await numbers('externalImportReference=a%2Cb')).toEqual([10000])
  expect(await numbers('emailAddresses=a@b.no')).toHaveLength(3)
  expect(await numbers(`contactGroupIds=${group.Id}`)).toEqual([10000])
  expect((await api.get('/Customers?contactGroupIds=99')).record).toMatchObject({
    status: 404,
    detail: 'Could not find contact group(s) with id = 99.',
  })
  expect((await api.get('/Customers?customerNos=ten')).record.title).toBe('Unable to cast object(s)')
})

test('lists may lag behind, while a record that is read by its id does not', async () => {
  await using it = await aClient({}, { replicaLagMs: 2000 })
  const { api, books, fake } = it
  const old = books.hasCustomer({ Name: 'Old' })
  books.editCustomer(old.Id, { Name: 'New' })
  const made = await api.post('/Customers', { Name: 'Made', ExternalImportReference: 'r1' })
  expect((await api.get('/Customers')).rows).toMatchObject([{ Name: 'Old' }])
  expect((await api.get('/Customers?externalImportReference=r1')).status).toBe(204)
  expect((await api.get(`/Customers/${made.record.Id}`)).record.Name).toBe('Made')
  fake.clock.advance(2001)
  const names = (await api.get('/Customers?OrderBy=Id')).rows.map((row) => row.Name)
  expect(names).toEqual(['New', 'Made'])
})
