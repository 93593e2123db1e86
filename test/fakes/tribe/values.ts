/** What a record answers when asked for one of its properties, and which values a property takes. */
import type { Core } from './core'
import { invoiceValue, lineValue } from './money'
import { ODataProblem } from './problem'
import type { Property } from './schema'
import type { Json, Row, Scalar } from './store'

export function propertyValue(core: Core, row: Row, property: string): Scalar {
  switch (property) {
    case 'ID':
      return row.id
    case '_Type':
      return row.type.dotted
    case '_Name':
      return nameOf(core, row)
    case 'CreationDate':
      return row.createdAt
    case 'LastMutationDate':
      return row.mutatedAt
    case 'NumberOfNotes':
      return core.store.pointingAt(row.id, 'Entity', 'Note').length
    case 'NumberOfAttachments':
      return core.store.pointingAt(row.id, 'Entity', 'Attachment').length
  }
  const computed = computedValue(core, row, property)
  return computed === undefined ? (row.fields[property] ?? null) : computed
}

function computedValue(core: Core, row: Row, property: string): Scalar | undefined {
  if (row.type.name === 'ProductLine') return lineValue(core, row, property)
  if (row.type.name === 'Activity_Invoice') return invoiceValue(core, row, property)
  if (property === 'Name' && row.type.lineage.has('Relationship')) return row.fields.Name ?? nameOf(core, row)
  return undefined
}

function nameOf(core: Core, row: Row): string | null {
  const text = (name: string) => (typeof row.fields[name] === 'string' ? (row.fields[name] as string) : null)
  const linked = (name: string) => {
    const other = core.store.find(row.links[name] ?? '')
    return other ? nameOf(core, other) : null
  }
  if (row.type.lineage.has('Relationship')) return text('Name') ?? linked('Organization') ?? linked('Person')
  switch (row.type.name) {
    case 'Relation_Person':
      return joined(' ', text('FirstName'), text('MiddleName'), text('LastName'))
    case 'Activity_Invoice':
      return text('Number') ?? text('Subject')
    case 'Address': {
      const number = joined('', row.fields.HouseNumber ?? null, text('HouseNumberSuffix'))
      return joined(', ', joined(' ', text('Street'), number), joined(' ', text('Postalcode'), text('City')))
    }
    case 'Payment':
      return text('Reference')
    case 'ProductLine':
    case 'Attachment':
      return text('Description')
    case 'Note':
      return text('Content')
  }
  return text('Name')
}

const joined = (by: string, ...parts: Scalar[]) =>
  parts.filter((part) => part !== null && part !== '').join(by) || null

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/
const DAY = /^\d{4}-\d\d-\d\d$/

/** The value as it is kept; refuses what the property cannot hold. */
export function accepted(property: Property, value: Json, type: string): Scalar {
  if (value === null) return null
  switch (property.type) {
    case 'Edm.Boolean':
      if (typeof value === 'boolean') return value
      break
    case 'Edm.Double':
      if (typeof value === 'number' && Number.isFinite(value)) return value
      break
    case 'Edm.Int64':
      if (Number.isSafeInteger(value)) return value as number
      break
    case 'Edm.String':
      if (typeof value === 'string') return value
      break
    case 'Edm.DateTimeOffset':
      if (typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value))) {
        return instant(new Date(value))
      }
      break
    case 'Edm.Date':
      if (typeof value === 'string' && isDay(value)) return value
      break
    case 'Edm.Guid':
      if (isGuid(value)) return value.toLowerCase()
  }
  throw new ODataProblem(
    400,
    `The value ${JSON.stringify(value)} of property '${property.name}' in type '${type}' is no ${property.type}.`,
    `wrong type: ${type}.${property.name} got ${typeof value}, wants ${property.type}`,
  )
}

/** Tribe tells time to the second. */
export const instant = (date: Date) => `${date.toISOString().slice(0, 19)}Z`

export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

export function isGuid(value: Json | undefined): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
}
