import { afterEach, expect, test } from 'vitest'
import { FakeTribe, type TribeEnvironment } from '../fakes/tribe'
import { Dice } from './dice'
import { Life } from './life'
import { appAt, networkOf } from './network'
import { Timeline } from './timeline'
import type { Mishap, Weather } from './weather'

/** Tribe's hold counts for whoever was told of it, and for what left after it. */

let end: () => void = () => undefined
afterEach(() => end())

const SECOND = 1000

/** A Tribe that answers the first call 429, a caller, and one that takes its place. */
async function called() {
  const timeline = new Timeline(Date.parse('2026-03-02T07:00:00Z'))
  end = timeline.install(1)
  const tribe = new FakeTribe({ seed: 1 })
  const crm = tribe.addEnvironment()
  const mishaps: (Mishap | null)[] = []
  const weather: Weather = { ofCall: () => mishaps.shift() ?? null, ofQuery: () => null }
  const fetch = networkOf({
    timeline,
    dice: new Dice(1),
    weather: () => weather,
    hosts: {
      'tribe.example': {
        answer: appAt(tribe.app),
        faults: tribe.faults,
        unheard: (answeredAt) => tribe.unheard(answeredAt),
      },
    },
    onArrival: () => undefined,
    onCall: () => undefined,
    tell: () => undefined,
  })
  const token = await tokenOf(tribe, crm)
  const call = (life: Life, mishap: Mishap | null, giveUpAfterMs = 60 * SECOND) => {
    mishaps.push(mishap)
    const aborted = new AbortController()
    timeline.after(giveUpAfterMs, () => aborted.abort(new Error('too late')))
    const init = { headers: { authorization: `Bearer ${token}` }, signal: aborted.signal }
    void life.run(() => fetch('https://tribe.example/v1/odata/Product', init)).catch(() => undefined)
  }
  return { timeline, call, violations: () => crm.violations, lives: [new Life(), new Life()] as const }
}

async function tokenOf(tribe: FakeTribe, { clientId, clientSecret }: TribeEnvironment): Promise<string> {
  const asked = { grant_type: 'client_credentials', scope: 'read write' }
  const body = new URLSearchParams({ ...asked, client_id: clientId, client_secret: clientSecret })
  const answer = await tribe.app.request('/oauth2/token', {
    method: 'POST',
    body: body.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  return ((await answer.json()) as { access_token: string }).access_token
}

test('whoever was told to wait, and calls again, is noted', async () => {
  const { timeline, call, violations, lives } = await called()
  const [one] = lives
  call(one, 'rate-limited-bare')
  await timeline.run(10 * SECOND)
  call(one, null)
  await timeline.run(10 * SECOND)
  expect(violations()).toEqual([expect.stringContaining('within a hold')])
})

test.each<[string, (one: Life) => void]>([
  ['was cut off', (one) => one.end()],
  ['was replaced', (one) => one.replace()],
])('of a hold that was told to code that %s before it heard, the next knows nothing', async (_, strike) => {
  const { timeline, call, violations, lives } = await called()
  const [one, next] = lives
  call(one, 'rate-limited-bare')
  strike(one)
  await timeline.run(10 * SECOND)
  call(next, null)
  await timeline.run(10 * SECOND)
  expect(violations()).toEqual([])
  // What the next one is told itself, it has to keep to.
  call(next, 'rate-limited-bare')
  await timeline.run(10 * SECOND)
  call(next, null)
  await timeline.run(10 * SECOND)
  expect(violations()).toEqual([expect.stringContaining('within a hold')])
})

test('a call that left before the hold, and arrives within it, breaks nothing', async () => {
  const { timeline, call, violations, lives } = await called()
  const [one] = lives
  call(one, 'late', 20 * SECOND)
  await timeline.run(SECOND)
  call(one, 'rate-limited-bare')
  await timeline.run(30 * SECOND)
  expect(violations()).toEqual([])
})
