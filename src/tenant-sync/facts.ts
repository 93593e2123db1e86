import { FACTS, type FactName, type Facts, factPattern } from '../facts'
import { log } from '../shared/log'

/** So many texts are kept in memory, and none that is longer. */
const MOST_SOUND = 200
const SHORT = 2000

/** The small facts of a tenant, as JSON, in the SQLite of its object. */
export function factsIn(
  sql: SqlStorage,
): Facts & { createTable(): void; forgetAllBut(names: readonly string[]): void } {
  const told = new Set<string>()
  /** Texts that were found to hold what they should, by name: the same one is not looked through again. */
  const sound = new Map<FactName, string>()
  /** What cannot be read counts as never noted: it is told once, and the step does without. */
  const read = (name: FactName, text: string): unknown => {
    const value = parsed(text)
    if (sound.get(name) === text) return value
    const pattern = factPattern(name)
    if (pattern !== null && FACTS[pattern].safeParse(value).success) {
      if (sound.size >= MOST_SOUND) sound.clear()
      if (text.length <= SHORT) sound.set(name, text)
      return value
    }
    if (!told.has(name)) log('fact-unreadable', { fact: pattern })
    told.add(name)
    return null
  }
  return {
    createTable() {
      sql.exec('create table if not exists cursors (name text primary key, value text not null)')
    },
    /** What these names say stays, and tokens, which end with the credentials that they were given for. */
    forgetAllBut(names) {
      sql.exec(
        "delete from cursors where name not in (select value from json_each(?)) and name not like '%-token'",
        JSON.stringify(names),
      )
    },
    get(name) {
      const [row] = sql.exec<{ value: string }>('select value from cursors where name = ?', name).toArray()
      // What the schema says of the name is so: this is the one place that turns text into a fact.
      return row ? (read(name, row.value) as never) : null
    },
    set(name, value) {
      sql.exec('insert or replace into cursors (name, value) values (?, ?)', name, JSON.stringify(value))
    },
    remove(name) {
      sql.exec('delete from cursors where name = ?', name)
    },
    noted(names) {
      if (names.length === 0) return []
      const query = 'select name from cursors where name in (select value from json_each(?))'
      const found = new Set(
        Array.from(sql.exec<{ name: string }>(query, JSON.stringify(names)), ({ name }) => name),
      )
      return names.filter((name) => found.has(name))
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
