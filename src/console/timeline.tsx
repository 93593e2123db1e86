import type { FC } from 'hono/jsx'
import type { TimelineAnswer } from '../http/timeline'
import { explain } from '../shared/problems'
import { instantIn } from './format'
import { type Names, NO_NAMES } from './names'
import { Table, Time } from './parts'
import { homeOf, type View } from './view'

/** What happened to records, in words. */

type Entry = TimelineAnswer['entries'][number]
interface Which {
  kind: string
  tribeId: string | null
  powerOfficeId: string | null
}

/** The page of a record; null for what is no record, or has no id. */
export function recordPath(tenantId: string, { kind, tribeId, powerOfficeId }: Which): string | null {
  if (!['customer', 'supplier', 'contactPerson', 'product', 'invoice'].includes(kind)) return null
  if (tribeId) return homeOf(tenantId, `/records/${kind}/tribe/${encodeURIComponent(tribeId)}`)
  return powerOfficeId
    ? homeOf(tenantId, `/records/${kind}/poweroffice/${encodeURIComponent(powerOfficeId)}`)
    : null
}

/** Whether it is a write of the relay's of which what it overwrote was kept. */
export const isTakenBack = ({ event, details }: Pick<Entry, 'event' | 'details'>): boolean =>
  /^updated-(tribe|poweroffice)$/.test(event) && typeof details.kept === 'string'

/** With a tenant, each leads to its record; with `undoAt`, each that can be taken back leads to where that is done. */
export const Events: FC<{
  view: View
  caption: string
  entries:
    | readonly (Pick<Entry, 'at' | 'event' | 'details'> & { id?: number | undefined })[]
    | readonly Entry[]
  tenantId?: string
  names?: Names
  undoAt?: string
}> = ({ view, caption, entries, tenantId, names = NO_NAMES, undoAt }) => {
  const { texts } = view
  const t = texts.timeline
  const isUndone = (entry: (typeof entries)[number]) =>
    undoAt !== undefined && 'id' in entry && entry.id !== undefined && isTakenBack(entry)
  const canBeUndone = entries.some(isUndone)
  const heads = [
    t.when,
    ...(tenantId ? [t.record] : []),
    t.what,
    ...(canBeUndone ? [texts.undoChange.head] : []),
  ]
  return (
    <Table caption={caption} isTitled heads={heads}>
      {entries.map((entry) => (
        <tr>
          <td>
            <Time view={view} at={entry.at} />
          </td>
          {tenantId && 'kind' in entry && (
            <td>
              <a href={recordPath(tenantId, entry) ?? '#'}>
                {texts.kinds[entry.kind as keyof typeof texts.kinds]} {names(entry)}{' '}
                <span class="id">{nameOf(entry)}</span>
              </a>
            </td>
          )}
          <td>{tell(view, entry)}</td>
          {canBeUndone && (
            <td>
              {isUndone(entry) && 'id' in entry && (
                <a href={`${undoAt}/${entry.id}`}>
                  {texts.undoChange.link}
                  <span class="unseen"> {instantIn(view.language, entry.at)}</span>
                </a>
              )}
            </td>
          )}
        </tr>
      ))}
    </Table>
  )
}

const nameOf = ({ number, details, tribeId, powerOfficeId }: Entry) =>
  number ?? (details.number ? String(details.number) : (tribeId ?? powerOfficeId ?? '').slice(0, 8))

/** An event in a sentence; a new one that has no words yet is told by its name. */
function tell(view: View, { event, details }: Pick<Entry, 'event' | 'details'>): string {
  const { events, fields, details: words } = view.texts.timeline
  const sentence = events[event as keyof typeof events] ?? event
  const wordFor = (field: unknown) => fields[String(field) as keyof typeof fields] ?? String(field)
  const more = [
    ...(Array.isArray(details.fields) && details.fields.length > 0
      ? [details.fields.map(wordFor).join(', ')]
      : []),
    ...(details.field ? [words.conflict(wordFor(details.field), String(details.winner))] : []),
    ...(details.number ? [words.number(String(details.number))] : []),
    ...(details.channel
      ? [words.channels[details.channel as keyof typeof words.channels] ?? String(details.channel)]
      : []),
    ...(details.gone ? [details.gone === 'tribe' ? words.goneInTribe : words.goneInPowerOffice] : []),
    ...(Array.isArray(details.left) && details.left.includes('mark') ? [words.markLeft] : []),
    ...(details.code ? [explain(String(details.code), view.language).cause] : []),
    ...(details.said ? [`“${String(details.said)}”`] : []),
  ]
  return more.length > 0 ? `${sentence}: ${more.join('; ')}` : sentence
}
