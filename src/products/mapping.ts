import type { PatchOperation } from '../poweroffice/caller'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { grossPrice, netPrice } from '../shared/money'
import { carriable } from '../shared/texts'
import type { Product as TribeProduct } from '../tribe/schemas'
import type { Product, ProductField } from './product'
import type { Terms } from './terms'

/**
 * How each system spells a product (spec §5). PowerOffice takes VAT from the sales account that applies:
 * the product's own, else its group's, else the client's. Units and VAT groups go by the admin's mapping.
 */

/** What keeps a product from being told in the other system, and the value that has no counterpart. */
export interface Unmapped {
  code: 'unit.unmapped' | 'unit.gone' | 'vat.unmapped' | 'vat.account_gone'
  value: string
}

// ── PowerOffice ─────────────────────────────────────────────────────────────

export function productFromPowerOffice(product: PowerOfficeProduct, terms: Terms): Product {
  const group = terms.powerOfficeGroups.find((one) => one.Id === product.ProductGroupId)
  return {
    code: text(product.Code),
    name: text(product.Name),
    description: text(product.Description),
    group: text(group?.Name),
    price: product.UnitPrice ?? null,
    cost: product.UnitCost ?? null,
    vatCode: vatCodeOf(product, terms),
    unit: text(product.UnitOfMeasureCode),
    isArchived: product.IsArchived ?? false,
  }
}

/** The account that a sale of this product is booked on: its own, else its group's, else the default. */
export function salesAccountOf(
  product: PowerOfficeProduct,
  terms: Terms,
): Terms['accounts'][number] | undefined {
  const group = terms.powerOfficeGroups.find((one) => one.Id === product.ProductGroupId)
  const id = product.StandardSalesAccountId ?? group?.StandardSalesAccountId ?? null
  const isIt = (account: Terms['accounts'][number]) =>
    id === null ? account.AccountNo === terms.defaultAccountNo : account.Id === id
  return terms.accounts.find(isIt)
}

export const vatCodeOf = (product: PowerOfficeProduct, terms: Terms): string | null =>
  salesAccountOf(product, terms)?.VatCode ?? null

/** Where the product group of a name is in PowerOffice; undefined: it has to be made. */
export type GroupIdOf = (name: string) => number | undefined

/**
 * The members of a product that these fields fill. Prices that are nothing stay the group's. Several VAT
 * groups may go by one code: `vatGroupId` says whose sales account it is.
 */
export function productToPowerOffice(
  product: Product,
  fields: readonly ProductField[],
  terms: Terms,
  { groupIdOf, vatGroupId }: { groupIdOf: GroupIdOf; vatGroupId: string | null },
) {
  const members: Record<string, unknown> = {}
  for (const field of fields) {
    if (field === 'code') members.Code = product.code
    else if (field === 'name') members.Name = product.name
    else if (field === 'description') members.Description = product.description
    else if (field === 'group')
      members.ProductGroupId = product.group === null ? null : (groupIdOf(product.group) ?? null)
    else if (field === 'price') members.UnitPrice = product.price
    else if (field === 'cost') members.UnitCost = product.cost
    else if (field === 'unit') members.UnitOfMeasureCode = product.unit
    else if (field === 'isArchived') members.IsArchived = product.isArchived
    else if (product.vatCode !== null)
      members.StandardSalesAccountId = accountIdFor(product.vatCode, terms, vatGroupId)
  }
  return members
}

/** The changes that give a product these members; empty when it has them already. */
export function productPatch(
  members: Record<string, unknown>,
  product: PowerOfficeProduct,
): PatchOperation[] {
  return Object.entries(members)
    .filter(([name, value]) => ((product as Record<string, unknown>)[name] ?? null) !== (value ?? null))
    .map(([name, value]) => ({ op: 'replace' as const, path: `/${name}`, value: value ?? null }))
}

/**
 * The sales account for a VAT code: that of the VAT group, else of another group with this code, else the
 * default ledger account if it carries the code, else any that does.
 */
export function accountIdFor(
  vatCode: string,
  { vat, accounts, defaultAccountNo, faulty }: Terms,
  vatGroupId: string | null = null,
): number | null {
  const isSound = (one: Terms['vat'][number]) => !faulty.vatGroups.has(one.tribeVatGroupId)
  const mapped = vat.filter((one) => one.powerOfficeVatCode === vatCode && isSound(one))
  const its = mapped.find((one) => one.tribeVatGroupId === vatGroupId) ?? mapped[0]
  if (its) return its.salesAccountId
  const carriers = accounts.filter((account) => account.VatCode === vatCode)
  return (carriers.find((account) => account.AccountNo === defaultAccountNo) ?? carriers[0])?.Id ?? null
}

// ── Tribe ───────────────────────────────────────────────────────────────────

export function productFromTribe(product: TribeProduct, terms: Terms): Product {
  const percentage = product.VatGroup?.Percentage ?? 0
  const gross = product.SalesPrice ?? null
  return {
    code: text(product.Code),
    name: text(product.Name),
    description: text(product.Description),
    group: text(product.ProductGroup?.Name),
    price: gross === null ? null : product.IsVatIncluded ? netPrice(gross, percentage) : gross,
    cost: product.PurchasePrice ?? null,
    vatCode:
      terms.vat.find((one) => one.tribeVatGroupId === product.VatGroup?.ID)?.powerOfficeVatCode ?? null,
    unit: terms.units.find((one) => one.tribeUnitId === product.Unit?.ID)?.powerOfficeUnit ?? null,
    isArchived: product.IsInactive ?? false,
  }
}

/** A unit or VAT group of this product that nobody has mapped, or that is mapped to what is known to be wrong. */
export function unmappedInTribe(product: TribeProduct, terms: Terms): Unmapped | null {
  const { Unit: unit, VatGroup: group } = product
  if (unit && terms.faulty.units.has(unit.ID))
    return { code: 'unit.gone', value: unit.Name ?? unit.Code ?? unit.ID }
  if (group && terms.faulty.vatGroups.has(group.ID))
    return { code: 'vat.account_gone', value: group.Name ?? group.Code ?? group.ID }
  if (unit && !terms.units.some((one) => one.tribeUnitId === unit.ID))
    return { code: 'unit.unmapped', value: unit.Name ?? unit.Code ?? unit.ID }
  if (group && !terms.vat.some((one) => one.tribeVatGroupId === group.ID))
    return { code: 'vat.unmapped', value: group.Name ?? group.Code ?? group.ID }
  return null
}

/** What its sales account stands for in Tribe is known to be wrong. */
export function accountFault(product: PowerOfficeProduct, terms: Terms): Unmapped | null {
  const account = salesAccountOf(product, terms)
  const mapped = terms.vat.filter((one) => one.salesAccountId === account?.Id)
  const wrong = mapped.find((one) => terms.faulty.vatGroups.has(one.tribeVatGroupId))
  if (!wrong || mapped.some((one) => !terms.faulty.vatGroups.has(one.tribeVatGroupId))) return null
  const name = terms.vatGroups.find(({ ID }) => ID === wrong.tribeVatGroupId)?.Name
  return { code: 'vat.account_gone', value: name ?? wrong.tribeVatGroupId }
}

/** A unit or VAT code of this product that stands for nothing in Tribe. */
export function unmappedInPowerOffice(product: Product, terms: Terms): Unmapped | null {
  if (product.unit !== null && !terms.units.some((one) => one.powerOfficeUnit === product.unit))
    return { code: 'unit.unmapped', value: product.unit }
  if (product.vatCode !== null && !terms.vat.some((one) => one.powerOfficeVatCode === product.vatCode))
    return { code: 'vat.unmapped', value: product.vatCode }
  return null
}

/** Where the product group of a name is in Tribe; undefined: it has to be made. */
export type TribeGroupIdOf = (name: string) => string | undefined

/**
 * The members of Tribe's product that these fields fill. A price is told with VAT where Tribe keeps it so;
 * another VAT group changes the price with VAT along. Where several VAT groups go by one code, the sales
 * account says which.
 */
export function productToTribe(
  product: Product,
  fields: readonly ProductField[],
  held: TribeProduct | null,
  terms: Terms,
  { groupIdOf, salesAccountId }: { groupIdOf: TribeGroupIdOf; salesAccountId: number | null },
) {
  const members: Record<string, unknown> = {}
  const before = held?.VatGroup?.ID
  const group = fields.includes('vatCode') ? vatGroupFor(product, salesAccountId, before, terms) : before
  const percentage = rateOf(group, held, terms)
  const isGross = held?.IsVatIncluded ?? false
  const withVat = (net: number | null) => (net === null ? null : isGross ? grossPrice(net, percentage) : net)
  for (const field of fields) {
    if (field === 'code') members.Code = product.code
    else if (field === 'name') members.Name = product.name
    else if (field === 'description') members.Description = product.description
    else if (field === 'group')
      members.ProductGroup = linkTo(product.group === null ? undefined : groupIdOf(product.group))
    else if (field === 'price') members.SalesPrice = withVat(product.price)
    else if (field === 'cost') members.PurchasePrice = product.cost
    else if (field === 'unit') members.Unit = linkTo(unitFor(product.unit, held, terms))
    else if (field === 'vatCode') members.VatGroup = linkTo(group)
    else members.IsInactive = product.isArchived
  }
  if (isGross && group !== before && product.price !== null) members.SalesPrice = withVat(product.price)
  return members
}

const linkTo = (id: string | undefined) => (id === undefined ? null : { ID: id })

/** Percent; nothing where there is no VAT group. */
function rateOf(group: string | undefined, held: TribeProduct | null, { vatGroups }: Terms): number {
  if (group === undefined) return 0
  const known = group === held?.VatGroup?.ID ? held.VatGroup : vatGroups.find((one) => one.ID === group)
  return known?.Percentage ?? 0
}

/** The group that Tribe has stays if it stands for the code too. */
function vatGroupFor(
  { vatCode }: Product,
  accountId: number | null,
  held: string | undefined,
  { vat }: Terms,
): string | undefined {
  const fitting = vat.filter((one) => one.powerOfficeVatCode === vatCode)
  const its =
    fitting.find((one) => one.tribeVatGroupId === held) ??
    fitting.find((one) => one.salesAccountId === accountId) ??
    fitting[0]
  return its?.tribeVatGroupId
}

function unitFor(unit: string | null, held: TribeProduct | null, { units }: Terms): string | undefined {
  const fitting = units.filter((one) => one.powerOfficeUnit === unit).map((one) => one.tribeUnitId)
  return fitting.find((id) => id === held?.Unit?.ID) ?? fitting[0]
}

/** The product as Tribe holds it once these members are written. */
export function withMembers(
  held: TribeProduct,
  members: Record<string, unknown>,
  terms: Terms,
  groupName: string | null,
): TribeProduct {
  const idOf = (link: unknown) => (link as { ID: string } | null)?.ID
  const after: TribeProduct = { ...held, ...members }
  if ('VatGroup' in members && idOf(members.VatGroup) !== held.VatGroup?.ID)
    after.VatGroup = terms.vatGroups.find((one) => one.ID === idOf(members.VatGroup)) ?? null
  else after.VatGroup = held.VatGroup
  if (members.ProductGroup) after.ProductGroup = { ID: idOf(members.ProductGroup) ?? '', Name: groupName }
  return after
}

/** Blank text is no text, and what cannot be carried is no part of it. */
const text = (value: string | null | undefined): string | null => carriable(value ?? '').trim() || null
