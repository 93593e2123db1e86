/** What a test can choose when it adds a client. */
import type { Quirks } from './quirks'

/** What the integration needs for everything that the fake can do. */
export const ALL_PRIVILEGES = [
  'AccountTransaction',
  'BankVoucher_Full',
  'CommonServices_Full',
  'ContactGroup_Full',
  'Customer_Full',
  'CustomerLedger',
  'Department',
  'Employee',
  'GeneralLedgerAccount',
  'OutgoingInvoice',
  'OutgoingInvoiceVoucher_Full',
  'Product_Full',
  'Project',
  'ReverseVoucher_Full',
  'SalesOrderAttachment_Full',
  'SalesOrders_Full',
  'Supplier_Full',
  'SupplierLedger',
  'VoucherDocumentation_Full',
]

export interface ClientOptions extends Partial<Quirks> {
  name?: string
  privileges?: string[]
  invalidPrivileges?: string[]
  allowSendInvoice?: boolean
  clientKey?: string
  vatRegistered?: boolean
}
