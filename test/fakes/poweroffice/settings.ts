/** The client as an organisation, and the dates that bound its vouchers. */
import { LONG_AGO } from './chart'
import type { Random } from './random'

export type Organization = ReturnType<typeof newOrganization>

export function newOrganization(id: string, name: string, random: Random) {
  const address = {
    AddressLine1: 'Havnegata 1',
    AddressLine2: null,
    ZipCode: '7010',
    City: 'Trondheim',
    CountryCode: 'NO',
  }
  return {
    Id: id,
    Name: name,
    LegalName: name.toUpperCase(),
    OrganizationNumber: String(900_000_000 + random.upTo(99_999_999)),
    EmailAddress: 'post@klient.example',
    PhoneNumber: '+4773000000',
    WebsiteUrl: null,
    MailAddress: address,
    DeliveryAddress: null,
    MailAddressIsDeliveryAddress: true,
    InvoiceInboxEhf: true,
    InvoiceInboxEmail: false,
    InvoiceInboxEmailAddress: null,
    IsAgricultureClient: false,
    DefaultAgricultureDepartment: null,
    LastChangedDateTimeOffset: LONG_AGO,
  }
}

export function newFinancialSettings() {
  return {
    /** Nothing can be posted before it. */
    ConversionDate: '2020-01-01',
    CurrencyCode: 'NOK',
    CurrencyGainsAccountId: 300806,
    CurrencyGainsAccountNo: 8060,
    CurrencyLossAccountId: 300816,
    CurrencyLossAccountNo: 8160,
    FinancialYearEndMonth: 'December',
    LastChangedDateTimeOffset: LONG_AGO,
    UseTrustAccountManagement: false,
  }
}

export type LockDateSettings = {
  /** Nothing can be posted on or before it. */
  LockDate: string | null
  ChangeReason: string | null
  LastChangedByUserId: number | null
  LastChangedDateTimeOffset: string
}

export function newLockDateSettings(): LockDateSettings {
  return {
    LockDate: null,
    ChangeReason: null,
    LastChangedByUserId: null,
    LastChangedDateTimeOffset: LONG_AGO,
  }
}
