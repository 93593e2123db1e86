/** What the API tells about posted invoices and the ledgers, spelled as on the wire. */

export type OutgoingInvoiceDto = {
  Balance: number | null
  BalanceLastChangedDateTimeOffset: string | null
  BrandingThemeCode: string | null
  BrandingThemeId: number | null
  Cid: string | null
  ContractNo: string | null
  CreatedDateTimeOffset: string
  CurrencyCode: string | null
  CurrencyExchangeRate: number | null
  CustomMatchingReference: string | null
  CustomerId: number | null
  CustomerNo: number | null
  CustomerReference: string | null
  CustomerReferenceContactPersonId: number | null
  DeliveryAddress1: string | null
  DeliveryAddress2: string | null
  DeliveryAddressCity: string | null
  DeliveryAddressCountryCode: string | null
  DeliveryAddressZipCode: string | null
  DeliveryDate: string | null
  DeliveryTerm: string | null
  DeliveryTermId: number | null
  DepartmentCode: string | null
  DepartmentId: number | null
  Dim1Code: string | null
  Dim1Id: number | null
  Dim2Code: string | null
  Dim2Id: number | null
  Dim3Code: string | null
  Dim3Id: number | null
  DueDate: string | null
  ExternalImportReference: string | null
  Id: string
  ImportedOrderNo: number | null
  InvoiceDeliveryType: string | null
  InvoiceNo: number | null
  IsCreatedByCurrentIntegration: boolean | null
  IsReversed: boolean
  LastChangedDateTimeOffset: string
  LocationCode: string | null
  LocationId: number | null
  MatchId: number | null
  NetAmount: number
  NetPostedAmount: number
  OrderDate: string | null
  OrderNo: number | null
  PaymentTerm: number | null
  PaymentTermId: number | null
  ProjectCode: string | null
  ProjectId: number | null
  PurchaseOrderReference: string | null
  RelatedInvoiceNo: number | null
  SellersReferenceEmployeeId: number | null
  SellersReferenceEmployeeNo: number | null
  SentDateTimeOffset: string | null
  TotalAmount: number
  TotalPostedAmount: number
  VoucherDate: string
  VoucherNo: number
  VoucherType: string | null
}

export type OutgoingInvoiceLineDto = {
  AccountId: number | null
  AccountNo: number | null
  AgricultureDepartment: string | null
  Allowance: number | null
  DepartmentCode: string | null
  DepartmentId: number | null
  Description: string | null
  Dim1Code: string | null
  Dim1Id: number | null
  Dim2Code: string | null
  Dim2Id: number | null
  Dim3Code: string | null
  Dim3Id: number | null
  ExternalImportReference: string | null
  Id: number
  IsAccrued: boolean | null
  LineType: string | null
  LocationCode: string | null
  LocationId: number | null
  NetAmount: number
  NetPostedAmount: number
  ProductCode: string | null
  ProductId: number | null
  ProductUnitCost: number | null
  ProductUnitPrice: number
  ProjectCode: string | null
  ProjectId: number | null
  Quantity: number | null
  SellersReferenceEmployeeId: number | null
  SellersReferenceEmployeeNo: number | null
  SortOrder: number
  TotalAmount: number
  TotalPostedAmount: number
  UnitOfMeasureCode: string | null
  VatAmount: number
  VatCode: string | null
  VatId: number | null
  VatRate: number
  VatReturnSpecification: string | null
}

export type CustomerLedgerEntryDto = {
  Amount: number
  Balance: number
  Cid: string | null
  CreatedDateTimeOffset: string
  CreatedFromImportJournalId: string | null
  CurrencyAmount: number
  CurrencyCode: string | null
  CustomMatchingReference: string | null
  CustomerAccountNo: number | null
  CustomerExternalNo: number | null
  CustomerId: number | null
  CustomerName: string | null
  DepartmentCode: string | null
  DepartmentId: number | null
  Dim1Code: string | null
  Dim1Id: number | null
  Dim2Code: string | null
  Dim2Id: number | null
  Dim3Code: string | null
  Dim3Id: number | null
  DueDate: string | null
  ExternalImportReference: string | null
  Id: number
  InvoiceNo: string | null
  IsCreatedByCurrentIntegration: boolean | null
  IsWriteOff: boolean | null
  LastChangedDateTimeOffset: string
  LocationCode: string | null
  LocationId: number | null
  MatchId: number | null
  PaidFromBankAccount: string | null
  PostingDate: string
  ProjectCode: string | null
  ProjectId: number | null
  VoucherDate: string
  VoucherId: string
  VoucherNo: number
  VoucherType: string | null
}

export type CustomerBalanceDto = {
  Balance: number
  CustomerAccountNo: number | null
  CustomerExternalNo: number | null
  CustomerId: number | null
  CustomerName: string | null
}

export type BankVoucherDto = {
  CreatedDateTimeOffset: string
  CurrencyCode: string | null
  Description: string | null
  ExternalImportReference: string | null
  Id: string
  ImportedVoucherNo: number | null
  IsReversed: boolean | null
  SaftBatchId: string | null
  SaftSourceId: string | null
  VoucherDate: string
  VoucherLines: BankVoucherLineDto[] | null
  VoucherNo: number
}

export type BankVoucherLineDto = {
  AccountId: number | null
  Cid: string | null
  CreatedDateTimeOffset: string
  CurrencyAmount: number
  CurrencyCode: string | null
  CurrencyExchangeRate: number | null
  CustomMatchingReference: string | null
  DepartmentId: number | null
  Description: string | null
  Dim1Id: number | null
  Dim2Id: number | null
  Dim3Id: number | null
  ExternalLineReference: string | null
  Id: number
  InvoiceNo: string | null
  LocationId: number | null
  PostingDate: string
  ProductId: number | null
  ProjectId: number | null
  Quantity: number | null
  Quantity2: number | null
  VatId: number | null
  VatReturnSpecification: string | null
}
