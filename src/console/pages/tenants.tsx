import { Hono } from 'hono'
import type { FC, PropsWithChildren } from 'hono/jsx'
import type { RelayActivity } from '../../http/activity'
import type { Glance } from '../../http/operator'
import type { NewTenantAnswer } from '../../http/tenants'
import { Refusal } from '../api'
import { filledIn } from '../form'
import { page } from '../layout'
import { Badge, Field, orRefusal, Refused, Table, Time, type Tone } from '../parts'
import { AllTenants, byHealth, type HealthName, healthOf } from '../pictures'
import { type Console, type ConsoleContext, homeOf, type View } from '../view'

/** The operator's pages: all tenants and how they are, and a new one. */
export const tenants = new Hono<Console>()
  .get('/tenants', async (c) => draw(c, null, 200))
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

async function draw(c: ConsoleContext, refusal: Refusal | null, status: number) {
  const view = c.get('view')
  // A tenant's own admin has one tenant, and no list.
  if (view.session?.tenantId != null) return c.redirect(homeOf(view.session.tenantId), 303)
  const api = c.get('api')
  const { tenants: found } = await api.get<{ tenants: Glance[] }>('/status')
  const activity = await api.get<RelayActivity>('/api/activity')
  const content = (
    <Tenants view={view} tenants={found} refusal={refusal}>
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

const Tenants: FC<PropsWithChildren<{ view: View; tenants: readonly Glance[]; refusal: Refusal | null }>> = ({
  view,
  tenants: all,
  refusal,
  children,
}) => {
  const { texts } = view
  return (
    <>
      <h1>{texts.tenants.title}</h1>
      <Refused view={view} refusal={refusal} />
      {all.length === 0 ? (
        <p>{texts.tenants.none}</p>
      ) : (
        <Table
          caption={texts.tenants.caption(all.length)}
          heads={[texts.tenants.name, texts.tenants.health, texts.tenants.lastChange, texts.tenants.waiting]}
          numeric={3}
        >
          {all.toSorted(byUrgency).map((tenant) => (
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
      {all.length > 0 && children}
      <p>
        <a href="/console/audit">{texts.audit.all}</a>
      </p>
    </>
  )
}

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
