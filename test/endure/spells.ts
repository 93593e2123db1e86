import { CATALOGUE, KINDS, type Kind, type KindName, type Place, strike } from '../fakes/catalogue'
import { strickenOf } from '../faults/scenario'
import type { Dice } from '../platform/dice'
import type { Town } from '../platform/town'
import type { Company } from './company'

const MINUTE_MS = 60_000
const AT_WRITES = { on: /^(POST|PATCH|PUT) /, probability: 0.5 }
const FOREVER = { times: Number.POSITIVE_INFINITY }

/** Kinds that set the same thing: one at a time, or the end of one would be the end of the other. */
const GROUPS: Readonly<Partial<Record<KindName, string>>> = {
  'clock-ahead': 'clock',
  'clock-behind': 'clock',
  'stale-replica': 'replica',
  'webhook-minimal': 'payload',
  'webhook-edge': 'payload',
  'custom-field-retyped': 'custom-field',
  'custom-field-vanished': 'custom-field',
}
const OF_ALL = ['clock', 'replica']
/** How often it strikes. */
const CHANCES: Readonly<Record<Place, readonly [number, ...number[]]>> = {
  answer: [0.02, 0.1, 0.4],
  data: [0.1, 0.5],
  access: [0.1],
  clock: [1],
  webhook: [0.3, 0.8],
  D1: [0.01, 0.1],
  object: [0.01, 0.05],
}
/** Each of these leaves something to be put right, or is over at once. */
const FEW: readonly KindName[] = [
  'page-short',
  'token-expires',
  'alarm-throws',
  'unauthorized-once',
  'deploy',
  'webhook-gone',
]

/** Trouble by the seed: kinds of the catalogue, one after another and side by side, for each company. */
export class Spells {
  /** How often each kind has struck, by company. */
  readonly struck = new Map<Company, Map<KindName, number>>()
  private readonly underWay = new Set<string>()
  private open: (() => void)[] = []
  constructor(
    private readonly town: Town,
    private readonly dice: Dice,
  ) {}

  /** Some time within the next hours, for a while. */
  plan(company: Company, hours: number): void {
    const { dice, town } = this
    const kind = dice.pick(KINDS) ?? 'slow'
    const begin = dice.between(0, hours * 60) * MINUTE_MS
    const lasts = dice.between(5, 90) * MINUTE_MS
    town.timeline.after(begin, () => this.cast(company, kind, lasts))
  }

  /** The weather clears, for all. */
  clear(): void {
    for (const lift of this.open.splice(0)) lift()
  }

  private cast(company: Company, name: KindName, lasts: number): void {
    const { dice, town } = this
    const group = GROUPS[name] ?? name
    const key = OF_ALL.includes(group) ? group : `${group} ${company.name}`
    if (this.underWay.has(key)) return
    this.underWay.add(key)
    const kind: Kind = CATALOGUE[name]
    const often =
      kind.needsAdmin || FEW.includes(name) ? {} : { ...FOREVER, probability: dice.pick(CHANCES[kind.place]) }
    // Reads are many: what befalls a write, which may be done twice, would be rare.
    const where = kind.place === 'answer' && dice.is(0.5) ? { ...often, ...AT_WRITES } : often
    const system = kind.place === 'data' ? 'powerOffice' : dice.pick(['tribe', 'powerOffice'] as const)
    town.tell(`FAULT ${company.name} ${name} ${system} ${JSON.stringify(where)}`)
    company.weather.hasBeenRough = true
    company.weather.hasLate = true
    const world = strickenOf(town, company.tenant)
    const users = { insert: () => company.act(), edit: () => company.act(), remove: () => company.act() }
    const active = strike(name, { ...world, users }, { ...where, system })
    let isOver = false
    const lift = () => {
      if (isOver) return
      isOver = true
      active.lift()
      this.underWay.delete(key)
      this.count(company, name, active.struck())
      town.tell(`FAULT OVER ${company.name} ${name}, struck ${active.struck()} times`)
    }
    this.open.push(lift)
    town.timeline.after(lasts, lift)
  }

  private count(company: Company, name: KindName, times: number): void {
    const counts = this.struck.get(company) ?? new Map<KindName, number>()
    this.struck.set(company, counts)
    counts.set(name, (counts.get(name) ?? 0) + times)
  }
}
