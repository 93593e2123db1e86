import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { Refusal } from '../api'
import { Action, Badge, Details, orRefusal } from '../parts'
import { isSetUp, type Setup, setupOf, setupPage, stepOf } from '../setup'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** Step 8: what is still missing, and the button that starts it all. */
export const activate = new Hono<Console>()
  .get('/tenants/:id/setup/activate', (c) => draw(c))
  .post('/tenants/:id/setup/activate', async (c) => {
    const id = c.req.param('id')
    const done = await orRefusal(c.get('api').send('POST', apiPath(id, '/activate')))
    return done instanceof Refusal ? draw(c, done) : c.redirect(homeOf(id), 303)
  })

async function draw(c: ConsoleContext, refusal: Refusal | null = null) {
  const setup = await setupOf(c)
  return setupPage(c, setup, { step: 'activate', refusal }, <Activate view={c.get('view')} setup={setup} />)
}

const Activate: FC<{ view: View; setup: Setup }> = ({ view, setup: { tenant, checklist, ...setup } }) => {
  const { texts } = view
  const t = texts.activate
  const isReady = checklist.every(({ ok }) => ok)
  return (
    <>
      <h2>{t.checklist}</h2>
      <ul class="checklist">
        {checklist.map(({ step, ok, message }) => {
          const where = stepOf(step)
          return (
            <li>
              <Badge tone={ok ? 'good' : 'warn'}>{ok ? t.fine : t.open}</Badge>{' '}
              <a href={homeOf(tenant.id, `/setup/${where}`)}>{pointOf(texts, step)}</a>
              <Details view={view}>{message}</Details>
            </li>
          )
        })}
      </ul>
      {isSetUp({ tenant, checklist, ...setup }) ? (
        <p>{t.already}</p>
      ) : (
        <>
          <h2>{t.what}</h2>
          <ul>
            {t.happens.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
          {isReady ? (
            <Action to={homeOf(tenant.id, '/setup/activate')} label={t.start} kind="main" />
          ) : (
            <p>{t.notReady}</p>
          )}
        </>
      )}
    </>
  )
}

/** A point of the checklist, in words. */
function pointOf(texts: View['texts'], point: string): string {
  const privilege = point.startsWith('privilege:') ? point.slice('privilege:'.length) : null
  if (privilege !== null) return texts.activate.privilege(privilege)
  return texts.activate.points[point as keyof typeof texts.activate.points] ?? point
}
