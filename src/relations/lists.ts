import type { LinedAddress } from '../shared/addresses'
import { DAY_MS } from '../shared/dates'
import type { SyncContext } from '../sync-step'

/** Small lists that relations refer to, read once a day per tenant and kept in its object: ids and codes only. */

/** A list that lacks what is looked for: somebody may add it and try again. */
const LACKING_MS = 5000

/** The list as it was last read; read anew when it is a day old, or a moment old and lacks what is looked for. */
async function listOf(
  ctx: SyncContext,
  name: string,
  lookedFor: string,
  read: () => Promise<[string, string][]>,
): Promise<Map<string, string>> {
  // Several records may ask at once: one call is enough.
  return ctx.withLock(`lookup:${name}`, () => storedOrRead(ctx, name, lookedFor, read))
}

async function storedOrRead(
  ctx: SyncContext,
  name: string,
  lookedFor: string,
  read: () => Promise<[string, string][]>,
): Promise<Map<string, string>> {
  const known = ctx.facts.get(`lookup:${name}`)
  const entries = known && new Map(known.entries)
  const isFresh = known && ctx.now() - known.at < (entries?.has(lookedFor) ? DAY_MS : LACKING_MS)
  if (entries && isFresh) return entries
  const fresh = await read()
  ctx.facts.set(`lookup:${name}`, { at: ctx.now(), entries: fresh })
  return new Map(fresh)
}

const NOTHING = () => undefined

/** Country code → the id of Tribe's record. Costs no call when there is no address to write. */
export async function countriesOf(
  ctx: SyncContext,
  address: LinedAddress | null,
): Promise<(code: string) => string | undefined> {
  if (!address) return NOTHING
  const byCode = await listOf(ctx, 'countries', address.countryCode, async () =>
    (await ctx.tribe.countries()).flatMap((country) =>
      country.Code ? [[country.Code.toUpperCase(), country.ID]] : [],
    ),
  )
  return (code) => byCode.get(code.toUpperCase())
}

/** Credit days → the id of an active payment term; the default one where several have the same days. */
export async function paymentTermsOf(
  ctx: SyncContext,
  creditDays: number | null,
): Promise<(days: number) => number | undefined> {
  if (creditDays === null) return NOTHING
  const byDays = await listOf(ctx, 'payment-terms', String(creditDays), async () => {
    const terms = (await ctx.powerOffice.paymentTerms()).filter((term) => term.IsActive !== false)
    terms.sort((a, b) => Number(a.IsDefault ?? false) - Number(b.IsDefault ?? false))
    return terms.map((term) => [String(term.CreditDays), String(term.Id)])
  })
  return (days) => {
    const id = byDays.get(String(days))
    return id === undefined ? undefined : Number(id)
  }
}
