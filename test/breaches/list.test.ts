import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BREACHES } from './list'

/** Planting takes long; that each breach still fits the source is seen at once. */

const source = (file: string) =>
  existsSync(join('src', file)) ? readFileSync(join('src', file), 'utf8') : ''

test('each breach stands once in the file that it names', () => {
  const astray = BREACHES.filter(({ file, from }) => source(file).split(from).length !== 2)
  expect(astray.map(({ says, file }) => `${says}: ${file}`)).toEqual([])
})

test('the tests that must see a breach are there', () => {
  const missing = BREACHES.flatMap(({ seenBy }) => seenBy).filter((file) => !existsSync(file))
  expect(missing).toEqual([])
})
