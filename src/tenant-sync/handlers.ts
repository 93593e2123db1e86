import { recreateInvoice, relinkInvoice } from '../invoices/by-hand'
import { exportInvoices, INVOICE_POLL, invoiceChanged } from '../invoices/changed'
import { compareInvoices } from '../invoices/compare'
import { lookForMissing } from '../invoices/dimension-lists'
import { documentInvoice } from '../invoices/documentation'
import { setAside } from '../invoices/notice'
import { markSentBefore } from '../invoices/sent-before'
import { syncInvoice } from '../invoices/sync'
import { callWaiters } from '../invoices/waiters'
import { lookAtField, lookAtResting } from '../lookups/field-watch'
import { lookAtMapping, watchMappings } from '../lookups/watch'
import { pullPayments } from '../payments/sweep'
import { syncPayment } from '../payments/sync'
import { tellFields } from '../payments/tell-fields'
import { changeAccount, noteFormerAccount } from '../products/accounts'
import { pushUnlinkedProducts, recreateProduct, relinkProduct } from '../products/by-hand'
import { productChanged, syncProduct } from '../products/changed'
import { compareProducts } from '../products/compare'
import { previewProducts } from '../products/preview'
import { PRODUCT_POLL, PRODUCT_SWEEP } from '../products/sweeps'
import { pushUnlinked, recreate, relink } from '../relations/by-hand'
import {
  lookBehindTogether,
  relationChanged,
  syncContactPerson,
  syncCustomer,
  syncPersonsOf,
  syncSupplier,
} from '../relations/changed'
import { compareRelations } from '../relations/compare'
import { previewRelations } from '../relations/preview'
import { RELATION_POLLS, RELATION_SWEEPS } from '../relations/sweeps'
import { CREATED, DONE, type Step, type Subject, type SyncContext } from '../sync-step'
import { firstLoadOf } from '../two-way/first-load'
import { pollOf, pullOf } from '../two-way/pull'
import { lookTogetherAt } from '../two-way/together'
import { believeGone } from '../two-way/vanished'
import { listen, renewWebhooks } from './webhooks'

/**
 * Something around a record of Tribe's changed; what a webhook says of it is a hint and no more
 * (tribe/API.md §4.2). Each slice is asked whether it is its own. Nobody's: the safety net looks.
 */
const tribeChanged: Step = async (ctx, { id, hint }) => {
  if (hint !== null && (await isTaken(ctx, id, hint))) return DONE
  const type = hint?.startsWith(CREATED) ? null : await typeOf(ctx, id)
  if (type !== null && type !== hint && (await isTaken(ctx, id, type))) return DONE
  // A moment later, so that a burst of events ends in one poll.
  ctx.enqueue({ kind: 'poll-tribe', subject: '', lane: 'push', afterSeconds: 2 })
  return DONE
}

const isTaken = async (ctx: SyncContext, id: string, type: string): Promise<boolean> =>
  productChanged(ctx, id, type) || invoiceChanged(ctx, id, type) || relationChanged(ctx, id, type)

/** What Tribe says it is, or what it was before it was deleted. */
const typeOf = async (ctx: SyncContext, id: string): Promise<string | null> =>
  (await ctx.tribe.typeOf(id)) ?? (await ctx.links.ofTribeId(id))[0]?.tribeType ?? null

/** Work by hand names the kind first: products and invoices have ways of their own. */
const byHand =
  (relation: Step, { product, invoice }: { product: Step; invoice: Step }): Step =>
  (ctx, subject) => {
    const kind = kindOf(subject)
    return kind === 'product'
      ? product(ctx, subject)
      : kind === 'invoice'
        ? invoice(ctx, subject)
        : relation(ctx, subject)
  }
const kindOf = ({ id }: Subject) => id.split(':')[0]

/** After a look at a record of Tribe's, invoices that wait for something that it says look again. */
const thenCallWaiters =
  (kind: 'customer' | 'product', step: Step): Step =>
  async (ctx, subject) => {
    const result = await step(ctx, subject)
    const [side, id] = subject.id.split(':')
    if (result.status === 'done' && side === 'tribe' && id) callWaiters(ctx, kind, id)
    return result
  }

/** Kind of job → the step that does it: the table of contents of what the relay does. */
export const HANDLERS: Readonly<Record<string, Step>> = {
  'tribe-changed': tribeChanged,
  customer: thenCallWaiters('customer', syncCustomer),
  supplier: syncSupplier,
  contactPerson: syncContactPerson,
  'persons-of': syncPersonsOf,
  'register-webhooks': listen,
  'renew-webhooks': renewWebhooks,
  product: thenCallWaiters('product', syncProduct),
  accounts: noteFormerAccount,
  account: changeAccount,
  invoice: syncInvoice,
  documentation: documentInvoice,
  'mark-invoices': markSentBefore,
  'export-invoices': exportInvoices,
  payment: syncPayment,
  notice: setAside,
  vanished: believeGone,
  'pull-payments': pullPayments,
  'tell-fields': tellFields,
  field: lookAtField,
  'first-load': firstLoadOf([...RELATION_SWEEPS, PRODUCT_SWEEP]),
  'pull-relations': pullOf('pull-relations', RELATION_SWEEPS),
  'pull-products': async (ctx, subject) => {
    const result = await pullOf('pull-products', [PRODUCT_SWEEP])(ctx, subject)
    if (result.status === 'done') await lookForMissing(ctx)
    if (result.status === 'done') await lookAtResting(ctx)
    return result
  },
  'poll-tribe': pollOf([...RELATION_POLLS, PRODUCT_POLL, INVOICE_POLL]),
  'look-behind': lookBehindTogether,
  'look-together': lookTogetherAt([...RELATION_POLLS, PRODUCT_POLL]),
  'push-unlinked': (ctx, subject) => {
    if (subject.id === '') ctx.enqueue({ kind: 'push-unlinked', subject: 'Product', lane: 'bulk' })
    return subject.id === 'Product' ? pushUnlinkedProducts(ctx, subject) : pushUnlinked(ctx, subject)
  },
  // Relations first, kind by kind; then products, then invoices.
  compare: async (ctx, subject) => {
    if (subject.id === 'invoice') return compareInvoices(ctx, subject)
    if (subject.id !== 'product') return compareRelations(ctx, subject)
    const result = await compareProducts(ctx, subject)
    if (result.status === 'done') ctx.enqueue({ kind: 'compare', subject: 'invoice', lane: 'bulk' })
    return result
  },
  // Relations first, kind by kind; products end it.
  preview: (ctx, subject) =>
    subject.id === 'product' ? previewProducts(ctx, subject) : previewRelations(ctx, subject),
  'watch-mappings': watchMappings,
  mapping: lookAtMapping,
  relink: byHand(relink, { product: relinkProduct, invoice: relinkInvoice }),
  recreate: byHand(recreate, { product: recreateProduct, invoice: recreateInvoice }),
}

/** Which stream of the status a sweep belongs to. */
export const STREAM_OF: Readonly<Record<string, 'webhooks' | 'relations' | 'products' | 'payments'>> = {
  'tribe-changed': 'webhooks',
  'pull-relations': 'relations',
  'pull-products': 'products',
  'pull-payments': 'payments',
  'first-load': 'relations',
}
