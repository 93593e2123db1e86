import type { Blow, DatabaseMishap, Mishap } from '../platform/weather'
import { type Mode, Stage } from './stage'

/**
 * Each mode, the modes `book` and `voucher` with an odd PowerOffice, a voucher that is credited, orders with files, and a
 * draft that a bookkeeper changes.
 */
export const PIECES = [
  { mode: 'draft', odd: false },
  { mode: 'book', odd: false },
  { mode: 'send', odd: false },
  { mode: 'book', odd: true },
  { mode: 'voucher', odd: false },
  { mode: 'voucher', odd: true },
  { mode: 'voucher', odd: false, isCredited: true },
  { mode: 'draft', odd: false, hasFiles: true },
  { mode: 'book', odd: true, hasFiles: true },
  { mode: 'send', odd: false, hasFiles: true },
  { mode: 'draft', odd: false, isChanged: true },
] as const satisfies readonly Piece[]
export interface Piece {
  mode: Mode
  odd: boolean
  /** It is credited in full, where others are paid. */
  isCredited?: boolean
  /** What hangs on it in Tribe goes along. */
  hasFiles?: boolean
  /** A bookkeeper takes 100 kroner off before the draft is sent. */
  isChanged?: boolean
}

export const CALLS: readonly Mishap[] = [
  'crash-before',
  'crash-after',
  'lost-before',
  'lost-after',
  'error-after',
  'slow',
  'late',
  'cut-off',
  'truncated',
  'replaced',
]
export const QUERIES: readonly DatabaseMishap[] = [
  'fails',
  'fails-after',
  'crash-before',
  'crash-after',
  'replaced',
]

/** All that can go wrong once, on a way of so many calls and queries; or these mishaps alone. */
export const blowsOn = (
  { calls, queries }: { calls: number; queries: number },
  of: readonly [calls: readonly Mishap[], queries: readonly DatabaseMishap[]] = [CALLS, QUERIES],
): Blow[] => [
  ...of[0].flatMap((call) => Array.from({ length: calls }, (_, n) => ({ at: n + 1, call }))),
  ...of[1].flatMap((query) => Array.from({ length: queries }, (_, n) => ({ at: n + 1, query }))),
]

export interface Played {
  /** What is not as it should be; null when all is. */
  fault: string | null
  calls: number
  queries: number
  story: string[]
}

/** An invoice on its way from Tribe to its payment, with this blow. */
export async function play(piece: Piece, blow: Blow | null): Promise<Played> {
  const stage = await Stage.open(blow, piece)
  let fault: string | null
  try {
    fault = await act(stage, piece)
  } catch (thrown) {
    fault = thrown instanceof Error ? String(thrown.stack) : String(thrown)
  } finally {
    stage.close()
  }
  const { calls, queries } = stage.weather
  return { fault, calls, queries, story: stage.town.story }
}

async function act(stage: Stage, piece: Piece): Promise<string | null> {
  const { mode, isCredited = false } = piece
  const { town, tenant } = stage
  const { crm, books } = tenant
  await town.passMinutes(1)
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
  if (piece.hasFiles) {
    const data = new TextEncoder().encode('uke 1')
    crm.hasAttachment(id, { name: 'timer.txt', mimeType: 'text/plain', data }, { silent: true })
  }
  crm.sendInvoice(id, { silent: true })
  await town.timeline.run(1000)
  await stage.look(id)
  await stage.quiet()
  const [draft] = books.salesOrders()
  if (draft && piece.isChanged) {
    const time = books.products().find(({ Name }) => Name === 'Time')
    books.addDraftLine(draft.Id, { ProductId: Number(time?.Id), Quantity: 1, ProductUnitPrice: -100 })
  }
  if (mode === 'draft' && draft) books.sendDraft(draft.Id)
  const [posted] = books.postedInvoices()
  if (isCredited) {
    const credit = crm.creditInvoice(id, { silent: true })
    crm.sendInvoice(credit, { silent: true })
    await town.timeline.run(1000)
    await stage.ask(credit)
    await stage.quiet()
  } else if (posted) books.receivePayment(posted.Id, posted.TotalAmount)
  await town.timeline.run(1000)
  for (let poll = 0; poll < 2; poll++) {
    await town.tick('0 */4 * * *')
    await stage.quiet()
  }
  // What may be on its way is looked for at leisure.
  await town.passMinutes(30)
  return isCredited ? notCredited(stage) : notOnce(stage, id, piece)
}

/**
 * The invoice is in the books once, the link points at it, the payment is told, and nothing is stuck. A voucher has its
 * paper, its number is Tribe's, and no product is made for it. What PowerOffice has issued has its PDF in Tribe, and
 * what hung on the invoice is on its order: once each. What a bookkeeper has changed is told, once.
 */
function notOnce(
  stage: Stage,
  id: string,
  { mode, hasFiles = false, isChanged = false }: Piece,
): string | null {
  const { crm, books } = stage.tenant
  const posted = books.postedInvoices()
  const is = {
    orders: books.salesOrders().length,
    invoices: posted.map(({ TotalAmount }) => TotalAmount),
    customers: books.customers().length,
    products: books
      .products()
      .map(({ Code, Name }) => Code ?? Name)
      .sort(),
    links: stage.invoiceLinks(),
    papers: [...books.documents].map(([voucherId, { bytes }]) => [voucherId, Buffer.from(bytes).toString()]),
    files: books
      .filesOn(String(posted[0]?.Id))
      .map(({ name }) => name)
      .sort(),
    inTribe: crm
      .filesOn(id)
      .map(({ name }) => name)
      .sort(),
    payments: crm.all('Payment').map(({ Amount }) => Amount),
    phases: crm.all('Activity_Invoice').map((invoice) => crm.phaseOf(String(invoice.ID))),
    problems: isChanged ? stage.tenant.jobs.problems(100).map(({ code }) => code) : stage.tenant.problems(),
    violations: stage.violations(),
  }
  const [invoice] = posted
  const isVoucher = mode === 'voucher'
  const total = isChanged ? 3114.43 : 3239.43
  const wanted: typeof is = {
    orders: 0,
    invoices: [total],
    customers: 1,
    products: isVoucher ? [] : ['RELAY-VAT-31-3010', 'Time'],
    links: [
      {
        powerOfficeId: String(invoice?.Id),
        number: isVoucher ? '20260001' : String(invoice?.InvoiceNo),
        state: 'linked',
        stage: 'posted',
      },
    ],
    papers: isVoucher ? [[String(invoice?.Id), '%PDF-1.4\n% 2026-0001\n%%EOF\n']] : [],
    files: hasFiles ? ['2026-0001.pdf', 'timer.txt'] : [],
    inTribe: [
      '2026-0001.pdf',
      ...(mode === 'draft' || mode === 'send' ? [`PowerOffice ${invoice?.InvoiceNo}.pdf`] : []),
      ...(hasFiles ? ['timer.txt'] : []),
    ],
    payments: [total],
    phases: ['Paid'],
    problems: isChanged ? ['invoice.booked_otherwise'] : [],
    violations: [],
  }
  const [told, right] = [JSON.stringify(is), JSON.stringify(wanted)]
  return told === right ? null : `is ${told}, not ${right}`
}

/** Invoice and credit note are in the books once each, with their papers, and settle each other. */
function notCredited(stage: Stage): string | null {
  const { crm, books } = stage.tenant
  const posted = books.postedInvoices()
  const is = {
    invoices: posted.map(({ InvoiceNo, TotalAmount, Balance }) => [InvoiceNo, TotalAmount, Balance]),
    links: stage
      .invoiceLinks()
      .map(({ powerOfficeId, number, stage }) => [powerOfficeId, number, stage])
      .sort(),
    papers: posted.map(({ Id }) => books.documents.get(Id)?.name),
    payments: crm.all('Payment').length,
    problems: stage.tenant.problems(),
    violations: stage.violations(),
  }
  const wanted: typeof is = {
    invoices: [
      [20260001, 3239.43, 0],
      [20260002, -3239.43, 0],
    ],
    links: posted.map(({ Id, InvoiceNo }) => [Id, String(InvoiceNo), 'posted']).sort(),
    papers: ['20260001.pdf', '20260002.pdf'],
    payments: 0,
    problems: [],
    violations: [],
  }
  const [told, right] = [JSON.stringify(is), JSON.stringify(wanted)]
  return told === right ? null : `is ${told}, not ${right}`
}
