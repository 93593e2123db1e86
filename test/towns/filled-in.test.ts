import { expect, test, vi } from 'vitest'
import type { TribeOptions } from '../fakes/tribe'
import type { TownTenant } from '../platform/town'
import { todays } from '../seeds/day'
import {
  at,
  DEFAULTS,
  editInTribe,
  expectCalm,
  type Given,
  heldIn,
  KINDS,
  type Kind,
  onlyOne,
  open,
} from './filling'
import { NIGHT, PULL, type Street, useStreet } from './street'

/**
 * A Tribe may fill in by itself what a new record was not given: a payment term, a unit, a price of nothing. Of what the
 * relay makes there, PowerOffice's value is the truth, an empty one, too: what Tribe fills in is nobody's, until somebody
 * changes it. Whether Tribe does so is unknown.
 */

vi.setConfig({ testTimeout: 600_000 })

const begin = useStreet(9)

const TRIBES: [string, Given][] = [
  ['fills in', {}],
  ['fills in, and shows what was made along', { deepInsertAnswers: 'nested' }],
  ['fills in, and answers nothing', { emptyWriteAnswers: true }],
  ['fills in, and leaves out what is empty', { omitNulls: true }],
  ['fills in, and dates changes from the start', { lastMutationOnCreate: true }],
  ['fills in, and passes nulls over', { nullWrites: 'ignore' }],
  ['fills in, and tells nothing of the relay’s own writes', { echo: false }],
  ['fills in nothing', { defaults: {} }],
]

type Way = 'by the first load' | 'by a poll' | 'by hand' | 'by a call whose answer is lost'
const WAYS: Way[] = ['by the first load', 'by a poll', 'by hand', 'by a call whose answer is lost']

async function made(street: Street, kind: Kind, way: Way, tribe: Given): Promise<TownTenant> {
  if (way === 'by the first load') return open(street, tribe, (tenant) => void kind.make(tenant))
  const tenant = await open(street, tribe)
  const id = kind.make(tenant)
  if (way === 'by a call whose answer is lost')
    street.town.tribe.faults.add({ name: 'lost-after', on: /^POST /, body: new RegExp(`:${kindOf(kind)}:`) })
  await street.tick(PULL)
  if (way === 'by hand') {
    tenant.crm.remove(String(onlyOne(kind.all(tenant)).ID))
    await street.tick(PULL)
    const record = { kind: kindOf(kind), powerOfficeId: String(id) }
    await street.town.waitFor(tenant.api('POST', '/records/recreate', record))
    await street.quiet()
  }
  return tenant
}
const kindOf = ({ kind }: Kind) =>
  kind === 'contact person' ? 'contactPerson' : kind.replace('private ', '')

const CASES = KINDS.flatMap((kind) =>
  WAYS.flatMap((way) => TRIBES.map(([what, tribe]) => [kind.kind, way, what, kind, tribe] as const)),
)
const placeOf = ([name, way, what]: (typeof CASES)[number]) =>
  KINDS.findIndex(({ kind }) => kind === name) +
  WAYS.indexOf(way) +
  TRIBES.findIndex(([tribe]) => tribe === what)
// Each kind meets each Tribe in each run, and each way both of them.
test.each(todays(CASES, 4, placeOf))(
  'a %s that is made %s in a Tribe that %s: nothing of that reaches PowerOffice, and edits of either side travel',
  async (_, way, _what, kind, tribe) => {
    const street = begin()
    const tenant = await made(street, kind, way, tribe)
    const before = { ...onlyOne(kind.there(tenant)) }
    await street.tick(PULL, NIGHT, PULL)
    const fills = tribe.defaults === undefined
    expect(kind.there(tenant)).toEqual([before])
    const wanted = heldIn(tenant, kind)
    expect(wanted.map(([, books]) => books)).toEqual(kind.fields.map(() => null))
    if (fills && way !== 'by a call whose answer is lost')
      expect(wanted.map(([here]) => here)).toEqual(kind.fields.map(({ filled }) => filled))
    await expectCalm(street)
    expect(heldIn(tenant, kind)).toEqual(wanted)

    for (const [n, field] of kind.fields.entries()) {
      editInTribe(tenant, kind, field)
      await street.quiet()
      wanted[n] = field.edited
      expect(heldIn(tenant, kind)).toEqual(wanted)
    }
    for (const [n, field] of kind.fields.entries()) {
      await street.town.passMinutes(1)
      kind.edit(tenant, { [field.books]: field.back[0] })
      await street.tick(PULL)
      wanted[n] = [field.back[1], field.back[0]]
      expect(heldIn(tenant, kind)).toEqual(wanted)
    }
    await expectCalm(street)
    expect(heldIn(tenant, kind)).toEqual(wanted)
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(KINDS.map((kind) => [kind.kind, kind] as const))(
  'an edit in Tribe right after a %s was made there travels, and takes along nothing that Tribe has filled in',
  async (_, kind) => {
    const street = begin()
    // Of one that nobody edits, the relay sees what Tribe fills in.
    const tenant = await open(street, {}, (one) => void kind.make(one))
    await street.tick(PULL)
    for (const [n, field] of kind.fields.entries()) {
      await street.town.passMinutes(15)
      kind.make(tenant)
      await street.tick(PULL)
      await street.town.passMinutes(1)
      editInTribe(tenant, kind, field, n + 1)
      await street.quiet()
      await street.tick(PULL, NIGHT)
      const wanted = kind.fields.map((other) => (other === field ? field.edited : [other.filled, null]))
      expect([field.tribe, heldIn(tenant, kind, n + 1)]).toEqual([field.tribe, wanted])
    }
    await expectCalm(street)
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(['poweroffice', 'tribe', 'newest'])(
  'a role that an organisation is given is filled in, too: what PowerOffice says of it counts, by the policy "%s" as well',
  async (conflictPolicy) => {
    const street = begin()
    const ids: number[] = []
    const settings = { invoices: { enabled: false }, conflictPolicy }
    const tenant = await street.tenant({
      settings,
      tribe: { defaults: DEFAULTS },
      before: ({ books }) => {
        for (const CreditDays of [30, 45]) books.hasPaymentTerm({ CreditDays })
        for (const Name of ['Uten AS', 'Med AS']) ids.push(books.hasSupplier({ Name }).Id)
      },
    })
    await street.tick(PULL, PULL)
    const { books, crm } = tenant
    const [without = 0, having = 0] = ids
    for (const id of ids) books.makeAlsoCustomer(id)
    const term = books.paymentTerms.all().find(({ CreditDays }) => CreditDays === 45)
    books.editCustomer(having, { PaymentTermId: term?.Id ?? null })
    const since = street.mark()
    await street.tick(PULL, NIGHT, PULL)
    await expectCalm(street)
    expect(street.writes('poweroffice', since)).toEqual([])
    expect([books.customer(without).PaymentTerm, books.customer(having).PaymentTerm]).toEqual([null, 45])
    const days = Object.fromEntries(
      crm.customers().map((role) => [String(at(role, 'Organization.Name')), role.PaymentTermInDays]),
    )
    expect(days).toEqual({ 'Uten AS': 30, 'Med AS': 45 })
    const role = crm.customers().find((one) => at(one, 'Organization.Name') === 'Uten AS')
    crm.edit(String(role?.ID), { PaymentTermInDays: 45 })
    await street.quiet()
    expect(books.customer(without).PaymentTerm).toBe(45)
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(KINDS.map((kind) => [kind.kind, kind] as const))(
  'a %s that is made in a Tribe that fills in costs no more calls than in one that does not',
  async (_, kind) => {
    const callsIn = async (defaults: TribeOptions['defaults']) => {
      const street = begin()
      const tenant = await open(street, { defaults }, (one) => void kind.make(one))
      await street.tick(PULL)
      const since = street.mark()
      kind.make(tenant)
      await street.tick(PULL)
      await street.town.passMinutes(15)
      await street.tick(PULL, NIGHT)
      const calls = street.town.calls.slice(since).map(({ host, method }) => `${host} ${method}`)
      street.town.platform.close()
      return calls.sort()
    }
    expect(await callsIn(DEFAULTS)).toEqual(await callsIn({}))
  },
)

test('what Tribe fills in where a user makes a record goes along with it', async () => {
  const street = begin()
  const tenant = await open(street, {})
  tenant.crm.hasCustomer({ organization: { Name: 'Solberg AS' } })
  await street.quiet()
  expect(onlyOne(tenant.books.customers())).toMatchObject({ Name: 'Solberg AS', PaymentTerm: 30 })
  await expectCalm(street)
})

test('what Tribe has filled in of a company is nobody’s, too, when its only role is taken away and PowerOffice gives it another', async () => {
  const street = begin()
  const tenant = await open(street, {}, ({ books }) => void books.hasCustomer({ Name: 'Nordlys AS' }))
  const { crm, books } = tenant
  const role = onlyOne(crm.customers())
  expect(at(role, 'Organization.Website')).toBe('https://ukjent.example')
  crm.remove(String(role.ID))
  await street.quiet()
  books.makeAlsoSupplier(Number(books.customers()[0]?.Id))
  await street.tick(PULL, NIGHT, PULL)
  expect(onlyOne(crm.suppliers())).toMatchObject({ Organization: { Website: 'https://ukjent.example' } })
  expect(books.suppliers()).toMatchObject([{ WebsiteUrl: null }])
  crm.edit(String(at(role, 'Organization.ID')), { Website: 'https://a.example' })
  await street.quiet()
  expect(books.suppliers()).toMatchObject([{ WebsiteUrl: 'https://a.example' }])
  await expectCalm(street)
})
