import * as z from 'zod/v4'
import { sameSecret, sha256 } from '../shared/secrets'
import { CREATED, type JobRequest } from '../sync-step'
import { isGuid } from '../tribe/odata'
import { isSignedBy, SECRET_HEADER } from '../tribe/webhook-signature'

/** Is a delivery Tribe's, and which records does it speak of? */

const HEADER = SECRET_HEADER.toLowerCase()

export interface IntakeSecrets {
  /** SHA-256 of the values that our own header may have. */
  headerHashes: readonly string[]
  /** Signing secrets that the admin has entered; opened only for a delivery that does not carry our header. */
  signing: () => Promise<string[]>
}

/** The value of our header that the last delivery proved itself by: the same again is compared, and not hashed anew. */
export interface Proven {
  last: { value: string; hash: string } | null
}

/** Ours is the header that we registered; Tribe's is the signature, under whatever name (tribe/API.md §4.3). */
export async function isFromTribe(
  raw: ArrayBuffer,
  headers: Readonly<Record<string, string>>,
  secrets: IntakeSecrets,
  proven: Proven = { last: null },
): Promise<boolean> {
  const ours = headers[HEADER]
  if (ours !== undefined) {
    const { last } = proven
    if (last && secrets.headerHashes.includes(last.hash) && sameSecret(ours, last.value)) return true
    const hash = await sha256(ours)
    if (secrets.headerHashes.some((right) => sameSecret(hash, right))) {
      proven.last = { value: ours, hash }
      return true
    }
  }
  for (const secret of await secrets.signing())
    if (await isSignedBy(secret, raw, Object.values(headers))) return true
  return false
}

const Event = z.looseObject({ webhookId: z.string().nullish(), payload: z.unknown().optional() })
const Payload = z.looseObject({
  type: z.string().nullish(),
  entityId: z.string().nullish(),
  entityType: z.string().nullish(),
})

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** The most that one delivery may ask for. */
const MOST_JOBS = 1000

/**
 * The jobs that a delivery asks for; null when the body is no JSON. Whatever kind of event it is, something
 * around these ids changed (tribe/API.md §4.2); one without an id asks for the poll. What type a webhook tells of is
 * read only where the event does not say it.
 */
export function jobsOf(
  raw: ArrayBuffer,
  readTypes: () => Readonly<Record<string, string>>,
): JobRequest[] | null {
  let body: unknown
  try {
    body = JSON.parse(UTF8.decode(raw))
  } catch {
    return null
  }
  const events = Array.isArray(body) ? body : [body]
  let types: Readonly<Record<string, string>> | null = null
  const typeOf = (webhookId: string): string | null => {
    types ??= readTypes()
    return Object.hasOwn(types, webhookId) ? (types[webhookId] ?? null) : null
  }
  const asked = events.slice(0, MOST_JOBS).flatMap((item) => jobsOfEvent(item, typeOf))
  // What is more than Tribe ever sends at once is left to the poll, and nothing is lost.
  return asked.length > MOST_JOBS || events.length > MOST_JOBS ? [POLL, ...asked.slice(0, MOST_JOBS)] : asked
}

/** With so many looks still to come, more of them are left to the poll, which finds the same records a hundred a call. */
export const MOST_WAITING = 20_000
export const POLL: JobRequest = { kind: 'poll-tribe', subject: '', lane: 'push' }

function jobsOfEvent(item: unknown, typeOf: (webhookId: string) => string | null): JobRequest[] {
  const event = Event.safeParse(item).data
  const payload = Payload.safeParse(event?.payload ?? item).data
  const webhookId = event?.webhookId ?? ''
  const type = payload?.entityType ?? typeOf(webhookId)
  const hint = type && (payload?.type === 'EntityCreationMutation' ? `${CREATED}${type}` : type)
  const named = payload?.entityId && isGuid(payload.entityId) ? [payload.entityId] : null
  const ids = named ?? guidsIn(event?.payload ?? item, webhookId)
  if (ids.length === 0) return [POLL]
  const looks = ids
    .slice(0, MOST_IDS)
    .map((id): JobRequest => ({ kind: 'tribe-changed', subject: id.toLowerCase(), hint, lane: 'push' }))
  return ids.length > MOST_IDS ? [...looks, POLL] : looks
}

/** The most records that one event may name. */
const MOST_IDS = 20

function guidsIn(value: unknown, except: string, depth = 0): string[] {
  if (typeof value === 'string') return isGuid(value) && value !== except ? [value] : []
  if (typeof value !== 'object' || value === null || depth > 6) return []
  return [...new Set(Object.values(value).flatMap((inner) => guidsIn(inner, except, depth + 1)))]
}
