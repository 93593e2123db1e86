/** Both fakes by themselves, for whoever runs `wrangler dev` by hand: `test/demo/dev.vars` points there. */
import { createScreen } from './screen'
import { startSystems } from './systems'

const PORTS = { tribe: 8801, powerOffice: 8802 }
const CUSTOMERS = 1200

const screen = createScreen(process.stdout)
const { tribe, powerOffice, crm, books, vars, close } = await startSystems({
  customers: CUSTOMERS,
  ports: PORTS,
})

screen.heading('Tribe CRM')
screen.line('API', tribe.apiUrl)
screen.line('tokens', `${tribe.authUrl}/token`)
screen.line('client id, client secret', `${crm.clientId}, ${crm.clientSecret}`)
screen.heading('PowerOffice Go')
screen.line('API', powerOffice.apiUrl)
screen.line('tokens', powerOffice.tokenUrl)
screen.line('client key', books.clientKey)
screen.line('holds', `${CUSTOMERS.toLocaleString('en')} customers`)

screen.heading('The relay between them: cp test/demo/dev.vars .dev.vars, or --var NAME:value for each of')
for (const [name, value] of Object.entries(vars)) screen.line(name, value)
screen.line('and of your own', 'PUBLIC_URL, ADMIN_TOKEN, SEALING_KEYS')
screen.heading('then, in another terminal')
screen.line('npx wrangler d1 migrations apply DB --local')
screen.line('npx wrangler dev')
screen.blank()

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void close().then(() => process.exit(0)))
