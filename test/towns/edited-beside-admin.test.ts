import { expect, test } from 'vitest'
import { OWN_FIELDS, OWN_ROWS } from '../converge/own'
import type { TownTenant } from '../platform/town'
import { todays } from '../seeds/day'
import { editInTribe, expectCalm, type Field, heldIn, KINDS, type Kind, open } from './filling'
import { PULL, type Street, useStreet } from './street'

/**
 * A user edits a field just when an admin does something: right before it, in its midst, right after. The edit travels,
 * whatever the admin does, and also where the relay wrote that field a moment ago and has not looked at it since.
 */

const begin = useStreet(3)

interface Scene {
  street: Street
  tenant: TownTenant
  /** What the relay told of its write of the other field. */
  entry: Record<string, unknown>
}
type Act = (scene: Scene) => Promise<unknown>

const ask =
  (method: string, path: string, body: unknown = {}): Act =>
  async ({ street, tenant }) => {
    await street.town.waitFor(tenant.api(method, path, body))
    await street.town.timeline.run(3000)
  }
const inTurn =
  (...acts: Act[]): Act =>
  async (scene) => {
    for (const act of acts) await act(scene)
  }
const takeBack: Act = (scene) => ask('POST', '/records/undo', scene.entry)(scene)
const switched = (isOn: boolean) =>
  ask('PATCH', '/settings', { relations: { enabled: isOn }, products: { enabled: isOn } })
const mapped = (rows: readonly unknown[]) => ask('PUT', '/fields', { mapped: rows })
const renew: Act = (scene) => {
  const { crm, books } = scene.tenant
  const tribe = { clientId: crm.clientId, clientSecret: crm.rotateSecret() }
  return inTurn(
    ask('PUT', '/tribe', tribe),
    ask('PUT', '/poweroffice', { clientKey: books.clientKey }),
  )(scene)
}
const pair = ({ street, tenant, entry }: Scene) => {
  const [link] = street.links(tenant, String(entry.kind))
  return { kind: entry.kind, tribeId: link?.tribeId, powerOfficeId: link?.powerOfficeId }
}
const relink: Act = (scene) => ask('POST', '/records/relink', pair(scene))(scene)
const forget: Act = (scene) =>
  ask('POST', '/records/forget', { kind: scene.entry.kind, tribeId: scene.entry.tribeId })(scene)

const ACTS: Record<string, Act> = {
  'takes back a change of another field': takeBack,
  'pauses and goes on': inTurn(ask('POST', '/pause'), ask('POST', '/resume')),
  'switches the part off and on': inTurn(switched(false), switched(true)),
  'maps fields of their own': mapped(OWN_ROWS),
  'maps fields of their own and removes them': inTurn(mapped(OWN_ROWS), mapped([])),
  'renews what both systems are called with': renew,
  'ties the two anew': relink,
  'parts the two and ties them': inTurn(forget, relink),
}

type Moment = 'before' | 'at its first call' | 'at its second call' | 'at its third call' | 'after'
const MOMENTS: readonly Moment[] = [
  'before',
  'at its first call',
  'at its second call',
  'at its third call',
  'after',
]

async function actWith(scene: Scene, act: Act, moment: Moment, edit: () => void): Promise<void> {
  let untilThen = MOMENTS.indexOf(moment)
  const count = () => {
    if (--untilThen === 0) edit()
  }
  if (moment === 'before') edit()
  else if (moment !== 'after') scene.street.town.onArrival = (path) => !/token/i.test(path) && count()
  await act(scene)
  // Where it made fewer calls than that, it is over.
  if (untilThen > 0) edit()
  untilThen = -1
}

const SIDES = ['Tribe', 'PowerOffice'] as const
type Side = (typeof SIDES)[number]

/** The last that the relay told of a write to that side. */
function lastWrite({ town }: Street, tenant: TownTenant, side: Side): Record<string, unknown> {
  const [row] = town.platform.database
    .prepare(
      'select id as entryId, kind, tribe_id as tribeId from timeline where tenant_id = ? and event = ? order by id desc limit 1',
    )
    .all(tenant.id, `updated-${side.toLowerCase()}`)
  return { ...row }
}

/** As a user of that side enters it, and what both hold then: Tribe's, and PowerOffice's. */
function enter(tenant: TownTenant, kind: Kind, field: Field, side: Side): [unknown, unknown] {
  if (side === 'Tribe') editInTribe(tenant, kind, field)
  else kind.edit(tenant, { [field.books]: field.back[0] })
  return side === 'Tribe' ? field.edited : [field.back[1], field.back[0]]
}
const otherOf = (side: Side): Side => (side === 'Tribe' ? 'PowerOffice' : 'Tribe')

interface Case {
  act: string
  kind: Kind
  /** Which of its fields the user edits. */
  n: number
  edited: Side
  /** Where the relay wrote another field, which is what is taken back. */
  written: Side
  moment: Moment
  place: number
}
const [TAKES_BACK = '', ...OTHERS] = Object.keys(ACTS)
const casesOf = (acts: readonly string[], sides: readonly Side[], moments: readonly Moment[]): Case[] =>
  acts.flatMap((act, a) =>
    KINDS.flatMap((kind, k) =>
      kind.fields.flatMap((_, n) =>
        SIDES.flatMap((edited, e) =>
          sides.flatMap((written, w) =>
            moments.map((moment, m) => {
              const place = a + k + n + e + w + m
              return { act, kind, n, edited, written, moment, place }
            }),
          ),
        ),
      ),
    ),
  )
const CASES = [
  ...todays(casesOf([TAKES_BACK], SIDES, MOMENTS), 10, ({ place }) => place),
  ...todays(casesOf(OTHERS, ['Tribe'], ['before', 'at its second call', 'after']), 40),
]
const told = ({ act, kind, n, edited, written, moment }: Case) =>
  `an admin ${act}, which was written to ${written}; ${moment}, ${kind.fields[n]?.books} of a ${kind.kind} is edited in ${edited}`

test.each(CASES.map((one) => [told(one), one] as const))('%s', async (_, one) => {
  const { act, kind, n, edited, written, moment } = one
  const street = begin()
  const tenant = await open(street, { defaults: {}, customFields: OWN_FIELDS }, (to) => void kind.make(to), {
    keepBefore: { days: 5 },
    conflictPolicy: edited.toLowerCase(),
  })
  const field = kind.fields[n] as Field
  const at = (n + 1) % kind.fields.length
  const side = SIDES.indexOf(written)
  const before = heldIn(tenant, kind)[at]?.[side]
  const carried = enter(tenant, kind, kind.fields[at] as Field, otherOf(written))[side]
  await street.tick(PULL)
  const entry = lastWrite(street, tenant, written)
  await street.town.passMinutes(15)
  enter(tenant, kind, field, otherOf(edited))
  await street.tick(PULL)
  let wanted: [unknown, unknown] = [null, null]
  await actWith({ street, tenant, entry }, ACTS[act] as Act, moment, () => {
    wanted = enter(tenant, kind, field, edited)
  })
  await street.quiet()
  await street.town.passMinutes(15)
  await street.tick(PULL, PULL)
  const held = heldIn(tenant, kind)
  expect(held[n]).toEqual(wanted)
  expect(held[at]?.[side]).toEqual(act === TAKES_BACK ? before : carried)
  await expectCalm(street)
  expect(heldIn(tenant, kind)).toEqual(held)
  expect([tenant.problems(), street.town.violations()]).toEqual([[], []])
})
