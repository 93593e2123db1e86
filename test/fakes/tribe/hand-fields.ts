/** Lets a test write fields as a person would think of them: a country by its code, a group by its name. */
import type { Core } from './core'
import { lookup } from './fill-in'
import type { EntityType } from './schema'
import type { Fields, Json } from './store'
import { isGuid } from './values'

/**
 * A link may be an id, the code or name of a lookup, or an object of fields; the VAT number may be spelled
 * either way. What comes out is what the API would be sent.
 */
export function asBody(core: Core, type: EntityType, fields: Fields): Fields {
  const body: Fields = {}
  for (const [given, value] of Object.entries(fields)) {
    const name = given.toLowerCase() === 'vatnumber' ? core.options.vatNumberSpelling : given
    const link = type.navigations.get(name)
    body[name] = link ? linkBody(core, core.schema.get(link.target), value) : value
  }
  return body
}

function linkBody(core: Core, target: EntityType, value: Json): Json {
  if (Array.isArray(value)) return value.map((member) => linkBody(core, target, member))
  if (isGuid(value)) return { ID: value }
  if (typeof value === 'string') {
    const row = lookup(core, target.name, value)
    if (!row) throw new Error(`The fake has no ${target.name} '${value}'`)
    return { ID: row.id }
  }
  return typeof value === 'object' && value !== null ? asBody(core, target, value) : value
}
