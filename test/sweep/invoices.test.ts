import { expect, test } from 'vitest'
import { type Blow, Stage } from './stage'

/**
 * Something goes wrong once, at each call and at each query on the way of an invoice: from the customer and
 * the products that have to be made first, to the payment that is told in Tribe. Whatever it is, the invoice
 * is in the books once, the link points at it, and nothing is stuck. A new call is swept without anyone
 * thinking of it.
 */

const CALLS = [
  'crash-before',
  'crash-after',
  'lost-before',
  'lost-after',
  'error-after',
  'slow',
  'late',
  'truncated',
] as const
const QUERIES = ['fails', 'fails-after', 'crash-before', 'crash-after'] as const
const MODES = ['draft', 'book', 'send'] as const

async function play(mode: (typeof MODES)[number], blow: Blow | null, odd: boolean): Promise<Stage> {
  const stage = new Stage(mode, blow, odd)
  const { crm, books, relay, clock } = stage
  await stage.begin()
  clock.advance(60_000)
  const { roleId } = crm.hasCustomer({
    organization: { Name: 'Nordlys Maskin AS', FinancialEmailAddress: 'faktura@nordlys.example' },
    silent: true,
  })
  const product = crm.hasProduct({ Name: 'Time', SalesPrice: 1000 }, { silent: true })
  const lines = [
    { product, quantity: 2.5 },
    { description: 'Frakt', price: 99.5, quantity: 1, vatGroup: 'NO15' },
  ]
  const id = crm.hasInvoice({ roleId, lines, silent: true })
  crm.sendInvoice(id, { silent: true })
  clock.advance(1000)
  stage.arm()
  relay.enqueue([{ kind: 'invoice', subject: `tribe:${id}`, lane: 'push' }])
  await stage.quiet()
  const [draft] = books.salesOrders()
  if (mode === 'draft' && draft) books.sendDraft(draft.Id)
  const [posted] = books.postedInvoices()
  if (posted) books.receivePayment(posted.Id, posted.TotalAmount)
  clock.advance(1000)
  for (let poll = 0; poll < 2; poll++) {
    relay.tick('0 */4 * * *')
    await stage.quiet()
  }
  return stage
}

function expectOnce(stage: Stage): void {
  const { crm, books } = stage
  const posted = books.postedInvoices()
  const told = {
    orders: books.salesOrders().length,
    invoices: posted.map(({ TotalAmount }) => TotalAmount),
    customers: books.customers().length,
    products: books
      .products()
      .map(({ Code, Name }) => Code ?? Name)
      .sort(),
    links: stage.invoiceLinks(),
    payments: crm.all('Payment').map(({ Amount }) => Amount),
    phases: crm.all('Activity_Invoice').map((invoice) => crm.phaseOf(String(invoice.ID))),
    problems: stage.problems(),
    violations: stage.violations(),
  }
  expect(told).toEqual({
    ...{ orders: 0, invoices: [3239.43], customers: 1, products: ['RELAY-VAT-31', 'Time'] },
    links: [
      {
        ...{ powerOfficeId: posted[0]?.Id, number: String(posted[0]?.InvoiceNo) },
        ...{ state: 'linked', stage: 'posted' },
      },
    ],
    ...{ payments: [3239.43], phases: ['Paid'], problems: [], violations: [] },
  })
}

test.each([...MODES.map((mode) => [mode, false] as const), ['book', true] as const])(
  'an invoice in the mode "%s" gets to the books once, whatever goes wrong at any call (an odd PowerOffice: %s)',
  async (mode, odd) => {
    const fair = await play(mode, null, odd)
    expectOnce(fair)
    const { calls, queries } = fair.weather
    expect(calls).toBeGreaterThan(10)
    const blows: Blow[] = [
      ...CALLS.flatMap((call) => Array.from({ length: calls }, (_, n) => ({ at: n + 1, call }))),
      ...QUERIES.flatMap((query) => Array.from({ length: queries }, (_, n) => ({ at: n + 1, query }))),
    ]
    for (const blow of blows) {
      const stage = await play(mode, blow, odd)
      try {
        expectOnce(stage)
      } catch (thrown) {
        console.error([JSON.stringify(blow), ...stage.story.slice(-80)].join('\n'))
        throw thrown
      }
    }
  },
  300_000,
)
