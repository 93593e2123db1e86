/** What every part of an environment works on: its schema, its records, its clock and its notes. */
import type { FakeClock } from '../kit'
import { Lag } from './lag'
import type { TribeOptions } from './options'
import { Pace } from './pace'
import { Schema } from './schema'
import { type Json, type Row, Store } from './store'
import { instant } from './values'

export type ChangeKind = 'created' | 'updated' | 'deleted' | 'link-created' | 'link-changed' | 'link-removed'

/** One thing that happened to a record, as webhooks tell of it. */
export interface Change {
  kind: ChangeKind
  entityType: string
  entityId: string
  fields?: Record<string, Json>
  /** For a link: its name and the record at its end, now or before. */
  link?: { name: string; to: string }
}

/** Who does it, and whether anybody is told. */
export interface Deed {
  by: 'api' | 'user'
  silent?: boolean
}

export class Core {
  readonly schema: Schema
  readonly store: Store
  readonly violations: string[] = []
  /** Told of each change that webhooks should hear of. */
  onChange: (change: Change) => void = () => undefined
  ownOrganizationId = ''
  virtualEmployeeId = ''
  consentingEmployeeId = ''
  lastInvoiceNumber = 0
  nextDebtorNumber: number
  /** Calls in a minute. */
  readonly pace = new Pace(
    () => this.options,
    () => this.clock.now().getTime(),
    (line) => this.violate(line),
  )
  /** Sets that the roles of whoever holds the token do not reach: 403. */
  readonly deniedSets = new Set<string>()
  /** How far lists are behind. */
  /** Files that are larger than what is kept of them, by the id of their attachment: filled up when they are fetched. */
  readonly fileSizes = new Map<string, number>()
  /** Totals of invoices that are not what their lines come to, by id. */
  readonly saidTotals = new Map<string, Readonly<Record<string, number>>>()
  readonly lag = new Lag(() => this.clock.now().getTime())
  private readonly lists = new Map<string, { stamp: string; rows: Row[] }>()

  constructor(
    readonly id: string,
    readonly options: TribeOptions,
    readonly clock: FakeClock,
    readonly newId: () => string,
    private readonly onViolation: (line: string) => void,
  ) {
    this.schema = new Schema(options)
    this.store = new Store(options.editsMoveRows, (row) => this.lag.note(row))
    this.nextDebtorNumber = options.firstDebtorNumber
  }

  now(): string {
    return instant(this.clock.now())
  }

  violate(line: string): void {
    if ([...this.schema.changed].some((name) => line.includes(name))) return
    this.violations.push(line)
    this.onViolation(`${this.id}: ${line}`)
  }

  tell(change: Change, deed: Deed): void {
    if (deed.silent || (deed.by === 'api' && !this.options.echo)) return
    this.onChange(change)
  }

  /** A list that was worked out before and that no change has spoilt, or a new one. */
  listed(key: string, stamp: string, work: () => Row[]): Row[] {
    const known = this.lists.get(key)
    if (known?.stamp === stamp) return known.rows
    const rows = work()
    if (this.lists.size > 50) this.lists.clear()
    this.lists.set(key, { stamp, rows })
    return rows
  }
}
