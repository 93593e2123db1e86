import { asSyncError } from './errors'

/**
 * One line of JSON for each thing that happened, for machines to search: ids, kinds, codes, counts. No
 * bodies, no tokens, no names; what a person needs to know of a record is in its timeline and its problem.
 */
export function log(event: string, about: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ event, ...about }))
}

/** The same for something that was thrown where nothing should be. */
export function logFault(event: string, thrown: unknown, about: Readonly<Record<string, unknown>>): void {
  console.error(JSON.stringify({ event, ...about, ...faultOf(thrown) }))
}

/** Its code. What a system said may hold a name; but a bug of ours cannot be mended unseen. */
export function faultOf(thrown: unknown): { code: string; detail?: string } {
  const { code, message } = asSyncError(thrown)
  return code === 'relay.unexpected' ? { code, detail: message } : { code }
}
