import { afterEach } from 'vitest'
import { Town, type TownTenant } from '../platform/town'

export const NIGHT = '30 2 * * *'

export interface Given {
  settings?: Record<string, unknown>
  tribe?: Parameters<Town['addTenant']>[0]['tribe']
  powerOffice?: Parameters<Town['addTenant']>[0]['powerOffice']
  /** What is there before the tenant is activated. */
  before?: (tenant: TownTenant) => void
}

/** A small world on the simulated platform, with what stories of any kind do in it. */
export class SmallTown {
  readonly town: Town
  constructor(seed = 5) {
    this.town = new Town(seed)
  }

  /** Connected and mapped, and not active yet; it books what is sent, unless settings say otherwise. */
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

  async quiet(): Promise<void> {
    const stillBusy = await this.town.quiet()
    if (stillBusy) throw new Error(stillBusy)
  }

  async tick(...crons: string[]): Promise<void> {
    for (const cron of crons) {
      await this.town.tick(cron)
      await this.quiet()
    }
  }
}

/** Gives a new town for each test and closes it after; `STORY=1` prints the end of what happened in one that failed. */
export function useTown<T extends SmallTown>(build: () => T): () => T {
  let begun: T | null = null
  afterEach(({ task }) => {
    if (task.result?.state === 'fail' && process.env.STORY)
      console.error(begun?.town.story.slice(-150).join('\n'))
    begun?.town.platform.close()
    begun = null
  })
  return () => {
    begun = build()
    return begun
  }
}
