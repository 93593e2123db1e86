import * as z from 'zod/v4'
import type { Tribe } from './client'
import { Dialect, dialectFrom, PLAIN } from './dialect'

/** What the relay learned of a tenant's Tribe when it connected (API.md §7). */
export const TribeProfile = z.object({
  organizationId: z.string(),
  organizationName: z.string(),
  dialect: Dialect,
  /** False: Tribe showed no metadata, and the names of API.md are used as they are. */
  hasMetadata: z.boolean(),
})
export type TribeProfile = z.infer<typeof TribeProfile>

/** Reads who the tenant is in Tribe and how its fields are spelled: three calls at most. */
export async function probeTribe(tribe: Tribe): Promise<TribeProfile> {
  const { id, name } = await tribe.ownOrganization()
  const metadata = await tribe.metadata()
  return {
    organizationId: id,
    organizationName: name,
    dialect: metadata ? dialectFrom(metadata) : PLAIN,
    hasMetadata: metadata !== null,
  }
}
