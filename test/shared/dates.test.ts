import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import {
  addDays,
  dayIn,
  daysBetween,
  instantOf,
  isDay,
  laterOf,
  minus,
  parseInstant,
  toQuery,
} from '../../src/shared/dates'
import { triesOf } from '../seeds/runs'

const RUNS = triesOf(5000)

describe('a timestamp', () => {
  test.each([
    ['seven decimals and an offset', '2021-09-25T08:03:00.1234567+00:00', '2021-09-25T08:03:00.1234567Z'],
    ['a space for the T', '2021-09-25 08:03:00.0000000 +00:00', '2021-09-25T08:03:00.0000000Z'],
    ['Z and no decimals', '2026-03-15T14:00:00Z', '2026-03-15T14:00:00.0000000Z'],
    ['three decimals', '2026-03-15T14:00:00.120Z', '2026-03-15T14:00:00.1200000Z'],
    ['more decimals than count', '2026-03-15T14:00:00.123456789Z', '2026-03-15T14:00:00.1234567Z'],
    ['an offset ahead of UTC', '2026-01-01T00:30:00.5+02:00', '2025-12-31T22:30:00.5000000Z'],
    ['an offset behind it', '2024-02-29T23:59:59.9999999-05:30', '2024-03-01T05:29:59.9999999Z'],
    ['an offset without a colon', '2026-03-15T14:00:00+0100', '2026-03-15T13:00:00.0000000Z'],
    ['an offset of hours', '2026-03-15T14:00:00-03', '2026-03-15T17:00:00.0000000Z'],
    ['no offset, which is UTC', '2026-03-15T14:00:00', '2026-03-15T14:00:00.0000000Z'],
    ['no seconds', '2026-03-15T14:00Z', '2026-03-15T14:00:00.0000000Z'],
    ['small letters', '2026-03-15t14:00:00z', '2026-03-15T14:00:00.0000000Z'],
    ['the "never" of .NET', '0001-01-01T00:00:00', '0001-01-01T00:00:00.0000000Z'],
    ['the last instant of all', '9999-12-31T23:59:59.9999999Z', '9999-12-31T23:59:59.9999999Z'],
    ['spaces around', ' 2026-03-15T14:00:00Z\n', '2026-03-15T14:00:00.0000000Z'],
  ])('is read with %s', (_, text, instant) => {
    expect(parseInstant(text)).toBe(instant)
  })

  test.each([
    ['nothing', null],
    ['left out', undefined],
    ['empty', ''],
    ['a day alone', '2026-03-15'],
    ['a day that does not exist', '2026-02-29T00:00:00Z'],
    ['a month too many', '2026-13-01T00:00:00Z'],
    ['an hour too many', '2026-03-15T24:00:00Z'],
    ['a leap second', '2026-03-15T23:59:60Z'],
    ['an offset of a day', '2026-03-15T14:00:00+24:00'],
    ['two stops', '2026-03-15T14:00:00..5Z'],
    ['a year of five digits', '12026-03-15T14:00:00Z'],
    ['a time before the year 0', '0000-01-01T00:00:00+01:00'],
    ['a time after the year 9999', '9999-12-31T23:59:59-01:00'],
    ['text behind it', '2026-03-15T14:00:00Z or 1'],
  ])('is none when it is %s', (_, text) => {
    expect(parseInstant(text)).toBeNull()
  })

  test('goes back by minutes without losing a tick', () => {
    expect(minus('2026-01-01T00:02:00.1234567Z', 180_000)).toBe('2025-12-31T23:59:00.1234567Z')
    expect(minus('2026-01-01T00:02:00.1234567Z', -1)).toBe('2026-01-01T00:02:00.1244567Z')
    expect(minus('0001-01-01T00:00:00.0000000Z', 1e15)).toBe('0000-01-01T00:00:00.0000000Z')
    expect(minus('9999-12-31T00:00:00.0000000Z', -1e15)).toBe('9999-12-31T23:59:59.9999999Z')
    expect(() => minus('soon', 1)).toThrow(RangeError)
  })

  test('the later of two counts to the last tick, and anything is later than never', () => {
    const earlier = '2026-01-31T08:00:00.1234566Z'
    const later = '2026-01-31T08:00:00.1234567Z'

    expect(laterOf(earlier, later)).toBe(later)
    expect(laterOf(later, earlier)).toBe(later)
    expect(laterOf(null, earlier)).toBe(earlier)
    expect(laterOf(earlier, null)).toBe(earlier)
    expect(laterOf(null, null)).toBeNull()
  })

  test('goes into a query with Z and all its decimals', () => {
    expect(toQuery('2026-01-31T08:00:00.1234567Z')).toBe('2026-01-31T08:00:00.1234567Z')
    expect(toQuery('2026-01-31T09:00:00.1234567+01:00')).toBe('2026-01-31T08:00:00.1234567Z')
  })

  test('of a Date has its milliseconds', () => {
    expect(instantOf(new Date(Date.UTC(2026, 0, 31, 8, 0, 0, 7)))).toBe('2026-01-31T08:00:00.0070000Z')
    expect(instantOf(new Date(-1))).toBe('1969-12-31T23:59:59.9990000Z')
  })
})

const zoneOfTheMachine = process.env.TZ
afterEach(() => {
  if (zoneOfTheMachine === undefined) delete process.env.TZ
  else process.env.TZ = zoneOfTheMachine
})

describe.each(['UTC', 'Europe/Oslo', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Kolkata'])(
  'on a machine in %s',
  (machine) => {
    const at = (iso: string) => {
      process.env.TZ = machine
      return new Date(iso)
    }

    // Only a process of its own can move house: vitest's pool "forks", which is its default.
    test('the machine really is there', () => {
      process.env.TZ = machine
      const hour = new Intl.DateTimeFormat('en-GB', { timeZone: machine, hour: '2-digit' })
      const noon = new Date('2026-07-01T12:00:00Z')
      expect(noon.getHours()).toBe(Number(hour.format(noon)))
    })

    test.each([
      ['winter, before midnight in Oslo', '2026-01-31T22:59:59.999Z', 'Europe/Oslo', '2026-01-31'],
      ['winter, at midnight in Oslo', '2026-01-31T23:00:00.000Z', 'Europe/Oslo', '2026-02-01'],
      ['summer, before midnight in Oslo', '2026-06-30T21:59:59.999Z', 'Europe/Oslo', '2026-06-30'],
      ['summer, at midnight in Oslo', '2026-06-30T22:00:00.000Z', 'Europe/Oslo', '2026-07-01'],
      ['the eve of summer time', '2026-03-28T22:59:59.999Z', 'Europe/Oslo', '2026-03-28'],
      ['the first midnight of that Sunday', '2026-03-28T23:00:00.000Z', 'Europe/Oslo', '2026-03-29'],
      ['the hour that is left out', '2026-03-29T01:00:00.000Z', 'Europe/Oslo', '2026-03-29'],
      ['the end of that short Sunday', '2026-03-29T21:59:59.999Z', 'Europe/Oslo', '2026-03-29'],
      ['the Monday after it', '2026-03-29T22:00:00.000Z', 'Europe/Oslo', '2026-03-30'],
      ['the hour that comes twice', '2026-10-25T00:30:00.000Z', 'Europe/Oslo', '2026-10-25'],
      ['the hour that came twice', '2026-10-25T01:30:00.000Z', 'Europe/Oslo', '2026-10-25'],
      ['the end of that long Sunday', '2026-10-25T22:59:59.999Z', 'Europe/Oslo', '2026-10-25'],
      ['the Monday after that', '2026-10-25T23:00:00.000Z', 'Europe/Oslo', '2026-10-26'],
      ['New Year in Oslo', '2025-12-31T23:00:00.000Z', 'Europe/Oslo', '2026-01-01'],
      ['the same moment in UTC', '2025-12-31T23:00:00.000Z', 'UTC', '2025-12-31'],
      ['the same moment in Amsterdam', '2025-12-31T23:00:00.000Z', 'Europe/Amsterdam', '2026-01-01'],
      ['the same moment in New York', '2025-12-31T23:00:00.000Z', 'America/New_York', '2025-12-31'],
    ])('the day is right: %s', (_, iso, zone, day) => {
      expect(dayIn(at(iso), zone)).toBe(day)
      expect(dayIn(iso.replace('Z', '4567Z'), zone)).toBe(day)
    })

    test.each([
      ['2026-01-31', 1, '2026-02-01'],
      ['2024-02-28', 1, '2024-02-29'],
      ['2026-02-28', 1, '2026-03-01'],
      ['2026-03-28', 1, '2026-03-29'],
      ['2026-03-29', 1, '2026-03-30'],
      ['2026-10-24', 1, '2026-10-25'],
      ['2026-10-25', 1, '2026-10-26'],
      ['2026-03-30', -1, '2026-03-29'],
      ['2026-01-01', -1, '2025-12-31'],
      ['2026-03-15', 30, '2026-04-14'],
      ['2026-03-15', 0, '2026-03-15'],
      ['0001-01-01', -1, '0000-12-31'],
    ])('%s and %i days is %s', (day, days, then) => {
      process.env.TZ = machine
      expect(addDays(day, days)).toBe(then)
      expect(daysBetween(day, then)).toBe(days)
    })

    test('a timestamp without an offset is UTC all the same', () => {
      process.env.TZ = machine
      expect(parseInstant('2026-07-01T12:00:00')).toBe('2026-07-01T12:00:00.0000000Z')
      expect(instantOf(new Date('2026-07-01T12:00:00Z'))).toBe('2026-07-01T12:00:00.0000000Z')
    })
  },
)

describe('a calendar day', () => {
  test('is one that the calendar has, in ten characters', () => {
    for (const day of ['2026-01-31', '2024-02-29', '0000-01-01', '9999-12-31']) expect(isDay(day)).toBe(true)
    for (const none of ['2026-02-29', '2026-04-31', '2026-1-1', '20260101', '2026-01-01T00:00:00Z', '']) {
      expect(isDay(none)).toBe(false)
      expect(() => addDays(none, 1)).toThrow(RangeError)
    }
    expect(() => addDays('9999-12-31', 1)).toThrow(RangeError)
  })
})

/** From the year 1 to the year 9998, to the millisecond. */
const anyDate = fc.date({
  min: new Date('0001-01-02T00:00:00Z'),
  max: new Date('9998-12-30T00:00:00Z'),
  noInvalidDate: true,
})
const anyTicks = fc.integer({ min: 0, max: 9999 }).map((ticks) => String(ticks).padStart(4, '0'))
/** The instant and another way to spell it. */
const anySpelling = fc
  .tuple(anyDate, anyTicks, fc.integer({ min: -839, max: 839 }), fc.constantFrom('T', ' '))
  .map(([date, ticks, offset, gap]) => {
    const local = new Date(date.getTime() + offset * 60_000).toISOString()
    const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
    const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
    return {
      date,
      ticks: Number(ticks),
      instant: `${date.toISOString().slice(0, -1)}${ticks}Z`,
      text: `${local.slice(0, -1)}${ticks}${zone}`.replace('T', gap),
    }
  })

describe('laws of instants and days', () => {
  test('every spelling of an instant is read as that instant, which is read as itself', () => {
    fc.assert(
      fc.property(anySpelling, ({ text, instant }) => {
        expect(parseInstant(text)).toBe(instant)
        expect(parseInstant(instant)).toBe(instant)
        expect(toQuery(instant)).toBe(instant)
      }),
      RUNS,
    )
  })

  test('instants compare as text as they do in time', () => {
    fc.assert(
      fc.property(anySpelling, anySpelling, (a, b) => {
        const inTime = a.date.getTime() - b.date.getTime() || a.ticks - b.ticks
        expect(laterOf(a.instant, b.instant)).toBe(inTime > 0 ? a.instant : b.instant)
        expect(a.instant > b.instant).toBe(inTime > 0)
      }),
      RUNS,
    )
  })

  test('going back and on again leads to the same tick', () => {
    fc.assert(
      fc.property(anySpelling, fc.integer({ min: 0, max: 31_536_000 }), ({ instant, date, ticks }, ms) => {
        fc.pre(date.getTime() - ms > Date.parse('0001-01-01T00:00:00Z'))
        const back = minus(instant, ms)
        expect(back).toBe(
          `${new Date(date.getTime() - ms).toISOString().slice(0, -1)}${String(ticks).padStart(4, '0')}Z`,
        )
        expect(minus(back, -ms)).toBe(instant)
      }),
      RUNS,
    )
  })

  test('days add up', () => {
    const anyDay = anyDate.map((date) => date.toISOString().slice(0, 10))
    const few = fc.integer({ min: -100, max: 100 })
    fc.assert(
      fc.property(anyDay, few, few, (day, some, more) => {
        fc.pre(day > '0002' && day < '9998')
        expect(addDays(addDays(day, some), more)).toBe(addDays(day, some + more))
        expect(daysBetween(day, addDays(day, some))).toBe(some)
        expect(addDays(day, some) > day).toBe(some > 0)
      }),
      RUNS,
    )
  })

  test('in UTC the day is the beginning of the instant', () => {
    fc.assert(
      fc.property(anyDate, (date) => {
        expect(dayIn(date, 'UTC')).toBe(instantOf(date).slice(0, 10))
      }),
      triesOf(2000),
    )
  })
})
