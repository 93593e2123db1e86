/** Checks a JSON value against a model of the OpenAPI description. */
import { isObject, type Json } from './json'
import { resolve, type Schema } from './spec'
import { parseDay, parseStamp } from './stamps'

export interface Fault {
  /** "SalesOrderLines[0].Quantity". */
  path: string
  message: string
  /** A length is a matter of the data; the others are mistakes of whoever wrote the client. */
  kind: 'unknown-member' | 'type' | 'enum' | 'required' | 'length'
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isUuid(text: string): boolean {
  return UUID.test(text)
}

export function validate(schema: Schema, value: Json, path = ''): Fault[] {
  const model = resolve(schema)
  const fault = (kind: Fault['kind'], message: string): Fault[] => [{ path, kind, message }]
  if (value === null) {
    // A model that is referred to may be left empty even where the reference cannot say so.
    return model.nullable || schema.$ref || !model.type ? [] : fault('type', 'must not be null')
  }
  switch (model.type) {
    case 'object':
      return isObject(value) ? validateMembers(model, value, path) : fault('type', 'must be an object')
    case 'array': {
      if (!Array.isArray(value)) return fault('type', 'must be an array')
      return value.flatMap((item, i) => validate(model.items ?? {}, item, `${path}[${i}]`))
    }
    case 'boolean':
      return typeof value === 'boolean' ? [] : fault('type', 'must be true or false')
    case 'number':
      return typeof value === 'number' ? [] : fault('type', 'must be a number')
    case 'integer':
      return isInteger(value, model.format) ? [] : fault('type', `must be a whole number (${model.format})`)
    case 'string':
      return typeof value === 'string' ? validateText(model, value, path) : fault('type', 'must be text')
    default:
      return []
  }
}

function validateMembers(model: Schema, value: { [name: string]: Json }, path: string): Fault[] {
  const at = (name: string) => (path ? `${path}.${name}` : name)
  const properties = model.properties ?? {}
  const faults: Fault[] = []
  for (const [name, member] of Object.entries(value)) {
    const known = properties[name]
    if (known) faults.push(...validate(known, member, at(name)))
    else if (model.additionalProperties !== true) {
      faults.push({ path: at(name), kind: 'unknown-member', message: 'is not a member of the model' })
    }
  }
  for (const name of model.required ?? []) {
    const given = value[name]
    if (given === undefined || given === null || given === '') {
      faults.push({ path: at(name), kind: 'required', message: 'is required' })
    }
  }
  return faults
}

function validateText(model: Schema, value: string, path: string): Fault[] {
  const fault = (kind: Fault['kind'], message: string): Fault[] => [{ path, kind, message }]
  if (model.enum && !model.enum.includes(value)) return fault('enum', `has no value '${value}'`)
  if (model.maxLength !== undefined && value.length > model.maxLength) {
    return fault('length', `must be at most ${model.maxLength} characters`)
  }
  if (model.format === 'date' && !parseDay(value)) return fault('type', 'must be a date')
  if (model.format === 'date-time' && !parseStamp(value)) return fault('type', 'must be a timestamp')
  if (model.format === 'uuid' && !isUuid(value)) return fault('type', 'must be a uuid')
  return []
}

function isInteger(value: Json, format: string | undefined): boolean {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return false
  return format !== 'int32' || Math.abs(value) <= 2 ** 31 - 1
}
