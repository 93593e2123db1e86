import { carriable } from './texts'

/**
 * How an address is spelled in parts and in lines. Tribe keeps Street, HouseNumber (a number),
 * HouseNumberSuffix, Extra, Postalcode, City and a country (tribe/API.md §5.8). PowerOffice keeps two
 * lines, ZipCode and City, both required, and CountryCode (poweroffice/API.md §6.1, ContactAddress).
 *
 * Every function first tidies: white space at the ends goes, a run of it (tabs and line ends too)
 * becomes one space, a blank part is no part. With that done, for all lines and addresses:
 *
 *     joinAddressLine(splitAddressLine(line))          is `line`
 *     splitAddressLine(joinAddressLine(parts))         is `parts`, if splitAddressLine made them
 *     joinAddressLine(parts)                           survives split and join, whoever made `parts`
 *     addressToLines(addressFromLines(lines))          is `lines`
 *     addressFromLines(addressToLines(parts), parts)   is `parts`, even where a line was cut short
 *     parts and addressToLines(parts) have one canonicalAddress, and so have lines and addressFromLines(lines)
 */

type Text = string | null | undefined

/** The parts of PowerOffice's first line in Tribe. */
export interface StreetParts {
  street: string | null
  /** A whole number from 1 to 99999, or null, wherever splitAddressLine made it. */
  houseNumber: number | null
  /** "B", "bis"; with its own hyphen or slash where the line has one: "-14", "/2". */
  houseNumberSuffix: string | null
}

/** An address as Tribe keeps it, with the code of its country. */
export interface PartedAddress extends StreetParts {
  extra: string | null
  postalCode: string | null
  city: string | null
  /** ISO 3166-1 alpha-2, in capitals. */
  countryCode: string | null
}

/** An address as PowerOffice keeps it. `zipCode` and `city` are "-" where nothing is known. */
export interface LinedAddress {
  addressLine1: string | null
  addressLine2: string | null
  zipCode: string
  city: string
  countryCode: string
}

/** The same as they may arrive: untidy, or with fields left out. */
export type AnyStreetParts = {
  street?: Text
  houseNumber?: number | null | undefined
  houseNumberSuffix?: Text
}
export type AnyPartedAddress = AnyStreetParts & {
  extra?: Text
  postalCode?: Text
  city?: Text
  countryCode?: Text
  addressLine1?: never
}
export type AnyLinedAddress = {
  addressLine1: Text
  addressLine2?: Text
  zipCode?: Text
  city?: Text
  countryCode?: Text
}

/** The longest text that PowerOffice takes in each field. */
export const ADDRESS_LIMITS = { addressLine1: 200, addressLine2: 200, zipCode: 50, city: 100 } as const

/** What PowerOffice gets for a zip code or city that is not known, and what we read as not known. */
const UNKNOWN = '-'

/** PowerOffice takes a missing country for this one. */
const HOME_COUNTRY = 'NO'

/**
 * Street, house number and what may follow: "B" after a space, "-14" or "/2" without. The same
 * letter without a space ("12B") must come back so, and Tribe has no place to keep the difference;
 * it stays in the street.
 */
const NUMBERED =
  /^(?<street>.*\S) (?<number>[1-9]\d{0,4})(?: (?<spaced>\p{L}{1,3}\d{0,4})|(?<glued>[-/][\p{L}\p{N}]{1,6}(?: \p{L})?))?$/u

/** A box is not a house, and "c/o" is not a street, though a number may stand behind them. */
const NO_STREET =
  /^(?:post)?(?:boks|bus|box|fach)(?=[\s.]|$)|^p\.? ?b\.?(?= )|^p\.? ?o\.? ?box(?= )|^antwoordnummer(?= )|^c\/o(?= )/iu

/** Words whose number counts flats, stairs or floors: in "Kerkstraat 12 bus 5" the house is not 5. */
const FLAT =
  /(?:^| )(?:bus|bte|leil|leilighet|oppg|oppgang|inng|inngang|etg|etasje|app|appt|apt|unit|flat)\.?$/iu

/**
 * "Havnegata 12 B" → "Havnegata", 12, "B". A line that does not split cleanly (a box, a number in
 * front, "012", "12B", a comma) stays whole in `street`.
 */
export function splitAddressLine(line: Text): StreetParts {
  const whole = tidy(line)
  const found = whole === null ? undefined : NUMBERED.exec(whole)?.groups
  const street = found?.street
  if (whole === null || !found || !street || !isStreet(whole, street)) {
    return { street: whole, houseNumber: null, houseNumberSuffix: null }
  }
  return {
    street,
    houseNumber: Number(found.number),
    houseNumberSuffix: found.spaced ?? found.glued ?? null,
  }
}

function isStreet(line: string, street: string): boolean {
  return /\p{L}/u.test(street) && !/[,;:]/.test(line) && !NO_STREET.test(line) && !FLAT.test(street)
}

/**
 * "Havnegata", 12, "B" → "Havnegata 12 B"; "" when there is nothing. A house number 0 is none: Tribe
 * may well answer 0 for an empty number, and no "Havnegata 0" should come of it.
 */
export function joinAddressLine(parts: AnyStreetParts): string {
  const { street, houseNumber, houseNumberSuffix } = tidyParts(parts)
  const number = houseNumber === null ? '' : String(houseNumber)
  const glued = /^[-/]/.test(houseNumberSuffix ?? '')
  const numbered = glued ? [`${number}${houseNumberSuffix}`] : [number, houseNumberSuffix]
  return [street, ...numbered].filter(Boolean).join(' ')
}

/**
 * The address as PowerOffice takes it, each field cut to what it holds; null when nothing but
 * the home country is known.
 */
export function addressToLines(address: AnyPartedAddress): LinedAddress | null {
  return tidyLines({
    addressLine1: joinAddressLine(address),
    addressLine2: address.extra,
    zipCode: address.postalCode,
    city: address.city,
    countryCode: address.countryCode,
  })
}

/**
 * The address as Tribe keeps it; null when nothing but the home country is known. Given what Tribe
 * holds now, every part stays as it is whose PowerOffice spelling has not changed.
 */
export function addressFromLines(
  address: AnyLinedAddress | null | undefined,
  current?: AnyPartedAddress | null,
): PartedAddress | null {
  const lines = address ? tidyLines(address) : null
  const held = current ? tidyAddress(current) : null
  const heldLines = held && addressToLines(held)
  if (!lines) return held && !heldLines && !isBlank(held) ? held : null

  const told = partsFrom(lines)
  if (!held || !heldLines) return told
  const keeping = (field: keyof LinedAddress) => (heldLines[field] === lines[field] ? held : told)
  const { street, houseNumber, houseNumberSuffix } = keeping('addressLine1')
  return {
    street,
    houseNumber,
    houseNumberSuffix,
    extra: keeping('addressLine2').extra,
    postalCode: keeping('zipCode').postalCode,
    city: keeping('city').city,
    countryCode: keeping('countryCode').countryCode,
  }
}

const partsFrom = (lines: LinedAddress): PartedAddress => ({
  ...splitAddressLine(lines.addressLine1),
  extra: lines.addressLine2,
  postalCode: known(lines.zipCode),
  city: known(lines.city),
  countryCode: lines.countryCode,
})

/** The one spelling that all addresses have in common that are the same; fit for a fingerprint. */
export function canonicalAddress(
  address: AnyPartedAddress | AnyLinedAddress | null | undefined,
): LinedAddress | null {
  if (!address) return null
  const lines = isLined(address) ? tidyLines(address) : addressToLines(address)
  // Composing accents may lengthen a text, so that it has to be cut once more.
  return (
    lines &&
    tidyLines({
      addressLine1: lines.addressLine1?.normalize('NFC'),
      addressLine2: lines.addressLine2?.normalize('NFC'),
      zipCode: lines.zipCode.normalize('NFC'),
      city: lines.city.normalize('NFC'),
      countryCode: lines.countryCode,
    })
  )
}

function isLined(address: AnyPartedAddress | AnyLinedAddress): address is AnyLinedAddress {
  return 'addressLine1' in address
}

function tidyLines(address: AnyLinedAddress): LinedAddress | null {
  const lines = {
    addressLine1: within(address.addressLine1, ADDRESS_LIMITS.addressLine1),
    addressLine2: within(address.addressLine2, ADDRESS_LIMITS.addressLine2),
    zipCode: within(address.zipCode, ADDRESS_LIMITS.zipCode) ?? UNKNOWN,
    city: within(address.city, ADDRESS_LIMITS.city) ?? UNKNOWN,
    countryCode: country(address.countryCode) ?? HOME_COUNTRY,
  }
  const something = lines.addressLine1 ?? lines.addressLine2 ?? known(lines.zipCode) ?? known(lines.city)
  return something === null && lines.countryCode === HOME_COUNTRY ? null : lines
}

function tidyAddress(address: AnyPartedAddress): PartedAddress {
  return {
    ...tidyParts(address),
    extra: tidy(address.extra),
    postalCode: tidy(address.postalCode),
    city: tidy(address.city),
    countryCode: country(address.countryCode),
  }
}

function tidyParts(parts: AnyStreetParts): StreetParts {
  const { houseNumber } = parts
  return {
    street: tidy(parts.street),
    houseNumber: houseNumber && Number.isFinite(houseNumber) ? houseNumber : null,
    houseNumberSuffix: tidy(parts.houseNumberSuffix),
  }
}

function isBlank(address: PartedAddress): boolean {
  return Object.values(address).every((part) => part === null)
}

function known(text: string): string | null {
  return text === UNKNOWN ? null : text
}

function country(code: Text): string | null {
  return tidy(code)?.toUpperCase() ?? null
}

function tidy(text: Text): string | null {
  return (
    carriable(text ?? '')
      .replace(/\s+/g, ' ')
      .trim() || null
  )
}

/** As much of the text as fits, counted as .NET counts (UTF-16), never half of a character. */
function within(text: Text, most: number): string | null {
  const whole = tidy(text)
  if (whole === null || whole.length <= most) return whole
  return whole
    .slice(0, most)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()
}
