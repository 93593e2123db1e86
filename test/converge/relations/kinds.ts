import { z } from 'zod'
import { Contact } from '../../../src/poweroffice/schemas'
import { isEmail } from '../../../src/relations/email'
import type { Relation, RelationField } from '../../../src/relations/fields'
import {
  COMPANY_CUSTOMER,
  COMPANY_SUPPLIER,
  CONTACT_PERSON,
  PRIVATE_CUSTOMER,
  type RelationType,
} from '../../../src/relations/kinds'
import { canonical, relationFromPowerOffice, relationFromTribe } from '../../../src/relations/mapping'
import { withOwn } from '../../../src/relations/own-rows'
import { Role } from '../../../src/tribe/schemas'
import type { Found, Kind, Values } from '../kind'
import type { Hub, Side, Twin } from '../model'
import { importedIdIn } from '../names'
import { rowsIn } from '../own'
import type { Scene } from '../scene'

/** Customers, suppliers and contact persons, as this test reads them: past the APIs, by the relay's own mapping. */

type RelationKind = 'customer' | 'supplier' | 'contactPerson'
type Json = Record<string, unknown>

const EXPAND: Record<RelationKind, string> = {
  customer: 'Organization($expand=InvoiceAddress($expand=Country))',
  supplier: 'Organization($expand=InvoiceAddress($expand=Country))',
  contactPerson: 'Person,Relation',
}
const PERSON = 'Person($expand=Address($expand=Country))'

export function typeOf(twin: Twin): RelationType {
  if (twin.kind.name === 'contactPerson') return CONTACT_PERSON
  if (twin.kind.name === 'supplier') return COMPANY_SUPPLIER
  return twin.about.isPerson ? PRIVATE_CUSTOMER : COMPANY_CUSTOMER
}

function numberPath(world: Scene, type: RelationType): string | null {
  if (type !== PRIVATE_CUSTOMER) return type.numberPaths[0] ?? null
  return { person: 'Person/DebtorNumber', role: 'DebtorNumber', none: null }[
    world.crm.options.personDebtorNumberOn
  ]
}

export function roleOf(world: Scene, twin: Twin): Role | null {
  const type = typeOf(twin)
  const found =
    twin.tribeId === null
      ? null
      : world.crm.get(twin.tribeId, type === PRIVATE_CUSTOMER ? PERSON : EXPAND[type.kind])
  if (!found || !isOfType(found, type)) return null
  const organization = found.Organization as Json | null | undefined
  if (organization?.VatNumber !== undefined) organization.VATNumber = organization.VatNumber
  return Role.parse(found)
}

/** A lead is no customer yet. */
const isOfType = (found: Json, type: RelationType) => found._Type === type.set.replaceAll('_', '.')

export function contactOf(world: Scene, twin: Twin): Contact | null {
  const id = Number(twin.powerOfficeId)
  const { books } = world
  if (twin.powerOfficeId === null) return null
  if (twin.kind.name === 'contactPerson') {
    const person = books.contactPerson(id)
    return person && Contact.parse(person)
  }
  const contact = books.contacts.find(id)
  const has = twin.kind.name === 'customer' ? contact?.customer : contact?.supplier
  return has ? Contact.parse(twin.kind.name === 'customer' ? books.customer(id) : books.supplier(id)) : null
}

/** The company of a contact person, by the name that this test has for it. */
function companyOf(world: Scene, twin: Twin, side: Side): string | null {
  const companies = world.model.hubs.filter((hub) =>
    hub.twins.some((one) => one.kind.name !== 'contactPerson'),
  )
  const organizationId = side === 'tribe' ? roleOf(world, twin)?.Relation?.ID : undefined
  const contactId = side === 'powerOffice' ? contactOf(world, twin)?.ContactId : undefined
  if (organizationId === undefined && contactId == null) return null
  const found = companies.find((hub) =>
    hub.twins.some((one) =>
      side === 'tribe' ? one.about.relationId === organizationId : one.powerOfficeId === String(contactId),
    ),
  )
  return found?.label ?? null
}

/** The relay hides a person in PowerOffice whose company in Tribe is not there. */
const hasLeft = (world: Scene, twin: Twin, side: Side) =>
  side === 'powerOffice' && !twin.about.isHidden && contactOf(world, twin)?.IsActive === false

function read(world: Scene, twin: Twin, side: Side): Values | null {
  const base = typeOf(twin)
  const type = withOwn(rowsIn(world), base)
  const relation = relationAt(world, twin, side)
  if (!relation) return null
  const values = canonical(relation, type.rows)
  const path = numberPath(world, base)
  const fields = type.fields.filter((field) => field !== 'number' || path !== null)
  const entries = fields.map((field): [RelationField, string | null] => [field, values[field] ?? null])
  if (base === CONTACT_PERSON)
    entries.push(['company', hasLeft(world, twin, side) ? null : companyOf(world, twin, side)])
  return Object.fromEntries(entries)
}

function relationAt(world: Scene, twin: Twin, side: Side): Relation | null {
  const type = typeOf(twin)
  if (side === 'tribe') {
    const role = roleOf(world, twin)
    if (role)
      twin.about.relationId ??= (type.party === 'person' ? role.Person?.ID : role.Organization?.ID) ?? null
    return role && relationFromTribe(withOwn(rowsIn(world), type), role, numberPath(world, type))
  }
  const contact = contactOf(world, twin)
  return contact && relationFromPowerOffice(withOwn(rowsIn(world), type), contact)
}

const OfRole = z.looseObject({ ID: z.string(), ImportId: z.string().nullish() })

function all(world: Scene, kind: RelationKind, side: Side): Found[] {
  const { crm, books } = world
  if (side === 'tribe') {
    const rows = {
      customer: () => [...crm.customers(), ...crm.privateCustomers()],
      supplier: () => crm.suppliers(),
      contactPerson: () => crm.contacts(),
    }[kind]()
    return rows.map((row) => {
      const { ID, ImportId } = OfRole.parse(row)
      return { id: ID, counterpart: importedIdIn(kind, ImportId), isHidden: false }
    })
  }
  const rows = {
    customer: () => books.customers(),
    supplier: () => books.suppliers().filter((one) => !one.IsPerson),
    contactPerson: () => books.contactPersons(),
  }[kind]()
  return rows.map((row) => {
    const contact = Contact.parse(row)
    const reference = contact.ExternalImportReference ?? contact.ExternalCode
    return {
      id: String(contact.Id),
      counterpart: idIn(reference),
      isHidden: kind === 'contactPerson' && contact.IsActive === false,
    }
  })
}

/** The Tribe id in a reference of ours. */
function idIn(reference: string | null | undefined): string | null {
  const hex = /^relay:[0-9a-f]{8}:([0-9a-f]{32})$/.exec(reference ?? '')?.[1]
  return hex ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : null
}

function excuses(world: Scene, twin: Twin) {
  const relation = relationAt(world, twin, 'tribe')
  const found: { code: string; field: string | null }[] = []
  for (const field of ['email', 'invoiceEmail'] as const)
    if (relation?.[field] && !isEmail(relation[field])) found.push({ code: 'relation.email_invalid', field })
  const days = relation?.paymentDays
  const terms = world.books.paymentTerms.all().filter((term) => term.IsActive)
  if (days != null && !terms.some((term) => term.CreditDays === days))
    found.push({ code: 'payment_term.unknown', field: 'paymentDays' })
  // What only Tribe has, and what a first load withheld, goes at night with all that lists show.
  if (contactOf(world, twin)?.IsArchived && !world.books.quirks.archivedInLists) {
    const there = relationAt(world, twin, 'powerOffice')
    const bases = world.model.links().find((link) => link.power_office_id === twin.powerOfficeId)?.bases ?? {}
    const isLeft = (field: string) => bases[field]?.[2] === 'withheld'
    for (const field of withOwn(rowsIn(world), typeOf(twin)).fields)
      if (there?.[field] === null || isLeft(field)) found.push({ code: '', field })
  }
  if (twin.about.hasMoved && belongs(world, twin, 'powerOffice') !== true)
    found.push({ code: '', field: 'company' })
  return found
}

function belongs(world: Scene, twin: Twin, side: Side): boolean | 'maybe' {
  if (twin.about.isLead) return false
  // What only one system had before the relay came stays there until somebody touches it.
  if (twin.isDormant && side === 'powerOffice') return 'maybe'
  if (twin.about.isFormer || twin.about.isHidden) return 'maybe'
  if (twin.kind.name !== 'contactPerson') return true
  // Not every Tribe tells when a person changes company, and one whom nobody knows is looked for by nobody.
  if (twin.about.hasMoved && !world.crm.options.linkBumpsMutation && contactOf(world, twin) === null)
    return 'maybe'
  const company = world.model.hubs.find(
    (hub) => hub.label === (companyOf(world, twin, 'tribe') ?? companyOf(world, twin, 'powerOffice')),
  )
  const isWhole = company?.twins.some(
    (one) =>
      one.deletedIn.size === 0 &&
      !one.about.isForgotten &&
      world.model.isThere(one, 'tribe') &&
      world.model.isThere(one, 'powerOffice'),
  )
  return isWhole && !company?.twins.some((one) => one.deletedIn.size > 0) ? true : 'maybe'
}

/** Where Tribe names no country, PowerOffice's stays. */
function common(world: Scene, twin: Twin, field: string, value: string | null): string | null {
  if (field !== 'address' || value === null) return value
  const role = roleOf(world, twin)
  if ((role?.Organization?.InvoiceAddress ?? role?.Person?.Address)?.Country) return value
  return JSON.stringify({ ...JSON.parse(value), countryCode: null })
}

/** One contact is one organisation, whatever roles it plays. */
function oddities(world: Scene, hub: Hub): string[] {
  const players = new Map<string, Set<string>>()
  const relations = hub.twins.filter((one) => one.kind.name !== 'product')
  // Whom an admin let go, another role of its contact does not find.
  const tied = relations.filter((one) => one.deletedIn.size === 0 && !one.about.isForgotten)
  for (const twin of tied.filter((one) => one.powerOfficeId !== null)) {
    const role = roleOf(world, twin)
    const player = role?.Organization?.ID ?? role?.Person?.ID
    const id = `${twin.kind === PERSON_OF_COMPANY} ${twin.powerOfficeId}`
    if (player) players.set(id, (players.get(id) ?? new Set()).add(player))
  }
  return [...players.values()].flatMap((ids) =>
    ids.size > 1 ? [`${hub.label} is ${ids.size} organisations in Tribe`] : [],
  )
}

const OF_THE_ROLE: readonly string[] = [
  ...['number', 'invoiceEmail', 'paymentDays'],
  ...['JobStopReason', 'BillableRate', 'ScanId', 'LegalName'],
]

/** What the organisation that plays one role says, in Tribe, of another that it does not play there yet. */
export function saidBy(world: Scene, twin: Twin, toBe: Twin): [RelationField, string | null][] {
  const role = roleOf(world, twin)
  if (!role) return []
  const type = withOwn(rowsIn(world), typeOf(toBe))
  const values = canonical(relationFromTribe(type, role, null), type.rows)
  return type.rows
    .filter(
      ({ name, home }) => home === 'relation' && type.fields.includes(name) && OF_THE_ROLE.includes(name),
    )
    .map(({ name }) => [name, values[name] ?? null])
}

const kindOf = (name: RelationKind): Kind => ({
  name,
  read,
  all: (world, side) => all(world, name, side),
  sharedName: (field) => (OF_THE_ROLE.includes(field) ? `${name}.${field}` : field),
  common,
  withoutBase: new Set(['company']),
  excuses,
  belongs,
})

export const CUSTOMER: Kind = { ...kindOf('customer'), oddities }
export const SUPPLIER = kindOf('supplier')
export const PERSON_OF_COMPANY = kindOf('contactPerson')
