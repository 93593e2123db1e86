import { describe, expect, test, vi } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, PAYMENTS, useBookkeeping } from './bookkeeping'

/** How invoices reach the customer: the type that new customers get, the address that goes along, and what is told. */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()

const REGISTERED = '923609016'
const UNREGISTERED = '974760673'
const withMode = (mode: string, delivery = 'rule') => ({ invoices: { mode, delivery, pdfToTribe: false } })

interface Customer {
  organization?: Record<string, string>
  person?: Record<string, string>
  /** What it is made with in PowerOffice. */
  type: 'EHF' | 'PdfByEmail' | 'Print'
  calls: number
  mailed: string[]
  /** How an invoice goes out that PowerOffice delivers; null: not at all. */
  channel: string | null
}
const KINDS: readonly [string, Customer][] = [
  [
    'a company that is registered for EHF',
    {
      organization: { VATNumber: `NO ${REGISTERED} MVA` },
      type: 'EHF',
      calls: 1,
      mailed: [],
      channel: 'EHF',
    },
  ],
  [
    'a company that is not registered, with an address for invoices',
    {
      organization: {
        VATNumber: UNREGISTERED,
        EmailAddress: 'post@fjord.example',
        FinancialEmailAddress: 'faktura@fjord.example',
      },
      type: 'PdfByEmail',
      calls: 2,
      mailed: ['faktura@fjord.example'],
      channel: 'PdfByEmail',
    },
  ],
  [
    'a company without a number of Norway, with a general address',
    {
      organization: { VATNumber: '914778270', EmailAddress: 'post@fjord.example' },
      type: 'PdfByEmail',
      calls: 1,
      mailed: ['post@fjord.example'],
      channel: 'PdfByEmail',
    },
  ],
  [
    'a private person',
    {
      person: { FirstName: 'Ada', LastName: 'Berg', EmailAddress: 'ada@berg.example' },
      type: 'PdfByEmail',
      calls: 1,
      mailed: ['ada@berg.example'],
      channel: 'PdfByEmail',
    },
  ],
  [
    'a company that nothing reaches',
    {
      organization: { VATNumber: UNREGISTERED },
      type: 'Print',
      calls: 2,
      mailed: [],
      channel: null,
    },
  ],
]

async function customer(kit: Bookkeeping, { crm, books }: TownTenant, { organization, person }: Customer) {
  books.cannotReceiveEhf(UNREGISTERED)
  const { roleId } = person
    ? crm.hasPrivateCustomer({ person })
    : crm.hasCustomer({ organization: { Name: 'Fjord AS', ...organization } })
  await kit.quiet()
  return roleId
}

async function sent(kit: Bookkeeping, { crm }: TownTenant, roleId: string): Promise<string> {
  const id = crm.hasInvoice({ roleId })
  crm.sendInvoice(id)
  await kit.quiet()
  return id
}

const posts = (kit: Bookkeeping) =>
  kit.town.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/Customers')).length
const recordOf = async (kit: Bookkeeping, tenant: TownTenant, id: string) =>
  kit.api(tenant, 'GET', `/records?kind=invoice&tribeId=${id}`)
const eventsOf = (record: { timeline: { event: string }[] }) => record.timeline.map(({ event }) => event)

describe.each(KINDS)('%s', (_, wanted) => {
  test.each(['draft', 'book', 'send'])('with the rule, in the mode %s', async (mode) => {
    const kit = begin()
    const tenant = await kit.tenant({ settings: withMode(mode) })
    const { books } = tenant
    const roleId = await customer(kit, tenant, wanted)
    expect([books.customers().map((one) => one.InvoiceDeliveryType), posts(kit)]).toEqual([
      [wanted.type],
      wanted.calls,
    ])
    const onPaper = wanted.type === 'Print' ? ['relation.not_electronic'] : []
    expect(codesOf(tenant)).toEqual(onPaper)
    const id = await sent(kit, tenant, roleId)
    const record = await recordOf(kit, tenant, id)
    if (mode === 'draft') {
      expect([booked(tenant), record.invoice.delivery]).toEqual([{ drafts: 1, posted: 0 }, null])
      return
    }
    const isStuck = mode === 'send' && wanted.channel === null
    expect(booked(tenant)).toEqual(isStuck ? { drafts: 1, posted: 0 } : { drafts: 0, posted: 1 })
    expect(codesOf(tenant).sort()).toEqual([...(isStuck ? ['invoice.no_email'] : []), ...onPaper])
    if (mode === 'book') {
      // It is delivered to nobody, and nothing else is said.
      expect([books.mailed, record.invoice.delivery, eventsOf(record)]).toEqual([
        [],
        null,
        expect.not.arrayContaining(['delivered']),
      ])
      return
    }
    expect(books.mailed).toEqual(wanted.mailed)
    if (isStuck) {
      expect(record.invoice.delivery).toEqual({
        channel: null,
        at: null,
        failed: expect.stringContaining('e-mail'),
      })
      return
    }
    const [posted] = books.postedInvoices()
    const at = new Date(String(posted?.SentDateTimeOffset)).getTime()
    expect([record.invoice.delivery.channel, Date.parse(record.invoice.delivery.at)]).toEqual([
      wanted.channel,
      at,
    ])
    expect(record.timeline).toContainEqual(
      expect.objectContaining({
        event: 'delivered',
        details: { channel: wanted.channel, sentAt: record.invoice.delivery.at },
      }),
    )
  })

  test('by itself the relay decides nothing', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ settings: withMode('send', 'leave') })
    await customer(kit, tenant, wanted)
    expect([tenant.books.customers().map((one) => one.InvoiceDeliveryType), posts(kit)]).toEqual([
      ['Print'],
      1,
    ])
    expect(codesOf(tenant)).toEqual([])
  })
})

test('what a bookkeeper has set of a customer that is there stays', async () => {
  const kit = begin()
  const tenant = await kit.tenant({
    settings: withMode('send'),
    before: ({ books }) => {
      books.hasCustomer({ Name: 'Gammel AS', OrganizationNumber: REGISTERED, InvoiceDeliveryType: 'Print' })
    },
  })
  const [role] = tenant.crm.customers()
  const organization = role?.Organization as { ID: string }
  tenant.crm.edit(organization.ID, { EmailAddress: 'post@gammel.example', Name: 'Gammelt AS' })
  await kit.quiet()
  await kit.tick('*/15 * * * *', '30 2 * * *')
  expect(tenant.books.customers()).toMatchObject([
    { Name: 'Gammelt AS', EmailAddress: 'post@gammel.example', InvoiceDeliveryType: 'Print' },
  ])
})

test.each(['detail', 'errors', 'silent'] as const)(
  'a refusal of EHF that is told by %s costs one call more, and no field',
  async (refusalStyle) => {
    const kit = begin()
    const tenant = await kit.tenant({ settings: withMode('send'), powerOffice: { refusalStyle } })
    tenant.books.emptyElma(true)
    const organization = {
      VATNumber: REGISTERED,
      EmailAddress: 'post@fjord.example',
      PhoneNumber: '22 33 44 55',
    }
    await customer(kit, tenant, { ...(KINDS[1]?.[1] as Customer), organization })
    expect([posts(kit), codesOf(tenant)]).toEqual([2, []])
    expect(tenant.books.customers()).toMatchObject([
      { InvoiceDeliveryType: 'PdfByEmail', OrganizationNumber: REGISTERED, PhoneNumber: '22 33 44 55' },
    ])
  },
)

test('an e-mail address that is refused leaves a customer on paper, and both are told', async () => {
  const kit = begin()
  const tenant = await kit.tenant({
    settings: withMode('draft'),
    powerOffice: { refuses: { EmailAddress: /blokkert/ } },
  })
  tenant.books.emptyElma(true)
  const organization = { VATNumber: REGISTERED, EmailAddress: 'blokkert@fjord.example' }
  await customer(kit, tenant, { ...(KINDS[1]?.[1] as Customer), organization })
  expect(tenant.books.customers()).toMatchObject([{ InvoiceDeliveryType: 'Print', EmailAddress: null }])
  expect(codesOf(tenant).sort()).toEqual(['field.refused', 'relation.not_electronic'])
  await kit.api(tenant, 'POST', '/jobs/retry', { code: 'relation.not_electronic' })
  await kit.quiet()
  expect(codesOf(tenant)).toEqual(['field.refused'])
})

describe('that a customer is on paper is told until it is not so any more', () => {
  async function onPaper(kit: Bookkeeping) {
    const tenant = await kit.tenant({ settings: withMode('draft') })
    const roleId = await customer(kit, tenant, KINDS[4]?.[1] as Customer)
    await kit.tick('*/15 * * * *', '30 2 * * *')
    expect(codesOf(tenant)).toEqual(['relation.not_electronic'])
    return { tenant, roleId, id: Number(tenant.books.customers()[0]?.Id) }
  }

  test.each<[string, (kit: Bookkeeping, tenant: TownTenant, id: number, roleId: string) => unknown]>([
    [
      'a bookkeeper chooses e-mail',
      (_, { books }, id) =>
        books.editCustomer(id, { EmailAddress: 'post@fjord.example', InvoiceDeliveryType: 'PdfByEmail' }),
    ],
    [
      'a bookkeeper chooses EHF, which it takes by now',
      (_, { books }, id) => books.editCustomer(id, { InvoiceDeliveryType: 'EHF' }),
    ],
    [
      'nobody wants the rule any more',
      (kit, tenant) => kit.api(tenant, 'PATCH', '/settings', { invoices: { delivery: 'leave' } }),
    ],
    ['it is deleted in Tribe', (_, { crm }, __, roleId) => crm.remove(roleId)],
  ])('%s', async (_, change) => {
    const kit = begin()
    const { tenant, id, roleId } = await onPaper(kit)
    await change(kit, tenant, id, roleId)
    await kit.quiet()
    await kit.tick('*/15 * * * *')
    expect(codesOf(tenant)).toEqual([])
  })

  test('an edit of something else is no end of it', async () => {
    const kit = begin()
    const { tenant, id } = await onPaper(kit)
    tenant.books.editCustomer(id, { PhoneNumber: '22 33 44 55' })
    await kit.tick('*/15 * * * *')
    expect(codesOf(tenant)).toEqual(['relation.not_electronic'])
  })
})

test('PowerOffice that finds out by itself who takes EHF needs no address', async () => {
  const kit = begin()
  const tenant = await kit.tenant({
    settings: withMode('send', 'leave'),
    powerOffice: { autoAsksElma: true },
  })
  const roleId = await customer(kit, tenant, KINDS[0]?.[1] as Customer)
  const id = await sent(kit, tenant, roleId)
  expect((await recordOf(kit, tenant, id)).invoice.delivery.channel).toBe('EHF')
})

test('why a delivery failed is told in the words of PowerOffice, without naming anybody', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: withMode('send') })
  const roleId = await customer(kit, tenant, {
    ...(KINDS[3]?.[1] as Customer),
    person: { FirstName: 'Ada', LastName: 'Berg', EmailAddress: 'ada@berg.example' },
  })
  tenant.books.failNextDelivery('Mottaker Ada Berg (ada@berg.example, 010190 12345) tar ikke imot EHF.')
  const id = await sent(kit, tenant, roleId)
  const record = await recordOf(kit, tenant, id)
  const words = 'Mottaker … … (…, …) tar ikke imot EHF.'
  expect([codesOf(tenant), record.invoice.delivery]).toEqual([
    ['invoice.delivery_failed'],
    { channel: null, at: null, failed: words },
  ])
  expect(record.timeline).toContainEqual(
    expect.objectContaining({
      event: 'posting-failed',
      details: { code: 'invoice.delivery_failed', said: words },
    }),
  )
  await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.delivery_failed' })
  await kit.quiet()
  const after = await recordOf(kit, tenant, id)
  expect([codesOf(tenant), after.invoice.delivery]).toEqual([
    [],
    { channel: 'PdfByEmail', at: expect.any(String), failed: null },
  ])
})

describe('PowerOffice may have posted what it could not deliver', () => {
  const WORDS = 'Mottakeren tar ikke imot EHF lenger.'
  const undelivered = async (kit: Bookkeeping, mode = 'send') => {
    const tenant = await kit.tenant({
      settings: withMode(mode),
      powerOffice: { failedDeliveryLeaves: 'posted', downloadsCountAsSent: false },
    })
    const roleId = await customer(kit, tenant, KINDS[1]?.[1] as Customer)
    if (mode === 'send') tenant.books.failNextDelivery(WORDS)
    const since = kit.town.calls.length
    return { tenant, roleId, id: await sent(kit, tenant, roleId), since }
  }

  test('then it is booked with its number, told as not delivered, and never asked for again', async () => {
    const kit = begin()
    const { tenant, id, since } = await undelivered(kit)
    const record = await recordOf(kit, tenant, id)
    const [posted] = tenant.books.postedInvoices()
    expect([codesOf(tenant), kit.links(tenant)[0]?.number, record.invoice]).toEqual([
      ['invoice.not_delivered'],
      String(posted?.InvoiceNo),
      expect.objectContaining({ delivery: { channel: null, at: null, failed: WORDS } }),
    ])
    expect(tenant.problems().join()).toContain(WORDS)
    expect(record.timeline.map(({ event }: { event: string }) => event)).toEqual(
      expect.arrayContaining(['delivery-failed', 'posted']),
    )
    await kit.tick(PAYMENTS, '30 2 * * *')
    expect(codesOf(tenant)).toEqual(['invoice.not_delivered'])
    await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.not_delivered' })
    await kit.quiet()
    expect([codesOf(tenant), booked(tenant)]).toEqual([[], { drafts: 0, posted: 1 }])
    expect(kit.writesSince(since).filter((call) => /CreateAndSendInvoice/.test(call))).toHaveLength(1)
  })

  test('what is posted for download has a number and no time of sending: that is enough', async () => {
    const kit = begin()
    const { tenant, since } = await undelivered(kit, 'book')
    const [posted] = tenant.books.postedInvoices()
    expect([codesOf(tenant), kit.links(tenant)[0]?.number]).toEqual([[], String(posted?.InvoiceNo)])
    const looks = kit.town.calls.slice(since).filter(({ path }) => /SentState/.test(path))
    expect(looks.length).toBeLessThanOrEqual(2)
  })
})

test('how a draft went out that a bookkeeper sends is told, too', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: withMode('draft') })
  const roleId = await customer(kit, tenant, KINDS[1]?.[1] as Customer)
  const id = await sent(kit, tenant, roleId)
  const [draft] = tenant.books.salesOrders()
  tenant.books.sendDraft(String(draft?.Id), { deliveryType: 'PdfByEmail' })
  await kit.tick(PAYMENTS)
  expect((await recordOf(kit, tenant, id)).invoice.delivery).toMatchObject({
    channel: 'PdfByEmail',
    failed: null,
  })
})
