import { expect, test } from 'vitest'
import { OPERATOR, startRelay } from './relay'

for (const [name, value] of [
  ['PUBLIC_URL', 'http://relay.example.com'],
  ['SEALING_KEYS', 'k1:short'],
  ['POWEROFFICE_REQUESTS_PER_SECOND', 'many'],
] as const)
  test(`a malformed ${name} is one clear error that names it`, async () => {
    const broken = await startRelay(
      name === 'SEALING_KEYS' ? { secrets: { [name]: value } } : { vars: { [name]: value } },
    )
    const { status, body } = await broken.operator('GET', '/api/tenants')
    await broken.close()
    expect(status).toBe(500)
    expect(body.error).toMatchObject({ code: 'settings.invalid', message: expect.stringContaining(name) })
    expect(body.error.message).not.toContain(value)
  })

test('changes that several people save at the same moment are all kept', async () => {
  const relay = await startRelay()
  const acme = await relay.tenant({ activate: false })
  const changes = [
    { products: { enabled: true } },
    { relations: { suppliers: false } },
    { relations: { contactPersons: false } },
    { invoices: { delivery: 'rule' } },
    { payments: { enabled: true } },
    { conflictPolicy: 'tribe' },
    { keepBefore: { days: 7 } },
  ]
  const answers = await Promise.all(changes.map((change) => acme.api('PATCH', '/settings', change)))
  expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 200))
  const { body } = await acme.api('GET', '/settings')
  for (const change of changes) expect(body).toMatchObject(change)
  await relay.close()
})

test('a change that waits for Tribe undoes none that is saved meanwhile', async () => {
  const relay = await startRelay()
  const acme = await relay.tenant()
  relay.tribe.faults.add({ name: 'slow-before', on: /odata/, delayMs: 2000 })
  // What was sent before is asked of Tribe, before invoices are on.
  const slow = acme.api('PATCH', '/settings', { invoices: { enabled: true } })
  await relay.sleep(200)
  expect((await acme.api('PATCH', '/settings', { conflictPolicy: 'newest' })).status).toBe(200)
  expect((await acme.api('GET', '/settings')).body.invoices.enabled).toBe(false)
  expect(await relay.wait(slow)).toMatchObject({ status: 200 })
  expect((await acme.api('GET', '/settings')).body).toMatchObject({
    invoices: { enabled: true },
    conflictPolicy: 'newest',
  })
  await relay.close()
})

test('whoever is refused while Tribe is away is told when to come back', async () => {
  const relay = await startRelay()
  const active = await relay.tenant()
  const ready = await relay.tenant({ activate: false })
  relay.tribe.faults.add({ name: 'unavailable', on: /odata|webhooks/, times: Number.POSITIVE_INFINITY })
  const asked = [
    ['PATCH', `/api/tenants/${active.id}/settings`, { invoices: { enabled: true } }],
    ['POST', `/api/tenants/${ready.id}/activate`, undefined],
  ] as const
  for (const [method, path, body] of asked) {
    const answer = await relay.fetch(path, {
      method,
      headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const { error } = await answer.json<{ error: { code: string } }>()
    const told = [answer.status, error.code, answer.headers.get('retry-after')]
    expect(told).toEqual([503, expect.stringMatching(/^tribe\./), '5'])
  }
  // What time does not mend is no reason to come back.
  relay.tribe.faults.clear()
  active.crm.revokeCredentials()
  active.crm.revokeTokens()
  const refused = await active.api('PATCH', '/settings', { invoices: { enabled: true } })
  expect([refused.status, refused.body.error.code]).toEqual([422, 'tribe.credentials_refused'])
  await relay.close()
})
