import { expect, test } from 'vitest'
import type { LinkState } from '../../src/db/links'
import { createLocks } from '../../src/shared/locks'
import type { SyncContext } from '../../src/sync-step'
import { lookAtLink } from '../../src/two-way/link'

/** Links that are kept while others look, and how often they were read. */
function desk() {
  const ctx = { withLock: createLocks(), flush: async () => undefined } as unknown as SyncContext
  const kept = { link: null as LinkState | null, reads: 0 }
  const linked = (tribeId: string) => ({ tribeId }) as LinkState
  const find = async () => {
    kept.reads++
    const read = kept.link
    // D1 has answered, and the answer is on its way.
    await Promise.resolve()
    return read
  }
  const look = (seen: (link: LinkState | null) => Promise<void> | void) =>
    lookAtLink(
      ctx,
      find,
      () => 'the record',
      async (link) => seen(link),
    )
  return { ctx, kept, linked, look }
}

test('one that nobody else looks at is read once', async () => {
  const { kept, linked, look } = desk()
  kept.link = linked('a')
  await look((link) => expect(link?.tribeId).toBe('a'))
  expect(kept.reads).toBe(1)
})

test('two that are asked for at once: the second goes by what the first has kept', async () => {
  const { kept, linked, look } = desk()
  const seen: (string | undefined)[] = []
  const makes = async (link: LinkState | null) => {
    seen.push(link?.tribeId)
    if (link) return
    await Promise.resolve()
    kept.link = linked('made')
  }
  await Promise.all([look(makes), look(makes)])
  expect(seen).toEqual([undefined, 'made'])
})

test('a look that ends while the link is being read makes it read again, though nobody holds the lock by then', async () => {
  const { ctx, kept, linked, look } = desk()
  const underWay = ctx.withLock('the record', async () => {
    await Promise.resolve()
    kept.link = linked('kept meanwhile')
  })
  const seen: (string | undefined)[] = []
  const looked = look(async (link) => {
    seen.push(link?.tribeId)
  })
  await Promise.all([underWay, looked])
  expect(seen).toEqual(['kept meanwhile'])
  expect(kept.reads).toBe(2)
})

test('one that is being tied has another name from then on: whoever finds it by that waits for the look that ties it', async () => {
  const { ctx, kept, linked } = desk()
  const told: string[] = []
  const look = (who: string, seen: () => Promise<void>) =>
    lookAtLink(
      ctx,
      async () => kept.link,
      (link) => (link ? 'tied' : 'alone'),
      async () => {
        told.push(`${who} begins`)
        await seen()
        told.push(`${who} ends`)
      },
    )
  const first = look('the first', async () => {
    kept.link = linked('a')
    for (let n = 0; n < 20; n++) await Promise.resolve()
  })
  while (kept.link === null) await Promise.resolve()
  await Promise.all([first, look('the second', async () => undefined)])
  expect(told).toEqual(['the first begins', 'the first ends', 'the second begins', 'the second ends'])
})
