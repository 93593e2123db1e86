/**
 * Three-way merge, field by field, on fingerprints (spec §9, design 9). A fingerprint stands for a value
 * that both systems can express; `''` stands for "empty". Equal fingerprints are equal values.
 */

/** One side of a record: a fingerprint per field. */
export type Fingerprints = Readonly<Record<string, string>>

/**
 * How a field was when it was last in step. Usually both sides held one value; a pair says that they held
 * these two, Tribe's first, because a system keeps a value in a way of its own (it adds a country, cuts a
 * long line). Each side has changed when it differs from its own.
 */
export type Bases = Readonly<Record<string, Base>>
/**
 * A third member says that this side refused what the other holds: it is not sent again before it changes. `apart`:
 * each side keeps its own until they are the same by themselves, since another record goes with Tribe's. `withheld`: they
 * were never in step, and what the policy would write waits; an edit of either side goes on as ever. `sent-…`: that
 * side's is what was written there, and nothing has shown yet what the system made of it.
 */
export type Base =
  | string
  | readonly [tribe: string, powerOffice: string]
  | readonly [tribe: string, powerOffice: string, refusedBy: Side]
  | readonly [tribe: string, powerOffice: string, apart: 'apart' | 'withheld']
  | readonly [tribe: string, powerOffice: string, sent: Sent]

export type Side = 'tribe' | 'powerOffice'
type Sent = `sent-${Side}`
export type ConflictPolicy = 'poweroffice' | 'tribe' | 'newest'

export interface Merge {
  /** Fields whose value travels from PowerOffice to Tribe. */
  toTribe: string[]
  /** Fields whose value travels from Tribe to PowerOffice because somebody changed it there. */
  toPowerOffice: string[]
  /**
   * Fields that Tribe has filled and PowerOffice never had. They do no harm where they are: a first load
   * leaves them, a later write takes them along, and the nightly comparison sends them.
   */
  fills: string[]
  /** Fields that both sides changed to different values, and who won. */
  conflicts: { field: string; winner: Side }[]
}

export interface MergeInput {
  fields: readonly string[]
  tribe: Fingerprints
  powerOffice: Fingerprints
  bases: Bases
  policy: ConflictPolicy
  /** For the policy `newest`: whose record was changed last. */
  newest: Side
  /** Fields that PowerOffice alone decides: its numbers. */
  ledByPowerOffice: ReadonlySet<string>
}

export function merge(input: MergeInput): Merge {
  const result: Merge = { toTribe: [], toPowerOffice: [], fills: [], conflicts: [] }
  for (const field of input.fields) {
    const decision = decide(field, input)
    if (decision.go === 'to-tribe') result.toTribe.push(field)
    if (decision.go === 'to-poweroffice') result.toPowerOffice.push(field)
    if (decision.go === 'fill') result.fills.push(field)
    if (decision.conflict) {
      const winner = decision.go === 'to-tribe' ? 'powerOffice' : 'tribe'
      result.conflicts.push({ field, winner })
    }
  }
  return result
}

type Decision = { go: 'nowhere' | 'to-tribe' | 'to-poweroffice' | 'fill'; conflict?: true }

function decide(field: string, input: MergeInput): Decision {
  const tribe = input.tribe[field] ?? ''
  const powerOffice = input.powerOffice[field] ?? ''
  if (tribe === powerOffice) return { go: 'nowhere' }
  const base = input.bases[field]
  if (isApart(base)) return { go: 'nowhere' }
  if (isRefused(base) && base[0] === tribe && base[1] === powerOffice) return { go: 'nowhere' }
  if (input.ledByPowerOffice.has(field)) return { go: powerOffice === '' ? 'nowhere' : 'to-tribe' }

  if (base === undefined) {
    // The first link: an empty side never erases a filled one.
    if (powerOffice === '') return { go: 'fill' }
    if (tribe === '') return { go: 'to-tribe' }
    return { go: byPolicy(input), conflict: true }
  }
  const [lastTribe, lastPowerOffice] = typeof base === 'string' ? [base, base] : base
  const tribeChanged = tribe !== lastTribe
  const powerOfficeChanged = powerOffice !== lastPowerOffice
  if (tribeChanged && powerOfficeChanged) return { go: byPolicy(input), conflict: true }
  if (tribeChanged) return { go: 'to-poweroffice' }
  if (powerOfficeChanged) return { go: 'to-tribe' }
  return { go: powerOffice === '' ? 'fill' : 'nowhere' }
}

type Refused = readonly [tribe: string, powerOffice: string, refusedBy: Side]
const isRefused = (base: Base | undefined): base is Refused =>
  typeof base === 'object' && (base[2] === 'tribe' || base[2] === 'powerOffice')
export const isApart = (base: Base | undefined): boolean =>
  base !== undefined && typeof base !== 'string' && base[2] === 'apart'

export const isWithheld = (base: Base | undefined): boolean =>
  base !== undefined && typeof base !== 'string' && base[2] === 'withheld'

/** As if the two had just been linked, where the policy is still to decide. */
export const withoutWithheld = (bases: Bases): Bases =>
  Object.fromEntries(Object.entries(bases).filter(([, base]) => !isWithheld(base)))

function byPolicy({ policy, newest }: MergeInput): 'to-tribe' | 'to-poweroffice' {
  if (policy === 'newest') return newest === 'tribe' ? 'to-poweroffice' : 'to-tribe'
  return policy === 'tribe' ? 'to-poweroffice' : 'to-tribe'
}

/** What to remember of a field that one side refused, so that it is not sent again before either side changes it. */
export const refusedBase = (
  field: string,
  { tribe, powerOffice }: Readonly<Record<Side, Fingerprints>>,
  by: Side,
): Base => [tribe[field] ?? '', powerOffice[field] ?? '', by]

/** What was refused before, and stands as it stood. */
export const stillRefused = (
  field: string,
  { tribe, powerOffice }: Readonly<Record<Side, Fingerprints>>,
  bases: Bases,
): Base | null => {
  const base = bases[field]
  const isAsItWas =
    isRefused(base) && base[0] === (tribe[field] ?? '') && base[1] === (powerOffice[field] ?? '')
  return isAsItWas ? base : null
}

/** What to remember once a merge was carried out: the fields as both sides hold them now. */
export function basesOf(
  fields: readonly string[],
  tribe: Fingerprints,
  powerOffice: Fingerprints,
): Record<string, Base> {
  const bases: Record<string, Base> = {}
  for (const field of fields) {
    const left = tribe[field] ?? ''
    const right = powerOffice[field] ?? ''
    bases[field] = left === right ? left : [left, right]
  }
  return bases
}

/** Who refused what the other side holds; null when nobody did. */
export const refusedByIn = (field: string, bases: Bases): Side | null => {
  const base = bases[field]
  return isRefused(base) ? base[2] : null
}

/** No fingerprint looks like it. */
const NEVER = '?'

/** The bases without what was refused: it is sent once more. */
export function forgiven(bases: Bases): Bases {
  return Object.fromEntries(
    Object.entries(bases).map(([field, base]): [string, Base] => {
      if (!isRefused(base)) return [field, base]
      return [field, base[2] === 'powerOffice' ? [NEVER, base[1]] : [base[0], NEVER]]
    }),
  )
}

/** True when one side holds just what it held when the record was last in step: nothing to do for its sake. */
export function isAsLast(side: Side, fields: readonly string[], now: Fingerprints, bases: Bases): boolean {
  return fields.every((field) => {
    const base = bases[field] ?? '' // a field that is new to us matters once it is filled
    const last = typeof base === 'string' ? base : base[side === 'tribe' ? 0 : 1]
    return (now[field] ?? '') === last
  })
}

/** What to remember of a field that was written to a side whose answer does not show what it made of that. */
export const sentBase = (
  field: string,
  { tribe, powerOffice }: Readonly<Record<Side, Fingerprints>>,
  to: Side,
): Base => [tribe[field] ?? '', powerOffice[field] ?? '', `sent-${to}`]

/**
 * The bases once a side has been seen that nobody changed since it was written to: what it holds of these fields is what
 * it made of what was sent, and no edit. The same object where nothing is learned.
 */
export function asSeen(bases: Bases, side: Side, fields: readonly string[], now: Fingerprints): Bases {
  const isNews = (field: string): boolean => {
    const base = bases[field]
    return (
      typeof base === 'object' &&
      base[2] === `sent-${side}` &&
      base[side === 'tribe' ? 0 : 1] !== (now[field] ?? '')
    )
  }
  const news = fields.filter(isNews)
  if (news.length === 0) return bases
  const seen = news.map((field): [string, Base] => {
    const [tribe, powerOffice] = bases[field] as [string, string]
    return [field, side === 'tribe' ? [now[field] ?? '', powerOffice] : [tribe, now[field] ?? '']]
  })
  return { ...bases, ...Object.fromEntries(seen) }
}
