import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { PreviewAnswer } from '../../http/preview'
import { Refusal } from '../api'
import { type Filled, filledIn } from '../form'
import { numberIn } from '../format'
import { Action, Notice, Option, orRefusal, Table, Time } from '../parts'
import { isConnected, isSetUp, type Setup, setupOf, setupPage } from '../setup'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** Step 7: what the first sync would do, and what the admin decides of it before anything is written. */
export const preview = new Hono<Console>()
  .get('/tenants/:id/setup/preview', (c) => draw(c))
  .post('/tenants/:id/setup/preview', async (c) => {
    const id = c.req.param('id')
    const done = await orRefusal(c.get('api').send('POST', apiPath(id, '/preview')))
    return done instanceof Refusal ? draw(c, done) : c.redirect(homeOf(id, '/setup/preview'), 303)
  })
  .post('/tenants/:id/setup/decisions', async (c) => {
    const id = c.req.param('id')
    const form = await filledIn(c)
    const decisions = decisionsFrom(form)
    const query = new URLSearchParams(form.text('filter'))
    if (decisions.length > 0) {
      const done = await orRefusal(c.get('api').send('PUT', apiPath(id, '/preview/decisions'), { decisions }))
      if (done instanceof Refusal) return draw(c, done)
      query.set('saved', 'true')
    }
    return c.redirect(homeOf(id, `/setup/preview?${query}`), 303)
  })

/** A field `decide:<kind>:<PowerOffice id>` holds the action, and for a link what to link it to. */
const decisionsFrom = (form: Filled) =>
  form.among('decide:').flatMap(([name, value]) => {
    const [kind = '', powerOfficeId = ''] = name.split(':')
    const [action = '', tribeId] = value.split(':')
    return action === '' ? [] : [{ kind, powerOfficeId, action, ...(tribeId ? { tribeId } : {}) }]
  })

const PAGE_SIZE = 50
const OUTCOMES = ['ambiguous', 'new-in-tribe', 'matched-by-id', 'matched-by-number', 'only-in-tribe'] as const
const KINDS = ['customer', 'supplier', 'contactPerson', 'product'] as const

interface Filter {
  outcome: string
  kind: string
  duplicates: boolean
  page: number
}

async function draw(c: ConsoleContext, refusal: Refusal | null = null) {
  const id = c.req.param('id') ?? ''
  const setup = await setupOf(c)
  const view = c.get('view')
  const about = { step: 'preview' as const, refusal }
  if (!isConnected(setup))
    return setupPage(c, setup, about, <Notice tone="quiet" title={view.texts.mappings.connectFirst} />)
  const filter: Filter = {
    outcome: OUTCOMES.find((one) => one === c.req.query('outcome')) ?? '',
    kind: KINDS.find((one) => one === c.req.query('kind')) ?? '',
    duplicates: c.req.query('duplicates') === 'true',
    page: Math.max(1, Math.trunc(Number(c.req.query('page') ?? 1)) || 1),
  }
  const found = await c
    .get('api')
    .get<PreviewAnswer>(apiPath(id, `/preview?${queryOf(filter)}&pageSize=${PAGE_SIZE}`))
  const isRunning = found.state === 'running'
  const content = <Preview view={view} setup={setup} found={found} filter={filter} />
  return setupPage(c, setup, { ...about, isLive: isRunning }, content)
}

function queryOf({ outcome, kind, duplicates, page }: Filter): string {
  const query = new URLSearchParams()
  if (outcome) query.set('outcome', outcome)
  if (kind) query.set('kind', kind)
  if (duplicates) query.set('duplicates', 'true')
  query.set('page', String(page))
  return query.toString()
}

const Preview: FC<{ view: View; setup: Setup; found: PreviewAnswer; filter: Filter }> = ({
  view,
  setup,
  found,
  filter,
}) => {
  const { texts } = view
  const t = texts.preview
  const here = homeOf(setup.tenant.id, '/setup/preview')
  if (isSetUp(setup)) return <p>{t.over}</p>
  if (found.state === 'none') return <Action to={here} label={t.begin} kind="main" />
  if (found.state === 'running')
    return (
      <div id="preview" data-again={2}>
        <Notice tone="busy" title={t.running} />
      </div>
    )
  return (
    <div id="preview">
      <p>
        {found.at && (
          <>
            {t.workedOut} <Time view={view} at={found.at} />.{' '}
          </>
        )}
        {t.nothingWritten}
      </p>
      <Counts view={view} here={here} found={found} filter={filter} />
      <Items view={view} id={setup.tenant.id} found={found} filter={filter} />
      <Pages view={view} here={here} filter={filter} isLast={found.items.length < PAGE_SIZE} />
      <div class="row">
        <a class="button main" href={homeOf(setup.tenant.id, '/setup/activate')}>
          {t.goOn}
        </a>
        <Action to={here} label={t.anew} />
      </div>
    </div>
  )
}

/** How many there are of each, and the way to them. */
const Counts: FC<{ view: View; here: string; found: PreviewAnswer; filter: Filter }> = ({
  view: { texts, language },
  here,
  found,
  filter,
}) => {
  const t = texts.preview
  const chip = (label: string, count: number, to: Filter, isOn: boolean) => (
    <li>
      <a href={`${here}?${queryOf(to)}`} {...(isOn ? { 'aria-current': 'true' } : {})}>
        <strong>{numberIn(language, count)}</strong> {label}
      </a>
    </li>
  )
  const total = OUTCOMES.reduce((sum, outcome) => sum + (found.counts[outcome] ?? 0), 0)
  const plain: Filter = { outcome: '', kind: filter.kind, duplicates: false, page: 1 }
  return (
    <nav aria-label={t.filter}>
      <ul class="chips">
        {chip(t.all, total, plain, filter.outcome === '' && !filter.duplicates)}
        {OUTCOMES.map((outcome) =>
          chip(
            t.outcomes[outcome],
            found.counts[outcome] ?? 0,
            { ...plain, outcome },
            filter.outcome === outcome,
          ),
        )}
        {chip(
          t.duplicates,
          found.counts['possible-duplicates'] ?? 0,
          { ...plain, duplicates: true },
          filter.duplicates,
        )}
      </ul>
      <ul class="chips small">
        {['', ...KINDS].map((kind) => (
          <li>
            <a
              href={`${here}?${queryOf({ ...filter, kind, page: 1 })}`}
              {...(filter.kind === kind ? { 'aria-current': 'true' } : {})}
            >
              {kind === '' ? t.allKinds : texts.kinds[kind as keyof typeof texts.kinds]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

type Item = PreviewAnswer['items'][number]

const Items: FC<{ view: View; id: string; found: PreviewAnswer; filter: Filter }> = ({
  view: { texts },
  id,
  found,
  filter,
}) => {
  const t = texts.preview
  if (found.items.length === 0) return <p>{t.none}</p>
  const mayDecide = found.items.some((item) => item.powerOfficeId !== null)
  return (
    <form method="post" action={homeOf(id, '/setup/decisions')}>
      <input type="hidden" name="filter" value={queryOf(filter)} />
      <Table caption={t.caption} heads={[t.name, t.kind, t.number, t.outcome, t.decision]}>
        {found.items.map((item) => (
          <tr>
            <th scope="row">{item.name || texts.nameless}</th>
            <td>{texts.kinds[item.kind as keyof typeof texts.kinds]}</td>
            <td>{item.number}</td>
            <td>
              {t.outcomes[item.outcome]}
              {item.duplicates.map(({ by }) => (
                <span class="hint block">{t.looksAlike[by]}</span>
              ))}
            </td>
            <td>{item.powerOfficeId !== null && <Decide texts={texts} item={item} />}</td>
          </tr>
        ))}
      </Table>
      {mayDecide && (
        <button type="submit" class="plain">
          {t.saveDecisions}
        </button>
      )}
    </form>
  )
}

const Decide: FC<{ texts: View['texts']; item: Item }> = ({ texts, item }) => {
  const t = texts.preview
  const { decision } = item
  const chosen = decision?.tribeId ? `link:${decision.tribeId}` : (decision?.action ?? '')
  const candidates = new Map([
    ...item.tribeIds.map((tribeId) => [tribeId, t.linkTo(shortOf(tribeId))] as const),
    ...item.duplicates.map(
      ({ tribeId, by }) => [tribeId, `${t.linkTo(shortOf(tribeId))}: ${t.looksAlike[by]}`] as const,
    ),
  ])
  return (
    <select name={`decide:${item.kind}:${item.powerOfficeId}`} aria-label={t.decideOn(item.name)}>
      {decision === null && <Option value="" label={t.asShown} chosen={chosen} />}
      {[...candidates].map(([tribeId, label]) => (
        <Option value={`link:${tribeId}`} label={label} chosen={chosen} />
      ))}
      <Option value="create" label={t.create} chosen={chosen} />
      <Option value="leave" label={t.leave} chosen={chosen} />
    </select>
  )
}

/** Enough of an id to tell it from another. */
const shortOf = (id: string) => id.slice(0, 8)

const Pages: FC<{ view: View; here: string; filter: Filter; isLast: boolean }> = ({
  view: { texts },
  here,
  filter,
  isLast,
}) => (
  <nav class="row" aria-label={texts.pages}>
    {filter.page > 1 && (
      <a href={`${here}?${queryOf({ ...filter, page: filter.page - 1 })}`}>{texts.previous}</a>
    )}
    {!isLast && <a href={`${here}?${queryOf({ ...filter, page: filter.page + 1 })}`}>{texts.next}</a>}
  </nav>
)
