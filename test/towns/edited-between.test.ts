import { afterEach, expect, test, vi } from 'vitest'
import { isEditedSince } from '../../src/tribe/told'
import type { TownTenant } from '../platform/town'
import { PULL, Street } from './street'

vi.setConfig({ testTimeout: 300_000 })

/** A Tribe that answers writes with nothing is asked what it keeps, and a user edits the record before it says so. */
let street: Street
afterEach(() => street?.town.platform.close())

async function open(
  before: (tenant: TownTenant) => void,
  tribe: Parameters<Street['tenant']>[0] = { tribe: { emptyWriteAnswers: true } },
): Promise<TownTenant> {
  street = new Street(6)
  return street.tenant({ settings: { invoices: { enabled: false } }, ...tribe, before })
}

type Row = Record<string, unknown> & { ID: string }
const organizationOf = ({ crm }: TownTenant) =>
  (crm.customers()[0] as unknown as { Organization: Row & { InvoiceAddress: Row | null } }).Organization

/** What the relay writes to Tribe from now on is followed by this at once. */
function afterNextWrite(edit: () => void, where = /odata/): void {
  const { town } = street
  const since = town.calls.length
  town.onArrival = () => {
    const isWritten = town.calls
      .slice(since)
      .some(({ host, method, path }) => host === 'tribe.example' && method !== 'GET' && where.test(path))
    if (!isWritten) return
    town.onArrival = () => undefined
    edit()
  }
}

test.each<[string, (tenant: TownTenant, id: number) => void, (tenant: TownTenant) => void, object]>([
  [
    'a name',
    ({ books }, id) => books.editCustomer(id, { Name: 'Fjord AS' }),
    (tenant) => tenant.crm.edit(organizationOf(tenant).ID, { Name: 'Solberg AS' }),
    { Name: 'Solberg AS' },
  ],
  [
    'an address',
    ({ books }, id) =>
      books.editMailAddress(id, { AddressLine1: 'Postboks 1', ZipCode: '7010', City: 'Trondheim' }),
    (tenant) =>
      tenant.crm.editAddress(organizationOf(tenant).ID, 'InvoiceAddress', {
        Street: 'Storgata',
        HouseNumber: 5,
        Postalcode: '9008',
        City: 'Tromsø',
      }),
    { MailAddress: { AddressLine1: 'Storgata 5', ZipCode: '9008', City: 'Tromsø' } },
  ],
])(
  '%s that is edited in Tribe right after the relay wrote it reaches PowerOffice',
  async (_, first, edit, wanted) => {
    let id = 0
    const tenant = await open(({ books }) => {
      id = books.hasCustomer({ Name: 'Nordlys AS' }).Id
    })
    first(tenant, id)
    afterNextWrite(() => edit(tenant))
    await street.tick(PULL, PULL)
    expect(tenant.books.customer(id)).toMatchObject(wanted)
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

const PRODUCTS: readonly [string, Record<string, string>, Record<string, string>, object][] = [
  ['a name', { Name: 'Stor lampe' }, { Name: 'Liten lampe' }, { Name: 'Liten lampe' }],
  // Chosen from a list, it has no spellings.
  ['a unit', { UnitOfMeasureCode: 'HUR' }, { Unit: 'kg' }, { UnitOfMeasureCode: 'KGM' }],
]
const editFirstProduct = ({ crm }: TownTenant, fields: Record<string, string>) => {
  const [product] = crm.products() as unknown as Row[]
  crm.edit(String(product?.ID), fields)
}

test.each(PRODUCTS)(
  '%s of a product that is edited in Tribe right after the relay wrote it reaches PowerOffice',
  async (_, first, edit, wanted) => {
    let id = 0
    const tenant = await open(({ books }) => {
      id = books.hasProduct({ Name: 'Lampe', Code: 'L1', UnitOfMeasureCode: 'EA' }).Id
    })
    tenant.books.editProduct(id, first)
    afterNextWrite(() => editFirstProduct(tenant, edit), /Product(\(|$)/)
    await street.tick(PULL, PULL)
    expect(tenant.books.products()).toMatchObject([wanted])
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(PRODUCTS)(
  '%s of a product that is edited in Tribe right after the relay made it reaches PowerOffice',
  async (_, first, edit, wanted) => {
    const tenant = await open(() => undefined)
    tenant.books.hasProduct({ Name: 'Lampe', Code: 'L1', UnitOfMeasureCode: 'EA', ...first })
    afterNextWrite(() => editFirstProduct(tenant, edit), /Product(\(|$)/)
    await street.tick(PULL, PULL)
    expect(tenant.books.products()).toMatchObject([wanted])
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

/** Tribe's clock may tell whole seconds: then a record that was edited within the second looks as it was made. */
test.each<[string, boolean, (tenant: TownTenant) => void, object]>([
  ...[true, false].flatMap((isMadeWithADate): [string, boolean, (tenant: TownTenant) => void, object][] => [
    [
      'a name',
      isMadeWithADate,
      (tenant) => tenant.crm.edit(organizationOf(tenant).ID, { Name: 'Solberg AS' }),
      { Name: 'Solberg AS' },
    ],
    [
      'an address',
      isMadeWithADate,
      (tenant) =>
        tenant.crm.editAddress(organizationOf(tenant).ID, 'InvoiceAddress', {
          Street: 'Storgata',
          HouseNumber: 5,
          Postalcode: '9008',
          City: 'Tromsø',
        }),
      { MailAddress: { AddressLine1: 'Storgata 5', ZipCode: '9008', City: 'Tromsø' } },
    ],
  ]),
])(
  '%s of a customer that the relay has just made in Tribe is edited there within the second, and reaches PowerOffice (a date of change from the start: %s)',
  async (_, lastMutationOnCreate, edit, wanted) => {
    const tenant = await open(() => undefined, { tribe: { lastMutationOnCreate } })
    const { Id } = tenant.books.hasCustomer({ Name: 'Fjord AS' })
    tenant.books.editMailAddress(Id, { AddressLine1: 'Postboks 1', ZipCode: '7010', City: 'Trondheim' })
    afterNextWrite(() => edit(tenant))
    await street.tick(PULL, PULL)
    expect(tenant.books.customer(Id)).toMatchObject(wanted)
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test('an address that is made along with a change of its company is edited there within the second', async () => {
  let id = 0
  const tenant = await open(
    ({ books }) => {
      id = books.hasCustomer({ Name: 'Nordlys AS' }).Id
    },
    { tribe: { lastMutationOnCreate: true } },
  )
  tenant.books.editMailAddress(id, { AddressLine1: 'Postboks 1', ZipCode: '7010', City: 'Trondheim' })
  afterNextWrite(() =>
    tenant.crm.editAddress(organizationOf(tenant).ID, 'InvoiceAddress', {
      Street: 'Storgata',
      HouseNumber: 5,
    }),
  )
  await street.tick(PULL, PULL)
  expect(tenant.books.customer(id)).toMatchObject({
    MailAddress: { AddressLine1: 'Storgata 5', ZipCode: '7010' },
  })
  expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
})

test.each<[string, unknown, unknown, unknown, boolean]>([
  ['what was written', 'Fjord AS', 'Fjord AS', 'Nord AS', false],
  ['in capitals', 'FJORD AS', 'Fjord AS', 'Nord AS', false],
  ['cut', 'Fjord', 'Fjord AS', 'Nord AS', false],
  ['nothing', null, 'Fjord AS', 'Nord AS', false],
  ['what was there before', 'Nord AS', 'Fjord AS', 'Nord AS', false],
  ['another', 'Solberg AS', 'Fjord AS', 'Nord AS', true],
  ['another where it was to be emptied', 'Solberg AS', null, 'Nord AS', true],
  ['a price, rounded', 11, 10.6, 9, false],
  ['another price', 15, 10.6, 9, true],
  [
    'an address with a part left as it was',
    { line: 'A 1', city: 'Oslo' },
    { line: 'A 1', city: null },
    { line: 'B', city: 'Oslo' },
    false,
  ],
  ['another address', { line: 'C 1', city: 'Oslo' }, { line: 'A 1', city: 'Oslo' }, null, true],
])('shown after a write: %s', (_, shown, sent, before, isEdited) => {
  expect(isEditedSince(shown, { sent, before })).toBe(isEdited)
})
