import type { FC } from 'hono/jsx'
import type { ChangingStep } from './changes'
import { isSetUp, type Setup } from './setup'
import { homeOf, type View } from './view'

/** Beside a form's button to save: tries what the form says, without saving it. Before the first sync, the preview is for that. */
export const TryIt: FC<{ view: View; setup: Setup; step: ChangingStep; about?: string }> = ({
  view: { texts },
  setup,
  step,
  about,
}) =>
  isSetUp(setup) ? (
    <button type="submit" class="plain" formaction={homeOf(setup.tenant.id, `/dry-run?step=${step}`)}>
      {texts.dryRun.ask}
      {about && <span class="unseen"> {about}</span>}
    </button>
  ) : null
