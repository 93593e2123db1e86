import type { Relay, Tenant, TenantGiven } from './relay'
import { aShopAt } from './shop'

type Json = Record<string, unknown>

/** A company that sends invoices: all parts on, units and VAT groups mapped, one customer and one product in step. */
export interface Office {
  tenant: Tenant
  /** The customer's role in Tribe. */
  roleId: string
  organizationId: string
  productId: string
}

export async function anOfficeAt(
  relay: Relay,
  mode: 'draft' | 'book' | 'send' | 'voucher',
  given: TenantGiven & { customer?: Json } = {},
): Promise<Office> {
  const tenant = await aShopAt(relay, {
    ...given,
    powerOffice: { allowSendInvoice: true, ...given.powerOffice },
    settings: {
      relations: { enabled: true },
      invoices: { enabled: true, mode },
      payments: { enabled: true },
      ...given.settings,
    },
  })
  const { roleId, organizationId } = tenant.crm.hasCustomer({
    organization: {
      Name: 'Nordlys Maskin AS',
      FinancialEmailAddress: 'faktura@nordlys.example',
      ...given.customer,
    },
    role: { PaymentTermInDays: 14 },
  })
  const productId = tenant.crm.hasProduct({ Name: 'Konsulenttime', Code: 'KONS-01', SalesPrice: 1450 })
  await tenant.quiet()
  return { tenant, roleId, organizationId, productId }
}

/** The problems of a tenant, by their codes. */
export const codesOf = async (tenant: Tenant): Promise<string[]> =>
  (await tenant.status()).problems.map(({ code }: { code: string }) => code)

export const invoiceRecord = async (tenant: Tenant, tribeId: string) =>
  (await tenant.api('GET', `/records?kind=invoice&tribeId=${tribeId}`)).body
