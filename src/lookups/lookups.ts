import type { FactOf } from '../facts'
import type { Account } from '../poweroffice/schemas'
import { DAY_MS, dayIn } from '../shared/dates'
import { ApiError } from '../shared/errors'
import type { SyncContext } from '../sync-step'
import type { Lookup, Product } from '../tribe/schemas'
import { isInForce } from './validation'

/**
 * What can be mapped, in both systems: small lists without personal data, read once a day and on request,
 * and kept in the tenant's object.
 */
export type Lookups = FactOf<'lookups'>

export interface LookupStore {
  /** As they were last read; read anew when they are a day old. */
  get(): Promise<Lookups>
  /** Reads them anew. */
  refresh(): Promise<Lookups>
  /** Reads PowerOffice's accounts and product groups anew: a product names one that is not among them. */
  renewPowerOffice(): Promise<void>
  /** Notes a product group that was made just now. */
  addGroup(
    group:
      | { powerOffice: Lookups['powerOffice']['productGroups'][number] }
      | { tribe: Lookups['tribe']['productGroups'][number] },
  ): void
  /** Forgets product groups that are gone from the CRM. */
  dropGroups(ids: readonly string[]): void
}

const NAME = 'lookups'

/** Everything about lookups that a context needs; the reads wait for their turn like any call. */
export function createLookupStore({
  facts,
  now,
  tribe,
  powerOffice,
  tribeProfile,
}: Pick<SyncContext, 'facts' | 'now' | 'tribe' | 'powerOffice' | 'tribeProfile'>): LookupStore {
  const refresh = async (): Promise<Lookups> => {
    const lookups = await read({
      tribe,
      powerOffice,
      ownOrganizationId: tribeProfile.organizationId,
      at: new Date(now()).toISOString(),
    })
    facts.set(NAME, lookups)
    return lookups
  }
  return {
    refresh,
    async get() {
      const known = facts.get(NAME)
      return known && now() - Date.parse(known.at) < DAY_MS ? known : refresh()
    },
    async renewPowerOffice() {
      const known = facts.get(NAME)
      if (!known) return
      const fresh = await readCatalog(powerOffice)
      const now = facts.get(NAME) ?? known
      facts.set(NAME, { ...now, powerOffice: { ...now.powerOffice, ...fresh } } satisfies Lookups)
    },
    addGroup(group) {
      const known = facts.get(NAME)
      if (!known) return
      if ('tribe' in group) known.tribe.productGroups.push(group.tribe)
      else known.powerOffice.productGroups.push(group.powerOffice)
      facts.set(NAME, known)
    },
    dropGroups(ids) {
      const known = facts.get(NAME)
      if (!known) return
      const productGroups = known.tribe.productGroups.filter(({ id }) => !ids.includes(id))
      facts.set(NAME, { ...known, tribe: { ...known.tribe, productGroups } } satisfies Lookups)
    },
  }
}

async function read({
  tribe,
  powerOffice,
  ownOrganizationId,
  at,
}: Pick<SyncContext, 'tribe' | 'powerOffice'> & { ownOrganizationId: string; at: string }): Promise<Lookups> {
  const [units, vatGroups, tribeGroups, phases, products, ownCountry] = await Promise.all([
    tribe.units(),
    tribe.vatGroups(),
    unlessOff(tribe.productGroups()),
    unlessOff(tribe.invoicePhases()),
    unlessOff(tribe.allProducts()),
    tribe.countryOf(ownOrganizationId),
  ])
  // One after another: a tenant has one turn at the gate at a time.
  const catalog = await readCatalog(powerOffice)
  const vatCodes = await powerOffice.vatCodes()
  const terms = await powerOffice.paymentTerms()
  const used = usedBy(products)
  return {
    at,
    ownCountry,
    tribe: {
      units: units.map((unit) => ({ ...named(unit), inUse: used.has(unit.ID) })),
      vatGroups: vatGroups.map((group) => ({
        ...named(group),
        percentage: group.Percentage ?? null,
        country: group.Country?.Code ?? null,
        inUse: used.has(group.ID),
      })),
      productGroups: tribeGroups.map((group) => ({ id: group.ID, name: group.Name ?? null })),
      invoicePhases: phases.map(named),
    },
    powerOffice: {
      ...catalog,
      vatCodes: vatCodes
        .filter((vat) => isInForce(vat, dayIn(new Date(at), 'Europe/Oslo')))
        .flatMap(({ Id, Code, Name, Rate }) =>
          Code ? [{ code: Code, name: Name ?? null, rate: Rate, id: Id }] : [],
        ),
      paymentTerms: terms
        .filter((term) => term.IsActive !== false)
        .map((term) => ({
          id: term.Id,
          name: term.Name ?? null,
          creditDays: term.CreditDays,
          isDefault: term.IsDefault === true,
        })),
    },
  }
}

/** Accounts and product groups: what products refer to by id. */
async function readCatalog(
  powerOffice: SyncContext['powerOffice'],
): Promise<Pick<Lookups['powerOffice'], 'salesAccounts' | 'productGroups'>> {
  const accounts = await powerOffice.salesAccounts()
  const groups = await powerOffice.productGroups()
  return {
    salesAccounts: accounts.map((account) => ({
      id: account.Id,
      accountNo: account.AccountNo,
      name: account.Name ?? null,
      vatCode: account.VatCode ?? null,
      isActive: account.IsActive !== false,
      ...demandsOf(account),
    })),
    productGroups: groups.map((group) => ({
      id: group.Id,
      name: group.Name ?? null,
      accountId: group.StandardSalesAccountId ?? null,
    })),
  }
}

export type Demand = 'department' | 'project'

/** What is demanded of a line on it; told only where something is. */
function demandsOf({ IsDepartmentRequired, IsProjectRequired, DepartmentId }: Account) {
  const demands: Demand[] = []
  if (IsDepartmentRequired === true) demands.push('department')
  if (IsProjectRequired === true) demands.push('project')
  if (demands.length === 0) return {}
  return DepartmentId == null ? { demands } : { demands, departmentId: DepartmentId }
}

const named = (entry: Lookup) => ({
  id: entry.ID,
  code: entry.Code ?? null,
  name: entry.Name ?? entry._Name ?? null,
})

/** What products use: only that has to be mapped. Inactive ones use nothing. */
function usedBy(products: readonly Product[]): Set<string> {
  const active = products.filter((product) => product.IsInactive !== true)
  return new Set(active.flatMap((product) => [product.Unit?.ID ?? [], product.VatGroup?.ID ?? []].flat()))
}

/** A module that is switched off in Tribe answers as if its records were unknown (tribe/API.md §6.1). */
async function unlessOff<T>(list: Promise<T[]>): Promise<T[]> {
  try {
    return await list
  } catch (thrown) {
    if (thrown instanceof ApiError && (thrown.remedy === 'data' || thrown.status === 403)) return []
    throw thrown
  }
}
