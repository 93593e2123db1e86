import type { TownTenant } from '../platform/town'
import { type Given, SmallTown, useTown } from './small-town'

export const PULL = '*/15 * * * *'
export { NIGHT } from './small-town'

interface LinkRow {
  tribeId: string
  powerOfficeId: string
  number: string | null
  state: string
}

/** One company on the simulated platform, from its activation on. */
export class Street extends SmallTown {
  /** Connected and mapped, with its first load done. */
  async tenant(given: Given = {}): Promise<TownTenant> {
    const tenant = await this.connected(given)
    await this.activate(tenant)
    return tenant
  }

  async activate(tenant: TownTenant): Promise<void> {
    await this.town.waitFor(tenant.activate())
    await this.quiet()
    // What the first load drew its line at is older from here on.
    await this.town.passMinutes(1)
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

export const useStreet = (seed = 5) => useTown(() => new Street(seed))
