import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, type Street, useStreet } from './street'

/** What seldom keeps a record from the other system is told by its code, and what the code's text says to do lets it go. */
const begin = useStreet()
const settings = { invoices: { enabled: false } }

async function poll(street: Street): Promise<void> {
  await street.quiet()
  await street.town.passMinutes(15)
  await street.tick(PULL)
}
const told = (street: Street, tenant: TownTenant) => [street.codes(tenant), street.town.violations()]

test('relation.unreadable: a customer of a form that nobody knows is told, the others go on; once it is saved anew, it follows', async () => {
  const street = begin()
  const tenant = await street.tenant({ settings })
  const { Id } = tenant.books.hasCustomer({ Name: 'Nordlys AS' })
  tenant.books.editCustomer(Id, { IsPerson: ['both'] } as never)
  tenant.books.hasCustomer({ Name: 'Polarlys AS' })
  await poll(street)
  expect(told(street, tenant)).toEqual([['relation.unreadable'], []])
  expect(tenant.crm.customers()).toMatchObject([{ Organization: { Name: 'Polarlys AS' } }])
  tenant.books.editCustomer(Id, { IsPerson: false } as never)
  await poll(street)
  expect(told(street, tenant)).toEqual([[], []])
  expect(tenant.crm.customers()).toHaveLength(2)
})

test.each(['Tribe', 'PowerOffice'])(
  'relation.company_unlinked: a person is made anew that was deleted in %s along with its company; once the company is, it is tried again',
  async (where) => {
    const street = begin()
    const tenant = await street.tenant({
      settings,
      before: ({ books }) => {
        const { Id } = books.hasCustomer({ Name: 'Nordlys AS' })
        books.hasContactPerson(Id, { FirstName: 'Ada', LastName: 'Berg' })
      },
    })
    const { crm, books } = tenant
    const [[person], [company]] = [street.links(tenant, 'contactPerson'), street.links(tenant, 'customer')]
    if (where === 'Tribe') {
      crm.remove(String(person?.tribeId))
      crm.remove(String(company?.tribeId))
    } else {
      books.deleteContactPerson(Number(person?.powerOfficeId))
      books.deleteCustomer(Number(company?.powerOfficeId))
    }
    await poll(street)
    await street.tick(NIGHT)
    const recreate = async (
      kind: string,
      { tribeId, powerOfficeId }: { tribeId: string; powerOfficeId: string },
    ) => {
      const which = where === 'Tribe' ? { powerOfficeId } : { tribeId }
      await street.town.waitFor(tenant.api('POST', '/records/recreate', { kind, ...which }))
      await street.quiet()
    }
    const nobody = { tribeId: '', powerOfficeId: '' }
    const refused = recreate('contactPerson', person ?? nobody).catch(({ answer }) => answer.body.error.code)
    expect([await refused, street.codes(tenant)]).toEqual([undefined, ['relation.company_unlinked']])
    await recreate('customer', company ?? nobody)
    await street.town.waitFor(tenant.api('POST', '/jobs/retry', {}))
    await poll(street)
    expect(told(street, tenant)).toEqual([[], []])
    expect(street.links(tenant, 'contactPerson')).toMatchObject([{ state: 'linked' }])
    expect([crm.contacts().length, books.contactPersons().length]).toEqual([1, 1])
  },
)

/** Tribe takes it for a name. */
const NOTHING_TO_SEE = '\u200b'

test('product.name_missing: a product without a name waits, and goes by itself once it has one', async () => {
  const street = begin()
  const tenant = await street.tenant({ settings })
  const id = tenant.crm.hasProduct({ Name: NOTHING_TO_SEE, Code: 'B1', SalesPrice: 10 })
  await street.quiet()
  expect([tenant.books.products(), ...told(street, tenant)]).toEqual([[], ['product.name_missing'], []])
  tenant.crm.edit(id, { Name: 'Bolt' })
  await street.quiet()
  expect(tenant.books.products()).toMatchObject([{ Name: 'Bolt' }])
  tenant.crm.edit(id, { Name: NOTHING_TO_SEE, SalesPrice: 20 })
  await street.quiet()
  expect(tenant.books.products()).toMatchObject([{ Name: 'Bolt', UnitPrice: 20 }])
  expect(told(street, tenant)).toEqual([['product.name_missing'], []])
  tenant.crm.edit(id, { Name: 'Mutter' })
  await street.quiet()
  expect(tenant.books.products()).toMatchObject([{ Name: 'Mutter' }])
  expect(told(street, tenant)).toEqual([[], []])
})

test('unit.gone: a unit that an earlier version could map, and that is none any more, is told; mapped anew, what waits goes by itself', async () => {
  const street = begin()
  const tenant = await street.tenant({ settings })
  const unit = tenant.crm.units.find(({ Code }) => Code === 'hr')
  street.town.platform.database
    .prepare("update unit_mappings set power_office_unit = 'OLD' where tenant_id = ? and tribe_unit_id = ?")
    .run(tenant.id, String(unit?.ID))
  tenant.crm.hasProduct({ Name: 'Time', Code: 'T1', SalesPrice: 10, Unit: { ID: String(unit?.ID) } })
  await street.quiet()
  expect([tenant.books.products(), ...told(street, tenant)]).toEqual([[], ['unit.gone'], []])
  await street.tick(NIGHT)
  expect(new Set(street.codes(tenant))).toEqual(new Set(['unit.gone']))
  const mapping = { tribeUnitId: String(unit?.ID), powerOfficeUnit: 'HUR' }
  await street.town.waitFor(tenant.api('PUT', '/mappings/units', { mappings: [mapping] }))
  await street.quiet()
  expect(tenant.books.products()).toMatchObject([{ Name: 'Time', UnitOfMeasureCode: 'HUR' }])
  expect(told(street, tenant)).toEqual([[], []])
})
