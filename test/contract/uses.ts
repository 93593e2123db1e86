import { z } from 'zod'
import * as schemas from '../../src/poweroffice/schemas'

/** A call that the relay makes, and how it reads the answer; null: only that there was one. */
export interface Use {
  method: 'get' | 'post' | 'patch' | 'put' | 'delete'
  path: string
  reads: z.ZodType | null
}

const list = (path: string, row: z.ZodType): Use => ({ method: 'get', path, reads: z.array(row) })
const one = (path: string, row: z.ZodType): Use => ({ method: 'get', path, reads: row })
const write = (method: Use['method'], path: string, reads: z.ZodType | null): Use => ({ method, path, reads })

/** One schema reads all contacts; these members are others' than this list's. */
const without = (list: Contacts, names: string): z.ZodType =>
  schemas.Contact.omit(
    Object.fromEntries([...fieldsNotOf(list), ...names.split(' ')].map((name) => [name, true])) as never,
  )
type Contacts = 'Customers' | 'Suppliers' | 'ContactPersons'
const fieldsNotOf = (list: Contacts) =>
  Object.keys(schemas.FIELDS.Customers).filter((name) => !(name in schemas.FIELDS[list]))
const OF_CUSTOMERS =
  'Allowance BillableRate CustomerSince InvoiceEmailAddressCC PaymentReminderEmailAddress InvoiceDeliveryType JobStop JobStopReason IsVatFree UseInvoiceFee SendPaymentReminders DoNotAddLatePaymentFees DoNotAddLatePaymentInterest TransferToDebtCollectionAgency PaymentTermId PaymentTerm CustomerCreatedDateTimeOffset'
const OF_COMPANIES =
  'ExternalNumber LegalName CurrencyCode DateOfBirth ScanId Number IsPerson Name OrganizationNumber ExternalImportReference IsArchived SubledgerAccountId SupplierCreatedDateTimeOffset'
const OF_PERSONS = 'Title ContactId ExternalCode CreatedDateTimeOffset'
const CUSTOMER = without('Customers', `ScanId SupplierCreatedDateTimeOffset ${OF_PERSONS}`)
const SUPPLIER = without('Suppliers', `${OF_CUSTOMERS} ${OF_PERSONS}`)
/** Its address has no id of its own. */
const PERSON = z.intersection(
  without('ContactPersons', `MailAddress ${OF_CUSTOMERS} ${OF_COMPANIES}`),
  z.object({ MailAddress: schemas.Address.omit({ Id: true }).nullish() }),
)

/** Of PowerOffice's API, all that the relay calls with a client's token. */
export const USES: readonly Use[] = [
  one('ClientIntegrationInformation', schemas.ClientInformation),
  one('OrganizationSettings', schemas.OwnOrganization),
  write('delete', 'Offboarding/RemoveIntegration', null),
  ...(
    [
      ['Customers', CUSTOMER],
      ['Suppliers', SUPPLIER],
    ] as const
  ).flatMap(([path, row]) => [
    list(path, row),
    one(`${path}/_`, row),
    write('post', path, row),
    write('patch', `${path}/_`, row),
  ]),
  list('ContactPersons', PERSON),
  one('ContactPersons/_/_', PERSON),
  write('post', 'ContactPersons/_', PERSON),
  write('patch', 'ContactPersons/_/_', PERSON),
  list('Customers', schemas.CustomerState),
  list('Products', schemas.Product),
  one('Products/_', schemas.Product),
  write('post', 'Products', schemas.Product),
  write('patch', 'Products/_', schemas.Product),
  list('ProductGroups', schemas.ProductGroup),
  write('post', 'ProductGroups', schemas.ProductGroup),
  list('GeneralLedgerAccounts', schemas.Account),
  list('VatCodes', schemas.VatCode),
  list('PaymentTerms', schemas.PaymentTerm),
  list('Projects', schemas.Project),
  list('Departments', schemas.Department),
  list('Employees', schemas.Employee),
  list('SalesOrders', schemas.OrderSum),
  one('SalesOrders/_/Complete', schemas.Order),
  write('post', 'SalesOrders/Complete', schemas.Order),
  write('delete', 'SalesOrders/_', null),
  write('post', 'SalesOrders/_/Lines', null),
  write('post', 'SalesOrders/_/CreateAndSendInvoice', null),
  list('SalesOrders/SentState', schemas.SentState),
  list('SalesOrders/_/attachments', schemas.OrderAttachment),
  write('post', 'SalesOrders/_/attachments', schemas.OrderAttachment),
  list('OutgoingInvoices', schemas.PostedInvoice),
  list('OutgoingInvoices', schemas.InvoiceState),
  list('OutgoingInvoices', schemas.InvoiceSum),
  one('OutgoingInvoices/_', schemas.PostedInvoice),
  list('OutgoingInvoices/_/Lines', schemas.PostedLine),
  list('Customerledger/EntriesByMatchId', schemas.LedgerEntry),
  list('Customerledger/OpenItems', schemas.LedgerEntry),
  list('Customerledger/Statement', schemas.LedgerEntry),
  write('post', 'Vouchers/OutgoingInvoiceJournals', schemas.Voucher),
  write('post', 'Vouchers/OutgoingCreditNoteJournals', schemas.Voucher),
  list('VoucherDocumentation', schemas.VoucherDocumentation),
  write('put', 'VoucherDocumentation', null),
  one('LockDateSettings', z.object({ LockDate: z.string().nullish() })),
  list('Currencies', z.object({ Code: z.string().nullish() })),
]
