import { describe, expect, test, vi } from 'vitest'
import type { TownTenant } from '../platform/town'
import { booked, codesOf, NIGHT, POLL, useBookkeeping } from './bookkeeping'

/** What PowerOffice has refused waits for a person: a Tribe in which nothing happens is no reason to ask again. */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()

describe.each(['draft', 'book', 'voucher'])('in the mode %s', (mode) => {
  test('an invoice that is refused is sent once, until it changes or the night comes', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ settings: { invoices: { mode } } })
    const roleId = await kit.customer(tenant)
    const id = tenant.crm.hasInvoice({ roleId, currency: 'ZZZ', silent: true })
    tenant.crm.sendInvoice(id)
    await kit.quiet()
    // What the events named besides is asked of the poll.
    const since = kit.town.calls.length
    for (let n = 0; n < 4; n++) {
      await kit.town.passMinutes(15)
      await kit.tick(POLL)
    }
    expect([codesOf(tenant), kit.writesSince(since)]).toEqual([['invoice.currency_unknown'], []])
    await kit.tick(NIGHT)
    expect([codesOf(tenant), kit.writesSince(since)]).toEqual([
      ['invoice.currency_unknown'],
      [expect.stringMatching(/^POST /)],
    ])
    // Its event is lost.
    tenant.crm.edit(id, { Currency: 'NOK' }, { silent: true })
    await kit.town.passMinutes(15)
    await kit.tick(POLL)
    expect([codesOf(tenant), booked(tenant)]).toEqual([
      [],
      mode === 'draft' ? { drafts: 1, posted: 0 } : { drafts: 0, posted: 1 },
    ])
  })

  test('an event of it, and somebody who tries again, is a reason', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ settings: { invoices: { mode } } })
    const id = tenant.crm.hasInvoice({ roleId: await kit.customer(tenant), currency: 'ZZZ' })
    tenant.crm.sendInvoice(id)
    await kit.quiet()
    for (const again of [
      () => tenant.crm.edit(id, { Subject: 'Prosjekt Fjell' }),
      () => kit.api(tenant, 'POST', '/jobs/retry', {}),
    ]) {
      const since = kit.town.calls.length
      await again()
      await kit.quiet()
      expect(kit.writesSince(since)).toEqual([expect.stringMatching(/^POST /)])
      expect(codesOf(tenant)).toEqual(['invoice.currency_unknown'])
    }
  })
})

const FORBIDDEN = /Umulig/
const KINDS: [string, (crm: TownTenant['crm']) => string, (crm: TownTenant['crm'], id: string) => void][] = [
  [
    'customer',
    (crm) => crm.hasCustomer({ organization: { Name: 'Umulig AS' } }).organizationId,
    (crm, id) => crm.edit(id, { Name: 'Mulig AS' }, { silent: true }),
  ],
  [
    'supplier',
    (crm) => crm.hasSupplier({ organization: { Name: 'Umulig AS' } }).organizationId,
    (crm, id) => crm.edit(id, { Name: 'Mulig AS' }, { silent: true }),
  ],
  [
    'contact person',
    (crm) => {
      const { organizationId } = crm.hasCustomer({ organization: { Name: 'Fjell AS' } })
      return crm.hasContact({ organizationId, person: { FirstName: 'Ada', LastName: 'Umulig' } }).personId
    },
    (crm, id) => crm.edit(id, { LastName: 'Mulig' }, { silent: true }),
  ],
  [
    'product',
    (crm) => crm.hasProduct({ Name: 'Umulig' }),
    (crm, id) => crm.edit(id, { Name: 'Mulig' }, { silent: true }),
  ],
]

test.each(KINDS)(
  'a %s that is refused as a whole is sent once, until it changes or the night comes',
  async (_kind, make, mend) => {
    const kit = begin()
    const tenant = await kit.tenant({
      settings: { relations: { enabled: true }, products: { enabled: true } },
      powerOffice: { refuses: { Name: FORBIDDEN, LastName: FORBIDDEN } },
    })
    const id = make(tenant.crm)
    await kit.quiet()
    const [code] = codesOf(tenant)
    expect(code).toMatch(/./)
    const since = kit.town.calls.length
    for (let n = 0; n < 4; n++) {
      await kit.town.passMinutes(15)
      await kit.tick(POLL)
    }
    expect([codesOf(tenant), kit.writesSince(since)]).toEqual([[code], []])
    for (let night = 1; night <= 2; night++) {
      const evening = kit.town.calls.length
      await kit.tick(NIGHT)
      expect([codesOf(tenant), kit.writesSince(evening)]).toEqual([[code], [expect.stringMatching(/^POST /)]])
      const morning = kit.town.calls.length
      for (let n = 0; n < 4; n++) {
        await kit.town.passMinutes(15)
        await kit.tick(POLL)
      }
      expect(kit.writesSince(morning)).toEqual([])
      await kit.town.passMinutes(23 * 60)
    }
    const mended = kit.town.calls.length
    mend(tenant.crm, id)
    await kit.town.passMinutes(15)
    await kit.tick(POLL)
    expect([codesOf(tenant), kit.writesSince(mended)]).toEqual([[], [expect.stringMatching(/^POST /)]])
  },
)

test.each(KINDS)(
  'a %s that PowerOffice refused and takes by now goes with the night, and one that is gone in Tribe is told no more',
  async (_kind, make) => {
    const kit = begin()
    const refuses: Record<string, RegExp> = { Name: FORBIDDEN, LastName: FORBIDDEN }
    const tenant = await kit.tenant({
      settings: { relations: { enabled: true }, products: { enabled: true } },
      powerOffice: { refuses },
    })
    const gone = make(tenant.crm)
    make(tenant.crm)
    await kit.quiet()
    expect(codesOf(tenant)).toHaveLength(2)
    tenant.crm.remove(gone, { silent: true })
    await kit.tick(NIGHT)
    expect(codesOf(tenant)).toHaveLength(1)
    for (const member of Object.keys(refuses)) refuses[member] = /^$/
    await kit.town.passMinutes(24 * 60)
    const since = kit.town.calls.length
    await kit.tick(NIGHT)
    expect([codesOf(tenant), kit.writesSince(since)]).toEqual([[], [expect.stringMatching(/^POST /)]])
    expect(kit.town.violations()).toEqual([])
  },
)

const SERIES: [
  string,
  'Customer' | 'Supplier',
  (crm: TownTenant['crm']) => unknown,
  Record<string, unknown>,
][] = [
  ['customer', 'Customer', (crm) => crm.hasCustomer({ organization: NORDLYS }), {}],
  ['supplier', 'Supplier', (crm) => crm.hasSupplier({ organization: NORDLYS }), {}],
  ['private customer', 'Customer', (crm) => crm.hasPrivateCustomer({ person: PERSON }), {}],
  [
    'customer whose way of delivery the relay chooses',
    'Customer',
    (crm) => crm.hasCustomer({ organization: NORDLYS }),
    { delivery: 'rule' },
  ],
]
const PERSON = { FirstName: 'Kari', LastName: 'Berg', EmailAddress: 'kari@berg.example' }
const NORDLYS = {
  Name: 'Nordlys AS',
  EmailAddress: 'post@nordlys.example',
  PhoneNumber: '22 11 11 11',
  VATNumber: '974760673',
}

test.each(SERIES)(
  'a %s for which PowerOffice has no number left is sent once, told once, and goes with the night that there are some',
  async (_kind, role, make, invoices) => {
    const kit = begin()
    const tenant = await kit.tenant({
      settings: {
        relations: { enabled: true, privatePersons: true },
        invoices: { mode: 'book', ...invoices },
      },
    })
    const mine = tenant.books.series.filter((one) => one.SubLedgerNumberSeriesType === role)
    const ends = mine.map((one) => one.ToInclusive)
    for (const one of mine) one.ToInclusive = one.FromInclusive - 1
    const since = kit.town.calls.length
    make(tenant.crm)
    await kit.quiet()
    await kit.town.passMinutes(15)
    await kit.tick(POLL)
    expect(kit.writesSince(since)).toEqual([`POST /v2/${role}s`])
    expect(codesOf(tenant)).toEqual(['poweroffice.refused'])
    expect(tenant.problems()).toEqual([expect.stringContaining('number series')])
    for (const [n, one] of mine.entries()) one.ToInclusive = ends[n] ?? 0
    await kit.tick(NIGHT)
    expect(codesOf(tenant)).toEqual([])
    expect(kit.writesSince(since)).toEqual([`POST /v2/${role}s`, `POST /v2/${role}s`])
  },
)
