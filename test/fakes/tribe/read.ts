/** Answers to GET: a page of a list, and a record in the shape that was asked for. */
import type { Core } from './core'
import type { Query, Shape } from './query'
import type { EntityType } from './schema'
import type { Fields, Json, Row } from './store'
import { propertyValue } from './values'

export interface Page {
  value: Fields[]
  count: number | null
  /** Where the next page starts, when the server cut this one off. */
  next: number | null
}

export interface Origin {
  /** `https://host/v1`, for links in answers. */
  apiUrl: string
  /** Shows what must be asked for by name too: a test looks on, not the API. */
  showsAll?: boolean
}

/** The rows that a query selects, in its order, before paging. */
export function rowsFor(query: Query, from: () => Row[]): Row[] {
  const rows = from().filter((row) => !row.hidden && (query.filter?.(row) ?? true))
  return query.order ? rows.sort(query.order) : rows
}

export function pageOf(core: Core, type: EntityType, query: Query, origin: Origin): Page {
  const stamp = query.looksElsewhere ? `all ${core.store.version}` : `own ${core.store.versionOf(type)}`
  const find = () => rowsFor(query, () => core.store.of(type))
  const rows = core.lag.isOn ? find() : core.listed(query.key, stamp, find)
  const skip = query.skip ?? 0
  const cap = core.options.pageCap
  const wanted = Math.min(query.top ?? Number.POSITIVE_INFINITY, rows.length - skip)
  const size = Math.max(0, Math.min(wanted, cap))
  const cutOff = wanted > cap
  noteBadPaging(core, type, query, cutOff)
  return {
    value: rows.slice(skip, skip + size).map((row) => render(core, row, query, origin, type)),
    count: query.count ? rows.length : null,
    next: cutOff ? skip + size : null,
  }
}

function noteBadPaging(core: Core, type: EntityType, query: Query, cutOff: boolean): void {
  const cap = core.options.pageCap
  if (query.top !== null && query.top > cap)
    core.violate(`$top ${query.top} is above the cap of ${cap}: ${type.name}`)
  if (query.skip !== null && !query.order) core.violate(`paging without $orderby: ${type.name}`)
  else if (query.skip !== null && !query.ordersById)
    core.violate(`paging by an order without ID: ${query.key}`)
  if (cutOff && query.top === null && !core.options.nextLink) {
    core.violate(`a list without $top was cut off: ${type.name}`)
  }
}

/** A record as JSON. A view shows of its records what the view itself declares. */
export function render(
  core: Core,
  row: Row,
  shape: Shape,
  origin: Origin,
  as: EntityType = row.type,
): Fields {
  const out: Fields = {}
  const put = (name: string, value: Json) => {
    if (value !== null || !core.options.omitNulls) out[name] = value
  }
  if (shape.select) {
    for (const name of shape.select) if (as.properties.has(name)) put(name, shown(core, row, name, origin))
  } else {
    for (const [name, property] of as.properties) {
      if (!origin.showsAll && (property.onlyWhenSelected || isBulky(core, row, name))) continue
      put(name, shown(core, row, name, origin))
    }
  }
  for (const { link, query } of shape.expand) {
    const type = core.schema.get(link.target)
    if (link.via !== null) {
      const via = link.via
      let rows = rowsFor(query, () => core.store.pointingAt(row.id, via, type.name))
      if (query.skip !== null) rows = rows.slice(query.skip)
      if (query.top !== null) rows = rows.slice(0, query.top)
      out[link.name] = rows.map((child) => render(core, child, query, origin, type))
      continue
    }
    const other = core.store.find(row.links[link.name] ?? '')
    put(link.name, other && !other.hidden ? expanded(core, other, query, origin, type) : null)
  }
  return out
}

function expanded(core: Core, row: Row, query: Query, origin: Origin, type: EntityType): Fields {
  const id = `${origin.apiUrl}/odata/${row.type.name}(${row.id})`
  return { '@odata.id': id, ...render(core, row, query, origin, type) }
}

function shown(core: Core, row: Row, name: string, origin: Origin): Json {
  if (row.type.name !== 'File' || name !== 'Url') return propertyValue(core, row, name)
  const [holder] = core.store.pointingAt(row.id, 'File', 'Attachment')
  return holder ? `${origin.apiUrl}/odata-file/Attachment/${holder.id}/File` : null
}

/** The bytes of a file come along only where the environment says so. */
const isBulky = (core: Core, row: Row, name: string) =>
  row.type.name === 'File' && name === 'Data' && !core.options.fileDataInJson
