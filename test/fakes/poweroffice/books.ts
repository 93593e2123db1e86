/** All that one client of PowerOffice has in its books. */
import * as chart from './chart'
import { ALL_PRIVILEGES, type ClientOptions } from './client-options'
import type { Contact } from './contacts'
import { customerBalance, type Entry, type SupplierEntry } from './ledger'
import type {
  ContactBankAccountDto,
  ContactDeliveryAddressDto,
  ContactGroupDto,
  ContactPersonDto,
} from './models/contacts'
import type { DepartmentDto, EmployeeDto, ProjectDto } from './models/dimensions'
import type { OutgoingInvoiceDto, OutgoingInvoiceLineDto } from './models/invoices'
import type { GeneralLedgerAccountDto, PaymentTermDto, ProductDto, ProductGroupDto } from './models/lookups'
import { Numbers } from './numbers'
import type { OrderAttachment } from './order-attachments'
import type { Order } from './orders'
import { addProductGroup } from './product-routes'
import { DEFAULT_QUIRKS, type Quirks } from './quirks'
import { Random } from './random'
import { settleSendings } from './sending'
import {
  type LockDateSettings,
  newFinancialSettings,
  newLockDateSettings,
  newOrganization,
  type Organization,
} from './settings'
import { Stamps } from './stamps'
import { Table } from './table'
import type { Document } from './voucher-documents'
import type { Voucher } from './vouchers'

export interface Surroundings {
  now: () => Date
  replicaLagMs: () => number
  seed: number
  /** How many clients there were before: keys must differ, ids need not. */
  ordinal: number
}

/** Ids of different kinds of records come from different ranges, as in the real thing. */
const FIRST_ID = {
  contact: 7_712_000,
  subLedgerAccount: 8_830_000,
  address: 990_100,
  person: 331_200,
  group: 5_120,
  bankAccount: 61_000,
  product: 51_870,
  productGroup: 2_100,
  account: 310_000,
  term: 4_900,
  entry: 476_020_000,
  match: 704_400,
  attachment: 12_000,
  dimension: 1_300,
} as const

const FIRST_NO = { order: 6_000, invoice: 10_000, voucher: 15_000 } as const

export class Books {
  readonly name: string
  readonly clientKey: string
  /** Those that open the client, the first one among them: an extension may be added again. */
  readonly keys: string[]
  readonly clientId: string
  readonly quirks: Quirks
  privileges: string[]
  invalidPrivileges: string[]
  allowSendInvoice: boolean
  vatRegistered: boolean
  isRevoked = false
  readonly now: () => Date
  readonly stamps: Stamps
  /** Ids that the application would draw: the same for each client, so that clients' ids overlap. */
  private readonly idGaps: Random
  /** Uuids, which differ between clients. */
  readonly random: Random
  private readonly ids = new Map<string, number>()
  private readonly nos = new Map<string, number>()

  readonly contacts: Table<Contact>
  readonly persons: Table<ContactPersonDto>
  readonly deliveryAddresses: Table<ContactDeliveryAddressDto>
  readonly groups: Table<ContactGroupDto>
  readonly bankAccounts: Table<ContactBankAccountDto>
  readonly productRows: Table<ProductDto>
  readonly productGroupRows: Table<ProductGroupDto>
  readonly defaultProductGroupId: number
  readonly orders: Table<Order>
  /** Files on orders, and on the invoices that they became. */
  readonly attachments: Table<OrderAttachment>
  readonly ordersBeingSent = new Set<string>()
  /** Why the next deliveries will fail, one each. */
  readonly nextDeliveryFailures: string[] = []
  /** Invoices that were posted and sent to nobody, and why where that was no choice. */
  readonly unsent = new Map<string, string | null>()
  /** Where invoices were mailed to, in their order. */
  readonly mailed: string[] = []
  /** References of drafts that were deleted, and the draft's id. */
  readonly deletedReferences = new Map<string, string>()
  /** Drafts that were deleted, by whom ever: when, and what they bore. */
  readonly deletedOrders: { at: number; id: string; reference: string | null }[] = []
  readonly invoices: Table<OutgoingInvoiceDto>
  readonly invoiceLines = new Map<string, OutgoingInvoiceLineDto[]>()
  readonly entries: Table<Entry>
  readonly supplierEntries: Table<SupplierEntry>
  /** Vouchers that the integration posted by itself, as they were sent. */
  readonly vouchers = new Map<string, Voucher>()
  /** PDFs that the integration put on its vouchers: one each, the last one that came. */
  readonly documents = new Map<string, Document>()
  /** Organization numbers that cannot receive EHF. */
  readonly notInElma = new Set<string>()
  /** Nobody can. */
  isElmaEmpty = false
  readonly accounts: Table<GeneralLedgerAccountDto>
  readonly paymentTerms: Table<PaymentTermDto>
  readonly deliveryTerms: Table<ReturnType<typeof chart.standardDeliveryTerms>[number]>
  readonly vatCodes = chart.standardVatCodes()
  readonly brandingThemes = chart.standardBrandingThemes()
  readonly projects: Table<ProjectDto>
  readonly departments: Table<DepartmentDto>
  readonly employees: Table<EmployeeDto>
  readonly currencies = chart.standardCurrencies()
  readonly series: ReturnType<typeof chart.standardSeries>
  readonly organization: Organization
  readonly financialSettings = newFinancialSettings()
  lockDateSettings: LockDateSettings = newLockDateSettings()
  readonly numbers = new Numbers(() => this.series)

  constructor(around: Surroundings, options: ClientOptions = {}) {
    const { name, privileges, invalidPrivileges, allowSendInvoice, clientKey, vatRegistered, ...quirks } =
      options
    this.now = around.now
    this.stamps = new Stamps(around.now, () => this.quirks.stampsInSeconds)
    this.idGaps = new Random(around.seed)
    this.random = new Random(around.seed + 7919 * (around.ordinal + 1))
    this.name = name ?? `Klient ${around.ordinal + 1} AS`
    this.clientKey = clientKey ?? this.random.uuid()
    this.keys = [this.clientKey]
    this.clientId = this.random.uuid()
    this.quirks = { ...DEFAULT_QUIRKS, ...quirks }
    this.privileges = privileges ?? ALL_PRIVILEGES
    this.invalidPrivileges = invalidPrivileges ?? []
    this.allowSendInvoice = allowSendInvoice ?? true
    this.vatRegistered = vatRegistered ?? true
    const replica = { now: () => around.now().getTime(), lagMs: around.replicaLagMs }
    this.contacts = new Table(replica)
    this.persons = new Table(replica)
    this.deliveryAddresses = new Table(replica)
    this.groups = new Table(replica)
    this.bankAccounts = new Table(replica)
    this.productRows = new Table(replica)
    this.productGroupRows = new Table(replica)
    this.orders = new Table(replica)
    this.attachments = new Table(replica)
    this.invoices = new Table(replica)
    this.entries = new Table(replica)
    this.supplierEntries = new Table(replica)
    this.accounts = new Table(replica)
    this.paymentTerms = new Table(replica)
    this.deliveryTerms = new Table(replica)
    this.projects = new Table(replica)
    this.departments = new Table(replica)
    this.employees = new Table(replica)
    this.organization = newOrganization(this.clientId, this.name, this.random)
    this.series = chart.standardSeries(() => this.random.uuid())
    for (const row of chart.standardAccounts(this.vatCodes)) this.accounts.put(row, true)
    for (const row of chart.standardPaymentTerms()) this.paymentTerms.put(row, true)
    for (const row of chart.standardDeliveryTerms()) this.deliveryTerms.put(row, true)
    this.defaultProductGroupId = addProductGroup(this, { Code: '1', Name: 'Standard' }, true).Id
  }

  /** The integration is let in by consent: a key that opens the client. */
  letIn(): string {
    this.isRevoked = false
    const key = this.random.uuid()
    this.keys.push(key)
    return key
  }

  /** The next id of a kind, with a gap now and then. */
  nextId(kind: keyof typeof FIRST_ID): number {
    const id = (this.ids.get(kind) ?? FIRST_ID[kind]) + 1 + this.idGaps.upTo(3)
    this.ids.set(kind, id)
    return id
  }

  /** The next order, invoice or voucher number. An invoice number that is taken is passed over. */
  nextNo(kind: keyof typeof FIRST_NO): number {
    let no = (this.nos.get(kind) ?? FIRST_NO[kind]) + 1
    while (kind === 'invoice' && this.isInvoiceNoTaken(no)) no++
    this.nos.set(kind, no)
    return no
  }

  isInvoiceNoTaken(no: number): boolean {
    return this.invoices.all().some((invoice) => invoice.InvoiceNo === no && !invoice.IsReversed)
  }

  /** Lets happen what is due: invoices that were asked for are posted. */
  settle(): void {
    settleSendings(this)
  }

  /** What a contact owes, or else what it is owed as a supplier. */
  balanceOf(contactId: number): number {
    const owed = this.supplierEntries.all().filter((entry) => entry.SupplierId === contactId)
    return customerBalance(this, contactId) || owed.reduce((total, entry) => total + entry.Amount, 0)
  }

  isContactInUse(id: number): boolean {
    const isHis = (row: { CustomerId: number | null }) => row.CustomerId === id
    const hasOrder = this.orders.all().some((order) => isHis(order.header))
    return (
      hasOrder ||
      this.entries.all().some(isHis) ||
      this.supplierEntries.all().some((e) => e.SupplierId === id)
    )
  }

  isPersonInUse(id: number): boolean {
    const names = (row: { CustomerReferenceContactPersonId: number | null }) =>
      row.CustomerReferenceContactPersonId === id
    return this.orders.all().some((order) => names(order.header)) || this.invoices.all().some(names)
  }

  isProductInUse(id: number): boolean {
    const hasIt = (lines: { ProductId: number | null }[]) => lines.some((line) => line.ProductId === id)
    return (
      this.orders.all().some((order) => hasIt(order.lines)) || [...this.invoiceLines.values()].some(hasIt)
    )
  }

  isTermInUse(id: number): boolean {
    const hasIt = (row: { PaymentTermId: number | null }) => row.PaymentTermId === id
    const isOfCustomer = this.contacts.all().some(({ customer }) => customer !== null && hasIt(customer))
    return isOfCustomer || this.orders.all().some((o) => hasIt(o.header)) || this.invoices.all().some(hasIt)
  }

  isAccountInUse(id: number): boolean {
    const goods = [...this.productRows.all(), ...this.productGroupRows.all()]
    return goods.some((row) => row.StandardSalesAccountId === id || row.OptionalSalesAccountId === id)
  }

  isInElma(organizationNumber: unknown): boolean {
    return !this.isElmaEmpty && !this.notInElma.has(String(organizationNumber))
  }

  /** What the client can do now: a privilege without its module is dead. */
  can(anyOf: string[]): boolean {
    return anyOf.some((role) => this.privileges.includes(role) && !this.invalidPrivileges.includes(role))
  }
}
