import type { LinkState } from '../db/links'
import type { TimelineEntry } from '../db/timeline'
import type { Contact } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import { SyncError } from '../shared/errors'
import { fingerprintAll } from '../shared/fingerprints'
import { basesOf, type Fingerprints, isAsLast, merge } from '../shared/two-way'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import { CUSTOMER_ORGANIZATION, typeOfSet } from '../tribe/client'
import { has } from '../tribe/dialect'
import type { Role } from '../tribe/schemas'
import { canReadTerms, countriesOf, paymentTermsOf } from './lookups'
import {
  faultOf,
  type RelationKind,
  relationFromPowerOffice,
  relationFromTribe,
  relationPatch,
  relationToPowerOffice,
  relationToTribe,
} from './mapping'
import { noteChanges, planFromPowerOffice, planFromTribe } from './plan'
import { importIdOf, powerOfficeIdFrom, referenceOf } from './reference'
import {
  canonical,
  FINANCIAL_FIELDS,
  LED_BY_POWEROFFICE,
  RELATION_FIELDS,
  type Relation,
  type RelationField,
} from './relation'

/** When fields that only Tribe has filled go to PowerOffice: see `fills` in `shared/two-way.ts`. */
export type Fills = 'never' | 'along' | 'always'

/** One look at a role of Tribe's: a webhook came, or a poll found it changed. */
export async function syncFromTribe(
  ctx: SyncContext,
  {
    kind,
    roleId,
    role,
    link,
    inDoubt,
  }: { kind: RelationKind; roleId: string; role: Role | null; link: LinkState | null; inDoubt: boolean },
): Promise<SyncResult> {
  const fields = fieldsOf(ctx)
  const relation = role && relationFromTribe(kind, role)
  const prints = relation && (await printsOf(ctx, relation))
  const plan = planFromTribe({
    link,
    role: role && {
      importedFrom: powerOfficeIdFrom(kind, role.ImportId),
      isFormer: role.IsFormer ?? false,
      number: relation?.number ?? null,
    },
    isAsLast: link !== null && prints !== null && isAsLast('tribe', fields, prints, link.bases),
    inDoubt,
    isFirstLoadRunning: ctx.cursors.get('initial-sync') !== null,
  })
  if (plan.do === 'nothing') return noteRelation(ctx, link, role)
  if (plan.do === 'detach') return confirmGone(ctx, link as LinkState, 'tribe')
  if (!role || !relation) return DONE

  if (plan.do === 'merge' && link) {
    const contact = await ctx.powerOffice.findContact(kind, link.powerOfficeId)
    if (!contact) return confirmGone(ctx, link, 'poweroffice')
    if (isOlder(contact, link))
      return { status: 'again', afterSeconds: 2, because: 'PowerOffice shows an older state than we know' }
    return mergePair(ctx, { kind, link, role, contact, fills: 'along' })
  }
  if (plan.do === 'adopt') {
    const contact = await ctx.powerOffice.findContact(kind, plan.powerOfficeId)
    if (contact) return mergePair(ctx, { kind, link: null, role, contact, fills: 'along' })
    // It came from PowerOffice and is gone there: it is not made again by itself (spec §8).
    ctx.remember(newLink(ctx, { kind, role, powerOfficeId: plan.powerOfficeId, state: 'poweroffice-gone' }))
    return DONE
  }
  if (plan.do === 'look-then-create') {
    const reference = plan.byReference ? await referenceOf(ctx.tenantId, roleId) : null
    const found =
      (reference && (await ctx.powerOffice.findContactByReference(kind, reference))) ||
      (plan.byNumber && (await findUnlinkedByNumber(ctx, kind, plan.byNumber)))
    if (found) return mergePair(ctx, { kind, link: null, role, contact: found, fills: 'along' })
  }
  return createInPowerOffice(ctx, kind, role, relation)
}

async function findUnlinkedByNumber(
  ctx: SyncContext,
  kind: RelationKind,
  number: string,
): Promise<Contact | null> {
  const contact = await ctx.powerOffice.findContactByNumber(kind, number)
  return contact && !(await ctx.links.findByPowerOffice(kind, String(contact.Id))) ? contact : null
}

/** A role in Tribe that may be the same as a row of PowerOffice's, and how it was found. */
export interface Matches {
  byId: Role | null
  byNumber: Role[]
}

/** One look at a row of PowerOffice's, which is at hand. */
export async function syncFromPowerOffice(
  ctx: SyncContext,
  {
    kind,
    contact,
    readAt,
    link,
    matchesOf,
    roleOf,
    fills,
  }: {
    kind: RelationKind
    contact: Contact
    /** When the row was read: what was synced since is newer. */
    readAt: number
    link: LinkState | null
    matchesOf: () => Promise<Matches>
    roleOf: (link: LinkState) => Promise<Role | null>
    fills: Fills
  },
): Promise<void> {
  const fields = fieldsOf(ctx)
  const prints = await printsOf(ctx, relationFromPowerOffice(contact))
  const matches = link ? { byId: null, byNumber: [] } : await matchesOf()
  const plan = planFromPowerOffice({
    link,
    isStale: link !== null && (isOlder(contact, link) || Date.parse(link.syncedAt) >= readAt),
    isAsLast: link !== null && fills !== 'always' && isAsLast('powerOffice', fields, prints, link.bases),
    byId: matches.byId?.ID ?? null,
    byNumber: matches.byNumber.map((role) => role.ID),
  })
  switch (plan.do) {
    case 'merge': {
      const role = link && (await roleOf(link))
      if (link && role) await mergePair(ctx, { kind, link, role, contact, fills })
      // Only a look of its own may say that a record is gone.
      else if (link) ctx.enqueue({ kind, subject: `tribe:${link.tribeId}`, lane: 'bulk' })
      return
    }
    case 'link': {
      const role = matches.byId ?? matches.byNumber[0]
      if (role) await ctx.alone(role.ID, () => linkFound(ctx, kind, role, contact, fills))
      return
    }
    case 'report-ambiguous':
      throw new SyncError(
        'relation.ambiguous',
        'data',
        `${plan.tribeIds.length} ${kind}s in Tribe have the number ${contact.Number}: decide which of them it is, or change the number of the others`,
      )
    case 'create-in-tribe':
      await createInTribe(ctx, kind, contact)
  }
}

async function linkFound(
  ctx: SyncContext,
  kind: RelationKind,
  role: Role,
  contact: Contact,
  fills: Fills,
): Promise<void> {
  const other = await ctx.links.findByTribe(kind, role.ID)
  if (other && other.powerOfficeId !== String(contact.Id)) {
    const message = `The ${kind} in Tribe with the number ${contact.Number} is tied to another ${kind} of PowerOffice already: correct the number, or relink it`
    throw new SyncError('relation.number_taken', 'data', message)
  }
  await mergePair(ctx, { kind, link: other, role, contact, fills })
}

/** Compares a pair field by field, writes what differs to either side, and remembers what both hold then. */
async function mergePair(
  ctx: SyncContext,
  {
    kind,
    link,
    role,
    contact,
    fills,
  }: { kind: RelationKind; link: LinkState | null; role: Role; contact: Contact; fills: Fills },
): Promise<SyncResult> {
  const fields = fieldsOf(ctx)
  const inTribe = relationFromTribe(kind, role)
  const inPowerOffice = relationFromPowerOffice(contact)
  const before = { tribe: await printsOf(ctx, inTribe), powerOffice: await printsOf(ctx, inPowerOffice) }
  const plan = merge({
    fields,
    ...before,
    bases: link?.bases ?? {},
    policy: ctx.settings.conflictPolicy,
    newest: isTribeNewer(role, contact) ? 'tribe' : 'powerOffice',
    ledByPowerOffice: LED_BY_POWEROFFICE,
  })
  const takesFills =
    fills === 'always' || (fills === 'along' && (link === null || plan.toPowerOffice.length > 0))
  const wanted = [...plan.toPowerOffice, ...(takesFills ? plan.fills : [])] as RelationField[]
  const termOf = await paymentTermsOf(ctx, wanted.includes('paymentDays') ? inTribe.paymentDays : null)
  const faults = wanted.flatMap((field) => faultOf(field, inTribe, termOf) ?? [])
  const toPowerOffice = wanted.filter((field) => faultOf(field, inTribe, termOf) === null)
  const toTribe = plan.toTribe as RelationField[]

  const changes = [
    ...toTribe.map((field) => ({
      field,
      was: before.tribe[field] ?? '',
      becomes: before.powerOffice[field] ?? '',
    })),
    ...toPowerOffice.map((field) => ({
      field,
      was: before.powerOffice[field] ?? '',
      becomes: before.tribe[field] ?? '',
    })),
  ]
  const noted = noteChanges(link?.recent ?? [], changes, ctx.now())
  if (noted.isFlapping) {
    const message =
      'Tribe and PowerOffice keep setting each other back: find out who else changes this record, then try again'
    throw new SyncError('relation.flapping', 'data', message)
  }

  const patch = relationPatch(inTribe, toPowerOffice, contact, termOf)
  const patched =
    patch.length > 0 ? await ctx.powerOffice.patchContact(kind, String(contact.Id), patch) : contact
  const tribeAfter = toTribe.length > 0 ? await writeTribe(ctx, kind, role, inPowerOffice, toTribe) : inTribe

  const after = {
    tribe: await printsOf(ctx, tribeAfter),
    powerOffice: await printsOf(ctx, relationFromPowerOffice(patched)),
  }
  const bases = { ...basesOf(fields, after.tribe, after.powerOffice) }
  // What could not be sent is not in step: the next look tries again.
  for (const field of wanted) if (!toPowerOffice.includes(field)) bases[field] = link?.bases[field] ?? ''
  const now = newLink(ctx, {
    kind,
    role,
    powerOfficeId: String(contact.Id),
    link,
    contact: patched,
    bases,
    recent: noted.recent,
  })
  const entry = entryFor(ctx, now)
  ctx.remember(
    now,
    ...[
      ...(link ? [] : [entry('linked', {})]),
      ...plan.conflicts
        .filter(() => link !== null)
        .map(({ field, winner }) => entry('conflict', { field, winner })),
      ...(toTribe.length > 0 ? [entry('updated-tribe', { fields: toTribe })] : []),
      ...(patch.length > 0 ? [entry('updated-poweroffice', { fields: toPowerOffice })] : []),
    ],
  )
  if (faults[0]) throw faultError(faults[0])
  return DONE
}

async function createInPowerOffice(
  ctx: SyncContext,
  kind: RelationKind,
  role: Role,
  relation: Relation,
): Promise<SyncResult> {
  const all = fieldsOf(ctx)
  const termOf = await paymentTermsOf(ctx, all.includes('paymentDays') ? relation.paymentDays : null)
  const faults = all.flatMap((field) => faultOf(field, relation, termOf) ?? [])
  if (faults.includes('relation.name_missing')) throw faultError('relation.name_missing')
  const fields = all.filter((field) => faultOf(field, relation, termOf) === null)
  const reference = await referenceOf(ctx.tenantId, role.ID)
  const contact = await ctx.powerOffice.createContact(
    kind,
    relationToPowerOffice(relation, fields, reference, termOf),
  )

  const made = relationFromPowerOffice(contact)
  const prints = { tribe: await printsOf(ctx, relation), powerOffice: await printsOf(ctx, made) }
  const bases = { ...basesOf(all, prints.tribe, prints.powerOffice) }
  // The number is written back after the link: until it is there, Tribe must not look as it was.
  bases.number = prints.powerOffice.number ?? ''
  // What could not be sent is not in step: the next look tries again.
  for (const field of all) if (!fields.includes(field)) bases[field] = ''
  const link = newLink(ctx, { kind, role, powerOfficeId: String(contact.Id), contact, bases })
  const entry = entryFor(ctx, link)
  ctx.remember(link, entry('created-in-poweroffice', { number: link.number }))
  await ctx.flush()
  if (made.number !== null && made.number !== relation.number)
    await writeTribe(ctx, kind, role, made, ['number'])
  if (faults[0]) throw faultError(faults[0])
  return DONE
}

async function createInTribe(ctx: SyncContext, kind: RelationKind, contact: Contact): Promise<void> {
  const relation = relationFromPowerOffice(contact)
  const fields = fieldsOf(ctx).filter((field) => relation[field] !== null)
  const countryOf = await countriesOf(ctx, relation.address)
  const { organization, role, address, addressAfter } = relationToTribe(
    kind,
    relation,
    fields,
    null,
    countryOf,
  )
  const importId = importIdOf(kind, String(contact.Id))
  const made = await ctx.tribe.createRole(CUSTOMER_ORGANIZATION, {
    Relation: { ID: ctx.tribeProfile.organizationId },
    ImportId: importId,
    ...role,
    Organization: { ...organization, ...(address ? { InvoiceAddress: withoutNulls(address) } : {}) },
  })
  const tribeRole = made ?? (await ctx.tribe.findRoleByImportId(CUSTOMER_ORGANIZATION, importId))
  if (!tribeRole)
    throw new SyncError('tribe.unreadable_answer', 'time', 'Tribe made a customer and did not say which')
  const bases = basesOf(
    fieldsOf(ctx),
    await printsOf(ctx, { ...relation, address: addressAfter }),
    await printsOf(ctx, relation),
  )
  const link = newLink(ctx, { kind, role: tribeRole, powerOfficeId: String(contact.Id), contact, bases })
  ctx.remember(link, entryFor(ctx, link)('created-in-tribe', { number: link.number }))
}

/** Writes the given fields to the records of Tribe that hold them; gives the relation as Tribe holds it then. */
async function writeTribe(
  ctx: SyncContext,
  kind: RelationKind,
  role: Role,
  from: Relation,
  fields: readonly RelationField[],
): Promise<Relation> {
  const countryOf = await countriesOf(ctx, fields.includes('address') ? from.address : null)
  const change = relationToTribe(kind, from, fields, role, countryOf)
  const organization = role.Organization
  const held = organization?.InvoiceAddress
  if (change.address && !held) change.organization.InvoiceAddress = withoutNulls(change.address)

  const now = { organization: { ...change.organization }, role: { ...change.role } }
  if (organization && Object.keys(change.organization).length > 0)
    Object.assign(
      now.organization,
      told(change.organization, await ctx.tribe.updateOrganization(organization.ID, change.organization)),
    )
  if (change.address && held) await ctx.tribe.updateAddress(held.ID, change.address)
  if (Object.keys(change.role).length > 0)
    Object.assign(
      now.role,
      told(change.role, await ctx.tribe.updateRole(CUSTOMER_ORGANIZATION, role.ID, change.role)),
    )

  const after = {
    ...role,
    ...now.role,
    Organization: { ID: '', ...organization, ...now.organization, InvoiceAddress: held },
  }
  const relation = relationFromTribe(kind, after)
  return fields.includes('address') ? { ...relation, address: change.addressAfter } : relation
}

/** Of the fields that were sent, what the answer says they hold now; where it says nothing, what was sent. */
function told(
  sent: Record<string, unknown>,
  answer: Record<string, unknown> | null,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answer ?? {}).filter(([name]) => name in sent && name !== 'InvoiceAddress'),
  )
}

/** A record that Tribe or PowerOffice does not know any more: looked at twice, since it may only be hidden (tribe-api §7.2). */
export async function confirmGone(
  ctx: SyncContext,
  link: LinkState,
  gone: 'tribe' | 'poweroffice',
): Promise<SyncResult> {
  const seen = `gone:${link.kind}:${link.tribeId}`
  if (!ctx.memory.has(seen)) {
    ctx.memory.set(seen, true)
    return { status: 'again', afterSeconds: 3, because: `${gone} does not know it; asking once more` }
  }
  ctx.memory.delete(seen)
  const detached: LinkState = {
    ...link,
    state: gone === 'tribe' ? 'tribe-gone' : 'poweroffice-gone',
    syncedAt: isoOf(ctx),
  }
  ctx.remember(detached, entryFor(ctx, detached)('detached', { gone }))
  return DONE
}

/** The organisation behind a role is learned late when Tribe's answer to a create did not name it. */
function noteRelation(ctx: SyncContext, link: LinkState | null, role: Role | null): SyncResult {
  const organizationId = role?.Organization?.ID
  if (link && organizationId && link.tribeRelationId !== organizationId) {
    ctx.remember({ ...link, tribeRelationId: organizationId })
  }
  return DONE
}

function newLink(
  ctx: SyncContext,
  {
    kind,
    role,
    powerOfficeId,
    link,
    contact,
    bases,
    recent,
    state,
  }: {
    kind: RelationKind
    role: { ID: string; Organization?: { ID: string } | null | undefined }
    powerOfficeId: string
    link?: LinkState | null
    contact?: Contact
    bases?: LinkState['bases']
    recent?: LinkState['recent']
    state?: LinkState['state']
  },
): LinkState {
  return {
    kind,
    tribeId: role.ID,
    tribeType: typeOfSet(CUSTOMER_ORGANIZATION),
    tribeRelationId: role.Organization?.ID ?? link?.tribeRelationId ?? null,
    powerOfficeId,
    number: contact?.Number == null ? (link?.number ?? null) : String(contact.Number),
    bases: bases ?? {},
    state: state ?? 'linked',
    powerOfficeChangedAt: contact ? parseInstant(contact.LastChangedDateTimeOffset) : null,
    recent: recent ?? [],
    createdAt: link?.createdAt ?? isoOf(ctx),
    syncedAt: isoOf(ctx),
  }
}

/** The fields that this tenant's relations have: some can be switched off, or Tribe or PowerOffice lacks them. */
export function fieldsOf(ctx: SyncContext): RelationField[] {
  const { dialect } = ctx.tribeProfile
  const lacks: Partial<Record<RelationField, boolean>> = {
    organizationNumber: !has(dialect, 'Relation_Organization', 'VATNumber'),
    invoiceEmail: !has(dialect, 'Relation_Organization', 'FinancialEmailAddress'),
    address: !has(dialect, 'Relation_Organization', 'InvoiceAddress'),
    paymentDays: !has(dialect, CUSTOMER_ORGANIZATION, 'PaymentTermInDays'),
  }
  if (!canReadTerms(ctx)) lacks.paymentDays = true
  const isOff = (field: RelationField) =>
    !ctx.settings.relations.financialFields && FINANCIAL_FIELDS.includes(field)
  return RELATION_FIELDS.filter((field) => !lacks[field] && !isOff(field))
}

const printsOf = (ctx: SyncContext, relation: Relation): Promise<Fingerprints> =>
  fingerprintAll(ctx.fingerprint, canonical(relation))

function isOlder(contact: Contact, link: LinkState): boolean {
  const seen = parseInstant(contact.LastChangedDateTimeOffset)
  return seen !== null && link.powerOfficeChangedAt !== null && seen < link.powerOfficeChangedAt
}

function isTribeNewer(role: Role, contact: Contact): boolean {
  const times = [
    role.LastMutationDate,
    role.CreationDate,
    role.Organization?.LastMutationDate,
    role.Organization?.CreationDate,
  ]
  const tribe =
    times
      .map((time) => parseInstant(time) ?? '')
      .sort()
      .at(-1) ?? ''
  return tribe > (parseInstant(contact.LastChangedDateTimeOffset) ?? '')
}

const isoOf = (ctx: SyncContext) => new Date(ctx.now()).toISOString()

const entryFor =
  (ctx: SyncContext, link: LinkState) =>
  (event: string, details: Record<string, unknown>): TimelineEntry => ({
    kind: link.kind,
    tribeId: link.tribeId,
    powerOfficeId: link.powerOfficeId,
    at: isoOf(ctx),
    event,
    details,
  })

const withoutNulls = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

const FAULTS: Record<string, string> = {
  'relation.name_missing': 'The relation has no name in Tribe, and PowerOffice demands one: enter a name',
  'relation.email_invalid':
    'PowerOffice does not take an e-mail address of this relation; the rest was synced: correct the address in Tribe',
  'payment_term.unknown':
    'PowerOffice has no active payment term with that many days; the rest was synced: add the term in PowerOffice, or change the days in Tribe',
}
const faultError = (code: string) => new SyncError(code, 'data', FAULTS[code] ?? code)
