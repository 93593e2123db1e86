import type { z } from 'zod'
import { type ApiAnswer, type ApiCall, callApi, shaped } from '../shared/api'
import { ApiError, SyncError } from '../shared/errors'
import type { Tokens } from '../shared/tokens'
import type { Gate } from './gate'
import { ClientInformation, Contact, Pagination, PaymentTerm } from './schemas'

export type ContactKind = 'customer' | 'supplier' | 'contactPerson'

/** Names one contact; a contact person is found below the contact that it belongs to. */
export interface ContactId {
  id: string
  parentId: string | null
}

/** One change of a JSON Patch; paths are PascalCase (§4.6). */
export interface PatchOperation {
  op: 'replace' | 'add'
  path: string
  value: unknown
}

export interface Page<T> {
  rows: T[]
  /** Ids of rows that did not have the shape we know: a person has to look at them. */
  unreadable: string[]
  isLast: boolean
}

export interface PageQuery {
  page: number
  pageSize: number
  orderBy: string
  /** Strictly after (§4.9); canonical UTC, as `dates.ts` writes it. */
  changedAfter?: string
}

export interface PowerOfficeOptions {
  baseUrl: string
  subscriptionKey: string
  fetch: typeof fetch
  timeoutMs: number
  tokens: Tokens
  gate: Gate
  /** Runs the writes of one PowerOffice client strictly one after another: it answers 503 otherwise (§4.2). */
  oneAtATime: <T>(write: () => Promise<T>) => Promise<T>
}

export type PowerOffice = ReturnType<typeof createPowerOffice>

const PATH = { customer: 'Customers', supplier: 'Suppliers', contactPerson: 'ContactPersons' } as const
const listOf = (kind: ContactKind, parentId: string | null) =>
  parentId === null ? PATH[kind] : `${PATH[kind]}/${encodeURIComponent(parentId)}`
const pathOf = (kind: ContactKind, { id, parentId }: ContactId) =>
  `${listOf(kind, parentId)}/${encodeURIComponent(id)}`
const TRIES_AFTER_429 = 3
/** The most rows that a page may hold (§4.3). */
const MOST_ROWS = 20_000

/**
 * PowerOffice Go, one method for each call we make. Every method throws an ApiError (see `shared/api.ts`);
 * a key that is refused is `reconnect`. Every call, retries included, waits for its turn at the gate.
 */
export function createPowerOffice(options: PowerOfficeOptions) {
  const api = { system: 'poweroffice' as const, fetch: options.fetch, timeoutMs: options.timeoutMs }

  async function send(
    method: ApiCall['method'],
    path: string,
    body?: { json: unknown; type: string },
  ): Promise<ApiAnswer> {
    let renewed = false
    for (let tries = 1; ; tries++) {
      const token = await options.tokens.current()
      await options.gate.turn()
      try {
        return await callApi(api, {
          method,
          url: `${options.baseUrl}/${path}`,
          headers: {
            authorization: `Bearer ${token}`,
            'ocp-apim-subscription-key': options.subscriptionKey,
            ...(body ? { 'content-type': body.type } : {}),
          },
          ...(body ? { body: JSON.stringify(body.json) } : {}),
        })
      } catch (thrown) {
        if (!(thrown instanceof ApiError)) throw thrown
        // A 429 was not executed, so it may be sent again, writes too (§4.2).
        if (thrown.status === 429 && tries < TRIES_AFTER_429) {
          await options.gate.hold(Math.max(1, thrown.retryAfterSeconds ?? 1) * 1000)
        } else if (thrown.status === 401 && !renewed) {
          renewed = true
          await options.tokens.drop(token)
        } else {
          throw thrown
        }
      }
    }
  }

  const get = (path: string) => send('GET', path)
  const write = (method: 'POST' | 'PATCH', path: string, json: unknown) => {
    const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/json'
    return options.oneAtATime(() => send(method, path, { json, type }))
  }

  async function page<T>(
    schema: z.ZodType<T>,
    path: string,
    query: Record<string, string | number>,
    pageSize: number,
  ): Promise<Page<T>> {
    const answer = await get(`${path}?${queryString({ ...query, PageSize: pageSize })}`)
    if (answer.status === 204) return { rows: [], unreadable: [], isLast: true }
    return { ...rowsOf(schema, answer.json), isLast: isLastPage(answer, pageSize) }
  }

  return {
    async clientInformation(): Promise<ClientInformation> {
      return shaped('poweroffice', ClientInformation, (await get('ClientIntegrationInformation')).json)
    },

    /** Customers or suppliers, archived ones too. */
    async contacts(kind: ContactKind, query: PageQuery): Promise<Page<Contact>> {
      return page(Contact, PATH[kind], listQuery(query), query.pageSize)
    },

    /** How many contacts there are, persons too; one call for each 20,000. */
    async countContacts(kind: ContactKind): Promise<number> {
      for (let page = 1, count = 0; ; page++) {
        const query = { Fields: 'Id', OrderBy: 'Id asc', PageNumber: page, PageSize: MOST_ROWS }
        const answer = await get(`${PATH[kind]}?${queryString(query)}`)
        count += Array.isArray(answer.json) ? answer.json.length : 0
        if (answer.status === 204 || isLastPage(answer, MOST_ROWS)) return count
      }
    },

    /** Null when there is no such contact, or not in this role. */
    async findContact(kind: ContactKind, which: ContactId): Promise<Contact | null> {
      try {
        return shaped('poweroffice', Contact, (await get(pathOf(kind, which))).json)
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.status === 404) return null
        throw thrown
      }
    },

    /** The contact that carries our reference; references are unique within a kind (§9). */
    async findContactByReference(kind: ContactKind, reference: string): Promise<Contact | null> {
      const filter = kind === 'contactPerson' ? 'externalCodes' : 'externalImportReference'
      const query = { [filter]: reference, PageNumber: 1, OrderBy: 'Id asc' }
      const { rows } = await page(Contact, PATH[kind], query, 10)
      return rows.find((row) => (row.ExternalImportReference ?? row.ExternalCode) === reference) ?? null
    },

    /** The contact with that number, in this role. */
    async findContactByNumber(kind: 'customer' | 'supplier', number: string): Promise<Contact | null> {
      if (!/^\d{1,15}$/.test(number)) return null
      const query = {
        [kind === 'customer' ? 'customerNos' : 'supplierNos']: number,
        PageNumber: 1,
        OrderBy: 'Id asc',
      }
      const { rows } = await page(Contact, PATH[kind], query, 10)
      return rows.find((row) => String(row.Number) === number) ?? null
    },

    /** The contact persons of one contact. */
    async personsOf(contactId: string): Promise<Contact[]> {
      const query = { contactIds: contactId, PageNumber: 1, OrderBy: 'Id asc' }
      return (await page(Contact, PATH.contactPerson, query, 5000)).rows
    },

    /**
     * Makes a contact. When the reference is taken, its holder is what we made earlier and forgot: it is
     * given back instead (§5.2).
     */
    async createContact(kind: ContactKind, parentId: string | null, contact: object): Promise<Contact> {
      try {
        return shaped(
          'poweroffice',
          Contact,
          (await write('POST', listOf(kind, parentId), contact)).json,
          true,
        )
      } catch (thrown) {
        const holder = thrown instanceof ApiError && thrown.status === 400 && holderOf(thrown.said)
        const found = holder ? await this.findContact(kind, { id: holder, parentId }) : null
        if (found) return found
        throw thrown
      }
    },

    async patchContact(kind: ContactKind, which: ContactId, changes: PatchOperation[]): Promise<Contact> {
      const answer = await write('PATCH', pathOf(kind, which), changes)
      return shaped('poweroffice', Contact, answer.json, true)
    },

    async paymentTerms(): Promise<PaymentTerm[]> {
      return (await page(PaymentTerm, 'PaymentTerms', { PageNumber: 1, OrderBy: 'Id asc' }, 5000)).rows
    },
  }
}

function listQuery({ page, orderBy, changedAfter }: PageQuery): Record<string, string | number> {
  const since = changedAfter === undefined ? {} : { lastChangedDateTimeOffsetGreaterThan: changedAfter }
  return { ...since, PageNumber: page, OrderBy: orderBy }
}

/** A blank filter would return everything (§4.4): it is a bug of ours, stopped here. */
function queryString(query: Record<string, string | number>): string {
  return Object.entries(query)
    .map(([name, value]) => {
      if (value === '')
        throw new SyncError(
          'relay.blank_filter',
          'data',
          `The relay would have sent a blank filter "${name}"`,
        )
      return `${name}=${encodeURIComponent(value)}`
    })
    .join('&')
}

/** One bad row never blocks the others: it is told by its id. */
function rowsOf<T>(schema: z.ZodType<T>, json: unknown): { rows: T[]; unreadable: string[] } {
  if (!Array.isArray(json))
    throw new ApiError(
      'poweroffice.unreadable_answer',
      'time',
      'PowerOffice answered something that is no list',
      200,
    )
  const rows: T[] = []
  const unreadable: string[] = []
  for (const item of json) {
    const parsed = schema.safeParse(item)
    if (parsed.success) rows.push(parsed.data)
    else unreadable.push(idOf(item))
  }
  return { rows, unreadable }
}

function idOf(item: unknown): string {
  const id = typeof item === 'object' && item !== null && 'Id' in item ? item.Id : null
  return typeof id === 'number' || typeof id === 'string' ? String(id) : 'unknown'
}

function isLastPage(answer: ApiAnswer, pageSize: number): boolean {
  const header = answer.headers.get('x-pagination')
  if (header) {
    try {
      const pagination = Pagination.safeParse(JSON.parse(header))
      if (pagination.success && pagination.data.nextPageLink !== undefined)
        return pagination.data.nextPageLink === null
    } catch {
      // Not JSON: as good as missing.
    }
  }
  return Array.isArray(answer.json) && answer.json.length < pageSize
}

/** "ExternalImportReference is already in use. '…' is used on (contact) Id = 123." → "123" */
function holderOf(said: string | null): string | null {
  if (!said || !/already in use/i.test(said)) return null
  return /Id\s*=\s*(\d+)/.exec(said)?.[1] ?? null
}
