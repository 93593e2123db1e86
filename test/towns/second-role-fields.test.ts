import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { todays } from '../seeds/day'
import { NIGHT, PULL, type Street, useStreet } from './street'

/**
 * What lies on an organisation of Tribe's shows at each of its roles. It is emptied and changed, in either system, around
 * the moment at which the company gets its second role: in the end both systems say what was entered last, at each role.
 */
const begin = useStreet()
const settings = { invoices: { enabled: false } }

type Role = 'customer' | 'supplier'
type System = 'tribe' | 'powerOffice'
type Told = 'event' | 'poll'
type When = 'before' | 'right after' | 'in the midst of' | 'long after'
type Edit = 'emptied' | 'changed'

/** As Tribe calls it and as PowerOffice does; `ofCustomer`: no supplier has it there. */
const FIELDS = {
  Name: { there: 'Name', ofCustomer: false, values: ['Nordlys', 'Polarlys'] },
  Website: { there: 'WebsiteUrl', ofCustomer: false, values: ['https://a.example', 'https://b.example'] },
  EmailAddress: { there: 'EmailAddress', ofCustomer: false, values: ['a@post.example', 'b@post.example'] },
  PhoneNumber: { there: 'PhoneNumber', ofCustomer: false, values: ['22 11 11 11', '22 99 99 99'] },
  VATNumber: { there: 'OrganizationNumber', ofCustomer: false, values: ['914778271', '923609016'] },
  FinancialEmailAddress: {
    there: 'InvoiceEmailAddress',
    ofCustomer: true,
    values: ['faktura@a.example', 'faktura@b.example'],
  },
  Extra: { there: 'AddressLine2', ofCustomer: false, values: ['Oppgang A', 'Oppgang B'] },
} as const
type Field = keyof typeof FIELDS
const NAMES = Object.keys(FIELDS) as Field[]

/** One company, and the one thing that happens to it. */
interface Company {
  field: Field
  edit: Edit
  side: System
  /** How the relay hears of what happens in Tribe: by its event, or the event is lost and a poll finds it. */
  told: Told
  organizationId: string
  contactId: number
}

interface Course {
  held: Role
  /** Where the second role is given. */
  where: System
}
const COURSES: readonly Course[] = (['customer', 'supplier'] as const).flatMap((held) =>
  (['tribe', 'powerOffice'] as const).map((where) => ({ held, where })),
)
const NUMBER = { customer: 'DebtorNumber', supplier: 'CreditorNumber' } as const
const enteredIn = ({ field, edit }: Company): string | null =>
  edit === 'emptied' ? null : FIELDS[field].values[1]

const ADDRESS = { Street: 'Storgata', HouseNumber: 4, Postalcode: '7010', City: 'Trondheim', Country: 'NO' }

function inBoth(
  { crm, books }: TownTenant,
  held: Role,
  n: number,
): [organizationId: string, contactId: number] {
  const first = Object.fromEntries(NAMES.map((name) => [name, FIELDS[name].values[0]])) as Record<
    Field,
    string
  >
  const { Extra, ...organization } = first
  const number = (held === 'customer' ? 10_500 : 20_500) + n
  const given = {
    organization: { ...organization, Name: `Nordlys ${n}`, [NUMBER[held]]: String(number) },
    invoiceAddress: { ...ADDRESS, Extra },
  }
  const fields = {
    Name: `Nordlys ${n}`,
    Number: number,
    WebsiteUrl: first.Website,
    EmailAddress: first.EmailAddress,
    PhoneNumber: first.PhoneNumber,
    OrganizationNumber: first.VATNumber,
    MailAddress: {
      AddressLine1: 'Storgata 4',
      AddressLine2: Extra,
      ZipCode: '7010',
      City: 'Trondheim',
      CountryCode: 'NO',
    },
  }
  const { organizationId } = held === 'customer' ? crm.hasCustomer(given) : crm.hasSupplier(given)
  const { Id } =
    held === 'customer'
      ? books.hasCustomer({ ...fields, InvoiceEmailAddress: first.FinancialEmailAddress })
      : books.hasSupplier(fields)
  return [organizationId, Id]
}

/** One company for each thing that can be entered; a name is never emptied. Of every other one events are lost. */
function companiesIn(tenant: TownTenant, held: Role, firstTold: Told): Company[] {
  return NAMES.flatMap((field) =>
    (['emptied', 'changed'] as const).flatMap((edit) =>
      (['tribe', 'powerOffice'] as const).map((side) => ({ field, edit, side })),
    ),
  )
    .filter(({ field, edit }) => field !== 'Name' || edit !== 'emptied')
    .map((one, n): Company => {
      const [organizationId, contactId] = inBoth(tenant, held, n)
      const told = (n + Math.floor(n / 2)) % 2 === 0 ? firstTold : otherWay(firstTold)
      return { ...one, told, organizationId, contactId }
    })
}

const otherWay = (told: Told): Told => (told === 'event' ? 'poll' : 'event')

/** Somebody enters it; false where that system has no place for it yet. */
function enter({ crm, books }: TownTenant, company: Company): boolean {
  const { field, side, told, organizationId, contactId } = company
  const value = enteredIn(company)
  const silent = told === 'poll'
  if (side === 'tribe') {
    if (field === 'Extra') crm.editAddress(organizationId, 'InvoiceAddress', { Extra: value }, { silent })
    else crm.edit(organizationId, { [field]: value }, { silent })
    return true
  }
  const contact = books.contacts.find(contactId)
  const { there, ofCustomer } = FIELDS[field]
  if (ofCustomer && !contact?.customer) return false
  if (field === 'Extra') books.editMailAddress(contactId, { [there]: value })
  else if (contact?.customer) books.editCustomer(contactId, { [there]: value })
  else books.editSupplier(contactId, { [there]: value })
  return true
}

function give({ crm, books }: TownTenant, { held, where }: Course, company: Company): void {
  const { told, organizationId, contactId } = company
  const given = { organizationId, silent: told === 'poll' }
  if (where === 'powerOffice') {
    if (held === 'customer') books.makeAlsoSupplier(contactId)
    else books.makeAlsoCustomer(contactId)
  } else if (held === 'customer') crm.hasSupplier(given)
  else crm.hasCustomer(given)
}

async function settle(street: Street): Promise<void> {
  await street.quiet()
  await street.town.passMinutes(20)
  await street.tick(PULL, NIGHT, PULL)
}

/** Does this when the relay makes the second role of a company in the other system. */
function whileMade(
  { town }: Street,
  { where }: Course,
  companies: readonly Company[],
  act: (company: Company) => void,
) {
  const waiting = new Set(companies)
  town.watchers.push(({ method, path, body }) => {
    if (method !== 'POST') return
    for (const company of waiting) {
      const isIt =
        where === 'powerOffice'
          ? body.includes(company.organizationId)
          : /^\/v2\/(Customers|Suppliers)$/.test(path) &&
            body.includes(`"Nordlys ${companies.indexOf(company)}"`)
      if (!isIt) continue
      waiting.delete(company)
      act(company)
    }
  })
  return waiting
}

type Json = Record<string, unknown>
const organizationOf = (role: Json) => (role.Organization as Json | undefined)?.ID

/** What is said of it everywhere: in Tribe, and of each contact of its own in PowerOffice. */
function saidOf(street: Street, tenant: TownTenant, { field, organizationId }: Company): Json {
  const { crm, books } = tenant
  const { there, ofCustomer } = FIELDS[field]
  const organization = crm.get(organizationId, 'InvoiceAddress') as Json
  const at = (role: Role) => {
    const roles = (role === 'customer' ? crm.customers() : crm.suppliers()) as Json[]
    const mine = roles.filter((one) => organizationOf(one) === organizationId).map(({ ID }) => ID)
    const ids = street
      .links(tenant, role)
      .flatMap((link) => (mine.includes(link.tribeId) ? [link.powerOfficeId] : []))
    if (ids.length !== 1) return `${mine.length} roles, ${ids.length} links`
    const contact = (
      role === 'customer' ? books.customer(Number(ids[0])) : books.supplier(Number(ids[0]))
    ) as Json
    return (field === 'Extra' ? (contact.MailAddress as Json)[there] : contact[there]) ?? null
  }
  return {
    tribe: (field === 'Extra' ? (organization.InvoiceAddress as Json).Extra : organization[field]) ?? null,
    customer: at('customer'),
    ...(ofCustomer ? {} : { supplier: at('supplier') }),
  }
}

const named = ({ field, edit, side, told }: Company) => `${field} ${edit} in ${side}, by ${told}`

const CASES = COURSES.flatMap((course, n) =>
  (['before', 'right after', 'in the midst of', 'long after'] as const).map((when, m) => ({
    ...course,
    place: n + m,
    when,
    told: (n + m) % 2 === 0 ? ('event' as const) : ('poll' as const),
  })),
)

test.each(todays(CASES, 2, ({ place }) => place))(
  'a $held gets its second role in $where, and each field is entered $when that',
  async ({ when, told, ...course }) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const companies = companiesIn(tenant, course.held, told)
    await street.activate(tenant)
    const entered = new Set<Company>()
    const act = (company: Company) => {
      if (enter(tenant, company)) entered.add(company)
    }
    const missed = when === 'in the midst of' ? whileMade(street, course, companies, act) : new Set()
    for (const company of companies) {
      if (when === 'before') act(company)
      give(tenant, course, company)
      if (when === 'right after') act(company)
    }
    await settle(street)
    if (when === 'long after') {
      for (const company of companies) act(company)
      await settle(street)
    }
    const said = companies.map((one) => [named(one), saidOf(street, tenant, one)])
    expect(Object.fromEntries(said)).toEqual(
      Object.fromEntries(companies.map((one) => [named(one), wanted(one, course, entered.has(one), when)])),
    )
    expect([missed.size, tenant.problems(), street.town.violations()]).toEqual([0, [], []])
  },
)

test.each(COURSES)(
  'in the midst of a first load, a $held gets its second role in $where, and each field is entered just then: all say the same',
  async (course) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const companies = companiesIn(tenant, course.held, 'event')
    let isDone = false
    street.town.watchers.push(({ method, path }) => {
      if (isDone || method !== 'GET' || !/^\/v2\/Customers\?/.test(path)) return
      isDone = true
      for (const [n, company] of companies.entries()) {
        if (n % 2 === 0) enter(tenant, company)
        give(tenant, course, company)
        if (n % 2 === 1) enter(tenant, company)
      }
    })
    await street.activate(tenant)
    await settle(street)
    for (const company of companies) {
      const values = Object.values(saidOf(street, tenant, company))
      const [first] = values
      const either = [
        `Nordlys ${companies.indexOf(company)}`,
        FIELDS[company.field].values[0],
        enteredIn(company),
      ]
      // Who was seen first is chance: what was entered before both were tied is what the policy makes of it.
      expect([named(company), values]).toEqual([named(company), values.map(() => first)])
      expect(either, named(company)).toContain(first)
    }
    expect([isDone, tenant.problems(), street.town.violations()]).toEqual([true, [], []])
  },
)

/** What each says in the end. */
function wanted(company: Company, { held }: Course, isEntered: boolean, when: When): Json {
  const { field, edit, side } = company
  const { values, ofCustomer } = FIELDS[field]
  // What was never filled there was not emptied: Tribe's own is seen there, once both are one.
  const isNoEdit =
    ofCustomer && held === 'supplier' && side === 'powerOffice' && edit === 'emptied' && when !== 'long after'
  const value = isEntered && !isNoEdit ? enteredIn(company) : values[0]
  return { tribe: value, customer: value, ...(ofCustomer ? {} : { supplier: value }) }
}
