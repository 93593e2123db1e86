import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { DryRunAnswer } from '../../http/dry-run'
import type { TenantAnswer } from '../../http/tenants'
import { explain } from '../../shared/problems'
import { streamOf } from '../../shared/stream'
import { Refusal } from '../api'
import { CHANGING_STEPS, type ChangingStep, changeIn, saveChange, stepOfChange } from '../changes'
import { type Example, examplesOf } from '../examples'
import { filledIn } from '../form'
import { numberIn } from '../format'
import { page } from '../layout'
import { type Names, namesFor } from '../names'
import { Action, Notice, orRefusal, Refused, Table, Time } from '../parts'
import { afterStep, setupOf } from '../setup'
import { recordPath } from '../timeline'
import { fieldWord, shownValue } from '../values'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** What a change of the settings would do, before it is saved: counts, examples, the records, and a file of all. */
export const dryRun = new Hono<Console>()
  .post('/tenants/:id/dry-run', async (c) => {
    const [api, id] = [c.get('api'), c.req.param('id')]
    const step = CHANGING_STEPS.find((one) => one === c.req.query('step')) ?? 'general'
    return begin(c, step, await changeIn(api, id, step, await filledIn(c)))
  })
  .get('/tenants/:id/dry-run/:run', async (c) => {
    const found = await readRun(c, { page: pageIn(c), pageSize: PAGE_RECORDS })
    return found instanceof Refusal ? over(c, found) : draw(c, found)
  })
  .post('/tenants/:id/dry-run/:run/again', async (c) => {
    const found = await readRun(c, ONE)
    return found instanceof Refusal ? over(c, found) : begin(c, stepOfChange(found.change), found.change)
  })
  .post('/tenants/:id/dry-run/:run/save', async (c) => {
    const found = await readRun(c, ONE)
    if (found instanceof Refusal) return over(c, found)
    const done = await orRefusal(saveChange(c.get('api'), c.req.param('id'), found.change))
    if (done instanceof Refusal) return draw(c, found, done)
    return c.redirect(afterStep(stepOfChange(found.change), await setupOf(c)), 303)
  })
  .get('/tenants/:id/dry-run/:run/list.csv', async (c) => {
    const first = await readRun(c, { page: 1, pageSize: MOST_AT_ONCE })
    if (first instanceof Refusal) return over(c, first)
    const headers = {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="dry-run.csv"',
    }
    return new Response(streamOf(linesOf(c, first)), { headers })
  })

const PAGE_RECORDS = 50
const MOST_AT_ONCE = 500
const ONE = { page: 1, pageSize: 1 }

const pageIn = (c: ConsoleContext) => Math.max(1, Math.trunc(Number(c.req.query('page'))) || 1)
const runIn = (c: ConsoleContext) => c.req.param('run') ?? ''

function readRun(c: ConsoleContext, { page: n, pageSize }: { page: number; pageSize: number }) {
  const path = `/dry-run/${encodeURIComponent(runIn(c))}?page=${n}&pageSize=${pageSize}`
  return orRefusal(c.get('api').get<DryRunAnswer>(apiPath(c.req.param('id') ?? '', path)))
}

/** Begins it, and leads to where its outcome will be; a change that could never be saved is told as when it is saved. */
async function begin(c: ConsoleContext, step: ChangingStep, change: DryRunAnswer['change']) {
  const id = c.req.param('id') ?? ''
  const begun = await orRefusal(
    c.get('api').send<{ dryRunId: string }>('POST', apiPath(id, '/dry-run'), change),
  )
  if (!(begun instanceof Refusal)) return c.redirect(homeOf(id, `/dry-run/${begun.dryRunId}`), 303)
  const back = <p>{<a href={homeOf(id, `/setup/${step}`)}>{c.get('view').texts.dryRun.back}</a>}</p>
  return frame(c, back, { refusal: begun })
}

/** It is an hour old, or there never was one. */
async function over(c: ConsoleContext, refusal: Refusal) {
  const { texts } = c.get('view')
  const back = <a href={homeOf(c.req.param('id') ?? '', '/setup/general')}>{texts.dryRun.toSettings}</a>
  return frame(c, <p>{back}</p>, { refusal })
}

async function frame(
  c: ConsoleContext,
  content: unknown,
  { refusal = null, isLive = false }: { refusal?: Refusal | null; isLive?: boolean } = {},
) {
  const view = c.get('view')
  const tenant = await c.get('api').get<TenantAnswer>(apiPath(c.req.param('id') ?? ''))
  const { title } = view.texts.dryRun
  return page(
    c,
    { title, tenant, isLive, tab: 'settings' },
    <>
      <h1>{title}</h1>
      <Refused view={view} refusal={refusal} />
      {content}
    </>,
    refusal?.status ?? 200,
  )
}

async function draw(c: ConsoleContext, found: DryRunAnswer, refusal: Refusal | null = null) {
  const view = c.get('view')
  const [api, id] = [c.get('api'), c.req.param('id') ?? '']
  const about = { view, id, run: runIn(c), found, page: pageIn(c) }
  if (found.state === 'running') return frame(c, <Waiting {...about} />, { isLive: true, refusal })
  if (found.state === 'failed') return frame(c, <Failed {...about} />, { refusal })
  const [names, examples, isPaused] = await Promise.all([
    namesFor(api, id, found.records),
    about.page === 1 ? examplesOf(api, id, found.records) : [],
    api.get<TenantAnswer>(apiPath(id)).then(({ state }) => state === 'paused'),
  ])
  const whole = <Outcome {...about} names={names} examples={examples} isPaused={isPaused} />
  return frame(c, whole, { refusal })
}

interface About {
  view: View
  id: string
  run: string
  found: DryRunAnswer
  page: number
}

const Waiting: FC<About> = ({ view, found: { at } }) => {
  const t = view.texts.dryRun
  return (
    <div id="dry-run" data-again={2}>
      <Notice tone="busy" title={t.running}>
        <p>
          {t.begun} <Time view={view} at={at} />. {t.mayTake} {t.mayLeave}
        </p>
      </Notice>
    </div>
  )
}

const Failed: FC<About> = ({ view: { texts }, id, run, found }) => (
  <>
    <Notice tone="bad" title={texts.dryRun.failed}>
      <p>
        {found.because && texts.dryRun.because[found.because]} {texts.dryRun.failedNext}
      </p>
    </Notice>
    <Ways id={id} run={run} found={found} texts={texts} isSavable={false} />
  </>
)

/** Where one goes on: with the change as it was tried, or back to its form. */
const Ways: FC<{
  id: string
  run: string
  found: DryRunAnswer
  texts: View['texts']
  isSavable: boolean
}> = ({ id, run, found, texts, isSavable }) => {
  const t = texts.dryRun
  const here = homeOf(id, `/dry-run/${run}`)
  return (
    <div class="row">
      {isSavable && <Action to={`${here}/save`} label={t.save} kind="main" />}
      <a class="button" href={homeOf(id, `/setup/${stepOfChange(found.change)}?tried=${run}`)}>
        {t.back}
      </a>
      <Action to={`${here}/again`} label={t.again} />
    </div>
  )
}

const Outcome: FC<About & { names: Names; examples: readonly Example[]; isPaused: boolean }> = ({
  names,
  examples,
  isPaused,
  ...about
}) => {
  const { view, id, run, found } = about
  const { texts } = view
  const t = texts.dryRun
  const isNothing = found.writes.length === 0 && found.parked.length === 0
  return (
    <>
      <Notice tone={isNothing ? 'good' : 'quiet'} title={isNothing ? t.nothing : t.nothingWritten}>
        <p>
          {isPaused ? t.paused : t.holds} {t.workedOut} <Time view={view} at={found.at} />.
        </p>
      </Notice>
      <Ways id={id} run={run} found={found} texts={texts} isSavable={true} />
      <Counts view={view} found={found} />
      <Examples view={view} id={id} examples={examples} names={names} />
      {(found.records.length > 0 || about.page > 1) && <Records {...about} names={names} />}
    </>
  )
}

const systemOf = (side: 'tribe' | 'powerOffice') => (side === 'tribe' ? 'Tribe' : 'PowerOffice')
const kindWord = ({ texts }: View, kind: string) => texts.kinds[kind as keyof typeof texts.kinds] ?? kind
const manyWord = ({ texts }: View, kind: string) =>
  texts.manyKinds[kind as keyof typeof texts.manyKinds] ?? kind

const Counts: FC<{ view: View; found: DryRunAnswer }> = ({ view, found: { writes, parked } }) => {
  const t = view.texts.dryRun
  const number = (value: number) => <td class="number">{numberIn(view.language, value)}</td>
  return (
    <>
      {writes.length > 0 && (
        <Table caption={t.counts} heads={[t.where, t.kind, t.field, t.count]} numeric={3}>
          {writes.map(({ side, kind, field, count }) => (
            <tr>
              <th scope="row">{systemOf(side)}</th>
              <td>{manyWord(view, kind)}</td>
              <td>{fieldWord(view, field)}</td>
              {number(count)}
            </tr>
          ))}
        </Table>
      )}
      {parked.length > 0 && (
        <Table caption={t.parked} heads={[t.why, t.records]} numeric={1}>
          {parked.map(({ code, count }) => (
            <tr>
              <th scope="row">{explain(code, view.language).cause}</th>
              {number(count)}
            </tr>
          ))}
        </Table>
      )}
    </>
  )
}

/** A few records with their values, as both systems hold them this moment. */
const Examples: FC<{ view: View; id: string; examples: readonly Example[]; names: Names }> = ({
  view,
  id,
  examples,
  names,
}) => {
  const t = view.texts.dryRun
  if (examples.length === 0) return null
  return (
    <Table caption={t.examples} heads={[t.record, t.where, t.field, t.isNow, t.wouldBe]}>
      {examples.map(({ record, field, from, to }) => (
        <tr>
          <th scope="row">
            <Named view={view} id={id} record={record} names={names} />
          </th>
          <td>{systemOf(record.side)}</td>
          <td>{fieldWord(view, field)}</td>
          <td>{shownValue(from)}</td>
          <td>{shownValue(to)}</td>
        </tr>
      ))}
    </Table>
  )
}

type Record_ = DryRunAnswer['records'][number]

const Named: FC<{ view: View; id: string; record: Record_; names: Names }> = ({
  view,
  id,
  record,
  names,
}) => {
  const path = recordPath(id, record)
  const name = names(record) ?? record.powerOfficeId ?? (record.tribeId ?? '').slice(0, 8)
  const said = `${kindWord(view, record.kind)} ${name}`
  return path ? <a href={path}>{said}</a> : <span>{said}</span>
}

const Records: FC<About & { names: Names }> = ({ view, id, run, found, page: n, names }) => {
  const { texts } = view
  const t = texts.dryRun
  const here = homeOf(id, `/dry-run/${run}`)
  return (
    <section>
      <h2>{t.all}</h2>
      <p>
        <a href={`${here}/list.csv`} download="dry-run.csv">
          {t.download}
        </a>
      </p>
      <Table caption={t.all} isTitled heads={[t.record, t.where, t.what, t.fields]}>
        {found.records.map((record) => (
          <tr>
            <th scope="row">
              <Named view={view} id={id} record={record} names={names} />
            </th>
            <td>{systemOf(record.side)}</td>
            <td>{t.actions[record.action]}</td>
            <td>{record.fields.map((field) => fieldWord(view, field)).join(', ')}</td>
          </tr>
        ))}
      </Table>
      <nav class="row" aria-label={texts.pages}>
        {n > 1 && <a href={`${here}?page=${n - 1}`}>{texts.previous}</a>}
        {found.records.length === PAGE_RECORDS && <a href={`${here}?page=${n + 1}`}>{texts.next}</a>}
      </nav>
    </section>
  )
}

/** The file: ids and names of fields, a line for each record. */
async function* linesOf(c: ConsoleContext, first: DryRunAnswer): AsyncGenerator<string> {
  yield csvLine(['side', 'action', 'kind', 'tribeId', 'powerOfficeId', 'fields'])
  let [found, n] = [first, 1]
  for (;;) {
    for (const { side, action, kind, tribeId, powerOfficeId, fields } of found.records)
      yield csvLine([side, action, kind, tribeId ?? '', powerOfficeId ?? '', fields.join(' ')])
    if (found.records.length < MOST_AT_ONCE) return
    n += 1
    const next = await readRun(c, { page: n, pageSize: MOST_AT_ONCE })
    // A file that ends too soon must not look like one that is whole.
    if (next instanceof Refusal) throw next
    found = next
  }
}

const csvLine = (cells: readonly string[]) =>
  `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`
