import { sqliteInMemory } from '../tenant-sync/sqlite'
import { heardIn, Life } from './life'
import type { Timeline } from './timeline'

/** How often the platform tries an alarm again that ended in an exception, before it gives up. */
const ALARM_RETRIES = 6
const RETRY_MS = 2000

interface Instance {
  alarm?(): Promise<void>
  [method: string]: unknown
}

export type MakeInstance = (state: DurableObjectState) => object

/** One Durable Object: its SQLite and its alarm outlive whatever happens to the code. */
export class HostedObject {
  private life = new Life()
  private instance: Instance | null = null
  sql = sqliteInMemory()
  private readonly values = new Map<string, unknown>()
  alarmAt: number | null = null
  private callOff: () => void = () => undefined
  private retries = 0
  /** How many runs of its alarm are going to end in an exception, before they begin. */
  alarmsToThrow = 0
  /** What the next calls of others end with, instead of an answer. */
  readonly callsToFail: Error[] = []
  /** Told of what is asked of it, of each statement of its own SQLite, and of each alarm that it sets. */
  onDone: (what: string) => void = () => undefined
  /** How often it was made anew. */
  lives = 0
  /** Alarms that the platform gave up. */
  lostAlarms = 0

  constructor(
    private readonly timeline: Timeline,
    private readonly make: MakeInstance,
    private readonly tell: (line: string) => void,
  ) {}

  /** What another asks of it. Who asks an object that is reset meanwhile is told so. */
  call(method: string, given: unknown[]): Promise<unknown> {
    const failure = this.callsToFail.shift()
    if (failure) return this.timeline.sleep(1).then(() => Promise.reject(failure))
    const { life, instance } = this.current()
    this.onDone(method)
    const caller = Life.now()
    const run = async () => {
      await this.timeline.sleep(1)
      const asked = instance[method] as (this: Instance, ...given: unknown[]) => unknown
      return asSent(await asked.apply(instance, given))
    }
    const reset = life.ended.then(() => {
      throw Object.assign(new Error('The Durable Object was reset'), { retryable: true })
    })
    reset.catch(() => undefined)
    return heardIn(caller, Promise.race([life.run(run), reset]))
  }

  /** A deploy or a move: another takes its place. The old code goes on until it touches its storage. */
  reset(): void {
    this.life.replace()
    this.instance = null
  }

  /** Its machine is gone: the code is cut off wherever it is, and only what was stored is left. */
  crash(): void {
    this.life.end()
    this.instance = null
  }

  setAlarm(at: number): void {
    this.callOff()
    this.alarmAt = at
    this.callOff = this.timeline.after(at - this.timeline.now(), () => void this.fire())
  }

  loseAlarm(): void {
    this.callOff()
    this.alarmAt = null
  }

  private async fire(): Promise<void> {
    this.alarmAt = null
    if (await this.runAlarm()) {
      this.retries = 0
      return
    }
    this.retries++
    if (this.retries <= ALARM_RETRIES) {
      if (this.alarmAt === null) this.setAlarm(this.timeline.now() + RETRY_MS * 2 ** (this.retries - 1))
      return
    }
    this.retries = 0
    this.lostAlarms++
    this.tell('the platform gives up the alarm')
  }

  private async runAlarm(): Promise<boolean> {
    if (this.alarmsToThrow > 0) {
      this.alarmsToThrow--
      return false
    }
    const { life, instance } = this.current()
    try {
      const work = life.run(() => instance.alarm?.() ?? Promise.resolve())
      work.catch(() => undefined)
      await Promise.race([work, life.ended])
      return life.isCurrent
    } catch (thrown) {
      if (life.isCurrent) this.tell(`ALARM THROWS ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
      return false
    }
  }

  private current(): { life: Life; instance: Instance } {
    const { instance } = this
    if (instance && this.life.isCurrent) return { life: this.life, instance }
    const life = new Life()
    this.life = life
    this.lives++
    const made = life.run(() => this.make(this.state(life))) as Instance
    this.instance = made
    return { life, instance: made }
  }

  private state(life: Life): DurableObjectState {
    const alive =
      <T>(work: () => T) =>
      () => {
        const done = (async () => {
          life.touch()
          return work()
        })()
        // Whoever waits for it is told; it is no fault that nobody does.
        done.catch(() => undefined)
        return done
      }
    const storage = {
      sql: life.storage(
        () => this.sql,
        (query) => this.onDone(query),
      ),
      setAlarm: (at: number) =>
        alive(() => {
          this.onDone('alarm')
          this.setAlarm(at)
        })(),
      deleteAlarm: alive(() => this.loseAlarm()),
      getAlarm: alive(() => this.alarmAt),
      deleteAll: alive(() => {
        this.sql = sqliteInMemory()
        this.values.clear()
      }),
      get: (key: string) => alive(() => structuredClone(this.values.get(key)))(),
      put: (key: string, value: unknown) => alive(() => this.values.set(key, structuredClone(value)))(),
      delete: (key: string) => alive(() => this.values.delete(key))(),
    }
    const waitUntil = (work: Promise<unknown>) =>
      void work.catch((thrown) => {
        if (life.isCurrent) this.tell(`WAITED FOR IN VAIN ${thrown}`)
      })
    return { storage, waitUntil } as unknown as DurableObjectState
  }
}

/** On the way from one object to another a value is copied. */
const asSent = (value: unknown) => (value instanceof Response ? value : structuredClone(value))

/** The objects of one class, by name. */
export class Namespace {
  readonly objects = new Map<string, HostedObject>()
  constructor(private readonly create: () => HostedObject) {}

  of(name: string): HostedObject {
    const found = this.objects.get(name) ?? this.create()
    this.objects.set(name, found)
    return found
  }

  /** Where each object was made: a Worker that looked for it elsewhere would find another one. */
  readonly places = new Map<string, string | null>()

  /** As a Worker is given it. */
  get binding() {
    return this.bindingIn(null)
  }

  private bindingIn(jurisdiction: string | null) {
    const get = (id: { name: string }) => {
      const place = this.places.get(id.name) ?? jurisdiction
      if (place !== jurisdiction)
        throw new Error(`the object ${id.name} is in ${place}, and not in ${jurisdiction}`)
      this.places.set(id.name, place)
      const object = this.of(id.name)
      return new Proxy({} as Record<string, unknown>, {
        get: (_, method) => {
          if (typeof method !== 'string' || method === 'then') return undefined
          return (...given: unknown[]) => object.call(method, given)
        },
      })
    }
    const idFromName = (name: string) => ({ name })
    const getByName = (name: string) => get(idFromName(name))
    return { get, idFromName, getByName, jurisdiction: (name: string): unknown => this.bindingIn(name) }
  }
}
