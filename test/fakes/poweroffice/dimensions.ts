/** Projects, departments and employees: what an order and its lines may name besides products. */
import type { Books } from './books'
import type { Handlers } from './call'
import {
  after,
  anyOf,
  exactly,
  type Filter,
  filtered,
  ignored,
  isTrue,
  numbersIn,
  onlyWhen,
  sharesOne,
} from './filters'
import type { Json, JsonObject } from './json'
import { textOf } from './json'
import { type Complaints, notFound } from './problem'

/** -1 says "none", whatever would be inherited; null inherits. */
const NONE = -1

const KINDS = {
  Project: {
    rows: (books: Books) => books.projects.all(),
    isOpen: (row: JsonObject) => row.IsActive !== false && row.ProjectStatus !== 'Archived',
  },
  Department: {
    rows: (books: Books) => books.departments.all(),
    isOpen: (row: JsonObject) => row.IsActive === true,
  },
} as const

/** Locations and the three dimensions of a client's own do not exist here. */
const ABSENT = ['Location', 'Dim1', 'Dim2', 'Dim3']

/** Codes stand in for ids, which win where both are given; what does not exist is missing. */
export function withDimensions(books: Books, fields: JsonObject, complaints: Complaints): JsonObject {
  const kept: JsonObject = { ...fields }
  for (const [kind, { rows, isOpen }] of Object.entries(KINDS)) {
    const { [`${kind}Code`]: code, ...rest } = kept
    const id = rest[`${kind}Id`]
    for (const name of Object.keys(kept)) if (name === `${kind}Code`) delete kept[name]
    const isNamed = typeof id === 'number' ? id !== NONE : textOf(code) !== null
    if (!isNamed) continue
    const found = rows(books).find((row) => (typeof id === 'number' ? row.Id === id : row.Code === code))
    const said = typeof id === 'number' ? `id = ${id}` : `code = '${textOf(code)}'`
    if (!found) complaints.missing(`${kind} with ${said} not found.`)
    else if (!isOpen(found)) complaints.add(`${kind} with ${said} is not active.`)
    else kept[`${kind}Id`] = found.Id
  }
  for (const kind of ABSENT) {
    const [id, code] = [kept[`${kind}Id`], kept[`${kind}Code`]]
    if (typeof id === 'number' && id !== NONE) complaints.missing(`${kind} with id = ${id} not found.`)
    if (textOf(code) !== null) complaints.missing(`${kind} with code = '${textOf(code)}' not found.`)
    delete kept[`${kind}Code`]
  }
  return kept
}

/** The codes that go with the ids of a header or a line. */
export function dimensionCodes(
  books: Books,
  { ProjectId, DepartmentId }: { ProjectId: number | null; DepartmentId: number | null },
) {
  return {
    ProjectCode: ProjectId === null ? null : (books.projects.find(ProjectId)?.Code ?? null),
    DepartmentCode: DepartmentId === null ? null : (books.departments.find(DepartmentId)?.Code ?? null),
  }
}

/** What a header has where it says nothing itself: a project's department, then the customer's. */
export function inheritedDimensions(
  books: Books,
  header: { ProjectId: number | null; DepartmentId: number | null; SalesPersonEmployeeId: number | null },
  customer: { DepartmentId: number | null; SalesPersonEmployeeId: number | null } | null | undefined,
) {
  const project = header.ProjectId === null ? null : books.projects.find(header.ProjectId)
  return {
    DepartmentId: header.DepartmentId ?? project?.DepartmentId ?? customer?.DepartmentId ?? null,
    SalesPersonEmployeeId: header.SalesPersonEmployeeId ?? customer?.SalesPersonEmployeeId ?? null,
  }
}

/** An employee by id, or by number where no id is given. */
export function employeeId(
  books: Books,
  id: Json | undefined,
  number: Json | undefined,
  complaints: Complaints,
): Json | undefined {
  if (typeof id !== 'number' && typeof number !== 'number') return id
  if (id === NONE) return id
  const found = books.employees
    .all()
    .find((one) => (typeof id === 'number' ? one.Id === id : one.Number === number))
  const said = typeof id === 'number' ? `id = ${id}` : `number = ${number}`
  if (!found) complaints.missing(`Employee with ${said} not found.`)
  else if (found.IsArchived) complaints.add(`Employee with ${said} is archived.`)
  return found?.Id ?? id
}

const CHANGED: Record<string, Filter> = {
  lastChangedDateTimeOffsetGreaterThan: after('LastChangedDateTimeOffset'),
}

const projectFilters: Record<string, Filter> = {
  ...CHANGED,
  createdDateTimeOffsetGreaterThan: after('CreatedDateTimeOffset'),
  customerNos: numbersIn('CustomerNo'),
  departmentCodes: anyOf('DepartmentCode'),
  excludeArchivedProject: onlyWhen((row) => row.ProjectStatus !== 'Archived'),
  includeSubProjects: ignored,
  name: (value) => (row) => (textOf(row.Name) ?? '').toLowerCase().includes(value.toLowerCase()),
  projectBillingMethod: ignored,
  projectCodes: anyOf('Code'),
  projectManagerEmployeeNos: numbersIn('ProjectManagerEmployeeNo'),
  status: anyOf('ProjectStatus'),
}

const departmentFilters: Record<string, Filter> = {
  ...CHANGED,
  createdDateTimeOffsetGreaterThan: after('CreatedDateTimeOffset'),
  codes: anyOf('Code'),
  createdFromImportJournalId: exactly('CreatedFromImportJournalId'),
  isActive: isTrue('IsActive'),
  managerEmployeeNo: numbersIn('ManagerEmployeeNo'),
  name: exactly('Name'),
}

const employeeFilters: Record<string, Filter> = {
  ...CHANGED,
  contactGroupIds: sharesOne('ContactGroupIds'),
  employeeCreatedDateTimeOffsetGreaterThan: after('EmployeeCreatedDateTimeOffset'),
  employeeNos: numbersIn('Number'),
  externalImportReference: exactly('ExternalImportReference'),
  externalNos: numbersIn('ExternalNumber'),
  employeeEmails: anyOf('EmailAddress', false),
  employeePhoneNumbers: anyOf('PhoneNumber'),
  subLedgerAccountIds: numbersIn('SubledgerAccountId'),
}

function one(row: JsonObject | null, what: string, id: string): { json: JsonObject } {
  if (!row) throw notFound(what, id)
  return { json: row }
}

export const dimensionRoutes: Handlers = {
  'GET /Projects': ({ books, query }) => ({ list: filtered(books.projects.listed(), query, projectFilters) }),
  'GET /Departments': ({ books, query }) => ({
    list: filtered(books.departments.listed(), query, departmentFilters),
  }),
  'GET /Departments/{id}': ({ books, params }) =>
    one(books.departments.find(Number(params.id)), 'Department', params.id ?? ''),
  'GET /Employees': ({ books, query }) => ({
    list: filtered(books.employees.listed(), query, employeeFilters),
  }),
  'GET /Employees/{employeeId}': ({ books, params }) =>
    one(books.employees.find(Number(params.employeeId)), 'Employee', params.employeeId ?? ''),
}
