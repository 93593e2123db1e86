import type { UnitMapping, VatMapping } from '../db/mappings'
import { isCarried, isDefaultUsable, isUnitThere } from '../lookups/validation'
import type { Account, Product, ProductGroup } from '../poweroffice/schemas'
import { SyncError } from '../shared/errors'
import type { SyncContext } from '../sync-step'
import type { Lookup } from '../tribe/schemas'

/** What products refer to in either system, and how the admin mapped one to the other. */
export interface Catalog {
  units: readonly UnitMapping[]
  vat: readonly VatMapping[]
  /** Rates in percent of the VAT groups that are mapped, and their names. */
  vatGroups: readonly Pick<Lookup, 'ID' | 'Name' | 'Percentage'>[]
  tribeUnits: readonly Pick<Lookup, 'ID' | 'Name'>[]
  accounts: readonly Pick<Account, 'Id' | 'AccountNo' | 'VatCode'>[]
  defaultAccountNo: number | null
  powerOfficeGroups: readonly Pick<ProductGroup, 'Id' | 'Name' | 'StandardSalesAccountId'>[]
  tribeGroups: readonly Pick<Lookup, 'ID' | 'Name'>[]
  /** What is mapped to something that is known to be wrong: it is not used until it is right. */
  faulty: Faulty
}

export interface Faulty {
  /** Tribe's VAT groups whose account is closed, or carries another code than it is mapped by. */
  vatGroups: ReadonlySet<string>
  units: ReadonlySet<string>
  /** The default ledger account is closed, or none is chosen. */
  isDefaultGone: boolean
}

const known = new WeakMap<SyncContext, Promise<Catalog>>()

/** The catalog as it is now; read once for each run of a job. */
export function catalogOf(ctx: SyncContext): Promise<Catalog> {
  const catalog = known.get(ctx) ?? read(ctx)
  known.set(ctx, catalog)
  catalog.catch(() => known.delete(ctx))
  return catalog
}

/** What was made or mapped meanwhile counts from here on. */
export const forgetCatalog = (ctx: SyncContext): boolean => known.delete(ctx)

/** The catalog, with this product's group and sales account among them: they may be newer than the lists. */
export async function catalogFor(ctx: SyncContext, product: Product): Promise<Catalog> {
  const catalog = await catalogOf(ctx)
  if (unknownTo(catalog, product).length === 0) return catalog
  return ctx.withLock('lookups', async () => {
    const now = await catalogOf(ctx)
    const isNews = (name: string) => ctx.cache.get(name) !== ACCEPTED
    if (!unknownTo(now, product).some(isNews)) return now
    await ctx.lookups.renewPowerOffice()
    forgetCatalog(ctx)
    const renewed = await catalogOf(ctx)
    const stillUnknown = unknownTo(renewed, product).filter(isNews)
    // A group may not be listed at once; an account that is none of the income accounts never is.
    const isMissed = stillUnknown.some((name) => isGroup(name) && !ctx.cache.has(name))
    for (const name of stillUnknown)
      ctx.cache.set(name, isGroup(name) && !ctx.cache.has(name) ? 'missed' : ACCEPTED)
    if (isMissed)
      throw new SyncError('product.group_unknown', 'time', 'PowerOffice does not list the product group yet')
    return renewed
  })
}

const ACCEPTED = 'accepted'
const isGroup = (name: string) => name.startsWith('unknown-group:')

function unknownTo(catalog: Catalog, { ProductGroupId, StandardSalesAccountId }: Product): string[] {
  const isIts = (group: Catalog['powerOfficeGroups'][number]) => group.Id === ProductGroupId
  const isAccount = (account: Catalog['accounts'][number]) => account.Id === StandardSalesAccountId
  return [
    ...(ProductGroupId == null || catalog.powerOfficeGroups.some(isIts)
      ? []
      : [`unknown-group:${ProductGroupId}`]),
    ...(StandardSalesAccountId == null || catalog.accounts.some(isAccount)
      ? []
      : [`unknown-account:${StandardSalesAccountId}`]),
  ]
}

async function read(ctx: SyncContext): Promise<Catalog> {
  const [units, vat] = await Promise.all([ctx.mappings.units(), ctx.mappings.vat()])
  const lookups = await ctx.lookups.get()
  const { tribe, powerOffice } = lookups
  const faulty: Faulty = {
    vatGroups: new Set(vat.filter((one) => !isCarried(one, lookups)).map((one) => one.tribeVatGroupId)),
    units: new Set(units.filter((one) => !isUnitThere(one)).map((one) => one.tribeUnitId)),
    isDefaultGone: !isDefaultUsable(ctx.settings.defaultSalesAccountNo, lookups),
  }
  // An account that carries another code than it is mapped by is no change of all its products: it is told once, and mended.
  const codeMappedTo = (accountId: number) => {
    const mapped = vat.filter((one) => one.salesAccountId === accountId)
    const isFaulty = mapped.every((one) => faulty.vatGroups.has(one.tribeVatGroupId))
    return isFaulty ? (mapped[0]?.powerOfficeVatCode ?? null) : null
  }
  return {
    faulty,
    units,
    vat,
    vatGroups: tribe.vatGroups.map(({ id, name, percentage }) => ({
      ID: id,
      Name: name,
      Percentage: percentage,
    })),
    tribeUnits: tribe.units.map(({ id, name }) => ({ ID: id, Name: name })),
    accounts: powerOffice.salesAccounts.map(({ id, accountNo, vatCode }) => ({
      Id: id,
      AccountNo: accountNo,
      VatCode: codeMappedTo(id) ?? vatCode,
    })),
    defaultAccountNo: ctx.settings.defaultSalesAccountNo,
    powerOfficeGroups: powerOffice.productGroups.map(({ id, name, accountId }) => ({
      Id: id,
      Name: name,
      StandardSalesAccountId: accountId,
    })),
    tribeGroups: tribe.productGroups.map(({ id, name }) => ({ ID: id, Name: name })),
  }
}
