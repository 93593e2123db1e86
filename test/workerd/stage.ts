/** The real Worker in workerd, with D1 and Durable Objects, over HTTP. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { startFakePowerOffice } from '../fakes/poweroffice'
import { startFakeTribe } from '../fakes/tribe'
import { OPERATOR, type RelayOptions, type Row, type Stage } from '../stories/relay'
import type { Tenant } from '../stories/tenant'
import { type Around, startRuntime } from './runtime'

const SEALING_KEY = Buffer.alloc(32, 5).toString('base64')

export interface WorkerdOptions extends RelayOptions {
  /** Another Worker around the real one. */
  around?: Around
}

export async function workerdStage(options: WorkerdOptions = {}): Promise<Stage> {
  const requestsPerSecond = options.requestsPerSecond ?? 500
  const tribe = await startFakeTribe({ seed: 1 })
  const powerOffice = await startFakePowerOffice({ requestsPerSecond, seed: 1 })
  const { outside } = options
  const [door, others] = [await frontDoor(), await frontDoor()]
  if (outside) others.leadsTo(outside.answer)
  const runtime = await startRuntime({
    around: options.around ?? (outside ? 'mail' : undefined),
    vars: {
      TRIBE_API_URL: tribe.apiUrl,
      TRIBE_AUTH_URL: tribe.authUrl,
      POWEROFFICE_API_URL: powerOffice.apiUrl,
      POWEROFFICE_TOKEN_URL: powerOffice.tokenUrl,
      POWEROFFICE_REQUESTS_PER_SECOND: String(requestsPerSecond),
      CALL_TIMEOUT_MS: String(options.callTimeoutMs ?? 5000),
      PUBLIC_URL: door.url,
      POWEROFFICE_APPLICATION_KEY: powerOffice.applicationKey,
      POWEROFFICE_SUBSCRIPTION_KEY: powerOffice.subscriptionKey,
      ADMIN_TOKEN: OPERATOR,
      SEALING_KEYS: `k1:${SEALING_KEY}`,
      MAILBOX_URL: `${others.url}/mail`,
      ...outside?.vars(others.url),
      ...options.vars,
      ...options.secrets,
    },
  })
  // A redirect is the caller's to follow.
  door.leadsTo((request) => runtime.fetch(new Request(request, { redirect: 'manual' })))

  return {
    url: door.url,
    outsideUrl: others.url,
    authUrl: tribe.authUrl,
    tribe,
    powerOffice,
    async fetch(path, init) {
      const answer = await fetch(new URL(path, door.url), { redirect: 'manual', ...init })
      const { status, headers } = answer
      const body = await answer.arrayBuffer()
      return new Response(body.byteLength > 0 ? body : null, { status, headers })
    },
    tick: (cron, scheduledTime = new Date()) => runtime.tick(cron, scheduledTime),
    sleep,
    wait: (work) => work,
    isQuiet,
    lines: runtime.lines,
    clearLines: runtime.clearLines,
    async sql<T extends Row>(query: string, ...values: unknown[]) {
      const statement = (await runtime.database()).prepare(query)
      return (await statement.bind(...values).all<T>()).results
    },
    async objectSql<T extends Row>(tenantId: string, query: string, ...values: unknown[]) {
      const object = await runtime.storageOf(tenantId)
      return (await object.exec(query, ...(values as never[]))) as unknown as T[]
    },
    restart: (secrets = {}) => runtime.restart(secrets),
    async close() {
      tribe.stopDeliveries()
      await runtime.close()
      await Promise.all([tribe.close(), powerOffice.close(), door.close(), others.close()])
    },
  }
}

/** With patience: how long it takes is the machine's. */
async function isQuiet(tenant: Tenant, withinMs = 240_000): Promise<boolean> {
  const deadline = Date.now() + withinMs
  let calm = 0
  for (let pause = 10; calm < 2; pause = Math.min(100, pause * 1.5)) {
    if (Date.now() > deadline) return false
    await tenant.crm.settled()
    const { jobs, state } = await tenant.status()
    const isCalm = (jobs.due === 0 && jobs.waiting === 0) || state === 'reconnect'
    calm = isCalm ? calm + 1 : 0
    if (!isCalm) await sleep(pause)
  }
  return true
}

/** Here time takes its time. */
const MOST_SLEPT_MS = 90_000
function sleep(ms: number): Promise<void> {
  if (ms > MOST_SLEPT_MS)
    throw new Error('so much time passes in the simulation only: LEAPING of vitest.config.ts')
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** An address that is known before the Worker is: Tribe's webhooks are sent there. */
async function frontDoor() {
  let target: (request: Request) => Promise<Response> = async () => new Response(null, { status: 503 })
  const server = createServer(getRequestListener((request) => target(request)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadsTo(to: (request: Request) => Promise<Response>) {
      target = to
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
