import type { DryRunAnswer } from '../http/dry-run'
import type { RecordAnswer } from '../http/record-answer'
import { type Api, Refusal } from './api'
import { orRefusal } from './parts'
import { apiPath } from './view'

/** What a few records of a dry run hold now, and what they would hold: asked of both systems, and kept nowhere. */

type Written = DryRunAnswer['records'][number]
type Value = NonNullable<RecordAnswer['fields']>[number]['tribe']

export interface Example {
  record: Written
  field: string
  from: Value
  to: Value
}

/** Each costs a look at both systems. */
const MOST = 3

/** One of each kind of write first. What cannot be asked just now is left out. */
export async function examplesOf(
  api: Api,
  tenantId: string,
  records: readonly Written[],
): Promise<Example[]> {
  const askable = records.filter(({ kind }) => kind !== 'productGroup')
  const sorts = Map.groupBy(askable, ({ side, kind, action }) => `${side} ${kind} ${action}`)
  const firsts = [...sorts.values()].flatMap(([first]) => first ?? [])
  const chosen = [...firsts, ...askable.filter((one) => !firsts.includes(one))].slice(0, MOST)
  return (await Promise.all(chosen.map((record) => changesOf(api, tenantId, record)))).flat()
}

async function changesOf(api: Api, tenantId: string, record: Written): Promise<Example[]> {
  const { kind, tribeId, powerOfficeId, side } = record
  const id = tribeId === null ? { powerOfficeId: powerOfficeId ?? '' } : { tribeId }
  const query = new URLSearchParams({ kind, values: 'true', ...id } as Record<string, string>)
  const seen = await orRefusal(api.get<RecordAnswer>(apiPath(tenantId, `/records?${query}`)))
  if (seen instanceof Refusal) return []
  return record.fields.flatMap((name) => {
    const field = seen.fields?.find((one) => one.field === name)
    if (!field) return []
    const [from, to] = side === 'tribe' ? [field.tribe, field.powerOffice] : [field.powerOffice, field.tribe]
    return [{ record, field: name, from, to }]
  })
}
