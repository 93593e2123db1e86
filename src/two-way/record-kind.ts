import type { LinkKind } from '../db/links'
import type { SyncContext } from '../sync-step'
import type { WithCutoff } from './cutoff'
import type { Fills } from './reconcile'

/** A page of a list of the books'. */
export interface BooksPage<Row> {
  rows: Row[]
  /** Ids of rows that did not have the shape we know: a person has to look at them. */
  unreadable: string[]
  isLast: boolean
}

export interface BooksQuery {
  page: number
  pageSize: number
  orderBy: string
  /** Strictly after; canonical UTC, as `dates.ts` writes it. */
  changedAfter?: string
}

/** A page of a list of the CRM's. */
export interface CrmPage<Row> {
  rows: Row[]
  unreadable: string[]
  /** Where the next page is; null after the last. */
  next: string | null
}

/** A row of the books', as far as a sweep needs to know it. */
export interface SweptRow {
  Id: number
  LastChangedDateTimeOffset: string
}

/** A row of the CRM's, as far as a look needs to know it. */
export interface CrmRow {
  ID: string
}

/**
 * A kind of record that sweeps can take: what is listed, and the step that each row goes through. A slice
 * says this once, and the first load, the pull and the preview all go by it.
 */
export interface SweptKind<Row extends SweptRow = SweptRow, Index = unknown> {
  kind: LinkKind
  /** Whether the tenant has it switched on. */
  isOn(ctx: SyncContext): boolean
  page(ctx: SyncContext, query: BooksQuery): Promise<BooksPage<Row>>
  count(ctx: SyncContext): Promise<number>
  /** All of the CRM's records of this kind, for a full sweep, which would otherwise ask for each page anew. */
  readIndex(ctx: SyncContext): Promise<Index>
  /** What has to be known before the first row of a full sweep. */
  prepare?(ctx: SyncContext): Promise<void>
  /** Takes rows through their step; gives how many are done, since a push may come in between. */
  sync(
    ctx: SyncContext,
    rows: readonly Row[],
    how: { readAt: number; index: Index | null; fills: Fills },
  ): Promise<number>
}

/** A set of the CRM's that is polled for changes: the safety net for lost webhooks. */
export interface PolledSet<Row = unknown> extends WithCutoff {
  kind: LinkKind
  isOn(ctx: SyncContext): boolean
  page(ctx: SyncContext, since: string, from?: string): Promise<CrmPage<Row>>
  mutatedAt(row: Row): string | null
  sync(ctx: SyncContext, rows: readonly Row[], readAt: number): Promise<number>
}

/** A set whose records can be looked at together. */
export interface TogetherSet<Row extends CrmRow = CrmRow> extends PolledSet<Row> {
  /** Those of these records that a list shows, in one call. */
  named(ctx: SyncContext, ids: readonly string[]): Promise<readonly Row[]>
}

/** Lets a list hold kinds of different rows; each is only ever given its own. */
export const sweptKind = <Row extends SweptRow, Index>(kind: SweptKind<Row, Index>): SweptKind =>
  kind as unknown as SweptKind
export const polledSet = <Row>(set: PolledSet<Row>): PolledSet => set as unknown as PolledSet
export const togetherSet = <Row extends CrmRow>(set: TogetherSet<Row>): TogetherSet =>
  set as unknown as TogetherSet
