import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Relay, startRelay, type Tenant } from './relay'

/** Assistants as they come: the client of the official SDK speaks with the relay, and not one that was written for this test. */

let relay: Relay
let acme: Tenant
let other: Tenant
beforeAll(async () => {
  relay = await startRelay()
  ;[acme, other] = [await relay.tenant(), await relay.tenant()]
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

async function clientOf(token: string): Promise<Client> {
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', relay.url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: async (url, init) => relay.fetch(new URL(String(url)).pathname, init as RequestInit),
  })
  const client = new Client({ name: 'an-assistant', version: '1.0.0' })
  await client.connect(transport)
  return client
}
/** What a tool says, and whether that is a refusal. */
async function used(client: Client, name: string, given: Record<string, unknown> = {}) {
  const { structuredContent, isError = false } = await client.callTool({ name, arguments: given })
  // biome-ignore lint/suspicious/noExplicitAny: looked at as a client without types would
  return { said: structuredContent as any, isError }
}

test('it is greeted, told which tools there are, and that those that act are no reading', async () => {
  const client = await clientOf(acme.token)
  expect(client.getServerVersion()?.name).toBe('tribe-poweroffice-relay')
  const { tools } = await client.listTools()
  const acting = tools
    .filter(({ annotations }) => annotations?.readOnlyHint === false)
    .map(({ name }) => name)
  expect(acting).toEqual(['retry', 'relink', 'sync', 'change_settings', 'undo', 'undo_change'])
  for (const { inputSchema, name } of tools)
    expect([name, acting.includes(name)]).toEqual([
      name,
      inputSchema.required?.includes('confirmation') ?? false,
    ])
  await client.close()
})

test('it tries a change and makes it, on the confirmation that the dry run gave, once', async () => {
  const client = await clientOf(acme.token)
  const change = { conflictPolicy: 'tribe' }
  const begun = await used(client, 'dry_run', { change })
  await acme.quiet()
  const { said } = await used(client, 'dry_run', { dryRunId: begun.said.dryRunId })
  expect(said.state).toBe('done')
  const given = { change, confirmation: said.confirmation }
  expect((await used(client, 'change_settings', { change, confirmation: 'none' })).isError).toBe(true)
  expect(await used(client, 'change_settings', given)).toMatchObject({ said: { done: true }, isError: false })
  expect((await used(client, 'change_settings', given)).said.error.code).toBe('assistant.not_confirmed')
  expect((await acme.api('GET', '/settings')).body.conflictPolicy).toBe('tribe')
  await client.close()
})

test('no tool reaches another company, and a token that is none is told so', async () => {
  const client = await clientOf(acme.token)
  const { tools } = await client.listTools()
  for (const { name, inputSchema } of tools) {
    if (!Object.hasOwn(inputSchema.properties ?? {}, 'tenantId')) continue
    const needed = {
      kind: 'customer',
      q: 'a',
      tribeId: 'x',
      powerOfficeId: '1',
      entryId: 1,
      what: 'relations',
    }
    const known = Object.entries({ ...needed, change: { conflictPolicy: 'tribe' } }).filter(([one]) =>
      Object.hasOwn(inputSchema.properties ?? {}, one),
    )
    const given = { ...Object.fromEntries(known), tenantId: other.id }
    const action = { action: name, arguments: given }
    const isActing = Object.hasOwn(inputSchema.properties ?? {}, 'confirmation')
    const { said, isError } = await (isActing ? used(client, 'preview', action) : used(client, name, given))
    expect([name, isError, said.error.code]).toEqual([name, true, 'tenant.unknown'])
  }
  await client.close()
  await expect(clientOf('x'.repeat(43))).rejects.toThrow()
})
