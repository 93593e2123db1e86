import { expect, test, vi } from 'vitest'
import { ALL_PRIVILEGES } from '../fakes/poweroffice'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, PAYMENTS, useBookkeeping } from './bookkeeping'

/** PowerOffice's PDF of an invoice that it has issued: at Tribe's invoice, once, whenever it comes. */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()
const SEND = { settings: { invoices: { mode: 'send' } } }
/** So that what hangs there is ours. */
const NO_PDF = { invoicePdf: 'later' } as const
const PDF = [{ name: 'PowerOffice 10001.pdf', text: '%PDF-1.7\n% Faktura 10001\n%%EOF\n' }]
const PDF_OF_SECOND = { name: 'PowerOffice 10002.pdf', text: '%PDF-1.7\n% Faktura 10002\n%%EOF\n' }
const POST = /^POST .*odata\/Attachment/
const DOWNLOAD = /VoucherDocumentation\/Download/

async function sent(kit: Bookkeeping, tenant: TownTenant): Promise<string> {
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  return id
}

const jobsOf = async (kit: Bookkeeping, tenant: TownTenant) => (await kit.api(tenant, 'GET', '/status')).jobs
const callsOf = (kit: Bookkeeping, pattern: RegExp, since = 0) =>
  kit.town.calls.slice(since).filter(({ method, path }) => pattern.test(`${method} ${path}`)).length
const pointOf = async (kit: Bookkeeping, tenant: TownTenant) =>
  (await kit.api(tenant, 'GET', '/checklist')).find(({ step }: { step: string }) => step === 'pdf-to-tribe')

test('an invoice that PowerOffice sends has its PDF in Tribe', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ ...SEND, tribe: NO_PDF })
  const id = await sent(kit, tenant)
  expect([codesOf(tenant), tenant.crm.filesOn(id)]).toEqual([[], PDF])
  const { timeline } = await kit.api(tenant, 'GET', `/records?kind=invoice&tribeId=${id}`)
  expect(timeline.map(({ event }: { event: string }) => event)).toContain('pdf-in-tribe')
  // The echo of our own attachment is nobody's edit.
  await kit.tick('*/15 * * * *', PAYMENTS)
  expect([codesOf(tenant), callsOf(kit, POST), kit.town.violations()]).toEqual([[], 1, []])
})

test('a draft that a bookkeeper sends has it once that is known; what is only booked has none', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: { invoices: { mode: 'draft' } }, tribe: NO_PDF })
  const id = await sent(kit, tenant)
  tenant.books.sendDraft(String(tenant.books.salesOrders()[0]?.Id))
  await kit.tick(PAYMENTS)
  expect(tenant.crm.filesOn(id)).toEqual(PDF)
  await kit.api(tenant, 'PATCH', '/settings', { invoices: { mode: 'book' } })
  const other = await sent(kit, tenant)
  expect([tenant.crm.filesOn(other), booked(tenant)]).toEqual([[], { drafts: 0, posted: 2 }])
})

test('switched off, none is brought', async () => {
  const kit = begin()
  const tenant = await kit.tenant({
    settings: { invoices: { mode: 'send', pdfToTribe: false } },
    tribe: NO_PDF,
  })
  const id = await sent(kit, tenant)
  expect([tenant.crm.filesOn(id), callsOf(kit, /VoucherDocumentation/)]).toEqual([[], 0])
})

test('a PDF that comes late is looked for at leisure, and found', async () => {
  const kit = begin()
  const powerOffice = { pdfAfterMs: 5 * 3_600_000 }
  const tenant = await kit.tenant({ ...SEND, tribe: NO_PDF, powerOffice })
  const id = await sent(kit, tenant)
  expect([codesOf(tenant), tenant.crm.filesOn(id)]).toEqual([[], []])
  expect(await jobsOf(kit, tenant)).toEqual({ due: 0, waiting: 0, later: 1, parked: 0 })
  const since = kit.town.calls.length
  await kit.town.passMinutes(4 * 60)
  expect(callsOf(kit, DOWNLOAD, since)).toBe(0)
  expect(callsOf(kit, /GET .*VoucherDocumentation\?/, since)).toBeLessThan(15)
  await kit.town.passMinutes(6 * 60)
  expect([codesOf(tenant), tenant.crm.filesOn(id)]).toEqual([[], PDF])
  expect(await jobsOf(kit, tenant)).toEqual({ due: 0, waiting: 0, later: 0, parked: 0 })
})

test.each([
  ['never comes', 'invoice.paper_missing', { pdfAfterMs: 30 * 3_600_000 }],
  ['comes in a broken zip', 'invoice.paper_unreadable', { zipBroken: true }],
] as const)(
  'a PDF that %s is told after a day, and brought when somebody tries again',
  async (_, code, powerOffice) => {
    const kit = begin()
    const tenant = await kit.tenant({ ...SEND, tribe: NO_PDF, powerOffice })
    const id = await sent(kit, tenant)
    await kit.town.passMinutes(23 * 60)
    expect(codesOf(tenant)).toEqual([])
    await kit.town.passMinutes(2 * 60)
    expect([codesOf(tenant), booked(tenant)]).toEqual([[code], { drafts: 0, posted: 1 }])
    Object.assign(tenant.books.quirks, { pdfAfterMs: 0, zipBroken: false })
    await kit.api(tenant, 'POST', '/jobs/retry', { code })
    await kit.quiet()
    expect([codesOf(tenant), tenant.crm.filesOn(id)]).toEqual([[], PDF])
  },
)

test.each(['stored', 'streamed'] as const)('a zip that is %s is unpacked all the same', async (zipStyle) => {
  const kit = begin()
  const tenant = await kit.tenant({ ...SEND, tribe: NO_PDF, powerOffice: { zipStyle } })
  const id = await sent(kit, tenant)
  expect(tenant.crm.filesOn(id)).toEqual(PDF)
})

test('one that is too large is told, and never sent', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ ...SEND, tribe: NO_PDF, powerOffice: { pdfBytes: 10_500_000 } })
  await sent(kit, tenant)
  expect([codesOf(tenant), callsOf(kit, POST)]).toEqual([['invoice.paper_too_large'], 0])
  expect(booked(tenant)).toEqual({ drafts: 0, posted: 1 })
})

test('what Tribe refuses is told in its words', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ ...SEND, tribe: NO_PDF })
  kit.town.tribe.faults.add({ name: 'refused', on: POST })
  const id = await sent(kit, tenant)
  expect(codesOf(tenant)).toEqual(['invoice.paper_refused'])
  await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.paper_refused' })
  await kit.quiet()
  expect([codesOf(tenant), tenant.crm.filesOn(id)]).toEqual([[], PDF])
})

test.each([
  ['lost-after', POST],
  ['error-after', POST],
  ['lost-before', POST],
  ['unavailable', POST],
  ['truncated', POST],
  ['slow-before', POST],
  ['slow-after', POST],
  ['truncated', DOWNLOAD],
  ['lost-before', DOWNLOAD],
  ['unavailable', DOWNLOAD],
  ['empty', DOWNLOAD],
] as const)('%s at %s leaves one PDF', async (name, on) => {
  const kit = begin()
  const tenant = await kit.tenant({ ...SEND, tribe: NO_PDF })
  for (const side of ['tribe', 'powerOffice'] as const)
    kit.town[side].faults.add({ name, on, delayMs: 45_000 })
  const id = await sent(kit, tenant)
  await kit.town.passMinutes(30)
  expect([tenant.problems(), tenant.crm.filesOn(id)]).toEqual([[], PDF])
})

test.each([
  ['Tribe', 'tribe', POST],
  ['Tribe', 'tribe', /expand=Attachments/],
  ['PowerOffice', 'powerOffice', /VoucherDocumentation/],
] as const)(
  'a right that %s does not give switches it off for a day, and the checklist says so',
  async (who, side, on) => {
    const kit = begin()
    const tenant = await kit.tenant({ ...SEND, tribe: NO_PDF })
    const refusing = kit.town[side].faults.add({ name: 'forbidden', on, times: Number.POSITIVE_INFINITY })
    const id = await sent(kit, tenant)
    expect([codesOf(tenant), tenant.crm.filesOn(id), booked(tenant).posted]).toEqual([[], [], 1])
    expect((await kit.api(tenant, 'GET', '/status')).state).toBe('active')
    expect(await pointOf(kit, tenant)).toMatchObject({
      ok: true,
      message: expect.stringContaining(`${who} does not let`),
    })
    const since = kit.town.calls.length
    const second = await sent(kit, tenant)
    expect(callsOf(kit, on, since)).toBe(0)
    refusing.lift()
    const refusedPosts = callsOf(kit, POST)
    await kit.town.passMinutes(25 * 60)
    const third = await sent(kit, tenant)
    expect(tenant.crm.filesOn(third)).toHaveLength(1)
    expect((await pointOf(kit, tenant)).message).not.toContain('does not let')
    // What was posted meanwhile has its own, too, and once.
    await kit.tick(PAYMENTS, PAYMENTS)
    expect([tenant.crm.filesOn(id), tenant.crm.filesOn(second)]).toEqual([PDF, [PDF_OF_SECOND]])
    expect([callsOf(kit, POST), codesOf(tenant)]).toEqual([3 + refusedPosts, []])
  },
)

test('without the privilege none is looked for, and the checklist says so', async () => {
  const kit = begin()
  const privileges = ALL_PRIVILEGES.filter((one) => !one.startsWith('VoucherDocumentation'))
  const tenant = await kit.tenant({ ...SEND, tribe: NO_PDF, powerOffice: { privileges } })
  await sent(kit, tenant)
  expect([codesOf(tenant), callsOf(kit, /VoucherDocumentation/)]).toEqual([[], 0])
  expect(await pointOf(kit, tenant)).toMatchObject({
    ok: true,
    message: expect.stringContaining('grant VoucherDocumentation'),
  })
})

test('what was posted without the privilege has its PDF once that is granted, so many at a time', async () => {
  const kit = begin()
  const privileges = ALL_PRIVILEGES.filter((one) => !one.startsWith('VoucherDocumentation'))
  const tenant = await kit.tenant({ ...SEND, tribe: NO_PDF, powerOffice: { privileges } })
  const roleId = await kit.customer(tenant)
  const ids = Array.from({ length: 27 }, () => tenant.crm.hasInvoice({ roleId, silent: true }))
  for (const id of ids) tenant.crm.sendInvoice(id)
  await kit.quiet()
  await kit.tick(PAYMENTS)
  expect([booked(tenant).posted, callsOf(kit, /VoucherDocumentation/)]).toEqual([27, 0])
  tenant.books.setPrivileges([...ALL_PRIVILEGES])
  await kit.api(tenant, 'PUT', '/poweroffice', { clientKey: tenant.books.clientKey })
  const have = () => ids.filter((id) => tenant.crm.filesOn(id).length > 0).length
  await kit.tick(PAYMENTS)
  expect(have()).toBe(25)
  await kit.tick(PAYMENTS)
  expect([have(), callsOf(kit, POST), codesOf(tenant)]).toEqual([27, 27, []])
  const since = kit.town.calls.length
  await kit.tick(PAYMENTS)
  expect(callsOf(kit, /VoucherDocumentation|Attachment/, since)).toBe(0)
})

test('switched off meanwhile, what was owed is owed no more', async () => {
  const kit = begin()
  const privileges = ALL_PRIVILEGES.filter((one) => !one.startsWith('VoucherDocumentation'))
  const tenant = await kit.tenant({ ...SEND, tribe: NO_PDF, powerOffice: { privileges } })
  await sent(kit, tenant)
  tenant.books.setPrivileges([...ALL_PRIVILEGES])
  await kit.api(tenant, 'PUT', '/poweroffice', { clientKey: tenant.books.clientKey })
  await kit.api(tenant, 'PATCH', '/settings', { invoices: { pdfToTribe: false } })
  await kit.tick(PAYMENTS, PAYMENTS)
  expect(callsOf(kit, /VoucherDocumentation/)).toBe(0)
})
