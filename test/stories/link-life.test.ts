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
const NOBODY = '00000000-0000-4000-8000-000000000000'

/** A customer that both systems know: one that came from PowerOffice, or one that came from Tribe. */
async function aPair(from: 'PowerOffice' | 'Tribe' = 'PowerOffice') {
  const acme = await relay.tenant({
    seed: (_crm, books) =>
      from === 'PowerOffice' && books.hasCustomer({ Name: 'Nordvik Bygg AS', PhoneNumber: '22' }),
  })
  if (from === 'Tribe') {
    acme.crm.hasCustomer({ organization: { Name: 'Nordvik Bygg AS', PhoneNumber: '22' } })
    await acme.quiet()
  }
  const role = only(acme.crm.customers())
  return {
    acme,
    roleId: String(role.ID),
    organizationId: String(organizationOf(role).ID),
    powerOfficeId: String(only(acme.books.customers()).Id),
  }
}
const recordOf = async (acme: Tenant, query: string) => (await acme.api('GET', `/records?${query}`)).body
const byHand = async (acme: Tenant, what: string, body: Record<string, unknown>) => {
  const { status, body: said } = await acme.api('POST', `/records/${what}`, body)
  await acme.quiet()
  return [status, said?.error?.code ?? null]
}
const DONE = [202, null]

// ── Deleted on one side ─────────────────────────────────────────────────────

test('a customer that is deleted on one side is listed as detached, with when and where', async () => {
  const gone = await aPair()
  gone.acme.crm.remove(gone.roleId)
  await gone.acme.quiet()
  expect((await gone.acme.status()).links.customer).toBe(0)
  expect(await recordOf(gone.acme, `kind=customer&tribeId=${gone.roleId}`)).toMatchObject({
    state: 'tribe-gone',
    powerOfficeId: gone.powerOfficeId,
    timeline: [{ event: 'detached', details: { gone: 'tribe' } }, { event: 'created-in-tribe' }],
  })
  expect((await gone.acme.api('GET', '/records/detached')).body).toMatchObject({
    records: [
      { kind: 'customer', tribeId: gone.roleId, powerOfficeId: gone.powerOfficeId, state: 'tribe-gone' },
    ],
  })
})

test('a record that was only hidden for a moment is not taken for deleted', async () => {
  const { acme, roleId, organizationId } = await aPair()
  acme.crm.hide(roleId)
  acme.crm.edit(organizationId, { PhoneNumber: '33' })
  await relay.sleep(700)
  acme.crm.hide(roleId, false)
  await acme.quiet()
  expect((await recordOf(acme, `kind=customer&tribeId=${roleId}`)).state).toBe('linked')
  acme.crm.edit(organizationId, { PhoneNumber: '44' })
  await acme.quiet()
  expect(only(acme.books.customers()).PhoneNumber).toBe('44')
})

test('of a company that is deleted in Tribe the customer and the supplier both become detached, and its contact persons too', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => {
      const { Id } = books.hasCustomer({ Name: 'Begge Deler AS' })
      books.makeAlsoSupplier(Id)
      books.hasContactPerson(Id)
    },
  })
  acme.crm.remove(String(organizationOf(only(acme.crm.suppliers())).ID))
  await acme.quiet()
  await acme.poll()
  const { body } = await acme.api('GET', '/records/detached')
  expect(body.records.map((one: { kind: string }) => one.kind).sort()).toEqual([
    'contactPerson',
    'customer',
    'supplier',
  ])
  expect(acme.books.suppliers()).toHaveLength(1)
  expect(acme.books.contactPersons()).toMatchObject([{ IsActive: true }])
  expect(acme.crm.customers()).toEqual([])
  expect((await acme.status()).problems).toEqual([])
})

// ── Made again ──────────────────────────────────────────────────────────────

for (const named of ['tribeId', 'powerOfficeId'] as const)
  test(`a customer that was deleted in Tribe is made there again when an admin asks for it by ${named}`, async () => {
    const { acme, roleId, powerOfficeId } = await aPair()
    acme.crm.remove(roleId)
    await acme.quiet()
    const which = named === 'tribeId' ? { tribeId: roleId } : { powerOfficeId }
    expect(await byHand(acme, 'recreate', { kind: 'customer', ...which })).toEqual(DONE)
    const role = only(acme.crm.customers())
    expect(organizationOf(role)).toMatchObject({
      Name: 'Nordvik Bygg AS',
      DebtorNumber: String(only(acme.books.customers()).Number),
    })
    // It was the role that was deleted: the company is the one it was.
    expect(
      acme.crm.all('Relation_Organization').filter((one) => one.Name === 'Nordvik Bygg AS'),
    ).toHaveLength(1)
    expect(await recordOf(acme, `kind=customer&powerOfficeId=${powerOfficeId}`)).toMatchObject({
      state: 'linked',
      tribeId: role.ID,
    })
    acme.books.editCustomer(Number(powerOfficeId), { PhoneNumber: '55' })
    await acme.sync('relations')
    expect(organizationOf(only(acme.crm.customers())).PhoneNumber).toBe('55')
  })

test('a company that was deleted in Tribe is made there again, whole, and gets its other role back on it', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => books.makeAlsoSupplier(books.hasCustomer({ Name: 'Begge Deler AS' }).Id),
  })
  const powerOfficeId = String(only(acme.books.customers()).Id)
  acme.crm.remove(String(organizationOf(only(acme.crm.suppliers())).ID))
  await acme.quiet()
  expect(await byHand(acme, 'recreate', { kind: 'supplier', powerOfficeId })).toEqual(DONE)
  expect(await byHand(acme, 'recreate', { kind: 'customer', powerOfficeId })).toEqual(DONE)
  expect(organizationOf(only(acme.crm.customers())).ID).toBe(organizationOf(only(acme.crm.suppliers())).ID)
  expect((await acme.status()).links).toMatchObject({ customer: 1, supplier: 1 })
})

for (const named of ['tribeId', 'powerOfficeId'] as const)
  for (const from of ['PowerOffice', 'Tribe'] as const)
    test(`a customer from ${from} that was deleted in PowerOffice is made there again when an admin asks for it by ${named}`, async () => {
      const { acme, roleId, organizationId, powerOfficeId } = await aPair(from)
      acme.books.deleteCustomer(Number(powerOfficeId))
      acme.crm.edit(organizationId, { PhoneNumber: '66' })
      await acme.quiet()
      const which = named === 'tribeId' ? { tribeId: roleId } : { powerOfficeId }
      expect(await byHand(acme, 'recreate', { kind: 'customer', ...which })).toEqual(DONE)
      const customer = only(acme.books.customers())
      expect(customer).toMatchObject({ Name: 'Nordvik Bygg AS', PhoneNumber: '66' })
      expect(String(customer.Id)).not.toBe(powerOfficeId)
      expect(organizationOf(only(acme.crm.customers())).DebtorNumber).toBe(String(customer.Number))

      acme.books.editCustomer(customer.Id, { PhoneNumber: '77' })
      await acme.sync('relations')
      await acme.sync('compare')
      expect(organizationOf(only(acme.crm.customers())).PhoneNumber).toBe('77')
      expect(acme.books.customers()).toHaveLength(1)
      // Once an admin has forgotten it, nothing ties the two again but an admin, and neither is made a second time.
      expect(await byHand(acme, 'forget', { kind: 'customer', tribeId: roleId })).toEqual(DONE)
      acme.books.editCustomer(customer.Id, { PhoneNumber: '88' })
      await acme.sync('relations')
      expect(organizationOf(only(acme.crm.customers())).PhoneNumber).toBe('77')
    })

test('a contact person that was deleted is made again on either side', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) =>
      books.hasContactPerson(books.hasCustomer().Id, {
        FirstName: 'Ada',
        LastName: 'Lund',
        PhoneNumber: '22',
      }),
  })
  const before = only(acme.books.contactPersons())
  acme.crm.remove(String(only(acme.crm.contacts()).ID))
  await acme.quiet()
  expect(await byHand(acme, 'recreate', { kind: 'contactPerson', powerOfficeId: String(before.Id) })).toEqual(
    DONE,
  )
  expect(only(acme.crm.contacts())).toMatchObject({ PhoneNumber: '22', Person: { FirstName: 'Ada' } })
  // The human was there all along.
  expect(acme.crm.all('Relation_Person').filter((one) => one.FirstName === 'Ada')).toHaveLength(1)

  acme.books.deleteContactPerson(before.Id)
  await acme.sync('compare')
  const contactId = String(only(acme.crm.contacts()).ID)
  expect(await byHand(acme, 'recreate', { kind: 'contactPerson', tribeId: contactId })).toEqual(DONE)
  expect(only(acme.books.contactPersons())).toMatchObject({ FirstName: 'Ada', ContactId: before.ContactId })
  await acme.sync('compare')
  expect(acme.crm.contacts()).toHaveLength(1)
  expect((await acme.status()).problems).toEqual([])
})

for (const fault of ['lost-after', 'error-after'] as const)
  test(`what is made again is made once, though the answer is ${fault}`, async () => {
    const { acme, roleId, organizationId, powerOfficeId } = await aPair()
    acme.crm.remove(organizationId)
    await acme.quiet()
    relay.tribe.faults.add({ name: fault, on: /^POST .*Customer$/, account: acme.crm.id })
    expect(await byHand(acme, 'recreate', { kind: 'customer', tribeId: roleId })).toEqual(DONE)
    const again = String(only(acme.crm.customers()).ID)

    acme.books.deleteCustomer(Number(powerOfficeId))
    await acme.sync('compare')
    relay.powerOffice.faults.add({ name: fault, on: /^POST .*Customers/, account: acme.books.clientKey })
    expect(await byHand(acme, 'recreate', { kind: 'customer', tribeId: again })).toEqual(DONE)
    expect(acme.books.customers()).toHaveLength(1)
    expect((await acme.status()).problems).toEqual([])
  })

test('what is not detached, or not there, is not made again, and the answer says which', async () => {
  const { acme, roleId, powerOfficeId } = await aPair()
  const customer = (which: object) => ({ kind: 'customer', ...which })
  expect(await byHand(acme, 'recreate', customer({ tribeId: roleId }))).toEqual([422, 'record.not_detached'])
  expect(await byHand(acme, 'recreate', customer({ powerOfficeId }))).toEqual([422, 'record.not_detached'])
  expect(await byHand(acme, 'recreate', customer({ tribeId: NOBODY }))).toEqual([422, 'record.unknown'])
  expect(await byHand(acme, 'recreate', customer({ powerOfficeId: '1' }))).toEqual([422, 'record.unknown'])
  expect(await byHand(acme, 'recreate', customer({}))).toEqual([400, 'request.invalid'])
  acme.crm.remove(roleId)
  await acme.quiet()
  acme.books.deleteCustomer(Number(powerOfficeId))
  expect(await byHand(acme, 'recreate', customer({ tribeId: roleId }))).toEqual([422, 'record.unknown'])
  expect((await acme.status()).problems).toEqual([])
})

test('what only one side has is made on the other when an admin asks for it', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      crm.hasCustomer({ organization: { Name: 'Bare i Tribe AS' } })
      books.hasCustomer({ Name: 'I begge AS' })
    },
  })
  const only = acme.crm.customers().find((role) => organizationOf(role).Name === 'Bare i Tribe AS')
  expect(await byHand(acme, 'recreate', { kind: 'customer', tribeId: String(only?.ID) })).toEqual(DONE)
  expect(
    acme.books
      .customers()
      .map((one) => one.Name)
      .sort(),
  ).toEqual(['Bare i Tribe AS', 'I begge AS'])
})

// ── Tied together by hand ───────────────────────────────────────────────────

test('a detached customer is tied to another one in Tribe, and goes on from there', async () => {
  const { acme, roleId, powerOfficeId } = await aPair()
  acme.crm.remove(roleId)
  await acme.quiet()
  const other = acme.crm.hasCustomer({
    organization: { Name: 'Nordvik', EmailAddress: 'post@nordvik.example' },
    silent: true,
  })
  const pair = { kind: 'customer', tribeId: other.roleId, powerOfficeId }
  expect(await byHand(acme, 'relink', pair)).toEqual(DONE)
  expect(organizationOf(only(acme.crm.customers()))).toMatchObject({
    Name: 'Nordvik Bygg AS',
    PhoneNumber: '22',
    DebtorNumber: String(only(acme.books.customers()).Number),
  })
  expect(only(acme.books.customers()).EmailAddress).toBe('post@nordvik.example')
  expect(await acme.events(`kind=customer&tribeId=${other.roleId}`)).toContain('linked')
  acme.crm.edit(other.organizationId, { PhoneNumber: '99' })
  await acme.quiet()
  expect(only(acme.books.customers()).PhoneNumber).toBe('99')
})

test('by the organisation a customer is found as well as by its role', async () => {
  const { acme, roleId, powerOfficeId } = await aPair()
  acme.crm.remove(roleId)
  await acme.quiet()
  const { organizationId } = acme.crm.hasCustomer({ organization: { Name: 'Nordvik' }, silent: true })
  expect(await byHand(acme, 'relink', { kind: 'customer', tribeId: organizationId, powerOfficeId })).toEqual(
    DONE,
  )
  expect(organizationOf(only(acme.crm.customers())).Name).toBe('Nordvik Bygg AS')
})

test('two pairs that were tied crosswise are set right, and nothing is made twice or lost', async () => {
  const acme = await relay.tenant({
    seed: (crm, books) => {
      const [alfa, beta] = ['Alfa AS', 'Beta AS'].map((Name) =>
        books.hasCustomer({ Name, PhoneNumber: Name }),
      )
      // The numbers in Tribe are mixed up.
      crm.hasCustomer({ organization: { Name: 'Alfa', DebtorNumber: String(beta?.Number) } })
      crm.hasCustomer({ organization: { Name: 'Beta', DebtorNumber: String(alfa?.Number) } })
    },
  })
  const [first, second] = acme.crm.customers()
  const [alfa, beta] = acme.books.customers()
  const pair = (role: Record<string, unknown> | undefined, customer: { Id: number } | undefined) => ({
    kind: 'customer',
    tribeId: String(role?.ID),
    powerOfficeId: String(customer?.Id),
  })
  expect(organizationOf(first).Name).toBe('Beta AS')
  expect(await byHand(acme, 'relink', pair(first, alfa))).toEqual(DONE)
  expect((await acme.status()).links.customer).toBe(1)
  expect(await byHand(acme, 'relink', pair(second, beta))).toEqual(DONE)
  await acme.poll()
  await acme.sync('compare')
  const names = acme.crm.customers().map((role) => organizationOf(role).Name)
  expect(names).toEqual(['Alfa AS', 'Beta AS'])
  expect(acme.crm.customers().map((role) => organizationOf(role).DebtorNumber)).toEqual(
    acme.books.customers().map((customer) => String(customer.Number)),
  )
  expect(acme.books.customers()).toHaveLength(2)
  expect(await acme.status()).toMatchObject({ links: { customer: 2 }, problems: [] })
})

test('one that was untied by hand is not made twice when it is edited: that is said, and left to a person', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => ['Alfa AS', 'Beta AS'].map((Name) => books.hasCustomer({ Name })),
  })
  // Which of the two the first load made first is chance.
  const [first, second] = ['Alfa AS', 'Beta AS'].map((name) =>
    acme.crm.customers().find((role) => organizationOf(role).Name === name),
  )
  const [alfa, beta] = acme.books.customers()
  const pair = { kind: 'customer', tribeId: String(first?.ID), powerOfficeId: String(beta?.Id) }
  expect(await byHand(acme, 'relink', pair)).toEqual(DONE)
  acme.crm.edit(String(organizationOf(second).ID), { PhoneNumber: '1' })
  acme.books.editCustomer(alfa?.Id ?? 0, { PhoneNumber: '2' })
  await acme.quiet()
  await acme.sync('relations')
  expect(acme.crm.customers()).toHaveLength(2)
  expect(acme.books.customers()).toHaveLength(2)
  const { problems, links } = await acme.status()
  expect(links.customer).toBe(1)
  expect(problems.map((problem: { code: string }) => problem.code).sort()).toEqual([
    'relation.number_taken',
    'relation.tied_elsewhere',
  ])
  // The admin ties these two as well, and all is well.
  await byHand(acme, 'relink', {
    kind: 'customer',
    tribeId: String(second?.ID),
    powerOfficeId: String(alfa?.Id),
  })
  expect(await acme.status()).toMatchObject({ links: { customer: 2 }, problems: [] })
})

test('what is not there, or a person here and a company there, cannot be tied together', async () => {
  const { acme, roleId, powerOfficeId } = await aPair()
  const person = acme.crm.hasPrivateCustomer({ silent: true })
  const relink = (which: object) =>
    byHand(acme, 'relink', { kind: 'customer', tribeId: roleId, powerOfficeId, ...which })
  expect(await relink({ tribeId: NOBODY })).toEqual([422, 'record.unknown'])
  expect(await relink({ powerOfficeId: '1' })).toEqual([422, 'record.unknown'])
  expect(await relink({ kind: 'supplier' })).toEqual([422, 'record.unknown'])
  expect(await relink({ tribeId: person.roleId })).toEqual([422, 'relation.kind_differs'])
  expect(await relink({ tribeId: 'x' })).toEqual([400, 'request.invalid'])
  expect(await relink({ kind: 'product' })).toEqual([422, 'record.unknown'])
  expect(await relink({ kind: 'payment' })).toEqual([400, 'request.invalid'])
  expect((await recordOf(acme, `kind=customer&tribeId=${roleId}`)).state).toBe('linked')
})

for (const [named, companyOf] of [
  ['its ids alone', () => ({})],
  ['its company, too', (id: number) => ({ powerOfficeParentId: String(id) })],
] as const)
  test(`a contact person that was never linked is tied by hand by ${named}`, async () => {
    const acme = await relay.tenant({ seed: (_crm, books) => books.hasCustomer({ Name: 'Nordvik Bygg AS' }) })
    const company = only(acme.books.customers())
    const organizationId = String(organizationOf(only(acme.crm.customers())).ID)
    const { contactId } = acme.crm.hasContact({ organizationId, person: { FirstName: 'A.' }, silent: true })
    const person = acme.books.hasContactPerson(company.Id, { FirstName: 'Ada', LastName: 'Lund' })
    const pair = { kind: 'contactPerson', tribeId: contactId, powerOfficeId: String(person.Id) }
    const wrong = { powerOfficeId: String(person.Id + 1) }
    expect(await byHand(acme, 'relink', { ...pair, ...wrong })).toEqual([422, 'record.unknown'])
    expect(await byHand(acme, 'relink', { ...pair, ...companyOf(company.Id) })).toEqual(DONE)
    expect(personOf(only(acme.crm.contacts())).FirstName).toBe('Ada')
    await acme.poll()
    expect(acme.crm.contacts()).toHaveLength(1)
    expect(acme.books.contactPersons()).toHaveLength(1)
  })

test('a contact person that only PowerOffice has is made in Tribe, named by its id alone', async () => {
  const acme = await relay.tenant({ seed: (_crm, books) => books.hasCustomer({ Name: 'Nordvik Bygg AS' }) })
  const person = acme.books.hasContactPerson(only(acme.books.customers()).Id, { FirstName: 'Ada' })
  const named = { kind: 'contactPerson', powerOfficeId: String(person.Id) }
  expect(await byHand(acme, 'recreate', named)).toEqual(DONE)
  expect(personOf(only(acme.crm.contacts())).FirstName).toBe('Ada')
  await acme.poll()
  expect(acme.crm.contacts()).toHaveLength(1)
})

test('however the letters of an id are written, it names the same record', async () => {
  const { acme, roleId, powerOfficeId } = await aPair()
  const upper = { kind: 'customer', tribeId: roleId.toUpperCase() }
  expect((await recordOf(acme, `kind=customer&tribeId=${upper.tribeId}`)).state).toBe('linked')
  expect(await byHand(acme, 'relink', { ...upper, powerOfficeId })).toEqual(DONE)
  expect((await acme.status()).links.customer).toBe(1)
  const kept = await relay.sql('SELECT tribe_id FROM links WHERE tenant_id = ?', acme.id)
  expect(kept).toEqual([{ tribe_id: roleId }])
  expect(await byHand(acme, 'forget', upper)).toEqual(DONE)
  expect((await acme.status()).links.customer).toBe(0)
})

test('what is no id of a record of its kind is refused, and no system is asked about it', async () => {
  const { acme, roleId } = await aPair()
  const wrong = [
    ['invoice', '100245'],
    ['customer', NOBODY],
    ['supplier', NOBODY],
    ['contactPerson', NOBODY],
    ['product', NOBODY],
    ['product', 'x'],
  ] as const
  relay.powerOffice.log.clear()
  for (const [kind, powerOfficeId] of wrong) {
    const read = await acme.api('GET', `/records?kind=${kind}&powerOfficeId=${powerOfficeId}&values=true`)
    expect([kind, read.status, read.body.error?.code]).toEqual([kind, 404, 'record.unknown'])
    const refused = [400, 'request.invalid']
    expect(await byHand(acme, 'relink', { kind, tribeId: roleId, powerOfficeId })).toEqual(refused)
    expect(await byHand(acme, 'recreate', { kind, powerOfficeId })).toEqual(refused)
    expect(await byHand(acme, 'forget', { kind, powerOfficeId })).toEqual(refused)
    const row = 'tribeField=Name&powerOfficeField=Name&direction=both'
    const tried = await acme.api('GET', `/fields/try?record=${kind}&${row}&records=:${powerOfficeId}`)
    expect([tried.status, tried.body.error.code]).toEqual(refused)
  }
  expect(acme.calls()).toEqual([])
})

// ── Forgotten ───────────────────────────────────────────────────────────────

for (const from of ['PowerOffice', 'Tribe'] as const)
  test(`a customer from ${from} whose link is forgotten stays in both, and later edits on either side make no second one`, async () => {
    const { acme, roleId, organizationId, powerOfficeId } = await aPair(from)
    expect(await byHand(acme, 'forget', { kind: 'customer', tribeId: roleId })).toEqual(DONE)
    expect((await acme.status()).links.customer).toBe(0)
    await relay.sleep(1100) // Tribe keeps times to the second
    acme.crm.edit(organizationId, { Name: 'Nordvik Anlegg AS', EmailAddress: 'ny@nordvik.example' })
    await acme.quiet()
    expect(acme.books.customers()).toHaveLength(1)
    expect(acme.crm.customers()).toHaveLength(1)
    // An admin's word is for good: what both systems hold of each other does not tie them again.
    expect(only(acme.books.customers()).EmailAddress ?? null).toBeNull()

    expect(await byHand(acme, 'forget', { kind: 'customer', powerOfficeId })).toEqual([404, 'record.unknown'])
    acme.books.editCustomer(Number(powerOfficeId), { PhoneNumber: '99' })
    await acme.sync('relations')
    await acme.sync('compare')
    expect(organizationOf(only(acme.crm.customers())).PhoneNumber).not.toBe('99')
    expect(acme.books.customers()).toHaveLength(1)
    expect((await acme.status()).links.customer).toBe(0)

    expect(await byHand(acme, 'relink', { kind: 'customer', tribeId: roleId, powerOfficeId })).toEqual(DONE)
    expect((await acme.status()).links.customer).toBe(1)
    expect((await acme.status()).problems).toEqual([])
  })

test('a contact person whose link is forgotten is not doubled by later edits either', async () => {
  const acme = await relay.tenant({ seed: (_crm, books) => books.hasContactPerson(books.hasCustomer().Id) })
  const organizationId = String(organizationOf(only(acme.crm.customers())).ID)
  acme.crm.hasContact({ organizationId })
  await acme.quiet()
  for (const contact of acme.crm.contacts()) {
    expect(await byHand(acme, 'forget', { kind: 'contactPerson', tribeId: String(contact.ID) })).toEqual(DONE)
    acme.crm.edit(String(contact.ID), { PhoneNumber: '1' })
  }
  await acme.quiet()
  for (const person of acme.books.contactPersons())
    acme.books.editContactPerson(person.Id, { PhoneNumber: '2' })
  await acme.sync('relations')
  await acme.sync('compare')
  expect(acme.crm.contacts().map((contact) => contact.PhoneNumber)).toEqual(['1', '1'])
  expect(acme.books.contactPersons()).toHaveLength(2)
})

test('while a system is away that would know, whoever decides by hand is told to come back', async () => {
  const { acme, roleId, powerOfficeId } = await aPair()
  const away = (system: 'tribe' | 'powerOffice') =>
    relay[system].faults.add({ name: 'unavailable', on: /^GET/, times: Number.POSITIVE_INFINITY })
  const pair = { kind: 'customer', tribeId: roleId, powerOfficeId }
  const told = async (what: string, body: Record<string, unknown>) => {
    const answer = await acme.api('POST', `/records/${what}`, body)
    return [answer.status, answer.body.error?.code]
  }
  const lifts = away('powerOffice')
  expect(await told('relink', pair)).toEqual([503, 'poweroffice.unavailable'])
  expect(await told('recreate', { kind: 'customer', powerOfficeId: '99' })).toEqual([
    503,
    'poweroffice.unavailable',
  ])
  lifts.lift()
  away('tribe')
  expect(await told('relink', pair)).toEqual([503, 'tribe.unavailable'])
  expect(await told('recreate', { kind: 'customer', tribeId: NOBODY })).toEqual([503, 'tribe.unavailable'])
  relay.tribe.faults.clear()
  expect(await told('relink', pair)).toEqual([202, undefined])
  await acme.quiet()
})

test('a link that is not there cannot be forgotten', async () => {
  const { acme, roleId } = await aPair()
  expect(await byHand(acme, 'forget', { kind: 'customer', tribeId: NOBODY })).toEqual([404, 'record.unknown'])
  expect(await byHand(acme, 'forget', { kind: 'supplier', tribeId: roleId })).toEqual([404, 'record.unknown'])
  expect(await byHand(acme, 'forget', { kind: 'customer' })).toEqual([400, 'request.invalid'])
  expect((await acme.api('GET', `/records?kind=customer&tribeId=${NOBODY}`)).status).toBe(404)
})

test('before a tenant is activated there is nothing to do by hand', async () => {
  const acme = await relay.tenant({ activate: false, seed: (_crm, books) => books.hasCustomer() })
  const powerOfficeId = String(only(acme.books.customers()).Id)
  expect(await byHand(acme, 'recreate', { kind: 'customer', powerOfficeId })).toEqual([
    409,
    'tenant.not_active',
  ])
  const pair = { kind: 'customer', tribeId: NOBODY, powerOfficeId }
  expect(await byHand(acme, 'relink', pair)).toEqual([409, 'tenant.not_active'])
})

// ── Numbers ─────────────────────────────────────────────────────────────────

test('two new customers in Tribe that were given one debtor number get a number each', async () => {
  const acme = await relay.tenant()
  for (const Name of ['Alfa AS', 'Beta AS'])
    acme.crm.hasCustomer({ organization: { Name, DebtorNumber: '77' } })
  await acme.quiet()
  const numbers = acme.books.customers().map((customer) => String(customer.Number))
  expect(new Set(numbers).size).toBe(2)
  expect(
    acme.crm
      .customers()
      .map((role) => organizationOf(role).DebtorNumber)
      .sort(),
  ).toEqual(numbers.sort())
})

test('a number that somebody types in Tribe while PowerOffice makes the customer gives way to the one it gets', async () => {
  const acme = await relay.tenant()
  relay.powerOffice.faults.add({
    name: 'slow-after',
    on: /^POST .*Customers/,
    account: acme.books.clientKey,
    delayMs: 400,
  })
  const { organizationId } = acme.crm.hasCustomer({ organization: { Name: 'Imens AS' } })
  await relay.sleep(300)
  acme.crm.edit(organizationId, { DebtorNumber: '123', PhoneNumber: '1' })
  await acme.quiet()
  const customer = only(acme.books.customers())
  expect(customer.PhoneNumber).toBe('1')
  expect(organizationOf(only(acme.crm.customers())).DebtorNumber).toBe(String(customer.Number))
})

/** A customer in PowerOffice that Tribe does not have: it was removed there, and the link forgotten. */
async function anUnlinkedNumber(fields: Record<string, string>) {
  const acme = await relay.tenant()
  const customer = acme.books.hasCustomer({ Name: 'Nordvik Bygg AS', ...fields })
  return { acme, number: String(customer.Number) }
}

test('a new customer in Tribe with the number of another company in PowerOffice is not taken for it', async () => {
  const { acme, number } = await anUnlinkedNumber({ OrganizationNumber: '914778271' })
  acme.crm.hasCustomer({
    organization: { Name: 'En Helt Annen AS', DebtorNumber: number, VATNumber: '974760673' },
  })
  await acme.quiet()
  expect(acme.books.customers().map((one) => one.Name)).toEqual(['Nordvik Bygg AS', 'En Helt Annen AS'])
  await acme.sync('relations')
  expect(
    acme.crm
      .customers()
      .map((role) => organizationOf(role).Name)
      .sort(),
  ).toEqual(['En Helt Annen AS', 'Nordvik Bygg AS'])
  expect((await acme.status()).links.customer).toBe(2)
})

for (const [what, organization] of [
  ['name', { Name: 'nordvik bygg as' }],
  ['organisation number', { Name: 'Nordvik', VATNumber: 'NO 914 778 271 MVA' }],
] as const)
  test(`a new customer in Tribe with the number and the ${what} of a company in PowerOffice is that company`, async () => {
    const { acme, number } = await anUnlinkedNumber({ OrganizationNumber: '914778271' })
    acme.crm.hasCustomer({ organization: { ...organization, DebtorNumber: number } })
    await acme.quiet()
    await acme.sync('relations')
    expect(acme.books.customers()).toHaveLength(1)
    expect(organizationOf(only(acme.crm.customers())).Name).toBe('Nordvik Bygg AS')
  })
