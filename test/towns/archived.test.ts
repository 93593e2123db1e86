import { afterEach, expect, test } from 'vitest'
import { NIGHT, Street } from './street'

let street: Street
afterEach(() => street.town.platform.close())

test.each(['customer', 'supplier'] as const)(
  'a %s that is archived in PowerOffice, out of its lists, and deleted in Tribe unheard is parted by the night',
  async (kind) => {
    street = new Street(3)
    const tenant = await street.tenant({
      settings: { invoices: { enabled: false } },
      powerOffice: { archivedInLists: false },
    })
    const { crm, books } = tenant
    const organization = { Name: 'Nordlys AS' }
    const { organizationId } =
      kind === 'customer' ? crm.hasCustomer({ organization }) : crm.hasSupplier({ organization })
    await street.quiet()
    const [contact] = kind === 'customer' ? books.customers() : books.suppliers()
    books.archive(Number(contact?.Id), true)
    crm.dropNextDeliveries(100)
    crm.remove(organizationId)
    await street.tick(NIGHT)
    const states = street.town.platform.database.prepare('select kind, state from links').all()
    expect(states.map(({ kind: of, state }) => [of, state])).toEqual([[kind, 'tribe-gone']])
    expect(tenant.problems()).toEqual([])
  },
)
