import { type Env, placed } from './env'
import { SyncError } from './shared/errors'
import type { TenantSync } from './tenant-sync/tenant-sync'

/** What may not be asked twice: a secret that is good once would be used up by the first try. */
const ONCE: ReadonlySet<string> = new Set(['takeConsent', 'releaseConsent'])
const COME_BACK_SECONDS = 5

/**
 * The tenant's object, as the front door and the cron ask it. A deploy, or a move to another machine, may reset it
 * while it is being asked; then it is asked once more, since a question only names what is to be looked at. An
 * object that has too much to do is not asked again. Throws `relay.object_unavailable` when it has not answered even
 * so; what the object itself throws passes as it is.
 */
export function tenantObject(env: Env, tenantId: string): DurableObjectStub<TenantSync> {
  // A stub that has met a reset stays broken: each try has one of its own.
  const stub = () => placed(env, env.TENANT_SYNC).getByName(tenantId) as unknown as Stub
  return new Proxy({} as DurableObjectStub<TenantSync>, {
    get: (_, method) =>
      typeof method === 'string' && method !== 'then'
        ? (...given: unknown[]) => ask(stub, method, given, !ONCE.has(method))
        : undefined,
  })
}

type Stub = Record<string, (...given: unknown[]) => Promise<unknown>>

async function ask(
  stub: () => Stub,
  method: string,
  given: readonly unknown[],
  mayAskAgain: boolean,
): Promise<unknown> {
  try {
    return await stub()[method]?.(...given)
  } catch (thrown) {
    const failure = failureOf(thrown)
    if (failure === 'its own') throw thrown
    if (failure === 'reset' && mayAskAgain) return ask(stub, method, given, false)
    const message = 'The relay is being renewed, or has much to do: try again in a moment'
    throw new SyncError('relay.object_unavailable', 'time', message, COME_BACK_SECONDS)
  }
}

/**
 * What the platform says of a call that failed: `retryable` and `overloaded` are its own marks. While a new version is
 * rolled out, an object of the old one may not know yet what is asked of it.
 */
function failureOf(thrown: unknown): 'reset' | 'unavailable' | 'its own' {
  if (!(thrown instanceof Error)) return 'its own'
  const { retryable, overloaded, durableObjectReset } = thrown as Error & Partial<Record<string, unknown>>
  if (overloaded === true) return 'unavailable'
  if (retryable === true || durableObjectReset === true) return 'reset'
  return /does not implement the method/.test(thrown.message) ? 'unavailable' : 'its own'
}
