import type { FactName, FactOf } from '../facts'
import { newSecret, sameSecret, sha256 } from '../shared/secrets'
import type { Facts } from '../sync-step'

/** Of each system the page that is asked for: what came back from the one is nothing at the other. */
export type ConsentSide = 'tribe' | 'powerOffice'
const ASKED = {
  tribe: 'consent-asked',
  powerOffice: 'consent-asked-poweroffice',
} as const satisfies Readonly<Record<ConsentSide, FactName>>
const HELD = 'consent-held'
const GOOD_FOR_MS = 15 * 60_000

type Asked = FactOf<'consent-asked'>

/** Whether a consent came back to the browser that began it; null: it is none that was asked for. */
export type CameBack = 'here' | 'elsewhere' | null

/** The consent of a user of Tribe or PowerOffice that is asked for: what has to come back with it is kept as a hash. */
export function consentIn(facts: Facts, now: () => number) {
  const heldBy = async (secret: string) => {
    const hash = await sha256(secret)
    const held = facts.get(HELD)
    return held && sameSecret(held.hash, hash) && now() < held.endsAt ? held.sealed : null
  }
  return {
    async begin(side: ConsentSide, browserHash?: string): Promise<string> {
      const secret = newSecret()
      const asked: Asked = {
        hash: await sha256(secret),
        browserHash: browserHash ?? null,
        endsAt: now() + GOOD_FOR_MS,
      }
      facts.set(ASKED[side], asked)
      return secret
    },
    /** Right once, for a quarter of an hour, and only for what was given last. */
    async take(side: ConsentSide, secret: string, browser: string): Promise<CameBack> {
      const [hash, browserHash] = await Promise.all([sha256(secret), sha256(browser)])
      const asked = facts.get(ASKED[side])
      if (!asked || !sameSecret(asked.hash, hash)) return null
      facts.remove(ASKED[side])
      if (now() >= asked.endsAt) return null
      return asked.browserHash && sameSecret(asked.browserHash, browserHash) ? 'here' : 'elsewhere'
    },
    /** Keeps what came back elsewhere, sealed, until somebody has confirmed it; gives the secret by which it is found. Only the last one is kept. */
    async hold(sealed: string): Promise<string> {
      const secret = newSecret()
      facts.set(HELD, { sealed, hash: await sha256(secret), endsAt: now() + GOOD_FOR_MS })
      return secret
    },
    async look(secret: string): Promise<string | null> {
      return heldBy(secret)
    },
    /** Gives it once. */
    async release(secret: string): Promise<string | null> {
      const held = await heldBy(secret)
      if (held) facts.remove(HELD)
      return held
    },
    /** What nobody has confirmed in time. */
    forgetWords(at: number): void {
      const held = facts.get(HELD)
      if (held && at >= held.endsAt) facts.remove(HELD)
    },
  }
}
