import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { openDatabase } from '../db/database'
import { type Tenant, tenantsIn } from '../db/tenants'
import { type Env, settingsOf } from '../env'
import { newSecret, sha256 } from '../shared/secrets'
import { tenantObject } from '../tenant-object'
import type { App } from './admin-auth'
import { isTenantId } from './tenant-id'

/**
 * A consent page of another system and back: the state proves that an admin of the tenant has asked, and a cookie that
 * it was in this browser. Both are good once, for a quarter of an hour, and for the one system alone.
 */

export type ConsentSide = 'tribe' | 'powerOffice'
/** As long as the state is. */
const GOOD_FOR_S = 15 * 60

const isSecure = (env: Env) => settingsOf(env).PUBLIC_URL.startsWith('https:')
const NAMES = { tribe: 'relay_consent', powerOffice: 'relay_consent_poweroffice' } as const
/** A browser takes the prefix only with https, for this host alone and for all of its paths. */
const cookieIn = (env: Env, side: ConsentSide) => `${isSecure(env) ? '__Host-' : ''}${NAMES[side]}`

/** Gives the state that has to come back; the cookie goes along with the answer. */
export async function beginConsent(c: Context<App>, side: ConsentSide): Promise<string> {
  const { id } = c.get('tenant')
  const browser = newSecret()
  const state = await tenantObject(c.env, id).beginConsent(await sha256(browser), side)
  setCookie(c, cookieIn(c.env, side), browser, {
    path: '/',
    httpOnly: true,
    secure: isSecure(c.env),
    // The other system's page leads back from another site, by a link.
    sameSite: 'Lax',
    maxAge: GOOD_FOR_S,
  })
  return `${id}.${state}`
}

/** Whose consent comes back, and whether to the browser that began it; null when nobody has asked for it. */
export async function takeConsent(
  c: Context<App>,
  side: ConsentSide,
  given: string,
): Promise<{ tenant: Tenant; isHere: boolean } | null> {
  const [id = '', secret = ''] = given.split('.')
  const browser = getCookie(c, cookieIn(c.env, side)) ?? ''
  const cameBack = (await isTenantId(c.env, id))
    ? await tenantObject(c.env, id).takeConsent(secret, browser, side)
    : null
  const tenant = cameBack ? await tenantsIn(openDatabase(c.env.DB)).find(id) : null
  if (!tenant) return null
  c.set('tenant', tenant)
  return { tenant, isHere: cameBack === 'here' }
}
