/** The company of all examples: how it is connected, and what its admin has chosen. */

export const ID = '3f6c1a52-9d0b-4e57-8a1e-0b7f5d2c4e19'
export const TRIBE_ID = 'b8a4c9d0-52f1-4c37-9e6a-1d2f3a4b5c6d'
export const AT = '2026-11-24T09:15:00.000Z'

export const tenant = {
  id: ID,
  name: 'Fjordlys AS',
  state: 'active',
  createdAt: AT,
  activatedAt: AT,
  connections: { tribe: 'Fjordlys AS', powerOffice: 'Fjordlys AS' },
}

export const me = { isOperator: false, tenantId: ID }
export const credentials = { clientId: 'relay', clientSecret: 'as Tribe shows it' }

export const heldConsent = {
  tenantId: ID,
  tenantName: 'Fjordlys AS',
  system: 'tribe' as const,
  companies: [{ name: 'Fjordlys', organizationNumber: null }],
}

export const adminToken = { adminToken: 'kZ3v…, 43 characters' }

export const powerOffice = {
  clientId: 'c0ffee00-0000-4000-8000-000000000000',
  clientName: 'Fjordlys AS',
  canSend: false,
  validPrivileges: ['Customer_Full', 'Supplier_Full'],
  missing: [
    {
      privilege: 'Product_Full',
      neededFor: 'products',
      fix: 'Ask PowerOffice to add it to the integration, and connect once more',
    },
  ],
}

export const checklist = [
  { step: 'tribe', ok: true, message: 'Connected to Fjordlys AS' },
  { step: 'poweroffice', ok: false, message: 'Enter the client key of PowerOffice' },
]

export const settings = {
  relations: {
    enabled: true,
    suppliers: true,
    contactPersons: true,
    privatePersons: true,
    financialFields: true,
  },
  products: { enabled: true },
  invoices: {
    enabled: true,
    mode: 'draft' as const,
    sentPhaseIds: [],
    roundingAccountNo: null,
    delivery: 'leave' as const,
    attachments: 'none' as const,
    pdfToTribe: true,
  },
  payments: { enabled: true, paidPhaseId: null },
  defaultSalesAccountNo: 3000,
  conflictPolicy: 'poweroffice' as const,
  alerts: { webhookUrl: null, email: 'bookkeeper@example.com' },
  events: { url: null },
}

export const settingsChange = { invoices: { mode: 'book' as const }, defaultSalesAccountNo: 3000 }
export const units = { mappings: [{ tribeUnitId: TRIBE_ID, powerOfficeUnit: 'HUR' }] }

export const vat = {
  mappings: [{ tribeVatGroupId: TRIBE_ID, powerOfficeVatCode: '3', salesAccountNo: 3000 }],
}

export const lookups = {
  at: AT,
  ownCountry: 'NO',
  tribe: {
    units: [{ id: TRIBE_ID, code: 'hr', name: 'Hour', inUse: true }],
    vatGroups: [{ id: TRIBE_ID, code: 'High', name: 'VAT 25 %', percentage: 25, country: 'NO', inUse: true }],
    productGroups: [{ id: TRIBE_ID, name: 'Services' }],
    invoicePhases: [{ id: TRIBE_ID, code: 'Sent', name: 'Sent' }],
  },
  powerOffice: {
    units: [{ code: 'HUR', name: 'Hour' }],
    vatCodes: [{ code: '3', name: 'Outgoing VAT, high rate', rate: 0.25 }],
    salesAccounts: [{ id: 71, accountNo: 3000, name: 'Sales', vatCode: '3', isActive: true }],
    productGroups: [{ id: 12, name: 'Services', accountId: 71 }],
    paymentTerms: [{ id: 3, name: '14 days', creditDays: 14 }],
  },
  proposals: {
    units: [{ tribeUnitId: TRIBE_ID, powerOfficeUnit: 'HUR' }],
    vat: [{ tribeVatGroupId: TRIBE_ID, powerOfficeVatCode: '3', salesAccountNo: 3000, reason: null }],
  },
}

export const owed = {
  open: 1350.5,
  overdue: 1250.5,
  unallocatedCredit: 0,
  openInvoices: 2,
  oldestOverdueDays: 15,
  lastPaymentDate: '2026-11-10',
  medianDaysToPay: 20,
  revenue12Months: 84_200,
}

export const fields = {
  tribe: [
    {
      record: 'customer' as const,
      field: 'a4d81060__844e__4399__9142__2d960441a391',
      label: 'Owes us',
      type: 'number' as const,
      writable: true,
    },
  ],
  powerOffice: [
    {
      record: 'customer' as const,
      field: 'receivables.open',
      label: 'Owed today',
      type: 'money' as const,
      writable: false,
    },
  ],
  mapped: [
    {
      record: 'customer' as const,
      tribeField: 'a4d81060__844e__4399__9142__2d960441a391',
      powerOfficeField: 'receivables.open',
      direction: 'to-tribe' as const,
    },
  ],
}
