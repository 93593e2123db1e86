import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { FAIR } from '../platform/weather'
import { todays } from '../seeds/day'
import { type Street, useStreet } from './street'

const begin = useStreet()

/**
 * D1 or the tenant's object does not answer in the midst of a change, and the admin, who is told so, asks for the same once more: what comes of it
 * is what would have come of it at first.
 */
interface Change {
  /** Asked again, it is answered as unknown, and a tick makes up for what the object was not told. */
  isOnce?: true
  /** How it stands before. */
  first?: (tenant: TownTenant) => Promise<unknown>
  asked: (tenant: TownTenant) => [method: string, path: string, body: unknown]
}

const OWN = 'aaaaaaaa__844e__4399__9142__2d960441a391'
const OTHER = 'bbbbbbbb__844e__4399__9142__2d960441a391'
const row = (tribeField: string) => ({
  record: 'customer',
  tribeField,
  powerOfficeField: 'JobStopReason',
  direction: 'both',
})
const patch = (tenant: TownTenant, body: unknown) => tenant.api('PATCH', '/settings', body)
/** To 3005, which carries the same code. */
const vatTo = ({ crm }: TownTenant, salesAccountNo: number) => ({
  mappings: [
    {
      tribeVatGroupId: crm.lookupId('Datastore_VatGroup', 'NO25'),
      powerOfficeVatCode: '3',
      salesAccountNo,
    },
  ],
})
const unitsOf = ({ crm }: TownTenant) => ({
  mappings: [{ tribeUnitId: crm.lookupId('Datastore_Unit', 'pcs'), powerOfficeUnit: 'EA' }],
})

const CHANGES: Readonly<Record<string, Change>> = {
  'the fields of money come in': {
    first: (tenant) => patch(tenant, { relations: { financialFields: false } }),
    asked: () => ['PATCH', '/settings', { relations: { financialFields: true } }],
  },
  'suppliers come in': {
    first: (tenant) => patch(tenant, { relations: { suppliers: false } }),
    asked: () => ['PATCH', '/settings', { relations: { suppliers: true } }],
  },
  'a field is mapped': {
    asked: () => ['PUT', '/fields', { mapped: [row(OWN)] }],
  },
  'a field is mapped to another': {
    first: (tenant) => tenant.api('PUT', '/fields', { mapped: [row(OWN)] }),
    asked: () => ['PUT', '/fields', { mapped: [row(OTHER)] }],
  },
  'a unit is mapped': {
    first: (tenant) => tenant.api('PUT', '/mappings/units', { mappings: [] }),
    asked: (tenant) => ['PUT', '/mappings/units', unitsOf(tenant)],
  },
  'a VAT group moves to another account': {
    asked: (tenant) => ['PUT', '/mappings/vat', vatTo(tenant, 3005)],
  },
  'a pair is let go': {
    isOnce: true,
    asked: ({ crm }) => ['POST', '/records/forget', { kind: 'customer', tribeId: crm.customers()[0]?.ID }],
  },
  'the webhooks have another secret': {
    asked: () => ['POST', '/webhook-secret', {}],
  },
  'the secret of Tribe is another one': {
    asked: ({ crm }) => ['PUT', '/tribe', { clientId: crm.clientId, clientSecret: crm.clientSecret }],
  },
  'the key of PowerOffice is entered again': {
    asked: ({ books }) => ['PUT', '/poweroffice', { clientKey: books.clientKey }],
  },
  'invoices come in': {
    first: async (tenant) => {
      const [role] = tenant.crm.customers() as { ID: string }[]
      tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId: String(role?.ID), silent: true }), {
        silent: true,
      })
    },
    asked: () => ['PATCH', '/settings', { invoices: { enabled: true } }],
  },
  'it is activated once more': {
    first: (tenant) => tenant.api('POST', '/pause'),
    asked: () => ['POST', '/activate', {}],
  },
  'it goes on': {
    first: (tenant) => tenant.api('POST', '/pause'),
    asked: () => ['POST', '/resume', {}],
  },
}

async function stands(street: Street, { first }: Change): Promise<TownTenant> {
  const tenant = await street.tenant({
    settings: { invoices: { enabled: false } },
    tribe: { customFields: { Relation_Organization: { [OWN]: 'string', [OTHER]: 'string' } } },
    before: ({ crm, books }) => {
      books.hasAccount({ AccountNo: 3005, VatCode: '3' })
      crm.has('Product', { Name: 'Lampe', Unit: 'pcs', VatGroup: 'NO25' })
      books.hasProduct({ Name: 'Skrue', UnitOfMeasureCode: 'EA' })
      books.hasCustomer({ Name: 'Nordlys AS', JobStopReason: 'Grunn' })
      books.hasSupplier({ Name: 'Strøm AS' })
    },
  })
  await street.town.waitFor(first?.(tenant) ?? Promise.resolve())
  await street.quiet()
  return tenant
}

interface Stubs {
  getByName(name: string): Record<string, (...given: unknown[]) => Promise<unknown>>
  jurisdiction(name: string): Stubs
}

/** The front door asks objects through this; what has too much to do is not asked again. */
const objectsThat = (stubs: Stubs, isAway: () => boolean): Stubs => ({
  jurisdiction: (name) => objectsThat(stubs.jurisdiction(name), isAway),
  getByName: (name) =>
    new Proxy(stubs.getByName(name), {
      get:
        (stub, method: string) =>
        (...given: unknown[]) => {
          if (isAway()) throw Object.assign(new Error('overloaded'), { overloaded: true })
          return stub[method]?.(...given)
        },
    }),
})

/** How often D1 and the object were asked, and what is left of it all. */
async function outcome(change: Change, away: number | null) {
  const street = begin()
  const { town } = street
  const tenant = await stands(street, change)
  const [before, asked] = [town.logged.length, change.asked(tenant)]
  let queries = 0
  const mishap = () => (queries++ === away ? 'fails' : null)
  const { platform } = town
  const { frontDoor } = platform
  platform.weather = { ...FAIR, ofQuery: mishap, ofDoor: mishap }
  const TENANT_SYNC = objectsThat(frontDoor.TENANT_SYNC as Stubs, () => !change.isOnce && mishap() !== null)
  platform.frontDoor = { ...frontDoor, TENANT_SYNC }
  const answers = [await town.waitFor(tenant.ask(...asked))]
  platform.weather = FAIR
  platform.frontDoor = frontDoor
  if (answers[0]?.status === 503) answers.push(await town.waitFor(tenant.ask(...asked)))
  await street.quiet()
  await town.passMinutes(1)
  await street.quiet()
  const ran = town.logged.slice(before).flatMap((line) => {
    const { event, kind } = JSON.parse(line) as { event?: string; kind?: string }
    return event === 'job' && kind ? [kind] : []
  })
  const bases = town.platform.database.prepare('select kind, bases, state from links order by kind').all()
  town.platform.close()
  return {
    queries,
    status: answers.at(-1)?.status,
    ran: [...new Set(ran)].sort(),
    left: {
      bases: bases.map((one) => ({ ...one })),
      problems: street.codes(tenant),
      orders: tenant.books.salesOrders().length,
    },
  }
}

test.each(Object.entries(CHANGES))(
  'when %s and D1 or the object is away in the midst, asking again is enough',
  async (_, change) => {
    const { queries, ...whole } = await outcome(change, null)
    expect(whole.status).toBeLessThan(300)
    const moments = Array.from({ length: queries }, (_, n) => n)
    for (const away of todays(moments, 3)) {
      const { status, ran, left } = await outcome(change, away)
      expect({ away, status, ran, left }).toEqual({
        away,
        status: whole.status,
        ran: expect.arrayContaining(whole.ran),
        left: { ...whole.left, bases: expect.anything() },
      })
      expect([away, stripped(left.bases)]).toEqual([away, stripped(whole.left.bases)])
    }
  },
)

/** Which fields are known to be in step: what they hold is hashed by another key each time. */
const stripped = (rows: readonly Record<string, unknown>[]) =>
  rows.map(({ kind, state, bases }) => [kind, state, Object.keys(JSON.parse(String(bases))).sort()])
