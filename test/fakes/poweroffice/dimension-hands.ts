/** What a bookkeeper does with projects, departments and employees. */
import { BooksWithContacts, given, type Partly } from './contact-hands'
import type { DepartmentDto, EmployeeDto, ProjectDto } from './models/dimensions'

export class BooksWithDimensions extends BooksWithContacts {
  hasProject(partial: Partly<ProjectDto> & { Code: string }): ProjectDto {
    const row: ProjectDto = {
      ContactPersonId: null,
      ContractNo: null,
      CustomerId: null,
      CustomerNo: null,
      DepartmentCode: null,
      DepartmentId: null,
      EndDate: null,
      ExternalNumber: null,
      IsActive: true,
      IsBillable: true,
      IsInternal: false,
      LocationCode: null,
      LocationId: null,
      Name: `Prosjekt ${partial.Code}`,
      ParentProjectCode: null,
      ParentProjectId: null,
      PaymentTermId: null,
      ProjectManagerEmployeeId: null,
      ProjectManagerEmployeeNo: null,
      ProjectStatus: 'Active',
      PurchaseOrderNo: null,
      StartDate: null,
      ...this.stampsOfNew(),
      ...given(partial),
      Id: this.nextId('dimension'),
      Code: partial.Code,
    }
    return this.projects.put(row, true)
  }

  editProject(id: number, change: Partly<ProjectDto>): ProjectDto {
    const row = this.projects.find(id)
    if (!row) throw new Error(`no project ${id}`)
    return this.projects.put({ ...row, ...given(change), ...this.stampOfChange() })
  }

  hasDepartment(partial: Partly<DepartmentDto> & { Code: string }): DepartmentDto {
    const row: DepartmentDto = {
      CreatedFromImportJournalId: null,
      IsActive: true,
      ManagerEmployeeId: null,
      ManagerEmployeeNo: null,
      Name: `Avdeling ${partial.Code}`,
      ...this.stampsOfNew(),
      ...given(partial),
      Id: this.nextId('dimension'),
      Code: partial.Code,
    }
    return this.departments.put(row, true)
  }

  editDepartment(id: number, change: Partly<DepartmentDto>): DepartmentDto {
    const row = this.departments.find(id)
    if (!row) throw new Error(`no department ${id}`)
    return this.departments.put({ ...row, ...given(change), ...this.stampOfChange() })
  }

  hasEmployee(partial: Partly<EmployeeDto> & { EmailAddress: string | null }): EmployeeDto {
    const { CreatedDateTimeOffset: stamp } = this.stampsOfNew()
    const row: EmployeeDto = {
      ContactCreatedDateTimeOffset: stamp,
      ContactGroupIds: [],
      DepartmentCode: null,
      DepartmentId: null,
      EmployeeCreatedDateTimeOffset: stamp,
      EndDate: null,
      ExternalImportReference: null,
      ExternalNumber: null,
      FirstName: 'Liv',
      IsArchived: false,
      JobTitle: null,
      LastChangedDateTimeOffset: stamp,
      LastName: `Ansatt ${this.employees.size + 1}`,
      LocationCode: null,
      LocationId: null,
      ManagerEmployeeId: null,
      ManagerEmployeeNo: null,
      Number: 30_001 + this.employees.size,
      PhoneNumber: null,
      StartDate: null,
      SubledgerAccountId: this.nextId('subLedgerAccount'),
      ...given(partial),
      Id: this.nextId('contact'),
      EmailAddress: partial.EmailAddress,
    }
    return this.employees.put(row, true)
  }

  editEmployee(id: number, change: Partly<EmployeeDto>): EmployeeDto {
    const row = this.employees.find(id)
    if (!row) throw new Error(`no employee ${id}`)
    return this.employees.put({ ...row, ...given(change), ...this.stampOfChange() })
  }

  private stampsOfNew() {
    const stamp = this.stamps.next()
    return { CreatedDateTimeOffset: stamp, LastChangedDateTimeOffset: stamp }
  }

  private stampOfChange() {
    return { LastChangedDateTimeOffset: this.stamps.next() }
  }
}
