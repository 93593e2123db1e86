import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { DetachedAnswer } from '../../http/records'
import type { SearchAnswer } from '../../http/search'
import type { TenantAnswer } from '../../http/tenants'
import { Refusal } from '../api'
import { filledIn } from '../form'
import { page } from '../layout'
import { type Names, namesFor } from '../names'
import { Action, Badge, Option, orRefusal, Refused, Table, Time, type Tone } from '../parts'
import { recordPath } from '../timeline'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** Finding a record, and the pairs of which one side was deleted. */
export const records = new Hono<Console>()
  .get('/tenants/:id/records', (c) => draw(c))
  .post('/tenants/:id/records', async (c) => {
    // By a form, so that the name that is looked for stands in no address, which is kept in many places.
    const form = await filledIn(c)
    const kind = KINDS.find((one) => one === form.text('kind')) ?? 'customer'
    const page = Math.min(100, Math.max(1, Math.trunc(Number(form.text('page'))) || 1))
    return draw(c, null, { kind, q: form.text('q'), page })
  })
  .post('/tenants/:id/records/relink', async (c) => {
    const form = await filledIn(c)
    return decide(c, 'relink', {
      kind: form.text('kind'),
      tribeId: form.text('tribeId'),
      powerOfficeId: form.text('powerOfficeId'),
    })
  })
  .post('/tenants/:id/records/:verb{recreate|forget}', async (c) => {
    const form = await filledIn(c)
    const [tribeId, powerOfficeId] = [form.text('tribeId'), form.text('powerOfficeId')]
    return decide(c, c.req.param('verb'), {
      kind: form.text('kind'),
      ...(tribeId ? { tribeId } : { powerOfficeId }),
    })
  })

type Named = { kind: string; tribeId?: string; powerOfficeId?: string }

/** Does what the admin decided of a record, and goes to its page. */
async function decide(c: ConsoleContext, verb: string, named: Named) {
  const id = c.req.param('id') ?? ''
  const done = await orRefusal(c.get('api').send('POST', apiPath(id, `/records/${verb}`), named))
  if (done instanceof Refusal) return draw(c, done)
  const { kind, tribeId = null, powerOfficeId = null } = named
  return c.redirect(`${recordPath(id, { kind, tribeId, powerOfficeId })}?begun=true`, 303)
}

const KINDS = ['customer', 'supplier', 'contactPerson', 'product', 'invoice'] as const

interface Wanted {
  kind: (typeof KINDS)[number]
  q: string
  page: number
}
const NOTHING: Wanted = { kind: 'customer', q: '', page: 1 }

async function draw(c: ConsoleContext, refusal: Refusal | null = null, wanted: Wanted = NOTHING) {
  const id = c.req.param('id') ?? ''
  const view = c.get('view')
  const api = c.get('api')
  const { kind, q } = wanted
  const query = new URLSearchParams({ kind, q, page: String(wanted.page) })
  const [tenant, { records: detached }, found] = await Promise.all([
    api.get<TenantAnswer>(apiPath(id)),
    api.get<DetachedAnswer>(apiPath(id, '/records/detached')),
    q === '' ? null : orRefusal(api.get<SearchAnswer>(apiPath(id, `/records/search?${query}`))),
  ])
  const names = await namesFor(api, id, [...detached, ...namelessIn(found)])
  const said = refusal ?? (found instanceof Refusal ? found : null)
  return page(
    c,
    { title: view.texts.tabs.records, tenant, tab: 'records' },
    <>
      <h1>{view.texts.tabs.records}</h1>
      <Refused view={view} refusal={said} />
      <Search view={view} id={id} q={q} kind={kind} />
      {found !== null && !(found instanceof Refusal) && (
        <Found view={view} id={id} found={found} wanted={wanted} names={names} />
      )}
      <Detached view={view} id={id} detached={detached} names={names} />
    </>,
    said?.status ?? 200,
  )
}

const Search: FC<{ view: View; id: string; q: string; kind: string }> = ({
  view: { texts },
  id,
  q,
  kind,
}) => (
  <search>
    <form method="post" action={homeOf(id, '/records')} class="search">
      <div class="field">
        <label for="kind">{texts.records.kind}</label>
        <select id="kind" name="kind">
          {KINDS.map((one) => (
            <Option value={one} label={texts.kinds[one]} chosen={kind} />
          ))}
        </select>
      </div>
      <div class="field wide">
        <label for="q">{texts.records.search}</label>
        <input id="q" name="q" type="search" value={q} required maxlength={100} autocomplete="off" />
      </div>
      <button type="submit" class="main">
        {texts.records.find}
      </button>
    </form>
  </search>
)

/** A record that is found by its number comes without its name. */
const namelessIn = (found: SearchAnswer | Refusal | null) =>
  found === null || found instanceof Refusal ? [] : found.records.filter(({ name }) => name === null)

const Found: FC<{ view: View; id: string; found: SearchAnswer; wanted: Wanted; names: Names }> = ({
  view,
  id,
  found,
  wanted,
  names,
}) => {
  const { texts } = view
  const t = texts.records
  return (
    <section aria-live="polite">
      {found.records.length === 0 ? (
        <p>{found.hasMore ? t.moreThanThese : t.none}</p>
      ) : (
        <Table
          caption={(found.hasMore || wanted.page > 1 ? t.foundOfMore : t.found)(found.records.length)}
          heads={[t.name, t.number, t.where, t.state]}
        >
          {found.records.map((record) => (
            <tr>
              <th scope="row">
                <a href={recordPath(id, record) ?? '#'}>
                  {record.name || names(record) || record.number || texts.nameless}
                </a>
              </th>
              <td>{record.number}</td>
              <td>{t.wheres[whereOf(record)]}</td>
              <td>
                <StateBadge view={view} state={record.state} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      {found.hasMore && found.records.length > 0 && <p class="hint">{t.moreThanThese}</p>}
      <div class="row">
        {wanted.page > 1 && <Turn id={id} wanted={wanted} to={wanted.page - 1} label={texts.previous} />}
        {found.hasMore && found.records.length > 0 && (
          <Turn id={id} wanted={wanted} to={wanted.page + 1} label={texts.next} />
        )}
      </div>
      {found.unreachable.map((system) => (
        <p class="hint">{t.unreachable[system]}</p>
      ))}
    </section>
  )
}

const Turn: FC<{ id: string; wanted: Wanted; to: number; label: string }> = ({ id, wanted, to, label }) => (
  <Action
    to={homeOf(id, '/records')}
    label={label}
    fields={{ kind: wanted.kind, q: wanted.q, page: String(to) }}
  />
)

const whereOf = ({ tribeId, powerOfficeId }: SearchAnswer['records'][number]) => {
  if (tribeId && powerOfficeId) return 'both'
  return tribeId ? 'tribe' : 'poweroffice'
}

export const stateTone = (state: SearchAnswer['records'][number]['state']): Tone => {
  if (state === 'linked') return 'good'
  return state === 'unlinked' ? 'quiet' : 'warn'
}

export const StateBadge: FC<{ view: View; state: SearchAnswer['records'][number]['state'] }> = ({
  view: { texts },
  state,
}) => <Badge tone={stateTone(state)}>{texts.record.states[state]}</Badge>

const Detached: FC<{ view: View; id: string; detached: DetachedAnswer['records']; names: Names }> = ({
  view,
  id,
  detached,
  names,
}) => {
  const { texts } = view
  const t = texts.records
  if (detached.length === 0) return null
  return (
    <section>
      <h2>{t.detached}</h2>
      <p>{t.detachedText}</p>
      <Table caption={t.detachedCaption} heads={[t.record, t.state, t.since, t.decide]}>
        {detached.map((record) => {
          const fields = { kind: record.kind, tribeId: record.tribeId }
          const name = [texts.kinds[record.kind], names(record), record.number ?? record.tribeId.slice(0, 8)]
            .filter((part) => part)
            .join(' ')
          return (
            <tr>
              <th scope="row">
                <a href={recordPath(id, record) ?? '#'}>{name}</a>
              </th>
              <td>
                <StateBadge view={view} state={record.state} />
              </td>
              <td>
                <Time view={view} at={record.since} />
              </td>
              <td class="row">
                <Action
                  to={homeOf(id, '/records/recreate')}
                  fields={fields}
                  label={texts.record.recreate}
                  about={name}
                />
                <Action
                  to={homeOf(id, '/records/forget')}
                  fields={fields}
                  label={texts.record.forget}
                  about={name}
                />
              </td>
            </tr>
          )
        })}
      </Table>
    </section>
  )
}
