/** The records of one environment, found by id, by type, and from the far end of a link. */
import type { EntityType } from './schema'

export type Scalar = string | number | boolean | null
export type Json = Scalar | Json[] | { [member: string]: Json }
export type Fields = { [member: string]: Json }

export interface Row {
  readonly id: string
  type: EntityType
  fields: Record<string, Scalar>
  /** Links to one record: the id at the other end. */
  links: Record<string, string>
  createdAt: string
  mutatedAt: string | null
  /** Order of creation. */
  readonly seq: number
  /** Out of sight of the API, as by a team's restriction. */
  hidden: boolean
  /** Sent or finalised: an invoice that may not change any more. */
  final: boolean
  /** A user moved this invoice to Sent, in whatever way. */
  wasSent: boolean
  importIdIsOurs: boolean
}

export class Store {
  private readonly rows = new Map<string, Row>()
  private readonly byType = new Map<string, Map<string, Row>>()
  /** id → name of a link → the records that have that link to it. */
  private readonly backlinks = new Map<string, Map<string, Set<string>>>()
  /** ImportId → the records that bear it. */
  private readonly importIds = new Map<string, Set<Row>>()
  private readonly versions = new Map<string, number>()
  private lastSeq = 0
  /** Counts every change, so that lists worked out before one can be told from those after. */
  version = 0

  constructor(
    private readonly editsMoveRows: boolean,
    private readonly onChange: (row: Row) => void = () => undefined,
  ) {}

  all(): Row[] {
    return [...this.rows.values()]
  }

  add(id: string, type: EntityType, at: { created: string; mutated: string | null }): Row {
    const row: Row = {
      id,
      type,
      fields: {},
      links: {},
      createdAt: at.created,
      mutatedAt: at.mutated,
      seq: ++this.lastSeq,
      hidden: false,
      final: false,
      wasSent: false,
      importIdIsOurs: false,
    }
    this.rows.set(id, row)
    this.rowsOf(type.name).set(id, row)
    this.changed(row)
    return row
  }

  find(id: string): Row | null {
    return this.rows.get(id) ?? null
  }

  get(id: string): Row {
    const row = this.rows.get(id)
    if (!row) throw new Error(`The fake has no record ${id}`)
    return row
  }

  /** All records of a type and of those below it, in the order in which they happen to lie. */
  of(type: EntityType): Row[] {
    return type.holds.flatMap((name) => [...this.rowsOf(name).values()])
  }

  /** How often anything of this type, or below it, has changed. */
  versionOf(type: EntityType): number {
    return type.holds.reduce((sum, name) => sum + (this.versions.get(name) ?? 0), 0)
  }

  /** The records whose link `via` leads to this one, oldest first. */
  pointingAt(id: string, via: string, type: string): Row[] {
    const found: Row[] = []
    for (const source of this.backlinks.get(id)?.get(via) ?? []) {
      const row = this.rows.get(source)
      if (row?.type.lineage.has(type)) found.push(row)
    }
    return found.sort((a, b) => a.seq - b.seq)
  }

  withImportId(importId: string): Row[] {
    return [...(this.importIds.get(importId) ?? [])]
  }

  /** Every link to this record. */
  linksTo(id: string): { row: Row; via: string }[] {
    return [...(this.backlinks.get(id) ?? [])].flatMap(([via, sources]) =>
      [...sources].flatMap((source) => {
        const row = this.rows.get(source)
        return row ? [{ row, via }] : []
      }),
    )
  }

  link(row: Row, name: string, to: string | null): void {
    const before = row.links[name]
    if (before) this.backlinks.get(before)?.get(name)?.delete(row.id)
    if (to === null) delete row.links[name]
    else {
      row.links[name] = to
      const links = orNew(this.backlinks, to, () => new Map<string, Set<string>>())
      orNew(links, name, () => new Set<string>()).add(row.id)
    }
    this.changed(row)
  }

  set(row: Row, name: string, value: Scalar): void {
    if (name === 'ImportId') {
      this.importIds.get(String(row.fields.ImportId))?.delete(row)
      if (value) orNew(this.importIds, String(value), () => new Set<Row>()).add(row)
    }
    row.fields[name] = value
    this.changed(row)
  }

  /** Notes that a record was edited at this moment. */
  touch(row: Row, at: string): void {
    row.mutatedAt = at
    if (this.editsMoveRows) {
      const rows = this.rowsOf(row.type.name)
      rows.delete(row.id)
      rows.set(row.id, row)
    }
    this.changed(row)
  }

  convert(row: Row, type: EntityType): void {
    this.changed(row)
    this.rowsOf(row.type.name).delete(row.id)
    row.type = type
    this.rowsOf(type.name).set(row.id, row)
    this.changed(row)
  }

  remove(row: Row): void {
    for (const name of Object.keys(row.links)) this.link(row, name, null)
    for (const { row: source, via } of this.linksTo(row.id)) this.link(source, via, null)
    this.backlinks.delete(row.id)
    this.importIds.get(String(row.fields.ImportId))?.delete(row)
    this.rowsOf(row.type.name).delete(row.id)
    this.rows.delete(row.id)
    this.changed(row)
  }

  changed(row: Row): void {
    this.onChange(row)
    this.version++
    this.versions.set(row.type.name, (this.versions.get(row.type.name) ?? 0) + 1)
  }

  private rowsOf(name: string): Map<string, Row> {
    return orNew(this.byType, name, () => new Map<string, Row>())
  }
}

function orNew<V>(map: Map<string, V>, key: string, fresh: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = fresh()
  map.set(key, made)
  return made
}
