import { type LinkState, shownState } from '../db/links'
import type { InvoiceExportState } from '../db/schema'
import { goneBy, type Reason } from '../shared/reasons'
import type { Look } from '../tenant-sync/looks'
import { NoProblem } from './problems'
import * as z from './zod'

/** What is told of one record. */

export const Kind = z.enum(['customer', 'supplier', 'contactPerson', 'product', 'invoice'])
/** How a request names a record: by the one or the other. However the letters of a uuid are written, it is the same. */
export const Ids = z.object({
  tribeId: z.string().min(1).toLowerCase().optional(),
  powerOfficeId: z.string().min(1).toLowerCase().optional(),
})
export interface Named {
  tribeId?: string | undefined
  powerOfficeId?: string | undefined
}
/** What a request that names one record is refined by: `.refine(namesOne, NAME_ONE)`. */
export const namesOne = ({ tribeId, powerOfficeId }: Named): boolean =>
  (tribeId === undefined) !== (powerOfficeId === undefined)
export const NAME_ONE = 'give tribeId or powerOfficeId'
/** As people read it. */
export const Shown = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()])
export const Next = z
  .enum(['to-tribe', 'to-poweroffice', 'none'])
  .openapi({ description: 'Where the next look would write it' })
export const Record_ = z
  .object({
    kind: Kind,
    tribeId: z.string().nullable(),
    tribeRelationId: z.string().nullable(),
    powerOfficeId: z.string().nullable(),
    number: z.string().nullable(),
    state: z.enum(['linked', 'tribe-gone', 'poweroffice-gone', 'unlinked']),
    syncedAt: z.string().nullable(),
    timeline: z.array(
      z.object({
        id: z.number().optional(),
        at: z.string(),
        event: z.string(),
        details: z.record(z.string(), z.unknown()),
      }),
    ),
    problem: NoProblem,
    because: z.string().nullable().openapi({
      description: 'Why the last look left it alone, or how it stands: a word, or the code of a problem',
    }),
    invoice: z
      .object({
        stage: z.enum(['draft', 'sending', 'posted', 'reversed']),
        settlement: z.enum(['open', 'partly-paid', 'paid', 'credited', 'written-off']),
        delivery: z
          .object({
            channel: z.string().nullable().openapi({ description: 'As PowerOffice names it' }),
            at: z.string().nullable(),
            failed: z.string().nullable().openapi({ description: "PowerOffice's own words" }),
          })
          .nullable()
          .openapi({ description: 'What became of its delivery by PowerOffice; null where none is known' }),
      })
      .nullable()
      .optional()
      .openapi({ description: 'Of an invoice: how far it has come in PowerOffice, and whether it is paid' }),
    fields: z
      .array(
        z.object({
          field: z.string(),
          tribe: Shown,
          powerOffice: Shown,
          same: z.boolean().nullable().openapi({ description: 'Null: one of the systems did not answer' }),
          next: Next,
          because: z.string().openapi({ description: 'A word, or the code of a problem' }),
        }),
      )
      .optional()
      .openapi({ description: 'With `values=true`: each field as both systems hold it this moment' }),
    unreachable: z
      .array(z.enum(['tribe', 'powerOffice']))
      .optional()
      .openapi({ description: 'With `values=true`: systems that did not answer' }),
  })
  .openapi('Record')
export type RecordAnswer = z.infer<typeof Record_>

/** What the answer says of the link, or of there being none. */
export const linkPart = (link: LinkState | null) => ({
  tribeRelationId: link?.tribeRelationId ?? null,
  number: link?.number ?? null,
  state: shownState(link?.state),
  syncedAt: link?.syncedAt ?? null,
  invoice: link?.exportState ? invoicePart(link.exportState) : null,
})

const invoicePart = ({ stage, settlement, delivery }: InvoiceExportState) => ({
  stage,
  settlement: settlement?.state ?? ('open' as const),
  delivery: delivery ?? null,
})

/** What is known of a link is newer than a look before it. */
export function reasonOf(link: LinkState | null, look: Look | null): Reason | null {
  if (look && (!link || look.at > Date.parse(link.syncedAt))) return look.reason
  if (!link) return null
  if (link.state !== 'linked') return goneBy(link.state)
  return link.exportState ? STAGES[link.exportState.stage] : 'in-step'
}

/** How an invoice stands that has a link. */
export const STAGES: Readonly<Record<InvoiceExportState['stage'], Reason>> = {
  draft: 'draft-in-poweroffice',
  sending: 'sent-in-tribe',
  posted: 'booked',
  reversed: 'reversed-in-poweroffice',
}
