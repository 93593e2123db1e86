/** Reads a query string as the gateway and the application do, and notes what a client should not send. */
import { Problem } from './problem'
import type { Operation, Parameter } from './spec'
import { parseDay, parseStamp } from './stamps'
import { isUuid } from './validate'

/** Values by their documented names; blank ones are left out, as the API ignores them. */
export type Query = Record<string, string>

export function readQuery(operation: Operation, search: string, violation: (text: string) => void): Query {
  const query: Query = {}
  for (const pair of search === '' ? [] : search.split('&')) {
    const [rawName = '', ...rest] = pair.split('=')
    const rawValue = rest.join('=')
    const name = decode(rawName)
    if (name.toLowerCase() === 'subscription-key') continue
    const parameter = operation.query.find((p) => p.name.toLowerCase() === name.toLowerCase())
    if (!parameter) {
      violation(`unknown query parameter ${name}`)
      throw new Problem(400, 'Invalid query', `The query parameter '${name}' is not known.`)
    }
    if (parameter.name !== name) violation(`query parameter ${name} should be spelled ${parameter.name}`)
    if (query[parameter.name] !== undefined) violation(`query parameter ${name} is given twice`)
    if (parameter.schema.format === 'date-time' && rawValue.includes('+')) {
      violation(`the + in ${name} is not encoded`)
    }
    const value = decode(rawValue)
    if (value.trim() === '') violation(`query parameter ${name} is blank, which filters nothing`)
    else query[parameter.name] ??= checked(parameter, value, violation)
  }
  requireMandatory(operation, query)
  return query
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new Problem(400, 'Invalid query', 'The query string is not encoded properly.')
  }
}

/** The value, with an instant or a day in its usual spelling. */
function checked(parameter: Parameter, value: string, violation: (text: string) => void): string {
  const { type, format, enum: values, maximum } = parameter.schema
  const refuse = (): never => {
    violation(`${parameter.name} has the malformed value '${value}'`)
    throw new Problem(400, 'Invalid query', `The value '${value}' is not valid for ${parameter.name}.`)
  }
  if (type === 'boolean') return /^(true|false)$/i.test(value) ? value.toLowerCase() : refuse()
  if (type === 'integer') {
    if (!/^-?\d{1,19}$/.test(value)) return refuse()
    return maximum !== undefined && Number(value) > maximum ? refuse() : value
  }
  if (values) return values.includes(value) ? value : refuse()
  if (format === 'date-time')
    return parseStamp(value) ?? (parameter.required ? parseDay(value) : null) ?? refuse()
  if (format === 'date') return parseDay(value) ?? refuse()
  if (format === 'uuid') return isUuid(value) ? value.toLowerCase() : refuse()
  return value
}

function requireMandatory(operation: Operation, query: Query): void {
  for (const parameter of operation.query) {
    if (!parameter.required || query[parameter.name] !== undefined) continue
    const isLedger = /ledger\//.test(operation.name)
    throw new Problem(isLedger ? 404 : 400, 'Invalid query', `${parameter.name} is required.`)
  }
}
