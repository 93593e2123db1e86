import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { RecordAnswer } from '../../http/record-answer'
import type { TenantAnswer } from '../../http/tenants'
import type { FormerAnswer } from '../../http/undo'
import { Refusal } from '../api'
import { filledIn } from '../form'
import { page } from '../layout'
import { Field, Notice, orRefusal, Refused, Table, Time } from '../parts'
import { recordNamed, recordTitle, UNASKED } from '../record'
import { isTakenBack, recordPath } from '../timeline'
import { fieldWord, shownValue } from '../values'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/**
 * One change of the relay's is taken back from a record's timeline: first what it was and what both systems hold now, then
 * a confirmation that has to be typed.
 */
const AT = '/tenants/:id/records/:kind/:side{tribe|poweroffice}/:ref/undo/:entry{[0-9]+}'
export const undoChange = new Hono<Console>()
  .get(AT, (c) => draw(c))
  .post(AT, async (c) => {
    const { id, entry } = c.req.param()
    const api = c.get('api')
    const { name } = await api.get<TenantAnswer>(apiPath(id))
    const form = await filledIn(c)
    if (form.text('name') !== name) return draw(c, MISTYPED)
    const body = { ...recordNamed(c), entryId: Number(entry) }
    const done = await orRefusal(api.send('POST', apiPath(id, '/records/undo'), body))
    if (done instanceof Refusal) return draw(c, done)
    return c.redirect(`${pathOf(c)}?begun=true`, 303)
  })

const MISTYPED = 'mistyped'

/** The record's own page. */
const pathOf = (c: ConsoleContext): string => {
  const { kind, tribeId = null, powerOfficeId = null } = recordNamed(c)
  return (
    recordPath(c.req.param('id') ?? '', { kind, tribeId, powerOfficeId }) ?? homeOf(c.req.param('id') ?? '')
  )
}

async function draw(c: ConsoleContext, wrong: Refusal | typeof MISTYPED | null = null) {
  const view = c.get('view')
  const [api, id] = [c.get('api'), c.req.param('id') ?? '']
  const query = new URLSearchParams(recordNamed(c) as unknown as Record<string, string>)
  const ask = (more: string) => orRefusal(api.get<RecordAnswer>(apiPath(id, `/records?${query}${more}`)))
  const [tenant, live] = await Promise.all([api.get<TenantAnswer>(apiPath(id)), ask('&values=true')])
  const found = live instanceof Refusal && UNASKED.includes(live.code) ? await ask('') : live
  if (found instanceof Refusal) throw found
  const former = await orRefusal(
    api.get<FormerAnswer>(apiPath(id, `/records/undo?${query}&entryId=${c.req.param('entry')}`)),
  )
  const refusal = wrong instanceof Refusal ? wrong : null
  const said = refusal ?? (former instanceof Refusal ? former : null)
  const entry = found.timeline.find((one) => String(one.id) === c.req.param('entry'))
  if (!entry || !isTakenBack(entry)) throw new Refusal(404, 'record.unknown', 'There is no such change', null)
  const t = view.texts.undoChange
  const title = `${t.title}: ${recordTitle(view, found)}`
  return page(
    c,
    { title, tenant, tab: 'records' },
    <>
      <p>
        <a href={pathOf(c)}>← {recordTitle(view, found)}</a>
      </p>
      <h1>{title}</h1>
      {wrong === MISTYPED && <Notice tone="bad" title={view.texts.undo.mistyped} />}
      <Refused view={view} refusal={said} />
      <p class="lead">{t.intro}</p>
      <Change
        view={view}
        record={found}
        entry={entry}
        former={former instanceof Refusal ? [] : former.fields}
      />
      {said === null && <Confirm view={view} to={c.req.path} name={tenant.name} />}
    </>,
    wrong === MISTYPED ? 422 : (refusal?.status ?? 200),
  )
}

const Confirm: FC<{ view: View; to: string; name: string }> = ({ view: { texts }, to, name }) => (
  <section class="danger">
    <p>{texts.undoChange.hint}</p>
    <form method="post" action={to}>
      <Field name="name" label={texts.manage.typeName(name)} />
      <button type="submit" class="danger">
        {texts.undoChange.now}
      </button>
    </form>
  </section>
)

/** The fields that were written, with what both systems hold of them this moment. */
const Change: FC<{
  view: View
  record: RecordAnswer
  entry: RecordAnswer['timeline'][number]
  former: FormerAnswer['fields']
}> = ({ view, record, entry, former }) => {
  const t = view.texts.undoChange
  const system = entry.event === 'updated-tribe' ? 'Tribe' : 'PowerOffice'
  const names = Array.isArray(entry.details.fields) ? entry.details.fields.map(String) : []
  const held = (name: string) => record.fields?.find(({ field }) => field === name)
  return (
    <>
      <p>
        {t.what(system)} <Time view={view} at={entry.at} />.
      </p>
      {record.unreachable?.map((side) => (
        <Notice tone="warn" title={view.texts.values.away(side === 'tribe' ? 'Tribe' : 'PowerOffice')} />
      ))}
      <Table caption={t.caption} heads={[view.texts.values.field, 'Tribe', 'PowerOffice', t.back(system)]}>
        {names.map((name) => (
          <tr>
            <th scope="row">{fieldWord(view, name)}</th>
            <td>{shownValue(held(name)?.tribe ?? null)}</td>
            <td>{shownValue(held(name)?.powerOffice ?? null)}</td>
            <td>{shownValue(former.find(({ field }) => field === name)?.former ?? null)}</td>
          </tr>
        ))}
      </Table>
    </>
  )
}
