import type { Lookups } from '../../src/lookups/lookups'

type VatGroup = Lookups['tribe']['vatGroups'][number]
type Unit = Lookups['tribe']['units'][number]

export const unit = (id: string, code: string | null, name: string | null, inUse = false): Unit => ({
  id,
  code,
  name,
  inUse,
})
export const vatGroup = (id: string, percentage: number | null, more: Partial<VatGroup> = {}): VatGroup => ({
  id,
  code: null,
  name: `${percentage} %`,
  percentage,
  country: null,
  inUse: false,
  ...more,
})
export const account = (accountNo: number, vatCode: string | null, isActive = true) => ({
  id: 300_000 + accountNo,
  accountNo,
  name: `Konto ${accountNo}`,
  vatCode,
  isActive,
})

/** A Norwegian book, and a Tribe with whatever is given. */
export function lists(tribe: Partial<Lookups['tribe']> = {}, accounts = ACCOUNTS): Lookups {
  return {
    at: '2026-01-01T00:00:00.000Z',
    ownCountry: 'NO',
    tribe: { units: [], vatGroups: [], productGroups: [], invoicePhases: [], ...tribe },
    powerOffice: {
      salesAccounts: accounts,
      vatCodes: [
        ...[
          { code: '3', name: 'Høy sats', rate: 0.25 },
          { code: '31', name: 'Middels sats', rate: 0.15 },
          { code: '33', name: 'Lav sats', rate: 0.12 },
        ],
        ...[
          { code: '5', name: 'Fritatt', rate: 0 },
          { code: '52', name: 'Utførsel', rate: 0 },
          { code: '6', name: 'Utenfor', rate: 0 },
        ],
      ],
      productGroups: [],
      paymentTerms: [],
    },
  }
}

export const ACCOUNTS = [
  ...[account(3000, '3'), account(3010, '31'), account(3020, '33'), account(3050, '3')],
  ...[account(3100, '5'), account(3150, '52'), account(3200, '6'), account(3900, '31', false)],
]
