import { bytesFromBase64 } from '../shared/secrets'

/** A MAC of 64 bytes in Base64. */
const LOOKS_LIKE_MAC = /^[A-Za-z0-9+/]{86}==$/

/**
 * True when one of the header values is the HMAC-SHA-512 of the raw body under this secret. The name of
 * the header is unknown, so every value that looks like one is tried (tribe-api §4.3).
 */
export async function isSignedBy(
  secret: string,
  raw: ArrayBuffer,
  headerValues: readonly string[],
): Promise<boolean> {
  const candidates = headerValues.filter((value) => LOOKS_LIKE_MAC.test(value))
  if (candidates.length === 0) return false
  const bytes = new TextEncoder().encode(secret)
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-512' }, false, [
    'verify',
  ])
  for (const candidate of candidates)
    if (await crypto.subtle.verify('HMAC', key, bytesFromBase64(candidate), raw)) return true
  return false
}
