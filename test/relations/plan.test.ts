import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RecentChange } from '../../src/db/schema'
import {
  type FromPowerOffice,
  type FromTribe,
  planFromPowerOffice,
  planFromTribe,
} from '../../src/relations/plan'
import { noteChanges } from '../../src/two-way/flapping'

type Plan = ReturnType<typeof planFromTribe> | ReturnType<typeof planFromPowerOffice>

const LINKED = { state: 'linked' } as const
const TRIBE_GONE = { state: 'tribe-gone' } as const
const POWEROFFICE_GONE = { state: 'poweroffice-gone' } as const
const FORGOTTEN = { state: 'forgotten' } as const
const ROLE = { importedFrom: null, isFormer: false, number: null }

describe('a look at a record of Tribe', () => {
  const now: FromTribe = {
    link: null,
    role: ROLE,
    isAsLast: false,
    inDoubt: false,
  }
  const numbered = { ...ROLE, number: '10001' }
  const imported = { ...ROLE, importedFrom: '7' }
  const former = { ...ROLE, isFormer: true }
  const look = (byNumber: string | null, byReference: boolean): Plan => ({
    do: 'look-then-create',
    byNumber,
    byReference,
  })

  test.each<[string, Partial<FromTribe>, Plan | Plan['do']]>([
    ['it is new: it is made in PowerOffice at once', {}, 'create-in-poweroffice'],
    [
      'it is new and has a number of its own: PowerOffice may know it by that',
      { role: numbered },
      look('10001', false),
    ],
    ['it is linked and changed: both sides are compared', { link: LINKED }, 'merge'],
    ['it is linked and as it was', { link: LINKED, isAsLast: true }, 'nothing'],
    [
      'it is linked and is a former relation now: it is compared all the same',
      { link: LINKED, role: former },
      'merge',
    ],
    ['it is linked, and an earlier run is in doubt', { link: LINKED, inDoubt: true }, 'merge'],
    [
      'it is linked and gone: the pair is taken apart, nothing is deleted',
      { link: LINKED, role: null },
      { do: 'detach', gone: 'tribe' },
    ],
    ['it is gone and was never linked', { role: null }, 'nothing'],
    ['it is gone, and an earlier run is in doubt', { role: null, inDoubt: true }, 'nothing'],
    [
      'it is gone in PowerOffice: it is not made again by itself',
      { link: POWEROFFICE_GONE, isAsLast: true },
      'nothing',
    ],
    [
      'it is gone in PowerOffice and changed here: it may be there again',
      { link: POWEROFFICE_GONE },
      'look-again',
    ],
    ['it was gone and is back: it goes on where it was', { link: TRIBE_GONE, isAsLast: true }, 'look-again'],
    ['an admin parted the two', { link: FORGOTTEN, role: imported }, 'nothing'],
    ['it is gone, again', { link: TRIBE_GONE, role: null }, 'nothing'],
    [
      'it came from PowerOffice and the link was lost',
      { role: imported },
      { do: 'adopt', powerOfficeId: '7' },
    ],
    ['it came from PowerOffice and is a former relation', { role: { ...imported, isFormer: true } }, 'adopt'],
    ['it came from PowerOffice, and an earlier run is in doubt', { role: imported, inDoubt: true }, 'adopt'],
    ['it is a former relation: it is nobody’s customer', { role: former }, 'nothing'],
    ['it is a former relation, and an earlier run is in doubt', { role: former, inDoubt: true }, 'nothing'],
    [
      'an earlier run may have made it: it is looked for by our reference',
      { inDoubt: true },
      look(null, true),
    ],
    [
      'an earlier run may have made it, and it has a number',
      { role: numbered, inDoubt: true },
      look('10001', true),
    ],
  ])('%s', (_, change, plan) => {
    const planned = planFromTribe({ ...now, ...change })
    if (typeof plan === 'string') expect(planned.do).toBe(plan)
    else expect(planned).toEqual(plan)
  })

  const anySituation: fc.Arbitrary<FromTribe> = fc.record({
    link: fc.constantFrom(null, LINKED, TRIBE_GONE, POWEROFFICE_GONE, FORGOTTEN),
    role: fc.option(
      fc.record({
        importedFrom: fc.constantFrom(null, '7'),
        isFormer: fc.boolean(),
        number: fc.constantFrom(null, '10001'),
      }),
    ),
    isAsLast: fc.boolean(),
    inDoubt: fc.boolean(),
  })

  test('in whatever situation: it is made only when it is new, there, current, and nobody may have made it', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const plan = planFromTribe(situation)
        if (plan.do !== 'create-in-poweroffice') return
        const role = { importedFrom: null, isFormer: false, number: null }
        expect(situation).toMatchObject({ link: null, inDoubt: false, role })
      }),
    )
  })

  test('in whatever situation: what was taken apart is never made again, what was forgotten is left alone, and nothing is made in Tribe', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const plan = planFromTribe(situation)
        if (situation.link?.state === 'forgotten') expect(plan.do).toBe('nothing')
        if (situation.link && situation.link.state !== 'linked')
          expect(['nothing', ...(situation.role ? ['look-again'] : [])]).toContain(plan.do)
        expect(['create-in-tribe', 'link', 'report-ambiguous']).not.toContain(plan.do)
        if (plan.do === 'nothing') expect(plan.because).not.toBe('')
      }),
    )
  })
})

describe('a look at a row of PowerOffice', () => {
  const now: FromPowerOffice = {
    link: null,
    isStale: false,
    isAsLast: false,
    decision: null,
    isHidden: false,
    byId: null,
    byNumber: [],
    isUnclear: false,
    isOtherUnclear: false,
  }

  test.each<[string, Partial<FromPowerOffice>, Plan | Plan['do']]>([
    ['nobody in Tribe is like it: it is made there', {}, 'create-in-tribe'],
    ['one in Tribe has its id', { byId: 'a' }, { do: 'link', tribeId: 'a' }],
    ['one in Tribe has its number', { byNumber: ['a'] }, { do: 'link', tribeId: 'a' }],
    [
      'one in Tribe may be it',
      { byNumber: ['a'], isUnclear: true },
      { do: 'report-ambiguous', tribeIds: ['a'] },
    ],
    ['the id counts more than the number', { byId: 'a', byNumber: ['b'] }, { do: 'link', tribeId: 'a' }],
    [
      'the id counts more than several with the number',
      { byId: 'a', byNumber: ['b', 'c'] },
      { do: 'link', tribeId: 'a' },
    ],
    [
      'several in Tribe have its number: a person decides',
      { byNumber: ['a', 'b'] },
      { do: 'report-ambiguous', tribeIds: ['a', 'b'] },
    ],
    [
      'nobody in Tribe is like it, and it is not decided whose its other role is: a person decides that first',
      { isOtherUnclear: true },
      { do: 'report-ambiguous', tribeIds: [] },
    ],
    [
      'one in Tribe has its number, whosever its other role is',
      { byNumber: ['a'], isOtherUnclear: true },
      'link',
    ],
    [
      'an admin wants it made, whosever its other role is',
      { decision: 'create', isOtherUnclear: true },
      'create-in-tribe',
    ],
    ['it is linked and changed', { link: LINKED }, 'merge'],
    ['it is linked and as it was', { link: LINKED, isAsLast: true }, 'nothing'],
    ['it is linked, and others have its number too', { link: LINKED, byNumber: ['b', 'c'] }, 'merge'],
    ['it is linked, and the row is older than what is known', { link: LINKED, isStale: true }, 'nothing'],
    [
      'its pair came apart and nothing changed: it is not made again by itself',
      { link: TRIBE_GONE, isAsLast: true },
      'nothing',
    ],
    [
      'its pair came apart and somebody changed it: Tribe may show the other again',
      { link: TRIBE_GONE },
      'look-again',
    ],
    [
      'its pair came apart, and one in Tribe has its number',
      { link: TRIBE_GONE, isAsLast: true, byNumber: ['a'] },
      'nothing',
    ],
    [
      'it was gone in PowerOffice and is back: it goes on where it was',
      { link: POWEROFFICE_GONE },
      'look-again',
    ],
    [
      'it was gone in PowerOffice, and the list is older',
      { link: POWEROFFICE_GONE, isStale: true },
      'nothing',
    ],
    ['an admin parted the two', { link: FORGOTTEN, byId: 'a', byNumber: ['a'] }, 'nothing'],
    ['an admin decided to leave it', { decision: 'leave' }, 'nothing'],
    [
      'an admin decided to leave it, though one in Tribe has its number',
      { decision: 'leave', byNumber: ['a'] },
      'nothing',
    ],
    [
      'an admin decided to make it, though one in Tribe has its number',
      { decision: 'create', byNumber: ['a', 'b'] },
      'create-in-tribe',
    ],
    [
      'an admin decided to make it, and it was made since',
      { decision: 'create', byId: 'a' },
      { do: 'link', tribeId: 'a' },
    ],
    ['it is hidden in PowerOffice: it is not made', { isHidden: true }, 'nothing'],
    ['it is hidden in PowerOffice, and linked', { isHidden: true, link: LINKED }, 'merge'],
    ['it is hidden in PowerOffice, and one in Tribe has its id', { isHidden: true, byId: 'a' }, 'link'],
  ])('%s', (_, change, plan) => {
    const planned = planFromPowerOffice({ ...now, ...change })
    if (typeof plan === 'string') expect(planned.do).toBe(plan)
    else expect(planned).toEqual(plan)
  })

  test('in whatever situation: it is made only when no one in Tribe can be it, and never twice', () => {
    const anySituation: fc.Arbitrary<FromPowerOffice> = fc.record({
      link: fc.constantFrom(null, LINKED, TRIBE_GONE, POWEROFFICE_GONE, FORGOTTEN),
      isStale: fc.boolean(),
      isAsLast: fc.boolean(),
      decision: fc.constantFrom<FromPowerOffice['decision'][]>(null, 'link', 'create', 'leave'),
      isHidden: fc.boolean(),
      byId: fc.constantFrom(null, 'a'),
      byNumber: fc.subarray(['b', 'c', 'd']),
      isUnclear: fc.boolean(),
      isOtherUnclear: fc.boolean(),
    })
    fc.assert(
      fc.property(anySituation, (situation) => {
        const plan = planFromPowerOffice(situation)
        if (plan.do === 'create-in-tribe') {
          expect(situation).toMatchObject({ link: null, byId: null })
          if (situation.decision !== 'create')
            expect(situation).toMatchObject({ byNumber: [], isOtherUnclear: false })
        }
        if (plan.do === 'link') expect([situation.byId, ...situation.byNumber]).toContain(plan.tribeId)
        if (situation.link?.state === 'forgotten') expect(plan.do).toBe('nothing')
        if (situation.link && situation.link.state !== 'linked')
          expect(['nothing', 'look-again']).toContain(plan.do)
        expect(['create-in-poweroffice', 'adopt', 'look-then-create']).not.toContain(plan.do)
      }),
    )
  })
})

describe('a pair that goes to and fro', () => {
  const T0 = 1_800_000_000_000
  const MINUTE = 60_000
  type Change = { field: string; was: string; becomes: string }

  /** Writes one after another, so many minutes apart; says at which of them the pair is stopped. */
  function stoppedAt(writes: readonly (readonly Change[])[], minutesApart = 1): number | null {
    let recent: RecentChange[] = []
    for (const [index, changes] of writes.entries()) {
      const noted = noteChanges(recent, changes, T0 + index * minutesApart * MINUTE)
      if (noted.isFlapping) return index + 1
      recent = noted.recent
    }
    return null
  }
  const set = (field: string, was: string, becomes: string): Change => ({ field, was, becomes })
  const flips = (count: number, field = 'phone') =>
    Array.from({ length: count }, (_, n) => [n % 2 === 0 ? set(field, 'a', 'b') : set(field, 'b', 'a')])

  test('is stopped at the third return within an hour', () => {
    expect(stoppedAt(flips(3))).toBeNull()
    expect(stoppedAt(flips(10))).toBe(4)
  })

  test('is not stopped when it takes its time', () => {
    expect(stoppedAt(flips(10), 61)).toBeNull()
    expect(stoppedAt(flips(10), 35)).toBeNull()
    expect(stoppedAt(flips(10), 15)).toBe(4)
  })

  test('is not one that changes on and on: a user who types on', () => {
    const typing = Array.from({ length: 30 }, (_, n) => [set('name', `n${n}`, `n${n + 1}`)])
    expect(stoppedAt(typing)).toBeNull()
  })

  test('may go round by more than two values', () => {
    const values = ['a', 'b', 'c']
    const round = Array.from({ length: 10 }, (_, n) => [
      set('phone', values[n % 3] ?? '', values[(n + 1) % 3] ?? ''),
    ])
    // The third write returns to the first value; the fourth and the fifth return too.
    expect(stoppedAt(round)).toBe(5)
  })

  test('is not one where a user thought better of it, once', () => {
    expect(stoppedAt([[set('phone', 'a', 'b')], [set('phone', 'b', 'a')]])).toBeNull()
  })

  test('is not one where a user thought better of a whole form, once', () => {
    const fields = ['name', 'phone', 'email', 'website']
    const edit = fields.map((field) => set(field, 'a', 'b'))
    const undo = fields.map((field) => set(field, 'b', 'a'))
    expect(stoppedAt([edit, undo])).toBeNull()
  })

  test('is stopped though other fields change all the time', () => {
    const busy = flips(10).map((changes, n) => [...changes, set('name', `n${n}`, `n${n + 1}`)])
    expect(stoppedAt(busy)).toBe(4)
  })

  test('is stopped when all its fields go to and fro together', () => {
    const fields = [
      'name',
      'website',
      'email',
      'phone',
      'organizationNumber',
      'invoiceEmail',
      'paymentDays',
      'address',
    ]
    const together = Array.from({ length: 10 }, (_, n) =>
      fields.map((field) => (n % 2 === 0 ? set(field, 'a', 'b') : set(field, 'b', 'a'))),
    )
    const stopped = stoppedAt(together)
    expect(stopped).not.toBeNull()
    expect(stopped).toBeLessThanOrEqual(4)
  })

  test('a value that one field left is no return of another', () => {
    const writes = ['a', 'b', 'c', 'd', 'e'].map((field) => [
      set(field, 'x', 'y'),
      set(`${field}2`, 'y', 'x'),
    ])
    expect(stoppedAt(writes)).toBeNull()
  })

  test('an emptied field that is filled again, and again, and again', () => {
    const emptied = Array.from({ length: 10 }, (_, n) => [
      n % 2 === 0 ? set('phone', 'a', '') : set('phone', '', 'a'),
    ])
    expect(stoppedAt(emptied)).toBe(4)
  })

  test('what is noted stays small, and what is older than an hour is forgotten', () => {
    let recent: RecentChange[] = []
    for (let n = 0; n < 100; n++)
      recent = noteChanges(recent, [set('name', `n${n}`, `n${n + 1}`)], T0 + n).recent
    expect(recent.length).toBeLessThanOrEqual(100)
    expect(JSON.stringify(recent).length).toBeLessThan(20_000)
    expect(noteChanges(recent, [], T0 + 61 * MINUTE)).toEqual({ recent: [], isFlapping: false })
  })

  test('nothing that changed is nothing noted', () => {
    expect(noteChanges([], [], T0)).toEqual({ recent: [], isFlapping: false })
  })
})
