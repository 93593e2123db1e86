import type { Side } from './sides'

/** What ids of records look like: an id of another form is no record's, and no system is asked about it. */

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** PowerOffice counts its records; its invoices and sales orders have a uuid. */
const COUNTED = /^\d{1,18}$/

export const isTribeId = (id: string): boolean => GUID.test(id)
export const isPowerOfficeId = (kind: string, id: string): boolean =>
  kind === 'invoice' ? GUID.test(id) : COUNTED.test(id)
export const isIdIn = (side: Side, kind: string, id: string): boolean =>
  side === 'crm' ? isTribeId(id) : isPowerOfficeId(kind, id)
