import { expect, test, vi } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, codesOf, NIGHT, PAYMENTS, POLL, useBookkeeping } from './bookkeeping'

/**
 * Whoever deletes a customer, a person or a product in Tribe has edited no invoice: what refers to them is empty then, and nothing is
 * told of it. What somebody did to the invoice is told as ever.
 */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()
const CODE = 'invoice.changed_in_tribe'

interface Invoiced {
  tenant: TownTenant
  id: string
  roleId: string
  contactId: string
  product: string
}

/** A customer with a contact person, and an invoice of two lines or its credit note, as far as that comes by itself. */
async function invoiced(kit: Bookkeeping, tenant: TownTenant, isCredit = false): Promise<Invoiced> {
  const { crm, books } = tenant
  const organization = { Name: 'Første AS', FinancialEmailAddress: 'faktura@forste.example' }
  const { roleId, organizationId } = crm.hasCustomer({ organization })
  const { contactId } = crm.hasContact({ organizationId, person: { FirstName: 'Ada', LastName: 'Berg' } })
  const product = crm.hasProduct({ Name: 'Time', SalesPrice: 1000 })
  const lines = [
    { product, quantity: 1 },
    { description: 'Mat', price: 100, vatGroup: 'NO15' },
  ]
  const invoice = crm.hasInvoice({ roleId, lines })
  crm.edit(invoice, { Contact: { ID: contactId } })
  crm.sendInvoice(invoice)
  await kit.quiet()
  if (!isCredit) return { tenant, id: invoice, roleId, contactId, product }
  for (const { Id } of books.salesOrders()) books.sendDraft(String(Id))
  await kit.tick(PAYMENTS)
  const id = crm.creditInvoice(invoice)
  crm.sendInvoice(id)
  await kit.quiet()
  return { tenant, id, roleId, contactId, product }
}

const firstLine = ({ tenant, id }: Invoiced): string => {
  const lines = tenant.crm.all('ProductLine')
  return String(lines.find(({ Activity }) => (Activity as { ID: string } | null)?.ID === id)?.ID)
}
const changeAmount = (given: Invoiced) => given.tenant.crm.edit(firstLine(given), { Quantity: 3 })

/** What somebody does in Tribe, and whether that is told as an edit of the invoice. */
const DEEDS: readonly (readonly [string, boolean, (given: Invoiced, other: Invoiced) => void])[] = [
  ['nothing', false, () => undefined],
  ['its customer is deleted', false, ({ tenant, roleId }) => tenant.crm.remove(roleId)],
  ['a product is deleted', false, ({ tenant, product }) => tenant.crm.remove(product)],
  ['its contact person is deleted', false, ({ tenant, contactId }) => tenant.crm.remove(contactId)],
  [
    'the product of a line is replaced',
    true,
    (given, { product }) => given.tenant.crm.edit(firstLine(given), { Product: { ID: product } }),
  ],
  [
    'its customer is replaced',
    true,
    ({ tenant, id }, { roleId }) => tenant.crm.edit(id, { Relationship: { ID: roleId } }),
  ],
  ['an amount is changed', true, changeAmount],
  [
    'an amount is changed, and its customer is deleted',
    true,
    (given) => {
      changeAmount(given)
      given.tenant.crm.remove(given.roleId)
    },
  ],
]

test.each([
  ['draft', false],
  ['book', false],
  ['voucher', false],
  ['draft', true],
  ['book', true],
  ['voucher', true],
])('what is told as an edit of an invoice in the mode %s (a credit note: %s)', async (mode, isCredit) => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: { invoices: { mode } }, tribe: { frozenInvoices: false } })
  const all: Invoiced[] = []
  for (const _ of DEEDS) all.push(await invoiced(kit, tenant, isCredit))
  await kit.tick(POLL)
  expect(codesOf(tenant)).toEqual([])
  for (const [index, [, , deed]] of DEEDS.entries()) {
    const [given, other] = [all[index], all[0]]
    if (!given || !other) throw new Error('there is one for each')
    deed(given, other)
    tenant.crm.edit(given.id, { Subject: 'looked at' })
  }
  await kit.quiet()
  await kit.tick(POLL, PAYMENTS, NIGHT)
  const told = tenant.jobs.problems(100).flatMap(({ code, subject }) => (code === CODE ? [subject] : []))
  const isTold = ({ id }: Invoiced) => told.some((subject) => subject?.includes(id))
  expect(DEEDS.map(([what], index) => [what, isTold(all[index] as Invoiced)])).toEqual(
    DEEDS.map(([what, isEdit]) => [what, isEdit]),
  )
  expect(kit.town.violations()).toEqual([])
})

/** What the version before noted of each: the print of all that is always there, and of three members. */
const asBefore = (kit: Bookkeeping, { id }: TownTenant) => {
  const { database } = kit.town.platform
  for (const { tribeId, exportState } of kit.links({ id } as TownTenant)) {
    const print = exportState.print.split('.').slice(0, 4).join('.')
    database
      .prepare('update links set life = ? where tenant_id = ? and tribe_id = ?')
      .run(JSON.stringify({ ...exportState, print }), id, tribeId)
  }
}

test.each(['a look', 'a payment'])(
  'an invoice that an earlier version noted is told of by nobody after the deploy, and is as good as a new one after %s',
  async (how) => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: { frozenInvoices: false } })
    const { id, roleId } = await invoiced(kit, tenant)
    asBefore(kit, tenant)
    if (how === 'a look') tenant.crm.edit(id, { Subject: 'looked at' })
    else tenant.books.receivePayment(String(kit.links(tenant)[0]?.powerOfficeId), 500)
    await kit.quiet()
    await kit.tick(POLL, PAYMENTS)
    expect(codesOf(tenant)).toEqual([])
    tenant.crm.remove(roleId)
    tenant.crm.edit(id, { Subject: 'looked at again' })
    await kit.quiet()
    await kit.tick(POLL, PAYMENTS, NIGHT)
    expect(codesOf(tenant)).toEqual([])
  },
)
