import { expect, test } from 'vitest'
import { aClient } from './relay'

async function anOffice(options = {}) {
  const it = await aClient(options)
  const { books, api } = it
  const customer = books.hasCustomer({ Name: 'Nordvik' })
  const product = books.hasProduct({ Name: 'Time', UnitPrice: 1000 })
  const east = books.hasDepartment({ Code: '10', Name: 'Øst' })
  const bridge = books.hasProject({ Code: 'BRO', Name: 'Broen', DepartmentId: east.Id })
  const liv = books.hasEmployee({ EmailAddress: 'liv@firma.example' })
  const order = (head: object, line: object = {}) =>
    api.post('/SalesOrders/Complete', {
      CustomerId: customer.Id,
      ...head,
      SalesOrderLines: [{ ProductId: product.Id, Quantity: 1, ...line }],
    })
  return { ...it, customer, product, east, bridge, liv, order }
}

test('an order and its lines name projects, departments and a sales person, by id or by code', async () => {
  await using it = await anOffice()
  const { order, bridge, east, liv, api, books } = it
  const byId = { ProjectId: bridge.Id, SalesPersonEmployeeId: liv.Id }
  const made = await order(byId, { DepartmentCode: '10' })
  expect(made.record).toMatchObject({
    ...byId,
    ProjectCode: 'BRO',
    SalesPersonEmployeeNumber: liv.Number,
    SalesOrderLines: [{ DepartmentId: east.Id, DepartmentCode: '10', ProjectId: null }],
  })
  const listed = await api.get('/SalesOrders?projectCodes=BRO')
  expect(listed.rows).toHaveLength(1)
  const invoice = books.sendDraft(String(made.record.Id))
  // The project brings its department, and both go to the lines that name none.
  expect(invoice).toMatchObject({ ProjectCode: 'BRO', DepartmentCode: '10' })
  expect(books.postedInvoices()[0]?.Lines).toMatchObject([{ ProjectCode: 'BRO', DepartmentCode: '10' }])
  expect((await api.get('/OutgoingInvoices?departmentCodes=10')).rows).toHaveLength(1)
  expect(it.fake.violations).toEqual([])
})

test('-1 says none, and what does not exist or is closed is refused', async () => {
  await using it = await anOffice()
  const { order, bridge, books, liv, east } = it
  const none = await order({ ProjectId: -1 }, { DepartmentId: -1 })
  expect(none.record).toMatchObject({ ProjectId: -1, ProjectCode: null })
  expect((await order({ ProjectCode: 'NO' })).status).toBe(404)
  expect((await order({}, { DepartmentId: 5 })).status).toBe(404)
  expect((await order({ SalesPersonEmployeeNumber: 1 })).status).toBe(404)
  expect((await order({ Dim1Code: 'A' })).status).toBe(404)
  books.editProject(bridge.Id, { ProjectStatus: 'Archived' })
  books.editDepartment(east.Id, { IsActive: false })
  books.editEmployee(liv.Id, { IsArchived: true })
  expect((await order({ ProjectId: bridge.Id })).status).toBe(400)
  expect((await order({}, { DepartmentId: east.Id })).status).toBe(400)
  expect((await order({ SalesPersonEmployeeId: liv.Id })).status).toBe(400)
})

test('lists of them need a right each, and answer 204 when they are empty', async () => {
  await using empty = await aClient()
  for (const path of ['/Projects', '/Departments', '/Employees'])
    expect((await empty.api.get(path)).status).toBe(204)
  await using it = await anOffice()
  const { api, books, bridge, liv } = it
  books.editProject(bridge.Id, { ProjectStatus: 'Archived' })
  expect((await api.get('/Projects?excludeArchivedProject=true')).status).toBe(204)
  expect((await api.get('/Projects?name=bro')).rows).toMatchObject([{ Code: 'BRO' }])
  expect((await api.get('/Departments?isActive=true&codes=10,11')).rows).toHaveLength(1)
  expect((await api.get('/Employees?employeeEmails=LIV@firma.example')).rows).toMatchObject([{ Id: liv.Id }])
  expect((await api.get(`/Employees/${liv.Id}`)).record.EmailAddress).toBe('liv@firma.example')
  books.setPrivileges(['SalesOrders_Full'])
  expect((await api.get('/Projects')).status).toBe(403)
  expect(it.fake.violations).toEqual([])
})
