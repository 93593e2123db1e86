/**
 * Organisation numbers, so that spellings can be compared (DESIGN.md §3.7): "NO 914 778 271 MVA" and
 * "914778271" are the same value. Check digits are not looked at; whoever typed the number is told
 * by the system that refuses it.
 */

/** Names that people put in front of a number, as they read without spaces and stops. */
const LABEL =
  '(?:ORGANISASJONSNUMMER|ORGANISASJONSNR|ORGNUMMER|ORGNR|ORGNO|ORG|MVANUMMER|MVANR|MVA|KVKNUMMER|KVKNR|KVK|BTWNUMMER|BTWNR|BTWID|BTW|VATNUMBER|VATNR|VATNO|VATID|VAT)?'

const NORWEGIAN = new RegExp(`^${LABEL}(?:NO)?(\\d{9})(?:MVA)?(?:FORETAKSREGISTERET)?$`)
const DUTCH_VAT = new RegExp(`^${LABEL}(?:NL)?(\\d{9}B\\d{2})$`)
const DUTCH_CHAMBER_OF_COMMERCE = new RegExp(`^${LABEL}(\\d{8})$`)

/**
 * The spelling that all ways to write a number have in common: nine digits for a Norwegian one,
 * "NL123456789B01" for Dutch VAT, eight digits for the Dutch chamber of commerce (KVK), and
 * otherwise letters and digits in capitals. Null when no letter or digit is there.
 */
export function canonicalOrganizationNumber(value: string | null | undefined): string | null {
  // Once more, since what stood apart may join when the signs between are gone.
  const compact = capitals(capitals(value ?? '').replace(/[^\p{L}\p{N}]/gu, ''))
  const norwegian = NORWEGIAN.exec(compact)
  if (norwegian) return norwegian[1] as string
  const dutchVat = DUTCH_VAT.exec(compact)
  if (dutchVat) return `NL${dutchVat[1]}`
  return DUTCH_CHAMBER_OF_COMMERCE.exec(compact)?.[1] ?? (compact || null)
}

/**
 * As PowerOffice gets it: nine bare digits if it is Norwegian, which is what EHF looks up, and
 * otherwise the compact form.
 */
export function organizationNumberToPowerOffice(value: string | null | undefined): string | null {
  return canonicalOrganizationNumber(value)
}

const WEIGHTS = [3, 2, 7, 6, 5, 4, 3, 2]

/** Nine digits with their check digit (modulus 11), in whatever spelling; those of companies begin with 8 or 9. */
export function isNorwegianOrganizationNumber(value: string | null | undefined): boolean {
  const number = canonicalOrganizationNumber(value) ?? ''
  if (!/^[89]\d{8}$/.test(number)) return false
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0)
  return (11 - (sum % 11)) % 11 === Number(number[8])
}

/** Wide and raised characters count as the plain ones; again afterwards, as capitals may bring new ones. */
function capitals(text: string): string {
  return text.normalize('NFKC').toUpperCase().normalize('NFKC')
}
