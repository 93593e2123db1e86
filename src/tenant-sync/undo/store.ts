import type { FactOf } from '../../facts'
import { DAY_MS } from '../../shared/dates'
import type { Facts } from '../../sync-step'
import { UNDONE } from '../../two-way/first-load'
import type { ChangeToUndo } from './change'

/** The undo of a first load: its preview, and how far it has come. Ids only. */

export type UndoItem = FactOf<`undo:items:${string}`>[number]
/** What is deleted along with a record: who plays a role that was made with it. */
export type Removal = FactOf<`undo:removals:${string}`>[number]
/** A write that the load overwrote something by. */
export type Restore = ChangeToUndo

type StoredUndo = FactOf<'undo'>

export interface UndoPage {
  state: 'none' | 'running' | 'previewed' | 'undoing' | 'done' | 'failed'
  at: string | null
  counts: StoredUndo['counts']
  /** How many of those that go or come back are done. */
  done: number
  items: UndoItem[]
}

export const UNDO_DAYS = 30
const CHUNK = 500
const NAME = 'undo'

/** What is carried out: first what is removed, then what comes back. */
export interface Decided {
  at: string
  removals: Removal[]
  restores: Restore[]
  done: number
}

const isAmong = (those: readonly Pick<UndoItem, 'kind' | 'tribeId'>[]) => {
  const names = new Set(those.map(({ kind, tribeId }) => `${kind} ${tribeId}`))
  return ({ kind, tribeId }: Pick<UndoItem, 'kind' | 'tribeId'>) => names.has(`${kind} ${tribeId}`)
}

function countsOf(items: readonly UndoItem[]): StoredUndo['counts'] {
  const count = (outcome: UndoItem['outcome']) => items.filter((item) => item.outcome === outcome).length
  return { removable: count('removable'), restorable: count('restorable'), touched: count('touched') }
}

const NONE: StoredUndo['counts'] = { removable: 0, restorable: 0, touched: 0 }
const SHOWN = {
  previewing: 'running',
  previewed: 'previewed',
  removing: 'undoing',
  done: 'done',
  failed: 'failed',
} as const

export function undosIn({ facts, now }: { facts: Facts; now: () => number }) {
  const get = () => facts.get(NAME)
  const set = (change: Partial<StoredUndo>) => {
    const before = get() ?? { state: 'previewing', at: '', counts: NONE, items: 0, removals: 0, restores: 0 }
    facts.set(NAME, { ...before, at: new Date(now()).toISOString(), ...change } satisfies StoredUndo)
  }
  const putAll = <T>(rows: readonly T[], put: (n: number, some: T[]) => void) => {
    for (let n = 0; n * CHUNK < rows.length; n++) put(n, rows.slice(n * CHUNK, (n + 1) * CHUNK))
  }
  const getAll = <T>(count: number, get: (n: number) => T[] | null): T[] => {
    const rows: T[] = []
    for (let n = 0; n * CHUNK < count; n++) rows.push(...(get(n) ?? []))
    return rows
  }
  const itemsOf = ({ items }: StoredUndo) => getAll(items, (n) => facts.get(`undo:items:${n}`))
  const removalsOf = ({ removals }: StoredUndo) => getAll(removals, (n) => facts.get(`undo:removals:${n}`))
  const restoresOf = ({ restores }: StoredUndo): Restore[] =>
    getAll(restores, (n) => facts.get(`undo:restores:${n}`)).map(({ kept, ...restore }) => ({
      ...restore,
      kept: typeof kept === 'string' ? [kept] : kept,
    }))
  const putItems = (items: readonly UndoItem[]) =>
    putAll(items, (n, some) => facts.set(`undo:items:${n}`, some))
  const putRemovals = (removals: readonly Removal[]) =>
    putAll(removals, (n, some) => facts.set(`undo:removals:${n}`, some))
  return {
    /** The load that can be undone; null when there is none, or when it is too long ago. One that is being undone can be. */
    load(): { from: string; to: string } | null {
      const load = facts.get('initial-sync:last')
      if (!load?.finishedAt) return null
      if (this.isRemoving()) return { from: load.startedAt, to: load.finishedAt }
      if (facts.get('initial-sync') !== null) return null
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
    beginPreview: () => set({ state: 'previewing', counts: NONE, items: 0, done: 0 }),
    fail: () => set({ state: 'failed' }),
    finishPreview(items: readonly UndoItem[]): void {
      putItems(items)
      set({ state: 'previewed', items: items.length, counts: countsOf(items) })
    },
    confirm: () => set({ state: 'removing', removals: -1, done: 0 }),
    /** What was decided at the confirmation; null before it was. */
    decided(): Decided | null {
      const kept = get()
      if (!kept || kept.removals < 0) return null
      return {
        at: kept.decidedAt ?? kept.at,
        removals: removalsOf(kept),
        restores: restoresOf(kept),
        done: kept.done ?? 0,
      }
    },
    decide(items: readonly UndoItem[], removals: readonly Removal[], restores: readonly Restore[]): void {
      putRemovals(removals)
      putAll(restores, (n, some) => facts.set(`undo:restores:${n}`, some))
      this.finishPreview(items)
      const decidedAt = new Date(now()).toISOString()
      set({ state: 'removing', removals: removals.length, restores: restores.length, decidedAt, done: 0 })
    },
    noteDone: (done: number) => set({ done }),
    /** Of what was to be undone: it stays, and is listed as that. */
    keep(those: readonly Pick<UndoItem, 'kind' | 'tribeId'>[], outcome: 'touched' | 'not-kept'): void {
      const kept = get()
      if (!kept) return
      const isOne = isAmong(those)
      const items = itemsOf(kept).map((item): UndoItem => {
        if (!isOne(item)) return item
        return { ...item, outcome }
      })
      putItems(items)
      set({ counts: countsOf(items) })
    },
    /** Somebody has touched these since they were to be removed. */
    keepTouched(those: readonly Removal[]): void {
      const kept = get()
      if (!kept || those.length === 0) return
      const isOne = isAmong(those)
      const left = removalsOf(kept).filter((removal) => !isOne(removal))
      putRemovals(left)
      set({ removals: left.length })
      this.keep(those, 'touched')
    },
    /** There is no load any more that could be undone. */
    finish(): void {
      set({ state: 'done' })
      facts.remove('initial-sync:last')
      facts.set(UNDONE, true)
    },
    read({ page, pageSize }: { page: number; pageSize: number }): UndoPage {
      const kept = get()
      if (!kept) return { state: 'none', at: null, counts: NONE, done: 0, items: [] }
      const items = itemsOf(kept)
      const from = (page - 1) * pageSize
      return {
        state: SHOWN[kept.state],
        at: kept.at,
        counts: kept.counts,
        done: kept.done ?? 0,
        items: items.slice(from, from + pageSize),
      }
    },
  }
}
