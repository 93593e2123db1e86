import type { FieldPlace, FieldRecord, FieldType, TribeField } from '../shared/own-fields'
import type { Metadata, MetadataMember } from './dialect'
import { type Asked, expanding, listed } from './odata'
import {
  CONTACT,
  CUSTOMER_ORGANIZATION,
  CUSTOMER_PERSON,
  INVOICE,
  ORGANIZATION,
  PERSON,
  SHAPES,
  SUPPLIER,
} from './sets'

/** The sets that a record is in, and those that come along with it: of a role, the company or person behind it. */
const SETS: Readonly<Record<FieldRecord, readonly { of: string; via: string; set: string }[]>> = {
  customer: [
    { of: CUSTOMER_ORGANIZATION, via: '', set: CUSTOMER_ORGANIZATION },
    { of: CUSTOMER_PERSON, via: '', set: CUSTOMER_PERSON },
    { of: CUSTOMER_ORGANIZATION, via: 'Organization', set: ORGANIZATION },
    { of: CUSTOMER_PERSON, via: 'Person', set: PERSON },
  ],
  supplier: [
    { of: SUPPLIER, via: '', set: SUPPLIER },
    { of: SUPPLIER, via: 'Organization', set: ORGANIZATION },
  ],
  contactPerson: [
    { of: CONTACT, via: '', set: CONTACT },
    { of: CONTACT, via: 'Person', set: PERSON },
  ],
  product: [{ of: 'Product', via: '', set: 'Product' }],
  invoice: [{ of: INVOICE, via: '', set: INVOICE }],
}

const TYPES: Readonly<Record<string, FieldType>> = {
  'Edm.String': 'text',
  'Edm.Double': 'number',
  'Edm.Decimal': 'number',
  'Edm.Single': 'number',
  'Edm.Int16': 'integer',
  'Edm.Int32': 'integer',
  'Edm.Int64': 'integer',
  'Edm.Boolean': 'boolean',
  'Edm.Date': 'date',
  'Edm.DateTimeOffset': 'instant',
}

/** Tribe's own, or the relay's: nobody else writes them. */
const KEPT = [
  ...['ID', '_Type', '_Name', 'CreationDate', 'LastMutationDate', 'NumberOfNotes', 'NumberOfAttachments'],
  ...['SortIndex', 'ImportId', 'Phase', 'IsFormer', 'FormerDate', 'UpgradeDate', 'DowngradeDate', 'IsActive'],
  ...['IsClosed', 'IsRoot', 'IsExclusion', 'CloseDate', 'Start', 'End', 'Deadline', 'DebtorNumber'],
]
const HIDDEN = ['ID', '_Type', 'SortIndex', 'ImportId', 'IsRoot', 'IsExclusion']

/** A custom field bears its UUID, with "__" for "-", and a "_" before it where that begins with a digit. */
export const isCustomName = (name: string): boolean => /^_?[0-9a-f]{8}__[0-9a-f]{4}__/i.test(name)

/** What an admin can map of this Tribe: each member by its name, and by the link to it where the record has one of that name. */
export function tribeFieldsIn(metadata: Metadata): TribeField[] {
  const records = Object.entries(SETS) as [FieldRecord, (typeof SETS)[FieldRecord]][]
  return records.flatMap(([record, sets]) => fieldsOf(record, sets, metadata))
}

function fieldsOf(record: FieldRecord, sets: (typeof SETS)[FieldRecord], metadata: Metadata): TribeField[] {
  const found = new Map<string, TribeField>()
  const isOfRecord = (name: string) => sets.some((own) => own.via === '' && metadata.get(own.set)?.has(name))
  const members = sets.flatMap((at) =>
    [...(metadata.get(at.set) ?? [])].map(([name, member]) => ({ ...at, name, member })),
  )
  for (const { of, via, set, name, member } of members) {
    const type = typeOf(member)
    if (type === null || HIDDEN.includes(name)) continue
    const field = via !== '' && isOfRecord(name) ? `${via}/${name}` : name
    const known = found.get(field)
    const list = type === 'choice' ? lastPart(member.type) : null
    const place: FieldPlace = { of, via, set, name, list }
    const { label = labelOf(name), isComputed = false } = member
    const writable = !isComputed && !KEPT.includes(name) && !isBuiltIn(set, name)
    if (known?.type === type) known.places.push(place)
    else if (!known) found.set(field, { record, field, label, type, writable, places: [place] })
  }
  for (const field of employeesOf(record, sets, metadata)) found.set(field.field, field)
  return [...found.values()]
}

/** Members that every tenant's relations, products and invoices have rows for already. */
function isBuiltIn(set: string, name: string): boolean {
  const shape = SHAPES[set]
  if (!shape) return false
  const names = [...shape.members, ...Object.keys(shape.along), ...Object.values(shape.aliases ?? {}).flat()]
  return names.some((one) => typeof one === 'string' && one.toLowerCase() === name.toLowerCase())
}

const EMPLOYEE = 'Relationship_Person_Contact_Employee'

/** Who sells, or looks after a customer, is named by an address: `SalesRepresentative/EmailAddress`. */
function employeesOf(
  record: FieldRecord,
  sets: (typeof SETS)[FieldRecord],
  metadata: Metadata,
): TribeField[] {
  const fields = new Map<string, TribeField>()
  if (!metadata.get(EMPLOYEE)?.has('EmailAddress')) return []
  for (const { of, set } of sets.filter(({ via }) => via === '')) {
    for (const [link, { kind, type }] of metadata.get(set) ?? []) {
      if (kind !== 'link' || lastPart(type) !== EMPLOYEE) continue
      const field = `${link}/EmailAddress`
      const place: FieldPlace = { of, via: link, set: EMPLOYEE, name: 'EmailAddress', list: null }
      const known = fields.get(field)
      const label = `${labelOf(link)}: e-mail`
      if (known) known.places.push(place)
      else fields.set(field, { record, field, label, type: 'text', writable: false, places: [place] })
    }
  }
  return [...fields.values()]
}

function typeOf({ kind, type, isChoice }: MetadataMember): FieldType | null {
  if (kind === 'property') return TYPES[type] ?? null
  return kind === 'link' && isChoice ? 'choice' : null
}

/** "FinancialEmailAddress" → "Financial email address"; of a custom field nothing better than its id is known. */
const labelOf = (name: string): string => {
  if (isCustomName(name)) return `Custom field ${name.replace(/^_/, '').slice(0, 8)}`
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
  return words.charAt(0) + words.slice(1).replace(/ [A-Z](?=[a-z])/g, (letter) => letter.toLowerCase())
}

const lastPart = (type: string): string => type.split('.').at(-1) ?? type

/** What is asked of a set for these places: its own members, and those that come along. Of a choice, its name. */
export function selecting(places: readonly FieldPlace[]): Asked {
  const inner = (mine: readonly FieldPlace[]) => {
    const $select = mine.filter(({ list }) => list === null).map(({ name }) => name)
    const $expand = mine
      .filter(({ list }) => list !== null)
      .map(({ name }) => expanding(name, { $select: '_Name' }))
    return { $select: listed(['ID', ...$select]), $expand: listed($expand) }
  }
  const own = inner(places.filter(({ via }) => via === ''))
  const along = [...new Set(places.map(({ via }) => via).filter((via) => via !== ''))].map((via) =>
    expanding(via, inner(places.filter((place) => place.via === via))),
  )
  const $expand = [own.$expand, ...along].filter((part) => part !== '').join(',')
  return $expand === '' ? { $select: own.$select } : { $select: own.$select, $expand }
}
