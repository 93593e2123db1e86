import { TenantSettings } from '../../src/db/settings'
import { SimulatedClock } from '../converge/clock'
import { Relay, TENANT } from '../converge/relay'
import { type DatabaseMishap, type Mishap, Weather } from '../converge/weather'
import { FakePowerOffice, type PowerOfficeClientBooks } from '../fakes/poweroffice'
import { FakeTribe, type TribeEnvironment } from '../fakes/tribe'
import { Dice } from '../platform/dice'

/** Something that befalls one call or one query, and nothing else does. */
export type Blow = { at: number; call: Mishap } | { at: number; query: DatabaseMishap }

/** Fine weather, but for one blow. It counts what passes, so that the test finds all the places by itself. */
class OneBlow extends Weather {
  calls = 0
  queries = 0
  isOn = false
  constructor(private readonly blow: Blow | null) {
    super(new Dice(1))
  }
  override ofCall(): Mishap | null {
    if (!this.isOn) return null
    this.calls++
    return this.blow && 'call' in this.blow && this.blow.at === this.calls ? this.blow.call : null
  }
  override ofQuery(): DatabaseMishap | null {
    if (!this.isOn) return null
    this.queries++
    return this.blow && 'query' in this.blow && this.blow.at === this.queries ? this.blow.query : null
  }
}

const CODES = { NO25: '3', NO15: '31', NO12: '33', NO0: '5' }
const MINUTE_MS = 60_000

/** Both systems and one tenant's relay, in plain Node on a clock of its own, with one blow to come. */
export class Stage {
  readonly clock = new SimulatedClock('2026-03-02T07:00:00Z')
  readonly weather: OneBlow
  readonly tribe = new FakeTribe({ seed: 3 })
  readonly powerOffice = new FakePowerOffice({ seed: 3, requestsPerSecond: Number.POSITIVE_INFINITY })
  readonly crm: TribeEnvironment
  readonly books: PowerOfficeClientBooks
  readonly relay: Relay
  readonly story: string[] = []

  /** `odd`: PowerOffice's lists lag, and a reference is free again once its order is sent. */
  constructor(mode: 'draft' | 'book' | 'send', blow: Blow | null, odd = false) {
    this.weather = new OneBlow(blow)
    if (odd) this.powerOffice.replicaLagMs = 900
    this.tribe.clock.now = this.clock.date
    this.powerOffice.clock.now = this.clock.date
    // A call that was given up may still be under way over there.
    this.crm = this.tribe.addEnvironment({ maxConcurrent: 6 })
    this.books = this.powerOffice.addClient({
      ...{ writeMs: 0, sendDelayMs: 1500, allowSendInvoice: true },
      sentOrderFreesReference: odd,
    })
    this.crm.holdDeliveries()
    this.relay = new Relay({
      ...{ clock: this.clock, dice: new Dice(2), weather: this.weather },
      ...{ tribe: this.tribe, crm: this.crm, powerOffice: this.powerOffice, books: this.books },
      settings: TenantSettings.parse({ invoices: { mode }, defaultSalesAccountNo: 3000 }),
      tell: (line) => this.story.push(line),
      onCall: () => undefined,
      onWrite: () => undefined,
    })
  }

  /** Connected, mapped and active, with nothing in either system. */
  async begin(): Promise<void> {
    const { database } = this.relay
    const group = database.prepare(`insert into vat_mappings
      (tenant_id, tribe_vat_group_id, power_office_vat_code, sales_account_no, sales_account_id) values (?, ?, ?, ?, ?)`)
    for (const [code, vat] of Object.entries(CODES)) {
      const account = this.books.accounts.all().find((one) => one.VatCode === vat)
      if (!account) throw new Error(`no account with the VAT code ${vat}`)
      group.run(TENANT, this.crm.lookupId('Datastore_VatGroup', code), vat, account.AccountNo, account.Id)
    }
    database
      .prepare('insert into unit_mappings values (?, ?, ?)')
      .run(TENANT, this.crm.lookupId('Datastore_Unit', 'hr'), 'HUR')
    await this.relay.activate()
    await this.quiet()
  }

  /** From now on things are counted, and the blow may fall. */
  arm(): void {
    this.weather.isOn = true
  }

  /** Lets time pass until nothing is left to do. */
  async quiet(): Promise<void> {
    for (let minutes = 0; minutes < 180; minutes += 5) {
      await this.relay.runUntil(this.clock.now() + 5 * MINUTE_MS)
      if (this.relay.bugs.length > 0) throw new Error(this.relay.bugs.join('; '))
      if (this.relay.jobs.nextDueAt() === null && this.clock.nextAt === null) return
    }
    throw new Error('it is never quiet')
  }

  problems(): string[] {
    return this.relay.jobs.problems(10).map((job) => `${job.kind} ${job.subject}: ${job.code} ${job.message}`)
  }

  /** What the relay knows of its invoices. */
  invoiceLinks(): { powerOfficeId: string; number: string | null; state: string; stage: string }[] {
    return this.relay.database
      .prepare(
        `select power_office_id as powerOfficeId, number, state, life ->> 'stage' as stage from links where kind = 'invoice'`,
      )
      .all() as never
  }

  violations(): string[] {
    return [...this.tribe.violations, ...this.powerOffice.violations]
  }
}
