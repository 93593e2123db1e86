import { hit, type SearchedKind } from '../two-way/search'

/** Invoices go by their numbers. */
export const searchInvoices: SearchedKind = {
  async inCrm(ctx, _, words) {
    const found = await ctx.tribe.invoicesNumbered(words.join(' '))
    return found.map(({ ID, Number: number }) => hit(ID, number, null))
  },
  namesInCrm: null,
  async inBooks(ctx, _, words) {
    const found = await ctx.powerOffice.invoicesNumbered(words.join(' '))
    return found.map(({ Id }) => hit(Id, words.join(' '), null))
  },
}
