/** What Tribe refuses beyond types and names, and what the relay should not do though Tribe lets it. */
import type { Core, Deed } from './core'
import { isCustomName } from './custom-fields'
import type { Draft, LinkDraft } from './draft'
import { ODataProblem } from './problem'
import type { EntityType } from './schema'
import type { Row } from './store'

/** Checks a draft and all that it would make along, before anything is written. */
export function checkDraft(core: Core, draft: Draft, row: Row | null, deed: Deed, isRoot = true): void {
  if (deed.by === 'api') {
    checkAccess(core, draft.type, row ? 'changed' : 'created', isRoot)
    checkFrozen(core, draft, row)
    noteImportId(core, draft, row)
    notePhase(core, draft, row)
    if (row) noteOrphans(core, draft, row)
    if (row) noteShared(core, row)
    else noteSecondRole(core, draft)
  }
  checkParent(core, draft)
  checkFile(draft)
  for (const link of draft.links.values())
    if (link && 'make' in link) checkDraft(core, link.make, null, deed, false)
  for (const { members } of draft.children.values()) {
    for (const member of members) if ('make' in member) checkDraft(core, member.make, null, deed, false)
  }
}

export function checkAccess(core: Core, type: EntityType, what: string, isRoot = true): void {
  if (isRoot && core.deniedSets.has(type.name)) {
    throw new ODataProblem(403, `You are not allowed to use '${type.name}'.`)
  }
  if (type.access === 'read-only') {
    throw new ODataProblem(400, `Records of '${type.name}' cannot be ${what}.`, `${type.name} is read-only`)
  }
}

/** The invoice that a record is part of, when nothing about it may change any more. */
export function frozenBy(core: Core, row: Row | null, draft?: Draft): Row | null {
  if (!core.options.frozenInvoices) return null
  const to = draft?.links.get('Activity')
  const invoices = [
    row?.type.name === 'Activity_Invoice' ? row : null,
    row?.type.name === 'ProductLine' ? core.store.find(row.links.Activity ?? '') : null,
    draft?.type.name === 'ProductLine' && to && 'to' in to ? to.to : null,
  ]
  return invoices.find((invoice) => invoice?.final) ?? null
}

function checkFrozen(core: Core, draft: Draft, row: Row | null): void {
  const invoice = frozenBy(core, row, draft)
  if (!invoice) return
  const isOnlyPhase =
    row === invoice &&
    draft.fields.size === 0 &&
    draft.children.size === 0 &&
    [...draft.links.keys()].every((name) => name === 'Phase')
  if (isOnlyPhase && !core.options.frozenPhases) return
  const isOnlyCustom =
    row === invoice &&
    draft.children.size === 0 &&
    [...draft.fields.keys(), ...draft.links.keys()].every(isCustomName)
  if (isOnlyCustom && core.options.customFieldsThaw) return
  const isGuess = isOnlyPhase || isOnlyCustom
  const message = `Invoice ${invoice.fields.Number} is final and cannot be changed.`
  throw new ODataProblem(400, message, isGuess ? undefined : 'a write to a frozen invoice')
}

function checkParent(core: Core, draft: Draft): void {
  const parent = linked(draft.links.get('Relation'))
  if (!parent) return
  const { lineage, name } = draft.type
  const isOurRole =
    lineage.has('Relationship_Organization') || lineage.has('Relationship_Person_CommercialRelationship')
  if (isOurRole && parent.id !== core.ownOrganizationId) {
    throw new ODataProblem(
      400,
      `The parent of a '${name}' is the own organisation.`,
      `wrong parent for ${name}`,
    )
  }
  if (lineage.has('Relationship_Person_Contact') && parent.type.name !== 'Relation_Organization') {
    throw new ODataProblem(400, `The parent of a '${name}' is an organisation.`, `wrong parent for ${name}`)
  }
}

function checkFile(draft: Draft): void {
  if (draft.type.name !== 'File' || draft.fields.get('MimeType') !== 'application/pdf') return
  const bytes = Buffer.from(String(draft.fields.get('Data') ?? ''), 'base64')
  if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') return
  throw new ODataProblem(400, 'The content of the file does not match its MimeType.', 'a file that is no PDF')
}

const linked = (link: LinkDraft | undefined): Row | null => (link && 'to' in link ? link.to : null)

function noteImportId(core: Core, draft: Draft, row: Row | null): void {
  const next = draft.fields.get('ImportId')
  if (next === undefined) return
  const before = row?.fields.ImportId
  const isForeign = !row?.importIdIsOurs && !/^poweroffice/i.test(String(before))
  if (before && before !== next && isForeign) {
    core.violate(`a foreign ImportId was overwritten: ${draft.type.name} '${before}' by '${next}'`)
  }
  if (!next || next === before) return
  const twin = core.store
    .withImportId(String(next))
    .find((other) => other !== row && other.type === draft.type)
  if (twin) core.violate(`ImportId '${next}' is on two records of ${draft.type.name}`)
}

function notePhase(core: Core, draft: Draft, row: Row | null): void {
  const phase = linked(draft.links.get('Phase'))
  if (phase?.fields.Code !== 'Sent' || row?.wasSent) return
  core.violate('the phase of an invoice that was not sent is set to Sent by API')
}

function noteOrphans(core: Core, draft: Draft, row: Row): void {
  for (const [name, link] of draft.links) {
    const before = row.links[name]
    if (!link || !('make' in link) || !before) continue
    if (placesOf(core, before) > 1) continue
    core.violate(
      `'${name}' of ${row.type.name}(${row.id}) was replaced by a new record instead of being edited`,
    )
  }
}

/** Where an address serves: a record that is used twice changes for both. */
const placesOf = (core: Core, id: string): number =>
  core.store.linksTo(id).filter(({ row, via }) => row.type.navigations.get(via)?.target === 'Address').length

function noteShared(core: Core, row: Row): void {
  if (row.type.name === 'Address' && placesOf(core, row.id) > 1)
    core.violate(`Address(${row.id}) serves in several places, and all of them were changed`)
}

function noteSecondRole(core: Core, draft: Draft): void {
  for (const child of ['Organization', 'Person']) {
    const to = linked(draft.links.get(child))
    if (!to || !draft.type.lineage.has('Relationship')) continue
    const parent = linked(draft.links.get('Relation'))
    const twin = core.store
      .pointingAt(to.id, child, draft.type.name)
      .find((r) => r.links.Relation === parent?.id)
    if (twin) core.violate(`a second ${draft.type.name} for the same ${child.toLowerCase()}`)
  }
}
