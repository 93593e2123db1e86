import { TenantSettings } from '../../src/db/settings'
import { SEEN } from '../../src/two-way/reconcile'
import { faultsIn } from '../converge/check'
import { Model } from '../converge/model'
import { SLICES } from '../converge/run'
import type { Scene } from '../converge/scene'
import { mapUnits, relayOf } from '../converge/tenant'
import { QUIRKS, TRIBES } from '../converge/world'
import type { PowerOfficeClientBooks } from '../fakes/poweroffice'
import type { TribeEnvironment } from '../fakes/tribe'
import { OWN_FIELDS } from '../faults/scenario'
import type { Dice } from '../platform/dice'
import type { Town, TownTenant } from '../platform/town'
import { Bills } from './bills'

const [RELATIONS, PRODUCTS] = SLICES.all ?? []
const SLICE_LIST = [RELATIONS, PRODUCTS].flatMap((slice) => slice ?? [])
const KINDS = SLICE_LIST.flatMap((slice) => slice.kinds)

/** One tenant of the town, and all that its people do in either system. */
export class Company implements Scene {
  readonly model: Model
  readonly bills: Bills
  readonly clock: { now(): number }
  readonly weather = { hasBeenRough: false, hasLate: false }
  readonly wasDisturbed = () => true
  readonly hasOwn = false
  // The town asks for the notes of both systems, once for all.
  readonly tribe = { violations: [] }
  readonly powerOffice = { violations: [] }
  edits = 0
  private serial = 0

  private constructor(
    private readonly town: Town,
    readonly name: string,
    readonly tenant: TownTenant,
    readonly settings: TenantSettings,
    readonly dice: Dice,
    readonly relay: Scene['relay'],
  ) {
    this.clock = town.timeline
    this.model = new Model(this)
    this.bills = new Bills(this)
  }

  static async join(town: Town, number: number, dice: Dice): Promise<Company> {
    const invoices = { enabled: true, mode: dice.pick(['draft', 'book', 'send', 'voucher'] as const) }
    const wanted = {
      ...Object.assign({}, ...SLICE_LIST.map((slice) => slice.settings)),
      invoices,
      payments: { enabled: true },
      conflictPolicy: dice.pick(['poweroffice', 'tribe', 'newest'] as const),
    }
    const tenant = await town.addTenant({
      tribe: {
        ...dice.each(TRIBES),
        payloadStyle: dice.pick(['full', 'full', 'minimal', 'edge']),
        customFields: OWN_FIELDS,
      },
      powerOffice: dice.each(QUIRKS),
      settings: wanted,
    })
    const relay = await relayOf(town, tenant, [])
    const company = new Company(town, `T${number}`, tenant, TenantSettings.parse(wanted), dice, relay)
    for (const slice of SLICE_LIST) slice.seed(company, company.model, dice)
    mapUnits(company)
    // Whatever the policy says of the first load, somebody has seen it.
    tenant.facts.set(SEEN, new Date(town.timeline.now()).toISOString())
    await town.waitFor(tenant.activate())
    return company
  }

  get crm(): TribeEnvironment {
    return this.tenant.crm
  }
  get books(): PowerOfficeClientBooks {
    return this.tenant.books
  }

  /** A text that no record of any company has had before. */
  unique(word: string): string {
    return `${word}${++this.serial}`
  }
  count(): number {
    return ++this.serial
  }

  /** Somebody does something, with records or with invoices; what a system does not allow is not done. */
  act(): void {
    const { dice, model } = this
    const isBusy = this.relay.isBusy
    try {
      const work = dice.weighted(SLICE_LIST.flatMap((slice) => slice.acts))
      const done = dice.is(0.45) ? this.bills.act(dice) : work(this, model, dice)
      if (!done) return
      this.edits++
      this.town.tell(`USER ${this.name} ${done}${isBusy ? ' (busy)' : ''}`)
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown
      this.town.tell(`USER ${this.name} may not: ${thrown.message}`)
    }
  }

  /** What is wrong when all should be in step. */
  faults(): string[] {
    const { tenant, town } = this
    const now = town.timeline.now()
    const dueAt = tenant.jobs.nextDueAt()
    return [
      ...(tenant.facts.get('reconnect') ? ['it waits to be reconnected'] : []),
      ...(dueAt !== null && now - dueAt > 60_000
        ? [`a job is overdue: ${JSON.stringify(tenant.pending()[0])}`]
        : []),
      ...faultsIn(this, KINDS).filter((line) => !this.bills.explains(line)),
      ...this.bills.faults(),
    ].map((line) => `${this.name}: ${line}`)
  }
}

/** A system that says no to its user, as it would to a person. */
const isRefusal = (thrown: unknown): thrown is Error =>
  thrown instanceof Error &&
  /^\s+at .*test\/fakes\//.test(thrown.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '')
