import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { companies } from '../fakes/data/companies'
import type { PowerOfficeClientBooks } from '../fakes/poweroffice'
import { importIdOf, organizationOf, type Relay, startRelay } from './relay'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

/** Customers with the data of a real bookkeeping. */
function load(books: PowerOfficeClientBooks, count: number, seed = 1): void {
  for (const company of companies(count, seed))
    books.hasCustomer({
      Name: company.name,
      OrganizationNumber: company.organizationNumber,
      EmailAddress: company.email,
      InvoiceEmailAddress: company.invoiceEmail,
      PhoneNumber: company.phone,
      WebsiteUrl: company.website,
      ...(company.address
        ? {
            MailAddress: {
              AddressLine1: company.address.addressLine1,
              AddressLine2: company.address.addressLine2,
              ZipCode: company.address.zipCode,
              City: company.address.city,
              CountryCode: company.address.countryCode,
            },
          }
        : {}),
    })
}

const organizations = (customers: Record<string, unknown>[]) => customers.map(organizationOf)

test('1,200 customers of PowerOffice arrive in Tribe for a handful of calls, and a second run writes nothing', async () => {
  const acme = await relay.tenant({ seed: (_crm, books) => load(books, 1200), activate: false })
  await acme.activate(200_000)

  expect(acme.crm.customers()).toHaveLength(1200)
  const numbers = acme.books.customers().map((customer) => String(customer.Number))
  expect(new Set(organizations(acme.crm.customers()).map((one) => one.DebtorNumber))).toEqual(
    new Set(numbers),
  )
  expect(acme.calls().length).toBeLessThanOrEqual(10)
  const writes = acme.crm.count('Relation_Organization')

  const status = await acme.status()
  expect(status).toMatchObject({ state: 'active', initialSync: { state: 'done', total: 1200, done: 1200 } })
  expect(status.links.customer).toBe(1200)
  expect(status.jobs).toEqual({ due: 0, waiting: 0, later: 0, parked: 0 })

  relay.tribe.log.clear()
  await acme.api('POST', '/sync', { what: 'everything' })
  await acme.quiet()
  expect(relay.tribe.log.matching(/^(POST|PUT) \/v1\/odata/)).toEqual([])
  expect(acme.crm.count('Relation_Organization')).toBe(writes)
})

test('names, numbers and addresses arrive as they are in PowerOffice', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) =>
      books.hasCustomer({
        Name: 'Ærlig & "Søn" O\'Brien <AS>',
        OrganizationNumber: '914778271',
        WebsiteUrl: 'https://aerlig.example',
        EmailAddress: 'post@aerlig.example',
        PhoneNumber: '+47 73 00 11 22',
        InvoiceEmailAddress: 'faktura@aerlig.example',
        PaymentTermId: books.hasPaymentTerm({ CreditDays: 45 }).Id,
        MailAddress: {
          AddressLine1: 'Havnegata 12 B',
          ZipCode: '7010',
          City: 'Trondheim',
          CountryCode: 'NO',
        },
      }),
  })
  const [customer] = acme.crm.customers()
  const organization = organizationOf(customer)
  expect(organization).toMatchObject({
    Name: 'Ærlig & "Søn" O\'Brien <AS>',
    VATNumber: '914778271',
    Website: 'https://aerlig.example',
    EmailAddress: 'post@aerlig.example',
    PhoneNumber: '+47 73 00 11 22',
    FinancialEmailAddress: 'faktura@aerlig.example',
    DebtorNumber: String(acme.books.customers()[0]?.Number),
  })
  const address = acme.crm.get(String(organization.ID), 'InvoiceAddress($expand=Country)')?.InvoiceAddress
  expect(address).toMatchObject({
    Street: 'Havnegata',
    HouseNumber: 12,
    HouseNumberSuffix: 'B',
    Postalcode: '7010',
    City: 'Trondheim',
    Country: { Code: 'NO' },
  })
  expect(customer).toMatchObject({
    PaymentTermInDays: 45,
    ImportId: expect.stringMatching(importIdOf('customer', acme.books.customers()[0]?.Id)),
  })
})

test('a customer that both sides know by number is tied together, and an empty side never erases a filled one', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const { Number: number } = books.hasCustomer({
        Name: 'Nordvik Bygg AS',
        PhoneNumber: '22 33 44 55',
        EmailAddress: null,
      })
      crm.hasCustomer({
        organization: { Name: 'Nordvik', DebtorNumber: String(number), EmailAddress: 'post@nordvik.example' },
      })
    },
  })
  expect(acme.crm.customers()).toHaveLength(1)
  expect(organizations(acme.crm.customers())[0]).toMatchObject({
    Name: 'Nordvik Bygg AS',
    PhoneNumber: '22 33 44 55',
    EmailAddress: 'post@nordvik.example',
  })
  // A first load never writes to PowerOffice.
  expect(acme.calls(/^(POST|PATCH)/)).toEqual([])
  expect((await acme.status()).links.customer).toBe(1)
})

test('a spelling of the organisation number that already means the same is left as it is', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const { Number: number } = books.hasCustomer({ Name: 'Nordlys AS', OrganizationNumber: '914778271' })
      const organization = {
        Name: 'Nordlys AS',
        DebtorNumber: String(number),
        VATNumber: 'NO 914 778 271 MVA',
      }
      crm.hasCustomer({ organization })
    },
  })
  expect(organizations(acme.crm.customers())[0]?.VATNumber).toBe('NO 914 778 271 MVA')
  expect(relay.tribe.log.matching(/^PUT/, acme.crm.id)).toEqual([])
})

test('a customer that carries the PowerOffice id is found by it, whatever its number', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const { Id } = books.hasCustomer({ Name: 'Nordvik Bygg AS' })
      crm.hasCustomer({
        organization: { Name: 'Nordvik', DebtorNumber: '1' },
        role: { ImportId: `poweroffice:customer:${Id}` },
      })
    },
  })
  expect(acme.crm.customers()).toHaveLength(1)
  expect(organizations(acme.crm.customers())[0]).toMatchObject({
    Name: 'Nordvik Bygg AS',
    DebtorNumber: String(acme.books.customers()[0]?.Number),
  })
})

test('two customers in Tribe with one number are left alone and listed for a person to decide', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const { Number: number } = books.hasCustomer({ Name: 'Nordvik Bygg AS' })
      for (const Name of ['Nordvik A', 'Nordvik B'])
        crm.hasCustomer({ organization: { Name, DebtorNumber: String(number) } })
      books.hasCustomer({ Name: 'Another AS' })
    },
  })
  expect(
    organizations(acme.crm.customers())
      .map((one) => one.Name)
      .sort(),
  ).toEqual(['Another AS', 'Nordvik A', 'Nordvik B'])
  const { problems, jobs, links } = await acme.status()
  expect(jobs.parked).toBe(1)
  expect(links.customer).toBe(1)
  expect(problems).toMatchObject([
    {
      code: 'relation.ambiguous',
      remedy: 'data',
      kind: 'customer',
      powerOfficeId: String(acme.books.customers()[0]?.Id),
    },
  ])

  // The user corrects the number of one of them; another try finds the right one.
  const [wrong] = acme.crm.customers().filter((role) => organizationOf(role).Name === 'Nordvik A')
  acme.crm.edit(String(organizationOf(wrong).ID), { DebtorNumber: '99' }, { silent: true })
  await acme.api('POST', `/jobs/${problems[0].jobId}/retry`)
  await acme.quiet()
  expect((await acme.status()).links.customer).toBe(2)
  expect((await acme.status()).problems).toEqual([])
})

test('the load goes on where it was after a restart, and no record is made twice', async () => {
  const acme = await relay.tenant({ seed: (_crm, books) => load(books, 400, 2), activate: false })
  await acme.api('POST', '/activate')
  for (let round = 0; round < 3; round++) {
    await relay.sleep(250)
    await relay.restart()
  }
  await acme.quiet()
  expect(acme.crm.customers()).toHaveLength(400)
  const ids = acme.crm.customers().map((role) => role.ImportId)
  expect(new Set(ids).size).toBe(400)
  const { initialSync, links } = await acme.status()
  expect(initialSync).toMatchObject({ state: 'done' })
  expect(links.customer).toBe(400)
  // Each restart looks at one chunk again, at most.
  expect(initialSync.done).toBeLessThanOrEqual(400 + 3 * 100)
})

test('a load can be paused, and goes on when it is resumed', async () => {
  const acme = await relay.tenant({ seed: (_crm, books) => load(books, 300, 3), activate: false })
  await acme.api('POST', '/activate')
  await acme.api('POST', '/pause')
  await relay.sleep(400)
  const before = acme.crm.customers().length
  await relay.sleep(300)
  expect((await acme.status()).state).toBe('paused')
  expect(acme.crm.customers().length).toBe(before)
  expect(before).toBeLessThan(300)

  await acme.api('POST', '/resume')
  await acme.quiet()
  expect(acme.crm.customers()).toHaveLength(300)
})

test('what only Tribe has is left alone, also by the next poll, and goes out when it changes', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      books.hasCustomer({ Name: 'In both AS' })
      crm.hasCustomer({ organization: { Name: 'Only in Tribe AS' } })
    },
  })
  await acme.poll()
  expect(acme.books.customers()).toHaveLength(1)

  const only = acme.crm.customers().find((role) => organizationOf(role).Name === 'Only in Tribe AS')
  await relay.sleep(1100) // Tribe keeps times to the second
  acme.crm.edit(String(organizationOf(only).ID), { PhoneNumber: '22' }, { silent: true })
  await acme.poll()
  expect(acme.books.customers().map((customer) => customer.Name)).toContain('Only in Tribe AS')
})

test('a lost answer of Tribe in the middle of the load makes no twin', async () => {
  const acme = await relay.tenant({ seed: (_crm, books) => load(books, 60, 4), activate: false })
  relay.tribe.faults.add({
    name: 'lost-after',
    on: /^POST .*Customer$/,
    account: acme.crm.id,
    times: 2,
    skip: 5,
  })
  relay.tribe.faults.add({
    name: 'error-after',
    on: /^POST .*Customer$/,
    account: acme.crm.id,
    times: 1,
    skip: 20,
  })
  await acme.activate()
  expect(acme.crm.customers()).toHaveLength(60)
  expect((await acme.status()).links.customer).toBe(60)
})

test('a poison record among a hundred is parked alone', async () => {
  const acme = await relay.tenant({ seed: (_crm, books) => load(books, 100, 5), activate: false })
  const [poison] = acme.books.customers()
  if (poison) acme.books.editCustomer(poison.Id, { Name: 'Poison AS' })
  relay.tribe.faults.add({
    name: 'refused',
    on: /^POST .*Customer$/,
    account: acme.crm.id,
    body: /Poison/,
    times: Number.POSITIVE_INFINITY,
  })
  await acme.activate()
  expect(acme.crm.customers()).toHaveLength(99)
  const { problems } = await acme.status()
  expect(problems).toMatchObject([{ code: 'tribe.refused', powerOfficeId: String(poison?.Id) }])

  relay.tribe.faults.clear()
  await acme.api('POST', '/jobs/retry', {})
  await acme.quiet()
  expect(acme.crm.customers()).toHaveLength(100)
})
