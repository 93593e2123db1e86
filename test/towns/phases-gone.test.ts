import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, codesOf, NIGHT, PAYMENTS, useBookkeeping } from './bookkeeping'

/** What the settings name of Tribe's phases, and Tribe does not have any more: told, and nothing is sent or paid by it. */
const begin = useBookkeeping()

const hasPhase = ({ crm }: TownTenant, Code: string) =>
  crm.has('Datastore_Phase_ActivityInvoice', { Code, Name: Code })
const send = async (kit: Bookkeeping, tenant: TownTenant, roleId: string, phase?: string) => {
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id)
  if (phase) tenant.crm.setPhase(id, phase)
  await kit.quiet()
  return id
}

test('a phase that is gone in Tribe is told, and nothing is booked by it; the others count on', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  const roleId = await kit.customer(tenant)
  const sent = String(tenant.crm.invoicePhases.find(({ Code }) => Code === 'Sent')?.ID)
  // Newer than the list that the relay has read.
  const own = hasPhase(tenant, 'Verstuurd')
  await kit.api(tenant, 'PATCH', '/settings', { invoices: { mode: 'book', sentPhaseIds: [own, sent] } })
  await send(kit, tenant, roleId, 'Verstuurd')
  expect([tenant.books.postedInvoices().length, codesOf(tenant)]).toEqual([1, []])

  tenant.crm.remove(own)
  await kit.tick(NIGHT)
  expect(codesOf(tenant)).toEqual(['phase.gone'])
  await send(kit, tenant, roleId)
  expect(tenant.books.postedInvoices().length).toBe(2)

  await kit.api(tenant, 'PATCH', '/settings', { invoices: { sentPhaseIds: [sent] } })
  await kit.tick(NIGHT)
  expect(codesOf(tenant)).toEqual([])
})

test('a paid phase that is gone sets no invoice to paid, nor another phase by its code; the chosen one does', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  const roleId = await kit.customer(tenant)
  const own = hasPhase(tenant, 'Betaald')
  await kit.api(tenant, 'GET', '/lookups?refresh=true')
  await kit.api(tenant, 'PATCH', '/settings', { payments: { paidPhaseId: own } })
  const id = await send(kit, tenant, roleId)
  tenant.crm.remove(own)
  await kit.tick(NIGHT)
  expect(codesOf(tenant)).toEqual(['phase.gone'])

  tenant.books.receivePayment(String(tenant.books.postedInvoices()[0]?.Id), 1250)
  await kit.tick(PAYMENTS)
  expect([tenant.crm.phaseOf(id), codesOf(tenant).toSorted()]).toEqual([
    'Sent',
    ['payment.paid_phase_unknown', 'phase.gone'],
  ])

  const paid = tenant.crm.invoicePhases.find(({ Code }) => Code === 'Paid')?.ID
  await kit.api(tenant, 'PATCH', '/settings', { payments: { paidPhaseId: paid } })
  await kit.tick(NIGHT)
  expect([tenant.crm.phaseOf(id), codesOf(tenant)]).toEqual(['Paid', []])
  expect(kit.town.violations()).toEqual([])
})
