/** The webhooks of an environment, and what each change becomes on the way to them. */
import type { Change, Core } from './core'
import { Deliveries } from './deliveries'
import { ODataProblem } from './problem'
import type { Fields, Json } from './store'

export interface Webhook {
  id: string
  entityType: string
  webhookUrl: string
  headers: { name: string; value: string }[]
  secret: string
}

export class Webhooks {
  readonly all: Webhook[] = []
  readonly deliveries: Deliveries

  constructor(
    private readonly core: Core,
    private readonly random: () => number,
  ) {
    this.deliveries = new Deliveries(core, random)
    core.onChange = (change) => this.hear(change)
  }

  create(body: Json): Webhook {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw refused('a JSON object is expected')
    const { entityType, webhookUrl, headers, ...others } = body
    if (Object.keys(others).length > 0) throw refused(`unknown members ${Object.keys(others).join(', ')}`)
    const type =
      typeof entityType === 'string' ? this.core.schema.find(entityType.replaceAll('.', '_')) : null
    if (!type || type.dotted !== entityType || !type.concrete) {
      throw refused(`unknown entity type '${JSON.stringify(entityType)}'`)
    }
    // No page says which types can be followed: a caller cannot know, and does nothing wrong.
    if (this.core.options.webhookTypesRefused.includes(type.dotted))
      throw new ODataProblem(400, `'${type.dotted}' cannot be followed.`)
    if (typeof webhookUrl !== 'string' || !isAcceptable(webhookUrl)) throw refused('the URL must be https')
    const twin = this.all.find((hook) => hook.entityType === entityType && hook.webhookUrl === webhookUrl)
    if (twin) this.core.violate(`a second webhook for ${entityType} to the same URL`)
    const secret = Array.from({ length: 40 }, () => Math.floor(this.random() * 36).toString(36)).join('')
    const hook = {
      id: this.core.newId(),
      entityType,
      webhookUrl,
      headers: headersOf(headers),
      secret,
    }
    this.all.push(hook)
    return hook
  }

  remove(id: string): boolean {
    const at = this.all.findIndex((hook) => hook.id === id)
    if (at < 0) return false
    this.all.splice(at, 1)
    this.deliveries.forget(id)
    return true
  }

  /** A webhook as the API shows it. */
  shown(hook: Webhook): Fields {
    const { options } = this.core
    if (options.webhookShown === 'pascal')
      return { Id: hook.id, EntityType: hook.entityType, WebhookUrl: hook.webhookUrl }
    if (options.webhookShown === 'without-url') return { id: hook.id, entityType: hook.entityType }
    return {
      [options.webhookIdName]: hook.id,
      entityType: hook.entityType,
      webhookUrl: hook.webhookUrl,
      headers: hook.headers.map((header) => ({ ...header })),
      ...(options.webhookSecretInAnswer ? { secret: hook.secret } : {}),
    }
  }

  private hear(change: Change): void {
    for (const hook of this.all) {
      if (hook.entityType !== change.entityType) continue
      this.deliveries.add(hook, { webhookId: hook.id, payload: this.payload(change) })
    }
  }

  private payload(change: Change): Fields {
    const { payloadStyle } = this.core.options
    if (payloadStyle === 'minimal') return { entityId: change.entityId }
    if (change.link) {
      const relationshipId = this.core.newId()
      if (payloadStyle === 'edge') return { type: 'RelationshipUpdateMutation', relationshipId }
      return {
        type: LINK_KINDS[change.kind as keyof typeof LINK_KINDS],
        relationshipId,
        parentEntityId: change.entityId,
        childEntityId: change.link.to,
      }
    }
    const kind = ENTITY_KINDS[change.kind as keyof typeof ENTITY_KINDS]
    const { entityType, entityId, fields } = change
    return { type: kind, entityType, entityId, ...(fields ? { fields } : {}) }
  }
}

const ENTITY_KINDS = {
  created: 'EntityCreationMutation',
  updated: 'EntityUpdateMutation',
  deleted: 'EntityDeletionMutation',
}

const LINK_KINDS = {
  'link-created': 'RelationshipCreationMutation',
  'link-changed': 'RelationshipUpdateMutation',
  'link-removed': 'RelationshipDeletionMutation',
}

const refused = (why: string) =>
  new ODataProblem(400, `The webhook is not valid: ${why}.`, `webhook refused: ${why}`)

function isAcceptable(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback)
}

function headersOf(value: Json | undefined): Webhook['headers'] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw refused('headers must be a list')
  return value.map((entry) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
      throw refused('a header has a name and a value')
    const { name, value: text } = entry
    if (typeof name !== 'string' || typeof text !== 'string' || !/^[\w-]+$/.test(name)) {
      throw refused('a header has a name and a value')
    }
    return { name, value: text }
  })
}
