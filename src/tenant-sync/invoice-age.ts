import type { TenantSettings } from '../db/settings'
import {
  forgetLines,
  type InvoiceLine,
  leaveAlone,
  lineForNew,
  type OldInvoices,
  oldInvoices,
  settlePhases,
} from '../invoices/sent-before'
import { type Failure, orFailure } from '../shared/errors'
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
    async line(settings: TenantSettings, isAnew: boolean): Promise<InvoiceLine | null | Failure> {
      const ctx = await of.context()
      return ctx ? orFailure(lineForNew({ ...ctx, settings }, { isAnew })) : null
    },

    /** By the settings that are kept by now. */
    async settle(on: { drawn: InvoiceLine | null; isAnew: boolean } | null): Promise<void> {
      const ctx = await of.context()
      if (!ctx) return
      // When they are on again, all that was sent until then is old.
      if (!on) return forgetLines(of)
      await settlePhases(ctx, on)
      await of.wake()
    },

    read: (): OldInvoices | null => oldInvoices(of),

    /** It is not made again by itself, and has no problem left. */
    forget(tribeId: string, powerOfficeId: string): void {
      leaveAlone(of, tribeId)
      const subjects = [`tribe:${tribeId}`, `powerOffice:${powerOfficeId}`]
      of.jobs.settleNotices(tribeId)
      for (const kind of ['invoice', 'documentation']) of.jobs.settle(kind, subjects)
      of.jobs.settle(
        'recreate',
        subjects.map((subject) => `invoice:${subject}`),
      )
    },
  }
}
export type { InvoiceLine }
