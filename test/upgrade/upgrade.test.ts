import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { migrate, migrations } from '../platform/d1'
import { Town, TownTenant } from '../platform/town'
import { NIGHT, POLL } from '../towns/company'
import { askIn, fillBooks, fillSql, fillTribe, type KeptState } from './kept-state'

/** A database and an object of each version that was released are opened by this one (`record.ts` says what had happened). */

const PAYMENTS = '0 */4 * * *'
const RECORDED = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.json'))

let town: Town
let tenant: TownTenant
function open(file: string): void {
  const kept: KeptState = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'))
  // Another seed: what is drawn from now on may not be what was drawn before.
  town = new Town(77, kept.at)
  const crm = town.tribe.addEnvironment({
    maxConcurrent: 8,
    clientId: kept.tribe.clientId,
    clientSecret: kept.tribe.clientSecret,
  })
  const books = town.powerOffice.addClient({ writeMs: 0, allowSendInvoice: true })
  fillTribe(crm, kept.tribe)
  fillBooks(books, kept.powerOffice)
  tenant = new TownTenant(town, crm, books)
  Object.assign(tenant, { id: kept.tenantId, token: kept.token })
  town.tenants.push(tenant)

  const ask = askIn(town.platform.database)
  fillSql(ask, kept.d1)
  const { database } = town.platform
  migrate(
    database,
    migrations().filter((one) => !kept.migrations.includes(one)),
  )
  const { object } = tenant
  fillSql((query, ...values) => object.sql.exec(query, ...values).toArray() as never, kept.object)
  if (kept.object.alarmAt !== null) object.setAlarm(kept.object.alarmAt)
}
afterEach(() => town.platform.close())

const writes = () =>
  town.calls
    .filter(({ host, method, path }) => method !== 'GET' && host !== 'relay.example' && !/token/i.test(path))
    .map(
      ({ host, method, path }) =>
        `${host.split('.')[0]} ${method} ${path.split('?')[0]?.replace(/[(/][0-9a-f-]{4,}.*/, '/…')}`,
    )

/** All that the clock does in a day. */
async function aDay(): Promise<void> {
  expect(await town.quiet()).toBeNull()
  for (const tick of [POLL, PAYMENTS, NIGHT, POLL]) {
    await town.passMinutes(15)
    await town.tick(tick)
    expect(await town.quiet()).toBeNull()
  }
}

describe.each(RECORDED)('what %s kept', (file) => {
  test('what was under way goes on, each edit arrives, nothing is made twice, and the night then has nothing to write', async () => {
    open(file)
    await aDay()
    const { crm, books } = tenant
    const namesIn = (rows: readonly object[]) =>
      rows.map((row) =>
        'Name' in row ? row.Name : (row as { Organization: { Name: string } }).Organization.Name,
      )
    const all = ['Fjordlys Kunde AS', 'Midt i AS', 'Nettopp Laget AS', 'Nordvik Bygg AS', 'Uten Adresse AS']
    expect(namesIn(books.customers()).toSorted()).toEqual(all)
    expect(namesIn(crm.customers()).toSorted()).toEqual(all)
    expect(crm.suppliers()).toMatchObject([{ Organization: { PhoneNumber: '55 66 77 88' } }])
    expect(books.customers()).toContainEqual(expect.objectContaining({ PhoneNumber: '99 88 77 66' }))
    expect(books.postedInvoices()).toHaveLength(1)
    expect(crm.payments().map(({ Amount }) => Amount)).toEqual([500, 750])
    // An edit of either side, the customer that was not begun, two numbers and a payment; what had been made is found.
    expect(writes().toSorted()).toEqual([
      'poweroffice PATCH /v2/Customers/…',
      'poweroffice POST /v2/Customers',
      'tribe POST /v1/odata/Activity_Invoice',
      'tribe POST /v1/odata/Payment',
      ...Array(3).fill('tribe PUT /v1/odata/Relation_Organization/…'),
    ])
    expect([town.bugs, town.violations()]).toEqual([[], []])

    town.calls.length = 0
    await aDay()
    expect(writes()).toEqual([])
  })

  test('what waited for a person still does, and goes on once it is mended; a draft is booked when it is sent', async () => {
    open(file)
    await aDay()
    const { crm, books } = tenant
    expect(tenant.problems()).toEqual([expect.stringContaining('relation.email_invalid')])
    const ill = crm
      .customers()
      .map(({ Organization }) => Organization as { ID: string; Name: string })
      .find(({ Name }) => Name === 'Uten Adresse AS')
    crm.edit(String(ill?.ID), { EmailAddress: 'post@uten.example' })
    const draft = crm.invoices().find(({ Phase }) => (Phase as { Code: string }).Code === 'Draft')
    crm.sendInvoice(String(draft?.ID))
    await aDay()
    expect(tenant.problems()).toEqual([])
    expect(books.customers()).toContainEqual(expect.objectContaining({ EmailAddress: 'post@uten.example' }))
    expect(books.postedInvoices()).toHaveLength(2)
    expect([town.bugs, town.violations()]).toEqual([[], []])
  })
})
