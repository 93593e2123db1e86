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
export type Bases = Readonly<Record<string, string | readonly [tribe: string, powerOffice: string]>>

export type Side = 'tribe' | 'powerOffice'
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
  if (input.ledByPowerOffice.has(field)) return { go: powerOffice === '' ? 'nowhere' : 'to-tribe' }

  const base = input.bases[field]
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

function byPolicy({ policy, newest }: MergeInput): 'to-tribe' | 'to-poweroffice' {
  if (policy === 'newest') return newest === 'tribe' ? 'to-poweroffice' : 'to-tribe'
  return policy === 'tribe' ? 'to-poweroffice' : 'to-tribe'
}

/** What to remember once a merge was carried out: the fields as both sides hold them now. */
export function basesOf(fields: readonly string[], tribe: Fingerprints, powerOffice: Fingerprints): Bases {
  const bases: Record<string, string | [string, string]> = {}
  for (const field of fields) {
    const left = tribe[field] ?? ''
    const right = powerOffice[field] ?? ''
    bases[field] = left === right ? left : [left, right]
  }
  return bases
}

/** True when one side holds just what it held when the record was last in step: nothing to do for its sake. */
export function isAsLast(side: Side, fields: readonly string[], now: Fingerprints, bases: Bases): boolean {
  return fields.every((field) => {
    const base = bases[field] ?? '' // a field that is new to us matters once it is filled
    const last = typeof base === 'string' ? base : base[side === 'tribe' ? 0 : 1]
    return (now[field] ?? '') === last
  })
}
