import { base64Of } from '../shared/base64'
import { sameSecret } from '../shared/secrets'

/** The header by which a delivery is known as Tribe's; its value is a random secret of the tenant (DESIGN.md §9.5). */
export const SECRET_HEADER = 'X-Relay-Secret'

/** A MAC of 64 bytes in Base64. */
const LOOKS_LIKE_MAC = /^[A-Za-z0-9+/]{86}==$/

/** More signatures than this no delivery of Tribe's carries. */
const MOST_CANDIDATES = 8

/**
 * True when one of the header values is the HMAC-SHA-512 of the raw body under this secret. The name of the header
 * is unknown, so each value that looks like one is compared, in constant time; the body is read once, however many there are.
 */
export async function isSignedBy(
  secret: string,
  raw: ArrayBuffer,
  headerValues: readonly string[],
): Promise<boolean> {
  const candidates = headerValues.filter((value) => LOOKS_LIKE_MAC.test(value)).slice(0, MOST_CANDIDATES)
  if (candidates.length === 0) return false
  const bytes = new TextEncoder().encode(secret)
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-512' }, false, ['sign'])
  const right = base64Of(new Uint8Array(await crypto.subtle.sign('HMAC', key, raw)))
  return candidates.map((candidate) => sameSecret(candidate, right)).includes(true)
}
