import * as z from 'zod/v4'
import { openDatabase } from '../db/database'
import { endedSessionsIn } from '../db/sessions'
import type { Env } from '../env'
import { sha256 } from '../shared/secrets'
import { sealerOf } from './connections'

/**
 * What a preview gives, and an act needs: it stands for exactly this act, on what was shown, by whoever was shown it, once
 * and within ten minutes. It is sealed, so that nothing is kept until it is used.
 */

const CONTEXT = 'mcp:confirmation'
const GOOD_FOR_MS = 10 * 60_000

export interface Confirmed {
  /** Of the caller. */
  token: string
  tool: string
  given: unknown
  /** What the preview shows as things are now. */
  shown: unknown
}

const Confirmation = z.object({ id: z.string(), of: z.string(), until: z.number() })

/** Names have an order of their own in what an assistant says twice. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const byName = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(byName.map(([name, one]) => [name, ordered(one)]))
}
const standsFor = ({ token, tool, given, shown }: Confirmed): Promise<string> =>
  sha256(JSON.stringify([token, tool, ordered(given), ordered(shown)]))

export async function newConfirmation(env: Env, confirmed: Confirmed, now: number) {
  const until = now + GOOD_FOR_MS
  const kept = { id: `mcp-${crypto.randomUUID()}`, of: await standsFor(confirmed), until }
  const confirmation = await sealerOf(env).seal(CONTEXT, JSON.stringify(kept))
  return { confirmation, goodUntil: new Date(until).toISOString() }
}

/** Whether it is right; it is used up by that. */
export async function takeConfirmation(
  env: Env,
  confirmation: string,
  confirmed: Confirmed,
  now: number,
): Promise<boolean> {
  const kept = await opened(env, confirmation)
  if (!kept || now >= kept.until || kept.of !== (await standsFor(confirmed))) return false
  return endedSessionsIn(openDatabase(env.DB)).end(kept.id, kept.until)
}

async function opened(env: Env, confirmation: string): Promise<z.infer<typeof Confirmation> | null> {
  try {
    return Confirmation.parse(JSON.parse(await sealerOf(env).open(CONTEXT, confirmation)))
  } catch {
    return null
  }
}
