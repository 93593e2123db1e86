import { afterEach, expect } from 'vitest'
import { Town, type TownTenant } from '../platform/town'

export const POLL = '*/15 * * * *'
export const NIGHT = '30 2 * * *'

type Json = Record<string, unknown>
export interface LinkSeen {
  tribeId: string
  powerOfficeId: string
  number: string | null
  state: string
}

/** One company on the simulated platform, at work. */
export class Company {
  readonly town = new Town(5)
  tenant!: TownTenant

  async open(settings: Json, before: (tenant: TownTenant) => void = () => undefined): Promise<void> {
    this.tenant = await this.town.addTenant({ settings })
    before(this.tenant)
    await this.town.waitFor(this.tenant.mapAsProposed())
    await this.town.waitFor(this.tenant.activate())
    await this.quiet()
    await this.town.passMinutes(1)
  }

  async quiet(): Promise<void> {
    expect(await this.town.quiet()).toBeNull()
  }

  /** Lets a quarter of an hour pass, and the tick do its work. */
  async poll(times = 1): Promise<void> {
    await this.quiet()
    for (let n = 0; n < times; n++) {
      await this.town.passMinutes(15)
      await this.town.tick(POLL)
      await this.quiet()
    }
  }

  async night(): Promise<void> {
    await this.town.tick(NIGHT)
    await this.quiet()
  }

  links(kind: string): LinkSeen[] {
    return this.town.platform.database
      .prepare(
        'select tribe_id as tribeId, power_office_id as powerOfficeId, number, state from links where tenant_id = ? and kind = ? order by created_at, tribe_id',
      )
      .all(this.tenant.id, kind) as unknown as LinkSeen[]
  }
}

/** Opens a company for each test, and tells what happened when one fails and `STORY` is set. */
export function useCompany(settings: Json) {
  let company: Company | null = null
  afterEach(({ task }) => {
    if (task.result?.state === 'fail' && process.env.STORY)
      console.error(company?.town.story.slice(-150).join('\n'))
    company?.town.platform.close()
    company = null
  })
  return async (before?: (tenant: TownTenant) => void, more: Json = {}): Promise<Company> => {
    company = new Company()
    await company.open({ ...settings, ...more }, before)
    return company
  }
}
