import * as z from 'zod/v4'
import { ApiError } from '../shared/errors'
import type { Caller } from './caller'
import { anyOf } from './odata'
import { Reference } from './schemas'
import { INVOICE } from './sets'

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

const OfInvoice = z.looseObject({ ID: z.string(), Relationship: Reference.nullish() })

const InGroup = z.looseObject({ ID: z.string(), ProductGroup: Reference.nullish() })

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

    /** Those of these customers that have an invoice, in whatever phase. */
    async withInvoices(roleIds: readonly string[]): Promise<Set<string>> {
      const found = new Set<string>()
      for (let at = 0; at < roleIds.length; at += IDS_AT_ONCE) {
        const $filter = anyOf('Relationship/ID', roleIds.slice(at, at + IDS_AT_ONCE))
        const query = { $select: 'ID', $expand: 'Relationship($select=ID)', $filter }
        for (const { Relationship } of await unlessOff(caller.all(OfInvoice, INVOICE, query)))
          if (Relationship) found.add(Relationship.ID)
      }
      return found
    },

    /** Those of these product groups that a product is in. */
    async groupsInUse(ids: readonly string[]): Promise<Set<string>> {
      const found = new Set<string>()
      for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
        const $filter = anyOf('ProductGroup/ID', ids.slice(at, at + IDS_AT_ONCE))
        const query = { $select: 'ID', $expand: 'ProductGroup($select=ID)', $filter }
        for (const { ProductGroup } of await caller.all(InGroup, 'Product', query))
          if (ProductGroup) found.add(ProductGroup.ID)
      }
      return found
    },

    /** Deletes a record; one that is gone already is as good. */
    async deleteRecord(set: string, id: string): Promise<void> {
      try {
        await caller.send('DELETE', `odata/${set}(${id})`)
      } catch (thrown) {
        if (!(thrown instanceof ApiError) || thrown.status !== 404) throw thrown
      }
    },
  }
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
