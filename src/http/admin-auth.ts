import type { Context, MiddlewareHandler } from 'hono'
import { openDatabase } from '../db/database'
import { endedSessionsIn } from '../db/sessions'
import { type Tenant, tenantsIn } from '../db/tenants'
import { type Env, settingsOf } from '../env'
import type { LanguageVariables } from '../shared/language'
import { sameSecret, sha256 } from '../shared/secrets'
import { HttpError, notFound } from './errors'

export interface Variables extends LanguageVariables {
  /** Set on routes of one tenant. */
  tenant: Tenant
  /** Whose token came along. */
  who: 'operator' | 'tenant'
  /** Whom the audit trail is told of, where that is not `tenant`. */
  about?: string
  /** Tenants that it made: the trail of each begins with it. */
  made?: readonly string[]
  /** A tenant's token came along for the address of another one. */
  isTrespass?: true
  /** Of an answer that is an error. */
  code?: string
}
export type App = { Bindings: Env; Variables: Variables }

/** The operator's token, and no other. */
export const operatorOnly: MiddlewareHandler<App> = async (c, next) => {
  const holder = await holderOf(c)
  if (holder !== 'operator') {
    c.set('about', holder.id)
    throw unauthorized()
  }
  await next()
}

/**
 * The operator's token, or that of the tenant in the path. Another tenant's id answers as if it did not
 * exist, so that tokens tell nothing of who else is here.
 */
export const tenantAdmin: MiddlewareHandler<App> = async (c, next) => {
  const id = c.req.param('id') ?? ''
  const holder = await holderOf(c)
  const tenant = holder === 'operator' ? await tenantsIn(openDatabase(c.env.DB)).find(id) : holder
  if (tenant && tenant.id !== id) {
    c.set('about', tenant.id)
    c.set('isTrespass', true)
  }
  if (!tenant || tenant.id !== id) throw notFound()
  c.set('tenant', tenant)
  await next()
}

/** Any token that is right; of a tenant's own, the tenant is set. */
export const anyAdmin: MiddlewareHandler<{ Bindings: Env; Variables: Partial<Variables> }> = async (
  c,
  next,
) => {
  const holder = await holderOf(c)
  if (holder !== 'operator') c.set('tenant', holder)
  await next()
}

/** A session of the console that the call is made in: once it was ended, its token is not taken from there any more. */
export const SESSION_HEADER = 'x-relay-session'

/** Tokens of tenants are made by us (`newSecret`): D1 is not asked for anything else. */
const TENANT_TOKEN = /^[\w-]{43}$/

/**
 * Whose token this is. Wrong ones are counted by where they come from; after too many, right ones wait as well, or a
 * guesser would see which of its guesses was right.
 */
async function holderOf(c: Context): Promise<'operator' | Tenant> {
  const [scheme, token] = (c.req.header('authorization') ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || !token) throw unauthorized()
  if (isShutOut(c)) throw tooMany()
  const session = c.req.header(SESSION_HEADER)
  if (session && (await endedSessionsIn(openDatabase(c.env.DB)).has(session))) throw unauthorized()
  const holder = await holderOfToken(c.env, token)
  if (holder) {
    c.set('who', holder === 'operator' ? 'operator' : 'tenant')
    return holder
  }
  throw (await isShutOutNow(c)) ? tooMany() : unauthorized()
}

/** Null when it is nobody's. */
export async function holderOfToken(env: Env, token: string): Promise<'operator' | Tenant | null> {
  const hash = await sha256(token)
  // Hashes have one length whatever the tokens', so that comparing tells nothing of it.
  if (sameSecret(hash, await sha256(settingsOf(env).ADMIN_TOKEN))) return 'operator'
  return TENANT_TOKEN.test(token) ? tenantsIn(openDatabase(env.DB)).findByAdminTokenHash(hash) : null
}

/**
 * Counts a wrong token, or a wrong delivery `of` a tenant's webhook, which is counted apart; true from the limit on. Cloudflare
 * counts for all isolates of one of its places, roughly and without a write or a call of ours, so whoever comes in by
 * several places has as many tries in each. That is enough: 256 random bits are what keeps guessers out, and this tells a
 * client that has gone astray to wait.
 */
export async function isOneTooMany(c: Context, of = ''): Promise<boolean> {
  const outcome = await c.env.FAILED_LOGINS?.limit({ key: addressOf(c) + of })
  return outcome?.success === false
}

/** Counts a wrong token; after too many, right ones of that address wait as well (DESIGN.md §9.4). */
export async function isShutOutNow(c: Context): Promise<boolean> {
  if (!(await isOneTooMany(c))) return false
  const shutOut = shutOutIn(c.env)
  if (shutOut.size >= MOST_SHUT_OUT) shutOut.clear()
  shutOut.set(addressOf(c), Date.now() + WINDOW_S * 1000)
  return true
}

const addressOf = (c: Context) => c.req.header('cf-connecting-ip') ?? 'unknown'

/** Addresses with too many wrong tokens, and until when; the limit itself cannot be asked without counting. */
const shutOutBy = new WeakMap<Env, Map<string, number>>()
const MOST_SHUT_OUT = 10_000
const isShutOut = (c: Context): boolean => (shutOutIn(c.env).get(addressOf(c)) ?? 0) > Date.now()

function shutOutIn(env: Env): Map<string, number> {
  const known = shutOutBy.get(env) ?? new Map<string, number>()
  shutOutBy.set(env, known)
  return known
}

const unauthorized = () =>
  new HttpError(401, 'request.unauthorized', 'This needs an admin token: Authorization: Bearer …')

const WINDOW_S = 60
export const tooMany = (what = 'tokens') =>
  new HttpError(
    429,
    'request.too_many_attempts',
    `Too many wrong ${what} came from this address`,
    { retryAfterSeconds: WINDOW_S },
    WINDOW_S,
  )
