import { z } from 'zod'

/** What a tenant entrusts to us to reach its Tribe; sealed as JSON. */
export const TribeSecret = z.object({ clientId: z.string().min(1), clientSecret: z.string().min(1) })
export type TribeSecret = z.infer<typeof TribeSecret>
