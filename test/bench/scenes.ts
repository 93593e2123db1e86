import { setTimeout as sleep } from 'node:timers/promises'
import type { Systems } from '../demo/systems'
import { companies } from '../fakes/data/companies'
import { aCompany, type Company } from './company'
import { closedLoop, median, quantile, type Round, type Shot } from './load'
import { BARE_SECRET, type Runtime } from './runtime'

/** What is measured, each with fakes of its own company. Numbers only; `bench.ts` says what they are held against. */

interface World {
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
}

const CALLERS = 16
const OBJECTS = 4

// ── Intake ──────────────────────────────────────────────────────────────────

/**
 * The relay and the bare Worker in turn, with the same callers and the same body. The tenants are paused: events
 * are stored with the alarm that works them off, and not worked off meanwhile.
 */
export async function intake(world: World, { rounds, roundMs }: Size) {
  const tenants = await Promise.all(
    Array.from({ length: OBJECTS }, () => aCompany(world.systems, world.runtime)),
  )
  for (const tenant of tenants) {
    await tenant.api('POST', '/activate')
    await tenant.quiet()
    await tenant.api('POST', '/pause')
  }
  let count = 0
  const toRelay = (): Shot =>
    (tenants[count++ % OBJECTS] as Company).event(typeOf(tenants[0] as Company), crypto.randomUUID())
  const toBare = (): Shot => {
    const { body } = (tenants[0] as Company).event(typeOf(tenants[0] as Company), crypto.randomUUID())
    const headers = { 'content-type': 'application/json', 'x-relay-secret': BARE_SECRET }
    return { url: `${world.runtime.bareUrl}/${count++ % OBJECTS}`, headers, body }
  }
  await closedLoop(CALLERS, roundMs, toBare)
  await closedLoop(CALLERS, roundMs, toRelay)
  const seen: { relay: Round; bare: Round }[] = []
  for (let round = 0; round < rounds; round++) {
    const bare = await closedLoop(CALLERS, roundMs, toBare)
    seen.push({ relay: await closedLoop(CALLERS, roundMs, toRelay), bare })
  }
  const of = (pick: (round: Round) => number) => ({
    relay: median(seen.map(({ relay }) => pick(relay))),
    bare: median(seen.map(({ bare }) => pick(bare))),
    ratio: median(seen.map(({ relay, bare }) => pick(relay) / pick(bare))),
  })
  return {
    perSecond: of(({ perSecond }) => perSecond),
    p50: of(({ times }) => quantile(times, 0.5)),
    p95: of(({ times }) => quantile(times, 0.95)),
    refused: seen.reduce((sum, { relay, bare }) => sum + relay.refused + bare.refused, 0),
  }
}

const typeOf = ({ crm }: Company): string => {
  const hook = crm.webhooks.find(({ entityType }) => /Customer$/.test(entityType))
  if (!hook) throw new Error('no webhook for customers')
  return hook.entityType
}

// ── From a webhook to PowerOffice ───────────────────────────────────────────

/** A new customer in Tribe, when nothing else goes on: from its webhook to the call that makes it in PowerOffice. */
export async function atRest(world: World, { events }: Size) {
  const acme = await aCompany(world.systems, world.runtime)
  await acme.api('POST', '/activate')
  await acme.quiet()
  const times: number[] = []
  const parts: number[] = []
  for (let n = 0; n < events; n++) {
    const { roleId } = acme.crm.hasCustomer({ organization: { Name: `Kunde ${n} AS` }, silent: true })
    const { url, headers, body } = acme.event(typeOf(acme), roleId)
    const seen = world.systems.powerOffice.log
    const before = seen.matching(/^POST .*Customers/, acme.books.clientKey).length
    const sentAt = performance.timeOrigin + performance.now()
    const answered = fetch(url, { method: 'POST', headers, body }).then(async (answer) => {
      await answer.arrayBuffer()
      parts.push(performance.timeOrigin + performance.now() - sentAt)
    })
    let arrived = seen.matching(/^POST .*Customers/, acme.books.clientKey)[before]
    while (!arrived) {
      await sleep(1)
      arrived = seen.matching(/^POST .*Customers/, acme.books.clientKey)[before]
    }
    times.push(arrived.at - sentAt)
    await answered
    await sleep(400)
  }
  await acme.quiet()
  const sorted = times.slice(3).sort((a, b) => a - b)
  return {
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    toAnswer: median(parts.slice(3)),
    doubled: acme.books.customers().length - events,
  }
}

// ── Trouble ─────────────────────────────────────────────────────────────────

export const UNDER_WAY = 50

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
      const { url, headers, body } = acme.event(typeOf(acme), id)
      await (await fetch(url, { method: 'POST', headers, body })).arrayBuffer()
    }),
  )
  await acme.quiet()
  fault.lift()
  const made = acme.books.customers().map(({ Name }) => Name)
  return {
    lost: names.filter((name) => !made.includes(name)).length,
    doubled: made.length - new Set(made).size,
    seconds: (performance.now() - begun) / 1000,
    struck: fault.struck(),
  }
}

/** PowerOffice says 429 to everything for five seconds, while fifty events come in. */
export const tooManyRequests = (world: World) =>
  fiftyEvents(world, () => {
    const fault = world.systems.powerOffice.faults.add({
      name: 'rate-limited-bare',
      on: /Customers/,
      times: Number.POSITIVE_INFINITY,
    })
    setTimeout(() => fault.lift(), 5000)
    return fault
  })

/** PowerOffice makes each of fifty customers, and the answer is lost. */
export const lostAnswers = (world: World) =>
  fiftyEvents(world, () =>
    world.systems.powerOffice.faults.add({
      name: 'lost-after',
      on: /^POST .*Customers/,
      times: UNDER_WAY,
    }),
  )

// ── First load ──────────────────────────────────────────────────────────────

const LATENCY_MS = 200
/** Calls to Tribe of one tenant that go side by side. */
const SIDE_BY_SIDE = 4

/**
 * A PowerOffice full of customers and an empty Tribe that takes its time. The least that it can take: its
 * calls to Tribe, four at a time, each as long as Tribe takes; and what PowerOffice's budget asks for its own.
 */
export async function firstLoad(world: World, { records }: Size) {
  const { tribe, powerOffice } = world.systems
  const acme = await aCompany(world.systems, world.runtime, (books) => {
    for (const { name, phone, email } of companies(records))
      books.hasCustomer({ Name: name, PhoneNumber: phone, EmailAddress: email })
  })
  tribe.log.clear()
  powerOffice.log.clear()
  tribe.latencyMs = LATENCY_MS
  // Tribe's own work for a call belongs to its latency.
  const begun = performance.now()
  await acme.api('POST', '/activate')
  await loaded(acme)
  const seconds = (performance.now() - begun) / 1000
  tribe.latencyMs = 0
  await acme.quiet()
  const toTribe = tribe.log.matching(/\/v1\//, acme.crm.id).length
  const toPowerOffice = powerOffice.log.matching(/./, acme.books.clientKey).length
  const least = (toTribe * LATENCY_MS) / SIDE_BY_SIDE / 1000 + toPowerOffice / 10
  return { records, seconds, least, ratio: seconds / least, toTribe, toPowerOffice, latencyMs: LATENCY_MS }
}

async function loaded({ api }: Company): Promise<void> {
  for (;;) {
    const { initialSync } = await api('GET', '/status')
    if ((initialSync as { state: string }).state === 'done') return
    await sleep(50)
  }
}

/** Rows of D1 that a first load and a quarter-hourly poll cost, by the Worker that counts them. */
export async function rowsOfD1(world: World, { records }: Size) {
  const counts = async () =>
    (await (await fetch(`${world.runtime.relayUrl}/counts`)).json()) as Record<string, number>
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
  const load = await since(() => acme.api('POST', '/activate'), records)
  const poll = await since(() => acme.api('POST', '/sync', { what: 'relations' }), 1)
  const { books, crm } = acme
  let before = books.customers().length
  const push = await since(async () => {
    const { roleId } = crm.hasCustomer({ organization: { Name: 'En til AS' }, silent: true })
    const { url, headers, body } = acme.event(typeOf(acme), roleId)
    await fetch(url, { method: 'POST', headers, body })
    while (books.customers().length === before) await sleep(5)
    before = books.customers().length
  }, 1)
  return { load, poll, push }
}
