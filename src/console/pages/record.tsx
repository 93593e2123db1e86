import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type Settings, settingsOf } from '../../env'
import type { Owed } from '../../http/owed'
import type { RecordAnswer } from '../../http/record-answer'
import type { TenantAnswer } from '../../http/tenants'
import { Refusal } from '../api'
import { numberIn } from '../format'
import { page } from '../layout'
import { Action, Details, Facts, Field, Notice, orRefusal, Refused, Time, type Tone } from '../parts'
import { WhereToMend } from '../problems'
import { type Named, nameIn, recordNamed, recordTitle, UNASKED } from '../record'
import { Events } from '../timeline'
import { reasonIn, Values } from '../values'
import { apiPath, type Console, homeOf, type View } from '../view'
import { StateBadge, stateTone } from './records'

/** One record: why it is not in step, what happened to it, and what an admin can decide of it. */
export const record = new Hono<Console>().get(
  '/tenants/:id/records/:kind/:side{tribe|poweroffice}/:ref',
  async (c) => {
    const { id } = c.req.param()
    const view = c.get('view')
    const named = recordNamed(c)
    const query = new URLSearchParams(named as unknown as Record<string, string>)
    const api = c.get('api')
    const ask = (more: string) => orRefusal(api.get<RecordAnswer>(apiPath(id, `/records?${query}${more}`)))
    const [tenant, live] = await Promise.all([api.get<TenantAnswer>(apiPath(id)), ask('&values=true')])
    const isUnasked = live instanceof Refusal && UNASKED.includes(live.code)
    const found = isUnasked ? await ask('') : live
    if (found instanceof Refusal && found.code !== 'record.unknown') throw found
    const known = found instanceof Refusal ? unknown(named) : found
    const isAsked = c.req.query('owed') !== undefined && known.powerOfficeId !== null
    const owed = isAsked
      ? await orRefusal(api.get<Owed>(apiPath(id, `/receivables?powerOfficeId=${known.powerOfficeId}`)))
      : null
    const title = recordTitle(view, known)
    return page(
      c,
      { title, tenant, tab: 'records' },
      <>
        <p>
          <a href={homeOf(id, '/records')}>← {view.texts.tabs.records}</a>
        </p>
        <h1>
          {title} {nameIn(known)}
        </h1>
        {c.req.query('begun') && <Notice tone="good" title={view.texts.overview.begun} />}
        <Why view={view} id={id} record={known} />
        <LeftAlone view={view} record={known} />
        <WhatItIs view={view} record={known} links={linksTo(settingsOf(c.env), known)} />
        {known.kind === 'customer' && known.powerOfficeId !== null && (
          <Receivables view={view} owed={owed} path={c.req.path} />
        )}
        {known.fields && <Values view={view} record={known} />}
        {isUnasked && live.code === 'request.too_many' && (
          <Notice tone="quiet" title={view.texts.values.tooMany} />
        )}
        <section>
          <h2>{view.texts.record.timeline}</h2>
          {known.timeline.length === 0 ? (
            <p>{view.texts.overview.nothingYet}</p>
          ) : (
            <Events
              view={view}
              entries={known.timeline}
              caption={view.texts.record.timeline}
              undoAt={`${c.req.path}/undo`}
            />
          )}
        </section>
        <Decisions view={view} id={id} record={known} />
      </>,
    )
  },
)

/** A record that the relay has not met: it can be tied together all the same. */
const unknown = ({ kind, tribeId = null, powerOfficeId = null }: Named): RecordAnswer => ({
  kind,
  tribeId,
  powerOfficeId,
  tribeRelationId: null,
  number: null,
  state: 'unlinked',
  syncedAt: null,
  timeline: [],
  problem: null,
  because: null,
})

/** The answer to "why is this not in step?". */
const Why: FC<{ view: View; id: string; record: RecordAnswer }> = ({ view, id, record }) => {
  const t = view.texts.record
  const { problem, state, syncedAt } = record
  if (problem) {
    return (
      <Notice tone="warn" title={problem.cause}>
        <p>{problem.nextStep}</p>
        <div class="row">
          <WhereToMend view={view} tenantId={id} code={problem.code} />
          {problem.jobId && (
            <Action
              to={homeOf(id, '/retry')}
              fields={{ job: problem.jobId }}
              label={view.texts.problems.tryAgain}
            />
          )}
        </div>
        <p class="hint">
          <Time view={view} at={problem.since} />
        </p>
        <Details view={view}>
          {problem.message} ({problem.code})
        </Details>
      </Notice>
    )
  }
  if (record.invoice && state === 'linked')
    return <HowFar view={view} record={record} invoice={record.invoice} />
  return (
    <Notice tone={stateTone(state)} title={t.states[state]}>
      <p>
        {t.why[state]} {state === 'linked' && syncedAt && <Time view={view} at={syncedAt} />}
      </p>
    </Notice>
  )
}

/** The answer to "why was this left alone?"; where something stands in its way, that is the answer. */
const LeftAlone: FC<{ view: View; record: RecordAnswer }> = ({ view, record: { because, problem } }) =>
  because === null || problem || because === 'in-step' ? null : (
    <p>
      {view.texts.values.leftAlone}: {reasonIn(view, because)}.
    </p>
  )

const STAGE_TONES: Readonly<Record<NonNullable<RecordAnswer['invoice']>['stage'], Tone>> = {
  draft: 'busy',
  sending: 'busy',
  posted: 'good',
  reversed: 'warn',
}

/** What is known of an invoice: after it was booked, its two sides are not compared any more. */
const HowFar: FC<{ view: View; record: RecordAnswer; invoice: NonNullable<RecordAnswer['invoice']> }> = ({
  view,
  record,
  invoice: { stage, settlement },
}) => {
  const t = view.texts.record.invoice
  const wasCompared = record.timeline.some(({ event }) => event === 'posted')
  return (
    <Notice
      tone={STAGE_TONES[stage]}
      title={stage === 'posted' ? t.posted(record.number ?? '–') : t.stages[stage]}
    >
      {stage === 'posted' && (
        <p>
          {wasCompared && t.same} {t.settlements[settlement]}
        </p>
      )}
    </Notice>
  )
}

/** Where people see it in either system; of a relation in Tribe, the organisation or person. */
function linksTo(
  { TRIBE_RECORD_URL, POWEROFFICE_RECORD_URL }: Settings,
  { kind, tribeId, tribeRelationId, powerOfficeId }: RecordAnswer,
) {
  const filled = (pattern: string | undefined, id: string | null) =>
    pattern === undefined || id === null
      ? null
      : pattern.replaceAll('{ID}', encodeURIComponent(id)).replaceAll('{KIND}', kind)
  return {
    tribe: filled(TRIBE_RECORD_URL, tribeRelationId ?? tribeId),
    powerOffice: filled(POWEROFFICE_RECORD_URL, powerOfficeId),
  }
}

const WhatItIs: FC<{ view: View; record: RecordAnswer; links: ReturnType<typeof linksTo> }> = ({
  view,
  record,
  links,
}) => {
  const t = view.texts.record
  const ids = [
    [t.number, record.number, null, ''],
    [t.inTribe, record.tribeId, links.tribe, t.openTribe],
    [t.inPowerOffice, record.powerOfficeId, links.powerOffice, t.openPowerOffice],
  ] as const
  return (
    <dl class="facts">
      <div>
        <dt>{t.state}</dt>
        <dd>
          <StateBadge view={view} state={record.state} />
        </dd>
      </div>
      {ids.map(([label, value, href, open]) => (
        <div>
          <dt>{label}</dt>
          <dd class="id">
            {href ? (
              <a href={href} rel="noreferrer" title={open}>
                {value}
              </a>
            ) : (
              (value ?? '–')
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** What the customer owes, asked of PowerOffice when somebody wants to know; it is kept nowhere. */
const Receivables: FC<{ view: View; owed: Owed | Refusal | null; path: string }> = ({ view, owed, path }) => {
  const t = view.texts.record.receivables
  if (owed === null)
    return (
      <p>
        <a href={`${path}?owed=true`}>{t.ask}</a>
      </p>
    )
  if (owed instanceof Refusal) return <Refused view={view} refusal={owed} />
  const number = (value: number) => numberIn(view.language, value)
  const facts = [
    [t.open, number(owed.open)],
    [t.overdue, number(owed.overdue)],
    [t.unallocatedCredit, number(owed.unallocatedCredit)],
    [t.openInvoices, number(owed.openInvoices)],
    [t.oldestOverdueDays, number(owed.oldestOverdueDays)],
    [t.lastPaymentDate, owed.lastPaymentDate ?? '–'],
    [t.medianDaysToPay, owed.medianDaysToPay === null ? '–' : number(owed.medianDaysToPay)],
    [t.revenue12Months, number(owed.revenue12Months)],
  ] as const
  return (
    <section>
      <h2>{t.title}</h2>
      <Facts of={facts} />
    </section>
  )
}

const Decisions: FC<{ view: View; id: string; record: RecordAnswer }> = ({ view, id, record }) => {
  const t = view.texts.record
  const { kind, tribeId, powerOfficeId, state } = record
  const fields = tribeId ? { kind, tribeId } : { kind, powerOfficeId: powerOfficeId ?? '' }
  return (
    <section>
      <h2>{t.decide}</h2>
      <div class="row">
        {state !== 'linked' && (
          <Action to={homeOf(id, '/records/recreate')} fields={fields} label={t.recreate} />
        )}
        {state !== 'unlinked' && (
          <Action to={homeOf(id, '/records/forget')} fields={fields} label={t.forget} />
        )}
      </div>
      <p class="hint">{state === 'unlinked' ? t.recreateHint : t.forgetHint}</p>
      <details>
        <summary>{t.relink}</summary>
        <p>{t.relinkHint}</p>
        <form method="post" action={homeOf(id, '/records/relink')}>
          <input type="hidden" name="kind" value={kind} />
          <Field name="tribeId" label={t.tribeId} value={tribeId ?? ''} />
          <Field name="powerOfficeId" label={t.powerOfficeId} value={powerOfficeId ?? ''} />
          <button type="submit">{t.relinkNow}</button>
        </form>
      </details>
    </section>
  )
}
