import { SEEN } from '../../src/two-way/reconcile'
import { BILLS } from './bills'
import { faultsIn } from './check'
import type { Slice } from './kind'
import { SIDES } from './model'
import { PRODUCTS } from './products'
import { RELATIONS } from './relations'
import { World } from './world'

export const SLICES: Readonly<Record<string, readonly Slice[]>> = {
  relations: [RELATIONS],
  products: [PRODUCTS],
  all: [RELATIONS, PRODUCTS],
  /** With fields of an admin's own. */
  own: [{ ...RELATIONS, hasOwn: true }, PRODUCTS],
  bills: [BILLS],
  /** With an administrator who meddles in between. */
  admin: [
    {
      ...RELATIONS,
      settings: { ...RELATIONS.settings, keepBefore: { days: 5 } },
      hasOwn: true,
      hasAdmin: true,
    },
    PRODUCTS,
  ],
}

export interface Outcome {
  seed: number
  faults: string[]
  story: string[]
  writes: number
  lives: number
}

/** How a seed that failed is told of, and run again. */
export function reportOf(
  of: string,
  { seed, faults: [first = '', ...others] }: Pick<Outcome, 'seed' | 'faults'>,
): string {
  const more = others.length > 0 ? ` (and ${others.length} more)` : ''
  return `seed ${seed}: ${first}${more}\n  npm run converge -- --of ${of} --seed ${seed}`
}

const MINUTE_MS = 60_000
const POLL = '*/15 * * * *'
const NIGHT = '30 2 * * *'

/** One run: both systems are filled, the relay comes, and for a few rounds users and the weather do what they like. */
export async function run(seed: number, slices: readonly Slice[] = [RELATIONS]): Promise<Outcome> {
  const world = await World.open(seed, slices)
  const faults: string[] = []
  try {
    await live(world, faults)
    faults.push(...world.monitor.broken(faults.length === 0))
  } catch (thrown) {
    faults.push(`the run broke: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
  } finally {
    world.town.platform.close()
  }
  const { town, writes, relay } = world
  return { seed, faults, story: town.story, writes: writes.length, lives: relay.lives }
}

async function live(world: World, faults: string[]): Promise<void> {
  const { dice, weather } = world
  const kinds = world.slices.flatMap((slice) => slice.kinds)
  world.meanwhile = () => act(world)
  // Whatever the policy says of the first load, somebody has seen it.
  world.tenant.facts.set(SEEN, new Date(world.town.timeline.now()).toISOString())
  await world.town.waitFor(world.tenant.activate())
  for (let round = 1; round <= dice.between(2, 3) && faults.length === 0; round++) {
    const isCalm = dice.is(0.35)
    weather.roughness = isCalm ? 0 : dice.pick([0.01, 0.04, 0.12])
    world.losses = dice.pick([0, 0.1, 0.5])
    world.tell(`ROUND ${round}${isCalm ? ', calm' : `, rough ${weather.roughness}`}, losses ${world.losses}`)
    if (isCalm && round === 1) await world.quiet()
    world.bustle = isCalm ? 0 : dice.pick([0, 0.02, 0.06])
    await turmoil(world, isCalm)
    weather.roughness = 0
    world.bustle = 0
    faults.push(
      ...(await settled(world)).map((line) => `round ${round}: ${line}`),
      ...faultsIn(world, kinds, world.slices),
    )
    faults.push(...(world.admin?.faults ?? []))
  }
  if (faults.length === 0) faults.push(...(await mended(world)), ...faultsIn(world, kinds, world.slices))
  if (faults.length === 0) faults.push(...(await stillness(world)))
}

/** People do what problems tell them to; what one of them had hidden, the second time. */
async function mended(world: World): Promise<string[]> {
  const stuck: string[] = []
  for (const mend of [1, 2].flatMap(() => world.slices.flatMap((slice) => slice.mend ?? []))) {
    world.tell('MEND')
    await world.town.waitFor(mend(world, world.tenant))
    stuck.push(...(await settled(world)))
    // What is only looked for at leisure is found by then.
    await world.passMinutes(7 * 60)
  }
  return stuck
}

/** For an hour or two, things happen when they happen: with the relay at rest, or in the middle of its work. */
async function turmoil(world: World, isCalm: boolean): Promise<void> {
  const { dice, town, tenant } = world
  const { timeline, platform } = town
  const minutes = dice.between(20, 90)
  const tick = (atMinutes: number, cron: string) =>
    timeline.after(atMinutes * MINUTE_MS, () => void platform.tick(cron))
  for (let at = dice.between(1, 15); at < minutes; at += 15) if (dice.is(0.85)) tick(at, POLL)
  if (dice.is(0.2)) tick(dice.between(0, minutes), NIGHT)
  for (const { cron } of world.slices) if (cron && dice.is(0.6)) tick(dice.between(0, minutes), cron)
  if (!isCalm && dice.is(0.3)) {
    const restart = dice.is(0.5) ? () => tenant.object.reset() : () => platform.deploy()
    timeline.after(dice.between(0, minutes) * MINUTE_MS, restart)
  }
  // An admin looks in now and then.
  for (let at = 10; at < minutes; at += 10) timeline.after(at * MINUTE_MS, () => void world.reconnect())
  for (let acts = dice.between(2, 16); acts > 0; acts--) {
    // Close upon each other, or with time between.
    const pause = dice.pick([
      dice.between(20, 2000),
      dice.between(500, 20_000),
      dice.between(1, 10) * MINUTE_MS,
    ])
    if (isCalm) {
      await timeline.run(pause)
      act(world)
    } else timeline.after(dice.between(0, minutes * MINUTE_MS), () => act(world))
  }
  world.admin?.meddle(minutes)
  await world.passMinutes(minutes)
}

function act(world: World): void {
  const { dice, model } = world
  const work = dice.weighted(world.slices.flatMap((slice) => slice.acts))
  const isBusy = world.relay.isBusy
  const done = work(world, model, dice)
  if (done) world.tell(`USER ${done}${isBusy ? ' (busy)' : ''}`)
  world.collect()
}

/** After a pull, a poll, a nightly comparison and quiet, all is in step. */
async function settled(world: World, regular: readonly string[] = [POLL, NIGHT, POLL]): Promise<string[]> {
  const ticks = [...world.slices.flatMap(({ cron }) => cron ?? []), ...regular]
  world.tell('SETTLE')
  const stuck: (string | null)[] = []
  await world.town.waitFor(world.admin?.putBack() ?? Promise.resolve())
  await world.town.waitFor(world.reconnect())
  for (const cron of ticks) {
    await world.town.tick(cron)
    const unanswered = await world.quiet()
    // What hangs on a question is looked at again and again until an admin answers it.
    const isAnswered = await world.town.waitFor(world.answerQuestions())
    stuck.push(isAnswered ? await world.quiet() : unanswered)
  }
  return stuck.flatMap((line) => line ?? [])
}

/** When nobody does anything, nothing is written. */
async function stillness(world: World): Promise<string[]> {
  const { model, writes, dice, crm } = world
  const faults = SIDES.flatMap((side) => {
    const count = writes.filter((write) => write.system === side).length
    return count > model.causes[side] ? [`${count} writes to ${side} for ${model.causes[side]} causes`] : []
  })
  const before = writes.length
  world.tell('STILLNESS')
  for (const delivery of world.arrived) if (dice.is(0.2)) crm.deliver(delivery)
  const stuck = await settled(world, [POLL, NIGHT])
  const more = writes.slice(before).map(({ line }) => `a write without a cause: ${line}`)
  return [...faults, ...stuck, ...more]
}
