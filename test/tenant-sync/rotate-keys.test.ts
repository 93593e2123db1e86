import { beforeEach, expect, test } from 'vitest'
import { connectionsIn } from '../../src/db/connections'
import { openDatabase } from '../../src/db/database'
import { TenantSettings } from '../../src/db/settings'
import { tenantsIn } from '../../src/db/tenants'
import { createSealer } from '../../src/shared/secrets'
import { factsIn } from '../../src/tenant-sync/facts'
import { secretsOf } from '../../src/tenant-sync/identity'
import { rotateKeys } from '../../src/tenant-sync/rotate-keys'
import { grantsIn } from '../../src/tenant-sync/tokens'
import { d1Over, freshDatabase } from '../platform/d1'
import { sqliteInMemory } from './sqlite'

const [OLD, NEW] = [7, 9].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array]
const before = createSealer(new Map([['k1', OLD]]))
const both = createSealer(
  new Map([
    ['k2', NEW],
    ['k1', OLD],
  ]),
)
const after = createSealer(new Map([['k2', NEW]]))

const SECRETS = {
  sealedTribe: 'tribe',
  sealedClientKey: 'clientKey',
  sealedFingerprintKey: 'fingerprintKey',
  sealedWebhookSecret: 'webhookSecret',
  sealedAlertSecret: 'alertSecret',
  sealedEventsSecret: 'eventsSecret',
} as const
type Column = keyof typeof SECRETS
const sealed = async (purpose: string, secret = `the ${purpose}`) => before.seal(`t:${purpose}`, secret)

let db: ReturnType<typeof openDatabase>
let facts: ReturnType<typeof factsIn>
/** What happens between a read of the registry and the write that follows. */
let meanwhile: (() => Promise<unknown>) | null
beforeEach(async () => {
  meanwhile = null
  const binding = d1Over(freshDatabase(), async (query, run) => {
    const act = /^update/.test(query) ? meanwhile : null
    if (act) meanwhile = null
    await act?.()
    return run()
  })
  db = openDatabase(binding)
  facts = factsIn(sqliteInMemory())
  facts.createTable()
  const signing = [await sealed('signingSecret', 'one'), await sealed('signingSecret', 'two')]
  await connectionsIn(db).insert({
    id: 't',
    name: 'T',
    state: 'active',
    createdAt: '',
    adminTokenHash: 'h',
    tribe: null,
    settings: TenantSettings.parse({}),
    sealedTribe: await sealed('tribe'),
    sealedClientKey: await sealed('clientKey'),
    sealedFingerprintKey: await sealed('fingerprintKey'),
    sealedWebhookSecret: await sealed('webhookSecret'),
    sealedAlertSecret: await sealed('alertSecret'),
    sealedEventsSecret: await sealed('eventsSecret'),
    sealedSigningSecrets: JSON.stringify(signing),
  })
  facts.set('tenant', { tenantId: 't', webhookSecretHash: 'h', sealedSigningSecrets: signing })
  await grantsIn(facts, before, 't').keep('grant', 'the newest refresh token')
})
const run = () => rotateKeys(db, 't', { facts, sealer: both })
const row = async () => (await tenantsIn(db).find('t')) ?? expect.fail('the tenant is gone')

test('all that an older key sealed opens with the new one alone, in D1 and in the object', async () => {
  expect(await run()).toBe(10)
  const tenant = await row()
  // What is sealed begins with its key's name; the same letters may stand in it by chance.
  for (const [name, value] of Object.entries(tenant))
    if (name.startsWith('sealed')) expect(value, name).not.toMatch(/(^|")k1\./)
  for (const [column, purpose] of Object.entries(SECRETS) as [Column, string][])
    expect(await after.open(`t:${purpose}`, tenant[column] ?? '')).toBe(`the ${purpose}`)
  const signing: string[] = JSON.parse(tenant.sealedSigningSecrets ?? '[]')
  const opened = await Promise.all(signing.map((one) => after.open('t:signingSecret', one)))
  expect(opened).toEqual(['one', 'two'])
  const identity = facts.get('tenant') ?? expect.fail('the object forgot whose it is')
  expect(await secretsOf(identity, () => after, 0).signing()).toEqual(['one', 'two'])
  expect(await grantsIn(facts, after, 't').find('grant')).toBe('the newest refresh token')
})

test('a second night finds nothing to do, and writes nothing', async () => {
  await run()
  const known = [await row(), facts.get('tenant'), facts.get('tribe-grants')]
  expect(await run()).toBe(0)
  expect([await row(), facts.get('tenant'), facts.get('tribe-grants')]).toEqual(known)
})

test('whoever connects at that very moment wins', async () => {
  const fresh = await both.seal('t:tribe', 'the new credentials')
  meanwhile = () => tenantsIn(db).update('t', { sealedTribe: fresh })
  await run()
  expect((await row()).sealedTribe).toBe(fresh)
})

test('a secret that no key opens any more is told, and stays as it is', async () => {
  await tenantsIn(db).update('t', { sealedClientKey: 'k0.AAAA.AAAA' })
  await expect(run()).rejects.toThrow('k0')
  expect((await row()).sealedClientKey).toBe('k0.AAAA.AAAA')
})
