import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  webcrypto,
} from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { Dice } from './dice'
import { Life } from './life'

/** Something that happens at its time, unless it is called off. */
interface Event {
  at: number
  order: number
  happen: (() => void) | null
}

const Real = { Date, setImmediate }

/**
 * Time that stands still until nothing can go on without it, and then leaps to the next thing that is due. So a
 * week takes as long as the work in it, and a seed is one story. While it is installed, all code lives in it.
 */
export class Timeline {
  private readonly events: Event[] = []
  private order = 0
  private readonly timeouts = new WeakMap<AbortSignal, () => void>()
  constructor(private at: number) {}

  readonly now = (): number => this.at

  /** Gives how to call it off. */
  after(ms: number, happen: () => void): () => void {
    const event: Event = { at: this.at + Math.max(0, Math.ceil(ms)), order: ++this.order, happen }
    this.push(event)
    return () => {
      event.happen = null
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  /** Lets time pass, with all that happens meanwhile. */
  async run(ms: number): Promise<void> {
    const until = this.at + ms
    for (;;) {
      await standstill()
      const next = this.next()
      if (!next || next.at > until) break
      this.pop()
      this.at = Math.max(this.at, next.at)
      next.happen?.()
    }
    this.at = until
  }

  /** Lets the next thing happen, if it is still wanted once all has gone on that can; false when there is none. */
  async step(isWanted: () => boolean = () => true): Promise<boolean> {
    await standstill()
    if (!isWanted()) return true
    const next = this.next()
    if (!next) return false
    this.pop()
    this.at = Math.max(this.at, next.at)
    next.happen?.()
    return true
  }

  /** Lets time pass until it is so; false when it is not so by then. */
  async runUntil(isSo: () => boolean, withinMs: number, stepMs = 1000): Promise<boolean> {
    for (let passed = 0; passed < withinMs; ) {
      if (isSo()) return true
      await standstill()
      const left = Math.ceil((withinMs - passed) / stepMs)
      const ms = stepMs * (isSo() ? 1 : Math.min(left, this.stepsToNext(stepMs)))
      await this.run(ms)
      passed += ms
    }
    return isSo()
  }

  /** Of which nothing happens in any but the last. */
  private stepsToNext(stepMs: number): number {
    const next = this.next()
    return next ? Math.max(1, Math.ceil((next.at - this.at) / stepMs)) : Number.POSITIVE_INFINITY
  }

  /** What this signal would have ended has ended by itself. */
  forget(signal: AbortSignal): void {
    this.timeouts.get(signal)?.()
  }

  /** From now on this is the time, and chance comes from the seed. Gives how to end that. */
  install(seed: number): () => void {
    const { now, after } = { now: this.now, after: this.after.bind(this) }
    const { timeout } = AbortSignal
    const { random: chance } = Math
    const before = { Date: globalThis.Date, setTimeout, clearTimeout, DecompressionStream }
    const dice = new Dice(seed)
    const timers = new Map<number, () => void>()
    let last = 0
    class SimulatedDate extends Real.Date {
      constructor(...given: unknown[]) {
        if (given.length === 0) super(now())
        else super(...(given as [number]))
      }
      static override now = now
    }
    const random = {
      getRandomValues: <T extends Uint8Array>(bytes: T): T => {
        for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(dice.next() * 256)
        return bytes
      },
      randomUUID: () => uuidFrom(dice),
    }
    Object.assign(globalThis, {
      Date: SimulatedDate,
      DecompressionStream: InflatedAtOnce,
      setTimeout: (happen: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
        const id = ++last
        const life = Life.now()
        const fire = () => {
          timers.delete(id)
          // Code that was cut off hears no timer any more.
          if (!life?.isOver) happen(...given)
        }
        timers.set(id, after(ms, fire))
        return id
      },
      clearTimeout: (id: number) => {
        timers.get(id)?.()
        timers.delete(id)
      },
    })
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController()
      const callOff = after(ms, () =>
        controller.abort(new DOMException('The operation timed out', 'TimeoutError')),
      )
      this.timeouts.set(controller.signal, callOff)
      return controller.signal
    }
    Math.random = dice.next
    const undo = [
      replace(webcrypto.subtle, atOnce),
      replace(webcrypto, random),
      () => Object.assign(globalThis, before),
      () => Object.assign(AbortSignal, { timeout }),
      () => Object.assign(Math, { random: chance }),
    ]
    return () => {
      for (const step of undo) step()
    }
  }

  /** What happens next. What was called off is dropped at once: most calls leave a time-out behind that never comes. */
  private next(): Event | undefined {
    while (this.events[0]?.happen === null) this.pop()
    return this.events[0]
  }

  // The events are a heap, the next one first.
  private isBefore(a: number, b: number): boolean {
    const [one, other] = [this.events[a] as Event, this.events[b] as Event]
    return one.at < other.at || (one.at === other.at && one.order < other.order)
  }

  private swap(a: number, b: number): void {
    const [one, other] = [this.events[a] as Event, this.events[b] as Event]
    this.events[a] = other
    this.events[b] = one
  }

  private push(event: Event): void {
    let at = this.events.push(event) - 1
    for (let up = (at - 1) >> 1; at > 0 && this.isBefore(at, up); up = (at - 1) >> 1) {
      this.swap(at, up)
      at = up
    }
  }

  private pop(): void {
    const last = this.events.pop()
    if (!last || this.events.length === 0) return
    this.events[0] = last
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      let next = at
      if (left < this.events.length && this.isBefore(left, next)) next = left
      if (right < this.events.length && this.isBefore(right, next)) next = right
      if (next === at) return
      this.swap(at, next)
      at = next
    }
  }
}

/** All that can go on without time has gone on. */
async function standstill(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => Real.setImmediate(resolve))
}

function replace(target: object, members: object): () => void {
  const before = Object.keys(members).map(
    (name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const,
  )
  for (const [name, value] of Object.entries(members))
    Object.defineProperty(target, name, { value, configurable: true, writable: true })
  return () => {
    for (const [name, own] of before)
      if (own) Object.defineProperty(target, name, own)
      else Reflect.deleteProperty(target, name)
  }
}

function uuidFrom(dice: Dice): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(dice.next() * 16).toString(16)).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

interface Gcm {
  iv: Uint8Array
  additionalData: Uint8Array
}

type Data = Uint8Array | ArrayBuffer
const bytes = (data: Data): Uint8Array => (data instanceof ArrayBuffer ? new Uint8Array(data) : data)

/** What a key was imported to sign with. */
const hashes = new WeakMap<KeyObject, string>()
const hashNamed = (name: string) => name.toLowerCase().replace('-', '')

/** Node does these in other threads, whose answers come when they come: then a seed would not be one story. */
const atOnce = {
  digest: async (name: string, data: Data) => plain(createHash(hashNamed(name)).update(bytes(data)).digest()),
  // Bytes as they are would be tried for a key at each use, which costs more than the use.
  importKey: async (_: string, raw: Uint8Array, { hash = 'SHA-256' }: { hash?: string } = {}) => {
    const key = createSecretKey(raw)
    hashes.set(key, hashNamed(hash))
    return key
  },
  sign: async (_: string, key: KeyObject, data: Data) =>
    plain(
      createHmac(hashes.get(key) ?? 'sha256', key)
        .update(bytes(data))
        .digest(),
    ),
  verify: async (_: string, key: KeyObject, signature: Data, data: Data) => {
    const own = createHmac(hashes.get(key) ?? 'sha256', key)
      .update(bytes(data))
      .digest()
    return own.equals(bytes(signature))
  },
  encrypt: async ({ iv, additionalData }: Gcm, key: KeyObject, data: Data) => {
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(additionalData)
    return plain(Buffer.concat([cipher.update(bytes(data)), cipher.final(), cipher.getAuthTag()]))
  },
  decrypt: async ({ iv, additionalData }: Gcm, key: KeyObject, sealed: Uint8Array) => {
    const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(additionalData)
    decipher.setAuthTag(sealed.subarray(-16))
    return plain(Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]))
  },
  timingSafeEqual: (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0,
}

/** As the platform's own for `deflate-raw`, which needs another thread. */
class InflatedAtOnce extends TransformStream<Uint8Array, Uint8Array> {
  constructor() {
    const parts: Uint8Array[] = []
    super({
      transform: (part) => void parts.push(part),
      flush(controller) {
        try {
          controller.enqueue(new Uint8Array(inflateRawSync(Buffer.concat(parts))))
        } catch (thrown) {
          throw new TypeError(String(thrown))
        }
      },
    })
  }
}

const plain = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer
