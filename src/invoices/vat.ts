import type { Terms } from '../products/terms'
import type { InvoiceLine } from './invoice'

/** The VAT group of a line: its own, else its product's. */
export const vatGroupIdOf = ({ vatGroup, product }: InvoiceLine): string | null =>
  vatGroup?.id ?? product?.vatGroupId ?? null

/** PowerOffice's VAT code for a VAT group of Tribe's; null when nobody has mapped it. */
export const mappedVatCode = (groupId: string | null, { vat }: Terms): string | null =>
  vat.find((one) => one.tribeVatGroupId === groupId)?.powerOfficeVatCode ?? null

export const vatCodeOf = (line: InvoiceLine, terms: Terms): string | null =>
  mappedVatCode(vatGroupIdOf(line), terms)
