import { describe, expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, type Street, useStreet } from './street'

const PAYMENTS = '0 */4 * * *'
const DAYS_401 = 401 * 24 * 60
const begin = useStreet()

/** A company with so many invoices of 1,250 kroner that are booked. */
async function aCompany(count: number, settings: Record<string, unknown> = {}) {
  const street = begin()
  const tenant = await street.tenant({ settings: { invoices: { mode: 'book' }, ...settings } })
  const { roleId } = tenant.crm.hasCustomer({ organization: { Name: 'Nordlys Maskin AS' } })
  await street.quiet()
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id)
    ids.push(id)
  }
  await street.quiet()
  await street.tick(PAYMENTS)
  return { street, tenant, ids, posted: () => tenant.books.postedInvoices() }
}

/** What a night asks of either system, tokens left out. */
async function aNight(street: Street) {
  const since = street.mark()
  await street.tick(NIGHT)
  const calls = street.town.calls.slice(since).filter(({ path }) => !/token/i.test(path))
  const of = (host: string) => calls.filter((call) => call.host.startsWith(host))
  return {
    tribe: of('tribe').length,
    powerOffice: of('poweroffice').length,
    single: calls.filter(({ path }) => /OutgoingInvoices\/|EntriesByMatch|Activity_Invoice\(/.test(path))
      .length,
  }
}
const rowOf = async (street: Street, tenant: TownTenant) => {
  const { comparison } = await street.town.waitFor(tenant.api('GET', '/status'))
  return comparison.rows.find(({ what }: { what: string }) => what === 'invoices')
}

describe('what a night costs', () => {
  test('settled invoices cost nothing once they are older than 400 days, and are counted as what they are', async () => {
    const { street, tenant, posted } = await aCompany(30)
    for (const { Id, TotalAmount } of posted()) tenant.books.receivePayment(Id, TotalAmount)
    await street.tick(PAYMENTS)
    await aNight(street)
    const young = await aNight(street)
    expect(await rowOf(street, tenant)).toMatchObject({ tribe: 30, powerOffice: 30, linked: 30, differ: 0 })
    await street.town.passMinutes(DAYS_401)
    await street.tick(PULL, PAYMENTS)
    await aNight(street)
    const old = await aNight(street)
    expect(old.single).toBe(0)
    expect(old.powerOffice).toBeLessThanOrEqual(young.powerOffice)
    expect(old.tribe).toBeLessThanOrEqual(young.tribe)
    expect(await rowOf(street, tenant)).toMatchObject({ tribe: 30, powerOffice: 30, linked: 30, differ: 0 })
  })

  test.each([
    ['written off', (tenant: TownTenant, id: string) => void tenant.books.writeOff(id)],
    ['reversed', (tenant: TownTenant, id: string) => tenant.books.reverseInvoice(id)],
  ])('so do those that were %s', async (_, act) => {
    const { street, tenant, posted } = await aCompany(6)
    for (const { Id } of posted()) act(tenant, Id)
    await street.tick(PAYMENTS)
    await street.town.passMinutes(DAYS_401)
    await aNight(street)
    expect((await aNight(street)).single).toBe(0)
  })

  test('old invoices that nobody paid cost three calls together, and their sums stay', async () => {
    const { street, tenant, ids } = await aCompany(12)
    await aNight(street)
    const young = await aNight(street)
    await street.town.passMinutes(DAYS_401)
    await street.tick(PULL, PAYMENTS)
    await aNight(street)
    const old = await aNight(street)
    expect(old.single).toBe(0)
    expect(old.powerOffice + old.tribe).toBeLessThanOrEqual(young.powerOffice + young.tribe + 3)
    expect(await rowOf(street, tenant)).toMatchObject({
      tribe: ids.length,
      powerOffice: ids.length,
      linked: ids.length,
      differ: 0,
      sums: { tribe: 15_000, powerOffice: 15_000 },
    })
  })

  test('with payments off, old invoices cost nothing either', async () => {
    const { street } = await aCompany(6, { payments: { enabled: false } })
    await street.town.passMinutes(DAYS_401)
    await aNight(street)
    expect((await aNight(street)).single).toBe(0)
  })

  test('drafts that a bookkeeper deleted are looked at until that is known, and never again', async () => {
    // Three would be a question: many that vanish at once.
    const { street, tenant } = await aCompany(2, { invoices: { mode: 'draft' } })
    for (const { Id } of tenant.books.salesOrders()) tenant.books.deleteDraft(Id)
    await aNight(street)
    expect(street.links(tenant, 'invoice').map(({ state }) => state)).toEqual(
      Array(2).fill('poweroffice-gone'),
    )
    expect((await aNight(street)).single).toBe(0)
  })
})

describe('what a night finds', () => {
  test('an old invoice that is paid after 400 days is told as paid, though its sweep was lost', async () => {
    const { street, tenant, ids, posted } = await aCompany(2)
    await street.town.passMinutes(DAYS_401)
    await aNight(street)
    const [first] = posted()
    if (first) tenant.books.receivePayment(first.Id, 1250)
    await aNight(street)
    expect(ids.map((id) => tenant.crm.phaseOf(id)).toSorted()).toEqual(['Paid', 'Sent'])
    expect((await aNight(street)).single).toBe(0)
  })

  test('an invoice that was deleted in Tribe without a word is told, and those that are set back by hand are left', async () => {
    const { street, tenant, ids } = await aCompany(3)
    const [deleted = '', back = ''] = ids
    tenant.crm.remove(deleted, { silent: true })
    tenant.crm.setPhase(back, 'Draft')
    await street.quiet()
    const { single } = await aNight(street)
    // Two looks at the one that is gone, and none at the others.
    expect(single).toBe(2)
    expect(street.codes(tenant)).toEqual(['invoice.deleted_in_tribe'])
  })
})
