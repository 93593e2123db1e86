import type { LinkKind, LinkState } from './db/links'
import { retryAttachments } from './invoices/attachments'
import { invoiceObstacleOf, recreateInvoice, relinkInvoice } from './invoices/by-hand'
import {
  exportInvoices,
  INVOICE_POLL,
  invoiceChanged,
  invoicesChangedTogether,
  invoiceWebhooks,
} from './invoices/changed'
import { compareInvoices } from './invoices/compare'
import { markSentBefore } from './invoices/cutoff'
import { lookForMissing } from './invoices/dimension-lists'
import { documentInvoice } from './invoices/documentation'
import { setAside } from './invoices/notice'
import { searchInvoices } from './invoices/search'
import { syncInvoice } from './invoices/sync'
import { callWaiters, callWaitersOfAll } from './invoices/waiters'
import { lookAtResting } from './lookups/field-watch'
import { pullPayments } from './payments/sweep'
import { syncPayment } from './payments/sync'
import { tellFields } from './payments/tell-fields'
import { factsOfCustomer, toldValues } from './payments/told-values'
import { invoiceValues } from './payments/values'
import { changeAccount, noteFormerAccount } from './products/accounts'
import { productObstacleOf, pushUnlinkedProducts, recreateProduct, relinkProduct } from './products/by-hand'
import { productChanged, productsChangedTogether, productWebhooks, syncProduct } from './products/changed'
import { compareProducts } from './products/compare'
import { isGeneric } from './products/generic'
import { previewProducts } from './products/preview'
import { searchProducts } from './products/search'
import { PRODUCT_POLL, PRODUCT_SWEEP } from './products/sweeps'
import { takeBackProduct, unmarkInTribe } from './products/take-back'
import { productValues } from './products/values'
import { type Named, type Obstacle, obstacleOf, pushUnlinked, recreate, relink } from './relations/by-hand'
import {
  lookBehindTogether,
  relationChanged,
  relationsChangedTogether,
  relationWebhooks,
  syncContactPerson,
  syncCustomer,
  syncPersonsOf,
  syncSupplier,
} from './relations/changed'
import { compareRelations } from './relations/compare'
import { RELATION_KINDS, type RelationKind } from './relations/kinds'
import { previewRelations } from './relations/preview'
import { searchRelations } from './relations/search'
import { RELATION_POLLS, RELATION_SWEEPS } from './relations/sweeps'
import { takeBackRelation } from './relations/take-back'
import { relationValues } from './relations/values'
import { asSyncError } from './shared/errors'
import type { JobKind } from './shared/job-kinds'
import type { FieldMapping } from './shared/own-fields'
import { recordIn } from './shared/subjects'
import type { Step, Subject, SyncContext } from './sync-step'
import { pullOf } from './two-way/pull'
import type { PolledSet, SweptKind, TogetherSet } from './two-way/record-kind'
import type { SearchedKind } from './two-way/search'
import type { TakenTogether, Told } from './two-way/together'
import type { SeenPair, Which } from './two-way/values'

/**
 * What each slice brings: the table of contents of what the relay does. Handlers, webhooks, search and work by hand read
 * it, and know no slice by its name.
 */
export interface Slice {
  name: 'relations' | 'products' | 'invoices' | 'payments'
  /** Kinds of records whose links it keeps. */
  kinds: readonly LinkKind[]
  /** Types of Tribe's records for which a webhook is registered. */
  webhooks(ctx: SyncContext): string[]
  /** A webhook spoke of a record of this type: asks for looks. False when it is none of this slice's. */
  changed(ctx: SyncContext, id: string, type: string): boolean | Promise<boolean>
  /** The same for the events of a burst: gives those that were of this slice. */
  changedTogether(ctx: SyncContext, told: readonly Told[]): Promise<TakenTogether>
  /** Kind of job → the step that does it. */
  steps: Readonly<Partial<Record<JobKind, Step>>>
  /** Steps of jobs that several slices have: each does its own subjects. */
  shared: Readonly<Partial<Record<SharedJob, Step>>>
  /** What a first load brings, in the order of need. */
  sweeps: readonly SweptKind[]
  /** Which sweeps it brings, and with which tick of the clock. */
  ticks: Readonly<Partial<Record<Tick, readonly JobKind[]>>>
  /** Sets of Tribe's that are polled, and of these the ones whose records can be looked at together. */
  polls: readonly PolledSet[]
  together: readonly TogetherSet[]
  search: SearchedKind | null
  /** A record as both sides hold it this moment. */
  values(ctx: SyncContext, kind: LinkKind, which: Which): Promise<SeenPair | null>
  /** Takes back the write that the context names. */
  takeBack(ctx: SyncContext, link: LinkState): Promise<void>
  /** Puts back the mark that a record of Tribe's had before it was tied; false when Tribe keeps ours. */
  unmark?(ctx: SyncContext, link: LinkState, former: string | null): Promise<boolean>
  /** What keeps work by hand from being done with these records; null when nothing does. */
  obstacleOf(ctx: SyncContext, kind: LinkKind, named: Named): Promise<Obstacle | null>
}

/** `often`: each quarter of an hour; `by day`: each four hours; `by night`: once. */
export type Tick = 'often' | 'by day' | 'by night'

export const SHARED_JOBS = [
  'compare',
  'preview',
  'push-unlinked',
  'relink',
  'recreate',
] as const satisfies readonly JobKind[]
export type SharedJob = (typeof SHARED_JOBS)[number]

/** After a look at a record of Tribe's, invoices that wait for something that it says look again. */
const thenCallWaiters =
  (kind: 'customer' | 'product', step: Step): Step =>
  async (ctx, subject) => {
    const result = await step(ctx, subject)
    const { side, id } = recordIn(subject.id)
    if (result.status === 'done' && side === 'tribe' && id) callWaiters(ctx, kind, id)
    return result
  }

/** The same for the events of a burst. */
const togetherThenCallWaiters =
  (kind: 'customer' | 'product', take: Slice['changedTogether']): Slice['changedTogether'] =>
  async (ctx, told) => {
    const taken = await take(ctx, told)
    const ids = taken.tied.filter((one) => one.kind === kind).map(({ id }) => id)
    callWaitersOfAll(ctx, kind, ids)
    return taken
  }

/** Does this once the step is done. */
const then =
  (step: Step, next: (ctx: SyncContext) => void | Promise<void>): Step =>
  async (ctx, subject) => {
    const result = await step(ctx, subject)
    if (result.status === 'done') await next(ctx)
    return result
  }

const watchContract = (ctx: SyncContext) => ctx.enqueue({ kind: 'watch-contract', subject: '', lane: 'bulk' })

/** Where a comparison is refused, perhaps for a member that is gone, how the systems answer is looked at all the same. */
const orWatchContract =
  (step: Step): Step =>
  async (ctx, subject) => {
    try {
      return await step(ctx, subject)
    } catch (thrown) {
      if (asSyncError(thrown).remedy === 'data') watchContract(ctx)
      throw thrown
    }
  }

const RELATIONS = {
  name: 'relations',
  kinds: RELATION_KINDS,
  webhooks: relationWebhooks,
  changed: relationChanged,
  changedTogether: togetherThenCallWaiters('customer', relationsChangedTogether),
  steps: {
    customer: thenCallWaiters('customer', syncCustomer),
    supplier: syncSupplier,
    contactPerson: syncContactPerson,
    'persons-of': syncPersonsOf,
    delivery: setAside,
    'look-behind': lookBehindTogether,
    'pull-relations': pullOf('pull-relations', RELATION_SWEEPS),
  },
  shared: {
    // Kind by kind; the last asks for products.
    compare: orWatchContract(compareRelations),
    preview: previewRelations,
    'push-unlinked': (ctx, subject) => {
      if (subject.id === '') ctx.enqueue({ kind: 'push-unlinked', subject: 'Product', lane: 'bulk' })
      return pushUnlinked(ctx, subject)
    },
    relink,
    recreate,
  },
  sweeps: RELATION_SWEEPS,
  ticks: { often: ['pull-relations'] },
  polls: RELATION_POLLS,
  together: RELATION_POLLS,
  search: searchRelations,
  takeBack: takeBackRelation,
  values: (ctx, kind, which) =>
    relationValues(ctx, kind as RelationKind, which, async ({ of, crm, contact }) => {
      if (kind !== 'customer') return []
      const read = async (rows: readonly FieldMapping[]) =>
        contact.is === 'there' ? factsOfCustomer(ctx, contact.record, rows) : {}
      return toldValues(ctx, kind, { of, crm, books: contact, link: which.link, read })
    }),
  obstacleOf: (ctx, kind, named) => obstacleOf(ctx, kind as RelationKind, named),
} satisfies Slice

const PRODUCTS = {
  name: 'products',
  kinds: ['product'],
  webhooks: productWebhooks,
  changed: productChanged,
  changedTogether: togetherThenCallWaiters('product', productsChangedTogether),
  steps: {
    product: thenCallWaiters('product', syncProduct),
    accounts: noteFormerAccount,
    account: changeAccount,
    'pull-products': then(pullOf('pull-products', [PRODUCT_SWEEP]), async (ctx) => {
      await lookForMissing(ctx)
      await lookAtResting(ctx)
    }),
  },
  shared: {
    compare: then(orWatchContract(compareProducts), (ctx) =>
      ctx.enqueue({ kind: 'compare', subject: 'invoice', lane: 'bulk' }),
    ),
    preview: previewProducts,
    'push-unlinked': pushUnlinkedProducts,
    relink: relinkProduct,
    recreate: recreateProduct,
  },
  sweeps: [PRODUCT_SWEEP],
  ticks: { often: ['pull-products'] },
  polls: [PRODUCT_POLL],
  together: [PRODUCT_POLL],
  search: searchProducts,
  takeBack: takeBackProduct,
  unmark: unmarkInTribe,
  values: (ctx, _, which) => productValues(ctx, which),
  obstacleOf: (ctx, _, named) => productObstacleOf(ctx, named),
} satisfies Slice

const INVOICES = {
  name: 'invoices',
  kinds: ['invoice'],
  webhooks: invoiceWebhooks,
  changed: invoiceChanged,
  changedTogether: invoicesChangedTogether,
  steps: {
    invoice: syncInvoice,
    documentation: documentInvoice,
    attachments: retryAttachments,
    'mark-invoices': markSentBefore,
    'export-invoices': exportInvoices,
    notice: setAside,
  },
  shared: {
    // The last of the night's: all there is was read.
    compare: then(orWatchContract(compareInvoices), watchContract),
    relink: relinkInvoice,
    recreate: recreateInvoice,
  },
  sweeps: [],
  ticks: {},
  polls: [INVOICE_POLL],
  together: [],
  search: searchInvoices,
  // What was booked is not overwritten.
  takeBack: async () => undefined,
  values: (ctx, _, which) => invoiceValues(ctx, which),
  obstacleOf: (ctx, _, named) => invoiceObstacleOf(ctx, named),
} satisfies Slice

const PAYMENTS = {
  name: 'payments',
  kinds: [],
  webhooks: () => [],
  changed: () => false,
  changedTogether: async () => ({ settled: new Set(), tied: [] }),
  steps: { payment: syncPayment, 'pull-payments': pullPayments, 'tell-fields': tellFields },
  shared: {},
  sweeps: [],
  ticks: { 'by day': ['pull-payments'] },
  polls: [],
  together: [],
  search: null,
  takeBack: async () => undefined,
  values: async () => null,
  obstacleOf: async () => null,
} satisfies Slice

/** In the order of need: contact persons and invoices need their companies, payments their invoices. */
export const SLICES: readonly Slice[] = [RELATIONS, PRODUCTS, INVOICES, PAYMENTS]

/** Kind of job → the step that does it, of all slices. */
export const SLICE_STEPS = {
  ...RELATIONS.steps,
  ...PRODUCTS.steps,
  ...INVOICES.steps,
  ...PAYMENTS.steps,
}

/** What a tick of the clock asks of every active tenant: what the slices bring, then what concerns all of them. */
const OF_ALL: Readonly<Record<Tick, readonly JobKind[]>> = {
  often: ['poll-tribe'],
  'by day': [],
  'by night': ['register-webhooks', 'watch-mappings', 'compare'],
}
export const sweepsOf = (tick: Tick): readonly JobKind[] => [
  ...SLICES.flatMap(({ ticks }) => ticks[tick] ?? []),
  ...OF_ALL[tick],
]

/** The slice that a kind of record is of. */
export const sliceOf = (kind: string): Slice | undefined =>
  SLICES.find(({ kinds }) => kinds.some((one) => one === kind))

/** The slice whose subject this is: it begins with a kind, or is a set of Tribe's; without either, the first. */
export function sliceFor({ id }: Pick<Subject, 'id'>): Slice {
  const [first = ''] = id.split(':')
  const ofSet = SLICES.find(({ polls }) => polls.some(({ set }) => set === first))
  return sliceOf(first) ?? ofSet ?? RELATIONS
}

/** Whether the relay has made this product of PowerOffice's for itself: it is tied to none, and told by no timeline. */
export const isOwnProduct = isGeneric
