import { afterEach } from 'vitest'
import { Town, type TownTenant } from '../platform/town'

export const PULL = '*/15 * * * *'
export const NIGHT = '30 2 * * *'

interface Given {
  settings?: Record<string, unknown>
  tribe?: Parameters<Town['addTenant']>[0]['tribe']
  powerOffice?: Parameters<Town['addTenant']>[0]['powerOffice']
  /** What both systems hold before the relay comes. */
  before?: (tenant: TownTenant) => void
}

interface LinkRow {
  tribeId: string
  powerOfficeId: string
  number: string | null
  state: string
}

/** One company on the simulated platform, from its activation on. */
export class Street {
  readonly town: Town
  constructor(seed: number) {
    this.town = new Town(seed)
  }

  /** Connected and mapped, with its first load done. */
  async tenant(given: Given = {}): Promise<TownTenant> {
    const tenant = await this.connected(given)
    await this.activate(tenant)
    return tenant
  }

  /** Connected and mapped, and not active yet. */
  async connected({ settings, tribe, powerOffice, before }: Given = {}): Promise<TownTenant> {
    const tenant = await this.town.addTenant({
      settings: settings ?? { invoices: { mode: 'book' } },
      ...(tribe ? { tribe } : {}),
      ...(powerOffice ? { powerOffice } : {}),
    })
    before?.(tenant)
    await this.town.waitFor(tenant.mapAsProposed())
    return tenant
  }

  async activate(tenant: TownTenant): Promise<void> {
    await this.town.waitFor(tenant.activate())
    await this.quiet()
    // What the first load drew its line at is older from here on.
    await this.town.passMinutes(1)
  }

  async quiet(): Promise<void> {
    const not = await this.town.quiet()
    if (not) throw new Error(not)
  }

  async tick(...crons: string[]): Promise<void> {
    for (const cron of crons) {
      await this.town.tick(cron)
      await this.quiet()
    }
  }

  links(tenant: TownTenant, kind: string): LinkRow[] {
    return this.town.platform.database
      .prepare(
        'select tribe_id as tribeId, power_office_id as powerOfficeId, number, state from links where tenant_id = ? and kind = ?',
      )
      .all(tenant.id, kind) as unknown as LinkRow[]
  }

  /** Writes to either system since then, tokens left out: `PATCH /v2/Customers/12`. */
  writes(host: 'tribe' | 'poweroffice', since = 0): string[] {
    return this.town.calls
      .slice(since)
      .filter((call) => call.host.startsWith(host) && call.method !== 'GET' && !/token/i.test(call.path))
      .map((call) => `${call.method} ${call.path} → ${call.status}`)
  }

  /** Marks a moment: what was called by then. */
  mark(): number {
    return this.town.calls.length
  }

  /** Codes of the problems that are open, each once for every record. */
  codes(tenant: TownTenant): string[] {
    return tenant.problems().map((line) => /: (\S+)/.exec(line)?.[1] ?? line)
  }
}

/** Gives a new street for each test and closes it after; `STORY=1` prints the end of one that failed. */
export function useStreet(seed = 5): () => Street {
  let street: Street | null = null
  afterEach(({ task }) => {
    if (task.result?.state === 'fail' && process.env.STORY)
      console.error(street?.town.story.slice(-150).join('\n'))
    street?.town.platform.close()
    street = null
  })
  return () => {
    street = new Street(seed)
    return street
  }
}
