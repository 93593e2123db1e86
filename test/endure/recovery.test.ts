import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keyNamed } from '../platform/platform'
import { Town, type TownTenant } from '../platform/town'

/** What was lost comes back by itself: alarms, webhooks, rows of D1, keys, and whatever a deploy cut off. */

const POLL = '*/15 * * * *'
const PAYMENTS = '0 */4 * * *'
const NIGHT = '30 2 * * *'
const BOOK = { invoices: { mode: 'book' } }

let town: Town
beforeEach(() => {
  town = new Town(5)
})
afterEach(({ task }) => {
  town.platform.close()
  if (task.result?.state === 'fail') console.error(town.story.slice(-120).join('\n'))
  expect(town.violations()).toEqual([])
})

async function aTenant(settings: Record<string, unknown> = BOOK): Promise<TownTenant> {
  const tenant = await town.addTenant({ settings })
  await town.waitFor(tenant.mapAsProposed())
  await town.waitFor(tenant.activate())
  await quiet()
  return tenant
}

const quiet = async () => expect(await town.quiet()).toBeNull()
async function tick(...crons: string[]): Promise<void> {
  for (const cron of crons) {
    await town.tick(cron)
    await quiet()
  }
}

const namesThere = ({ books }: TownTenant) =>
  books
    .customers()
    .map(({ Name }) => Name)
    .sort()
const namesHere = ({ crm }: TownTenant) =>
  crm
    .customers()
    .map(({ Organization }) => (Organization as { Name?: string }).Name)
    .sort()

describe('alarms', () => {
  /** A customer whose export waits for its next try. */
  async function waiting(tenant: TownTenant) {
    const fault = town.powerOffice.faults.add({ name: 'unavailable', on: /POST .*Customers/, times: 5 })
    tenant.crm.hasCustomer({ organization: { Name: 'Venter AS' } })
    await town.timeline.runUntil(() => fault.struck() > 0, 60_000)
    fault.lift()
  }

  test('one that is lost is set again by the next tick', async () => {
    const tenant = await aTenant()
    await waiting(tenant)
    tenant.object.loseAlarm()
    await town.passMinutes(10)
    expect(namesThere(tenant)).toEqual([])
    await tick(POLL)
    expect([namesThere(tenant), tenant.problems()]).toEqual([['Venter AS'], []])
  })

  test('one that throws twenty times is given up, and revived by the ticks until it goes well', async () => {
    const tenant = await aTenant()
    await waiting(tenant)
    tenant.object.alarmsToThrow = 20
    town.platform.startCron(1)
    await town.passMinutes(90)
    expect([namesThere(tenant), tenant.problems(), tenant.jobs.nextDueAt()]).toEqual([
      ['Venter AS'],
      [],
      null,
    ])
    expect(tenant.object.lostAlarms).toBeGreaterThan(0)
  })
})

test('webhooks that vanished at Tribe are registered again at night, and what they did not tell comes by the poll', async () => {
  const tenant = await aTenant()
  const types = () => tenant.crm.webhooks.map(({ entityType }) => entityType).sort()
  const before = types()
  expect(before.length).toBeGreaterThan(3)
  tenant.crm.removeWebhooks()
  tenant.crm.hasCustomer({ organization: { Name: 'Uhørt AS' } })
  await town.passMinutes(5)
  expect(namesThere(tenant)).toEqual([])
  await tick(POLL)
  expect(namesThere(tenant)).toEqual(['Uhørt AS'])
  await tick(NIGHT)
  expect(types()).toEqual(before)
  tenant.crm.hasCustomer({ organization: { Name: 'Hørt AS' } })
  await town.passMinutes(1)
  expect(namesThere(tenant)).toEqual(['Hørt AS', 'Uhørt AS'])
})

describe('D1 travels back in time', () => {
  /** A tenant whose D1 knows nothing of the last hours, while both systems and its object went on. */
  async function hoursLater(mode: 'draft' | 'book', settings = {}) {
    const tenant = await aTenant({ invoices: { mode }, ...settings })
    const { crm, books } = tenant
    const old = crm.hasCustomer({ organization: { Name: 'Gammel AS', PhoneNumber: '22334455' } })
    await quiet()
    const snapshot = town.platform.snapshot()
    await town.passMinutes(180)

    crm.edit(old.organizationId, { PhoneNumber: '99887766' })
    const { roleId } = crm.hasCustomer({ organization: { Name: 'Ny herfra AS' } })
    books.hasCustomer({ Name: 'Ny derfra AS' })
    const product = crm.hasProduct({ Name: 'Time', Code: 'T1', SalesPrice: 1000 })
    const invoice = crm.hasInvoice({
      roleId,
      lines: [{ product }, { description: 'Frakt', price: 50, vatGroup: 'NO25' }],
    })
    crm.sendInvoice(invoice)
    await tick(POLL, POLL)
    const paid = books.postedInvoices()[0]
    if (paid) books.receivePayment(paid.Id, paid.TotalAmount)
    await tick(PAYMENTS)
    const then = all(tenant, invoice)
    town.platform.restore(snapshot)
    await town.passMinutes(5)
    return { tenant, invoice, then, old, product, roleId }
  }

  const all = ({ crm, books }: TownTenant, invoice: string) => ({
    here: namesHere({ crm } as TownTenant),
    there: namesThere({ books } as TownTenant),
    products: [
      crm.products().length,
      books
        .products()
        .map(({ Code }) => Code)
        .sort(),
    ],
    orders: books.salesOrders().length,
    posted: books.postedInvoices().map(({ TotalAmount }) => TotalAmount),
    payments: crm.payments().map(({ Amount }) => Amount),
    phase: crm.phaseOf(invoice),
    phone: books
      .customers()
      .map(({ PhoneNumber }) => PhoneNumber)
      .filter(Boolean),
  })
  const links = (tenant: TownTenant) =>
    town.platform.database
      .prepare(
        'select kind, count(*) as n from links where tenant_id = ? and state = ? group by kind order by kind',
      )
      .all(tenant.id, 'linked')
      .map(({ kind, n }) => `${kind} ${n}`)

  test.each(['draft', 'book'] as const)(
    'a night heals it, without twins and without an invoice twice (%s)',
    async (mode) => {
      const { tenant, invoice, then } = await hoursLater(mode)
      await tick(POLL, NIGHT, POLL, PAYMENTS)
      expect([all(tenant, invoice), tenant.problems()]).toEqual([then, []])
      expect(links(tenant)).toEqual(['customer 3', 'invoice 1', 'product 1'])
    },
  )

  test('records that are changed before the night find their counterpart, too', async () => {
    const { tenant, invoice, then, old, product, roleId } = await hoursLater('book', {
      // Nobody knows any more who changed what: then the policy says.
      conflictPolicy: 'tribe',
    })
    const { crm, books } = tenant
    crm.edit(old.organizationId, { EmailAddress: 'post@gammel.example' })
    crm.edit(product, { SalesPrice: 1100 })
    const there = books.customers().find(({ Name }) => Name === 'Ny derfra AS')
    if (there) books.editCustomer(there.Id, { EmailAddress: 'post@ny.example' })
    const second = crm.hasInvoice({ roleId, lines: [{ product }] })
    crm.sendInvoice(second)
    await tick(POLL, POLL)
    // The one from before is looked at again as well.
    crm.setPhase(invoice, 'Paid')
    await tick(POLL, NIGHT, POLL, PAYMENTS)
    expect(tenant.problems()).toEqual([])
    expect(all(tenant, invoice)).toEqual({ ...then, posted: [...then.posted, 1375] })
    expect(books.products().map(({ Code, UnitPrice }) => [Code, UnitPrice])).toContainEqual(['T1', 1100])
    expect(links(tenant)).toEqual(['customer 3', 'invoice 2', 'product 1'])
  })
})

test('sealing keys rotate without a stop', async () => {
  const tenant = await aTenant()
  const { crm } = tenant
  const sealedBy = () => {
    const rows = town.platform.database.prepare('select * from tenants').all()
    // A token that cannot be opened any more is fetched anew.
    const kept = tenant.object.sql.exec(`select * from cursors where name not like '%token'`).toArray()
    const texts = JSON.stringify([rows, kept])
    return ['k1', 'k2'].filter((key) => new RegExp(`\\b${key}\\.[\\w-]{16}\\.`).test(texts))
  }
  const arrives = async (Name: string) => {
    crm.hasCustomer({ organization: { Name } })
    await town.passMinutes(3)
    return namesThere(tenant).includes(Name)
  }
  expect([await arrives('Med k1 AS'), sealedBy()]).toEqual([true, ['k1']])

  const both = { SEALING_KEYS: `${keyNamed('k2', 9)},${keyNamed('k1', 5)}` }
  // Objects live on with the old version for a moment.
  town.platform.deploy(both, { frontDoorFirst: true })
  expect(await arrives('I mellom AS')).toBe(true)
  town.platform.deploy(both)
  expect(await arrives('Med begge AS')).toBe(true)
  await tick(NIGHT)
  expect(sealedBy()).toEqual(['k2'])

  town.platform.deploy({ SEALING_KEYS: keyNamed('k2', 9) })
  expect(await arrives('Uten k1 AS')).toBe(true)
  await town.passMinutes(60)
  expect(await arrives('En time senere AS')).toBe(true)
  expect([tenant.problems(), tenant.facts.get('reconnect')]).toEqual([[], null])
})

test('a deploy in the middle of a first load goes on where it was', async () => {
  const tenant = await town.addTenant({ settings: BOOK })
  await town.waitFor(tenant.mapAsProposed())
  const names = Array.from({ length: 60 }, (_, n) => `Kunde ${String(n + 1).padStart(2, '0')} AS`)
  for (const Name of names) tenant.books.hasCustomer({ Name })
  await town.waitFor(tenant.activate())
  const made = () => namesHere(tenant).length
  for (const part of [15, 30, 45]) {
    expect(await town.timeline.runUntil(() => made() >= part, 600_000, 100)).toBe(true)
    expect(made()).toBeLessThan(60)
    town.platform.deploy()
  }
  await quiet()
  expect(namesHere(tenant)).toEqual(names)
  const creates = town.tribe.log.matching(/^POST .*Relationship_Organization_CommercialRelationship_Customer/)
  // Four go side by side, and what a deploy cut off is looked for before it is made again.
  expect(creates.length).toBeLessThanOrEqual(60 + 3 * 4)
  expect(tenant.facts.get('initial-sync:last')).toMatchObject({ done: 60, total: 60 })
  expect([tenant.object.lives, tenant.problems()]).toEqual([4, []])
})
