import { SyncError } from '../shared/errors'

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
}

/** `note` writes what differs from one call to the next to the object's storage. */
export function createFence(note: (count: number) => void): Fence {
  let raised = 0
  let written = 0
  const noteWrite = () => note(++written)
  return {
    noteWrite,
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
