import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { organizationOf, type Relay, startRelay, type Tenant } from './relay'
import { aShopAt, clearLogs } from './shop'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  // An undo is the one thing that deletes.
  expect(
    relay.violations().filter((one) => !/deleted by API: (Relation|Product|Address)/.test(String(one))),
  ).toEqual([])
})
afterAll(() => relay.close())

/** Companies with a contact person each, and a supplier that is a customer too; brought by the first load. */
const aLoaded = (count = 4) =>
  relay.tenant({
    seed: (crm, books) => {
      crm.hasCustomer({ organization: { Name: 'Fra før AS' } })
      for (let n = 1; n <= count; n++) {
        const { Id } = books.hasCustomer({ Name: `Kunde ${n} AS`, PhoneNumber: `${n}` })
        books.hasContactPerson(Id, { FirstName: 'Kari', LastName: `Nr${n}` })
        if (n === 1) books.makeAlsoSupplier(Id)
      }
    },
  })
const roleIn = (tenant: Tenant, name: string) =>
  tenant.crm.customers().find((role) => organizationOf(role).Name === name)
const organizationIdIn = (tenant: Tenant, name: string) => String(organizationOf(roleIn(tenant, name)).ID)
const addressIdOf = (tenant: Tenant, organizationId: string) =>
  String((tenant.crm.get(organizationId)?.InvoiceAddress as { ID: string } | null)?.ID)
const namesIn = (tenant: Tenant) =>
  tenant.crm
    .all('Relation_Organization')
    .map(({ Name }) => String(Name))
    .filter((name) => /^(Kunde|Fra)/.test(name))
    .toSorted()

async function previewed(tenant: Tenant) {
  expect((await tenant.api('POST', '/undo', { what: 'first-load' })).status).toBe(202)
  await relay.until(async () => (await tenant.api('GET', '/undo')).body.state === 'previewed')
  return (await tenant.api('GET', '/undo?pageSize=500')).body
}
async function undone(tenant: Tenant) {
  expect((await tenant.api('POST', '/undo/confirm')).status).toBe(202)
  await relay.until(async () => (await tenant.api('GET', '/undo')).body.state === 'done', 600_000)
}

test('what the first load made and nobody touched is taken back; what was touched stays, and a company stays with its contact', async () => {
  const acme = await aLoaded()
  await relay.sleep(60_000)
  acme.crm.edit(organizationIdIn(acme, 'Kunde 2 AS'), { Name: 'Kunde 2 Ny AS' })
  const contact = acme.crm.all('Relation_Person').find(({ LastName }) => LastName === 'Nr3')
  acme.crm.edit(String(contact?.ID), { FirstName: 'Karianne' })
  acme.crm.hasInvoice({ roleId: String(roleIn(acme, 'Kunde 4 AS')?.ID) })
  await acme.quiet()
  const { counts, items } = await previewed(acme)
  // Of the first company both roles and the contact; of the second and the fourth the contact alone.
  expect(counts).toEqual({ removable: 5, restorable: 0, touched: 4 })
  expect(items).toHaveLength(9)
  clearLogs(relay)
  await undone(acme)
  expect(namesIn(acme)).toEqual(['Fra før AS', 'Kunde 2 Ny AS', 'Kunde 3 AS', 'Kunde 4 AS'])
  expect(acme.calls(/^(POST|PATCH|PUT|DELETE)/)).toEqual([])
  expect((await acme.status()).state).toBe('paused')
  expect((await acme.status()).links).toMatchObject({ customer: 3, supplier: 0, contactPerson: 1 })
  for (const again of ['/undo/confirm']) expect((await acme.api('POST', again)).status).toBe(409)
  await relay.tick('*/15 * * * *')
  await relay.sleep(120_000)
  expect(namesIn(acme)).not.toContain('Kunde 1 AS')
})

test('a second load gives the world that the first one gave', async () => {
  const acme = await aLoaded()
  await relay.sleep(5000)
  const [names, contacts] = [namesIn(acme), acme.crm.all('Relation_Person').length]
  const before = JSON.stringify(acme.books.customers())
  await previewed(acme)
  await undone(acme)
  expect(namesIn(acme)).toEqual(['Fra før AS'])
  await acme.activate()
  expect([namesIn(acme), acme.crm.all('Relation_Person').length]).toEqual([names, contacts])
  expect(acme.crm.customers()).toHaveLength(5)
  expect(JSON.stringify(acme.books.customers())).toBe(before)
})

test.each([
  ['goes along with a company', { addressesGoAlong: true }],
  ['stays behind', { addressesGoAlong: false }],
  ['stays behind, without echoes', { addressesGoAlong: false, echo: false }],
] as const)('where an address %s that is deleted, none that the load made is left', async (_what, tribe) => {
  const acme = await relay.tenant({
    tribe,
    seed: (crm, books) => {
      const MailAddress = {
        AddressLine1: 'Havnegata 12',
        ZipCode: '7010',
        City: 'Trondheim',
        CountryCode: 'NO',
      }
      crm.hasCustomer({ organization: { Name: 'Fra før AS' }, invoiceAddress: { Street: 'Solbakken' } })
      for (let n = 1; n <= 3; n++) books.hasCustomer({ Name: `Kunde ${n} AS`, MailAddress })
      books.hasCustomer({ IsPerson: true, FirstName: 'Kari', LastName: 'Nordmann', MailAddress })
      books.makeAlsoSupplier(books.customers()[0]?.Id ?? 0)
    },
  })
  const streets = () => acme.crm.all('Address').map(({ Street }) => String(Street))
  const before = streets().filter((street) => street !== 'Havnegata')
  expect(streets().filter((street) => street === 'Havnegata')).toHaveLength(4)
  await relay.sleep(60_000)
  // One of them serves somebody else by now: that one is not the load's alone any more.
  const shared = acme.crm.all('Relation_Organization').find(({ Name }) => Name === 'Kunde 2 AS')
  const other = organizationIdIn(acme, 'Fra før AS')
  acme.crm.edit(other, { VisitingAddress: { ID: addressIdOf(acme, String(shared?.ID)) } })
  await acme.quiet()
  expect((await previewed(acme)).counts).toEqual({ removable: 5, restorable: 0, touched: 0 })
  await undone(acme)
  const kept = tribe.addressesGoAlong ? [] : ['Havnegata']
  expect(streets().toSorted()).toEqual([...before, ...kept].toSorted())
  await acme.activate()
  expect(streets().filter((street) => street === 'Havnegata')).toHaveLength(4 + kept.length)
})

test('an undo that is cut off goes on, and removes nothing else', async () => {
  const acme = await aLoaded(6)
  await relay.sleep(5000)
  await previewed(acme)
  relay.tribe.faults.add({
    name: 'slow-before',
    on: /^DELETE /,
    delayMs: 700,
    times: Number.POSITIVE_INFINITY,
  })
  expect((await acme.api('POST', '/undo/confirm')).status).toBe(202)
  for (let n = 0; n < 4; n++) {
    await relay.sleep(1500)
    await relay.restart()
  }
  relay.tribe.faults.clear()
  await relay.until(async () => (await acme.api('GET', '/undo')).body.state === 'done', 600_000)
  expect(namesIn(acme)).toEqual(['Fra før AS'])
})

test('nothing is confirmed that was not previewed, and after thirty days it is too late', async () => {
  const acme = await aLoaded(1)
  const confirmed = await acme.api('POST', '/undo/confirm')
  expect([confirmed.status, confirmed.body.error.code]).toEqual([409, 'undo.not_previewed'])
  await previewed(acme)
  await relay.sleep(31 * 86_400_000)
  for (const path of ['/undo/confirm', '/undo']) {
    const late = await acme.api('POST', path, path === '/undo' ? { what: 'first-load' } : undefined)
    expect([late.status, late.body.error.code]).toEqual([409, 'undo.too_late'])
  }
})

test('what the load overwrote in Tribe comes back where it was kept, and a second load writes it as the first did', async () => {
  const acme = await relay.tenant({
    settings: { keepBefore: { days: 10 } },
    seed: (crm, books) => {
      const { Number: number } = books.hasCustomer({ Name: 'Begge AS', PhoneNumber: '99' })
      crm.hasCustomer({ organization: { Name: 'Begge AS', PhoneNumber: '11', DebtorNumber: String(number) } })
    },
  })
  const phone = () => organizationOf(acme.crm.customers()[0]).PhoneNumber
  expect(phone()).toBe('99')
  const { counts } = await previewed(acme)
  expect(counts).toEqual({ removable: 0, restorable: 1, touched: 0 })
  clearLogs(relay)
  await undone(acme)
  expect(phone()).toBe('11')
  expect(acme.calls(/^(POST|PATCH|PUT|DELETE)/)).toEqual([])
  expect((await acme.status()).links.customer).toBe(0)
  await acme.activate()
  expect(phone()).toBe('99')
})

test('values of every kind come back: of a supplier, a contact person, an address, a product and a role that shares its company', async () => {
  const here = { PhoneNumber: '11', EmailAddress: 'crm@begge.example' }
  const there = { PhoneNumber: '99', EmailAddress: 'bok@begge.example' }
  const decisions: object[] = []
  const acme = await aShopAt(relay, {
    settings: { relations: { enabled: true }, keepBefore: { days: 10 } },
    seed: (crm, books) => {
      const supplier = books.hasSupplier({ Name: 'Leverandør AS', ...there })
      const organization = { Name: 'Lev', ...here, CreditorNumber: String(supplier.Number) }
      crm.hasSupplier({ organization })
      const MailAddress = { AddressLine1: 'Nygata 2', ZipCode: '0155', City: 'OSLO', CountryCode: 'NO' }
      const customer = books.hasCustomer({ Name: 'Begge AS', MailAddress })
      const asSupplier = books.makeAlsoSupplier(customer.Id)
      const numbers = { DebtorNumber: String(customer.Number), CreditorNumber: String(asSupplier.Number) }
      const { organizationId } = crm.hasCustomer({
        organization: { Name: 'Begge', ...numbers },
        invoiceAddress: {
          Street: 'Gamleveien',
          HouseNumber: 1,
          Postalcode: '5003',
          City: 'BERGEN',
          Country: 'NO',
        },
      })
      crm.hasSupplier({ organizationId })
      const name = { FirstName: 'Ida', LastName: 'Berg' }
      books.hasContactPerson(customer.Id, { ...name, ...there })
      crm.hasContact({ organizationId, person: name, contact: { PhoneNumber: '11' } })
      const product = books.hasProduct({ Code: 'B1', Name: 'Bok', UnitPrice: 70 })
      const tribeId = crm.hasProduct({ Code: 'C1', Name: 'Felles', SalesPrice: 90 })
      decisions.push({ kind: 'product', powerOfficeId: String(product.Id), action: 'link', tribeId })
    },
    activate: false,
  })
  await acme.put('/preview/decisions', { decisions })
  const held = () => {
    const [supplier] = acme.crm.suppliers()
    const [customer] = acme.crm.customers()
    const [contact] = acme.crm.contacts()
    const [product] = acme.crm.products()
    const { Name, InvoiceAddress } = organizationOf(customer)
    const { Street, City } = InvoiceAddress as Record<string, unknown>
    return {
      supplier: [organizationOf(supplier).Name, organizationOf(supplier).PhoneNumber],
      customer: [Name, Street, City],
      contact: [contact?.PhoneNumber, contact?.EmailAddress],
      product: [product?.Code, product?.Name, product?.SalesPrice],
    }
  }
  const before = held()
  await acme.activate()
  const after = held()
  expect(after).toEqual({
    supplier: ['Leverandør AS', '99'],
    customer: ['Begge AS', 'Nygata', 'OSLO'],
    contact: ['99', 'bok@begge.example'],
    product: ['B1', 'Bok', 70],
  })
  expect((await previewed(acme)).counts).toMatchObject({ removable: 0, touched: 0 })
  clearLogs(relay)
  await undone(acme)
  expect(held()).toEqual(before)
  expect((await acme.status()).links).toEqual({
    customer: 0,
    supplier: 0,
    contactPerson: 0,
    product: 0,
    invoice: 0,
  })
  await acme.activate()
  expect(held()).toEqual(after)
  expect(acme.calls(/^(POST|PATCH|PUT|DELETE)/)).toEqual([])
})

test('what the relay itself wrote later is no touch: what there was before the load comes back', async () => {
  const acme = await relay.tenant({
    settings: { keepBefore: { days: 10 } },
    seed: (crm, books) => {
      const { Number: number } = books.hasCustomer({ Name: 'Begge AS', PhoneNumber: '99' })
      crm.hasCustomer({ organization: { Name: 'Begge AS', PhoneNumber: '11', DebtorNumber: String(number) } })
    },
  })
  await relay.sleep(60_000)
  acme.books.editCustomer(acme.books.customers()[0]?.Id ?? 0, { PhoneNumber: '100' })
  await acme.poll()
  expect(organizationOf(acme.crm.customers()[0]).PhoneNumber).toBe('100')
  expect((await previewed(acme)).counts).toEqual({ removable: 0, restorable: 1, touched: 0 })
  await undone(acme)
  expect(organizationOf(acme.crm.customers()[0]).PhoneNumber).toBe('11')
})

test('what somebody touches between a cut and its going on is kept, and listed', async () => {
  const acme = await aLoaded(30)
  await relay.sleep(5000)
  await previewed(acme)
  relay.tribe.faults.add({
    name: 'slow-before',
    on: /^DELETE /,
    delayMs: 700,
    times: Number.POSITIVE_INFINITY,
  })
  expect((await acme.api('POST', '/undo/confirm')).status).toBe(202)
  await relay.sleep(5000)
  expect((await acme.api('GET', '/undo')).body.state).toBe('undoing')
  acme.crm.edit(organizationIdIn(acme, 'Kunde 30 AS'), { Name: 'Kunde 30 Ny AS' })
  await relay.restart()
  relay.tribe.faults.clear()
  await relay.until(async () => (await acme.api('GET', '/undo')).body.state === 'done', 600_000)
  expect(namesIn(acme)).toEqual(['Fra før AS', 'Kunde 30 Ny AS'])
  const { counts, items } = (await acme.api('GET', '/undo?pageSize=500')).body
  expect(counts.touched).toBe(1)
  expect(items.filter(({ outcome }: { outcome: string }) => outcome === 'touched')).toMatchObject([
    { kind: 'customer', tribeId: roleIn(acme, 'Kunde 30 Ny AS')?.ID },
  ])
})

test('whoever confirms twice at once has it done once, and an activation meanwhile waits for its end', async () => {
  const acme = await aLoaded(6)
  await relay.sleep(5000)
  const madeFirst = acme.crm.customers().map(({ ID }) => ID)
  await previewed(acme)
  relay.tribe.faults.add({
    name: 'slow-before',
    delayMs: 700,
    times: Number.POSITIVE_INFINITY,
  })
  const both = await Promise.all([1, 2].map(() => acme.api('POST', '/undo/confirm')))
  expect(both.map(({ status }) => status).toSorted()).toEqual([202, 409])
  expect((await acme.api('POST', '/activate')).status).toBe(202)
  relay.tribe.faults.clear()
  await relay.until(async () => (await acme.api('GET', '/undo')).body.state === 'done', 600_000)
  await acme.quiet()
  // All of the first load is gone, and another has made it anew.
  const now = acme.crm.customers().map(({ ID }) => ID)
  expect(now).toHaveLength(madeFirst.length)
  expect(madeFirst.filter((id) => now.includes(id))).toHaveLength(1)
  expect((await acme.status()).state).toBe('active')
})

test('product groups that the load made go with its products, but for those that somebody uses or has changed', async () => {
  const names = ['Skruer', 'Muttere', 'Bolter', 'Fra før']
  const acme = await aShopAt(relay, {
    seed: (crm, books) => {
      crm.hasProductGroup('Fra før')
      for (const [n, Name] of names.entries()) {
        const { Id } = books.hasProductGroup({ Name, Code: Name })
        books.hasProduct({ Name: `Vare ${n}`, Code: `V${n}`, UnitPrice: 10, ProductGroupId: Id })
      }
    },
  })
  const groups = () => acme.crm.all('ProductGroup').map(({ Name }) => String(Name))
  const groupIdOf = (name: string) =>
    String(acme.crm.all('ProductGroup').find(({ Name }) => Name === name)?.ID)
  expect(groups()).toEqual(expect.arrayContaining(names))
  await relay.sleep(60_000)
  acme.crm.hasProduct(
    { Name: 'Min egen', Code: 'E1', ProductGroup: { ID: groupIdOf('Muttere') } },
    { silent: true },
  )
  acme.crm.edit(groupIdOf('Bolter'), { Name: 'Bolter m.m.' }, { silent: true })
  await previewed(acme)
  await undone(acme)
  expect(groups().toSorted()).toEqual(['Bolter m.m.', 'Fra før', 'Muttere'])
  expect(acme.books.productGroups().map(({ Name }) => Name)).toEqual(expect.arrayContaining(names))
  await acme.activate()
  const again = groups()
  expect(again).toEqual(expect.arrayContaining(['Skruer', 'Muttere', 'Bolter m.m.', 'Fra før']))
  expect(new Set(again).size).toBe(again.length)
  expect(acme.crm.products()).toHaveLength(names.length + 1)
  expect((await acme.status()).problems).toEqual([])
})

test('a Tribe that deletes no product group keeps them, and the undo is done', async () => {
  const acme = await aShopAt(relay, {
    seed: (_crm, books) => {
      const { Id } = books.hasProductGroup({ Name: 'Skruer', Code: 'SK' })
      books.hasProduct({ Name: 'Vare', Code: 'V1', UnitPrice: 10, ProductGroupId: Id })
    },
  })
  await previewed(acme)
  relay.tribe.faults.add({ name: 'refused', on: /^DELETE .*ProductGroup/, times: Number.POSITIVE_INFINITY })
  await undone(acme)
  expect(acme.crm.products()).toEqual([])
  expect(acme.crm.all('ProductGroup').map(({ Name }) => Name)).toContain('Skruer')
  await acme.activate()
  expect(acme.crm.products()).toHaveLength(1)
})

// ── One change ──────────────────────────────────────────────────────────────

/** A customer of which PowerOffice's telephone number took the place of Tribe's, and the entry that tells so. */
async function aChange(days: number) {
  const acme = await relay.tenant({
    settings: { keepBefore: { days } },
    seed: (_crm, books) => books.hasCustomer({ Name: 'Kunde AS', PhoneNumber: '11' }),
  })
  const contactId = acme.books.customers()[0]?.Id ?? 0
  acme.books.editCustomer(contactId, { PhoneNumber: '22' })
  await acme.poll()
  const query = `kind=customer&powerOfficeId=${contactId}`
  const newest = async () => (await acme.api('GET', `/records?${query}`)).body.timeline[0]
  const entry = await newest()
  expect(entry).toMatchObject({ event: 'updated-tribe', details: { fields: ['phone'] } })
  const undo = async (entryId = entry.id) => {
    const which = { kind: 'customer', powerOfficeId: String(contactId), entryId }
    const { status, body } = await acme.api('POST', '/records/undo', which)
    await acme.quiet()
    return [status, body.error?.code ?? null]
  }
  const phones = () => [
    organizationOf(acme.crm.customers()[0]).PhoneNumber,
    acme.books.customers()[0]?.PhoneNumber,
  ]
  return { acme, contactId, undo, phones, newest }
}

test('a change of the relay is taken back from its timeline, and neither a pull nor a comparison does it again', async () => {
  const { acme, contactId, undo, phones, newest } = await aChange(5)
  expect(phones()).toEqual(['22', '22'])
  expect(await undo()).toEqual([202, null])
  expect(phones()).toEqual(['11', '22'])
  for (const what of ['relations', 'compare'] as const) await acme.sync(what)
  await acme.poll()
  expect(phones()).toEqual(['11', '22'])
  // That is a change like any other.
  expect(await undo((await newest()).id)).toEqual([202, null])
  expect(phones()).toEqual(['22', '22'])
  acme.books.editCustomer(contactId, { PhoneNumber: '33' })
  await acme.poll()
  expect(phones()).toEqual(['33', '33'])
})

test('what somebody has changed since is not taken back, nor what was not kept, or not any more', async () => {
  const changed = await aChange(5)
  const organizationId = String(organizationOf(changed.acme.crm.customers()[0]).ID)
  changed.acme.crm.edit(organizationId, { PhoneNumber: '44' })
  await changed.acme.quiet()
  expect(await changed.undo()).toEqual([409, 'undo.changed_since'])
  expect(changed.phones()).toEqual(['44', '44'])
  expect(await (await aChange(0)).undo()).toEqual([409, 'undo.not_kept'])
  const late = await aChange(2)
  const rows = () => relay.objectSql<{ sealed: string }>(late.acme.id, 'select * from before_images')
  const [image] = await rows()
  expect(image?.sealed).not.toContain('11')
  await relay.sleep(2 * 86_400_000)
  expect(await late.undo()).toEqual([409, 'undo.not_kept'])
  expect(await rows()).toEqual([])
})

test('who keeps values for fewer days from now on keeps what was kept for fewer days, too', async () => {
  const { acme, undo } = await aChange(10)
  const images = async () => (await relay.objectSql(acme.id, 'select id from before_images')).length
  await relay.sleep(3 * 86_400_000)
  const keep = (days: number) => acme.api('PATCH', '/settings', { keepBefore: { days } })
  await keep(5)
  expect(await images()).toBe(1)
  await keep(2)
  expect([await images(), await undo()]).toEqual([0, [409, 'undo.not_kept']])
  await keep(30)
  expect(await images()).toBe(0)
})

test('a change that a company’s other role shares is taken back once: that role does not bring it back, nor take it to the books', async () => {
  const acme = await relay.tenant({
    settings: { keepBefore: { days: 5 } },
    seed: (_crm, books) =>
      books.makeAlsoSupplier(books.hasCustomer({ Name: 'Begge AS', PhoneNumber: '11' }).Id),
  })
  const contactId = acme.books.customers()[0]?.Id ?? 0
  acme.books.editCustomer(contactId, { PhoneNumber: '22' })
  await acme.poll()
  const kinds = ['customer', 'supplier'] as const
  const told = await Promise.all(
    kinds.map(async (kind) => {
      const { body } = await acme.api('GET', `/records?kind=${kind}&powerOfficeId=${contactId}`)
      return [kind, body.timeline.find(({ event }: { event: string }) => event === 'updated-tribe')] as const
    }),
  )
  const [kind, entry] = told.find(([, entry]) => entry) ?? ['customer', null]
  const which = { kind, powerOfficeId: String(contactId), entryId: entry.id }
  expect((await acme.api('POST', '/records/undo', which)).status).toBe(202)
  await acme.quiet()
  const phones = () => [
    organizationOf(acme.crm.customers()[0]).PhoneNumber,
    acme.books.customers()[0]?.PhoneNumber,
  ]
  expect(phones()).toEqual(['11', '22'])
  for (const what of ['relations', 'compare'] as const) await acme.sync(what)
  await acme.poll()
  expect(phones()).toEqual(['11', '22'])
})

const companyIn = (crm: Tenant['crm']) => String(organizationOf(crm.customers()[0]).ID)

/** Who fills a field that was empty, what the relay writes there, and what is edited later of the same record. */
const FILLED: Record<
  string,
  {
    kind: string
    field: string
    fill: (acme: Tenant) => void
    held: (acme: Tenant) => unknown[]
    later: (acme: Tenant) => void
    again: (acme: Tenant) => void
  }
> = {
  'a customer’s website that Tribe filled': {
    kind: 'customer',
    field: 'website',
    fill: ({ crm }) => crm.edit(companyIn(crm), { Website: 'https://a.example' }),
    held: ({ crm, books }) => [organizationOf(crm.customers()[0]).Website, books.customers()[0]?.WebsiteUrl],
    later: ({ crm }) => crm.edit(companyIn(crm), { PhoneNumber: '33' }),
    again: ({ crm }) => crm.edit(companyIn(crm), { Website: 'https://b.example' }),
  },
  'a customer’s website that PowerOffice filled': {
    kind: 'customer',
    field: 'website',
    fill: ({ books }) =>
      books.editCustomer(books.customers()[0]?.Id ?? 0, { WebsiteUrl: 'https://a.example' }),
    held: ({ crm, books }) => [organizationOf(crm.customers()[0]).Website, books.customers()[0]?.WebsiteUrl],
    later: ({ books }) => books.editCustomer(books.customers()[0]?.Id ?? 0, { PhoneNumber: '33' }),
    again: ({ books }) =>
      books.editCustomer(books.customers()[0]?.Id ?? 0, { WebsiteUrl: 'https://b.example' }),
  },
  'a contact person’s telephone that Tribe filled': {
    kind: 'contactPerson',
    field: 'phone',
    fill: ({ crm }) => crm.edit(String(crm.contacts()[0]?.ID), { PhoneNumber: '44' }),
    held: ({ crm, books }) => [crm.contacts()[0]?.PhoneNumber, books.contactPersons()[0]?.PhoneNumber],
    later: ({ crm }) => crm.edit(String(crm.contacts()[0]?.ID), { EmailAddress: 'ny@kunde.example' }),
    again: ({ crm }) => crm.edit(String(crm.contacts()[0]?.ID), { PhoneNumber: '55' }),
  },
  'a product’s description that Tribe filled': {
    kind: 'product',
    field: 'description',
    fill: ({ crm }) => crm.edit(String(crm.products()[0]?.ID), { Description: 'Lang' }),
    held: ({ crm, books }) => [crm.products()[0]?.Description, books.products()[0]?.Description],
    later: ({ crm }) => crm.edit(String(crm.products()[0]?.ID), { Name: 'Spade 2' }),
    again: ({ crm }) => crm.edit(String(crm.products()[0]?.ID), { Description: 'Lengre' }),
  },
}

test.each(Object.entries(FILLED))(
  'what was taken back stays empty, whatever comes by: %s',
  async (_, scene) => {
    const acme = await aShopAt(relay, {
      settings: { keepBefore: { days: 5 }, relations: { enabled: true } },
      seed: (_crm, books) => {
        const { Id } = books.hasCustomer({ Name: 'Kunde AS', PhoneNumber: '11' })
        books.hasContactPerson(Id, { FirstName: 'Ada', LastName: 'Lund' })
        books.hasProduct({ Name: 'Spade', Code: 'S1', UnitPrice: 10, Description: null })
      },
    })
    const [idInTribe] = {
      customer: acme.crm.customers(),
      contactPerson: acme.crm.contacts(),
      product: acme.crm.products(),
    }[scene.kind as 'customer'].map(({ ID }) => String(ID))
    const query = `kind=${scene.kind}&tribeId=${idInTribe}`
    const before = scene.held(acme)
    scene.fill(acme)
    await acme.quiet()
    await acme.poll()
    const filled = scene.held(acme)
    expect(filled[0]).toBe(filled[1])
    const { body } = await acme.api('GET', `/records?${query}`)
    const [entry] = body.timeline
    const which = { kind: scene.kind, tribeId: idInTribe, entryId: entry.id }
    expect((await acme.api('POST', '/records/undo', which)).status).toBe(202)
    await acme.quiet()
    const apart = entry.event === 'updated-tribe' ? [before[0], filled[1]] : [filled[0], before[1]]
    expect(scene.held(acme)).toEqual(apart)
    const seen = await acme.api('GET', `/records?${query}&values=true`)
    expect(seen.body.fields.find(({ field }: { field: string }) => field === scene.field)).toMatchObject({
      same: false,
      next: 'none',
      because: 'taken-back',
    })
    for (const _round of [1, 2]) {
      for (const what of ['relations', 'compare', 'everything'] as const) await acme.sync(what)
      await acme.poll()
      expect(scene.held(acme)).toEqual(apart)
      scene.later(acme)
      await acme.quiet()
      await acme.poll()
    }
    scene.again(acme)
    await acme.quiet()
    await acme.poll()
    const [here, there] = scene.held(acme)
    expect([here, here === filled[0]]).toEqual([there, false])
  },
)
