import type { UnitMapping, VatMapping } from '../db/mappings'
import { TenantSettings } from '../db/settings'
import type { Tenant } from '../db/tenants'
import type { Lookups } from '../lookups/lookups'
import { GAP_MESSAGES, type Gap, gapsIn } from '../lookups/validation'
import { missingPrivileges, PowerOfficeProfile } from '../poweroffice/profile'
import type { Failure } from '../shared/errors'
import { TribeProfile } from '../tribe/profile'
import { CUSTOMER_PERSON, PERSON } from '../tribe/sets'

export interface ChecklistItem {
  step: string
  ok: boolean
  message: string
}

/** What the admin mapped, and what there is to map. */
export interface Mapped {
  lookups: Lookups
  units: readonly UnitMapping[]
  vat: readonly VatMapping[]
}

/** Whether the switched-on parts need units, VAT groups and a sales account. */
export const needsMappings = (tenant: Tenant): boolean => {
  const { products, invoices } = TenantSettings.parse(tenant.settings)
  return (
    tenant.sealedClientKey !== null && tenant.sealedTribe !== null && (products.enabled || invoices.enabled)
  )
}

/**
 * What activation needs (spec §2), step by step. Only the parts that are switched on count. `mapped` is
 * null when nothing has to be mapped, or when PowerOffice is not connected yet.
 */
export function checklistOf(tenant: Tenant, mapped: Mapped | Failure | null): ChecklistItem[] {
  const settings = TenantSettings.parse(tenant.settings)
  return [
    tribeItem(tenant),
    fieldsItem(tenant),
    powerOfficeItem(tenant),
    ...privilegeItems(tenant, settings),
    ...(mapped && 'failure' in mapped ? [listsItem(mapped)] : mapped ? mappingItems(settings, mapped) : []),
    ...partItems(settings),
  ].filter((item) => item !== null)
}

function tribeItem(tenant: Tenant): ChecklistItem {
  const profile = TribeProfile.safeParse(tenant.tribe).data
  const message = profile
    ? `Connected to ${profile.organizationName || 'Tribe'}`
    : 'Connect Tribe: give consent on its page, or enter the client id and secret of an application'
  return { step: 'tribe', ok: profile !== undefined && tenant.sealedTribe !== null, message }
}

/** Fields that this Tribe does not have are off; that is said, and stops nothing (design 13). */
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

/** A person's debtor number may stand in either of two places (tribe-api §10). */
function lacksOf({ missing }: TribeProfile['dialect']): string[] {
  const places = [`${PERSON}.DebtorNumber`, `${CUSTOMER_PERSON}.DebtorNumber`]
  const others = missing.filter((name) => !places.includes(name))
  const isNowhere = places.every((name) => missing.includes(name))
  return isNowhere ? [...others, 'the debtor number of private customers'] : others
}

function powerOfficeItem(tenant: Tenant): ChecklistItem {
  const profile = PowerOfficeProfile.safeParse(tenant.powerOffice).data
  const message = profile
    ? `Connected to ${profile.clientName || 'PowerOffice'}`
    : 'Connect PowerOffice: enter the client key'
  return { step: 'poweroffice', ok: profile !== undefined && tenant.sealedClientKey !== null, message }
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
    payments: settings.payments.enabled,
  }
  const missing = missingPrivileges(profile).filter(({ part }) => isOn[part])
  if (missing.length === 0)
    return [{ step: 'privileges', ok: true, message: 'PowerOffice grants all that is needed' }]
  return missing.map(({ privilege, neededFor, fix }) => ({
    step: `privilege:${privilege}`,
    ok: false,
    message: `${privilege} is missing, needed for ${neededFor}. ${fix}`,
  }))
}

/** What can be mapped is unknown while a list cannot be read. */
const listsItem = ({ failure }: Failure): ChecklistItem => ({
  ...{ step: 'lookups', ok: false },
  message: `What can be mapped cannot be read: ${failure.message}`,
})

function mappingItems(
  { defaultSalesAccountNo }: TenantSettings,
  { lookups, units, vat }: Mapped,
): ChecklistItem[] {
  const account = lookups.powerOffice.salesAccounts.find((one) => one.accountNo === defaultSalesAccountNo)
  const accountMessage = account?.isActive
    ? `${account.accountNo} ${account.name ?? ''}`.trim()
    : defaultSalesAccountNo === null
      ? 'Choose the default ledger account for sales (setting defaultSalesAccountNo)'
      : `PowerOffice has no active income account ${defaultSalesAccountNo}: choose another default ledger account`
  const gaps = gapsIn(lookups, units, vat)
  const item = (step: string, ofStep: readonly Gap[], fine: string): ChecklistItem => ({
    step,
    ok: ofStep.length === 0,
    message: ofStep.map(({ code, name }) => GAP_MESSAGES[code](name)).join('. ') || fine,
  })
  return [
    { step: 'default-ledger-account', ok: account?.isActive === true, message: accountMessage },
    item(
      'units',
      gaps.filter(({ code }) => code === 'unit.unmapped'),
      'Every unit in use is mapped',
    ),
    item(
      'vat-groups',
      gaps.filter(({ code }) => code !== 'unit.unmapped'),
      'Every VAT group in use is mapped',
    ),
  ]
}

/** What this version does not do yet cannot be switched on. */
function partItems(settings: TenantSettings): ChecklistItem[] {
  return (['invoices', 'payments'] as const)
    .filter((part) => settings[part].enabled)
    .map((part) => ({
      step: part,
      ok: false,
      message: `This version of the relay does not sync ${part} yet: switch them off`,
    }))
}
