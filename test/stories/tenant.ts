import type { PowerOfficeClientBooks } from '../fakes/poweroffice'
import type { TribeEnvironment } from '../fakes/tribe'
import type { Answer, Relay } from './relay'

type Json = Record<string, unknown>

/** A company that uses the relay. */
export class Tenant {
  id = ''
  token = ''
  constructor(
    readonly relay: Relay,
    readonly crm: TribeEnvironment,
    readonly books: PowerOfficeClientBooks,
  ) {}

  async connect(settings: Json = {}): Promise<void> {
    const { clientId, clientSecret } = this.crm
    const made = await this.relay.operator('POST', '/api/tenants', {
      name: 'Fjordlys AS',
      tribe: { clientId, clientSecret },
    })
    if (made.status !== 201) throw new Error(`no tenant: ${JSON.stringify(made)}`)
    this.id = made.body.id
    this.token = made.body.adminToken
    await this.put('/poweroffice', { clientKey: this.books.clientKey })
    // Products and invoices need mappings: a story that is about them says so.
    const others = {
      products: { enabled: false },
      invoices: { enabled: false },
      payments: { enabled: false },
    }
    await this.api('PATCH', '/settings', { ...others, ...settings })
  }

  async activate(withinMs?: number): Promise<void> {
    const answer = await this.api('POST', '/activate')
    if (answer.status !== 202) throw new Error(`not activated: ${JSON.stringify(answer.body)}`)
    await this.quiet(withinMs)
  }

  api(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.relay.call(this.token, method, `/api/tenants/${this.id}${path}`, body)
  }
  put(path: string, body: unknown): Promise<Answer> {
    return this.api('PUT', path, body)
  }
  async status() {
    return (await this.api('GET', '/status')).body
  }

  /** Delivers to the relay what a webhook of Tribe's would, with the header that makes it Tribe's. */
  async webhook(payload: Json, headers?: Record<string, string>): Promise<number> {
    const hook = this.crm.webhooks[0]
    const ours = Object.fromEntries((hook?.headers ?? []).map(({ name, value }) => [name, value]))
    const response = await this.relay.fetch(`/webhooks/tribe/${this.id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(headers ?? ours) },
      body: JSON.stringify({ webhookId: hook?.id, payload }),
    })
    return response.status
  }

  /** Waits until nothing is due, nothing waits, and Tribe has delivered all it has to tell. */
  async quiet(withinMs?: number): Promise<void> {
    if (await this.relay.isQuiet(this, withinMs)) return
    throw new Error(`not quiet: ${JSON.stringify(await this.status(), null, 1)}`)
  }

  /** The quarter-hourly tick, for this tenant as for all; then quiet. */
  async poll(): Promise<void> {
    await this.relay.tick('*/15 * * * *')
    await this.quiet()
  }

  /** A sweep of this tenant alone, as its admin may ask for; then quiet. */
  async sync(what: 'relations' | 'unlinked' | 'compare' | 'everything'): Promise<void> {
    const answer = await this.api('POST', '/sync', { what })
    if (answer.status !== 202) throw new Error(`no sync: ${JSON.stringify(answer.body)}`)
    await this.quiet()
  }

  /** What is told of a record, the newest first. */
  async events(query: string): Promise<string[]> {
    const { body } = await this.api('GET', `/records?${query}`)
    return (body.timeline ?? []).map((entry: { event: string }) => entry.event)
  }

  /** What the relay wrote to this tenant's Tribe. */
  tribeWrites(pattern = /./) {
    return this.relay.tribe.log
      .matching(/^(POST|PUT|DELETE) \/v1\/odata/, this.crm.id)
      .filter((seen) => pattern.test(`${seen.method} ${seen.path}`))
  }

  calls(pattern?: RegExp) {
    return this.relay.powerOffice
      .dataCallsOf(this.books)
      .filter((seen) => !pattern || pattern.test(`${seen.method} ${seen.path}`))
  }
}
