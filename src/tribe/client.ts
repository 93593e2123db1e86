import { z } from 'zod'
import { type ApiAnswer, type ApiCall, callApi, callForText, shaped } from '../shared/api'
import { ApiError, SyncError } from '../shared/errors'
import type { Limit } from '../shared/limit'
import type { Tokens } from '../shared/tokens'
import { type Dialect, has, type Metadata, parseMetadata, spell } from './dialect'
import { anyOf, changedSince, isGuid, literal, queryString } from './odata'
import { AnyEntity, Country, Identity, List, Reference, Role, Webhook, Written } from './schemas'
import { SHAPES, WATCHED } from './sets'

export interface TribeOptions {
  /** With `/v1`. */
  baseUrl: string
  fetch: typeof fetch
  timeoutMs: number
  tokens: Tokens
  dialect: Dialect
  /** At most four calls of a tenant at once (tribe-api §1.8). */
  limit: Limit
}

export type Tribe = ReturnType<typeof createTribe>

const PAGE_SIZE = 100

type Query = Record<string, string | undefined>

export interface TribePage<T> {
  rows: T[]
  unreadable: string[]
  /** Where the next page is; null after the last. */
  next: string | null
}

export interface WebhookToRegister {
  entityType: string
  webhookUrl: string
  headers: { name: string; value: string }[]
}

/** Tribe CRM, one method for each call we make. Every method throws an ApiError (see `shared/api.ts`). */
export function createTribe(options: TribeOptions) {
  const { dialect, limit } = options
  const api = { system: 'tribe' as const, fetch: options.fetch, timeoutMs: options.timeoutMs }

  async function authorized<T>(run: (headers: Record<string, string>) => Promise<T>): Promise<T> {
    for (let renewed = false; ; renewed = true) {
      const token = await options.tokens.current()
      try {
        return await limit(() => run({ authorization: `Bearer ${token}` }))
      } catch (thrown) {
        if (!(thrown instanceof ApiError) || thrown.status !== 401 || renewed) throw thrown
        await options.tokens.drop(token)
      }
    }
  }

  const send = (method: ApiCall['method'], path: string, json?: object): Promise<ApiAnswer> =>
    authorized((headers) =>
      callApi(api, {
        method,
        url: `${options.baseUrl}/${path}`,
        headers: json ? { ...headers, 'content-type': 'application/json' } : headers,
        ...(json ? { body: JSON.stringify(json) } : {}),
      }),
    )

  /** What is asked of a set: its members and what comes along, by this Tribe's spelling. */
  function ask(set: string, only?: readonly string[]): { $select: string; $expand?: string } {
    const shape = SHAPES[set]
    const members = (only ?? shape?.members ?? []).filter((name) => has(dialect, set, name))
    const $select = members.map((name) => spell(dialect, set, name)).join(',') || 'ID'
    const along = only ? [] : Object.entries(shape?.along ?? {}).filter(([name]) => has(dialect, set, name))
    const $expand = along.map(([name, to]) => {
      const inner = ask(to.set, to.only)
      return `${spell(dialect, set, name)}($select=${inner.$select}${inner.$expand ? `;$expand=${inner.$expand}` : ''})`
    })
    return $expand.length > 0 ? { $select, $expand: $expand.join(',') } : { $select }
  }

  /** A record as the reference spells it, whatever this Tribe's spelling. */
  function plain(set: string, record: unknown): unknown {
    if (!isRecord(record)) return record
    const shape = SHAPES[set]
    const renamed: Record<string, unknown> = { ...record }
    for (const name of [...(shape?.members ?? []), ...Object.keys(shape?.along ?? {})]) {
      const actual = spell(dialect, set, name)
      if (actual !== name && actual in renamed) renamed[name] = renamed[actual]
    }
    for (const [name, to] of Object.entries(shape?.along ?? {}))
      if (name in renamed) renamed[name] = plain(to.set, renamed[name])
    return renamed
  }

  /** Fields to write, spelled as this Tribe does; those that it does not have are left out. */
  function wire(set: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const entries = Object.entries(fields).filter(([name]) => has(dialect, set, name))
    const written = entries.map(([name, value]) => {
      const to = SHAPES[set]?.along[name]?.set
      return [spell(dialect, set, name), to && isRecord(value) ? wire(to, value) : value]
    })
    return Object.fromEntries(written)
  }

  async function one<T>(schema: z.ZodType<T>, set: string, path: string): Promise<T | null> {
    try {
      const answer = await send('GET', `odata/${path}`)
      return shaped('tribe', schema, plain(set, answer.json))
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.status === 404) return null
      throw thrown
    }
  }

  /**
   * One page of a list: the first, or where `from` points. `next` is null when a page was empty: a short
   * page proves nothing (§2.6). Unreadable rows are told by their id.
   */
  async function pageOf<T>(
    schema: z.ZodType<T>,
    set: string,
    query: Query,
    from?: string,
  ): Promise<TribePage<T>> {
    const path = (skip: number) =>
      `odata/${set}?${queryString({ ...query, $orderby: 'CreationDate asc,ID asc', $top: PAGE_SIZE, $skip: skip })}`
    const here = from ?? path(0)
    const list = shaped('tribe', List, (await send('GET', here)).json)
    const page: TribePage<T> = { rows: [], unreadable: [], next: null }
    for (const item of list.value) {
      const parsed = schema.safeParse(plain(set, item))
      if (parsed.success) page.rows.push(parsed.data)
      else page.unreadable.push(Reference.safeParse(item).data?.ID ?? 'unknown')
    }
    const link = list['@odata.nextLink']
    const skipped = Number(/[?&]\$skip=(\d+)/.exec(here)?.[1] ?? 0)
    if (link) page.next = ownPath(link)
    else if (list.value.length > 0) page.next = path(skipped + list.value.length)
    return page
  }

  /** Only the configured host is ever called (design 17). */
  function ownPath(link: string): string {
    const base = `${options.baseUrl}/`
    const target = new URL(link, `${base}odata/`).href
    if (target.startsWith(base)) return target.slice(base.length)
    throw new SyncError('tribe.foreign_link', 'time', 'Tribe pointed to another host for the next page')
  }

  /** All rows; one that comes twice because something changed between pages is given once. */
  async function all<T extends { ID: string }>(
    schema: z.ZodType<T>,
    set: string,
    query: Query,
  ): Promise<T[]> {
    const rows = new Map<string, T>()
    let page = await pageOf(schema, set, query)
    for (;;) {
      for (const row of page.rows) rows.set(row.ID, row)
      if (page.next === null) return [...rows.values()]
      page = await pageOf(schema, set, query, page.next)
    }
  }

  async function written(
    method: 'POST' | 'PUT',
    path: string,
    set: string,
    fields: Record<string, unknown>,
  ): Promise<Written | null> {
    const answer = await send(method, `odata/${path}`, wire(set, fields))
    return Written.safeParse(plain(set, answer.json)).data ?? null
  }

  /**
   * Changes a record. How a field is emptied is unknown (§2.7): by null, and where that is refused or
   * passed over, by an empty text. The answer tells what Tribe holds then, as far as it answers.
   */
  async function update(set: string, id: string, fields: Record<string, unknown>): Promise<Written | null> {
    const path = `${set}(${id})`
    const empties = Object.keys(fields).filter((name) => fields[name] === null)
    const withBlanks = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '']))
    let answer: Written | null
    try {
      answer = await written('PUT', path, set, fields)
    } catch (thrown) {
      if (!(thrown instanceof ApiError) || thrown.status !== 400 || empties.length === 0) throw thrown
      return written('PUT', path, set, { ...fields, ...withBlanks(empties) })
    }
    const stubborn = empties.filter((name) => typeof answer?.[name] === 'string' && answer[name] !== '')
    return stubborn.length > 0 ? written('PUT', path, set, withBlanks(stubborn)) : answer
  }

  return {
    /** The organisation that owns this Tribe; several or none is `tribe.identity_unclear` (§1.7). */
    async ownOrganization(): Promise<{ id: string; name: string }> {
      const path = `Relationship_Organization_Identity?${queryString({ $select: 'Name', $expand: 'Relation($select=ID)' })}`
      const list = shaped('tribe', List, (await send('GET', `odata/${path}`)).json)
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
      for (const form of ['odata/$metadata', 'odata/$metadata?$format=json']) {
        try {
          const accept = form.endsWith('json') ? 'application/json' : 'application/xml'
          const answer = await authorized((headers) =>
            callForText(api, {
              method: 'GET',
              url: `${options.baseUrl}/${form}`,
              headers: { ...headers, accept },
            }),
          )
          const metadata = parseMetadata(answer.text)
          if (metadata) return metadata
        } catch (thrown) {
          if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
        }
      }
      return null
    },

    async findRole(set: string, id: string): Promise<Role | null> {
      return one(Role, set, `${set}(${id})?${queryString(ask(set))}`)
    },

    async allRoles(set: string): Promise<Role[]> {
      return all(Role, set, ask(set))
    },

    async rolesWhere(set: string, filter: string): Promise<Role[]> {
      return all(Role, set, { ...ask(set), $filter: filter })
    },

    /** The roles that these relations play: the path leads from the role to the relation, `Organization/ID`. */
    async rolesOf(set: string, path: string, relationIds: readonly string[]): Promise<Role[]> {
      return this.rolesWhere(set, anyOf(path, relationIds))
    },

    /** Roles where the role itself or a record that comes along changed since then, a page a call. */
    async changedRoles(set: string, since: string, from?: string): Promise<TribePage<Role>> {
      const filter = (WATCHED[set] ?? ['']).map((path) => changedSince(since, path)).join(' or ')
      return pageOf(Role, set, { ...ask(set), $filter: filter }, from)
    },

    /** `contains` is proven for `ImportId` and `eq` is not; it ignores case, so we compare once more (§5.9). */
    async findRoleByImportId(set: string, importId: string): Promise<Role | null> {
      const rows = await this.rolesWhere(set, `contains(ImportId,${literal(importId)})`)
      return rows.find((row) => row.ImportId === importId) ?? null
    },

    async create(set: string, fields: Record<string, unknown>): Promise<Written | null> {
      return written('POST', set, set, fields)
    },

    update,

    /** Whose address it is; null when it is gone, or belongs to neither an organisation nor a person. */
    async ownerOfAddress(
      id: string,
    ): Promise<{ organizationId: string | null; personId: string | null } | null> {
      const Owned = z.looseObject({ Organization: Reference.nullish(), Person: Reference.nullish() })
      const expand = { $expand: 'Organization($select=ID),Person($select=ID)' }
      const found = await one(Owned, 'Address', `Address(${id})?${queryString(expand)}`)
      const owner = { organizationId: found?.Organization?.ID ?? null, personId: found?.Person?.ID ?? null }
      return owner.organizationId || owner.personId ? owner : null
    },

    /** What kind of record this is, with dots; null when Tribe does not know it. */
    async typeOf(id: string): Promise<string | null> {
      if (!isGuid(id)) return null
      return (await one(AnyEntity, 'Entity', `Entity(${id})`))?._Type ?? null
    },

    async countries(): Promise<Country[]> {
      return all(Country, 'Datastore_Country', { $select: 'ID,Code' })
    },

    async webhooks(): Promise<Webhook[]> {
      const { json } = await send('GET', 'webhooks')
      const rows = Array.isArray(json) ? json : (List.safeParse(json).data?.value ?? [])
      return rows.flatMap((row) => Webhook.safeParse(row).data ?? [])
    },

    async createWebhook(hook: WebhookToRegister): Promise<Webhook | null> {
      const { json } = await send('POST', 'webhooks', hook)
      return Webhook.safeParse(json).data ?? null
    },

    async deleteWebhook(id: string): Promise<void> {
      try {
        await send('DELETE', `webhooks/${encodeURIComponent(id)}`)
      } catch (thrown) {
        if (!(thrown instanceof ApiError) || thrown.status !== 404) throw thrown
      }
    },
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
