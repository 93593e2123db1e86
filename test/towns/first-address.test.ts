import { expect, test } from 'vitest'
import type { TribeOptions } from '../fakes/tribe'
import type { TownTenant } from '../platform/town'
import { codesOf, NIGHT, useBookkeeping } from './bookkeeping'

/**
 * A relation that is in Tribe without an address gets one from PowerOffice. Whether Tribe makes a record along with a change
 * is not known: either way there is one address, linked, and nothing else is left behind.
 */

const begin = useBookkeeping()

const MAIL = { AddressLine1: 'Nygata 5 B', ZipCode: '5003', City: 'Bergen', CountryCode: 'NO' }
const HELD = { Street: 'Nygata', HouseNumber: 5, HouseNumberSuffix: 'B', Postalcode: '5003', City: 'Bergen' }

const given = (kit: ReturnType<typeof begin>, tribe: Partial<TribeOptions>) =>
  kit.tenant({
    tribe,
    before: ({ books }) => {
      books.hasCustomer({ Name: 'Nordlys AS' })
      books.hasCustomer({ IsPerson: true, FirstName: 'Kari', LastName: 'Haugen' })
    },
  })
const addresses = ({ crm }: TownTenant) => crm.all('Address').filter(({ Street }) => Street === 'Nygata')
const homes = ({ crm }: TownTenant) => [
  ...crm.all('Relation_Organization').map(({ ID }) => crm.get(String(ID), 'InvoiceAddress')?.InvoiceAddress),
  ...crm.all('Relation_Person').map(({ ID }) => crm.get(String(ID), 'Address')?.Address),
]
const moved = ({ books }: TownTenant) => {
  for (const { Id } of books.customers()) {
    books.editMailAddress(Id, MAIL)
    books.editCustomer(Id, { PhoneNumber: '22334455' })
  }
}

for (const deepInserts of ['always', 'creates'] as const)
  for (const emptyWriteAnswers of [false, true])
    test(`records are made along ${deepInserts === 'always' ? 'with any write' : 'in creates only'}, answers are ${emptyWriteAnswers ? 'empty' : 'whole'}`, async () => {
      const kit = begin()
      const tenant = await given(kit, { deepInserts, emptyWriteAnswers })
      moved(tenant)
      await kit.tick(NIGHT)
      expect(homes(tenant).filter(Boolean)).toEqual([
        expect.objectContaining(HELD),
        expect.objectContaining(HELD),
      ])
      expect(addresses(tenant)).toHaveLength(2)
      // The next change is one of that address.
      const [one] = tenant.books.customers()
      tenant.books.editMailAddress(Number(one?.Id), { AddressLine1: 'Nygata 6' })
      await kit.tick(NIGHT)
      expect(
        addresses(tenant)
          .map(({ HouseNumber }) => HouseNumber)
          .toSorted(),
      ).toEqual([5, 6])
      expect(codesOf(tenant)).toEqual([])
      expect(kit.town.tribe.violations).toEqual([])
    })

test.each(['error-after', 'lost-after', 'error-before'] as const)(
  'an address that is made by itself is made once where its answer is "%s"',
  async (name) => {
    const kit = begin()
    const tenant = await given(kit, { deepInserts: 'creates' })
    kit.town.tribe.faults.add({ name, on: /POST .*\/Address/, times: 2 })
    moved(tenant)
    await kit.tick(NIGHT)
    await kit.town.passMinutes(5)
    await kit.quiet()
    expect(homes(tenant).filter(Boolean)).toHaveLength(2)
    expect(addresses(tenant)).toHaveLength(2)
    expect(codesOf(tenant)).toEqual([])
  },
)

test.each([
  [
    'another field',
    { refuses: { 'Relation_Organization.PhoneNumber': /./, 'Relation_Person.PhoneNumber': /./ } },
    2,
  ],
  ['the address itself', { refuses: { 'Address.City': /./ } }, 0],
] as const)(
  'where Tribe refuses %s as well, no address is left that nobody has',
  async (_what, tribe, count) => {
    const kit = begin()
    const tenant = await given(kit, { deepInserts: 'creates', ...tribe })
    moved(tenant)
    await kit.tick(NIGHT)
    expect(homes(tenant).filter(Boolean)).toHaveLength(count)
    expect(addresses(tenant)).toHaveLength(count)
    expect(codesOf(tenant)).toEqual(['field.refused', 'field.refused'])
  },
)
