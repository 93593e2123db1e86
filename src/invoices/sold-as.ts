import type { LinkState } from '../db/links'
import { GAP_MESSAGES } from '../lookups/validation'
import { syncProduct } from '../products/changed'
import { genericProductFor } from '../products/generic'
import type { Catalog } from '../products/lists'
import { areProductsOn } from '../products/sweeps'
import { SyncError } from '../shared/errors'
import { recordSubject } from '../shared/subjects'
import type { SyncContext, SyncResult } from '../sync-step'
import { type Invoice, type InvoiceLine, isText } from './invoice'
import { mappingOf, vatFault, vatGroupIdOf } from './vat'
import { firstInStep } from './waiters'

/** Which product of PowerOffice's each line is sold as. VAT and revenue go where that product's account says. */
export interface Sold {
  productId: number
  unit: string | null
}

/**
 * The product of each line, by the line's id; text lines have none. All links are read in one query, however many lines
 * there are. Throws what keeps a line from being booked as the admin has mapped it.
 */
export async function soldAs(
  ctx: SyncContext,
  invoice: Invoice,
  catalog: Catalog,
): Promise<Map<string, Sold> | { again: SyncResult }> {
  refuseFaults(invoice, catalog)
  const lines = invoice.lines.filter((line) => !isText(line))
  const ownOf = (line: InvoiceLine) => (isSoldAsOwn(ctx, line, catalog) ? line.product : null)
  const links = await linksOf(ctx, [...new Set(lines.flatMap((line) => ownOf(line)?.id ?? []))])
  const sold = new Map<string, Sold>()
  for (const line of lines) {
    const product = ownOf(line)
    const link = product && (links.get(product.id) ?? (await madeFirst(ctx, product.id, invoice.id)))
    if (link && 'status' in link) return { again: link }
    // What was deleted on either side is still what was sold, and its VAT is known.
    const productId =
      link?.state === 'linked' ? Number(link.powerOfficeId) : await genericFor(ctx, line, catalog)
    sold.set(line.id, { productId, unit: unitOf(line, catalog) })
  }
  return sold
}

function refuseFaults({ lines }: Invoice, catalog: Catalog): void {
  for (const [index, line] of lines.entries()) {
    const fault = isText(line) ? null : (vatFault(line, index, catalog) ?? unitFault(line, catalog))
    if (fault) throw fault
  }
}

/** A line goes by its own product where that is booked as the line is; else by a generic one. */
function isSoldAsOwn(ctx: SyncContext, line: InvoiceLine, catalog: Catalog): boolean {
  const { product } = line
  if (!product || !areProductsOn(ctx)) return false
  const wanted = mappingOf(vatGroupIdOf(line, catalog), catalog)
  const its = mappingOf(product.vatGroupId, catalog)
  return (
    wanted !== null &&
    its !== null &&
    its.powerOfficeVatCode === wanted.powerOfficeVatCode &&
    its.salesAccountId === wanted.salesAccountId
  )
}

async function linksOf(ctx: SyncContext, productIds: readonly string[]): Promise<Map<string, LinkState>> {
  const links = productIds.length === 0 ? [] : await ctx.links.amongTribe('product', productIds)
  return new Map(links.map((link) => [link.tribeId, link]))
}

/** Brings the product to PowerOffice before the invoice. */
async function madeFirst(
  ctx: SyncContext,
  tribeId: string,
  invoiceId: string,
): Promise<LinkState | SyncResult | null> {
  const made = await firstInStep(ctx, { kind: 'product', tribeId, invoiceId }, () =>
    syncProduct(ctx, { id: recordSubject('tribe', tribeId), hint: 'Product', inDoubt: false }),
  )
  return made.status === 'again' ? made : ctx.links.findByTribe('product', tribeId)
}

async function genericFor(ctx: SyncContext, line: InvoiceLine, catalog: Catalog): Promise<number> {
  const mapping = mappingOf(vatGroupIdOf(line, catalog), catalog)
  // Each line was looked at before.
  if (!mapping) throw new SyncError('vat.unmapped', 'data', 'A line has no VAT group that is mapped')
  const { powerOfficeVatCode: vatCode, salesAccountId: accountId, salesAccountNo: accountNo } = mapping
  return genericProductFor(ctx, { vatCode, accountId, accountNo })
}

export function unitFault({ product }: InvoiceLine, catalog: Catalog): SyncError | null {
  if (!product?.unit) return null
  const { id, name } = product.unit
  if (catalog.faulty.units.has(id)) return new SyncError('unit.gone', 'data', GAP_MESSAGES['unit.gone'](name))
  if (catalog.units.some((one) => one.tribeUnitId === id)) return null
  const message = `The unit "${name}" has no counterpart: map it under Units, and the invoice goes by itself`
  return new SyncError('unit.unmapped', 'data', message)
}

export const unitOf = ({ product }: InvoiceLine, { units }: Catalog): string | null =>
  units.find((one) => one.tribeUnitId === product?.unit?.id)?.powerOfficeUnit ?? null
