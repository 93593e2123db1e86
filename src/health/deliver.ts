import { SyncError } from '../shared/errors'
import { publicUrl } from '../shared/public-url'
import type { Mail, Message } from './message'

/** How a message leaves. Whatever comes of it but "received" is for time to mend. */

export interface WebhookOptions {
  fetch: typeof fetch
  timeoutMs: number
  /** The relay's own address: see `publicUrl`. */
  ownUrl: string
  now: () => number
}

/** Where to, and the secret that the receiver knows it by. */
export interface Webhook {
  url: string
  secret: string
}

/** POSTs it as JSON, with a time and a signature of both: the hex of HMAC-SHA-256 over `time.body`. */
export async function deliverToWebhook(
  { fetch, timeoutMs, ownUrl, now }: WebhookOptions,
  { url, secret }: Webhook,
  message: Message,
): Promise<void> {
  if (publicUrl(url, ownUrl) === null)
    throw new SyncError(
      'alert.address_refused',
      'data',
      'The address of the alerts is not a public https URL',
    )
  const text = JSON.stringify(message)
  const time = String(Math.floor(now() / 1000))
  const signature = `sha256=${await hmac(secret, `${time}.${text}`)}`
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'user-agent': 'tribe-poweroffice-relay' },
      ...{ 'x-relay-timestamp': time, 'x-relay-signature': signature, 'x-relay-message': message.id },
    },
    body: text,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => null)
  // What it says is nobody's concern, and may be long.
  await response?.body?.cancel().catch(() => undefined)
  if (!response?.ok)
    throw undelivered(response ? `The webhook answered ${response.status}` : 'The webhook did not answer')
}

export async function deliverByMail(
  binding: SendEmail,
  { from, to }: { from: string; to: string },
  { subject, text }: Mail,
): Promise<void> {
  try {
    await binding.send({ from: { email: from, name: 'Tribe ⇄ PowerOffice relay' }, to, subject, text })
  } catch {
    throw undelivered('Cloudflare did not take the e-mail')
  }
}

const undelivered = (what: string) =>
  new SyncError('alert.not_delivered', 'time', `${what}: the message about the tenant's health waits`)

async function hmac(secret: string, text: string): Promise<string> {
  const encode = (value: string) => new TextEncoder().encode(value)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', encode(secret), algorithm, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', imported, encode(text))
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
