import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Me } from '../../http/me'
import { type AskApi, apiOf, Refusal } from '../api'
import { filledIn } from '../form'
import { page } from '../layout'
import { Field, Notice } from '../parts'
import { beginSession, endSession } from '../session'
import { type Console, type ConsoleContext, homeOf, pathWithin, type View } from '../view'

/** In with a token, the operator's or a tenant's, and out again. */
export const loginWith = (ask: AskApi) =>
  new Hono<Console>()
    .get('/', (c) => {
      const { session } = c.get('view')
      if (!session) return loginPage(c, { back: '/console' })
      return c.redirect(session.tenantId === null ? '/console/tenants' : homeOf(session.tenantId), 303)
    })
    .get('/login', (c) => {
      const { login } = c.get('view').texts
      const left = c.req.query('left') ? login.left : null
      const notice = c.req.query('ended') ? login.ended : left
      return loginPage(c, { back: pathWithin(c.req.query('back')), notice })
    })
    .post('/login', async (c) => {
      const view = c.get('view')
      const form = await filledIn(c)
      const [token, back] = [form.text('token'), pathWithin(form.text('back'))]
      try {
        const { tenantId } = await apiOf(ask, c, isSayable(token) ? token : NOBODYS).send<Me>(
          'POST',
          '/api/me/log-in',
        )
        await beginSession(c, { token, tenantId }, view.now)
        return c.redirect(back, 303)
      } catch (thrown) {
        if (!(thrown instanceof Refusal) || ![401, 429].includes(thrown.status)) throw thrown
        const error = thrown.status === 429 ? view.texts.login.tooMany : view.texts.login.wrong
        return loginPage(c, { back, error }, thrown.status)
      }
    })
    .post('/logout', async (c) => {
      const { session } = c.get('view')
      if (session) await apiOf(ask, c, session.token, session.id).send('POST', '/api/me/log-out').catch(ended)
      endSession(c)
      return c.redirect('/console/login', 303)
    })

/** A token or a session that has ended before needs no end. */
function ended(thrown: unknown): void {
  if (!(thrown instanceof Refusal) || thrown.status !== 401) throw thrown
}

/** What no header can hold is nobody's token. */
const isSayable = (token: string) => /^[\x21-\x7e]+$/.test(token)
const NOBODYS = '-'

interface Told {
  back: string
  notice?: string | null
  error?: string
}

function loginPage(c: ConsoleContext, told: Told, status: ContentfulStatusCode = 200) {
  const view = c.get('view')
  return page(c, { title: view.texts.login.title }, <Login view={view} {...told} />, status)
}

const Login: FC<Told & { view: View }> = ({ view: { texts }, back, notice, error }) => (
  <div class="narrow">
    <h1>{texts.login.title}</h1>
    {notice && <Notice tone="quiet" title={notice} />}
    {error && <Notice tone="bad" title={error} />}
    <p>{texts.login.intro}</p>
    <form method="post" action="/console/login">
      <input type="hidden" name="back" value={back} />
      <Field
        name="token"
        type="password"
        label={texts.login.token}
        hint={texts.login.tokenHint}
        autocomplete="current-password"
      />
      <button type="submit" class="main">
        {texts.login.in}
      </button>
    </form>
  </div>
)
