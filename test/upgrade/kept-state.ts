import type { DatabaseSync } from 'node:sqlite'
import type { PowerOfficeClientBooks } from '../fakes/poweroffice'
import { Table } from '../fakes/poweroffice/table'
import type { TribeEnvironment } from '../fakes/tribe'
import type { Row } from '../fakes/tribe/store'
import type { Webhook } from '../fakes/tribe/webhooks'

/**
 * One tenant, its object and both of its systems as plain data, so that a later version can open what an earlier one
 * wrote. Systems are data too: ids that a fake draws may change with it, and the links name those of the recording.
 */
export interface KeptState {
  /** The version that wrote it, and when its clock stood still. */
  version: string
  at: string
  tenantId: string
  token: string
  migrations: string[]
  d1: SqlDump
  object: SqlDump & { alarmAt: number | null }
  tribe: { clientId: string; clientSecret: string; core: Data; rows: Data[]; webhooks: Webhook[] }
  powerOffice: Data
}

interface SqlDump {
  schema: string[]
  rows: Record<string, Data[]>
}
type Data = Record<string, unknown>

// ── SQLite ──────────────────────────────────────────────────────────────────

export type Ask = (query: string, ...values: unknown[]) => Data[]

export const askIn =
  (database: DatabaseSync): Ask =>
  (query, ...values) =>
    database.prepare(query).all(...(values as never[])) as Data[]

/** Its tables and indexes as they were made, and their rows. */
export function dumpSql(ask: Ask): SqlDump {
  const made = ask(
    "select name, type, sql from sqlite_master where sql is not null and name not like 'sqlite_%'",
  )
  const tables = made.filter(({ type }) => type === 'table')
  const ordered = [...tables, ...made.filter(({ type }) => type !== 'table')]
  return {
    schema: ordered.map(({ sql }) => String(sql)),
    rows: Object.fromEntries(
      tables.map(({ name }) => [String(name), ask(`select * from "${name}"`).map((row) => ({ ...row }))]),
    ),
  }
}

export function fillSql(ask: Ask, { schema, rows }: SqlDump): void {
  for (const { name } of ask(
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'",
  ))
    ask(`drop table "${name}"`)
  for (const sql of schema) ask(sql)
  for (const [table, list] of Object.entries(rows))
    for (const row of list) {
      const names = Object.keys(row)
      const columns = names.map((name) => `"${name}"`).join(', ')
      ask(
        `insert into "${table}" (${columns}) values (${names.map(() => '?').join(', ')})`,
        ...Object.values(row),
      )
    }
}

// ── Tribe ───────────────────────────────────────────────────────────────────

const CORE = [
  'ownOrganizationId',
  'virtualEmployeeId',
  'consentingEmployeeId',
  'lastInvoiceNumber',
  'nextDebtorNumber',
] as const

export const dumpTribe = ({
  core,
  clientId,
  clientSecret,
  webhooks,
}: TribeEnvironment): KeptState['tribe'] => ({
  clientId,
  clientSecret,
  core: Object.fromEntries(CORE.map((name) => [name, core[name]])),
  rows: core.store.all().map(({ type, ...row }) => ({ ...row, type: type.name })),
  webhooks: [...webhooks],
})

export function fillTribe({ core, webhooks }: TribeEnvironment, kept: KeptState['tribe']): void {
  const { store, schema } = core
  for (const row of store.all()) store.remove(row)
  const rows = kept.rows as unknown as (Omit<Row, 'type'> & { type: string })[]
  for (const { id, type, createdAt, mutatedAt, fields, links, seq: _, ...marks } of rows.toSorted(
    (a, b) => a.seq - b.seq,
  )) {
    const row = store.add(id, schema.get(type), { created: createdAt, mutated: mutatedAt })
    for (const [name, value] of Object.entries(fields)) store.set(row, name, value)
    for (const [name, to] of Object.entries(links)) store.link(row, name, to)
    Object.assign(row, marks)
  }
  Object.assign(core, kept.core)
  ;(webhooks as Webhook[]).push(...kept.webhooks)
}

// ── PowerOffice ─────────────────────────────────────────────────────────────

/** What draws ids and times goes on by itself. */
const ITS_OWN = ['random', 'idGaps', 'stamps', 'now', 'quirks']

export const dumpBooks = (books: PowerOfficeClientBooks): Data => dataOf(books) as Data

export function fillBooks(books: PowerOfficeClientBooks, kept: Data): void {
  fillIn(books as unknown as Data, kept)
}

function dataOf(value: unknown): unknown {
  if (value instanceof Table) return { $rows: value.all() }
  if (value instanceof Map) return { $map: [...value] }
  if (value instanceof Set) return { $set: [...value] }
  if (typeof value === 'function' || typeof value === 'bigint') return undefined
  const isOfClass =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) !== Object.prototype
  if (!isOfClass && !holdsSets(value)) return value
  const members = Object.entries(value as Data).filter(([name]) => !ITS_OWN.includes(name))
  return { $members: Object.fromEntries(members.map(([name, member]) => [name, dataOf(member)])) }
}

const holdsSets = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).some((one) => one instanceof Set)

function fillIn(target: Data, { $members }: Data): void {
  for (const [name, kept] of Object.entries($members as Data)) {
    const [known, data] = [target[name], Object(kept) as Data]
    if (known instanceof Table) {
      for (const { Id } of known.all()) known.delete(Id)
      for (const row of data.$rows as { Id: string }[]) known.put(row, true)
    } else if (known instanceof Map) {
      known.clear()
      for (const [key, value] of data.$map as [unknown, unknown][]) known.set(key, value)
    } else if (known instanceof Set) {
      known.clear()
      for (const one of data.$set as unknown[]) known.add(one)
    } else if (data.$members) fillIn(known as Data, data)
    else
      Object.defineProperty(target, name, {
        value: kept,
        writable: true,
        enumerable: true,
        configurable: true,
      })
  }
}
