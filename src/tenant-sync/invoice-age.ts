import type { TenantSettings } from '../db/settings'
import {
  cutoffForNew,
  forgetCutoffs,
  type InvoiceCutoff,
  leaveAlone,
  type OldInvoices,
  oldInvoices,
  settlePhases,
} from '../invoices/cutoff'
import { type Failure, orFailure } from '../shared/errors'
import { recordSubject, subjectText } from '../shared/subjects'
import type { Facts, SyncContext } from '../sync-step'
import type { Jobs } from './jobs'

/** What an admin's settings mean for invoices of before: asked of the tenant's object while the front door waits. */
export function invoiceAgeIn(of: {
  jobs: Jobs
  facts: Facts
  context: () => Promise<SyncContext | null>
  wake: () => Promise<void>
}) {
  return {
    async cutoff(settings: TenantSettings, isAnew: boolean): Promise<InvoiceCutoff | null | Failure> {
      const ctx = await of.context()
      return ctx ? orFailure(cutoffForNew({ ...ctx, settings }, { isAnew })) : null
    },

    /** By the settings that are kept by now. */
    async settle(on: { asked: InvoiceCutoff | null; isAnew: boolean } | null): Promise<void> {
      const ctx = await of.context()
      if (!ctx) return
      // When they are on again, all that was sent until then is old.
      if (!on) return forgetCutoffs(of)
      await settlePhases(ctx, on)
      await of.wake()
    },

    read: (): OldInvoices | null => oldInvoices(of),

    /** It is not made again by itself, and has no problem left. */
    forget(tribeId: string, powerOfficeId: string): void {
      leaveAlone(of, tribeId)
      const subjects = [recordSubject('tribe', tribeId), recordSubject('powerOffice', powerOfficeId)]
      of.jobs.settleNotices(tribeId)
      for (const kind of ['invoice', 'documentation']) of.jobs.settle(kind, subjects)
      const halves = [
        { side: 'tribe', id: tribeId },
        { side: 'powerOffice', id: powerOfficeId },
      ] as const
      of.jobs.settle(
        'recreate',
        halves.map((half) => subjectText({ of: 'half', kind: 'invoice', parentId: null, ...half })),
      )
    },
  }
}
export type { InvoiceCutoff }
