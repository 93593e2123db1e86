import { Agent, request } from 'node:http'

export interface Shot {
  url: string
  headers: Record<string, string>
  body: string
}

export interface Round {
  perSecond: number
  /** Milliseconds of each answer, the shortest first. */
  times: number[]
  refused: number
}

/** So many callers, each of which sends the next as soon as the last is answered. */
export async function closedLoop(callers: number, forMs: number, next: () => Shot): Promise<Round> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const times: number[] = []
  let refused = 0
  const begun = performance.now()
  const until = begun + forMs
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < until) {
        const sentAt = performance.now()
        const status = await send(agent, next())
        times.push(performance.now() - sentAt)
        if (status !== 202) refused++
      }
    }),
  )
  const lasted = performance.now() - begun
  agent.destroy()
  return { perSecond: (1000 * times.length) / lasted, times: times.sort((a, b) => a - b), refused }
}

function send(agent: Agent, { url, headers, body }: Shot): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    })
    call.on('error', reject)
    call.on('response', (response) => {
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.resume()
    })
    call.end(body)
  })
}

export const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN

export const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  )
