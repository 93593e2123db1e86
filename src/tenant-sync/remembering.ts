import type { Database } from '../db/database'
import { type LinkKind, type LinkState, type Links, linksOf } from '../db/links'
import { type TimelineEntry, timelineOf } from '../db/timeline'
import { callWaiters } from '../invoices/waiters'
import { recordSubject } from '../shared/subjects'
import type { SyncContext } from '../sync-step'
import { madeForSure, settleWriting } from '../two-way/pending-writes'
import { type Ahead, withAhead } from './ahead'

/**
 * What a step remembers is written in one go: links first, then what is told of them. Until that is done, who
 * looks up one link is given what is remembered of it: rows of one page may be about the same record. A pair that is in
 * step has no problem left, under whichever of its names, and invoices that waited for it go. Nor has one of
 * which a side is gone; of an invoice, that is the problem. A flush that fails keeps it all for the next.
 */
export const remembering = (db: Database, tenantId: string, ahead: Ahead | null, held: Held): Remembering =>
  rememberingIn(withAhead(linksOf(db, tenantId), ahead), timelineOf(db, tenantId), held)

type Remembering = Pick<SyncContext, 'remember' | 'flush' | 'links'>
type Held = Pick<SyncContext, 'settle' | 'facts' | 'enqueue'> & {
  /** Whoever is told what happens to the tenant's records. */
  tell: (entries: readonly TimelineEntry[], link: LinkState | null) => void
}

/** The same over whatever keeps links and the timeline. */
export function rememberingIn(
  stored: Links,
  timeline: { addAll: (entries: readonly TimelineEntry[]) => Promise<void> },
  held: Held,
): Remembering {
  let links: LinkState[] = []
  let entries: TimelineEntry[] = []
  /** On its way to the database. */
  let leaving: readonly LinkState[] = []
  let last: Promise<void> = Promise.resolve()
  /** What D1 did not take stays remembered: other rows of a sweep may be among it, whose jobs are done. */
  const save = async () => {
    const [linksNow, entriesNow] = [links, entries]
    links = []
    entries = []
    leaving = linksNow
    try {
      await stored.saveAll(linksNow)
      for (const link of linksNow) {
        madeForSure(held.facts, link.kind, link.powerOfficeId)
        settleWriting(held.facts, link)
      }
    } catch (thrown) {
      links = [...linksNow, ...links]
      entries = [...entriesNow, ...entries]
      throw thrown
    } finally {
      leaving = []
    }
    try {
      await timeline.addAll(entriesNow)
    } catch (thrown) {
      entries = [...entriesNow, ...entries]
      throw thrown
    }
  }
  const inStep = (link: LinkState) => {
    held.settle(link.kind, subjectsOf(link))
    if (link.kind === 'customer' || link.kind === 'product') callWaiters(held, link.kind, link.tribeId)
  }
  /** What was remembered last of this record; null when nothing was. */
  const remembered = (kind: LinkKind, isIt: (link: LinkState) => boolean): LinkState | null =>
    [...leaving, ...links].findLast((link) => link.kind === kind && isIt(link)) ?? null
  /** A stored link one of whose records was tied otherwise since is none any more. */
  const stillValid = (link: LinkState | null): LinkState | null =>
    link && remembered(link.kind, (one) => isAbout(one, link)) ? null : link
  return {
    links: {
      ...stored,
      async findByTribe(kind, tribeId) {
        const isIt = (link: LinkState) => link.tribeId === tribeId || link.tribeRelationId === tribeId
        return remembered(kind, isIt) ?? stillValid(await stored.findByTribe(kind, tribeId))
      },
      async findByPowerOffice(kind, powerOfficeId) {
        const isIt = (link: LinkState) => link.powerOfficeId === powerOfficeId
        return remembered(kind, isIt) ?? stillValid(await stored.findByPowerOffice(kind, powerOfficeId))
      },
    } satisfies Links,
    remember(link, ...told) {
      if (link) links.push(link)
      if (link?.state === 'linked') inStep(link)
      else if (link && link.kind !== 'invoice') held.settle(link.kind, subjectsOf(link))
      entries.push(...told)
      held.tell(told, link)
    },
    // One after another: what a flush that is under way took with it is kept when the next one ends, too.
    flush: () => {
      const mine = last.then(save, save)
      last = mine
      return mine
    },
  }
}

const isAbout = (one: LinkState, other: LinkState): boolean =>
  one.tribeId === other.tribeId || one.powerOfficeId === other.powerOfficeId

const subjectsOf = ({ tribeId, powerOfficeId, powerOfficeParentId }: LinkState): string[] => [
  recordSubject('tribe', tribeId),
  recordSubject('powerOffice', powerOfficeId),
  ...(powerOfficeParentId === null ? [] : [recordSubject('powerOffice', powerOfficeId, powerOfficeParentId)]),
]
