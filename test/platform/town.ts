import type { Facts } from '../../src/sync-step'
import { factsIn } from '../../src/tenant-sync/facts'
import { type Jobs, jobsIn } from '../../src/tenant-sync/jobs'
import { type ClientOptions, FakePowerOffice, type PowerOfficeClientBooks } from '../fakes/poweroffice'
import { FakeTribe, type TribeEnvironment, type TribeOptions } from '../fakes/tribe'
import type { Call } from './network'
import type { HostedObject } from './objects'
import { OPERATOR, Platform, RELAY } from './platform'
import { Timeline } from './timeline'

type Json = Record<string, unknown>
const MINUTE_MS = 60_000

/** The relay as it is deployed, between both systems and with all its tenants, on a clock that leaps. */
export class Town {
  readonly timeline: Timeline
  readonly tribe: FakeTribe
  readonly powerOffice: FakePowerOffice
  readonly platform: Platform
  readonly story: string[] = []
  readonly calls: Call[] = []
  readonly tenants: TownTenant[] = []
  /** What a job of any tenant met and did not expect. */
  readonly bugs: string[] = []
  /** What the relay has logged. */
  readonly logged: string[] = []
  /** The same as `onCall`, for whoever looks on. */
  readonly watchers: ((call: Call) => void)[] = []
  /** Told of each call to one of the systems, once it has been answered there. */
  onCall: (call: Call) => void = () => undefined
  /** Told of each call of an object's just before it is answered: what happens now happens between two of its calls. */
  onArrival: (path: string, call: string) => void = () => undefined

  constructor(seed: number, start = '2026-03-02T07:00:00Z') {
    this.timeline = new Timeline(Date.parse(start))
    this.tribe = new FakeTribe({ seed })
    this.powerOffice = new FakePowerOffice({ seed })
    this.platform = new Platform({
      seed,
      timeline: this.timeline,
      tribe: this.tribe,
      powerOffice: this.powerOffice,
      tell: (line) => {
        this.tell(line)
        if (line.includes('"relay.unexpected"')) this.bugs.push(line.trim())
      },
      onLog: (line) => this.logged.push(line),
      onCall: (call) => {
        this.calls.push(call)
        const { host, method, path, body, status, mishap } = call
        if (host === 'relay.example') return
        const more = `${method === 'GET' ? '' : ` ${body}`} → ${status}${mishap ? ` [${mishap}]` : ''}`
        this.tell(`   ${host} ${method} ${shortened(path)}${more}`)
        for (const watch of this.watchers) watch(call)
        this.onCall(call)
      },
      onArrival: (path, call) => this.onArrival(path, call),
    })
  }

  tell(line: string): void {
    this.story.push(`${new Date(this.timeline.now()).toISOString().slice(5, 23)} ${line}`)
  }

  /** A company with both systems, connected and mapped as proposed, and not active yet. */
  async addTenant(given: {
    tribe?: Partial<TribeOptions>
    powerOffice?: ClientOptions
    settings?: Json
  }): Promise<TownTenant> {
    // A call that was given up may still be under way over there.
    const crm = this.tribe.addEnvironment({ maxConcurrent: 8, ...given.tribe })
    const books = this.powerOffice.addClient({ writeMs: 0, allowSendInvoice: true, ...given.powerOffice })
    const tenant = new TownTenant(this, crm, books)
    this.tenants.push(tenant)
    await this.waitFor(tenant.connect(given.settings ?? {}))
    return tenant
  }

  /** Lets time pass until this is done. */
  async waitFor<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const done = () => {
      isDone = true
    }
    work.then(done, done)
    await this.timeline.runUntil(() => isDone, 10 * MINUTE_MS, 50)
    if (!isDone) throw new Error('it is never done')
    return work
  }

  async passMinutes(minutes: number): Promise<void> {
    await this.timeline.run(minutes * MINUTE_MS)
  }

  async tick(cron: string): Promise<void> {
    await this.waitFor(this.platform.tick(cron))
  }

  /** Lets time pass until no tenant has anything left to do; says who still has after some hours. */
  async quiet(withinMinutes = 240): Promise<string | null> {
    const isQuiet = () => this.tenants.every((tenant) => tenant.isQuiet())
    // What was asked for last may just be on its way.
    await this.timeline.run(1000)
    if (await this.timeline.runUntil(isQuiet, withinMinutes * MINUTE_MS, 5000)) return null
    return this.tenants
      .filter((tenant) => !tenant.isQuiet())
      .map((tenant) => `${tenant.id} is not quiet: ${JSON.stringify(tenant.pending())}`)
      .join('\n')
  }

  /** What either system noted of what the relay should never do. */
  violations(): string[] {
    return [...this.tribe.violations, ...this.powerOffice.violations]
  }

  async api(token: string, method: string, path: string, body?: unknown) {
    const answer = await this.platform.fetch(
      new Request(`${RELAY}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    const text = await answer.text()
    // biome-ignore lint/suspicious/noExplicitAny: answers are looked at as a client without types would
    return { status: answer.status, body: (text ? JSON.parse(text) : null) as any }
  }
}

/** Without the lists of fields. */
const shortened = (path: string) =>
  path.replace(/[?&]\$?(select|expand|orderby|top|OrderBy|PageSize)=[^&]*/gi, '')

/** The relay's own API says no. */
export class Refusal extends Error {
  constructor(
    asked: string,
    readonly answer: { status: number; body: { error?: { code?: string } } | null },
  ) {
    super(`${asked}: ${JSON.stringify(answer)}`)
  }

  /** The relay asks to be tried again, and says which part of its own does not answer just now. */
  get isForLater(): boolean {
    return this.answer.status === 503 && String(this.answer.body?.error?.code).startsWith('relay.')
  }
}

/** A company that uses the relay. */
export class TownTenant {
  id = ''
  private token = ''
  constructor(
    private readonly town: Town,
    readonly crm: TribeEnvironment,
    readonly books: PowerOfficeClientBooks,
  ) {}

  get object(): HostedObject {
    return this.town.platform.tenantSync.of(this.id)
  }
  get jobs(): Jobs {
    return jobsIn(this.object.sql)
  }
  get facts(): Facts {
    return factsIn(this.object.sql)
  }

  /** Whatever the answer is. */
  ask(method: string, path: string, body?: unknown) {
    return this.town.api(this.token, method, `/api/tenants/${this.id}${path}`, body)
  }

  async api(method: string, path: string, body?: unknown) {
    const answer = await this.ask(method, path, body)
    if (answer.status >= 400) throw new Refusal(`${method} ${path}`, answer)
    return answer.body
  }

  async connect(settings: Json): Promise<void> {
    const { clientId, clientSecret } = this.crm
    const asked = { name: 'Fjordlys AS', tribe: { clientId, clientSecret } }
    const { status, body } = await this.town.api(OPERATOR, 'POST', '/api/tenants', asked)
    if (status !== 201) throw new Error(`no tenant: ${JSON.stringify(body)}`)
    this.id = body.id
    this.token = body.adminToken
    await this.api('PUT', '/poweroffice', { clientKey: this.books.clientKey })
    await this.api('PATCH', '/settings', { defaultSalesAccountNo: 3000, ...settings })
  }

  async mapAsProposed(): Promise<void> {
    const { proposals } = await this.api('GET', '/lookups')
    await this.api('PUT', '/mappings/units', { mappings: proposals.units })
    const isMapped = ({ powerOfficeVatCode }: Json) => powerOfficeVatCode !== null
    const mappings = proposals.vat.filter(isMapped).map((one: Json) => ({
      tribeVatGroupId: one.tribeVatGroupId,
      powerOfficeVatCode: one.powerOfficeVatCode,
      salesAccountNo: one.salesAccountNo,
    }))
    await this.api('PUT', '/mappings/vat', { mappings })
  }

  async activate(): Promise<void> {
    await this.api('POST', '/activate')
  }

  /** A job is under way. */
  isBusy(): boolean {
    return this.object.sql.exec('select 1 from jobs where started_at is not null').toArray().length > 0
  }

  /** Nothing is due, waits or is on its way from Tribe. */
  isQuiet(): boolean {
    const isStopped = this.facts.get('reconnect') !== null
    return this.crm.deliveriesPending() === 0 && (isStopped || !this.isAnythingOpen())
  }

  /** What is only looked for again at leisure is not. */
  private isAnythingOpen(): boolean {
    const open =
      "select 1 from jobs where is_parked = 0 and not (kind = 'documentation' and code is null and due_at > ?)"
    return this.jobs.sql.exec(open, this.town.timeline.now()).toArray().length > 0
  }

  pending() {
    return this.jobs.list(null, { limit: 10, offset: 0, now: this.town.timeline.now() })
  }

  problems(): string[] {
    return this.jobs.problems(100).map((job) => `${job.kind} ${job.subject}: ${job.code} ${job.message}`)
  }
}
