import type { Child, FC } from 'hono/jsx'
import { Badge, Option, Table } from './parts'
import type { View } from './view'

/** The form by which units or VAT groups of Tribe's get what stands for them in PowerOffice. */

export interface MappingRow {
  /** Of the form's field. */
  name: string
  label: string
  about?: string
  /** What is saved, and what is proposed: values of the choices. */
  known: string | undefined
  proposed: string | undefined
  /** Why it is proposed, or why nothing is. */
  reason?: string | null
  inUse: boolean
}

interface MappingForm {
  texts: View['texts']
  to: string
  what: 'units' | 'vat'
  choices: readonly { value: string; label: string }[]
  rows: readonly MappingRow[]
  isAllShown: boolean
  /** The button that tries the form. */
  tryIt: Child
}

/** What products use comes first; the rest can be mapped ahead. The button asks for a confirmation only where one is due. */
export const Mapping: FC<MappingForm> = ({ texts, to, what, choices, rows, isAllShown, tryIt }) => {
  const { captions, heads } = texts.mappings
  const [used, others] = [rows.filter(({ inUse }) => inUse), rows.filter(({ inUse }) => !inUse)]
  const table = (some: readonly MappingRow[], caption: string) => (
    <Table caption={caption} heads={[heads[what], heads.powerOffice, heads.state]}>
      {some.map((row) => (
        <Row texts={texts} choices={choices} row={row} />
      ))}
    </Table>
  )
  if (rows.length === 0) return <p>{texts.mappings.nothingUsed}</p>
  // With all of them shown, somebody came from a problem: one that nothing seems to use is to be mapped.
  const isToConfirm = isAllShown || used.some(({ known }) => known === undefined)
  const buttons = (
    <div class="row">
      <button type="submit" class={isToConfirm ? 'main' : 'plain'}>
        {isToConfirm ? texts.mappings.confirm : texts.saveAlone}
      </button>
      {tryIt}
    </div>
  )
  return (
    <form method="post" action={to}>
      {used.length > 0 && table(used, captions.used[what])}
      {used.length === 0 && !isAllShown && <p>{texts.mappings.nothingUsed}</p>}
      {others.length > 0 && (
        <details open={isAllShown}>
          <summary>{texts.mappings.others(others.length)}</summary>
          {table(others, captions.others[what])}
          {used.length === 0 && buttons}
        </details>
      )}
      {used.length > 0 && buttons}
    </form>
  )
}

const Row: FC<Pick<MappingForm, 'texts' | 'choices'> & { row: MappingRow }> = ({ texts, choices, row }) => {
  const chosen = row.known ?? row.proposed ?? ''
  return (
    <tr>
      <th scope="row">
        <label for={row.name}>{row.label}</label>
        {row.about && <span class="hint block">{row.about}</span>}
      </th>
      <td>
        <select id={row.name} name={row.name}>
          <Option value="" label={texts.mappings.none} chosen={chosen} />
          {choices.map(({ value, label }) => (
            <Option value={value} label={label} chosen={chosen} />
          ))}
        </select>
      </td>
      <td>
        <RowState texts={texts} row={row} />
        {row.known === undefined && row.reason && <span class="hint block">{row.reason}</span>}
      </td>
    </tr>
  )
}

const RowState: FC<Pick<MappingForm, 'texts'> & { row: MappingRow }> = ({ texts, row }) => {
  if (row.known !== undefined) return <Badge tone="good">{texts.mappings.confirmed}</Badge>
  if (row.proposed !== undefined) return <Badge tone="busy">{texts.mappings.proposed}</Badge>
  return row.inUse ? (
    <Badge tone="warn">{texts.mappings.open}</Badge>
  ) : (
    <Badge tone="quiet">{texts.mappings.unused}</Badge>
  )
}
