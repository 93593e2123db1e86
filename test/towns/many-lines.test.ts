import { expect, test, vi } from 'vitest'
import { useBookkeeping } from './bookkeeping'

/** Lines are looked up together: an invoice of three hundred lines asks D1 no more than one of a single line. */
const begin = useBookkeeping()

test('an invoice costs D1 and PowerOffice the same, however many lines and products it has', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  const roleId = await kit.customer(tenant)
  const products = Array.from({ length: 60 }, (_, n) =>
    tenant.crm.hasProduct({ Name: `Vare ${n}`, Code: `V${n}`, SalesPrice: n + 1 }),
  )
  await kit.quiet()
  const free = { description: 'Fri', price: 10, vatGroup: 'NO25' }
  const lineOf = (product: string) => [{ product }, free, free, free, free]
  // Whatever is read once for a tenant, and the generic product, is there.
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, lines: products.slice(0, 1).flatMap(lineOf) }))
  await kit.quiet()
  const statements = vi.spyOn(kit.town.platform.d1, 'strike')
  const cost = async (some: readonly string[]) => {
    const [calls, asked] = [kit.town.calls.length, statements.mock.calls.length]
    const id = tenant.crm.hasInvoice({ roleId, lines: some.flatMap(lineOf), silent: true })
    tenant.crm.sendInvoice(id)
    await kit.quiet()
    return {
      statements: statements.mock.calls.length - asked,
      calls: kit.town.calls.slice(calls).filter(({ host }) => host !== 'relay.example').length,
    }
  }
  const few = await cost(products.slice(1, 2))
  const many = await cost(products)
  expect(tenant.books.postedInvoices().map(({ Lines }) => Lines.length)).toEqual([5, 5, 300])
  expect(many.calls).toBe(few.calls)
  // How the tenant stands is noted by the clock.
  expect(many.statements).toBeLessThanOrEqual(few.statements + 2)
  expect(many.statements).toBeLessThanOrEqual(22)
})
