import { expect, test } from 'vitest'
import { PULL, useStreet } from './street'

const begin = useStreet()

test.each([
  ['unknown payment days', { role: { PaymentTermInDays: 17 } }],
  ['an address for e-mail that is none', { organization: { Name: 'Ny AS', EmailAddress: 'post(at)ny' } }],
  [
    'an invoice address that is none',
    { organization: { Name: 'Ny AS', FinancialEmailAddress: 'faktura@@ny' } },
  ],
] as const)(
  'the first invoice of a new customer with %s goes at once, and the customer’s problem is told of the customer',
  async (_, given) => {
    const street = begin()
    const tenant = await street.tenant()
    // Tribe tells of the invoice alone: the customer is made on its way.
    const customer = { organization: { Name: 'Ny AS' }, ...given, silent: true }
    const { roleId } = tenant.crm.hasCustomer(customer)
    const id = tenant.crm.hasInvoice({ roleId, silent: true })
    tenant.crm.sendInvoice(id)
    await street.quiet()
    expect(tenant.books.postedInvoices()).toHaveLength(1)
    const about = () => tenant.problems().map((line) => line.split(' ')[0])
    expect(about()).toEqual(['customer'])
    await street.tick(PULL)
    expect([tenant.books.customers().length, about()]).toEqual([1, ['customer']])
  },
)
