import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { Fields } from '../../http/fields'
import { Refusal } from '../api'
import { changeIn, DIRECTIONS, type FieldRow, KINDS, keyOfRow, kindIn, saveChange } from '../changes'
import { filledIn } from '../form'
import { Action, Choice, Notice, Option, orRefusal, Table } from '../parts'
import { isConnected, type Setup, setupOf, setupPage } from '../setup'
import { TryIt } from '../try-button'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** Fields of the admin's own: how they are mapped, and a form that adds a row to them. */
export const fields = new Hono<Console>()
  .get('/tenants/:id/setup/fields', (c) => draw(c))
  .post('/tenants/:id/setup/fields', (c) => save(c))
  .post('/tenants/:id/setup/fields/remove', (c) => save(c))
  .post('/tenants/:id/setup/fields/read', async (c) => {
    const done = await readFields(c, '?refresh=true')
    return done instanceof Refusal ? draw(c, done) : c.redirect(pathOf(c), 303)
  })

type Kind = FieldRow['record']

const idOf = (c: ConsoleContext) => c.req.param('id') ?? ''
const pathOf = (c: ConsoleContext, more = '') => homeOf(idOf(c), `/setup/fields${more}`)
const readFields = (c: ConsoleContext, query = '') =>
  orRefusal(c.get('api').get<Fields>(apiPath(idOf(c), `/fields${query}`)))

/** A row more, or one less: the form says which. */
async function save(c: ConsoleContext) {
  const [api, id] = [c.get('api'), idOf(c)]
  const form = await filledIn(c)
  const done = await orRefusal(
    changeIn(api, id, 'fields', form).then((change) => saveChange(api, id, change)),
  )
  return done instanceof Refusal ? draw(c, done) : c.redirect(pathOf(c, '?saved=true'), 303)
}

async function draw(c: ConsoleContext, refusal: Refusal | null = null) {
  const view = c.get('view')
  const setup = await setupOf(c)
  if (!isConnected(setup)) {
    const content = <Notice tone="quiet" title={view.texts.mappings.connectFirst} />
    return setupPage(c, setup, { step: 'fields', refusal }, content)
  }
  const found = await readFields(c)
  if (found instanceof Refusal) return setupPage(c, setup, { step: 'fields', refusal: found }, null)
  const kind = kindIn(c.req.query('record'))
  const sought = c.req.query('find')?.trim() ?? ''
  const about = { view, setup, found }
  return setupPage(
    c,
    setup,
    { step: 'fields', refusal, width: 'wide' },
    <>
      <Mapped {...about} />
      <NewRow {...about} kind={kind} sought={sought} />
      <Action to={pathOf(c, '/read')} label={view.texts.mappings.readAgain} />
    </>,
  )
}

interface About {
  view: View
  setup: Setup
  found: Fields
}

type Field = Fields['tribe'][number]
const labelled = ({ label, field }: Field) => (label === field ? field : `${label} (${field})`)
const named = (list: readonly Field[], record: Kind, field: string) => {
  const found = list.find((one) => one.record === record && one.field === field)
  return found ? labelled(found) : field
}

const Mapped: FC<About> = ({ view, setup, found }) => {
  const { texts } = view
  const { id } = setup.tenant
  const t = texts.fields
  if (found.mapped.length === 0) return <p>{t.none}</p>
  return (
    <Table caption={t.mapped} heads={[t.kind, t.inTribe, t.direction, t.inPowerOffice, t.change]}>
      {found.mapped.map((row) => (
        <tr>
          <th scope="row">{texts.kinds[row.record]}</th>
          <td>{named(found.tribe, row.record, row.tribeField)}</td>
          <td>{t.directions[row.direction]}</td>
          <td>{named(found.powerOffice, row.record, row.powerOfficeField)}</td>
          <td>
            <form method="post" action={homeOf(id, '/setup/fields/remove')} class="row">
              <input type="hidden" name="row" value={keyOfRow(row)} />
              <button type="submit">
                {t.remove}
                <span class="unseen"> {row.powerOfficeField}</span>
              </button>
              <TryIt view={view} setup={setup} step="fields" about={`${t.remove}: ${row.powerOfficeField}`} />
              <a href={`${homeOf(id, '/setup/fields/try')}?${new URLSearchParams({ ...row })}`}>
                {texts.tryRow.link}
                <span class="unseen"> {row.powerOfficeField}</span>
              </a>
            </form>
          </td>
        </tr>
      ))}
    </Table>
  )
}

/** Both lists of one kind, as far as they hold what was sought. */
const NewRow: FC<About & { kind: Kind; sought: string }> = ({ view, setup, found, kind, sought }) => {
  const { texts } = view
  const { id } = setup.tenant
  const t = texts.fields
  const isIt = ({ record, field, label }: Field) =>
    record === kind && `${label} ${field}`.toLowerCase().includes(sought.toLowerCase())
  const select = (name: string, label: string, list: readonly Field[]) => (
    <div class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name} required>
        <Option value="" label={texts.choose} chosen="" />
        {list.filter(isIt).map((field) => (
          <Option
            value={field.field}
            label={`${labelled(field)} – ${t.types[field.type]}${field.writable ? '' : `, ${t.readOnly}`}`}
            chosen=""
          />
        ))}
      </select>
    </div>
  )
  return (
    <section>
      <h2>{t.add}</h2>
      <form method="get" action={homeOf(id, '/setup/fields')} class="row">
        <div class="field">
          <label for="kind">{t.kind}</label>
          <select id="kind" name="record">
            {KINDS.map((one) => (
              <Option value={one} label={texts.kinds[one]} chosen={kind} />
            ))}
          </select>
        </div>
        <div class="field">
          <label for="find">{t.find}</label>
          <input id="find" name="find" type="search" value={sought} autocomplete="off" />
        </div>
        <button type="submit">{t.show}</button>
      </form>
      <form method="post" action={homeOf(id, '/setup/fields')}>
        <input type="hidden" name="record" value={kind} />
        {select('tribeField', t.inTribe, found.tribe)}
        {select('powerOfficeField', t.inPowerOffice, found.powerOffice)}
        <fieldset>
          <legend>{t.direction}</legend>
          {DIRECTIONS.map((direction) => (
            <Choice
              name="direction"
              value={direction}
              label={t.directions[direction]}
              isOn={direction === 'to-tribe'}
            />
          ))}
        </fieldset>
        <div class="row">
          <button type="submit" class="main">
            {t.addNow}
          </button>
          <TryIt view={view} setup={setup} step="fields" />
          <button type="submit" class="plain" formmethod="get" formaction={homeOf(id, '/setup/fields/try')}>
            {texts.tryRow.link}
          </button>
        </div>
      </form>
    </section>
  )
}
