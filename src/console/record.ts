import type { RecordAnswer } from '../http/record-answer'
import { isIdIn } from '../shared/record-ids'
import { Refusal } from './api'
import { KINDS } from './changes'
import type { ConsoleContext, View } from './view'

/** Which record a page is about. */

export interface Named {
  kind: RecordAnswer['kind']
  tribeId?: string | null
  powerOfficeId?: string | null
}

/** By the page's address. Throws a Refusal (404) for what can be no record: nobody is asked about it. */
export function recordNamed(c: ConsoleContext): Named {
  const { kind: text, side, ref = '' } = c.req.param() as Record<string, string>
  const kind = KINDS.find((one) => one === text)
  if (!kind || !isIdIn(side === 'tribe' ? 'crm' : 'books', kind, ref))
    throw new Refusal(404, 'record.unknown', 'No record has such an id', null)
  return side === 'tribe' ? { kind, tribeId: ref } : { kind, powerOfficeId: ref }
}

/** Then a record is shown without its values. */
export const UNASKED = ['request.too_many', 'tenant.not_ready']

export const recordTitle = (
  { texts }: View,
  { kind, number, tribeId, powerOfficeId }: RecordAnswer,
): string => `${texts.kinds[kind]} ${number ?? (tribeId ?? powerOfficeId ?? '').slice(0, 8)}`

/** What it is called, by the values that were asked for anyway. */
export const nameIn = ({ fields = [] }: RecordAnswer): string | null => {
  const shownOf = (name: string) => {
    const found = fields.find(({ field }) => field === name)
    return found?.tribe ?? found?.powerOffice ?? null
  }
  const parts = [shownOf('name') ?? shownOf('firstName'), shownOf('name') ? null : shownOf('lastName')]
  return parts.filter((part) => typeof part === 'string').join(' ') || null
}
