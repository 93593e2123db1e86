import type { ClientOptions } from '../fakes/poweroffice'
import { Town, type TownTenant } from '../platform/town'
import { type Blow, OneBlow } from '../platform/weather'

export type Mode = 'draft' | 'book' | 'send' | 'voucher'

/** As PowerOffice may also answer. */
const ODD: ClientOptions = {
  sentOrderFreesReference: true,
  undocumentedListed: false,
  duplicateStatus: 409,
  invoiceNumbersAs: 'text',
  voucherLinesAs: 'OutgoingInvoiceLines',
}

/** One tenant between both systems on the simulated platform, with one blow to come. */
export class Stage {
  readonly weather: OneBlow
  private constructor(
    readonly town: Town,
    readonly tenant: TownTenant,
    private readonly blow: Blow | null,
  ) {
    this.weather = new OneBlow(blow)
    town.platform.weather = this.weather
  }

  /**
   * Connected, mapped and active, with nothing in either system. `odd`: PowerOffice's lists lag, and a reference is
   * free again once its order is sent.
   */
  static async open(
    blow: Blow | null,
    { mode, odd, hasFiles = false }: { mode: Mode; odd: boolean; hasFiles?: boolean },
  ): Promise<Stage> {
    const town = new Town(3)
    try {
      if (odd) town.powerOffice.replicaLagMs = 900
      const tenant = await town.addTenant({
        powerOffice: { sendDelayMs: 1500, ...(odd ? ODD : {}) },
        settings: { invoices: { mode, attachments: hasFiles ? 'all' : 'none' } },
      })
      // Nothing is told but what the play asks for.
      tenant.crm.dropNextDeliveries(Number.POSITIVE_INFINITY)
      const stage = new Stage(town, tenant, blow)
      await town.waitFor(tenant.mapAsProposed())
      await town.waitFor(tenant.activate())
      await stage.quiet()
      return stage
    } catch (thrown) {
      town.platform.close()
      throw thrown
    }
  }

  /** What was done again meanwhile, a call that arrives long after its object was cut off does once more, in vain. */
  violations(): string[] {
    const isCutOff = this.blow !== null && 'call' in this.blow && this.blow.call === 'cut-off'
    return this.town.violations().filter((line) => !isCutOff || !/needless write/.test(line))
  }

  close(): void {
    this.town.platform.close()
  }

  /** From now on things are counted, and the blow may fall; this invoice is looked at. */
  async look(invoiceId: string): Promise<void> {
    this.weather.arm()
    await this.ask(invoiceId)
  }

  async ask(invoiceId: string): Promise<void> {
    const job = { kind: 'invoice', subject: `tribe:${invoiceId}`, lane: 'push' }
    await this.town.waitFor(this.tenant.object.call('enqueue', [[job]]))
  }

  /** Lets time pass until nothing is left to do. */
  async quiet(): Promise<void> {
    const stuck = await this.town.quiet(180)
    if (stuck) throw new Error(`it is never quiet: ${stuck}`)
    if (this.town.bugs.length > 0) throw new Error(this.town.bugs.join('; '))
  }

  /** What the relay knows of its invoices. */
  invoiceLinks(): { powerOfficeId: string; number: string | null; state: string; stage: string }[] {
    return this.town.platform.database
      .prepare(
        `select power_office_id as powerOfficeId, number, state, life ->> 'stage' as stage from links where kind = 'invoice'`,
      )
      .all() as never
  }
}
