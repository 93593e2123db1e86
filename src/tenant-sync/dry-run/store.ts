import type { LinkKind } from '../../db/links'
import type { UnitMapping, VatMapping } from '../../db/mappings'
import type { TenantSettings } from '../../db/settings'
import type { FieldMappings } from '../../shared/own-fields'
import type { Facts, JobRequest } from '../../sync-step'
import type { Note } from './world'

/** What is tried, and what came of it: ids, names of fields and counts, for an hour. */

/** A change as it would be kept, and what keeping it would set off. */
export interface Change {
  /** As it was asked for, in JSON: to be shown, and to be carried out. */
  asked: string
  settings?: TenantSettings
  fields?: FieldMappings
  units?: UnitMapping[]
  vat?: VatMapping[]
  /** What the settings mean for invoices: they are off, on again, or on as before. */
  invoices: 'off' | 'anew' | 'on' | null
  /** Records that wait with one of these codes are looked at again. */
  release: string[]
  jobs: JobRequest[]
  /** Fields whose members are others now. */
  dropped: { kind: LinkKind; fields: string[] }[]
}

/** Why a dry run ended before it was worked out. */
export type Ended = NonNullable<DryRun['because']>
export interface DryRun {
  state: 'running' | 'done' | 'failed'
  because?: 'paused' | 'settings-changed' | 'reconnect' | 'refused' | 'unreachable' | 'interrupted'
  at: string
  writes: { side: Note['side']; kind: string; field: string; count: number }[]
  parked: { code: string; count: number }[]
}
export interface DryRunPage extends DryRun {
  records: Note[]
  asked: string
}
interface StoredDryRun extends DryRun {
  change: Change
  /** How often it was begun: a restart forgets all of it. */
  begun: number
  count: number
}

const STALE_MS = 3_600_000
const CHUNK = 500
const ALL = 'dry-runs'
const nameOf = (id: string) => `dry-run:${id}` as const
const chunkOf = (id: string, n: number) => `dry-run:${id}:${n}` as const

export function dryRunsIn({ facts, now }: { facts: Facts; now: () => number }) {
  const headOf = (id: string): StoredDryRun | null => {
    const stored = facts.get(nameOf(id))
    return Array.isArray(stored) ? null : stored
  }
  const get = (id: string): StoredDryRun | null => {
    const kept = headOf(id)
    return kept && now() - Date.parse(kept.at) < STALE_MS ? kept : null
  }
  const chunkAt = (id: string, n: number): Note[] => {
    const stored = facts.get(chunkOf(id, n))
    return Array.isArray(stored) ? stored : []
  }
  const fail = (id: string, because: Ended): void => {
    const kept = get(id)
    if (kept?.state === 'running') facts.set(nameOf(id), { ...kept, state: 'failed', because })
  }
  return {
    get,
    isRunning: (id: string): boolean => get(id)?.state === 'running',
    begin(id: string, change: Change): void {
      this.forgetStale()
      const at = new Date(now()).toISOString()
      const kept: StoredDryRun = { state: 'running', at, writes: [], parked: [], change, begun: 0, count: 0 }
      facts.set(nameOf(id), kept)
      facts.set(ALL, [...(facts.get(ALL) ?? []), id])
    },
    beginAgain(id: string, kept: StoredDryRun): void {
      facts.set(nameOf(id), { ...kept, begun: kept.begun + 1 })
    },
    finish(id: string, records: readonly Note[], parked: DryRun['parked']): void {
      const kept = get(id)
      if (kept?.state !== 'running') return
      for (let n = 0; n * CHUNK < records.length; n++)
        facts.set(chunkOf(id, n), records.slice(n * CHUNK, (n + 1) * CHUNK))
      facts.set(nameOf(id), {
        ...kept,
        state: 'done',
        writes: countsOf(records),
        parked,
        count: records.length,
      })
    },
    fail,
    /** Ends all that are under way: what they would tell holds no more, or cannot be worked out. */
    failAll(because: Ended): void {
      for (const id of facts.get(ALL) ?? []) fail(id, because)
    },
    read(id: string, { page, pageSize }: { page: number; pageSize: number }): DryRunPage | null {
      const kept = get(id)
      if (!kept) return null
      const { state, because, at, writes, parked, count, change } = kept
      const from = (page - 1) * pageSize
      const records: Note[] = []
      for (let n = Math.floor(from / CHUNK); n * CHUNK < Math.min(from + pageSize, count); n++)
        records.push(...chunkAt(id, n))
      const start = from - Math.floor(from / CHUNK) * CHUNK
      const shown = records.slice(start, start + pageSize)
      const why = because ? { because } : {}
      return { state, ...why, at, writes, parked, records: shown, asked: change.asked }
    },
    forgetStale(): void {
      const ids = facts.get(ALL) ?? []
      const stale = ids.filter((id) => get(id) === null)
      for (const id of stale) {
        const kept = headOf(id)
        for (let n = 0; n * CHUNK < (kept?.count ?? 0); n++) facts.remove(chunkOf(id, n))
        facts.remove(nameOf(id))
      }
      if (stale.length > 0)
        facts.set(
          ALL,
          ids.filter((id) => !stale.includes(id)),
        )
    },
  }
}

function countsOf(records: readonly Note[]): DryRun['writes'] {
  const counts = new Map<string, DryRun['writes'][number]>()
  for (const { side, kind, fields } of records)
    for (const field of fields) {
      const key = `${side} ${kind} ${field}`
      counts.set(key, { side, kind, field, count: (counts.get(key)?.count ?? 0) + 1 })
    }
  return [...counts.values()]
}
