/** Posts what webhooks have to tell, really and in the background, as a test arranges it. */
import { createHash, createHmac } from 'node:crypto'
import { Faults } from '../kit'
import type { Core } from './core'
import type { Fields } from './store'
import type { Webhook } from './webhooks'

export interface Delivery {
  webhookId: string
  entityType: string
  url: string
  /** The whole body: `{ webhookId, payload }`. */
  body: Fields
  /** `body.payload`. */
  payload: Fields
  /** 'held' waits for `releaseDeliveries`; 'dropped' never goes out. */
  state: 'held' | 'queued' | 'under way' | 'done' | 'dropped'
  /** What the last try was answered; 0 for no answer, null before the first. */
  status: number | null
  attempts: number
}

/** What can happen to a delivery on its way. */
export type DeliveryFault =
  | 'dropped' // never goes out
  | 'doubled' // goes out twice
  | 'reordered' // goes out after the next one, or some seconds later
  | 'delayed' // goes out `delayMs` later, an hour when nothing is said

const HOUR_MS = 3_600_000
const OVERTAKEN_MS = 10_000

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export class Deliveries {
  readonly faults: Faults<DeliveryFault>
  readonly all: Delivery[] = []
  private readonly queue: { delivery: Delivery; hook: Webhook }[] = []
  private held: { delivery: Delivery; hook: Webhook }[] = []
  private readonly sent: { delivery: Delivery; hook: Webhook }[] = []
  private isHolding = false
  private toDrop = 0
  private underWay = 0
  private waiters: (() => void)[] = []
  /** Kept back by a fault. */
  private readonly kept = new Set<() => void>()
  private overtaken: (() => void) | null = null

  constructor(
    private readonly core: Core,
    private readonly random: () => number,
  ) {
    this.faults = new Faults(random)
  }

  add(hook: Webhook, body: Fields): void {
    const delivery: Delivery = {
      webhookId: hook.id,
      entityType: hook.entityType,
      url: hook.webhookUrl,
      body,
      payload: body.payload as Fields,
      state: 'queued',
      status: null,
      attempts: 0,
    }
    this.all.push(delivery)
    if (this.toDrop > 0) {
      this.toDrop--
      delivery.state = 'dropped'
      return
    }
    if (this.isHolding) {
      delivery.state = 'held'
      this.held.push({ delivery, hook })
      return
    }
    this.depart({ delivery, hook })
  }

  private depart(item: { delivery: Delivery; hook: Webhook }): void {
    const fault = this.faults.strike(item.delivery.entityType, null, '')
    const isFirst = this.overtaken
    if (fault?.name === 'dropped') item.delivery.state = 'dropped'
    else if (fault?.name === 'delayed') this.keepBack(item, fault.delayMs || HOUR_MS)
    else if (fault?.name === 'reordered') this.overtaken = this.keepBack(item, OVERTAKEN_MS)
    else this.enqueue(item)
    if (fault?.name === 'doubled') this.enqueue(this.again(item))
    if (!isFirst) return
    isFirst()
    if (this.overtaken === isFirst) this.overtaken = null
  }

  private keepBack(item: { delivery: Delivery; hook: Webhook }, ms: number): () => void {
    const go = () => {
      if (!this.kept.delete(go)) return
      clearTimeout(timer)
      this.enqueue(item)
    }
    const timer = setTimeout(go, ms)
    this.kept.add(go)
    return go
  }

  hold(): void {
    this.isHolding = true
  }

  release({ shuffle = false, duplicate = false }: { shuffle?: boolean; duplicate?: boolean } = {}): void {
    this.isHolding = false
    const held = duplicate ? this.held.flatMap((item) => [item, this.again(item)]) : this.held
    this.held = []
    if (shuffle) this.shuffle(held)
    for (const item of held) this.enqueue(item)
  }

  /** Sends this one: it was held, or is sent once more. */
  deliver(delivery: Delivery): void {
    const held = this.takeHeld(delivery)
    const sent = held ? undefined : this.sent.find((item) => item.delivery === delivery)
    if (held) this.enqueue(held)
    else if (sent) this.enqueue(this.again(sent))
  }

  /** This one, which was held, is lost on the way. */
  lose(delivery: Delivery): void {
    if (this.takeHeld(delivery)) delivery.state = 'dropped'
  }

  private takeHeld(delivery: Delivery) {
    const at = this.held.findIndex((item) => item.delivery === delivery)
    return at < 0 ? undefined : this.held.splice(at, 1)[0]
  }

  drop(count: number): void {
    this.toDrop += count
  }

  /** Sends the last `count` that went out once more. */
  repeat(count: number): void {
    for (const item of this.sent.slice(-count)) this.enqueue(this.again(item))
  }

  /** Held, kept back or not answered yet. */
  get pending(): number {
    return this.held.length + this.kept.size + this.queue.length + this.underWay
  }

  /** Resolves as soon as nothing is under way; what is held stays held. */
  settled(): Promise<void> {
    if (this.queue.length + this.underWay === 0) return Promise.resolve()
    return new Promise((resolve) => this.waiters.push(resolve))
  }

  /** Lets go of all that waits, for good. */
  stop(): void {
    this.isHolding = true
    this.held = []
    this.kept.clear()
    this.queue.length = 0
  }

  /** A webhook that is gone tells no more. */
  forget(webhookId: string): void {
    for (const list of [this.queue, this.held]) {
      for (let at = list.length - 1; at >= 0; at--) {
        const { delivery } = list[at] as { delivery: Delivery }
        if (delivery.webhookId !== webhookId) continue
        delivery.state = 'dropped'
        list.splice(at, 1)
      }
    }
  }

  private again({ delivery, hook }: { delivery: Delivery; hook: Webhook }) {
    const copy: Delivery = { ...delivery, state: 'queued', status: null, attempts: 0 }
    this.all.push(copy)
    return { delivery: copy, hook }
  }

  private shuffle<T>(list: T[]): void {
    for (let at = list.length - 1; at > 0; at--) {
      const other = Math.floor(this.random() * (at + 1))
      const [a, b] = [list[at] as T, list[other] as T]
      list[at] = b
      list[other] = a
    }
  }

  private enqueue(item: { delivery: Delivery; hook: Webhook }): void {
    item.delivery.state = 'queued'
    this.queue.push(item)
    // Never within the change that caused it: the answer to an API call goes first.
    setImmediate(() => this.pump())
  }

  private pump(): void {
    while (this.underWay < this.core.options.webhookConcurrency) {
      const item = this.queue.shift()
      if (!item) break
      this.underWay++
      void this.send(item).finally(() => {
        this.underWay--
        this.sent.push(item)
        this.pump()
        if (this.queue.length + this.underWay > 0) return
        for (const done of this.waiters.splice(0)) done()
      })
    }
  }

  private async send({ delivery, hook }: { delivery: Delivery; hook: Webhook }): Promise<void> {
    const body = JSON.stringify(delivery.body)
    const { signatureHeader, webhookRetries, webhookRetryDelayMs } = this.core.options
    const headers = new Headers({
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'TribeCRM',
    })
    for (const { name, value } of hook.headers) headers.set(name, value)
    if (signatureHeader) headers.set(signatureHeader, signatureOf(this.core, hook.secret, body))
    delivery.state = 'under way'
    for (let attempt = 0; attempt <= webhookRetries; attempt++) {
      if (attempt > 0) await sleep(webhookRetryDelayMs * 2 ** (attempt - 1))
      delivery.attempts++
      delivery.status = await post(hook.webhookUrl, headers, body)
      if (delivery.status >= 200 && delivery.status < 300) break
    }
    delivery.state = 'done'
  }
}

async function post(url: string, headers: Headers, body: string): Promise<number> {
  try {
    const signal = AbortSignal.timeout(30_000)
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0
  }
}

export function signatureOf(core: Core, secret: string, body: string): string {
  switch (core.options.signatureRecipe) {
    case 'hmac-sha512':
      return createHmac('sha512', secret).update(body).digest('base64')
    case 'sha512(secret+body)':
      return createHash('sha512')
        .update(secret + body)
        .digest('base64')
    case 'sha512(body+secret)':
      return createHash('sha512')
        .update(body + secret)
        .digest('base64')
  }
}
