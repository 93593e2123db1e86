import type { InvoiceExportState } from '../../src/db/schema'
import type { TownTenant } from '../platform/town'
import { type Given, SmallTown, useTown } from './small-town'

/** Towns for stories of invoices: a company that books, its customer, and what both systems hold in the end. */

export const POLL = '*/15 * * * *'
export const PAYMENTS = '0 */4 * * *'
export { NIGHT } from './small-town'

interface KeptLink {
  tribeId: string
  powerOfficeId: string
  number: string | null
  state: string
  exportState: InvoiceExportState
}

export class Bookkeeping extends SmallTown {
  /** An active tenant that books what is sent, unless settings say otherwise. */
  async tenant(given: Given = {}): Promise<TownTenant> {
    const tenant = await this.connected(given)
    await this.activate(tenant)
    await this.quiet()
    await this.town.passMinutes(1)
    return tenant
  }

  activate(tenant: TownTenant): Promise<void> {
    return this.town.waitFor(tenant.activate())
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

export const useBookkeeping = () => useTown(() => new Bookkeeping())

/** How many drafts and how many posted invoices are in the books. */
export const booked = ({ books }: TownTenant) => ({
  drafts: books.salesOrders().length,
  posted: books.postedInvoices().length,
})
export const codesOf = (tenant: TownTenant): string[] =>
  tenant.jobs.problems(100).map(({ code }) => code ?? '')
export const phaseNamed = ({ crm }: TownTenant, code: string): string =>
  String(crm.invoicePhases.find((phase) => phase.Code === code)?.ID)
