import { expect, test } from 'vitest'
import { booked, codesOf, NIGHT, POLL, useBookkeeping } from './bookkeeping'

/** PowerOffice's description has 404 for lists whose filter names what is not there: that is nothing found, and no fault of anybody's. */

const begin = useBookkeeping()

test.each(['nothing', 'not-found'] as const)(
  'where a filter that names what is not there is answered as %s, all is made once',
  async (nothingNamed) => {
    const kit = begin()
    const tenant = await kit.tenant({ powerOffice: { nothingNamed } })
    const { crm, books } = tenant
    // A number that nobody has there, and an answer that is lost: both are looked up before anything is made.
    const { roleId, organizationId } = crm.hasCustomer({
      organization: { Name: 'Nordvik Bygg AS', DebtorNumber: '19999' },
    })
    crm.hasSupplier({ organization: { Name: 'Engros AS', CreditorNumber: '29999' } })
    crm.hasPrivateCustomer({ person: { FirstName: 'Kari', LastName: 'Haugen', DebtorNumber: '18888' } })
    crm.hasContact({ organizationId, person: { FirstName: 'Ada', LastName: 'Lie' } })
    await kit.quiet()
    kit.town.powerOffice.faults.add({
      name: 'lost-before',
      on: /POST .*Customers/,
      times: 1,
      account: books.clientKey,
    })
    crm.hasCustomer({ organization: { Name: 'Sørli AS', DebtorNumber: '17777' } })
    // A line without a product asks for a generic one by its code.
    crm.sendInvoice(crm.hasInvoice({ roleId, lines: [{ price: 10, vatGroup: 'NO15' }] }))
    await kit.quiet()
    await kit.tick(POLL, NIGHT)
    expect(codesOf(tenant)).toEqual([])
    expect(
      books
        .customers()
        .map(({ Name, LastName }) => Name ?? LastName)
        .sort(),
    ).toEqual(['Haugen', 'Nordvik Bygg AS', 'Sørli AS'])
    expect([books.suppliers().length, books.contactPersons().length]).toEqual([1, 1])
    expect(booked(tenant)).toEqual({ drafts: 0, posted: 1 })
  },
)
