import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { OPERATOR, organizationOf, type Relay, startRelay, type Tenant } from './relay'

/** Assistants, by the Model Context Protocol: they ask with a token, and act only on what was previewed. */

let relay: Relay
let acme: Tenant
let other: Tenant
beforeAll(async () => {
  relay = await startRelay()
  acme = await relay.tenant()
  other = await relay.tenant()
})
afterEach(() => {
  relay.tribe.faults.clear()
  // An undo is the one thing that deletes.
  expect(relay.violations().filter((one) => !/deleted by API: Relation/.test(String(one)))).toEqual([])
})
afterAll(() => relay.close())

// biome-ignore lint/suspicious/noExplicitAny: looked at as a client without types would
type Reply = { status: number; headers: Headers; body: any }
async function post(
  token: string | null,
  message: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const answer = await relay.fetch('/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null }
}
const ask = (token: string, method: string, params: object = {}) =>
  post(token, { jsonrpc: '2.0', id: 7, method, params })
const use = async (token: string, name: string, given: object = {}) =>
  (await ask(token, 'tools/call', { name, arguments: given })).body.result
const toolsOf = async (token: string) => (await ask(token, 'tools/list')).body.result.tools
const confirmed = async (token: string, action: string, given: object) => {
  const { structuredContent } = await use(token, 'preview', { action, arguments: given })
  return { shown: structuredContent.preview, confirmation: structuredContent.confirmation as string }
}
const policyOf = async (tenant: Tenant) => (await tenant.api('GET', '/settings')).body.conflictPolicy

describe('speaking', () => {
  test.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])(
    'a client of %s is greeted in its version, and told no session',
    async (protocolVersion) => {
      const hello = { protocolVersion, capabilities: {}, clientInfo: { name: 'x', version: '1' } }
      const { status, headers, body } = await ask(acme.token, 'initialize', hello)
      expect([status, headers.get('mcp-session-id')]).toEqual([200, null])
      expect(headers.get('content-type')).toContain('application/json')
      expect(body).toMatchObject({
        jsonrpc: '2.0',
        id: 7,
        result: { protocolVersion, capabilities: { tools: {} } },
      })
      const said = await post(acme.token, { jsonrpc: '2.0', method: 'notifications/initialized' })
      expect([said.status, said.body]).toEqual([202, null])
    },
  )

  test('a client that knows no handshake finds what there is, and one of a version to come is told which there are', async () => {
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }
    const { body } = await ask(acme.token, 'server/discover', { _meta })
    expect(body.result).toMatchObject({ resultType: 'complete', supportedVersions: ['2026-07-28'] })
    const late = await ask(acme.token, 'tools/list', {
      _meta: { 'io.modelcontextprotocol/protocolVersion': '2031-01-01' },
    })
    expect([late.status, late.body.error.code, late.body.error.data.supported]).toEqual([
      ...[400, -32022],
      expect.arrayContaining(['2026-07-28', '2025-06-18']),
    ])
    expect(
      (await ask(acme.token, 'initialize', { protocolVersion: '1999-01-01' })).body.result.protocolVersion,
    ).toBe('2025-11-25')
  })

  test.each([
    ['no JSON', '{', 400, -32700],
    ['no message', { hello: 1 }, 400, -32600],
    ['a list of messages', [{ jsonrpc: '2.0', id: 1, method: 'ping' }], 400, -32600],
    ['no such method', { jsonrpc: '2.0', id: 1, method: 'resources/list' }, 200, -32601],
    ['no such tool', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'drop' } }, 200, -32602],
    [
      'a name that objects have',
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'constructor' } },
      200,
      -32602,
    ],
  ])('%s is said as an error of JSON-RPC', async (_, message, status, code) => {
    const answer = await post(acme.token, message)
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
  })

  test.each([null, 'wrong', 'x'.repeat(43)])(
    'without a right token (%s) it is 401, and how to bring one',
    async (token) => {
      const { status, headers } = await post(token, { jsonrpc: '2.0', id: 1, method: 'tools/list' })
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="relay"'])
    },
  )

  test('a page of another site is refused, other methods are, and nothing is kept on the way', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'ping' }
    const foreign = await post(acme.token, message, { origin: 'https://evil.example' })
    expect([foreign.status, foreign.body.error.code]).toEqual([403, 'request.foreign_origin'])
    const own = await post(acme.token, message, { origin: new URL(relay.url).origin })
    expect([own.status, own.headers.get('cache-control')]).toEqual([200, 'no-store'])
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await relay.fetch('/mcp', { method, headers: { authorization: `Bearer ${acme.token}` } })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    }
  })
})

test('each tool says what it does and takes; those that only read say so, those that act want a confirmation', async () => {
  const tools = await toolsOf(acme.token)
  const acting = tools.filter(
    ({ annotations }: { annotations: { readOnlyHint: boolean } }) => !annotations.readOnlyHint,
  )
  expect(acting.map(({ name }: { name: string }) => name)).toEqual([
    'retry',
    'relink',
    'sync',
    'change_settings',
    'undo',
    'undo_change',
  ])
  for (const { inputSchema } of acting) expect(inputSchema.required).toContain('confirmation')
  expect(tools.length).toBeGreaterThan(12)
  const { inputSchema: relink } = acting.find(({ name }: { name: string }) => name === 'relink')
  expect(relink).toMatchObject({
    additionalProperties: false,
    properties: {
      kind: { type: 'string', enum: expect.arrayContaining(['customer', 'invoice']) },
      tribeId: { type: 'string', maxLength: 100 },
      tenantId: { description: expect.stringContaining('Which company') },
    },
    required: ['kind', 'tribeId', 'powerOfficeId', 'confirmation'],
  })
  for (const { description, inputSchema } of tools)
    expect([description.length > 10, inputSchema.type]).toEqual([true, 'object'])
})

describe('asking', () => {
  test.each([
    ['status', {}, 'state'],
    ['problems', {}, 'problems'],
    ['timeline', {}, 'entries'],
    ['comparison', {}, 'comparison'],
    ['settings', {}, 'conflictPolicy'],
    ['checklist', {}, 'checklist'],
    ['find_records', { kind: 'customer', q: 'Nordlys' }, 'records'],
    ['list_companies', {}, 'tenants'],
  ])('%s', async (name, given, member) => {
    const result = await use(acme.token, name, given)
    expect(result.isError).toBeUndefined()
    expect(result.structuredContent).toHaveProperty(member)
    expect(JSON.parse(result.content[0].text)).toEqual(result.structuredContent)
  })

  test('a record, and one that is not known', async () => {
    acme.crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
    await acme.quiet()
    const [customer] = acme.books.customers()
    const given = { kind: 'customer', powerOfficeId: String(customer?.Id) }
    expect((await use(acme.token, 'record', given)).structuredContent).toMatchObject({ state: 'linked' })
    const none = await use(acme.token, 'record', { kind: 'customer', tribeId: 'none' })
    expect([none.isError, none.structuredContent.error.code]).toEqual([true, 'record.unknown'])
    const faulty = await use(acme.token, 'record', { kind: 'house', more: 1 })
    expect(faulty.structuredContent.error.code).toBe('request.invalid')
  })

  test('the operator sees all companies and says which one is meant; a company’s token means its own', async () => {
    expect((await use(OPERATOR, 'list_companies')).structuredContent.tenants).toHaveLength(2)
    expect((await use(acme.token, 'list_companies')).structuredContent.tenants).toEqual([
      expect.objectContaining({ id: acme.id }),
    ])
    expect((await use(OPERATOR, 'status')).structuredContent.error.code).toBe('request.invalid')
    expect((await use(OPERATOR, 'status', { tenantId: other.id })).structuredContent.id).toBe(other.id)
  })

  test('what only asks leaves no line in the audit trail, and changes nothing', async () => {
    const before = (await relay.operator('GET', '/api/audit')).body.entries[0].id
    for (const name of ['status', 'problems', 'settings']) await use(acme.token, name)
    await confirmed(acme.token, 'sync', { what: 'relations' })
    await confirmed(acme.token, 'change_settings', { change: { conflictPolicy: 'newest' } })
    await relay.sleep(3000)
    expect((await relay.operator('GET', '/api/audit')).body.entries[0].id).toBe(before)
    expect(await policyOf(acme)).toBe('poweroffice')
  })
})

describe('acting', () => {
  const given = { change: { conflictPolicy: 'tribe' } }

  test('what was previewed is done, once, and stands in the audit trail', async () => {
    const { shown, confirmation } = await confirmed(acme.token, 'change_settings', given)
    expect(shown).toEqual({
      wouldChange: [{ setting: 'conflictPolicy', before: 'poweroffice', after: 'tribe' }],
    })
    expect(
      (await use(acme.token, 'change_settings', { ...given, confirmation })).structuredContent.done,
    ).toBe(true)
    expect(await policyOf(acme)).toBe('tribe')
    expect((await acme.api('GET', '/audit')).body.entries[0]).toMatchObject({
      what: 'PATCH /api/tenants/:id/settings',
      who: 'tenant',
      status: 200,
    })
    await acme.api('PATCH', '/settings', { conflictPolicy: 'poweroffice' })
    const again = await use(acme.token, 'change_settings', { ...given, confirmation })
    expect(again.structuredContent.error.code).toBe('assistant.not_confirmed')
    expect(await policyOf(acme)).toBe('poweroffice')
  })

  test('a pair is tied, a sync begun, and what is parked tried again', async () => {
    const crm = acme.crm.hasCustomer({ organization: { Name: 'Fjord AS' } })
    await acme.quiet()
    const books = acme.books.customers().find(({ Name }) => Name === 'Fjord AS')
    const pair = { kind: 'customer', tribeId: crm.roleId, powerOfficeId: String(books?.Id) }
    const link = await confirmed(acme.token, 'relink', pair)
    expect(link.shown.tribeNow).toMatchObject({ powerOfficeId: pair.powerOfficeId })
    expect((await use(acme.token, 'relink', { ...pair, ...link })).isError).toBe(true)
    const { confirmation } = link
    expect((await use(acme.token, 'relink', { ...pair, confirmation })).structuredContent.done).toBe(true)
    const sync = await confirmed(acme.token, 'sync', { what: 'compare' })
    const begun = await use(acme.token, 'sync', { what: 'compare', confirmation: sync.confirmation })
    expect(begun.structuredContent.done).toBe(true)
    await acme.quiet()

    relay.tribe.faults.add({ name: 'refused', on: /^POST .*Customer$/, account: acme.crm.id, times: 9 })
    acme.books.hasCustomer({ Name: 'Avvist AS' })
    await acme.poll()
    relay.tribe.faults.clear()
    const retry = await confirmed(acme.token, 'retry', {})
    expect(retry.shown).toMatchObject({ wouldRetry: 1, jobs: [{ state: 'parked' }] })
    await use(acme.token, 'retry', { confirmation: retry.confirmation })
    await acme.quiet()
    expect((await acme.status()).jobs.parked).toBe(0)
  })

  test.each([
    ['none', async () => undefined],
    ['an empty one', async () => ''],
    ['a made-up one', async () => 'k1.AAAA.AAAA'],
    [
      'that of another change',
      async () =>
        (await confirmed(acme.token, 'change_settings', { change: { conflictPolicy: 'newest' } }))
          .confirmation,
    ],
    [
      'that of another action',
      async () => (await confirmed(acme.token, 'sync', { what: 'relations' })).confirmation,
    ],
    [
      'that of another company',
      async () => (await confirmed(other.token, 'change_settings', given)).confirmation,
    ],
    [
      'that of another caller',
      async () =>
        (await confirmed(OPERATOR, 'change_settings', { ...given, tenantId: acme.id })).confirmation,
    ],
    [
      'one of ten minutes ago',
      async () => {
        const { confirmation } = await confirmed(acme.token, 'change_settings', given)
        await relay.sleep(10 * 60_000)
        return confirmation
      },
    ],
    [
      'one of before somebody else changed it',
      async () => {
        const { confirmation } = await confirmed(acme.token, 'change_settings', given)
        await acme.api('PATCH', '/settings', { conflictPolicy: 'newest' })
        await relay.sleep(1000)
        return confirmation
      },
    ],
  ])('with %s, nothing is done', async (_, confirmationOf) => {
    await acme.api('PATCH', '/settings', { conflictPolicy: 'poweroffice' })
    const confirmation = await confirmationOf()
    const before = await policyOf(acme)
    const result = await use(acme.token, 'change_settings', { ...given, confirmation })
    expect([result.isError, result.structuredContent.error.code]).toEqual([true, 'assistant.not_confirmed'])
    expect(await policyOf(acme)).toBe(before)
  })

  test('two at once with one confirmation are one', async () => {
    const { confirmation } = await confirmed(acme.token, 'sync', { what: 'relations' })
    const both = await Promise.all(
      [1, 2].map(() => use(acme.token, 'sync', { what: 'relations', confirmation })),
    )
    expect(both.map(({ isError }) => isError ?? false).sort()).toEqual([false, true])
    await acme.quiet()
  })

  test('where messages go, and by which secret, is not for an assistant to say', async () => {
    for (const change of [
      { events: { url: 'https://evil.example/', secret: 'of-the-attacker-0123' } },
      { alerts: { webhookUrl: 'https://evil.example/', webhookSecret: 'of-the-attacker-0123' } },
      { __proto__: null, constructor: { prototype: {} } },
    ]) {
      const { structuredContent } = await use(acme.token, 'preview', {
        action: 'change_settings',
        arguments: { change },
      })
      expect(structuredContent.error.code).toBe('request.invalid')
    }
  })
})

test('no tool reaches another company, whatever it is given', async () => {
  const tools: { name: string; inputSchema: { properties?: Record<string, unknown> } }[] = await toolsOf(
    acme.token,
  )
  const needed: Record<string, object> = {
    find_records: { kind: 'customer', q: 'a' },
    record: { kind: 'customer', tribeId: 'x' },
    relink: { kind: 'customer', tribeId: 'x', powerOfficeId: '1' },
    sync: { what: 'relations' },
    change_settings: { change: { conflictPolicy: 'tribe' } },
    dry_run: { change: { conflictPolicy: 'tribe' } },
    undo_change: { kind: 'customer', ...(await aChangeOf(other)) },
  }
  await previewedUndo(OPERATOR, other)
  await other.quiet()
  const before = JSON.stringify((await other.api('GET', '/settings')).body)
  const undone = JSON.stringify((await other.api('GET', '/undo')).body)
  let tried = 0
  for (const { name, inputSchema } of tools) {
    if (!inputSchema.properties?.tenantId) continue
    const given = { ...needed[name], tenantId: other.id }
    const isActing = 'confirmation' in inputSchema.properties
    const { confirmation } = isActing ? await confirmed(OPERATOR, name, given) : { confirmation: undefined }
    const answers = [await use(acme.token, name, isActing ? { ...given, confirmation } : given)]
    if (isActing) answers.push(await use(acme.token, 'preview', { action: name, arguments: given }))
    for (const answer of answers) {
      tried++
      expect([name, answer.isError, answer.structuredContent]).toEqual([
        ...[name, true],
        { error: { code: 'tenant.unknown', message: expect.any(String) } },
      ])
    }
  }
  expect(tried).toBeGreaterThan(18)
  for (const tenantId of [`${other.id}/../${other.id}`, `${acme.id}/status?x=`, '../../status'])
    expect((await use(acme.token, 'status', { tenantId })).structuredContent.error.code).toBe(
      'request.invalid',
    )
  expect(JSON.stringify((await other.api('GET', '/settings')).body)).toBe(before)
  expect(JSON.stringify((await other.api('GET', '/undo')).body)).toBe(undone)
  const run = (await other.api('POST', '/dry-run', {})).body.dryRunId
  const stolen = await use(acme.token, 'dry_run', { dryRunId: run })
  expect(stolen.structuredContent.error.code).toBe('dry_run.unknown')
})

// ── Tried before it is done, and taken back ─────────────────────────────────

/** The entry of a change of the relay's of which what it overwrote was kept. */
async function aChangeOf(tenant: Tenant) {
  await tenant.api('PATCH', '/settings', { keepBefore: { days: 5 } })
  const { Id } = tenant.books.hasCustomer({ Name: `Endret ${tenant.id} AS`, PhoneNumber: '11' })
  await tenant.poll()
  tenant.books.editCustomer(Id, { PhoneNumber: '22' })
  await tenant.poll()
  const powerOfficeId = String(Id)
  const { body } = await tenant.api('GET', `/records?kind=customer&powerOfficeId=${powerOfficeId}`)
  const entry = body.timeline.find(({ event }: { event: string }) => event === 'updated-tribe')
  return { powerOfficeId, entryId: entry.id as number }
}

/** Asks until it is worked out, as a client does. */
async function previewedUndo(token: string, tenant: Tenant) {
  const given = token === OPERATOR ? { tenantId: tenant.id } : {}
  await use(token, 'undo_preview', given)
  await tenant.quiet()
  return (await use(token, 'undo_preview', given)).structuredContent
}
async function triedBy(token: string, tenant: Tenant, given: object) {
  const { dryRunId, ...begun } = (await use(token, 'dry_run', given)).structuredContent
  expect([begun.state, begun.confirmation]).toEqual(['running', undefined])
  await tenant.quiet()
  return (await use(token, 'dry_run', { dryRunId })).structuredContent
}
const phoneIn = (tenant: Tenant, name: RegExp) =>
  organizationOf(tenant.crm.customers().find((role) => name.test(String(organizationOf(role).Name))))
    .PhoneNumber

describe('trying and taking back', () => {
  test('a dry run tells what a change would write, and gives the confirmation for just that change', async () => {
    const mine = await relay.tenant({
      seed: (_crm, books) => books.hasCustomer({ Name: 'Prøve AS', PhoneNumber: '10' }),
    })
    const organizationId = String(organizationOf(mine.crm.customers()[0]).ID)
    mine.crm.edit(organizationId, { PhoneNumber: '111' }, { silent: true })
    mine.books.editCustomer(mine.books.customers()[0]?.Id ?? 0, { PhoneNumber: '999' })
    const change = { conflictPolicy: 'tribe' }
    const outcome = await triedBy(mine.token, mine, { change })
    expect(outcome).toMatchObject({
      state: 'done',
      writes: [{ side: 'powerOffice', kind: 'customer', field: 'phone', count: 1 }],
      confirms: { action: 'change_settings', arguments: { change } },
    })
    const { confirmation } = outcome
    const other = { change: { conflictPolicy: 'newest' }, confirmation }
    const wrong = await use(mine.token, 'change_settings', other)
    expect(wrong.structuredContent.error.code).toBe('assistant.not_confirmed')
    expect(await policyOf(mine)).toBe('poweroffice')
    const right = await use(mine.token, 'change_settings', { change, confirmation })
    expect(right.structuredContent.done).toBe(true)
    expect(await policyOf(mine)).toBe('tribe')
    expect((await use(mine.token, 'dry_run', {})).structuredContent.error.code).toBe('request.invalid')
  })

  test('mappings are tried and changed alike; where messages go is no part of it', async () => {
    const mine = await relay.tenant()
    const { mappings } = (await mine.api('GET', '/mappings/units')).body
    const outcome = await triedBy(mine.token, mine, { units: { mappings: [] } })
    const { confirmation, confirms } = outcome
    expect(confirms).toEqual({ action: 'change_settings', arguments: { units: { mappings: [] } } })
    const done = await use(mine.token, 'change_settings', { units: { mappings: [] }, confirmation })
    expect(done.structuredContent).toMatchObject({ done: true, result: { units: { mappings: [] } } })
    expect(mappings).toBeDefined()
    expect((await mine.api('GET', '/mappings/units')).body.mappings).toEqual([])
    const settings = { events: { url: 'https://hooks.example/in', secret: 'whsec_of-nobody-0123456789' } }
    const { dryRunId } = (await mine.api('POST', '/dry-run', { settings })).body
    await mine.quiet()
    const elsewhere = (await use(mine.token, 'dry_run', { dryRunId })).structuredContent
    expect([elsewhere.state, elsewhere.confirmation]).toEqual(['done', undefined])
  })

  test('an undo needs the confirmation of its own preview, as it was shown', async () => {
    const mine = await relay.tenant({ seed: (_crm, books) => books.hasCustomer({ Name: 'Ubrukt AS' }) })
    await relay.sleep(60_000)
    const unseen = await use(mine.token, 'preview', { action: 'undo', arguments: {} })
    expect(unseen.structuredContent.error.code).toBe('undo.not_previewed')
    const shown = await previewedUndo(mine.token, mine)
    expect(shown).toMatchObject({
      state: 'previewed',
      counts: { removable: 1 },
      confirms: { action: 'undo' },
    })
    expect((await use(mine.token, 'undo', {})).structuredContent.error.code).toBe('assistant.not_confirmed')
    // Worked out anew, it may say something else.
    await relay.sleep(1000)
    await use(mine.token, 'undo_preview', { anew: true })
    await mine.quiet()
    const stale = await use(mine.token, 'undo', { confirmation: shown.confirmation })
    expect(stale.structuredContent.error.code).toBe('assistant.not_confirmed')
    expect(mine.crm.customers()).toHaveLength(1)
    const { confirmation } = await previewedUndo(mine.token, mine)
    expect((await use(mine.token, 'undo', { confirmation })).structuredContent.done).toBe(true)
    await relay.until(
      async () => (await use(mine.token, 'undo_preview')).structuredContent.state === 'done',
      600_000,
    )
    expect(mine.crm.customers()).toHaveLength(0)
  })

  test('a single change is taken back by its entry, after a preview of it', async () => {
    const mine = await relay.tenant()
    const given = { kind: 'customer', ...(await aChangeOf(mine)) }
    expect(phoneIn(mine, /^Endret/)).toBe('22')
    const { shown, confirmation } = await confirmed(mine.token, 'undo_change', given)
    expect(shown.wouldTakeBack).toMatchObject({ event: 'updated-tribe', details: { fields: ['phone'] } })
    expect(shown.former).toMatchObject({ side: 'tribe', fields: [{ field: 'phone', former: '11' }] })
    expect((await use(mine.token, 'undo_change', { ...given, confirmation })).structuredContent.done).toBe(
      true,
    )
    await mine.quiet()
    expect(phoneIn(mine, /^Endret/)).toBe('11')
  })
})
