import { expect } from 'vitest'
import { tribeIdIn } from '../../src/shared/reference'
import type { Relay, Tenant } from '../stories/relay'

/** What a dry run tells, and what then happens, in the same words: `side kind record field`. */

export interface Noted {
  side: string
  kind: string
  tribeId: string | null
  powerOfficeId: string | null
  action: string
  fields: string[]
}

export async function tried(tenant: Tenant, change: object) {
  const begun = await tenant.api('POST', '/dry-run', change)
  expect([begun.status, begun.body.error]).toEqual([202, undefined])
  await tenant.quiet()
  const { body } = await tenant.api('GET', `/dry-run/${begun.body.dryRunId}?pageSize=500`)
  expect(body.state).toBe('done')
  return { id: begun.body.dryRunId as string, ...body, records: body.records as Noted[] }
}

export const predicted = (records: readonly Noted[]): string[] =>
  records
    .flatMap(({ side, kind, tribeId, powerOfficeId, fields }) =>
      fields.map((field) => `${side} ${kind} ${powerOfficeId ?? tribeId} ${field}`),
    )
    .toSorted()

interface Entry {
  kind: string
  tribe_id: string
  power_office_id: string
  event: string
  details: string
}

/** What the relay's timeline says was written, and of invoices what both systems were told. */
export async function written(relay: Relay, tenant: Tenant, act: () => Promise<unknown>): Promise<string[]> {
  const [{ last }] = (await relay.sql('select coalesce(max(id), 0) as last from timeline')) as [
    { last: number },
  ]
  const before = new Set(tenant.books.salesOrders().map(({ Id }) => Id))
  const invoiceOf = new Map((await invoiceLinks(relay, tenant)).map(({ books, crm }) => [books, crm]))
  relay.tribe.log.clear()
  relay.powerOffice.log.clear()
  await act()
  await tenant.quiet()
  const rows = await relay.sql<Entry & Record<string, unknown>>(
    'select * from timeline where tenant_id = ? and id > ?',
    tenant.id,
    last,
  )
  const told = rows.flatMap(({ kind, tribe_id, power_office_id, event, details }) => {
    const [, what, system] = /^(created-in|updated)-(tribe|poweroffice)$/.exec(event) ?? []
    if (!what || (kind === 'invoice' && system === 'poweroffice')) return []
    const { fields = [], number } = JSON.parse(details)
    const side = system === 'tribe' ? 'tribe' : 'powerOffice'
    const id = event === 'created-in-poweroffice' || kind === 'invoice' ? tribe_id : power_office_id
    const back = event === 'created-in-poweroffice' && number ? [`tribe ${kind} ${id} number`] : []
    return [...fields.map((field: string) => `${side} ${kind} ${id} ${field}`), ...back]
  })
  for (const { crm, books } of await invoiceLinks(relay, tenant)) invoiceOf.set(books, crm)
  const among = new Set([...told, ...inBooks(tenant, before, invoiceOf), ...inTribe(tenant)])
  return [...among, ...groupsIn(tenant), ...genericsIn(tenant)].toSorted()
}

const invoiceLinks = (relay: Relay, tenant: Tenant) =>
  relay.sql<{ crm: string; books: string }>(
    `select tribe_id as crm, power_office_id as books from links where tenant_id = ? and kind = 'invoice'`,
    tenant.id,
  )

/** Of an invoice that is made only that; what comes after is PowerOffice's. */
function inBooks(tenant: Tenant, before: ReadonlySet<string>, invoiceOf: ReadonlyMap<string, string>) {
  return tenant.calls(/^(POST|PATCH|PUT|DELETE)/).flatMap(({ method, path, body }) => {
    const orderId = /SalesOrders\/([0-9a-f-]{36})/.exec(path)?.[1]
    const told = (id: string | null | undefined, ...fields: string[]) =>
      fields.map((field) => `powerOffice invoice ${id} ${field}`)
    if (/SalesOrders\/Complete$|Vouchers\/\w+$/.test(path) && method === 'POST')
      return told(
        tribeIdIn(JSON.parse(String(body)).ExternalImportReference),
        'date',
        'currency',
        'lines',
        'total',
      )
    if (!orderId || !before.has(orderId)) return []
    if (/\/attachments$/.test(path)) return told(invoiceOf.get(orderId), 'attachments')
    if (/CreateAndSendInvoice$/.test(path)) return told(invoiceOf.get(orderId), 'state')
    return told(invoiceOf.get(orderId), 'lines')
  })
}

/** Product groups that were made, by their ids in the other system. */
function groupsIn(tenant: Tenant): string[] {
  const { crm, books } = tenant
  const there = (name: unknown) => books.productGroups().find(({ Name }) => Name === name)?.Id ?? null
  const here = (name: unknown) => crm.all('ProductGroup').find(({ Name }) => Name === name)?.ID ?? null
  const named = (calls: { method: string; path: string; body: unknown }[]) =>
    calls.flatMap(({ method, path, body }) =>
      method === 'POST' && /\/ProductGroups?$/.test(path) ? [JSON.parse(String(body)).Name] : [],
    )
  return [
    ...named(tenant.calls(/^POST/)).map((name) => `powerOffice productGroup ${here(name)} name`),
    ...named(tenant.tribeWrites()).map((name) => `tribe productGroup ${there(name)} name`),
  ]
}

/** Products for lines that have none of their own. */
function genericsIn(tenant: Tenant): string[] {
  const made = tenant
    .calls(/^POST .*\/Products$/)
    .filter(({ body }) => String(JSON.parse(String(body)).Code).startsWith('RELAY-VAT-'))
  return made.flatMap(() => ['code', 'name', 'vatCode'].map((field) => `powerOffice product null ${field}`))
}

function inTribe(tenant: Tenant): string[] {
  return tenant.tribeWrites().flatMap(({ path, body }) => {
    const { ID, Invoice, Phase } = JSON.parse(String(body) || '{}')
    if (/Payment/.test(path)) {
      const invoiceId =
        Invoice?.ID ?? (tenant.crm.get(ID, 'Invoice')?.Invoice as { ID: string } | undefined)?.ID
      return [`tribe invoice ${invoiceId} payments`]
    }
    return Phase ? [`tribe invoice ${ID} state`] : []
  })
}
