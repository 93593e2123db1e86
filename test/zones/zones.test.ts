import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Night } from './night'

/**
 * The relay knows no time zone but that of the books, which it names. So the nights on which the clocks of
 * Oslo or Auckland change go as any other, on whatever machine. Each zone is a process of its own.
 */
const ZONES = { UTC: 0, 'Europe/Oslo': -120, 'Pacific/Auckland': -720 } as const

/** From a little more than two hours before the change on. */
const CHANGES = {
  'Oslo goes to summer time': '2026-03-28T22:50:00Z',
  'Oslo goes back to winter time': '2026-10-24T22:50:00Z',
  'Auckland goes back to winter time': '2026-04-04T11:50:00Z',
  'Auckland goes to summer time': '2026-09-26T11:50:00Z',
} as const
/** The comparison of that night; Auckland's clocks change in Europe's afternoon. */
const COMPARED: Partial<Record<string, string>> = {
  'Oslo goes to summer time': '2026-03-29T02:30Z',
  'Oslo goes back to winter time': '2026-10-25T02:30Z',
}
type Change = keyof typeof CHANGES

interface Told {
  offset: number
  nights: Record<string, Night>
}
const told = new Map<string, Told>()

beforeAll(async () => {
  const run = promisify(execFile)
  const script = `${import.meta.dirname}/night.ts`
  const options = ['--disable-warning=ExperimentalWarning', 'test/bundled.ts']
  const tell = async (zone: string) => {
    const { stdout } = await run(process.execPath, [...options, script, ...Object.values(CHANGES)], {
      env: { ...process.env, TZ: zone },
    })
    told.set(zone, JSON.parse(stdout))
  }
  await Promise.all(Object.keys(ZONES).map(tell))
})

const nightOf = (zone: string, change: Change) => told.get(zone)?.nights[CHANGES[change]]

test.each(Object.entries(ZONES))('a machine in %s really is there', (zone, offset) => {
  expect(told.get(zone)?.offset).toBe(offset)
})

describe.each(Object.keys(CHANGES) as Change[])('in the night when %s', (change) => {
  const begun = Date.parse(CHANGES[change])

  test.each(['Europe/Oslo', 'Pacific/Auckland'])('all goes in %s as it goes in UTC', (zone) => {
    expect(nightOf(zone, change)).toEqual(nightOf('UTC', change))
  })

  test('every quarter of an hour is polled, none twice, and payments every four hours', () => {
    const { customers, balances } = nightOf('UTC', change)?.polls ?? expect.fail('nothing was told')
    const quarters = Array.from({ length: 21 }, (_, n) => begun + (10 + 15 * n) * 60_000)
    const minutes = quarters.map((at) => `${new Date(at).toISOString().slice(0, 16)}Z`)
    expect(customers).toEqual(minutes.slice(0, customers.length))
    expect(customers.length).toBeGreaterThanOrEqual(19)
    expect(minutes.filter((minute) => /T(00|04|08|12|16|20):00/.test(minute))).toEqual(
      balances.filter((minute) => minute?.endsWith(':00Z')),
    )
  })

  test('invoices are booked on the day that Tribe says, due thirty days later, and paid', () => {
    const { vouchers, invoices, payments } = nightOf('UTC', change) ?? expect.fail('nothing was told')
    expect(vouchers).toHaveLength(4)
    vouchers.forEach(({ VoucherDate, DueDate }, index) => {
      expect(invoices[index]).toEqual([VoucherDate, 'Paid'])
      const days = Date.parse(String(DueDate)) - Date.parse(String(VoucherDate))
      expect(days).toBe(30 * 86_400_000)
    })
    expect(payments).toEqual([1250, 1250, 1250, 1250])
  })

  test('the last edit on either side arrives, and all is well', () => {
    expect(nightOf('UTC', change)).toMatchObject({
      phone: '22 33 44 90',
      email: 'post190@bok.example',
      health: 'healthy',
      wrong: [],
      comparedAt: COMPARED[change] ?? null,
    })
  })
})
