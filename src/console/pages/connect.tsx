import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { settingsOf, tribeApplicationOf } from '../../env'
import { Refusal } from '../api'
import { filledIn } from '../form'
import { Badge, Field, Notice, orRefusal } from '../parts'
import { afterStep, type Setup, setupOf, setupPage } from '../setup'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** Steps 1 and 2: Tribe, by its consent page or by credentials; PowerOffice, by its client key. */
export const connect = new Hono<Console>()
  .get('/tenants/:id/setup/tribe', (c) => drawTribe(c))
  .get('/tenants/:id/setup/tribe/consent', async (c) => {
    const found = await orRefusal(c.get('api').ask(apiPath(c.req.param('id'), '/tribe/connect')))
    return found instanceof Refusal ? drawTribe(c, found) : away(c, found)
  })
  .post('/tenants/:id/setup/tribe', async (c) => {
    const form = await filledIn(c)
    const secret = { clientId: form.text('clientId'), clientSecret: form.text('clientSecret') }
    const done = await orRefusal(c.get('api').send('PUT', apiPath(c.req.param('id'), '/tribe'), secret))
    if (done instanceof Refusal) return drawTribe(c, done, secret.clientId)
    return c.redirect(afterStep('tribe', await setupOf(c)), 303)
  })
  .post('/tenants/:id/setup/signing', async (c) => {
    const secrets = (await filledIn(c))
      .text('secrets')
      .split(/\s+/)
      .filter((secret) => secret !== '')
    const path = apiPath(c.req.param('id'), '/tribe/signing-secrets')
    const done = await orRefusal(c.get('api').send('PUT', path, { secrets }))
    if (done instanceof Refusal) return drawTribe(c, done)
    return c.redirect(homeOf(c.req.param('id'), '/setup/tribe?saved=true'), 303)
  })
  .get('/tenants/:id/setup/poweroffice', (c) => drawPowerOffice(c))
  .get('/tenants/:id/setup/poweroffice/consent', async (c) => {
    const found = await orRefusal(c.get('api').ask(apiPath(c.req.param('id'), '/poweroffice/connect')))
    return found instanceof Refusal ? drawPowerOffice(c, found) : away(c, found)
  })
  .post('/tenants/:id/setup/poweroffice', async (c) => {
    const clientKey = (await filledIn(c)).text('clientKey')
    const path = apiPath(c.req.param('id'), '/poweroffice')
    const done = await orRefusal(c.get('api').send('PUT', path, { clientKey }))
    if (done instanceof Refusal) return drawPowerOffice(c, done)
    return c.redirect(afterStep('poweroffice', await setupOf(c)), 303)
  })

/** To a consent page. By the cookie that comes along, this browser is known again when that page leads back. */
function away(c: ConsoleContext, { headers }: Response) {
  for (const cookie of headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
  return c.redirect(headers.get('location') ?? '/console', 303)
}

async function drawTribe(c: ConsoleContext, refusal: Refusal | null = null, clientId = '') {
  const setup = await setupOf(c)
  const mayConsent = tribeApplicationOf(settingsOf(c.env)) !== null
  const content = (
    <ConnectTribe view={c.get('view')} setup={setup} mayConsent={mayConsent} clientId={clientId} />
  )
  return setupPage(c, setup, { step: 'tribe', refusal }, content)
}

const ConnectTribe: FC<{ view: View; setup: Setup; mayConsent: boolean; clientId: string }> = ({
  view: { texts },
  setup: { tenant },
  mayConsent,
  clientId,
}) => (
  <>
    <Connection texts={texts} name={tenant.connections.tribe} />
    {mayConsent && (
      <section>
        <h2>{texts.connect.byConsent}</h2>
        <p>{texts.connect.consentHint}</p>
        <p>
          <a class="button main" href={homeOf(tenant.id, '/setup/tribe/consent')}>
            {texts.connect.toTribe}
          </a>
        </p>
      </section>
    )}
    <section>
      {mayConsent && <h2>{texts.connect.byCredentials}</h2>}
      <p>{texts.connect.credentialsHint}</p>
      <form method="post" action={homeOf(tenant.id, '/setup/tribe')}>
        <Field name="clientId" label={texts.connect.clientId} value={clientId} />
        <Field name="clientSecret" label={texts.connect.clientSecret} type="password" />
        <button type="submit" class={mayConsent ? 'plain' : 'main'}>
          {texts.connect.tribe}
        </button>
      </form>
    </section>
    <details>
      <summary>{texts.connect.signing}</summary>
      <p>{texts.connect.signingHint}</p>
      <form method="post" action={homeOf(tenant.id, '/setup/signing')}>
        <div class="field">
          <label for="secrets">{texts.connect.secrets}</label>
          <textarea id="secrets" name="secrets" rows={3} autocomplete="off" spellcheck={false} />
        </div>
        <button type="submit">{texts.connect.keepSecrets}</button>
      </form>
    </details>
  </>
)

async function drawPowerOffice(c: ConsoleContext, refusal: Refusal | null = null) {
  const setup = await setupOf(c)
  const content = <ConnectPowerOffice view={c.get('view')} setup={setup} />
  return setupPage(c, setup, { step: 'poweroffice', refusal }, content)
}

const ConnectPowerOffice: FC<{ view: View; setup: Setup }> = ({ view: { texts }, setup }) => {
  const { tenant, checklist } = setup
  const missing = checklist.filter((point) => point.step.startsWith('privilege:'))
  const lacksSending = checklist.some((point) => point.step === 'send-right' && !point.ok)
  return (
    <>
      <Connection texts={texts} name={tenant.connections.powerOffice} />
      {missing.length > 0 && (
        <Notice tone="warn" title={texts.connect.missing}>
          <ul>
            {missing.map(({ step, fix }) => {
              const name = step.slice('privilege:'.length)
              const use = texts.privileges[name as keyof typeof texts.privileges]
              return (
                <li>
                  <strong>{name}</strong>
                  {use && `: ${use}`}
                  <br />
                  {fix === 'module' ? texts.connect.orderModule : texts.connect.askForIt(name)}
                </li>
              )
            })}
          </ul>
        </Notice>
      )}
      {lacksSending && (
        <Notice tone="warn" title={texts.connect.mayNotPost}>
          <p>{texts.connect.askToPost}</p>
        </Notice>
      )}
      <form method="post" action={homeOf(tenant.id, '/setup/poweroffice')}>
        <Field
          name="clientKey"
          type="password"
          label={texts.connect.clientKey}
          hint={texts.connect.clientKeyHint}
        />
        <button type="submit" class="main">
          {texts.connect.powerOffice}
        </button>
      </form>
      <section>
        <h2>{texts.consents.byConsent}</h2>
        <p>{texts.consents.hint}</p>
        <p>
          <a class="button" href={homeOf(tenant.id, '/setup/poweroffice/consent')}>
            {texts.consents.toPowerOffice}
          </a>
        </p>
      </section>
    </>
  )
}

const Connection: FC<{ texts: View['texts']; name: string | null }> = ({ texts, name }) =>
  name === null ? null : (
    <p>
      <Badge tone="good">{texts.connect.connected(name)}</Badge> {texts.connect.again}
    </p>
  )
