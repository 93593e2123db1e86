import { TenantSettings } from '../../src/db/settings'
import { FakePowerOffice, type PowerOfficeClientBooks, type Quirks } from '../fakes/poweroffice'
import { FakeTribe, type TribeEnvironment, type TribeOptions } from '../fakes/tribe'
import { Dice } from '../platform/dice'
import { SimulatedClock } from './clock'
import type { Slice } from './kind'
import { Model } from './model'
import type { Write } from './network'
import { Relay } from './relay'
import type { Scene } from './scene'
import { Weather } from './weather'

/** Whatever nobody could tell about the real Tribe: each run has it another way. */
export const TRIBES = {
  autoDebtorNumbers: [false, false, true],
  omitNulls: [false, true],
  nextLink: [false, true],
  echo: [true, true, false],
  childBumpsParent: [false, true],
  linkBumpsMutation: [true, false],
  lastMutationOnCreate: [false, true],
  personDebtorNumberOn: ['person', 'role', 'none'],
  vatNumberSpelling: ['VATNumber', 'VatNumber'],
  createAnswers: [201, 200],
  emptyWriteAnswers: [false, false, true],
  deepInsertAnswers: ['flat', 'nested'],
  nullWrites: ['clear', 'clear', 'ignore', 'refuse'],
  eqIgnoresCase: [false, true],
  payloadStyle: ['full', 'full', 'minimal', 'edge'],
} as const satisfies { [Name in keyof TribeOptions]?: readonly TribeOptions[Name][] }

export const QUIRKS = {
  mailAddressMovesContact: [false, true],
  archivedInLists: [true, false],
  problemStyle: ['lower', 'pascal'],
  timestampsWithSpace: [false, true],
  unauthorizedBody: ['none', 'problem'],
  nullsOmitted: [false, true],
  paginationHeader: [true, false],
  personName: ['null', 'first-last', 'last-first'],
  retryAfterHeader: [true, false],
} as const satisfies { [Name in keyof Quirks]?: readonly Quirks[Name][] }

const MINUTE_MS = 60_000

/** Both systems and the relay between them, and all that happens to them in one run. */
export class World implements Scene {
  readonly dice: Dice
  readonly clock = new SimulatedClock('2026-03-02T07:00:00Z')
  readonly weather: Weather
  readonly tribe: FakeTribe
  readonly powerOffice: FakePowerOffice
  readonly crm: TribeEnvironment
  readonly books: PowerOfficeClientBooks
  readonly settings: TenantSettings
  readonly relay: Relay
  readonly model: Model
  readonly story: string[] = []
  readonly writes: Write[] = []
  /** Chance that a webhook never comes. */
  losses = 0
  /** Chance that a user does something just before a call of the relay's arrives. */
  bustle = 0
  hasBustled = false
  /** What a user does then. */
  meanwhile: () => void = () => undefined
  private delivered = 0
  /** What came through. */
  readonly arrived: unknown[] = []
  private serial = 0

  constructor(
    readonly seed: number,
    readonly slices: readonly Slice[],
  ) {
    const dice = new Dice(seed)
    this.dice = dice
    this.weather = new Weather(new Dice(seed + 0x5eed))
    this.tribe = new FakeTribe({ seed })
    this.powerOffice = new FakePowerOffice({
      seed,
      requestsPerSecond: Number.POSITIVE_INFINITY,
      replicaLagMs: dice.pick([0, 0, 900]),
    })
    this.tribe.clock.now = this.clock.date
    this.powerOffice.clock.now = this.clock.date
    // A call that was given up may still be under way over there.
    this.crm = this.tribe.addEnvironment({ ...dice.each(TRIBES), maxConcurrent: 6 })
    this.books = this.powerOffice.addClient({ ...dice.each(QUIRKS), writeMs: 0 })
    this.settings = TenantSettings.parse({
      ...{ relations: { enabled: false }, products: { enabled: false } },
      ...{ invoices: { enabled: false }, payments: { enabled: false } },
      ...Object.assign({}, ...slices.map((slice) => slice.settings)),
      conflictPolicy: dice.pick(['poweroffice', 'tribe', 'newest']),
    })
    this.crm.holdDeliveries()
    const chance = new Dice(seed + 0xbee)
    this.relay = new Relay({
      ...{ clock: this.clock, dice: new Dice(seed + 0xface), weather: this.weather },
      ...{ tribe: this.tribe, crm: this.crm, powerOffice: this.powerOffice, books: this.books },
      settings: this.settings,
      tell: (line) => this.tell(line),
      onWrite: (write) => {
        this.writes.push(write)
        this.collect()
      },
      onCall: (path) => {
        if (!chance.is(this.bustle)) return
        this.model.focus = chance.is(0.7) ? this.model.hubNamedIn(path) : null
        this.hasBustled = true
        this.meanwhile()
        this.model.focus = null
      },
    })
    this.model = new Model(this)
    this.tell(JSON.stringify({ ...this.settings, tribe: this.crm.options, quirks: this.books.quirks }))
  }

  tell(line: string): void {
    this.story.push(`${new Date(this.clock.now()).toISOString().slice(5, 23)} ${line}`)
  }

  /** A text that no record has had before. */
  unique(word: string): string {
    return `${word}${++this.serial}`
  }
  /** A number that nothing has had before. */
  count(): number {
    return ++this.serial
  }

  /** Sends what Tribe's webhooks have to tell on their way: late, twice, out of order, or never. */
  collect(): void {
    const { deliveries } = this.crm
    for (; this.delivered < deliveries.length; this.delivered++) {
      const body = deliveries[this.delivered]?.body
      if (this.dice.is(this.losses)) continue
      const copies = this.dice.is(0.1) ? 2 : 1
      for (let copy = 0; copy < copies; copy++)
        this.clock.after(this.delayMs(), () => {
          this.arrived.push(body)
          this.relay.takeWebhook(body)
        })
    }
  }

  private delayMs(): number {
    return this.dice.weighted([
      [6, this.dice.between(50, 1500)],
      [3, this.dice.between(1000, 20_000)],
      [1, this.dice.between(MINUTE_MS, 20 * MINUTE_MS)],
    ])
  }

  async passMinutes(minutes: number): Promise<void> {
    await this.relay.runUntil(this.clock.now() + minutes * MINUTE_MS)
  }

  /** Lets time pass until nothing is due any more and nothing is on its way; says what still is after some hours. */
  async quiet(): Promise<string | null> {
    for (let minutes = 0; minutes < 4 * 60 && this.relay.bugs.length === 0; minutes += 5) {
      await this.passMinutes(5)
      if (this.relay.jobs.nextDueAt() === null && this.clock.nextAt === null) return null
    }
    const jobs = this.relay.jobs.list(null, { limit: 10, offset: 0, now: this.clock.now() })
    return `not quiet after hours: ${JSON.stringify(jobs)}`
  }
}
