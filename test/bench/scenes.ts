import { setTimeout as sleep } from 'node:timers/promises'
import type { Systems } from '../demo/systems'
import { companies } from '../fakes/data/companies'
import { aCompany, type Company } from './company'
import { median, quantile } from './load'
import type { Runtime } from './runtime'
import { ms, type Row, times } from './table'

/** What is measured beside the intake, each with fakes of its own company. */

export interface World {
  systems: Systems
  runtime: Runtime
}
export interface Size {
  rounds: number
  roundMs: number
  /** Events at rest. */
  events: number
  /** Records of a first load. */
  records: number
  /** Records of a first load that uses up Tribe's window. */
  windowed: number
  /** Pushes beside a crowd. */
  pushes: number
}

// ── From a webhook to PowerOffice ───────────────────────────────────────────

/** Makes a customer in Tribe and sends its webhook; gives how long it took to its answer, and to the call that makes it in PowerOffice. */
export async function push({ systems }: World, acme: Company, name: string) {
  const { roleId } = acme.crm.hasCustomer({ organization: { Name: name }, silent: true })
  const { url, headers, body } = acme.event(roleId)
  const seen = systems.powerOffice.log.all
  let from = seen.length
  const sentAt = performance.timeOrigin + performance.now()
  const answered = fetch(url, { method: 'POST', headers, body }).then(async (answer) => {
    await answer.arrayBuffer()
    return performance.timeOrigin + performance.now() - sentAt
  })
  for (;;) {
    const arrived = seen
      .slice(from)
      .find(
        ({ method, path, account }) =>
          method === 'POST' && path.endsWith('/Customers') && account === acme.books.clientKey,
      )
    if (arrived) return { toAnswer: await answered, toPowerOffice: arrived.at - sentAt }
    from = seen.length
    await sleep(1)
  }
}

/** The first of them find code that has not run yet. */
const COLD = 5

/** A new customer in Tribe, when nothing else goes on. */
export async function atRest(world: World, { events }: Size): Promise<Row[]> {
  const acme = await aCompany(world.systems, world.runtime)
  await acme.api('POST', '/activate')
  await acme.quiet()
  const seen: Awaited<ReturnType<typeof push>>[] = []
  for (let n = 0; n < COLD + events; n++) {
    seen.push(await push(world, acme, `Kunde ${n} AS`))
    await sleep(400)
  }
  await acme.quiet()
  if (acme.books.customers().length !== COLD + events) throw new Error('not as many customers as events')
  const sorted = seen
    .slice(COLD)
    .map(({ toPowerOffice }) => toPowerOffice)
    .sort((a, b) => a - b)
  const [p50, p95] = [quantile(sorted, 0.5), quantile(sorted, 0.95)]
  return [
    {
      what: "From a webhook to PowerOffice's request, at rest, p50",
      value: ms(p50),
      goal: '≤ 15 ms',
      isMet: p50 <= 15,
    },
    { what: 'The same, p95', value: ms(p95), goal: '≤ 20 ms', isMet: p95 <= 20 },
    {
      what: 'From a webhook to its answer, at rest, p50',
      value: ms(median(seen.slice(COLD).map(({ toAnswer }) => toAnswer))),
      goal: '',
    },
  ]
}

// ── Trouble ─────────────────────────────────────────────────────────────────

const UNDER_WAY = 50

/** Fifty customers made in Tribe at once, under a fault. */
async function fiftyEvents(world: World, begin: () => { struck(): number; lift(): void }) {
  const acme = await aCompany(world.systems, world.runtime)
  await acme.api('POST', '/activate')
  await acme.quiet()
  const fault = begin()
  const begun = performance.now()
  const names = Array.from({ length: UNDER_WAY }, (_, n) => `Kunde ${n} AS`)
  const ids = names.map((Name) => acme.crm.hasCustomer({ organization: { Name }, silent: true }).roleId)
  await Promise.all(
    ids.map(async (id) => {
      const { url, headers, body } = acme.event(id)
      await (await fetch(url, { method: 'POST', headers, body })).arrayBuffer()
    }),
  )
  await acme.quiet()
  fault.lift()
  const made = acme.books.customers().map(({ Name }) => Name)
  const lost = names.filter((name) => !made.includes(name)).length
  const doubled = made.length - new Set(made).size
  const seconds = (performance.now() - begun) / 1000
  const row = {
    value: `${lost}, ${doubled} (all done after ${seconds.toFixed(1)} s)`,
    goal: '0, 0',
    isMet: lost + doubled === 0,
  }
  return { row, struck: fault.struck() }
}

/** PowerOffice says 429 to everything for five seconds, while fifty events come in. */
export async function tooManyRequests(world: World): Promise<Row[]> {
  const { row, struck } = await fiftyEvents(world, () => {
    const fault = world.systems.powerOffice.faults.add({
      name: 'rate-limited-bare',
      on: /Customers/,
      times: Number.POSITIVE_INFINITY,
    })
    setTimeout(() => fault.lift(), 5000)
    return fault
  })
  if (struck === 0) throw new Error('nothing was refused')
  return [{ what: 'PowerOffice says 429 for 5 s, 50 events under way: lost, doubled', ...row }]
}

/** PowerOffice makes each of fifty customers, and the answer is lost. */
export async function lostAnswers(world: World): Promise<Row[]> {
  const { row, struck } = await fiftyEvents(world, () =>
    world.systems.powerOffice.faults.add({
      name: 'lost-after',
      on: /^POST .*Customers/,
      times: UNDER_WAY,
    }),
  )
  if (struck !== UNDER_WAY) throw new Error(`only ${struck} answers were lost`)
  return [{ what: `The answer to ${struck} of 50 creates is lost: lost, doubled`, ...row }]
}

// ── First load ──────────────────────────────────────────────────────────────

const LATENCY_MS = 200
/** Calls to Tribe of one tenant that go side by side. */
const SIDE_BY_SIDE = 4

/** What a first load of a PowerOffice full of customers, and a Tribe without any, takes. */
async function load(
  { systems, runtime }: World,
  records: number,
  tribe?: Parameters<typeof aCompany>[3],
  restMs = 0,
): Promise<{ acme: Company; seconds: number; toTribe: number; toPowerOffice: number }> {
  const fill: Parameters<typeof aCompany>[2] = (books) => {
    for (const { name, phone, email } of companies(records))
      books.hasCustomer({ Name: name, PhoneNumber: phone, EmailAddress: email })
  }
  const acme = await aCompany(systems, runtime, fill, tribe)
  await sleep(restMs)
  systems.tribe.log.clear()
  systems.powerOffice.log.clear()
  const begun = performance.now()
  await acme.api('POST', '/activate')
  for (;;) {
    const { initialSync } = await acme.api('GET', '/status')
    if ((initialSync as { state: string } | null)?.state === 'done') break
    await sleep(50)
  }
  const seconds = (performance.now() - begun) / 1000
  systems.tribe.latencyMs = 0
  await acme.quiet()
  if (acme.crm.customers().length !== records) throw new Error('not as many customers as were to be loaded')
  const toTribe = systems.tribe.log.matching(/\/v1\//, acme.crm.id).length
  const toPowerOffice = systems.powerOffice.log.matching(/./, acme.books.clientKey).length
  return { acme, seconds, toTribe, toPowerOffice }
}

/**
 * With a Tribe that takes its time, and as many calls as one likes. The least that it can take: its calls to Tribe,
 * four at a time, each as long as Tribe takes; and what PowerOffice's budget asks for its own.
 */
export async function firstLoad(world: World, { records }: Size): Promise<Row[]> {
  world.systems.tribe.latencyMs = LATENCY_MS
  const { seconds, toTribe, toPowerOffice } = await load(world, records)
  const least = (toTribe * LATENCY_MS) / SIDE_BY_SIDE / 1000 + toPowerOffice / 10
  const ratio = seconds / least
  return [
    {
      what: `First load of ${records} customers, against the least that the calls take (Tribe ${LATENCY_MS} ms, four at a time; PowerOffice 10 a second)`,
      value: `${times(ratio)} (${seconds.toFixed(1)} s and ${least.toFixed(1)} s; ${toTribe} calls to Tribe, ${toPowerOffice} to PowerOffice)`,
      goal: '≤ 1.25 ×',
      isMet: ratio <= 1.25,
    },
  ]
}

/** With Tribe's own limit, and a webhook for each record that the load makes, as Tribe may send. */
export async function firstLoadAtWindow(world: World, { windowed }: Size): Promise<Row[]> {
  const limited = { echo: true, requestsPerMinute: 1000 }
  // What connecting cost is out of the window by then.
  const { seconds, toTribe } = await load(world, windowed, limited, windowed < 1000 ? 0 : 60_000)
  const [minutes, mostMinutes, mostCalls] = [
    seconds / 60,
    (1.1 * windowed) / 1000,
    Math.floor(1.05 * windowed + 50),
  ]
  return [
    {
      what: `First load of ${windowed} customers within Tribe's 1,000 calls a minute, its webhooks telling of each: minutes`,
      value: minutes.toFixed(2),
      goal: `≤ ${mostMinutes.toFixed(2)}`,
      isMet: minutes <= mostMinutes,
    },
    {
      what: 'The same: calls to Tribe, those after its end too',
      value: String(toTribe),
      goal: `≤ ${mostCalls}`,
      isMet: toTribe <= mostCalls,
    },
  ]
}

// ── D1 ──────────────────────────────────────────────────────────────────────

/** Rows of D1 that a first load, a quarter-hourly poll and a push cost, by the Worker that counts them. */
export async function rowsOfD1(world: World, { records }: Size): Promise<Row[]> {
  const { relayUrl } = world.runtime
  const counts = async () => (await (await fetch(`${relayUrl}/counts`)).json()) as Record<string, number>
  const acme = await aCompany(world.systems, world.runtime, (books) => {
    for (const { name } of companies(records)) books.hasCustomer({ Name: name })
  })
  const since = async (run: () => Promise<unknown>, share: number) => {
    const before = await counts()
    await run()
    await acme.quiet()
    const after = await counts()
    const part = (name: string) => ((after[name] ?? 0) - (before[name] ?? 0)) / share
    return { read: part('read'), written: part('written'), statements: part('statements') }
  }
  const poll = () => acme.api('POST', '/sync', { what: 'relations' })
  const loaded = await since(() => acme.api('POST', '/activate'), records)
  const soonAfter = await since(poll, 1)
  // What a list shows of the five minutes before its last row is read twice; then the lists are quiet.
  for (let quarter = 0; quarter < 2; quarter++) {
    await fetch(`${relayUrl}/later?minutes=15`)
    await poll()
    await acme.quiet()
  }
  await fetch(`${relayUrl}/later?minutes=15`)
  const idle = await since(poll, 1)
  const pushed = await since(() => push(world, acme, 'En til AS'), 1)
  const told = ({ read, written, statements }: typeof loaded) =>
    `${read.toFixed(1)} read, ${written.toFixed(1)} written, ${statements.toFixed(2)} statements`
  return [
    { what: 'D1, for each record of a first load', value: told(loaded), goal: '' },
    {
      what: 'D1, for a poll of relations without news',
      value: told(idle),
      goal: '≤ 50 read, ≤ 8 statements',
      isMet: idle.read <= 50 && idle.statements <= 8,
    },
    {
      what: `D1, for a poll right after a first load of ${records}, which lists them once more`,
      value: told(soonAfter),
      goal: '',
    },
    { what: 'D1, for a new customer in Tribe', value: told(pushed), goal: '' },
  ]
}
