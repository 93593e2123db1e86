/** Carries a checked draft out: makes and edits records, and tells of each change. */
import type { Change, Core, Deed } from './core'
import { type Draft, draftOf, type LinkDraft } from './draft'
import { fillDefaults, fillIn, numberDebtor } from './fill-in'
import { ODataProblem } from './problem'
import { checkAccess, checkDraft, frozenBy } from './rules'
import type { EntityType } from './schema'
import type { Json, Row, Scalar } from './store'

export function create(core: Core, type: EntityType, body: Json, deed: Deed): Row {
  if (!type.concrete) {
    throw new ODataProblem(400, `'${type.name}' takes no new records.`, `create in the view ${type.name}`)
  }
  const draft = draftOf(core, type, body, 'create', deed)
  checkDraft(core, draft, null, deed)
  return make(core, draft, deed)
}

/** Merges the members given into the record. */
export function update(core: Core, row: Row, as: EntityType, body: Json, deed: Deed): void {
  const draft = draftOf(core, as, body, 'update', deed)
  checkDraft(core, { ...draft, type: row.type }, row, deed)
  merge(core, row, draft, deed)
}

function make(core: Core, draft: Draft, deed: Deed, parent?: { via: string; id: string }): Row {
  const links = [...draft.links].map(([name, link]) => [name, endOf(core, link, deed)] as const)
  const now = core.now()
  const row = core.store.add(core.newId(), draft.type, {
    created: now,
    mutated: core.options.lastMutationOnCreate ? now : null,
  })
  for (const [name, value] of draft.fields) core.store.set(row, name, value)
  if (deed.by === 'api' && draft.fields.get('ImportId')) row.importIdIsOurs = true
  for (const [name, to] of links) core.store.link(row, name, to)
  if (parent) core.store.link(row, parent.via, parent.id)
  for (const { link, members } of draft.children.values()) {
    for (const member of members) adopt(core, row, link.via as string, member, deed)
  }
  fillDefaults(core, row)
  fillIn(core, row)
  core.tell({ ...about(row, 'created'), fields: { ...row.fields } }, deed)
  numberDebtor(core, row, deed)
  return row
}

function endOf(core: Core, link: LinkDraft, deed: Deed): string | null {
  if (link === null) return null
  return 'to' in link ? link.to.id : make(core, link.make, deed).id
}

function adopt(core: Core, parent: Row, via: string, member: Exclude<LinkDraft, null>, deed: Deed): void {
  if ('make' in member) make(core, member.make, deed, { via, id: parent.id })
  else core.store.link(member.to, via, parent.id)
}

function merge(core: Core, row: Row, draft: Draft, deed: Deed): void {
  const fields: Record<string, Scalar> = {}
  for (const [name, value] of draft.fields) if ((row.fields[name] ?? null) !== value) fields[name] = value
  const links = [...draft.links].filter(([name, link]) => !isAlready(row.links[name] ?? null, link))
  if (Object.keys(fields).length === 0 && links.length === 0 && draft.children.size === 0) {
    if (deed.by === 'api' && !draft.isPartial)
      core.violate(`needless write: nothing changes on ${row.type.name}(${row.id})`)
    return
  }
  for (const [name, value] of Object.entries(fields)) core.store.set(row, name, value)
  if ('ImportId' in fields) row.importIdIsOurs = deed.by === 'api'
  const changes: Change[] = Object.keys(fields).length > 0 ? [{ ...about(row, 'updated'), fields }] : []
  for (const [name, link] of links) {
    const before = row.links[name] ?? null
    const after = endOf(core, link, deed)
    core.store.link(row, name, after)
    const kindAfter = after === null ? 'link-removed' : 'link-changed'
    const kind = before === null ? 'link-created' : kindAfter
    changes.push({ ...about(row, kind), link: { name, to: after ?? (before as string) } })
  }
  for (const { link, members } of draft.children.values()) {
    if (core.options.arraysOnUpdate === 'replace' && deed.by === 'api') {
      for (const child of core.store.pointingAt(row.id, link.via as string, link.target))
        remove(core, child, deed)
    }
    for (const member of members) adopt(core, row, link.via as string, member, deed)
  }
  fillIn(core, row)
  if (Object.keys(fields).length > 0 || core.options.linkBumpsMutation) core.store.touch(row, core.now())
  bumpParents(core, row)
  for (const change of changes) core.tell(change, deed)
}

const isAlready = (before: string | null, link: LinkDraft) =>
  link === null ? before === null : 'to' in link && link.to.id === before

export const about = (row: Row, kind: Change['kind']): Change => ({
  kind,
  entityType: row.type.dotted,
  entityId: row.id,
})

function bumpParents(core: Core, row: Row): void {
  if (!core.options.childBumpsParent) return
  const parents = { Address: ['Organization', 'Person'], ProductLine: ['Activity'] }[row.type.name] ?? []
  for (const name of parents) {
    const parent = core.store.find(row.links[name] ?? '')
    if (parent) core.store.touch(parent, core.now())
  }
}

const FUNNEL = ['Suspect', 'Lead', 'HotProspect', 'Prospect', 'Customer']

/** Turns a relationship into another type on the same level: a lead becomes a customer. */
export function upgrade(core: Core, row: Row, to: string, deed: Deed): void {
  const type = core.schema.find(to)
  if (!type?.concrete || type.base !== row.type.base || !type.lineage.has('Relationship')) {
    throw new ODataProblem(400, `A '${row.type.name}' cannot become a '${to}'.`, `bad _UpgradeType: ${to}`)
  }
  if (deed.by === 'api') checkAccess(core, type, 'changed')
  const stage = (t: EntityType) => FUNNEL.indexOf(t.name.split('_').at(-1) ?? '')
  const date = stage(type) >= stage(row.type) ? 'UpgradeDate' : 'DowngradeDate'
  core.store.convert(row, type)
  const now = core.now()
  if (type.properties.has(date)) core.store.set(row, date, now)
  core.store.touch(row, now)
  core.tell({ ...about(row, 'updated'), fields: { [date]: now } }, deed)
  numberDebtor(core, row, deed)
}

/** Links that take the record with them when the record at their end goes. */
const CASCADES: Record<string, string[]> = {
  Relationship: ['Organization', 'Person', 'Relation'],
  Address: ['Organization', 'Person', 'Relation'],
  ProductLine: ['Activity'],
  Note: ['Entity'],
  Attachment: ['Entity'],
}

export function remove(core: Core, row: Row, deed: Deed, isAlong = false): void {
  if (deed.by === 'api' && !isAlong) {
    checkAccess(core, row.type, 'deleted')
    if (frozenBy(core, row)) throw new ODataProblem(400, 'A final invoice cannot be deleted.')
  }
  if (row.id === core.ownOrganizationId)
    throw new ODataProblem(400, 'The own organisation cannot be deleted.')
  const goesAlong = ([type, links]: [string, string[]], other: Row, via: string) =>
    other.type.lineage.has(type) &&
    links.includes(via) &&
    (type !== 'Address' || core.options.addressesGoAlong)
  const along = core.store
    .linksTo(row.id)
    .filter(({ row: other, via }) => Object.entries(CASCADES).some((one) => goesAlong(one, other, via)))
  for (const other of new Set(along.map((link) => link.row))) {
    if (core.store.find(other.id)) remove(core, other, deed, true)
  }
  const change = about(row, 'deleted')
  core.store.remove(row)
  core.tell(change, deed)
}
