import * as z from 'zod/v4'
import { ApiError } from '../shared/errors'
import type { Caller } from './caller'
import { anyOf } from './odata'
import { Reference } from './schemas'
import { CONTACT, CUSTOMER_ORGANIZATION, CUSTOMER_PERSON, INVOICE, SUPPLIER } from './sets'

/** Signs that somebody has used a record: when it was changed last, and what hangs on it (API.md §5.1). */

const Marked = z.looseObject({
  ID: z.string(),
  LastMutationDate: z.string().nullish(),
  NumberOfNotes: z.number().nullish(),
  NumberOfAttachments: z.number().nullish(),
})
const Signs = Marked.extend({
  Organization: Marked.extend({ InvoiceAddress: Marked.nullish() }).nullish(),
  Person: Marked.extend({ Address: Marked.nullish() }).nullish(),
})
export type Signs = z.infer<typeof Signs>

const Naming = z.looseObject({ ID: z.string(), CreationDate: z.string().nullish() })
/** A record that names another one. */
export interface NamedBy {
  /** What is named. */
  id: string
  by: string
  /** When the record was made that names it. */
  madeAt: string | null
}

/**
 * The roles that hang on an organisation or a person, and by which link: whatever the stage of a sales funnel, and employees
 * too. `instead`: where a Tribe does not show all of them at once.
 */
const ROLES: Readonly<
  Record<'Organization' | 'Person', readonly { set: string; instead?: string; link: string }[]>
> = {
  Organization: [
    {
      set: 'Relationship_Organization_CommercialRelationship',
      instead: CUSTOMER_ORGANIZATION,
      link: 'Organization',
    },
    { set: SUPPLIER, link: 'Organization' },
    { set: 'Relationship_Person_Contact', instead: CONTACT, link: 'Relation' },
  ],
  Person: [
    { set: 'Relationship_Person_CommercialRelationship', instead: CUSTOMER_PERSON, link: 'Person' },
    { set: 'Relationship_Person_Contact', instead: CONTACT, link: 'Person' },
  ],
}

const MEMBERS = '$select=ID,LastMutationDate,NumberOfNotes,NumberOfAttachments'
const ALONG: Readonly<Record<'Organization' | 'Person', string>> = {
  Organization: `Organization(${MEMBERS};$expand=InvoiceAddress($select=ID,LastMutationDate))`,
  Person: `Person(${MEMBERS};$expand=Address($select=ID,LastMutationDate))`,
}
/** A filter that names more makes an address longer than gateways take. */
const IDS_AT_ONCE = 50

export function signCalls(caller: Caller) {
  return {
    /** Of those of these records that Tribe shows; a call for fifty. */
    async signsOf(
      set: string,
      ids: readonly string[],
      child: 'Organization' | 'Person' | null,
    ): Promise<Signs[]> {
      const found: Signs[] = []
      for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
        const $filter = anyOf('ID', ids.slice(at, at + IDS_AT_ONCE))
        const query = { $select: MEMBERS.slice('$select='.length), $filter }
        const { rows } = await caller.pageOf(Signs, set, child ? { ...query, $expand: ALONG[child] } : query)
        found.push(...rows)
      }
      return found
    },

    /** The roles that these organisations or persons play, or that hang on them. `isThere`: whether this Tribe has a set. */
    async rolesAt(
      of: 'Organization' | 'Person',
      ids: readonly string[],
      isThere: (set: string) => boolean,
    ): Promise<NamedBy[]> {
      const found: NamedBy[] = []
      for (const { set, instead, link } of ROLES[of]) {
        const shown = instead === undefined || isThere(set) ? set : instead
        found.push(...(await unlessOff(naming(caller, shown, link, ids))))
      }
      return found
    },

    /** Those of these customers that have an invoice, in whatever phase; those of these contacts that one names. */
    async withInvoices(roleIds: readonly string[], contactIds: readonly string[]): Promise<Set<string>> {
      const contacts = caller.named(INVOICE, 'Contact') ? contactIds : []
      const named = [
        ...(await unlessOff(naming(caller, INVOICE, 'Relationship', roleIds))),
        ...(await unlessOff(naming(caller, INVOICE, 'Contact', contacts))),
      ]
      return new Set(named.map(({ id }) => id))
    },

    /** Those of these products that are sold: in lines of invoices, offers, and whatever else has lines. */
    async soldAmong(ids: readonly string[]): Promise<Set<string>> {
      const lines = await unlessOff(naming(caller, 'ProductLine', 'Product', ids))
      return new Set(lines.map(({ id }) => id))
    },

    /** Those of these product groups that a product is in. */
    async groupsInUse(ids: readonly string[]): Promise<Set<string>> {
      return new Set((await naming(caller, 'Product', 'ProductGroup', ids)).map(({ id }) => id))
    },

    /** Deletes a record; one that is gone already is as good. */
    async deleteRecord(set: string, id: string): Promise<void> {
      try {
        await caller.send('DELETE', `odata/${set}(${id})`)
      } catch (thrown) {
        if (!(thrown instanceof ApiError) || thrown.status !== 404) throw thrown
      }
    },

    /** Those of these addresses that a list shows: a hundred at the most, in one call. */
    async addressesAmong(ids: readonly string[]): Promise<string[]> {
      if (ids.length === 0) return []
      const { rows } = await caller.pageOf(Reference, 'Address', { $select: 'ID', $filter: anyOf('ID', ids) })
      return rows.map(({ ID }) => ID)
    },

    /** False where Tribe does not delete it: no page says that a user may. */
    async isAddressDeleted(id: string): Promise<boolean> {
      try {
        await this.deleteRecord('Address', id)
        return true
      } catch (thrown) {
        if (thrown instanceof ApiError && [400, 403, 405].includes(thrown.status)) return false
        throw thrown
      }
    },
  }
}

/** The records of a set that name any of these by that link. */
async function naming(caller: Caller, set: string, link: string, ids: readonly string[]): Promise<NamedBy[]> {
  const found: NamedBy[] = []
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    const $filter = anyOf(`${link}/ID`, ids.slice(at, at + IDS_AT_ONCE))
    const query = { $select: 'ID,CreationDate', $expand: `${link}($select=ID)`, $filter }
    for (const row of await caller.all(Naming, set, query)) {
      const named = Reference.safeParse(row[link]).data
      if (named) found.push({ id: named.ID, by: row.ID, madeAt: row.CreationDate ?? null })
    }
  }
  return found
}

/** A module that is switched off in Tribe answers as if its records were unknown (API.md §6.1). */
async function unlessOff<T>(list: Promise<T[]>): Promise<T[]> {
  try {
    return await list
  } catch (thrown) {
    if (thrown instanceof ApiError && (thrown.status === 404 || thrown.status === 403)) return []
    throw thrown
  }
}
