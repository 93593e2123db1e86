import { expect, test } from 'vitest'
import { openDatabase } from '../../src/db/database'
import { type LinkKind, linksOf } from '../../src/db/links'
import { tenantsIn } from '../../src/db/tenants'
import { withAhead } from '../../src/tenant-sync/ahead'
import { createFence } from '../../src/tenant-sync/fence'
import { d1Over, freshDatabase } from '../platform/d1'
import { aLink } from './links'

const ORGANIZATION = 'fjordlys'

/** A tenant with some links, and what was read ahead of them when these ids were told of. */
async function readAhead(...told: string[]) {
  const asked: string[] = []
  const db = openDatabase(
    d1Over(freshDatabase(), async (query, run) => {
      asked.push(query)
      return run()
    }),
  )
  const stored = linksOf(db, 'acme')
  await stored.saveAll([
    aLink('role', { tribeRelationId: ORGANIZATION }),
    aLink('other-role', { kind: 'supplier', tribeRelationId: ORGANIZATION }),
    aLink('lamp', { kind: 'product' }),
  ])
  await linksOf(db, 'another').saveAll([aLink('theirs', { tribeRelationId: 'nordlys' })])
  const { links: rows } = await tenantsIn(db).findWithLinks('acme', told)
  asked.length = 0
  const still = { is: true }
  const links = withAhead(stored, { ids: new Set(told), rows, isStill: () => still.is })
  return { links, stored, asked, still }
}

test.each<[string, string[], LinkKind, string, string | null, number]>([
  ['itself', ['role'], 'customer', 'role', 'role', 0],
  ['one without a link', ['new'], 'customer', 'new', null, 0],
  ['one of another kind', ['role'], 'supplier', 'role', null, 0],
  ['who plays the role', [ORGANIZATION], 'customer', ORGANIZATION, 'role', 0],
  ['a role that is played', [ORGANIZATION], 'supplier', 'other-role', 'other-role', 0],
  ['one of several', ['new', 'lamp'], 'product', 'lamp', 'lamp', 0],
  ['one of another tenant', ['theirs'], 'customer', 'theirs', null, 0],
  ['one that was not told of', ['role'], 'product', 'lamp', 'lamp', 1],
  ['one that nobody knows', ['role'], 'customer', 'nobody', null, 1],
  ['who plays a role that was told of', ['role'], 'customer', ORGANIZATION, 'role', 1],
])('%s', async (_, told, kind, id, found, queries) => {
  const { links, stored, asked, still } = await readAhead(...told)

  expect((await links.findByTribe(kind, id))?.tribeId ?? null).toBe(found)
  expect(asked).toHaveLength(queries)
  // Whatever was read ahead, the answer is D1's own.
  expect(await links.findByTribe(kind, id)).toEqual(await stored.findByTribe(kind, id))
  // Once it may be another, D1 is asked.
  asked.length = 0
  still.is = false
  await links.findByTribe(kind, id)
  expect(asked).toHaveLength(1)
})

test.each([
  ['an organisation that was told of', [ORGANIZATION], ORGANIZATION, ['other-role', 'role'], 0],
  ['one that plays nothing', ['new'], 'new', [], 0],
  [
    'one of a role that was told of, which may play others',
    ['role'],
    ORGANIZATION,
    ['other-role', 'role'],
    1,
  ],
])('roles of %s', async (_, told, id, roles, queries) => {
  const { links, asked, still } = await readAhead(...told)

  expect((await links.ofRelation(id)).map(({ tribeId }) => tribeId).sort()).toEqual(roles)
  expect(asked).toHaveLength(queries)
  asked.length = 0
  still.is = false
  expect(await links.ofRelation(id)).toHaveLength(roles.length)
  expect(asked).toHaveLength(1)
})

test('each write that an object notes is counted, whoever makes it', () => {
  const facts = { get: () => null, set: () => undefined } as unknown as Parameters<typeof createFence>[0]
  const fence = createFence(facts, () => 0)
  const seen = [fence.writes()]
  fence.noteWrite()
  seen.push(fence.writes())
  fence.pass().mayWrite()
  seen.push(fence.writes())
  expect(seen).toEqual([0, 1, 2])
})
