/** What the API tells about contacts, spelled as on the wire. */

export type ContactAddressDto = {
  AddressLine1: string | null
  AddressLine2: string | null
  City: string | null
  CountryCode: string | null
  ExternalCode: string | null
  Id: number
  LastChangedDateTimeOffset: string
  ZipCode: string | null
}

export type AddressDto = {
  AddressLine1: string | null
  AddressLine2: string | null
  City: string | null
  CountryCode: string | null
  ZipCode: string | null
}

export type CustomerDto = {
  Allowance: number | null
  BillableRate: number | null
  ContactCreatedDateTimeOffset: string
  ContactGroupIds: number[] | null
  CreateInterestNotes: boolean | null
  CreatedFromImportJournalId: string | null
  CurrencyCode: string | null
  CustomerCreatedDateTimeOffset: string
  CustomerSince: string | null
  DateOfBirth: string | null
  DeliveryTerm: string | null
  DeliveryTermId: number | null
  DepartmentCode: string | null
  DepartmentId: number | null
  DoNotAddLatePaymentFees: boolean | null
  DoNotAddLatePaymentInterest: boolean | null
  DoNotAutomatePaymentNotifications: boolean | null
  EmailAddress: string | null
  ExternalImportReference: string | null
  ExternalNumber: number | null
  FirstName: string | null
  Id: number
  InterestNoteDeliveryType: string | null
  InvoiceBrandingThemeCode: string | null
  InvoiceBrandingThemeId: number | null
  InvoiceDeliveryType: string | null
  InvoiceEmailAddress: string | null
  InvoiceEmailAddressCC: string | null
  IsActive: boolean | null
  IsArchived: boolean | null
  IsPerson: boolean | null
  IsVatFree: boolean | null
  JobStop: boolean | null
  JobStopReason: string | null
  KeepUpdated: boolean | null
  LastChangedDateTimeOffset: string
  LastName: string | null
  LegalName: string | null
  MailAddress: ContactAddressDto | null
  Name: string | null
  NationalIdNumber: string | null
  NoticeOfDebtCollectionDeliveryType: string | null
  Number: number | null
  OrganizationNumber: string | null
  PaymentReminderEmailAddress: string | null
  PaymentTerm: number | null
  PaymentTermId: number | null
  PhoneNumber: string | null
  ReminderDeliveryType: string | null
  SalesPersonEmployeeId: number | null
  SalesPersonEmployeeNumber: number | null
  SendPaymentReminders: boolean | null
  SubledgerAccountId: number
  TransferToDebtCollectionAgency: boolean | null
  UseInvoiceFee: boolean | null
  WebsiteUrl: string | null
}

export type SupplierDto = {
  ContactCreatedDateTimeOffset: string
  ContactGroupIds: number[] | null
  CreatedFromImportJournalId: string | null
  CurrencyCode: string | null
  CurrencyRate: number | null
  DateOfBirth: string | null
  EmailAddress: string | null
  ExternalImportReference: string | null
  ExternalNumber: number | null
  FirstName: string | null
  Id: number
  IsActive: boolean | null
  IsArchived: boolean | null
  IsPerson: boolean | null
  LastChangedDateTimeOffset: string
  LastName: string | null
  LegalName: string | null
  MailAddress: ContactAddressDto | null
  Name: string | null
  Number: number | null
  OrganizationNumber: string | null
  PaymentClientBankAccountId: number | null
  PaymentTermSupplierId: string | null
  Payout: boolean | null
  PhoneNumber: string | null
  ScanId: string | null
  SubledgerAccountId: number
  SupplierCreatedDateTimeOffset: string
  WebsiteUrl: string | null
}

export type ContactPersonDto = {
  ContactId: number
  CreatedDateTimeOffset: string
  EmailAddress: string | null
  ExternalCode: string | null
  FirstName: string | null
  Id: number
  IsActive: boolean | null
  IsDefault: boolean | null
  LastChangedDateTimeOffset: string
  LastName: string | null
  MailAddress: AddressDto | null
  PhoneNumber: string | null
  Title: string | null
}

export type ContactDeliveryAddressDto = {
  AddressLine1: string | null
  AddressLine2: string | null
  City: string | null
  ContactId: number
  CountryCode: string | null
  CreatedDateTimeOffset: string
  ExternalCode: string | null
  Id: number
  IsPrimary: boolean | null
  LastChangedDateTimeOffset: string
  ZipCode: string | null
}

export type ContactGroupDto = {
  CreatedDateTimeOffset: string
  Id: number
  LastChangedDateTimeOffset: string
  Name: string | null
}

export type ContactBankAccountDto = {
  BankAccountNumber: string | null
  BankCode: string | null
  BicSwift: string | null
  ContactId: number
  CountryCode: string | null
  CreateDateTimeOffset: string
  Id: number
  IsActive: boolean | null
  LastChangedDateTimeOffset: string
}
