import { SyncError } from '../shared/errors'
import type { Facts } from '../sync-step'

const CODE = 'relay.settings_changed'

/**
 * Settings, mappings and a pause hold from their answer on: work that began before them writes nothing more
 * and begins anew. A write that has left already is finished.
 *
 * Nor does work of an object that was replaced. Cloudflare lets it go on until it touches its storage: what it waits
 * for still comes, and what it sends would still leave. So each write is noted in the object's storage right before
 * it leaves. The storage refuses what is not the current object's, and the platform lets nothing out before a note
 * is kept.
 */
export interface Fence {
  /** What was begun until now may write no more. */
  raise(): void
  /** For work that begins now: `mayWrite` throws once the fence was raised, or the object was replaced. */
  pass(): { isOver: () => boolean; mayWrite: () => void }
  /** Throws once the object was replaced. */
  noteWrite(): void
  /** How many writes this object has noted, wherever they went. */
  writes(): number
  /** This object, and when the one before it sent something last: asked before this one sends anything. */
  life(): { id: string; earlierWroteAt: number }
}

const NAME = 'last-write'

export function createFence(facts: Facts, now: () => number): Fence {
  let raised = 0
  let written = 0
  let life: ReturnType<Fence['life']> | null = null
  /** What is noted differs from one write to the next, so that the storage has something to refuse. */
  const noteWrite = () => facts.set(NAME, [now(), ++written])
  return {
    noteWrite,
    writes: () => written,
    life() {
      life ??= { id: crypto.randomUUID(), earlierWroteAt: facts.get(NAME)?.[0] ?? 0 }
      return life
    },
    raise() {
      raised++
    },
    pass() {
      const begun = raised
      const isOver = () => raised !== begun
      return {
        isOver,
        mayWrite() {
          if (!isOver()) return noteWrite()
          const message = 'Settings changed while this was under way: it begins anew by the new ones'
          throw new SyncError(CODE, 'time', message)
        },
      }
    },
  }
}
