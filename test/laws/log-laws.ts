import { groupedBy, type Law } from './law'
import { askedOf, isReplacing, type JobLine, jobsOf, type Line } from './log'

/**
 * The promises as far as the relay's own log shows them. A log may begin and end anywhere, so each law speaks only of what the
 * lines that are there cannot mean otherwise. What runs did that were cut off before they wrote their line stands among
 * the lines: the fakes know it (`monitor.ts`), and of a real log it follows from how jobs count their runs (`withCutOff`).
 */

const HOUR_MS = 3_600_000
const PER_SECOND = 10
const PER_MINUTE = 1000

/** Each makes one record for the record that its job names. */
const MAKES: Readonly<Record<string, readonly string[]>> = {
  invoice: ['powerOffice POST SalesOrders/Complete', 'powerOffice POST Vouchers/OutgoingInvoiceJournals'],
  customer: ['powerOffice POST Customers'],
  supplier: ['powerOffice POST Suppliers'],
  product: ['powerOffice POST Products'],
}
const POSTS = /^powerOffice POST (SalesOrders\/_\/CreateAndSendInvoice|Vouchers\/Outgoing\w+Journals)$/
const DIFFERS = ['invoice.total_differs', 'invoice.vat_differs']
/** What an admin may ask for after which a record is made or tied anew. */
const ANEW = /\/(records\/|undo|activate|preview\/decisions|jobs\/)/
/** These look, and leave what has to be done to others. */
const ONLY_LOOKS = ['preview', 'mapping', 'field', 'watch-mappings', 'alert']

const SWEEPS = ['first-load', 'poll-tribe', 'compare']
/** What looks at all records of a kind: one that fails by itself may be looked at with the others. */
const SWEPT: Readonly<Record<string, readonly string[]>> = {
  customer: ['pull-relations', ...SWEEPS],
  supplier: ['pull-relations', ...SWEEPS],
  contactPerson: ['pull-relations', ...SWEEPS],
  product: ['pull-products', ...SWEEPS],
}

const writesOf = ({ wrote }: JobLine) => Object.values(wrote).reduce((sum, count) => sum + count, 0)
const about = ({ tenantId, kind, tribeId, powerOfficeId }: JobLine) =>
  `${tenantId} ${kind} ${tribeId ?? powerOfficeId ?? ''}`
const iso = (at: number) => new Date(at).toISOString()

const noTwin: Law<readonly Line[]> = {
  name: 'no twin',
  says: 'No record and no invoice is made twice, unless an admin asked for it to be made again.',
  breaches(lines) {
    const asked = askedOf(lines).filter(({ what }) => ANEW.test(what))
    const replacing = jobsOf(lines).filter(isReplacing)
    const made = jobsOf(lines).filter(({ kind, wrote }) =>
      MAKES[kind]?.some((name) => (wrote[name] ?? 0) > 0),
    )
    return [...groupedBy(made, about)].flatMap(([record, runs]) => {
      const [first, ...others] = runs
      const isOften = runs.find(({ kind, wrote }) =>
        (MAKES[kind] ?? []).some((name) => (wrote[name] ?? 0) > 1),
      )
      if (isOften) return [`${record} was made twice in one run, at ${iso(isOften.at)}`]
      const isReplaced = (after: number, at: number) =>
        replacing.some((run) => about(run) === record && run.at > after && run.at <= at)
      return others
        .filter(({ at }, before) => !isReplaced(runs[before]?.at ?? 0, at))
        .filter(({ at, tenantId }) =>
          asked.every((one) => one.tenantId !== tenantId || one.at < (first?.at ?? 0) || one.at > at),
        )
        .filter(({ told }) => !told.some(({ event }) => event === 'detached'))
        .map(({ at }) => `${record} was made at ${iso(first?.at ?? 0)}, and again at ${iso(at)}`)
    })
  },
}

const noLoss: Law<readonly Line[]> = {
  name: 'no loss',
  says: 'What failed is tried again within the hour, until it is done or parked, while its tenant works at all.',
  breaches(lines) {
    const jobs = jobsOf(lines)
    const left = askedOf(lines).filter(({ what }) => /^(POST \/pause|DELETE )/.test(what))
    return [...groupedBy(jobs, ({ tenantId }) => String(tenantId))].flatMap(([tenantId, mine]) => {
      if (left.some((one) => one.tenantId === tenantId)) return []
      const last = mine.at(-1)?.at ?? 0
      const stops = mine.filter(({ outcome }) => outcome === 'refused' || outcome === 'held')
      return [...groupedBy(mine, about)].flatMap(([record, runs]) => {
        const end = runs.at(-1)
        if (end?.outcome !== 'failed' || last - end.at < HOUR_MS) return []
        if (stops.some(({ at }) => at >= end.at)) return []
        const sweeps = mine.filter(({ kind }) => SWEPT[end.kind]?.includes(kind))
        if (sweeps.some((one) => one.begunAt >= end.at && one.tribe + one.powerOffice > 0)) return []
        return [`${record} failed at ${iso(end.at)} (${end.code}) and was never looked at again`]
      })
    })
  },
}

const MOST_TURNS = 6

const noToAndFro: Law<readonly Line[]> = {
  name: 'no A-B-A-B',
  says: 'The two sides of a record do not overwrite each other in turn: three turns within an hour are stopped.',
  breaches(lines) {
    const sideOf = ({ wrote }: JobLine): string | null => {
      const sides = new Set(Object.keys(wrote).map((name) => name.split(' ')[0]))
      return sides.size === 1 ? ([...sides][0] ?? null) : null
    }
    const updates = jobsOf(lines).filter((line) => line.tribeId ?? line.powerOfficeId)
    return [...groupedBy(updates, about)].flatMap(([record, runs]) => {
      const turns = runs
        .flatMap((line) => ({ at: line.at, side: sideOf(line) }))
        .filter(({ side }) => side !== null)
        .filter(({ side }, at, all) => at === 0 || all[at - 1]?.side !== side)
      const isQuick = turns.some((turn, at) => (turns[at + MOST_TURNS]?.at ?? Infinity) - turn.at < HOUR_MS)
      return isQuick ? [`${record} went to and fro ${turns.length} times`] : []
    })
  },
}

/** The most calls of runs that lie within any window of so many milliseconds, from beginning to end. */
function mostInside(
  runs: readonly { begunAt: number; at: number; calls: number }[],
  windowMs: number,
): number {
  const byEnd = runs.toSorted((a, b) => a.at - b.at)
  let most = 0
  for (const { begunAt: from } of runs) {
    let sum = 0
    for (const { begunAt, at, calls } of byEnd) {
      if (at - from >= windowMs) break
      if (begunAt >= from) sum += calls
    }
    most = Math.max(most, sum)
  }
  return most
}

const powerOfficeBudget: Law<readonly Line[]> = {
  name: "PowerOffice's budget",
  says: `All tenants together make no more than ${PER_SECOND} calls in any second.`,
  breaches(lines) {
    const runs = jobsOf(lines)
      .filter(({ powerOffice }) => powerOffice > 0)
      .map(({ begunAt, at, powerOffice: calls }) => ({ begunAt, at, calls }))
    return [1, 10].flatMap((seconds) => {
      const most = mostInside(nearEachOther(runs, seconds * 1000, seconds * PER_SECOND), seconds * 1000)
      return most > seconds * PER_SECOND ? [`${most} calls within ${seconds} s`] : []
    })
  },
}

const tribeBudget: Law<readonly Line[]> = {
  name: "Tribe's budget",
  says: `A tenant makes no more than ${PER_MINUTE} calls in any minute.`,
  breaches: (lines) =>
    [...groupedBy(jobsOf(lines), ({ tenantId }) => String(tenantId))].flatMap(([tenantId, mine]) => {
      const runs = mine.map(({ begunAt, at, tribe: calls }) => ({ begunAt, at, calls }))
      const most = mostInside(nearEachOther(runs, 60_000, PER_MINUTE), 60_000)
      return most > PER_MINUTE ? [`${tenantId}: ${most} calls within a minute`] : []
    }),
}

/** Only runs of whose window's worth of neighbours there are calls enough: a month's log is looked at in one go. */
function nearEachOther<T extends { at: number; calls: number }>(
  runs: readonly T[],
  windowMs: number,
  most: number,
): T[] {
  const near = groupedBy(runs, ({ at }) => String(Math.floor(at / windowMs)))
  const sum = (slot: number) => (near.get(String(slot)) ?? []).reduce((total, { calls }) => total + calls, 0)
  return runs.filter(({ at }) => {
    const slot = Math.floor(at / windowMs)
    return sum(slot - 1) + sum(slot) + sum(slot + 1) > most
  })
}

const oneToOne: Law<readonly Line[]> = {
  name: 'one to one',
  says: 'A record is tied to one record of the other side, and to another only after it was parted or an admin said so.',
  breaches(lines) {
    const asked = askedOf(lines).filter(({ what }) => ANEW.test(what))
    const faults: string[] = []
    const tied = new Map<string, { other: string; at: number }>()
    for (const run of jobsOf(lines)) {
      const { tenantId, at, told } = run
      if (isReplacing(run)) tied.delete(`${tenantId} invoice tribe:${run.tribeId}`)
      for (const { event, kind, tribeId, powerOfficeId } of told) {
        if (tribeId === '-' || powerOfficeId === '-') continue
        const ends = [
          [`${tenantId} ${kind} tribe:${tribeId}`, powerOfficeId],
          [`${tenantId} ${kind} powerOffice:${powerOfficeId}`, tribeId],
        ] as const
        if (event === 'detached') for (const [end] of ends) tied.delete(end)
        if (!['linked', 'created-in-poweroffice', 'created-in-tribe'].includes(event)) continue
        for (const [end, other] of ends) {
          const before = tied.get(end)
          const isAsked = asked.some(
            (one) => one.tenantId === tenantId && one.at >= (before?.at ?? 0) && one.at <= at,
          )
          if (before && before.other !== other && !isAsked)
            faults.push(`${end} is tied to ${other} at ${iso(at)}, and was to ${before.other}`)
          tied.set(end, { other, at })
        }
      }
    }
    return faults
  },
}

const toTheCent: Law<readonly Line[]> = {
  name: 'to the cent',
  says: 'A run that finds a difference posts nothing.',
  breaches: (lines) =>
    jobsOf(lines)
      .filter(
        ({ code, wrote }) =>
          code !== null && DIFFERS.includes(code) && Object.keys(wrote).some((name) => POSTS.test(name)),
      )
      .map((line) => `${about(line)} was posted at ${iso(line.at)}, and differs (${line.code})`),
}

const pauseHolds: Law<readonly Line[]> = {
  name: 'nothing after a pause',
  says: 'A run that begins after a pause was answered, and before the tenant goes on, writes nothing.',
  breaches(lines) {
    const asked = askedOf(lines).filter(({ what }) =>
      /^POST \/(pause|resume|activate|undo\/confirm)$/.test(what),
    )
    return jobsOf(lines).flatMap((line) => {
      const last = asked.findLast(({ tenantId, at }) => tenantId === line.tenantId && at < line.begunAt)
      const isPaused = last?.what === 'POST /pause'
      return isPaused && writesOf(line) > 0 ? [`${about(line)} wrote at ${iso(line.at)}, after a pause`] : []
    })
  },
}

const noWriteWithoutJob: Law<readonly Line[]> = {
  name: 'no write without a job',
  says: 'Whatever writes is a job, and not one that only looks.',
  breaches: (lines) =>
    lines.flatMap((line) => {
      const wrote = line.wrote
      if (typeof wrote !== 'object' || wrote === null || Object.keys(wrote).length === 0) return []
      if (line.event !== 'job' || !line.job) return [`"${line.event}" wrote at ${iso(line.at)}`]
      const job = line as JobLine
      return ONLY_LOOKS.includes(job.kind) ? [`${about(job)} only looks, and wrote at ${iso(job.at)}`] : []
    }),
}

export const LOG_LAWS: readonly Law<readonly Line[]>[] = [
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
