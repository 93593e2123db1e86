import type { Caller, TribePage } from './caller'
import { allNamed, anyOf, changedSince, holding, literal, queryString } from './odata'
import { Role } from './schemas'
import { WATCHED } from './sets'

/** Customers, suppliers and contact persons: relationships, and the relations that play them (API.md §5.4–5.6). */
export function roleCalls(caller: Caller) {
  return {
    async findRole(set: string, id: string): Promise<Role | null> {
      return caller.one(Role, set, `${set}(${id})?${queryString(caller.ask(set))}`)
    },

    async allRoles(set: string): Promise<Role[]> {
      return caller.all(Role, set, caller.ask(set))
    },

    async rolesWhere(set: string, filter: string): Promise<Role[]> {
      return caller.all(Role, set, { ...caller.ask(set), $filter: filter })
    },

    /** Those of these roles that a list shows: a hundred at the most, in one call. */
    async rolesById(set: string, ids: readonly string[]): Promise<Role[]> {
      return (await caller.pageOf(Role, set, { ...caller.ask(set), $filter: anyOf('ID', ids) })).rows
    },

    /** Roles whose name holds each of these words, in one of these places: the first page of them. */
    async rolesNamed(set: string, paths: readonly string[], words: readonly string[]): Promise<Role[]> {
      const query = { ...caller.ask(set), $filter: holding(paths, words) }
      return (await caller.pageOf(Role, set, query)).rows
    },

    /** The roles that these relations play: the path leads from the role to the relation, `Organization/ID`. */
    async rolesOf(set: string, path: string, relationIds: readonly string[]): Promise<Role[]> {
      return this.rolesWhere(set, anyOf(path, relationIds))
    },

    /** Roles where the role itself or a record that comes along changed since then, a page a call. */
    async changedRoles(set: string, since: string, from?: string): Promise<TribePage<Role>> {
      const filter = (WATCHED[set] ?? ['']).map((path) => changedSince(since, path)).join(' or ')
      return caller.pageOf(Role, set, { ...caller.ask(set), $filter: filter }, from)
    },

    /** `contains` is proven for `ImportId` and `eq` is not; it ignores case, so we compare once more (API.md §5.9). */
    async rolesByImportId(set: string, importIds: readonly string[]): Promise<Role[]> {
      const filter = importIds.map((id) => `contains(ImportId,${literal(id)})`).join(' or ')
      return allNamed(await this.rolesWhere(set, filter), importIds)
    },

    async findRoleByImportId(set: string, importIds: readonly string[]): Promise<Role | null> {
      return (await this.rolesByImportId(set, importIds))[0] ?? null
    },
  }
}
