import { expect, test, vi } from 'vitest'
import type { TownTenant } from '../platform/town'
import { booked, useBookkeeping } from './bookkeeping'

/** A dry run puts no file anywhere, though an order waits for some. */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()

const filesIn = ({ books }: TownTenant) =>
  [...books.salesOrders(), ...books.postedInvoices()]
    .flatMap(({ Id }) => books.filesOn(Id).map(({ name }) => name))
    .toSorted()

test.each(['draft', 'book', 'send'] as const)(
  'mode %s: it tells that files would go, and each goes once',
  async (mode) => {
    const kit = begin()
    const { town } = kit
    const settings = { invoices: { mode, attachments: 'all', pdfToTribe: false } }
    const tenant = await kit.tenant({ settings })
    const roleId = await kit.customer(tenant)
    const id = tenant.crm.hasInvoice({ roleId, silent: true })
    for (const name of ['a.txt', 'b.txt']) {
      const data = new TextEncoder().encode(name)
      tenant.crm.hasAttachment(id, { name, mimeType: 'text/plain', data }, { silent: true })
    }
    const fault = town.tribe.faults.add({
      name: 'error-before',
      on: /odata-file/,
      times: Number.POSITIVE_INFINITY,
    })
    tenant.crm.sendInvoice(id)
    // Long enough that the order's own next look is some minutes away.
    await town.passMinutes(20)
    fault.lift()
    const since = town.calls.length
    const asked = { settings: { conflictPolicy: 'tribe' } }
    const { dryRunId } = await kit.api(tenant, 'POST', '/dry-run', asked)
    const read = () => kit.api(tenant, 'GET', `/dry-run/${dryRunId}`)
    while ((await read()).state === 'running') await town.passMinutes(1 / 60)
    expect([kit.writesSince(since), filesIn(tenant)]).toEqual([[], []])
    const { state, writes } = await read()
    expect(state).toBe('done')
    expect(writes).toContainEqual({ side: 'powerOffice', kind: 'invoice', field: 'attachments', count: 1 })
    await kit.quiet()
    expect(filesIn(tenant)).toEqual(['2026-0001.pdf', 'a.txt', 'b.txt'])
    expect(booked(tenant)).toEqual(mode === 'draft' ? { drafts: 1, posted: 0 } : { drafts: 0, posted: 1 })
  },
)
