import { Hono } from 'hono'
import type { FC, PropsWithChildren } from 'hono/jsx'
import type { TenantAnswer } from '../../http/tenants'
import type { UndoAnswer } from '../../http/undo'
import { Refusal } from '../api'
import { filledIn } from '../form'
import { numberIn } from '../format'
import { page } from '../layout'
import { type Names, NO_NAMES, namesFor } from '../names'
import { Action, Field, Notice, orRefusal, Refused, Table, Time, type Tone } from '../parts'
import { recordPath } from '../timeline'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** The first sync is taken back: what that would do, a confirmation that has to be typed, and what came of it. */
export const undo = new Hono<Console>()
  .get('/tenants/:id/undo', (c) => draw(c))
  .post('/tenants/:id/undo', async (c) => {
    const id = c.req.param('id')
    const done = await orRefusal(c.get('api').send('POST', apiPath(id, '/undo'), { what: 'first-load' }))
    return done instanceof Refusal ? draw(c, done) : c.redirect(homeOf(id, '/undo'), 303)
  })
  .post('/tenants/:id/undo/confirm', async (c) => {
    const [api, id] = [c.get('api'), c.req.param('id')]
    const { name } = await api.get<TenantAnswer>(apiPath(id))
    const form = await filledIn(c)
    if (form.text('name') !== name) return draw(c, MISTYPED)
    const done = await orRefusal(api.send('POST', apiPath(id, '/undo/confirm')))
    return done instanceof Refusal ? draw(c, done) : c.redirect(homeOf(id, '/undo'), 303)
  })

const MISTYPED = 'mistyped'
const PAGE_RECORDS = 50

async function draw(c: ConsoleContext, wrong: Refusal | typeof MISTYPED | null = null) {
  const id = c.req.param('id') ?? ''
  const view = c.get('view')
  const api = c.get('api')
  const n = Math.max(1, Math.trunc(Number(c.req.query('page'))) || 1)
  const [tenant, found] = await Promise.all([
    api.get<TenantAnswer>(apiPath(id)),
    api.get<UndoAnswer>(apiPath(id, `/undo?page=${n}&pageSize=${PAGE_RECORDS}`)),
  ])
  const isLive = found.state === 'running' || found.state === 'undoing'
  // A page that is drawn anew every other second asks nobody.
  const names = isLive ? NO_NAMES : await namesFor(api, id, found.items)
  const { title, intro, mistyped } = view.texts.undo
  return page(
    c,
    { title, tenant, isLive, tab: 'settings' },
    <>
      <p>
        <a href={homeOf(id, '/manage')}>← {view.texts.manage.title}</a>
      </p>
      <h1>{title}</h1>
      {wrong === MISTYPED && <Notice tone="bad" title={mistyped} />}
      {wrong instanceof Refusal && <Refused view={view} refusal={wrong} />}
      <p class="lead">{intro}</p>
      <Stage view={view} tenant={tenant} found={found} names={names} page={n} />
    </>,
    wrong === MISTYPED ? 422 : (wrong?.status ?? 200),
  )
}

interface About {
  view: View
  tenant: TenantAnswer
  found: UndoAnswer
  names: Names
  page: number
}

const Stage: FC<About> = (about) => {
  const { view, tenant, found } = about
  const t = view.texts.undo
  const begin = (label: string, kind: 'main' | 'plain' = 'plain') => (
    <Action to={homeOf(tenant.id, '/undo')} label={label} kind={kind} />
  )
  switch (found.state) {
    case 'none':
      return (
        <>
          <Explained view={view} />
          {begin(t.begin, 'main')}
        </>
      )
    case 'running':
      return <Busy view={view} found={found} title={t.running} text={t.runningText} />
    case 'undoing':
      return (
        <Busy view={view} found={found} title={t.undoing} text={t.undoingText}>
          <Progress view={view} found={found} />
        </Busy>
      )
    case 'failed':
      return (
        <>
          <Notice tone="bad" title={t.failed}>
            <p>{t.failedNext}</p>
          </Notice>
          {begin(t.anew, 'main')}
        </>
      )
    case 'previewed':
      return (
        <>
          <Told {...about} tone="quiet" title={t.nothingDone} text={t.judgedAgain} />
          <Explained view={view} />
          <Items {...about} />
          {begin(t.anew)}
          <Confirm {...about} />
        </>
      )
    case 'done':
      return (
        <>
          <Told {...about} tone="good" title={t.done} text={t.doneText} />
          <Action to={homeOf(tenant.id, '/setup/activate')} label={t.activate} kind="main" />
          <p class="hint">{t.activateHint}</p>
          <Items {...about} />
        </>
      )
    default:
      return found.state satisfies never
  }
}

const Explained: FC<{ view: View }> = ({ view: { texts } }) => (
  <ul>
    {texts.undo.rules.map((rule) => (
      <li>{rule}</li>
    ))}
  </ul>
)

/** How far it has come: of what goes, and of what comes back. */
const Progress: FC<{ view: View; found: UndoAnswer }> = ({ view, found: { counts, done } }) => {
  const total = counts.removable + counts.restorable
  const number = (value: number) => numberIn(view.language, value)
  return (
    <>
      <label for="done">{view.texts.progress.of(number(Math.min(done, total)), number(total))}</label>
      <progress id="done" max={Math.max(total, 1)} value={Math.min(done, total)} />
    </>
  )
}

const Busy: FC<PropsWithChildren<{ view: View; found: UndoAnswer; title: string; text: string }>> = ({
  view,
  found: { at, counts },
  title,
  text,
  children,
}) => (
  <div id="undo" data-again={2}>
    <Notice tone="busy" title={title}>
      <p>
        {text} {at !== null && <Time view={view} at={at} />}
      </p>
    </Notice>
    {children}
    <Counts view={view} counts={counts} />
  </div>
)

const Told: FC<About & { tone: Tone; title: string; text: string }> = ({
  view,
  found,
  tone,
  title,
  text,
}) => (
  <>
    <Notice tone={tone} title={title}>
      <p>
        {text} {found.at !== null && <Time view={view} at={found.at} />}
      </p>
    </Notice>
    <Counts view={view} counts={found.counts} isDone={found.state === 'done'} />
  </>
)

const Counts: FC<{ view: View; counts: UndoAnswer['counts']; isDone?: boolean }> = ({
  view,
  counts,
  isDone = false,
}) => {
  const t = isDone ? view.texts.undo.was : view.texts.undo.would
  return (
    <dl class="counts">
      {(['removable', 'restorable', 'touched'] as const).map((outcome) => (
        <div>
          <dt>{t[outcome]}</dt>
          <dd>{numberIn(view.language, counts[outcome])}</dd>
        </div>
      ))}
    </dl>
  )
}

const Items: FC<About> = ({ view, tenant, found, names, page: n }) => {
  const { texts } = view
  const t = texts.undo
  if (found.items.length === 0 && n === 1) return null
  const words = found.state === 'done' ? t.was : t.would
  const here = homeOf(tenant.id, '/undo')
  return (
    <section>
      <Table caption={t.caption} heads={[t.record, t.outcome]}>
        {found.items.map((item) => (
          <tr>
            <th scope="row">
              <a href={recordPath(tenant.id, item) ?? '#'}>
                {texts.kinds[item.kind as keyof typeof texts.kinds] ?? item.kind}{' '}
                {names(item) ?? item.powerOfficeId}
              </a>
            </th>
            <td>{words[item.outcome]}</td>
          </tr>
        ))}
      </Table>
      <nav class="row" aria-label={texts.pages}>
        {n > 1 && <a href={`${here}?page=${n - 1}`}>{texts.previous}</a>}
        {found.items.length === PAGE_RECORDS && <a href={`${here}?page=${n + 1}`}>{texts.next}</a>}
      </nav>
    </section>
  )
}

const Confirm: FC<About> = ({ view: { texts }, tenant: { id, name } }) => {
  const t = texts.undo
  return (
    <section class="danger">
      <h2>{t.confirm}</h2>
      <p>{t.confirmText}</p>
      <form method="post" action={homeOf(id, '/undo/confirm')}>
        <Field name="name" label={texts.manage.typeName(name)} />
        <button type="submit" class="danger">
          {t.confirmNow}
        </button>
      </form>
    </section>
  )
}
