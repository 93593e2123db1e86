import type { InvoiceExportState } from '../db/schema'
import type { SyncContext } from '../sync-step'
import { type Begun, modeToGoOnIn } from './begun'
import type { Invoice } from './invoice'
import { printOf } from './prints'

/** The life of an invoice in PowerOffice as it begins, or as it is taken over from an earlier run. */
export async function newExportState(
  ctx: SyncContext,
  invoice: Invoice,
  begun: Begun,
): Promise<InvoiceExportState> {
  return {
    stage: 'draft',
    askedAt: null,
    toldFailure: null,
    kid: null,
    settlement: null,
    compared: null,
    mode: modeToGoOnIn(begun.mode, ctx.settings.invoices.mode),
    print: begun.print ?? (await printOf(ctx, invoice)),
    ...(begun.made === undefined ? {} : { made: begun.made }),
  }
}
