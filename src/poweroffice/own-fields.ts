import type { Direction, FieldRecord, FieldType, PowerOfficeField } from '../shared/own-fields'

/** What an admin can map of PowerOffice's: members of its records by its own description, and what the relay works out. */

const EVERY_WAY: readonly Direction[] = ['to-tribe', 'to-poweroffice', 'both']
const TO_TRIBE: readonly Direction[] = ['to-tribe']
const TO_POWEROFFICE: readonly Direction[] = ['to-poweroffice']

type Row = readonly [field: string, label: string, type: FieldType]

/** Members that a PATCH takes, as far as they are values and no ids; what every tenant has a row for is not among them. */
const MEMBERS: Readonly<Record<FieldRecord, readonly Row[]>> = {
  customer: [
    ['ExternalNumber', 'External number', 'integer'],
    ['LegalName', 'Legal name', 'text'],
    ['CurrencyCode', 'Currency', 'text'],
    ['Allowance', 'Discount in percent', 'number'],
    ['BillableRate', 'Hourly rate', 'number'],
    ['CustomerSince', 'Customer since', 'date'],
    ['DateOfBirth', 'Date of birth', 'date'],
    ['InvoiceEmailAddressCC', 'Copy of invoices to', 'text'],
    ['PaymentReminderEmailAddress', 'E-mail for reminders', 'text'],
    ['InvoiceDeliveryType', 'How invoices are delivered', 'choice'],
    ['JobStop', 'Work stop', 'boolean'],
    ['JobStopReason', 'Reason of the work stop', 'text'],
    ['IsVatFree', 'Free of VAT', 'boolean'],
    ['UseInvoiceFee', 'Invoice fee', 'boolean'],
    ['SendPaymentReminders', 'Reminders are sent', 'boolean'],
    ['DoNotAddLatePaymentFees', 'No fees when late', 'boolean'],
    ['DoNotAddLatePaymentInterest', 'No interest when late', 'boolean'],
    ['TransferToDebtCollectionAgency', 'Handed to debt collection', 'boolean'],
  ],
  supplier: [
    ['ExternalNumber', 'External number', 'integer'],
    ['LegalName', 'Legal name', 'text'],
    ['CurrencyCode', 'Currency', 'text'],
    ['DateOfBirth', 'Date of birth', 'date'],
    ['ScanId', 'Scan id', 'text'],
  ],
  contactPerson: [['Title', 'Title', 'text']],
  product: [
    ['Gtin', 'GTIN', 'text'],
    ['IsStockItem', 'Kept in stock', 'boolean'],
    ['ProductType', 'Kind of product', 'choice'],
  ],
  invoice: [],
}

/** Only read: PowerOffice counts, numbers and posts by itself. */
const READ: Readonly<Record<FieldRecord, readonly Row[]>> = {
  customer: [
    ['receivables.open', 'Owed today', 'money'],
    ['receivables.overdue', 'Overdue', 'money'],
    ['receivables.unallocatedCredit', 'Paid in advance, and credit that is not set off', 'money'],
    ['receivables.openInvoices', 'Open invoices', 'integer'],
    ['receivables.oldestOverdueDays', 'Days that the oldest invoice is overdue', 'integer'],
    ['receivables.lastPaymentDate', 'Last payment', 'date'],
    ['receivables.medianDaysToPay', 'Days to pay (median of twelve months)', 'number'],
    ['receivables.revenue12Months', 'Revenue of twelve months, without VAT', 'money'],
    ['customer.workStop', 'Work stop', 'boolean'],
    ['customer.workStopReason', 'Reason of the work stop', 'text'],
    ['customer.deliveryType', 'How invoices are delivered', 'choice'],
  ],
  supplier: [],
  contactPerson: [],
  product: [['StockOnHand', 'In stock', 'number']],
  invoice: [
    ['invoice.number', 'Invoice number in PowerOffice', 'integer'],
    ['invoice.kid', 'Payment reference (KID)', 'text'],
    ['invoice.balance', 'Left to pay', 'money'],
    ['invoice.dueDate', 'Due date', 'date'],
    ['invoice.deliveryState', 'What became of the delivery', 'text'],
    ['invoice.deliveredAt', 'Delivered at', 'instant'],
  ],
}

/** What an order and its lines name, by code or by an employee's e-mail. */
const ORDERS: readonly Row[] = [
  ['order.project', 'Project, by its code', 'text'],
  ['order.department', 'Department, by its code', 'text'],
  ['order.salesPerson', 'Sales person, by e-mail', 'text'],
]
const ORDERED_FROM: readonly FieldRecord[] = ['customer', 'product', 'invoice']

export function powerOfficeFields(): PowerOfficeField[] {
  return (Object.keys(MEMBERS) as FieldRecord[]).flatMap((record) => {
    const rows = (list: readonly Row[], goes: readonly Direction[]) =>
      list.map(([field, label, type]) => ({
        record,
        field,
        label,
        type,
        writable: goes !== TO_TRIBE,
        goes,
      }))
    return [
      ...rows(MEMBERS[record], EVERY_WAY),
      ...rows(READ[record], TO_TRIBE),
      ...(ORDERED_FROM.includes(record) ? rows(ORDERS, TO_POWEROFFICE) : []),
    ]
  })
}
