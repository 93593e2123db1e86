import * as z from 'zod/v4'
import { ApiError } from '../shared/errors'
import type { FieldPlace } from '../shared/own-fields'
import { SHAPES } from './sets'

/** Choices of an admin's fields: named everywhere, and written by the id of the record that bears the name. */

/** A member that an admin mapped. */
export interface OwnMember extends FieldPlace {
  /** A blank empties it where null does not. */
  isText: boolean
}

export const Choice = z.looseObject({ ID: z.string(), _Name: z.string().nullish() })
type Choice = z.infer<typeof Choice>

const CHOICES_MS = 10 * 60_000

interface Parts {
  /** All records of a list. */
  all: (set: string) => Promise<Choice[]>
  ownNamed: (set: string, name: string) => OwnMember | undefined
  notes: Map<string, unknown>
}

export function createChoices({ all, ownNamed, notes }: Parts) {
  /** A choice that is only named gets the id of the record that bears its name. */
  async function withChoices(set: string, fields: Record<string, unknown>): Promise<Record<string, unknown>> {
    const entries = Object.entries(fields).map(async ([name, value]): Promise<[string, unknown]> => {
      const list = ownNamed(set, name)?.list
      const to = SHAPES[set]?.along[name]?.set
      if (to && isRecord(value)) return [name, await withChoices(to, value)]
      if (!list || !isRecord(value) || 'ID' in value) return [name, value]
      const choice = String(value._Name)
      const id = (await choicesIn(list)).get(choice.toLowerCase())
      if (id === undefined) {
        const said = `'${name}' has no choice of that name`
        throw new ApiError('tribe.refused', 'data', said, 400, said, null, false, [name])
      }
      return [name, { ID: id }]
    })
    return Object.fromEntries(await Promise.all(entries))
  }

  /** What can be chosen from a list: the ids of its records, by their names in small letters. Remembered for some minutes. */
  async function choicesIn(set: string): Promise<ReadonlyMap<string, string>> {
    const name = `tribe:choices:${set}`
    const known = notes.get(name) as { at: number; ids: ReadonlyMap<string, string> } | undefined
    if (known && Date.now() - known.at < CHOICES_MS) return known.ids
    const rows = await all(set)
    const ids = new Map(
      rows.flatMap((row) => (row._Name ? [[row._Name.toLowerCase(), row.ID] as const] : [])),
    )
    notes.set(name, { at: Date.now(), ids })
    return ids
  }

  return { choicesIn, withChoices }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
