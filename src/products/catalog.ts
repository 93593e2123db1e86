import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import type { Product as TribeProduct } from '../tribe/schemas'
import type { Catalog } from './lists'

/**
 * What a product refers to, and what that is in the other system. PowerOffice takes VAT from the sales account that
 * applies: the product's own, else its group's, else the client's. Units and VAT groups go by the admin's mapping.
 */

// ── PowerOffice ─────────────────────────────────────────────────────────────

/** The account that a sale of this product is booked on: its own, else its group's, else the default. */
export function salesAccountOf(
  product: PowerOfficeProduct,
  catalog: Catalog,
): Catalog['accounts'][number] | undefined {
  const group = catalog.powerOfficeGroups.find((one) => one.Id === product.ProductGroupId)
  const id = product.StandardSalesAccountId ?? group?.StandardSalesAccountId ?? null
  const isIt = (account: Catalog['accounts'][number]) =>
    id === null ? account.AccountNo === catalog.defaultAccountNo : account.Id === id
  return catalog.accounts.find(isIt)
}

export const vatCodeOf = (product: PowerOfficeProduct, catalog: Catalog): string | null =>
  salesAccountOf(product, catalog)?.VatCode ?? null

/**
 * The sales account for a VAT code: that of the VAT group, else of another group with this code, else the
 * default ledger account if it carries the code, else any that does.
 */
export function accountIdFor(
  vatCode: string,
  { vat, accounts, defaultAccountNo, faulty }: Catalog,
  vatGroupId: string | null = null,
): number | null {
  const isSound = (one: Catalog['vat'][number]) => !faulty.vatGroups.has(one.tribeVatGroupId)
  const mapped = vat.filter((one) => one.powerOfficeVatCode === vatCode && isSound(one))
  const its = mapped.find((one) => one.tribeVatGroupId === vatGroupId) ?? mapped[0]
  if (its) return its.salesAccountId
  const carriers = accounts.filter((account) => account.VatCode === vatCode)
  return (carriers.find((account) => account.AccountNo === defaultAccountNo) ?? carriers[0])?.Id ?? null
}

// ── Tribe ───────────────────────────────────────────────────────────────────

/** Percent; nothing where there is no VAT group. */
export function rateOf(
  group: string | undefined,
  held: TribeProduct | null,
  { vatGroups }: Pick<Catalog, 'vatGroups'>,
): number {
  if (group === undefined) return 0
  const known = group === held?.VatGroup?.ID ? held.VatGroup : vatGroups.find((one) => one.ID === group)
  return known?.Percentage ?? 0
}

/** The group that Tribe has stays if it stands for the code too; where several do, the sales account says which. */
export function vatGroupFor(
  vatCode: string | null,
  { accountId, held, catalog }: { accountId: number | null; held: string | undefined; catalog: Catalog },
): string | undefined {
  const fitting = catalog.vat.filter((one) => one.powerOfficeVatCode === vatCode)
  const its =
    fitting.find((one) => one.tribeVatGroupId === held) ??
    fitting.find((one) => one.salesAccountId === accountId) ??
    fitting[0]
  return its?.tribeVatGroupId
}

export function unitFor(
  unit: string | null,
  held: TribeProduct | null,
  { units }: Pick<Catalog, 'units'>,
): string | undefined {
  const fitting = units.filter((one) => one.powerOfficeUnit === unit).map((one) => one.tribeUnitId)
  return fitting.find((id) => id === held?.Unit?.ID) ?? fitting[0]
}

// ── What has no counterpart ─────────────────────────────────────────────────

/** What keeps a product from being told in the other system, and the value that has no counterpart. */
export interface Unmapped {
  code: 'unit.unmapped' | 'unit.gone' | 'vat.unmapped' | 'vat.account_gone'
  value: string
}

/** A unit or VAT group of this product that nobody has mapped, or that is mapped to what is known to be wrong. */
export function unmappedInTribe(product: TribeProduct, catalog: Catalog): Unmapped | null {
  const { Unit: unit, VatGroup: group } = product
  if (unit && catalog.faulty.units.has(unit.ID)) return { code: 'unit.gone', value: spokenOf(unit) }
  if (group && catalog.faulty.vatGroups.has(group.ID))
    return { code: 'vat.account_gone', value: spokenOf(group) }
  if (unit && !catalog.units.some((one) => one.tribeUnitId === unit.ID))
    return { code: 'unit.unmapped', value: spokenOf(unit) }
  if (group && !catalog.vat.some((one) => one.tribeVatGroupId === group.ID))
    return { code: 'vat.unmapped', value: spokenOf(group) }
  return null
}

type Entry = NonNullable<TribeProduct['Unit']>
const spokenOf = ({ Name, Code, ID }: Entry): string => Name ?? Code ?? ID

/** What its sales account stands for in Tribe is known to be wrong. */
export function accountFault(product: PowerOfficeProduct, catalog: Catalog): Unmapped | null {
  const account = salesAccountOf(product, catalog)
  const mapped = catalog.vat.filter((one) => one.salesAccountId === account?.Id)
  const wrong = mapped.find((one) => catalog.faulty.vatGroups.has(one.tribeVatGroupId))
  if (!wrong || mapped.some((one) => !catalog.faulty.vatGroups.has(one.tribeVatGroupId))) return null
  const name = catalog.vatGroups.find(({ ID }) => ID === wrong.tribeVatGroupId)?.Name
  return { code: 'vat.account_gone', value: name ?? wrong.tribeVatGroupId }
}

/** A unit or VAT code of this product that stands for nothing in Tribe. */
export function unmappedInPowerOffice(
  product: { unit: string | null; vatCode: string | null },
  catalog: Catalog,
): Unmapped | null {
  if (product.unit !== null && !catalog.units.some((one) => one.powerOfficeUnit === product.unit))
    return { code: 'unit.unmapped', value: product.unit }
  if (product.vatCode !== null && !catalog.vat.some((one) => one.powerOfficeVatCode === product.vatCode))
    return { code: 'vat.unmapped', value: product.vatCode }
  return null
}
