import * as z from 'zod/v4'
import type { PowerOffice } from './client'
import { VOUCHER_PRIVILEGE } from './vouchers'

/** What PowerOffice said of the client behind a key (API.md §3.3). */
export const PowerOfficeProfile = z.object({
  clientId: z.string(),
  clientName: z.string(),
  validPrivileges: z.array(z.string()),
  invalidPrivileges: z.array(z.string()),
  canSend: z.boolean(),
})
export type PowerOfficeProfile = z.infer<typeof PowerOfficeProfile>

/** A client of PowerOffice that the integration was let into, and the key to it. */
export const OnboardedClient = z.object({
  name: z.string(),
  organizationNumber: z.string().nullable(),
  clientKey: z.string(),
})
export type OnboardedClient = z.infer<typeof OnboardedClient>

/** Where PowerOffice does not say the client's id, which it may leave out, its organisation's stands for it: one more call. */
export async function probePowerOffice(powerOffice: PowerOffice): Promise<PowerOfficeProfile> {
  const said = await powerOffice.clientInformation()
  return {
    clientId: said.ClientId?.trim() || (await powerOffice.organizationId()) || '',
    clientName: said.ClientName ?? '',
    validPrivileges: said.ValidPrivileges ?? [],
    invalidPrivileges: said.InvalidPrivileges ?? [],
    canSend: said.AllowSendInvoice ?? false,
  }
}

export type Part =
  | 'relations'
  | 'suppliers'
  | 'products'
  | 'invoices'
  | 'vouchers'
  | 'payments'
  | 'financialFields'

const ORDER_PRIVILEGE = 'SalesOrders_Full'

/** Whether sales orders can be read. Who posts vouchers alone needs no such right, and may not have it. */
export const readsOrders = ({ validPrivileges }: PowerOfficeProfile): boolean =>
  validPrivileges.some((one) => one === 'SalesOrders' || one === ORDER_PRIVILEGE)

interface Need {
  privilege: string
  /** Any of these will do; `X_Full` reads and writes (API.md §3.2). */
  anyOf: readonly string[]
  part: Part
  neededFor: string
}

const NEEDS: readonly Need[] = [
  {
    privilege: 'Customer_Full',
    anyOf: ['Customer_Full'],
    part: 'relations',
    neededFor: 'customers and their contact persons',
  },
  { privilege: 'Supplier_Full', anyOf: ['Supplier_Full'], part: 'suppliers', neededFor: 'suppliers' },
  {
    privilege: 'CommonServices',
    anyOf: ['CommonServices', 'CommonServices_Full'],
    part: 'financialFields',
    neededFor: 'payment terms, VAT codes and the lock date',
  },
  {
    privilege: 'Product_Full',
    anyOf: ['Product_Full'],
    part: 'products',
    neededFor: 'products and product groups',
  },
  {
    privilege: 'GeneralLedgerAccount',
    anyOf: ['GeneralLedgerAccount', 'GeneralLedgerAccount_Full'],
    part: 'products',
    neededFor: 'sales accounts and the VAT that they carry',
  },
  { privilege: ORDER_PRIVILEGE, anyOf: [ORDER_PRIVILEGE], part: 'invoices', neededFor: 'invoices' },
  {
    privilege: VOUCHER_PRIVILEGE,
    anyOf: [VOUCHER_PRIVILEGE],
    part: 'vouchers',
    neededFor: 'invoices under their own number (mode "voucher")',
  },
  {
    privilege: 'OutgoingInvoice',
    anyOf: ['OutgoingInvoice', 'OutgoingInvoice_Full'],
    part: 'payments',
    neededFor: 'invoice numbers and payments',
  },
  {
    privilege: 'CustomerLedger',
    anyOf: ['CustomerLedger', 'CustomerLedger_Full'],
    part: 'payments',
    neededFor: 'dates and kinds of payments',
  },
]

export interface MissingPrivilege {
  privilege: string
  neededFor: string
  fix: string
  part: Part
  /** The privilege is there, and the module that it belongs to is not. */
  lacksModule: boolean
}

/**
 * Which privileges or modules are not there, what they are for and how to get them. `vouchers`: invoices are posted as such,
 * and nothing is a sales order.
 */
export function missingPrivileges(
  profile: PowerOfficeProfile,
  { vouchers = false }: { vouchers?: boolean } = {},
): MissingPrivilege[] {
  const needs = NEEDS.filter(({ part }) => part !== (vouchers ? 'invoices' : 'vouchers'))
  const missing = needs.filter((need) => !need.anyOf.some((role) => profile.validPrivileges.includes(role)))
  return missing.map(({ privilege, anyOf, part, neededFor }) => {
    const lacksModule = anyOf.some((role) => profile.invalidPrivileges.includes(role))
    const fix = lacksModule
      ? `The integration has ${privilege}, but the client lacks the PowerOffice Go module for it: order the module in Go, then connect again.`
      : `Ask PowerOffice (go-api@poweroffice.no) to grant ${privilege} to the integration, then connect again.`
    return { privilege, neededFor, fix, part, lacksModule }
  })
}
