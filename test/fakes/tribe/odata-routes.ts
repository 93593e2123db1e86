/** Answers requests under `/v1/odata/`. */
import type { Context } from 'hono'
import { API, type Target, targetOf } from './address'
import type { Core } from './core'
import { metadataJson, metadataXml } from './metadata'
import { ODataProblem } from './problem'
import { rawOptions, readQuery } from './query'
import { type Origin, pageOf, render, rowsFor } from './read'
import type { EntityType } from './schema'
import type { Fields, Json, Row } from './store'
import { isGuid } from './values'
import type { Webhooks } from './webhooks'
import { create, remove, update, upgrade } from './write'

export interface Caller {
  core: Core
  webhooks: Webhooks
  origin: Origin
  isConsent: boolean
}

/** The path after `/v1/odata/`, as it came over the wire. */
export async function answerOData(c: Context, caller: Caller, rawPath: string): Promise<Response> {
  const { core } = caller
  const url = new URL(c.req.url)
  const options = rawOptions(core, url.search.slice(1))
  options.delete('access_token')
  const target = targetOf(core, rawPath, caller.isConsent)
  switch (c.req.method) {
    case 'GET':
      return read(c, caller, target, options)
    case 'POST':
      noOptions(core, options)
      return post(c, caller, target, await bodyOf(c))
    case 'PUT':
      noOptions(core, options)
      return put(c, caller, target, await bodyOf(c))
    case 'DELETE':
      if (target.kind !== 'record' || target.isByLink)
        throw new ODataProblem(405, 'Only one record can be deleted.')
      if (target.row.type.name !== 'Payment')
        core.violate(`a record was deleted by API: ${target.row.type.name}`)
      remove(core, target.row, API)
      return c.body(null, 204)
  }
  throw new ODataProblem(405, `The method ${c.req.method} is not allowed.`, `method ${c.req.method}`)
}

function noOptions(core: Core, options: Map<string, string>): void {
  for (const name of options.keys()) core.violate(`query option on a write: ${name}`)
}

async function bodyOf(c: Context): Promise<Json> {
  if (!(c.req.header('content-type') ?? '').startsWith('application/json')) {
    throw new ODataProblem(415, 'The body must be application/json.', 'a write that is not application/json')
  }
  const text = await c.req.text()
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new ODataProblem(400, 'The body is not JSON.', 'a body that is not JSON')
  }
}

function read(c: Context, caller: Caller, target: Target, options: Map<string, string>): Response {
  const { core, origin } = caller
  const context = (what: string) => ({ '@odata.context': `${origin.apiUrl}/odata/$metadata${what}` })
  // Answers are JSON whatever this option says.
  if (target.kind !== 'metadata' && options.get('$format') === 'json') options.delete('$format')
  switch (target.kind) {
    case 'metadata':
      return metadata(c, core, options)
    case 'service': {
      const sets = [...core.schema.types.values()].filter((type) => type.hasSet)
      const value = sets.map(({ name }) => ({ name, kind: 'EntitySet', url: name }))
      return c.json({ ...context(''), value })
    }
    case 'webhooks':
      return c.json({ value: caller.webhooks.all.map((hook) => caller.webhooks.shown(hook)) })
    case 'nothing':
      return c.body(null, 204)
    case 'record': {
      const query = readQuery(core, target.type, options, false)
      // Found through a view, a record shows what the view declares.
      return c.json({
        ...context(`#${target.type.name}/$entity`),
        ...render(core, target.row, query, origin, target.type),
      })
    }
    case 'set':
      return c.json(list(caller, target.type, options, context(`#${target.type.name}`)))
    case 'collection': {
      const query = readQuery(core, target.type, options, true)
      const rows = rowsFor(query, target.rows).slice(query.skip ?? 0)
      const value = rows
        .slice(0, query.top ?? rows.length)
        .map((row) => render(core, row, query, origin, target.type))
      return c.json({ ...context(`#${target.type.name}`), value })
    }
  }
}

function list(caller: Caller, type: EntityType, options: Map<string, string>, context: Fields): Fields {
  const { core, origin } = caller
  // The token of a next page holds where it starts; the client sends it back as it came.
  const token = options.get('$skiptoken')
  options.delete('$skiptoken')
  if (token !== undefined && !options.has('$orderby')) core.violate(`paging without $orderby: ${type.name}`)
  const query = readQuery(core, type, options, true)
  const start = token === undefined ? query.skip : Number(token)
  const asked = { ...query, skip: start, top: leftOf(query, token) }
  const page = core.lag.asItWas(() => pageOf(core, type, asked, origin))
  const out: Fields = { ...context }
  if (page.count !== null) out['@odata.count'] = page.count
  out.value = page.value
  if (page.next !== null && core.options.nextLink) {
    const again = [...options].map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    const apiUrl = core.options.nextLink === 'elsewhere' ? 'https://elsewhere.example/v1' : origin.apiUrl
    out['@odata.nextLink'] = `${apiUrl}/odata/${type.name}?${[...again, `$skiptoken=${page.next}`].join('&')}`
  }
  return out
}

function leftOf(
  { top, skip }: { top: number | null; skip: number | null },
  token: string | undefined,
): number | null {
  return top === null || token === undefined ? top : Math.max(0, top - (Number(token) - (skip ?? 0)))
}

function metadata(c: Context, core: Core, options: Map<string, string>): Response {
  const { metadataFormat } = core.options
  const format = options.get('$format') ?? (metadataFormat === 'json' ? 'json' : 'xml')
  const isJson = format === 'json' || format === 'application/json'
  if ((isJson && metadataFormat === 'xml') || (!isJson && metadataFormat === 'json')) {
    throw new ODataProblem(400, `The format '${format}' is not supported for $metadata.`)
  }
  if (isJson) return c.json(metadataJson(core.schema, core.options.annotations))
  return c.body(metadataXml(core.schema, core.options.annotations), 200, {
    'content-type': 'application/xml',
  })
}

function post(c: Context, caller: Caller, target: Target, body: Json): Response {
  const { core } = caller
  if (target.kind !== 'set')
    throw new ODataProblem(405, 'Post to a set.', 'a POST to something that is no set')
  const { type } = target
  const id = typeof body === 'object' && body !== null && !Array.isArray(body) ? body.ID : undefined
  if (id === undefined) {
    const row = create(core, type, body, API)
    const shape = core.options.deepInsertAnswers === 'nested' ? nested(core, row, body as Fields) : {}
    return written(c, caller, row, core.options.createAnswers, shape)
  }
  if (!type.concrete)
    throw new ODataProblem(405, `'${type.name}' takes no POST.`, `POST to the view ${type.name}`)
  const row = isGuid(id) ? core.store.find(id.toLowerCase()) : null
  if (!row || row.hidden || row.type !== type)
    throw new ODataProblem(404, `There is no '${type.name}' with ID ${String(id)}.`)
  const { _UpgradeType: to, ...rest } = body as Fields
  if (to !== undefined) upgrade(core, row, String(to), API)
  if (to === undefined || Object.keys(rest).length > 1) update(core, row, row.type, rest, API)
  return written(c, caller, row, 200)
}

function put(c: Context, caller: Caller, target: Target, body: Json): Response {
  const { core } = caller
  if (target.kind !== 'record' || target.isByLink)
    throw new ODataProblem(405, 'Put to one record.', 'a PUT to no record')
  const id = typeof body === 'object' && body !== null && !Array.isArray(body) ? body.ID : undefined
  if (id !== undefined && String(id).toLowerCase() !== target.row.id) {
    throw new ODataProblem(
      400,
      'The ID in the body is not that of the record.',
      'a PUT with another ID in its body',
    )
  }
  update(core, target.row, target.type, body, API)
  return written(c, caller, target.row, 200)
}

function written(c: Context, caller: Caller, row: Row, status: 200 | 201, more: Fields = {}): Response {
  const { core, origin } = caller
  if (core.options.emptyWriteAnswers) return c.body(null, status === 200 ? 204 : status)
  const context = { '@odata.context': `${origin.apiUrl}/odata/$metadata#${row.type.name}/$entity` }
  return c.json({ ...context, ...render(core, row, { select: null, expand: [] }, origin), ...more }, status)
}

/** What was made along with a record, as far as the body spelled it out. */
function nested(core: Core, row: Row, body: Fields): Fields {
  const out: Fields = {}
  for (const link of row.type.navigations.values()) {
    const value = body[link.name]
    if (typeof value !== 'object' || value === null) continue
    const found = link.via
      ? core.store.pointingAt(row.id, link.via, link.target)
      : [core.store.get(row.links[link.name] ?? '')]
    const shown = found.map((other) => {
      const inner = Array.isArray(value) ? {} : value
      const plain = render(core, other, { select: null, expand: [] }, { apiUrl: '' })
      return { ...plain, ...nested(core, other, inner) }
    })
    out[link.name] = link.via ? shown : (shown[0] ?? null)
  }
  return out
}
