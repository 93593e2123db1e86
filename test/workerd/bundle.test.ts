import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { app } from '../../src/http/app'
import { describedApi } from '../../src/http/openapi'
import { startInWorkerd } from './relay'
import { bundle } from './runtime'

/** What it is made of, and why it is not 300: DESIGN.md §10.6. */
const MOST_KIB = 389

test(`what is deployed is small enough to start at once: ${MOST_KIB} KiB, compressed`, () => {
  const built = bundle()

  expect(gzipSync(built).length).toBeLessThan(MOST_KIB * 1024)
  // zod's messages in fifty languages, of which the relay uses none.
  expect(built).not.toContain('Ongeldige invoer')
})

test('what is deployed describes its API as the sources do', async () => {
  const relay = await startInWorkerd()
  const { body } = await relay.call(null, 'GET', '/openapi.json')
  expect(body).toEqual(JSON.parse(JSON.stringify(describedApi(app))))
  await relay.close()
})
