import { describe, expect, test, vi } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, NIGHT, PAYMENTS, POLL, useBookkeeping } from './bookkeeping'

/**
 * Somebody deletes a record in Tribe while something is on its way to it. It ends as what it is: the invoice was deleted, and
 * nobody is told to mend what Tribe does not take of it.
 */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()
const BALANCE = `${'b'.repeat(8)}__844e__4399__9142__2d960441a391`
const FIELD = {
  record: 'invoice',
  tribeField: BALANCE,
  powerOfficeField: 'invoice.balance',
  direction: 'to-tribe',
}

/** Does this once, when such a call is about to be answered; says whether it came. */
function onArrival({ town }: Bookkeeping, pattern: RegExp, act: () => void): () => boolean {
  let isDone = false
  town.onArrival = (_, call) => {
    if (isDone || !pattern.test(call)) return
    isDone = true
    act()
  }
  return () => isDone
}

interface Sent {
  kit: Bookkeeping
  tenant: TownTenant
  id: string
}
const postedOf = ({ tenant }: Sent) => String(tenant.books.postedInvoices()[0]?.Id)
const pay = async (sent: Sent) => {
  sent.tenant.books.receivePayment(postedOf(sent), 1250)
  await sent.kit.tick(PAYMENTS)
}

interface Way {
  what: string
  mode: string
  /** Of the call during which it is deleted. */
  at: RegExp
  more?: { invoices?: object; powerOffice?: object; tribe?: object }
  /** What leads to that call once the invoice was sent, which is at work as soon as it is. */
  work?: (sent: Sent) => Promise<void>
  posted?: number
}

const WAYS: readonly Way[] = [
  { what: 'its PDF is handed over', mode: 'send', at: /^POST .*\/Attachment$/ },
  { what: 'what hangs on it is asked for', mode: 'send', at: /^GET .*expand=Attachments/ },
  { what: 'its payment is told', mode: 'book', at: /^POST .*\/Payment$/, work: pay },
  { what: 'its phase is set', mode: 'book', at: /^POST .*\/Activity_Invoice$/, work: pay },
  {
    what: 'its payment is taken back',
    mode: 'book',
    at: /^PUT .*\/Payment\(/,
    async work(sent) {
      await pay(sent)
      sent.tenant.books.reverseInvoice(postedOf(sent))
      await sent.kit.tick(PAYMENTS)
    },
  },
  {
    what: 'its phase is taken back',
    mode: 'book',
    at: /^POST .*\/Activity_Invoice$/,
    async work(sent) {
      const at = sent.kit.town.onArrival
      sent.kit.town.onArrival = () => undefined
      await pay(sent)
      sent.kit.town.onArrival = at
      sent.tenant.books.reverseInvoice(postedOf(sent))
      await sent.kit.tick(PAYMENTS)
    },
  },
  {
    what: 'a field of an admin’s own is told',
    mode: 'book',
    at: /^PUT .*\/Activity_Invoice\(/,
    async work({ kit, tenant }) {
      await kit.api(tenant, 'PUT', '/fields', { mapped: [FIELD] })
      await kit.tick(PAYMENTS)
    },
  },
  { what: 'the PDF of its voucher is looked for', mode: 'voucher', at: /^GET .*expand=Attachments/ },
  { what: 'the PDF of its voucher is read', mode: 'voucher', at: /^GET .*odata-file/ },
  {
    what: 'its attachments are looked for',
    mode: 'book',
    at: /^GET .*expand=Attachments/,
    more: { invoices: { attachments: 'all' } },
    posted: 0,
  },
  {
    what: 'its attachments are looked for, and a bookkeeper has its draft',
    mode: 'draft',
    at: /^GET .*expand=Attachments/,
    more: { invoices: { attachments: 'all' } },
    posted: 0,
  },
]

describe.each([true, false])('an invoice is deleted in Tribe, and Tribe says so: %s', (isTold) => {
  test.each(WAYS)('while $what ($mode)', async ({ mode, at, more = {}, work, posted = 1 }) => {
    const kit = begin()
    const tenant = await kit.tenant({
      settings: { invoices: { mode, ...more.invoices } },
      tribe: { customFields: { Activity_Invoice: { [BALANCE]: 'double' as const } }, ...more.tribe },
    })
    const roleId = await kit.customer(tenant)
    const id = tenant.crm.hasInvoice({ roleId })
    const came = onArrival(kit, at, () => tenant.crm.remove(id, { silent: !isTold }))
    tenant.crm.sendInvoice(id)
    await kit.quiet()
    await work?.({ kit, tenant, id })
    await kit.town.passMinutes(1)
    expect(came()).toBe(true)
    const told = () => codesOf(tenant).filter((code) => code !== 'invoice.reversed')
    expect([told(), kit.links(tenant).map(({ state }) => state)]).toEqual([
      ['invoice.deleted_in_tribe'],
      ['tribe-gone'],
    ])
    // Nothing of it is tried again, and nobody is told of it another day.
    const since = kit.town.calls.length
    await kit.town.passMinutes(26 * 60)
    await kit.tick(POLL, PAYMENTS, NIGHT)
    const writes = kit.town.calls
      .slice(since)
      .filter(({ method, path }) => method !== 'GET' && !/token/i.test(path))
    expect([told(), booked(tenant).posted, writes]).toEqual([['invoice.deleted_in_tribe'], posted, []])
    expect(kit.town.violations()).toEqual([])
  })
})

test('one that was only hidden while its PDF was handed over has it, and its payment, once it shows again', async () => {
  const kit = begin()
  const tenant = await kit.tenant({
    settings: { invoices: { mode: 'send' } },
    tribe: { invoicePdf: 'later' },
  })
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId })
  onArrival(kit, /^POST .*\/Attachment$/, () => tenant.crm.hide(id))
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  await kit.town.passMinutes(1)
  expect([codesOf(tenant), tenant.crm.filesOn(id)]).toEqual([['invoice.deleted_in_tribe'], []])
  await pay({ kit, tenant, id })
  tenant.crm.hide(id, false)
  await kit.tick(POLL, NIGHT)
  await kit.town.passMinutes(5)
  expect([codesOf(tenant), tenant.crm.phaseOf(id)]).toEqual([[], 'Paid'])
  expect(tenant.crm.filesOn(id).map(({ name }) => name)).toEqual(['PowerOffice 10001.pdf'])
})

test('what was refused of a draft is told no more once a bookkeeper has deleted it', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: { invoices: { mode: 'draft', attachments: 'all' } } })
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.hasAttachment(id, { name: 'a.txt', mimeType: 'text/plain', data: new TextEncoder().encode('a') })
  kit.town.powerOffice.faults.add({ name: 'refused', on: /POST .*attachments/, times: 2 })
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  expect(codesOf(tenant)).toEqual(['invoice.attachment_refused'])
  tenant.books.deleteDraft(String(tenant.books.salesOrders()[0]?.Id))
  await kit.tick(NIGHT)
  expect([codesOf(tenant), kit.links(tenant).map(({ state }) => state)]).toEqual([[], ['poweroffice-gone']])
})

test.each<[string, (tenant: TownTenant, id: string) => void]>([
  ['deleted', ({ crm }, id) => crm.remove(id, { silent: true })],
  ['set back', ({ crm }, id) => crm.setPhase(id, 'Draft', { silent: true })],
])(
  'what keeps an invoice from the books is told no more once it is %s in Tribe, at night at the latest',
  async (_, act) => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: { linkBumpsMutation: false } })
    const roleId = await kit.customer(tenant)
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.setPhase(id, 'Sent')
    await kit.quiet()
    await kit.town.passMinutes(2)
    expect(codesOf(tenant)).toEqual(['invoice.unfinished'])
    act(tenant, id)
    await kit.tick(POLL, NIGHT)
    expect([codesOf(tenant), booked(tenant)]).toEqual([[], { drafts: 0, posted: 0 }])
  },
)

interface Other {
  what: string
  at: RegExp
  make: (tenant: TownTenant) => string
  inBooks: (tenant: TownTenant) => number
}
const customer = ({ crm }: TownTenant) =>
  crm.hasCustomer({ organization: { Name: 'Fersk AS', PhoneNumber: '22 11 11 11' } }).organizationId
const product = ({ crm }: TownTenant) => crm.hasProduct({ Name: 'Ny vare', SalesPrice: 10 })
const OTHERS: readonly Other[] = [
  {
    what: 'a customer, as PowerOffice makes it',
    at: /^POST .*\/Customers$/,
    make: customer,
    inBooks: ({ books }) => books.customers().length,
  },
  {
    what: 'a customer, as it is told its number',
    at: /^PUT .*\/Relation_Organization\(/,
    make: customer,
    inBooks: ({ books }) => books.customers().length,
  },
  {
    what: 'a product, as PowerOffice makes it',
    at: /^POST .*\/Products$/,
    make: product,
    inBooks: ({ books }) => books.products().length,
  },
  {
    what: 'a product, as it is marked',
    at: /^PUT .*\/Product\(/,
    make: product,
    inBooks: ({ books }) => books.products().length,
  },
]

test.each(OTHERS)(
  '$what: deleted in Tribe that moment, it comes apart, and nobody is told to mend it',
  async ({ at, make, inBooks }) => {
    const kit = begin()
    const tenant = await kit.tenant()
    let id = ''
    const came = onArrival(kit, at, () => tenant.crm.remove(id, { silent: true }))
    id = make(tenant)
    await kit.quiet()
    expect([came(), codesOf(tenant), inBooks(tenant)]).toEqual([true, [], 1])
    const states = () =>
      kit.town.platform.database
        .prepare('select state from links')
        .all()
        .map(({ state }) => state)
    expect(states()).toEqual(['tribe-gone'])
    await kit.tick(POLL, NIGHT, POLL)
    expect([codesOf(tenant), inBooks(tenant), states()]).toEqual([[], 1, ['tribe-gone']])
    expect(kit.town.violations()).toEqual([])
  },
)
