import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { organizationOf, type Relay, startRelay, type Tenant } from './relay'

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
const inPowerOffice = (acme: Tenant) => only(acme.books.customers()).MailAddress
const inTribe = (acme: Tenant) =>
  (organizationOf(only(acme.crm.customers())).InvoiceAddress ?? null) as Record<string, unknown> | null
const organizationIdOf = (acme: Tenant) => String(organizationOf(only(acme.crm.customers())).ID)

const HAVNEGATA = { AddressLine1: 'Havnegata 12 B', ZipCode: '7010', City: 'Trondheim', CountryCode: 'NO' }

/** A customer that both systems know, with this address in PowerOffice. */
async function aCustomer(
  address: Record<string, string | null> | null = HAVNEGATA,
  tribe = {},
  powerOffice = {},
) {
  const acme = await relay.tenant({
    tribe,
    powerOffice,
    seed: (_crm, books) =>
      books.hasCustomer({ Name: 'Nordvik Bygg AS', ...(address ? { MailAddress: address } : {}) }),
  })
  // Tribe's clock tells whole seconds: what is edited within that of our create may look like Tribe's own spelling of it.
  await relay.sleep(1000)
  return { acme, powerOfficeId: only(acme.books.customers()).Id, organizationId: organizationIdOf(acme) }
}

// ── From Tribe ──────────────────────────────────────────────────────────────

for (const tribe of [
  {},
  { childBumpsParent: true },
  { payloadStyle: 'minimal' },
  { payloadStyle: 'minimal', childBumpsParent: true },
  { payloadStyle: 'edge' },
  { payloadStyle: 'edge', childBumpsParent: true },
  { linkBumpsMutation: false },
] as const)
  test(`an edit of only the address in Tribe is in PowerOffice at once, for one write (${JSON.stringify(tribe)})`, async () => {
    const { acme, organizationId } = await aCustomer(HAVNEGATA, tribe)
    relay.powerOffice.log.clear()
    acme.crm.editAddress(organizationId, 'InvoiceAddress', {
      Street: 'Kongens gate',
      HouseNumber: 3,
      HouseNumberSuffix: null,
    })
    await acme.quiet()
    expect(inPowerOffice(acme)).toMatchObject({ ...HAVNEGATA, AddressLine1: 'Kongens gate 3' })
    expect(acme.calls(/PATCH/)).toHaveLength(1)
    expect(acme.calls(/POST/)).toEqual([])
  })

for (const tribe of [
  {},
  { linkBumpsMutation: false },
  { payloadStyle: 'minimal' },
  { payloadStyle: 'edge' },
] as const)
  test(`the first address of a company in Tribe is in PowerOffice at once (${JSON.stringify(tribe)})`, async () => {
    const { acme, organizationId } = await aCustomer(null, tribe)
    acme.crm.editAddress(organizationId, 'InvoiceAddress', {
      Street: 'Kongens gate',
      HouseNumber: 3,
      Postalcode: '0153',
      City: 'Oslo',
      Country: 'NO',
    })
    await acme.quiet()
    expect(inPowerOffice(acme)).toMatchObject({
      AddressLine1: 'Kongens gate 3',
      ZipCode: '0153',
      City: 'Oslo',
      CountryCode: 'NO',
    })
  })

test('an edit of another address of the company in Tribe is no business of PowerOffice', async () => {
  const { acme, organizationId } = await aCustomer()
  relay.powerOffice.log.clear()
  acme.crm.editAddress(organizationId, 'VisitingAddress', {
    Street: 'Besøksveien',
    HouseNumber: 1,
    City: 'Oslo',
  })
  await acme.quiet()
  acme.crm.editAddress(organizationId, 'VisitingAddress', { HouseNumber: 2 })
  await acme.quiet()
  expect(acme.calls(/^(POST|PATCH)/)).toEqual([])
  expect(inPowerOffice(acme)).toMatchObject(HAVNEGATA)
})

test('an address without town and postal code gets stand-ins in PowerOffice, which never come back', async () => {
  const { acme, powerOfficeId, organizationId } = await aCustomer(null)
  acme.crm.editAddress(organizationId, 'InvoiceAddress', { Street: 'Kun gate', HouseNumber: 5 })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({ AddressLine1: 'Kun gate 5', ZipCode: '-', City: '-' })
  relay.tribe.log.clear()
  acme.books.editCustomer(powerOfficeId, { PhoneNumber: '1' })
  await acme.poll()
  await acme.sync('compare')
  expect(inTribe(acme)).toMatchObject({ Street: 'Kun gate', HouseNumber: 5 })
  expect([inTribe(acme)?.Postalcode ?? null, inTribe(acme)?.City ?? null]).toEqual([null, null])
  expect(acme.tribeWrites()).toHaveLength(1)

  acme.books.editMailAddress(powerOfficeId, { City: 'Oslo' })
  await acme.sync('compare')
  expect(inTribe(acme)).toMatchObject({ Street: 'Kun gate', HouseNumber: 5, City: 'Oslo' })
  expect(inTribe(acme)?.Postalcode ?? null).toBeNull()
})

test('an address that is emptied in Tribe leaves nothing but the stand-ins in PowerOffice, and stays empty', async () => {
  const { acme, organizationId } = await aCustomer()
  acme.crm.editAddress(organizationId, 'InvoiceAddress', {
    Street: null,
    HouseNumber: null,
    HouseNumberSuffix: null,
    Postalcode: null,
    City: null,
  })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({ AddressLine1: null, ZipCode: '-', City: '-' })
  await acme.poll()
  await acme.sync('compare')
  expect(inTribe(acme)).toMatchObject({ Street: null, HouseNumber: null, City: null })
  expect(acme.calls(/PATCH/)).toHaveLength(1)
})

test('an address that is taken off the company in Tribe is emptied in PowerOffice', async () => {
  const { acme, organizationId } = await aCustomer()
  acme.crm.edit(organizationId, { InvoiceAddress: null })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({ AddressLine1: null, ZipCode: '-', City: '-' })
  await acme.sync('compare')
  expect(inTribe(acme)).toBeNull()
})

test('an address that is deleted in Tribe is emptied in PowerOffice with the comparison at the latest', async () => {
  const { acme, organizationId } = await aCustomer()
  acme.crm.remove(String(inTribe(acme)?.ID))
  await acme.quiet()
  await acme.sync('compare')
  expect(inPowerOffice(acme)).toMatchObject({ AddressLine1: null, ZipCode: '-', City: '-' })
  expect(organizationIdOf(acme)).toBe(organizationId)
})

// ── From PowerOffice ────────────────────────────────────────────────────────

test('an edit of only the address in PowerOffice is in Tribe with the nightly comparison', async () => {
  const { acme, powerOfficeId } = await aCustomer()
  acme.books.editMailAddress(powerOfficeId, { AddressLine1: 'Olav Tryggvasons gate 21', ZipCode: '7011' })
  relay.tribe.log.clear()
  await relay.tick('30 2 * * *')
  await acme.quiet()
  expect(inTribe(acme)).toMatchObject({
    Street: 'Olav Tryggvasons gate',
    HouseNumber: 21,
    HouseNumberSuffix: null,
    Postalcode: '7011',
    City: 'Trondheim',
  })
  expect(acme.tribeWrites()).toHaveLength(1)
  expect(acme.calls(/PATCH/)).toEqual([])
})

test('where an address moves the clock of its contact in PowerOffice, it is in Tribe with the next pull', async () => {
  const { acme, powerOfficeId } = await aCustomer(HAVNEGATA, {}, { mailAddressMovesContact: true })
  acme.books.editMailAddress(powerOfficeId, { AddressLine1: 'Nygata 1' })
  await acme.sync('relations')
  expect(inTribe(acme)).toMatchObject({ Street: 'Nygata', HouseNumber: 1 })
})

test('the first address of a customer in PowerOffice arrives in Tribe, in the slot for invoices', async () => {
  const { acme, powerOfficeId } = await aCustomer(null)
  expect(inTribe(acme)).toBeNull()
  acme.books.editMailAddress(powerOfficeId, HAVNEGATA)
  await acme.sync('compare')
  expect(inTribe(acme)).toMatchObject({
    Street: 'Havnegata',
    HouseNumber: 12,
    City: 'Trondheim',
    Country: { Code: 'NO' },
  })
})

test('a customer whose address in PowerOffice is nothing but stand-ins gets none in Tribe', async () => {
  const { acme } = await aCustomer({ AddressLine1: null, ZipCode: '-', City: '-', CountryCode: 'NO' })
  expect(inTribe(acme)).toBeNull()
})

for (const [line, parts] of [
  ['Havnegata 12', { Street: 'Havnegata', HouseNumber: 12, HouseNumberSuffix: null }],
  ['Havnegata 12 B', { Street: 'Havnegata', HouseNumber: 12, HouseNumberSuffix: 'B' }],
  ['Havnegata 12B', { Street: 'Havnegata 12B', HouseNumber: null, HouseNumberSuffix: null }],
  ['Kerkstraat 12 bis', { Street: 'Kerkstraat', HouseNumber: 12, HouseNumberSuffix: 'bis' }],
  ['Dam 1-14', { Street: 'Dam', HouseNumber: 1, HouseNumberSuffix: '-14' }],
  ['Dorpsstraat 7/2', { Street: 'Dorpsstraat', HouseNumber: 7, HouseNumberSuffix: '/2' }],
  ['Postboks 44', { Street: 'Postboks 44', HouseNumber: null, HouseNumberSuffix: null }],
  ['2e Jan Steenstraat 3', { Street: '2e Jan Steenstraat', HouseNumber: 3, HouseNumberSuffix: null }],
  ['c/o Lund, Storgata 1', { Street: 'c/o Lund, Storgata 1', HouseNumber: null, HouseNumberSuffix: null }],
] as const)
  test(`"${line}" of PowerOffice is the same line in Tribe's parts, and comes back as it was`, async () => {
    const { acme, organizationId } = await aCustomer({
      AddressLine1: line,
      AddressLine2: '2. etg',
      ZipCode: '0155',
      City: 'Oslo',
    })
    const { Street, HouseNumber, HouseNumberSuffix } = inTribe(acme) ?? {}
    expect({
      Street,
      HouseNumber: HouseNumber ?? null,
      HouseNumberSuffix: HouseNumberSuffix ?? null,
    }).toEqual(parts)
    expect(inTribe(acme)).toMatchObject({ Extra: '2. etg' })
    acme.crm.editAddress(organizationId, 'InvoiceAddress', { City: 'Bergen' })
    await acme.quiet()
    expect(inPowerOffice(acme)).toMatchObject({
      AddressLine1: line,
      AddressLine2: '2. etg',
      ZipCode: '0155',
      City: 'Bergen',
    })
    await acme.sync('compare')
    expect(acme.calls(/PATCH/)).toHaveLength(1)
    expect((await acme.status()).comparison.rows[0]).toMatchObject({ what: 'customers', differ: 0 })
  })

// ── Countries ───────────────────────────────────────────────────────────────

test('the country travels by its code, both ways', async () => {
  const { acme, powerOfficeId, organizationId } = await aCustomer({
    ...HAVNEGATA,
    ZipCode: '3511 AB',
    City: 'Utrecht',
    CountryCode: 'NL',
  })
  expect(inTribe(acme)).toMatchObject({ City: 'Utrecht', Country: { Code: 'NL' } })
  acme.crm.editAddress(organizationId, 'InvoiceAddress', { Country: 'BE' })
  await acme.quiet()
  expect(inPowerOffice(acme)?.CountryCode).toBe('BE')
  acme.books.editMailAddress(powerOfficeId, { CountryCode: 'DE' })
  await acme.sync('compare')
  expect(inTribe(acme)).toMatchObject({ Country: { Code: 'DE' } })
})

test('a country that Tribe does not have stays as it is in both systems, and the rest of the address travels', async () => {
  const { acme, powerOfficeId, organizationId } = await aCustomer({
    ...HAVNEGATA,
    City: 'Tórshavn',
    CountryCode: 'FO',
  })
  expect(acme.crm.countries.map((country) => country.Code)).not.toContain('FO')
  expect(inTribe(acme)).toMatchObject({ Street: 'Havnegata', City: 'Tórshavn' })
  expect(inTribe(acme)?.Country ?? null).toBeNull()
  await acme.poll()
  await acme.sync('compare')
  expect(inPowerOffice(acme)).toMatchObject({ CountryCode: 'FO', City: 'Tórshavn' })

  acme.books.editMailAddress(powerOfficeId, { AddressLine1: 'Nýggjagøta 2' })
  await acme.sync('compare')
  expect(inTribe(acme)).toMatchObject({ Street: 'Nýggjagøta', HouseNumber: 2, City: 'Tórshavn' })
  acme.crm.editAddress(organizationId, 'InvoiceAddress', { HouseNumber: 4 })
  await acme.quiet()
  expect(inPowerOffice(acme)).toMatchObject({
    AddressLine1: 'Nýggjagøta 4',
    City: 'Tórshavn',
    CountryCode: 'FO',
  })
  expect((await acme.status()).problems).toEqual([])
})

test('both sides edited the address: the policy decides, for the address as a whole', async () => {
  const { acme, powerOfficeId, organizationId } = await aCustomer()
  acme.books.editCustomer(powerOfficeId, {
    MailAddress: { AddressLine1: 'Fra regnskapet 1' },
    PhoneNumber: '1',
  })
  acme.crm.editAddress(organizationId, 'InvoiceAddress', { Street: 'Fra Tribe', City: 'Oslo' })
  await acme.quiet()
  await acme.sync('compare')
  expect(inPowerOffice(acme)).toMatchObject({ AddressLine1: 'Fra regnskapet 1', City: 'Trondheim' })
  expect(inTribe(acme)).toMatchObject({ Street: 'Fra regnskapet', HouseNumber: 1, City: 'Trondheim' })
  expect(await acme.events(`kind=customer&powerOfficeId=${powerOfficeId}`)).toContain('conflict')
})
