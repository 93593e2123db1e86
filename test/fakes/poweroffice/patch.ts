/** JSON Patch (RFC 6902) as the API takes it: on the members of a Patch model, all of the document or none. */
import { isObject, type Json, type JsonObject, sameJson } from './json'
import { Problem } from './problem'
import { resolve, type Schema } from './spec'
import { validate } from './validate'

interface Operation {
  op: string
  path: string
  from?: string
  value?: Json
}

/** What a patch is laid against. */
export interface Patched {
  model: Schema
  modelName: string
  /** As the texts of errors call the record. */
  subject: string
  violation: (text: string) => void
}

interface Target {
  holder: JsonObject | Json[]
  key: string
  schema: Schema
}

/** The members of a record that its Patch model names. */
export function patchable(model: Schema, record: JsonObject): JsonObject {
  const members = Object.entries(model.properties ?? {}).map(([name, schema]): [string, Json] => {
    const value = record[name] ?? null
    const inner = resolve(schema)
    return [name, isObject(value) && inner.properties ? patchable(inner, value) : value]
  })
  return Object.fromEntries(members)
}

/**
 * The members of `record` that the operations change, with their new values. Throws the API's
 * answer where a path leads nowhere or a value does not fit.
 */
export function changesBy(operations: Json[], record: JsonObject, patched: Patched): JsonObject {
  const { model, subject, violation } = patched
  const before = patchable(model, record)
  const after = structuredClone(before)
  for (const raw of operations) apply(readOperation(raw, violation), after, patched)
  const faults = validate(model, after)
  if (faults.length > 0) {
    for (const fault of faults) {
      if (fault.kind !== 'length') violation(`the patched ${fault.path} ${fault.message}`)
    }
    const detail = faults.map((fault) => `${fault.path} ${fault.message}.`).join(' ')
    throw new Problem(400, `${subject} validation error(s)`, detail)
  }
  const changed = Object.entries(after).filter(([name, value]) => !sameJson(value, before[name]))
  return Object.fromEntries(changed)
}

function readOperation(raw: Json, violation: (text: string) => void): Operation {
  const refuse = (detail: string): never => {
    violation(detail)
    throw new Problem(400, 'Invalid patch document', detail)
  }
  if (!isObject(raw)) return refuse('an operation of a patch must be an object')
  const { op, path, from, value, ...others } = raw
  const unknown = Object.keys(others)
  if (unknown.length > 0) return refuse(`an operation has no member '${unknown[0]}'`)
  if (typeof op !== 'string' || !['add', 'remove', 'replace', 'move', 'copy', 'test'].includes(op)) {
    return refuse(`unknown operation '${String(op)}'`)
  }
  if (typeof path !== 'string' || !path.startsWith('/')) return refuse('a path must start with /')
  if (['add', 'replace', 'test'].includes(op) && value === undefined) return refuse(`${op} needs a value`)
  if (!['move', 'copy'].includes(op)) return { op, path, ...(value === undefined ? {} : { value }) }
  return typeof from === 'string' ? { op, path, from } : refuse(`${op} needs a from`)
}

function apply({ op, path, from, value }: Operation, document: JsonObject, patched: Patched): void {
  const target = find(path, document, patched, ['add', 'move', 'copy'].includes(op))
  if (op === 'add' || op === 'replace') write(target, value ?? null, op === 'add')
  else if (op === 'remove') erase(target)
  else if (op === 'test') {
    if (sameJson(read(target), value)) return
    throw new Problem(400, `${patched.subject} validation error(s)`, `The value at '${path}' is another one.`)
  } else {
    const source = find(from ?? '', document, patched, false)
    const moved = structuredClone(read(source))
    if (op === 'move') erase(source)
    write(target, moved, true)
  }
}

function find(pointer: string, document: JsonObject, patched: Patched, isAddition: boolean): Target {
  const { model, modelName, subject, violation } = patched
  const segments = pointer.split('/').slice(1)
  const lost = (segment: string): never => {
    violation(`the patch path ${pointer} leads nowhere`)
    const detail = `${modelName}: The target location specified by path segment '${segment}' was not found.`
    throw new Problem(400, `${subject} validation error(s)`, detail)
  }
  let holder: Json = document
  let schema = model
  for (const [i, segment] of segments.entries()) {
    let key = segment.replaceAll('~1', '/').replaceAll('~0', '~')
    let inner: Schema
    if (Array.isArray(holder)) {
      // Only an addition may stand right behind the last one.
      const length = holder.length + (isAddition ? 1 : 0)
      if (!(key === '-' && isAddition) && !(/^\d+$/.test(key) && Number(key) < length)) return lost(segment)
      inner = resolve(schema.items ?? {})
    } else {
      const name = Object.keys(schema.properties ?? {}).find((p) => p.toLowerCase() === key.toLowerCase())
      const property = name === undefined ? undefined : schema.properties?.[name]
      if (name === undefined || !property || !isObject(holder)) return lost(segment)
      if (name !== key) violation(`patch path ${pointer} should be spelled ${name}`)
      key = name
      inner = resolve(property)
    }
    if (i === segments.length - 1) return { holder, key, schema: inner }
    const next: Json | undefined = Array.isArray(holder) ? holder[Number(key)] : holder[key]
    if (next === null || next === undefined) return lost(segments[i + 1] ?? segment)
    holder = next
    schema = inner
  }
  return lost(pointer)
}

function read({ holder, key }: Target): Json {
  return (Array.isArray(holder) ? holder[Number(key)] : holder[key]) ?? null
}

function write({ holder, key, schema }: Target, value: Json, insert: boolean): void {
  if (!Array.isArray(holder)) {
    // An object that is set as a whole has the members that were given, the others empty.
    holder[key] = isObject(value) ? { ...emptyOf(schema), ...value } : value
  } else if (key === '-') holder.push(value)
  else holder.splice(Number(key), insert ? 0 : 1, value)
}

function emptyOf(schema: Schema): JsonObject {
  return Object.fromEntries(Object.keys(schema.properties ?? {}).map((name) => [name, null]))
}

function erase({ holder, key }: Target): void {
  if (!Array.isArray(holder)) holder[key] = null
  else holder.splice(Number(key), 1)
}
