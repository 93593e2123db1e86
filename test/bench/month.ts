/** What a month of a deployment costs at Cloudflare's list prices for Workers Paid as they were known when this was written, in dollars: look them up before you rely on it. */

interface Of {
  tenants: number
  links: number
  bytes: number
}

const DAYS = 30
/** Of a tenant at rest: 96 ticks of three jobs, six of payments, a night; and so many events a day besides. */
const EVENTS_A_DAY = 60
const RUNS_A_DAY = 96 * 3 + 6 + 5 + EVENTS_A_DAY
/** Rows of D1 that a run reads and writes: the tenant, a few links; a standing at most every five minutes. */
const READ_A_RUN = 4
const WRITTEN_A_DAY = 288 + 6 * EVENTS_A_DAY
/** All of the links, once each night. */
const NIGHTLY = 1
const CALLS_A_DAY = RUNS_A_DAY * 2
/** An object is awake for some seconds around each run. */
const AWAKE_S = 3

const PRICES = {
  plan: 5,
  d1GbMonth: 0.75,
  d1ReadMillion: 0.001,
  d1WrittenMillion: 1,
  requestsMillion: 0.15,
  gbSecondsMillion: 12.5,
}

/** Lines for people: each part, and all for each tenant. What the plan includes is not taken off. */
export function monthOf({ tenants, links, bytes }: Of): string[] {
  const read = (tenants * DAYS * (RUNS_A_DAY * READ_A_RUN + links * NIGHTLY)) / 1e6
  const written = (tenants * DAYS * WRITTEN_A_DAY) / 1e6
  const requests = (tenants * DAYS * (CALLS_A_DAY / 2 + EVENTS_A_DAY)) / 1e6
  const seconds = (tenants * DAYS * RUNS_A_DAY * AWAKE_S * 0.128) / 1e6
  const parts: [string, number][] = [
    [`D1, ${(bytes / 1e9).toFixed(1)} GB`, (bytes / 1e9) * PRICES.d1GbMonth],
    [`D1, ${read.toFixed(0)} million rows read`, read * PRICES.d1ReadMillion],
    [`D1, ${written.toFixed(0)} million rows written`, written * PRICES.d1WrittenMillion],
    [`objects, ${requests.toFixed(0)} million requests`, requests * PRICES.requestsMillion],
    [`objects, ${seconds.toFixed(1)} million GB-seconds`, seconds * PRICES.gbSecondsMillion],
    ['the plan', PRICES.plan],
  ]
  const sum = parts.reduce((total, [, cost]) => total + cost, 0)
  return [
    ...parts.map(([what, cost]) => `a month, ${what}: $${cost.toFixed(2)}`),
    `a month in all: $${sum.toFixed(2)}, $${(sum / tenants).toFixed(2)} a tenant`,
  ]
}
