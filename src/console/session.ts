import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import * as z from 'zod/v4'
import { type Env, settingsOf } from '../env'
import { createSealer } from '../shared/secrets'
import type { ConsoleContext } from './view'

/**
 * Who is logged in: a token, sealed in a cookie that no script can read. It is good for twelve hours, and for two
 * without a page. Kept on our side is only which sessions were ended by a log-out.
 */

const CONTEXT = 'console:session'
const LASTS_MS = 12 * 3_600_000
const IDLE_MS = 2 * 3_600_000
/** How often a page that is looked at renews the cookie. */
const RENEWED_MS = 5 * 60_000

const Session = z.object({
  id: z.string(),
  token: z.string(),
  /** Null: the operator. */
  tenantId: z.string().nullable(),
  until: z.number(),
  seenAt: z.number(),
})
export type Session = z.infer<typeof Session>

const sealerOf = (env: Env) => createSealer(settingsOf(env).SEALING_KEYS)
const isSecure = (env: Env) => settingsOf(env).PUBLIC_URL.startsWith('https:')
/** A browser takes the prefix only with https, for this host alone and for all of its paths. */
const nameIn = (env: Env) => (isSecure(env) ? '__Host-relay_session' : 'relay_session')

export const beginSession = (
  c: ConsoleContext,
  who: Pick<Session, 'token' | 'tenantId'>,
  now: number,
): Promise<void> => keep(c, { id: crypto.randomUUID(), ...who, until: now + LASTS_MS, seenAt: now }, now)

async function keep(c: ConsoleContext, session: Session, now: number): Promise<void> {
  setCookie(c, nameIn(c.env), await sealerOf(c.env).seal(CONTEXT, JSON.stringify(session)), {
    path: '/',
    httpOnly: true,
    secure: isSecure(c.env),
    // Tribe's consent comes back from another site, by a link: `Strict` would log the admin out on the way.
    sameSite: 'Lax',
    maxAge: Math.max(0, Math.floor((session.until - now) / 1000)),
  })
}

export const endSession = (c: ConsoleContext): void => {
  deleteCookie(c, nameIn(c.env), { path: '/', secure: isSecure(c.env) })
}

/**
 * Null when nobody is logged in, or when the cookie is too old, was idle for too long, altered, or sealed by a key that
 * is gone. Whether it was ended is the API's to say, which hears of the session with each call.
 */
export async function sessionOf(c: ConsoleContext, now: number): Promise<Session | null> {
  const sealed = getCookie(c, nameIn(c.env))
  if (!sealed) return null
  try {
    const session = Session.parse(JSON.parse(await sealerOf(c.env).open(CONTEXT, sealed)))
    if (now >= session.until || now - session.seenAt >= IDLE_MS) return null
    if (now - session.seenAt >= RENEWED_MS) await keep(c, { ...session, seenAt: now }, now)
    return session
  } catch {
    return null
  }
}
