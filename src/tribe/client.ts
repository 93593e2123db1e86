import * as z from 'zod/v4'
import { shaped } from '../shared/api'
import { ApiError, SyncError } from '../shared/errors'
import { type FieldPlace, heldAt } from '../shared/own-fields'
import { createCaller, type TribeOptions } from './caller'
import { catalogCalls } from './catalog'
import { type Metadata, parseMetadata } from './dialect'
import { invoiceCalls } from './invoices'
import { newestCalls } from './newest'
import { anyOf, isGuid, queryString } from './odata'
import { selecting } from './own-fields'
import { roleCalls } from './roles'
import { AnyEntity, Identity, List, Reference, Webhook, type Written } from './schemas'
import { signCalls } from './signs'

export type Tribe = ReturnType<typeof createTribe>

export interface WebhookToRegister {
  entityType: string
  webhookUrl: string
  headers: { name: string; value: string }[]
}

const METADATA = [
  ['odata/$metadata', 'application/xml'],
  ['odata/$metadata?$format=json', 'application/json'],
] as const
const METADATA_FORM = 'tribe:metadata-form'

/** Tribe CRM, one method for each call we make. Every method throws an ApiError (see `shared/api.ts`). */
export function createTribe(options: TribeOptions) {
  const caller = createCaller(options)
  const isKnown = (path: string) => options.notes?.get(METADATA_FORM) === path
  return {
    ...roleCalls(caller),
    ...catalogCalls(caller),
    ...invoiceCalls(caller),
    ...newestCalls(caller),
    ...signCalls(caller),

    /** The organisation that owns this Tribe; several or none is `tribe.identity_unclear` (API.md §1.7). */
    async ownOrganization(): Promise<{ id: string; name: string }> {
      const path = `Relationship_Organization_Identity?${queryString({ $select: 'Name', $expand: 'Relation($select=ID)' })}`
      const list = shaped('tribe', List, (await caller.send('GET', `odata/${path}`)).json)
      const rows = list.value.map((row) => shaped('tribe', Identity, row))
      const ids = new Set(rows.flatMap((row) => row.Relation?.ID ?? []))
      const [id] = ids
      if (id === undefined || ids.size > 1) {
        const message = `Tribe names ${ids.size} own organisations for these credentials; the relay needs exactly one`
        throw new SyncError('tribe.identity_unclear', 'data', message)
      }
      return { id, name: rows[0]?.Name ?? '' }
    },

    /** Null when Tribe gives none that can be read, in XML or in JSON. */
    async metadata(): Promise<Metadata | null> {
      // The form that was readable last is asked for first.
      const forms = METADATA.toSorted(([one], [other]) => Number(isKnown(other)) - Number(isKnown(one)))
      for (const [path, accept] of forms) {
        try {
          const metadata = parseMetadata(await caller.text(path, accept))
          if (metadata) {
            options.notes?.set(METADATA_FORM, path)
            return metadata
          }
        } catch (thrown) {
          if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
        }
      }
      return null
    },

    async create(set: string, fields: Record<string, unknown>): Promise<Written | null> {
      return caller.written('POST', set, set, fields)
    },

    update: caller.update,

    /** Writes members that an admin mapped, by the names that metadata has for them. Null empties a member, as far as this Tribe lets: `texts` can be blank instead. */
    async updateFields(
      set: string,
      id: string,
      fields: Record<string, unknown>,
      texts: readonly string[],
    ): Promise<void> {
      await caller.update(set, id, fields, { takesBlanks: (name) => texts.includes(name), isAnswered: false })
    },

    /** What members that an admin mapped hold, of up to a hundred records of a set: by the record's id, in the order of the places. */
    async membersOf(
      set: string,
      ids: readonly string[],
      places: readonly FieldPlace[],
    ): Promise<ReadonlyMap<string, readonly unknown[]>> {
      const query = { ...selecting(places), $filter: anyOf('ID', ids) }
      const { rows } = await caller.pageOf(Reference, set, query)
      return new Map(rows.map((row) => [row.ID, places.map((place) => heldAt(row, place))]))
    },

    choicesIn: caller.choicesIn,

    /** Whose address it is; null when it is gone, or belongs to neither an organisation nor a person. */
    async ownerOfAddress(
      id: string,
    ): Promise<{ organizationId: string | null; personId: string | null } | null> {
      const Owned = z.looseObject({ Organization: Reference.nullish(), Person: Reference.nullish() })
      const expand = { $expand: 'Organization($select=ID),Person($select=ID)' }
      const found = await caller.one(Owned, 'Address', `Address(${id})?${queryString(expand)}`)
      const owner = { organizationId: found?.Organization?.ID ?? null, personId: found?.Person?.ID ?? null }
      return owner.organizationId || owner.personId ? owner : null
    },

    /** The organisations and persons that have this address, in whichever place. */
    holdersOfAddress: caller.holdersOf,

    /** What kind of record this is, with dots; null when Tribe does not know it. */
    async typeOf(id: string): Promise<string | null> {
      if (!isGuid(id)) return null
      return (await caller.one(AnyEntity, 'Entity', `Entity(${id})`))?._Type ?? null
    },

    async webhooks(): Promise<Webhook[]> {
      const { status, json } = await caller.send('GET', 'webhooks')
      if (status === 204) return []
      return webhooksIn(json).flatMap((row) => Webhook.safeParse(row).data ?? [])
    },

    async createWebhook(hook: WebhookToRegister): Promise<Webhook | null> {
      const { json } = await caller.send('POST', 'webhooks', hook)
      return Webhook.safeParse(json).data ?? null
    },

    async deleteWebhook(id: string): Promise<void> {
      try {
        await caller.send('DELETE', `webhooks/${encodeURIComponent(id)}`)
      } catch (thrown) {
        if (!(thrown instanceof ApiError) || thrown.status !== 404) throw thrown
      }
    },
  }
}

/** What a list of webhooks is wrapped in is not known: nothing, `value` as in OData, or another name (API.md §4.1). */
function webhooksIn(json: unknown): readonly unknown[] {
  const lists = [json, ...Object.values(json ?? {})].filter((one) => Array.isArray(one))
  return lists[0] ?? shaped('tribe', List, json).value
}

export type { TribePage } from './caller'
