import { expect, test } from 'vitest'
import { codesOf, NIGHT, useBookkeeping } from './bookkeeping'

/** How Tribe shows the webhooks that it has is not known: each is known again, registered once, and taken down when the tenant leaves. */

const begin = useBookkeeping()

test.each([
  ['as it was made', {}],
  ['in PascalCase', { webhookShown: 'pascal' }],
  ['without its address', { webhookShown: 'without-url' }],
  ['in a list like those of records', { webhookListShape: 'value' }],
  ['in a list of another name', { webhookListShape: 'data' }],
] as const)(
  'a webhook that Tribe shows %s is registered once, renewed, and taken down in the end',
  async (_how, tribe) => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe })
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

const DOCUMENTED = ['Relation.Organization', 'Relation.Person']

test.each([
  ['addresses', ['Address']],
  ['products', ['Product']],
  [
    'roles',
    ['Relationship.Organization.CommercialRelationship.Customer', 'Relationship.Organization.Supplier'],
  ],
  ['all but the two that its pages name', 'others'],
] as const)(
  'where Tribe lets no webhook follow %s, the rest is followed all the same',
  async (_what, which) => {
    const kit = begin()
    const everywhere = (await kit.tenant()).crm.webhooks.map(({ entityType }) => entityType)
    const refused: readonly string[] =
      which === 'others' ? everywhere.filter((type) => !DOCUMENTED.includes(type)) : which
    const tenant = await kit.tenant({ tribe: { webhookTypesRefused: refused, webhookShown: 'without-url' } })
    const followed = () => tenant.crm.webhooks.map(({ entityType }) => entityType).sort()
    expect(followed()).toEqual(everywhere.filter((type) => !refused.includes(type)).sort())
    // It is told, and the others are neither made twice nor forgotten by another try.
    await kit.tick(NIGHT)
    expect(followed()).toEqual(everywhere.filter((type) => !refused.includes(type)).sort())
    expect(codesOf(tenant)).toEqual(['tribe.refused'])
    expect(kit.town.tribe.violations).toEqual([])
  },
)
