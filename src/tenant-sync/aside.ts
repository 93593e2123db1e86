import type { Facts, SyncContext } from '../sync-step'

/** Facts as they are, and what is noted over them, which is nobody's but this one's. */
export function factsOver(under: Facts): Facts {
  const over = new Map<string, string | null>()
  return {
    get(name) {
      const text = over.get(name)
      if (text === undefined) return under.get(name)
      return text === null ? null : JSON.parse(text)
    },
    set: (name, value) => void over.set(name, JSON.stringify(value)),
    remove: (name) => void over.set(name, null),
    noted: (names) =>
      names.filter((name) => (over.has(name) ? over.get(name) !== null : under.noted([name]).length > 0)),
  }
}

/**
 * A context in which a step may look and notes nothing: facts go with it, jobs are not asked for, links and the timeline
 * stay. Lists that records refer to are taken as they were last read, so that a look costs the record's own calls alone.
 */
export function asideOf(ctx: SyncContext): SyncContext {
  const facts = factsOver(ctx.facts)
  for (const name of ['lookup:countries', 'lookup:payment-terms'] as const) {
    const known = ctx.facts.get(name)
    if (known) facts.set(name, { ...known, at: ctx.now() })
  }
  const nothing = () => undefined
  return {
    ...ctx,
    facts,
    cache: new Map(ctx.cache),
    lookups: { ...ctx.lookups, get: async () => ctx.facts.get('lookups') ?? ctx.lookups.get() },
    enqueue: nothing,
    park: nothing,
    because: nothing,
    postpone: nothing,
    settle: nothing,
    release: nothing,
    remember: nothing,
    flush: async () => undefined,
    withLock: Object.assign(<T>(_record: string, run: () => Promise<T>) => run(), {
      ended: () => 0,
      free: async () => undefined,
    }),
    mustYield: () => false,
    stillHolds: nothing,
    keepDialect: async () => undefined,
  }
}
