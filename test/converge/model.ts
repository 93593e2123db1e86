import type { Kind, Values } from './kind'
import type { Scene } from './scene'

export type Side = 'tribe' | 'powerOffice'
export const SIDES = ['tribe', 'powerOffice'] as const
export const otherSide = (side: Side): Side => (side === 'tribe' ? 'powerOffice' : 'tribe')

/** A record that one system has and the other should have too. */
export interface Twin {
  label: string
  kind: Kind
  hub: Hub
  tribeId: string | null
  powerOfficeId: string | null
  /** A user deleted it there; what the other side had then, it keeps. */
  deletedIn: Set<Side>
  /** The side where a record must be left, though it is gone on the other. */
  keeps: Set<Side>
  /** It was there before the first load was over, in Tribe only, and nobody has touched it since. */
  isDormant: boolean
  /** What a kind needs to know besides. */
  about: Record<string, string | number | boolean | null>
}

interface Edit {
  value: string | null
  at: number
  /** It happened while the relay was in the middle of something. */
  isRace: boolean
  /** What it overwrote there, since the field was last in step. */
  earlier?: (string | null)[]
}

/** Records that are made of the same parts: the roles that one company plays. */
export class Hub {
  readonly twins: Twin[] = []
  /** Field → where it was edited since it was last in step → the edit. */
  readonly pending = new Map<string, Map<string, Edit>>()
  /** Field → what both sides held when all was looked at last. */
  readonly agreed = new Map<string, string | null>()
  /** Fields whose edits met a state that nobody can judge. */
  readonly blurred = new Set<string>()
  /** Fields of a pair that an admin tied: what was last in step counts no more. */
  readonly tied = new Set<string>()
  constructor(readonly label: string) {}
}

export interface LinkRow {
  kind: string
  tribe_id: string
  power_office_id: string
  bases: Record<string, string | [string, string, string?]>
  state: string
}

/** What users did, and what has to come of it. */
export class Model {
  readonly hubs: Hub[] = []
  /** Writes that the users' edits give reason for, by the side that is written to. */
  readonly causes: Record<Side, number> = { tribe: 0, powerOffice: 0 }
  constructor(
    private readonly world: Scene,
    /** Told of each record that a user works on. */
    private readonly onEdit: (hub: Hub) => void = () => undefined,
  ) {}

  get twins(): Twin[] {
    return this.hubs.flatMap((hub) => hub.twins)
  }

  /** Users work on these records just now; null: on any. */
  focus: Hub | null = null
  /** What a user may take up. */
  get atHand(): readonly Twin[] {
    return this.focus?.twins ?? this.twins
  }

  hubNamedIn(path: string): Hub | null {
    const isNamed = ({ tribeId, powerOfficeId, about }: Twin) =>
      [tribeId, powerOfficeId, about.relationId].some((id) => id != null && path.includes(String(id)))
    return this.hubs.find((hub) => hub.twins.some(isNamed)) ?? null
  }

  hub(label: string): Hub {
    const hub = new Hub(label)
    this.hubs.push(hub)
    return hub
  }

  twin(hub: Hub, kind: Kind, ids: { tribeId?: string; powerOfficeId?: string | number }): Twin {
    const twin: Twin = {
      label: `${hub.label}/${kind.name}`,
      kind,
      hub,
      tribeId: ids.tribeId ?? null,
      powerOfficeId: ids.powerOfficeId === undefined ? null : String(ids.powerOfficeId),
      deletedIn: new Set(),
      keeps: new Set(),
      isDormant: ids.powerOfficeId === undefined && this.isLoading,
      about: { isOfBooks: ids.tribeId === undefined },
    }
    hub.twins.push(twin)
    return twin
  }

  /** While the first load runs, nobody can say what was there before it. */
  private get isLoading(): boolean {
    return this.world.relay.facts.get('initial-sync') !== null
  }

  /** The links as the relay has them now. */
  links(): LinkRow[] {
    const rows = this.world.relay.database
      .prepare('select * from links where tenant_id = ?')
      .all(this.world.relay.tenantId)
    return rows.map((row) => ({ ...row, bases: JSON.parse(String(row.bases)) })) as unknown as LinkRow[]
  }

  /** Learns from the links which record of the other system a twin has become. */
  learn(links = this.links()): Map<Twin, LinkRow> {
    const byTribe = new Map(links.map((link) => [`${link.kind} ${link.tribe_id}`, link]))
    const byPowerOffice = new Map(links.map((link) => [`${link.kind} ${link.power_office_id}`, link]))
    const found = new Map<Twin, LinkRow>()
    for (const twin of this.twins) {
      const link =
        byTribe.get(`${twin.kind.name} ${twin.tribeId}`) ??
        byPowerOffice.get(`${twin.kind.name} ${twin.powerOfficeId}`)
      if (!link) continue
      twin.tribeId = link.tribe_id
      twin.powerOfficeId = link.power_office_id
      found.set(twin, link)
    }
    return found
  }

  read(twin: Twin, side: Side): Values | null {
    const id = side === 'tribe' ? twin.tribeId : twin.powerOfficeId
    return id === null ? null : twin.kind.read(this.world, twin, side)
  }

  /** A user does something to one side of these records; what it changes is worked out by looking. */
  edit(side: Side, hub: Hub, work: () => void): void {
    this.onEdit(hub)
    const links = this.learn()
    const was = new Map(this.twins.map((twin) => [twin, this.isThere(twin, side)]))
    const states = new Map(hub.twins.map((twin) => [twin, this.stateOf(twin, links.get(twin))]))
    const before = new Map(hub.twins.map((twin) => [twin, this.read(twin, side)]))
    work()
    for (const twin of this.twins)
      if (was.get(twin) && !this.isThere(twin, side)) this.deleted(twin, side, links.has(twin))
    const seen = new Set<string>()
    for (const twin of hub.twins) {
      const [old, now] = [before.get(twin), this.read(twin, side)]
      if (!old || !now || twin.deletedIn.size > 0) continue
      for (const field of Object.keys(now)) {
        if (old[field] === now[field]) continue
        // Not every Tribe tells when a person changes company.
        if (!twin.kind.withoutBase.has(field) && !this.isLoading) twin.isDormant = false
        const name = twin.kind.sharedName(field)
        const cell = side === 'tribe' ? 'tribe' : `powerOffice:${twin.powerOfficeId}`
        if (seen.has(name)) continue
        seen.add(name)
        const isBack = this.isAsLast(links.get(twin), side, field, now[field] ?? null)
        this.note(hub, name, cell, { value: now[field] ?? null, isBack }, states)
        if (side === 'powerOffice' && old[field] === null) this.noteFill(twin, field)
      }
    }
    // What cannot be sent is changed again before it was ever in step.
    for (const twin of hub.twins)
      for (const { field } of twin.kind.excuses(this.world, twin))
        if (field) hub.blurred.add(twin.kind.sharedName(field))
    this.count(side, hub)
  }

  private note(
    hub: Hub,
    field: string,
    cell: string,
    { value, isBack }: { value: string | null; isBack: boolean },
    states: ReadonlyMap<Twin, Record<string, boolean>>,
  ): void {
    const inStep = hub.twins.flatMap((twin) => states.get(twin)?.[field] ?? [])
    const pending = hub.pending.get(field) ?? new Map<string, Edit>()
    hub.pending.set(field, pending)
    if (inStep.every(Boolean)) {
      pending.clear()
      hub.blurred.delete(field)
    } else if (inStep.some(Boolean)) hub.blurred.add(field)
    // Who sets a value back has changed nothing, as far as anybody can see.
    const isRace = this.world.relay.isBusy || isBack
    const before = pending.get(cell)
    const earlier = before ? [...(before.earlier ?? []), before.value] : []
    pending.set(cell, { value, at: this.world.clock.now(), isRace, earlier })
  }

  /** What Tribe alone has filled may be on its way already, and arrive after what is entered now. */
  private noteFill(twin: Twin, field: string): void {
    if (!this.world.relay.isBusy) return
    const pending = twin.hub.pending.get(twin.kind.sharedName(field))
    const value = this.read(twin, 'tribe')?.[field] ?? null
    if (!pending || pending.has('tribe') || value === null) return
    pending.set('tribe', { value, at: this.world.clock.now(), isRace: true })
  }

  /** Two records that are one from the start hold these different values. */
  differ(twin: Twin): void {
    const [tribe, powerOffice] = [this.read(twin, 'tribe'), this.read(twin, 'powerOffice')]
    for (const field of Object.keys(tribe ?? {})) {
      const name = twin.kind.sharedName(field)
      const edits = new Map<string, Edit>()
      const [here, there] = [tribe?.[field] ?? null, powerOffice?.[field] ?? null]
      if (here !== null) edits.set('tribe', { value: here, at: 0, isRace: false })
      if (there !== null) edits.set('powerOffice', { value: there, at: 0, isRace: false })
      twin.hub.pending.set(name, edits)
    }
  }

  /** Which fields were in step, as the relay remembers it. */
  private stateOf(twin: Twin, link: LinkRow | undefined): Record<string, boolean> {
    const [tribe, powerOffice] = [this.read(twin, 'tribe'), this.read(twin, 'powerOffice')]
    const state: Record<string, boolean> = {}
    for (const field of Object.keys(tribe ?? powerOffice ?? {})) {
      const name = twin.kind.sharedName(field)
      if (twin.kind.withoutBase.has(field)) {
        state[name] = tribe?.[field] === powerOffice?.[field]
        continue
      }
      const base = link?.bases[field]
      state[name] =
        // What waits for an admin's look was never in step.
        !(Array.isArray(base) && ['withheld', 'taken-back'].includes(base[2] ?? '')) &&
        this.isAsLast(link, 'tribe', field, tribe?.[field] ?? null) &&
        this.isAsLast(link, 'powerOffice', field, powerOffice?.[field] ?? null)
    }
    return state
  }

  private isAsLast(link: LinkRow | undefined, side: Side, field: string, value: string | null): boolean {
    const base = link?.state === 'linked' ? link.bases[field] : undefined
    const last = typeof base === 'string' ? base : base?.[side === 'tribe' ? 0 : 1]
    return last === this.world.relay.fingerprintOf(value)
  }

  isThere(twin: Twin, side: Side): boolean {
    return this.read(twin, side) !== null
  }

  private deleted(twin: Twin, side: Side, isLinked: boolean): void {
    // What it said went with it.
    twin.hub.pending.clear()
    twin.hub.agreed.clear()
    if (!isLinked && twin.tribeId !== null && twin.powerOfficeId !== null) {
      // Nobody had noticed yet that the two are one: the other is by itself now.
      if (side === 'tribe')
        Object.assign(twin, { tribeId: null }, { about: { ...twin.about, relationId: null } })
      else twin.powerOfficeId = null
      twin.isDormant = true
      twin.about.isHidden = true
      return
    }
    twin.deletedIn.add(side)
    twin.keeps.delete(side)
    if (this.isThere(twin, otherSide(side))) twin.keeps.add(otherSide(side))
  }

  /** An edit gives reason for a write to each record at the other side, and from there on to a third. */
  private count(side: Side, hub: Hub): void {
    const records = Math.max(1, hub.twins.length)
    if (side === 'tribe') this.cause('powerOffice', records)
    else {
      // An organisation, its address and its role are a record each in Tribe.
      this.cause('tribe', 3)
      if (records > 1) this.cause('powerOffice', records - 1)
    }
  }

  cause(side: Side, writes: number): void {
    this.causes[side] += writes
  }
}
