/** The real Worker, which also counts the statements that a tenant's object sends to D1. */
import type { Env } from '../../../src/env'
import worker, { TenantSync as RealTenantSync } from '../../../src/index'

export { PowerOfficeGate } from '../../../src/index'

const counts = { statements: 0, mostInAnAlarm: 0 }

const counted = (binding: D1Database): D1Database =>
  new Proxy(binding, {
    get(target, name) {
      // Counted when it is called: to look whether there is such a member is no statement.
      if (name === 'prepare')
        return (query: string) => {
          counts.statements++
          return target.prepare(query)
        }
      const member = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })

export class TenantSync extends RealTenantSync {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, { ...env, DB: counted(env.DB) })
  }
  override async alarm(): Promise<void> {
    const before = counts.statements
    await super.alarm()
    counts.mostInAnAlarm = Math.max(counts.mostInAnAlarm, counts.statements - before)
  }
}

export default {
  ...worker,
  fetch: (request, env, ctx) =>
    new URL(request.url).pathname === '/counts' ? Response.json(counts) : worker.fetch(request, env, ctx),
} satisfies ExportedHandler<Env>
