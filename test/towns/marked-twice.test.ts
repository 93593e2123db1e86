import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, useStreet } from './street'

const begin = useStreet()
const settings = { invoices: { enabled: false } }

/**
 * Tribe's `ImportId` names the record of PowerOffice that one of Tribe's is; a user copies that record, mark and all. Who serves the
 * two companies next has no links yet: which of the two it is, a person says.
 */
interface Given {
  kind: 'customer' | 'supplier' | 'product'
  code: string
  make(tenant: TownTenant): void
  /** Its record in Tribe that bears the mark, and a copy of it. */
  copy(tenant: TownTenant): [id: string, copyId: string]
  count(tenant: TownTenant): [inTribe: number, inBooks: number]
}
type Marked = { ID: string; ImportId: string }
const asMarked = (some: unknown): Marked => (some as Marked[])[0] as Marked

const KINDS: readonly (readonly [says: string, given: Given])[] = [
  [
    'customer',
    {
      kind: 'customer',
      code: 'relation.ambiguous',
      make: ({ books }) => books.hasCustomer({ Name: 'Nordlys AS' }),
      copy({ crm }) {
        const { ID, ImportId } = asMarked(crm.customers())
        return [ID, crm.hasCustomer({ organization: { Name: 'Nordlys AS' }, role: { ImportId } }).roleId]
      },
      count: ({ crm, books }) => [crm.customers().length, books.customers().length],
    },
  ],
  [
    'supplier',
    {
      kind: 'supplier',
      code: 'relation.ambiguous',
      make: ({ books }) => books.hasSupplier({ Name: 'Nordlys AS' }),
      copy({ crm }) {
        const { ID, ImportId } = asMarked(crm.suppliers())
        return [ID, crm.hasSupplier({ organization: { Name: 'Nordlys AS' }, role: { ImportId } }).roleId]
      },
      count: ({ crm, books }) => [crm.suppliers().length, books.suppliers().length],
    },
  ],
  [
    'product',
    {
      kind: 'product',
      code: 'product.ambiguous',
      make: ({ books }) => books.hasProduct({ Name: 'Time' }),
      copy({ crm }) {
        const { ID, ImportId } = asMarked(crm.products())
        return [ID, crm.hasProduct({ Name: 'Time', ImportId })]
      },
      count: ({ crm, books }) => [crm.products().length, books.products().length],
    },
  ],
]

test.each(KINDS)('a %s whose mark was copied is told, and a person decides', async (_, given) => {
  const { kind, code, make, copy, count } = given
  const street = begin()
  const tenant = await street.tenant({ settings, before: make })
  const [id, copyId] = copy(tenant)
  await street.quiet()
  // Whoever served the two companies forgets them, and another tenant of theirs begins.
  await street.town.waitFor(tenant.api('DELETE', ''))
  await street.town.waitFor(tenant.connect(settings))
  await street.town.waitFor(tenant.mapAsProposed())
  const since = street.mark()
  await street.activate(tenant)
  await street.tick(PULL, NIGHT)
  expect([count(tenant), street.links(tenant, kind), street.codes(tenant)]).toEqual([[2, 1], [], [code]])
  // Nor does an edit of one of the two decide.
  tenant.crm.edit(copyId, { ImportId: null })
  tenant.crm.edit(copyId, { ImportId: (tenant.crm.get(id) as unknown as Marked).ImportId })
  await street.quiet()
  await street.tick(PULL)
  expect([street.links(tenant, kind), new Set(street.codes(tenant))]).toEqual([[], new Set([code])])
  expect([street.writes('poweroffice', since), count(tenant)]).toEqual([[], [2, 1]])
  const books = kind === 'product' ? tenant.books.products() : tenant.books[`${kind}s`]()
  const decisions = [{ kind, powerOfficeId: String(books[0]?.Id), action: 'link', tribeId: copyId }]
  await street.town.waitFor(tenant.api('PUT', '/preview/decisions', { decisions }))
  await street.tick(PULL, NIGHT)
  expect(street.links(tenant, kind)).toMatchObject([{ tribeId: copyId, state: 'linked' }])
  expect([count(tenant), street.town.violations()]).toEqual([[2, 1], []])
})
