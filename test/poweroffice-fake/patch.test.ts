import { expect, test } from 'vitest'
import { aClient } from './relay'

const ADDRESS = { AddressLine1: 'Storgata 12', ZipCode: '0184', City: 'Oslo' }

test('a patch changes what it names, nested members and arrays included', async () => {
  await using it = await aClient()
  const { api, books, fake } = it
  const group = books.hasContactGroup('VIP')
  const { Id } = books.hasCustomer({ Name: 'A', MailAddress: ADDRESS })
  const answer = await api.patch(`/Customers/${Id}`, [
    { op: 'replace', path: '/Name', value: 'B' },
    { op: 'replace', path: '/MailAddress/City', value: 'Bergen' },
    { op: 'add', path: '/ContactGroupIds/-', value: group.Id },
    { op: 'add', path: '/PhoneNumber', value: '+4722334455' },
    { op: 'remove', path: '/EmailAddress' },
  ])
  expect(answer).toMatchObject({
    status: 200,
    record: {
      Name: 'B',
      MailAddress: { City: 'Bergen', AddressLine1: 'Storgata 12' },
      ContactGroupIds: [group.Id],
      PhoneNumber: '+4722334455',
    },
  })
  expect(
    books.customer(Id).LastChangedDateTimeOffset > books.customer(Id).CustomerCreatedDateTimeOffset,
  ).toBe(true)
  expect(fake.violations).toEqual([])
})

test('a patch is applied as a whole or not at all', async () => {
  await using it = await aClient()
  const { api, books } = it
  const { Id } = books.hasCustomer({ Name: 'A' })
  const answer = await api.patch(`/Customers/${Id}`, [
    { op: 'replace', path: '/Name', value: 'B' },
    { op: 'replace', path: '/Name2', value: 'C' },
  ])
  expect(answer.record).toMatchObject({
    status: 400,
    title: 'Customer validation error(s)',
    detail: "CustomerPatchDto: The target location specified by path segment 'Name2' was not found.",
  })
  expect(books.customer(Id).Name).toBe('A')
})

test('a patch reaches into an address only when there is one; otherwise the address is added as a whole', async () => {
  await using it = await aClient()
  const { api, books } = it
  const { Id } = books.hasCustomer()
  const into = await api.patch(`/Customers/${Id}`, [{ op: 'add', path: '/MailAddress/City', value: 'Oslo' }])
  expect(into.status).toBe(400)
  const whole = await api.patch(`/Customers/${Id}`, [{ op: 'add', path: '/MailAddress', value: ADDRESS }])
  expect(whole.record.MailAddress).toMatchObject({ ...ADDRESS, CountryCode: 'NO' })
})

test('a patch that is a plain object does nothing, and one that changes nothing is noted', async () => {
  await using it = await aClient()
  const { api, books, fake } = it
  const before = books.hasCustomer({ Name: 'A' })
  expect(await api.patch(`/Customers/${before.Id}`, { Name: 'B' })).toMatchObject({
    status: 200,
    record: { Name: 'A' },
  })
  const same = [{ op: 'replace', path: '/Name', value: 'A' }]
  expect((await api.patch(`/Customers/${before.Id}`, same)).status).toBe(200)
  const asJson = { body: JSON.stringify(same), headers: { 'content-type': 'application/json' } }
  expect((await api.send('PATCH', `/Customers/${before.Id}`, asJson)).status).toBe(415)
  expect(
    (await api.patch(`/Customers/${before.Id}`, [{ op: 'replace', path: '/name', value: 'C' }])).status,
  ).toBe(200)
  expect(fake.violations.map((line) => line.replace(/^.*?: .*?: /, ''))).toEqual([
    'PATCH with a plain object, which changes nothing',
    'PATCH that changes nothing',
    'a body of type application/json',
    'patch path /name should be spelled Name',
  ])
})
