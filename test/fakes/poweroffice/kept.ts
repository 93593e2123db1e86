/** What this client keeps in place of the values that are written: see the quirk `keeps`. */
import type { Books } from './books'
import { isObject, type Json, type JsonObject } from './json'

export function asKept(books: Books, fields: JsonObject): JsonObject {
  const kept = { ...fields }
  for (const [member, keep] of Object.entries(books.quirks.keeps)) {
    const [name = '', part] = member.split('.')
    const holder = kept[name]
    if (part === undefined) {
      if (holder !== undefined) kept[name] = changed(holder, keep)
    } else if (isObject(holder) && holder[part] !== undefined)
      kept[name] = { ...holder, [part]: changed(holder[part], keep) }
  }
  return kept
}

/** The answer to a write, which may show what was sent and not what is kept. */
export function asSent(books: Books, shown: JsonObject, sent: JsonObject): JsonObject {
  const { keeps, keptIsShown } = books.quirks
  if (keptIsShown) return shown
  const names = new Set(Object.keys(keeps).map((member) => member.split('.')[0] ?? ''))
  const told = Object.entries(sent).filter(([name]) => names.has(name))
  return { ...shown, ...Object.fromEntries(told) }
}

function changed(value: Json, keep: (value: string) => string): Json {
  if (typeof value === 'string') return keep(value)
  return typeof value === 'number' ? Number(keep(String(value))) : value
}
