import { Hono } from 'hono'
import type { FC, PropsWithChildren } from 'hono/jsx'
import type { Activity, AgesAnswer } from '../../http/activity'
import type { TenantStatus } from '../../http/status'
import type { TimelineAnswer } from '../../http/timeline'
import { explain } from '../../shared/problems'
import { Refusal } from '../api'
import { filledIn } from '../form'
import { instantIn, numberIn } from '../format'
import { page } from '../layout'
import { type Names, NO_NAMES, namesFor } from '../names'
import { Action, Field, Notice, orRefusal, Refused, Table, Time, type Tone } from '../parts'
import { LastDays, OwedByAge } from '../pictures'
import { Problems } from '../problems'
import { Events } from '../timeline'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** How a tenant is doing, the most important thing first; and what can be done about it. */
export const overview = new Hono<Console>()
  .get('/tenants/:id', (c) => draw(c))
  .post('/tenants/:id/retry', async (c) => {
    const form = await filledIn(c)
    const job = form.text('job')
    return job
      ? act(c, `/jobs/${encodeURIComponent(job)}/retry`)
      : act(c, '/jobs/retry', { ...(form.text('code') ? { code: form.text('code') } : {}) })
  })
  .post('/tenants/:id/sync', async (c) => {
    const form = await filledIn(c)
    const what = form.text('what')
    return act(
      c,
      '/sync',
      what === 'invoices' ? { what, from: form.text('from'), to: form.text('to') } : { what },
    )
  })
  .post('/tenants/:id/pause', (c) => act(c, '/pause'))
  .post('/tenants/:id/resume', (c) => act(c, '/resume'))

/** Asks the API for it, and shows what came of it. */
async function act(c: ConsoleContext, path: string, body?: unknown) {
  const id = c.req.param('id') ?? ''
  const done = await orRefusal(c.get('api').send('POST', apiPath(id, path), body))
  return done instanceof Refusal ? draw(c, done) : c.redirect(homeOf(id, '?begun=true'), 303)
}

async function draw(c: ConsoleContext, refusal: Refusal | null = null) {
  const id = c.req.param('id') ?? ''
  const view = c.get('view')
  const api = c.get('api')
  const status = await api.get<TenantStatus>(apiPath(id, '/status'))
  if (status.state === 'setup') {
    const query = c.req.query('connected') ? '?saved=true' : ''
    return c.redirect(homeOf(id, `/setup${query}`), 303)
  }
  const [{ entries }, activity, ages] = await Promise.all([
    api.get<TimelineAnswer>(apiPath(id, '/timeline?pageSize=12')),
    api.get<Activity>(apiPath(id, '/activity')),
    api.get<AgesAnswer>(apiPath(id, '/receivables/ages')),
  ])
  // A page that is drawn anew every other second asks nobody.
  const isLive = status.initialSync.state === 'running' || isUnderWay(status)
  const names = isLive ? NO_NAMES : await namesFor(api, id, [...status.problems, ...entries])
  const saved = c.req.query('connected') ? view.texts.saved : null
  const said = c.req.query('begun') ? view.texts.overview.begun : saved
  return page(
    c,
    { title: view.texts.tabs.overview, tenant: status, tab: 'overview', isLive },
    <>
      <h1 class="unseen">{view.texts.tabs.overview}</h1>
      <Refused view={view} refusal={refusal} />
      {said && !refusal && <Notice tone="good" title={said} />}
      <Overview view={view} status={status} entries={entries} names={names}>
        <LastDays view={view} activity={activity} />
        <OwedByAge view={view} found={ages} />
      </Overview>
    </>,
    refusal?.status ?? 200,
  )
}

const Overview: FC<
  PropsWithChildren<{ view: View; status: TenantStatus; entries: TimelineAnswer['entries']; names: Names }>
> = ({ view, status, entries, names, children }) => {
  const { texts } = view
  return (
    <>
      <Headline view={view} status={status} />
      {status.initialSync.state === 'running' && <Progress view={view} status={status} />}
      <Problems view={view} tenantId={status.id} problems={status.problems} names={names} />
      <div class="columns">
        <section>
          <h2>{texts.overview.freshness}</h2>
          <Freshness view={view} status={status} />
        </section>
        <section>
          <h2>{texts.overview.inStep}</h2>
          <dl class="counts">
            {(['customer', 'supplier', 'contactPerson', 'product', 'invoice'] as const).map((kind) => (
              <div>
                <dt>{texts.manyKinds[kind]}</dt>
                <dd>{numberIn(view.language, status.links[kind])}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <section>
        <h2>{texts.overview.lately}</h2>
        {entries.length === 0 ? (
          <p>{texts.overview.nothingYet}</p>
        ) : (
          <Events
            view={view}
            tenantId={status.id}
            entries={entries}
            caption={texts.overview.lately}
            names={names}
          />
        )}
      </section>
      {children}
      <Actions view={view} status={status} />
    </>
  )
}

/** One sentence that says whether there is anything to do. */
const Headline: FC<{ view: View; status: TenantStatus }> = ({ view, status }) => {
  // What waits for a person is listed below, each with its own next step.
  const ailments = status.health.ailments.filter(
    ({ code }) => !['health.waits_for_a_person', 'health.reconnect'].includes(code),
  )
  const [tone, title, text] = headlineOf(view, status, ailments.length > 0)
  // While something is on its way, whoever looks on need not load the page to see that it has come.
  return (
    <div id="headline" {...(isUnderWay(status) ? { 'data-again': 3 } : {})}>
      <Notice tone={tone} title={title}>
        <p>{text}</p>
        {ailments.length > 0 && (
          <ul>
            {ailments.map((ailment) => (
              <Ailing view={view} ailment={ailment} />
            ))}
          </ul>
        )}
      </Notice>
    </div>
  )
}

/** The first that fits is said. */
function headlineOf({ texts }: View, status: TenantStatus, isAiling: boolean): [Tone, string, string] {
  const t = texts.overview
  const count = status.problems.length
  if (status.state === 'reconnect') return ['bad', t.stopped, t.stoppedText]
  if (status.state === 'paused') return ['quiet', t.paused, t.pausedText]
  if (isAiling) return ['bad', t.notWell, count > 0 ? t.attention(count) : t.notWellText]
  if (status.state === 'initial-sync') return ['busy', t.loading, t.loadingText]
  if (count > 0) return ['warn', t.attention(count), t.attentionText]
  if (isUnderWay(status)) return ['busy', t.working, t.workingText]
  return ['good', t.allWell, t.allWellText]
}

/** What is not well, since when, and what to do about it. */
const Ailing: FC<{ view: View; ailment: TenantStatus['health']['ailments'][number] }> = ({
  view,
  ailment: { code, what, since },
}) => {
  const { cause, nextStep } = explain(code, view.language)
  const { streams } = view.texts.overview
  // What has drifted is told by its path.
  const about = code === 'contract.drifted' ? what : streams[what as keyof typeof streams]
  return (
    <li>
      {about && <strong>{about}: </strong>}
      {cause} {nextStep} {since && <Time view={view} at={since} />}
    </li>
  )
}

const isUnderWay = ({ state, jobs, problems }: TenantStatus) =>
  state === 'active' && problems.length === 0 && jobs.due + jobs.waiting > 0

/** How far the first sync has come; drawn anew until it is done. */
const Progress: FC<{ view: View; status: TenantStatus }> = ({ view, status: { initialSync } }) => {
  const t = view.texts.progress
  const { total, done, perMinute, expectedEndAt } = initialSync
  const number = (value: number) => numberIn(view.language, value)
  return (
    <section id="progress" data-again={2}>
      <h2>{t.title}</h2>
      <label for="done">{total > 0 ? t.of(number(done), number(total)) : t.counting}</label>
      <progress id="done" {...(total > 0 ? { max: total, value: Math.min(done, total) } : {})} />
      <p class="hint">
        {perMinute !== null && t.rate(number(perMinute))}{' '}
        {expectedEndAt !== null && t.end(instantIn(view.language, expectedEndAt))} {t.mayLeave}
      </p>
    </section>
  )
}

const Freshness: FC<{ view: View; status: TenantStatus }> = ({ view, status: { streams } }) => {
  const t = view.texts.overview
  return (
    <Table caption={t.freshnessCaption} isTitled heads={[t.stream, t.lastSuccess]}>
      {(['webhooks', 'relations', 'products', 'payments'] as const).map((name) => {
        const at = streams[name].lastSuccessAt
        return (
          <tr>
            <th scope="row">{t.streams[name]}</th>
            <td>{at === null ? view.texts.never : <Time view={view} at={at} />}</td>
          </tr>
        )
      })}
    </Table>
  )
}

const SYNCS = ['relations', 'products', 'payments', 'compare', 'unlinked', 'everything'] as const

const Actions: FC<{ view: View; status: TenantStatus }> = ({ view: { texts }, status: { id, state } }) => {
  const t = texts.overview
  return (
    <section>
      <h2>{t.actions}</h2>
      <div class="columns">
        <form method="post" action={homeOf(id, '/sync')}>
          <div class="field">
            <label for="what">{t.syncNow}</label>
            <select id="what" name="what">
              {SYNCS.map((what) => (
                <option value={what}>{t.syncs[what]}</option>
              ))}
            </select>
          </div>
          <button type="submit">{t.sync}</button>
        </form>
        <div>
          <p>{state === 'paused' ? t.resumeHint : t.pauseHint}</p>
          {state === 'paused' ? (
            <Action to={homeOf(id, '/resume')} label={t.resume} kind="main" />
          ) : (
            <Action to={homeOf(id, '/pause')} label={t.pause} />
          )}
        </div>
      </div>
      <details>
        <summary>{t.oldInvoices}</summary>
        <p>{t.oldInvoicesHint}</p>
        <form method="post" action={homeOf(id, '/sync')}>
          <input type="hidden" name="what" value="invoices" />
          <Field name="from" type="date" label={t.from} />
          <Field name="to" type="date" label={t.to} />
          <button type="submit">{t.exportInvoices}</button>
        </form>
      </details>
    </section>
  )
}
