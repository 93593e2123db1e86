/** `/oauth2/auth`, the page where a person consents, and `/oauth2/token`. */
import { Hono } from 'hono'
import { html } from 'hono/html'
import { LATE, type RequestLog } from '../kit'
import { type Application, type Auth, unknownScope } from './auth'

export interface AuthHost {
  auth: Auth
  log: RequestLog
  /** Environments that a person who consents may choose from. */
  environments(): { id: string; name: string }[]
  violate(line: string): void
  /** A call of an application, which counts in its environment's limit; what it is answered when it is one too many. */
  taken(environmentId: string | null, call: { isLate: boolean }): Record<string, string> | null
}

export function authRoutes(host: AuthHost): Hono {
  return new Hono()
    .get('/auth', (c) => {
      const ask = new URL(c.req.url).searchParams
      const asked = consentAsked(host, ask)
      if ('problem' in asked) return c.text(asked.problem, 400)
      if ('error' in asked) return c.redirect(asked.error, 302)
      const { application } = asked
      const chosen = application.environmentId ?? ask.get('environment') ?? host.environments()[0]?.id ?? ''
      const answer = ask.get('consent')
      if (answer === 'yes') {
        const code = host.auth.consent(application, chosen, ask.get('scope') ?? '', asked.redirectUri)
        return c.redirect(
          back(asked.redirectUri, { code, scope: ask.get('scope') ?? '', state: asked.state }),
          302,
        )
      }
      if (answer === 'no') {
        const error = { error: 'access_denied', error_description: 'The user refused.', state: asked.state }
        return c.redirect(back(asked.redirectUri, error), 302)
      }
      return c.html(page(host, application, ask))
    })
    .post('/token', async (c) => {
      const body = await c.req.text()
      const form = new URLSearchParams(body)
      const seen = host.log.all.findLast(
        (r) => r.path.endsWith('/token') && r.status === 0 && r.body === body,
      )
      if (seen) seen.account ??= form.get('client_id')
      if (!(c.req.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded')) {
        host.violate('a token call that is not form-encoded')
        return c.json(
          { error: 'invalid_request', error_description: 'The body must be form-encoded.', status_code: 400 },
          400,
        )
      }
      if (c.req.header('authorization'))
        host.violate('client credentials in a header: Tribe reads the body only')
      const application = host.auth.applications.find((one) => one.clientId === form.get('client_id'))
      const limited = host.taken(application?.environmentId ?? null, { isLate: c.req.raw.headers.has(LATE) })
      if (limited) return c.body(null, 429, limited)
      const answer = host.auth.answer(form)
      return c.json(answer.body, answer.status)
    })
}

type Asked =
  | { application: Application; redirectUri: string; state: string }
  | { problem: string }
  /** Where the browser goes with the bad news. */
  | { error: string }

function consentAsked(host: AuthHost, ask: URLSearchParams): Asked {
  const application = host.auth.applications.find((app) => app.clientId === ask.get('client_id'))
  const redirectUri = ask.get('redirect_uri')
  if (!application) return { problem: 'This application is unknown.' }
  // Never send a browser to an address that is not registered.
  if (application.redirectUri === null || redirectUri !== application.redirectUri) {
    host.violate(`redirect_uri '${redirectUri}' is not the one registered`)
    return { problem: 'The redirect_uri is not the one registered.' }
  }
  const state = ask.get('state') ?? ''
  const error = (name: string, why: string) => {
    host.violate(`consent asked badly: ${why}`)
    return { error: back(redirectUri, { error: name, error_description: why, state }) }
  }
  if (state.length < 8) return error('invalid_state', 'The state is shorter than 8 characters.')
  if (ask.get('response_type') !== 'code')
    return error('unsupported_response_type', 'Only code is supported.')
  const scope = ask.get('scope')
  if (!scope) return error('invalid_scope', 'A scope is missing.')
  const unknown = unknownScope(scope)
  if (unknown) return error('invalid_scope', `The scope '${unknown}' is unknown.`)
  return { application, redirectUri, state }
}

function back(redirectUri: string, params: Record<string, string>): string {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
  return url.toString()
}

function page(host: AuthHost, application: Application, ask: URLSearchParams) {
  const choices = host
    .environments()
    .filter(({ id }) => application.environmentId === null || application.environmentId === id)
  const hidden = [...ask].filter(([name]) => name !== 'consent' && name !== 'environment')
  return html`<!doctype html>
    <title>Tribe</title>
    <h1>Give access?</h1>
    <form method="get">
      ${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
      <select name="environment">
        ${choices.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}
      </select>
      <button name="consent" value="yes">Allow</button>
      <button name="consent" value="no">Refuse</button>
    </form>`
}
