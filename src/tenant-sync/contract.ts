import {
  type ContractWatch,
  type Known,
  type Misread,
  type System,
  typeOf,
  valuesAt,
} from '../shared/contract'
import { DAY_MS, HOUR_MS } from '../shared/dates'
import { sha256 } from '../shared/secrets'
import { DONE, type Facts, type Step } from '../sync-step'
import { type Dialect, dialectFrom, gainedBy, inUse } from '../tribe/dialect'

/**
 * Whether the other systems still answer as the relay reads them (DESIGN.md §9.13). What has drifted is kept as paths and
 * types, told once, and goes by itself; counts of what is there are kept in memory, and a list of names each night.
 */

/** Something that has drifted, as the operator is told of it. */
export interface Drift extends Misread {
  system: System
  since: string
}
interface KeptDrift extends Drift {
  name: string
  /** When it was met last, within an hour. */
  lastAt: number
}

/** What is asked of a watch besides. */
export interface Contract extends ContractWatch {
  /** A field of these lists rests, because its member is not what it was. */
  rests(list: string, member: string): boolean
  /** Each night: which members are always there, and what was not met any more. */
  settle(): void
  /** What Tribe's metadata says of what is in use, against what it said. */
  describe(members: Readonly<Record<string, string>>, dialect: Dialect): Promise<void>
}

interface Held {
  facts: Facts
  cache: Map<string, unknown>
  now: () => number
  tell: (event: string, about: Readonly<Record<string, unknown>>) => void
}

/** As the status of the tenant reads it. */
export const DRIFTED = 'contract-drifted'
const ALWAYS = 'contract-always'
const METADATA = 'contract-metadata'

/** More are one and the same trouble. */
const MOST = 40
/** So many rows say whether a member is always there, and so many in a row that it is not any more. */
const ENOUGH_ROWS = 20
/** Of a long list the first ones are looked at. */
const ROWS_LOOKED_AT = 200

interface Seen {
  rows: number
  /** Somewhere it said that something is empty: then what is left out is no empty member. */
  saysNull: boolean
  /** In how many rows each member was, and in how many it has not been since it was last. */
  there: Map<string, number>
  lacking: Map<string, number>
}

interface State {
  drifts: Map<string, KeptDrift>
  seen: Map<string, Seen>
  always: Record<string, string[]>
}

const keyOf = (system: System, path: string) => `${system} ${path}`

export function contractIn({ facts, cache, now, tell }: Held): Contract {
  /** As long as the object lives; whatever forgets the company forgets it, too. */
  const state = (): State => {
    const known = cache.get('contract') as State | undefined
    if (known) return known
    const kept = facts.get(DRIFTED) ?? []
    const made: State = {
      drifts: new Map(kept.map((drift) => [keyOf(drift.system, drift.path), drift])),
      seen: new Map(),
      always: facts.get(ALWAYS) ?? {},
    }
    cache.set('contract', made)
    return made
  }

  function keep({ drifts }: State): void {
    if (drifts.size === 0) facts.remove(DRIFTED)
    else facts.set(DRIFTED, [...drifts.values()])
  }

  function note(system: System, name: string, misreads: readonly Misread[]): void {
    const held = state()
    let isNews = false
    for (const { path, reads, found, rests } of misreads) {
      const key = keyOf(system, path)
      const before = held.drifts.get(key)
      const isOld = before ? now() - before.lastAt < HOUR_MS : held.drifts.size >= MOST
      if (isOld) continue
      const since = before?.since ?? new Date(now()).toISOString()
      held.drifts.set(key, { system, name, path, reads, found, rests, since, lastAt: now() })
      isNews = true
      if (!before) tell('contract-drifted', { system, path, reads, found, rests: rests !== null })
    }
    if (isNews) keep(held)
  }

  function end(held: State, isOver: (drift: KeptDrift) => boolean): void {
    const over = [...held.drifts].filter(([, drift]) => isOver(drift))
    if (over.length === 0) return
    for (const [key, { system, path }] of over) {
      held.drifts.delete(key)
      tell('contract-whole', { system, path })
    }
    keep(held)
  }

  return {
    misread: ({ system, name }, misreads) => note(system, name, misreads),

    read(known, all) {
      const held = state()
      const rows = all.slice(0, ROWS_LOOKED_AT)
      const { system, name } = known
      if (known.members.length > 0) count(held, known, rows)
      const lacking = held.seen.get(name)?.lacking
      const gone = (held.always[name] ?? []).filter((member) => (lacking?.get(member) ?? 0) >= ENOUGH_ROWS)
      note(system, name, [...gone.map((member) => missing(known, member)), ...unknownChoices(known, rows)])
      if (held.drifts.size > 0)
        end(
          held,
          (drift) =>
            drift.system === system &&
            drift.name === name &&
            now() - drift.lastAt >= HOUR_MS &&
            drift.found !== OTHER_VALUE &&
            rows.some((row) => isWhole(row, drift)),
        )
    },

    rests(list, member) {
      const { drifts } = state()
      if (drifts.size === 0) return false
      return [...drifts.values()].some(({ name, rests }) => name === list && rests === member)
    },

    settle() {
      const held = state()
      const always = { ...held.always }
      for (const [name, { rows, saysNull, there }] of held.seen) {
        if (rows < ENOUGH_ROWS) continue
        const isGone = (member: string) => held.drifts.has(keyOf('poweroffice', `${name}.${member}`))
        const before = (held.always[name] ?? []).filter(isGone)
        const found = saysNull
          ? [...there].filter(([, count]) => count === rows).map(([member]) => member)
          : []
        always[name] = [...new Set([...before, ...found])].sort()
      }
      held.seen.clear()
      if (JSON.stringify(always) !== JSON.stringify(held.always)) {
        held.always = always
        facts.set(ALWAYS, always)
      }
      // Nothing says that a value that was not known has been put right, but that it is not met any more.
      end(held, ({ found, lastAt }) => found === OTHER_VALUE && now() - lastAt > DAY_MS)
    },

    async describe(members, dialect) {
      const hash = await sha256(JSON.stringify([members, dialect]))
      const before = facts.get(METADATA)
      const ways = JSON.stringify(dialect)
      const held = state()
      if (before?.dialect !== ways) {
        // It was connected anew, and is read by what it says now.
        end(held, ({ name }) => name === METADATA)
        return facts.set(METADATA, { hash, dialect: ways, members })
      }
      const apart =
        before.hash === hash
          ? []
          : Object.entries(before.members).filter(([path, type]) => members[path] !== type)
      end(
        held,
        ({ system, name, path }) =>
          system === 'tribe' && name === METADATA && !apart.some(([one]) => one === path),
      )
      note(
        'tribe',
        METADATA,
        apart.map(([path, reads]) => ({ path, reads, found: members[path] ?? 'missing', rests: null })),
      )
    },
  }
}

const OTHER_VALUE = 'a value that is not known'

function count(held: State, { name, members }: Known, rows: readonly unknown[]): void {
  const seen = held.seen.get(name) ?? { rows: 0, saysNull: false, there: new Map(), lacking: new Map() }
  held.seen.set(name, seen)
  for (const row of rows) {
    if (typeof row !== 'object' || row === null) continue
    seen.rows++
    for (const member of members) {
      const value = (row as Record<string, unknown>)[member]
      if (value === undefined) seen.lacking.set(member, (seen.lacking.get(member) ?? 0) + 1)
      else {
        seen.there.set(member, (seen.there.get(member) ?? 0) + 1)
        seen.lacking.set(member, 0)
      }
      if (value === null) seen.saysNull = true
    }
  }
}

const missing = ({ name, fields }: Known, member: string): Misread => ({
  path: `${name}.${member}`,
  reads: 'a member that was always there',
  found: 'missing',
  rests: fields.includes(member) ? member : null,
})

function unknownChoices({ name, choices }: Known, rows: readonly unknown[]): Misread[] {
  return Object.entries(choices).flatMap(([member, values]) => {
    const isKnown = (value: unknown) => typeof value !== 'string' || value === '' || values.includes(value)
    if (rows.every((row) => valuesAt(row, member).every(isKnown))) return []
    return [
      {
        path: `${name}.${member}`,
        reads: 'one of the values that are known',
        found: OTHER_VALUE,
        rests: null,
      },
    ]
  })
}

/** This row has what had drifted, in another form than was found then. */
function isWhole(row: unknown, { name, path, found }: KeptDrift): boolean {
  const below = path.slice(name.length).replace(/^\./, '')
  if (below === '') return true
  return valuesAt(row, below).some((value) => !['missing', 'null', found].includes(typeOf(value)))
}

const LOOKED_AT = 'contract-looked-at'
/** A night, and not each comparison that somebody asks for. */
const A_NIGHT_MS = 20 * HOUR_MS

/**
 * The job `watch-contract`, after the night's comparison: one call to Tribe, two where it shows no metadata. Names that it had not
 * at the connection, or had not shown, are used from then on.
 */
export const watchContract: Step = async (ctx) => {
  const { contract, facts } = ctx
  if (!contract || ctx.now() - (facts.get(LOOKED_AT) ?? 0) < A_NIGHT_MS) return DONE
  contract.settle()
  const { dialect, hasMetadata } = ctx.tribeProfile
  const metadata = await ctx.tribe.metadata()
  facts.set(LOOKED_AT, ctx.now())
  if (!metadata) return DONE
  const learned = hasMetadata ? gainedBy(dialect, metadata) : dialectFrom(metadata)
  await contract.describe(inUse(metadata, learned ?? dialect), learned ?? dialect)
  if (!learned) return DONE
  await ctx.keepDialect(learned)
  ctx.release(['invoice.date_unknown'])
  return DONE
}
