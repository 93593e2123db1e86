import type { Page, PageQuery } from '../poweroffice/caller'
import type { SyncContext } from '../sync-step'
import type { TribePage } from '../tribe/client'
import type { Fills } from './reconcile'

/** A row of PowerOffice's, as far as a sweep needs to know it. */
export interface SweptRow {
  Id: number
  LastChangedDateTimeOffset: string
}

/**
 * A kind of record that sweeps can take: what is listed, and the step that each row goes through. A slice
 * says this once, and the first load, the pull and the preview all go by it.
 */
export interface SweptKind<Row extends SweptRow = SweptRow, Index = unknown> {
  kind: string
  /** Whether the tenant has it switched on. */
  isOn(ctx: SyncContext): boolean
  page(ctx: SyncContext, query: PageQuery): Promise<Page<Row>>
  count(ctx: SyncContext): Promise<number>
  /** All of Tribe's records of this kind, for a full sweep, which would otherwise ask for each page anew. */
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

/** A set of Tribe's that is polled for changes: the safety net for lost webhooks. */
export interface PolledSet<Row = unknown> {
  set: string
  kind: string
  /** Sets whose records count as a part of this one's. */
  parts: readonly string[]
  isOn(ctx: SyncContext): boolean
  page(ctx: SyncContext, since: string, from?: string): Promise<TribePage<Row>>
  mutatedAt(row: Row): string | null
  sync(ctx: SyncContext, rows: readonly Row[], readAt: number): Promise<number>
}

/** A set whose records can be looked at together. */
export interface TogetherSet<Row = unknown> extends PolledSet<Row> {
  /** Those of these records that a list shows, in one call. */
  named(ctx: SyncContext, ids: readonly string[]): Promise<readonly Row[]>
  idOf(row: Row): string
}

/** Lets a list hold kinds of different rows; each is only ever given its own. */
export const sweptKind = <Row extends SweptRow, Index>(kind: SweptKind<Row, Index>): SweptKind =>
  kind as unknown as SweptKind
export const polledSet = <Row>(set: PolledSet<Row>): PolledSet => set as unknown as PolledSet
export const togetherSet = <Row>(set: TogetherSet<Row>): TogetherSet => set as unknown as TogetherSet
