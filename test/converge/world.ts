import { TenantSettings } from '../../src/db/settings'
import type { PowerOfficeClientBooks, Quirks } from '../fakes/poweroffice'
import type { Delivery, TribeEnvironment, TribeOptions } from '../fakes/tribe'
import { Monitor } from '../laws/monitor'
import { Dice } from '../platform/dice'
import type { Call } from '../platform/network'
import { Town, type TownTenant } from '../platform/town'
import { ChangingWeather } from '../platform/weather'
import { Admin } from './admin'
import { filledInBy } from './filled-in'
import type { Slice } from './kind'
import { type Hub, Model, type Side } from './model'
import { OWN_FIELDS, OWN_ROWS } from './own'
import { answerQuestions } from './questions'
import type { Scene } from './scene'
import { mapUnits, relayOf } from './tenant'

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

/** A change to a record of one of the systems that took effect there. */
export interface Write {
  system: Side
  line: string
}

/** One company between both systems on the simulated platform, and all that happens to it in one run. */
export class World implements Scene {
  readonly model: Model
  readonly clock: { now(): number }
  readonly weather: ChangingWeather & { hasLate: boolean }
  readonly writes: Write[] = []
  /** What was wrong in the midst of it. */
  readonly wrong: string[] = []
  readonly monitor: Monitor
  /** Who meddles in between. */
  readonly admin: Admin | null
  /** Chance that a webhook never comes. */
  losses = 0
  /** Chance that a user does something just before a call of the relay's arrives. */
  bustle = 0
  private isBustling = false
  private readonly bustledAt = new Set<Hub>()
  /** What was said in calls that took effect when nobody waited for them any more. */
  private readonly lateCalls: string[] = []
  /** An admin had another policy meanwhile. */
  hasOtherPolicy = false
  /** An admin took back a write of the relay's. */
  hasTakenBack = false
  /** Rows of an admin's own fields were left out meanwhile. */
  hasOtherRows = false
  /** What a user does then. */
  meanwhile: () => void = () => undefined
  private delivered = 0
  private underWay = 0
  /** What came through. */
  readonly arrived: Delivery[] = []
  private serial = 0

  private constructor(
    readonly slices: readonly Slice[],
    readonly dice: Dice,
    readonly town: Town,
    readonly tenant: TownTenant,
    readonly settings: TenantSettings,
    readonly relay: Scene['relay'],
    seed: number,
  ) {
    this.clock = town.timeline
    this.weather = Object.assign(new ChangingWeather(new Dice(seed + 0x5eed)), { hasLate: false })
    this.model = new Model(this, (hub) => void (this.isBustling && this.bustledAt.add(hub)))
    this.monitor = new Monitor(town)
    this.admin = slices.some((slice) => slice.hasAdmin) ? new Admin(this, tenant, seed) : null
    town.platform.weather = this.weather
    const chance = new Dice(seed + 0xbee)
    town.onArrival = (path) => {
      if (!chance.is(this.bustle)) return
      this.model.focus = chance.is(0.7) ? this.model.hubNamedIn(path) : null
      this.isBustling = true
      this.meanwhile()
      this.isBustling = false
      this.model.focus = null
    }
    town.onCall = (call) => this.heard(call)
    this.crm.holdDeliveries()
  }

  /** Connected and not active yet, with what both systems hold when the relay comes. */
  static async open(seed: number, slices: readonly Slice[]): Promise<World> {
    const dice = new Dice(seed)
    const hasOwn = slices.some((slice) => slice.hasOwn)
    const town = new Town(seed)
    try {
      town.powerOffice.replicaLagMs = dice.pick([0, 0, 900])
      const drawn = slices.flatMap((slice) => slice.draw?.(dice) ?? [])
      const wanted = {
        relations: { enabled: false },
        products: { enabled: false },
        invoices: { enabled: false },
        payments: { enabled: false },
        ...Object.assign(
          {},
          ...slices.map((slice) => slice.settings),
          ...drawn.map(({ settings }) => settings),
        ),
        conflictPolicy: dice.pick(['poweroffice', 'tribe', 'newest'] as const),
      }
      const tenant = await town.addTenant({
        tribe: {
          ...dice.each(TRIBES),
          customFields: hasOwn ? OWN_FIELDS : {},
          // By dice of its own: what came before it stays as it was.
          defaults: filledInBy(new Dice(seed + 0xf111), hasOwn),
          ...Object.assign({}, ...drawn.map(({ tribe }) => tribe)),
        },
        powerOffice: {
          ...dice.each(QUIRKS),
          ...Object.assign({}, ...drawn.map(({ powerOffice }) => powerOffice)),
        },
        settings: wanted,
      })
      const settings = TenantSettings.parse(wanted)
      const relay = await relayOf(town, tenant, town.bugs)
      const world = new World(slices, dice, town, tenant, settings, relay, seed)
      world.tell(JSON.stringify({ settings, tribe: tenant.crm.options, quirks: tenant.books.quirks }))
      for (const slice of slices) slice.seed(world, world.model, dice)
      mapUnits(world)
      const mapped = [...(hasOwn ? OWN_ROWS : []), ...drawn.flatMap(({ rows }) => rows ?? [])]
      if (mapped.length > 0) await town.waitFor(tenant.api('PUT', '/fields', { mapped }))
      await town.passMinutes(10)
      return world
    } catch (thrown) {
      town.platform.close()
      throw thrown
    }
  }

  get hasOwn(): boolean {
    return this.slices.some((slice) => slice.hasOwn)
  }
  get crm(): TribeEnvironment {
    return this.tenant.crm
  }
  get books(): PowerOfficeClientBooks {
    return this.tenant.books
  }
  get tribe(): { readonly violations: readonly string[] } {
    return this.town.tribe
  }
  get powerOffice(): { readonly violations: readonly string[] } {
    return this.town.powerOffice
  }

  tell(line: string): void {
    this.town.tell(line)
  }

  /** A text that no record has had before. */
  unique(word: string): string {
    return `${word}${++this.serial}`
  }
  /** A number that nothing has had before. */
  count(): number {
    return ++this.serial
  }

  wasDisturbed(id: string | null): boolean {
    if (id === null) return false
    const hub = this.model.hubNamedIn(id)
    return (hub !== null && this.bustledAt.has(hub)) || this.lateCalls.some((said) => said.includes(id))
  }

  private heard({ host, method, path, body, mishap, hasEffect, isOrphan }: Call): void {
    if (mishap === 'late') this.weather.hasLate = true
    if (mishap === 'late' || isOrphan) this.lateCalls.push(`${path} ${body}`)
    if (hasEffect && method !== 'GET' && !/(token|webhooks(\/[\w-]+)?)$/i.test(path)) {
      const system = host === 'tribe.example' ? 'tribe' : 'powerOffice'
      this.writes.push({ system, line: `${method} ${path} ${body}` })
      for (const slice of this.slices) this.wrong.push(...(slice.meanwhile?.(this) ?? []))
    }
    this.collect()
  }

  /** Sends what Tribe's webhooks have to tell on their way: late, twice, out of order, or never. */
  collect(): void {
    const { deliveries } = this.crm
    for (; this.delivered < deliveries.length; this.delivered++) {
      const delivery = deliveries[this.delivered]
      // One that is sent again has had its turn.
      if (delivery?.state !== 'held') continue
      if (this.dice.is(this.losses)) {
        this.crm.loseDelivery(delivery)
        continue
      }
      const copies = this.dice.is(0.1) ? 2 : 1
      for (let copy = 0; copy < copies; copy++) {
        this.underWay++
        this.town.timeline.after(this.delayMs(), () => {
          this.underWay--
          this.arrived.push(delivery)
          this.crm.deliver(delivery)
        })
      }
    }
  }

  private delayMs(): number {
    return this.dice.weighted([
      [6, this.dice.between(50, 1500)],
      [3, this.dice.between(1000, 20_000)],
      [1, this.dice.between(MINUTE_MS, 20 * MINUTE_MS)],
    ])
  }

  /** An admin has mended what stopped the tenant. */
  async reconnect(): Promise<void> {
    if (this.relay.facts.get('reconnect')) await this.tenant.api('POST', '/jobs/retry', {})
  }

  answerQuestions(): Promise<boolean> {
    return answerQuestions(this, this.tenant)
  }

  async passMinutes(minutes: number): Promise<void> {
    await this.town.passMinutes(minutes)
  }

  /** Lets time pass until nothing is due any more and nothing is on its way; says what still is after some hours. */
  async quiet(): Promise<string | null> {
    for (let minutes = 0; minutes < 4 * 60 && this.relay.bugs.length === 0; minutes += 5) {
      await this.passMinutes(5)
      if (this.underWay === 0 && this.tenant.isQuiet()) return null
    }
    return `not quiet after hours: ${JSON.stringify(this.tenant.pending())}`
  }
}
