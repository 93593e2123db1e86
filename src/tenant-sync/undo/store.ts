import type { LinkKind } from '../../db/links'
import { DAY_MS } from '../../shared/dates'
import type { Facts } from '../../sync-step'
import { type FirstLoad, UNDONE } from '../../two-way/first-load'
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
  /** When it was decided what is undone: the time that is told of each record, however often it is told. */
  decidedAt?: string
  /** How many of what is to be removed, and then of what is to come back, are done. */
  done?: number
}

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
    beginPreview: () => set({ state: 'previewing', counts: NONE, items: 0, done: 0 }),
    fail: () => set({ state: 'failed' }),
    finishPreview(items: readonly UndoItem[]): void {
      putAll('items', items)
      set({ state: 'previewed', items: items.length, counts: countsOf(items) })
    },
    confirm: () => set({ state: 'removing', removals: -1, done: 0 }),
    /** What was decided at the confirmation; null before it was. */
    decided(): Decided | null {
      const kept = get()
      if (!kept || kept.removals < 0) return null
      return {
        at: kept.decidedAt ?? kept.at,
        removals: getAll<Removal>('removals', kept.removals),
        restores: getAll<Restore>('restores', kept.restores),
        done: kept.done ?? 0,
      }
    },
    decide(items: readonly UndoItem[], removals: readonly Removal[], restores: readonly Restore[]): void {
      putAll('removals', removals)
      putAll('restores', restores)
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
      const items = getAll<UndoItem>('items', kept.items).map((item): UndoItem => {
        if (!isOne(item)) return item
        return { ...item, outcome }
      })
      putAll('items', items)
      set({ counts: countsOf(items) })
    },
    /** Somebody has touched these since they were to be removed. */
    keepTouched(those: readonly Removal[]): void {
      const kept = get()
      if (!kept || those.length === 0) return
      const isOne = isAmong(those)
      const left = getAll<Removal>('removals', kept.removals).filter((removal) => !isOne(removal))
      putAll('removals', left)
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
      const items = getAll<UndoItem>('items', kept.items)
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
