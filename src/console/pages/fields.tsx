import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { Fields } from '../../http/fields'
import { Refusal } from '../api'
import { filledIn } from '../form'
import { Action, Choice, Notice, Option, orRefusal, Table } from '../parts'
import { isConnected, setupOf, setupPage } from '../setup'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** Fields of the admin's own: how they are mapped, and a form that adds a row to them. */
export const fields = new Hono<Console>()
  .get('/tenants/:id/setup/fields', (c) => draw(c))
  .post('/tenants/:id/setup/fields', async (c) => {
    const filled = await filledIn(c)
    const before = await readFields(c)
    if (before instanceof Refusal) return draw(c, before)
    const row = {
      record: kindIn(filled.text('record')),
      tribeField: filled.text('tribeField'),
      powerOfficeField: filled.text('powerOfficeField'),
      direction: DIRECTIONS.find((one) => one === filled.text('direction')) ?? 'to-tribe',
    }
    return save(c, [...before.mapped, row])
  })
  .post('/tenants/:id/setup/fields/remove', async (c) => {
    const filled = await filledIn(c)
    const before = await readFields(c)
    if (before instanceof Refusal) return draw(c, before)
    const isIt = ({ record, tribeField, powerOfficeField }: Row) =>
      `${record} ${tribeField} ${powerOfficeField}` === filled.text('row')
    return save(
      c,
      before.mapped.filter((row) => !isIt(row)),
    )
  })
  .post('/tenants/:id/setup/fields/read', async (c) => {
    const done = await readFields(c, '?refresh=true')
    return done instanceof Refusal ? draw(c, done) : c.redirect(pathOf(c), 303)
  })

type Row = Fields['mapped'][number]
type Kind = Row['record']
const KINDS: readonly Kind[] = ['customer', 'supplier', 'contactPerson', 'product', 'invoice']
const DIRECTIONS = ['to-tribe', 'to-poweroffice', 'both'] as const

const kindIn = (text: string | undefined): Kind => KINDS.find((kind) => kind === text) ?? 'customer'
const idOf = (c: ConsoleContext) => c.req.param('id') ?? ''
const pathOf = (c: ConsoleContext, more = '') => homeOf(idOf(c), `/setup/fields${more}`)
const readFields = (c: ConsoleContext, query = '') =>
  orRefusal(c.get('api').get<Fields>(apiPath(idOf(c), `/fields${query}`)))

async function save(c: ConsoleContext, mapped: readonly Row[]) {
  const done = await orRefusal(c.get('api').send('PUT', apiPath(idOf(c), '/fields'), { mapped }))
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
  const about = { view, id: setup.tenant.id, found }
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
  id: string
  found: Fields
}

type Field = Fields['tribe'][number]
const labelled = ({ label, field }: Field) => (label === field ? field : `${label} (${field})`)
const named = (list: readonly Field[], record: Kind, field: string) => {
  const found = list.find((one) => one.record === record && one.field === field)
  return found ? labelled(found) : field
}

const Mapped: FC<About> = ({ view: { texts }, id, found }) => {
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
            <Action
              to={homeOf(id, '/setup/fields/remove')}
              fields={{ row: `${row.record} ${row.tribeField} ${row.powerOfficeField}` }}
              label={t.remove}
            />
          </td>
        </tr>
      ))}
    </Table>
  )
}

/** Both lists of one kind, as far as they hold what was sought. */
const NewRow: FC<About & { kind: Kind; sought: string }> = ({ view: { texts }, id, found, kind, sought }) => {
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
        <button type="submit" class="main">
          {t.addNow}
        </button>
      </form>
    </section>
  )
}
