import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env'
import { settingsOf } from '../env'
import { createSealer, type Sealer } from '../shared/secrets'
import { asksIn } from './asks'
import { beforeImagesIn } from './before-images'
import { type CameBack, type ConsentSide, consentIn } from './consent'
import type { OutEvent } from './event'
import { eventsIn } from './events'
import { factsIn } from './facts'
import { type Counted, hoursOf } from './hours'
import type { TenantIdentity } from './identity'

export type Changed = 'settings' | 'fields' | 'vat'

/** What the front door asks of a tenant's object before anything is worked on: who it is, and who may. */
export abstract class TenantDesk extends DurableObject<Env> {
  protected readonly now = () => Date.now()
  protected readonly facts = factsIn(this.ctx.storage.sql)
  protected readonly hours = hoursOf({ facts: this.facts, now: this.now })
  protected readonly consent = consentIn(this.facts, this.now)
  private readonly asks = asksIn(this.now)
  protected readonly beforeImages = beforeImagesIn({ sql: this.ctx.storage.sql, now: this.now })
  protected readonly events = eventsIn({
    env: this.env,
    sql: this.ctx.storage.sql,
    facts: this.facts,
    now: this.now,
    tenantId: () => this.known?.tenantId ?? null,
    reschedule: () => this.reschedule(),
  })
  /** Known once this object has answered for its tenant: an id that is nobody's leaves no trace. */
  protected known: TenantIdentity | null = null

  /** Begins to ask a user of that system for consent: gives what has to come back with it. */
  async beginConsent(browserHash?: string, side: ConsentSide = 'tribe'): Promise<string> {
    return this.consent.begin(side, browserHash)
  }

  /** Whether this is what `beginConsent` gave, and whether it came back to the browser that began. */
  async takeConsent(secret: string, browser = '', side: ConsentSide = 'tribe'): Promise<CameBack> {
    return this.identity() && this.consent.take(side, secret, browser)
  }

  /** Keeps a consent that came back elsewhere, sealed, until it is confirmed: gives the secret by which it is found. */
  async holdConsent(sealed: string): Promise<string> {
    return this.consent.hold(sealed)
  }

  async lookAtConsent(secret: string): Promise<string | null> {
    return this.identity() && this.consent.look(secret)
  }

  /** Gives a consent that was held, once. */
  async releaseConsent(secret: string): Promise<string | null> {
    return this.identity() && this.consent.release(secret)
  }

  /** What was counted in hours that D1 may not know in full yet. */
  async readHours(): Promise<Counted[]> {
    return this.identity() ? this.hours.read() : []
  }

  /** Counts something that is asked for directly; gives how long to wait first, and null when it may be done now. */
  async ask(): Promise<number | null> {
    return this.asks.take()
  }

  /**
   * A change of settings or mappings begins: gives how it stood before, or before an earlier one that D1 or Tribe left
   * half-way, so that whoever asks again gets all that comes of it.
   */
  async beginChange(of: Changed, before: string): Promise<string> {
    if (!this.identity()) return before
    const begun = this.facts.get(`changing:${of}`) ?? before
    this.facts.set(`changing:${of}`, begun)
    return begun
  }

  /** All that comes of it is asked for. */
  async endChange(of: Changed): Promise<void> {
    if (this.identity()) this.facts.remove(`changing:${of}`)
  }

  abstract wake(): Promise<void>
  protected abstract reschedule: () => Promise<void>

  /** What the tenant's webhook was told, and is to be told, the newest first. */
  async listEvents(page: { limit: number; offset: number }): Promise<OutEvent[]> {
    return this.identity() ? this.events.list(page) : []
  }

  async replayEvents(which: { id: string } | 'failed'): Promise<number> {
    if (!this.identity()) return 0
    const count = which === 'failed' ? this.events.tryAgain() : this.events.replay(which)
    await this.wake()
    return count
  }

  async eventsChanged(): Promise<void> {
    if (this.identity()) this.events.changed()
    await this.wake()
  }

  /** Reads without writing: the tables are there only once `configure` has made them. */
  protected identity(): TenantIdentity | null {
    if (this.known) return this.known
    const hasTable =
      this.ctx.storage.sql.exec("select 1 from sqlite_master where name = 'cursors'").toArray().length > 0
    this.known = hasTable ? this.facts.get('tenant') : null
    return this.known
  }

  protected sealer(): Sealer {
    return createSealer(settingsOf(this.env).SEALING_KEYS)
  }
}
