import { PROBLEMS } from '../../src/shared/problems'
import type { Scene } from '../converge/scene'
import type { PostedInvoice } from '../fakes/poweroffice/client-books'
import type { LineGiven } from '../fakes/tribe'
import type { Dice } from '../platform/dice'

/** What a company bills, what its bookkeeper does with it, and what has to come of it. */
export class Bills {
  /** Our mark on an invoice in Tribe, which PowerOffice shows as the purchase order's → its id in Tribe. */
  private readonly sent = new Map<string, string>()
  payments = 0
  constructor(private readonly scene: Scene) {}

  act(dice: Dice): string | null {
    return dice.weighted<(dice: Dice) => string | null>([
      [5, (dice) => this.send(dice)],
      [3, (dice) => this.sendDraft(dice)],
      [5, (dice) => this.pay(dice)],
      [1, (dice) => this.undo(dice)],
    ])(dice)
  }

  private send(dice: Dice): string | null {
    const { crm } = this.scene
    const customers = [...crm.customers(), ...crm.privateCustomers()]
    const roleId = dice.pick(customers)?.ID
    if (!roleId) return null
    const mark = this.scene.unique('PO-')
    const lines = Array.from({ length: dice.between(1, 3) }, () => this.line(dice))
    const id = crm.hasInvoice({ roleId: String(roleId), lines, fields: { CustomerReference: mark } })
    crm.sendInvoice(id)
    this.sent.set(mark, id)
    return `sends the invoice ${mark}`
  }

  private line(dice: Dice): LineGiven {
    const quantity = dice.pick([1, 2, 2.5, 10])
    const product = dice.pick(this.scene.crm.products())
    if (product && dice.is(0.6)) return { product: String(product.ID), quantity }
    const price = dice.between(100, 100_000) / 100
    return { description: 'Arbeid', price, quantity, vatGroup: dice.pick(['NO25', 'NO15', 'NO0']) }
  }

  private sendDraft(dice: Dice): string | null {
    const order = dice.pick(this.scene.books.salesOrders())
    if (!order) return null
    this.scene.books.sendDraft(order.Id)
    return `sends the draft ${order.PurchaseOrderReference} from the books`
  }

  private pay(dice: Dice): string | null {
    const open = this.posted().filter(({ Balance }) => (Balance ?? 0) > 0)
    const invoice = dice.pick(open)
    if (!invoice) return null
    const balance = invoice.Balance ?? 0
    const amount = dice.is(0.7) ? balance : Math.max(0.01, Math.round(balance * 50) / 100)
    this.scene.books.receivePayment(invoice.Id, amount)
    this.payments++
    return `${invoice.PurchaseOrderReference} is paid ${amount} of ${balance}`
  }

  private undo(dice: Dice): string | null {
    const payments = this.scene.books
      .ledgerEntries()
      .filter(({ VoucherType, Amount, Balance }) => VoucherType === 'BankJournal' && Balance !== Amount)
    const payment = dice.pick(payments)
    if (!payment) return null
    this.scene.books.unmatch(payment.Id)
    return `a payment of ${payment.Amount} is undone`
  }

  posted(): PostedInvoice[] {
    return this.scene.books.postedInvoices()
  }
  get count(): number {
    return this.sent.size
  }
  get vouchers(): number {
    return this.posted().length + this.scene.books.salesOrders().length
  }

  /** A problem of an invoice, which the catalogue of problems knows. */
  explains(line: string): boolean {
    const [, kind = '', code = ''] =
      /nothing explains: (invoice|payment|notice|documentation) \S+ (\S+)/.exec(line) ?? []
    return kind !== '' && Object.hasOwn(PROBLEMS, code)
  }

  faults(): string[] {
    const { books, crm } = this.scene
    const posted = this.posted()
    const orders = books.salesOrders()
    const marks = [...posted, ...orders].map(({ PurchaseOrderReference }) => String(PurchaseOrderReference))
    const strangers = marks
      .filter((mark) => !this.sent.has(mark))
      .map((mark) => `a voucher of no invoice: ${mark}`)
    const each = [...this.sent].flatMap(([mark, id]) => {
      const count = marks.filter((one) => one === mark).length
      if (count > 1) return [`${mark} is ${count} vouchers`]
      if (count === 0)
        return this.hasProblem(id) ? [] : [`${mark} is no voucher, and nothing says why (${id})`]
      const invoice = posted.find(({ PurchaseOrderReference }) => PurchaseOrderReference === mark)
      return invoice ? [...this.settlementOf(mark, id, invoice), ...this.paperOf(mark, id, invoice)] : []
    })
    const told = new Set(crm.payments().map(({ ID }) => ID)).size
    return [
      ...strangers,
      ...each,
      ...(told > this.payments + posted.length ? [`${told} payments in Tribe`] : []),
    ]
  }

  /** Tribe's phase says what the ledger says. */
  private settlementOf(mark: string, id: string, { TotalAmount, Balance }: PostedInvoice): string[] {
    const { crm } = this.scene
    // An invoice of nothing is settled as soon as it is posted.
    const isPaid = Balance === 0
    const phase = crm.phaseOf(id)
    const paid = crm
      .payments()
      .filter((row) => (row.Invoice as { ID?: string } | null)?.ID === id)
      .reduce((sum, { Amount }) => sum + Number(Amount), 0)
    const wanted = TotalAmount - (Balance ?? 0)
    // What is booked otherwise is paid like any other.
    if (this.hasProblem(id, ['invoice.booked_otherwise'])) return []
    return [
      ...((phase === 'Paid') === isPaid
        ? []
        : [`${mark} is ${phase} in Tribe, with ${Balance} of ${TotalAmount} open`]),
      ...(Math.abs(paid - wanted) < 0.005
        ? []
        : [`${mark}: Tribe says ${paid} is paid, the ledger ${wanted}`]),
    ]
  }

  /** What Tribe has issued has its paper in the books, unless something is told of it. */
  private paperOf(mark: string, id: string, { Id }: PostedInvoice): string[] {
    const { books } = this.scene
    const isDone = !books.vouchers.has(Id) || books.documents.has(Id) || this.hasProblem(id)
    return isDone ? [] : [`${mark} has no paper`]
  }

  private hasProblem(id: string, besides: readonly string[] = []): boolean {
    return this.scene.relay.jobs
      .problems(1000)
      .some(
        ({ subject, code }) =>
          subject.includes(id) && code !== null && !besides.includes(code) && Object.hasOwn(PROBLEMS, code),
      )
  }
}
