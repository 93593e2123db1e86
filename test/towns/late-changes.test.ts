import { afterEach, expect, test, vi } from 'vitest'
import { Town, type TownTenant } from '../platform/town'
import { type Blow, OneBlow } from '../platform/weather'
import { PULL } from './street'

/**
 * A change that the relay was about to write was cut off, or its answer never came, and it takes effect all the same: after a newer value
 * was written. That is nobody's edit; the newer value comes back by itself.
 */
vi.setConfig({ testTimeout: 300_000 })

interface Pair {
  /** The user of the side that the relay reads edits it, for the n-th time. */
  edit(n: number): void
  /** What both sides hold: Tribe's, then PowerOffice's. */
  held(): unknown[]
}
type Setting = (tenant: TownTenant) => Pair

const PAIRS: Readonly<Record<string, Readonly<Record<'tribe' | 'poweroffice', Setting>>>> = {
  'a customer': {
    tribe: ({ crm, books }) => {
      const { organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
      return {
        edit: (n) => crm.edit(organizationId, { PhoneNumber: `22 00 00 0${n}` }),
        held: () => [crm.get(organizationId)?.PhoneNumber, books.customers()[0]?.PhoneNumber],
      }
    },
    poweroffice: ({ crm, books }) => {
      const { Id } = books.hasCustomer({ Name: 'Nordlys AS' })
      const organization = () => crm.all('Relation_Organization').find(({ Name }) => Name === 'Nordlys AS')
      return {
        edit: (n) => books.editCustomer(Id, { PhoneNumber: `22 00 00 0${n}` }),
        held: () => [organization()?.PhoneNumber, books.customers()[0]?.PhoneNumber],
      }
    },
  },
  'a customer who is a supplier, too': {
    tribe: ({ crm, books }) => {
      const { organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
      crm.hasSupplier({ organizationId })
      return {
        edit: (n) => crm.edit(organizationId, { PhoneNumber: `22 00 00 0${n}` }),
        held: () => [
          crm.get(organizationId)?.PhoneNumber,
          ...new Set([...books.customers(), ...books.suppliers()].map(({ PhoneNumber }) => PhoneNumber)),
        ],
      }
    },
    poweroffice: ({ crm, books }) => {
      const { Id } = books.hasCustomer({ Name: 'Nordlys AS' })
      books.makeAlsoSupplier(Id)
      const organization = () => crm.all('Relation_Organization').find(({ Name }) => Name === 'Nordlys AS')
      return {
        edit: (n) => books.editCustomer(Id, { PhoneNumber: `22 00 00 0${n}` }),
        held: () => [organization()?.PhoneNumber, books.customers()[0]?.PhoneNumber],
      }
    },
  },
  'a contact person': {
    tribe: ({ crm, books }) => {
      const { organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
      const { personId } = crm.hasContact({ organizationId, person: { FirstName: 'Ada', LastName: 'Berg' } })
      return {
        edit: (n) => crm.edit(personId, { LastName: `Berg ${n}` }),
        held: () => [crm.get(personId)?.LastName, books.contactPersons()[0]?.LastName],
      }
    },
    poweroffice: ({ crm, books }) => {
      const { Id } = books.hasCustomer({ Name: 'Nordlys AS' })
      const person = books.hasContactPerson(Id, { FirstName: 'Ada', LastName: 'Berg' })
      const held = () => crm.get((crm.contacts()[0] as { Person: { ID: string } }).Person.ID)?.LastName
      return {
        edit: (n) => books.editContactPerson(person.Id, { LastName: `Berg ${n}` }),
        held: () => [held(), books.contactPersons()[0]?.LastName],
      }
    },
  },
  'a product': {
    tribe: ({ crm, books }) => {
      const id = crm.hasProduct({ Name: 'Lampe' })
      return {
        edit: (n) => crm.edit(id, { Name: `Lampe ${n}` }),
        held: () => [crm.get(id)?.Name, books.products()[0]?.Name],
      }
    },
    poweroffice: ({ crm, books }) => {
      const { Id } = books.hasProduct({ Name: 'Lampe' })
      return {
        edit: (n) => books.editProduct(Id, { Name: `Lampe ${n}` }),
        held: () => [crm.products()[0]?.Name, books.products()[0]?.Name],
      }
    },
  },
}

type From = 'tribe' | 'poweroffice'
const FROM = ['tribe', 'poweroffice'] as const
const CASES = Object.keys(PAIRS).flatMap((what) => FROM.map((from) => [what, from] as const))

let town: Town
afterEach(({ task }) => {
  if (task.result?.state === 'fail' && process.env.STORY) console.error(town.story.slice(-150).join('\n'))
  town.platform.close()
})

/** A pair that is in step, at 0; what befalls calls from now on. */
async function inStep(what: string, from: From, blow: Blow | null) {
  town = new Town(3)
  const weather = new OneBlow(blow)
  town.platform.weather = weather
  const tenant = await town.addTenant({
    settings: { invoices: { enabled: false }, relations: { contactPersons: true } },
  })
  await town.waitFor(tenant.mapAsProposed())
  await town.waitFor(tenant.activate())
  expect(await town.quiet()).toBeNull()
  await town.passMinutes(1)
  const pair = (PAIRS[what] as (typeof PAIRS)[string])[from](tenant)
  pair.edit(0)
  await sweep()
  await sweep()
  weather.arm()
  return { tenant, pair, weather }
}

async function sweep(): Promise<void> {
  await town.quiet()
  await town.passMinutes(15)
  await town.tick(PULL)
  await town.quiet()
}

/** Two edits within seconds; gives when the first write to the other side left. */
async function twoEdits(what: string, from: From, blow: Blow | null) {
  const { tenant, pair, weather } = await inStep(what, from, blow)
  const writes: number[] = []
  town.onCall = ({ host, method }) => {
    if (!host.startsWith(from) && /^(PUT|PATCH)$/.test(method)) writes.push(weather.calls)
  }
  for (const n of [1, 2]) {
    pair.edit(n)
    if (from === 'poweroffice') await town.tick(PULL)
    await town.timeline.run(4000)
  }
  // By then it has taken effect, and was looked at.
  await town.timeline.run(54_000)
  const soon = pair.held()
  await sweep()
  return { soon, last: pair.held(), problems: tenant.problems(), firstWrite: writes[0] ?? 0 }
}

test.each(CASES)(
  '%s that is edited in %s: an older change that takes effect half a minute later undoes no newer one',
  async (what, from) => {
    const { firstWrite, ...fair } = await twoEdits(what, from, null)
    expect(fair.last.every((value) => String(value).endsWith('2'))).toBe(true)
    expect([fair.soon, fair.problems]).toEqual([fair.last, []])
    town.platform.close()
    // Of calls that go side by side a blow may strike either.
    for (const at of [firstWrite, firstWrite - 1]) {
      const { firstWrite: _, ...played } = await twoEdits(what, from, { at, call: 'cut-off' })
      if (town.story.some((line) => /(PUT|PATCH) .*\[cut-off\]/.test(line)))
        return expect(played).toEqual(fair)
      town.platform.close()
    }
    expect.fail('its write was never on its way')
  },
)

test.each(CASES)(
  '%s that is edited in %s and put back before the relay has heard that its write took effect stays so',
  async (what, from) => {
    const { tenant, pair } = await inStep(what, from, null)
    const before = pair.held()
    const there = from === 'tribe' ? town.powerOffice : town.tribe
    there.faults.add({ name: 'lost-after', on: /^(PUT|PATCH) / })
    pair.edit(1)
    const isWritten = () => pair.held().every((value) => String(value).endsWith('1'))
    if (from === 'poweroffice') void town.tick(PULL)
    await town.timeline.runUntil(isWritten, 60_000, 10)
    expect(isWritten()).toBe(true)
    pair.edit(0)
    await sweep()
    await sweep()
    expect([pair.held(), tenant.problems()]).toEqual([before, []])
  },
)
