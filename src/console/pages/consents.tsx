import { Hono } from 'hono'
import type { HeldConsentAnswer } from '../../http/consent'
import { page } from '../layout'
import { Action } from '../parts'
import { type Console, type ConsoleContext, homeOf } from '../view'

/**
 * A consent came back to another browser than the one that began it, or for several companies: both sides are named
 * before they are connected, to somebody who is logged in for the one.
 */
export const consents = new Hono<Console>()
  .get('/consent/:consent', async (c) => {
    const consent = c.req.param('consent')
    const { texts } = c.get('view')
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
        <p>{t.confirmHint}</p>
      </div>,
    )
  })
  .post('/consent/:consent', (c) => confirm(c, { consent: c.req.param('consent') }))
  .post('/consent/:consent/:choice{[0-9]{1,4}}', (c) =>
    confirm(c, { consent: c.req.param('consent'), choice: Number(c.req.param('choice')) }),
  )

async function confirm(c: ConsoleContext, body: { consent: string; choice?: number }) {
  const { tenantId, system } = await c
    .get('api')
    .send<HeldConsentAnswer>('POST', '/api/consents/confirm', body)
  return c.redirect(homeOf(tenantId, `?connected=${system.toLowerCase()}`), 303)
}
