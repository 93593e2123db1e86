import type { CONTACT, Contact } from '../poweroffice/schemas'
import type { ProblemCode } from '../shared/problems'
import type { ContactPerson, Organization, Person, Role } from '../tribe/schemas'
import {
  asText,
  type FieldRow,
  type MemberIn,
  type Neutral,
  READ,
  type Scalar,
  type ScalarValue,
} from '../two-way/fields'
import type { RelationType } from './kinds'

/** What a row of a relation says besides what every row says, and how one is made of a member on either side. */

/** What reads and writes of these rows are given. */
export interface RelationGiven {
  crm: { type: RelationType; role: Role; numberPath: string | null; company: string | null }
  books: { type: RelationType; contact: Contact }
  /** `fields` are those that are written along; `held` is what is there, null when it is to be made. */
  toCrm: { fields: readonly string[]; held: Role | null; numberPath: string | null }
  toBooks: { fields: readonly string[]; held: Contact | null; termOf: TermOf }
}

/** The id of the payment term with that many credit days; undefined when PowerOffice has none. */
export type TermOf = (creditDays: number) => number | undefined

export type RelationTypeName = 'company-customer' | 'private-customer' | 'supplier' | 'contact-person'

/**
 * Which of Tribe's records holds a field: the role; the organisation or person that plays it; `reachable`: where one is
 * reached on business, for a contact person the role, and else that organisation or person (DESIGN.md §5.1). The others have
 * places of their own.
 */
export type Home = 'role' | 'relation' | 'reachable' | 'number' | 'address' | 'company'

export interface RelationRow<Value = unknown> extends FieldRow<RelationGiven, Value> {
  /** The types of relation that have it. */
  readonly of: readonly RelationTypeName[]
  readonly home: Home
  /** What stands in the way of sending it to PowerOffice, which would refuse the record for it; null for nothing. */
  refuse?(record: Neutral, termOf: TermOf): ProblemCode | null
  /** Goes only where the tenant syncs financial fields. */
  readonly isFinancial?: boolean
  /** PowerOffice alone decides it. */
  readonly isLed?: boolean
  /** Every Tribe has it; of all others it is asked. */
  readonly isSure?: boolean
  /** A privilege in PowerOffice without which it is not synced. */
  readonly privilege?: string
}

/** The members of Tribe's that hold such a value, by the record that has them. */
type CrmMember<Kind extends Scalar> =
  | `role.${MemberIn<typeof Role.shape, Kind>}`
  | `relation.${MemberIn<typeof Organization.shape, Kind> | MemberIn<typeof Person.shape, Kind>}`
  | `reachable.${MemberIn<typeof Organization.shape, Kind> & MemberIn<typeof Person.shape, Kind> & MemberIn<typeof ContactPerson.shape, Kind>}`

interface Spelled<Kind extends Scalar> {
  /** Which record of Tribe's, and the member there. */
  crm: CrmMember<Kind>
  /** The member in PowerOffice. */
  books: MemberIn<typeof CONTACT, Kind>
  as: Kind
  called: string
  said?: RegExp
  of: readonly RelationTypeName[]
  refuse?: (value: ScalarValue[Kind]) => ProblemCode | null
  need?: 'to-make'
  isFinancial?: boolean
  isSure?: boolean
}

/** A field that is one value in one member on either side. */
export function scalar<Kind extends Scalar>(
  name: string,
  { crm, books, as, called, said, of, refuse, ...traits }: Spelled<Kind>,
): RelationRow<ScalarValue[Kind]> {
  const [home = 'relation', member = ''] = crm.split('.') as [Home, string]
  const valueIn = (value: unknown) => READ[as](value) as ScalarValue[Kind]
  return {
    ...traits,
    name,
    called,
    said: said ?? null,
    of,
    home,
    canonical: (record) => asText(record[name]),
    sentAs: (record) => repeated(record[name]),
    crm: {
      members: [member],
      read: ({ type, role }) => valueIn(of.includes(type.name) ? recordAt(type, home, role)?.[member] : null),
      write: (record) => ({ [member]: record[name] }),
    },
    books: {
      members: [books],
      read: ({ contact }) => valueIn((contact as Record<string, unknown>)[books]),
      write: (record) => ({ [books]: record[name] }),
    },
    hasClock: true,
    ...(refuse ? { refuse: (record: Neutral) => refuse(record[name] as ScalarValue[Kind]) } : {}),
  }
}

/** Whether the role itself holds it, and not the organisation or person that plays it. */
export const isOnRole = (type: RelationType, home: Home): boolean =>
  home === 'role' || (home === 'reachable' && type.kind === 'contactPerson')

const recordAt = (type: RelationType, home: Home, role: Role): Record<string, unknown> | null | undefined =>
  isOnRole(type, home) ? role : role[type.child]

export const repeated = (value: unknown): string[] =>
  value === null || value === undefined ? [] : [String(value), String(value)]
