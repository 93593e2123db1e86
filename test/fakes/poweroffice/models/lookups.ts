/** What the API tells about products, accounts and terms, spelled as on the wire. */

export type ProductDto = {
  Code: string | null
  CreatedDateTimeOffset: string
  CreatedFromImportJournalId: string | null
  Description: string | null
  Gtin: string | null
  Id: number
  IsArchived: boolean | null
  IsStockItem: boolean | null
  LastChangedDateTimeOffset: string
  Name: string | null
  OptionalSalesAccount: number | null
  OptionalSalesAccountAgricultureDepartment: string | null
  OptionalSalesAccountId: number | null
  ProductGroupCode: string | null
  ProductGroupId: number | null
  ProductType: string | null
  StandardSalesAccount: number | null
  StandardSalesAccountAgricultureDepartment: string | null
  StandardSalesAccountId: number | null
  StockAvailable: number | null
  StockOnHand: number | null
  StockOnHandLastChangedDatetimeOffset: string | null
  UnitCost: number | null
  UnitOfMeasureCode: string | null
  UnitPrice: number | null
}

export type ProductGroupDto = {
  Code: string | null
  CreatedDateTimeOffset: string
  CreatedFromImportJournalId: string | null
  Description: string | null
  Id: number
  IsArchived: boolean | null
  LastChangedDateTimeOffset: string
  Name: string | null
  OptionalSalesAccount: number | null
  OptionalSalesAccountAgricultureDepartment: string | null
  OptionalSalesAccountId: number | null
  ProductType: string | null
  StandardSalesAccount: number | null
  StandardSalesAccountAgricultureDepartment: string | null
  StandardSalesAccountId: number | null
  UnitCost: number | null
  UnitOfMeasureCode: string | null
  UnitPrice: number | null
}

export type VatCodeDto = {
  BaseVatCodeId: number | null
  Code: string | null
  Description: string | null
  Id: number
  IsActive: boolean | null
  IsCustom: boolean | null
  Name: string | null
  Rate: number
  ValidFrom: string
  ValidTo: string | null
  VatBasisRatio: number | null
  VatBasisRatioValidFrom: string | null
  VatBasisRatios: VatBasisRatios[] | null
}

export type VatBasisRatios = {
  VatBasisRatio: number | null
  VatBasisRatioValidFrom: string | null
}

export type GeneralLedgerAccountDto = {
  AccountNo: number
  AgricultureDepartment: string | null
  CurrencyCode: string | null
  DepartmentCode: string | null
  DepartmentId: number | null
  GeneralLedgerAccountType: string | null
  Id: number
  IsActive: boolean | null
  IsDepartmentRequired: boolean | null
  IsProjectRequired: boolean | null
  IsVatCodeLocked: boolean | null
  LastChangedDateTimeOffset: string
  Name: string | null
  Unit1: string | null
  Unit2: string | null
  VatCode: string | null
  VatCodeId: number | null
  VatReturnSpecification: string | null
}

export type PaymentTermDto = {
  CreatedDateTimeOffset: string
  CreditDays: number | null
  Id: number
  IsActive: boolean | null
  IsDefault: boolean | null
  LastChangedDateTimeOffset: string
  Name: string | null
}

export type DeliveryTermDto = {
  CreatedDateTimeOffset: string
  Id: number
  IsDefault: boolean | null
  LastChangedDateTimeOffset: string
  Name: string | null
}

export type BrandingThemeDto = {
  Code: string | null
  CreatedDateTimeOffset: string
  Id: number
  IsDefault: boolean | null
  LanguageCode: string | null
  LastChangedDateTimeOffset: string
  Name: string | null
}

export type CurrencyDto = {
  Code: string | null
  IsActive: boolean | null
  Notation: string | null
}

export type SubLedgerNumberSeriesDto = {
  FromInclusive: number
  GeneralLedgerAccountId: number
  GeneralLedgerAccountNo: number
  Id: string
  IsClientTrust: boolean
  IsDefault: boolean
  Name: string | null
  SubLedgerNumberSeriesType: string | null
  ToInclusive: number
}

export type LockDateSettingsDto = {
  ChangeReason: string | null
  LastChangedByUserId: string | null
  LastChangedDateTimeOffset: string
  LockDate: string
}
