import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { type Env, settingsOf } from '../env'
import { createSealer } from '../shared/secrets'
import type { ConsoleContext } from './view'

/** Who is logged in: a token, sealed in a cookie that no script can read. Nothing is kept on our side. */

const COOKIE = 'relay_session'
const CONTEXT = 'console:session'
const LASTS_MS = 12 * 3_600_000

const Session = z.object({
  token: z.string(),
  /** Null: the operator. */
  tenantId: z.string().nullable(),
  until: z.number(),
})
export type Session = z.infer<typeof Session>

const sealerOf = (env: Env) => createSealer(settingsOf(env).SEALING_KEYS)

export async function beginSession(
  c: ConsoleContext,
  who: Omit<Session, 'until'>,
  now: number,
): Promise<void> {
  const sealed = await sealerOf(c.env).seal(CONTEXT, JSON.stringify({ ...who, until: now + LASTS_MS }))
  setCookie(c, COOKIE, sealed, {
    path: '/console',
    httpOnly: true,
    secure: new URL(settingsOf(c.env).PUBLIC_URL).protocol === 'https:',
    // Tribe's consent comes back from another site, by a link: `Strict` would log the admin out on the way.
    sameSite: 'Lax',
    maxAge: LASTS_MS / 1000,
  })
}

export const endSession = (c: ConsoleContext): void => {
  deleteCookie(c, COOKIE, { path: '/console' })
}

/** Null when nobody is logged in, or when the cookie is too old, altered, or sealed by a key that is gone. */
export async function sessionOf(c: ConsoleContext, now: number): Promise<Session | null> {
  const sealed = getCookie(c, COOKIE)
  if (!sealed) return null
  try {
    const session = Session.parse(JSON.parse(await sealerOf(c.env).open(CONTEXT, sealed)))
    return now < session.until ? session : null
  } catch {
    return null
  }
}
