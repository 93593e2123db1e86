import { afterEach, expect, test } from 'vitest'
import { DEFAULTS } from './filling'
import { NIGHT, PULL, Street } from './street'

let street: Street
afterEach(() => street.town.platform.close())

/** A contact person of the first of two companies, in both systems; `moves`: to the second, in Tribe. */
async function adaAtNordlys(seed: number, settings: object = {}, defaults = {}) {
  street = new Street(seed)
  const ids: number[] = []
  const tenant = await street.tenant({
    settings: { invoices: { enabled: false }, ...settings },
    tribe: { defaults },
    before: ({ books }) => {
      for (const Name of ['Nordlys AS', 'Fjord AS']) ids.push(books.hasCustomer({ Name }).Id)
      books.hasContactPerson(ids[0] ?? 0, { FirstName: 'Ada', LastName: 'Berg', PhoneNumber: '22 00 00 78' })
    },
  })
  const { crm } = tenant
  const [contact] = crm.contacts() as { ID: string; Person: { ID: string } }[]
  const organizations = crm.customers().map((one) => one.Organization as { ID: string; Name: string })
  const fjord = organizations.find(({ Name }) => Name === 'Fjord AS')
  const moves = () => crm.edit(String(contact?.ID), { Relation: { ID: String(fjord?.ID) } })
  return { tenant, ids, contact, moves }
}

test('a contact person who goes to a company that is not synced, and is renamed in the same breath, is hidden under the new name', async () => {
  street = new Street(3)
  const tenant = await street.tenant({ settings: { invoices: { enabled: false } } })
  const { crm, books } = tenant
  const { organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
  const person = { FirstName: 'Ada', LastName: 'Berg' }
  const { contactId, personId } = crm.hasContact({ organizationId, person })
  const lead = crm.hasLead({ organization: { Name: 'Fjord AS' } })
  await street.quiet()
  crm.edit(personId, { FirstName: 'Åse', LastName: 'Dahl' }, { silent: true })
  crm.edit(contactId, { Relation: { ID: lead.organizationId } })
  await street.quiet()
  const names = () =>
    books.contactPersons().map(({ FirstName, LastName, IsActive }) => [FirstName, LastName, IsActive])
  expect(names()).toEqual([['Åse', 'Dahl', false]])
  // One whom only the next poll tells of changes there as well.
  crm.edit(personId, { LastName: 'Lund' })
  await street.quiet()
  expect([names(), tenant.problems()]).toEqual([[['Åse', 'Lund', false]], []])
})

test('a person whose new company is deleted in PowerOffice is not tied to the one that was hidden at the old', async () => {
  const { tenant, ids, contact, moves } = await adaAtNordlys(4)
  const { crm, books } = tenant
  moves()
  await street.quiet()
  const people = () =>
    books.contactPersons().map(({ ContactId, LastName, IsActive }) => [ContactId, LastName, IsActive])
  expect(people()).toEqual([
    [ids[0], 'Berg', false],
    [ids[1], 'Berg', true],
  ])
  books.deleteCustomer(ids[1] ?? 0)
  crm.edit(String(contact?.Person.ID), { LastName: 'Dahl' })
  await street.quiet()
  await street.tick(PULL, NIGHT, PULL)
  expect(people()).toEqual([[ids[0], 'Berg', false]])
  expect(street.links(tenant, 'contactPerson')).toMatchObject([{ state: 'poweroffice-gone' }])
  expect(tenant.problems()).toEqual([])
})

test('what Tribe has filled in of a person by itself does not go along to the new company', async () => {
  street = new Street(5)
  const ids: number[] = []
  const tenant = await street.tenant({
    settings: { invoices: { enabled: false } },
    tribe: { defaults: { 'Relationship_Person_Contact.PhoneNumber': '00' } },
    before: ({ books }) => {
      for (const Name of ['Nordlys AS', 'Fjord AS']) ids.push(books.hasCustomer({ Name }).Id)
      books.hasContactPerson(ids[0] ?? 0, {
        FirstName: 'Ada',
        LastName: 'Berg',
        EmailAddress: 'a@post.example',
      })
    },
  })
  const { crm, books } = tenant
  const [contact] = crm.contacts()
  expect(contact).toMatchObject({ PhoneNumber: '00' })
  const [fjord] = crm.all('Relation_Organization').filter(({ Name }) => Name === 'Fjord AS')
  crm.edit(String(contact?.ID), { Relation: { ID: String(fjord?.ID) } })
  await street.quiet()
  await street.tick(PULL, NIGHT)
  expect(books.contactPersons(ids[1])).toMatchObject([
    { FirstName: 'Ada', LastName: 'Berg', EmailAddress: 'a@post.example', PhoneNumber: null },
  ])
  expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
})

test('nor does what was taken back: each side keeps its own', async () => {
  const { tenant, ids, moves } = await adaAtNordlys(4, { keepBefore: { days: 5 } }, DEFAULTS)
  const { crm, books } = tenant
  await street.tick(PULL)
  books.editContactPerson(Number(books.contactPersons()[0]?.Id), { PhoneNumber: '99 88 77 66' })
  await street.tick(PULL)
  const [entry] = street.town.platform.database
    .prepare("select id as entryId, kind, tribe_id as tribeId from timeline where event = 'updated-tribe'")
    .all()
  await street.town.waitFor(tenant.api('POST', '/records/undo', { ...entry }))
  await street.quiet()
  const inTribe = { EmailAddress: 'ukjent@example.com', PhoneNumber: '22 00 00 78' }
  expect(crm.contacts()).toMatchObject([inTribe])
  moves()
  await street.quiet()
  await street.tick(PULL, NIGHT, PULL)
  expect(crm.contacts()).toMatchObject([inTribe])
  expect(books.contactPersons()).toMatchObject([
    { ContactId: ids[0], IsActive: false },
    { ContactId: ids[1], EmailAddress: null, PhoneNumber: '99 88 77 66' },
  ])
  crm.edit(String(crm.contacts()[0]?.ID), { EmailAddress: 'ada@fjord.example' })
  await street.quiet()
  expect(books.contactPersons()[1]).toMatchObject({ EmailAddress: 'ada@fjord.example' })
  expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
})

type Who = 'a user of Tribe' | 'a bookkeeper'
type Edit = readonly [who: Who, when: 'before' | 'since', n: number]
const TRIBE = 'a user of Tribe'
const BOOKS = 'a bookkeeper'

/** What is edited just before the person is made at the new company, and between that and the next look. */
const EDITS: readonly (readonly [says: string, edits: readonly Edit[], last: number])[] = [
  ['nobody', [], 0],
  ['in Tribe before', [[TRIBE, 'before', 1]], 1],
  ['in PowerOffice before', [[BOOKS, 'before', 1]], 1],
  ['in Tribe since', [[TRIBE, 'since', 1]], 1],
  ['in PowerOffice since', [[BOOKS, 'since', 1]], 1],
  [
    'in Tribe before, and put back since',
    [
      [TRIBE, 'before', 1],
      [TRIBE, 'since', 0],
    ],
    0,
  ],
  [
    'in PowerOffice before, and put back since',
    [
      [BOOKS, 'before', 1],
      [BOOKS, 'since', 0],
    ],
    0,
  ],
  [
    'in Tribe before, and again since',
    [
      [TRIBE, 'before', 1],
      [TRIBE, 'since', 2],
    ],
    2,
  ],
  [
    'in PowerOffice before, and again since',
    [
      [BOOKS, 'before', 1],
      [BOOKS, 'since', 2],
    ],
    2,
  ],
  [
    'in Tribe before, and in PowerOffice since',
    [
      [TRIBE, 'before', 1],
      [BOOKS, 'since', 2],
    ],
    2,
  ],
  // Both changed it, and the policy decides.
  [
    'in PowerOffice before, and in Tribe since',
    [
      [BOOKS, 'before', 1],
      [TRIBE, 'since', 2],
    ],
    1,
  ],
  [
    'on both sides since',
    [
      [TRIBE, 'since', 1],
      [BOOKS, 'since', 2],
    ],
    2,
  ],
]
const KINDS = [
  ['a telephone number', (n: number) => ({ PhoneNumber: `22 00 00 7${n}` })],
  ['a last name', (n: number) => ({ LastName: `Berg${'en'.repeat(n)}` })],
] as const

test.each(
  EDITS.flatMap(([says, edits, last]) =>
    KINDS.map(([what, fields]) => [says, what, edits, fields(last), fields] as const),
  ),
)(
  'a person who was made at the new company by a run that never heard of it; edited %s: %s',
  async (_, __, edits, wanted, fields) => {
    const { tenant, ids, contact, moves } = await adaAtNordlys(5)
    const { crm, books } = tenant
    const recordId = String('LastName' in wanted ? contact?.Person.ID : contact?.ID)
    const edit = (when: Edit[1]) => {
      const [now] = books.contactPersons().filter(({ IsActive }) => IsActive)
      for (const [who, at, n] of edits) {
        if (at !== when) continue
        if (who === TRIBE) crm.edit(recordId, fields(n), { silent: when === 'before' })
        else books.editContactPerson(Number(now?.Id), fields(n))
      }
    }
    // Where it begins.
    crm.edit(recordId, fields(0))
    await street.quiet()
    await street.town.passMinutes(1)
    street.town.powerOffice.faults.add({ name: 'lost-after', on: /^POST .*ContactPersons/ })
    edit('before')
    moves()
    await street.town.timeline.run(1500)
    const people = () => books.contactPersons().map(({ ContactId, IsActive }) => [ContactId, IsActive])
    const madeAnew = [
      [ids[0], false],
      [ids[1], true],
    ]
    expect(people()).toEqual(madeAnew)
    edit('since')
    await street.quiet()
    await street.tick(PULL, NIGHT, PULL)
    expect(people()).toEqual(madeAnew)
    expect(books.contactPersons().filter(({ IsActive }) => IsActive)).toMatchObject([wanted])
    expect(crm.get(recordId)).toMatchObject(wanted)
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)
