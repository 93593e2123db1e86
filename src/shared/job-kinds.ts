/**
 * What jobs there are. The names are stored: a job that an older version left is found by its own. The table of handlers
 * has one for each of them, which the compiler sees to.
 */
export const JOB_KINDS = [
  // Looks at a record, whichever of its two sides is named.
  'customer',
  'supplier',
  'contactPerson',
  'product',
  'invoice',
  'payment',
  // What goes along with a record.
  'persons-of',
  'delivery',
  'documentation',
  'attachments',
  'notice',
  'accounts',
  'account',
  'mapping',
  'field',
  'vanished',
  // Looks at many.
  'tribe-changed',
  'look-behind',
  'look-together',
  'poll-tribe',
  'pull-relations',
  'pull-products',
  'pull-payments',
  'tell-fields',
  'first-load',
  'mark-invoices',
  'watch-mappings',
  'watch-contract',
  // What a person asks for.
  'compare',
  'preview',
  'push-unlinked',
  'relink',
  'recreate',
  'export-invoices',
  'dry-run',
  'undo',
  'undo-preview',
  'undo-change',
  // The tenant's own.
  'register-webhooks',
  'renew-webhooks',
  'alert',
] as const
export type JobKind = (typeof JOB_KINDS)[number]

export const isJobKind = (kind: string): kind is JobKind => JOB_KINDS.some((one) => one === kind)
