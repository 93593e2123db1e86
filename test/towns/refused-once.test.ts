import { describe, expect, test, vi } from 'vitest'
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
