import { type Known, membersOf } from '../shared/contract'
import { type FieldRecord, isMember } from '../shared/own-fields'
import { powerOfficeFields } from './own-fields'
import { FIELDS } from './schemas'

/** What is known of PowerOffice's answers besides the schemas that read them (DESIGN.md §9.13). */

const FIELD_TABLES: Readonly<Record<string, object>> = FIELDS
const RECORDS: Readonly<Record<string, FieldRecord>> = {
  Customers: 'customer',
  Suppliers: 'supplier',
  ContactPersons: 'contactPerson',
  Products: 'product',
}
/** What an admin may have mapped is a field, too; whatever it holds, the record is read. */
const ownOf = (name: string): string[] =>
  powerOfficeFields().flatMap(({ record, field }) =>
    record === RECORDS[name] && isMember(field) ? [field] : [],
  )

const VOUCHER_TYPES = (
  'Unknown IncomingInvoice IncomingCreditNote OutgoingInvoice OutgoingCreditNote IncomingBankRemittance ' +
  'IncomingOcrGiro ManualJournal Expense CashJournal IncomingPayments OutgoingPayments YearEndJournal BankJournal ' +
  'VatReturns PayrollJournal OutgoingPaymentReminder OutgoingNoticeOfDebtCollection OutgoingPaymentDemand ' +
  'OutgoingWarrantOfExecution CorrectionVoucher ReversalVoucher DepreciationJournal TravelExpense Settlement ' +
  'NegativeSettlement SystemGeneratedDocumentationVoucher'
).split(' ')
const LEDGER = { VoucherType: VOUCHER_TYPES }

/** Members whose value the relay goes by, with those that PowerOffice's description names. */
export const CHOICES: Readonly<Record<string, Known['choices']>> = {
  'Customerledger/EntriesByMatchId': LEDGER,
  'Customerledger/OpenItems': LEDGER,
  'Customerledger/Statement': LEDGER,
  OutgoingInvoices: { VoucherType: ['OutgoingInvoice', 'OutgoingCreditNote'] },
  GeneralLedgerAccounts: { GeneralLedgerAccountType: ['Asset', 'Liability', 'Equity', 'Income', 'Expense'] },
  Projects: { ProjectStatus: ['Tentative', 'Active', 'Archived', 'NotStarted', 'Complete'] },
}

/** What a path leads to, whichever record it names: `Customers/42` is one of `Customers`. */
export const resourceAt = (path: string): string =>
  (path.split('?')[0] ?? '')
    .split('/')
    .map((part) => (/^\d+$|^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(part) ? '_' : part))
    .join('/')
    .replace(/(\/_)+$/, '')

/** What is read of a list is counted: of a single record, and of what a write answers, not all need be said. */
export function knownAt(path: string, schema: unknown, isList = false): Known {
  const name = resourceAt(path)
  const [, asked] = /[?&]Fields=([^&]*)/.exec(path) ?? []
  const only = asked === undefined ? null : decodeURIComponent(asked).split(',')
  const absorbed = Object.keys(FIELD_TABLES[name] ?? {})
  return {
    system: 'poweroffice',
    name,
    members: isList ? membersOf(schema).filter((member) => only?.includes(member) ?? true) : [],
    fields: name in RECORDS ? [...absorbed, ...ownOf(name)] : [],
    absorbed,
    choices: CHOICES[name] ?? {},
  }
}
