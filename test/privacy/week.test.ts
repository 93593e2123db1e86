import { afterEach, expect, test } from 'vitest'
import { Town, type TownTenant } from '../platform/town'

/** The whole Worker over more than a week, by the clock: what names somebody is nowhere that the relay keeps anything. */

let town: Town
afterEach(() => town.platform.close())

/** What names somebody: each of it is in one of the systems, and goes to the other if it can. */
const NAMES = {
  company: ['Kvalheim Rør AS', 'post@kvalheim.example', '55123456', 'Rørgata'],
  supplier: ['Grossisten AS', 'ordre@grossisten.example', '55987654', 'Lagerveien'],
  person: ['Torbjørn', 'torbjorn@kvalheim.example', '90033445'],
  private: ['Solveig', 'Ødegård', 'solveig@privat.example', '90011223', 'Granstien'],
  refused: ['Blomsterbua'],
  words: ['Utføring hos en kunde', 'Kontakt: Kari'],
}

/** Everything in D1, and in the SQLite of each tenant's object. */
function kept(): string {
  const objects = town.tenants.map(({ object }) =>
    (
      object.sql.exec("select name from sqlite_master where type = 'table'").toArray() as { name: string }[]
    ).map(({ name }) => object.sql.exec(`select * from "${name}"`).toArray()),
  )
  return JSON.stringify([town.platform.snapshot(), objects])
}
/** Spaces do not count: numbers are written in many ways. */
const found = (names: readonly string[]) => {
  const text = kept().replace(/\s/g, '')
  return names.filter((name) => text.includes(name.replace(/\s/g, '')))
}

async function aBusyCompany(): Promise<TownTenant> {
  const tenant = await town.addTenant({ settings: { invoices: { mode: 'book' } } })
  const { crm, books } = tenant
  await town.waitFor(tenant.mapAsProposed())
  town.tribe.faults.add({
    name: 'refused',
    on: /^POST .*Customer$/,
    body: /Blomsterbua/,
    times: Number.POSITIVE_INFINITY,
  })
  books.hasCustomer({ Name: 'Blomsterbua ENK', EmailAddress: 'hei@blomsterbua.example' })
  books.hasSupplier({
    Name: 'Grossisten AS',
    EmailAddress: 'ordre@grossisten.example',
    PhoneNumber: '55 98 76 54',
    MailAddress: { AddressLine1: 'Lagerveien 9', ZipCode: '5003', City: 'Bergen', CountryCode: 'NO' },
  })
  await town.waitFor(tenant.activate())
  await town.passMinutes(5)

  const { roleId } = crm.hasCustomer({
    organization: {
      Name: 'Kvalheim Rør AS',
      EmailAddress: 'post@kvalheim.example',
      PhoneNumber: '55 12 34 56',
    },
    invoiceAddress: { Street: 'Rørgata', HouseNumber: 3, Postalcode: '5003', City: 'Bergen' },
  })
  crm.hasPrivateCustomer({
    person: {
      FirstName: 'Solveig',
      LastName: 'Ødegård',
      EmailAddress: 'solveig@privat.example',
      PhoneNumber: '900 11 223',
    },
    address: { Street: 'Granstien', HouseNumber: 4, Postalcode: '5003', City: 'Bergen' },
  })
  await town.passMinutes(2)
  const company = books.customers().find(({ Name }) => Name === 'Kvalheim Rør AS')
  books.hasContactPerson(company?.Id ?? 0, {
    FirstName: 'Torbjørn',
    LastName: 'Kvalheim',
    EmailAddress: 'torbjorn@kvalheim.example',
    PhoneNumber: '900 33 445',
  })
  const invoice = crm.hasInvoice({
    roleId,
    fields: { CustomerReference: 'Kontakt: Kari' },
    lines: [{ description: 'Utføring hos en kunde', price: 900, vatGroup: 'NO25' }],
  })
  crm.sendInvoice(invoice)
  await town.passMinutes(30)
  return tenant
}

/** Each with one poll for the ninety-six that there are, and its night. */
async function daysPass(days: number): Promise<void> {
  for (let day = 0; day < days; day++)
    for (const cron of ['*/15 * * * *', '0 */4 * * *', '30 2 * * *']) {
      await town.tick(cron)
      await town.passMinutes(8 * 60)
    }
}

test('after a week at work, and a week of waiting to begin, nothing that names somebody is kept', async () => {
  town = new Town(5)
  const busy = await aBusyCompany()
  const { crm, books } = busy
  const there = JSON.stringify([
    crm.all('Relation'),
    books.customers(),
    books.salesOrders(),
    books.postedInvoices(),
  ])
  for (const name of ['Solveig', 'Kvalheim Rør AS', 'Rørgata']) expect(there).toContain(name)
  expect(books.postedInvoices()).toHaveLength(1)
  // One that only looks: its preview shows names, while it is young.
  const looks = await town.addTenant({})
  looks.books.hasCustomer({ Name: 'Blomsterbua ENK', EmailAddress: 'hei@blomsterbua.example' })
  await town.waitFor(looks.api('POST', '/preview'))
  await town.passMinutes(5)
  expect(found(Object.values(NAMES).flat())).toEqual(NAMES.refused)

  await daysPass(6)
  expect(found(Object.values(NAMES).flat())).toEqual(NAMES.refused)
  await daysPass(2)
  // The record is still refused, night by night, and still told.
  const { problems } = await town.waitFor(busy.api('GET', '/status'))
  expect(problems).toMatchObject([{ code: 'tribe.refused', nextStep: expect.stringContaining('try again') }])
  expect(found(Object.values(NAMES).flat())).toEqual([])

  await town.waitFor(busy.api('DELETE', ''))
  expect(kept()).not.toContain(busy.id)
})

test('dry runs, undos and what was overwritten leave no value and no name, and what was overwritten is gone after its days', async () => {
  town = new Town(6)
  const tenant = await town.addTenant({ settings: { keepBefore: { days: 3 }, invoices: { enabled: false } } })
  const { crm, books } = tenant
  await town.waitFor(tenant.mapAsProposed())
  const address = { AddressLine1: 'Rørgata 3', ZipCode: '5003', City: 'Bergen', CountryCode: 'NO' }
  const kvalheim = books.hasCustomer({
    Name: 'Kvalheim Rør AS',
    EmailAddress: 'post@kvalheim.example',
    PhoneNumber: '55 12 34 56',
    MailAddress: address,
  })
  crm.hasCustomer({
    organization: { Name: 'Grossisten AS', PhoneNumber: '55987654', DebtorNumber: String(kvalheim.Number) },
    silent: true,
  })
  books.hasCustomer({ Name: 'Blomsterbua ENK', EmailAddress: 'hei@blomsterbua.example' })
  await town.waitFor(tenant.activate())
  await town.passMinutes(5)
  const words = [
    ...[...NAMES.company, ...NAMES.supplier, ...NAMES.refused],
    ...['hei@blomsterbua.example', '55990011', 'ny@kvalheim.example'],
  ]
  const images = () => tenant.object.sql.exec('select * from before_images').toArray().length
  expect([images(), found(words)]).toEqual([1, []])

  books.editCustomer(kvalheim.Id, { PhoneNumber: '55990011', EmailAddress: 'ny@kvalheim.example' })
  await town.waitFor(tenant.api('POST', '/dry-run', { settings: { conflictPolicy: 'tribe' } }))
  await town.passMinutes(2)
  expect(kept()).toContain('"phone')
  expect(found(words)).toEqual([])
  await town.waitFor(tenant.api('POST', '/undo', { what: 'first-load' }))
  await town.passMinutes(2)
  expect((await town.waitFor(tenant.api('GET', '/undo'))).counts).toEqual({
    removable: 1,
    restorable: 1,
    touched: 0,
  })
  expect(found(words)).toEqual([])
  await town.waitFor(tenant.api('POST', '/undo/confirm'))
  await town.passMinutes(2)
  expect((await town.waitFor(tenant.api('GET', '/undo'))).state).toBe('done')
  expect(crm.customers().map(({ Organization }) => (Organization as { Name: string }).Name)).toEqual([
    'Grossisten AS',
  ])
  expect(images()).toBeGreaterThan(0)
  expect(found(words)).toEqual([])
  await daysPass(4)
  expect([images(), found(words)]).toEqual([0, []])
})
