import { describe, expect, test } from 'vitest'
import { TownTenant } from '../platform/town'
import { type Street, useStreet } from './street'

/** A tenant is deleted, and another one serves the same two companies: nothing that is there is made twice. */

const streetOf = useStreet()
const DAYS = { what: 'invoices', from: '2026-01-01', to: '2026-12-31' }

/** A company that has exported an invoice, with all that hangs on it. */
async function served(street: Street, mode: 'draft' | 'book', frees: boolean) {
  const old = await street.tenant({
    settings: { invoices: { mode } },
    powerOffice: { sentOrderFreesReference: frees },
  })
  const { crm, books } = old
  const { roleId, organizationId } = crm.hasCustomer({
    organization: { Name: 'Nordlys AS', FinancialEmailAddress: 'faktura@nordlys.example' },
  })
  crm.hasContact({ organizationId, person: { FirstName: 'Ada', LastName: 'Berg' } })
  crm.hasSupplier({ organization: { Name: 'Leverandør AS' } })
  const product = crm.hasProduct({ Name: 'Time', Code: 'T1', SalesPrice: 1000 })
  const invoice = crm.hasInvoice({
    roleId,
    lines: [
      { product, quantity: 2 },
      { price: 500, vatGroup: 'NO25' },
    ],
  })
  crm.sendInvoice(invoice)
  await street.quiet()
  return { old, crm, books, invoice }
}

/** The tenant leaves, and a new one is connected with the same two. */
async function again(street: Street, leaving: TownTenant, mode: string): Promise<TownTenant> {
  const { town } = street
  await town.waitFor(leaving.api('DELETE', ''))
  town.tenants.splice(0, 1)
  const tenant = new TownTenant(town, leaving.crm, leaving.books)
  town.tenants.push(tenant)
  await town.waitFor(tenant.connect({ invoices: { mode } }))
  await town.waitFor(tenant.mapAsProposed())
  await street.activate(tenant)
  return tenant
}

/** References as an older version made them: from the id of a tenant that nobody knows any more. */
function asBefore({ books, crm }: TownTenant): void {
  const old = (reference: unknown) => String(reference).replace(/^relay:.{8}:/, 'relay:01dfade0:')
  for (const row of books.invoices.all())
    books.invoices.put({ ...row, ExternalImportReference: old(row.ExternalImportReference) })
  for (const row of books.orders.all())
    books.orders.put({
      ...row,
      header: { ...row.header, ExternalImportReference: old(row.header.ExternalImportReference) },
    })
  for (const kind of ['Relationship_Organization_CommercialRelationship_Customer', 'Product'])
    for (const row of crm.all(kind))
      if (row.ImportId)
        crm.edit(String(row.ID), { ImportId: String(row.ImportId).replace(/:[0-9a-f]{8}:/, ':') })
}

const countsOf = ({ crm, books }: TownTenant) => ({
  customers: [crm.customers().length, books.customers().length],
  suppliers: books.suppliers().length,
  persons: books.persons.size,
  products: books.products().map(({ Code }) => Code),
  drafts: books.salesOrders().length,
  posted: books.postedInvoices().map(({ TotalAmount }) => TotalAmount),
  payments: crm.all('Payment').map(({ Amount }) => Amount),
})

describe.each(['book', 'draft'] as const)('in the mode %s', (mode) => {
  describe.each([false, true])(
    'where PowerOffice lets a reference be used again once it is sent: %s',
    (frees) => {
      test.each(['by this version', 'by an older version'])(
        'what was exported %s is tied, and not made again',
        async (by) => {
          const street = streetOf()
          const { old, crm, books, invoice } = await served(street, mode, frees)
          const before = countsOf(old)
          expect(before.posted).toEqual(mode === 'book' ? [3125] : [])
          expect(before.drafts).toBe(mode === 'book' ? 0 : 1)
          if (by === 'by an older version') asBefore(old)

          const tenant = await again(street, old, mode)
          await street.town.waitFor(tenant.api('POST', '/sync', DAYS))
          await street.quiet()
          await street.tick('30 2 * * *', '*/15 * * * *', '0 */4 * * *')
          expect(countsOf(tenant)).toEqual(before)
          const status = await street.town.waitFor(tenant.api('GET', '/status'))
          expect(status.links).toMatchObject({
            customer: 1,
            supplier: 1,
            contactPerson: 1,
            product: 1,
            invoice: 1,
          })
          expect(tenant.problems()).toEqual([])

          // It goes on where the one before has ended.
          const [posted] = books.postedInvoices()
          if (posted) {
            books.receivePayment(posted.Id, posted.TotalAmount)
            await street.tick('0 */4 * * *')
            expect(crm.phaseOf(invoice)).toBe('Paid')
          }
          const next = crm.hasInvoice({
            roleId: String(crm.customers()[0]?.ID),
            lines: [{ price: 100, vatGroup: 'NO25' }],
          })
          const calls = street.town.calls.length
          crm.sendInvoice(next)
          await street.quiet()
          expect(books.postedInvoices().length + books.salesOrders().length).toBe(2)
          // One of its own costs no look.
          const asked = street.town.calls
            .slice(calls)
            .filter(({ host, path }) => /poweroffice/.test(host) && /Fields=/.test(path))
          expect(asked).toEqual([])
        },
      )
    },
  )
})
