/** The books of one client, with the hands of its bookkeeper: what a user does in the GUI. */
import { given, type Partly } from './contact-hands'
import { BooksWithDimensions } from './dimension-hands'
import type { JsonObject } from './json'
import { type Entry, entryOfVoucher, match, unmatch } from './ledger'
import * as ledger from './ledger-hands'
import type { OutgoingInvoiceDto, OutgoingInvoiceLineDto } from './models/invoices'
import type { GeneralLedgerAccountDto, PaymentTermDto, ProductDto, ProductGroupDto } from './models/lookups'
import type { SalesOrderDto, SalesOrderLineDto } from './models/orders'
import { deleteOrder } from './order-routes'
import { changeOrder, lineFrom, type Order, shownHeader, shownLines } from './orders'
import {
  addProduct,
  addProductGroup,
  changeProduct,
  changeProductGroup,
  groupOf,
  productOf,
} from './product-routes'
import { sendByHand } from './sending'
import { addAccount } from './settings-routes'
import type { Posting } from './vouchers'

export type SalesOrder = SalesOrderDto & { SalesOrderLines: SalesOrderLineDto[] }
export type PostedInvoice = OutgoingInvoiceDto & { Lines: OutgoingInvoiceLineDto[] }

/** What an account demands of what is booked on it. */
type Demands = Pick<
  GeneralLedgerAccountDto,
  'DepartmentId' | 'IsDepartmentRequired' | 'IsProjectRequired' | 'IsVatCodeLocked'
>

export class PowerOfficeClientBooks extends BooksWithDimensions {
  /** The customer removes the integration. Tokens that are out live on, unless the quirk says otherwise. */
  revokeKey(): void {
    this.isRevoked = true
  }

  /** The integration is added again, with the same key. */
  restoreKey(): void {
    this.isRevoked = false
  }

  /** The integration is added once more: another key that opens the same client. */
  addKey(): string {
    return this.letIn()
  }

  setPrivileges(privileges: string[], invalid: string[] = []): void {
    this.privileges = privileges
    this.invalidPrivileges = invalid
  }

  setAllowSendInvoice(allow: boolean): void {
    this.allowSendInvoice = allow
  }

  setLockDate(date: string | null): void {
    const stamp = this.stamps.next()
    this.lockDateSettings = { ...this.lockDateSettings, LockDate: date, LastChangedDateTimeOffset: stamp }
  }

  hasProduct(partial: Partly<ProductDto> = {}): ProductDto {
    const no = this.productRows.size + 1
    const made = { Code: `P${no}`, Name: `Vare ${no}`, UnitPrice: 100 }
    return productOf(this, addProduct(this, { ...made, ...this.withAccounts(given(partial)) }, true))
  }

  editProduct(id: number, partial: Partly<ProductDto>): ProductDto {
    const product = this.productRows.find(id)
    if (!product) throw new Error(`no product ${id}`)
    return productOf(this, changeProduct(this, product, this.withAccounts(given(partial))))
  }

  deleteProduct(id: number): void {
    if (this.isProductInUse(id)) throw new Error(`product ${id} is in use`)
    this.productRows.delete(id)
  }

  hasProductGroup(partial: Partly<ProductGroupDto> = {}): ProductGroupDto {
    const no = this.productGroupRows.size + 1
    const made = { Code: `G${no}`, Name: `Varegruppe ${no}` }
    return groupOf(this, addProductGroup(this, { ...made, ...this.withAccounts(given(partial)) }, true))
  }

  editProductGroup(id: number, partial: Partly<ProductGroupDto>): ProductGroupDto {
    const group = this.productGroupRows.find(id)
    if (!group) throw new Error(`no product group ${id}`)
    return groupOf(this, changeProductGroup(this, group, this.withAccounts(given(partial))))
  }

  /** An account number says which account, as a user would. */
  private withAccounts({ StandardSalesAccount, OptionalSalesAccount, ...fields }: JsonObject): JsonObject {
    if (typeof StandardSalesAccount === 'number')
      fields.StandardSalesAccountId = this.accountNo(StandardSalesAccount).Id
    if (typeof OptionalSalesAccount === 'number')
      fields.OptionalSalesAccountId = this.accountNo(OptionalSalesAccount).Id
    return fields
  }

  accountNo(no: number): GeneralLedgerAccountDto {
    const account = this.accounts.all().find((a) => a.AccountNo === no)
    if (!account) throw new Error(`no account ${no}`)
    return account
  }

  hasAccount(account: { AccountNo: number; VatCode: string; Name?: string }): GeneralLedgerAccountDto {
    return addAccount(this, account.AccountNo, account.Name ?? `Konto ${account.AccountNo}`, account.VatCode)
  }

  /** A bookkeeper gives an account another VAT code, closes it, or demands a department or a project on it. */
  editAccount(no: number, change: Partial<Demands> & { VatCode?: string; IsActive?: boolean }): void {
    const vat = this.vatCodes.find((one) => one.Code === change.VatCode)
    this.accounts.put({
      ...this.accountNo(no),
      ...change,
      ...(vat ? { VatCodeId: vat.Id } : {}),
      LastChangedDateTimeOffset: this.stamps.next(),
    })
  }

  hasPaymentTerm(partial: Partly<PaymentTermDto> & { CreditDays: number }): PaymentTermDto {
    const stamp = this.stamps.next()
    const blank = { Name: `${partial.CreditDays} dager`, IsActive: true, IsDefault: false }
    const stamps = { CreatedDateTimeOffset: stamp, LastChangedDateTimeOffset: stamp }
    const row = { ...blank, ...stamps, Id: this.nextId('term'), ...given(partial) } as PaymentTermDto
    return this.paymentTerms.put(row, true)
  }

  private order(id: string): Order {
    this.settle()
    const order = this.orders.find(id)
    if (!order) throw new Error(`no sales order ${id}`)
    return order
  }

  private invoice(id: string): OutgoingInvoiceDto {
    this.settle()
    const invoice = this.invoices.find(id)
    if (!invoice) throw new Error(`no invoice ${id}`)
    return invoice
  }

  /** A user sends a draft from the GUI, which makes the invoice the user's. Throws what stands in the way. */
  sendDraft(
    orderId: string,
    terms: { voucherDate?: string; deliveryType?: string } = {},
  ): OutgoingInvoiceDto {
    return sendByHand(this, this.order(orderId), terms)
  }

  /** A bookkeeper adds a line to a draft. */
  addDraftLine(
    orderId: string,
    line: { ProductId: number; Quantity: number; ProductUnitPrice: number },
  ): void {
    const order = this.order(orderId)
    changeOrder(this, order, { lines: [...order.lines, lineFrom(this, line, order.lines.length)] })
  }

  editDraft(orderId: string, header: Partly<SalesOrderDto>): void {
    changeOrder(this, this.order(orderId), { header: given(header) })
  }

  deleteDraft(orderId: string): void {
    deleteOrder(this, this.order(orderId))
  }

  /** The next delivery that is asked for comes to nothing, for this reason; the order stays a draft. */
  failNextDelivery(message: string): void {
    this.nextDeliveryFailures.push(message)
  }

  /** From now on EHF does not reach this organization. */
  cannotReceiveEhf(organizationNumber: string): void {
    this.notInElma.add(organizationNumber)
  }

  /** Nobody is registered to receive EHF, for a while. */
  emptyElma(isEmpty: boolean): void {
    this.isElmaEmpty = isEmpty
  }

  /** What hangs on an order, or on the invoice that it became, in the order in which it came. */
  filesOn(orderId: string): { name: string; text: string }[] {
    const mine = this.attachments.all().filter(({ SalesOrderId }) => SalesOrderId === orderId)
    return mine.map(({ FileName, bytes }) => ({
      name: String(FileName),
      text: new TextDecoder().decode(bytes),
    }))
  }

  /** A payment of an amount in kroner, matched with the invoice. */
  receivePayment(invoiceId: string, amount: number, how: ledger.Payment = {}): Entry {
    return ledger.pay(this, [this.invoice(invoiceId)], amount, how)
  }

  /** One payment for several invoices: all under one match. */
  payTwoInvoices(invoiceIds: string[], amount: number, how: ledger.Payment = {}): Entry {
    return ledger.pay(
      this,
      invoiceIds.map((id) => this.invoice(id)),
      amount,
      how,
    )
  }

  /** Undoes the match of one ledger entry, a payment for instance. */
  unmatch(entryId: number): void {
    unmatch(this, entryId)
  }

  /** Matches an entry, a payment that was undone for instance, with an invoice. */
  matchAgain(invoiceId: string, entryId: number): void {
    match(this, [entryOfVoucher(this, this.invoice(invoiceId).Id).Id, entryId])
  }

  /** Books what is left of an invoice as a loss. */
  writeOff(invoiceId: string, date?: string): Entry {
    return ledger.writeOff(this, this.invoice(invoiceId), date)
  }

  matchCreditNote(invoiceId: string, creditNoteId: string): void {
    const entries = [this.invoice(invoiceId), this.invoice(creditNoteId)].map((i) =>
      entryOfVoucher(this, i.Id),
    )
    match(
      this,
      entries.map((entry) => entry.Id),
    )
  }

  /** Cancels an invoice by a reversal voucher; its number and reference are free again. */
  reverseInvoice(id: string): void {
    ledger.reverse(this, this.invoice(id))
  }

  /** An invoice that a user made in PowerOffice by itself. */
  hasInvoice(
    customerId: number,
    partial: Partly<OutgoingInvoiceDto> & { TotalAmount: number },
  ): OutgoingInvoiceDto {
    return ledger.addInvoice(this, customerId, given(partial))
  }

  /** A supplier is owed an amount. */
  hasSupplierInvoice(supplierId: number, amount: number): void {
    ledger.addSupplierInvoice(this, supplierId, amount)
  }

  products(): ProductDto[] {
    return this.productRows.all().map((product) => productOf(this, product))
  }

  product(id: number): ProductDto | null {
    const product = this.productRows.find(id)
    return product ? productOf(this, product) : null
  }

  productGroups(): ProductGroupDto[] {
    return this.productGroupRows.all().map((group) => groupOf(this, group))
  }

  salesOrders(): SalesOrder[] {
    this.settle()
    return this.orders
      .all()
      .map((order) => ({ ...shownHeader(this, order), SalesOrderLines: shownLines(this, order) }))
  }

  postedInvoices(): PostedInvoice[] {
    this.settle()
    return this.invoices
      .all()
      .map((invoice) => ({ ...invoice, Lines: this.invoiceLines.get(invoice.Id) ?? [] }))
  }

  /** What an invoice that was issued elsewhere came to in the ledger, line by line. */
  postingsOf(voucherId: string): readonly Posting[] {
    return this.vouchers.get(voucherId)?.postings ?? []
  }

  /** A voucher as the API shows it. */
  voucher(id: string): JsonObject | null {
    return this.vouchers.get(id)?.shown ?? null
  }

  ledgerEntries(): Entry[] {
    this.settle()
    return this.entries.all()
  }
}
