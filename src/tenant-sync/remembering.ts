import type { Database } from '../db/database'
import { type LinkState, linksOf } from '../db/links'
import { type TimelineEntry, timelineOf } from '../db/timeline'
import { callWaiters } from '../invoices/waiters'
import type { SyncContext } from '../sync-step'

/**
 * What a step remembers is written in one go: links first, then what is told of them. A pair that is in
 * step has no problem left, under whichever of its names, and invoices that waited for it go. Nor has one of
 * which a side is gone; of an invoice, that is the problem.
 */
export function remembering(
  db: Database,
  tenantId: string,
  held: Pick<SyncContext, 'settle' | 'cursors' | 'enqueue'>,
): Pick<SyncContext, 'remember' | 'flush'> {
  let links: LinkState[] = []
  let entries: TimelineEntry[] = []
  const inStep = (link: LinkState) => {
    held.settle(link.kind, subjectsOf(link))
    if (link.kind === 'customer' || link.kind === 'product') callWaiters(held, link.kind, link.tribeId)
  }
  return {
    remember(link, ...told) {
      if (link) links.push(link)
      if (link?.state === 'linked') inStep(link)
      else if (link && link.kind !== 'invoice') held.settle(link.kind, subjectsOf(link))
      entries.push(...told)
    },
    async flush() {
      const [linksNow, entriesNow] = [links, entries]
      links = []
      entries = []
      await linksOf(db, tenantId).saveAll(linksNow)
      await timelineOf(db, tenantId).addAll(entriesNow)
    },
  }
}

const subjectsOf = ({ tribeId, powerOfficeId, powerOfficeParentId }: LinkState): string[] => [
  `tribe:${tribeId}`,
  `powerOffice:${powerOfficeId}`,
  ...(powerOfficeParentId === null ? [] : [`powerOffice:${powerOfficeId}:${powerOfficeParentId}`]),
]
