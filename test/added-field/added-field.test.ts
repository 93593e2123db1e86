import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { bundle } from '../bundle'
import { OF_CUSTOMERS, OF_PRODUCTS, relayWith } from './added'
import type { play } from './play'

/** A scalar is its row, a line in each system's schema and three texts (DESIGN.md §5.10); the rest follows. */

let seen: Awaited<ReturnType<typeof play>>
beforeAll(async () => {
  const relay = relayWith([...OF_CUSTOMERS, ...OF_PRODUCTS])
  const { play: live }: { play: typeof play } = await import(
    pathToFileURL(await bundle('test/added-field/play.ts', { relay })).href
  )
  seen = await live()
})

test.each([
  ['of a customer', OF_CUSTOMERS],
  ['of a product', OF_PRODUCTS],
])('a field more %s is six files', (_, changes) => {
  expect(changes.map(({ file }) => file.split('/').at(-1)).sort()).toEqual([
    'en.ts',
    'fields.ts',
    ...['nb.ts', 'nl.ts'],
    ...['schemas.ts', 'schemas.ts'],
  ])
})

describe('a flag of a customer that was added', () => {
  test('is loaded, and travels both ways', () => {
    const { loaded, toPowerOffice, toTribe } = seen.customer
    expect([loaded, toPowerOffice, toTribe]).toEqual([true, false, true])
  })

  test('is compared, and told by its name', () => {
    expect(seen.customer.values).toEqual([true, true, 'none'])
    expect(seen.customer.changes).toEqual([
      ['updated-tribe', ['noMessages']],
      ['updated-poweroffice', ['noMessages']],
    ])
    const { en, nb, nl } = seen.customer.pages
    expect(en).toContain('wish for no messages')
    expect(nb).toContain('ønske om ingen meldinger')
    expect(nl).toContain('wens: geen berichten')
  })
})

describe('a text of a product that was added', () => {
  test('is loaded, travels both ways, and can be emptied', () => {
    const { loaded, toPowerOffice, toTribe } = seen.product
    expect([loaded, toPowerOffice, toTribe ?? null]).toEqual(['7038010001239', '7038010009990', null])
  })

  test('is compared, and told by its name', () => {
    expect(seen.product.values).toEqual(['7038010005559', null, 'to-poweroffice'])
    expect(seen.product.changes).toEqual([
      ['updated-tribe', ['gtin']],
      ['updated-poweroffice', ['gtin']],
    ])
    const { en, nb, nl } = seen.product.pages
    expect(en).toContain('number on the package')
    expect(nb).toContain('nummer på pakken')
    expect(nl).toContain('nummer op het pak')
  })
})

test('neither system saw what it should not', () => {
  expect(seen.violations).toEqual([])
})
