import type { TimelineEntry } from '../db/timeline'
import { noUsage, type Usage } from './tenant-status'

/** What the log tells of a run besides what it cost: so that the relay's promises can be checked on the log alone. */
export interface Trace extends Usage {
  /** Writes that were answered with a 2xx, by what was called; no ids. */
  wrote: Record<string, number>
  /** What happened to records, in short: event, kind and both ids. */
  told: string[]
}

export const newTrace = (): Trace => ({ ...noUsage(), wrote: {}, told: [] })

/** More would fill the log of a sweep, which the platform cuts off at 256 KB. */
const MOST_TOLD = 8

/** Notes a write that was answered well. */
export function noteWrite(trace: Trace, system: string, method: string, url: string): void {
  const name = `${system} ${method} ${calledAt(url)}`
  trace.wrote[name] = (trace.wrote[name] ?? 0) + 1
}

export function noteTold(trace: Trace, entries: readonly TimelineEntry[]): void {
  for (const { event, kind, tribeId, powerOfficeId } of entries)
    if (trace.told.length < MOST_TOLD)
      trace.told.push([event, kind, tribeId ?? '-', powerOfficeId ?? '-'].join(' '))
}

/** The path without the version and what comes before it, without a query, and with `_` for each id. */
export function calledAt(url: string): string {
  const [path = ''] = url.replace(/^https?:\/\/[^/]+/, '').split('?')
  return path
    .replace(/^.*?\/(v\d+|odata)\//, '')
    .replace(/^odata\//, '')
    .replace(/\([^)]*\)/g, '(_)')
    .replace(/(?<=\/)([0-9a-f]{8}-[0-9a-f-]{27}|\d+)(?=\/|$)/gi, '_')
}
