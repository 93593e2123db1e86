import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** What the papers and `test/upgrade` have to know of the version that is out (CONTRIBUTING, "A release"). */

const version = `v${JSON.parse(readFileSync('package.json', 'utf8')).version}`
const headings = [...readFileSync('.github/CHANGELOG.md', 'utf8').matchAll(/^## (.*)$/gm)].map(([, title]) =>
  String(title),
)

test('the changelog has what is not released yet, and then each version with its day, the one that is out first', () => {
  const [first, ...versions] = headings
  expect(first).toBe('Not released yet')
  expect(versions[0]).toMatch(new RegExp(`^${version.replaceAll('.', '\\.')} · `))
  for (const one of versions) expect(one).toMatch(/^v\d+\.\d+\.\d+ · \d{4}-\d\d-\d\d$/)
  expect(
    versions
      .map((one) => one.slice(-10))
      .toSorted()
      .toReversed(),
  ).toEqual(versions.map((one) => one.slice(-10)))
})

test('what each version kept is there to be opened', () => {
  const missing = headings.slice(1).map((one) => `test/upgrade/${one.split(' ')[0]}.json`)
  expect(missing.filter((file) => !existsSync(file))).toEqual([])
})
