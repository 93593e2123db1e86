/**
 * The real Worker, which also counts the rows that D1 reads and writes for it (`/counts`), and whose clock can be put
 * on (`/later?minutes=15`): of what was done just now, lists of both systems are read twice.
 */
import type { Env } from '../../../src/env'
import worker from '../../../src/index'
import { TenantSync as RealTenantSync } from '../../../src/tenant-sync/tenant-sync'

export { PowerOfficeGate } from '../../../src/poweroffice/gate'

let laterMs = 0
const now = Date.now
Date.now = () => now() + laterMs

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
    const setAlarm = ctx.storage.setAlarm.bind(ctx.storage)
    // The platform's clock goes on as it was.
    ctx.storage.setAlarm = (at: number | Date) => setAlarm(Number(at) - laterMs)
  }
}

export default {
  ...worker,
  fetch: (request, env, ctx) => {
    const { pathname, searchParams } = new URL(request.url)
    switch (pathname) {
      case '/counts':
        return Response.json(counts)
      case '/later':
        laterMs += Number(searchParams.get('minutes')) * 60_000
        return new Response()
      default:
        return worker.fetch(request, env, ctx)
    }
  },
} satisfies ExportedHandler<Env>
