import { expect, test, vi } from 'vitest'
import { ALL_PRIVILEGES } from '../fakes/poweroffice'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, useBookkeeping } from './bookkeeping'

/** What hangs on an invoice in Tribe: on its order in PowerOffice before that is posted, each file once. */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()
const MODES = ['draft', 'book', 'send'] as const
const withMode = (mode: string) => ({ invoices: { mode, attachments: 'all', pdfToTribe: false } })

const ALL = [
  { name: '2026-0001.pdf', text: '%PDF-1.4\n% 2026-0001\n%%EOF\n' },
  { name: 'timer (2).txt', text: 'uke 2' },
  { name: 'timer.txt', text: 'uke 1' },
]
const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)

function attach({ crm }: TownTenant, invoiceId: string, name: string, text: string): void {
  const data = new TextEncoder().encode(text)
  crm.hasAttachment(invoiceId, { name, mimeType: 'text/plain', data }, { silent: true })
}

async function sent(kit: Bookkeeping, tenant: TownTenant): Promise<string> {
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId, silent: true })
  attach(tenant, id, 'timer.txt', 'uke 1')
  attach(tenant, id, 'timer.txt', 'uke 2')
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  return id
}

const filesIn = (tenant: TownTenant) => {
  const [id = ''] = [...tenant.books.salesOrders(), ...tenant.books.postedInvoices()].map(({ Id }) => Id)
  return tenant.books.filesOn(id).sort(byName)
}
/** Which of two files of one name comes first is chance; that each is there once is not. */
const plain = (files: readonly { name: string; text: string }[]) => [
  files.map(({ name }) => name),
  files.map(({ text }) => text).sort(),
]
const uploads = (kit: Bookkeeping) =>
  kit.town.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/attachments'))

test.each(MODES)(
  'mode %s: all that hangs on the invoice is on the order, before it is posted',
  async (mode) => {
    const kit = begin()
    const tenant = await kit.tenant({ settings: withMode(mode) })
    const atPosting: number[] = []
    kit.town.onArrival = (path) => {
      if (path.includes('CreateAndSendInvoice')) atPosting.push(filesIn(tenant).length)
    }
    const id = await sent(kit, tenant)
    expect([codesOf(tenant), plain(filesIn(tenant))]).toEqual([[], plain(ALL)])
    expect(atPosting).toEqual(mode === 'draft' ? [] : [3])
    expect(booked(tenant)).toEqual(mode === 'draft' ? { drafts: 1, posted: 0 } : { drafts: 0, posted: 1 })
    const { timeline } = await kit.api(tenant, 'GET', `/records?kind=invoice&tribeId=${id}`)
    const told = timeline.find(({ event }: { event: string }) => event === 'attachments-brought')
    expect(told).toMatchObject({ details: { count: 3 } })
    expect(kit.town.violations()).toEqual([])
    // Nothing is listed where nothing can be there yet, and nothing is brought twice by a later look.
    await kit.api(tenant, 'POST', '/sync', { what: 'compare' })
    await kit.quiet()
    expect(uploads(kit)).toHaveLength(3)
  },
)

test('by itself nothing is brought', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: { invoices: { mode: 'book' } } })
  await sent(kit, tenant)
  expect([uploads(kit), booked(tenant)]).toEqual([[], { drafts: 0, posted: 1 }])
})

test.each([
  ['lost-after', /^POST .*attachments/, 1],
  ['error-after', /^POST .*attachments/, 1],
  ['lost-before', /^POST .*attachments/, 1],
  ['unavailable', /^POST .*attachments/, 2],
  ['truncated', /^POST .*attachments/, 1],
  ['slow-before', /^POST .*attachments/, 1],
  ['truncated', /odata-file/, 1],
  ['error-before', /odata-file/, 1],
] as const)('%s at %s: each file is there once, and the invoice is posted', async (name, on, times) => {
  for (const mode of ['draft', 'send']) {
    const kit = begin()
    const tenant = await kit.tenant({ settings: withMode(mode), powerOffice: {} })
    kit.town.powerOffice.replicaLagMs = 900
    kit.town.powerOffice.faults.add({ name, on, times, delayMs: 45_000 })
    kit.town.tribe.faults.add({ name, on, times, delayMs: 45_000 })
    await sent(kit, tenant)
    expect([mode, tenant.problems(), plain(filesIn(tenant))]).toEqual([mode, [], plain(ALL)])
    expect(booked(tenant).posted).toBe(mode === 'send' ? 1 : 0)
    kit.town.platform.close()
  }
})

test('what PowerOffice refuses is told by its name, and the invoice goes; a draft gets it once it is taken', async () => {
  const kit = begin()
  const tenant = await kit.tenant({
    settings: withMode('draft'),
    powerOffice: { refusesAttachments: /\(2\)/ },
  })
  const id = await sent(kit, tenant)
  expect([booked(tenant), codesOf(tenant)]).toEqual([
    { drafts: 1, posted: 0 },
    ['invoice.attachment_refused'],
  ])
  const { problem } = await kit.api(tenant, 'GET', `/records?kind=invoice&tribeId=${id}`)
  expect(problem).toMatchObject({ kind: 'invoice', message: expect.stringContaining('(timer (2).txt)') })
  expect(filesIn(tenant).map(({ name }) => name)).toEqual(['2026-0001.pdf', 'timer.txt'])
  tenant.books.quirks.refusesAttachments = null
  await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.attachment_refused' })
  await kit.quiet()
  expect([codesOf(tenant), plain(filesIn(tenant))]).toEqual([[], plain(ALL)])
})

test('what is refused of an invoice that is posted is set aside by another try', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: withMode('send'), powerOffice: { mostAttachmentBytes: 5 } })
  await sent(kit, tenant)
  expect([booked(tenant), codesOf(tenant)]).toEqual([
    { drafts: 0, posted: 1 },
    ['invoice.attachment_refused'],
  ])
  expect(filesIn(tenant)).toHaveLength(2)
  await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.attachment_refused' })
  await kit.quiet()
  expect(codesOf(tenant)).toEqual([])
})

test.each([
  ['Tribe', 'tribe', /Attachments/],
  ['PowerOffice', 'powerOffice', /^POST .*attachments/],
] as const)('a right that %s does not give is told, and the invoice is posted', async (_, side, on) => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: withMode('book') })
  kit.town[side].faults.add({ name: 'forbidden', on, times: Number.POSITIVE_INFINITY })
  await sent(kit, tenant)
  expect([booked(tenant), codesOf(tenant)]).toEqual([
    { drafts: 0, posted: 1 },
    ['invoice.attachments_not_allowed'],
  ])
  expect((await kit.api(tenant, 'GET', '/status')).state).toBe('active')
})

test.each([
  ['Tribe cannot hand over', 'tribe', 'error-before', /odata-file/],
  ['PowerOffice does not find the order for', 'powerOffice', 'not-found', /^POST .*attachments/],
] as const)(
  'a file that %s holds up the invoice for an hour at most, and is told',
  async (_, side, name, on) => {
    const kit = begin()
    const tenant = await kit.tenant({ settings: withMode('book') })
    const fault = kit.town[side].faults.add({ name, on, times: Number.POSITIVE_INFINITY })
    await sent(kit, tenant)
    await kit.town.passMinutes(5 * 60)
    expect([booked(tenant), codesOf(tenant)]).toEqual([
      { drafts: 0, posted: 1 },
      ['invoice.attachment_refused'],
    ])
    expect(filesIn(tenant)).toEqual([])
    fault.lift()
  },
)

test('without the privilege nothing is tried, and the checklist says so', async () => {
  const kit = begin()
  const privileges = ALL_PRIVILEGES.filter((one) => one !== 'SalesOrderAttachment_Full')
  const tenant = await kit.tenant({ settings: withMode('book'), powerOffice: { privileges } })
  await sent(kit, tenant)
  expect([uploads(kit), codesOf(tenant), booked(tenant)]).toEqual([[], [], { drafts: 0, posted: 1 }])
  const list: { step: string; ok: boolean; message: string }[] = await kit.api(tenant, 'GET', '/checklist')
  expect(list.find(({ step }) => step === 'attachments')).toMatchObject({
    ok: true,
    message: expect.stringContaining('SalesOrderAttachment_Full'),
  })
})

test('an order that is made anew gets its files again, and a file that Tribe has lost stops nothing', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: withMode('book') })
  const { crm, books } = tenant
  books.setLockDate('2026-12-31')
  const id = await sent(kit, tenant)
  expect(codesOf(tenant)).toEqual(['invoice.period_closed'])
  const [first] = books.salesOrders()
  const [file] = crm.all('Attachment').filter(({ Description }) => Description === 'timer.txt')
  crm.remove(String(file?.ID), { silent: true })
  const other = crm.hasCustomer({ organization: { Name: 'Fjell AS' } })
  await kit.quiet()
  crm.edit(id, { Relationship: { ID: other.roleId } })
  books.setLockDate(null)
  await kit.api(tenant, 'POST', '/jobs/retry', {})
  await kit.quiet()
  expect([codesOf(tenant), booked(tenant)]).toEqual([[], { drafts: 0, posted: 1 }])
  expect(books.postedInvoices()[0]?.Id).not.toBe(first?.Id)
  expect(filesIn(tenant).map(({ name }) => name)).toEqual(['2026-0001.pdf', 'timer.txt'])
})

test('a file that Tribe answers without its bytes for once is read again, and is there before the order is posted', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: withMode('book') })
  kit.town.tribe.faults.add({ name: 'empty', on: /odata-file/ })
  await sent(kit, tenant)
  expect([codesOf(tenant), plain(filesIn(tenant))]).toEqual([[], plain(ALL)])
  expect(booked(tenant)).toEqual({ drafts: 0, posted: 1 })
})

test('a file that is empty for an hour is told by its name, and stops nothing', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: withMode('book') })
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId, silent: true })
  attach(tenant, id, 'tom.txt', '')
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  expect(codesOf(tenant)).toEqual(['invoice.attachment_refused'])
  expect(booked(tenant)).toEqual({ drafts: 0, posted: 1 })
})
