import type { PatchOperation } from '../poweroffice/caller'
import type { Contact, Address as PowerOfficeAddress } from '../poweroffice/schemas'
import { addressFromLines, addressToLines, type LinedAddress, type PartedAddress } from '../shared/addresses'
import type { Role, Address as TribeAddress } from '../tribe/schemas'
import type { RelationType } from './kinds'

/** How each system spells the address of a relation: PowerOffice in lines, Tribe in parts. */

// ── PowerOffice ─────────────────────────────────────────────────────────────

export function linesInPowerOffice({ MailAddress: address }: Contact): LinedAddress | null {
  if (!address) return null
  // Through Tribe's parts and back: placeholders fall away, and what is left is tidy.
  const parts = addressFromLines({
    addressLine1: address.AddressLine1,
    addressLine2: address.AddressLine2,
    zipCode: address.ZipCode,
    city: address.City,
    countryCode: address.CountryCode,
  })
  return parts && addressToLines(parts)
}

export const addressMembers = (address: LinedAddress) => ({
  AddressLine1: address.addressLine1,
  AddressLine2: address.addressLine2,
  ZipCode: address.zipCode,
  City: address.city,
  CountryCode: address.countryCode,
})

export function addressPatch(
  address: LinedAddress | null,
  held: PowerOfficeAddress | null | undefined,
): PatchOperation[] {
  if (!held) return address ? [{ op: 'add', path: '/MailAddress', value: addressMembers(address) }] : []
  // PowerOffice demands a town and a code; an address that was emptied keeps the stand-ins.
  const wanted = address
    ? addressMembers(address)
    : {
        AddressLine1: null,
        AddressLine2: null,
        ZipCode: '-',
        City: '-',
        CountryCode: held.CountryCode ?? null,
      }
  return Object.entries(wanted)
    .filter(([name, value]) => (held[name as keyof PowerOfficeAddress] ?? null) !== value)
    .map(([name, value]) => ({ op: 'replace' as const, path: `/MailAddress/${name}`, value }))
}

// ── Tribe ───────────────────────────────────────────────────────────────────

/** The address of a relation, where its type has one. */
export function addressOf(type: RelationType, role: Role | null): TribeAddress | null | undefined {
  if (type.address === 'InvoiceAddress') return role?.Organization?.InvoiceAddress
  return type.address === 'Address' ? role?.Person?.Address : null
}

export function linesInTribe(type: RelationType, role: Role): LinedAddress | null {
  const parts = partsOf(addressOf(type, role))
  return parts && addressToLines(parts)
}

/** The address that Tribe is to hold, as far as it differs from what it holds. */
export interface AddressChange {
  /** Null: the address stays as it is. */
  address: Record<string, unknown> | null
  /** The address as Tribe will hold it: a country that it does not know stays as it was. */
  addressAfter: LinedAddress | null
  /** The same in Tribe's parts. */
  addressParts: PartedAddress | null
}

export function addressChange(
  wanted: LinedAddress | null,
  held: TribeAddress | null | undefined,
  countryOf: (code: string) => string | undefined,
): AddressChange {
  const now = partsOf(held)
  const parts = addressFromLines(wanted, now)
  const target = membersOf(parts)
  const change: Record<string, unknown> = Object.fromEntries(
    Object.entries(target).filter(([name, value]) => (held?.[name as keyof TribeAddress] ?? null) !== value),
  )
  // An address that is emptied keeps its country: Tribe has no word for none.
  const before = now?.countryCode ?? null
  const code = parts ? parts.countryCode : before
  const isOtherCountry = code !== null && code !== before
  const country = isOtherCountry ? countryOf(code) : undefined
  if (country) change.Country = { ID: country }
  const addressParts = { ...(parts ?? EMPTY), countryCode: isOtherCountry && !country ? before : code }
  return {
    address: Object.keys(change).length > 0 ? change : null,
    addressAfter: addressToLines(addressParts),
    addressParts,
  }
}

/** The address once it is written, by what the answer says of the members that were sent. */
export const addressAsTold = (
  { addressAfter, addressParts }: AddressChange,
  told: Record<string, unknown>,
): LinedAddress | null =>
  Object.keys(told).length === 0 || !addressParts
    ? addressAfter
    : addressToLines({ ...addressParts, ...partsTold(told) })

/** Tribe's members, and the parts that they hold. */
const PARTS = {
  Street: 'street',
  HouseNumber: 'houseNumber',
  HouseNumberSuffix: 'houseNumberSuffix',
  Extra: 'extra',
  Postalcode: 'postalCode',
  City: 'city',
} as const satisfies Readonly<Record<string, keyof PartedAddress>>

const EMPTY: PartedAddress = {
  street: null,
  houseNumber: null,
  houseNumberSuffix: null,
  extra: null,
  postalCode: null,
  city: null,
  countryCode: null,
}

const partsTold = (told: Record<string, unknown>): Partial<PartedAddress> =>
  Object.fromEntries(
    Object.entries(PARTS).flatMap(([name, part]) => (name in told ? [[part, told[name]]] : [])),
  )

const membersOf = (parts: PartedAddress | null): Record<string, unknown> =>
  Object.fromEntries(Object.entries(PARTS).map(([name, part]) => [name, parts?.[part] ?? null]))

function partsOf(address: TribeAddress | null | undefined): PartedAddress | null {
  if (!address) return null
  return {
    street: address.Street ?? null,
    houseNumber: address.HouseNumber ?? null,
    houseNumberSuffix: address.HouseNumberSuffix ?? null,
    extra: address.Extra ?? null,
    postalCode: address.Postalcode ?? null,
    city: address.City ?? null,
    countryCode: address.Country?.Code ?? null,
  }
}
