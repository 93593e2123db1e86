import type { LinkKind } from '../../db/links'
import { DAY_MS } from '../../shared/dates'
import type { Facts } from '../../sync-step'
import type { FirstLoad } from '../../two-way/first-load'
import type { ChangeToUndo } from './change'

/** The undo of a first load: its preview, and how far it has come. Ids only. */

export interface UndoItem {
  kind: LinkKind
  tribeId: string
  powerOfficeId: string
  outcome: 'removable' | 'restorable' | 'not-kept' | 'touched'
}
/** What is deleted along with a record: who plays a role that was made with it. */
export interface Removal {
  kind: LinkKind
  tribeId: string
  set: string
  relation: { set: string; id: string } | null
}
/** A write that the load overwrote something by. */
export type Restore = ChangeToUndo

interface StoredUndo {
  state: 'previewing' | 'previewed' | 'removing' | 'done' | 'failed'
  at: string
  counts: { removable: number; restorable: number; touched: number }
  items: number
  removals: number
  restores: number
}

export interface UndoPage {
  state: 'none' | 'running' | 'previewed' | 'undoing' | 'done' | 'failed'
  at: string | null
  counts: StoredUndo['counts']
  items: UndoItem[]
}

export const UNDO_DAYS = 30
const CHUNK = 500
const NAME = 'undo'
const NONE: StoredUndo['counts'] = { removable: 0, restorable: 0, touched: 0 }
const SHOWN = {
  previewing: 'running',
  previewed: 'previewed',
  removing: 'undoing',
  done: 'done',
  failed: 'failed',
} as const

export function undosIn({ facts, now }: { facts: Facts; now: () => number }) {
  const get = () => facts.get<StoredUndo>(NAME)
  const set = (change: Partial<StoredUndo>) => {
    const before = get() ?? { state: 'previewing', at: '', counts: NONE, items: 0, removals: 0, restores: 0 }
    facts.set(NAME, { ...before, at: new Date(now()).toISOString(), ...change } satisfies StoredUndo)
  }
  const putAll = (name: string, rows: readonly unknown[]) => {
    for (let n = 0; n * CHUNK < rows.length; n++)
      facts.set(`${NAME}:${name}:${n}`, rows.slice(n * CHUNK, (n + 1) * CHUNK))
  }
  const getAll = <T>(name: string, count: number): T[] => {
    const rows: T[] = []
    for (let n = 0; n * CHUNK < count; n++) rows.push(...(facts.get<T[]>(`${NAME}:${name}:${n}`) ?? []))
    return rows
  }
  return {
    /** The load that can be undone; null when there is none, or when it is too long ago. */
    load(): { from: string; to: string } | null {
      const load = facts.get<FirstLoad>('initial-sync:last')
      if (!load?.finishedAt || facts.get('initial-sync') !== null) return null
      const isLate = now() - Date.parse(load.finishedAt) > UNDO_DAYS * DAY_MS
      return isLate ? null : { from: load.startedAt, to: load.finishedAt }
    },
    state: () => get()?.state ?? null,
    isRemoving: () => get()?.state === 'removing',
    /** The one job that runs just now: nothing is made or written beside an undo, and a preview is worked out at rest, too. */
    job(isPaused: boolean): 'undo' | 'undo-preview' | null {
      const state = get()?.state
      if (state === 'removing') return 'undo'
      return state === 'previewing' && isPaused ? 'undo-preview' : null
    },
    beginPreview: () => set({ state: 'previewing', counts: NONE, items: 0 }),
    fail: () => set({ state: 'failed' }),
    finishPreview(items: readonly UndoItem[]): void {
      putAll('items', items)
      const count = (outcome: UndoItem['outcome']) => items.filter((item) => item.outcome === outcome).length
      const counts = {
        removable: count('removable'),
        restorable: count('restorable'),
        touched: count('touched'),
      }
      set({ state: 'previewed', items: items.length, counts })
    },
    confirm: () => set({ state: 'removing', removals: -1 }),
    /** Null before it was judged at the confirmation. */
    removals(): Removal[] | null {
      const kept = get()
      return kept && kept.removals >= 0 ? getAll<Removal>('removals', kept.removals) : null
    },
    restores: (): Restore[] => getAll<Restore>('restores', get()?.restores ?? 0),
    decide(items: readonly UndoItem[], removals: readonly Removal[], restores: readonly Restore[]): void {
      putAll('removals', removals)
      putAll('restores', restores)
      this.finishPreview(items)
      set({ state: 'removing', removals: removals.length, restores: restores.length })
    },
    /** There is no load any more that could be undone. */
    finish(): void {
      set({ state: 'done' })
      facts.remove('initial-sync:last')
    },
    read({ page, pageSize }: { page: number; pageSize: number }): UndoPage {
      const kept = get()
      if (!kept) return { state: 'none', at: null, counts: NONE, items: [] }
      const items = getAll<UndoItem>('items', kept.items)
      const from = (page - 1) * pageSize
      return {
        state: SHOWN[kept.state],
        at: kept.at,
        counts: kept.counts,
        items: items.slice(from, from + pageSize),
      }
    },
  }
}
