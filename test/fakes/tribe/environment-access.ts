/** Who may use an environment's API, and what its webhooks send out. */
import type { Faults } from '../kit'
import type { Application, Auth } from './auth'
import type { Core } from './core'
import type { CustomKind } from './custom-fields'
import type { Delivery, DeliveryFault } from './deliveries'
import { EnvironmentView } from './environment-view'
import type { Property } from './schema'
import type { Scalar } from './store'
import { accepted } from './values'
import type { Webhook, Webhooks } from './webhooks'

const fitting = (property: Property, value: Scalar, type: string): Scalar => {
  try {
    return accepted(property, property.type === 'Edm.String' ? String(value) : value, type)
  } catch {
    return null
  }
}

export class EnvironmentAccess extends EnvironmentView {
  constructor(
    core: Core,
    private readonly auth: Auth,
    private readonly application: Application,
    private readonly hooks: Webhooks,
  ) {
    super(core)
  }

  get clientId(): string {
    return this.application.clientId
  }
  get clientSecret(): string {
    return this.application.clientSecret
  }

  /** The application loses its access: its secret and every token end at once. */
  revokeCredentials(): void {
    this.application.isRevoked = true
    this.auth.revokeTokens(this.id)
  }
  restoreCredentials(): void {
    this.application.isRevoked = false
  }
  /** A new secret; tokens that were handed out live on until they expire. */
  rotateSecret(): string {
    this.application.clientSecret = `${this.application.clientSecret}-next`
    return this.application.clientSecret
  }
  /** Ends the tokens that were handed out; the credentials stay good. */
  revokeTokens(): void {
    this.auth.revokeTokens(this.id)
  }
  /** The roles of the API user no longer reach a set: 403. */
  deny(set: string): void {
    this.core.deniedSets.add(set)
  }
  allow(set: string): void {
    this.core.deniedSets.delete(set)
  }
  /** An admin deletes a custom field; what it held comes back with it. Gives what puts it back. */
  dropField(type: string, name: string): () => void {
    return this.core.schema.takeAway(type, name)
  }
  /** An admin makes a custom field anew as one of another kind: what does not fit is lost. */
  retypeField(type: string, name: string, kind: CustomKind): () => void {
    const back = this.core.schema.retype(type, name, kind)
    const property = this.core.schema.get(type).properties.get(name)
    for (const row of this.core.store.of(this.core.schema.get(type))) {
      const value = row.fields[name] ?? null
      if (value === null || property === undefined) continue
      this.core.store.set(row, name, fitting(property, value, type))
    }
    return back
  }
  /** Another integration with the same application uses up what a minute allows. */
  useUpWindow(): void {
    this.core.pace.useUp()
  }
  /** Calls of the last minute that count in the limit. */
  get callsInWindow(): number {
    return this.core.pace.used
  }
  /** A team's restriction hides a record from the API, which looks like a deletion. */
  hide(id: string, isHidden = true): void {
    const row = this.core.store.get(id)
    row.hidden = isHidden
    this.core.store.changed(row)
  }

  /** Lists and filters show what was so this long ago; a record asked for by its id is as it is. 0: no more. */
  lagLists(ms: number): void {
    this.core.lag.set(ms, this.core.store)
  }

  /** As on the management page: with their secrets. */
  get webhooks(): readonly Webhook[] {
    return this.hooks.all
  }
  /** An admin registers one by hand, for somebody else. */
  addWebhook(entityType: string, webhookUrl: string): void {
    this.hooks.create({ entityType, webhookUrl, headers: [] })
  }
  /** An admin deletes one by hand; without an id, all. */
  removeWebhooks(id?: string): void {
    for (const hook of [...this.hooks.all]) if (id === undefined || hook.id === id) this.hooks.remove(hook.id)
  }
  get deliveries(): readonly Delivery[] {
    return this.hooks.deliveries.all
  }
  /** What can happen to deliveries on their way; a fault's `on` is tried on the type of the entity. */
  get deliveryFaults(): Faults<DeliveryFault> {
    return this.hooks.deliveries.faults
  }
  /** Keeps deliveries back until they are released. */
  holdDeliveries(): void {
    this.hooks.deliveries.hold()
  }
  releaseDeliveries(how: { shuffle?: boolean; duplicate?: boolean } = {}): void {
    this.hooks.deliveries.release(how)
  }
  /** Sends one that is held, or one that was sent before once more. */
  deliver(delivery: Delivery): void {
    this.hooks.deliveries.deliver(delivery)
  }
  /** One that is held never goes out. */
  loseDelivery(delivery: Delivery): void {
    this.hooks.deliveries.lose(delivery)
  }
  /** The next `count` deliveries are lost on the way. */
  dropNextDeliveries(count: number): void {
    this.hooks.deliveries.drop(count)
  }
  /** Sends the last `count` deliveries once more. */
  deliverAgain(count = 1): void {
    this.hooks.deliveries.repeat(count)
  }
  /** How many are held, queued or under way. */
  deliveriesPending(): number {
    return this.hooks.deliveries.pending
  }
  /** Resolves as soon as no delivery is queued or under way; held ones stay held. */
  settled(): Promise<void> {
    return this.hooks.deliveries.settled()
  }
}
