import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, type Street, useStreet } from './street'

const begin = useStreet()
const settings = { invoices: { enabled: false } }

interface Given {
  kind: 'customer' | 'supplier' | 'contactPerson'
  /** Makes the role; with an id, for whoever has that. */
  give(tenant: TownTenant, relationId?: string): { roleId: string; relationId: string }
  inBooks(tenant: TownTenant): { Id: number }[]
}

const ROLES: readonly (readonly [says: string, given: Given])[] = [
  [
    'customer',
    {
      kind: 'customer',
      give({ crm }, organizationId) {
        const made = crm.hasCustomer(
          organizationId ? { organizationId } : { organization: { Name: 'Nordlys AS' } },
        )
        return { roleId: made.roleId, relationId: made.organizationId }
      },
      inBooks: ({ books }) => books.customers(),
    },
  ],
  [
    'supplier',
    {
      kind: 'supplier',
      give({ crm }, organizationId) {
        const made = crm.hasSupplier(
          organizationId ? { organizationId } : { organization: { Name: 'Nordlys AS' } },
        )
        return { roleId: made.roleId, relationId: made.organizationId }
      },
      inBooks: ({ books }) => books.suppliers(),
    },
  ],
  [
    'private customer',
    {
      kind: 'customer',
      give({ crm }, personId) {
        const made = crm.hasPrivateCustomer(personId ? { personId } : {})
        return { roleId: made.roleId, relationId: made.personId }
      },
      inBooks: ({ books }) => books.customers(),
    },
  ],
  [
    'contact person',
    {
      kind: 'contactPerson',
      give({ crm }, personId) {
        const [company] = crm.customers() as { Organization: { ID: string } }[]
        const organizationId = company?.Organization.ID ?? crm.hasCustomer().organizationId
        const made = crm.hasContact({ organizationId, ...(personId ? { personId } : {}) })
        return { roleId: made.contactId, relationId: made.personId }
      },
      inBooks: ({ books }) => books.contactPersons(),
    },
  ],
]

async function later(street: Street): Promise<void> {
  await street.quiet()
  await street.town.passMinutes(20)
  await street.tick(PULL, NIGHT)
}

test.each(ROLES)(
  'a %s who is given the role a second time in Tribe is not made twice, and it is told',
  async (_, { kind, give, inBooks }) => {
    const street = begin()
    const tenant = await street.tenant({ settings })
    const first = give(tenant)
    await later(street)
    const before = inBooks(tenant)
    const since = street.mark()
    const second = give(tenant, first.relationId)
    await later(street)
    tenant.crm.edit(second.roleId, { ImportId: null })
    await later(street)
    expect(inBooks(tenant)).toEqual(before)
    expect([street.writes('poweroffice', since), street.codes(tenant)]).toEqual([
      [],
      ['relation.given_twice'],
    ])
    // The one that is too many goes, and nothing is left to be told.
    tenant.crm.remove(second.roleId)
    await later(street)
    expect(street.links(tenant, kind)).toMatchObject([{ tribeId: first.roleId, state: 'linked' }])
    expect([inBooks(tenant), tenant.problems(), street.town.violations()]).toEqual([before, [], []])
  },
)

test.each(ROLES)(
  'a %s whose role is given anew before the old one is taken away is the same in PowerOffice',
  async (_, { kind, give, inBooks }) => {
    const street = begin()
    const tenant = await street.tenant({ settings })
    const first = give(tenant)
    await later(street)
    const before = inBooks(tenant)
    const second = give(tenant, first.relationId)
    await street.quiet()
    tenant.crm.remove(first.roleId)
    // At once: no poll has to find it.
    await street.quiet()
    expect(street.links(tenant, kind)).toMatchObject([{ tribeId: second.roleId, state: 'linked' }])
    await later(street)
    expect(inBooks(tenant)).toEqual(before)
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(ROLES)(
  'a %s whom two users give the role at the same moment is made once',
  async (_, { give, inBooks }) => {
    const street = begin()
    const tenant = await street.tenant({ settings })
    if (!tenant.crm.customers().length) tenant.crm.hasCustomer({ organization: { Name: 'Fjord AS' } })
    await later(street)
    const before = inBooks(tenant).length
    const { relationId } = give(tenant)
    give(tenant, relationId)
    await later(street)
    expect(inBooks(tenant)).toHaveLength(before + 1)
    expect([street.codes(tenant), street.town.violations()]).toEqual([['relation.given_twice'], []])
  },
)

test('a customer that was never synced, whose organisation is merged into one that is synced, is not made', async () => {
  const street = begin()
  const tenant = await street.tenant({
    settings,
    before: ({ crm }) => crm.hasCustomer({ organization: { Name: 'Old AS', EmailAddress: 'old@x.no' } }),
  })
  const { crm, books } = tenant
  const [old] = crm.customers() as { Organization: { ID: string } }[]
  const { organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
  await later(street)
  const before = books.customers()
  crm.mergeOrganizations(String(old?.Organization.ID), organizationId)
  await later(street)
  expect(books.customers()).toEqual(before)
  expect(crm.get(organizationId)).toMatchObject({ DebtorNumber: String(before[0]?.Number) })
  expect(street.codes(tenant)).toEqual(['relation.given_twice'])
})
