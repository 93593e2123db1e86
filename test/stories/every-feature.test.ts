import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { anOfficeAt, codesOf } from './office'
import { organizationOf, personOf, type Relay, startRelay } from './relay'
import { only } from './shop'

/** Each part of the relay once, end to end: told in virtual time and again in workerd, so that no part rests on the simulation alone. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

test('a company’s first weeks: customer, supplier, contact person, product, invoice, payment, comparison', async () => {
  const { tenant, roleId, organizationId, productId } = await anOfficeAt(relay, 'book')
  const { crm, books } = tenant
  const customer = only(books.customers())
  expect(organizationOf(only(crm.customers())).DebtorNumber).toBe(String(customer.Number))
  expect(only(books.products()).Name).toBe('Konsulenttime')

  crm.edit(organizationId, { PhoneNumber: '22 33 44 55' })
  crm.edit(productId, { SalesPrice: 1500 })
  books.editCustomer(customer.Id, { EmailAddress: 'post@nordlys.example' })
  books.hasSupplier({ Name: 'Papir og Penn AS' })
  books.hasContactPerson(customer.Id, { FirstName: 'Ada', LastName: 'Berg' })
  await tenant.poll()
  expect(only(books.customers()).PhoneNumber?.replaceAll(' ', '')).toBe('22334455')
  expect(only(books.products()).UnitPrice).toBe(1500)
  expect(organizationOf(only(crm.customers())).EmailAddress).toBe('post@nordlys.example')
  expect(organizationOf(only(crm.suppliers())).Name).toBe('Papir og Penn AS')
  const contact = only(crm.all('Relationship_Person_Contact_Standard'))
  expect(JSON.stringify([contact, personOf(contact)])).toContain('Berg')

  const id = crm.hasInvoice({ roleId, lines: [{ product: productId, quantity: 2 }] })
  crm.sendInvoice(id)
  await tenant.quiet()
  const posted = only(books.postedInvoices())
  expect(posted.TotalAmount).toBe(3750)
  books.receivePayment(posted.Id, 3750)
  await relay.tick('0 */4 * * *')
  await tenant.quiet()
  expect([crm.all('Payment').map(({ Amount }) => Amount), crm.phaseOf(id)]).toEqual([[3750], 'Paid'])

  await relay.tick('30 2 * * *')
  await tenant.quiet()
  const { comparison, health } = await tenant.status()
  expect(comparison.rows.map((row: { differ: number }) => row.differ)).toEqual(comparison.rows.map(() => 0))
  expect([await codesOf(tenant), health.state]).toEqual([[], 'healthy'])
})

test('a company that asks for a preview, is activated, cut off by a deploy, paused, and leaves', async () => {
  const tenant = await relay.tenant({
    activate: false,
    seed: (_crm, books) => {
      for (let n = 0; n < 20; n++) books.hasCustomer({ Name: `Kunde ${n} AS` })
    },
  })
  await tenant.api('POST', '/preview')
  await tenant.quiet()
  expect((await tenant.api('GET', '/preview')).body).toMatchObject({ state: 'done' })
  expect(tenant.crm.customers()).toEqual([])

  expect((await tenant.api('POST', '/activate')).status).toBe(202)
  await relay.until(() => tenant.crm.customers().length > 0)
  await relay.restart()
  await tenant.quiet()
  expect(tenant.crm.customers()).toHaveLength(20)
  expect(new Set(tenant.crm.customers().map((role) => organizationOf(role).Name)).size).toBe(20)

  await tenant.api('POST', '/pause')
  const { roleId } = tenant.crm.hasCustomer({ organization: { Name: 'I pausen AS' } })
  await relay.wait(tenant.crm.settled())
  expect(tenant.books.customers()).toHaveLength(20)
  await tenant.api('POST', '/resume')
  await tenant.quiet()
  expect(tenant.books.customers()).toHaveLength(21)
  expect(await tenant.events(`kind=customer&tribeId=${roleId}`)).toContain('created-in-poweroffice')

  const { links } = (await tenant.api('GET', '/export')).body
  expect(links).toHaveLength(21)
  expect((await tenant.api('DELETE', '')).status).toBe(204)
  expect(await relay.sql('select 1 from links where tenant_id = ?', tenant.id)).toEqual([])
  expect(await relay.objectSql(tenant.id, "select name from sqlite_master where name = 'jobs'")).toEqual([])
  expect(tenant.crm.webhooks).toEqual([])
})

test('a message of a tenant that turns ill is signed, and its mail goes out', async () => {
  const arrived: { path: string; headers: Headers; text: string }[] = []
  const told = await startRelay({
    outside: {
      async answer(request) {
        const text = await request.text()
        arrived.push({ path: new URL(request.url).pathname, headers: request.headers, text })
        return new Response(null, { status: 204 })
      },
      vars: (url) => ({
        ALERT_WEBHOOK_URL: `${url}/operator`,
        ALERT_EMAIL: 'operator@example.com',
        ALERT_FROM: 'relay@example.com',
        ALERT_AFTER_SECONDS: '1',
      }),
    },
    secrets: { ALERT_WEBHOOK_SECRET: 'secret of the operator' },
  })
  try {
    await told.tenant({
      seed(crm, books) {
        const { Number: number } = books.hasCustomer({ Name: 'Nordvik AS' })
        for (const Name of ['Nordvik AS', 'Sørvik AS'])
          crm.hasCustomer({ organization: { Name, DebtorNumber: String(number) } })
      },
    })
    await told.until(() => arrived.length >= 2)
    expect(arrived.map(({ path }) => path).sort()).toEqual(['/mail', '/operator'])
    const operator = arrived.find(({ path }) => path === '/operator')
    expect(operator?.headers.get('x-relay-signature')).toMatch(/^sha256=[0-9a-f]{64}$/)
    expect(JSON.parse(String(operator?.text)).event).toBe('tenant-unhealthy')
  } finally {
    await told.close()
  }
})

test('the API describes itself, and tools for assistants say what they take: also as it is bundled', async () => {
  const { status, body } = await relay.call(null, 'GET', '/openapi.json')
  expect([status, body.openapi]).toEqual([200, '3.1.0'])
  expect((await relay.fetch('/docs')).status).toBe(200)
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
  const { tools } = (await relay.operator('POST', '/mcp', list)).body.result
  for (const { inputSchema } of tools) expect(inputSchema).toMatchObject({ type: 'object' })
  const timeline = tools.find(({ name }: { name: string }) => name === 'timeline')
  expect(timeline.inputSchema.properties.pageSize).toMatchObject({ minimum: 1, maximum: 100 })
})
