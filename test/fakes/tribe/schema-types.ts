/** Every entity type that the fake knows. */
import { withCustomFields } from './custom-fields'
import type { TribeOptions } from './options'
import { invoicing, LINE, product } from './schema-sales'
import type { TypeSpec } from './type-spec'

const SYSTEM = 'ID _Type _Name CreationDate LastMutationDate NumberOfNotes NumberOfAttachments'

const BASES: Record<string, TypeSpec> = {
  Entity: {
    view: true,
    guid: 'ID!',
    string: '_Type _Name ImportId',
    double: 'SortIndex NumberOfNotes NumberOfAttachments',
    instant: 'CreationDate LastMutationDate CloseDate Start End Deadline',
    boolean: 'IsActive IsClosed IsRoot IsExclusion',
    readOnly: SYSTEM,
    many: { Notes: ['Note', 'Entity'], Attachments: ['Attachment', 'Entity'] },
  },
  Relation: {
    base: 'Entity',
    view: true,
    string: 'IBAN BIC BankName',
    one: { Language: 'Datastore_Language' },
    many: { Addresses: ['Address', 'Relation'], Relationships: ['Relationship', 'Relation'] },
  },
  Relationship: {
    base: 'Entity',
    view: true,
    string: 'Name',
    boolean: 'IsFormer',
    date: 'FormerDate',
    one: { 'Relation!': 'Relation' },
  },
  Relationship_Organization: {
    base: 'Relationship',
    view: true,
    one: { 'Organization!': 'Relation_Organization' },
  },
  Relationship_Person: { base: 'Relationship', view: true, one: { 'Person!': 'Relation_Person' } },
  Activity: {
    base: 'Entity',
    view: true,
    string: 'Subject',
    many: { ProductLines: ['ProductLine', 'Activity'] },
  },
  Datastore: {
    base: 'Entity',
    view: true,
    access: 'read-only',
    string: 'Name Code LocalizedName',
    boolean: 'IsDefault',
  },
  Datastore_Phase: { base: 'Datastore', view: true },
}

function relations(options: TribeOptions): Record<string, TypeSpec> {
  const personNumber = options.personDebtorNumberOn === 'person' ? ' DebtorNumber' : ''
  return {
    Relation_Organization: {
      base: 'Relation',
      string: `Name! DebtorNumber CreditorNumber ${options.vatNumberSpelling} ChamberOfCommerceNumber
        ChamberOfCommerceName EmailAddress FinancialEmailAddress PhoneNumber Website OIN CompanyActivity
        CoCDescription Blog Facebook Instagram LinkedIn Twitter YouTube`,
      int: 'Number NumberOfEmployees EstablishmentNumber RSIN',
      date: 'FoundingDate EstablishmentDate DiscontinuationDate IssueDate ExpirationDate',
      one: {
        VisitingAddress: 'Address',
        PostalAddress: 'Address',
        InvoiceAddress: 'Address',
        Branch: 'Datastore_Branch',
      },
    },
    Relation_Person: {
      base: 'Relation',
      string: `LastName! FirstName MiddleName Initials Title Suffix EmailAddress PhoneNumber MobilePhoneNumber${personNumber}`,
      date: 'BirthDate',
      one: { Address: 'Address', Gender: 'Datastore_Gender' },
    },
  }
}

const FUNNEL = ['Suspect', 'Lead', 'HotProspect', 'Prospect', 'Customer']

const COMMERCIAL = {
  view: true,
  double: 'PaymentTermInDays',
  instant: 'UpgradeDate DowngradeDate',
  boolean: 'IsMasterAccount MailingOptOut',
  one: {
    AccountManager: 'Relationship_Person_Contact_Employee',
    Group: 'Datastore_Group',
    Status: 'Datastore_CustomerStatus',
  },
} satisfies TypeSpec

function relationships(options: TribeOptions): Record<string, TypeSpec> {
  const funnel = (kind: 'Organization' | 'Person', customer: TypeSpec) => {
    const base = `Relationship_${kind}_CommercialRelationship`
    return Object.fromEntries(
      FUNNEL.map((stage) => [`${base}_${stage}`, { base, ...(stage === 'Customer' ? customer : {}) }]),
    )
  }
  const onRole: TypeSpec = options.personDebtorNumberOn === 'role' ? { string: 'DebtorNumber' } : {}
  return {
    Relationship_Organization_CommercialRelationship: { base: 'Relationship_Organization', ...COMMERCIAL },
    ...funnel('Organization', {}),
    Relationship_Organization_Supplier: {
      base: 'Relationship_Organization',
      double: 'PaymentTermInDays',
      boolean: 'MailingOptOut',
    },
    Relationship_Organization_Identity: { base: 'Relationship_Organization', access: 'read-only' },
    Relationship_Person_CommercialRelationship: { base: 'Relationship_Person', ...COMMERCIAL },
    ...funnel('Person', onRole),
    Relationship_Person_Contact: {
      base: 'Relationship_Person',
      view: true,
      string: 'EmailAddress PhoneNumber MobilePhoneNumber Department',
      one: { Role: 'Datastore_Role' },
    },
    Relationship_Person_Contact_Standard: { base: 'Relationship_Person_Contact' },
    Relationship_Person_Contact_Employee: { base: 'Relationship_Person_Contact', access: 'read-only' },
  }
}

const THINGS: Record<string, TypeSpec> = {
  Address: {
    base: 'Entity',
    string: 'Street HouseNumberSuffix Extra Postalcode City',
    double: 'HouseNumber Latitude Longitude',
    one: {
      Relation: 'Relation',
      Person: 'Relation_Person',
      Organization: 'Relation_Organization',
      AddressType: 'Datastore_AdressType',
      Country: 'Datastore_Country',
      State: 'Datastore_State',
    },
  },
  ProductGroup: {
    base: 'Entity',
    string: 'Name! LocalizedName',
    many: { Products: ['Product', 'ProductGroup'] },
  },
  Note: { base: 'Entity', string: 'Content', boolean: 'IsPinned', one: { Entity: 'Entity' } },
  Attachment: {
    base: 'Entity',
    string: 'Description ContentId',
    double: 'Version',
    boolean: 'IsVisibleInSupportPortal',
    one: { Entity: 'Entity', 'File!': 'File' },
  },
  File: { base: 'Entity', withoutSet: true, string: 'Name! MimeType! Url Data', readOnly: 'Url' },
}

const DATASTORES: Record<string, TypeSpec> = {
  Datastore_VatGroup: { double: 'Percentage', one: { Country: 'Datastore_Country' } },
  Datastore_Country: { boolean: 'HasIntraCommunityVat', string: 'CountryNumber' },
  Datastore_State: { one: { Country: 'Datastore_Country' } },
  Datastore_Unit: { many: { Product: ['Product', 'Unit'] } },
  Datastore_GeneralLedgerAccount: { many: { Product: ['Product', 'GeneralLedgerAccount'] } },
  Datastore_AdressType: {},
  Datastore_Language: {},
  Datastore_Gender: {},
  Datastore_Branch: {},
  Datastore_Group: {},
  Datastore_CustomerStatus: {},
  Datastore_Role: {},
  Datastore_Channel: {},
  Datastore_ConnectorLogType: {},
}

/** Their phases and methods exist only where invoices do. */
const INVOICE_DATASTORES: Record<string, TypeSpec> = {
  Datastore_PaymentMethod: {},
  Datastore_PaymentStatus: {},
  Datastore_Phase_ActivityInvoice: { base: 'Datastore_Phase' },
}

export function typeSpecs(options: TribeOptions): Record<string, TypeSpec> {
  const lookups = { ...DATASTORES, ...(options.invoicing ? INVOICE_DATASTORES : {}) }
  const specs: Record<string, TypeSpec> = {
    ...BASES,
    ...relations(options),
    ...relationships(options),
    ...THINGS,
    Product: product(options),
    ProductLine: LINE,
    ...(options.invoicing ? invoicing(options) : {}),
    ...Object.fromEntries(
      Object.entries(lookups).map(([name, spec]) => [name, { base: 'Datastore', ...spec }]),
    ),
  }
  if (options.invoicing) {
    specs.Attachment = {
      ...THINGS.Attachment,
      one: { ...THINGS.Attachment?.one, Invoice: 'Activity_Invoice' },
    }
  }
  withCustomFields(specs, options.customFields)
  return specs
}
