import { type Companies, isOther } from '../shared/identity'

interface OfCompanies {
  jobs: { forgetAll(): void }
  facts: { forgetAllBut(names: readonly string[]): void }
  previews: { forget(): void }
  looks: { forget(): void }
  cache: Map<string, unknown>
}

/** The tenant turned to another company while it was set up: nothing that was learned of the former one counts. */
export function forgetCompany(
  { jobs, facts, previews, looks, cache }: OfCompanies,
  before: Companies,
  now: Companies,
): void {
  previews.forget()
  looks.forget()
  jobs.forgetAll()
  // Tribe goes on to deliver to the webhooks of the same organisation.
  const hooks = isOther(before.organization, now.organization) ? [] : ['webhooks']
  facts.forgetAllBut(['tenant', 'consent-asked', 'tribe-grants', 'spent', 'standing', ...hooks])
  cache.clear()
}
