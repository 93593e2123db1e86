import { createHmac } from 'node:crypto'
import { TenantSettings } from '../../src/db/settings'
import { createSealer, parseSealingKeys } from '../../src/shared/secrets'
import { faultsIn } from '../converge/check'
import { Model } from '../converge/model'
import { UNMAPPED_UNIT } from '../converge/products/kind'
import { SLICES } from '../converge/run'
import type { Scene } from '../converge/scene'
import { QUIRKS, TRIBES } from '../converge/world'
import type { PowerOfficeClientBooks } from '../fakes/poweroffice'
import type { TribeEnvironment } from '../fakes/tribe'
import type { Dice } from '../platform/dice'
import { keyNamed } from '../platform/platform'
import type { Town, TownTenant } from '../platform/town'
import { Bills } from './bills'

const [RELATIONS, PRODUCTS] = SLICES.all ?? []
const SLICE_LIST = [RELATIONS, PRODUCTS].flatMap((slice) => slice ?? [])
const KINDS = SLICE_LIST.flatMap((slice) => slice.kinds)

/** One tenant of the town, and all that its people do in either system. */
export class Company implements Scene {
  readonly model: Model
  readonly bills: Bills
  readonly relay: Scene['relay']
  readonly clock: { now(): number }
  readonly weather = { hasBeenRough: false, hasLate: false }
  readonly hasBustled = true
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
    fingerprintKey: Buffer,
  ) {
    this.clock = town.timeline
    this.relay = {
      tenantId: tenant.id,
      database: town.platform.database,
      get jobs() {
        return tenant.jobs
      },
      get cursors() {
        return tenant.cursors
      },
      get isBusy() {
        return tenant.isBusy()
      },
      get lives() {
        return tenant.object.lives
      },
      bugs: [],
      fingerprintOf: (value) =>
        value === null || value === ''
          ? ''
          : createHmac('sha256', fingerprintKey).update(value).digest().subarray(0, 9).toString('base64url'),
    }
    this.model = new Model(this)
    this.bills = new Bills(this)
  }

  static async join(town: Town, number: number, dice: Dice): Promise<Company> {
    const invoices = { enabled: true, mode: dice.pick(['draft', 'book', 'send'] as const) }
    const wanted = {
      ...Object.assign({}, ...SLICE_LIST.map((slice) => slice.settings)),
      ...{ invoices, payments: { enabled: true } },
      conflictPolicy: dice.pick(['poweroffice', 'tribe', 'newest'] as const),
    }
    const tenant = await town.addTenant({
      tribe: { ...dice.each(TRIBES), payloadStyle: dice.pick(['full', 'full', 'minimal', 'edge']) },
      powerOffice: dice.each(QUIRKS),
      settings: wanted,
    })
    const key = await town.waitFor(fingerprintKeyOf(town, tenant))
    const company = new Company(town, `T${number}`, tenant, TenantSettings.parse(wanted), dice, key)
    for (const slice of SLICE_LIST) slice.seed(company, company.model, dice)
    // Nobody can begin with a unit that is in use and not mapped; later one may turn up.
    for (const product of company.crm.products())
      if ((product.Unit as { Code?: string } | null)?.Code === UNMAPPED_UNIT.tribe)
        company.crm.edit(String(product.ID), { Unit: 'pcs' })
    for (const { Id, UnitOfMeasureCode } of company.books.products())
      if (UnitOfMeasureCode === UNMAPPED_UNIT.powerOffice)
        company.books.editProduct(Id, { UnitOfMeasureCode: 'EA' })
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
      ...(tenant.cursors.get('reconnect') ? ['it waits to be reconnected'] : []),
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

async function fingerprintKeyOf(town: Town, tenant: TownTenant): Promise<Buffer> {
  const row = town.platform.database
    .prepare('select sealed_fingerprint_key as sealed from tenants where id = ?')
    .get(tenant.id)
  const keys = parseSealingKeys(keyNamed('k1', 7)) ?? new Map()
  const key = await createSealer(keys).open(`${tenant.id}:fingerprintKey`, String(row?.sealed))
  return Buffer.from(key, 'base64url')
}
