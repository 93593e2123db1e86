import type { LinkKind, LinkState } from '../db/links'
import { PartlyDone, type SyncError } from '../shared/errors'
import { CALLED, STORED } from '../shared/sides'
import { recordSubject } from '../shared/subjects'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import { confirmGone, isOlder, noteGone, noteSeen } from './link'
import type { KnownFromCrm } from './plan'
import type { Fills } from './reconcile'

/** One look at a record of a known pair: what its plan came to is carried out here, for every kind. */

/** What a look needs to know of a kind of record. */
export interface LookedKind<Crm extends { ID: string }, Books extends { LastChangedDateTimeOffset: string }> {
  kind: LinkKind
  /** Null: that side does not know it. */
  findInCrm(ctx: SyncContext, link: LinkState): Promise<Crm | null>
  findInBooks(ctx: SyncContext, link: LinkState): Promise<Books | null>
  /** Compares the two and writes what differs; `isFresh`: the books' record was read by itself just now. */
  reconcile(ctx: SyncContext, pair: LookedPair<Crm, Books>): Promise<SyncResult>
  /** What is told of a pair of which something was refused; null when nothing was. */
  refusedOf(ctx: SyncContext, link: LinkState): SyncError | null
}

export interface LookedPair<Crm, Books> {
  /** Null: the two were found to be one just now. */
  link: LinkState | null
  crm: Crm
  books: Books
  fills: Fills
  isFresh: boolean
  /** Somebody decided that they are one, whatever differs. */
  isByPerson?: boolean
}

/** The CRM's record was looked at. */
export async function lookFromCrm<
  Crm extends { ID: string },
  Books extends { LastChangedDateTimeOffset: string },
>(
  ctx: SyncContext,
  kind: LookedKind<Crm, Books>,
  plan: KnownFromCrm,
  { link, crm }: { link: LinkState; crm: Crm | null },
): Promise<SyncResult> {
  switch (plan.do) {
    case 'nothing': {
      // What was refused is still so: nobody has changed it on either side.
      const problem = link.state === 'linked' ? kind.refusedOf(ctx, link) : null
      if (problem) throw problem
      return DONE
    }
    case 'detach':
      return confirmGone(ctx, link, 'crm')
    case 'merge':
    case 'look-again': {
      if (!crm) return DONE
      const books = await kind.findInBooks(ctx, link)
      if (!books) return noteGone(ctx, link)
      noteSeen(ctx, link, 'books')
      if (isOlder(books, link)) return LAGGING
      return kind.reconcile(ctx, { link, crm, books, fills: 'along', isFresh: true })
    }
    default:
      return plan satisfies never
  }
}

const LAGGING: SyncResult = {
  status: 'again',
  afterSeconds: 2,
  because: `${CALLED.books} shows an older state than we know`,
}

/** The books' record was looked at, and there is something to compare. */
export async function lookFromBooks<
  Crm extends { ID: string },
  Books extends { LastChangedDateTimeOffset: string },
>(
  ctx: SyncContext,
  kind: LookedKind<Crm, Books>,
  { link, books, fills }: { link: LinkState; books: Books; fills: Fills },
): Promise<void> {
  const crm = await kind.findInCrm(ctx, link)
  if (crm) {
    noteSeen(ctx, link, 'crm')
    return reconcileRow(ctx, kind, { link, crm, books, fills, isFresh: false })
  }
  // Only a look of its own may say that a record is gone.
  if (link.state === 'linked')
    ctx.enqueue({ kind: kind.kind, subject: recordSubject(STORED.crm, link.tribeId), lane: 'bulk' })
}

const jobOf = ({ kind }: { kind: LinkKind }, { crm }: { crm: { ID: string } }) =>
  ({ kind, subject: recordSubject(STORED.crm, crm.ID), lane: 'bulk' }) as const

/** What was left out is told of the CRM's record, from whichever side it was met. */
export async function reconcileRow<
  Crm extends { ID: string },
  Books extends { LastChangedDateTimeOffset: string },
>(ctx: SyncContext, kind: LookedKind<Crm, Books>, pair: LookedPair<Crm, Books>): Promise<void> {
  try {
    const result = await kind.reconcile(ctx, pair)
    if (result.status === 'again') ctx.enqueue({ ...jobOf(kind, pair), afterSeconds: result.afterSeconds })
  } catch (thrown) {
    if (!(thrown instanceof PartlyDone)) throw thrown
    ctx.park(jobOf(kind, pair), thrown)
  }
}
