import { afterAll, beforeAll, expect, test } from 'vitest'
import { unlikeDescribed } from './conforms'
import { anOfficeAt } from './office'
import { OPERATOR, type Relay, startRelay, type Tenant } from './relay'

/** Each answer is as the API's own description says, for whoever checks what comes in by that. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterAll(() => relay.close())

/** Asks, and gives what is wrong with the answers. */
async function ask(token: string, calls: readonly (readonly [string, string, unknown?])[]) {
  const faults: string[] = []
  for (const [method, path, body] of calls) {
    const answer = await relay.call(token, method, path, body)
    faults.push(...unlikeDescribed(method, path, answer.status, answer.body))
  }
  return faults
}
const NOBODY = '9b0f7a52-6d0f-4d1a-8f8e-2f4a1c0a7b11'

const READS = [
  ...['', '/settings', '/lookups', '/mappings/units', '/mappings/vat', '/checklist', '/preview', '/status'],
  ...[
    '/jobs',
    '/jobs?state=parked',
    '/jobs?state=rubbish',
    '/records/detached',
    '/fields',
    '/undo',
    '/audit',
  ],
  ...['/events', '/timeline', '/export', '/records/search?kind=customer&q=nord', '/records?kind=rubbish'],
  ...[`/records?kind=customer&tribeId=${NOBODY}`, `/dry-run/${NOBODY}`, '/audit?pageSize=9999'],
]
const WRITES = [
  ...['/pause', '/resume', '/sync', '/undo', '/undo/confirm', '/jobs/retry', '/jobs/1/retry', '/preview'],
  ...['/dry-run', '/records/relink', '/records/recreate', '/records/forget', '/records/undo', '/activate'],
]
const BODIES = [{}, { what: 'relations' }, { what: 'first-load' }, { rubbish: true }, [], 'no json', null]

const everyCall = ({ id }: Tenant) => {
  const at = `/api/tenants/${id}`
  return [
    ...READS.map((path) => ['GET', `${at}${path}`] as const),
    ...WRITES.flatMap((path) => BODIES.map((body) => ['POST', `${at}${path}`, body] as const)),
    ...['/settings'].flatMap((path) => BODIES.map((body) => ['PATCH', `${at}${path}`, body] as const)),
    ...[
      '/mappings/units',
      '/mappings/vat',
      '/fields',
      '/preview/decisions',
      '/poweroffice',
      '/tribe',
    ].flatMap((path) => BODIES.map((body) => ['PUT', `${at}${path}`, body] as const)),
    ['PATCH', `${at}/settings`, { alerts: { webhookSecret: 'x'.repeat(1_200_000) } }] as const,
  ]
}

test('of a company that is set up, and of one that is at work, with a problem and without', async () => {
  const bare = await relay.tenant({ activate: false })
  expect(await ask(bare.token, everyCall(bare))).toEqual([])
  const { tenant, roleId } = await anOfficeAt(relay, 'draft')
  const record = `/api/tenants/${tenant.id}/records?kind=customer&tribeId=${roleId}`
  const looks = [record, `${record}&values=true`].map((path) => ['GET', path] as const)
  expect(await ask(tenant.token, looks)).toEqual([])
  tenant.crm.edit(roleId, { PaymentTermInDays: 37 })
  await tenant.quiet()
  expect((await tenant.api('GET', '/jobs?state=parked')).body.jobs).toHaveLength(1)
  expect(await ask(tenant.token, [...looks, ...everyCall(tenant)])).toEqual([])
})

test('of the operator’s, and to those who may not', async () => {
  const calls = [
    ...['/status', '/health', '/api/tenants', '/api/audit', '/metrics', '/api/tenants/nobody/status'].map(
      (path) => ['GET', path] as const,
    ),
    ...BODIES.map((body) => ['POST', '/api/tenants', body] as const),
    ['POST', '/api/tenants', { name: 'Ny AS' }] as const,
    ['POST', '/api/tenants', { name: 'Ny AS', tribe: { clientId: 'no', clientSecret: 'no' } }] as const,
  ].filter(([, path]) => path !== '/metrics')
  expect(await ask(OPERATOR, calls)).toEqual([])
  expect(await ask('rubbish', calls)).toEqual([])
})
