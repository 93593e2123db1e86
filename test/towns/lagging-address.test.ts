import { afterEach, expect, test } from 'vitest'
import { NIGHT, Street } from './street'

let street: Street
afterEach(() => street?.town.platform.close())

test("an address that the night's list shows as it was before our write is not taken for an edit", async () => {
  street = new Street(8)
  street.town.powerOffice.replicaLagMs = 1500
  const tenant = await street.tenant({
    settings: { invoices: { enabled: false } },
    powerOffice: { mailAddressMovesContact: false },
    before: ({ books }) => {
      books.hasSupplier({
        Name: 'Nordlys AS',
        MailAddress: { AddressLine1: 'Storgata 1', ZipCode: '7010', City: 'Trondheim' },
      })
    },
  })
  const { crm, books } = tenant
  const [role] = crm.suppliers() as unknown as { Organization: { ID: string } }[]
  let edited = 0
  street.town.onArrival = (path) => {
    // The night has come to customers: a user's edit goes first, and suppliers are listed right after it.
    if (edited > 0 || !/\/Customers$/.test(path)) return
    edited++
    crm.editAddress(String(role?.Organization.ID), 'InvoiceAddress', { Street: 'Kirkegata', HouseNumber: 7 })
  }
  const since = street.mark()
  await street.tick(NIGHT)
  const address = () =>
    books.suppliers().map(({ MailAddress }) => (MailAddress as { AddressLine1: string }).AddressLine1)
  expect([edited, address()]).toEqual([1, ['Kirkegata 7']])
  expect(street.writes('tribe', since)).toEqual([])
  // What a bookkeeper enters there is one, as soon as it can be told.
  books.editMailAddress(Number(books.suppliers()[0]?.Id), { AddressLine1: 'Havnegata 3' })
  await street.tick(NIGHT)
  expect(street.writes('tribe', since)).toHaveLength(1)
  expect([address(), tenant.problems()]).toEqual([['Havnegata 3'], []])
})
