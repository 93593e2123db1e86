import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { TribeOptions } from '../fakes/tribe'
import { anOfficeAt, codesOf } from './office'
import { own, row } from './own-rows'
import { type Relay, startRelay, type Tenant } from './relay'
import { only, sweep } from './shop'

/** A field that is new to records that are linked already: what was alike when it was mapped is in step, and an edit is an edit. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const F = { text: own('a'), amount: own('b'), day: own('c'), gtin: own('d'), title: own('e') }
const customFields = {
  Relation_Organization: { [F.text]: 'string', [F.day]: 'date' },
  Relationship_Organization_CommercialRelationship_Customer: { [F.amount]: 'double' },
  Relation_Person: { [F.title]: 'string' },
  Product: { [F.gtin]: 'string' },
} satisfies TribeOptions['customFields']
const both = (record: string, tribeField: string, powerOfficeField: string) =>
  row(record, tribeField, powerOfficeField, 'both')
const ROWS = [
  both('customer', F.text, 'JobStopReason'),
  both('customer', F.day, 'CustomerSince'),
  both('customer', F.amount, 'BillableRate'),
  both('contactPerson', F.title, 'Title'),
  both('product', F.gtin, 'Gtin'),
]

interface Held {
  text: string | null
  day: string | null
  amount: number | null
  title: string | null
  gtin: string | null
}
const EMPTY: Held = { text: null, day: null, amount: null, title: null, gtin: null }
const FULL: Held = { text: 'Gammel', day: '2026-01-31', amount: 100, title: 'Sjef', gtin: '7038010000000' }
const NEWER: Held = { text: 'Ny', day: '2026-02-28', amount: 99.5, title: 'Eier', gtin: '7038010000017' }

/** Records that are linked, hold the same on both sides, and are mapped only then. */
async function anOffice(alike: Held, conflictPolicy: string) {
  const office = await anOfficeAt(relay, 'draft', { tribe: { customFields }, settings: { conflictPolicy } })
  const { tenant, organizationId } = office
  const { personId } = tenant.crm.hasContact({ organizationId, person: { LastName: 'Berg' } })
  await tenant.quiet()
  const where = { ...office, personId }
  inTribe(where, alike, { silent: true })
  inBooks(tenant, alike)
  await tenant.poll()
  const { status, body } = await tenant.put('/fields', { mapped: ROWS })
  expect([status, body.error]).toEqual([200, undefined])
  await tenant.quiet()
  return where
}
type Where = Awaited<ReturnType<typeof anOffice>>

function inTribe(
  { tenant: { crm }, ...ids }: Omit<Where, 'personId'> & { personId: string },
  held: Held,
  quietly = {},
) {
  crm.edit(ids.organizationId, { [F.text]: held.text, [F.day]: held.day }, quietly)
  crm.edit(ids.roleId, { [F.amount]: held.amount }, quietly)
  crm.edit(ids.personId, { [F.title]: held.title }, quietly)
  crm.edit(ids.productId, { [F.gtin]: held.gtin }, quietly)
}
function inBooks({ books }: Tenant, held: Held) {
  const customer = only(books.customers())
  const members = { JobStopReason: held.text, CustomerSince: held.day, BillableRate: held.amount }
  books.editCustomer(customer.Id, members)
  books.editContactPerson(only(books.contactPersons(customer.Id)).Id, { Title: held.title })
  books.editProduct(only(books.products()).Id, { Gtin: held.gtin })
}
function heldInBooks({ books }: Tenant): Held {
  const customer = only(books.customers())
  const { JobStopReason: text, CustomerSince: day, BillableRate: amount } = customer
  const title = only(books.contactPersons(customer.Id)).Title ?? null
  return { text, day, amount, title, gtin: only(books.products()).Gtin } as Held
}
function heldInTribe({ tenant: { crm }, ...ids }: Where): Held {
  const at = (id: string, field: string) => (crm.get(id)?.[field] ?? null) as never
  return {
    text: at(ids.organizationId, F.text),
    day: at(ids.organizationId, F.day),
    amount: at(ids.roleId, F.amount),
    title: at(ids.personId, F.title),
    gtin: at(ids.productId, F.gtin),
  }
}

describe.each(['poweroffice', 'tribe', 'newest'])('by the policy %s', (policy) => {
  test.each([
    ['empty on both sides', EMPTY, NEWER],
    ['the same on both sides', FULL, NEWER],
    ['the same on both sides, and is emptied', FULL, EMPTY],
  ])('an edit in Tribe of what was %s goes to PowerOffice at once', async (_, alike, edited) => {
    const where = await anOffice(alike, policy)
    inTribe(where, edited)
    await where.tenant.quiet()
    expect([heldInTribe(where), heldInBooks(where.tenant)]).toEqual([edited, edited])
    expect(await codesOf(where.tenant)).toEqual([])
  })

  test.each([
    ['empty on both sides', EMPTY, NEWER],
    ['the same on both sides', FULL, NEWER],
    ['the same on both sides, and is emptied', FULL, EMPTY],
  ])('an edit in PowerOffice of what was %s goes to Tribe with the next poll', async (_, alike, edited) => {
    const where = await anOffice(alike, policy)
    inBooks(where.tenant, edited)
    await where.tenant.poll()
    // Contact persons do not move their parent's change date.
    await sweep(where.tenant, 'compare')
    expect([heldInTribe(where), heldInBooks(where.tenant)]).toEqual([edited, edited])
    expect(await codesOf(where.tenant)).toEqual([])
  })
})

test('financial fields that are switched on after the load: an edit in Tribe is no conflict', async () => {
  const { tenant, organizationId, roleId } = await anOfficeAt(relay, 'draft', {
    settings: { relations: { enabled: true, financialFields: false } },
  })
  const { crm, books } = tenant
  const customer = () => only(books.customers())
  const days = customer().PaymentTerm
  books.editCustomer(customer().Id, { InvoiceEmailAddress: 'faktura@nordlys.example' })
  crm.edit(roleId, { PaymentTermInDays: days }, { silent: true })
  await tenant.poll()
  await tenant.api('PATCH', '/settings', { relations: { financialFields: true } })
  await tenant.quiet()
  crm.edit(organizationId, { FinancialEmailAddress: 'ny@nordlys.example' })
  await tenant.quiet()
  expect(customer().InvoiceEmailAddress).toBe('ny@nordlys.example')
  expect(crm.get(organizationId)?.FinancialEmailAddress).toBe('ny@nordlys.example')
})
