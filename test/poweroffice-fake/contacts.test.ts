import { expect, test } from 'vitest'
import { aClient } from './relay'

const ADDRESS = { AddressLine1: 'Storgata 12', ZipCode: '0184', City: 'Oslo' }

test('a new customer gets the next free number, its defaults, and stamps', async () => {
  await using it = await aClient()
  const { api, fake } = it
  const made = await api.post('/Customers', {
    Name: 'Nordvik Bygg AS',
    MailAddress: { ...ADDRESS, CountryCode: '' },
  })
  expect(made.status).toBe(201)
  expect(made.record).toMatchObject({
    Number: 10000,
    IsPerson: false,
    IsActive: true,
    IsArchived: false,
    CurrencyCode: 'NOK',
    InvoiceDeliveryType: 'Print',
    MailAddress: { City: 'Oslo', CountryCode: 'NO', AddressLine2: null },
  })
  expect((await api.post('/Customers', { Name: 'B' })).record.Number).toBe(10001)
  expect((await api.post('/Suppliers', { Name: 'C' })).record.Number).toBe(20000)
  expect(fake.violations).toEqual([])
})

test('a reference is unique among customers and, apart from that, among suppliers', async () => {
  await using it = await aClient()
  const { api } = it
  const first = await api.post('/Customers', { Name: 'A', ExternalImportReference: 'tribe:1' })
  expect((await api.post('/Suppliers', { Name: 'A', ExternalImportReference: 'tribe:1' })).status).toBe(201)
  const again = await api.post('/Customers', { Name: 'B', ExternalImportReference: 'tribe:1' })
  const { Id } = first.record
  expect(again.record).toMatchObject({
    status: 400,
    title: 'Customer validation error(s)',
    detail: `ExternalImportReference is already in use. 'tribe:1' is used on (contact) Id = ${Id}.`,
  })
  const other = await api.post('/Customers', { Name: 'C' })
  const patched = await api.patch(`/Customers/${other.record.Id}`, [
    { op: 'replace', path: '/ExternalImportReference', value: 'tribe:1' },
  ])
  expect(patched.record.detail).toContain(`Id = ${Id}.`)
})

test.each([
  ['a company without a name', { LegalName: 'X' }, 'Name is required'],
  ['a person without a last name', { IsPerson: true, FirstName: 'Ada' }, 'LastName is required'],
  ['a malformed e-mail address', { Name: 'A', EmailAddress: 'post@' }, 'not a valid e-mail'],
  ['a number outside the series', { Name: 'A', Number: 42 }, 'not within a number series'],
  ['a number that is taken', { Name: 'A', Number: 10000 }, 'Number is already in use'],
  ['a country that does not exist', { Name: 'A', MailAddress: { ...ADDRESS, CountryCode: 'XX' } }, 'country'],
  [
    'an address without a town',
    { Name: 'A', MailAddress: { ZipCode: '0184' } },
    'MailAddress.City is required',
  ],
  ['a reference of 51 characters', { Name: 'A', ExternalImportReference: 'x'.repeat(51) }, 'at most 50'],
  ['EHF without an organization number', { Name: 'A', InvoiceDeliveryType: 'EHF' }, 'EHF needs'],
  ['e-mail delivery without an address', { Name: 'A', InvoiceDeliveryType: 'PdfByEmail' }, 'needs an e-mail'],
  [
    'Efaktura, which only the payer can choose',
    { Name: 'A', InvoiceDeliveryType: 'Efaktura' },
    'cannot be set',
  ],
])('%s is refused', async (_, body, detail) => {
  await using it = await aClient()
  it.books.hasCustomer({ Number: 10000 })
  const answer = await it.api.post('/Customers', body)
  expect(answer.status).toBe(400)
  expect(answer.record.detail).toContain(detail)
  expect(it.books.customers()).toHaveLength(1)
  expect(it.fake.violations).toEqual([])
})

test('members that do not exist, or of the wrong kind, are refused and noted', async () => {
  await using it = await aClient()
  const { api, books, fake } = it
  expect((await api.post('/Customers', { Name: 'A', VatNumber: '1' })).status).toBe(400)
  expect((await api.post('/Customers', { Name: 'A', PaymentTermId: '14' })).status).toBe(400)
  expect((await api.post('/Customers', { Name: 'A', InvoiceDeliveryType: 'Email' })).status).toBe(400)
  expect(fake.violations).toHaveLength(3)
  books.quirks.unknownMembers = 'ignored'
  expect((await api.post('/Customers', { Name: 'A', VatNumber: '1' })).record).not.toHaveProperty('VatNumber')
  expect(fake.violations).toHaveLength(4)
})

test('a reference to something that does not exist is 404', async () => {
  await using it = await aClient()
  const answer = await it.api.post('/Customers', { Name: 'A', DepartmentCode: 'Avdeling10' })
  expect(answer.record).toMatchObject({
    status: 404,
    detail: "Department with code = 'Avdeling10' not found.",
  })
  expect((await it.api.post('/Customers', { Name: 'A', PaymentTerm: 14 })).record.PaymentTermId).toBe(4101)
})

test('a change of the address or of a person does not move the customer’s clock', async () => {
  await using it = await aClient()
  const { api, books } = it
  const before = books.hasCustomer({ MailAddress: ADDRESS })
  books.editMailAddress(before.Id, { City: 'Bergen' })
  const person = books.hasContactPerson(before.Id)
  books.editContactPerson(person.Id, { Title: 'Sjef' })
  await api.patch(`/Customers/${before.Id}`, [{ op: 'replace', path: '/MailAddress/ZipCode', value: '5033' }])
  const after = books.customer(before.Id)
  expect(after.MailAddress).toMatchObject({ City: 'Bergen', ZipCode: '5033' })
  expect(after.LastChangedDateTimeOffset).toBe(before.LastChangedDateTimeOffset)
  books.quirks.mailAddressMovesContact = true
  books.editMailAddress(before.Id, { City: 'Oslo' })
  expect(books.customer(before.Id).LastChangedDateTimeOffset > before.LastChangedDateTimeOffset).toBe(true)
})

test('joined roles share id, name and archive flag, and keep a number and a reference each', async () => {
  await using it = await aClient()
  const { api, books } = it
  const customer = books.hasCustomer({ Name: 'Begge AS', ExternalImportReference: 'c' })
  const supplier = books.makeAlsoSupplier(customer.Id, { ExternalImportReference: 's' })
  expect(supplier).toMatchObject({
    Id: customer.Id,
    Number: 20000,
    Name: 'Begge AS',
    ExternalImportReference: 's',
  })
  await api.patch(`/Suppliers/${customer.Id}`, [{ op: 'replace', path: '/IsArchived', value: true }])
  expect(books.customer(customer.Id)).toMatchObject({ IsArchived: true, ExternalImportReference: 'c' })
  expect((await api.delete(`/Customers/${customer.Id}`)).status).toBe(409)
})

test('an archived customer stays in the list, unless PowerOffice turns out to leave it out', async () => {
  await using it = await aClient()
  const { api, books } = it
  books.archive(books.hasCustomer().Id)
  expect((await api.get('/Customers')).rows).toMatchObject([{ IsArchived: true }])
  books.quirks.archivedInLists = false
  expect((await api.get('/Customers')).status).toBe(204)
})

test('a contact with a balance in either role cannot be archived, and one with entries not be deleted', async () => {
  await using it = await aClient()
  const { api, books } = it
  const { Id } = books.hasCustomer()
  const invoice = books.hasInvoice(Id, { TotalAmount: 100 })
  const archive = [{ op: 'replace', path: '/IsArchived', value: true }]
  expect((await api.patch(`/Customers/${Id}`, archive)).status).toBe(400)
  expect((await api.delete(`/Customers/${Id}`)).record).toMatchObject({
    status: 409,
    title: 'Customer conflict',
    detail: `Customer with id = ${Id} is in use and cannot be deleted.`,
  })
  books.receivePayment(invoice.Id, 100)
  books.makeAlsoSupplier(Id)
  books.hasSupplierInvoice(Id, 50)
  expect((await api.patch(`/Customers/${Id}`, archive)).status).toBe(400)
})

test('a deleted customer is gone without a trace', async () => {
  await using it = await aClient()
  const { api, books } = it
  const { Id } = books.hasCustomer()
  books.hasContactPerson(Id)
  expect(await api.delete(`/Customers/${Id}`)).toMatchObject({ status: 200, text: '' })
  expect((await api.get(`/Customers/${Id}`)).record.detail).toBe(`Customer with id = ${Id} not found.`)
  expect((await api.get('/ContactPersons')).status).toBe(204)
})

test('contact persons are listed for all contacts at once, found by code, and changed below their own contact', async () => {
  await using it = await aClient()
  const { api, books, fake } = it
  const [one, other] = [books.hasCustomer(), books.hasSupplier()]
  const body = { FirstName: 'Ada', LastName: 'van der Berg', ExternalCode: 'tribe:9', IsDefault: true }
  const made = await api.post(`/ContactPersons/${one.Id}`, body)
  expect(made).toMatchObject({ status: 201, record: { ContactId: one.Id, IsActive: true } })
  books.hasContactPerson(other.Id)
  expect((await api.get('/ContactPersons')).rows).toHaveLength(2)
  expect((await api.get(`/ContactPersons?contactIds=${other.Id}`)).rows).toHaveLength(1)
  expect((await api.get('/ContactPersons?externalCodes=tribe:9')).rows).toHaveLength(1)
  const again = await api.post(`/ContactPersons/${other.Id}`, body)
  expect(again.record.detail).toContain(`Id = ${made.record.Id}`)
  expect((await api.get(`/ContactPersons/${other.Id}/${made.record.Id}`)).status).toBe(404)
  const second = await api.post(`/ContactPersons/${one.Id}`, { ...body, ExternalCode: 'tribe:10' })
  expect(books.contactPersons(one.Id).filter((p) => p.IsDefault)).toMatchObject([{ Id: second.record.Id }])
  const change = [{ op: 'replace', path: '/LastName', value: '' }]
  expect((await api.patch(`/ContactPersons/${one.Id}/${made.record.Id}`, change)).status).toBe(400)
  expect(fake.violations).toEqual([])
})

test('a body without a content type, or that is not JSON, is noted', async () => {
  await using it = await aClient()
  const { api, fake } = it
  const bytes = new Uint8Array(new TextEncoder().encode('{"Name":"A"}'))
  expect((await api.send('POST', '/Customers', { body: bytes })).status).toBe(415)
  const broken = { body: '{"Name":', headers: { 'content-type': 'application/json' } }
  expect((await api.send('POST', '/Customers', broken)).status).toBe(400)
  expect(fake.violations).toHaveLength(2)
})
