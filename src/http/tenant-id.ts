import { openDatabase } from '../db/database'
import { tenantsIn } from '../db/tenants'
import { type Env, settingsOf } from '../env'
import { sameSecret } from '../shared/secrets'

const FORM = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MAC_DIGITS = 12

/** An id whose last twelve digits prove that this relay made it. */
export async function newTenantId(env: Env): Promise<string> {
  const random = crypto.randomUUID().slice(0, -MAC_DIGITS)
  const [key] = settingsOf(env).SEALING_KEYS.values()
  if (!key) throw new Error('there is no sealing key')
  return random + (await macOf(key, random))
}

/** Ids that were seen to be a tenant's, so that a burst of deliveries proves its id once. */
const known = new Set<string>()
const MOST_KNOWN = 10_000

/**
 * Whether there may be such a tenant: a made-up id is told from ours without waking an object, which would exist from
 * then on. Ids of an older version, or made under a sealing key that is gone, prove nothing: the registry is asked, and
 * while that is away the object itself has to say.
 */
export async function isTenantId(env: Env, id: string): Promise<boolean> {
  if (!FORM.test(id)) return false
  if (known.has(id)) return true
  if (!(await isOurs(env, id)) && !(await isRegistered(env, id))) return false
  if (known.size >= MOST_KNOWN) known.clear()
  known.add(id)
  return true
}

async function isOurs(env: Env, id: string): Promise<boolean> {
  const [random, mac] = [id.slice(0, -MAC_DIGITS), id.slice(-MAC_DIGITS)]
  for (const key of settingsOf(env).SEALING_KEYS.values())
    if (sameSecret(await macOf(key, random), mac)) return true
  return false
}

async function isRegistered(env: Env, id: string): Promise<boolean> {
  try {
    return (await tenantsIn(openDatabase(env.DB)).find(id)) !== null
  } catch {
    return true
  }
}

async function macOf(sealingKey: Uint8Array, text: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', sealingKey, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`tenant-id:${text}`))
  const digits = Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, '0'))
  return digits.join('').slice(0, MAC_DIGITS)
}
