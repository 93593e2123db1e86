import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, useStreet } from './street'

const begin = useStreet()

const KARI = { FirstName: 'Kari', LastName: 'Nes' }
type Phones = readonly (string | null)[]

/** One company with persons of one name, known by their telephones. */
const company =
  (inTribe: Phones, inPowerOffice: Phones) =>
  ({ crm, books }: TownTenant) => {
    const { organizationId } = crm.hasCustomer({
      organization: { Name: 'Nordlys AS', DebtorNumber: '10000' },
    })
    for (const PhoneNumber of inTribe)
      crm.hasContact({ organizationId, person: KARI, contact: { PhoneNumber } })
    const { Id } = books.hasCustomer({ Name: 'Nordlys AS', Number: 10_000 })
    for (const PhoneNumber of inPowerOffice) books.hasContactPerson(Id, { ...KARI, PhoneNumber })
  }
const phonesIn = ({ crm, books }: TownTenant) => ({
  tribe: crm.contacts().map((one) => (one as { PhoneNumber?: string | null }).PhoneNumber ?? null),
  powerOffice: books.contactPersons().map((one) => one.PhoneNumber),
})

const [ONES, TWOS, THREES] = ['+47 900 01 111', '+47 900 02 222', '900 03 333'] as const

/** What both hold before; and after a load, a pull and a night: pairs that are tied, and what is told. */
const CASES: [name: string, tribe: Phones, powerOffice: Phones, tied: number, told: number][] = [
  ['one of two is in Tribe, the later one', [TWOS], [ONES, TWOS], 1, 1],
  ['one of two is in Tribe, the earlier one', [ONES], [ONES, TWOS], 1, 1],
  ['both are in both', [TWOS, ONES], [ONES, TWOS], 2, 0],
  ['one of two is in Tribe, and has neither telephone', [THREES], [ONES, TWOS], 0, 2],
  ['two are in Tribe, one in PowerOffice has neither telephone', [ONES, TWOS], [THREES], 0, 1],
  ['one of two is in Tribe, spelled without the country', ['90002222'], [ONES, TWOS], 1, 1],
]

test.each(CASES)(
  'contact persons of one name keep their telephones: %s',
  async (_, tribe, powerOffice, tied, told) => {
    const street = begin()
    const tenant = await street.tenant({ before: company(tribe, powerOffice) })
    await street.tick(PULL, NIGHT)

    const after = phonesIn(tenant)
    expect(after.powerOffice).toEqual(powerOffice)
    expect(after.tribe.map((phone) => phone?.slice(-3)).sort()).toEqual(
      tribe.map((phone) => phone?.slice(-3)).sort(),
    )
    expect(street.links(tenant, 'contactPerson')).toHaveLength(tied)
    expect(street.codes(tenant)).toEqual(Array(told).fill('relation.namesake'))
    expect(street.town.violations()).toEqual([])
  },
)

test('a person of one name on each side is one person, whatever the telephones say', async () => {
  const street = begin()
  const tenant = await street.tenant({ before: company([ONES], [TWOS]) })
  expect(phonesIn(tenant)).toEqual({ tribe: [TWOS], powerOffice: [TWOS] })
  expect(street.codes(tenant)).toEqual([])
})

test('a namesake whom a bookkeeper adds later is told, also when the relay was restarted before it is tried again', async () => {
  const street = begin()
  const tenant = await street.tenant({ before: company([ONES], [ONES]) })
  const [customer] = tenant.books.customers()
  tenant.books.hasContactPerson(customer?.Id ?? 0, { ...KARI, PhoneNumber: TWOS })
  await street.town.passMinutes(15)
  await street.tick(PULL)
  street.town.platform.deploy()
  await street.town.waitFor(tenant.api('POST', '/jobs/retry', {}))
  await street.quiet()
  expect(phonesIn(tenant)).toEqual({ tribe: [ONES], powerOffice: [ONES, TWOS] })
  expect(street.codes(tenant)).toEqual(['relation.namesake'])
})
