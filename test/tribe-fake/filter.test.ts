import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFakeTribe, type TribeEnvironment } from '../fakes/tribe'
import { type Caller, callerFor, hasSomeRelations, type Running } from './tribe'

const CUSTOMER = 'Relationship_Organization_CommercialRelationship_Customer'
const ROLES = 'Relationship_Organization_CommercialRelationship'

let tribe: Running
let env: TribeEnvironment
let call: Caller
let nordlys: { roleId: string; organizationId: string }

beforeAll(async () => {
  tribe = await startFakeTribe({ seed: 2 })
  env = tribe.addEnvironment()
  call = await callerFor(tribe, env)
  nordlys = hasSomeRelations(env)
})
afterAll(() => tribe.close())

const names = async ($filter: string, set = 'Relation_Organization') => {
  const { rows, status } = await call.get(set, { $filter, $select: '_Name', $orderby: '_Name' })
  return status === 200 ? rows.map((row) => row._Name) : status
}

test.each([
  ["DebtorNumber eq '10045'", ['Nordlys Maskin AS']],
  ["Name eq 'Peter''s company'", ["Peter's company"]],
  ["contains(Name,'MASKIN')", ['Nordlys Maskin AS']],
  ["startswith(Name,'å') or endswith(Name,'COMPANY')", ["Peter's company", 'Ålesund Båt']],
  ["DebtorNumber ne null and not (DebtorNumber eq '10046')", ['Nordlys Maskin AS']],
  [
    "contains(Name,'a') and (Number gt 1600 or DebtorNumber eq '10046')",
    ['Nordlys Maskin AS', "Peter's company"],
  ],
  ['Number le 1601', ['Nordlys Maskin AS']],
  ["InvoiceAddress/Country/Code eq 'NO'", ['Nordlys Maskin AS']],
  ["contains(ImportId,'PowerOffice:')", ['Nordlys Maskin AS']],
])('%s', async ($filter, expected) => {
  expect(await names($filter)).toEqual(expected)
})

test('links and ids are compared with a bare GUID', async () => {
  expect(await names(`Organization/ID eq ${nordlys.organizationId}`, CUSTOMER)).toEqual(['Nordlys Maskin AS'])
  expect(await names(`Organization/ID eq '${nordlys.organizationId}'`, CUSTOMER)).toBe(400)
  expect(await names(`ID eq ${nordlys.roleId.toUpperCase()}`, ROLES)).toEqual(['Nordlys Maskin AS'])
})

test('dates are bare, with any offset, and quoted ones are refused', async () => {
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString()
  expect(await names(`CreationDate ge ${hourAgo}`)).toHaveLength(5)
  expect(await names('CreationDate lt 2020-01-01T00:00:00+01:00')).toEqual([])
  expect(await names(`CreationDate ge '${hourAgo}'`)).toBe(400)
  expect(await names('CreationDate ge 2020-01-01')).toBe(400)
})

test('a record that was never edited is found by its creation, not by its mutation', async () => {
  const changed = '(CreationDate ge 2020-01-01T00:00:00Z) or (LastMutationDate ge 2020-01-01T00:00:00Z)'
  expect(await names(changed)).toHaveLength(5)
  expect(await names('LastMutationDate ge 2020-01-01T00:00:00Z')).toEqual([])
})

test.each([
  "Name in ('a','b')",
  "Relationships/any(r: r/Name eq 'a')",
  "tolower(Name) eq 'a'",
  'DebtorNumber eq 10045',
  "Number eq '1601'",
  "Nme eq 'a'",
  "name eq 'a'",
  "Organization/Name eq 'a'",
  "Name eq 'a",
  "(Name eq 'a'",
  "Name eq 'a' Name",
  'Name',
  'DebtorNumber gt null',
  "toString(Name) eq 'a'",
])('%s is refused, and noted', async ($filter) => {
  const before = env.violations.length
  expect(await names($filter)).toBe(400)
  expect(env.violations.length).toBeGreaterThan(before)
})

test('"+" is no space, so a filter that was encoded as a form cannot be read', async () => {
  const answer = await call.raw("odata/Relation_Organization?$filter=Name+eq+'x'")
  expect(answer.status).toBe(400)
  expect(env.violations).toContain(`"+" in a query string: $filter=Name+eq+%27x%27`)
})

test('a blank text to compare with is noted', async () => {
  const own = tribe.addEnvironment()
  const answer = await (await callerFor(tribe, own)).get('Product', { $filter: "Code eq ''" })
  expect(answer.status).toBe(200)
  expect(own.violations).toEqual(["blank literal in a filter: Code eq ''"])
})
