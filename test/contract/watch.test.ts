import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Facts } from '../../src/facts'
import { CHOICES, knownAt, resourceAt } from '../../src/poweroffice/contract'
import { type Known, type Misread, NOTHING_MORE, readAs } from '../../src/shared/contract'
import { contractIn, DRIFTED } from '../../src/tenant-sync/contract'
import { factsIn } from '../../src/tenant-sync/facts'
import {
  Address,
  Invoice,
  InvoiceLine,
  Lookup,
  Organization,
  Payment,
  Person,
  Product,
  Role,
} from '../../src/tribe/schemas'
import { sqliteInMemory } from '../tenant-sync/sqlite'
import { USES } from './uses'

/** Each way in which an answer can drift, at each resource that is read; and what is no drift. */

const SECRET = 'Kari Nordmann'
const HOUR_MS = 3_600_000

type Json = Record<string, unknown>

/** A record that the schema reads, with each of its members. */
function sampleOf(schema: z.ZodType): unknown {
  const def = schema._zod.def as unknown as Json & { type: string }
  const inner = () => sampleOf(def.innerType as z.ZodType)
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
      return inner()
    case 'pipe':
      return sampleOf(def.in as z.ZodType)
    case 'union':
      return sampleOf((def.options as z.ZodType[])[0] as z.ZodType)
    case 'intersection':
      return { ...(sampleOf(def.left as z.ZodType) as Json), ...(sampleOf(def.right as z.ZodType) as Json) }
    case 'array':
      return [sampleOf(def.element as z.ZodType)]
    case 'object':
      return Object.fromEntries(
        Object.entries(def.shape as Record<string, z.ZodType>).map(([name, one]) => [name, sampleOf(one)]),
      )
    case 'string':
      return SECRET
    case 'number':
      return 7
    case 'boolean':
      return true
    default:
      return SECRET
  }
}

const objectIn = (schema: z.ZodType | null): z.ZodObject | null => {
  if (schema instanceof z.ZodArray) return objectIn(schema.element as z.ZodType)
  return schema instanceof z.ZodObject ? schema : null
}

const RESOURCES: [string, z.ZodObject, Known][] = [
  ...USES.flatMap(({ path, reads }): [string, z.ZodObject, Known][] => {
    const schema = objectIn(reads)
    return schema ? [[`PowerOffice ${resourceAt(path)}`, schema, knownAt(path, schema)]] : []
  }),
  ...Object.entries({
    Role,
    Organization,
    Person,
    Address,
    Product,
    Invoice,
    InvoiceLine,
    Payment,
    Lookup,
  }).map(([name, schema]): [string, z.ZodObject, Known] => [
    `Tribe ${name}`,
    schema,
    { system: 'tribe', name, ...NOTHING_MORE },
  ]),
]

/** What a reading of this tells, and whether it could be read. */
function told(schema: z.ZodObject, item: unknown, known: Known) {
  const misreads: Misread[] = []
  const watch = {
    misread: (_: Known, what: readonly Misread[]) => void misreads.push(...what),
    read: () => undefined,
  }
  const found = readAs(schema as z.ZodType, item, known, watch)
  return { misreads, isRead: found !== null }
}

describe.each(RESOURCES)('%s', (_, schema, known) => {
  const sample = sampleOf(schema) as Json
  const members = Object.entries(schema.shape) as [string, z.ZodType][]
  const hold = (name: string, value: unknown) => ({ ...sample, [name]: value })

  test('a record that is as it is read says nothing', () => {
    expect(told(schema, sample, known)).toEqual({ misreads: [], isRead: true })
  })

  test('a member that need not be there may be missing, and null where that is allowed', () => {
    for (const [name, one] of members) {
      const { [name]: _gone, ...without } = sample
      const mayLack = one.safeParse(undefined).success
      expect([name, told(schema, without, known).misreads.map(({ found }) => found)]).toEqual([
        name,
        mayLack ? [] : ['missing'],
      ])
      const mayBeNull = one.safeParse(null).success
      expect([name, told(schema, hold(name, null), known).misreads.map(({ found }) => found)]).toEqual([
        name,
        mayBeNull ? [] : ['null'],
      ])
    }
  })

  test('another type is told by path and types, and no value with it', () => {
    for (const [name, one] of members)
      for (const other of [[SECRET], { a: SECRET }, 1.5, SECRET, true]) {
        if (one.safeParse(other).success) continue
        const { misreads } = told(schema, hold(name, other), known)
        expect(misreads.length, name).toBeGreaterThan(0)
        expect(
          misreads.every(({ path }) => path.startsWith(`${known.name}.${name}`)),
          name,
        ).toBe(true)
        expect(JSON.stringify(misreads)).not.toContain(SECRET)
      }
  })

  test('a record in place of a list, and a list in place of a record', () => {
    expect(told(schema, [sample], known).misreads).toMatchObject([
      { path: known.name, reads: 'record', found: 'list' },
    ])
    for (const [name, one] of members) {
      if (!Array.isArray(sample[name]) || one.safeParse({}).success) continue
      const { misreads } = told(schema, hold(name, { 0: sample[name] }), known)
      expect(misreads).toMatchObject([{ path: `${known.name}.${name}`, reads: 'list', found: 'record' }])
    }
  })

  test('it is read without what can rest, and with numbers and flags that are spelled as texts', () => {
    for (const name of known.absorbed.filter((one) => one in sample)) {
      const { misreads, isRead } = told(schema, hold(name, [1]), known)
      expect([name, isRead, misreads[0]?.rests]).toEqual([name, true, name])
    }
    for (const [name, value] of Object.entries(sample)) {
      if (typeof value !== 'number' && typeof value !== 'boolean') continue
      if (schema.shape[name]?.safeParse(String(value)).success) continue
      expect([name, told(schema, hold(name, String(value)), known).isRead]).toEqual([name, true])
    }
  })
})

test('of a list that is asked for some members, only those are counted', () => {
  const schema = z.object({ Id: z.int(), Name: z.string().nullish(), JobStop: z.boolean().nullish() })
  const membersAt = (path: string) => knownAt(path, schema, true).members
  expect(membersAt('Customers?PageNumber=1&Fields=Id%2CName&PageSize=10')).toEqual(['Id', 'Name'])
  expect(membersAt('Customers?PageNumber=1')).toEqual(['Id', 'Name', 'JobStop'])
  expect(knownAt('Customers/42', schema)).toMatchObject({ name: 'Customers', members: [] })
  expect(resourceAt('SalesOrders/3f6c1a52-9d0b-4e57-8a1e-0b7f5d2c4e19/Complete')).toBe(
    'SalesOrders/_/Complete',
  )
})

test('a number that lost its zeros is no text, and a long one no number', () => {
  const schema = z.object({ ZipCode: z.string().nullish(), Id: z.int() })
  const known: Known = { system: 'poweroffice', name: 'Things', ...NOTHING_MORE }
  expect(told(schema, { ZipCode: 150, Id: 1 }, known).isRead).toBe(false)
  expect(told(schema, { ZipCode: '0150', Id: '9007199254740993' }, known).isRead).toBe(false)
  expect(told(schema, { ZipCode: '0150', Id: '12 ' }, known).isRead).toBe(false)
})

// ── What is kept of it ──────────────────────────────────────────────────────

function watching() {
  const sql = sqliteInMemory()
  const facts = factsIn(sql)
  facts.createTable()
  let writes = 0
  let at = Date.UTC(2026, 2, 2)
  const lines: string[] = []
  const counted: Facts = {
    ...facts,
    set: (name, value) => {
      writes++
      facts.set(name, value)
    },
  }
  const open = (cache = new Map<string, unknown>()) =>
    contractIn({
      facts: counted,
      cache,
      now: () => at,
      tell: (event, about) => lines.push(JSON.stringify({ event, ...about })),
    })
  return {
    open,
    lines,
    writes: () => writes,
    kept: () => JSON.stringify(sql.exec('select * from cursors').toArray()),
    drifts: () => (facts.get(DRIFTED) ?? []).map(({ path, found, rests }) => [path, found, rests]),
    pass: (ms: number) => {
      at += ms
    },
  }
}
const CUSTOMERS: Known = {
  system: 'poweroffice',
  name: 'Customers',
  members: ['Id', 'Name', 'PhoneNumber', 'WebsiteUrl'],
  fields: ['PhoneNumber', 'WebsiteUrl'],
  absorbed: ['PhoneNumber', 'WebsiteUrl'],
  choices: { Kind: ['A', 'B'] },
}
const rows = (count: number, more: Json = {}) =>
  Array.from({ length: count }, (_, n) => ({
    Id: n,
    Name: SECRET,
    PhoneNumber: null,
    WebsiteUrl: SECRET,
    ...more,
  }))
const without = (name: string, list: Json[]) => list.map(({ [name]: _, ...row }) => row)
const WEBSITE = { path: 'Customers.WebsiteUrl', reads: 'text', found: 'list', rests: 'WebsiteUrl' }

describe('what has drifted', () => {
  test('is told once, kept by paths and types, and goes when it is whole again', () => {
    const { open, lines, writes, kept, drifts, pass } = watching()
    const watch = open()
    for (let n = 0; n < 50; n++) watch.misread(CUSTOMERS, [WEBSITE])
    expect([lines.length, writes(), drifts()]).toEqual([
      1,
      1,
      [['Customers.WebsiteUrl', 'list', 'WebsiteUrl']],
    ])
    expect([
      watch.rests('Customers', 'WebsiteUrl'),
      watch.rests('Customers', 'Name'),
      watch.rests('Suppliers', 'WebsiteUrl'),
    ]).toEqual([true, false, false])
    // Others of the same list are as they were, and that says nothing.
    watch.read(CUSTOMERS, rows(5))
    expect(drifts()).toHaveLength(1)
    pass(2 * HOUR_MS)
    watch.read(CUSTOMERS, rows(5, { WebsiteUrl: null }))
    expect(drifts()).toHaveLength(1)
    watch.read(CUSTOMERS, rows(5))
    expect([drifts(), watch.rests('Customers', 'WebsiteUrl')]).toEqual([[], false])
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['contract-drifted', 'contract-whole'])
    expect(lines.join() + kept()).not.toContain(SECRET)
  })

  test('outlives the object, and is not told again', () => {
    const { open, lines, drifts, pass } = watching()
    open().misread(CUSTOMERS, [WEBSITE])
    pass(5 * HOUR_MS)
    const next = open()
    expect(next.rests('Customers', 'WebsiteUrl')).toBe(true)
    next.misread(CUSTOMERS, [WEBSITE])
    expect([lines.length, drifts().length]).toEqual([1, 1])
  })

  test('is so much and no more', () => {
    const { open, drifts } = watching()
    const watch = open()
    for (let n = 0; n < 500; n++) watch.misread(CUSTOMERS, [{ ...WEBSITE, path: `Customers.M${n}` }])
    expect(drifts()).toHaveLength(40)
  })
})

describe('a member that was always there', () => {
  const night = (list: Json[]) => {
    const world = watching()
    const watch = world.open()
    watch.read(CUSTOMERS, list)
    watch.settle()
    return { ...world, watch }
  }

  test('and is missing from twenty rows in a row is told, and its field rests until it is back', () => {
    const { watch, drifts, pass } = night(rows(30))
    watch.read(CUSTOMERS, without('WebsiteUrl', rows(19)))
    expect(drifts()).toEqual([])
    watch.read(CUSTOMERS, without('WebsiteUrl', rows(1)))
    expect([drifts(), watch.rests('Customers', 'WebsiteUrl')]).toEqual([
      [['Customers.WebsiteUrl', 'missing', 'WebsiteUrl']],
      true,
    ])
    watch.settle()
    pass(2 * HOUR_MS)
    watch.read(CUSTOMERS, without('WebsiteUrl', rows(30)))
    expect(drifts()).toHaveLength(1)
    watch.read(CUSTOMERS, rows(1))
    pass(2 * HOUR_MS)
    watch.read(CUSTOMERS, rows(1))
    expect([drifts(), watch.rests('Customers', 'WebsiteUrl')]).toEqual([[], false])
  })

  test('is none where what is empty is left out, where few rows were seen, or where one of them lacked it', () => {
    const gone = without('WebsiteUrl', rows(100))
    const full = rows(30, { PhoneNumber: SECRET })
    const some = [...rows(29), ...without('WebsiteUrl', rows(1))]
    for (const before of [full, rows(19), some]) {
      const { watch, drifts } = night(before)
      watch.read(CUSTOMERS, gone)
      expect(drifts()).toEqual([])
    }
  })

  test('is written down once a night, and only when it is news', () => {
    const { watch, writes } = night(rows(30))
    expect(writes()).toBe(1)
    for (let day = 0; day < 5; day++) {
      for (let poll = 0; poll < 96; poll++) watch.read(CUSTOMERS, rows(3))
      watch.settle()
    }
    expect(writes()).toBe(1)
  })
})

test('a value that no list names is told without it, and goes when it is not met for a day', () => {
  const { open, lines, drifts, pass } = watching()
  const watch = open()
  watch.read(CUSTOMERS, rows(3, { Kind: 'A' }))
  expect(drifts()).toEqual([])
  watch.read(CUSTOMERS, rows(3, { Kind: SECRET }))
  expect(drifts()).toEqual([['Customers.Kind', 'a value that is not known', null]])
  expect(lines.join()).not.toContain(SECRET)
  watch.settle()
  expect(drifts()).toHaveLength(1)
  pass(25 * HOUR_MS)
  watch.settle()
  expect(drifts()).toEqual([])
})

test("what Tribe's metadata says is held against what it said, until it is connected anew", async () => {
  const { open, drifts, writes } = watching()
  const watch = open()
  const dialect = { spelled: {}, missing: [], instants: [] }
  const said = { 'Product.Name': 'property Edm.String', 'Product.Code': 'property Edm.String' }
  await watch.describe(said, dialect)
  await watch.describe(said, dialect)
  expect([drifts(), writes()]).toEqual([[], 1])
  await watch.describe(
    { 'Product.Name': 'property Edm.Int32', 'Product.New': 'property Edm.String' },
    dialect,
  )
  expect(drifts()).toEqual([
    ['Product.Name', 'property Edm.Int32', null],
    ['Product.Code', 'missing', null],
  ])
  await watch.describe({ ...said, 'Product.New': 'property Edm.String' }, dialect)
  expect(drifts()).toEqual([])
  await watch.describe({ 'Product.Name': 'property Edm.String' }, dialect)
  expect(drifts()).toHaveLength(1)
  await watch.describe({ 'Product.Name': 'property Edm.String' }, { ...dialect, missing: ['Product.Code'] })
  expect(drifts()).toEqual([])
})

test('the values that are known are those that PowerOffice describes', async () => {
  const { default: description } = (await import('../fakes/poweroffice/openapi.json')) as unknown as {
    default: {
      components: {
        schemas: Record<string, { enum?: string[]; properties?: Record<string, { $ref?: string }> }>
      }
    }
  }
  const { schemas } = description.components
  const enumOf = (type: string) => schemas[type]?.enum
  expect(CHOICES['Customerledger/Statement']?.VoucherType).toEqual(enumOf('VoucherType'))
  expect(CHOICES.OutgoingInvoices?.VoucherType).toEqual(enumOf('OutgoingInvoiceVoucherType'))
  expect(CHOICES.GeneralLedgerAccounts?.GeneralLedgerAccountType).toEqual(enumOf('GeneralLedgerAccountType'))
  expect(CHOICES.Projects?.ProjectStatus).toEqual(enumOf('ProjectStatusType'))
})
