import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, type Street, useStreet } from './street'

/** A company that plays one role in Tribe gets the other as well, while nobody knows yet which contact of PowerOffice it is. */
const begin = useStreet()
const FEW = 12
const settings = { invoices: { enabled: false } }

interface Order {
  /** The role that is there, and the one that is given. */
  held: 'customer' | 'supplier'
  given: 'customer' | 'supplier'
}
const ORDERS: readonly Order[] = [
  { held: 'customer', given: 'supplier' },
  { held: 'supplier', given: 'customer' },
]
const NUMBER = { customer: 'DebtorNumber', supplier: 'CreditorNumber' } as const
const NUMBERED = { customer: 10_500, supplier: 20_500 } as const

const hasRole = (
  { crm }: TownTenant,
  role: Order['held'],
  given: Parameters<TownTenant['crm']['hasCustomer']>[0],
) => (role === 'customer' ? crm.hasCustomer(given) : crm.hasSupplier(given))
const hasContact = ({ books }: TownTenant, role: Order['held'], given: object): number =>
  (role === 'customer' ? books.hasCustomer(given) : books.hasSupplier(given)).Id
const makeAlso = ({ books }: TownTenant, role: Order['held'], id: number) =>
  role === 'customer' ? books.makeAlsoCustomer(id) : books.makeAlsoSupplier(id)
const contacts = ({ books }: TownTenant, role: Order['held']) =>
  role === 'customer' ? books.customers() : books.suppliers()
const roles = ({ crm }: TownTenant, role: Order['held']) =>
  role === 'customer' ? crm.customers() : crm.suppliers()

/** What both have, and says something else in either. */
interface Known {
  organizationId: string
  contactId: number
}
function known(tenant: TownTenant, { held }: Order): Known {
  const organization = {
    Name: 'Nordlys AS',
    PhoneNumber: '22 11 11 11',
    [NUMBER[held]]: String(NUMBERED[held]),
  }
  const { organizationId } = hasRole(tenant, held, { organization })
  // Others of its kind go before it.
  for (let n = 1; n <= FEW; n++) hasContact(tenant, held, { Name: `Fjord ${n} AS` })
  const contactId = hasContact(tenant, held, {
    Name: 'Nordlys AS',
    Number: NUMBERED[held],
    PhoneNumber: '22 99 99 99',
  })
  return { organizationId, contactId }
}

/** Does this as soon as PowerOffice has listed its customers to the first load. */
function inTheLoad({ town }: Street, act: () => void): void {
  let isDone = false
  town.watchers.push(({ method, path }) => {
    if (isDone || method !== 'GET' || !/^\/v2\/Customers\?/.test(path)) return
    isDone = true
    act()
  })
}

async function settle(street: Street): Promise<void> {
  await street.quiet()
  await street.town.passMinutes(20)
  await street.tick(PULL, NIGHT, PULL)
}

const linksOf = (street: Street, tenant: TownTenant, id: string | number) =>
  (['customer', 'supplier'] as const).flatMap((kind) =>
    street.links(tenant, kind).filter((link) => link.powerOfficeId === String(id)),
  )

test.each(ORDERS)(
  'in the midst of a first load, a $held gets the role of a $given in Tribe: both say what PowerOffice says',
  async (order) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const { organizationId, contactId } = known(tenant, order)
    inTheLoad(street, () => hasRole(tenant, order.given, { organizationId }))
    await street.activate(tenant)
    await settle(street)
    expect(contacts(tenant, order.given)).toMatchObject([{ Name: 'Nordlys AS', PhoneNumber: '22 99 99 99' }])
    expect(tenant.crm.get(organizationId)).toMatchObject({ PhoneNumber: '22 99 99 99' })
    expect(linksOf(street, tenant, contactId)).toMatchObject([{ state: 'linked' }])
    expect([street.links(tenant, order.given).length, roles(tenant, order.held).length]).toEqual([1, FEW + 1])
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(ORDERS)(
  'in the midst of a first load, a $held that is a $given too in PowerOffice gets that role in Tribe: it stays one contact',
  async (order) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const { organizationId, contactId } = known(tenant, order)
    makeAlso(tenant, order.given, contactId)
    inTheLoad(street, () => hasRole(tenant, order.given, { organizationId }))
    await street.activate(tenant)
    await settle(street)
    expect(contacts(tenant, order.given)).toMatchObject([{ Id: contactId }])
    expect(roles(tenant, order.given)).toHaveLength(1)
    expect(linksOf(street, tenant, contactId)).toMatchObject([{ state: 'linked' }, { state: 'linked' }])
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(ORDERS)(
  'in the midst of a first load, a bookkeeper makes a $held a $given, and a user does in Tribe: it stays one contact',
  async (order) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const { organizationId, contactId } = known(tenant, order)
    inTheLoad(street, () => {
      makeAlso(tenant, order.given, contactId)
      hasRole(tenant, order.given, { organizationId })
    })
    await street.activate(tenant)
    await settle(street)
    expect(contacts(tenant, order.given)).toMatchObject([{ Id: contactId }])
    expect(roles(tenant, order.given)).toHaveLength(1)
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(ORDERS)(
  'a bookkeeper makes a linked $held a $given, and a user does in Tribe before the next poll: it stays one contact',
  async (order) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const { organizationId, contactId } = known(tenant, order)
    await street.activate(tenant)
    await street.town.passMinutes(20)
    makeAlso(tenant, order.given, contactId)
    hasRole(tenant, order.given, { organizationId })
    await settle(street)
    expect(contacts(tenant, order.given)).toMatchObject([{ Id: contactId }])
    expect(roles(tenant, order.given)).toHaveLength(1)
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(ORDERS)(
  'in the midst of a first load, a bookkeeper makes a $held a $given: Tribe gets the role, once',
  async (order) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const { organizationId, contactId } = known(tenant, order)
    inTheLoad(street, () => makeAlso(tenant, order.given, contactId))
    await street.activate(tenant)
    await settle(street)
    expect(roles(tenant, order.given)).toMatchObject([{ Organization: { ID: organizationId } }])
    expect(roles(tenant, order.held)).toHaveLength(FEW + 1)
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(ORDERS)(
  'in the midst of a first load, the event is lost that a $held got the role of a $given: the poll after it finds that',
  async (order) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const { organizationId, contactId } = known(tenant, order)
    inTheLoad(street, () => hasRole(tenant, order.given, { organizationId, silent: true }))
    await street.activate(tenant)
    await settle(street)
    expect(contacts(tenant, order.given)).toMatchObject([{ PhoneNumber: '22 99 99 99' }])
    expect(linksOf(street, tenant, contactId)).toMatchObject([{ state: 'linked' }])
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(ORDERS)(
  'which of two of a number the $held is waits for a person: the $given that one of them becomes does not wait',
  async (order) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const { organizationId } = known(tenant, order)
    hasRole(tenant, order.held, {
      organization: { Name: 'Solberg AS', [NUMBER[order.held]]: `0${NUMBERED[order.held]}` },
    })
    inTheLoad(street, () => hasRole(tenant, order.given, { organizationId }))
    await street.activate(tenant)
    await settle(street)
    expect(contacts(tenant, order.given)).toMatchObject([{ PhoneNumber: '22 11 11 11' }])
    // By its name one of them is it, and says by now what the other contact says.
    expect([street.codes(tenant), street.town.violations()]).toEqual([
      ['relation.ambiguous', 'relation.two_contacts'],
      [],
    ])
  },
)

test.each(ORDERS)(
  'the same of a contact that is a $given too: nothing is made in either system, and a person says which it is',
  async (order) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const { organizationId, contactId } = known(tenant, order)
    makeAlso(tenant, order.given, contactId)
    hasRole(tenant, order.held, {
      organization: { Name: 'Solberg AS', [NUMBER[order.held]]: `0${NUMBERED[order.held]}` },
    })
    inTheLoad(street, () => hasRole(tenant, order.given, { organizationId }))
    await street.activate(tenant)
    await settle(street)
    expect(contacts(tenant, order.given)).toMatchObject([{ Id: contactId }])
    expect(roles(tenant, order.given)).toMatchObject([{ Organization: { ID: organizationId } }])
    expect(new Set(street.codes(tenant))).toEqual(new Set(['relation.ambiguous']))
    const [role] = roles(tenant, order.held) as { ID: string; Organization: { ID: string } }[]
    expect(role?.Organization.ID).toBe(organizationId)
    const which = { kind: order.held, tribeId: role?.ID, powerOfficeId: String(contactId) }
    await street.town.waitFor(tenant.api('POST', '/records/relink', which))
    await street.quiet()
    await street.town.waitFor(tenant.api('POST', '/jobs/retry', {}))
    await settle(street)
    expect(linksOf(street, tenant, contactId)).toMatchObject([{ state: 'linked' }, { state: 'linked' }])
    expect(contacts(tenant, order.given)).toHaveLength(1)
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(ORDERS)(
  'a $held that Tribe knows by its number, and that is a $given too in PowerOffice, gets that role from the first load',
  async (order) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const { organizationId, contactId } = known(tenant, order)
    makeAlso(tenant, order.given, contactId)
    await street.activate(tenant)
    await settle(street)
    expect(roles(tenant, order.given)).toMatchObject([{ Organization: { ID: organizationId } }])
    expect([roles(tenant, order.held).length, contacts(tenant, order.given).length]).toEqual([FEW + 1, 1])
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(ORDERS)(
  'the answer is lost to the create of a $given that a linked $held is made, without an address that PowerOffice does not take: nothing else is told',
  async (order) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const { organizationId } = known(tenant, order)
    await street.activate(tenant)
    tenant.crm.edit(organizationId, { EmailAddress: 'post.nordlys' })
    await street.quiet()
    street.town.powerOffice.faults.add({ name: 'error-after', on: /POST .*(Customers|Suppliers)/, times: 1 })
    hasRole(tenant, order.given, { organizationId })
    await settle(street)
    expect(contacts(tenant, order.given)).toMatchObject([{ PhoneNumber: '22 99 99 99' }])
    expect(new Set(street.codes(tenant))).toEqual(new Set(['relation.email_invalid']))
    expect(street.town.violations()).toEqual([])
  },
)

test.each(
  ORDERS.flatMap((order) => [
    { ...order, where: 'Tribe' },
    { ...order, where: 'PowerOffice' },
  ]),
)(
  'the answer is lost to the create of a $given that a linked $held is made, and it is edited in $where before the next try: it is still ours',
  async ({ where, ...order }) => {
    const street = begin()
    const tenant = await street.connected({ settings })
    const { organizationId } = known(tenant, order)
    await street.activate(tenant)
    street.town.powerOffice.faults.add({ name: 'error-after', on: /POST .*(Customers|Suppliers)/, times: 1 })
    const edited = { PhoneNumber: '22 55 55 55' }
    street.town.watchers.push(({ method, path, status }) => {
      if (method !== 'POST' || !/(Customers|Suppliers)/.test(path) || status !== 500) return
      const [made] = contacts(tenant, order.given)
      if (where === 'Tribe') tenant.crm.edit(organizationId, edited)
      else if (order.given === 'customer') tenant.books.editCustomer(made?.Id ?? 0, edited)
      else tenant.books.editSupplier(made?.Id ?? 0, edited)
    })
    hasRole(tenant, order.given, { organizationId })
    // Nothing but the next try: a poll that comes later may find the same in another way.
    await street.quiet()
    const [made, ...others] = contacts(tenant, order.given)
    expect([linksOf(street, tenant, made?.Id ?? 0), others]).toMatchObject([[{ state: 'linked' }], []])
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
    await settle(street)
    expect([contacts(tenant, order.given), tenant.crm.get(organizationId)]).toMatchObject([[edited], edited])
  },
)

test.each(ORDERS)(
  'the answer is lost to the create of a $held in Tribe, relations are off for a while, and the contact becomes a $given meanwhile: it is one organisation, and says what was edited last',
  async ({ held, given }) => {
    const street = begin()
    const { town } = street
    const tenant = await street.tenant({ settings: { ...settings, conflictPolicy: 'newest' } })
    const { crm, books } = tenant
    const setOn = (enabled: boolean) =>
      town.waitFor(tenant.api('PATCH', '/settings', { relations: { enabled } }))
    const id = hasContact(tenant, held, { Name: 'Nordlys AS', PhoneNumber: '22 00 00 01' })
    let isMade = false
    town.watchers.push(({ method, path, status }) => {
      if (isMade || method !== 'POST' || !/Relationship_Organization/.test(path) || status !== 500) return
      isMade = true
      void tenant.api('PATCH', '/settings', { relations: { enabled: false } })
    })
    town.tribe.faults.add({ name: 'error-after', on: /^POST .*Relationship_Organization/, times: 1 })
    await street.tick(PULL)
    expect(isMade).toBe(true)
    await town.passMinutes(15)
    await street.quiet()
    makeAlso(tenant, given, id)
    const edited = { PhoneNumber: '22 55 55 55' }
    if (given === 'customer') books.editCustomer(id, edited)
    else books.editSupplier(id, edited)
    await town.passMinutes(1)
    await setOn(true)
    await street.tick(NIGHT, PULL, NIGHT)
    expect(crm.all('Relation_Organization').filter(({ Name }) => Name === 'Nordlys AS')).toMatchObject([
      edited,
    ])
    expect(contacts(tenant, held)).toMatchObject([edited])
    expect(linksOf(street, tenant, id)).toMatchObject([{ state: 'linked' }, { state: 'linked' }])
    expect([tenant.problems(), town.violations()]).toEqual([[], []])
  },
)
