import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Side, STORED } from '../../src/shared/sides'
import {
  asArrived,
  asSeen,
  type Base,
  type Bases,
  basesOf,
  decide,
  type Fingerprints,
  isAsLast,
  type MergeInput,
  merge,
  sentBase,
  stillKept,
} from '../../src/two-way/merge'
import { triesOf } from '../seeds/runs'

/** What happens to the field `phone`, told by a word for each of the ways it can go. */
type Way = 'nowhere' | 'to-crm' | 'to-books' | 'fill'

function wayOf(input: MergeInput, field = 'phone'): Way {
  const plan = merge(input)
  const ways: Way[] = []
  if (plan.toCrm.includes(field)) ways.push('to-crm')
  if (plan.toBooks.includes(field)) ways.push('to-books')
  if (plan.fills.includes(field)) ways.push('fill')
  expect(ways.length).toBeLessThanOrEqual(1)
  return ways[0] ?? 'nowhere'
}

const NOBODY: ReadonlySet<string> = new Set()

const phone = (crm: string, books: string, bases: Bases, more: Partial<MergeInput> = {}): MergeInput => ({
  fields: ['phone'],
  crm: { phone: crm },
  books: { phone: books },
  bases,
  prefer: 'books',
  newest: 'crm',
  ledByBooks: NOBODY,
  ...more,
})

const POLICIES: [Side | 'newest', Side, Way][] = [
  ['books', 'crm', 'to-crm'],
  ['books', 'books', 'to-crm'],
  ['crm', 'crm', 'to-books'],
  ['crm', 'books', 'to-books'],
  ['newest', 'crm', 'to-books'],
  ['newest', 'books', 'to-crm'],
]

describe('a field of a pair that was in step', () => {
  // base, Tribe now, PowerOffice now, what happens whatever the prefer
  test.each<[string, Bases[string] | undefined, string, string, Way]>([
    ['nobody changed it', 'a', 'a', 'a', 'nowhere'],
    ['it is empty on both sides', '', '', '', 'nowhere'],
    ['Tribe changed it', 'a', 'b', 'a', 'to-books'],
    ['PowerOffice changed it', 'a', 'a', 'b', 'to-crm'],
    ['Tribe cleared it', 'a', '', 'a', 'to-books'],
    ['PowerOffice cleared it', 'a', 'a', '', 'to-crm'],
    ['Tribe filled it', '', 'a', '', 'to-books'],
    ['PowerOffice filled it', '', '', 'a', 'to-crm'],
    ['both changed it to the same', 'a', 'b', 'b', 'nowhere'],
    ['both cleared it', 'a', '', '', 'nowhere'],
    ['both filled it with the same', '', 'a', 'a', 'nowhere'],
    ['each holds it in its own way, unchanged', ['a', 'A'], 'a', 'A', 'nowhere'],
    ['each held it in its own way, and Tribe changed it', ['a', 'A'], 'b', 'A', 'to-books'],
    ['each held it in its own way, and PowerOffice changed it', ['a', 'A'], 'a', 'B', 'to-crm'],
    ['each held it in its own way, and Tribe took up the other', ['a', 'A'], 'A', 'A', 'nowhere'],
    ['each held it in its own way, and PowerOffice took up the other', ['a', 'A'], 'a', 'a', 'nowhere'],
    ['each held it in its own way, and Tribe cleared it', ['a', 'A'], '', 'A', 'to-books'],
    ['only Tribe has ever had it', ['a', ''], 'a', '', 'fill'],
    ['only Tribe has ever had it, and it changed there', ['a', ''], 'b', '', 'to-books'],
    ['only Tribe had it, and PowerOffice filled it', ['a', ''], 'a', 'b', 'to-crm'],
    ['only Tribe had it, and cleared it', ['a', ''], '', '', 'nowhere'],
    ['only PowerOffice has ever had it', ['', 'a'], '', 'a', 'nowhere'],
    ['only PowerOffice had it, and Tribe filled it', ['', 'a'], 'b', 'a', 'to-books'],
    ['it is new to the pair, and only PowerOffice has it', undefined, '', 'a', 'to-crm'],
    ['it is new to the pair, and only Tribe has it', undefined, 'a', '', 'fill'],
    ['it is new to the pair, and both have the same', undefined, 'a', 'a', 'nowhere'],
    ['it is new to the pair, and nobody has it', undefined, '', '', 'nowhere'],
  ])('%s', (_, base, crm, books, way) => {
    for (const [prefer, newest] of POLICIES) {
      const input = phone(crm, books, base === undefined ? {} : { phone: base }, { prefer, newest })
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
  ])('%s is a conflict', (_, base, crm, books) => {
    test.each(POLICIES)('under the policy %s, with %s changed last: it goes %s', (prefer, newest, way) => {
      const input = phone(crm, books, base === undefined ? {} : { phone: base }, { prefer, newest })
      expect(wayOf(input)).toBe(way)
      expect(merge(input).conflicts).toEqual([{ field: 'phone', winner: way === 'to-crm' ? 'books' : 'crm' }])
    })
  })
})

describe('the customer number, which PowerOffice alone decides', () => {
  test.each<[string, Bases[string] | undefined, string, string, Way]>([
    ['it overwrites what was typed in Tribe', '10001', '5', '10001', 'to-crm'],
    ['it overwrites what Tribe had before the link', undefined, '5', '10001', 'to-crm'],
    ['it fills an empty one', undefined, '', '10001', 'to-crm'],
    ['it comes back when Tribe clears it', '10001', '', '10001', 'to-crm'],
    ['it travels when it changes in PowerOffice', '10001', '10001', '10002', 'to-crm'],
    ['both changed it: no conflict, PowerOffice decides', '10001', '5', '10002', 'to-crm'],
    ['it stays in Tribe while PowerOffice has none', undefined, '5', '', 'nowhere'],
    ['it is in step', '10001', '10001', '10001', 'nowhere'],
  ])('%s', (_, base, crm, books, way) => {
    for (const [prefer, newest] of POLICIES) {
      const ledByBooks = new Set(['phone'])
      const bases: Bases = base === undefined ? {} : { phone: base }
      const input = phone(crm, books, bases, { prefer, newest, ledByBooks })
      expect(wayOf(input)).toBe(way)
      expect(merge(input).conflicts).toEqual([])
    }
  })
})

describe('a field that goes one way', () => {
  test.each<[string, Bases[string] | undefined, string, string, Way]>([
    ['it arrives', undefined, 'ours', 'theirs', 'to-crm'],
    ['it fills an empty one', undefined, '', 'theirs', 'to-crm'],
    ['it erases nothing where it was never filled', undefined, 'ours', '', 'nowhere'],
    ['nor later, while it is not filled', ['ours', ''], 'ours', '', 'nowhere'],
    ['whatever is entered meanwhile', ['ours', ''], 'ours, too', '', 'nowhere'],
    ['it travels when it changes', 'theirs', 'theirs', 'new', 'to-crm'],
    ['it is put right when the other side is edited', 'theirs', 'ours', 'theirs', 'to-crm'],
    ['it is emptied with it', 'theirs', 'theirs', '', 'to-crm'],
    ['it stays as the other side keeps it', ['THEIRS', 'theirs'], 'THEIRS', 'theirs', 'nowhere'],
    ['it is in step', 'theirs', 'theirs', 'theirs', 'nowhere'],
  ])('%s', (_, base, crm, books, way) => {
    for (const [prefer, newest] of POLICIES) {
      const led = { prefer, newest, oneWay: new Map<string, Side>([['phone', 'books']]) }
      const bases: Bases = base === undefined ? {} : { phone: base }
      expect(wayOf(phone(crm, books, bases, led))).toBe(way)
      // The same the other way round.
      const turned: Bases =
        base === undefined ? {} : { phone: typeof base === 'string' ? base : [base[1], base[0]] }
      const other = wayOf(phone(books, crm, turned, { ...led, oneWay: new Map([['phone', 'crm']]) }))
      expect(other).toBe(way === 'to-crm' ? 'to-books' : way)
      expect(merge(phone(crm, books, bases, led)).conflicts).toEqual([])
    }
  })
})

test('a field that the tenant has switched off is left alone, whatever is known of it', () => {
  const input = phone('a', 'b', { phone: 'c' }, { fields: [] })
  expect(merge(input)).toEqual({ toCrm: [], toBooks: [], fills: [], conflicts: [] })
})

test('a field that one side does not even mention is an empty one', () => {
  const input = { ...phone('', 'b', {}), crm: {} }
  expect(merge(input).toCrm).toEqual(['phone'])
  expect(basesOf(['phone'], { crm: {}, books: { phone: 'b' } })).toEqual({ phone: ['', 'b'] })
  expect(basesOf(['phone'], { crm: {}, books: {} })).toEqual({ phone: '' })
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
const prefer = fc.constantFrom<Side | 'newest'>('books', 'crm', 'newest')
const newest = fc.constantFrom<Side>('crm', 'books')
const led = fc.subarray([...FIELDS]).map((fields): ReadonlySet<string> => new Set(fields))
const situation: fc.Arbitrary<MergeInput> = fc.record({
  fields: fc.constant(FIELDS),
  crm: side,
  books: side,
  bases: someBases,
  prefer,
  newest,
  ledByBooks: led,
})
const RUNS = triesOf(1500)

/** Carries a plan out on a pair. */
function carriedOut(input: MergeInput, takesFills: boolean): MergeInput {
  const plan = merge(input)
  const crm: Record<string, string> = { ...input.crm }
  const books: Record<string, string> = { ...input.books }
  for (const field of plan.toCrm) crm[field] = input.books[field] ?? ''
  for (const field of [...plan.toBooks, ...(takesFills ? plan.fills : [])])
    books[field] = input.crm[field] ?? ''
  return { ...input, crm, books, bases: basesOf(input.fields, { crm: crm, books: books }) }
}

test('a pair that was brought in step is in step: looking again moves nothing', () => {
  fc.assert(
    fc.property(situation, fc.boolean(), prefer, newest, (input, takesFills, laterPolicy, laterNewest) => {
      const fillsBefore = merge(input).fills
      const after = { ...carriedOut(input, takesFills), prefer: laterPolicy, newest: laterNewest }
      const again = merge(after)
      expect(again.toCrm).toEqual([])
      expect(again.toBooks).toEqual([])
      expect(again.conflicts).toEqual([])
      // A fill that was left where it is stays one; no new ones come up, unless a change emptied one side.
      if (takesFills) for (const field of fillsBefore) expect(again.fills).not.toContain(field)
      for (const side of ['crm', 'books'] as const)
        expect(isAsLast(side, after.fields, after[side], after.bases)).toBe(true)
    }),
    RUNS,
  )
})

test('each field goes one way at most, and only fields that differ go anywhere', () => {
  fc.assert(
    fc.property(situation, (input) => {
      const { toCrm, toBooks, fills, conflicts } = merge(input)
      const all = [...toCrm, ...toBooks, ...fills]
      expect(new Set(all).size).toBe(all.length)
      for (const field of all) expect(input.crm[field]).not.toBe(input.books[field])
      for (const { field, winner } of conflicts) expect(winner === 'crm' ? toBooks : toCrm).toContain(field)
    }),
    RUNS,
  )
})

test('a change on one side arrives on the other, and what was changed is not lost', () => {
  fc.assert(
    fc.property(situation, fc.constantFrom(...FIELDS), newest, value, (input, field, changed, becomes) => {
      const inStep = carriedOut({ ...input, ledByBooks: NOBODY }, false)
      fc.pre(inStep[changed][field] !== becomes)
      const now = { ...inStep, [changed]: { ...inStep[changed], [field]: becomes } }
      const other: Side = changed === 'crm' ? 'books' : 'crm'

      const plan = merge(now)
      expect(plan.conflicts).toEqual([])
      expect(changed === 'crm' ? plan.toCrm : plan.toBooks).toEqual([])

      const after = carriedOut(now, false)
      expect(after[changed][field]).toBe(becomes)
      expect(after[other][field]).toBe(becomes)
      for (const untouched of FIELDS.filter((name) => name !== field))
        for (const side of ['crm', 'books'] as const)
          expect(after[side][untouched]).toBe(inStep[side][untouched])
    }),
    RUNS,
  )
})

test('changes of different fields on both sides all arrive', () => {
  fc.assert(
    fc.property(side, side, side, prefer, newest, (crm, books, before, aPolicy, last) => {
      // Tribe changes name and phone, PowerOffice the other two.
      const input: MergeInput = {
        fields: FIELDS,
        crm: { ...before, name: crm.name ?? '', phone: crm.phone ?? '' },
        books: { ...before, email: books.email ?? '', number: books.number ?? '' },
        bases: basesOf(FIELDS, { crm: before, books: before }),
        prefer: aPolicy,
        newest: last,
        ledByBooks: NOBODY,
      }
      const after = carriedOut(input, false)
      expect(after.crm).toEqual(after.books)
      expect(after.crm).toEqual({ ...input.crm, email: books.email, number: books.number })
    }),
    RUNS,
  )
})

test('the first link never lets an empty side erase a filled one', () => {
  fc.assert(
    fc.property(situation, fc.boolean(), (input, takesFills) => {
      const after = carriedOut({ ...input, bases: {} }, takesFills)
      for (const field of FIELDS)
        for (const side of ['crm', 'books'] as const)
          if (input[side][field] !== '') expect(after[side][field]).not.toBe('')
    }),
    RUNS,
  )
})

test('a number that PowerOffice has is what both sides have afterwards, and Tribe never changes it there', () => {
  fc.assert(
    fc.property(situation, fc.boolean(), (input, takesFills) => {
      const numbered = { ...input, ledByBooks: new Set(['number']) }
      const after = carriedOut(numbered, takesFills)
      expect(after.books.number).toBe(input.books.number)
      expect(after.crm.number).toBe(input.books.number || input.crm.number)
      expect(merge(numbered).conflicts.map(({ field }) => field)).not.toContain('number')
    }),
    RUNS,
  )
})

test('a fill is a field that Tribe has and PowerOffice does not, and that nobody changed', () => {
  fc.assert(
    fc.property(situation, (input) => {
      for (const field of merge(input).fills) {
        expect(input.crm[field]).not.toBe('')
        expect(input.books[field]).toBe('')
        const base = input.bases[field]
        if (base !== undefined) expect(base).toEqual([input.crm[field], ''])
      }
    }),
    RUNS,
  )
})

test('neither system is favoured: with the sides and the policy swapped, everything goes the other way', () => {
  fc.assert(
    fc.property(situation, (input) => {
      const ours = { ...input, ledByBooks: NOBODY }
      const other = (side: Side): Side => (side === 'crm' ? 'books' : 'crm')
      const swappedBases = Object.entries(ours.bases).map(([field, last]) =>
        typeof last === 'string' ? [field, last] : [field, [last[1], last[0]]],
      )
      const swapped: MergeInput = {
        ...ours,
        crm: ours.books,
        books: ours.crm,
        bases: Object.fromEntries(swappedBases),
        prefer: ours.prefer === 'newest' ? 'newest' : other(ours.prefer),
        newest: other(ours.newest),
      }
      const opposite: Record<Way, Way[]> = {
        // What PowerOffice alone has ever had stays; of Tribe's it is said that it could go.
        nowhere: ['nowhere', 'fill'],
        'to-books': ['to-crm'],
        // Where there was no link, PowerOffice's value goes at once and Tribe's when there is a reason to write.
        'to-crm': ['to-books', 'fill'],
        fill: ['to-crm', 'nowhere'],
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
  expect(wayOf({ ...unlinked, crm: unlinked.books, books: unlinked.crm })).toBe('to-crm')

  const left = phone('a', '', { phone: ['a', ''] })
  expect(wayOf(left)).toBe('fill')
  expect(wayOf(phone('', 'a', { phone: ['', 'a'] }))).toBe('nowhere')
})

test('a side that is as it was last has nothing that would travel for its sake', () => {
  fc.assert(
    fc.property(situation, (input) => {
      const plan = merge(input)
      const isLed = (field: string) => input.ledByBooks.has(field)
      const tribeIsAsLast = isAsLast('crm', FIELDS, input.crm, input.bases)
      const powerOfficeIsAsLast = isAsLast('books', FIELDS, input.books, input.bases)
      if (tribeIsAsLast) expect(plan.toBooks).toEqual([])
      if (powerOfficeIsAsLast) expect(plan.toCrm.filter((field) => !isLed(field))).toEqual([])
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
        const isTribeAsLast = isAsLast('crm', [field], input.crm, input.bases)
        const isPowerOfficeAsLast = isAsLast('books', [field], input.books, input.bases)
        if (input.ledByBooks.has(field)) continue
        if (way === 'to-books') expect(isTribeAsLast).toBe(false)
        if (way === 'to-crm') expect(isPowerOfficeAsLast).toBe(false)
      }
    }),
    RUNS,
  )
})

test('a field that was switched on later matters once it is filled', () => {
  const bases = basesOf(['name'], { crm: { name: 'a' }, books: { name: 'a' } })
  expect(isAsLast('crm', ['name', 'phone'], { name: 'a', phone: '' }, bases)).toBe(true)
  expect(isAsLast('crm', ['name', 'phone'], { name: 'a', phone: 'b' }, bases)).toBe(false)
  expect(isAsLast('crm', ['name'], { name: 'a', phone: 'b' }, bases)).toBe(true)
})

test('each side is measured by what it held itself', () => {
  const bases = basesOf(['name'], { crm: { name: 'a' }, books: { name: 'A' } })
  expect(isAsLast('crm', ['name'], { name: 'a' }, bases)).toBe(true)
  expect(isAsLast('crm', ['name'], { name: 'A' }, bases)).toBe(false)
  expect(isAsLast('books', ['name'], { name: 'A' }, bases)).toBe(true)
  expect(isAsLast('books', ['name'], { name: 'a' }, bases)).toBe(false)
})

test.each<[string, crm: string, books: string, way: string]>([
  ['arrived', 'b', 'b', 'nowhere'],
  ['arrived, and is put back in the CRM', 'a', 'b', 'to-books'],
  ['arrived, and is changed again in the CRM', 'c', 'b', 'to-books'],
  ['did not arrive', 'b', 'a', 'to-books'],
  ['did not arrive, and is put back in the CRM', 'a', 'a', 'nowhere'],
  ['did not arrive, and the books were edited', 'a', 'x', 'to-crm'],
])('what was sent to the books, and nobody heard of, %s', (_, crm, books, way) => {
  const sent = { crm: {}, books: { phone: ['b'] } }
  const bases = asArrived({ phone: 'a' }, sent, { crm: { phone: crm }, books: { phone: books } })
  expect(wayOf(phone(crm, books, bases))).toBe(way)
})

test.each<[why: 'taken-back' | 'stand-in' | 'tribe' | 'powerOffice', crm: string, books: string, way: Way]>([
  ['taken-back', '', 'a', 'nowhere'],
  ['taken-back', '', 'b', 'to-crm'],
  ['taken-back', 'b', 'a', 'to-books'],
  ['stand-in', 'a', '', 'nowhere'],
  ['stand-in', 'b', '', 'to-books'],
  ['tribe', '', 'a', 'nowhere'],
  ['powerOffice', 'a', '', 'nowhere'],
])('what is %s stays so while a write is in doubt, and goes %s | %s: %s', (why, crm, books, way) => {
  const isOfCrm = why === 'stand-in' || why === 'powerOffice'
  const kept = (isOfCrm ? ['a', '', why] : ['', 'a', why]) as Base
  const sent = { crm: { phone: ['a', ''] }, books: { phone: ['a', ''] } }
  const bases = asArrived({ phone: kept }, sent, { crm: { phone: crm }, books: { phone: books } })
  expect(wayOf(phone(crm, books, bases))).toBe(way)
})

describe('a system that keeps another value than was written', () => {
  const odd = fc.constantFrom('', 'a', 'A', 'a ', 'ab', 'abc', '-', '0', 'ø')
  const side = fc.constantFrom<Side>('crm', 'books')
  const other = (one: Side): Side => (one === 'crm' ? 'books' : 'crm')
  const prefer = fc.constantFrom<Side | 'newest'>('books', 'crm', 'newest')

  test('changes nothing by that, and whoever edits after it is heard, on either side', () => {
    fc.assert(
      fc.property(side, prefer, odd, odd, odd, (to, rule, sent, kept, edited) => {
        fc.pre(sent !== '' && kept !== '')
        const written = { crm: { phone: sent }, books: { phone: sent } }
        const bases = { phone: sentBase('phone', written, to) }
        const held = { ...written, [to]: { phone: kept } }
        const seen = asSeen(bases, to, ['phone'], held[to])
        const ways = (now: typeof held) =>
          wayOf(phone(now.crm.phone, now.books.phone, seen, { prefer: rule }))
        expect(ways(held)).toBe('nowhere')
        expect(isAsLast(to, ['phone'], held[to], seen)).toBe(true)
        for (const by of [to, other(to)]) {
          const now = { ...held, [by]: { phone: edited } }
          const isEdit = edited !== held[by].phone && edited !== held[other(by)].phone
          if (isEdit) expect(ways(now)).toBe(by === 'crm' ? 'to-books' : 'to-crm')
        }
      }),
    )
  })

  test('is learned of a side that was written to, and of no other field or side', () => {
    fc.assert(
      fc.property(side, odd, odd, odd, (to, crm, books, now) => {
        const bases: Bases = {
          plain: crm,
          apart: [crm, books, 'apart'],
          // In place of what was refused it may fill in something by itself.
          refused: [`${crm}.`, `${books}.`, STORED[to]],
          two: [crm, books],
          theirs: [crm, books, `sent-${STORED[other(to)]}`],
        }
        const shown = Object.fromEntries(Object.keys(bases).map((field) => [field, now]))
        expect(asSeen(bases, to, Object.keys(bases), shown)).toBe(bases)
      }),
    )
  })

  test.each<[string, Base, Base]>([
    ['something else than was sent', ['a', 'a', `sent-${STORED.crm}`], ['x', 'a']],
    ['something where nothing was sent', ['', '', `sent-${STORED.crm}`], ['x', '', 'stand-in']],
    ['something in place of what it refused', ['', 'a', STORED.crm], ['x', 'a', STORED.crm]],
    ['what was there when it refused something else', ['b', 'a', STORED.crm], ['b', 'a', STORED.crm]],
  ])('that shows %s', (_, before, after) => {
    expect(asSeen({ phone: before }, 'crm', ['phone'], { phone: 'x' })).toEqual({ phone: after })
  })

  test('that holds what nobody entered there says nothing until somebody does', () => {
    const bases = { phone: ['x', '', 'stand-in'] as const }
    expect(wayOf(phone('x', '', bases))).toBe('nowhere')
    expect(wayOf(phone('y', '', bases))).toBe('to-books')
    expect(wayOf(phone('', '', bases))).toBe('nowhere')
    expect(wayOf(phone('x', 'b', bases))).toBe('to-crm')
  })
})

describe('a field of which a change was taken back', () => {
  const taken = (crm: string, books: string): Bases => ({ phone: [crm, books, 'taken-back'] })
  // what Tribe and PowerOffice kept, what they hold now, what happens
  test.each<[string, string, string, string, string, Way]>([
    ['each keeps its own', 'a', 'b', 'a', 'b', 'nowhere'],
    ['PowerOffice keeps it empty', 'a', '', 'a', '', 'nowhere'],
    ['Tribe keeps it empty', '', 'b', '', 'b', 'nowhere'],
    ['Tribe changed it since', 'a', '', 'c', '', 'to-books'],
    ['PowerOffice changed it since', 'a', 'b', 'a', 'c', 'to-crm'],
    ['somebody made them the same', 'a', 'b', 'b', 'b', 'nowhere'],
  ])('%s', (_, wasInCrm, wasInBooks, crm, books, way) => {
    const input = phone(crm, books, taken(wasInCrm, wasInBooks))
    expect(wayOf(input)).toBe(way)
    const { because } = decide('phone', input)
    expect(because === 'taken-back').toBe(way === 'nowhere' && crm !== books)
    // Not even where one side leads.
    if (because !== 'taken-back') return
    expect(wayOf({ ...input, ledByBooks: new Set(['phone']) })).toBe('nowhere')
    for (const leader of ['crm', 'books'] as const)
      expect(wayOf({ ...input, oneWay: new Map([['phone', leader]]) })).toBe('nowhere')
  })

  test('is remembered as such while both stand as they stood, and no longer', () => {
    const bases = taken('a', '')
    const held = (crm: string, books: string) => ({ crm: { phone: crm }, books: { phone: books } })
    expect(stillKept('phone', held('a', ''), bases)).toEqual(['a', '', 'taken-back'])
    for (const [crm, books] of [
      ['b', ''],
      ['a', 'b'],
      ['a', 'a'],
    ] as const)
      expect(stillKept('phone', held(crm, books), bases)).toBeNull()
  })
})
