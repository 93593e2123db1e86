import { USER_AGENT } from './api'
import { publicUrl } from './public-url'
import { bytesFromBase64 } from './secrets'

/**
 * How a message of ours leaves for somebody's webhook, by the conventions of Standard Webhooks: an id that is the same for
 * each try, the time of the try, and a signature of both and the body.
 */

export interface WebhookOptions {
  fetch: typeof fetch
  timeoutMs: number
  /** The relay's own address: see `publicUrl`. */
  ownUrl: string
  now: () => number
}

/** Where to, and the secret that the receiver knows it by: `whsec_` and base64, or any text. */
export interface Webhook {
  url: string
  secret: string
}

/** The status of the answer; null: there was none. `refused`: the address is not a public https URL, and nothing left. */
export type Delivered = number | null | 'refused'

export async function sendSigned(
  { fetch, timeoutMs, ownUrl, now }: WebhookOptions,
  { url, secret }: Webhook,
  message: { id: string; text: string },
): Promise<Delivered> {
  if (publicUrl(url, ownUrl) === null) return 'refused'
  const time = String(Math.floor(now() / 1000))
  const key = await keyOf(secret)
  const signature = await hmac(key, `${message.id}.${time}.${message.text}`)
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      'webhook-id': message.id,
      'webhook-timestamp': time,
      'webhook-signature': `v1,${base64(signature)}`,
      // As messages about a tenant's health were signed before: receivers may still go by it.
      'x-relay-timestamp': time,
      'x-relay-message': message.id,
      'x-relay-signature': `sha256=${hex(await hmac(await textKey(secret), `${time}.${message.text}`))}`,
    },
    body: message.text,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => null)
  // What it says is nobody's concern, and may be long.
  await response?.body?.cancel().catch(() => undefined)
  return response?.status ?? null
}

export const isDelivered = (outcome: Delivered): boolean =>
  typeof outcome === 'number' && outcome >= 200 && outcome <= 299

const PREFIX = 'whsec_'
/** Standard Webhooks writes its secrets in base64; one that is no base64 is a text like any other. */
function keyOf(secret: string): Promise<CryptoKey> {
  const coded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : ''
  return /^[A-Za-z0-9+/]{20,}={0,2}$/.test(coded) && coded.length % 4 === 0
    ? imported(bytesFromBase64(coded))
    : textKey(secret)
}
const textKey = (secret: string) => imported(new TextEncoder().encode(secret))
const imported = (bytes: Uint8Array) =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
const hmac = async (key: CryptoKey, text: string) =>
  new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)))
const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
