import type { UnitMapping, VatMapping } from '../db/mappings'
import type { Account, Product, ProductGroup } from '../poweroffice/schemas'
import { SyncError } from '../shared/errors'
import type { SyncContext } from '../sync-step'
import type { Lookup } from '../tribe/schemas'

/** What products refer to in either system, and how the admin mapped one to the other. */
export interface Terms {
  units: readonly UnitMapping[]
  vat: readonly VatMapping[]
  /** Rates in percent of the VAT groups that are mapped, and their names. */
  vatGroups: readonly Pick<Lookup, 'ID' | 'Name' | 'Percentage'>[]
  tribeUnits: readonly Pick<Lookup, 'ID' | 'Name'>[]
  accounts: readonly Pick<Account, 'Id' | 'AccountNo' | 'VatCode'>[]
  defaultAccountNo: number | null
  powerOfficeGroups: readonly Pick<ProductGroup, 'Id' | 'Name' | 'StandardSalesAccountId'>[]
  tribeGroups: readonly Pick<Lookup, 'ID' | 'Name'>[]
}

const known = new WeakMap<SyncContext, Promise<Terms>>()

/** The terms as they are now; read once for each run of a job. */
export function termsOf(ctx: SyncContext): Promise<Terms> {
  const terms = known.get(ctx) ?? read(ctx)
  known.set(ctx, terms)
  terms.catch(() => known.delete(ctx))
  return terms
}

/** What was made or mapped meanwhile counts from here on. */
export const forgetTerms = (ctx: SyncContext): boolean => known.delete(ctx)

/** The terms, with this product's group and sales account among them: they may be newer than the lists. */
export async function termsFor(ctx: SyncContext, product: Product): Promise<Terms> {
  const terms = await termsOf(ctx)
  if (unknownTo(terms, product).length === 0) return terms
  return ctx.alone('lookups', async () => {
    const now = await termsOf(ctx)
    const isNews = (name: string) => ctx.memory.get(name) !== ACCEPTED
    if (!unknownTo(now, product).some(isNews)) return now
    await ctx.lookups.renewPowerOffice()
    forgetTerms(ctx)
    const renewed = await termsOf(ctx)
    const stillUnknown = unknownTo(renewed, product).filter(isNews)
    // A group may not be listed at once; an account that is none of the income accounts never is.
    const isMissed = stillUnknown.some((name) => isGroup(name) && !ctx.memory.has(name))
    for (const name of stillUnknown)
      ctx.memory.set(name, isGroup(name) && !ctx.memory.has(name) ? 'missed' : ACCEPTED)
    if (isMissed)
      throw new SyncError('product.group_unknown', 'time', 'PowerOffice does not list the product group yet')
    return renewed
  })
}

const ACCEPTED = 'accepted'
const isGroup = (name: string) => name.startsWith('unknown-group:')

function unknownTo(terms: Terms, { ProductGroupId, StandardSalesAccountId }: Product): string[] {
  const isIts = (group: Terms['powerOfficeGroups'][number]) => group.Id === ProductGroupId
  const isAccount = (account: Terms['accounts'][number]) => account.Id === StandardSalesAccountId
  return [
    ...(ProductGroupId == null || terms.powerOfficeGroups.some(isIts)
      ? []
      : [`unknown-group:${ProductGroupId}`]),
    ...(StandardSalesAccountId == null || terms.accounts.some(isAccount)
      ? []
      : [`unknown-account:${StandardSalesAccountId}`]),
  ]
}

async function read(ctx: SyncContext): Promise<Terms> {
  const [units, vat] = await Promise.all([ctx.mappings.units(), ctx.mappings.vat()])
  const { tribe, powerOffice } = await ctx.lookups.get()
  return {
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
      VatCode: vatCode,
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
