import type { Product as ProductInPowerOffice } from '../../src/poweroffice/schemas'
import { PRODUCT_FIELDS, type Product } from '../../src/products/fields'
import type { Catalog } from '../../src/products/lists'
import type { Product as ProductInTribe } from '../../src/tribe/schemas'

/** A shop with two VAT groups for one code, two units for one code, and groups on both sides. */
export const RATES = [0, 12, 15, 25, 21, 9, 6] as const
const codeOf = (rate: number) => `v${rate}`
export const vatId = (rate: number) => `vat-${rate}`

export const TERMS: Catalog = {
  units: [
    { tribeUnitId: 'unit-pcs', powerOfficeUnit: 'EA' },
    { tribeUnitId: 'unit-st', powerOfficeUnit: 'EA' },
    { tribeUnitId: 'unit-hr', powerOfficeUnit: 'HUR' },
  ],
  vat: [
    ...RATES.map((rate, n) => ({
      tribeVatGroupId: vatId(rate),
      powerOfficeVatCode: codeOf(rate),
      salesAccountNo: 3000 + n,
      salesAccountId: 300 + n,
    })),
    {
      tribeVatGroupId: 'vat-25-services',
      powerOfficeVatCode: 'v25',
      salesAccountNo: 3050,
      salesAccountId: 350,
    },
  ],
  vatGroups: [
    ...RATES.map((rate) => ({ ID: vatId(rate), Name: `${rate} %`, Percentage: rate })),
    { ID: 'vat-25-services', Name: 'Services', Percentage: 25 },
  ],
  tribeUnits: [],
  accounts: [
    ...RATES.map((rate, n) => ({ Id: 300 + n, AccountNo: 3000 + n, VatCode: codeOf(rate) })),
    { Id: 350, AccountNo: 3050, VatCode: 'v25' },
    { Id: 390, AccountNo: 3090, VatCode: 'v25' },
    { Id: 399, AccountNo: 3099, VatCode: 'lonely' },
  ],
  defaultAccountNo: 3000,
  powerOfficeGroups: [
    { Id: 1, Name: 'Varer', StandardSalesAccountId: null },
    { Id: 2, Name: ' Tjenester ', StandardSalesAccountId: 303 },
  ],
  tribeGroups: [{ ID: 'group-1', Name: 'Varer' }],
  faulty: { vatGroups: new Set(), units: new Set(), isDefaultGone: false },
}

export const there = (fields: Partial<ProductInPowerOffice> = {}): ProductInPowerOffice => ({
  Id: 7,
  Code: 'P7',
  Name: 'Lampe',
  ProductGroupId: 1,
  LastChangedDateTimeOffset: '2026-01-01T00:00:00Z',
  ...fields,
})

export const here = (fields: Partial<ProductInTribe> = {}): ProductInTribe => ({
  ID: 't7',
  Code: 'P7',
  Name: 'Lampe',
  ...fields,
})

export const withVat = (rate: number) => ({ ID: vatId(rate), Percentage: rate })

export const NOTHING = {
  ...Object.fromEntries(PRODUCT_FIELDS.map((field) => [field, null])),
  isArchived: false,
} as Product
