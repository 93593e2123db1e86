import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { log, logFault } from '../shared/log'
import { explain } from '../shared/problems'
import { Refusal } from './api'
import { page } from './layout'
import { Details } from './parts'
import { endSession } from './session'
import type { Console } from './view'

/** What a page says when there is none: whatever a handler did not catch comes here. */
export function failurePage(thrown: Error, c: Context<Console>): Response | Promise<Response> {
  const view = c.get('view')
  if (thrown instanceof Refusal && thrown.status === 401) {
    // The token has ended since: another one was made.
    endSession(c)
    return c.redirect('/console/login?ended=true', 303)
  }
  const refusal = refusalOf(thrown)
  const about = { path: new URL(c.req.url).pathname }
  if (thrown !== refusal && refusal.status >= 500) logFault('console', thrown, about)
  else if (refusal.status >= 500) log('console', { ...about, code: refusal.code, status: refusal.status })
  const { texts } = view
  const { cause, nextStep } =
    refusal.status === 404
      ? { cause: texts.failure.notHere, nextStep: texts.failure.notHereNext }
      : explain(refusal.code, view.language)
  return page(
    c,
    { title: cause },
    <>
      <h1>{cause}</h1>
      <p>{nextStep}</p>
      <p>
        <a href="/console">{texts.failure.back}</a>
      </p>
      <Details view={view}>
        {refusal.message} ({refusal.code})
      </Details>
    </>,
    refusal.status,
  )
}

/** What the API refused, or Hono; anything else is a bug of ours. */
function refusalOf(thrown: Error): Refusal {
  if (thrown instanceof Refusal) return thrown
  if (thrown instanceof HTTPException && thrown.status === 403)
    return new Refusal(403, 'request.foreign_form', 'The form did not come from this console', null)
  if (thrown instanceof HTTPException && thrown.status < 500)
    return new Refusal(400, 'request.invalid', thrown.message, null)
  return new Refusal(500, 'relay.unexpected', 'The relay met something it did not expect', null)
}
