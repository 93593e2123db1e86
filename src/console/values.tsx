import type { FC } from 'hono/jsx'
import type { RecordAnswer } from '../http/record-answer'
import { explain } from '../shared/problems'
import { Notice, Table } from './parts'
import type { View } from './view'

/** A record as both systems hold it, side by side, and what the next look would do. */

type Field = NonNullable<RecordAnswer['fields']>[number]

export const Values: FC<{ view: View; record: RecordAnswer }> = ({ view, record }) => {
  const t = view.texts.values
  return (
    <section>
      <h2>{t.title}</h2>
      {record.unreachable?.map((side) => (
        <Notice tone="warn" title={t.away(side === 'tribe' ? 'Tribe' : 'PowerOffice')} />
      ))}
      <Table caption={t.title} isTitled heads={[t.field, 'Tribe', 'PowerOffice', t.same, t.next]}>
        {record.fields?.map((field) => (
          <tr>
            <th scope="row">{fieldWord(view, field.field)}</th>
            <td>{shownValue(field.tribe)}</td>
            <td>{shownValue(field.powerOffice)}</td>
            <td>{sameWord(view, field)}</td>
            <td>{nextWord(view, field)}</td>
          </tr>
        ))}
      </Table>
    </section>
  )
}

/** What people call a field; one of an admin's own goes by its name. */
export function fieldWord({ texts }: View, name: string): string {
  const words: Readonly<Record<string, string>> = { ...texts.timeline.fields, ...texts.values.fields }
  return words[name] ?? name
}

export const shownValue = (value: Field['tribe']): string => {
  if (value === null || value === '') return '–'
  return Array.isArray(value) ? value.join('; ') : String(value)
}

/** A word of the API, or the code of a problem, as a sentence's end. */
export function reasonIn({ texts, language }: View, because: string): string {
  const reasons: Readonly<Record<string, string>> = texts.values.because
  return reasons[because] ?? explain(because, language).cause
}

export const sameWord = ({ texts }: View, { same }: Pick<Field, 'same'>): string => {
  if (same === null) return texts.values.unknown
  return same ? texts.values.same : texts.values.differs
}

export function nextWord(view: View, { next, because }: Pick<Field, 'next' | 'because'>): string {
  const t = view.texts.values
  const where = { none: t.stays, 'to-tribe': t.toTribe, 'to-poweroffice': t.toPowerOffice }
  return `${where[next]}: ${reasonIn(view, because)}`
}
