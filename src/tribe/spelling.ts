import { isRecord, type OwnMember } from './choices'
import { type Dialect, has, spell } from './dialect'
import { type Asked, expanding, listed } from './odata'
import { isLink, PERSON, type SetShape, SHAPES } from './sets'

const UNKNOWN: SetShape = { members: [], along: {} }

/** How records are asked for, read and written in the names of one tenant's Tribe (API.md §2.1). `own`: members that an admin mapped. */
export function spellingOf(dialect: Dialect, own: readonly OwnMember[]) {
  const isOwnChoice = (set: string, name: string) =>
    own.some((one) => one.set === set && one.name === name && one.list)

  /** What is asked of a set: its members and what comes along; of these, only some, and the admin's own where all are asked for. */
  function ask(set: string, only?: readonly string[], hasOwn = only === undefined): Asked {
    const shape = SHAPES[set] ?? UNKNOWN
    const mine = hasOwn ? own.filter((one) => one.set === set) : []
    const isWanted = (name: string) => (only?.includes(name) ?? true) && has(dialect, set, name)
    const members = (only ?? shape.members).filter((name) => isWanted(name) && !isLink(set, name))
    const plainOwn = mine.filter(({ list }) => list === null).map(({ name }) => name)
    const $select = listed([...members.map((name) => spell(dialect, set, name)), ...plainOwn]) || 'ID'
    const along = Object.entries(shape.along).filter(([name]) => isWanted(name))
    const records = along.map(([name, to]) => {
      const inner = ask(to.set, to.only, hasOwn && (to.only === undefined || to.set === PERSON))
      return expanding(spell(dialect, set, name), inner)
    })
    const choices = mine.filter(({ list }) => list !== null)
    const $expand = listed([...records, ...choices.map(({ name }) => expanding(name, { $select: '_Name' }))])
    return $expand === '' ? { $select } : { $select, $expand }
  }

  /** A record as API.md spells it, whatever this Tribe's spelling. */
  function plain(set: string, record: unknown): unknown {
    if (Array.isArray(record)) return record.map((one) => plain(set, one))
    return isRecord(record) ? renamed(set, record) : record
  }

  function renamed(set: string, record: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const { members, along } = SHAPES[set] ?? UNKNOWN
    const ours: Record<string, unknown> = { ...record }
    for (const name of [...members, ...Object.keys(along)]) {
      const actual = spell(dialect, set, name)
      if (actual !== name && actual in ours) ours[name] = ours[actual]
    }
    for (const [name, to] of Object.entries(along)) if (name in ours) ours[name] = plain(to.set, ours[name])
    return ours
  }

  /** Fields to write, spelled as this Tribe does; those that it does not have are left out. */
  function wire(set: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const entries = Object.entries(fields).filter(([name]) => has(dialect, set, name))
    const written = entries.map(([name, value]) => {
      if (isOwnChoice(set, name)) return [name, value]
      const to = SHAPES[set]?.along[name]?.set
      return [spell(dialect, set, name), to && isRecord(value) ? wire(to, value) : value]
    })
    return Object.fromEntries(written)
  }

  /** The member as this Tribe spells it, and whether it is a day or an instant; null when it has none. */
  const named = (set: string, name: string): { path: string; isInstant: boolean } | null =>
    has(dialect, set, name)
      ? { path: spell(dialect, set, name), isInstant: dialect.instants.includes(`${set}.${name}`) }
      : null

  return { ask, plain, wire, named }
}
