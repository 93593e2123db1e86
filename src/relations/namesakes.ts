import type { Contact } from '../poweroffice/schemas'
import { canonicalName, joinName } from '../shared/names'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'

/**
 * Contact persons have no number. Within one company that both systems know, one of the same name with no other
 * e-mail address is the same person, unless PowerOffice has several of that name: then only a telephone number
 * or an e-mail address that they have in common says who is who, and where none does, a person decides.
 */
export interface Namesakes {
  roles: Role[]
  /** None of them is surely this one, though one may be. */
  isUnclear: boolean
}

export async function namesakesOf(
  contact: Contact,
  colleagues: readonly Role[],
  othersOf: () => Promise<readonly Person[]>,
): Promise<Namesakes> {
  const alike = colleagues.filter((role) => isNamesake(personOf(role), contact))
  if (alike.length === 0) return { roles: [], isUnclear: false }
  const known = alike.filter((role) => haveInCommon(personOf(role), contact))
  if (known.length === 1) return { roles: known, isUnclear: false }
  if (alike.length > 1) return { roles: alike, isUnclear: true }
  const others = await othersOf()
  const hasRival = others.some((other) => other.Id !== contact.Id && isNamesake(other, contact))
  return { roles: alike, isUnclear: hasRival }
}

/** A contact person, as far as it is told from others. */
export type Person = Pick<Contact, 'FirstName' | 'LastName' | 'EmailAddress' | 'PhoneNumber'> & {
  Id?: number
}

function personOf({ Person: person, EmailAddress, PhoneNumber }: Role): Person {
  const name = joinName({
    firstName: person?.FirstName,
    middleName: person?.MiddleName ?? null,
    lastName: person?.LastName,
  })
  return { FirstName: name.firstName, LastName: name.lastName, EmailAddress, PhoneNumber }
}

function isNamesake(one: Person, other: Person): boolean {
  const mails = [one, other].flatMap((person) => mailOf(person) ?? [])
  return nameOf(one) === nameOf(other) && new Set(mails).size < 2
}

function haveInCommon(one: Person, other: Person): boolean {
  const [mail, phone] = [mailOf(one), phoneOf(one)]
  return (mail !== null && mail === mailOf(other)) || (phone !== null && phone === phoneOf(other))
}

const nameOf = ({ FirstName, LastName }: Person): string =>
  JSON.stringify(canonicalName({ firstName: FirstName, lastName: LastName }))
const mailOf = ({ EmailAddress }: Person): string | null => EmailAddress?.trim().toLowerCase() || null
/** The last eight digits: with or without the code of a country. */
const phoneOf = ({ PhoneNumber }: Person): string | null => PhoneNumber?.replace(/\D/g, '').slice(-8) || null

const NAME = 'namesakes'

interface Noted {
  ids: ReadonlySet<number>
  /** Those whose name is not theirs alone in their company. */
  several: readonly Contact[]
}

/**
 * Notes who has the name of a colleague among the rows of a full list, so that no row is taken for another's
 * and none costs a call. Those of one company nearly always come on one page.
 */
export function noteNamesakes(ctx: SyncContext, rows: readonly Contact[]): void {
  const groups = Map.groupBy(rows, (row) => `${row.ContactId} ${nameOf(row)}`)
  const several = [...groups.values()].filter((group) => group.length > 1).flat()
  const noted: Noted = { ids: new Set(rows.map((row) => row.Id)), several }
  ctx.cache.set(NAME, noted)
}

/** PowerOffice's other persons of this one's company; of a full list only those who share a name. */
export async function colleaguesOf(ctx: SyncContext, contact: Contact): Promise<Contact[]> {
  if (contact.ContactId == null) return []
  const noted = ctx.cache.get(NAME) as Noted | undefined
  if (!noted?.ids.has(contact.Id)) return ctx.powerOffice.personsOf(String(contact.ContactId))
  return noted.several.filter((person) => person.ContactId === contact.ContactId)
}
