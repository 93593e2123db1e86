import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { TenantAnswer } from '../../http/tenants'
import type { AuditAnswer } from '../../http/trail'
import { page } from '../layout'
import { Table, Time } from '../parts'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** The audit trail: of a company, and for the operator of all. */
export const audit = new Hono<Console>()
  .get('/audit', async (c) => {
    const { tenantId } = c.get('session')
    return tenantId === null ? draw(c, null) : c.redirect(homeOf(tenantId, '/audit'), 303)
  })
  .get('/audit/file', (c) => file(c, '/api/audit'))
  .get('/tenants/:id/audit', async (c) => {
    const tenant = await c.get('api').get<TenantAnswer>(apiPath(c.req.param('id')))
    return draw(c, tenant)
  })
  .get('/tenants/:id/audit/file', (c) => file(c, apiPath(c.req.param('id'), '/audit')))

async function file(c: ConsoleContext, path: string): Promise<Response> {
  const { body } = await c.get('api').ask(`${path}?format=ndjson`)
  const headers = {
    'content-type': 'application/x-ndjson',
    'content-disposition': 'attachment; filename="audit.ndjson"',
  }
  return new Response(body, { headers })
}

async function draw(c: ConsoleContext, tenant: TenantAnswer | null) {
  const view = c.get('view')
  const t = view.texts.audit
  const from = tenant ? apiPath(tenant.id, '/audit') : '/api/audit'
  const next = c.req.query('next')
  const trail = await c.get('api').get<AuditAnswer>(next ? `${from}?${new URLSearchParams({ next })}` : from)
  const here = tenant ? homeOf(tenant.id, '/audit') : '/console/audit'
  const title = tenant ? t.title : t.all
  return page(
    c,
    { title, ...(tenant ? { tenant, tab: 'settings' as const } : {}) },
    <>
      <h1>{title}</h1>
      <p>{t.intro}</p>
      <Trail view={view} trail={trail} isOfAll={tenant === null} />
      {trail.next && (
        <nav aria-label={view.texts.pages}>
          <a href={`${here}?${new URLSearchParams({ next: trail.next })}`}>{t.older}</a>
        </nav>
      )}
      <p>
        <a class="button" href={`${here}/file`} download="audit.ndjson">
          {t.download}
        </a>
      </p>
    </>,
  )
}

type Entry = AuditAnswer['entries'][number]

const Trail: FC<{ view: View; trail: AuditAnswer; isOfAll: boolean }> = ({ view, trail, isOfAll }) => {
  const t = view.texts.audit
  if (trail.entries.length === 0) return <p>{t.none}</p>
  const heads = [t.when, t.who, t.what, t.outcome, t.from]
  return (
    <Table caption={t.caption} isTitled heads={isOfAll ? [...heads, t.company] : heads}>
      {trail.entries.map((entry) => (
        <tr>
          <td>
            <Time view={view} at={entry.at} />
          </td>
          <td>{t.whos[entry.who]}</td>
          <td>{actOf(view, entry)}</td>
          <td>{outcomeOf(view, entry)}</td>
          <td>{entry.from ?? '–'}</td>
          {isOfAll && <td>{entry.tenantId ? <Company id={entry.tenantId} /> : '–'}</td>}
        </tr>
      ))}
    </Table>
  )
}

/** A company that has left has no page any more. */
const Company: FC<{ id: string }> = ({ id }) =>
  id.startsWith('gone-') ? (
    <span class="id">{id}</span>
  ) : (
    <a href={homeOf(id, '/audit')}>
      <span class="id">{id.slice(0, 8)}</span>
    </a>
  )

/** In words; a call that has none yet is told as it is. */
const actOf = ({ texts }: View, { what }: Entry) =>
  texts.audit.acts[what as keyof typeof texts.audit.acts] ?? what

const REFUSED: readonly number[] = [401, 403, 404, 429]
function outcomeOf({ texts: { audit: t } }: View, { status, code, times }: Entry): string {
  const notDone = REFUSED.includes(status) ? t.refused : t.failed
  const word = status < 400 ? t.ok : notDone
  return [word, code === null ? '' : `(${code})`, times > 1 ? t.times(times) : ''].filter(Boolean).join(' ')
}
