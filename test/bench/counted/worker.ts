/** The real Worker, which also counts the rows that D1 reads and writes for it. */
import type { Env } from '../../../src/env'
import worker from '../../../src/index'
import { TenantSync as RealTenantSync } from '../../../src/tenant-sync/tenant-sync'

export { PowerOfficeGate } from '../../../src/poweroffice/gate'

const counts = { statements: 0, read: 0, written: 0 }
interface Answer {
  meta?: { rows_read?: number; rows_written?: number }
}

function note(answers: Answer | Answer[]): void {
  for (const { meta } of [answers].flat()) {
    counts.statements++
    counts.read += meta?.rows_read ?? 0
    counts.written += meta?.rows_written ?? 0
  }
}

/** Rows without names come without counts: a statement that only reads is asked once more, for them. */
function counted(query: string, statement: D1PreparedStatement): D1PreparedStatement {
  const noted = async <T extends Answer>(answer: Promise<T>) => {
    const given = await answer
    note(given)
    return given
  }
  const own: Partial<Record<string, unknown>> = {
    bind: (...values: unknown[]) => counted(query, statement.bind(...values)),
    all: () => noted(statement.all()),
    run: () => noted(statement.run()),
    raw: async () => {
      if (/^\s*(select|with)\b/i.test(query)) await noted(statement.all())
      else counts.statements++
      return statement.raw()
    },
    inner: statement,
  }
  return new Proxy(statement, { get: (target, name) => own[String(name)] ?? Reflect.get(target, name) })
}

function counting(database: D1Database): D1Database {
  const own: Partial<Record<string, unknown>> = {
    prepare: (query: string) => counted(query, database.prepare(query)),
    batch: async (statements: (D1PreparedStatement & { inner: D1PreparedStatement })[]) => {
      const answers = await database.batch(statements.map(({ inner }) => inner))
      note(answers)
      return answers
    },
  }
  return new Proxy(database, { get: (target, name) => own[String(name)] ?? Reflect.get(target, name) })
}

export class TenantSync extends RealTenantSync {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, { ...env, DB: counting(env.DB) })
  }
}

export default {
  ...worker,
  fetch: (request, env, ctx) =>
    new URL(request.url).pathname === '/counts' ? Response.json(counts) : worker.fetch(request, env, ctx),
} satisfies ExportedHandler<Env>
