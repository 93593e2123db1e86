import { fromBase64Url, toBase64Url } from './secrets'

/** Makes a short keyed hash of a text; `''` for nothing. Only who holds the tenant's key can test a guess. */
export type Fingerprint = (value: string | null) => Promise<string>

/** HMAC-SHA-256 with the tenant's own key, cut to 72 bits (DESIGN.md §3.1). */
export async function createFingerprint(key: string): Promise<Fingerprint> {
  const imported = await crypto.subtle.importKey(
    'raw',
    fromBase64Url(key),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  const encoder = new TextEncoder()
  return async (value) => {
    if (value === null || value === '') return ''
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', imported, encoder.encode(value)))
    return toBase64Url(mac.subarray(0, 9))
  }
}

/** The fingerprints of many fields at once. */
export async function fingerprintAll(
  fingerprint: Fingerprint,
  values: Readonly<Record<string, string | null>>,
): Promise<Record<string, string>> {
  const entries = Object.entries(values)
  const hashes = await Promise.all(entries.map(([, value]) => fingerprint(value)))
  return Object.fromEntries(entries.map(([field], index) => [field, hashes[index] ?? '']))
}
