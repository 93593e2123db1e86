import type { Cursors } from '../sync-step'
import { STREAM_OF } from './handlers'

/** How fresh each stream is: when it was last worked off without a fault (contract, "Status"). */
export interface Streams {
  webhooks: { lastEventAt: string | null; lastSuccessAt: string | null }
  relations: { lastSuccessAt: string | null }
  products: { lastSuccessAt: string | null }
  payments: { lastSuccessAt: string | null }
}

const NONE: Streams = {
  webhooks: { lastEventAt: null, lastSuccessAt: null },
  relations: { lastSuccessAt: null },
  products: { lastSuccessAt: null },
  payments: { lastSuccessAt: null },
}

export function streamsIn(cursors: Cursors, now: () => number) {
  const read = (): Streams => structuredClone({ ...NONE, ...cursors.get<Streams>('streams') })
  const note = (change: (streams: Streams, at: string) => void) => {
    const streams = read()
    change(streams, new Date(now()).toISOString())
    cursors.set('streams', streams)
  }
  return {
    read,
    noteEvent: () =>
      note((streams, at) => {
        streams.webhooks.lastEventAt = at
      }),
    noteSuccess(kind: string): void {
      const stream = STREAM_OF[kind]
      if (stream)
        note((streams, at) => {
          streams[stream].lastSuccessAt = at
        })
    },
  }
}
