import type { Child, FC } from 'hono/jsx'
import type { Checklist } from '../http/activation'
import type { TenantAnswer } from '../http/tenants'
import type { Refusal } from './api'
import { page } from './layout'
import { Notice, Refused } from './parts'
import { apiPath, type ConsoleContext, homeOf, type View } from './view'

/** The steps from an empty tenant to one at work; later on, the same pages are its settings. */
export const STEPS = [
  'tribe',
  'poweroffice',
  'general',
  'account',
  'units',
  'vat',
  'fields',
  'preview',
  'activate',
] as const
export type Step = (typeof STEPS)[number]

/** Which points of the API's checklist are whose. */
const POINTS: Readonly<Record<Step, RegExp>> = {
  tribe: /^tribe$/,
  poweroffice: /^(poweroffice|privileges|privilege:.*|send-right)$/,
  general: /^(sent-phases|paid-phase)$/,
  account: /^default-ledger-account$/,
  units: /^units$/,
  vat: /^vat-groups$/,
  fields: /^$/,
  preview: /^$/,
  activate: /^lookups$/,
}

export const stepOf = (point: string): Step => STEPS.find((step) => POINTS[step].test(point)) ?? 'activate'

/** `later`: nobody can tell yet; `unneeded`: no part that is switched on needs it. */
type StepState = 'done' | 'open' | 'later' | 'unneeded' | 'optional'

export interface Setup {
  tenant: TenantAnswer
  checklist: Checklist
}

export async function setupOf(c: ConsoleContext): Promise<Setup> {
  const id = c.req.param('id') ?? ''
  const [tenant, checklist] = await Promise.all([
    c.get('api').get<TenantAnswer>(apiPath(id)),
    c.get('api').get<Checklist>(apiPath(id, '/checklist')),
  ])
  return { tenant, checklist }
}

export const isSetUp = ({ tenant }: Setup) => tenant.state !== 'setup'
export const isConnected = ({ tenant }: Setup) =>
  tenant.connections.tribe !== null && tenant.connections.powerOffice !== null

function stepStateOf(step: Step, setup: Setup): StepState {
  const points = setup.checklist.filter((point) => POINTS[step].test(point.step))
  if (points.some((point) => !point.ok)) return 'open'
  if (step === 'activate') return isSetUp(setup) ? 'done' : 'later'
  // Whatever it says counts, until somebody changes it.
  if (points.length > 0 || (step === 'general' && isConnected(setup))) return 'done'
  if (step === 'preview' || step === 'fields') return isConnected(setup) ? 'optional' : 'later'
  return isConnected(setup) ? 'unneeded' : 'later'
}

/** Where the work goes on: the first step that is open. */
export const firstOpen = (setup: Setup): Step =>
  STEPS.find((step) => stepStateOf(step, setup) === 'open') ?? (isConnected(setup) ? 'preview' : 'activate')

/** After a step: the next one that has something to do, or back to it in a tenant that is at work already. */
export function afterStep(step: Step, setup: Setup): string {
  const path = (to: Step) => homeOf(setup.tenant.id, `/setup/${to}`)
  if (isSetUp(setup) || stepStateOf(step, setup) === 'open') return `${path(step)}?saved=true`
  const rest = STEPS.slice(STEPS.indexOf(step) + 1)
  // Fields of one's own are for later: whoever wants them finds them in the list.
  const isNext = (next: Step) => next !== 'fields' && stepStateOf(next, setup) !== 'unneeded'
  return path(rest.find(isNext) ?? 'activate')
}

/** Draws one of the steps, beside the list of them all. */
export function setupPage(
  c: ConsoleContext,
  setup: Setup,
  about: { step: Step; title?: string; refusal?: Refusal | null; isLive?: boolean; width?: 'wide' },
  content: Child,
) {
  const view = c.get('view')
  const { texts } = view
  const { step, refusal = null, isLive = false } = about
  const steps = texts.setup.steps
  const title = about.title ?? steps[step].title
  const frame = {
    title,
    tenant: setup.tenant,
    isLive,
    ...(isSetUp(setup) ? { tab: 'settings' as const } : {}),
  }
  const whole = (
    <div class="beside">
      <StepList view={view} setup={setup} current={step} />
      <div>
        <h1>{title}</h1>
        {c.req.query('saved') && !refusal && <Notice tone="good" title={texts.saved} />}
        <Refused view={view} refusal={refusal} />
        {about.title === undefined && <p class="lead">{steps[step].intro}</p>}
        {content}
      </div>
    </div>
  )
  return page(c, frame, whole, refusal?.status ?? 200)
}

const SIGNS: Readonly<Record<StepState, string>> = {
  done: '✓',
  open: '!',
  later: '·',
  unneeded: '–',
  optional: '·',
}

const StepList: FC<{ view: View; setup: Setup; current: Step | 'manage' }> = ({
  view: { texts },
  setup,
  current,
}) => (
  <nav class="steps" aria-label={texts.setup.label}>
    <ol>
      {STEPS.filter((step) => !isSetUp(setup) || !['preview', 'activate'].includes(step)).map((step) => {
        const stepState = stepStateOf(step, setup)
        return (
          <li class={stepState}>
            <a
              href={homeOf(setup.tenant.id, `/setup/${step}`)}
              {...(step === current ? { 'aria-current': 'step' } : {})}
            >
              <span class="sign" aria-hidden="true">
                {SIGNS[stepState]}
              </span>
              <span>
                {texts.setup.steps[step].name}
                <span class="unseen"> ({texts.setup.stepStates[stepState]})</span>
              </span>
            </a>
          </li>
        )
      })}
    </ol>
    <p>
      <a
        href={homeOf(setup.tenant.id, '/manage')}
        {...(current === 'manage' ? { 'aria-current': 'page' } : {})}
      >
        {texts.manage.title}
      </a>
    </p>
  </nav>
)

export { StepList }
