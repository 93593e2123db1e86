import { expect, test } from 'vitest'
import { NIGHT, useBookkeeping } from './bookkeeping'

/** How Tribe shows the webhooks that it has is not known: each is known again, registered once, and taken down when the tenant leaves. */

const begin = useBookkeeping()

test.each(['as-made', 'pascal', 'without-url'] as const)(
  'a webhook that Tribe shows %s is registered once, renewed, and taken down in the end',
  async (webhookShown) => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: { webhookShown } })
    const typesOf = () => tenant.crm.webhooks.map(({ entityType }) => entityType).sort()
    const registered = typesOf()
    expect(new Set(registered).size).toBe(registered.length)
    // Somebody else's stays.
    const other = 'https://other.example/hook'
    tenant.crm.addWebhook('Product', other)
    await kit.tick(NIGHT)
    expect(typesOf()).toEqual([...registered, 'Product'].sort())
    const secrets = () => new Set(tenant.crm.webhooks.map(({ headers }) => headers[0]?.value))
    const before = secrets()
    await kit.api(tenant, 'POST', '/webhook-secret')
    await kit.quiet()
    expect(typesOf()).toEqual([...registered, 'Product'].sort())
    expect([...secrets()].filter((secret) => secret && before.has(secret))).toEqual([])
    await kit.api(tenant, 'DELETE', '')
    expect(tenant.crm.webhooks.map(({ webhookUrl }) => webhookUrl)).toEqual([other])
    expect(kit.town.tribe.violations).toEqual([])
  },
)
