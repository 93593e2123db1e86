import type { Dice } from '../../platform/dice'
import type { Act, Slice } from '../kind'
import type { Model } from '../model'
import { mapAll } from '../products'
import { DEFAULT_ACCOUNT_NO } from '../products/kind'
import type { Scene } from '../scene'
import { billsOf } from './bill'
import { BOOKS_ACTS, openAll } from './books-acts'
import { explains, faultsOf, wrongMeanwhile } from './check'
import { newCustomer, PROJECT, PROJECTS, REFUSED, renameRefused, TRIBE_ACTS } from './tribe-acts'

/** A system that says no to its user, as it would to a person. */
const isRefusal = (thrown: unknown): thrown is Error =>
  thrown instanceof Error &&
  /^\s+at .*test\/fakes\//.test(thrown.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '')

const orRefused =
  (act: Act): Act =>
  (world, model, dice) => {
    try {
      return act(world, model, dice)
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown
      return `may not: ${thrown.message}`
    }
  }

function seed(world: Scene, model: Model, dice: Dice): void {
  mapAll(world)
  for (const CreditDays of [10, 14, 30]) world.books.hasPaymentTerm({ CreditDays })
  world.books.hasProject({ Code: PROJECTS[0] })
  for (let n = dice.between(1, 3); n > 0; n--) newCustomer(world, dice)
  for (let n = dice.between(0, 3); n > 0; n--)
    world.crm.hasProduct({ Name: world.unique('Vare '), SalesPrice: dice.between(100, 90_000) / 100 })
  // Writes are not counted here: that none is needless, stillness shows.
  model.cause('tribe', 1e6)
  model.cause('powerOffice', 1e6)
}

/** Invoices, in any mode: what either side may do with them, in any order. */
export const BILLS: Slice = {
  settings: {
    relations: { enabled: true },
    products: { enabled: true },
    payments: { enabled: true },
    defaultSalesAccountNo: DEFAULT_ACCOUNT_NO,
  },
  kinds: [],
  seed,
  acts: [...TRIBE_ACTS, ...BOOKS_ACTS].map(([weight, act]) => [weight, orRefused(act)] as const),
  draw: (dice) => ({
    settings: {
      invoices: {
        enabled: true,
        mode: dice.pick(['draft', 'book', 'send', 'voucher', 'voucher'] as const),
        attachments: dice.pick(['none', 'all'] as const),
      },
    },
    tribe: {
      defaults: {},
      frozenInvoices: dice.is(0.5),
      creditMarker: dice.pick(['navigation', 'flag', 'none'] as const),
      creditSign: dice.pick(['quantities', 'prices'] as const),
      invoicePdf: dice.pick(['at-once', 'at-once', 'later'] as const),
      customFields: { Activity_Invoice: { [PROJECT]: 'string' as const } },
    },
    powerOffice: {
      sendDelayMs: dice.pick([50, 1500]),
      sentOrderFreesReference: dice.is(0.3),
      deletedOrderFreesReference: dice.is(0.7),
      undocumentedListed: dice.is(0.5),
      refuses: { Name: new RegExp(`^${REFUSED}`) },
      duplicateStatus: dice.pick([400, 409] as const),
      archivedCustomersTakeOrders: dice.is(0.5),
      creditNotesMatchThemselves: dice.is(0.3),
      voucherLinesAs: dice.pick(['VoucherLines', 'OutgoingInvoiceLines'] as const),
    },
    rows: [
      {
        record: 'invoice',
        tribeField: PROJECT,
        powerOfficeField: 'order.project',
        direction: 'to-poweroffice',
      },
    ],
  }),
  cron: '0 */4 * * *',
  meanwhile: wrongMeanwhile,
  faults: faultsOf,
  explains,
  async mend(world, tenant) {
    openAll(world)
    world.crm.makeMissingPdfs()
    renameRefused(world)
    for (const { Id, InvoiceEmailAddress } of world.books.customers())
      if (!InvoiceEmailAddress) world.books.editCustomer(Id, { InvoiceEmailAddress: 'faktura@kunde.example' })
    for (const { id, kind } of world.relay.jobs.problems(100))
      if (kind === 'vanished') await tenant.api('POST', `/jobs/${id}/retry`, {})
    await tenant.api('POST', '/jobs/retry', {})
    billsOf(world).isMended = true
  },
}
