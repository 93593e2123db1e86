import type { FC } from 'hono/jsx'
import type { Problem } from '../http/problems'
import type { Names } from './names'
import { Action, Details, Time } from './parts'
import { recordPath } from './timeline'
import { homeOf, type View } from './view'

/** What stands in the way, a paragraph for each kind of problem: cause, next step, and whom it concerns. */
export const Problems: FC<{
  view: View
  tenantId: string
  problems: readonly Problem[]
  names: Names
}> = ({ view, tenantId, problems, names }) => {
  if (problems.length === 0) return null
  const t = view.texts.problems
  const codes = [...new Set(problems.map(({ code }) => code))]
  return (
    <section>
      <div class="row apart">
        <h2>{t.title}</h2>
        {codes.length > 1 && <Action to={homeOf(tenantId, '/retry')} label={t.tryAll} />}
      </div>
      {codes.map((code) => (
        <Group
          view={view}
          tenantId={tenantId}
          code={code}
          names={names}
          problems={problems.filter((problem) => problem.code === code)}
        />
      ))}
    </section>
  )
}

const SHOWN = 5

const Group: FC<{
  view: View
  tenantId: string
  code: string
  problems: readonly Problem[]
  names: Names
}> = ({ view, tenantId, code, problems, names }) => {
  const t = view.texts.problems
  const [first] = problems
  if (!first) return null
  const [shown, rest] = [problems.slice(0, SHOWN), problems.slice(SHOWN)]
  const list = (some: readonly Problem[]) => (
    <ul class="records">
      {some.map((problem) => (
        <One view={view} tenantId={tenantId} problem={problem} names={names} />
      ))}
    </ul>
  )
  return (
    <article class="problem">
      <h3>{first.cause}</h3>
      <p>{first.nextStep}</p>
      <div class="row">
        <WhereToMend view={view} tenantId={tenantId} code={code} />
        <Action
          to={homeOf(tenantId, '/retry')}
          fields={{ code }}
          label={problems.length === 1 ? t.tryAgain : t.tryAllOf(problems.length)}
          about={first.cause}
        />
      </div>
      {list(shown)}
      {rest.length > 0 && (
        <details>
          <summary>{t.more(rest.length)}</summary>
          {list(rest)}
        </details>
      )}
    </article>
  )
}

const One: FC<{ view: View; tenantId: string; problem: Problem; names: Names }> = ({
  view,
  tenantId,
  problem,
  names,
}) => {
  const { texts } = view
  const { kind, tribeId, powerOfficeId, number, since, message, code } = problem
  const path = recordPath(tenantId, { kind, tribeId, powerOfficeId })
  const name = texts.kinds[kind as keyof typeof texts.kinds]
  return (
    <li>
      {path && name ? (
        <a href={path}>
          {name} {names({ kind, tribeId, powerOfficeId })}{' '}
          <span class="id">{number ?? (tribeId ?? powerOfficeId ?? '').slice(0, 8)}</span>
        </a>
      ) : (
        (name ?? texts.kinds.tenant)
      )}{' '}
      · <Time view={view} at={since} />
      <Details view={view}>
        {message} ({code})
      </Details>
    </li>
  )
}

/** The way to the page on which that kind of problem is mended, if it is one of ours. */
export const WhereToMend: FC<{ view: View; tenantId: string; code: string }> = ({ view, tenantId, code }) => {
  if (code === 'event.not_delivered')
    return (
      <a class="button main" href={homeOf(tenantId, '/events')}>
        {view.texts.events.link}
      </a>
    )
  const place = placeOf(code)
  if (!place) return null
  // What no product uses may be what is missing.
  const query = place === 'units' || place === 'vat' ? '?all=true' : ''
  return (
    <a class="button main" href={homeOf(tenantId, `/setup/${place}${query}`)}>
      {view.texts.problems.goTo(view.texts.setup.steps[place].name)}
    </a>
  )
}

/** The page on which that kind of problem is mended; null when it is mended in one of the two systems. */
function placeOf(code: string): 'tribe' | 'poweroffice' | 'units' | 'vat' | 'fields' | 'general' | null {
  if (/^field\.(gone|type_changed|not_allowed)$/.test(code)) return 'fields'
  if (/^unit\./.test(code)) return 'units'
  if (/^vat\.(unmapped|account_gone)$/.test(code)) return 'vat'
  if (/^tribe\.(unauthorized|credentials|consent|forbidden)/.test(code)) return 'tribe'
  if (/^poweroffice\.(unauthorized|client_key|forbidden)/.test(code)) return 'poweroffice'
  return code === 'invoice.send_not_allowed' ? 'general' : null
}
