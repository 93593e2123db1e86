import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { TenantSettings } from '../../db/settings'
import type { TenantAnswer } from '../../http/tenants'
import { Refusal } from '../api'
import { filledIn } from '../form'
import { page } from '../layout'
import { Action, Check, Field, Notice, orRefusal, Refused } from '../parts'
import { beginSession, endSession } from '../session'
import { firstOpen, isSetUp, StepList, setupOf } from '../setup'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'
import { ShownOnce } from './tenants'

/** What one does seldom: alerts, a new token, an export, and leaving. */
export const manage = new Hono<Console>()
  .get('/tenants/:id/setup', async (c) => {
    const setup = await setupOf(c)
    const step = isSetUp(setup) ? 'tribe' : firstOpen(setup)
    return c.redirect(
      homeOf(setup.tenant.id, `/setup/${step}${c.req.query('saved') ? '?saved=true' : ''}`),
      303,
    )
  })
  .get('/tenants/:id/manage', (c) => draw(c))
  .post('/tenants/:id/alerts', async (c) => {
    const id = c.req.param('id')
    const form = await filledIn(c)
    const secret = form.text('webhookSecret')
    const alerts = {
      webhookUrl: form.text('webhookUrl') || null,
      email: form.text('email') || null,
      ...(secret ? { webhookSecret: secret } : {}),
    }
    const done = await orRefusal(c.get('api').send('PATCH', apiPath(id, '/settings'), { alerts }))
    return done instanceof Refusal ? draw(c, done) : c.redirect(homeOf(id, '/manage?saved=true'), 303)
  })
  .get('/tenants/:id/export', async (c) => {
    const id = c.req.param('id')
    const { body } = await c.get('api').ask(apiPath(id, '/export'))
    const headers = {
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="relay.json"',
    }
    return new Response(body, { headers })
  })
  .post('/tenants/:id/token', async (c) => {
    const id = c.req.param('id')
    const view = c.get('view')
    const { tenant } = await setupOf(c)
    const { adminToken } = await c
      .get('api')
      .send<{ adminToken: string }>('POST', apiPath(id, '/admin-token'))
    // Whoever is logged in by the old token goes on with the new one.
    if (c.get('session').tenantId !== null)
      await beginSession(c, { token: adminToken, tenantId: id }, view.now)
    const content = (
      <ShownOnce view={view} name={tenant.name} token={adminToken} next={homeOf(id, '/manage')} />
    )
    return page(c, { title: view.texts.manage.newToken, tenant }, content)
  })
  .post('/tenants/:id/webhook-secret', async (c) => {
    const id = c.req.param('id')
    const done = await orRefusal(c.get('api').send('POST', apiPath(id, '/webhook-secret')))
    return done instanceof Refusal ? draw(c, done) : c.redirect(homeOf(id, '/manage?saved=true'), 303)
  })
  .post('/tenants/:id/disconnect', async (c) => {
    const id = c.req.param('id')
    const { tenant } = await setupOf(c)
    const form = await filledIn(c)
    if (form.text('name') !== tenant.name) return draw(c, MISTYPED)
    const path = form.text('offboard') ? apiPath(id, '?offboard=true') : apiPath(id)
    const done = await orRefusal(c.get('api').send('DELETE', path))
    if (done instanceof Refusal) return draw(c, done)
    if (c.get('session').tenantId === null) return c.redirect('/console/tenants', 303)
    endSession(c)
    return c.redirect('/console/login?left=true', 303)
  })

const MISTYPED = 'mistyped'

async function draw(c: ConsoleContext, wrong: Refusal | typeof MISTYPED | null = null) {
  const id = c.req.param('id') ?? ''
  const view = c.get('view')
  const [setup, { alerts }] = await Promise.all([
    setupOf(c),
    c.get('api').get<TenantSettings>(apiPath(id, '/settings')),
  ])
  const { title } = view.texts.manage
  const frame = { title, tenant: setup.tenant, ...(isSetUp(setup) ? { tab: 'settings' as const } : {}) }
  return page(
    c,
    frame,
    <div class="beside">
      <StepList view={view} setup={setup} current="manage" />
      <div>
        <h1>{title}</h1>
        {wrong === MISTYPED && <Notice tone="bad" title={view.texts.manage.mistyped} />}
        {wrong instanceof Refusal && <Refused view={view} refusal={wrong} />}
        {c.req.query('saved') && !wrong && <Notice tone="good" title={view.texts.saved} />}
        <Manage view={view} tenant={setup.tenant} alerts={alerts} />
      </div>
    </div>,
    wrong === MISTYPED ? 422 : (wrong?.status ?? 200),
  )
}

const Manage: FC<{ view: View; tenant: TenantAnswer; alerts: TenantSettings['alerts'] }> = ({
  view,
  tenant: { id, name, state, connections },
  alerts,
}) => {
  const t = view.texts.manage
  return (
    <>
      <section>
        <h2>{t.alerts}</h2>
        <p>{t.alertsText}</p>
        <form method="post" action={homeOf(id, '/alerts')}>
          <Field name="email" label={t.email} value={alerts.email ?? ''} required={false} />
          <Field name="webhookUrl" label={t.webhookUrl} value={alerts.webhookUrl ?? ''} required={false} />
          <Field
            name="webhookSecret"
            type="password"
            label={t.webhookSecret}
            hint={t.webhookSecretHint}
            required={false}
          />
          <button type="submit">{view.texts.saveAlone}</button>
        </form>
      </section>
      <section>
        <h2>{t.token}</h2>
        <p>{t.tokenText}</p>
        <Action to={homeOf(id, '/token')} label={t.newToken} />
      </section>
      <section>
        <h2>{t.hookSecret}</h2>
        <p>{t.hookSecretText}</p>
        <Action to={homeOf(id, '/webhook-secret')} label={t.newHookSecret} />
      </section>
      <section>
        <h2>{t.export}</h2>
        <p>{t.exportText}</p>
        <p>
          <a class="button" href={homeOf(id, '/export')} download="relay.json">
            {t.exportNow}
          </a>
        </p>
      </section>
      <section>
        <h2>{view.texts.events.title}</h2>
        <p>{view.texts.events.intro}</p>
        <p>
          <a href={homeOf(id, '/events')}>{view.texts.events.link}</a>
        </p>
      </section>
      <section>
        <h2>{view.texts.audit.title}</h2>
        <p>{view.texts.audit.intro}</p>
        <p>
          <a href={homeOf(id, '/audit')}>{view.texts.audit.link}</a>
        </p>
      </section>
      {state !== 'setup' && (
        <section>
          <h2>{view.texts.undo.title}</h2>
          <p>{view.texts.undo.intro}</p>
          <p>
            <a href={homeOf(id, '/undo')}>{view.texts.undo.link}</a>
          </p>
        </section>
      )}
      <section class="danger">
        <h2>{t.leave}</h2>
        <p>{t.leaveText}</p>
        <ul>
          {t.leaveLines.map((line) => (
            <li>{line}</li>
          ))}
        </ul>
        <form method="post" action={homeOf(id, '/disconnect')}>
          {connections.powerOffice !== null && (
            <Check name="offboard" label={view.texts.consents.offboard} isOn={false} />
          )}
          <Field name="name" label={t.typeName(name)} />
          <button type="submit" class="danger">
            {t.leaveNow}
          </button>
        </form>
      </section>
    </>
  )
}
