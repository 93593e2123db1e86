import { newSecret, sameSecret, sha256 } from '../shared/secrets'
import type { Cursors } from '../sync-step'

const NAME = 'consent-asked'
const GOOD_FOR_MS = 15 * 60_000

/** The consent of a user of Tribe that is asked for: what has to come back with it is kept as a hash. */
export function consentIn(cursors: Cursors, now: () => number) {
  return {
    async begin(): Promise<string> {
      const secret = newSecret()
      cursors.set(NAME, { hash: await sha256(secret), endsAt: now() + GOOD_FOR_MS })
      return secret
    },
    /** Right once, for a quarter of an hour, and only for what was given last. */
    async take(secret: string): Promise<boolean> {
      const hash = await sha256(secret)
      const asked = cursors.get<{ hash: string; endsAt: number }>(NAME)
      if (!asked || !sameSecret(asked.hash, hash)) return false
      cursors.remove(NAME)
      return now() < asked.endsAt
    },
  }
}
