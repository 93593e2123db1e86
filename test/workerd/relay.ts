import { type Relay, relayOn } from '../stories/relay'
import { type WorkerdOptions, workerdStage } from './stage'

/** A relay in workerd of this file's own. */
export const startInWorkerd = async (options: WorkerdOptions = {}): Promise<Relay> =>
  relayOn(await workerdStage(options))
