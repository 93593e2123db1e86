import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { TenantSettings } from '../../db/settings'
import type { Lookups } from '../../http/lookups'
import { Refusal } from '../api'
import { changeIn, MODES, POLICIES, RELATION_PARTS, saveChange, settingsWith } from '../changes'
import { filledIn } from '../form'
import { Check, Choice, Option, orRefusal } from '../parts'
import { afterStep, isConnected, type Setup, setupOf, setupPage } from '../setup'
import { triedIn } from '../tried'
import { TryIt } from '../try-button'
import { apiPath, type Console, type ConsoleContext, homeOf, type View } from '../view'

/** Step 3: which parts are on, and how they go. */
export const general = new Hono<Console>()
  .get('/tenants/:id/setup/general', (c) => draw(c))
  .post('/tenants/:id/setup/general', async (c) => {
    const api = c.get('api')
    const change = await changeIn(api, c.req.param('id'), 'general', await filledIn(c))
    const done = await orRefusal(saveChange(api, c.req.param('id'), change))
    if (done instanceof Refusal) return draw(c, done)
    return c.redirect(afterStep('general', await setupOf(c)), 303)
  })

async function draw(c: ConsoleContext, refusal: Refusal | null = null) {
  const id = c.req.param('id') ?? ''
  const api = c.get('api')
  const [setup, saved, tried] = await Promise.all([
    setupOf(c),
    api.get<TenantSettings>(apiPath(id, '/settings')),
    triedIn(c),
  ])
  const settings = settingsWith(saved, tried.settings)
  const found = isConnected(setup) ? await orRefusal(api.get<Lookups>(apiPath(id, '/lookups'))) : null
  const phases = found === null || found instanceof Refusal ? [] : found.tribe.invoicePhases
  const content = <General view={c.get('view')} setup={setup} settings={settings} phases={phases} />
  return setupPage(c, setup, { step: 'general', refusal }, content)
}

const General: FC<{
  view: View
  setup: Setup
  settings: TenantSettings
  phases: Lookups['tribe']['invoicePhases']
}> = ({ view, setup, settings, phases }) => {
  const { texts } = view
  const { relations, products, invoices, payments, conflictPolicy, keepBefore } = settings
  const t = texts.general
  const isSent = (phase: { id: string; code: string | null }) =>
    invoices.sentPhaseIds.length > 0
      ? invoices.sentPhaseIds.includes(phase.id)
      : phase.code?.toLowerCase() === 'sent'
  const paid = payments.paidPhaseId ?? phases.find(({ code }) => code?.toLowerCase() === 'paid')?.id ?? ''
  return (
    <form method="post" action={homeOf(setup.tenant.id, '/setup/general')}>
      <fieldset>
        <legend>{t.parts}</legend>
        <Check name="relations" label={t.relations} isOn={relations.enabled} />
        <div class="under">
          {RELATION_PARTS.map((part) => (
            <Check name={part} label={t.relationParts[part]} isOn={relations[part]} />
          ))}
        </div>
        <Check name="products" label={t.products} isOn={products.enabled} />
        <Check name="invoices" label={t.invoices} isOn={invoices.enabled} />
        <Check name="payments" label={t.payments} isOn={payments.enabled} />
      </fieldset>
      <fieldset>
        <legend>{t.mode}</legend>
        {MODES.map((mode) => (
          <Choice
            name="mode"
            value={mode}
            label={t.modes[mode]}
            hint={t.modeHints[mode]}
            isOn={invoices.mode === mode}
          />
        ))}
      </fieldset>
      <fieldset>
        <legend>{t.papers}</legend>
        <input type="hidden" name="papersShown" value="on" />
        <Check name="attachments" label={t.attachments} isOn={invoices.attachments === 'all'} />
        <Check name="pdfToTribe" label={t.pdfToTribe} isOn={invoices.pdfToTribe} />
        <Check name="deliveryRule" label={t.deliveryRule} isOn={invoices.delivery === 'rule'} />
        <p class="hint">{t.deliveryHint}</p>
      </fieldset>
      {phases.length > 0 && (
        <>
          <input type="hidden" name="phasesShown" value="on" />
          <fieldset>
            <legend>{t.sentPhases}</legend>
            <p class="hint">{t.sentHint}</p>
            {phases.map((phase) => (
              <Check
                name="sentPhase"
                value={phase.id}
                label={phase.name ?? phase.code ?? phase.id}
                isOn={isSent(phase)}
              />
            ))}
          </fieldset>
          <div class="field">
            <label for="paidPhase">{t.paidPhase}</label>
            <select id="paidPhase" name="paidPhase">
              <Option value="" label={texts.choose} chosen={paid} />
              {phases.map((phase) => (
                <Option value={phase.id} label={phase.name ?? phase.code ?? phase.id} chosen={paid} />
              ))}
            </select>
          </div>
        </>
      )}
      <fieldset>
        <legend>{t.conflicts}</legend>
        <p class="hint">{t.conflictsHint}</p>
        {POLICIES.map((policy) => (
          <Choice
            name="conflictPolicy"
            value={policy}
            label={t.policies[policy]}
            isOn={conflictPolicy === policy}
          />
        ))}
      </fieldset>
      <div class="field">
        <label for="keepBeforeDays">{t.keepBefore}</label>
        <p class="hint" id="keepBefore-hint">
          {t.keepBeforeHint}
        </p>
        <input
          id="keepBeforeDays"
          name="keepBeforeDays"
          type="number"
          min={0}
          max={30}
          required
          value={String(keepBefore.days)}
          aria-describedby="keepBefore-hint"
        />
      </div>
      <div class="row">
        <button type="submit" class="main">
          {texts.save}
        </button>
        <TryIt view={view} setup={setup} step="general" />
      </div>
    </form>
  )
}
