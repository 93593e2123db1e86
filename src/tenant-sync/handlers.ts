import { lookAtMapping, watchMappings } from '../lookups/watch'
import { firstLoadOf } from '../pairs/first-load'
import { pollTribeOf, pullOf } from '../pairs/pull'
import { pushUnlinkedProducts, recreateProduct, relinkProduct } from '../products/by-hand'
import { productChanged, syncProduct } from '../products/changed'
import { compareProducts } from '../products/compare'
import { previewProducts } from '../products/preview'
import { PRODUCT_POLL, PRODUCT_SWEEP } from '../products/sweeps'
import { pushUnlinked, recreate, relink } from '../relations/by-hand'
import {
  relationChanged,
  syncContactPerson,
  syncCustomer,
  syncPersonsOf,
  syncSupplier,
} from '../relations/changed'
import { compareRelations } from '../relations/compare'
import { previewRelations } from '../relations/preview'
import { RELATION_POLLS, RELATION_SWEEPS } from '../relations/sweeps'
import { DONE, type Step, type Subject } from '../sync-step'
import { registerWebhooks } from './webhooks'

/** Something in Tribe changed: each slice is asked whether it is its own. Nobody's: the safety net looks at once. */
const tribeChanged: Step = async (ctx, { id, hint }) => {
  const isKnown = productChanged(ctx, id, hint) || (await relationChanged(ctx, id, hint))
  // A moment later, so that a burst of events ends in one poll.
  if (!isKnown) ctx.enqueue({ kind: 'poll-tribe', subject: '', lane: 'push', afterSeconds: 2 })
  return DONE
}

/** Work by hand names the kind first. */
const isProduct = ({ id }: Subject) => id.startsWith('product:')

/** Kind of job → the step that does it: the table of contents of what the relay does. */
export const HANDLERS: Readonly<Record<string, Step>> = {
  'tribe-changed': tribeChanged,
  customer: syncCustomer,
  supplier: syncSupplier,
  contactPerson: syncContactPerson,
  'persons-of': syncPersonsOf,
  'register-webhooks': registerWebhooks,
  product: syncProduct,
  'first-load': firstLoadOf([...RELATION_SWEEPS, PRODUCT_SWEEP]),
  'pull-relations': pullOf('pull-relations', RELATION_SWEEPS),
  'pull-products': pullOf('pull-products', [PRODUCT_SWEEP]),
  'poll-tribe': pollTribeOf([...RELATION_POLLS, PRODUCT_POLL]),
  'push-unlinked': (ctx, subject) => {
    if (subject.id === '') ctx.enqueue({ kind: 'push-unlinked', subject: 'Product', lane: 'bulk' })
    return subject.id === 'Product' ? pushUnlinkedProducts(ctx, subject) : pushUnlinked(ctx, subject)
  },
  compare: (ctx, subject) =>
    subject.id === 'product' ? compareProducts(ctx, subject) : compareRelations(ctx, subject),
  // Relations first, kind by kind; products end it.
  preview: (ctx, subject) =>
    subject.id === 'product' ? previewProducts(ctx, subject) : previewRelations(ctx, subject),
  'watch-mappings': watchMappings,
  mapping: lookAtMapping,
  relink: (ctx, subject) => (isProduct(subject) ? relinkProduct(ctx, subject) : relink(ctx, subject)),
  recreate: (ctx, subject) => (isProduct(subject) ? recreateProduct(ctx, subject) : recreate(ctx, subject)),
}

/** Which stream of the status a sweep belongs to. */
export const STREAM_OF: Readonly<Record<string, 'webhooks' | 'relations' | 'products'>> = {
  'tribe-changed': 'webhooks',
  'pull-relations': 'relations',
  'pull-products': 'products',
  'first-load': 'relations',
}
