/** What a fresh Norwegian client comes with: VAT codes, accounts, terms, currencies, number series. */
import type {
  BrandingThemeDto,
  CurrencyDto,
  DeliveryTermDto,
  GeneralLedgerAccountDto,
  PaymentTermDto,
  SubLedgerNumberSeriesDto,
  VatCodeDto,
} from './models/lookups'

/** When everything that a client is born with came into being. */
export const LONG_AGO = '2020-01-01T00:00:00.0000000+00:00'

const VAT_CODES: [id: number, code: string, name: string, rate: number][] = [
  [201500, '0', 'Ingen mva-behandling', 0],
  [201501, '1', 'Inngående mva høy sats', 0.25],
  [201511, '11', 'Inngående mva middels sats', 0.15],
  [201513, '13', 'Inngående mva lav sats', 0.12],
  [201600, '3', 'Utgående mva høy sats', 0.25],
  [201631, '31', 'Utgående mva middels sats', 0.15],
  [201633, '33', 'Utgående mva lav sats', 0.12],
  [201605, '5', 'Fritatt for mva', 0],
  [201652, '52', 'Utførsel av varer og tjenester', 0],
  [201606, '6', 'Utenfor mva-loven', 0],
]

export function standardVatCodes(): VatCodeDto[] {
  return VAT_CODES.map(([Id, Code, Name, Rate]) => ({
    Id,
    Code,
    Name,
    Rate,
    Description: null,
    BaseVatCodeId: null,
    IsActive: true,
    IsCustom: false,
    ValidFrom: '2005-01-01',
    ValidTo: null,
    VatBasisRatio: null,
    VatBasisRatioValidFrom: null,
    VatBasisRatios: null,
  }))
}

type AccountType = 'Asset' | 'Liability' | 'Equity' | 'Income' | 'Expense'
const ACCOUNTS: [id: number, no: number, name: string, type: AccountType, vatCode: string][] = [
  [300015, 1500, 'Kundefordringer', 'Asset', '0'],
  [300019, 1900, 'Kontanter', 'Asset', '0'],
  [300192, 1920, 'Bankinnskudd', 'Asset', '0'],
  [300205, 2050, 'Annen egenkapital', 'Equity', '0'],
  [300024, 2400, 'Leverandørgjeld', 'Liability', '0'],
  [300270, 2700, 'Utgående mva', 'Liability', '0'],
  [300123, 3000, 'Salgsinntekt, avgiftspliktig', 'Income', '3'],
  [300124, 3010, 'Salgsinntekt, middels sats', 'Income', '31'],
  [300125, 3020, 'Salgsinntekt, lav sats', 'Income', '33'],
  [300131, 3100, 'Salgsinntekt, avgiftsfri', 'Income', '5'],
  [300132, 3150, 'Salgsinntekt, utførsel', 'Income', '52'],
  [300141, 3200, 'Salgsinntekt, utenfor avgiftsområdet', 'Income', '6'],
  [300430, 4300, 'Varekjøp', 'Expense', '1'],
  [300680, 6800, 'Kontorrekvisita', 'Expense', '1'],
  [300783, 7830, 'Tap på fordringer', 'Expense', '0'],
  [300806, 8060, 'Valutagevinst', 'Income', '0'],
  [300816, 8160, 'Valutatap', 'Expense', '0'],
]

export function accountRow(
  own: Pick<GeneralLedgerAccountDto, 'Id' | 'AccountNo' | 'Name' | 'GeneralLedgerAccountType'>,
  vat: VatCodeDto | undefined,
): GeneralLedgerAccountDto {
  return {
    AgricultureDepartment: null,
    CurrencyCode: null,
    DepartmentCode: null,
    DepartmentId: null,
    IsActive: true,
    IsDepartmentRequired: false,
    IsProjectRequired: false,
    IsVatCodeLocked: false,
    LastChangedDateTimeOffset: LONG_AGO,
    Unit1: null,
    Unit2: null,
    VatReturnSpecification: null,
    VatCode: vat?.Code ?? null,
    VatCodeId: vat?.Id ?? null,
    ...own,
  }
}

export function standardAccounts(vatCodes: VatCodeDto[]): GeneralLedgerAccountDto[] {
  return ACCOUNTS.map(([Id, AccountNo, Name, GeneralLedgerAccountType, code]) =>
    accountRow(
      { Id, AccountNo, Name, GeneralLedgerAccountType },
      vatCodes.find((vat) => vat.Code === code),
    ),
  )
}

const born = { CreatedDateTimeOffset: LONG_AGO, LastChangedDateTimeOffset: LONG_AGO }

export function standardPaymentTerms(): PaymentTermDto[] {
  return [0, 10, 14, 30, 45, 60].map((days) => ({
    Id: 4087 + days,
    Name: days === 0 ? 'Kontant' : `${days} dager`,
    CreditDays: days,
    IsActive: true,
    IsDefault: days === 14,
    ...born,
  }))
}

export function standardDeliveryTerms(): DeliveryTermDto[] {
  return [
    { Id: 4701, Name: 'DAP', IsDefault: true, ...born },
    { Id: 4702, Name: 'EXW', IsDefault: false, ...born },
  ]
}

export function standardBrandingThemes(): BrandingThemeDto[] {
  return [{ Id: 6101, Code: '1', Name: 'Standard', LanguageCode: 'nb-NO', IsDefault: true, ...born }]
}

/** Norwegian kroner for one unit. */
export const EXCHANGE_RATES: Record<string, number> = {
  NOK: 1,
  EUR: 11.5,
  USD: 10.5,
  GBP: 13.4,
  SEK: 1.02,
  DKK: 1.54,
  CHF: 12.1,
}

export function standardCurrencies(): (CurrencyDto & { Id: string })[] {
  const notes = new Intl.DisplayNames(['en'], { type: 'currency' })
  return Object.keys(EXCHANGE_RATES).map((Code) => ({
    Id: Code,
    Code,
    Notation: notes.of(Code) ?? Code,
    IsActive: Code === 'NOK' || Code === 'EUR',
  }))
}

export function standardSeries(uuid: () => string): SubLedgerNumberSeriesDto[] {
  const series = (
    kind: string,
    name: string,
    from: number,
    to: number,
    account: number,
    accountId: number,
  ) => ({
    Id: uuid(),
    Name: name,
    SubLedgerNumberSeriesType: kind,
    FromInclusive: from,
    ToInclusive: to,
    IsDefault: true,
    GeneralLedgerAccountId: accountId,
    GeneralLedgerAccountNo: account,
    IsClientTrust: false,
  })
  return [
    series('Customer', 'Kunder', 10_000, 19_999, 1500, 300015),
    { ...series('Customer', 'Kunder, overløp', 100_000, 999_999, 1500, 300015), IsDefault: false },
    series('Supplier', 'Leverandører', 20_000, 29_999, 2400, 300024),
    { ...series('Supplier', 'Leverandører, overløp', 1_000_000, 1_999_999, 2400, 300024), IsDefault: false },
    series('Employee', 'Ansatte', 30_000, 39_999, 2910, 300291),
  ]
}
