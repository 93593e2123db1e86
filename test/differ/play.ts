import { QUIRKS, TRIBES } from '../converge/world'
import { Dice } from '../platform/dice'
import { Town, type TownTenant } from '../platform/town'
import { ChangingWeather } from '../platform/weather'
import { endOf } from './ending'
import { Hand } from './script'

/** How invoices go. */
export const MODES = ['draft', 'book', 'send', 'voucher'] as const
export type Mode = (typeof MODES)[number]

export interface End {
  /** How both systems and the relay's problems are at the end. */
  lines: string[]
  story: string[]
}

const MINUTE_MS = 60_000
const POLL = '*/15 * * * *'
const PAYMENTS = '0 */4 * * *'
const NIGHT = '30 2 * * *'
const REST = [POLL, PAYMENTS, NIGHT, POLL]

/**
 * A company's days, drawn from the seed. Of the relay it knows the front door and the clock's ticks alone, so that the
 * Worker may be any version's.
 */
export async function play(seed: number, modes: readonly Mode[]): Promise<End> {
  const town = new Town(seed)
  try {
    const dice = new Dice(seed)
    const tenant = await join(town, dice, modes)
    const hand = new Hand(new Dice(seed + 0xac7), tenant)
    for (let n = dice.between(4, 10); n > 0; n--) act(town, hand)
    await ready(town, tenant)
    await rest(town, tenant)
    const weather = new ChangingWeather(new Dice(seed + 0x5eed))
    town.platform.weather = weather
    for (let round = 1; round <= 3; round++) {
      hand.rest()
      weather.roughness = dice.pick([0, 0.02, 0.08])
      town.tell(`ROUND ${round}, rough ${weather.roughness}`)
      await aDay(town, dice, hand)
      weather.roughness = 0
      await rest(town, tenant)
    }
    const { problems } = await town.waitFor(tenant.api('GET', '/status'))
    return { lines: endOf(tenant, problems), story: town.story }
  } finally {
    town.platform.close()
  }
}

async function join(town: Town, dice: Dice, modes: readonly Mode[]): Promise<TownTenant> {
  town.powerOffice.replicaLagMs = dice.pick([0, 0, 900])
  return town.addTenant({
    tribe: dice.each(TRIBES),
    powerOffice: dice.each(QUIRKS),
    settings: {
      invoices: { enabled: true, mode: dice.pick(modes) },
      payments: { enabled: true },
      conflictPolicy: dice.pick(['poweroffice', 'tribe']),
    },
  })
}

/** Mapped as proposed, with a preview that somebody has seen, and begun. */
async function ready(town: Town, tenant: TownTenant): Promise<void> {
  for (let days = 100; days < 160; days++) tenant.books.hasPaymentTerm({ CreditDays: days })
  await town.waitFor(tenant.mapAsProposed())
  await town.waitFor(tenant.api('POST', '/preview'))
  await town.passMinutes(10)
  await town.waitFor(tenant.api('GET', '/preview'))
  await town.waitFor(tenant.activate())
}

function act(town: Town, hand: Hand): void {
  const deed = hand.draw()
  if (deed) carryOut(town, deed)
}

function carryOut(town: Town, deed: { says: string; run(): void }): void {
  try {
    deed.run()
    town.tell(`USER ${deed.says}`)
  } catch (thrown) {
    town.tell(`USER may not: ${deed.says}: ${thrown}`)
  }
}

/** Users do what they had in mind this morning, and the relay is about its work, through all weathers. */
async function aDay(town: Town, dice: Dice, hand: Hand): Promise<void> {
  const { timeline, platform } = town
  const minutes = dice.between(30, 120)
  for (let acts = dice.between(6, 20); acts > 0; acts--) {
    const at = dice.between(0, minutes * MINUTE_MS)
    const deed = hand.draw()
    if (deed) timeline.after(at, () => carryOut(town, deed))
  }
  for (let at = 7; at < minutes; at += 15) timeline.after(at * MINUTE_MS, () => void platform.tick(POLL))
  if (dice.is(0.3)) timeline.after(dice.between(0, minutes) * MINUTE_MS, () => platform.deploy())
  await town.passMinutes(minutes)
}

/** The weather is fine, an admin has mended what stopped it, and all that the clock does in a night is done. */
async function rest(town: Town, tenant: TownTenant): Promise<void> {
  await quiet(town, tenant)
  for (const tick of REST) {
    await town.passMinutes(15)
    await town.tick(tick)
    await quiet(town, tenant)
  }
}

async function quiet(town: Town, tenant: TownTenant): Promise<void> {
  for (let minutes = 0; minutes < 8 * 60; minutes += 5) {
    await town.passMinutes(5)
    if (tenant.crm.deliveriesPending() > 0) continue
    const { state, jobs } = await town.waitFor(tenant.api('GET', '/status'))
    if (state === 'reconnect') await town.waitFor(tenant.api('POST', '/jobs/retry', {}))
    else if (jobs.due === 0 && jobs.waiting === 0 && state !== 'initial-sync') return
  }
  throw new Error('not quiet after hours')
}
