import { SyncError } from '../shared/errors'

const CODE = 'relay.settings_changed'

/**
 * Settings, mappings and a pause hold from their answer on: work that began before them writes nothing more
 * and begins anew. A write that has left already is finished.
 */
export interface Fence {
  /** What was begun until now may write no more. */
  raise(): void
  /** For work that begins now: throws once the fence was raised. */
  pass(): { isOver: () => boolean; mayWrite: () => void }
}

export function createFence(): Fence {
  let raised = 0
  return {
    raise() {
      raised++
    },
    pass() {
      const begun = raised
      const isOver = () => raised !== begun
      return {
        isOver,
        mayWrite() {
          if (!isOver()) return
          const message = 'Settings changed while this was under way: it begins anew by the new ones'
          throw new SyncError(CODE, 'time', message)
        },
      }
    },
  }
}
