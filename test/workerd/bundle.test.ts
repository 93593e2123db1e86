import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundle } from './runtime'

test('what is deployed is small enough to start at once: 300 KiB, compressed', () => {
  const built = bundle()

  expect(gzipSync(built).length).toBeLessThan(300 * 1024)
  // zod's messages in fifty languages, of which the relay uses none.
  expect(built).not.toContain('Ongeldige invoer')
})
