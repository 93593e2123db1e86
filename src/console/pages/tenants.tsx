import { Hono } from 'hono'
import type { FC, PropsWithChildren } from 'hono/jsx'
import type { RelayActivity } from '../../http/activity'
import type { Drifted, Glance } from '../../http/operator'
import type { NewTenantAnswer } from '../../http/tenants'
import { explain } from '../../shared/problems'
import { Refusal } from '../api'
import { filledIn } from '../form'
import { page } from '../layout'
import { Action, Badge, Field, Option, orRefusal, Refused, Table, Time, type Tone } from '../parts'
import { AllTenants, byHealth, HEALTHS, type HealthName, healthLabel, healthOf } from '../pictures'
import { type Console, type ConsoleContext, homeOf, type View } from '../view'

/** The operator's pages: all tenants and how they are, and a new one. */
export const tenants = new Hono<Console>()
  .get('/tenants', async (c) =>
    draw(
      c,
      null,
      200,
      wantedOf((name) => c.req.query(name) ?? ''),
    ),
  )
  .get('/tenants/find', (c) => c.redirect('/console/tenants', 303))
  .post('/tenants/find', async (c) => {
    // By a form, so that the name that is looked for stands in no address.
    const form = await filledIn(c)
    return draw(c, null, 200, { ...wantedOf(form.text), q: form.text('q').slice(0, 100) })
  })
  .post('/tenants', async (c) => {
    const form = await filledIn(c)
    const name = form.text('name')
    const made = await orRefusal(c.get('api').send<NewTenantAnswer>('POST', '/api/tenants', { name }))
    if (made instanceof Refusal) return draw(c, made, made.status)
    const view = c.get('view')
    const content = (
      <ShownOnce view={view} name={made.name} token={made.adminToken} next={homeOf(made.id, '/setup')} />
    )
    return page(c, { title: view.texts.tenants.made(made.name) }, content, 201)
  })

/** Which of them are shown: of a name, of a health, a page at a time. */
interface Wanted {
  q: string
  health: HealthName | null
  page: number
}
const ALL: Wanted = { q: '', health: null, page: 1 }
const PAGE = 50

const wantedOf = (given: (name: string) => string): Wanted => ({
  q: '',
  health: HEALTHS.find((one) => one === given('health')) ?? null,
  page: Math.max(1, Math.trunc(Number(given('page'))) || 1),
})

async function draw(c: ConsoleContext, refusal: Refusal | null, status: number, wanted = ALL) {
  const view = c.get('view')
  // A tenant's own admin has one tenant, and no list.
  if (view.session?.tenantId != null) return c.redirect(homeOf(view.session.tenantId), 303)
  const api = c.get('api')
  const { tenants: found, drifted } = await api.get<{ tenants: Glance[]; drifted: Drifted[] }>('/status')
  const activity = await api.get<RelayActivity>('/api/activity')
  const content = (
    <Tenants view={view} tenants={found} refusal={refusal} wanted={wanted}>
      <WhatDrifted view={view} drifted={drifted} />
      <AllTenants view={view} activity={activity} healths={byHealth(view, found)} />
    </Tenants>
  )
  return page(c, { title: view.texts.tenants.title }, content, status)
}

type State = Glance['state']
const TONES: Readonly<Record<HealthName, Tone>> = {
  setup: 'quiet',
  'initial-sync': 'busy',
  active: 'good',
  paused: 'quiet',
  reconnect: 'bad',
  problems: 'warn',
  late: 'warn',
}

const Health: FC<{ view: View; tenant: Glance }> = ({ view: { texts }, tenant }) => {
  const name = healthOf(tenant)
  const text = name === 'problems' ? texts.states.problems(tenant.problems) : texts.states[name]
  return <Badge tone={TONES[name]}>{text}</Badge>
}

/** Whoever needs somebody comes first. */
const URGENCY: readonly State[] = ['reconnect', 'active', 'initial-sync', 'setup', 'paused']
const byUrgency = (a: Glance, b: Glance) =>
  Number(b.state === 'reconnect') - Number(a.state === 'reconnect') ||
  b.problems - a.problems ||
  URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state) ||
  a.name.localeCompare(b.name)

const Tenants: FC<
  PropsWithChildren<{ view: View; tenants: readonly Glance[]; refusal: Refusal | null; wanted: Wanted }>
> = ({ view, tenants: all, refusal, wanted, children }) => {
  const { texts } = view
  const isWhole = wanted.q === '' && wanted.health === null
  return (
    <>
      <h1>{texts.tenants.title}</h1>
      <Refused view={view} refusal={refusal} />
      {all.length === 0 ? (
        <p>{texts.tenants.none}</p>
      ) : (
        <>
          <Search view={view} wanted={wanted} />
          <List view={view} tenants={all} wanted={wanted} />
        </>
      )}
      <section>
        <h2>{texts.tenants.add}</h2>
        <form method="post" action="/console/tenants">
          <Field name="name" label={texts.tenants.company} hint={texts.tenants.companyHint} />
          <button type="submit" class="main">
            {texts.tenants.make}
          </button>
        </form>
      </section>
      {all.length > 0 && isWhole && wanted.page === 1 && children}
      <p>
        <a href="/console/audit">{texts.audit.all}</a>
      </p>
    </>
  )
}

/** What either system answers otherwise than the relay reads it. */
const WhatDrifted: FC<{ view: View; drifted: readonly Drifted[] }> = ({ view, drifted }) => {
  if (drifted.length === 0) return null
  const t = view.texts.drifted
  const { cause, nextStep } = explain('contract.drifted', view.language)
  return (
    <section>
      <h2>{t.title}</h2>
      <p>
        {cause} {nextStep}
      </p>
      <Table caption={t.title} heads={[t.path, t.reads, t.found, t.companies, t.since]} numeric={3}>
        {drifted.map(({ system, path, reads, found, since, tenants: count }) => (
          <tr>
            <th scope="row">
              <code>{path}</code> ({system === 'tribe' ? 'Tribe' : 'PowerOffice'})
            </th>
            <td>{reads}</td>
            <td>{found}</td>
            <td class="number">{count}</td>
            <td>
              <Time view={view} at={since} />
            </td>
          </tr>
        ))}
      </Table>
    </section>
  )
}

const Search: FC<{ view: View; wanted: Wanted }> = ({ view, wanted }) => {
  const t = view.texts.tenants
  return (
    <search>
      <form method="post" action="/console/tenants/find" class="search">
        <div class="field wide">
          <label for="q">{t.search}</label>
          <input id="q" name="q" type="search" value={wanted.q} maxlength={100} autocomplete="off" />
        </div>
        <div class="field">
          <label for="health">{t.health}</label>
          <select id="health" name="health">
            <Option value="" label={t.anyHealth} chosen={wanted.health ?? ''} />
            {HEALTHS.map((one) => (
              <Option value={one} label={healthLabel(view, one)} chosen={wanted.health} />
            ))}
          </select>
        </div>
        <button type="submit">{t.show}</button>
      </form>
    </search>
  )
}

/** A page of those that are wanted. */
const List: FC<{ view: View; tenants: readonly Glance[]; wanted: Wanted }> = ({
  view,
  tenants: all,
  wanted,
}) => {
  const { texts } = view
  const t = texts.tenants
  const q = wanted.q.toLocaleLowerCase()
  const found = all
    .filter((tenant) => wanted.health === null || healthOf(tenant) === wanted.health)
    .filter(({ name, id }) => q === '' || name.toLocaleLowerCase().includes(q) || id === q)
    .toSorted(byUrgency)
  const pages = Math.max(1, Math.ceil(found.length / PAGE))
  const page = Math.min(wanted.page, pages)
  const shown = found.slice((page - 1) * PAGE, page * PAGE)
  if (found.length === 0) return <p role="status">{t.noneFound}</p>
  return (
    <>
      <Table
        caption={pages > 1 ? t.captionOf(found.length, page, pages) : t.caption(found.length)}
        heads={[t.name, t.health, t.lastChange, t.waiting]}
        numeric={3}
      >
        {shown.map((tenant) => (
          <tr>
            <th scope="row">
              <a href={homeOf(tenant.id)}>{tenant.name}</a>
            </th>
            <td>
              <Health view={view} tenant={tenant} />
            </td>
            <td>{lastOf(tenant) ? <Time view={view} at={lastOf(tenant) ?? ''} /> : texts.never}</td>
            <td class="number">{tenant.jobs.due + tenant.jobs.waiting}</td>
          </tr>
        ))}
      </Table>
      {pages > 1 && (
        <div class="row">
          {page > 1 && <Turn wanted={wanted} to={page - 1} label={texts.previous} />}
          {page < pages && <Turn wanted={wanted} to={page + 1} label={texts.next} />}
        </div>
      )}
    </>
  )
}

const Turn: FC<{ wanted: Wanted; to: number; label: string }> = ({ wanted, to, label }) => (
  <Action
    to="/console/tenants/find"
    label={label}
    fields={{ q: wanted.q, health: wanted.health ?? '', page: String(to) }}
  />
)

/** When anything of the tenant's last went well. */
const lastOf = ({ streams }: Glance): string | null =>
  Object.values(streams)
    .flatMap((stream) => stream.lastSuccessAt ?? [])
    .toSorted()
    .at(-1) ?? null

/** A token that nobody can look up again. */
export const ShownOnce: FC<{ view: View; name: string; token: string; next: string }> = ({
  view: { texts },
  name,
  token,
  next,
}) => (
  <div class="narrow">
    <h1>{texts.tenants.made(name)}</h1>
    <p>{texts.tenants.tokenOnce}</p>
    <div class="field">
      <label for="token">{texts.tenants.token}</label>
      <input id="token" readonly value={token} class="secret" autocomplete="off" spellcheck={false} />
    </div>
    <p>
      <a class="button main" href={next}>
        {texts.tenants.kept}
      </a>
    </p>
  </div>
)
