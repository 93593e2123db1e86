import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { powerOfficeFields } from '../../src/poweroffice/own-fields'
import { explain, LANGUAGES, PROBLEMS } from '../../src/shared/problems'
import { PROBLEM_PAPER, problemPaper } from '../problem-table'
import { sourcesIn } from '../sources'
import { checkWords } from '../stories/simulated'

/** Which words stand for a part of a code that is put together. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  system: ['tribe', 'poweroffice'],
  'settings.system': ['tribe', 'poweroffice'],
  kind: ['relation', 'product'],
}

/** Names of fields look like codes. */
const FIELDS: ReadonlySet<string> = new Set([
  ...powerOfficeFields().map(({ field }) => field),
  // And those of events.
  ...['invoice.posted', 'invoice.paid', 'relation.linked', 'conflict.decided', 'record.parked'],
])

/** Tests of the catalogue as a whole: that they name a code says nothing of it. */
const OF_ALL: ReadonlySet<string> = new Set(['shared/problems.test.ts', 'http/openapi.test.ts'])

/** Every code that the source can say: written out, or put together from parts. */
function codesIn(sources: ReadonlyMap<string, string>): Set<string> {
  const codes = new Set<string>()
  for (const [file, text] of sources) {
    if (file.startsWith('shared/problems/')) continue
    for (const [, code = ''] of text.matchAll(/'([a-z_]+\.[a-z_]+)'/g)) if (!FIELDS.has(code)) codes.add(code)
    for (const [, part = '', end = ''] of text.matchAll(
      /Error\(\s*`\$\{([\w.]+)\}\.([a-z_]+|\$\{code\})`/g,
    )) {
      const areas = PARTS[part]
      if (!areas) throw new Error(`${file}: which areas can \${${part}} be? Say so in PARTS`)
      const named = [...text.matchAll(/\bcode\b\s*(?::|=[^=]*\?)\s*'([a-z_]+)'(?:\s*:\s*'([a-z_]+)')?/g)]
      const ends = end.startsWith('$') ? named.flatMap(([, one, other]) => [one, other]) : [end]
      for (const area of areas) for (const last of ends) if (last) codes.add(`${area}.${last}`)
    }
  }
  return codes
}

describe('the catalogue of problems', () => {
  const codes = codesIn(sourcesIn('src'))

  test('has an entry for every code of the source, and none that is said nowhere', () => {
    expect(codes.size).toBeGreaterThan(70)
    expect([...codes].filter((code) => !(code in PROBLEMS)).sort()).toEqual([])
    expect(Object.keys(PROBLEMS).filter((code) => !codes.has(code))).toEqual([])
  })

  test('finds codes that are put together', () => {
    for (const code of ['tribe.timeout', 'poweroffice.unreachable', 'tribe.forbidden', 'product.flapping'])
      expect(codes).toContain(code)
  })

  test.each(Object.entries(PROBLEMS))('%s has a cause and a next step in each language', (code, texts) => {
    for (const language of LANGUAGES) {
      const parts = texts[language].split(' → ')
      expect(parts, language).toHaveLength(2)
      for (const part of parts) expect(part.trim().length, `${language}: ${part}`).toBeGreaterThan(8)
      const { cause, nextStep } = explain(code, language)
      expect([cause, nextStep]).toEqual(parts)
    }
    expect(new Set(LANGUAGES.map((language) => texts[language])).size).toBe(LANGUAGES.length)
  })

  test('is what its paper says: else run `npm run problems`', () => {
    expect(readFileSync(PROBLEM_PAPER, 'utf8')).toBe(problemPaper())
  })

  // A code that no test names may be told wrongly, or never, and nobody would see it. Whether what its text says to do helps, only
  // the test that names it can show.
  test('has no code that no test names', () => {
    const tests = [...sourcesIn('test')].filter(([file]) => file.endsWith('.test.ts') && !OF_ALL.has(file))
    const words = new Set(tests.flatMap(([, text]) => text.match(/[a-z_]+(?:\.[a-z_]+)+/g) ?? []))
    expect(Object.keys(PROBLEMS).filter((code) => !words.has(code))).toEqual([])
  })

  test('tells a code that it does not have as something unexpected', () => {
    expect(explain('toString', 'nl')).toEqual(explain('relay.unexpected', 'nl'))
  })
})

test.each([
  ['2 customers in Tribe have the number undefined', true],
  ['The unit "null" has no counterpart', true],
  ['It owes NaN', true],
  ['Refused: [object Object]', true],
  ['see its own problem', true],
  ['The address of Nullmeridian AS is annulled: correct it', false],
])('a story that is told "%s" fails: %s', (message, fails) => {
  const check = () => checkWords('some.code', message)
  if (fails) expect(check).toThrow('says nothing')
  else expect(check).not.toThrow()
})
