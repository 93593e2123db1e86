import { expect, test } from 'vitest'
import { startRelay } from './relay'

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
