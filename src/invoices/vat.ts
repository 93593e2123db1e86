import type { VatMapping } from '../db/mappings'
import { GAP_MESSAGES } from '../lookups/validation'
import type { Catalog } from '../products/lists'
import { SyncError } from '../shared/errors'
import type { InvoiceLine } from './invoice'

/** The VAT group of a line: its own, else its product's, else the only one that is mapped for its percentage. */
export function vatGroupIdOf(
  { vatGroup, product, vatPercent }: InvoiceLine,
  catalog: Catalog,
): string | null {
  const named = vatGroup?.id ?? product?.vatGroupId ?? null
  if (named !== null) return named
  const fitting = catalog.vat.filter(
    ({ tribeVatGroupId }) =>
      catalog.vatGroups.find(({ ID }) => ID === tribeVatGroupId)?.Percentage === vatPercent,
  )
  return fitting.length === 1 ? (fitting[0]?.tribeVatGroupId ?? null) : null
}

/** How a VAT group of Tribe's is booked; null when nobody has mapped it. */
export const mappingOf = (groupId: string | null, { vat }: Catalog): VatMapping | null =>
  vat.find((one) => one.tribeVatGroupId === groupId) ?? null

/** PowerOffice's VAT code for a line; null when nobody has mapped its group. */
export const vatCodeOf = (line: InvoiceLine, catalog: Catalog): string | null =>
  mappingOf(vatGroupIdOf(line, catalog), catalog)?.powerOfficeVatCode ?? null

/** Why a line cannot be booked as it is mapped: it is not, or what it is mapped to is known to be wrong. */
export function vatFault(line: InvoiceLine, index: number, catalog: Catalog): SyncError | null {
  const { vatGroup, product } = line
  const groupId = vatGroupIdOf(line, catalog)
  const name = vatGroup?.name ?? product?.vatGroupId ?? null
  if (mappingOf(groupId, catalog) === null)
    return new SyncError(
      'vat.unmapped',
      'data',
      name === null
        ? `Line ${index + 1} has no VAT group: choose one in Tribe`
        : `The VAT group "${name}" has no counterpart: map it under VAT groups, and the invoice goes by itself`,
    )
  if (groupId === null || !catalog.faulty.vatGroups.has(groupId)) return null
  return new SyncError(
    'vat.account_gone',
    'data',
    `${GAP_MESSAGES['vat.account_gone'](name ?? groupId)}; the invoice then goes by itself`,
  )
}
