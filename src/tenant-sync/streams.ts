import type { Cursors } from '../sync-step'

/** How fresh each way of the tenant's is. */
export interface Streams {
  webhooks: { lastEventAt: string | null; lastSuccessAt: string | null }
  relations: { lastSuccessAt: string | null }
  products: { lastSuccessAt: string | null }
}

const NO_STREAMS: Streams = {
  webhooks: { lastEventAt: null, lastSuccessAt: null },
  relations: { lastSuccessAt: null },
  products: { lastSuccessAt: null },
}

export function streamsIn(cursors: Cursors) {
  const read = (): Streams => cursors.get<Streams>('streams') ?? structuredClone(NO_STREAMS)
  return {
    read,
    noteEvent(now: number): void {
      const streams = read()
      streams.webhooks.lastEventAt = new Date(now).toISOString()
      cursors.set('streams', streams)
    },
    noteSuccess(stream: keyof Streams, now: number): void {
      const streams = read()
      streams[stream].lastSuccessAt = new Date(now).toISOString()
      cursors.set('streams', streams)
    },
  }
}
