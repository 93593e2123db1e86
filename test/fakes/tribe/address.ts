/** Reads what a URL under `/v1/odata/` points at: a set, a record, or a link of a record. */
import type { Core, Deed } from './core'
import { ODataProblem, undeclared } from './problem'
import { decoded } from './query'
import type { EntityType } from './schema'
import type { Row } from './store'
import { isGuid } from './values'

export type Target =
  | { kind: 'metadata' | 'service' | 'webhooks' }
  | { kind: 'set'; type: EntityType }
  | { kind: 'record'; type: EntityType; row: Row; isByLink: boolean }
  | { kind: 'collection'; type: EntityType; rows: () => Row[] }
  /** A link that leads nowhere. */
  | { kind: 'nothing' }

export function targetOf(core: Core, rawPath: string, isConsent: boolean): Target {
  const path = decoded(rawPath)
  const [head = '', ...steps] = path.split('/')
  if (head === '' && steps.length === 0) return { kind: 'service' }
  if (head === '$metadata' && steps.length === 0) return { kind: 'metadata' }
  if (head === 'Webhook' && steps.length === 0) return { kind: 'webhooks' }
  let at = headOf(core, head, isConsent)
  for (const step of steps) at = follow(core, at, step)
  return at
}

function headOf(core: Core, head: string, isConsent: boolean): Target {
  const [, name = '', parens, key = ''] = /^([^()]*)(\(([^()]*)\))?$/.exec(head) ?? []
  if (name === 'GetCurrentEmployee') {
    if (parens !== '()') throw notFound(core, head)
    const row = core.store.get(isConsent ? core.consentingEmployeeId : core.virtualEmployeeId)
    return { kind: 'record', type: row.type, row, isByLink: false }
  }
  const type = core.schema.find(name)
  if (!type?.hasSet) throw notFound(core, name || head)
  if (core.deniedSets.has(type.name))
    throw new ODataProblem(403, `You are not allowed to use '${type.name}'.`)
  if (parens === undefined) return { kind: 'set', type }
  return { kind: 'record', type, row: rowByKey(core, type, key), isByLink: false }
}

function rowByKey(core: Core, type: EntityType, key: string): Row {
  if (!isGuid(key))
    throw new ODataProblem(400, `'${key}' is no key of '${type.name}'.`, `a key that is no bare GUID: ${key}`)
  const row = core.store.find(key.toLowerCase())
  if (!row || row.hidden || !row.type.lineage.has(type.name)) {
    throw new ODataProblem(404, `There is no '${type.name}' with ID ${key}.`)
  }
  return row
}

function follow(core: Core, at: Target, step: string): Target {
  if (at.kind !== 'record') throw new ODataProblem(404, `'${step}' leads nowhere.`, `bad path: ${step}`)
  const link = at.type.navigations.get(step)
  if (!link) throw undeclared(step, at.type.name, 'a path')
  const type = core.schema.get(link.target)
  if (link.via !== null) {
    const via = link.via
    return { kind: 'collection', type, rows: () => core.store.pointingAt(at.row.id, via, type.name) }
  }
  const row = core.store.find(at.row.links[link.name] ?? '')
  return row && !row.hidden ? { kind: 'record', type, row, isByLink: true } : { kind: 'nothing' }
}

function notFound(core: Core, name: string): ODataProblem {
  const meant = core.schema.meant(name)
  const hint = meant && meant !== name ? `; '${meant}' was meant` : ''
  return new ODataProblem(404, `Entity type '${name}' not found.`, `unknown set: '${name}'${hint}`)
}

export const API: Deed = { by: 'api' }
