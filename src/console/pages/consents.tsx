import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { CompaniesMade } from '../../http/companies'
import type { HeldConsentAnswer } from '../../http/consent'
import { page } from '../layout'
import { Action, Table } from '../parts'
import { type Console, type ConsoleContext, homeOf, type View } from '../view'

/**
 * A consent came back to another browser than the one that began it, or for several companies: both sides are named
 * before they are connected, to somebody who is logged in for the one.
 */
export const consents = new Hono<Console>()
  .get('/consent/:consent', async (c) => {
    const consent = c.req.param('consent')
    const { texts, session } = c.get('view')
    const t = texts.connect
    const held = await c.get('api').send<HeldConsentAnswer>('POST', '/api/consents', { consent })
    const both = held.system === 'tribe' ? t.confirmBoth : texts.consents.confirmPowerOffice
    return page(
      c,
      { title: t.confirmTitle },
      <div class="narrow">
        <h1>{t.confirmTitle}</h1>
        {held.companies.length > 1 && <p>{texts.consents.chooseOne}</p>}
        {held.companies.map(({ name, organizationNumber }, choice) => {
          const company = [name || texts.nameless, organizationNumber].filter(Boolean).join(', ')
          return (
            <section>
              <p>
                <strong>{both(company, held.tenantName)}</strong>
              </p>
              <Action
                to={`/console/consent/${consent}${held.companies.length > 1 ? `/${choice}` : ''}`}
                label={t.confirm}
                kind="main"
                {...(held.companies.length > 1 ? { about: company } : {})}
              />
            </section>
          )
        })}
        {held.companies.length > 1 && session?.tenantId === null && (
          <section>
            <h2>{texts.consents.each}</h2>
            <p>{texts.consents.eachText(held.tenantName)}</p>
            <Action
              to={`/console/consent/${consent}/companies`}
              label={texts.consents.makeEach}
              kind="main"
            />
          </section>
        )}
        <p>{t.confirmHint}</p>
      </div>,
    )
  })
  .post('/consent/:consent/companies', async (c) => {
    const consent = c.req.param('consent')
    const made = await c.get('api').send<CompaniesMade>('POST', '/api/consents/companies', { consent })
    const view = c.get('view')
    return page(c, { title: view.texts.consents.each }, <Made view={view} consent={consent} made={made} />)
  })
  .post('/consent/:consent', (c) => confirm(c, { consent: c.req.param('consent') }))
  .post('/consent/:consent/:choice{[0-9]{1,4}}', (c) =>
    confirm(c, { consent: c.req.param('consent'), choice: Number(c.req.param('choice')) }),
  )

/** What became of each client; tokens that nobody can look up again. */
const Made: FC<{ view: View; consent: string; made: CompaniesMade }> = ({ view, consent, made }) => {
  const t = view.texts.consents
  return (
    <>
      <h1>{t.each}</h1>
      <p>{t.tokensOnce}</p>
      <Table caption={t.each} isTitled heads={[t.client, t.outcome, t.token]}>
        {made.companies.map(({ name, organizationNumber, outcome, tenantId, adminToken }) => {
          const company = [name || view.texts.nameless, organizationNumber].filter(Boolean).join(', ')
          return (
            <tr>
              <th scope="row">{tenantId ? <a href={homeOf(tenantId, '/setup')}>{company}</a> : company}</th>
              <td>{t.outcomes[outcome]}</td>
              <td>{adminToken && <code class="secret">{adminToken}</code>}</td>
            </tr>
          )
        })}
      </Table>
      {made.companies.some(({ outcome }) => outcome === 'later') && (
        <Action to={`/console/consent/${consent}/companies`} label={t.makeRest} kind="main" />
      )}
    </>
  )
}

async function confirm(c: ConsoleContext, body: { consent: string; choice?: number }) {
  const { tenantId, system } = await c
    .get('api')
    .send<HeldConsentAnswer>('POST', '/api/consents/confirm', body)
  return c.redirect(homeOf(tenantId, `?connected=${system.toLowerCase()}`), 303)
}
