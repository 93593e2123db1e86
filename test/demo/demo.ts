/**
 * The relay at work, in half a minute: the real Worker in `wrangler dev`, between a small Tribe and a small
 * PowerOffice on this machine. Ends with 1 when anything is not as it should be. `--stay` leaves all of it
 * running, to be tried by hand; with `--customers 300` there are fewer; with `--echo` Tribe's webhooks also
 * tell of what the relay itself writes, which takes longer.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createScreen } from './screen'
import { showIt } from './story'
import { startSystems } from './systems'
import { startWorker, stopWorkers } from './wrangler'

const { values: options } = parseArgs({
  options: {
    stay: { type: 'boolean', default: false },
    customers: { type: 'string', default: '1200' },
    // Three events for each new customer: more than wrangler dev takes in a minute on a small machine.
    echo: { type: 'boolean', default: false },
  },
})
const ADMIN_TOKEN = 'demo-operator-token'
const SEALING_KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`

const screen = createScreen(process.stdout)
const undo: (() => Promise<unknown>)[] = []
let isEnding = false

async function run(): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'relay-demo-'))
  undo.push(() => rm(stateDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }))

  screen.heading('Tribe CRM ⇄ PowerOffice Go')
  const systems = await startSystems({ customers: Number(options.customers), echo: options.echo })
  undo.push(() => systems.close())
  screen.line('a small Tribe CRM', systems.tribe.url)
  screen.line('a small PowerOffice Go', `${systems.powerOffice.url}, 10 requests a second`)
  undo.push(stopWorkers)
  const url = await startWorker({ stateDir, vars: { ...systems.vars, ADMIN_TOKEN, SEALING_KEYS } })
  screen.line('the relay', `${url}, in wrangler dev`)

  const tenant = await showIt({ screen, systems, url, operatorToken: ADMIN_TOKEN })
  if (!options.stay) return

  screen.heading('All of it keeps running until you press Ctrl-C')
  screen.line('the relay', url)
  screen.line('its API', `${url}/openapi.json`)
  screen.line("operator's token", ADMIN_TOKEN)
  screen.line('tenant', tenant.id)
  screen.line("tenant's token", tenant.token)
  screen.line('Tribe', `${systems.tribe.apiUrl}, ${systems.crm.clientId} / ${systems.crm.clientSecret}`)
  screen.line('PowerOffice', `${systems.powerOffice.apiUrl}, client key ${systems.books.clientKey}`)
  screen.line('the quarter-hourly tick', `${url}/cdn-cgi/handler/scheduled?cron=*/15+*+*+*+*`)
  await new Promise(() => setInterval(() => {}, 2 ** 30))
}

/** Undoes what was begun, last things first, and ends. A second Ctrl-C does not wait for it. */
async function end(code: number): Promise<void> {
  if (isEnding) process.exit(code)
  isEnding = true
  for (const step of undo.reverse()) await step().catch(() => {})
  process.exit(code)
}

process.on('SIGINT', () => void end(130))
process.on('SIGTERM', () => void end(143))
process.on('SIGHUP', () => void end(129))

try {
  await run()
  await end(0)
} catch (thrown) {
  if (isEnding) await new Promise(() => {})
  screen.wrong(thrown instanceof Error ? thrown.message : String(thrown))
  await end(1)
}
