import { expect, test, vi } from 'vitest'
import { Town } from '../platform/town'
import { type Blow, type Mishap, OneBlow } from '../platform/weather'
import { todays } from '../seeds/day'
import { Stage } from '../sweep/stage'
import { POLL } from './company'

/**
 * Lists of Tribe's may show a record only five seconds after it was made. Whatever goes wrong on the way of records
 * from PowerOffice to Tribe, and however soon they are looked at again, each is in Tribe once.
 */

vi.setConfig({ testTimeout: 600_000 })

const MADE_AND_UNTOLD: readonly Mishap[] = ['crash-after', 'lost-after', 'replaced', 'cut-off']

/** A company, its contact person, a supplier that is a customer, too, and a product in a group of its own. */
async function play(blow: Blow | null) {
  const town = new Town(3)
  const weather = new OneBlow(blow)
  town.platform.weather = weather
  try {
    const tenant = await town.addTenant({
      settings: { invoices: { enabled: false }, relations: { contactPersons: true } },
    })
    const { crm, books } = tenant
    await town.waitFor(tenant.mapAsProposed())
    await town.waitFor(tenant.activate())
    expect(await town.quiet()).toBeNull()
    await town.passMinutes(1)
    crm.lagLists(5000)
    // Nothing comes to the relay's help: only lists tell what was made.
    crm.dropNextDeliveries(Number.POSITIVE_INFINITY)
    const creates = new Set<number>()
    town.onCall = ({ host, method }) => {
      if (host === 'tribe.example' && method === 'POST') creates.add(weather.calls)
    }
    weather.arm()
    const { Id } = books.hasCustomer({ Name: 'Nordlys AS', OrganizationNumber: '987654325' })
    books.hasContactPerson(Id, { FirstName: 'Kari', LastName: 'Berg', EmailAddress: 'kari@nordlys.example' })
    const both = books.hasCustomer({ Name: 'Begge AS' })
    books.makeAlsoSupplier(both.Id)
    const group = books.hasProductGroup({ Name: 'Reise' })
    books.hasProduct({ Name: 'Tog', ProductGroupId: group.Id })
    await town.tick(POLL)
    // Somebody is impatient, and asks again as soon as one can.
    for (let n = 0; n < 6; n++) {
      await town.timeline.run(1000)
      await town.tick(POLL)
    }
    const stuck = await town.quiet()
    for (let n = 0; n < 2; n++) {
      await town.passMinutes(15)
      await town.tick(POLL)
      await town.quiet()
    }
    const names = (set: string) => crm.all(set).map(({ Name }) => String(Name))
    return {
      is: {
        stuck,
        companies: names('Relation_Organization').sort(),
        customers: crm.customers().length,
        suppliers: crm.all('Relationship_Organization_Supplier').length,
        persons: crm.all('Relationship_Person_Contact_Standard').length,
        products: names('Product'),
        groups: names('ProductGroup'),
        problems: tenant.problems(),
        violations: town.violations(),
      },
      creates: [...creates],
      story: town.story,
    }
  } finally {
    town.platform.close()
  }
}

test('what is made in Tribe is made once, whatever befalls its call, while lists lag by five seconds', async () => {
  const fair = await play(null)
  expect(fair.is).toMatchObject({
    companies: ['Begge AS', 'Fjordlys AS', 'Nordlys AS'],
    customers: 2,
    suppliers: 1,
  })
  expect(fair.is).toMatchObject({ persons: 1, products: ['Tog'], groups: ['Reise'], stuck: null })
  // Of calls that go side by side a blow may strike either.
  const places = new Set(fair.creates.flatMap((at) => [at - 1, at]))
  expect(places.size).toBeGreaterThan(8)
  const wrong: unknown[] = []
  for (const call of MADE_AND_UNTOLD)
    for (const at of todays([...places], 3)) {
      const { is, story } = await play({ at, call })
      if (JSON.stringify(is) !== JSON.stringify(fair.is))
        wrong.push({ at, call, is, story: process.env.STORY ? story.slice(-60) : undefined })
    }
  expect(wrong).toEqual([])
})

/** An invoice of the books that is paid, and is looked at again and again while the payment is told. */
async function pay(blow: Blow | null) {
  const stage = await Stage.open(blow, { mode: 'book', odd: false })
  const { town, tenant, weather } = stage
  const { crm, books } = tenant
  try {
    await town.passMinutes(1)
    const { roleId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' }, silent: true })
    const id = crm.hasInvoice({
      roleId,
      lines: [{ description: 'Frakt', price: 100, quantity: 1, vatGroup: 'NO25' }],
      silent: true,
    })
    crm.sendInvoice(id, { silent: true })
    await town.waitFor(
      tenant.object.call('enqueue', [[{ kind: 'invoice', subject: `tribe:${id}`, lane: 'push' }]]),
    )
    await stage.quiet()
    const [posted] = books.postedInvoices()
    if (posted) books.receivePayment(posted.Id, posted.TotalAmount)
    crm.lagLists(5000)
    const creates = new Set<number>()
    town.onCall = ({ method, path }) => {
      if (method === 'POST' && path.endsWith('/Payment')) creates.add(weather.calls)
    }
    weather.arm()
    for (let n = 0; n < 6; n++) {
      await town.tick('0 */4 * * *')
      await town.timeline.run(1000)
      await town.waitFor(
        tenant.object.call('enqueue', [[{ kind: 'payment', subject: `tribe:${id}`, lane: 'push' }]]),
      )
    }
    await stage.quiet()
    await town.tick('0 */4 * * *')
    await stage.quiet()
    const is = {
      payments: crm.all('Payment').map(({ Amount }) => Amount),
      phase: crm.phaseOf(id),
      problems: tenant.problems(),
    }
    return { is, creates: [...creates] }
  } finally {
    stage.close()
  }
}

test('a payment is told in Tribe once, whatever befalls its call, while lists lag by five seconds', async () => {
  const fair = await pay(null)
  expect(fair.is).toEqual({ payments: [125], phase: 'Paid', problems: [] })
  expect(fair.creates).not.toEqual([])
  const wrong: unknown[] = []
  for (const call of MADE_AND_UNTOLD)
    for (const at of fair.creates) {
      const { is } = await pay({ at, call })
      if (JSON.stringify(is) !== JSON.stringify(fair.is)) wrong.push({ at, call, is })
    }
  expect(wrong).toEqual([])
})
