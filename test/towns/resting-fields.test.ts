import { expect, test } from 'vitest'
import { ALL_PRIVILEGES } from '../fakes/poweroffice/client-options'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, useStreet } from './street'

const begin = useStreet()

/**
 * A field that is off or rests for a while: what was last in step stays known meanwhile, so that who has changed it is known
 * when it is back, whatever else of the record has travelled in between.
 */
interface Pause {
  begin(tenant: TownTenant): Promise<unknown>
  end(tenant: TownTenant): Promise<unknown>
}
const financial = (isOn: boolean) => (tenant: TownTenant) =>
  tenant.api('PATCH', '/settings', { relations: { financialFields: isOn } })
const terms = (isOn: boolean) => async (tenant: TownTenant) => {
  tenant.books.setPrivileges(
    isOn ? ALL_PRIVILEGES : ALL_PRIVILEGES.filter((one) => !one.startsWith('CommonServices')),
  )
  await tenant.api('PUT', '/poweroffice', { clientKey: tenant.books.clientKey })
}

const PAUSES: readonly (readonly [says: string, pause: Pause])[] = [
  ['the fields of money are off', { begin: financial(false), end: financial(true) }],
  ['the terms cannot be read', { begin: terms(false), end: terms(true) }],
]
const EDITED = [
  ['Tribe', 'poweroffice', 45],
  ['PowerOffice', 'tribe', 45],
] as const

test.each(PAUSES.flatMap(([says, pause]) => EDITED.map((edited) => [says, ...edited, pause] as const)))(
  'while %s, the payment term is changed in %s: once it is back it travels, though the policy is "%s"',
  async (_, where, conflictPolicy, days, { begin: pauses, end: ends }) => {
    const street = begin()
    let other = 0
    const tenant = await street.tenant({
      settings: { invoices: { enabled: false }, conflictPolicy },
      before: ({ books }) => {
        const { Id: PaymentTermId } = books.hasPaymentTerm({ CreditDays: 14 })
        other = books.hasPaymentTerm({ CreditDays: days }).Id
        books.hasCustomer({ Name: 'Nordlys AS', PaymentTermId })
      },
    })
    const { crm, books } = tenant
    const [role] = crm.customers() as { ID: string; Organization: { ID: string } }[]
    const [customer] = books.customers()
    await street.town.waitFor(pauses(tenant))
    await street.quiet()
    if (where === 'Tribe') crm.edit(String(role?.ID), { PaymentTermInDays: days })
    else books.editCustomer(Number(customer?.Id), { PaymentTermId: other })
    // Something else of it travels.
    crm.edit(String(role?.Organization.ID), { PhoneNumber: '22 33 44 55' })
    await street.quiet()
    await street.town.passMinutes(20)
    await street.tick(PULL, NIGHT)
    expect(books.customers()).toMatchObject([{ PhoneNumber: '22 33 44 55' }])
    await street.town.waitFor(ends(tenant))
    await street.town.passMinutes(20)
    await street.tick(PULL, NIGHT)
    expect(books.customers()).toMatchObject([{ PaymentTerm: days }])
    expect(crm.customers()).toMatchObject([{ PaymentTermInDays: days }])
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)

test.each(['along with', 'before'])(
  'what the relay wrote last is changed in PowerOffice while it is off, %s something that travels: once it is back it travels, too',
  async (when) => {
    const street = begin()
    const tenant = await street.tenant({
      settings: { invoices: { enabled: false }, conflictPolicy: 'tribe' },
      before: ({ books }) => void books.hasCustomer({ Name: 'Nordlys AS' }),
    })
    const { crm, books } = tenant
    const [customer] = books.customers()
    const [role] = crm.customers() as { Organization: { ID: string } }[]
    crm.edit(String(role?.Organization.ID), { FinancialEmailAddress: 'ny@nordlys.example' })
    await street.tick(PULL)
    expect(books.customers()).toMatchObject([{ InvoiceEmailAddress: 'ny@nordlys.example' }])
    await street.town.waitFor(financial(false)(tenant))
    await street.quiet()
    const others = { PhoneNumber: '22 33 44 55' }
    const own = { InvoiceEmailAddress: 'faktura@nordlys.example' }
    const edits = when === 'before' ? [own, others] : [{ ...own, ...others }]
    for (const fields of edits) {
      await street.town.passMinutes(1)
      books.editCustomer(Number(customer?.Id), fields)
    }
    await street.tick(PULL)
    await street.town.waitFor(financial(true)(tenant))
    await street.quiet()
    await street.town.passMinutes(20)
    await street.tick(PULL, NIGHT)
    expect(crm.customers()).toMatchObject([
      { Organization: { FinancialEmailAddress: own.InvoiceEmailAddress } },
    ])
    expect(books.customers()).toMatchObject([own])
    expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
  },
)
