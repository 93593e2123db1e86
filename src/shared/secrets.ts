/**
 * Seals what a tenant entrusts to us: AES-256-GCM with a fresh nonce each time. Who is sealed for (the
 * tenant and the field) is authenticated along, so that a sealed value cannot be moved to another row.
 * The text form is `keyId.nonce.ciphertext`, both parts in base64url.
 */
export interface Sealer {
  seal(context: string, secret: string): Promise<string>
  /** Throws when the value was altered, moved, or sealed by a key that is no longer among ours. */
  open(context: string, sealed: string): Promise<string>
  /** True when the value was sealed by another key than the one that seals now. */
  isStale(sealed: string): boolean
}

const UTF8 = new TextEncoder()
const KEY = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]{43}=?)$/

/** The keys of `SEALING_KEYS`: `id:base64(32 bytes)`, comma-separated. Null when it is malformed. */
export function parseSealingKeys(text: string): Map<string, Uint8Array> | null {
  const keys = new Map<string, Uint8Array>()
  for (const part of text.split(',')) {
    const found = KEY.exec(part.trim())
    if (!found?.[1] || !found[2] || keys.has(found[1])) return null
    keys.set(found[1], fromBase64Url(found[2]))
  }
  return keys
}

/** The first key seals, all of them open (DESIGN.md §9.2). */
export function createSealer(keys: Map<string, Uint8Array>): Sealer {
  const [current] = keys.keys()
  if (current === undefined) throw new Error('a sealer needs at least one key')
  const imported = new Map<string, Promise<CryptoKey>>()
  const keyOf = (id: string) => {
    const raw = keys.get(id)
    if (!raw) throw new Error(`sealed by key "${id}", which is not among SEALING_KEYS`)
    const key =
      imported.get(id) ?? crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
    imported.set(id, key)
    return key
  }
  return {
    async seal(context, secret) {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const additionalData = new TextEncoder().encode(context)
      const plain = new TextEncoder().encode(secret)
      const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData },
        await keyOf(current),
        plain,
      )
      return `${current}.${toBase64Url(iv)}.${toBase64Url(new Uint8Array(sealed))}`
    },
    async open(context, sealed) {
      const [id = '', iv = '', body = ''] = sealed.split('.')
      const additionalData = new TextEncoder().encode(context)
      const params = { name: 'AES-GCM', iv: fromBase64Url(iv), additionalData }
      return new TextDecoder().decode(
        await crypto.subtle.decrypt(params, await keyOf(id), fromBase64Url(body)),
      )
    },
    isStale: (sealed) => !sealed.startsWith(`${current}.`),
  }
}

/** A random secret of 256 bits, fit for headers and URLs. */
export const newSecret = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(32)))

/** SHA-256 in hex: how tokens are stored (DESIGN.md §9.2). */
export async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  let hex = ''
  for (const byte of digest) hex += HEX[byte]
  return hex
}
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Equality of two texts of one length, in a time that does not tell where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const left = UTF8.encode(a)
  const right = UTF8.encode(b)
  return left.byteLength === right.byteLength && crypto.subtle.timingSafeEqual(left, right)
}

export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}

export function fromBase64Url(text: string): Uint8Array {
  return bytesFromBase64(text.replace(/-/g, '+').replace(/_/g, '/'))
}

export function bytesFromBase64(text: string): Uint8Array {
  const held = atob(text)
  const bytes = new Uint8Array(held.length)
  for (let at = 0; at < held.length; at++) bytes[at] = held.charCodeAt(at)
  return bytes
}
