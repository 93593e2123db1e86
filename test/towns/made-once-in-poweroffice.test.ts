import { expect, test, vi } from 'vitest'
import { Town, type TownTenant } from '../platform/town'
import { type Blow, type Mishap, OneBlow } from '../platform/weather'
import { POLL } from './company'

/**
 * Whatever goes wrong on the way of records from Tribe to PowerOffice, and however soon they are looked at again, each is
 * there once: also those that bear no reference of ours, and those whose call arrives long after its object was cut off.
 */

vi.setConfig({ testTimeout: 600_000 })

const ARRIVES_LATE: readonly Mishap[] = ['late', 'cut-off']

/** A company with a contact person, and two products in a group of their own. `then`: half a second after the blow. */
async function play(blow: Blow | null, then: (tenant: TownTenant) => void = () => undefined) {
  const town = new Town(3)
  const weather = new OneBlow(blow)
  town.platform.weather = weather
  try {
    town.powerOffice.replicaLagMs = 900
    const tenant = await town.addTenant({
      settings: { invoices: { enabled: false }, relations: { contactPersons: true } },
    })
    const { crm, books } = tenant
    await town.waitFor(tenant.mapAsProposed())
    await town.waitFor(tenant.activate())
    expect(await town.quiet()).toBeNull()
    await town.passMinutes(1)
    const creates = new Map<number, string>()
    town.onCall = ({ host, method, path, body }) => {
      if (host === 'poweroffice.example' && method === 'POST' && !/Token/.test(path))
        creates.set(weather.calls, body)
    }
    const fallen = weather.ofCall.bind(weather)
    weather.ofCall = () => {
      const mishap = fallen()
      if (mishap) town.timeline.after(500, () => then(tenant))
      return mishap
    }
    weather.arm()
    const { organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    crm.hasContact({ organizationId, person: { FirstName: 'Kari', LastName: 'Berg' } })
    const group = crm.hasProductGroup('Reise')
    for (const Name of ['Tog', 'Buss']) crm.hasProduct({ Name, ProductGroup: group, SalesPrice: 100 })
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
    return {
      is: {
        stuck,
        customers: books.customers().length,
        persons: books.contactPersons().length,
        products: books
          .products()
          .map(({ Name }) => Name)
          .sort(),
        inTribe: crm
          .products()
          .map(({ Name }) => String(Name))
          .sort(),
        groups: books.productGroups().filter(({ Name }) => Name === 'Reise').length,
        problems: tenant.problems(),
        // What was done again meanwhile, a call that arrives late does once more, in vain.
        violations: town.violations().filter((line) => !/needless write/.test(line)),
      },
      creates: [...creates],
      story: town.story,
    }
  } finally {
    town.platform.close()
  }
}

test('what is made in PowerOffice is made once, however late its call arrives', async () => {
  const fair = await play(null)
  expect(fair.is).toMatchObject({
    customers: 1,
    persons: 1,
    products: ['Buss', 'Tog'],
    groups: 1,
    stuck: null,
  })
  // Of calls that go side by side a blow may strike either.
  const places = new Set(fair.creates.flatMap(([at]) => [at - 1, at]))
  expect(places.size).toBeGreaterThan(4)
  const wrong: unknown[] = []
  for (const call of ARRIVES_LATE)
    for (const at of places) {
      const { is, story } = await play({ at, call })
      if (JSON.stringify(is) !== JSON.stringify(fair.is))
        wrong.push({ at, call, is, story: process.env.STORY ? story.slice(-60) : undefined })
    }
  expect(wrong).toEqual([])
})

test('a product that is deleted in Tribe while its call is on its way does not come back', async () => {
  const isSent = /CRASH under way to poweroffice\.example POST \/v2\/Products/
  const fair = await play(null)
  const [last = 0] = fair.creates.find(([, body]) => /Buss/.test(body)) ?? []
  // Others may have left since that one did.
  for (const at of [last, last - 1, last - 2]) {
    const { is, story } = await play({ at, call: 'cut-off' }, ({ crm }) => {
      for (const { ID, Name } of crm.products()) if (Name === 'Buss') crm.remove(String(ID))
    })
    if (!isSent.test(story.join())) continue
    expect(is).toMatchObject({ products: ['Buss', 'Tog'], inTribe: ['Tog'], stuck: null })
    return
  }
  expect.fail('its call was never on its way')
})
