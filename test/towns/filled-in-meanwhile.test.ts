import { expect, test } from 'vitest'
import { OWN, OWN_FIELDS, OWN_ROWS } from '../converge/own'
import type { TribeOptions } from '../fakes/tribe'
import type { TownTenant } from '../platform/town'
import { todays } from '../seeds/day'
import { at, expectCalm, type Json } from './filling'
import { NIGHT, PULL, type Street, useStreet } from './street'

/**
 * What Tribe fills in of a field that is not mapped or switched off then: once the field is compared, that is nobody's value,
 * in what the relay made there. It neither fills PowerOffice nor takes the place of what PowerOffice says.
 */

const begin = useStreet(9)

const ROLE = 'Relationship_Organization_CommercialRelationship'
const DEFAULTS: TribeOptions['defaults'] = {
  [`${ROLE}.PaymentTermInDays`]: 30,
  'Relationship_Person_CommercialRelationship.PaymentTermInDays': 30,
  [`Relation_Organization.${OWN.reason}`]: 'Ukjent',
  [`Relation_Organization.${OWN.scan}`]: 'Ukjent',
  [`${ROLE}_Customer.${OWN.rate}`]: 0.125,
  [`Relation_Person.${OWN.title}`]: 'Ukjent',
  [`Product.${OWN.gtin}`]: '000',
}

interface Field {
  kind: string
  /** As PowerOffice calls it, and where Tribe holds it, with what it fills in. */
  books: string
  crm: string
  filled: unknown
  /** What users enter. */
  entered: unknown
  /** In PowerOffice; and in Tribe. */
  make(tenant: TownTenant, n: number): number
  makeInTribe(tenant: TownTenant, n: number): void
  rows(tenant: TownTenant): Json[]
  edit(tenant: TownTenant, id: number, fields: Json): void
  /** Of the record in Tribe. */
  here(tenant: TownTenant): Json[]
  nameIn: string
}

const customers = {
  kind: 'customer',
  make: ({ books }: TownTenant, n: number) =>
    books.hasCustomer({ Name: `Nordlys ${n} AS`, PaymentTerm: null }).Id,
  makeInTribe: ({ crm }: TownTenant, n: number) =>
    void crm.hasCustomer({ organization: { Name: `Nordlys ${n} AS` } }),
  rows: ({ books }: TownTenant) => books.customers() as unknown as Json[],
  edit: ({ books }: TownTenant, id: number, fields: Json) => void books.editCustomer(id, fields),
  here: ({ crm }: TownTenant) => crm.customers() as unknown as Json[],
  nameIn: 'Organization.Name',
}
const suppliers = {
  kind: 'supplier',
  make: ({ books }: TownTenant, n: number) => books.hasSupplier({ Name: `Nordlys ${n} AS` }).Id,
  makeInTribe: ({ crm }: TownTenant, n: number) =>
    void crm.hasSupplier({ organization: { Name: `Nordlys ${n} AS` } }),
  rows: ({ books }: TownTenant) => books.suppliers() as unknown as Json[],
  edit: ({ books }: TownTenant, id: number, fields: Json) => void books.editSupplier(id, fields),
  here: ({ crm }: TownTenant) => crm.suppliers() as unknown as Json[],
  nameIn: 'Organization.Name',
}
const privates = {
  ...customers,
  make: ({ books }: TownTenant, n: number) =>
    books.hasCustomer({ IsPerson: true, FirstName: `Kari ${n}`, LastName: 'Haugen', PaymentTerm: null }).Id,
  makeInTribe: ({ crm }: TownTenant, n: number) =>
    void crm.hasPrivateCustomer({ person: { FirstName: `Kari ${n}`, LastName: 'Haugen' } }),
  here: ({ crm }: TownTenant) => crm.privateCustomers() as unknown as Json[],
  nameIn: 'Person.FirstName',
}
const contacts = {
  kind: 'contactPerson',
  make: ({ books }: TownTenant, n: number) => {
    const company = books.customers()[0] ?? books.hasCustomer({ Name: 'Nordlys AS' })
    return books.hasContactPerson(company.Id, { FirstName: `Ola ${n}`, LastName: 'Lund' }).Id
  },
  makeInTribe: ({ crm }: TownTenant, n: number) => {
    const organizationId = String(at(crm.customers()[0], 'Organization.ID'))
    crm.hasContact({ organizationId, person: { FirstName: `Ola ${n}`, LastName: 'Lund' } })
  },
  rows: ({ books }: TownTenant) => books.contactPersons() as unknown as Json[],
  edit: ({ books }: TownTenant, id: number, fields: Json) => void books.editContactPerson(id, fields),
  here: ({ crm }: TownTenant) => crm.contacts() as unknown as Json[],
  nameIn: 'Person.FirstName',
}
const products = {
  kind: 'product',
  make: ({ books }: TownTenant, n: number) => books.hasProduct({ Code: `k-${n}`, Name: `Lampe ${n}` }).Id,
  makeInTribe: ({ crm }: TownTenant, n: number) => void crm.hasProduct({ Name: `Lampe ${n}` }),
  rows: ({ books }: TownTenant) => books.products() as unknown as Json[],
  edit: ({ books }: TownTenant, id: number, fields: Json) => void books.editProduct(id, fields),
  here: ({ crm }: TownTenant) => crm.products() as unknown as Json[],
  nameIn: 'Name',
}
const term = { books: 'PaymentTerm', crm: 'PaymentTermInDays', filled: 30, entered: 45 }
const text = (books: string, crm: string, filled = 'Ukjent') => ({ books, crm, filled, entered: 'Sagt' })
const FIELDS: Field[] = [
  { ...customers, ...term },
  { ...privates, ...term },
  { ...customers, ...text('JobStopReason', `Organization.${OWN.reason}`) },
  { ...customers, books: 'BillableRate', crm: OWN.rate, filled: 0.125, entered: 12.5 },
  { ...suppliers, ...text('ScanId', `Organization.${OWN.scan}`) },
  { ...contacts, ...text('Title', `Person.${OWN.title}`) },
  { ...products, ...text('Gtin', OWN.gtin, '000') },
]

class Scene {
  constructor(
    readonly street: Street,
    readonly tenant: TownTenant,
    readonly field: Field,
  ) {}
  async turn(isOn: boolean): Promise<void> {
    const { tenant, street } = this
    await street.town.waitFor(tenant.api('PUT', '/fields', { mapped: isOn ? OWN_ROWS : [] }))
    const relations = { financialFields: isOn }
    await street.town.waitFor(tenant.api('PATCH', '/settings', { relations }))
    await street.quiet()
    await street.town.passMinutes(20)
    await street.tick(PULL, NIGHT, PULL)
  }
  async make(n: number): Promise<number> {
    const id = this.field.make(this.tenant, n)
    await this.street.town.passMinutes(2)
    await this.street.tick(PULL, PULL)
    await this.street.town.passMinutes(2)
    return id
  }
  /** The value of one of them in Tribe and in PowerOffice. */
  held(id: number): [unknown, unknown] {
    const there = this.field.rows(this.tenant).find(({ Id }) => Id === id)
    return [at(this.role(id), this.field.crm), there?.[this.field.books] ?? null]
  }
  role(id: number): Json & { ID: string } {
    const there = this.field.rows(this.tenant).find(({ Id }) => Id === id)
    const name = String(there?.FirstName ?? there?.Name)
    const found = this.field.here(this.tenant).find((one) => at(one, this.field.nameIn) === name)
    expect(found).toBeDefined()
    return found as Json & { ID: string }
  }
  async editInTribe(id: number, path: string, value: unknown): Promise<void> {
    const [first = '', second] = path.split('.')
    const holder = second ? (at(this.role(id), first) as { ID: string }) : this.role(id)
    this.tenant.crm.edit(holder.ID, { [second ?? first]: value } as never)
    await this.street.quiet()
    await this.street.town.passMinutes(2)
  }
  /** Some other field of the record that holds it in Tribe. */
  get besides(): string {
    const { kind, crm } = this.field
    if (kind === 'product') return 'PurchasePrice'
    if (crm.startsWith('Organization.')) return 'Organization.Website'
    if (crm.startsWith('Person.')) return 'Person.LastName'
    return crm === OWN.rate ? 'PaymentTermInDays' : 'IsFormer'
  }
  async touch(id: number): Promise<void> {
    const value = { PurchasePrice: 17, PaymentTermInDays: 45, IsFormer: false }[this.besides]
    await this.editInTribe(id, this.besides, value ?? 'https://ny.example')
  }
}

async function opened(field: Field, settings: Json = {}): Promise<Scene> {
  const street = begin()
  const tenant = await street.tenant({
    settings: { invoices: { enabled: false }, ...settings },
    tribe: { defaults: DEFAULTS, customFields: OWN_FIELDS },
    before: ({ books }) => {
      for (const CreditDays of [30, 45]) books.hasPaymentTerm({ CreditDays })
    },
  })
  const scene = new Scene(street, tenant, field)
  if (field.kind === 'contactPerson') await scene.make(0)
  await scene.turn(true)
  return scene
}

const CASES: Record<string, (scene: Scene) => Promise<number>> = {
  'made while it is off': async (scene) => {
    await scene.turn(false)
    return scene.make(1)
  },
  'made while it is on, and it is off for a while': async (scene) => {
    const id = await scene.make(1)
    await scene.turn(false)
    return id
  },
  'made while it is on and changed otherwise, and it is off for a while': async (scene) => {
    const id = await scene.make(1)
    await scene.touch(id)
    await scene.turn(false)
    return id
  },
  'made while it is off and changed otherwise, where another was made before': async (scene) => {
    await scene.make(1)
    await scene.turn(false)
    const id = await scene.make(2)
    await scene.touch(id)
    return id
  },
  'tied anew': async (scene) => {
    const id = await scene.make(1)
    await relink(scene, id)
    return id
  },
  'changed otherwise, and tied anew': async (scene) => {
    const id = await scene.make(1)
    await scene.touch(id)
    await relink(scene, id)
    return id
  },
  'parted and tied': async (scene) => {
    const id = await scene.make(1)
    const { tenant, street, field } = scene
    const named = { kind: field.kind, tribeId: scene.role(id).ID }
    await street.town.waitFor(tenant.api('POST', '/records/forget', named))
    await relink(scene, id)
    return id
  },
}
async function relink(scene: Scene, id: number): Promise<void> {
  const { tenant, street, field } = scene
  const named = { kind: field.kind, tribeId: scene.role(id).ID, powerOfficeId: String(id) }
  await street.town.waitFor(tenant.api('POST', '/records/relink', named))
  await street.quiet()
}

const named = ({ books, kind, nameIn }: Field) => `${books} of a ${kind} (${nameIn})`
const COURSES = FIELDS.flatMap((field, f) =>
  Object.entries(CASES).map(([says, course], c) => [named(field), says, field, course, f + c] as const),
)
test.each(todays(COURSES, 3, ([, , , , place]) => place))(
  'what Tribe fills in as %s that is %s goes nowhere, and edits travel',
  async (_, _says, field, course) => {
    const scene = await opened(field)
    const id = await course(scene)
    await scene.turn(true)
    expect(scene.held(id)).toEqual([field.filled, null])
    await expectCalm(scene.street)
    await scene.editInTribe(id, field.crm, field.entered)
    await scene.street.tick(PULL)
    expect(scene.held(id)).toEqual([field.entered, field.entered])
    expect([scene.tenant.problems(), scene.street.town.violations()]).toEqual([[], []])
  },
)

const POLICIES = ['tribe', 'newest', 'poweroffice']
const SAID = FIELDS.flatMap((field, f) =>
  POLICIES.map((policy, p) => [named(field), policy, field, f + p] as const),
)
test.each(todays(SAID, 3, ([, , , place]) => place))(
  'what Tribe fills in as %s while it is off gives way to what PowerOffice says, by the policy "%s" as well',
  async (_, conflictPolicy, field) => {
    const scene = await opened(field, { conflictPolicy })
    await scene.turn(false)
    const id = await scene.make(1)
    const { books } = scene.tenant
    const term = books.paymentTerms.all().find(({ CreditDays }) => CreditDays === field.entered)
    const said = term ? { PaymentTermId: term.Id } : { [field.books]: field.entered }
    field.edit(scene.tenant, id, said)
    await scene.street.tick(PULL)
    await scene.turn(true)
    expect(scene.held(id)).toEqual([field.entered, field.entered])
    await expectCalm(scene.street)
  },
)

test.each(FIELDS.map((field) => [named(field), field] as const))(
  'what a user enters in Tribe as %s while it is off travels, and so does what is filled in where a user makes the record',
  async (_, field) => {
    const scene = await opened(field)
    await scene.make(1)
    await scene.turn(false)
    const id = await scene.make(2)
    await scene.editInTribe(id, field.crm, field.entered)
    field.makeInTribe(scene.tenant, 3)
    await scene.street.quiet()
    await scene.street.tick(PULL)
    await scene.turn(true)
    expect(scene.held(id)).toEqual([field.entered, field.entered])
    const own = Number(field.rows(scene.tenant).at(-1)?.Id)
    expect(scene.held(own)).toEqual([field.filled, field.filled])
  },
)
