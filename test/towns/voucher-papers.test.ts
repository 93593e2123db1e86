import { expect, test, vi } from 'vitest'
import { ALL_PRIVILEGES } from '../fakes/poweroffice'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, PAYMENTS, useBookkeeping } from './bookkeeping'

/** Tribe's PDF on the voucher: at once, late, never, or too large; and once, whatever happens on the way. */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()
const settings = { invoices: { mode: 'voucher' } }
const ONE = { drafts: 0, posted: 1 }

async function sent(kit: Bookkeeping, tenant: TownTenant): Promise<string> {
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  return id
}

const jobsOf = async (kit: Bookkeeping, tenant: TownTenant) => (await kit.api(tenant, 'GET', '/status')).jobs
const looksSince = (kit: Bookkeeping, since: number) =>
  kit.town.calls.slice(since).filter(({ path }) => path.includes('$expand=Attachments')).length
const puts = (kit: Bookkeeping) =>
  kit.town.calls.filter(
    ({ method, path, hasEffect }) => method === 'PUT' && /Voucher/.test(path) && hasEffect,
  )
const papers = ({ books }: TownTenant) =>
  [...books.documents.values()].map(({ bytes }) => new TextDecoder().decode(bytes).slice(0, 20))

test('posting does not wait for the PDF: it is looked for ever more rarely, and found', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings, tribe: { invoicePdf: 'later' } })
  const id = await sent(kit, tenant)
  expect([booked(tenant), codesOf(tenant), papers(tenant)]).toEqual([ONE, [], []])
  expect(await jobsOf(kit, tenant)).toEqual({ due: 0, waiting: 0, later: 1, parked: 0 })
  const { jobs } = await kit.api(tenant, 'GET', '/jobs?state=later')
  expect(jobs).toMatchObject([{ kind: 'documentation', state: 'later', tribeId: id }])
  expect((await kit.api(tenant, 'GET', '/jobs?state=waiting')).jobs).toEqual([])
  const since = kit.town.calls.length
  await kit.town.passMinutes(10 * 60)
  expect(looksSince(kit, since)).toBeLessThan(15)
  tenant.crm.makePdf(id)
  await kit.town.passMinutes(8 * 60)
  expect(papers(tenant)).toEqual(['%PDF-1.4\n% 2026-0001'])
  expect(await jobsOf(kit, tenant)).toEqual({ due: 0, waiting: 0, later: 0, parked: 0 })
  const { timeline } = await kit.api(tenant, 'GET', `/records?kind=invoice&tribeId=${id}`)
  expect(timeline.map(({ event }: { event: string }) => event).sort()).toEqual([
    'created-in-poweroffice',
    'documented',
    'posted',
  ])
})

test('a PDF that is not there after a day is told, and taken along when somebody tries again', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings, tribe: { invoicePdf: 'later' } })
  const id = await sent(kit, tenant)
  const since = kit.town.calls.length
  await kit.town.passMinutes(23 * 60)
  expect(codesOf(tenant)).toEqual([])
  await kit.town.passMinutes(2 * 60)
  expect(codesOf(tenant)).toEqual(['invoice.pdf_missing'])
  expect(looksSince(kit, since)).toBeLessThan(25)
  const { problem } = await kit.api(tenant, 'GET', `/records?kind=invoice&tribeId=${id}`)
  expect(problem).toMatchObject({ code: 'invoice.pdf_missing', kind: 'invoice' })
  tenant.crm.makePdf(id)
  await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.pdf_missing' })
  await kit.quiet()
  expect([codesOf(tenant), papers(tenant).length]).toEqual([[], 1])
})

test('a PDF of 31 MB is told, and neither read nor sent', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings, tribe: { invoicePdf: 'later' } })
  const id = await sent(kit, tenant)
  tenant.crm.makePdf(id, { bytes: 31_000_000 })
  await kit.town.passMinutes(2)
  expect([booked(tenant), codesOf(tenant), papers(tenant)]).toEqual([ONE, ['invoice.pdf_too_large'], []])
  expect(puts(kit)).toEqual([])
})

test('of several PDFs the one with the number is the invoice, and a time sheet by itself is none with another beside it', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings, tribe: { invoicePdf: 'later' } })
  const id = await sent(kit, tenant)
  const data = new TextEncoder().encode('%PDF-1.4\n% timer')
  for (const name of ['timeliste.pdf', 'kontrakt 12026-0001.pdf'])
    tenant.crm.hasAttachment(id, { name, mimeType: 'application/pdf', data })
  await kit.town.passMinutes(30)
  expect(papers(tenant)).toEqual([])
  tenant.crm.makePdf(id)
  await kit.town.passMinutes(60)
  expect(papers(tenant)).toEqual(['%PDF-1.4\n% 2026-0001'])
})

test.each([
  ['lost-after', /^PUT .*VoucherDocumentation/],
  ['error-after', /^PUT .*VoucherDocumentation/],
  ['unavailable', /^PUT .*VoucherDocumentation/],
  ['truncated', /odata-file/],
  ['lost-before', /odata-file/],
] as const)('%s at %s leaves one document', async (name, on) => {
  const kit = begin()
  const tenant = await kit.tenant({ settings })
  kit.town.powerOffice.faults.add({ name, on })
  kit.town.tribe.faults.add({ name, on })
  await sent(kit, tenant)
  expect([tenant.problems(), papers(tenant)]).toEqual([[], ['%PDF-1.4\n% 2026-0001']])
  // One that is refused has no effect; one whose answer is lost has, and is not repeated.
  expect(puts(kit).filter(({ status }) => status < 400).length).toBe(name === 'error-after' ? 0 : 1)
})

test('without the right to put papers on vouchers none is looked for, and the checklist says so', async () => {
  const kit = begin()
  const privileges = ALL_PRIVILEGES.filter((one) => !one.startsWith('VoucherDocumentation'))
  const tenant = await kit.tenant({ settings, powerOffice: { privileges } })
  await sent(kit, tenant)
  await kit.town.passMinutes(60)
  expect([booked(tenant), codesOf(tenant), papers(tenant)]).toEqual([ONE, [], []])
  expect(looksSince(kit, 0)).toBe(0)
  const list: { step: string; ok: boolean; message: string }[] = await kit.api(tenant, 'GET', '/checklist')
  expect(list.find(({ step }) => step === 'voucher-documentation')).toMatchObject({
    ok: true,
    message: expect.stringContaining('VoucherDocumentation_Full'),
  })
  // Granted, what was posted meanwhile has its paper, too.
  tenant.books.setPrivileges([...ALL_PRIVILEGES])
  await kit.api(tenant, 'PUT', '/poweroffice', { clientKey: tenant.books.clientKey })
  await kit.tick(PAYMENTS)
  expect([codesOf(tenant), papers(tenant), puts(kit).length]).toEqual([[], ['%PDF-1.4\n% 2026-0001'], 1])
})

test.each([
  ['Tribe', 'tribe', /Attachments/],
  ['PowerOffice', 'powerOffice', /^PUT .*VoucherDocumentation/],
] as const)('a right that %s does not give is told, and the tenant goes on', async (_, side, on) => {
  const kit = begin()
  const tenant = await kit.tenant({ settings })
  const refusing = kit.town[side].faults.add({ name: 'forbidden', on, times: Number.POSITIVE_INFINITY })
  await sent(kit, tenant)
  expect([booked(tenant), codesOf(tenant)]).toEqual([ONE, ['invoice.pdf_not_allowed']])
  expect((await kit.api(tenant, 'GET', '/status')).state).toBe('active')
  // The first paper that is taken shows that the right is there: the other one goes along.
  refusing.lift()
  await sent(kit, tenant)
  await kit.quiet()
  expect([codesOf(tenant), papers(tenant).length]).toEqual([[], 2])
})
