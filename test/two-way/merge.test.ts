import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  asSeen,
  type Bases,
  basesOf,
  type ConflictPolicy,
  type Fingerprints,
  isAsLast,
  type MergeInput,
  merge,
  type Side,
  sentBase,
} from '../../src/two-way/merge'

/** What happens to the field `phone`, told by a word for each of the ways it can go. */
type Way = 'nowhere' | 'to-tribe' | 'to-poweroffice' | 'fill'

function wayOf(input: MergeInput, field = 'phone'): Way {
  const plan = merge(input)
  const ways: Way[] = []
  if (plan.toTribe.includes(field)) ways.push('to-tribe')
  if (plan.toPowerOffice.includes(field)) ways.push('to-poweroffice')
  if (plan.fills.includes(field)) ways.push('fill')
  expect(ways.length).toBeLessThanOrEqual(1)
  return ways[0] ?? 'nowhere'
}

const NOBODY: ReadonlySet<string> = new Set()

const phone = (
  tribe: string,
  powerOffice: string,
  bases: Bases,
  more: Partial<MergeInput> = {},
): MergeInput => ({
  fields: ['phone'],
  tribe: { phone: tribe },
  powerOffice: { phone: powerOffice },
  bases,
  policy: 'poweroffice',
  newest: 'tribe',
  ledByPowerOffice: NOBODY,
  ...more,
})

const POLICIES: [ConflictPolicy, Side, Way][] = [
  ['poweroffice', 'tribe', 'to-tribe'],
  ['poweroffice', 'powerOffice', 'to-tribe'],
  ['tribe', 'tribe', 'to-poweroffice'],
  ['tribe', 'powerOffice', 'to-poweroffice'],
  ['newest', 'tribe', 'to-poweroffice'],
  ['newest', 'powerOffice', 'to-tribe'],
]

describe('a field of a pair that was in step', () => {
  // base, Tribe now, PowerOffice now, what happens whatever the policy
  test.each<[string, Bases[string] | undefined, string, string, Way]>([
    ['nobody changed it', 'a', 'a', 'a', 'nowhere'],
    ['it is empty on both sides', '', '', '', 'nowhere'],
    ['Tribe changed it', 'a', 'b', 'a', 'to-poweroffice'],
    ['PowerOffice changed it', 'a', 'a', 'b', 'to-tribe'],
    ['Tribe cleared it', 'a', '', 'a', 'to-poweroffice'],
    ['PowerOffice cleared it', 'a', 'a', '', 'to-tribe'],
    ['Tribe filled it', '', 'a', '', 'to-poweroffice'],
    ['PowerOffice filled it', '', '', 'a', 'to-tribe'],
    ['both changed it to the same', 'a', 'b', 'b', 'nowhere'],
    ['both cleared it', 'a', '', '', 'nowhere'],
    ['both filled it with the same', '', 'a', 'a', 'nowhere'],
    ['each holds it in its own way, unchanged', ['a', 'A'], 'a', 'A', 'nowhere'],
    ['each held it in its own way, and Tribe changed it', ['a', 'A'], 'b', 'A', 'to-poweroffice'],
    ['each held it in its own way, and PowerOffice changed it', ['a', 'A'], 'a', 'B', 'to-tribe'],
    ['each held it in its own way, and Tribe took up the other', ['a', 'A'], 'A', 'A', 'nowhere'],
    ['each held it in its own way, and PowerOffice took up the other', ['a', 'A'], 'a', 'a', 'nowhere'],
    ['each held it in its own way, and Tribe cleared it', ['a', 'A'], '', 'A', 'to-poweroffice'],
    ['only Tribe has ever had it', ['a', ''], 'a', '', 'fill'],
    ['only Tribe has ever had it, and it changed there', ['a', ''], 'b', '', 'to-poweroffice'],
    ['only Tribe had it, and PowerOffice filled it', ['a', ''], 'a', 'b', 'to-tribe'],
    ['only Tribe had it, and cleared it', ['a', ''], '', '', 'nowhere'],
    ['only PowerOffice has ever had it', ['', 'a'], '', 'a', 'nowhere'],
    ['only PowerOffice had it, and Tribe filled it', ['', 'a'], 'b', 'a', 'to-poweroffice'],
    ['it is new to the pair, and only PowerOffice has it', undefined, '', 'a', 'to-tribe'],
    ['it is new to the pair, and only Tribe has it', undefined, 'a', '', 'fill'],
    ['it is new to the pair, and both have the same', undefined, 'a', 'a', 'nowhere'],
    ['it is new to the pair, and nobody has it', undefined, '', '', 'nowhere'],
  ])('%s', (_, base, tribe, powerOffice, way) => {
    for (const [policy, newest] of POLICIES) {
      const input = phone(tribe, powerOffice, base === undefined ? {} : { phone: base }, { policy, newest })
      expect(wayOf(input)).toBe(way)
      expect(merge(input).conflicts).toEqual([])
    }
  })

  describe.each<[string, Bases[string] | undefined, string, string]>([
    ['changed on both sides to different values', 'a', 'b', 'c'],
    ['cleared in Tribe and changed in PowerOffice', 'a', '', 'c'],
    ['changed in Tribe and cleared in PowerOffice', 'a', 'b', ''],
    ['filled differently on both sides', '', 'b', 'c'],
    ['held in two ways, and changed on both sides', ['a', 'A'], 'b', 'c'],
    ['held in two ways that changed places', ['a', 'A'], 'A', 'a'],
    ['filled differently on both sides when they are linked', undefined, 'b', 'c'],
  ])('%s is a conflict', (_, base, tribe, powerOffice) => {
    test.each(POLICIES)('under the policy %s, with %s changed last: it goes %s', (policy, newest, way) => {
      const input = phone(tribe, powerOffice, base === undefined ? {} : { phone: base }, { policy, newest })
      expect(wayOf(input)).toBe(way)
      expect(merge(input).conflicts).toEqual([
        { field: 'phone', winner: way === 'to-tribe' ? 'powerOffice' : 'tribe' },
      ])
    })
  })
})

describe('the customer number, which PowerOffice alone decides', () => {
  test.each<[string, Bases[string] | undefined, string, string, Way]>([
    ['it overwrites what was typed in Tribe', '10001', '5', '10001', 'to-tribe'],
    ['it overwrites what Tribe had before the link', undefined, '5', '10001', 'to-tribe'],
    ['it fills an empty one', undefined, '', '10001', 'to-tribe'],
    ['it comes back when Tribe clears it', '10001', '', '10001', 'to-tribe'],
    ['it travels when it changes in PowerOffice', '10001', '10001', '10002', 'to-tribe'],
    ['both changed it: no conflict, PowerOffice decides', '10001', '5', '10002', 'to-tribe'],
    ['it stays in Tribe while PowerOffice has none', undefined, '5', '', 'nowhere'],
    ['it is in step', '10001', '10001', '10001', 'nowhere'],
  ])('%s', (_, base, tribe, powerOffice, way) => {
    for (const [policy, newest] of POLICIES) {
      const ledByPowerOffice = new Set(['phone'])
      const bases: Bases = base === undefined ? {} : { phone: base }
      const input = phone(tribe, powerOffice, bases, { policy, newest, ledByPowerOffice })
      expect(wayOf(input)).toBe(way)
      expect(merge(input).conflicts).toEqual([])
    }
  })
})

test('a field that the tenant has switched off is left alone, whatever is known of it', () => {
  const input = phone('a', 'b', { phone: 'c' }, { fields: [] })
  expect(merge(input)).toEqual({ toTribe: [], toPowerOffice: [], fills: [], conflicts: [] })
})

test('a field that one side does not even mention is an empty one', () => {
  const input = { ...phone('', 'b', {}), tribe: {} }
  expect(merge(input).toTribe).toEqual(['phone'])
  expect(basesOf(['phone'], {}, { phone: 'b' })).toEqual({ phone: ['', 'b'] })
  expect(basesOf(['phone'], {}, {})).toEqual({ phone: '' })
})

// ── Properties ──────────────────────────────────────────────────────────────

const FIELDS = ['name', 'phone', 'email', 'number'] as const
/** Few values, so that they often meet. */
const value = fc.constantFrom('', 'a', 'b', 'c')
const side: fc.Arbitrary<Fingerprints> = fc.record(
  Object.fromEntries(FIELDS.map((field) => [field, value])) as Record<(typeof FIELDS)[number], typeof value>,
)
const base = fc.option(fc.oneof(value, fc.tuple(value, value)), { nil: undefined })
const someBases: fc.Arbitrary<Bases> = fc
  .record(Object.fromEntries(FIELDS.map((field) => [field, base])) as Record<string, typeof base>)
  .map((all) =>
    Object.fromEntries(Object.entries(all).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]]))),
  )
const policy = fc.constantFrom<ConflictPolicy>('poweroffice', 'tribe', 'newest')
const newest = fc.constantFrom<Side>('tribe', 'powerOffice')
const led = fc.subarray([...FIELDS]).map((fields): ReadonlySet<string> => new Set(fields))
const situation: fc.Arbitrary<MergeInput> = fc.record({
  fields: fc.constant(FIELDS),
  tribe: side,
  powerOffice: side,
  bases: someBases,
  policy,
  newest,
  ledByPowerOffice: led,
})
const RUNS = { numRuns: 1500 }

/** Carries a plan out on a pair. */
function carriedOut(input: MergeInput, takesFills: boolean): MergeInput {
  const plan = merge(input)
  const tribe: Record<string, string> = { ...input.tribe }
  const powerOffice: Record<string, string> = { ...input.powerOffice }
  for (const field of plan.toTribe) tribe[field] = input.powerOffice[field] ?? ''
  for (const field of [...plan.toPowerOffice, ...(takesFills ? plan.fills : [])])
    powerOffice[field] = input.tribe[field] ?? ''
  return { ...input, tribe, powerOffice, bases: basesOf(input.fields, tribe, powerOffice) }
}

test('a pair that was brought in step is in step: looking again moves nothing', () => {
  fc.assert(
    fc.property(situation, fc.boolean(), policy, newest, (input, takesFills, laterPolicy, laterNewest) => {
      const fillsBefore = merge(input).fills
      const after = { ...carriedOut(input, takesFills), policy: laterPolicy, newest: laterNewest }
      const again = merge(after)
      expect(again.toTribe).toEqual([])
      expect(again.toPowerOffice).toEqual([])
      expect(again.conflicts).toEqual([])
      // A fill that was left where it is stays one; no new ones come up, unless a change emptied one side.
      if (takesFills) for (const field of fillsBefore) expect(again.fills).not.toContain(field)
      for (const side of ['tribe', 'powerOffice'] as const)
        expect(isAsLast(side, after.fields, after[side], after.bases)).toBe(true)
    }),
    RUNS,
  )
})

test('each field goes one way at most, and only fields that differ go anywhere', () => {
  fc.assert(
    fc.property(situation, (input) => {
      const { toTribe, toPowerOffice, fills, conflicts } = merge(input)
      const all = [...toTribe, ...toPowerOffice, ...fills]
      expect(new Set(all).size).toBe(all.length)
      for (const field of all) expect(input.tribe[field]).not.toBe(input.powerOffice[field])
      for (const { field, winner } of conflicts)
        expect(winner === 'tribe' ? toPowerOffice : toTribe).toContain(field)
    }),
    RUNS,
  )
})

test('a change on one side arrives on the other, and what was changed is not lost', () => {
  fc.assert(
    fc.property(situation, fc.constantFrom(...FIELDS), newest, value, (input, field, changed, becomes) => {
      const inStep = carriedOut({ ...input, ledByPowerOffice: NOBODY }, false)
      fc.pre(inStep[changed][field] !== becomes)
      const now = { ...inStep, [changed]: { ...inStep[changed], [field]: becomes } }
      const other: Side = changed === 'tribe' ? 'powerOffice' : 'tribe'

      const plan = merge(now)
      expect(plan.conflicts).toEqual([])
      expect(changed === 'tribe' ? plan.toTribe : plan.toPowerOffice).toEqual([])

      const after = carriedOut(now, false)
      expect(after[changed][field]).toBe(becomes)
      expect(after[other][field]).toBe(becomes)
      for (const untouched of FIELDS.filter((name) => name !== field))
        for (const side of ['tribe', 'powerOffice'] as const)
          expect(after[side][untouched]).toBe(inStep[side][untouched])
    }),
    RUNS,
  )
})

test('changes of different fields on both sides all arrive', () => {
  fc.assert(
    fc.property(side, side, side, policy, newest, (tribe, powerOffice, before, aPolicy, last) => {
      // Tribe changes name and phone, PowerOffice the other two.
      const input: MergeInput = {
        fields: FIELDS,
        tribe: { ...before, name: tribe.name ?? '', phone: tribe.phone ?? '' },
        powerOffice: { ...before, email: powerOffice.email ?? '', number: powerOffice.number ?? '' },
        bases: basesOf(FIELDS, before, before),
        policy: aPolicy,
        newest: last,
        ledByPowerOffice: NOBODY,
      }
      const after = carriedOut(input, false)
      expect(after.tribe).toEqual(after.powerOffice)
      expect(after.tribe).toEqual({ ...input.tribe, email: powerOffice.email, number: powerOffice.number })
    }),
    RUNS,
  )
})

test('the first link never lets an empty side erase a filled one', () => {
  fc.assert(
    fc.property(situation, fc.boolean(), (input, takesFills) => {
      const after = carriedOut({ ...input, bases: {} }, takesFills)
      for (const field of FIELDS)
        for (const side of ['tribe', 'powerOffice'] as const)
          if (input[side][field] !== '') expect(after[side][field]).not.toBe('')
    }),
    RUNS,
  )
})

test('a number that PowerOffice has is what both sides have afterwards, and Tribe never changes it there', () => {
  fc.assert(
    fc.property(situation, fc.boolean(), (input, takesFills) => {
      const numbered = { ...input, ledByPowerOffice: new Set(['number']) }
      const after = carriedOut(numbered, takesFills)
      expect(after.powerOffice.number).toBe(input.powerOffice.number)
      expect(after.tribe.number).toBe(input.powerOffice.number || input.tribe.number)
      expect(merge(numbered).conflicts.map(({ field }) => field)).not.toContain('number')
    }),
    RUNS,
  )
})

test('a fill is a field that Tribe has and PowerOffice does not, and that nobody changed', () => {
  fc.assert(
    fc.property(situation, (input) => {
      for (const field of merge(input).fills) {
        expect(input.tribe[field]).not.toBe('')
        expect(input.powerOffice[field]).toBe('')
        const base = input.bases[field]
        if (base !== undefined) expect(base).toEqual([input.tribe[field], ''])
      }
    }),
    RUNS,
  )
})

test('neither system is favoured: with the sides and the policy swapped, everything goes the other way', () => {
  fc.assert(
    fc.property(situation, (input) => {
      const ours = { ...input, ledByPowerOffice: NOBODY }
      const other = (side: Side): Side => (side === 'tribe' ? 'powerOffice' : 'tribe')
      const swappedBases = Object.entries(ours.bases).map(([field, last]) =>
        typeof last === 'string' ? [field, last] : [field, [last[1], last[0]]],
      )
      const swapped: MergeInput = {
        ...ours,
        tribe: ours.powerOffice,
        powerOffice: ours.tribe,
        bases: Object.fromEntries(swappedBases),
        policy: ours.policy === 'newest' ? 'newest' : ours.policy === 'tribe' ? 'poweroffice' : 'tribe',
        newest: other(ours.newest),
      }
      const opposite: Record<Way, Way[]> = {
        // What PowerOffice alone has ever had stays; of Tribe's it is said that it could go.
        nowhere: ['nowhere', 'fill'],
        'to-poweroffice': ['to-tribe'],
        // Where there was no link, PowerOffice's value goes at once and Tribe's when there is a reason to write.
        'to-tribe': ['to-poweroffice', 'fill'],
        fill: ['to-tribe', 'nowhere'],
      }
      for (const field of FIELDS) expect(opposite[wayOf(ours, field)]).toContain(wayOf(swapped, field))

      const turned = merge(swapped).conflicts.map(({ field, winner }) => ({ field, winner: other(winner) }))
      expect(turned).toEqual(merge(ours).conflicts)
    }),
    RUNS,
  )
})

test('a fill is the only thing that goes another way when the sides are swapped', () => {
  const unlinked = phone('a', '', {})
  expect(wayOf(unlinked)).toBe('fill')
  expect(wayOf({ ...unlinked, tribe: unlinked.powerOffice, powerOffice: unlinked.tribe })).toBe('to-tribe')

  const left = phone('a', '', { phone: ['a', ''] })
  expect(wayOf(left)).toBe('fill')
  expect(wayOf(phone('', 'a', { phone: ['', 'a'] }))).toBe('nowhere')
})

test('a side that is as it was last has nothing that would travel for its sake', () => {
  fc.assert(
    fc.property(situation, (input) => {
      const plan = merge(input)
      const isLed = (field: string) => input.ledByPowerOffice.has(field)
      const tribeIsAsLast = isAsLast('tribe', FIELDS, input.tribe, input.bases)
      const powerOfficeIsAsLast = isAsLast('powerOffice', FIELDS, input.powerOffice, input.bases)
      if (tribeIsAsLast) expect(plan.toPowerOffice).toEqual([])
      if (powerOfficeIsAsLast) expect(plan.toTribe.filter((field) => !isLed(field))).toEqual([])
      if (tribeIsAsLast || powerOfficeIsAsLast) expect(plan.conflicts).toEqual([])
    }),
    RUNS,
  )
})

test('a look that would move something is never skipped: the side that changed is not as it was last', () => {
  fc.assert(
    fc.property(situation, (input) => {
      for (const field of FIELDS) {
        const way = wayOf(input, field)
        const isTribeAsLast = isAsLast('tribe', [field], input.tribe, input.bases)
        const isPowerOfficeAsLast = isAsLast('powerOffice', [field], input.powerOffice, input.bases)
        if (input.ledByPowerOffice.has(field)) continue
        if (way === 'to-poweroffice') expect(isTribeAsLast).toBe(false)
        if (way === 'to-tribe') expect(isPowerOfficeAsLast).toBe(false)
      }
    }),
    RUNS,
  )
})

test('a field that was switched on later matters once it is filled', () => {
  const bases = basesOf(['name'], { name: 'a' }, { name: 'a' })
  expect(isAsLast('tribe', ['name', 'phone'], { name: 'a', phone: '' }, bases)).toBe(true)
  expect(isAsLast('tribe', ['name', 'phone'], { name: 'a', phone: 'b' }, bases)).toBe(false)
  expect(isAsLast('tribe', ['name'], { name: 'a', phone: 'b' }, bases)).toBe(true)
})

test('each side is measured by what it held itself', () => {
  const bases = basesOf(['name'], { name: 'a' }, { name: 'A' })
  expect(isAsLast('tribe', ['name'], { name: 'a' }, bases)).toBe(true)
  expect(isAsLast('tribe', ['name'], { name: 'A' }, bases)).toBe(false)
  expect(isAsLast('powerOffice', ['name'], { name: 'A' }, bases)).toBe(true)
  expect(isAsLast('powerOffice', ['name'], { name: 'a' }, bases)).toBe(false)
})

describe('a system that keeps another value than was written', () => {
  const odd = fc.constantFrom('', 'a', 'A', 'a ', 'ab', 'abc', '-', '0', 'ø')
  const side = fc.constantFrom<Side>('tribe', 'powerOffice')
  const other = (one: Side): Side => (one === 'tribe' ? 'powerOffice' : 'tribe')
  const policy = fc.constantFrom<ConflictPolicy>('poweroffice', 'tribe', 'newest')

  test('changes nothing by that, and whoever edits after it is heard, on either side', () => {
    fc.assert(
      fc.property(side, policy, odd, odd, odd, (to, rule, sent, kept, edited) => {
        fc.pre(sent !== '' && kept !== '')
        const written = { tribe: { phone: sent }, powerOffice: { phone: sent } }
        const bases = { phone: sentBase('phone', written, to) }
        const held = { ...written, [to]: { phone: kept } }
        const seen = asSeen(bases, to, ['phone'], held[to])
        const ways = (now: typeof held) =>
          wayOf(phone(now.tribe.phone, now.powerOffice.phone, seen, { policy: rule }))
        expect(ways(held)).toBe('nowhere')
        expect(isAsLast(to, ['phone'], held[to], seen)).toBe(true)
        for (const by of [to, other(to)]) {
          const now = { ...held, [by]: { phone: edited } }
          const isEdit = edited !== held[by].phone && edited !== held[other(by)].phone
          if (isEdit) expect(ways(now)).toBe(by === 'tribe' ? 'to-poweroffice' : 'to-tribe')
        }
      }),
    )
  })

  test('is learned of a side that was written to, and of no other field or side', () => {
    fc.assert(
      fc.property(side, odd, odd, odd, (to, tribe, powerOffice, now) => {
        const bases: Bases = {
          plain: tribe,
          apart: [tribe, powerOffice, 'apart'],
          refused: [tribe, powerOffice, to],
          two: [tribe, powerOffice],
          theirs: [tribe, powerOffice, `sent-${other(to)}`],
        }
        const shown = Object.fromEntries(Object.keys(bases).map((field) => [field, now]))
        expect(asSeen(bases, to, Object.keys(bases), shown)).toBe(bases)
      }),
    )
  })
})
