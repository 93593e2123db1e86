import { Hono } from 'hono'
import type { HeldConsentAnswer } from '../../http/consent'
import { page } from '../layout'
import { Action } from '../parts'
import { type Console, homeOf } from '../view'

/**
 * Tribe's consent came back to another browser than the one that began it: both companies are named before they are
 * connected, to somebody who is logged in for the one.
 */
export const consents = new Hono<Console>()
  .get('/consent/:consent', async (c) => {
    const consent = c.req.param('consent')
    const { texts } = c.get('view')
    const held = await c.get('api').send<HeldConsentAnswer>('POST', '/api/consents', { consent })
    return page(
      c,
      { title: texts.connect.confirmTitle },
      <div class="narrow">
        <h1>{texts.connect.confirmTitle}</h1>
        <p>
          <strong>
            {texts.connect.confirmBoth(held.organizationName || texts.nameless, held.tenantName)}
          </strong>
        </p>
        <p>{texts.connect.confirmHint}</p>
        <Action to={`/console/consent/${consent}`} label={texts.connect.confirm} kind="main" />
      </div>,
    )
  })
  .post('/consent/:consent', async (c) => {
    const body = { consent: c.req.param('consent') }
    const { tenantId } = await c.get('api').send<HeldConsentAnswer>('POST', '/api/consents/confirm', body)
    return c.redirect(homeOf(tenantId, '?connected=tribe'), 303)
  })
