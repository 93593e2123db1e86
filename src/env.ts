import * as z from 'zod/v4'
import type { PowerOfficeGate } from './poweroffice/gate'
import { publicUrl } from './shared/public-url'
import { parseSealingKeys } from './shared/secrets'
import type { TenantSync } from './tenant-sync/tenant-sync'

/** What wrangler binds. The texts are unchecked until `settingsOf` has read them. */
export interface Env {
  DB: D1Database
  TENANT_SYNC: DurableObjectNamespace<TenantSync>
  POWEROFFICE_GATE: DurableObjectNamespace<PowerOfficeGate & Rpc.DurableObjectBranded>
  /** Left out, wrong admin tokens are not counted. */
  FAILED_LOGINS?: RateLimit
  /** Left out, nobody is told by e-mail how a tenant is doing. */
  SEND_EMAIL?: SendEmail
  [setting: string]: unknown
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
export const isThisMachine = (hostname: string): boolean => LOOPBACK.has(hostname)

/** Anybody can read these: they are published with the example and the demo. */
const PUBLISHED_TOKEN = 'demo-operator-token'
const isPublishedKey = (key: Uint8Array) => key.every((byte) => byte === 7)
/** Of the operator's token, in characters: elsewhere, and on this machine. */
const TOKEN_LENGTH = 32
const TOKEN_LENGTH_HERE = 16

/** https, or http to this very machine (OPERATING.md §1); kept without a last slash. */
const url = z
  .string()
  .trim()
  .transform((text, context) => {
    const parsed = URL.canParse(text) ? new URL(text) : null
    const isFine =
      parsed &&
      (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && LOOPBACK.has(parsed.hostname)))
    if (isFine) return text.replace(/\/+$/, '')
    context.addIssue({ code: 'custom', message: 'must be an https:// URL (http:// only for this machine)' })
    return z.NEVER
  })

/** Where people see a record: an https address with `{ID}` in it, and `{KIND}` where that is wanted. */
const recordUrl = z
  .string()
  .trim()
  .refine(
    (text) => text.includes('{ID}') && /^https:\/\//.test(text) && URL.canParse(text.replaceAll(/[{}]/g, '')),
    'must be an https:// URL with {ID} in it',
  )

const secret = z.string().min(1, 'must not be empty')

const settingsObject = z.object({
  TRIBE_API_URL: url.default('https://api.tribecrm.nl/v1'),
  TRIBE_AUTH_URL: url.default('https://auth.tribecrm.nl/oauth2'),
  POWEROFFICE_API_URL: url.default('https://goapi.poweroffice.net/v2'),
  POWEROFFICE_TOKEN_URL: url.default('https://goapi.poweroffice.net/OAuth/Token'),
  TRIBE_RECORD_URL: recordUrl.default('https://app.tribecrm.nl/entity/{ID}'),
  /** PowerOffice does not say where a record is seen; without it there are no links. */
  POWEROFFICE_RECORD_URL: recordUrl.optional(),
  POWEROFFICE_REQUESTS_PER_SECOND: z.coerce.number().int().min(1).max(1000).default(10),
  /** What Tribe allows an application for each environment; the relay uses 95 % of it. */
  TRIBE_REQUESTS_PER_MINUTE: z.coerce.number().int().min(20).max(1_000_000).default(1000),
  PUBLIC_URL: url,
  /** Where the tenants' objects and the gate live. */
  DATA_JURISDICTION: z.enum(['eu', 'fedramp', 'none'], 'must be eu, fedramp or none').default('eu'),
  POWEROFFICE_APPLICATION_KEY: secret,
  POWEROFFICE_SUBSCRIPTION_KEY: secret,
  TRIBE_CLIENT_ID: secret.optional(),
  TRIBE_CLIENT_SECRET: secret.optional(),
  ADMIN_TOKEN: secret,
  SEALING_KEYS: z.string().transform((text, context) => {
    const keys = parseSealingKeys(text)
    if (keys) return keys
    context.addIssue({ code: 'custom', message: 'must be id:base64(32 bytes), comma-separated' })
    return z.NEVER
  }),
  ALERT_WEBHOOK_URL: z.string().optional(),
  ALERT_WEBHOOK_SECRET: secret.optional(),
  ALERT_EMAIL: z.email().optional(),
  ALERT_FROM: z.email().optional(),
  /** How long a tenant has to be well or ill before that is told. */
  ALERT_AFTER_SECONDS: z.coerce.number().min(0).max(86_400).default(600),
  /** How long a call to Tribe or PowerOffice may take. */
  CALL_TIMEOUT_MS: z.coerce.number().int().min(50).max(120_000).default(30_000),
})

const checkedSettings = settingsObject.superRefine((settings, context) => {
  const fault = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message })
  const { PUBLIC_URL, ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET, ALERT_EMAIL, ALERT_FROM } = settings
  if (ALERT_WEBHOOK_URL && publicUrl(ALERT_WEBHOOK_URL, PUBLIC_URL) === null)
    fault('ALERT_WEBHOOK_URL', 'must be a public https:// URL')
  if (ALERT_WEBHOOK_URL && !ALERT_WEBHOOK_SECRET) fault('ALERT_WEBHOOK_SECRET', 'is missing')
  if (ALERT_EMAIL && !ALERT_FROM) fault('ALERT_FROM', 'is missing')
  const isHere = isThisMachine(new URL(PUBLIC_URL).hostname)
  const least = isHere ? TOKEN_LENGTH_HERE : TOKEN_LENGTH
  if (settings.ADMIN_TOKEN.length < least) fault('ADMIN_TOKEN', `must have ${least} characters at least`)
  if (isHere) return
  const isPublished = 'is the published one of the example: make your own'
  if (settings.ADMIN_TOKEN === PUBLISHED_TOKEN) fault('ADMIN_TOKEN', isPublished)
  if ([...settings.SEALING_KEYS.values()].some(isPublishedKey)) fault('SEALING_KEYS', isPublished)
})

/** workerd by itself has no jurisdictions, only Cloudflare has. */
const settingsSchema = checkedSettings.transform((settings) =>
  isThisMachine(new URL(settings.PUBLIC_URL).hostname)
    ? { ...settings, DATA_JURISDICTION: 'none' as const }
    : settings,
)
export type Settings = z.infer<typeof settingsSchema>

/** A setting is missing or malformed; the message names it and holds no value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/** The operator's application in Tribe's marketplace, by which users give consent; null when it is not set up. */
export function tribeApplicationOf({ TRIBE_CLIENT_ID, TRIBE_CLIENT_SECRET }: Settings) {
  if (!TRIBE_CLIENT_ID || !TRIBE_CLIENT_SECRET) return null
  return { clientId: TRIBE_CLIENT_ID, clientSecret: TRIBE_CLIENT_SECRET }
}

const checked = new WeakMap<Env, Settings>()

/** The settings of this Worker, checked once per isolate. Throws a SettingsError that names the first fault. */
export function settingsOf(env: Env): Settings {
  const known = checked.get(env)
  if (known) return known
  const parsed = settingsSchema.safeParse(env)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const name = String(issue?.path[0])
    const fault = env[name] === undefined ? 'is missing' : issue?.message
    throw new SettingsError(`The setting ${name} ${fault}`)
  }
  checked.set(env, parsed.data)
  return parsed.data
}

/** The objects of a class, where the operator chose that they live: an object of the same name elsewhere is another one. */
export function placed<N extends { jurisdiction(name: DurableObjectJurisdiction): N }>(
  env: Env,
  namespace: N,
): N {
  const { DATA_JURISDICTION } = settingsOf(env)
  return DATA_JURISDICTION === 'none' ? namespace : namespace.jurisdiction(DATA_JURISDICTION)
}
