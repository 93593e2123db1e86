import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrations } from '../platform/d1'
import { Town } from '../platform/town'
import { askIn, dumpBooks, dumpSql, dumpTribe, type KeptState } from './kept-state'

/**
 * Records what a version keeps, in the middle of its work: `npx node test/bundled.ts --relay v0.1.0 test/upgrade/record.ts v0.1.0`,
 * with the sources of that one and the fakes of today. Each release has its file (CONTRIBUTING, "A release").
 */

const town = new Town(5)
const tenant = await town.addTenant({
  settings: { invoices: { enabled: true, mode: 'book' }, payments: { enabled: true } },
})
const { crm, books } = tenant
const quiet = async () => {
  const open = await town.quiet()
  if (open !== null) throw new Error(open)
}

// What was there when they were connected.
books.hasCustomer({
  Name: 'Nordvik Bygg AS',
  EmailAddress: 'post@nordvik.example',
  PhoneNumber: '22 11 33 44',
})
const supplier = books.hasSupplier({ Name: 'Verktøy Engros AS', EmailAddress: 'salg@verktoy.example' })
books.hasProduct({ Name: 'Montering', UnitPrice: 950 })
await town.waitFor(tenant.mapAsProposed())
await town.waitFor(tenant.activate())
await quiet()
await town.passMinutes(1)

// Work of a month: a customer of Tribe's, an invoice that is paid in part, a person, a bad address that waits for somebody.
const { roleId, organizationId } = crm.hasCustomer({ organization: { Name: 'Fjordlys Kunde AS' } })
crm.hasContact({ organizationId, person: { FirstName: 'Ola', LastName: 'Lund' } })
crm.hasCustomer({ organization: { Name: 'Uten Adresse AS', EmailAddress: 'ingen adresse' } })
crm.hasProduct({ Name: 'Utgått vare', IsInactive: true })
await quiet()
crm.sendInvoice(crm.hasInvoice({ roleId }))
await quiet()
const [posted] = books.postedInvoices()
if (!posted) throw new Error('the invoice is not posted')
books.receivePayment(posted.Id, 500)
await town.passMinutes(15)
await town.tick('*/15 * * * *')
await quiet()
await town.tick('30 2 * * *')
await quiet()

// What is under way when the version ends: edits on both sides, a draft that is sent, a customer whose making was cut off.
books.editSupplier(supplier.Id, { PhoneNumber: '55 66 77 88' })
books.receivePayment(posted.Id, 750)
crm.edit(organizationId, { PhoneNumber: '99 88 77 66' }, { silent: true })
crm.hasInvoice({ roleId })
await quiet()
town.powerOffice.faults.add({ name: 'lost-after', on: /POST .*Customers/, times: 1 })
crm.hasCustomer({ organization: { Name: 'Midt i AS', EmailAddress: 'post@midti.example' } })
const isInDoubt = () => tenant.object.sql.exec('select 1 from jobs where in_doubt = 1').toArray().length > 0
if (!(await town.timeline.runUntil(isInDoubt, 600_000, 50))) throw new Error('nothing is in doubt')
crm.hasCustomer({ organization: { Name: 'Nettopp Laget AS' } })
await town.timeline.runUntil(() => crm.deliveriesPending() === 0, 60_000, 10)

const state: KeptState = {
  version: process.argv[2] ?? 'unnamed',
  at: new Date(town.timeline.now()).toISOString(),
  tenantId: tenant.id,
  token: (tenant as unknown as { token: string }).token,
  migrations: migrations(),
  d1: dumpSql(askIn(town.platform.database)),
  object: {
    ...dumpSql((query) => tenant.object.sql.exec(query).toArray() as Record<string, unknown>[]),
    alarmAt: tenant.object.alarmAt,
  },
  tribe: dumpTribe(crm),
  powerOffice: dumpBooks(books),
}
town.platform.close()
const file = join(import.meta.dirname, `${state.version}.json`)
writeFileSync(file, `${JSON.stringify(state, null, 1)}\n`)
console.log(file, state.version, `${town.bugs.length} bugs`)
