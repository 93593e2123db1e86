import { TenantSettings } from '../db/settings'
import type { Tenant } from '../db/tenants'
import { missingPrivileges, PowerOfficeProfile } from '../poweroffice/profile'
import { TribeProfile } from '../tribe/profile'
import { CUSTOMER_PERSON, PERSON } from '../tribe/sets'

export interface ChecklistItem {
  step: string
  ok: boolean
  message: string
}

/** What activation needs (spec §2), step by step. Only the parts that are switched on count. */
export function checklistOf(tenant: Tenant): ChecklistItem[] {
  const settings = TenantSettings.parse(tenant.settings)
  return [
    tribeItem(tenant),
    fieldsItem(tenant),
    powerOfficeItem(tenant),
    ...privilegeItems(tenant, settings),
    ...partItems(settings),
  ].filter((item) => item !== null)
}

function tribeItem(tenant: Tenant): ChecklistItem {
  const profile = TribeProfile.safeParse(tenant.tribe).data
  const message = profile
    ? `Connected to ${profile.organizationName || 'Tribe'}`
    : 'Connect Tribe: enter the client id and secret of an application'
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

/** What this version does not do yet cannot be switched on. */
function partItems(settings: TenantSettings): ChecklistItem[] {
  return (['products', 'invoices', 'payments'] as const)
    .filter((part) => settings[part].enabled)
    .map((part) => ({
      step: part,
      ok: false,
      message: `This version of the relay does not sync ${part} yet: switch them off`,
    }))
}
