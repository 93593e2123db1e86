/** Both fakes, with a company in each: Fjordlys AS, whose PowerOffice is full and whose Tribe is empty. */
import { fillWithCustomers } from '../fakes/data/fill'
import { startFakePowerOffice } from '../fakes/poweroffice'
import { startFakeTribe } from '../fakes/tribe'

export const REQUESTS_PER_SECOND = 10

export interface SystemsOptions {
  customers: number
  /** Whether Tribe's webhooks also tell of what the relay itself has written. Nobody could say; the stories try both. */
  echo?: boolean
  /** Free ones unless given. */
  ports?: { tribe: number; powerOffice: number }
}

export async function startSystems({ customers, echo = true, ports }: SystemsOptions) {
  const tribe = await startFakeTribe({ seed: 1, ...(ports ? { port: ports.tribe } : {}) })
  const powerOffice = await startFakePowerOffice({
    seed: 1,
    requestsPerSecond: REQUESTS_PER_SECOND,
    applicationKey: 'demo-application-key',
    subscriptionKey: 'demo-subscription-key',
    ...(ports ? { port: ports.powerOffice } : {}),
  })
  const crm = tribe.addEnvironment({
    requestsPerMinute: 100_000,
    name: 'Fjordlys AS',
    echo,
    clientId: 'demo-tribe-id',
    clientSecret: 'demo-tribe-secret',
  })
  const books = powerOffice.addClient({
    name: 'Fjordlys AS',
    clientKey: 'demo-client-key',
    allowSendInvoice: true,
  })
  fillWithCustomers(books, customers)
  return {
    tribe,
    powerOffice,
    crm,
    books,
    /** What the relay has to be told to work between these two. */
    vars: {
      TRIBE_REQUESTS_PER_MINUTE: '100000',
      TRIBE_API_URL: tribe.apiUrl,
      TRIBE_AUTH_URL: tribe.authUrl,
      POWEROFFICE_API_URL: powerOffice.apiUrl,
      POWEROFFICE_TOKEN_URL: powerOffice.tokenUrl,
      POWEROFFICE_APPLICATION_KEY: powerOffice.applicationKey,
      POWEROFFICE_SUBSCRIPTION_KEY: powerOffice.subscriptionKey,
      POWEROFFICE_REQUESTS_PER_SECOND: String(REQUESTS_PER_SECOND),
    },
    async close() {
      await Promise.all([tribe.close(), powerOffice.close()])
    },
  }
}
export type Systems = Awaited<ReturnType<typeof startSystems>>
