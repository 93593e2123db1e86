import type { TribeOptions } from '../fakes/tribe'
import { Dice } from '../platform/dice'
import { organizationOf, type Relay, type Tenant } from '../stories/relay'
import { mapAsProposed, sweep } from '../stories/shop'

/** A company of its own for each seed: records on either side, invoices, edits that nobody told of, and a change to try. */

const SILENT = { silent: true }
const POLICIES = ['poweroffice', 'tribe', 'newest'] as const

const own = (letter: string) => `${letter.repeat(8)}__844e__4399__9142__2d960441a391`
const F = { text: own('a'), days: own('b'), open: own('c'), gtin: own('d'), kid: own('e'), title: own('f') }
const customFields = {
  Relation_Organization: { [F.text]: 'string', [F.days]: 'int', [F.open]: 'double' },
  Relation_Person: { [F.title]: 'string' },
  Product: { [F.gtin]: 'string' },
  Activity_Invoice: { [F.kid]: 'string' },
} satisfies TribeOptions['customFields']
const ROWS = [
  { record: 'customer', tribeField: F.text, powerOfficeField: 'JobStopReason', direction: 'both' },
  { record: 'customer', tribeField: F.days, powerOfficeField: 'ExternalNumber', direction: 'to-tribe' },
  { record: 'customer', tribeField: F.open, powerOfficeField: 'receivables.open', direction: 'to-tribe' },
  { record: 'product', tribeField: F.gtin, powerOfficeField: 'Gtin', direction: 'both' },
  { record: 'contactPerson', tribeField: F.title, powerOfficeField: 'Title', direction: 'to-poweroffice' },
  { record: 'invoice', tribeField: F.kid, powerOfficeField: 'invoice.kid', direction: 'to-tribe' },
]

export interface World {
  tenant: Tenant
  /** What is tried, and then done. */
  change: object
  act(): Promise<unknown>
  /** The change's name. */
  what: string
}

export async function aWorld(relay: Relay, seed: number): Promise<World> {
  const dice = new Dice(seed)
  const maybe = () => dice.is(0.5)
  const draw = (below: number) => dice.between(0, below - 1)
  const settings = {
    relations: { enabled: true },
    products: { enabled: true },
    invoices: { enabled: dice.is(0.8), mode: dice.pick(['draft', 'book', 'voucher'] as const) },
    payments: { enabled: maybe() },
    conflictPolicy: dice.pick(POLICIES),
    defaultSalesAccountNo: 3000,
  }
  const tenant = await relay.tenant({
    tribe: { customFields },
    powerOffice: { allowSendInvoice: true },
    settings,
    seed: (crm, books) => {
      const groups = [1, 2].map((n) => books.hasProductGroup({ Name: `Gruppe ${n}` }).Id)
      for (let n = 0; n < 4; n++) {
        const { Id } = books.hasCustomer({
          Name: `K${n} Navn ${draw(1000)} AS`,
          PhoneNumber: String(draw(99)),
        })
        if (maybe()) books.hasContactPerson(Id, { FirstName: `P${draw(99)}`, LastName: 'Hansen' })
        if (maybe()) books.makeAlsoSupplier(Id)
      }
      for (let n = 0; n < 3; n++)
        books.hasProduct({
          Code: `B${n}`,
          Name: `Bok ${n}`,
          UnitPrice: draw(99),
          ...(maybe() ? { ProductGroupId: groups[n % 2] ?? null } : {}),
        })
      crm.hasProductGroup('Gruppe 1', {}, SILENT)
      crm.hasProductGroup('Ny gruppe', {}, SILENT)
      for (let n = 0; n < 3; n++)
        crm.hasProduct({ Name: `Vare ${n}`, Code: `V${n}`, SalesPrice: draw(99) + 1 }, SILENT)
    },
    activate: false,
  })
  const { crm, books } = tenant
  await mapAsProposed(tenant)
  await tenant.activate()
  await sweep(tenant, 'unlinked')
  const rows = ROWS.filter(() => maybe())
  if (rows.length > 0) await mapFields(tenant, rows)
  const roles = () => crm.customers().map(({ ID }) => String(ID))
  const products = () => crm.products().map(({ ID }) => String(ID))
  const bill = (roleId: string) => {
    const lines = [
      { product: dice.pick(products()) ?? '', quantity: dice.between(1, 5) },
      ...(maybe()
        ? [{ description: 'Frakt', price: 99.5, vatGroup: dice.pick(['NO25', 'NO15'] as const) }]
        : []),
    ]
    return crm.hasInvoice({ roleId, lines, ...SILENT })
  }
  // Some are in the books already.
  for (const roleId of roles().filter(() => maybe())) {
    crm.sendInvoice(bill(roleId), SILENT)
    if (maybe()) bill(roleId)
  }
  await sweep(tenant, 'compare')
  for (const posted of books.postedInvoices())
    if (maybe())
      books.receivePayment(
        posted.Id,
        maybe() ? posted.TotalAmount : Math.max(1, Math.floor(posted.TotalAmount / 2)),
      )
  // From here on nobody tells the relay of anything, and no event of its own writes makes it look around.
  crm.dropNextDeliveries(Number.POSITIVE_INFINITY)
  for (const role of crm.customers()) {
    const organizationId = String(organizationOf(role).ID)
    if (maybe()) crm.edit(organizationId, { PhoneNumber: String(draw(99)) }, SILENT)
    if (maybe()) crm.edit(organizationId, { Website: `https://${draw(99)}.example` }, SILENT)
    if (maybe()) crm.edit(organizationId, { [F.text]: `Stopp ${draw(9)}` }, SILENT)
  }
  for (const { Id } of books.customers()) {
    if (maybe()) books.editCustomer(Id, { PhoneNumber: String(draw(99)) })
    if (maybe()) books.editCustomer(Id, { JobStopReason: `Sperret ${draw(9)}`, ExternalNumber: draw(99) })
    if (maybe()) books.editCustomer(Id, { InvoiceEmailAddress: `i${draw(99)}@x.example` })
  }
  for (const id of products()) {
    if (maybe()) crm.edit(id, { SalesPrice: draw(99) + 1 }, SILENT)
    if (dice.is(0.3)) crm.edit(id, { ProductGroup: dice.pick(['Gruppe 1', 'Ny gruppe'] as const) }, SILENT)
    if (dice.is(0.3)) crm.edit(id, { [F.gtin]: `705${draw(999)}` }, SILENT)
  }
  for (const { Id } of books.products()) {
    if (dice.is(0.3)) books.editProduct(Id, { Name: `Bokens ${draw(99)}` })
    if (dice.is(0.3)) books.editProduct(Id, { ProductGroupId: dice.pick(books.productGroups())?.Id ?? null })
  }
  if (maybe()) books.hasCustomer({ Name: `Ny ${draw(1000)} AS`, PhoneNumber: '5' })
  if (maybe()) books.hasProduct({ Code: `NB${draw(99)}`, Name: 'Ny i bøkene', UnitPrice: 5 })
  // Invoices that were sent and told nobody: of customers and products that both have, and of new ones.
  for (const roleId of roles().filter(() => dice.is(0.3))) crm.sendInvoice(bill(roleId), SILENT)
  if (maybe()) {
    const { roleId } = crm.hasCustomer({ organization: { Name: `Ny kunde ${draw(999)} AS` }, ...SILENT })
    crm.hasProduct(
      {
        Name: `Ny vare ${draw(999)}`,
        Code: `N${draw(999)}`,
        SalesPrice: 12,
        ...(maybe() ? { ProductGroup: 'Ny gruppe' } : {}),
      },
      SILENT,
    )
    crm.sendInvoice(bill(roleId), SILENT)
  }
  return { tenant, ...(await changeFor(tenant, dice, settings, rows)) }
}

async function mapFields(tenant: Tenant, mapped: readonly object[]): Promise<void> {
  const { status, body } = await tenant.put('/fields', { mapped })
  if (status !== 200) throw new Error(JSON.stringify(body))
  await tenant.quiet()
}

async function changeFor(
  tenant: Tenant,
  dice: Dice,
  { invoices, payments }: { invoices: { enabled: boolean }; payments: { enabled: boolean } },
  rows: readonly object[],
): Promise<Omit<World, 'tenant'>> {
  const compare = () => sweep(tenant, 'compare')
  const ofSettings = (settings: object) => ({
    what: JSON.stringify(settings),
    change: { settings },
    act: async () => {
      await tenant.api('PATCH', '/settings', settings)
      await compare()
    },
  })
  const what = dice.pick(['settings', 'settings', 'money', 'fields', 'fields', 'units', 'vat'] as const)
  if (what === 'settings')
    return ofSettings(
      dice.pick([
        ...POLICIES.map((conflictPolicy) => ({ conflictPolicy })),
        { relations: { financialFields: false } },
        { relations: { suppliers: false } },
        { relations: { contactPersons: false } },
        { products: { enabled: false } },
      ]) as object,
    )
  if (what === 'money')
    return ofSettings(
      dice.pick([
        { payments: { enabled: !payments.enabled } },
        { invoices: { enabled: !invoices.enabled } },
        ...(['draft', 'book', 'voucher'] as const).map((mode) => ({ invoices: { mode } })),
        { defaultSalesAccountNo: 3010 },
      ]) as object,
    )
  if (what === 'fields') {
    const mapped = dice.is(0.3) ? rows.slice(1) : ROWS.filter(() => dice.is(0.6))
    return {
      what: `fields ${mapped.length}`,
      change: { fields: { mapped } },
      act: async () => {
        await tenant.put('/fields', { mapped })
        await tenant.quiet()
        await compare()
      },
    }
  }
  const key = what === 'units' ? 'units' : 'vat'
  const { mappings } = (await tenant.api('GET', `/mappings/${key}`)).body
  const now = mappings.filter(() => dice.is(0.7))
  const asked = key === 'vat' ? now.map((one: Record<string, unknown>) => one) : now
  return {
    what: `${key} ${now.length} of ${mappings.length}`,
    change: { [key]: { mappings: asked } },
    act: async () => {
      await tenant.put(`/mappings/${key}`, { mappings: asked })
      await tenant.quiet()
      await compare()
    },
  }
}
