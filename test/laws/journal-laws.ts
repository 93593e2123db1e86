import { groupedBy, type Law, mostWithin } from './law'

/** A write as one of the systems took it. */
export interface Write {
  at: number
  tenantId: string
  system: 'tribe' | 'powerOffice'
  method: string
  path: string
  body: string
  /** It was given up long before it arrived. */
  isLate: boolean
  /** A job of the tenant was under way. */
  hadJob: boolean
}

/** What both systems noted of the relay, and what they hold at the end. */
export interface Journal {
  /** Arrivals at PowerOffice, and at each Tribe; in order. */
  arrivals: { powerOffice: readonly number[]; tribe: ReadonlyMap<string, readonly number[]> }
  writes: readonly Write[]
  /** From when until when a tenant was paused. */
  pauses: readonly { tenantId: string; from: number; until: number }[]
  /** Records that bear the relay's mark of the record that they were made for. */
  marked: readonly { tenantId: string; what: string; mark: string; id: string }[]
  ties: readonly { tenantId: string; kind: string; tribeId: string; powerOfficeId: string }[]
  /** In øre, VAT included, as each system says it. */
  posted: readonly {
    tenantId: string
    label: string
    tribe: number
    powerOffice: number
    /** A person has been told that the two are not the same. */
    isTold?: boolean
  }[]
  /** What was due long ago. */
  overdue: readonly { tenantId: string; what: string }[]
}

const HOUR_MS = 3_600_000
/** A call that left just before may still be on its way. */
const ON_ITS_WAY_MS = 100
const iso = (at: number) => new Date(at).toISOString()

const noTwin: Law<Journal> = {
  name: 'no twin',
  says: 'No two records bear the mark of the same one.',
  breaches: ({ marked }) =>
    [...groupedBy(marked, ({ tenantId, what, mark }) => `${tenantId} ${what} ${mark}`)].flatMap(
      ([name, rows]) => (rows.length > 1 ? [`${name} is ${rows.map(({ id }) => id).join(' and ')}`] : []),
    ),
}

const noLoss: Law<Journal> = {
  name: 'no loss',
  says: 'At rest, nothing is left that was due.',
  breaches: ({ overdue }) => overdue.map(({ tenantId, what }) => `${tenantId}: ${what}`),
}

/** Field → value, of what a write says in the body. */
function valuesOf({ system, method, body }: Write): [string, string][] {
  if (method === 'POST' || body === '') return []
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return []
  }
  if (system === 'powerOffice')
    return (Array.isArray(json) ? json : []).map(({ path, value }) => [String(path), spelled(value)])
  return Object.entries(json as object).map(([name, value]) => [name, spelled(value, name)])
}

/** A Tribe may refuse null and take an empty text or no number instead: all say that nothing stands there. */
const spelled = (value: unknown, name = '') =>
  JSON.stringify(value === '' || (name === 'HouseNumber' && value === 0) ? null : value)

const noToAndFro: Law<Journal> = {
  name: 'no A-B-A-B',
  says: 'No field of a record is written A, B, A, B within an hour.',
  breaches({ writes }) {
    const said = writes.flatMap((write) =>
      valuesOf(write).map(([field, value]) => ({
        ...write,
        field,
        value,
        record: `${write.system} ${write.path}`,
      })),
    )
    return [...groupedBy(said, ({ tenantId, record, field }) => `${tenantId} ${record} ${field}`)].flatMap(
      ([name, all]) => {
        const turns = all.filter(({ value }, at) => at === 0 || all[at - 1]?.value !== value)
        const isBack = turns.some((one, at) => {
          const [second, third, fourth] = turns.slice(at + 1)
          if (!second || !third || !fourth || fourth.at - one.at >= HOUR_MS) return false
          return third.value === one.value && fourth.value === second.value
        })
        return isBack ? [`${name} went to and fro`] : []
      },
    )
  },
}

const powerOfficeBudget: Law<Journal> = {
  name: "PowerOffice's budget",
  says: 'No more than 10 requests arrive in any second, of all tenants and with tokens.',
  breaches({ arrivals }) {
    const most = mostWithin(arrivals.powerOffice, 1000)
    return most > 10 ? [`${most} requests within a second`] : []
  },
}

const tribeBudget: Law<Journal> = {
  name: "Tribe's budget",
  says: 'No more than 1,000 requests arrive at a Tribe in any minute.',
  breaches: ({ arrivals }) =>
    [...arrivals.tribe].flatMap(([tenantId, times]) => {
      const most = mostWithin(times, 60_000)
      return most > 1000 ? [`${tenantId}: ${most} requests within a minute`] : []
    }),
}

const oneToOne: Law<Journal> = {
  name: 'one to one',
  says: 'No record is tied to two of the other side.',
  breaches: ({ ties }) =>
    (['tribeId', 'powerOfficeId'] as const).flatMap((end) =>
      [...groupedBy(ties, (tie) => `${tie.tenantId} ${tie.kind} ${end} ${tie[end]}`)].flatMap(
        ([name, rows]) => (rows.length > 1 ? [`${name} is tied ${rows.length} times`] : []),
      ),
    ),
}

const toTheCent: Law<Journal> = {
  name: 'to the cent',
  says: 'What was posted comes to what Tribe says, or the difference was told.',
  breaches: ({ posted }) =>
    posted.flatMap(({ tenantId, label, tribe, powerOffice, isTold = false }) =>
      tribe === powerOffice || isTold
        ? []
        : [`${tenantId} ${label}: ${powerOffice} øre posted, ${tribe} in Tribe`],
    ),
}

const pauseHolds: Law<Journal> = {
  name: 'nothing after a pause',
  says: 'While a tenant is paused nothing of its is written, but what had left before.',
  breaches: ({ writes, pauses }) =>
    writes
      .filter((write) => !write.isLate)
      .filter(({ tenantId, at }) =>
        pauses.some((one) => one.tenantId === tenantId && at > one.from + ON_ITS_WAY_MS && at < one.until),
      )
      .map(({ tenantId, at, method, path }) => `${tenantId}: ${method} ${path} at ${iso(at)}`),
}

const noWriteWithoutJob: Law<Journal> = {
  name: 'no write without a job',
  says: 'Whatever is written is written by a job.',
  breaches: ({ writes }) =>
    writes
      .filter(({ hadJob, isLate }) => !hadJob && !isLate)
      .map(({ tenantId, at, method, path }) => `${tenantId}: ${method} ${path} at ${iso(at)}`),
}

export const JOURNAL_LAWS: readonly Law<Journal>[] = [
  noTwin,
  noLoss,
  noToAndFro,
  powerOfficeBudget,
  tribeBudget,
  oneToOne,
  toTheCent,
  pauseHolds,
  noWriteWithoutJob,
]
