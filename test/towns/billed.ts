import type { TownTenant } from '../platform/town'
import { PULL, type Street } from './street'

export const PAYMENTS = '0 */4 * * *'

/** A company that sends invoices of 1,250 kroner, which are booked at once. */
export interface Billed {
  street: Street
  tenant: TownTenant
  roleId: string
  /** Makes another invoice of 1,250 kroner and sends it. */
  send: (
    more?: Parameters<TownTenant['crm']['hasInvoice']>[0] extends infer T ? Partial<T> : never,
  ) => Promise<string>
  /** Posts the credit invoice of one. */
  credit: (id: string) => Promise<string>
  /** The posted invoice that was made of Tribe's. */
  postedOf: (id: string) => ReturnType<TownTenant['books']['postedInvoices']>[number]
  told: (...ids: string[]) => { phases: (string | null)[]; amounts: number[] }
  /** The sweeps of a day. */
  aDay: () => Promise<void>
}

export async function aCompany(street: Street, given: Parameters<Street['tenant']>[0] = {}): Promise<Billed> {
  const tenant = await street.tenant(given)
  const { crm, books } = tenant
  const { roleId } = crm.hasCustomer({
    organization: { Name: 'Nordlys Maskin AS', FinancialEmailAddress: 'faktura@nordlys.example' },
  })
  await street.quiet()
  const sent = async (id: string) => {
    crm.sendInvoice(id)
    await street.quiet()
    return id
  }
  return {
    street,
    tenant,
    roleId,
    send: (more = {}) => sent(crm.hasInvoice({ roleId, ...more })),
    credit: (id) => sent(crm.creditInvoice(id)),
    postedOf(id) {
      const link = street.links(tenant, 'invoice').find(({ tribeId }) => tribeId === id)
      const posted = books.postedInvoices().find(({ Id }) => Id === link?.powerOfficeId)
      if (!posted) throw new Error('it is not posted')
      return posted
    },
    told: (...ids) => ({
      phases: ids.map((id) => crm.phaseOf(id)),
      amounts: crm.all('Payment').map(({ Amount }) => Number(Amount)),
    }),
    async aDay() {
      for (let n = 0; n < 6; n++) {
        await street.town.passMinutes(240)
        await street.tick(PAYMENTS, PULL)
      }
    },
  }
}
