import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { filledIn } from '../form'
import { page } from '../layout'
import { Action, Field, Notice } from '../parts'
import { beginSession, endSession } from '../session'
import { firstOpen, isSetUp, type Setup, StepList, setupOf } from '../setup'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'
import { ShownOnce } from './tenants'

/** What one does seldom: a new token, and leaving. */
export const manage = new Hono<Console>()
  .get('/tenants/:id/setup', async (c) => {
    const setup = await setupOf(c)
    const step = isSetUp(setup) ? 'tribe' : firstOpen(setup)
    return c.redirect(
      homeOf(setup.tenant.id, `/setup/${step}${c.req.query('saved') ? '?saved=true' : ''}`),
      303,
    )
  })
  .get('/tenants/:id/manage', (c) => draw(c, false))
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
  .post('/tenants/:id/disconnect', async (c) => {
    const id = c.req.param('id')
    const { tenant } = await setupOf(c)
    if ((await filledIn(c)).text('name') !== tenant.name) return draw(c, true)
    await c.get('api').send('DELETE', apiPath(id))
    if (c.get('session').tenantId === null) return c.redirect('/console/tenants', 303)
    endSession(c)
    return c.redirect('/console/login?left=true', 303)
  })

async function draw(c: ConsoleContext, isMistyped: boolean) {
  const view = c.get('view')
  const setup = await setupOf(c)
  const { title } = view.texts.manage
  const frame = { title, tenant: setup.tenant, ...(isSetUp(setup) ? { tab: 'settings' as const } : {}) }
  return page(c, frame, <Manage view={view} setup={setup} isMistyped={isMistyped} />, isMistyped ? 422 : 200)
}

const Manage: FC<{ view: View; setup: Setup; isMistyped: boolean }> = ({ view, setup, isMistyped }) => {
  const { texts } = view
  const t = texts.manage
  const { id, name } = setup.tenant
  return (
    <div class="beside">
      <StepList view={view} setup={setup} current="manage" />
      <div>
        <h1>{t.title}</h1>
        {isMistyped && <Notice tone="bad" title={t.mistyped} />}
        <section>
          <h2>{t.token}</h2>
          <p>{t.tokenText}</p>
          <Action to={homeOf(id, '/token')} label={t.newToken} />
        </section>
        <section class="danger">
          <h2>{t.leave}</h2>
          <p>{t.leaveText}</p>
          <ul>
            {t.leaveLines.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
          <form method="post" action={homeOf(id, '/disconnect')}>
            <Field name="name" label={t.typeName(name)} />
            <button type="submit" class="danger">
              {t.leaveNow}
            </button>
          </form>
        </section>
      </div>
    </div>
  )
}
