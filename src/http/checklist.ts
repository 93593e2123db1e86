import type { UnitMapping, VatMapping } from '../db/mappings'
import { TenantSettings } from '../db/settings'
import type { Tenant } from '../db/tenants'
import type { Lookups } from '../lookups/lookups'
import { phasesFrom } from '../lookups/phases'
import { GAP_MESSAGES, type Gap, gapsIn } from '../lookups/validation'
import { missingPrivileges, PowerOfficeProfile } from '../poweroffice/profile'
import type { Failure } from '../shared/errors'
import { identityOf } from '../shared/identity'
import { FieldMappings } from '../shared/own-fields'
import { TribeProfile } from '../tribe/profile'
import { CUSTOMER_PERSON, INVOICE, PERSON, SHAPES } from '../tribe/sets'
import { paperItems } from './checklist-papers'

export interface ChecklistItem {
  step: string
  ok: boolean
  message: string
  /** Of a privilege that is missing: PowerOffice has to grant it, or the client lacks its module. */
  fix?: 'grant' | 'module' | undefined
}

/** What the admin mapped, and what there is to map. */
export interface Mapped {
  lookups: Lookups
  units: readonly UnitMapping[]
  vat: readonly VatMapping[]
}

/** Whether the switched-on parts need what either system can be mapped by: units, VAT groups, phases. */
export const needsLookups = (tenant: Tenant): boolean => {
  const { products, invoices, payments } = TenantSettings.parse(tenant.settings)
  return (
    tenant.sealedClientKey !== null &&
    tenant.sealedTribe !== null &&
    (products.enabled || invoices.enabled || payments.enabled)
  )
}

/**
 * What activation needs, step by step. Only the parts that are switched on count. `mapped` is
 * null when nothing has to be mapped, or when PowerOffice is not connected yet.
 */
export function checklistOf(tenant: Tenant, mapped: Mapped | Failure | null): ChecklistItem[] {
  const settings = TenantSettings.parse(tenant.settings)
  return [
    tribeItem(tenant),
    fieldsItem(tenant),
    powerOfficeItem(tenant),
    ...privilegeItems(tenant, settings),
    ...(mapped ? mappedItems(settings, mapped) : []),
    sendItem(tenant, settings),
    mapped && demandItem(tenant, settings, mapped),
    ...paperItems(tenant),
  ].filter((item) => item !== null)
}

/** Tenants of an older version may be connected to one company, of which one tenant alone holds it now. */
const SHARED =
  'Another tenant of this relay serves this company, too: delete one of the two, then connect once more'

const connectedMessage = (isHeld: boolean, name: string): string => (isHeld ? `Connected to ${name}` : SHARED)

function tribeItem(tenant: Tenant): ChecklistItem {
  const profile = TribeProfile.safeParse(tenant.tribe).data
  const isHeld = tenant.tribeOrganization !== null
  const message = profile
    ? connectedMessage(isHeld, profile.organizationName || 'Tribe')
    : 'Connect Tribe: give consent on its page, or enter the client id and secret of an application'
  return { step: 'tribe', ok: isHeld && profile !== undefined && tenant.sealedTribe !== null, message }
}

/** Fields that this Tribe does not have are off; that is said, and stops nothing (DESIGN.md §1.10). */
function fieldsItem(tenant: Tenant): ChecklistItem | null {
  const profile = TribeProfile.safeParse(tenant.tribe).data
  if (!profile) return null
  const lacks = lacksOf(profile.dialect)
  const message = [
    ...(profile.hasMetadata ? [] : ['Tribe does not show its metadata: the usual names of fields are used']),
    ...(lacks.length > 0 ? [`Tribe lacks these fields, which are left out: ${lacks.join(', ')}`] : []),
  ].join('. ')
  return { step: 'tribe-fields', ok: true, message: message || 'All fields are there' }
}

/** A name that was only guessed is missed by nobody, but for the date of an invoice. */
const isGuessed = (name: string): boolean =>
  name !== `${INVOICE}.InvoiceDate` &&
  Object.entries(SHAPES).some(([set, { guessed }]) => guessed?.some((member) => `${set}.${member}` === name))

/** A person's debtor number may stand in either of two places (tribe/API.md §7). */
function lacksOf({ missing }: TribeProfile['dialect']): string[] {
  const places = [`${PERSON}.DebtorNumber`, `${CUSTOMER_PERSON}.DebtorNumber`]
  const others = missing.filter((name) => !places.includes(name) && !isGuessed(name))
  const isNowhere = places.every((name) => missing.includes(name))
  return isNowhere ? [...others, 'the debtor number of private customers'] : others
}

function powerOfficeItem(tenant: Tenant): ChecklistItem {
  const profile = PowerOfficeProfile.safeParse(tenant.powerOffice).data
  const isHeld = tenant.powerOfficeClient !== null || identityOf(profile?.clientId) === null
  const message = profile
    ? connectedMessage(isHeld, profile.clientName || 'PowerOffice')
    : 'Connect PowerOffice: enter the client key'
  return {
    step: 'poweroffice',
    ok: isHeld && profile !== undefined && tenant.sealedClientKey !== null,
    message,
  }
}

function privilegeItems(tenant: Tenant, settings: TenantSettings): ChecklistItem[] {
  const profile = PowerOfficeProfile.safeParse(tenant.powerOffice).data
  if (!profile) return []
  const isOn = {
    relations: settings.relations.enabled,
    suppliers: settings.relations.enabled && settings.relations.suppliers,
    financialFields: false, // without it payment terms stay as they are, which stops nothing
    products: settings.products.enabled,
    invoices: settings.invoices.enabled,
    vouchers: settings.invoices.enabled && settings.invoices.mode === 'voucher',
    payments: settings.payments.enabled,
  }
  const missing = missingPrivileges(profile, isOn).filter(({ part }) => isOn[part])
  if (missing.length === 0)
    return [{ step: 'privileges', ok: true, message: 'PowerOffice grants all that is needed' }]
  return missing.map(({ privilege, neededFor, fix, lacksModule }) => ({
    step: `privilege:${privilege}`,
    ok: false,
    fix: lacksModule ? ('module' as const) : ('grant' as const),
    message: `${privilege} is missing, needed for ${neededFor}. ${fix}`,
  }))
}

/** What can be mapped is unknown while a list cannot be read. */
const listsItem = ({ failure }: Failure): ChecklistItem => ({
  step: 'lookups',
  ok: false,
  message: `What can be mapped cannot be read: ${failure.message}`,
})

function mappedItems(settings: TenantSettings, mapped: Mapped | Failure): ChecklistItem[] {
  if ('failure' in mapped) return [listsItem(mapped)]
  const { products, invoices, payments } = settings
  return [
    ...(products.enabled || invoices.enabled ? mappingItems(settings, mapped) : []),
    ...(invoices.enabled || payments.enabled ? phaseItems(settings, mapped) : []),
  ]
}

function mappingItems(
  { defaultSalesAccountNo }: TenantSettings,
  { lookups, units, vat }: Mapped,
): ChecklistItem[] {
  const gaps = gapsIn(lookups, units, vat)
  const item = (step: string, ofStep: readonly Gap[], fine: string): ChecklistItem => ({
    step,
    ok: ofStep.length === 0,
    message: ofStep.map(({ code, name }) => GAP_MESSAGES[code](name)).join('. ') || fine,
  })
  return [
    accountItem(defaultSalesAccountNo, lookups),
    item(
      'units',
      gaps.filter(({ code }) => code.startsWith('unit.')),
      'Every unit in use is mapped',
    ),
    item(
      'vat-groups',
      gaps.filter(({ code }) => code.startsWith('vat.')),
      'Every VAT group in use is mapped',
    ),
  ]
}

function accountItem(accountNo: number | null, { powerOffice }: Lookups): ChecklistItem {
  const step = 'default-ledger-account'
  if (accountNo === null)
    return {
      step,
      ok: false,
      message: 'Choose the default ledger account for sales (setting defaultSalesAccountNo)',
    }
  const account = powerOffice.salesAccounts.find((one) => one.accountNo === accountNo)
  if (account?.isActive)
    return { step, ok: true, message: `${account.accountNo} ${account.name ?? ''}`.trim() }
  return {
    step,
    ok: false,
    message: `PowerOffice has no active income account ${accountNo}: choose another default ledger account`,
  }
}

/** Which phases of Tribe's mean that an invoice was sent, and which one that it is paid (DESIGN.md §6, §7). */
function phaseItems(settings: TenantSettings, { lookups }: Mapped): ChecklistItem[] {
  const { invoicePhases } = lookups.tribe
  const { sent, paid, gone } = phasesFrom(invoicePhases, settings)
  const nameOf = (id: string) => invoicePhases.find((phase) => phase.id === id)?.name ?? null
  const unknown = settings.invoices.sentPhaseIds.filter((id) => gone.has(id))
  const sentMessage = () => {
    if (invoicePhases.length === 0)
      return 'Tribe shows no phases of invoices: its invoicing module is off, or the application may not see it. Switch invoices and payments off, or the module on'
    if (unknown.length > 0)
      return `Tribe has no such phase of invoices: ${unknown.join(', ')}. Choose others (setting invoices.sentPhaseIds)`
    if (sent.size === 0)
      return 'Choose the phases that mean that an invoice was sent (setting invoices.sentPhaseIds)'
    return `Sent: ${[...sent].map(nameOf).join(', ')}`
  }
  const isPaidKnown = paid !== null && nameOf(paid) !== null
  const paidMessage = isPaidKnown
    ? `Paid: ${nameOf(paid)}`
    : 'Choose the phase that means that an invoice is paid (setting payments.paidPhaseId)'
  return [
    ...(settings.invoices.enabled
      ? [{ step: 'sent-phases', ok: sent.size > 0 && unknown.length === 0, message: sentMessage() }]
      : []),
    ...(settings.payments.enabled ? [{ step: 'paid-phase', ok: isPaidKnown, message: paidMessage }] : []),
  ]
}

/**
 * Which accounts that vouchers are booked on demand a department or a project. It stops nothing: each invoice may name them,
 * and one that does not is told.
 */
function demandItem(
  tenant: Tenant,
  { invoices }: TenantSettings,
  mapped: Mapped | Failure,
): ChecklistItem | null {
  if ('failure' in mapped || !invoices.enabled || invoices.mode !== 'voucher') return null
  const { salesAccounts } = mapped.lookups.powerOffice
  const isUsed = ({ id, accountNo }: (typeof salesAccounts)[number]) =>
    mapped.vat.some(({ salesAccountId }) => salesAccountId === id) || accountNo === invoices.roundingAccountNo
  const rows = FieldMappings.parse(tenant.fields ?? [])
  const told = salesAccounts.filter(isUsed).flatMap(({ accountNo, demands = [], departmentId }) =>
    demands.map((demand) => {
      const isOwn = demand === 'department' && departmentId !== undefined
      const isNamed = rows.some(({ powerOfficeField }) => powerOfficeField === `order.${demand}`)
      if (isOwn || isNamed) return `Account ${accountNo} demands a ${demand}`
      return `Account ${accountNo} demands a ${demand}, and no field is mapped to order.${demand}: its invoices are not posted until one is`
    }),
  )
  return told.length === 0 ? null : { step: 'account-demands', ok: true, message: told.join('. ') }
}

const POSTS_ORDERS: readonly TenantSettings['invoices']['mode'][] = ['book', 'send']

/** Posting needs a right of its own beside the privileges (poweroffice/API.md §5.3). */
function sendItem(tenant: Tenant, { invoices }: TenantSettings): ChecklistItem | null {
  const profile = PowerOfficeProfile.safeParse(tenant.powerOffice).data
  if (!profile || !invoices.enabled || !POSTS_ORDERS.includes(invoices.mode)) return null
  const message = profile.canSend
    ? 'The integration may post invoices'
    : 'The integration may not post invoices: ask PowerOffice (go-api@poweroffice.no) for the right to send invoices and connect again, or choose the mode "draft"'
  return { step: 'send-right', ok: profile.canSend, message }
}

/** Says which invoices are left alone, and how an admin has them exported all the same. */
export const oldInvoicesItem = ({ at, noted }: { at: string; noted: number }): ChecklistItem => ({
  step: 'old-invoices',
  ok: true,
  message: `What was sent before ${at.slice(0, 16).replace('T', ' ')} UTC is left alone (${noted} noted then): it is exported only when you ask for its days (sync "invoices", from and to)`,
})
