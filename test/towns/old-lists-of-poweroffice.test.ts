import { expect, test, vi } from 'vitest'
import { POLL, useCompany } from './company'

vi.setConfig({ testTimeout: 300_000 })
const open = useCompany({ invoices: { enabled: false }, relations: { contactPersons: true } })

/**
 * PowerOffice answers lists from a replica that may lag by seconds. What a list still shows of the state before our
 * own change is no edit of the bookkeeper's, however soon after it the list is read, and whether or not the answer to
 * our change came.
 */
test.each([null, 'lost-after', 'error-after'] as const)(
  'a list of PowerOffice that lags by two seconds is no edit: what a user changed is not taken back (%s)',
  async (mishap) => {
    const company = await open()
    const { crm, books } = company.tenant
    const { town } = company
    const { organizationId } = crm.hasCustomer({
      organization: { Name: 'Nordlys AS', PhoneNumber: '22000000' },
    })
    const both = crm.hasCustomer({ organization: { Name: 'Begge AS', PhoneNumber: '22000000' } })
    await company.quiet()
    const [, second] = books.customers()
    if (second) books.makeAlsoSupplier(second.Id)
    const product = crm.hasProduct({ Name: 'Time', Code: 'T1', Description: 'Gammel' })
    await company.poll()
    expect(crm.all('Relationship_Organization_Supplier')).toHaveLength(1)
    town.powerOffice.replicaLagMs = 2000
    crm.options.echo = false
    for (let round = 1; round <= 6; round++) {
      await town.passMinutes(10)
      // The bookkeeper changed something minutes ago, so that the pull shows the rows; it is taken over before.
      for (const { Id } of books.customers())
        books.editCustomer(Id, { EmailAddress: `r${round}@kunde.example` })
      for (const { Id } of books.products()) books.editProduct(Id, { Name: `Time ${round}` })
      await town.passMinutes(1)
      await town.tick(POLL)
      await company.quiet()
      if (mishap) town.powerOffice.faults.add({ name: mishap, on: /^PATCH /, times: 2 })
      crm.edit(organizationId, { PhoneNumber: `2200000${round % 10}`, Name: `Nordlys ${round} AS` })
      crm.edit(both.organizationId, { PhoneNumber: `2200000${round % 10}` })
      crm.edit(product, { Description: `Ny ${round}` })
      await town.timeline.run(round * 400)
      await town.tick(POLL)
      await town.timeline.run(700)
      await town.tick(POLL)
      await company.quiet()
      await town.passMinutes(1)
      await town.tick(POLL)
      await company.quiet()
      const phone = `2200000${round % 10}`
      expect([round, ...books.customers().map(({ PhoneNumber }) => PhoneNumber)]).toEqual([
        round,
        phone,
        phone,
      ])
      expect(crm.get(organizationId)).toMatchObject({
        PhoneNumber: phone,
        Name: `Nordlys ${round} AS`,
        EmailAddress: `r${round}@kunde.example`,
      })
      expect(crm.get(both.organizationId)).toMatchObject({ PhoneNumber: phone })
      expect(books.products()[0]?.Description).toBe(`Ny ${round}`)
      expect(crm.get(product)).toMatchObject({ Description: `Ny ${round}`, Name: `Time ${round}` })
    }
    expect(company.tenant.problems()).toEqual([])
    expect(town.violations()).toEqual([])
  },
)

test.each([
  ['tells changes by the second', { stampsInSeconds: true }, false],
  ['does not tell that an address changed', {}, true],
] as const)('a list that lags is no edit either where PowerOffice %s', async (_, quirks, isAddress) => {
  const company = await open()
  const { crm, books } = company.tenant
  const { town } = company
  Object.assign(books.quirks, quirks)
  const InvoiceAddress = { Street: 'Storgata', HouseNumber: 1, Postalcode: '0155', City: 'Oslo' }
  const { organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS', InvoiceAddress } })
  const addressId = String((crm.get(organizationId)?.InvoiceAddress as { ID?: string } | undefined)?.ID)
  const product = crm.hasProduct({ Name: 'Time', Code: 'T1', Description: 'Gammel' })
  await company.quiet()
  town.powerOffice.replicaLagMs = 2000
  crm.options.echo = false
  for (let round = 1; round <= 12; round++) {
    await town.passMinutes(10)
    await town.timeline.run(1000 - (town.timeline.now() % 1000))
    // The bookkeeper and a user change the same record within a second.
    for (const { Id } of books.customers())
      books.editCustomer(Id, { EmailAddress: `r${round}@kunde.example` })
    for (const { Id } of books.products()) books.editProduct(Id, { Name: `Time ${round}` })
    const Street = `Gate nr ${round}`
    const PhoneNumber = `220000${10 + round}`
    if (isAddress) crm.editAddress(organizationId, 'InvoiceAddress', { Street })
    else crm.edit(organizationId, { PhoneNumber })
    crm.edit(product, { Description: `Ny ${round}` })
    await town.timeline.run(1900 + round * 50)
    await town.tick(POLL)
    await company.quiet()
    // Nor for a quarter of an hour.
    if (isAddress) expect(crm.get(addressId)).toMatchObject({ Street })
    else expect([round, crm.get(organizationId)?.PhoneNumber]).toEqual([round, PhoneNumber])
    expect([round, crm.get(product)?.Description]).toEqual([round, `Ny ${round}`])
    await town.passMinutes(15)
    await town.tick(POLL)
    await company.quiet()
    const [customer] = books.customers()
    const here = crm.get(organizationId)
    expect([round, here?.EmailAddress]).toEqual([round, `r${round}@kunde.example`])
    if (isAddress) expect(customer?.MailAddress?.AddressLine1).toContain(Street)
    else expect([customer?.PhoneNumber, here?.PhoneNumber]).toEqual([PhoneNumber, PhoneNumber])
    expect(books.products()[0]).toMatchObject({ Description: `Ny ${round}`, Name: `Time ${round}` })
    expect(crm.get(product)).toMatchObject({ Description: `Ny ${round}`, Name: `Time ${round}` })
  }
  expect(town.violations()).toEqual([])
})
