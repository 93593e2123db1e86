/** What the API tells about sales orders and their sending, spelled as on the wire. */

export type SalesOrderDto = {
  BrandingThemeCode: string | null
  BrandingThemeId: number | null
  ContactDeliveryAddressId: number | null
  ContractNo: string | null
  CreatedDateTimeOffset: string
  CurrencyCode: string | null
  CurrencyExchangeRate: number | null
  CustomMatchingReference: string | null
  CustomerId: number | null
  CustomerNo: number | null
  CustomerReference: string | null
  CustomerReferenceContactPersonId: number | null
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
  ExternalImportReference: string | null
  Id: string
  ImportedOrderNo: number | null
  IsCreatedByCurrentIntegration: boolean | null
  LastChangedDateTimeOffset: string
  LineCount: number
  LocationCode: string | null
  LocationId: number | null
  NetAmount: number
  PaymentTerm: number | null
  PaymentTermId: number | null
  ProjectCode: string | null
  ProjectId: number | null
  PurchaseOrderReference: string | null
  RelatedInvoiceNo: number | null
  SalesOrderDate: string | null
  SalesOrderNo: number | null
  SalesOrderStatus: string | null
  SalesPersonEmployeeId: number | null
  SalesPersonEmployeeNumber: number | null
  TotalAmount: number
}

export type SalesOrderLineDto = {
  Accrual: Accrual | null
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
  Id: string
  LineType: string | null
  LocationCode: string | null
  LocationId: number | null
  NetAmount: number
  ProductCode: string | null
  ProductId: number | null
  ProductUnitCost: number | null
  ProductUnitPrice: number | null
  ProjectCode: string | null
  ProjectId: number | null
  Quantity: number | null
  SalesOrderId: string | null
  SellersReferenceEmployeeId: number | null
  SellersReferenceEmployeeNo: number | null
  SortOrder: number | null
  TotalAmount: number
  UnitOfMeasureCode: string | null
  UseStandardSalesAccount: boolean | null
  VatAmount: number
  VatCode: string | null
  VatId: number | null
  VatRate: number | null
  VatReturnSpecification: string | null
}

export type Accrual = {
  BalanceAccountAgricultureDepartment: string | null
  BalanceAccountId: number | null
  BalanceAccountNo: number | null
  FromDate: string
  IsActive: boolean
  ResultAccountAgricultureDepartment: string | null
  ResultAccountId: number | null
  ResultAccountNo: number | null
  ToDate: string
}

export type InvoiceSentStateDto = {
  DueDate: string | null
  Id: string
  InvoiceDeliveryType: string | null
  InvoiceNo: number | null
  IsInvoiceBeingProcessed: boolean | null
  LastErrorMessage: string | null
  SentDateTimeOffset: string | null
}

export type SalesOrderAttachmentDto = {
  CreatedDateTimeOffset: string
  FileName: string | null
  FileSize: number | null
  Id: number
  LastChangedDateTimeOffset: string
  SalesOrderId: string | null
}
