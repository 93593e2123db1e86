import { joinName } from '../shared/names'
import type { Role } from '../tribe/schemas'
import { type Hit, hit, type SearchedKind, withWords } from '../two-way/search'
import { type RelationKind, typeNamed, typesOfKind } from './kinds'

export const searchRelations: SearchedKind = {
  async inCrm(ctx, kind, words) {
    const found = await Promise.all(
      typesOfKind(kind as RelationKind).map(({ set, child }) =>
        ctx.tribe.rolesNamed(set, child === 'Organization' ? ['Organization/Name'] : PERSON_NAMES, words),
      ),
    )
    return found.flat().map(hitOf)
  },
  async namesInCrm(ctx, links) {
    const bySet = Map.groupBy(links, ({ type }) => typeNamed(type)?.set ?? null)
    const found = await Promise.all(
      [...bySet].map(([set, own]) =>
        set === null
          ? []
          : ctx.tribe.rolesById(
              set,
              own.map(({ id }) => id),
            ),
      ),
    )
    return found.flat().map(hitOf)
  },
  async inBooks(ctx, kind, words) {
    const named = await ctx.powerOffice.contactNames(kind as RelationKind)
    return withWords(
      named.map(({ Id, Number: number, Name, FirstName, LastName }) =>
        hit(Id, number, Name || personName(FirstName, LastName)),
      ),
      words,
    )
  },
}

const PERSON_NAMES = ['FirstName', 'MiddleName', 'LastName'].map((name) => `Person/${name}`)

function hitOf({ ID, Organization, Person }: Role): Hit {
  if (Organization) return hit(ID, Organization.DebtorNumber, Organization.Name)
  const name = joinName({
    firstName: Person?.FirstName ?? null,
    middleName: Person?.MiddleName ?? null,
    lastName: Person?.LastName ?? null,
  })
  return hit(ID, null, personName(name.firstName, name.lastName))
}

const personName = (first: string | null | undefined, last: string | null | undefined): string | null =>
  [first, last].filter((part) => part && part !== '-').join(' ') || null
