import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { anOfficeAt } from './office'
import type { Relay, Tenant } from './relay'
import { startRelay } from './relay'

/** What is kept of a tenant: it can be read, it grows old, and it is gone when the tenant leaves. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterAll(() => relay.close())
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})

type Rows = Record<string, unknown>[]
const idOf = (row: Record<string, unknown> | undefined) => String(row?.powerOfficeId)

/** Every row of every table, in D1 and in the tenant's object. */
async function kept(tenant: Tenant): Promise<{ d1: Record<string, Rows>; object: Record<string, Rows> }> {
  const names =
    "select name from sqlite_master where type = 'table' and name not like '\\_cf\\_%' escape '\\'"
  const d1: Record<string, Rows> = {}
  for (const { name } of await relay.sql<{ name: string }>(names))
    d1[name] = await relay.sql(`select * from ${name}`)
  const inObject: Record<string, Rows> = {}
  for (const { name } of await relay.objectSql<{ name: string }>(tenant.id, names))
    inObject[name] = await relay.objectSql(tenant.id, `select * from ${name}`)
  return { d1, object: inObject }
}

test('all that is kept can be read as a file: no row is missing, and no secret is in it', async () => {
  const acme = await relay.tenant({ activate: false })
  await acme.put('/tribe/signing-secrets', { secrets: ['of-tribe'] })
  acme.books.hasCustomer({ Name: 'Fjordlys AS', EmailAddress: 'post@fjordlys.example' })
  const twice = acme.books.hasCustomer({ Name: 'Havnekroa AS' })
  for (const Name of ['Havnekroa', 'Havnekroa Drift'])
    acme.crm.hasCustomer({ organization: { Name, DebtorNumber: String(twice.Number) } })
  await acme.api('POST', '/preview')
  await acme.quiet()
  const before = (await acme.api('GET', '/export')).body
  expect(before.preview.map((item: { name: string }) => item.name).sort()).toContain('Fjordlys AS')
  await acme.activate()

  const { body } = await acme.api('GET', '/export')
  const { d1, object } = await kept(acme)
  const mine = (rows: Rows | undefined) => (rows ?? []).filter((row) => row.tenant_id === acme.id)
  expect(body.links).toHaveLength(mine(d1.links).length)
  expect(body.timeline).toHaveLength(mine(d1.timeline).length)
  expect(body.jobs).toHaveLength(object.jobs?.length ?? 0)
  expect(body.links.length * body.timeline.length * body.jobs.length).toBeGreaterThan(0)
  expect(body.tenant).toMatchObject({ id: acme.id, settings: { relations: { enabled: true } } })
  const told = body.cursors.map((fact: { name: string }) => fact.name)
  const facts = object.cursors?.map((fact) => String(fact.name)) ?? []
  expect(facts.filter((name) => !told.includes(name)).sort()).toEqual([
    `${acme.id}:poweroffice-token`,
    `${acme.id}:tribe-token`,
    'tenant',
  ])
  const text = JSON.stringify(body)
  for (const secret of ['k1.', 'of-tribe', acme.books.clientKey, acme.crm.clientSecret, 'admin_token'])
    expect(text).not.toContain(secret)
  const row = d1.tenants?.find(({ id }) => id === acme.id)
  for (const [column, value] of Object.entries(row ?? {}))
    if (/sealed|hash/.test(column) && value) expect(text).not.toContain(value)

  await ofOneRecord(acme, body)
})

/** Of one record, what is kept of it alone. */
async function ofOneRecord(acme: Tenant, all: Record<string, Rows>): Promise<void> {
  const link = all.links?.find((row) => row.kind === 'customer') ?? {}
  for (const query of [`tribeId=${link.tribeId}`, `powerOfficeId=${link.powerOfficeId}`]) {
    const { body } = await acme.api('GET', `/export?kind=customer&${query}`)
    expect(body.links).toEqual([link])
    expect(body.timeline.length).toBeGreaterThan(0)
    expect(body.timeline.every((entry: Record<string, unknown>) => idOf(entry) === idOf(link))).toBe(true)
    expect(body.jobs).toEqual([])
  }
  const [job] = all.jobs ?? []
  const [, powerOfficeId] = String(job?.subject).split(':')
  const { body } = await acme.api('GET', `/export?kind=customer&powerOfficeId=${powerOfficeId}`)
  expect(body.jobs).toEqual([job])
  expect(body.links).toEqual([])
  expect((await acme.api('GET', '/export?kind=customer')).status).toBe(400)
  expect((await acme.api('GET', '/export?tribeId=x')).status).toBe(400)
}

// ── Growing old ──────────────────────────────────────────────────────────────

const DAY_MS = 86_400_000
const NIGHTLY = '30 2 * * *'
/** The night that comes so many days from now. */
const night = (days: number) => relay.tick(NIGHTLY, new Date(Date.now() + days * DAY_MS))

/** What names somebody, and went through the relay: each of it is in one of the systems, and is to be nowhere else. */
const PERSONAL = [
  ...['Solveig', 'Ødegård', 'solveig.odegard@privat.example', '+47 900 11 223', 'Granstien'],
  ...['Torbjørn', 'Kvalheim', 'torbjorn@kvalheim.example', '+47 900 33 445'],
  ...['Kvalheim Rør AS', 'post@kvalheim.example', '+47 55 12 34 56', 'Rørgata', 'faktura@kvalheim.example'],
  ...['Blomsterbua ENK', 'hei@blomsterbua.example', 'Utføring hos Solveig', 'Kontakt: Torbjørn'],
]
const found = (tables: Awaited<ReturnType<typeof kept>>) => {
  const text = JSON.stringify(tables)
  return PERSONAL.filter((name) => text.includes(name))
}

/** A company of which people, companies, a product and an invoice went both ways, and some could not. */
async function aBusyOffice(): Promise<Tenant> {
  const { tenant, roleId } = await anOfficeAt(relay, 'book', {
    customer: {
      Name: 'Kvalheim Rør AS',
      EmailAddress: 'post@kvalheim.example',
      PhoneNumber: '+47 55 12 34 56',
      FinancialEmailAddress: 'faktura@kvalheim.example',
    },
  })
  const { crm, books } = tenant
  crm.hasPrivateCustomer({
    person: {
      FirstName: 'Solveig',
      LastName: 'Ødegård',
      EmailAddress: 'solveig.odegard@privat.example',
      PhoneNumber: '+47 900 11 223',
    },
  })
  const customer = books.customers().find(({ Name }) => Name === 'Kvalheim Rør AS')
  books.editMailAddress(customer?.Id ?? 0, { AddressLine1: 'Rørgata 3', ZipCode: '5003', City: 'Bergen' })
  books.hasContactPerson(customer?.Id ?? 0, {
    FirstName: 'Torbjørn',
    LastName: 'Kvalheim',
    EmailAddress: 'torbjorn@kvalheim.example',
    PhoneNumber: '+47 900 33 445',
  })
  // One that Tribe does not take, in words that say whom it is about; and one that wants a person.
  relay.tribe.faults.add({
    name: 'refused',
    on: /^POST .*Customer$/,
    account: crm.id,
    body: /Blomsterbua/,
    times: Number.POSITIVE_INFINITY,
  })
  books.hasCustomer({ Name: 'Blomsterbua ENK', EmailAddress: 'hei@blomsterbua.example' })
  await tenant.poll()
  const invoice = crm.hasInvoice({
    roleId,
    fields: { CustomerReference: 'Kontakt: Torbjørn' },
    lines: [{ description: 'Utføring hos Solveig, Granstien 4', price: 900, vatGroup: 'NO25' }],
  })
  crm.sendInvoice(invoice)
  await tenant.quiet()
  await tenant.sync('compare')
  return tenant
}

test('nothing that names somebody is kept for more than a week, and what is wrong is still told', async () => {
  const office = await aBusyOffice()
  expect(office.books.postedInvoices()).toHaveLength(1)
  expect(office.books.customers().map(({ LastName }) => LastName)).toContain('Ødegård')
  expect(office.tribeWrites().some(({ body }) => body.includes('torbjorn@kvalheim.example'))).toBe(true)
  // The one thing that is kept in words, and rightly so far: what Tribe said of a record that it does not take.
  // Without what may be left out, it is refused all the same.
  expect(found(await kept(office))).toEqual(['Blomsterbua ENK'])
  const told = async () => (await office.status()).problems
  expect(await told()).toMatchObject([
    { code: 'tribe.refused', message: expect.stringContaining('Blomsterbua ENK') },
  ])

  const other = await relay.tenant({ activate: false, settings: { relations: { enabled: true } } })
  other.books.hasCustomer({ Name: 'Blomsterbua ENK', EmailAddress: 'hei@blomsterbua.example' })
  await other.api('POST', '/preview')
  await other.quiet()
  expect(found(await kept(other))).toContain('Blomsterbua ENK')

  // Who is at work, whoever is paused, and whoever never began: all grow old.
  await office.api('POST', '/pause')
  await night(6.9)
  expect(found(await kept(other))).toContain('Blomsterbua ENK')
  await night(7.1)
  expect(found(await kept(office))).toEqual([])
  expect(found(await kept(other))).toEqual([])
  expect((await other.api('GET', '/preview')).body).toMatchObject({ state: 'none', items: [] })

  const [problem] = await told()
  expect(problem).toMatchObject({ code: 'tribe.refused', cause: expect.stringContaining('Tribe refused') })
  expect(problem.message).toBe(`${problem.cause} ${problem.nextStep}`)
  const { body } = await office.api('GET', '/jobs?state=parked&language=nb')
  expect(body.jobs).toMatchObject([{ code: 'tribe.refused', cause: expect.stringContaining('avviste') }])
})

test('a sealing key goes for good after the night: all tenants stay connected, and no webhook is lost', async () => {
  const office = (await anOfficeAt(relay, 'draft')).tenant
  const idle = await relay.tenant({ activate: false })
  await office.put('/tribe/signing-secrets', { secrets: ['of-tribe'] })
  const next = `k2:${Buffer.alloc(32, 9).toString('base64')}`
  await relay.restart({ SEALING_KEYS: `${next},k1:${Buffer.alloc(32, 5).toString('base64')}` })
  await relay.tick(NIGHTLY)
  await office.quiet()
  await relay.restart({ SEALING_KEYS: next })

  for (const tenant of [office, idle]) {
    const { d1, object } = await kept(tenant)
    const rows = [d1.tenants?.filter(({ id }) => id === tenant.id), object.cursors]
    const sealed = JSON.stringify(rows).match(/\bk\d\.[\w-]{16}\./g) ?? []
    expect(sealed.length).toBeGreaterThan(3)
    expect(sealed.filter((one) => one.startsWith('k1.') && !isToken(object.cursors, one))).toEqual([])
  }
  office.crm.hasCustomer({ organization: { Name: 'Ny nøkkel AS' } })
  await office.quiet()
  expect(office.books.customers().map(({ Name }) => Name)).toContain('Ny nøkkel AS')
  expect((await idle.api('POST', '/preview')).status).toBe(202)
  await idle.quiet()
  expect((await idle.status()).problems).toEqual([])
})
/** Access tokens are not worth sealing anew: one that cannot be opened is fetched again. */
const isToken = (cursors: Rows | undefined, sealed: string) =>
  cursors?.some(({ name, value }) => /-token$/.test(String(name)) && String(value).includes(sealed))

// ── Leaving ──────────────────────────────────────────────────────────────────

test('a tenant that leaves is gone at once, from D1 and from its object, and stays gone', async () => {
  const office = await aBusyOffice()
  const stays = await relay.tenant()
  const before = await kept(stays)
  const { id } = office
  expect(JSON.stringify((await kept(office)).d1)).toContain(id)
  expect((await office.api('DELETE', '')).status).toBe(204)

  const gone = async () => {
    const { d1, object } = await kept(office)
    expect(JSON.stringify(d1)).not.toContain(id)
    expect(object).toEqual({})
    expect(found({ d1, object })).toEqual([])
  }
  await gone()
  // Nothing brings it back: a delivery that was under way, the clock, its old token.
  office.crm.hasCustomer({ organization: { Name: 'For sent AS' } })
  expect(await office.webhook({ entityId: id }, { 'x-relay-secret': 'whatever' })).toBe(404)
  await relay.tick('*/15 * * * *')
  await relay.tick(NIGHTLY)
  expect((await office.api('GET', '')).status).toBe(401)
  await gone()
  const { d1 } = await kept(stays)
  const mine = (tables: Record<string, Rows>) => tables.tenants?.filter((row) => row.id === stays.id)
  expect(mine(d1)).toEqual(mine(before.d1))
})

test('a tenant that leaves in the middle of its first load leaves at the next record, and nothing comes after', async () => {
  const office = await relay.tenant({ activate: false })
  for (let n = 0; n < 300; n++) office.books.hasCustomer({ Name: `Kunde ${n} AS` })
  const slow = { name: 'slow-before', on: /^POST .*Customer$/, delayMs: 60 } as const
  relay.tribe.faults.add({ ...slow, account: office.crm.id, times: Number.POSITIVE_INFINITY })
  await office.api('POST', '/activate')
  await relay.until(() => office.crm.customers().length > 0)

  expect((await office.api('DELETE', '')).status).toBe(204)
  const made = office.crm.customers().length
  expect(made).toBeLessThan(300)
  const { d1, object } = await kept(office)
  expect(JSON.stringify(d1)).not.toContain(office.id)
  expect(object).toEqual({})
  await relay.tick(NIGHTLY)
  expect(office.crm.customers()).toHaveLength(made)
  expect(office.crm.webhooks).toEqual([])
})

test.each([100, 500, 1000, 2000])(
  'an activation that is under way is told that the tenant is gone: deleted %d ms after it began',
  async (ms) => {
    const office = await relay.tenant({ activate: false })
    const slow = { name: 'slow-before', on: /v1/, delayMs: 300 } as const
    relay.tribe.faults.add({ ...slow, account: office.crm.id, times: Number.POSITIVE_INFINITY })
    relay.clearLines()
    const activated = office.api('POST', '/activate')
    await relay.sleep(ms)
    expect((await office.api('DELETE', '')).status).toBe(204)
    expect([202, 401, 404, 503]).toContain((await relay.wait(activated)).status)
    await relay.sleep(10_000)
    relay.tribe.faults.clear()
    expect(office.crm.webhooks).toEqual([])
    expect(relay.logged('request')).toEqual([])
  },
)

test('fifty thousand links are a file like any other', async () => {
  const large = await relay.tenant({ activate: false })
  await relay.sql(
    `with recursive n (i) as (select 1 union all select i + 1 from n where i < 50000)
     insert into links (tenant_id, kind, tribe_id, tribe_type, power_office_id, bases, state, recent, created_at, synced_at)
     select ?1, 'customer', 't' || i, 'Relationship.Organization.CommercialRelationship.Customer', i,
       json_object('name', hex(randomblob(200))), 'linked', '[]', ?2, ?2 from n`,
    ...[large.id, new Date().toISOString()],
  )
  const { body } = await large.api('GET', '/export')
  expect(new Set(body.links.map(({ tribeId }: { tribeId: string }) => tribeId)).size).toBe(50_000)
  expect((await large.api('DELETE', '')).status).toBe(204)
})
