import type { Act } from '../kind'
import type { Scene } from '../scene'
import { billOf, billsOf } from './bill'
import { PROJECTS } from './tribe-acts'

/** What a bookkeeper does with them in PowerOffice. */

const isOpen = ({ Balance, IsReversed }: { Balance: number | null; IsReversed: boolean }) =>
  !IsReversed && (Balance ?? 0) !== 0

const sendDraft: Act = (world, _model, dice) => {
  const { books } = world
  const order = dice.pick(books.salesOrders())
  if (!order) return null
  books.sendDraft(order.Id)
  const bill = billOf(world, order.ExternalImportReference)
  if (bill) bill.isSentByHand = true
  return `sends the draft ${order.SalesOrderNo}`
}

const editDraft: Act = (world, _model, dice) => {
  const { books } = world
  const order = dice.pick(books.salesOrders())
  const product = dice.pick(books.products())
  if (!order || !product) return null
  const bill = billOf(world, order.ExternalImportReference)
  if (dice.is(0.5)) books.addDraftLine(order.Id, { ProductId: product.Id, Quantity: 1, ProductUnitPrice: 10 })
  else books.editDraft(order.Id, { CustomerReference: world.unique('ref ') })
  if (bill) bill.isHandled = true
  return `edits the draft of ${bill?.label}`
}

const deleteDraft: Act = (world, _model, dice) => {
  const order = dice.pick(world.books.salesOrders())
  if (!order) return null
  dropDraft(world, order)
  return `deletes the draft ${order.SalesOrderNo}`
}

export function dropDraft(world: Scene, order: { Id: string; ExternalImportReference: string | null }): void {
  world.books.deleteDraft(order.Id)
  const bill = billOf(world, order.ExternalImportReference)
  if (bill) bill.isDropped = true
}

const pay: Act = ({ books }, _model, dice) => {
  const invoice = dice.pick(books.postedInvoices().filter(isOpen))
  if (!invoice) return null
  const balance = Math.abs(invoice.Balance ?? 0)
  const part = dice.pick([1, 1, 1, 0.4, 1.2])
  const amount = Math.max(0.01, Math.round(balance * part * 100) / 100)
  books.receivePayment(invoice.Id, amount)
  return `${invoice.InvoiceNo} is paid ${amount} of ${balance}`
}

const undo: Act = ({ books }, _model, dice) => {
  const paid = books
    .ledgerEntries()
    .filter(({ VoucherType, MatchId }) => VoucherType === 'BankJournal' && MatchId !== null)
  const payment = dice.pick(paid)
  if (!payment) return null
  books.unmatch(payment.Id)
  return `undoes a payment of ${payment.Amount}`
}

const writeOff: Act = ({ books }, _model, dice) => {
  const invoice = dice.pick(books.postedInvoices().filter(isOpen))
  if (!invoice) return null
  books.writeOff(invoice.Id)
  return `writes ${invoice.InvoiceNo} off`
}

const reverse: Act = (world, _model, dice) => {
  const invoice = dice.pick(world.books.postedInvoices().filter(({ IsReversed }) => !IsReversed))
  if (!invoice) return null
  world.books.reverseInvoice(invoice.Id)
  return `reverses ${invoice.InvoiceNo}`
}

const payTwo: Act = ({ books }, _model, dice) => {
  const [first, second] = books.postedInvoices().filter((one) => isOpen(one) && (one.Balance ?? 0) > 0)
  if (
    !first ||
    !second ||
    first.CustomerId !== second.CustomerId ||
    first.CurrencyCode !== second.CurrencyCode
  )
    return null
  const amount = Math.round(((first.Balance ?? 0) + (second.Balance ?? 0) * dice.pick([1, 0.5])) * 100) / 100
  books.payTwoInvoices([first.Id, second.Id], amount)
  return `${first.InvoiceNo} and ${second.InvoiceNo} are paid together by ${amount}`
}

const matchCredit: Act = ({ books }, _model, dice) => {
  const open = books.postedInvoices().filter(isOpen)
  const credit = dice.pick(open.filter(({ Balance }) => (Balance ?? 0) < 0))
  const invoice = dice.pick(
    open.filter(({ Balance, CustomerId }) => (Balance ?? 0) > 0 && CustomerId === credit?.CustomerId),
  )
  if (!credit || !invoice) return null
  books.matchCreditNote(invoice.Id, credit.Id)
  return `settles ${invoice.InvoiceNo} by ${credit.InvoiceNo}`
}

const archiveProduct: Act = ({ books }, _model, dice) => {
  const product = dice.pick(books.products())
  if (!product) return null
  books.editProduct(product.Id, { IsArchived: !product.IsArchived })
  return `${product.IsArchived ? 'revives' : 'archives'} the product ${product.Code}`
}

const deleteProduct: Act = (world, _model, dice) => {
  const product = dice.pick(world.books.products())
  if (!product) return null
  world.books.deleteProduct(product.Id)
  billsOf(world).left.products++
  return `deletes the product ${product.Code}`
}

const deactivateProject: Act = ({ books }, _model, dice) => {
  const project = dice.pick(books.projects.all())
  if (!project) return null
  books.editProject(project.Id, { IsActive: !project.IsActive })
  return `${project.IsActive ? 'ends' : 'opens'} the project ${project.Code}`
}

const lock: Act = ({ books, clock }, _model, dice) => {
  const today = new Date(clock.now()).toISOString().slice(0, 10)
  const day = dice.pick([null, null, '2026-02-28', today])
  books.setLockDate(day)
  return `closes the books until ${day}`
}

const archive: Act = ({ books }, _model, dice) => {
  const customer = dice.pick(books.customers())
  if (!customer) return null
  books.archive(customer.Id, !customer.IsArchived)
  return `${customer.IsArchived ? 'revives' : 'archives'} ${customer.Name}`
}

const demand: Act = ({ books }, _model, dice) => {
  const no = dice.pick(ACCOUNTS)
  const IsProjectRequired = dice.is(0.4)
  books.editAccount(no, { IsProjectRequired })
  return `account ${no} ${IsProjectRequired ? 'demands' : 'demands no'} project`
}
export const ACCOUNTS = [3000, 3010, 3020, 3100] as const

const allow: Act = ({ books }, _model, dice) => {
  const isAllowed = dice.is(0.6)
  books.setAllowSendInvoice(isAllowed)
  return isAllowed ? 'lets the integration send' : 'does not let the integration send'
}

export const BOOKS_ACTS: readonly (readonly [number, Act])[] = [
  [4, sendDraft],
  [1.5, editDraft],
  [1, deleteDraft],
  [6, pay],
  [1.5, undo],
  [0.7, writeOff],
  [0.5, reverse],
  [1.5, lock],
  [1, archive],
  [1, demand],
  [0.5, allow],
  [1, payTwo],
  [1, matchCredit],
  [0.5, archiveProduct],
  [0.3, deleteProduct],
  [0.5, deactivateProject],
]

/** A bookkeeper opens the period, and takes back whatever stands in the way. */
export function openAll({ books }: Scene): void {
  books.setLockDate(null)
  books.setAllowSendInvoice(true)
  for (const no of ACCOUNTS) books.editAccount(no, { IsProjectRequired: false })
  for (const { Id, IsArchived } of books.customers()) if (IsArchived) books.archive(Id, false)
  for (const { Id, IsArchived } of books.products())
    if (IsArchived) books.editProduct(Id, { IsArchived: false })
  const known = books.projects.all()
  for (const { Id } of known) books.editProject(Id, { IsActive: true })
  for (const Code of PROJECTS) if (known.every((one) => one.Code !== Code)) books.hasProject({ Code })
}
