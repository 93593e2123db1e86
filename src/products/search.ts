import { hit, type SearchedKind, withWords } from '../two-way/search'

export const searchProducts: SearchedKind = {
  async inCrm(ctx, _, words) {
    const found = await ctx.tribe.productsNamed(words)
    return found.map(({ ID, Name, Code }) => hit(ID, Code, Name))
  },
  async namesInCrm(ctx, links) {
    const found = await ctx.tribe.productsById(links.map(({ id }) => id))
    return found.map(({ ID, Name, Code }) => hit(ID, Code, Name))
  },
  async inBooks(ctx, _, words) {
    const named = await ctx.powerOffice.productNames()
    return withWords(
      named.map(({ Id, Code, Name }) => hit(Id, Code, Name)),
      words,
    )
  },
}
