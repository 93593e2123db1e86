/** Reads the body of a write: checks every member against the type, and touches no record yet. */
import type { Core, Deed } from './core'
import { isCustomName } from './custom-fields'
import { ODataProblem, undeclared } from './problem'
import type { EntityType, Navigation } from './schema'
import type { Fields, Json, Row, Scalar } from './store'
import { accepted, isGuid } from './values'

/** A link's new end: a record that is there, one to be made, or nothing. */
export type LinkDraft = { to: Row } | { make: Draft } | null

export interface Draft {
  type: EntityType
  fields: Map<string, Scalar>
  links: Map<string, LinkDraft>
  children: Map<string, { link: Navigation; members: Exclude<LinkDraft, null>[] }>
  /** Some null was passed over, as this environment does. */
  isPartial: boolean
}

/** Members that say which record is meant, not what it holds. */
const ADDRESSING = /^(ID|_UpgradeType|@odata\..+)$/

/** `given` names a link that comes by itself: that of a child to its parent. */
export function draftOf(
  core: Core,
  type: EntityType,
  body: Json,
  mode: 'create' | 'update',
  deed: Deed,
  given: string | null = null,
): Draft {
  if (!isObject(body))
    throw new ODataProblem(400, 'A JSON object is expected.', `no object in a write to ${type.name}`)
  const draft: Draft = { type, fields: new Map(), links: new Map(), children: new Map(), isPartial: false }
  for (const [name, value] of Object.entries(body)) {
    if (ADDRESSING.test(name) || (name === '_Type' && value === type.dotted)) continue
    const property = type.properties.get(name)
    const link = type.navigations.get(name)
    if (!property && !link) throw undeclared(name, type.name, 'a body')
    if (value === null && passedOver(core, name, deed)) {
      draft.isPartial = true
      continue
    }
    if ((property ?? link)?.readOnly && deed.by === 'api') {
      // Which custom fields are, no metadata may say.
      const isKnown = !isCustomName(name) || core.options.annotations
      throw new ODataProblem(
        400,
        `Property '${name}' of type '${type.name}' is read-only.`,
        isKnown ? `read-only: ${name}` : undefined,
      )
    }
    if (property) {
      if (deed.by === 'api') checkRefused(core, type, name, value)
      const taken = accepted(property, value, type.name)
      draft.fields.set(name, deed.by === 'api' ? kept(core, type, name, taken) : taken)
    } else if (link?.via === null) draft.links.set(name, linkOf(core, type, link, value, mode, deed))
    else if (link)
      draft.children.set(name, { link, members: childrenOf(core, type, link, value, mode, deed) })
  }
  checkRequired(draft, mode, given)
  return draft
}

function checkRefused(core: Core, type: EntityType, name: string, value: Json): void {
  const pattern = core.options.refuses[`${type.name}.${name}`]
  if (pattern && value !== null && pattern.test(String(value)))
    throw new ODataProblem(400, `The value of property '${name}' of type '${type.name}' is not valid.`)
}

function kept(core: Core, type: EntityType, name: string, value: Scalar): Scalar {
  const keep = core.options.keeps[`${type.name}.${name}`]
  if (!keep || value === null || typeof value === 'boolean') return value
  return typeof value === 'number' ? Number(keep(String(value))) : keep(value)
}

const isObject = (value: Json): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function passedOver(core: Core, name: string, deed: Deed): boolean {
  if (deed.by === 'user' || core.options.nullWrites === 'clear') return false
  if (core.options.nullWrites === 'ignore') return true
  throw new ODataProblem(400, `Property '${name}' does not take null.`)
}

function linkOf(
  core: Core,
  type: EntityType,
  link: Navigation,
  value: Json,
  mode: 'create' | 'update',
  deed: Deed,
): LinkDraft {
  if (value === null) return null
  const target = core.schema.get(link.target)
  if (!isObject(value)) {
    throw new ODataProblem(400, `'${link.name}' wants an object.`, `wrong type: ${type.name}.${link.name}`)
  }
  if ('ID' in value) return { to: linkedRow(core, type, link, value) }
  // No page shows a record that is made along with a change.
  if (mode === 'update' && deed.by === 'api' && core.options.deepInserts === 'creates')
    throw new ODataProblem(400, `'${link.name}' of '${type.name}' wants an ID in a change.`)
  if (!target.concrete || (target.access !== 'full' && deed.by === 'api')) {
    throw new ODataProblem(400, `'${link.name}' of '${type.name}' wants the ID of a '${target.name}'.`)
  }
  return { make: draftOf(core, target, value, 'create', deed) }
}

function linkedRow(core: Core, type: EntityType, link: Navigation, value: Fields): Row {
  const id = value.ID
  const where = `'${link.name}' of '${type.name}'`
  if (!isGuid(id)) throw new ODataProblem(400, `The ID in ${where} is no GUID.`, `bad ID in ${where}`)
  if (Object.keys(value).length > 1) {
    throw new ODataProblem(400, `${where} wants an ID or fields, not both.`, `ID and fields in ${where}`)
  }
  const row = core.store.find(id.toLowerCase())
  if (!row || row.hidden) throw new ODataProblem(400, `${where}: there is no record ${id}.`)
  if (!row.type.lineage.has(link.target)) {
    throw new ODataProblem(
      400,
      `${where} cannot be a ${row.type.dotted}.`,
      `wrong kind of record in ${where}`,
    )
  }
  return row
}

function childrenOf(core: Core, type: EntityType, link: Navigation, value: Json, mode: string, deed: Deed) {
  if (!Array.isArray(value)) {
    throw new ODataProblem(400, `'${link.name}' wants an array.`, `wrong type: ${type.name}.${link.name}`)
  }
  if (mode === 'update' && deed.by === 'api') {
    core.violate(`an update with an array of '${link.name}': nobody knows whether it replaces`)
    if (core.options.arraysOnUpdate === 'refuse') {
      throw new ODataProblem(400, `'${link.name}' cannot be changed along with its parent.`)
    }
  }
  const target = core.schema.get(link.target)
  return value.map((member) => {
    if (isObject(member) && 'ID' in member) return { to: linkedRow(core, type, link, member) }
    if (!target.concrete) throw new ODataProblem(400, `'${link.name}' wants IDs.`)
    return { make: draftOf(core, target, member, 'create', deed, link.via) }
  })
}

function checkRequired(draft: Draft, mode: 'create' | 'update', given: string | null): void {
  const missing = (name: string) =>
    new ODataProblem(400, `Property '${name}' of type '${draft.type.name}' is mandatory.`)
  for (const { name } of draft.type.required.properties) {
    const value = draft.fields.get(name)
    const isEmpty = value === null || (typeof value === 'string' && value.trim() === '')
    if (draft.fields.has(name) ? isEmpty : mode === 'create') throw missing(name)
  }
  for (const { name } of draft.type.required.links) {
    if (name === given) continue
    if (draft.links.has(name) ? draft.links.get(name) === null : mode === 'create') throw missing(name)
  }
}
