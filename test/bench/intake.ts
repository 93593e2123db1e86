import { setTimeout as sleep } from 'node:timers/promises'
import { companies } from '../fakes/data/companies'
import { aCompany, type Company } from './company'
import { closedLoop, median, quantile, type Round, type Shot } from './load'
import { BARE_SECRET } from './runtime'
import type { Size, World } from './scenes'
import { ms, type Row, times } from './table'

/** How many events are taken in a second, against a bare Worker, which the relay takes turns with. */

const CALLERS = 16
const OBJECTS = 4
/** Linked customers of each company, one of which an event of an active tenant is about. */
const KNOWN = 200
/** A Worker that has rested takes some seconds to be as quick as before: each turn begins with so much that is not counted. */
const WARM_MS = { alternating: 2000, rested: 5000 }
/** By then, records of a burst have been read together. */
const AFTERWARDS_MS = 9000

interface Turn extends Round {
  /** What an event cost workerd, in seconds of a processor, with all that came of it. */
  cpu: number
  /** What it cost this process: the callers, which are all of it in a turn of the bare Worker, and both fakes. */
  besides: number
}

/** The tenants are paused: events are stored with the alarm that works them off, and not worked off meanwhile. */
export async function onPausedTenants(world: World, size: Size): Promise<Row[]> {
  const tenants = await Promise.all(
    Array.from({ length: OBJECTS }, () => aCompany(world.systems, world.runtime)),
  )
  for (const tenant of tenants) {
    await tenant.api('POST', '/activate')
    await tenant.quiet()
    await tenant.api('POST', '/pause')
  }
  const found = await inTurns(world, size, tenants, (tenant) => tenant.event(crypto.randomUUID()))
  return rowsOf('paused tenants (stored, not worked off)', found)
}

/** They are at work, within Tribe's own limit: each event is of one of the customers that are linked, as after an import. */
export async function onActiveTenants(world: World, size: Size): Promise<Row[]> {
  const tenants = await Promise.all(
    Array.from({ length: OBJECTS }, () =>
      aCompany(world.systems, world.runtime, (books) => {
        for (const { name } of companies(KNOWN)) books.hasCustomer({ Name: name })
      }),
    ),
  )
  for (const tenant of tenants) await tenant.api('POST', '/activate')
  for (const tenant of tenants) await tenant.quiet()
  const known = new Map(tenants.map(({ id, crm }) => [id, crm.customers().map(({ ID }) => String(ID))]))
  let count = 0
  // Long enough for what comes of the first events to fall into the turn; the rest of it is not left to the bare Worker's.
  const ofTurn = { roundMs: 4 * size.roundMs, rounds: Math.ceil(size.rounds / 2) }
  const eventOf = (tenant: Company) => {
    const ids = known.get(tenant.id) ?? []
    return tenant.event(ids[count++ % ids.length] ?? '', 'edited')
  }
  const found = await inTurns(world, ofTurn, tenants, eventOf, AFTERWARDS_MS)
  for (const tenant of tenants) await tenant.api('POST', '/pause')
  return rowsOf('active tenants (stored, and worked off meanwhile)', found)
}

/** The same callers and the same body for both. */
async function inTurns(
  { runtime }: World,
  { rounds, roundMs }: Pick<Size, 'rounds' | 'roundMs'>,
  tenants: readonly Company[],
  eventOf: (tenant: Company) => Shot,
  restsMs = 0,
) {
  let count = 0
  const toRelay = (): Shot => eventOf(tenants[count++ % OBJECTS] as Company)
  const toBare = (): Shot => {
    const { body } = eventOf(tenants[0] as Company)
    const headers = { 'content-type': 'application/json', 'x-relay-secret': BARE_SECRET }
    return { url: `${runtime.bareUrl}/${count++ % OBJECTS}`, headers, body }
  }
  const turn = async (next: () => Shot, restMs = 0): Promise<Turn> => {
    await closedLoop(CALLERS, restsMs > 0 ? WARM_MS.rested : WARM_MS.alternating, next)
    const before = { cpu: runtime.cpu(), besides: ownCpu() }
    const round = await closedLoop(CALLERS, roundMs, next)
    if (round.refused > 0) throw new Error(`${round.refused} events were refused`)
    await sleep(restMs)
    const count = round.times.length
    return {
      ...round,
      cpu: (runtime.cpu() - before.cpu) / count,
      besides: (ownCpu() - before.besides) / count,
    }
  }
  const ofRelay = async () => {
    const measured = await turn(toRelay, restsMs)
    // To ask whether they rest costs more than the events, and is not measured.
    if (restsMs > 0) for (const tenant of tenants) await tenant.quiet()
    return measured
  }
  await turn(toBare)
  await ofRelay()
  const seen: { relay: Turn; bare: Turn }[] = []
  for (let round = 0; round < rounds; round++) {
    const bare = await turn(toBare)
    seen.push({ relay: await ofRelay(), bare })
  }
  const of = (pick: (turn: Turn) => number) => ({
    relay: median(seen.map(({ relay }) => pick(relay))),
    bare: median(seen.map(({ bare }) => pick(bare))),
    ratio: median(seen.map(({ relay, bare }) => pick(relay) / pick(bare))),
  })
  return {
    perSecond: of(({ perSecond }) => perSecond),
    p50: of(({ times }) => quantile(times, 0.5)),
    p95: of(({ times }) => quantile(times, 0.95)),
    cpuMs: of(({ cpu }) => 1000 * cpu),
    besidesMs: of(({ besides }) => 1000 * besides),
  }
}

/** Seconds that processors have worked for this process. */
function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function rowsOf(
  of: string,
  { perSecond, p50, p95, cpuMs, besidesMs }: Awaited<ReturnType<typeof inTurns>>,
): Row[] {
  const both = ({ ratio, relay, bare }: typeof p50) => `${times(ratio)} (${ms(relay)} and ${ms(bare)})`
  return [
    {
      what: `Webhook intake of ${of}, against a bare Worker: events a second`,
      value: `${times(perSecond.ratio)} (${perSecond.relay.toFixed(0)} and ${perSecond.bare.toFixed(0)})`,
      goal: '≥ 0.80 ×',
      isMet: perSecond.ratio >= 0.8,
    },
    {
      what: 'The same: half of them answered within',
      value: both(p50),
      goal: '≤ 1.50 ×',
      isMet: p50.ratio <= 1.5,
    },
    { what: 'The same: 95 % within', value: both(p95), goal: '' },
    { what: 'The same: processor time of workerd for each', value: both(cpuMs), goal: '' },
    {
      what: 'The same: processor time for each of the callers (all of it, for the bare Worker) and both fakes',
      value: both(besidesMs),
      goal: '',
    },
  ]
}
