import type { Contact } from '../poweroffice/schemas'
import { canonicalName, joinName, splitName } from '../shared/names'
import type { Role } from '../tribe/schemas'
import { type Neutral, textOf } from '../two-way/fields'

/** The name of a person: three parts in Tribe, two in PowerOffice. Its halves travel by themselves, and are written together. */

/** As it is compared; null for what is no person. */
export function canonicalHalves(record: Neutral) {
  const { firstName, lastName } = namesOf(record)
  return firstName === null && lastName === null ? null : canonicalName({ firstName, lastName })
}

const namesOf = ({ firstName, lastName }: Neutral) => ({
  firstName: textOrNull(firstName),
  lastName: textOrNull(lastName),
})
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** A name of which these fields come from the relation, and the rest from what is there now. */
function halves(
  record: Neutral,
  fields: readonly string[],
  now: { firstName?: string | null | undefined; lastName?: string | null | undefined },
) {
  const names = namesOf(record)
  if (fields.includes('firstName') && fields.includes('lastName')) return names
  const theirs = canonicalName(names)
  const own = canonicalName(now)
  return {
    firstName: fields.includes('firstName') ? theirs.firstName : own.firstName,
    lastName: fields.includes('lastName') ? theirs.lastName : own.lastName,
  }
}

/** Both halves as PowerOffice is to hold them: "Madonna", "-" and "-", "Madonna" are one name. */
export function nameToPowerOffice(record: Neutral, fields: readonly string[], held: Contact) {
  const wanted = halves(record, fields, { firstName: held.FirstName, lastName: held.LastName })
  return { FirstName: wanted.firstName, LastName: wanted.lastName }
}

/**
 * The parts that change in Tribe, divided the way that Tribe has them now. An infix goes along with its last name: somebody
 * may be changing both at this moment, and half of either would be a name that nobody entered.
 */
export function nameToTribe(
  record: Neutral,
  fields: readonly string[],
  held: Role | null,
): Record<string, unknown> {
  const now = held && partsOfName(held)
  const parts = splitName(halves(record, fields, now ? joinName(now) : namesOf(record)), now)
  const wanted = { FirstName: parts.firstName, MiddleName: parts.middleName, LastName: parts.lastName }
  const before: Record<string, string | null> = {
    FirstName: now?.firstName ?? null,
    MiddleName: now?.middleName ?? null,
    LastName: now?.lastName ?? null,
  }
  const changed = new Set(
    Object.entries(wanted).flatMap(([part, value]) => (before[part] !== value ? [part] : [])),
  )
  if (changed.has('MiddleName')) changed.add('LastName')
  if (changed.has('LastName') && wanted.MiddleName !== null) changed.add('MiddleName')
  return Object.fromEntries(Object.entries(wanted).filter(([part]) => changed.has(part)))
}

/** In two halves, as Tribe has it. */
export const nameInTribe = (role: Role) => joinName(partsOfName(role))

const partsOfName = ({ Person: person }: Role) => ({
  firstName: textOf(person?.FirstName),
  middleName: textOf(person?.MiddleName),
  lastName: textOf(person?.LastName),
})

/** The names as they stand in Tribe, with all their characters. */
export const namesInTribe = ({ Organization, Person }: Role) => ({
  name: Organization?.Name,
  firstName: Person?.FirstName,
  lastName: [Person?.MiddleName, Person?.LastName].filter(Boolean).join(' '),
})

/** The names as they stand in PowerOffice, with all their characters. */
export const namesInPowerOffice = ({ Name, FirstName, LastName }: Contact) => ({
  name: Name,
  firstName: FirstName,
  lastName: LastName,
})
