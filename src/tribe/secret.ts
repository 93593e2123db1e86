import * as z from 'zod/v4'

/** An application's own id and secret, as an admin enters them. */
export const ClientCredentials = z.object({ clientId: z.string().min(1), clientSecret: z.string().min(1) })
export type ClientCredentials = z.infer<typeof ClientCredentials>

/** What came of a user's consent. Refresh tokens rotate: this is the first, and the newest is kept under the grant's id. */
export const Consent = z.object({ grantId: z.string().min(1), refreshToken: z.string().min(1) })
export type Consent = z.infer<typeof Consent>

/** What a tenant entrusts to us to reach its Tribe; sealed as JSON. */
export const TribeSecret = z.union([ClientCredentials, Consent])
export type TribeSecret = z.infer<typeof TribeSecret>
