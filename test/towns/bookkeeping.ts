import { afterEach } from 'vitest'
import type { InvoiceExportState } from '../../src/db/schema'
import { Town, type TownTenant } from '../platform/town'

/** Towns for stories of invoices: a company that books, its customer, and what both systems hold in the end. */

export const POLL = '*/15 * * * *'
export const PAYMENTS = '0 */4 * * *'
export const NIGHT = '30 2 * * *'

interface Given {
  settings?: Record<string, unknown>
  tribe?: Parameters<Town['addTenant']>[0]['tribe']
  powerOffice?: Parameters<Town['addTenant']>[0]['powerOffice']
  /** What is there before the tenant is activated. */
  before?: (tenant: TownTenant) => void
}

interface KeptLink {
  tribeId: string
  powerOfficeId: string
  number: string | null
  state: string
  exportState: InvoiceExportState
}

export class Bookkeeping {
  readonly town = new Town(5)

  /** An active tenant that books what is sent, unless settings say otherwise. */
  async tenant(given: Given = {}): Promise<TownTenant> {
    const tenant = await this.connected(given)
    await this.activate(tenant)
    await this.quiet()
    await this.town.passMinutes(1)
    return tenant
  }

  /** Mapped, and not active yet. */
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

  activate(tenant: TownTenant): Promise<void> {
    return this.town.waitFor(tenant.activate())
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

  api(tenant: TownTenant, method: string, path: string, body?: unknown) {
    return this.town.waitFor(tenant.api(method, path, body))
  }

  /** A customer that is in step. */
  async customer(tenant: TownTenant, Name = 'Nordlys Maskin AS'): Promise<string> {
    const organization = { Name, FinancialEmailAddress: 'faktura@nordlys.example' }
    const { roleId } = tenant.crm.hasCustomer({ organization })
    await this.quiet()
    return roleId
  }

  links(tenant: TownTenant): KeptLink[] {
    return this.town.platform.database
      .prepare(`select tribe_id as tribeId, power_office_id as powerOfficeId, number, state, life as exportState from links
        where tenant_id = ? and kind = 'invoice'`)
      .all(tenant.id)
      .map((row) => ({ ...row, exportState: JSON.parse(String(row.exportState)) })) as unknown as KeptLink[]
  }

  /** Writes to PowerOffice since the call of that number. */
  writesSince(since: number): string[] {
    return this.town.calls
      .slice(since)
      .filter(({ host, method, path }) => /office/i.test(host) && method !== 'GET' && !/token/i.test(path))
      .map(({ method, path }) => `${method} ${path}`)
  }
}

/** A town for each test; what happened in it is told when the test fails and STORY is set. */
export function useBookkeeping(): () => Bookkeeping {
  let begun: Bookkeeping | null = null
  afterEach(({ task }) => {
    if (task.result?.state === 'fail' && process.env.STORY)
      console.error(begun?.town.story.slice(-150).join('\n'))
    begun?.town.platform.close()
    begun = null
  })
  return () => {
    begun = new Bookkeeping()
    return begun
  }
}

/** How many drafts and how many posted invoices are in the books. */
export const booked = ({ books }: TownTenant) => ({
  drafts: books.salesOrders().length,
  posted: books.postedInvoices().length,
})
export const codesOf = (tenant: TownTenant): string[] =>
  tenant.jobs.problems(100).map(({ code }) => code ?? '')
export const phaseNamed = ({ crm }: TownTenant, code: string): string =>
  String(crm.invoicePhases.find((phase) => phase.Code === code)?.ID)
