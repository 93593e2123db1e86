import { pushUnlinked, recreate, relink } from '../relations/by-hand'
import {
  relationChanged,
  syncContactPerson,
  syncCustomer,
  syncPersonsOf,
  syncSupplier,
} from '../relations/changed'
import { compareRelations } from '../relations/compare'
import { firstLoad } from '../relations/full-sweep'
import { previewRelations } from '../relations/preview'
import { pollTribeRelations, pullRelations } from '../relations/pull'
import { DONE, type Step } from '../sync-step'
import { registerWebhooks } from './webhooks'

/** Something in Tribe changed: each slice is asked whether it is its own. Nobody's: the safety net looks at once. */
const tribeChanged: Step = async (ctx, { id, hint }) => {
  const isKnown = await relationChanged(ctx, id, hint)
  // A moment later, so that a burst of events ends in one poll.
  if (!isKnown) ctx.enqueue({ kind: 'poll-tribe', subject: '', lane: 'push', afterSeconds: 2 })
  return DONE
}

/** Kind of job → the step that does it: the table of contents of what the relay does. */
export const HANDLERS: Readonly<Record<string, Step>> = {
  'tribe-changed': tribeChanged,
  customer: syncCustomer,
  supplier: syncSupplier,
  contactPerson: syncContactPerson,
  'persons-of': syncPersonsOf,
  'register-webhooks': registerWebhooks,
  'first-load': firstLoad,
  'pull-relations': pullRelations,
  'poll-tribe': pollTribeRelations,
  'push-unlinked': pushUnlinked,
  compare: compareRelations,
  preview: previewRelations,
  relink,
  recreate,
}

/** Which stream of the status a sweep belongs to. */
export const STREAM_OF: Readonly<Record<string, 'webhooks' | 'relations'>> = {
  'tribe-changed': 'webhooks',
  'pull-relations': 'relations',
  'first-load': 'relations',
}
