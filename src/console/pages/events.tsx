import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { TenantSettings } from '../../db/settings'
import type { EventsAnswer } from '../../http/events'
import type { TenantAnswer } from '../../http/tenants'
import { Refusal } from '../api'
import { filledIn } from '../form'
import { page } from '../layout'
import { Action, Field, Notice, orRefusal, Refused, Table, Time } from '../parts'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** The tenant's own webhook: where it is, what it was told, and the same once more. */
export const events = new Hono<Console>()
  .get('/tenants/:id/events', (c) => draw(c))
  .post('/tenants/:id/events', async (c) => {
    const id = c.req.param('id')
    const form = await filledIn(c)
    const secret = form.text('secret')
    const change = { url: form.text('url') || null, ...(secret ? { secret } : {}) }
    const done = await orRefusal(c.get('api').send('PATCH', apiPath(id, '/settings'), { events: change }))
    return done instanceof Refusal ? draw(c, done) : c.redirect(homeOf(id, '/events?saved=true'), 303)
  })
  .post('/tenants/:id/events/again', (c) => again(c, '/events/replay'))
  .post('/tenants/:id/events/:eventId{msg_[0-9a-f]+}/again', (c) =>
    again(c, `/events/${c.req.param('eventId')}/replay`),
  )

async function again(c: ConsoleContext, path: string) {
  const id = c.req.param('id') ?? ''
  const done = await orRefusal(c.get('api').send<{ replayed: number }>('POST', apiPath(id, path)))
  return done instanceof Refusal
    ? draw(c, done)
    : c.redirect(homeOf(id, `/events?again=${done.replayed}`), 303)
}

const PAGE_SIZE = 50

async function draw(c: ConsoleContext, refusal: Refusal | null = null) {
  const id = c.req.param('id') ?? ''
  const view = c.get('view')
  const t = view.texts.events
  const api = c.get('api')
  const asked = Math.max(1, Number.parseInt(c.req.query('page') ?? '1', 10) || 1)
  const [tenant, settings, found] = await Promise.all([
    api.get<TenantAnswer>(apiPath(id)),
    api.get<TenantSettings>(apiPath(id, '/settings')),
    api.get<EventsAnswer>(apiPath(id, `/events?page=${asked}&pageSize=${PAGE_SIZE}`)),
  ])
  const sent = Number(c.req.query('again') ?? 0)
  return page(
    c,
    { title: t.title, tenant, tab: 'settings' },
    <>
      <h1>{t.title}</h1>
      <Refused view={view} refusal={refusal} />
      {!refusal && sent > 0 && <Notice tone="good" title={t.sentAgain(sent)} />}
      {!refusal && c.req.query('saved') && <Notice tone="good" title={view.texts.saved} />}
      <p>{t.intro}</p>
      {found.problem && (
        <Notice tone="bad" title={found.problem.cause}>
          <p>{found.problem.nextStep}</p>
          <p>
            <Time view={view} at={found.problem.since} /> · {t.tries}: {found.problem.attempts}
          </p>
          <Action to={homeOf(id, '/events/again')} label={t.allAgain} />
        </Notice>
      )}
      <form method="post" action={homeOf(id, '/events')}>
        <Field name="url" label={t.url} value={settings.events.url ?? ''} required={false} />
        <Field name="secret" type="password" label={t.secret} hint={t.secretHint} required={false} />
        <button type="submit">{view.texts.saveAlone}</button>
      </form>
      <section>
        <h2>{t.caption}</h2>
        <Told view={view} tenantId={id} events={found.events} />
        {found.events.length === PAGE_SIZE && (
          <nav aria-label={view.texts.pages}>
            <a href={homeOf(id, `/events?page=${asked + 1}`)}>{view.texts.next}</a>
          </nav>
        )}
      </section>
    </>,
    refusal?.status ?? 200,
  )
}

const Told: FC<{ view: View; tenantId: string; events: EventsAnswer['events'] }> = ({
  view,
  tenantId,
  events: told,
}) => {
  const t = view.texts.events
  if (told.length === 0) return <p>{t.none}</p>
  return (
    <Table caption={t.caption} isTitled heads={[t.when, t.what, t.record, t.state, t.tries, '']}>
      {told.map(({ id, type, at, state, attempts, status, data }) => (
        <tr>
          <td>
            <Time view={view} at={at} />
          </td>
          <td>{type}</td>
          <td>
            <span class="id">
              {String(data.number ?? data.tribeId ?? data.powerOfficeId ?? '–').slice(0, 12)}
            </span>
          </td>
          <td>
            {t.states[state]}
            {status !== null && ` (${status})`}
          </td>
          <td>{attempts}</td>
          <td>
            <Action to={homeOf(tenantId, `/events/${id}/again`)} label={t.again} about={type} />
          </td>
        </tr>
      ))}
    </Table>
  )
}
