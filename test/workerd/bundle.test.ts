import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundle } from './runtime'

/**
 * The house as it was rebuilt took 289 KiB. Vouchers and papers, own fields, the audit trail, assistants and live records
 * came after that, with their texts in three languages.
 */
const MOST_KIB = 345

test(`what is deployed is small enough to start at once: ${MOST_KIB} KiB, compressed`, () => {
  const built = bundle()

  expect(gzipSync(built).length).toBeLessThan(MOST_KIB * 1024)
  // zod's messages in fifty languages, of which the relay uses none.
  expect(built).not.toContain('Ongeldige invoer')
})
