import type { DryRunAnswer, DryRunChange } from '../http/dry-run'
import { Refusal } from './api'
import { orRefusal } from './parts'
import { apiPath, type ConsoleContext } from './view'

/** The change that was tried, when somebody comes back from its dry run to change the form; nothing once that is over. */
export async function triedIn(c: ConsoleContext): Promise<DryRunChange> {
  const run = c.req.query('tried')
  if (run === undefined) return {}
  const path = apiPath(c.req.param('id') ?? '', `/dry-run/${encodeURIComponent(run)}?pageSize=1`)
  const found = await orRefusal(c.get('api').get<DryRunAnswer>(path))
  return found instanceof Refusal ? {} : found.change
}
