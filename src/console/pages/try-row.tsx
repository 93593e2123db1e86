import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { Fields } from '../../http/fields'
import type { SearchAnswer } from '../../http/search'
import type { TriedFieldRow } from '../../http/try-fields'
import { Refusal } from '../api'
import { type FieldRow, rowIn } from '../changes'
import { filledIn } from '../form'
import { type Names, namesFor } from '../names'
import { Action, Check, Facts, Notice, orRefusal, Table } from '../parts'
import { isConnected, setupOf, setupPage } from '../setup'
import { recordPath } from '../timeline'
import { nextWord, sameWord, shownValue } from '../values'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** What a row of fields would do right now, for up to three records that one looks for and picks. Nothing is kept. */
export const tryRow = new Hono<Console>()
  .get('/tenants/:id/setup/fields/try', (c) => {
    const query = (name: string) => c.req.query(name) ?? ''
    return draw(c, { row: rowIn({ text: query }), picked: [], q: '' })
  })
  .post('/tenants/:id/setup/fields/try', async (c) => {
    // By a form, so that the name that is looked for stands in no address.
    const form = await filledIn(c)
    return draw(c, { row: rowIn(form), picked: form.all('pick'), q: form.text('q') })
  })

const MOST = 3

interface Asked {
  row: FieldRow
  /** `<Tribe's id>:<PowerOffice's id>` of each record. */
  picked: readonly string[]
  q: string
}

async function draw(c: ConsoleContext, { row, picked, q }: Asked) {
  const view = c.get('view')
  const [api, id] = [c.get('api'), c.req.param('id') ?? '']
  const setup = await setupOf(c)
  if (!isConnected(setup)) {
    const content = <Notice tone="quiet" title={view.texts.mappings.connectFirst} />
    return setupPage(c, setup, { step: 'fields' }, content)
  }
  const asked = [...new Set(picked)].slice(0, MOST)
  const rowQuery = { ...row } satisfies Record<string, string>
  const [fields, tried, found] = await Promise.all([
    orRefusal(api.get<Fields>(apiPath(id, '/fields'))),
    asked.length === 0
      ? null
      : orRefusal(
          api.get<TriedFieldRow>(
            apiPath(id, `/fields/try?${new URLSearchParams({ ...rowQuery, records: asked.join(',') })}`),
          ),
        ),
    q === ''
      ? null
      : orRefusal(
          api.get<SearchAnswer>(
            apiPath(id, `/records/search?${new URLSearchParams({ kind: row.record, q })}`),
          ),
        ),
  ])
  const refusal = [fields, tried, found].find((one) => one instanceof Refusal) as Refusal | undefined
  const seen = tried === null || tried instanceof Refusal ? [] : tried.records
  const names = await namesFor(
    api,
    id,
    seen.map((one) => ({ kind: row.record, ...one })),
  )
  const about = { view, id, row, asked, q }
  return setupPage(
    c,
    setup,
    { step: 'fields', refusal: refusal ?? null, title: view.texts.tryRow.title },
    <>
      <RowInWords view={view} row={row} fields={fields instanceof Refusal ? null : fields} />
      {picked.length > MOST && <Notice tone="quiet" title={view.texts.tryRow.mostThree} />}
      {seen.length > 0 && <Seen {...about} seen={seen} names={names} />}
      <Finder {...about} found={found === null || found instanceof Refusal ? null : found} />
      <Ways view={view} id={id} row={row} fields={fields instanceof Refusal ? null : fields} />
    </>,
  )
}

const labelIn = (list: Fields['tribe'], record: string, field: string) => {
  const known = list.find((one) => one.record === record && one.field === field)
  return known && known.label !== field ? `${known.label} (${field})` : field
}

const RowInWords: FC<{ view: View; row: FieldRow; fields: Fields | null }> = ({
  view: { texts },
  row,
  fields,
}) => {
  const t = texts.fields
  const facts = [
    [t.kind, texts.kinds[row.record]],
    [t.inTribe, labelIn(fields?.tribe ?? [], row.record, row.tribeField)],
    [t.direction, t.directions[row.direction]],
    [t.inPowerOffice, labelIn(fields?.powerOffice ?? [], row.record, row.powerOfficeField)],
  ] as const
  return <Facts of={facts} />
}

interface About {
  view: View
  id: string
  row: FieldRow
  asked: readonly string[]
  q: string
}

const Seen: FC<About & { seen: TriedFieldRow['records']; names: Names }> = ({
  view,
  id,
  row,
  seen,
  names,
}) => {
  const t = view.texts.values
  return (
    <>
      <Table
        caption={view.texts.tryRow.caption}
        heads={[view.texts.dryRun.record, 'Tribe', 'PowerOffice', t.same, t.next]}
      >
        {seen.map((one) => {
          const record = { kind: row.record, ...one }
          const name = names(record) ?? one.powerOfficeId ?? (one.tribeId ?? '').slice(0, 8)
          return (
            <tr>
              <th scope="row">
                <a href={recordPath(id, record) ?? '#'}>{name}</a>
              </th>
              <td>{shownValue(one.tribe)}</td>
              <td>{shownValue(one.powerOffice)}</td>
              <td>{sameWord(view, one)}</td>
              <td>{nextWord(view, one)}</td>
            </tr>
          )
        })}
      </Table>
      <p class="hint">{view.texts.tryRow.kept}</p>
    </>
  )
}

const HiddenRow: FC<{ row: FieldRow }> = ({ row }) => (
  <>
    {Object.entries(row).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
  </>
)

/** Looks for records, and lets up to three of them be picked. */
const Finder: FC<About & { found: SearchAnswer | null }> = ({ view, id, row, asked, q, found }) => {
  const { texts } = view
  const t = texts.tryRow
  const to = homeOf(id, '/setup/fields/try')
  const choices = (found?.records ?? []).map(({ tribeId, powerOfficeId, name, number }) => ({
    value: `${tribeId ?? ''}:${powerOfficeId ?? ''}`,
    label: [name, number].filter((part) => part).join(' ') || texts.nameless,
  }))
  const others = asked.filter((one) => !choices.some(({ value }) => value === one))
  return (
    <section>
      <h2>{t.pick}</h2>
      <form method="post" action={to} class="search">
        <HiddenRow row={row} />
        {asked.map((one) => (
          <input type="hidden" name="pick" value={one} />
        ))}
        <div class="field wide">
          <label for="q">{texts.records.search}</label>
          <input id="q" name="q" type="search" value={q} required maxlength={100} autocomplete="off" />
        </div>
        <button type="submit">{texts.records.find}</button>
      </form>
      {found !== null && (
        <form method="post" action={to}>
          <HiddenRow row={row} />
          {others.map((one) => (
            <input type="hidden" name="pick" value={one} />
          ))}
          {choices.length === 0 ? (
            <p>{texts.records.none}</p>
          ) : (
            <>
              <fieldset>
                <legend>{t.found}</legend>
                {choices.map(({ value, label }) => (
                  <Check name="pick" value={value} label={label} isOn={asked.includes(value)} />
                ))}
              </fieldset>
              <button type="submit" class="main">
                {t.look}
              </button>
            </>
          )}
        </form>
      )}
    </section>
  )
}

/** The row is mapped from here, unless it is already. */
const Ways: FC<{ view: View; id: string; row: FieldRow; fields: Fields | null }> = ({
  view: { texts },
  id,
  row,
  fields,
}) => {
  const isMapped = fields?.mapped.some(
    (one) =>
      one.record === row.record &&
      one.tribeField === row.tribeField &&
      one.powerOfficeField === row.powerOfficeField &&
      one.direction === row.direction,
  )
  return (
    <div class="row">
      {!isMapped && (
        <Action to={homeOf(id, '/setup/fields')} fields={{ ...row }} label={texts.fields.addNow} />
      )}
      <a class="button" href={homeOf(id, `/setup/fields?record=${row.record}`)}>
        {texts.tryRow.back}
      </a>
    </div>
  )
}
