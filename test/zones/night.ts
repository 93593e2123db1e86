/**
 * Some hours at a company, from each of these instants on, told as JSON: what both systems have in the end,
 * and when the relay asked for what. `node … night.ts <instant>…`: in whatever time zone, it has to say the same.
 */
import { Town } from '../platform/town'

/** Sent before the clock changes, in the hour that is missing or comes twice, and after it. */
const SENT_AFTER_MINUTES = [20, 125, 155, 190]

/** At whole minutes: what lies within one hangs on how fast a thread was. */
const minuteOf = (at: string | number | null) =>
  at === null ? null : `${new Date(at).toISOString().slice(0, 16)}Z`

export interface Night {
  vouchers: { VoucherDate: unknown; DueDate: unknown }[]
  invoices: unknown[][]
  payments: unknown[]
  phone: unknown
  email: unknown
  polls: Record<'customers' | 'balances', (string | null)[]>
  comparedAt: string | null
  health: unknown
  wrong: unknown[]
}

async function nightFrom(start: string): Promise<Night> {
  const town = new Town(7, start)
  const tenant = await town.addTenant({ settings: { invoices: { mode: 'book' } } })
  const { crm, books } = tenant
  await town.waitFor(tenant.mapAsProposed())
  const bok = books.hasCustomer({ Name: 'Bok AS' })
  town.platform.startCron(1)
  await town.waitFor(tenant.activate())
  await town.passMinutes(5)
  const { roleId, organizationId } = crm.hasCustomer({ organization: { Name: 'Tribe AS' } })
  const product = crm.hasProduct({ Name: 'Time', Code: 'T1', SalesPrice: 1000 })

  let passed = 5
  for (const at of SENT_AFTER_MINUTES) {
    await town.passMinutes(at - passed)
    passed = at
    crm.sendInvoice(crm.hasInvoice({ roleId, lines: [{ product, quantity: 1 }] }))
    crm.edit(organizationId, { PhoneNumber: `22 33 44 ${at % 100}` })
    books.editCustomer(bok.Id, { EmailAddress: `post${at}@bok.example` })
  }
  await town.passMinutes(30)
  for (const posted of books.postedInvoices()) books.receivePayment(posted.Id, posted.TotalAmount)
  // Until after the next look at payments.
  await town.passMinutes(95)
  const stuck = await town.quiet(30)

  const polls = (pattern: RegExp) => [
    ...new Set(town.calls.filter(({ path }) => pattern.test(path)).map(({ at }) => minuteOf(at))),
  ]
  const organizations = crm.customers().map((role) => role.Organization as Record<string, unknown>)
  const status = await town.waitFor(tenant.api('GET', '/status'))
  const night: Night = {
    vouchers: books.postedInvoices().map(({ VoucherDate, DueDate }) => ({ VoucherDate, DueDate })),
    invoices: crm
      .all('Activity_Invoice')
      .map(({ ID, InvoiceDate }) => [InvoiceDate, crm.phaseOf(String(ID))]),
    payments: crm.all('Payment').map(({ Amount }) => Amount),
    phone: books.customers().find(({ Name }) => Name === 'Tribe AS')?.PhoneNumber,
    email: organizations.find(({ Name }) => Name === 'Bok AS')?.EmailAddress,
    polls: { customers: polls(/\/Customers\?.*lastChanged/i), balances: polls(/OutgoingInvoices.*alance/) },
    comparedAt: minuteOf(status.comparison.at),
    health: status.health.state,
    wrong: [...tenant.problems(), ...town.violations(), ...(stuck ? [stuck] : [])],
  }
  town.platform.close()
  return night
}

console.log = () => undefined
const nights: Record<string, Night> = {}
for (const start of process.argv.slice(2)) nights[start] = await nightFrom(start)
process.stdout.write(JSON.stringify({ offset: new Date('2026-07-01').getTimezoneOffset(), nights }))
