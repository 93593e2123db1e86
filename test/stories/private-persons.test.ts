import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { organizationOf, personOf, type Relay, startRelay, type Tenant } from './relay'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({ callTimeoutMs: 1500 })
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1)
  return list[0] as T
}
const inTribe = (acme: Tenant) => personOf(only(acme.crm.privateCustomers()))
const inPowerOffice = (acme: Tenant) => only(acme.books.customers())

/** A private customer that both systems know, in step and quiet. */
async function aPair(tribe = {}, powerOffice = {}) {
  const acme = await relay.tenant({
    tribe,
    powerOffice,
    seed: (_crm, books) =>
      books.hasCustomer({ IsPerson: true, FirstName: 'Ada', LastName: 'van der Berg', PhoneNumber: '22' }),
  })
  return { acme, powerOfficeId: inPowerOffice(acme).Id, personId: String(inTribe(acme).ID) }
}

// ── Both ways ───────────────────────────────────────────────────────────────

test('a private customer of PowerOffice arrives in Tribe as a person with a customer role', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) =>
      books.hasCustomer({
        IsPerson: true,
        FirstName: 'Ada',
        LastName: 'van der Berg',
        EmailAddress: 'ada@privat.example',
        PhoneNumber: '+47 900 11 222',
        MailAddress: {
          AddressLine1: 'Løkkeveien 3 A',
          ZipCode: '4008',
          City: 'Stavanger',
          CountryCode: 'NO',
        },
      }),
  })
  expect(inTribe(acme)).toMatchObject({
    FirstName: 'Ada',
    MiddleName: 'van der',
    LastName: 'Berg',
    EmailAddress: 'ada@privat.example',
    PhoneNumber: '+47 900 11 222',
    DebtorNumber: String(inPowerOffice(acme).Number),
    Address: {
      Street: 'Løkkeveien',
      HouseNumber: 3,
      HouseNumberSuffix: 'A',
      Postalcode: '4008',
      City: 'Stavanger',
      Country: { Code: 'NO' },
    },
  })
  expect(acme.crm.customers()).toEqual([])
  expect(acme.calls(/^(POST|PATCH)/)).toEqual([])
  expect((await acme.status()).links.customer).toBe(1)
})

test('a private customer made in Tribe is in PowerOffice at once, and its number is in Tribe', async () => {
  const acme = await relay.tenant()
  acme.crm.hasPrivateCustomer({
    person: {
      FirstName: 'Pieter',
      MiddleName: "van 't",
      LastName: 'Hek',
      EmailAddress: 'piet@privat.example',
    },
    address: {
      Street: 'Kerkstraat',
      HouseNumber: 12,
      HouseNumberSuffix: 'bis',
      Postalcode: '3511 AB',
      City: 'Utrecht',
      Country: 'NL',
    },
  })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({
    IsPerson: true,
    Name: null,
    FirstName: 'Pieter',
    LastName: "van 't Hek",
    EmailAddress: 'piet@privat.example',
    MailAddress: {
      AddressLine1: 'Kerkstraat 12 bis',
      ZipCode: '3511 AB',
      City: 'Utrecht',
      CountryCode: 'NL',
    },
  })
  expect(inTribe(acme)).toMatchObject({
    FirstName: 'Pieter',
    MiddleName: "van 't",
    LastName: 'Hek',
    DebtorNumber: String(inPowerOffice(acme).Number),
  })
})

test('a private customer who changes in either system changes in the other', async () => {
  const { acme, powerOfficeId, personId } = await aPair()
  relay.powerOffice.log.clear()
  acme.crm.edit(personId, { LastName: 'Bergen', PhoneNumber: '33' })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({
    FirstName: 'Ada',
    LastName: 'van der Bergen',
    PhoneNumber: '33',
  })
  expect(acme.calls(/PATCH/)).toHaveLength(1)

  relay.tribe.log.clear()
  acme.books.editCustomer(powerOfficeId, { FirstName: 'Adriana', LastName: 'de Vries' })
  await acme.sync('relations')
  expect(inTribe(acme)).toMatchObject({ FirstName: 'Adriana', MiddleName: 'de', LastName: 'Vries' })
  expect(acme.tribeWrites()).toHaveLength(1)
})

test('an edit of only the address of a private customer in Tribe reaches PowerOffice at once', async () => {
  const { acme, personId } = await aPair()
  acme.crm.editAddress(personId, 'Address', {
    Street: 'Storgata',
    HouseNumber: 1,
    Postalcode: '0155',
    City: 'Oslo',
  })
  await acme.quiet()
  expect(inPowerOffice(acme).MailAddress).toMatchObject({ AddressLine1: 'Storgata 1', ZipCode: '0155' })
  acme.crm.editAddress(personId, 'Address', { HouseNumber: 2 })
  await acme.quiet()
  expect(inPowerOffice(acme).MailAddress).toMatchObject({ AddressLine1: 'Storgata 2', ZipCode: '0155' })
})

test('the payment days of a private customer travel both ways', async () => {
  const { acme, powerOfficeId } = await aPair()
  const term = acme.books.hasPaymentTerm({ CreditDays: 21 })
  acme.crm.edit(String(only(acme.crm.privateCustomers()).ID), { PaymentTermInDays: 21 })
  await acme.quiet()
  expect(inPowerOffice(acme).PaymentTermId).toBe(term.Id)
  acme.books.editCustomer(powerOfficeId, { PaymentTermId: acme.books.hasPaymentTerm({ CreditDays: 3 }).Id })
  await acme.sync('relations')
  expect(only(acme.crm.privateCustomers()).PaymentTermInDays).toBe(3)
})

for (const fault of ['lost-after', 'error-after'] as const)
  test(`a private customer is made once though PowerOffice's answer is ${fault}`, async () => {
    const acme = await relay.tenant()
    relay.powerOffice.faults.add({ name: fault, on: /^POST .*Customers/, account: acme.books.clientKey })
    acme.crm.hasPrivateCustomer()
    await acme.quiet()
    expect(inTribe(acme).DebtorNumber).toBe(String(inPowerOffice(acme).Number))
  })

test('with private persons switched off nothing happens to them', async () => {
  const acme = await relay.tenant({
    settings: { relations: { privatePersons: false } },
    seed: (_crm, books) => books.hasCustomer({ IsPerson: true, FirstName: 'Ola', LastName: 'Nordmann' }),
  })
  acme.crm.hasPrivateCustomer()
  await acme.poll()
  await acme.sync('compare')
  await acme.sync('unlinked')
  expect(acme.crm.privateCustomers()).toHaveLength(1)
  expect(acme.books.customers()).toHaveLength(1)
})

// ── Names ───────────────────────────────────────────────────────────────────

test('a person with one name only travels both ways, and the stand-in for the other never comes back', async () => {
  const acme = await relay.tenant()
  const { personId } = acme.crm.hasPrivateCustomer({ person: { FirstName: null, LastName: 'Madonna' } })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({ FirstName: '-', LastName: 'Madonna' })
  await acme.poll()
  await acme.sync('compare')
  expect(inTribe(acme)).toMatchObject({ FirstName: null, LastName: 'Madonna' })

  acme.crm.edit(personId, { FirstName: 'Louise' })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({ FirstName: 'Louise', LastName: 'Madonna' })
  acme.books.editCustomer(inPowerOffice(acme).Id, { FirstName: '-' })
  await acme.sync('relations')
  expect(inTribe(acme)).toMatchObject({ FirstName: null, LastName: 'Madonna' })
  expect((await acme.status()).problems).toEqual([])
})

for (const [firstName, lastName, parts] of [
  ['Ada', 'van der Berg', ['Ada', 'van der', 'Berg']],
  ['Jan Peter', 'de la Cour', ['Jan Peter', 'de la', 'Cour']],
  ['Bjørn Åge', 'Sæther-Øien', ['Bjørn Åge', null, 'Sæther-Øien']],
  ['Kari', 'Lund Haugen', ['Kari', null, 'Lund Haugen']],
  ['Ludvig', 'von der Lippe', ['Ludvig', 'von der', 'Lippe']],
  ['In', 'Kim', ['In', null, 'Kim']],
  ['Siri', 'In Kim', ['Siri', null, 'In Kim']],
  ['Cher', '-', [null, null, 'Cher']],
] as const)
  test(`"${firstName} ${lastName}" of PowerOffice is the same name in Tribe, and stays as it is`, async () => {
    const acme = await relay.tenant({
      seed: (_crm, books) => books.hasCustomer({ IsPerson: true, FirstName: firstName, LastName: lastName }),
    })
    const [FirstName, MiddleName, LastName] = parts
    expect(inTribe(acme)).toMatchObject({ LastName })
    expect([inTribe(acme).FirstName ?? null, inTribe(acme).MiddleName ?? null]).toEqual([
      FirstName,
      MiddleName,
    ])
    acme.crm.edit(String(inTribe(acme).ID), { PhoneNumber: '1' })
    await acme.quiet()
    expect(inPowerOffice(acme)).toMatchObject({ FirstName: firstName, LastName: lastName, PhoneNumber: '1' })
    expect(acme.calls(/PATCH/).flatMap((seen) => JSON.parse(seen.body))).toHaveLength(1)
  })

test('a first name that is changed in PowerOffice leaves an infix that a user typed in Tribe as it is', async () => {
  const acme = await relay.tenant()
  acme.crm.hasPrivateCustomer({ person: { FirstName: 'Ana', MiddleName: 'Maria', LastName: 'Lopez' } })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({ FirstName: 'Ana', LastName: 'Maria Lopez' })
  acme.books.editCustomer(inPowerOffice(acme).Id, { FirstName: 'Anna' })
  await acme.sync('relations')
  expect(inTribe(acme)).toMatchObject({ FirstName: 'Anna', MiddleName: 'Maria', LastName: 'Lopez' })
})

for (const personName of ['null', 'first-last', 'last-first'] as const)
  test(`a private customer is the same where PowerOffice shows the name of a person as ${personName}`, async () => {
    const { acme, powerOfficeId, personId } = await aPair({}, { personName })
    acme.crm.edit(personId, { FirstName: 'Eva' })
    await acme.quiet()
    expect(inPowerOffice(acme)).toMatchObject({ FirstName: 'Eva', LastName: 'van der Berg' })
    acme.books.editCustomer(powerOfficeId, { LastName: 'van der Meer' })
    await acme.sync('relations')
    expect(inTribe(acme)).toMatchObject({ FirstName: 'Eva', MiddleName: 'van der', LastName: 'Meer' })
    relay.tribe.log.clear()
    relay.powerOffice.log.clear()
    await acme.poll()
    expect([...acme.tribeWrites(), ...acme.calls(/PATCH/)]).toEqual([])
  })

// ── The debtor number ───────────────────────────────────────────────────────

test('where Tribe keeps the debtor number on the customer role, it stands there', async () => {
  const { acme } = await aPair({ personDebtorNumberOn: 'role' })
  expect(only(acme.crm.privateCustomers()).DebtorNumber).toBe(String(inPowerOffice(acme).Number))
  expect(inTribe(acme)).not.toHaveProperty('DebtorNumber')
  acme.crm.hasPrivateCustomer({ person: { FirstName: 'Ny', LastName: 'Kunde' } })
  await acme.quiet()
  const numbers = acme.books.customers().map((customer) => String(customer.Number))
  expect(acme.crm.privateCustomers().map((role) => role.DebtorNumber)).toEqual(numbers)
  expect((await fieldsSaid(acme)).message).not.toMatch(/number of private/i)
})

test('where Tribe has no place for the debtor number of a person, the checklist says so and the rest travels', async () => {
  const { acme, powerOfficeId, personId } = await aPair({ personDebtorNumberOn: 'none' })
  expect(inTribe(acme)).toMatchObject({ FirstName: 'Ada', MiddleName: 'van der', LastName: 'Berg' })
  expect(await fieldsSaid(acme)).toMatchObject({
    ok: true,
    message: expect.stringMatching(/debtor number of private customers/i),
  })
  acme.crm.edit(personId, { PhoneNumber: '44' })
  await acme.quiet()
  acme.books.editCustomer(powerOfficeId, { LastName: 'de Groot' })
  await acme.sync('relations')
  expect(inPowerOffice(acme).PhoneNumber).toBe('44')
  expect(inTribe(acme).LastName).toBe('Groot')
  acme.crm.hasPrivateCustomer({ person: { FirstName: 'Ny', LastName: 'Kunde' } })
  await acme.quiet()
  await acme.sync('compare')
  expect(acme.books.customers()).toHaveLength(2)
  expect(acme.crm.privateCustomers()).toHaveLength(2)
})

for (const personDebtorNumberOn of ['person', 'role'] as const)
  test(`a private customer that both sides know by its number, on the ${personDebtorNumberOn}, is tied together`, async () => {
    const acme = await relay.tenant({
      tribe: { personDebtorNumberOn },
      seed: (crm, books) => {
        const customer = books.hasCustomer({ IsPerson: true, FirstName: 'Ada', LastName: 'Lund' })
        const DebtorNumber = String(customer.Number)
        crm.hasPrivateCustomer({
          person: {
            FirstName: 'A.',
            LastName: 'Lund',
            ...(personDebtorNumberOn === 'person' ? { DebtorNumber } : {}),
          },
          role: personDebtorNumberOn === 'role' ? { DebtorNumber } : {},
        })
      },
    })
    expect(inTribe(acme)).toMatchObject({ FirstName: 'Ada', LastName: 'Lund' })
    expect((await acme.status()).links.customer).toBe(1)
  })

test('on the tenant page it is said which fields Tribe lacks and that nothing is wrong when it lacks none', async () => {
  const { acme } = await aPair()
  expect(await fieldsSaid(acme)).toMatchObject({ ok: true, message: 'All fields are there' })
})

const fieldsSaid = async (acme: Tenant) =>
  (await acme.api('GET', '/checklist')).body.find((item: { step: string }) => item.step === 'tribe-fields')

// ── What is not the same in both ────────────────────────────────────────────

test('a contact that is switched from company to person in PowerOffice is reported, and relinking mends it', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => books.hasCustomer({ Name: 'Ada Lund Consulting' }),
  })
  const { Id } = inPowerOffice(acme)
  acme.books.editCustomer(Id, { IsPerson: true, FirstName: 'Ada', LastName: 'Lund' })
  await acme.poll()
  expect((await acme.status()).problems).toMatchObject([
    { code: 'relation.kind_differs', remedy: 'data', kind: 'customer', powerOfficeId: String(Id) },
  ])
  expect(organizationOf(only(acme.crm.customers())).Name).toBe('Ada Lund Consulting')
  expect(acme.crm.privateCustomers()).toEqual([])

  // An edit in Tribe would write a company's name to a person.
  relay.powerOffice.log.clear()
  acme.crm.edit(String(organizationOf(only(acme.crm.customers())).ID), { Name: 'Ada Lund AS' })
  await acme.quiet()
  expect(acme.calls(/PATCH/)).toEqual([])

  // The user makes the person in Tribe; the admin ties it to the contact.
  acme.crm.holdDeliveries()
  const { roleId } = acme.crm.hasPrivateCustomer({
    person: { FirstName: 'Ada', LastName: 'Lund' },
    silent: true,
  })
  const answer = await acme.api('POST', '/records/relink', {
    kind: 'customer',
    tribeId: roleId,
    powerOfficeId: String(Id),
  })
  expect(answer.status).toBe(202)
  acme.crm.releaseDeliveries()
  await acme.quiet()
  await acme.poll()
  expect(inTribe(acme).DebtorNumber).toBe(String(inPowerOffice(acme).Number))

  // The company that is left over would be a twin in PowerOffice: that is for a person to say.
  expect((await acme.status()).problems).toMatchObject([
    { code: 'relation.tied_elsewhere', tribeId: only(acme.crm.customers()).ID },
  ])
  acme.crm.remove(String(only(acme.crm.customers()).ID))
  await acme.quiet()
  expect((await acme.status()).problems).toEqual([])
})

test('a private supplier has no place in Tribe and is left alone, without a word', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => {
      books.hasSupplier({ IsPerson: true, FirstName: 'Ola', LastName: 'Snekker' })
      books.makeAlsoSupplier(books.hasCustomer({ IsPerson: true, FirstName: 'Kari', LastName: 'Begge' }).Id)
    },
  })
  await acme.poll()
  await acme.sync('compare')
  expect(acme.crm.suppliers()).toEqual([])
  expect(inTribe(acme).LastName).toBe('Begge')
  expect((await acme.status()).problems).toEqual([])
})

test('a company in PowerOffice and a person in Tribe with one number are left for a person to decide', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const { Number: number } = books.hasCustomer({ Name: 'Ada Lund Consulting' })
      crm.hasPrivateCustomer({ person: { LastName: 'Lund', DebtorNumber: String(number) } })
    },
  })
  const { Id } = inPowerOffice(acme)
  expect((await acme.status()).problems).toMatchObject([
    { code: 'relation.kind_differs', powerOfficeId: String(Id) },
  ])
  expect(acme.crm.customers()).toEqual([])
  expect(inTribe(acme).LastName).toBe('Lund')

  const decisions = [{ kind: 'customer', powerOfficeId: String(Id), action: 'create' }]
  await acme.put('/preview/decisions', { decisions })
  await acme.api('POST', '/jobs/retry', {})
  await acme.quiet()
  expect(organizationOf(only(acme.crm.customers())).Name).toBe('Ada Lund Consulting')
  expect((await acme.status()).problems).toEqual([])
})
