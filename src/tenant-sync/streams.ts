import type { FactOf } from '../facts'
import { isJobKind } from '../shared/job-kinds'
import type { Facts } from '../sync-step'
import { STREAM_OF } from './handlers'

/** How fresh each stream is: when it was last worked off without a fault. */
export type Streams = Required<FactOf<'streams'>>

const none = (): Streams => ({
  webhooks: { lastEventAt: null, lastSuccessAt: null },
  relations: { lastSuccessAt: null },
  products: { lastSuccessAt: null },
  payments: { lastSuccessAt: null },
})

/** An event's time is written down so often at most: in a burst of events, that is one write less for each. */
const EVENT_PACE_MS = 1000

export function streamsIn(facts: Facts, now: () => number) {
  let lastEvent = { atMs: null as number | null, storedMs: 0 }
  const read = (): Streams => {
    const streams: Streams = { ...none(), ...facts.get('streams') }
    if (lastEvent.atMs !== null) streams.webhooks.lastEventAt = new Date(lastEvent.atMs).toISOString()
    return streams
  }
  const note = (change: (streams: Streams, at: string) => void) => {
    const streams = read()
    change(streams, new Date(now()).toISOString())
    facts.set('streams', streams)
  }
  return {
    read,
    noteEvent(): void {
      const nowMs = now()
      const isDue = nowMs - lastEvent.storedMs >= EVENT_PACE_MS
      lastEvent = { atMs: nowMs, storedMs: isDue ? nowMs : lastEvent.storedMs }
      if (isDue) note(() => {})
    },
    noteSuccess(kind: string): void {
      const stream = isJobKind(kind) ? STREAM_OF[kind] : undefined
      if (stream)
        note((streams, at) => {
          streams[stream].lastSuccessAt = at
        })
    },
  }
}
