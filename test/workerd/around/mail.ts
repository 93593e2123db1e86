/** The real Worker, whose mail also arrives at `MAILBOX_URL`, once Cloudflare's binding has taken it. */
import type { Env } from '../../../src/env'
import worker, { TenantSync as RealTenantSync } from '../../../src/index'

export { PowerOfficeGate } from '../../../src/index'

export class TenantSync extends RealTenantSync {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, { ...env, SEND_EMAIL: withCopies(env) })
  }
}

const withCopies = (env: Env): SendEmail => ({
  async send(mail: unknown) {
    const sent = await env.SEND_EMAIL?.send(mail as EmailMessage)
    await fetch(String(env.MAILBOX_URL), { method: 'POST', body: JSON.stringify(mail) })
    return sent as EmailSendResult
  },
})

export default worker
