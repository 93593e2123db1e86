/** What the API tells about projects, departments and employees, spelled as on the wire. */

export type ProjectDto = {
  Code: string | null
  ContactPersonId: number | null
  ContractNo: string | null
  CreatedDateTimeOffset: string
  CustomerId: number | null
  CustomerNo: number | null
  DepartmentCode: string | null
  DepartmentId: number | null
  EndDate: string | null
  ExternalNumber: number | null
  Id: number
  IsActive: boolean | null
  IsBillable: boolean | null
  IsInternal: boolean | null
  LastChangedDateTimeOffset: string
  LocationCode: string | null
  LocationId: number | null
  Name: string | null
  ParentProjectCode: string | null
  ParentProjectId: number | null
  PaymentTermId: number | null
  ProjectManagerEmployeeId: number | null
  ProjectManagerEmployeeNo: number | null
  ProjectStatus: string | null
  PurchaseOrderNo: string | null
  StartDate: string | null
}

export type DepartmentDto = {
  Code: string | null
  CreatedDateTimeOffset: string
  CreatedFromImportJournalId: string | null
  Id: number
  IsActive: boolean | null
  LastChangedDateTimeOffset: string
  ManagerEmployeeId: number | null
  ManagerEmployeeNo: number | null
  Name: string | null
}

export type EmployeeDto = {
  ContactCreatedDateTimeOffset: string
  ContactGroupIds: number[] | null
  DepartmentCode: string | null
  DepartmentId: number | null
  EmailAddress: string | null
  EmployeeCreatedDateTimeOffset: string
  EndDate: string | null
  ExternalImportReference: string | null
  ExternalNumber: number | null
  FirstName: string | null
  Id: number
  IsArchived: boolean | null
  JobTitle: string | null
  LastChangedDateTimeOffset: string
  LastName: string | null
  LocationCode: string | null
  LocationId: number | null
  ManagerEmployeeId: number | null
  ManagerEmployeeNo: number | null
  Number: number | null
  PhoneNumber: string | null
  StartDate: string | null
  SubledgerAccountId: number
}
