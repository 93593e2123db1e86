import type { Terms } from '../products/terms'
import type { InvoiceLine } from './invoice'

/** The VAT group of a line: its own, else its product's, else the only one that is mapped for its percentage. */
export function vatGroupIdOf({ vatGroup, product, vatPercent }: InvoiceLine, terms: Terms): string | null {
  const named = vatGroup?.id ?? product?.vatGroupId ?? null
  if (named !== null) return named
  const fitting = terms.vat.filter(
    ({ tribeVatGroupId }) =>
      terms.vatGroups.find(({ ID }) => ID === tribeVatGroupId)?.Percentage === vatPercent,
  )
  return fitting.length === 1 ? (fitting[0]?.tribeVatGroupId ?? null) : null
}

/** PowerOffice's VAT code for a VAT group of Tribe's; null when nobody has mapped it. */
export const mappedVatCode = (groupId: string | null, { vat }: Terms): string | null =>
  vat.find((one) => one.tribeVatGroupId === groupId)?.powerOfficeVatCode ?? null

export const vatCodeOf = (line: InvoiceLine, terms: Terms): string | null =>
  mappedVatCode(vatGroupIdOf(line, terms), terms)
