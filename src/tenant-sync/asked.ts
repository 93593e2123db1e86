import type { LinkKind } from '../db/links'
import type { FieldCatalog } from '../lookups/fields'
import type { Lookups } from '../lookups/lookups'
import { readLists } from '../lookups/watch'
import { type Ages, agesNow } from '../payments/ages'
import { owedBy } from '../payments/owed'
import type { Receivables } from '../payments/receivables'
import { type Failure, orFailure } from '../shared/errors'
import { createLimit } from '../shared/limit'
import type { FieldMapping } from '../shared/own-fields'
import type { JobRequest, SyncContext } from '../sync-step'
import { type Change, type DryRunPage, dryRunsIn } from './dry-run/store'
import { type NamedRecord, namesOf } from './names'
import { type Named, type Obstacle, obstacleFor } from './obstacles'
import { type SearchResult, searchRecords } from './search'
import { TenantShown } from './shown'
import { type TriedRow, tryRow } from './try-row'
import { type ChangeToUndo, type FormerValue, formerValues, jobFor, obstacleOfChange } from './undo/change'
import { type UndoPage, undosIn } from './undo/store'
import { type RecordValues, readValues, type WhichRecord } from './values'

export type { Obstacle }

/** Of what people ask for at once, so much is read from the two systems side by side: a push finds few of its own tenant's calls before it. */
const READ_AT_ONCE = 4

/** What a person asks of a tenant's object and is answered from the two systems, while he waits. */
export abstract class TenantAsked extends TenantShown {
  protected readonly dryRuns = dryRunsIn({ facts: this.facts, now: this.now })
  private readonly undos = undosIn({ facts: this.facts, now: this.now })
  abstract enqueue(requests: JobRequest[]): Promise<void>
  protected abstract pushContext(): Promise<SyncContext | null>
  private readonly limit = createLimit(READ_AT_ONCE)

  /** Reads something for a person; the context is null when there is no such tenant. */
  private read<T>(run: (ctx: SyncContext | null) => Promise<T>): Promise<T> {
    return this.limit(async () => run(await this.pushContext()))
  }

  /** What can be mapped, in both systems; read anew on request, or when it is a day old. */
  async lookups(refresh: boolean): Promise<Lookups | Failure> {
    return this.read((ctx) => orFailure(readLists(existing(ctx), refresh).finally(() => this.wake())))
  }

  /** Which fields there are in both systems; read anew on request, or when they are a day old. */
  async fieldCatalog(refresh: boolean): Promise<FieldCatalog | Failure> {
    return this.read((ctx) => {
      const { fields } = existing(ctx)
      return orFailure((refresh ? fields.refresh() : fields.catalog()).finally(() => this.wake()))
    })
  }

  /** What a row of fields would do of a record this moment. */
  async tryRow(
    row: FieldMapping,
    which: { tribeId: string | null; powerOfficeId: string | null },
  ): Promise<TriedRow> {
    return this.read((ctx) => tryRow(existing(ctx), row, which))
  }

  /** What a customer owes this moment; null for one that is not linked. */
  async owedBy(powerOfficeId: string): Promise<Receivables | null | Failure> {
    return this.read(async (ctx) => (ctx ? orFailure(owedBy(ctx, powerOfficeId)) : null))
  }

  /** What all customers owe, by age; null when no row of fields tells of it. Worked out at most every five minutes. */
  async owedByAge(): Promise<Ages | null | Failure> {
    const isTold = ({ fields }: SyncContext) =>
      fields.rows.some(({ powerOfficeField }) => powerOfficeField.startsWith('receivables.'))
    return this.read(async (ctx) => (ctx && isTold(ctx) ? orFailure(agesNow(ctx)) : null))
  }

  /** Records of a kind, by name, number or id. */
  async search(kind: LinkKind, text: string, page = 1): Promise<SearchResult> {
    return this.read(async (ctx) =>
      ctx ? searchRecords(ctx, kind, text, page) : { records: [], unreachable: [], hasMore: false },
    )
  }

  /** Begins to try a change; gives the id by which its outcome is read. */
  async startDryRun(change: Change, isAtRest: boolean): Promise<string> {
    const id = crypto.randomUUID()
    this.dryRuns.begin(id, change)
    if (isAtRest) this.dryRuns.finish(id, [], [])
    // Neither system could be asked before somebody mends that.
    if (this.facts.get('reconnect')) this.dryRuns.fail(id, 'reconnect')
    if (!this.dryRuns.isRunning(id)) return id
    await this.enqueue([{ kind: 'dry-run', subject: id, lane: 'bulk' }])
    return id
  }

  async readDryRun(id: string, page: { page: number; pageSize: number }): Promise<DryRunPage | null> {
    return this.identity() && this.dryRuns.read(id, page)
  }

  /** Begins to work out what an undo of the first load would do; gives the code of why not. */
  async startUndo(): Promise<'undo.too_late' | null> {
    if (!this.identity() || this.undos.load() === null || this.undos.isRemoving()) return 'undo.too_late'
    this.undos.beginPreview()
    await this.enqueue([{ kind: 'undo-preview', subject: '', lane: 'bulk' }])
    return null
  }

  async readUndo(page: { page: number; pageSize: number }): Promise<UndoPage> {
    return this.undos.read(page)
  }

  /** Why an undo cannot be carried out: too late, or nobody has seen what it would do. */
  async obstacleOfUndo(): Promise<'undo.too_late' | 'undo.not_previewed' | null> {
    if (!this.identity() || this.undos.state() !== 'previewed') return 'undo.not_previewed'
    return this.undos.load() === null ? 'undo.too_late' : null
  }

  /** Carries it out, once for each preview; the tenant is paused by now. Gives the code of why not. */
  async confirmUndo(): Promise<'undo.too_late' | 'undo.not_previewed' | null> {
    const obstacle = await this.obstacleOfUndo()
    if (obstacle !== null) return obstacle
    this.undos.confirm()
    await this.enqueue([{ kind: 'undo', subject: '', lane: 'bulk' }])
    return null
  }

  /** Values that writes overwrote are kept for so many days less from now on. */
  async keepBeforeLess(days: number): Promise<void> {
    if (this.identity()) this.beforeImages.shorten(days)
  }

  /** What these records are called, asked live. */
  async names(records: WhichRecord[]): Promise<NamedRecord[]> {
    return this.read(async (ctx) => (ctx ? namesOf(ctx, records) : []))
  }

  /** Takes back one change of the relay's; gives the code of why not. */
  async undoChange(change: ChangeToUndo): Promise<'undo.not_kept' | 'undo.changed_since' | Failure | null> {
    const ctx = await this.pushContext()
    if (!ctx) return 'undo.not_kept'
    const obstacle = await orFailure(obstacleOfChange(ctx, change))
    if (obstacle === null) await this.enqueue([jobFor(change)])
    return obstacle
  }

  /** What taking a change back would bring back; the code of why it cannot be taken back. */
  async previewChange(
    change: ChangeToUndo,
  ): Promise<FormerValue[] | 'undo.not_kept' | 'undo.changed_since' | Failure> {
    const ctx = await this.pushContext()
    if (!ctx) return 'undo.not_kept'
    return (await orFailure(obstacleOfChange(ctx, change))) ?? formerValues(ctx, change)
  }

  /** A record as both systems hold it this moment. */
  async values(which: WhichRecord): Promise<RecordValues | null> {
    return this.read(async (ctx) => ctx && readValues(ctx, which))
  }

  /** What keeps work by hand from being done with these records. */
  async obstacleOf(kind: LinkKind, named: Named): Promise<Obstacle | null | Failure> {
    return orFailure(obstacleFor(await this.pushContext(), kind, named))
  }
}

function existing(ctx: SyncContext | null): SyncContext {
  if (!ctx) throw new Error('tenant.unknown')
  return ctx
}
