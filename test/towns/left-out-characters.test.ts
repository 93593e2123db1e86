import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, type Street, useStreet } from './street'

const begin = useStreet(12)

/** How often the timeline tells of characters that were left out. */
async function told(street: Street, tenant: TownTenant): Promise<number> {
  const { entries } = await street.town.waitFor(tenant.api('GET', '/timeline'))
  return entries.filter((one: { event: string }) => one.event === 'characters-left-out').length
}

const ODD: Record<string, (tenant: TownTenant) => void> = {
  'a customer of Tribe': ({ crm }) => void crm.hasCustomer({ organization: { Name: 'Nord\u200Blys AS' } }),
  'a private customer of Tribe': ({ crm }) =>
    void crm.hasPrivateCustomer({ person: { FirstName: 'Ka\u00ADri' } }),
  'a product of Tribe': ({ crm }) => void crm.hasProduct({ Name: 'Time\u200B' }),
  'a customer of PowerOffice': ({ books }) => void books.hasCustomer({ Name: 'Nord\u200Blys AS' }),
  'a supplier of PowerOffice': ({ books }) => void books.hasSupplier({ Name: '\uFEFFNordlys AS' }),
  'a product of PowerOffice': ({ books }) => void books.hasProduct({ Name: 'Ti\u200Bme', UnitPrice: 10 }),
}
test.each(Object.entries(ODD))(
  'the name of %s that changes on the way, since characters are left out, is told once',
  async (_, make) => {
    const street = begin()
    const tenant = await street.tenant()
    make(tenant)
    await street.quiet()
    await street.tick(PULL)
    expect(await told(street, tenant)).toBe(1)
    await street.tick(PULL, NIGHT)
    expect(await told(street, tenant)).toBe(1)
  },
)

test('a name that changes to one with such characters is told, and one without is not', async () => {
  const street = begin()
  const tenant = await street.tenant()
  const { organizationId } = tenant.crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
  await street.quiet()
  expect(await told(street, tenant)).toBe(0)
  tenant.crm.edit(organizationId, { Name: 'Nordlys\u2060 Bygg AS' })
  await street.quiet()
  expect(tenant.books.customers()).toMatchObject([{ Name: 'Nordlys Bygg AS' }])
  expect(await told(street, tenant)).toBe(1)
})

test('a customer is found by its number however people write it', async () => {
  const street = begin()
  const tenant = await street.tenant()
  tenant.crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
  await street.quiet()
  const number = String(tenant.books.customers()[0]?.Number)
  const spaced = number.replace(/(?=\d{3}$)/, ' ')
  for (const written of [number, `0${number}`, spaced, `${number}.0`]) {
    const path = `/records/search?kind=customer&q=${encodeURIComponent(written)}`
    const { records } = await street.town.waitFor(tenant.api('GET', path))
    expect(records, written).toMatchObject([{ number }])
  }
})
