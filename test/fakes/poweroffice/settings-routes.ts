/** The client itself and what can be looked up in it: settings, VAT codes, accounts, terms, series. */
import type { Books } from './books'
import type { Handlers } from './call'
import { accountRow, EXCHANGE_RATES } from './chart'
import { after, anyOf, type Filter, filtered, ignored, isTrue, numbersIn } from './filters'
import { type Json, type JsonObject, textOf } from './json'
import type { DeliveryTermDto, GeneralLedgerAccountDto, PaymentTermDto } from './models/lookups'
import { Complaints, conflict, notFound, Problem } from './problem'
import { routesOf } from './resource'
import { osloDay, parseDay } from './stamps'

const lookUp =
  (rows: (books: Books) => JsonObject[], filters: Record<string, Filter> = {}): Handlers[string] =>
  ({ books, query }) => ({ list: filtered(rows(books), query, filters) })

const one = (what: string, row: JsonObject | undefined, id: string): { json: Json } => {
  if (!row) throw notFound(what, id)
  return { json: row }
}

const born = (books: Books) => {
  const stamp = books.stamps.next()
  return { CreatedDateTimeOffset: stamp, LastChangedDateTimeOffset: stamp }
}

const paymentTerms = routesOf<PaymentTermDto>({
  path: '/PaymentTerms',
  subject: 'Payment term',
  listed: (books) => books.paymentTerms.listed(),
  find: (books, id) => books.paymentTerms.find(Number(id)),
  show: (_, term) => term,
  filters: {},
  add: (books, body) => {
    const blank = { Name: null, CreditDays: null, IsActive: true, IsDefault: false }
    return books.paymentTerms.put({ ...blank, ...body, Id: books.nextId('term'), ...born(books) })
  },
  change: (books, term, changes) =>
    books.paymentTerms.put({ ...term, ...changes, LastChangedDateTimeOffset: books.stamps.next() }),
  remove: (books, term) => {
    if (term.IsDefault || books.isTermInUse(term.Id)) throw conflict('Payment term', term.Id)
    books.paymentTerms.delete(term.Id)
  },
})

const deliveryTerms = routesOf<DeliveryTermDto>({
  path: '/DeliveryTerms',
  subject: 'Delivery Terms',
  listed: (books) => books.deliveryTerms.listed(),
  find: (books, id) => books.deliveryTerms.find(Number(id)),
  show: (_, term) => term,
  filters: {},
  add: (books, body) => {
    const row = { IsDefault: false, Id: books.nextId('term'), Name: textOf(body.Name), ...born(books) }
    return books.deliveryTerms.put(row)
  },
  change: (books, term, changes) =>
    books.deliveryTerms.put({ ...term, ...changes, LastChangedDateTimeOffset: books.stamps.next() }),
  remove: (books, term) => books.deliveryTerms.delete(term.Id),
})

const accounts = routesOf<GeneralLedgerAccountDto>({
  path: '/GeneralLedgerAccounts',
  subject: 'General ledger account',
  listed: (books) => books.accounts.listed(),
  find: (books, id) => books.accounts.find(Number(id)),
  show: (_, account) => account,
  filters: {
    accountNos: numbersIn('AccountNo'),
    agricultureDepartments: ignored,
    lastChangedDateTimeOffsetGreaterThan: after('LastChangedDateTimeOffset'),
  },
  add: (books, body) => {
    const complaints = new Complaints('General ledger account')
    const no = Number(body.AccountNo)
    if (books.accounts.all().some((a) => a.AccountNo === no))
      complaints.add(`AccountNo ${no} is already in use.`)
    const vat = books.vatCodes.find((v) => v.Id === body.VatCodeId || v.Code === body.VatCode)
    if (!vat) complaints.add('VatCode or VatCodeId is required.')
    complaints.throwIfAny()
    return addAccount(books, no, textOf(body.Name) ?? '', vat?.Code ?? '0')
  },
  change: (books, account, changes) => {
    const vat = books.vatCodes.find((v) => v.Id === (changes.VatCodeId ?? account.VatCodeId))
    const stamp = books.stamps.next()
    const next = { ...account, ...changes, VatCode: vat?.Code ?? null, LastChangedDateTimeOffset: stamp }
    return books.accounts.put(next)
  },
  remove: (books, account) => {
    if (books.isAccountInUse(account.Id)) throw conflict('General ledger account', account.Id)
    books.accounts.delete(account.Id)
  },
})

export function addAccount(books: Books, no: number, name: string, vatCode: string): GeneralLedgerAccountDto {
  const type = ['Asset', 'Asset', 'Liability', 'Income'][Math.min(Math.floor(no / 1000), 3)] ?? 'Income'
  const own = { Id: books.nextId('account'), AccountNo: no, Name: name }
  const vat = books.vatCodes.find((v) => v.Code === vatCode)
  const row = accountRow({ ...own, GeneralLedgerAccountType: no >= 4000 ? 'Expense' : type }, vat)
  return books.accounts.put({ ...row, LastChangedDateTimeOffset: books.stamps.next() })
}

function vatCodesOf(books: Books, includeExpired: boolean): JsonObject[] {
  const today = osloDay(books.now())
  return books.vatCodes.filter((vat) => includeExpired || vat.ValidTo === null || vat.ValidTo >= today)
}

const SHOWN = {
  plain: (id: string) => id,
  capitals: (id: string) => id.toUpperCase(),
  none: () => null,
} as const

const readOnly: Handlers = {
  'GET /ClientIntegrationInformation': ({ books }) => ({
    json: {
      ClientId: SHOWN[books.quirks.clientIdShown](books.clientId),
      ClientName: books.name,
      ActiveClientSubscriptions: ['Accounting', 'Invoicing'],
      ValidPrivileges: books.privileges.filter((role) => !books.invalidPrivileges.includes(role)),
      InvalidPrivileges: books.invalidPrivileges,
      AllowSendInvoice: books.allowSendInvoice,
      AllowShowEmployeeSSN: false,
      AllowShowCustomerSSN: false,
    },
  }),
  'GET /OrganizationSettings': ({ books }) => ({ json: books.organization }),
  'GET /FinancialSettings': ({ books }) => ({ json: books.financialSettings }),
  'GET /LockDateSettings': ({ books }) => ({ json: books.lockDateSettings }),
  'GET /VatSettings': ({ books }) => ({
    json: {
      IsVatRegistered: books.vatRegistered,
      VatNumber: books.vatRegistered ? `${books.organization.OrganizationNumber}MVA` : null,
      VatPeriod: 'BiMonthly',
      VatReturnType: books.vatRegistered ? 'GeneralIndustry' : 'NoReporting',
      UseVatCompensation: false,
    },
  }),
  'GET /VatCodes': ({ books, query }) => ({
    list: filtered(vatCodesOf(books, query.includeExpired === 'true'), query, {
      isActive: isTrue('IsActive'),
      includeExpired: ignored,
    }),
  }),
  'GET /BrandingThemes': lookUp((books) => books.brandingThemes),
  'GET /BrandingThemes/{id}': ({ books, params }) =>
    one(
      'Branding theme',
      books.brandingThemes.find((t) => String(t.Id) === params.id),
      params.id ?? '',
    ),
  'GET /Currencies': lookUp(
    (books) => books.currencies.map(({ Code, Notation, IsActive }) => ({ Code, Notation, IsActive })),
    { currencyCode: anyOf('Code'), isActive: isTrue('IsActive') },
  ),
  'GET /CurrencyRates': ({ books, query }) => {
    const [from, to] = [query.fromCurrency ?? '', query.toCurrency ?? ''].map((code) => EXCHANGE_RATES[code])
    if (!from || !to) throw new Problem(400, 'Invalid query', 'The currency is not known.')
    const rate = { CurrencyCode: query.fromCurrency ?? '', ExchangeBase: 1, ExchangeRate: from / to }
    const day = [parseDay(query.asOnDate ?? '') ?? '', osloDay(books.now())].sort()[0] ?? ''
    return { json: { ...rate, ReverseExchangeRate: to / from, RateDate: day } }
  },
  'GET /SubLedgerNumberSeries': lookUp((books) => books.series, {
    generalLedgerAccountNos: numbersIn('GeneralLedgerAccountNo'),
    isDefault: isTrue('IsDefault'),
    subLedgerNumberSeriesType: anyOf('SubLedgerNumberSeriesType'),
  }),
  'GET /SubLedgerNumberSeries/{id}': ({ books, params }) =>
    one(
      'Number series',
      books.series.find((s) => s.Id === params.id),
      params.id ?? '',
    ),
  'GET /ClientContacts': () => ({ list: [] }),
  'DELETE /Offboarding/RemoveIntegration': ({ books }) => {
    books.isRevoked = true
    return { json: null }
  },
  'GET /Enterprises': () => ({ list: [] }),
}

export const settingsRoutes: Handlers = { ...paymentTerms, ...deliveryTerms, ...accounts, ...readOnly }
