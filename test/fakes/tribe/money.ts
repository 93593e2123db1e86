/** Invoice arithmetic: what a line and an invoice come to, to the cent. */
import type { Core } from './core'
import type { Row, Scalar } from './store'

/** Half a cent goes away from zero; the noise of binary fractions does not count. */
export function cents(amount: number): number {
  const whole = Math.round(Number((Math.abs(amount) * 100).toFixed(6)))
  return whole === 0 ? 0 : (Math.sign(amount) * whole) / 100
}

export interface Totals {
  excludingVat: number
  includingVat: number
  vat: number
}

export interface LineTotals extends Totals {
  vatPercentage: number
  /** The same after the discount on the whole invoice. */
  discounted: Totals
}

const number = (value: Scalar | undefined) => (typeof value === 'number' ? value : 0)

function split(amount: number, vatPercentage: number, isVatIncluded: boolean): Totals {
  const rounded = cents(amount)
  if (isVatIncluded) {
    const excludingVat = cents(rounded / (1 + vatPercentage / 100))
    return { includingVat: rounded, excludingVat, vat: cents(rounded - excludingVat) }
  }
  const vat = cents((rounded * vatPercentage) / 100)
  return { excludingVat: rounded, vat, includingVat: cents(rounded + vat) }
}

export function lineTotals(core: Core, line: Row): LineTotals {
  const activity = core.store.find(line.links.Activity ?? '')
  const vatGroup = core.store.find(line.links.VatGroup ?? '')
  const vatPercentage = number(vatGroup?.fields.Percentage)
  const isVatIncluded = activity?.fields.IsVatIncluded === true
  const gross = number(line.fields.Quantity) * number(line.fields.Price)
  const net = cents(gross * (1 - number(line.fields.DiscountPercentage) / 100))
  const share = 1 - number(activity?.fields.DiscountPercentage) / 100
  return {
    ...split(net, vatPercentage, isVatIncluded),
    vatPercentage,
    discounted: split(net * share, vatPercentage, isVatIncluded),
  }
}

export function invoiceTotals(core: Core, invoice: Row): Totals {
  const sum: Totals = { excludingVat: 0, includingVat: 0, vat: 0 }
  for (const line of core.store.pointingAt(invoice.id, 'Activity', 'ProductLine')) {
    const { discounted } = lineTotals(core, line)
    sum.excludingVat += discounted.excludingVat
    sum.includingVat += discounted.includingVat
    sum.vat += discounted.vat
  }
  return { excludingVat: cents(sum.excludingVat), includingVat: cents(sum.includingVat), vat: cents(sum.vat) }
}

export function lineValue(core: Core, line: Row, property: string): Scalar | undefined {
  const name = property.replace(/InCurrency$/, '')
  const value = lineValueAtHome(core, line, name)
  const { currencyRate } = core.options
  // What is entered is in the company's own currency; the twin of an amount tells it in the invoice's.
  const isOther = name !== property && currencyRate !== 1
  return isOther && typeof value === 'number' ? cents(value / currencyRate) : value
}

function lineValueAtHome(core: Core, line: Row, name: string): Scalar | undefined {
  if (name === 'Price') return line.fields.Price ?? null
  if (name === 'Currency') {
    return core.store.find(line.links.Activity ?? '')?.fields.Currency ?? line.fields.Currency ?? null
  }
  if (name === 'TotalPurchasePrice') {
    return cents(number(line.fields.Quantity) * number(line.fields.PurchasePrice))
  }
  const isTotal = name.startsWith('Total') || name.startsWith('Vat')
  if (!isTotal) return undefined
  const totals = lineTotals(core, line)
  const isVatIncluded = core.store.find(line.links.Activity ?? '')?.fields.IsVatIncluded === true
  const values: Record<string, number> = {
    Total: isVatIncluded ? totals.includingVat : totals.excludingVat,
    TotalExcludingVat: totals.excludingVat,
    TotalIncludingVat: totals.includingVat,
    VatPercentage: totals.vatPercentage,
    VatAmount: totals.vat,
    VatAmountIncludingDiscount: totals.discounted.vat,
  }
  return values[name]
}

export function invoiceValue(core: Core, invoice: Row, property: string): Scalar | undefined {
  const said = core.saidTotals.get(invoice.id)?.[property]
  if (said !== undefined) return said
  switch (property) {
    case 'Amount': {
      const totals = invoiceTotals(core, invoice)
      return core.options.amountIncludesVat ? totals.includingVat : totals.excludingVat
    }
    case 'TotalExcludingVat':
      return invoiceTotals(core, invoice).excludingVat
    case 'TotalIncludingVat':
      return invoiceTotals(core, invoice).includingVat
    case 'VatAmount':
      return invoiceTotals(core, invoice).vat
    case 'IsFinal':
      return invoice.final
  }
  return undefined
}
