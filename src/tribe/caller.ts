import type * as z from 'zod/v4'
import { type ApiAnswer, type ApiCall, callApi, callForBytes, callForText, shaped } from '../shared/api'
import { type ContractWatch, type Known, NOTHING_MORE, readAs } from '../shared/contract'
import { ApiError, SyncError } from '../shared/errors'
import type { Limit } from '../shared/limit'
import { carriableBody } from '../shared/texts'
import type { Tokens } from '../shared/tokens'
import { changeWithAddress, holdersOfAddress, newAddressIn } from './along'
import { Choice, createChoices, type OwnMember } from './choices'
import type { Dialect } from './dialect'
import { createChange, type HowToEmpty } from './emptying'
import { queryString } from './odata'
import { PAGE_SIZE, pageAfter, pageBefore, placeIn } from './paging'
import { Address, List, Reference, Written } from './schemas'
import { ADDRESS } from './sets'
import { spellingOf } from './spelling'
import { type Lane, type TribeBudget, UNLIMITED, withTurn } from './window'

/** How any call to Tribe is made: token, pages, writes (API.md §1, §2). */

export interface TribeOptions {
  /** With `/v1`. */
  baseUrl: string
  fetch: typeof fetch
  timeoutMs: number
  /** Called right before each write leaves; throws when it may not leave any more. */
  mayWrite?: () => void
  tokens: Tokens
  dialect: Dialect
  /** At most four calls of a tenant at once. */
  limit: Limit
  /** Where each call waits for its turn; left out, calls leave at once. */
  budget?: TribeBudget
  /** Pushes, and what a person waits for, go before loads and polls. */
  lane?: Lane
  /** Members that an admin mapped: read along, and written typed. */
  own?: readonly OwnMember[]
  /** Tribe refused a call that asks for such members. */
  onOwnRefused?: () => Promise<void>
  /** Is told how answers compare with what is read of them. */
  watch?: ContractWatch
  /** What was learned of this Tribe's ways, as long as it is remembered. */
  notes?: Map<string, unknown>
}

export type Query = Record<string, string | undefined>

export interface TribePage<T> {
  rows: T[]
  unreadable: string[]
  /** Where the next page is; null after the last. */
  next: string | null
}

export type Caller = ReturnType<typeof createCaller>

export function createCaller(options: TribeOptions) {
  const { dialect, limit, budget = UNLIMITED, lane = 'push', notes = new Map() } = options
  const { fetch, timeoutMs, mayWrite = () => undefined } = options
  const { own = [], watch } = options
  const { ask, plain, wire, named } = spellingOf(dialect, own)
  const ownNamed = (set: string, name: string) => own.find((one) => one.set === set && one.name === name)
  const api = { system: 'tribe' as const, fetch, timeoutMs, mayWrite }

  async function authorized<T>(run: (headers: Record<string, string>) => Promise<T>): Promise<T> {
    for (let renewed = false; ; renewed = true) {
      const token = await options.tokens.current()
      try {
        const headers = { authorization: `Bearer ${token}` }
        return await limit(() => withTurn(budget, lane, () => run(headers)), lane)
      } catch (thrown) {
        if (!(thrown instanceof ApiError) || thrown.status !== 401 || renewed) throw thrown
        await options.tokens.drop(token)
      }
    }
  }

  async function send(method: ApiCall['method'], path: string, json?: object): Promise<ApiAnswer> {
    try {
      return await authorized((headers) =>
        callApi(api, {
          method,
          url: `${options.baseUrl}/${path}`,
          headers: json ? { ...headers, 'content-type': 'application/json' } : headers,
          ...(json ? { body: JSON.stringify(json) } : {}),
        }),
      )
    } catch (thrown) {
      if (method === 'GET' && thrown instanceof ApiError && thrown.status === 400)
        if (own.some(({ name }) => path.includes(name))) await options.onOwnRefused?.()
      throw thrown
    }
  }

  /** What was answered, as the schema reads it; what cannot be read is the other side's trouble. */
  function inShape<T>(schema: z.ZodType<T>, set: string, record: unknown): T {
    const known = knownOf(set)
    const found = readAs(schema, record, known, watch)
    if (!found) return shaped('tribe', schema, record)
    watch?.read(known, [record])
    return found.row
  }

  async function one<T>(schema: z.ZodType<T>, set: string, path: string): Promise<T | null> {
    try {
      const answer = await send('GET', `odata/${path}`)
      return inShape(schema, set, plain(set, answer.json))
    } catch (thrown) {
      // A gateway that does not know the path says nothing of the record.
      if (thrown instanceof ApiError && thrown.code === 'tribe.not_found') return null
      throw thrown
    }
  }

  /** One page of a list: the first, or where `from` points. Unreadable rows are told by their id. */
  async function pageOf<T>(
    schema: z.ZodType<T>,
    set: string,
    query: Query,
    from?: string,
  ): Promise<TribePage<T>> {
    const pathAt = (skip: number) =>
      `odata/${set}?${queryString({ ...query, $orderby: 'CreationDate asc,ID asc', $top: PAGE_SIZE, $skip: skip })}`
    const place = placeIn(from ?? pathAt(0))
    const list = inShape(List, set, (await send('GET', place.path)).json)
    const ids = list.value.map((item) => Reference.safeParse(item).data?.ID ?? null)
    const back = pageBefore(place, ids, pathAt)
    if (back !== null) return pageOf(schema, set, query, back)
    const isSeenBefore = (at: number) => place.last !== null && ids[at] === place.last
    const items = list.value.map((item, at) => ({ item, id: ids[at] ?? 'unknown' }))
    const read = rowsIn(
      schema,
      set,
      items.filter((_, at) => !isSeenBefore(at)),
    )
    const link = list['@odata.nextLink']
    return { ...read, next: pageAfter(place, ids, { link: link ? ownPath(link) : null, pathAt }) }
  }

  function rowsIn<T>(
    schema: z.ZodType<T>,
    set: string,
    items: readonly { item: unknown; id: string }[],
  ): Pick<TribePage<T>, 'rows' | 'unreadable'> {
    const page: Pick<TribePage<T>, 'rows' | 'unreadable'> = { rows: [], unreadable: [] }
    const whole: unknown[] = []
    for (const { item, id } of items) {
      const record = plain(set, item)
      const found = readAs(schema, record, knownOf(set), watch)
      if (!found) page.unreadable.push(id)
      else {
        page.rows.push(found.row)
        whole.push(record)
      }
    }
    watch?.read(knownOf(set), whole)
    return page
  }

  /** Only the configured host is ever called (DESIGN.md §1.13). */
  function ownPath(link: string): string {
    const base = `${options.baseUrl}/`
    const target = new URL(link, `${base}odata/`).href
    if (target.startsWith(base)) return target.slice(base.length)
    throw new SyncError('tribe.foreign_link', 'time', 'Tribe pointed to another host for the next page')
  }

  /** The first row of a list, by the order that the query asks for. */
  async function first<T>(
    schema: z.ZodType<T>,
    set: string,
    query: Readonly<Record<string, string | number | undefined>>,
  ): Promise<T | null> {
    return (await firstRows(schema, set, query))[0] ?? null
  }

  /** The first rows of a list, as many as the query asks for and one page holds. */
  async function firstRows<T>(
    schema: z.ZodType<T>,
    set: string,
    query: Readonly<Record<string, string | number | undefined>>,
  ): Promise<T[]> {
    const list = inShape(List, set, (await send('GET', `odata/${set}?${queryString(query)}`)).json)
    return list.value.map((row) => inShape(schema, set, plain(set, row)))
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

  const { choicesIn, withChoices } = createChoices({
    notes,
    ownNamed,
    all: (set) => all(Choice, set, { $select: '_Name' }),
  })

  async function written(
    method: 'POST' | 'PUT',
    path: string,
    set: string,
    fields: Record<string, unknown>,
  ): Promise<Written | null> {
    const chosen = own.length === 0 ? fields : await withChoices(set, fields)
    const answer = await send(method, `odata/${path}`, carriableBody(wire(set, chosen)) as object)
    return Written.safeParse(plain(set, answer.json)).data ?? null
  }

  const change = createChange({ notes, ownNamed, ask, written, one })

  /** Changes a record, and gives it the address that is among the members. */
  async function update(
    set: string,
    id: string,
    fields: Record<string, unknown>,
    how?: HowToEmpty,
  ): Promise<Written | null> {
    const address = newAddressIn(set, fields)
    if (!address) return change(set, id, fields, how)
    const parts = {
      notes,
      change: (to: string, of: string, some: Record<string, unknown>) => change(to, of, some, how),
      create: (some: Record<string, unknown>) => written('POST', ADDRESS, ADDRESS, some),
      remove: (addressId: string) => send('DELETE', `odata/${ADDRESS}(${addressId})`).catch(() => undefined),
      addressesOf: (link: string, of: string) =>
        all(Address, ADDRESS, { ...ask(ADDRESS), $filter: `${link}/ID eq ${of}` }),
      holdersOf,
    }
    return changeWithAddress(parts, { set, id, fields }, address)
  }

  const holdersOf = (addressId: string): Promise<string[]> =>
    holdersOfAddress(addressId, named, async (set, $filter) => {
      const { rows } = await pageOf(Reference, set, { $select: 'ID', $filter })
      return rows.map(({ ID }) => ID)
    })

  /** A document that is not JSON. */
  const text = (path: string, accept: string): Promise<string> =>
    authorized(async (headers) => {
      const call = {
        method: 'GET' as const,
        url: `${options.baseUrl}/${path}`,
        headers: { ...headers, accept },
      }
      return (await callForText(api, call)).text
    })

  /** A file, of so many bytes at most. */
  const bytes = (path: string, most: number): Promise<Uint8Array<ArrayBuffer>> =>
    authorized((headers) =>
      callForBytes(
        api,
        { method: 'GET', url: `${options.baseUrl}/${path}`, headers: { ...headers, accept: '*/*' } },
        most,
      ),
    )

  return {
    choicesIn,
    send,
    text,
    bytes,
    ask,
    named,
    one,
    first,
    firstRows,
    all,
    pageOf,
    written,
    update,
    holdersOf,
  }
}

/** Which members a record has, Tribe's own metadata says. */
const knownOf = (set: string): Known => ({ system: 'tribe', name: set, ...NOTHING_MORE })
