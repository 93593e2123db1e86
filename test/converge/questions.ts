import type { TownTenant } from '../platform/town'
import type { Scene } from './scene'

/** Of fewer that vanish, nobody is asked. */
const FEWEST_ASKED_ABOUT = 3

/** An admin is asked whether many are gone, and says so where users have deleted as many; false: nobody was. */
export async function answerQuestions(
  { relay, model }: Pick<Scene, 'relay' | 'model'>,
  tenant: TownTenant,
): Promise<boolean> {
  let answered = 0
  for (const { id, kind, subject } of relay.jobs.problems(100)) {
    if (kind !== 'vanished') continue
    const [name, where] = subject.split('-')
    const side = where === 'tribe' ? 'tribe' : 'powerOffice'
    const gone = model.twins.filter((twin) => twin.kind.name === name && twin.deletedIn.has(side))
    if (gone.length < FEWEST_ASKED_ABOUT) continue
    await tenant.api('POST', `/jobs/${id}/retry`, {})
    answered++
  }
  return answered > 0
}
