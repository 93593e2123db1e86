import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { organizationOf, personOf, type Relay, startRelay, type Tenant, type TenantGiven } from './relay'

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

function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1)
  return list[0] as T
}
interface Item {
  kind: string
  outcome: string
  powerOfficeId: string | null
  tribeIds: string[]
  name: string
  duplicates: { tribeId: string; by: string }[]
  decision: { action: string } | null
}

/** A tenant that is not activated yet, with these records on either side. */
const aTenant = (seed: TenantGiven['seed'], given: TenantGiven = {}) =>
  relay.tenant({ ...given, ...(seed ? { seed } : {}), activate: false })

async function previewOf(
  acme: Tenant,
  query = '',
): Promise<{ state: string; counts: Record<string, number>; items: Item[] }> {
  expect((await acme.api('POST', '/preview')).status).toBe(202)
  await acme.quiet()
  return (await acme.api('GET', `/preview${query}`)).body
}
const outcomes = (items: Item[]) =>
  items.map(({ kind, name, outcome }) => `${kind} ${name}: ${outcome}`).sort()
const decide = (acme: Tenant, ...decisions: object[]) => acme.put('/preview/decisions', { decisions })
const names = (acme: Tenant) =>
  acme.crm
    .customers()
    .map((role) => String(organizationOf(role).Name))
    .sort()

/** One customer for each thing that can come of it. */
const oneOfEach: TenantGiven['seed'] = (crm, books) => {
  const byId = books.hasCustomer({ Name: 'Kjent AS' })
  crm.hasCustomer({
    organization: { Name: 'Kjent', DebtorNumber: '1' },
    role: { ImportId: `poweroffice:customer:${byId.Id}` },
  })
  const byNumber = books.hasCustomer({ Name: 'Samme Nummer AS' })
  crm.hasCustomer({ organization: { Name: 'Samme Nummer', DebtorNumber: String(byNumber.Number) } })
  books.hasCustomer({ Name: 'Ny AS' })
  const twice = books.hasCustomer({ Name: 'Tvetydig AS' })
  for (const Name of ['Tvetydig A', 'Tvetydig B'])
    crm.hasCustomer({ organization: { Name, DebtorNumber: String(twice.Number) } })
  crm.hasCustomer({ organization: { Name: 'Bare i Tribe AS' } })
}

// ── What it shows ───────────────────────────────────────────────────────────

test('before activation the preview says what would become of each record, and writes nothing', async () => {
  const acme = await aTenant(oneOfEach)
  relay.tribe.log.clear()
  const { state, counts, items } = await previewOf(acme)
  expect(state).toBe('done')
  expect(outcomes(items)).toEqual([
    'customer Bare i Tribe AS: only-in-tribe',
    'customer Kjent AS: matched-by-id',
    'customer Ny AS: new-in-tribe',
    'customer Samme Nummer AS: matched-by-number',
    'customer Tvetydig AS: ambiguous',
  ])
  expect(counts).toMatchObject({
    'matched-by-id': 1,
    'matched-by-number': 1,
    'new-in-tribe': 1,
    ambiguous: 1,
    'only-in-tribe': 1,
  })
  expect(items.find((item) => item.outcome === 'ambiguous')?.tribeIds).toHaveLength(2)

  const isToken = (path: string) => /token/i.test(path)
  const written = [...relay.tribe.log.all, ...relay.powerOffice.requestsOf(acme.books)].filter(
    (seen) => seen.method !== 'GET' && !isToken(seen.path),
  )
  expect(written).toEqual([])
  expect(acme.crm.customers()).toHaveLength(5)
  expect(acme.crm.webhooks).toEqual([])
  expect(await acme.status()).toMatchObject({ state: 'setup', links: { customer: 0 }, problems: [] })
})

test('activation does what the preview said', async () => {
  const acme = await aTenant(oneOfEach)
  await previewOf(acme)
  await acme.activate()
  expect(names(acme)).toEqual([
    'Bare i Tribe AS',
    'Kjent AS',
    'Ny AS',
    'Samme Nummer AS',
    'Tvetydig A',
    'Tvetydig B',
  ])
  const { links, problems } = await acme.status()
  expect(links.customer).toBe(3)
  expect(problems).toMatchObject([{ code: 'relation.ambiguous' }])
  // Names of persons and companies are not kept longer than needed.
  expect((await acme.api('GET', '/preview')).body).toMatchObject({ state: 'none', items: [] })
})

test('items come in pages, and by kind, outcome or possible duplicates', async () => {
  const acme = await aTenant((crm, books) => {
    for (let n = 0; n < 7; n++) books.hasCustomer({ Name: `Kunde ${n} AS` })
    for (let n = 0; n < 3; n++) books.hasSupplier({ Name: `Leverandør ${n} AS` })
    books.hasCustomer({ Name: 'Lik AS', EmailAddress: 'post@lik.example' })
    crm.hasCustomer({ organization: { Name: 'Lik', EmailAddress: 'POST@lik.example' } })
  })
  await previewOf(acme)
  const read = async (query: string): Promise<Item[]> =>
    (await acme.api('GET', `/preview?${query}`)).body.items
  const pages = [await read('pageSize=5'), await read('pageSize=5&page=2'), await read('pageSize=5&page=3')]
  expect(pages.map((page) => page.length)).toEqual([5, 5, 2])
  expect(new Set(pages.flat().map((item) => item.name)).size).toBe(12)
  expect(await read('kind=supplier')).toHaveLength(3)
  expect(await read('outcome=only-in-tribe')).toMatchObject([{ name: 'Lik' }])
  expect(await read('duplicates=true')).toMatchObject([{ name: 'Lik AS' }])
  expect(await read('kind=customer&outcome=new-in-tribe')).toHaveLength(8)
  expect((await acme.api('GET', '/preview?outcome=x')).status).toBe(400)
  expect((await acme.api('GET', '/preview?page=0')).status).toBe(400)
})

test('records that look alike are shown as possible duplicates, by what they have in common, and are not tied together', async () => {
  const acme = await aTenant((crm, books) => {
    books.hasCustomer({ Name: 'Nummer AS', OrganizationNumber: '914778271' })
    crm.hasCustomer({ organization: { Name: 'By number', VATNumber: 'NO 914 778 271 MVA' } })
    books.hasCustomer({ Name: 'Mail AS', EmailAddress: 'post@mail.example' })
    crm.hasCustomer({ organization: { Name: 'By mail', EmailAddress: 'Post@Mail.example' } })
    books.hasCustomer({
      Name: 'Sted AS',
      MailAddress: { AddressLine1: 'A 1', ZipCode: '7010', City: 'Trondheim' },
    })
    crm.hasCustomer({
      organization: { Name: 'STED AS' },
      invoiceAddress: { Street: 'B', Postalcode: '7010' },
    })
    crm.hasCustomer({
      organization: { Name: 'Sted AS' },
      invoiceAddress: { Street: 'B', Postalcode: '0155' },
    })
    books.hasCustomer({
      IsPerson: true,
      FirstName: 'Ada',
      LastName: 'Lund',
      EmailAddress: 'ada@lund.example',
    })
    crm.hasPrivateCustomer({
      person: { FirstName: 'A.', LastName: 'Lund', EmailAddress: 'ada@lund.example' },
    })
  })
  const { counts, items } = await previewOf(acme, '?duplicates=true')
  const role = (name: string) =>
    [...acme.crm.customers(), ...acme.crm.privateCustomers()].find(
      (one) => (organizationOf(one).Name ?? personOf(one).FirstName) === name,
    )?.ID
  expect(Object.fromEntries(items.map((item) => [item.name, item.duplicates]))).toEqual({
    'Nummer AS': [{ tribeId: role('By number'), by: 'organizationNumber' }],
    'Mail AS': [{ tribeId: role('By mail'), by: 'email' }],
    'Sted AS': [{ tribeId: role('STED AS'), by: 'nameAndPostalCode' }],
    'Ada Lund': [{ tribeId: role('A.'), by: 'email' }],
  })
  expect(counts).toMatchObject({ 'possible-duplicates': 4, 'new-in-tribe': 4 })
  await acme.activate()
  expect(acme.crm.customers()).toHaveLength(7)
  expect(acme.crm.privateCustomers()).toHaveLength(2)
})

test('the preview knows that a customer and supplier is one organisation, and whose contact persons match', async () => {
  const acme = await aTenant((crm, books) => {
    const both = books.hasCustomer({ Name: 'Begge Deler AS' })
    books.makeAlsoSupplier(both.Id)
    books.hasContactPerson(both.Id, { FirstName: 'Ada', LastName: 'Lund' })
    books.hasContactPerson(both.Id, { FirstName: 'Ny', LastName: 'Person' })
    books.hasContactPerson(both.Id, { FirstName: 'Sluttet', LastName: 'Person', IsActive: false })
    const { organizationId } = crm.hasCustomer({
      organization: { Name: 'Begge Deler', DebtorNumber: String(both.Number) },
    })
    crm.hasSupplier({ organizationId })
    crm.hasContact({ organizationId, person: { FirstName: 'Ada', LastName: 'Lund' } })
    // A private supplier has no place in Tribe, and nor has whoever is behind one.
    const snekker = books.hasSupplier({ IsPerson: true, FirstName: 'Ola', LastName: 'Snekker' })
    books.hasContactPerson(snekker.Id, { FirstName: 'Uten', LastName: 'Plass' })
  })
  const { items } = await previewOf(acme)
  const said = outcomes(items)
  expect(said).toEqual([
    'contactPerson Ada Lund: matched-by-number',
    'contactPerson Ny Person: new-in-tribe',
    'customer Begge Deler AS: matched-by-number',
    'supplier Begge Deler AS: matched-by-id',
  ])
  await acme.activate()
  expect((await acme.status()).links).toMatchObject({ customer: 1, supplier: 1, contactPerson: 2 })
  expect(acme.crm.suppliers()).toHaveLength(1)
  expect(acme.crm.contacts()).toHaveLength(2)
})

test('a preview can be asked for again, also once the tenant is active', async () => {
  const acme = await aTenant(oneOfEach)
  await previewOf(acme)
  acme.books.hasCustomer({ Name: 'Enda En AS' })
  expect(outcomes((await previewOf(acme)).items)).toContain('customer Enda En AS: new-in-tribe')
  await acme.activate()
  relay.tribe.log.clear()
  const { counts } = await previewOf(acme)
  expect(counts).toMatchObject({ 'matched-by-id': 4, ambiguous: 1, 'only-in-tribe': 1 })
  expect(acme.tribeWrites()).toEqual([])
  await acme.quiet()
})

test('a preview that is cut off by a restart is worked out anew', async () => {
  const acme = await aTenant((_crm, books) => {
    for (let n = 0; n < 300; n++) books.hasCustomer({ Name: `Kunde ${n} AS` })
    for (let n = 0; n < 5; n++) books.hasSupplier({ Name: `Leverandør ${n} AS` })
  })
  await acme.api('POST', '/preview')
  await relay.restart()
  await acme.quiet()
  expect((await acme.api('GET', '/preview')).body).toMatchObject({
    state: 'done',
    counts: { 'new-in-tribe': 305 },
  })
})

test('what is switched off is not in the preview', async () => {
  const acme = await aTenant(
    (_crm, books) => {
      books.hasSupplier({ Name: 'Leverandør AS' })
      books.hasCustomer({ IsPerson: true, FirstName: 'Ada', LastName: 'Lund' })
      books.hasContactPerson(books.hasCustomer({ Name: 'Kunde AS' }).Id)
    },
    { settings: { relations: { suppliers: false, privatePersons: false, contactPersons: false } } },
  )
  expect(outcomes((await previewOf(acme)).items)).toEqual(['customer Kunde AS: new-in-tribe'])
})

test('without PowerOffice there is no preview yet', async () => {
  const { clientId, clientSecret } = relay.tribe.addEnvironment()
  const made = await relay.operator('POST', '/api/tenants', {
    name: 'Uten AS',
    tribe: { clientId, clientSecret },
  })
  const path = `/api/tenants/${made.body.id}/preview`
  const answer = await relay.call(made.body.adminToken, 'POST', path)
  expect([answer.status, answer.body.error.code]).toEqual([409, 'tenant.not_ready'])
  expect((await relay.call(made.body.adminToken, 'GET', path)).body).toMatchObject({
    state: 'none',
    items: [],
  })
})

// ── What the admin decides ──────────────────────────────────────────────────

test('an admin decides which of two it is; the first load and later pulls keep to that', async () => {
  const acme = await aTenant(oneOfEach)
  const { items } = await previewOf(acme)
  const unclear = items.find((item) => item.outcome === 'ambiguous')
  const b = acme.crm.customers().find((role) => organizationOf(role).Name === 'Tvetydig B')
  const decision = { kind: 'customer', powerOfficeId: unclear?.powerOfficeId, action: 'link', tribeId: b?.ID }
  expect((await decide(acme, decision)).body).toEqual({ count: 1 })
  const [shown] = (await acme.api('GET', '/preview?outcome=ambiguous')).body.items
  expect(shown.decision).toEqual({ action: 'link', tribeId: b?.ID })
  expect(outcomes((await previewOf(acme)).items)).toContain('customer Tvetydig AS: matched-by-id')

  await acme.activate()
  expect(names(acme)).toEqual([
    'Bare i Tribe AS',
    'Kjent AS',
    'Ny AS',
    'Samme Nummer AS',
    'Tvetydig A',
    'Tvetydig AS',
  ])
  expect((await acme.status()).problems).toEqual([])
  acme.books.editCustomer(Number(unclear?.powerOfficeId), { PhoneNumber: '22' })
  await acme.sync('relations')
  expect(organizationOf(acme.crm.get(String(b?.ID), 'Organization') ?? {}).PhoneNumber).toBe('22')
})

test('an admin decides that it is none of them: it is made anew', async () => {
  const acme = await aTenant(oneOfEach)
  const { items } = await previewOf(acme)
  const decisionsFor = (outcome: string) => ({
    kind: 'customer',
    powerOfficeId: items.find((item) => item.outcome === outcome)?.powerOfficeId,
    action: 'create',
  })
  await decide(acme, decisionsFor('ambiguous'), decisionsFor('matched-by-number'))
  await acme.activate()
  expect(names(acme)).toEqual([
    'Bare i Tribe AS',
    'Kjent AS',
    'Ny AS',
    'Samme Nummer',
    'Samme Nummer AS',
    'Tvetydig A',
    'Tvetydig AS',
    'Tvetydig B',
  ])
  await acme.poll()
  expect(acme.crm.customers()).toHaveLength(8)
  expect((await acme.status()).problems).toEqual([])
})

test('what an admin leaves alone is left alone by the first load, by pulls and by the comparison, until it is decided anew', async () => {
  const acme = await aTenant((_crm, books) => {
    const { Id } = books.hasCustomer({ Name: 'La Ligge AS' })
    books.hasContactPerson(Id)
  })
  const powerOfficeId = String(only(acme.books.customers()).Id)
  await decide(acme, { kind: 'customer', powerOfficeId, action: 'leave' })
  await acme.activate()
  acme.books.editCustomer(Number(powerOfficeId), { PhoneNumber: '22' })
  await acme.poll()
  await acme.sync('compare')
  expect(acme.crm.customers()).toEqual([])
  expect(acme.crm.contacts()).toEqual([])
  expect((await acme.status()).problems).toEqual([])

  await decide(acme, { kind: 'customer', powerOfficeId, action: 'create' })
  await acme.sync('compare')
  expect(names(acme)).toEqual(['La Ligge AS'])
  expect(acme.crm.contacts()).toHaveLength(1)
})

test('a possible duplicate that an admin ties together is one customer from then on', async () => {
  const acme = await aTenant((crm, books) => {
    books.hasCustomer({ Name: 'Mail AS', EmailAddress: 'post@mail.example', PhoneNumber: '22' })
    crm.hasCustomer({ organization: { Name: 'Mail', EmailAddress: 'post@mail.example' } })
  })
  const [item] = (await previewOf(acme, '?duplicates=true')).items
  const { powerOfficeId, duplicates } = item as Item
  await decide(acme, { kind: 'customer', powerOfficeId, action: 'link', tribeId: duplicates[0]?.tribeId })
  await acme.activate()
  expect(organizationOf(only(acme.crm.customers()))).toMatchObject({
    Name: 'Mail AS',
    PhoneNumber: '22',
    DebtorNumber: String(only(acme.books.customers()).Number),
  })
})

test('a decision for a record that Tribe does not have is said, and nothing is made', async () => {
  const acme = await aTenant((_crm, books) => books.hasCustomer({ Name: 'Kunde AS' }))
  const powerOfficeId = String(only(acme.books.customers()).Id)
  const tribeId = '00000000-0000-4000-8000-000000000000'
  await decide(acme, { kind: 'customer', powerOfficeId, action: 'link', tribeId })
  expect(outcomes((await previewOf(acme)).items)).toEqual(['customer Kunde AS: ambiguous'])
  await acme.activate()
  expect(acme.crm.customers()).toEqual([])
  expect((await acme.status()).problems).toMatchObject([{ code: 'decision.unknown_record', powerOfficeId }])
  await decide(acme, { kind: 'customer', powerOfficeId, action: 'create' })
  await acme.api('POST', '/jobs/retry', {})
  await acme.quiet()
  expect(names(acme)).toEqual(['Kunde AS'])
})

test('a decision that makes no sense is refused, and says where', async () => {
  const acme = await aTenant((_crm, books) => books.hasCustomer())
  const tribeId = '00000000-0000-4000-8000-000000000000'
  const one = { kind: 'customer', powerOfficeId: '1', action: 'link', tribeId }
  const said = async (...decisions: object[]) => {
    const { status, body } = await decide(acme, ...decisions)
    return [status, body.error.code]
  }
  expect(await said(one, { ...one, powerOfficeId: '2' })).toEqual([422, 'decision.twice'])
  expect(await said({ ...one, tribeId: undefined })).toEqual([400, 'request.invalid'])
  expect(await said({ ...one, action: 'create' })).toEqual([400, 'request.invalid'])
  expect(await said({ ...one, kind: 'invoice' })).toEqual([400, 'request.invalid'])
  expect(await said({ ...one, powerOfficeId: 'x' })).toEqual([400, 'request.invalid'])
  expect(await said()).toEqual([400, 'request.invalid'])
})
