import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { anOfficeAt } from './office'
import { organizationOf, type Relay, startRelay, type Tenant } from './relay'
import { clearLogs, only } from './shop'

/** What a row of fields would do right now, for records that an admin picks, before the row is saved. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const own = (letter: string) => `${letter.repeat(8)}__844e__4399__9142__2d960441a391`
const F = { reason: own('a'), owed: own('b'), project: own('c') }
const SILENT = { silent: true }
const REASON = {
  record: 'customer',
  tribeField: F.reason,
  powerOfficeField: 'JobStopReason',
  direction: 'both',
}
const OWED = {
  record: 'customer',
  tribeField: F.owed,
  powerOfficeField: 'receivables.open',
  direction: 'to-tribe',
}
const PROJECT = {
  record: 'customer',
  tribeField: F.project,
  powerOfficeField: 'order.project',
  direction: 'to-poweroffice',
}

const aCompany = (names = ['Vik AS']) =>
  relay.tenant({
    tribe: {
      customFields: {
        Relation_Organization: { [F.reason]: 'string', [F.owed]: 'double', [F.project]: 'string' },
      },
    },
    seed: (_crm, books) => {
      for (const Name of names) books.hasCustomer({ Name })
    },
  })
const pairOf = (tenant: Tenant, name = 'Vik AS') => {
  const role = tenant.crm.customers().find((one) => organizationOf(one).Name === name)
  const contact = tenant.books.customers().find(({ Name }) => Name === name)
  return {
    roleId: String(role?.ID),
    organizationId: String(organizationOf(role).ID),
    contactId: contact?.Id ?? 0,
  }
}
async function tried(tenant: Tenant, row: Record<string, string>, records: string) {
  const { status, body } = await tenant.api('GET', `/fields/try?${new URLSearchParams({ ...row, records })}`)
  return status === 200 ? body.records : [status, body.error.code]
}

test('a row that nobody has saved: both values, and what the comparison does once it is saved; nothing is written or kept', async () => {
  const acme = await aCompany()
  const { roleId, organizationId, contactId } = pairOf(acme)
  acme.crm.edit(organizationId, { [F.reason]: 'Purret' }, SILENT)
  clearLogs(relay)
  const links = await relay.sql('select * from links where tenant_id = ?', acme.id)
  const [seen] = await tried(acme, REASON, `${roleId}:${contactId}`)
  expect(seen).toEqual({
    tribeId: roleId,
    powerOfficeId: String(contactId),
    tribe: 'Purret',
    powerOffice: null,
    same: false,
    next: 'to-poweroffice',
    because: 'only-in-tribe',
  })
  expect([acme.tribeWrites(), acme.calls(/^(POST|PATCH|PUT|DELETE)/)]).toEqual([[], []])
  expect(await relay.sql('select * from links where tenant_id = ?', acme.id)).toEqual(links)
  expect((await acme.api('GET', '/fields')).body.mapped).toEqual([])
  await acme.put('/fields', { mapped: [REASON] })
  await acme.quiet()
  expect(acme.books.customers()[0]).toMatchObject({ JobStopReason: 'Purret' })
  // Now it is a row like any other.
  expect((await tried(acme, REASON, `:${contactId}`))[0]).toMatchObject({
    same: true,
    next: 'none',
    because: 'same',
  })
  acme.books.editCustomer(contactId, { JobStopReason: 'Betalt' })
  expect((await tried(acme, REASON, `${roleId}:`))[0]).toMatchObject({
    tribe: 'Purret',
    powerOffice: 'Betalt',
    next: 'to-tribe',
    because: 'changed-in-poweroffice',
  })
  // The same pair of fields in another direction meets anew: what PowerOffice holds is nobody's to overwrite unseen.
  const other = { ...REASON, direction: 'to-poweroffice' }
  const [meets] = await tried(acme, other, `${roleId}:`)
  expect(meets).toMatchObject({ next: 'none', because: 'preview.unseen' })
  await acme.put('/fields', { mapped: [other] })
  await acme.quiet()
  await acme.sync('compare')
  expect(acme.books.customers()[0]).toMatchObject({ JobStopReason: 'Betalt' })
})

test('what only the relay works out is shown as it would be told; a project goes along with the next invoice', async () => {
  const acme = await aCompany()
  const { roleId, organizationId, contactId } = pairOf(acme)
  acme.books.hasInvoice(contactId, { TotalAmount: 1250, NetPostedAmount: 1000, DueDate: '2026-02-01' })
  acme.crm.edit(organizationId, { [F.project]: 'P1' }, SILENT)
  expect((await tried(acme, OWED, `${roleId}:`))[0]).toMatchObject({
    tribe: null,
    powerOffice: 1250,
    same: false,
    next: 'to-tribe',
    because: 'one-way-from-poweroffice',
  })
  expect((await tried(acme, PROJECT, `${roleId}:`))[0]).toMatchObject({
    tribe: 'P1',
    next: 'none',
    because: 'with-the-order',
  })
  await acme.put('/fields', { mapped: [OWED] })
  await acme.quiet()
  expect(acme.crm.get(organizationId)).toMatchObject({ [F.owed]: 1250 })
  expect((await tried(acme, OWED, `${roleId}:`))[0]).toMatchObject({ tribe: 1250, same: true, next: 'none' })
})

test('an invoice’s own story is shown alike', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'book', {
    tribe: { customFields: { Activity_Invoice: { [F.owed]: 'double' } } },
  })
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id)
  await tenant.quiet()
  const posted = only(tenant.books.postedInvoices())
  const { body } = await tenant.api('GET', '/fields')
  const field = body.tribe.find(
    (one: { record: string; field: string }) => one.record === 'invoice' && one.field === F.owed,
  )
  expect(field).toBeDefined()
  const row = {
    record: 'invoice',
    tribeField: F.owed,
    powerOfficeField: 'invoice.balance',
    direction: 'to-tribe',
  }
  expect((await tried(tenant, row, `${id}:`))[0]).toMatchObject({
    powerOffice: posted.TotalAmount,
    next: 'to-tribe',
  })
})

test('a row that cannot be, more than three records and ids that are none are refused', async () => {
  const acme = await aCompany()
  const { roleId } = pairOf(acme)
  expect(await tried(acme, { ...REASON, tribeField: 'Nothing' }, `${roleId}:`)).toEqual([
    422,
    'field.unknown',
  ])
  expect(await tried(acme, { ...OWED, direction: 'both' }, `${roleId}:`)).toEqual([422, 'field.read_only'])
  for (const records of [
    '',
    ':',
    'x:',
    `${roleId}:x`,
    `${roleId}`,
    [1, 2, 3, 4].map((n) => `:${n}`).join(','),
  ])
    expect([records, await tried(acme, REASON, records)]).toEqual([records, [400, 'request.invalid']])
  expect((await tried(acme, REASON, ':1'))[0]).toMatchObject({ next: 'none', because: 'not-linked' })
})

test('in the console: records are looked for by name, three are picked, and each is shown by its name with both values', async () => {
  const acme = await aCompany(['Vik AS', 'Vika AS', 'Vikan AS', 'Vikane AS'])
  const { organizationId } = pairOf(acme)
  acme.crm.edit(organizationId, { [F.reason]: 'Purret' }, SILENT)
  const browser = browserOf(relay)
  await browser.logIn(acme.token)
  const home = `/console/tenants/${acme.id}/setup/fields`
  expect((await browser.open(home)).text).toMatch(
    new RegExp(`formmethod="get" formaction="${home}/try"|formaction="${home}/try" formmethod="get"`),
  )
  const first = await browser.open(`${home}/try?${new URLSearchParams(REASON)}`)
  expect(/<title>([^<]*)/.exec(first.text)?.[1]).toMatch(/^What these fields would do · /)
  const found = await browser.send(`${home}/try`, { ...REASON, q: 'vik' })
  const picks = [...found.text.matchAll(/name="pick" value="([^"]+)"/g)].map(([, pick = '']) => pick)
  expect(picks).toHaveLength(4)
  const { roleId, contactId } = pairOf(acme)
  const seen = await browser.send(`${home}/try`, { ...REASON, pick: `${roleId}:${contactId}` })
  const words = seen.text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
  expect(words).toContain('Vik AS Purret – Differs Goes to PowerOffice: only Tribe has it')
  // What was picked stays picked while one looks for another.
  const more = await browser.send(`${home}/try`, { ...REASON, pick: `${roleId}:${contactId}`, q: 'vikane' })
  expect(more.text).toContain(`value="${roleId}:${contactId}"`)
  for (const [, address] of more.text.matchAll(/(?:href|action|name="back" value)="([^"]*)"/g))
    expect(address).not.toMatch(/vikane/i)
  const mapped = await browser.send(home, REASON)
  expect([mapped.status, (await acme.api('GET', '/fields')).body.mapped]).toEqual([303, [REASON]])
})
