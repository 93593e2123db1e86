import { expect, test, vi } from 'vitest'
import type { TownTenant } from '../platform/town'
import { todays } from '../seeds/day'
import { NIGHT, PULL, type Street, useStreet } from './street'

vi.setConfig({ testTimeout: 60_000 })

/**
 * Somebody changes something, nobody knows whether the relay's write of it was carried out, and before the relay tries
 * again somebody changes it back. What was entered last is what both systems say in the end, and it is never written to
 * where it was entered.
 */
const begin = useStreet()

type System = 'tribe' | 'poweroffice'
type Json = Record<string, unknown>
type Fields = Parameters<TownTenant['crm']['edit']>[1]
/** A member as Tribe and as PowerOffice call it, with what is entered first, then, and after that; null: it is emptied. */
type Member = readonly [tribe: string, books: string, first: unknown, then: unknown, after: unknown]

interface Pair {
  members: readonly Member[]
  /** Enters these members' values in either system. */
  inTribe: (saying: (member: Member) => unknown) => void
  inBooks: (saying: (member: Member) => unknown) => void
  /** What either holds. */
  tribe: (member: string) => unknown
  books: (member: string) => unknown
}
/** Where a person may be in Tribe: at one of three companies that are synced, or at one that is not. */
const PLACES = ['Nordlys AS', 'Fjord AS', 'Solberg AS', 'nowhere'] as const
type Place = (typeof PLACES)[number]

/** One record, which is in both systems once the tenant is activated. */
type Given = (tenant: TownTenant) => Pair

const one = (rows: readonly unknown[]): Json => {
  expect(rows).toHaveLength(1)
  return rows[0] as Json
}
const idOf = (record: unknown) => String((record as Json | null | undefined)?.ID)

// ── Kinds of records ─────────────────────────────────────────────────────────

/** `recordOf`: which record of Tribe's holds a member. */
function pairOf(
  { crm }: TownTenant,
  members: readonly Member[],
  recordOf: (member: string) => unknown,
  contactOf: () => unknown,
  editBooks: (fields: Json) => void,
): Pair {
  return {
    members,
    inTribe: (saying) => {
      const byRecord = Map.groupBy(members, ([name]) => idOf(recordOf(name)))
      for (const [id, mine] of byRecord)
        crm.edit(id, Object.fromEntries(mine.map((member) => [member[0], saying(member)])) as Fields)
    },
    inBooks: (saying) => editBooks(Object.fromEntries(members.map((member) => [member[1], saying(member)]))),
    tribe: (member) => (recordOf(member) as Json)[member] ?? null,
    books: (member) => (contactOf() as Json)[member] ?? null,
  }
}

const OF_A_COMPANY: readonly Member[] = [
  ['Name', 'Name', 'Nordlys AS', 'Fjord AS', 'Solberg AS'],
  ['Website', 'WebsiteUrl', null, 'https://a.example', 'https://b.example'],
  ['EmailAddress', 'EmailAddress', 'a@post.example', null, 'c@post.example'],
  ['PhoneNumber', 'PhoneNumber', '22 11 11 11', '22 99 99 99', null],
  ['VATNumber', 'OrganizationNumber', '914778271', '923609016', '974761076'],
]
const OF_A_CUSTOMER: readonly Member[] = [
  ...OF_A_COMPANY,
  ['FinancialEmailAddress', 'InvoiceEmailAddress', 'a@post.example', 'b@post.example', null],
]
const OF_A_PERSON: readonly Member[] = [
  ['FirstName', 'FirstName', 'Ada', 'Åse', 'Eli'],
  ['LastName', 'LastName', 'Berg', 'Dahl', 'Lund'],
  ['EmailAddress', 'EmailAddress', 'a@post.example', 'b@post.example', null],
  ['PhoneNumber', 'PhoneNumber', null, '22 99 99 99', '22 11 11 11'],
]
const OF_AN_ADDRESS: readonly Member[] = [
  ['City', 'City', 'Trondheim', 'Oslo', 'Bergen'],
  ['Postalcode', 'ZipCode', '7010', '0150', '5003'],
  ['Extra', 'AddressLine2', null, 'Oppgang A', 'Oppgang B'],
]
const OF_A_PRODUCT: readonly Member[] = [
  ['Name', 'Name', 'Lampe', 'Stor lampe', 'Liten lampe'],
  ['Code', 'Code', 'L1', 'L2', 'L3'],
  ['Description', 'Description', null, 'Til tak', 'Til vegg'],
  ['SalesPrice', 'UnitPrice', 100, 120, 150],
  ['PurchasePrice', 'UnitCost', 50, 60, null],
  ['IsInactive', 'IsArchived', false, true, false],
]

const MailAddress = { AddressLine1: 'Storgata 4', ZipCode: '7010', City: 'Trondheim', CountryCode: 'NO' }

const aCompany =
  (members: readonly Member[], ...roles: readonly ('customer' | 'supplier')[]): Given =>
  (tenant) => {
    const { crm, books } = tenant
    const isCustomer = roles.includes('customer')
    const { Id } = isCustomer
      ? books.hasCustomer({ Name: 'Nordlys AS', MailAddress })
      : books.hasSupplier({ Name: 'Nordlys AS', MailAddress })
    if (roles.length > 1) books.makeAlsoSupplier(Id)
    const organization = () => one(isCustomer ? crm.customers() : crm.suppliers()).Organization
    const contact = () => one(isCustomer ? books.customers() : books.suppliers())
    return pairOf(tenant, members, organization, contact, (fields) =>
      isCustomer ? books.editCustomer(Id, fields) : books.editSupplier(Id, fields),
    )
  }

const aPrivateCustomer: Given = (tenant) => {
  const { crm, books } = tenant
  const { Id } = books.hasCustomer({ IsPerson: true, FirstName: 'Ada', LastName: 'Berg' })
  const person = () => one(crm.privateCustomers()).Person
  return pairOf(
    tenant,
    OF_A_PERSON,
    person,
    () => one(books.customers()),
    (fields) => books.editCustomer(Id, fields),
  )
}

const aContactPerson: Given = (tenant) => {
  const { crm, books } = tenant
  const { Id } = books.hasContactPerson(books.hasCustomer({ Name: 'Nordlys AS' }).Id, { LastName: 'Berg' })
  const contact = () => one(crm.contacts())
  const recordOf = (member: string) => (/Name/.test(member) ? contact().Person : contact())
  return pairOf(
    tenant,
    OF_A_PERSON,
    recordOf,
    () => one(books.contactPersons()),
    (fields) => books.editContactPerson(Id, fields),
  )
}

const anAddress: Given = (tenant) => {
  const { crm, books } = tenant
  const { Id } = books.hasCustomer({ Name: 'Nordlys AS', MailAddress })
  const organizationId = () => idOf(one(crm.customers()).Organization)
  const address = () => (crm.get(organizationId(), 'InvoiceAddress') as Json).InvoiceAddress
  const pair = pairOf(
    tenant,
    OF_AN_ADDRESS,
    address,
    () => one(books.customers()).MailAddress,
    (fields) => books.editMailAddress(Id, fields),
  )
  const inTribe: Pair['inTribe'] = (saying) => {
    const fields = Object.fromEntries(OF_AN_ADDRESS.map((member) => [member[0], saying(member)]))
    crm.editAddress(organizationId(), 'InvoiceAddress', fields as Fields)
  }
  return { ...pair, inTribe }
}

const aProduct: Given = (tenant) => {
  const { crm, books } = tenant
  const { Id } = books.hasProduct({ Name: 'Lampe', Code: 'L1', UnitOfMeasureCode: 'EA' })
  return pairOf(
    tenant,
    OF_A_PRODUCT,
    () => one(crm.products()),
    () => one(books.products()),
    (fields) => books.editProduct(Id, fields),
  )
}

const RECORDS: readonly (readonly [says: string, Given])[] = [
  ['a customer', aCompany(OF_A_CUSTOMER, 'customer')],
  ['a supplier', aCompany(OF_A_COMPANY, 'supplier')],
  ['a company of both roles', aCompany(OF_A_COMPANY, 'customer', 'supplier')],
  ['a private customer', aPrivateCustomer],
  ['a contact person', aContactPerson],
  ['an address', anAddress],
  ['a product', aProduct],
]

// ── What happens to it ───────────────────────────────────────────────────────

/** A write of which the relay does not know whether it was carried out. */
const MISHAPS = [
  'error-after',
  'lost-after',
  // Its answer comes when nobody waits for it any more.
  'slow-after',
  // The same, and it is carried out only then.
  'late',
  'crash-after',
  // The object is cut off, and it is carried out much later.
  'cut-off',
  // D1 is away when that is to be remembered.
  'unkept',
  // It is not carried out.
  'error-before',
] as const
type Mishap = (typeof MISHAPS)[number]
const DELAYED = { late: 31_000, 'cut-off': 20_000 }
const isDelayed = (mishap: Mishap): mishap is keyof typeof DELAYED => mishap in DELAYED

const WRITE = /^(PATCH|POST|PUT|DELETE) (?!.*(Token|token|Webhook))/

/** Strikes the next write to this system; tells whether it has. */
function strikeNextWrite(
  { town }: Street,
  tenant: TownTenant,
  system: System,
  mishap: Mishap,
  write = WRITE,
): () => boolean {
  if (mishap === 'crash-after' || mishap === 'unkept') {
    let isStruck = false
    town.onCall = ({ host, method, path }) => {
      if (isStruck || !host.startsWith(system) || !write.test(`${method} ${path}`)) return
      isStruck = true
      if (mishap === 'crash-after') tenant.object.crash()
      else town.platform.d1.add({ name: 'fails', times: 4 })
    }
    return () => isStruck
  }
  const faults = system === 'tribe' ? town.tribe.faults : town.powerOffice.faults
  const fault = isDelayed(mishap)
    ? { name: 'slow-before' as const, delayMs: DELAYED[mishap] }
    : { name: mishap, delayMs: 45_000 }
  const active = faults.add({ ...fault, on: write, times: 1 })
  return () => {
    if (active.struck() > 0 && mishap === 'cut-off') tenant.object.crash()
    return active.struck() > 0
  }
}

/** What was done again meanwhile, a write that is carried out late does once more, in vain, and beside others. */
const violationsOf = ({ town }: Street, mishap: Mishap): string[] =>
  town.violations().filter((line) => !isDelayed(mishap) || !/needless|changes nothing|under way/.test(line))

/** What is entered before the relay tries again. */
const LAST = { 'put back': 2, 'changed on': 4, left: 3 } as const
interface Course {
  /** Where it is entered; the other one is written to. */
  from: System
  mishap: Mishap
  last: keyof typeof LAST
}

async function play(street: Street, given: Given, { from, mishap, last }: Course) {
  const { town } = street
  let pair!: Pair
  const tenant = await street.tenant({
    settings: { invoices: { enabled: false } },
    before: (one) => {
      pair = given(one)
      pair.inBooks((member) => member[2])
    },
  })
  const held = () => pair.members.map(([tribe, books]) => [pair.tribe(tribe), pair.books(books)])
  const saying = (n: 2 | 3 | 4) => pair.members.map((member) => [member[n], member[n]])
  expect(held()).toEqual(saying(2))
  const enter = (n: 2 | 3 | 4) => (from === 'tribe' ? pair.inTribe : pair.inBooks)((member) => member[n])
  const to = from === 'tribe' ? 'poweroffice' : 'tribe'
  const since = street.mark()
  const isStruck = strikeNextWrite(street, tenant, to, mishap)
  enter(3)
  if (from === 'poweroffice') void town.tick(PULL)
  expect(await town.timeline.runUntil(isStruck, 120_000, 50)).toBe(true)
  await town.timeline.run(300)
  if (last !== 'left') enter(LAST[last])
  await street.quiet()
  await street.tick(PULL, NIGHT, PULL)
  expect({ held: held(), writtenBack: street.writes(from, since) }).toEqual({
    held: saying(LAST[last]),
    writtenBack: [],
  })
  // Written in one go: what was not done and is not wanted any more, is not done. A second role has its own look at once.
  const isOfOneRole = street.links(tenant, 'customer').length + street.links(tenant, 'supplier').length < 2
  if (to === 'poweroffice' && last === 'put back' && mishap === 'error-before' && isOfOneRole)
    expect(street.writes(to, since)).toHaveLength(1)
  expect([tenant.problems(), violationsOf(street, mishap), town.bugs]).toEqual([[], [], []])
}

const LASTS = Object.keys(LAST) as (keyof typeof LAST)[]
const CASES = RECORDS.flatMap(([says, given], n) =>
  (['tribe', 'poweroffice'] as const).flatMap((from, m) =>
    MISHAPS.flatMap((mishap, k) =>
      LASTS.map((last, l) => ({ says, from, mishap, last, given, place: n + m + k + l })),
    ),
  ),
)

test.each(todays(CASES, 8, ({ place }) => place))(
  '$says is changed in $from, the write is "$mishap", and it is $last',
  ({ given, ...course }) => play(begin(), given, course),
)

/** From where to where, which of the writes on the way is in doubt, and where the person is before the relay tries again. */
const MOVES: readonly (readonly [from: Place, to: Place, write: RegExp])[] = [
  ['Nordlys AS', 'Fjord AS', /^PATCH .*ContactPersons/],
  ['Nordlys AS', 'Fjord AS', /^POST .*ContactPersons/],
  ['Nordlys AS', 'nowhere', /^PATCH .*ContactPersons/],
  ['nowhere', 'Nordlys AS', /^PATCH .*ContactPersons/],
]
const MOVED = MOVES.flatMap(([from, to, write], n) =>
  MISHAPS.flatMap((mishap, m) =>
    PLACES.map((last, k) => ({ from, to, write, mishap, last, place: n + m + k })),
  ),
)

test.each(todays(MOVED, 8, ({ place }) => place))(
  'a person goes from $from to $to, the write is "$mishap" ($write), and goes to $last before the next',
  async ({ from, to, mishap, write, last }) => {
    const street = begin()
    const { town } = street
    const ids: number[] = []
    const tenant = await street.tenant({
      settings: { invoices: { enabled: false } },
      before: ({ crm, books }) => {
        for (const Name of PLACES.slice(0, 3)) ids.push(books.hasCustomer({ Name }).Id)
        books.hasContactPerson(ids[0] ?? 0, { FirstName: 'Ada', LastName: 'Berg' })
        crm.hasLead({ organization: { Name: 'nowhere' } })
      },
    })
    const { crm, books } = tenant
    const contact = one(crm.contacts())
    const organizations = crm.all('Relation_Organization')
    const move = (place: Place) => {
      const there = organizations.find(({ Name }) => Name === place)
      crm.edit(idOf(contact), { Relation: { ID: idOf(there) } })
    }
    if (from !== 'Nordlys AS') {
      move(from)
      await street.quiet()
      await town.passMinutes(1)
    }
    const isStruck = strikeNextWrite(street, tenant, 'poweroffice', mishap, write)
    move(to)
    expect(await town.timeline.runUntil(isStruck, 120_000, 50)).toBe(true)
    await town.timeline.run(300)
    if (last !== to) move(last)
    await street.quiet()
    await street.tick(PULL, NIGHT, PULL)
    const active = () => books.contactPersons().filter(({ IsActive }) => IsActive)
    const home = ids[PLACES.indexOf(last)]
    expect(active().map(({ ContactId }) => ContactId)).toEqual(home === undefined ? [] : [home])
    // It is the one that goes on.
    crm.edit(idOf(contact.Person), { LastName: 'Dahl' })
    await street.quiet()
    expect(active().map(({ LastName }) => LastName)).toEqual(home === undefined ? [] : ['Dahl'])
    for (const { Id } of active()) books.editContactPerson(Id, { LastName: 'Lund' })
    await street.tick(PULL, NIGHT)
    expect(one(crm.contacts()).Person).toMatchObject({ LastName: home === undefined ? 'Dahl' : 'Lund' })
    expect(idOf(one(crm.contacts()).Relation)).toBe(idOf(organizations.find(({ Name }) => Name === last)))
    expect([tenant.problems(), violationsOf(street, mishap), town.bugs]).toEqual([[], [], []])
  },
)
